"""The models of ROAM's tables (H. Shu et al., 2023), each as `(model, batch, loss)`; call them in `without_values()`.

Image models are torchvision's, for 1,000 classes of 224 x 224 images. RoBERTa-base and GPT-2 XL are transformers', with
attention written out as it was in 2023; which sequences ROAM gave to RoBERTa is not known. Dropout is off, so that a
step is the same whatever numbers are drawn. Batch norms train and update their running statistics.
"""

import contextlib

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

_IMAGE_MODELS = {
    "alexnet": {"dropout": 0.0},
    "vgg11": {"dropout": 0.0},
    "mnasnet0_5": {"dropout": 0.0},
    "mobilenet_v2": {"dropout": 0.0},
    "efficientnet_b0": {"dropout": 0.0, "stochastic_depth_prob": 0.0},
    "vit_b_16": {},
}


def image_model(name, images=1):
    """A classifier of torchvision. Batch: images [images, 3, 224, 224], labels [images]."""
    with _import_without_operators():
        import torchvision
    model = torchvision.models.get_model(name, **_IMAGE_MODELS[name])
    batch = {"images": torch.empty(images, 3, 224, 224), "labels": torch.empty(images, dtype=torch.long)}

    def loss(model, batch):
        # Only the vision transformer has attention.
        with sdpa_kernel(SDPBackend.MATH):
            return torch.nn.functional.cross_entropy(model(batch["images"]), batch["labels"])

    return model, batch, loss


def alexnet():
    """AlexNet with one image."""
    return image_model("alexnet")


def roberta_base(sequences=1, tokens=128):
    """RoBERTa-base that sorts sequences into two classes. Batch: tokens [sequences, tokens], labels [sequences]."""
    with _import_without_operators():
        from transformers import RobertaConfig, RobertaForSequenceClassification
    config = RobertaConfig(
        vocab_size=50265,
        max_position_embeddings=514,
        type_vocab_size=1,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        attn_implementation="eager",
    )
    batch = {
        "input_ids": torch.empty(sequences, tokens, dtype=torch.long),
        "labels": torch.empty(sequences, dtype=torch.long),
    }
    return RobertaForSequenceClassification(config), batch, lambda model, batch: model(**batch).loss


def gpt2_xl(sequences=1, tokens=1024):
    """GPT-2 XL, 48 blocks of width 1,600, that predicts every next token. Batch: tokens [sequences, tokens]."""
    with _import_without_operators():
        from transformers import GPT2Config, GPT2LMHeadModel
    config = GPT2Config(
        n_embd=1600,
        n_layer=48,
        n_head=25,
        embd_pdrop=0.0,
        resid_pdrop=0.0,
        attn_pdrop=0.0,
        use_cache=False,
        attn_implementation="eager",
    )
    model = GPT2LMHeadModel(config)
    # What transformers falls back to, and says so.
    model.loss_type = "ForCausalLM"
    batch = {"tokens": torch.empty(sequences, tokens, dtype=torch.long)}
    return model, batch, lambda model, batch: model(batch["tokens"], labels=batch["tokens"]).loss


def programs():
    """Name of each program of the tables and the function that makes it."""
    found = {}
    for size in (1, 32):
        for name in _IMAGE_MODELS:
            found[f"{name}-{size}"] = lambda name=name, size=size: image_model(name, size)
        found[f"roberta_base-{size}"] = lambda size=size: roberta_base(size)
    for size in (1, 2, 4):
        found[f"gpt2_xl-{size}"] = lambda size=size: gpt2_xl(size)
    return found


@contextlib.contextmanager
def _import_without_operators():
    """A context for imports of torchvision, which transformers imports too.

    Beside another build of torch its import ends at the first compiled operator, which is missing. No model uses them.
    """
    register = torch.library.register_fake
    torch.library.register_fake = lambda *_, **__: lambda function: function
    try:
        yield
    finally:
        torch.library.register_fake = register
