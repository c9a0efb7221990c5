"""The programs on which the planner is judged: training steps of published sizes, exported from abstract arrays.

Language models and ViT keep f32 master weights and f32 moments (12 bytes a parameter) and cast the weights to bf16
where they are used, so that activations and gradients are bf16; `remat` computes each layer again in the backward
pass. Convolutional networks are f32 throughout, as they were published.

Every language model also comes as `NAME-scan` (one loop over stacked layers) and as `NAME-depth2` and `NAME-depth4`
(unrolled, of so many layers), from which costs that are linear in the depth are extrapolated. Mixtures of experts
come at the two depths.
"""

import dataclasses

from . import convnet, gpt2, llama, moe, resnet, unet, vit

GPT_VOCABULARY = 51200


def _gpt(layers, width, heads, sequence, batch, remat=False, vocabulary=GPT_VOCABULARY):
    return gpt2, gpt2.Config(layers, width, heads, vocabulary, sequence, batch, remat=remat, compute="bfloat16")


def _llama(layers, width, heads, kv_heads, hidden, vocabulary, sequence, batch, remat=False):
    shape = (layers, width, heads, kv_heads, hidden, vocabulary, sequence, batch)
    return llama, llama.Config(*shape, remat=remat, compute="bfloat16")


def _moe(layers, width, heads, experts, batch, sequence=1024):
    """GShard's layout: every other layer has experts, two for each token, with a quarter more places than needed."""
    places = 5 * sequence // (2 * experts)
    shape = (layers, width, 4 * width, experts, batch, sequence, places, GPT_VOCABULARY)
    return moe, moe.Config(*shape, heads=heads, every=2, remat=True, compute="bfloat16")


def _wide_resnet(channels, batch):
    return resnet, resnet.Config(224, channels, (3, 4, 6, 3), widen_middle=2, classes=1024, batch=batch)


# Sizes of GPT, mixtures of experts, wide ResNets and U-Nets follow Alpa's suites, those of LLaMA their papers.
LANGUAGE = {
    "gpt-350m": _gpt(24, 1024, 16, 1024, 64),
    "gpt-1.3b": _gpt(24, 2048, 32, 1024, 32, remat=True),
    "gpt-2.6b": _gpt(32, 2560, 32, 1024, 32, remat=True),
    "gpt-6.7b": _gpt(32, 4096, 32, 2048, 4),
    "llama-7b": _llama(32, 4096, 32, 32, 11008, 32000, 2048, 64, remat=True),
    "gpt-vocab-256k": _gpt(12, 1024, 16, 1024, 16, vocabulary=2**18),
    "llama-8b": _llama(32, 4096, 32, 8, 14336, 128256, 2048, 64, remat=True),
}

# One width at four depths: what folding saves.
FOLDING = {f"gpt-{layers}-layers": _gpt(layers, 1024, 16, 1024, 32) for layers in (12, 24, 48, 96)}

# Four sequences a chip, so that every scale splits its batch evenly.
PODS = {}
for _chips in (16, 64, 256, 1024):
    PODS[f"gpt-2.6b-pod{_chips}"] = _gpt(32, 2560, 32, 1024, 4 * _chips, remat=True)
    PODS[f"llama-7b-pod{_chips}"] = _llama(32, 4096, 32, 32, 11008, 32000, 2048, 4 * _chips, remat=True)

MIXTURES = {
    "moe-8": _moe(8, 1024, 16, 8, 64),
    "moe-16": _moe(16, 1024, 16, 16, 64),
    "moe-64": _moe(16, 1024, 16, 64, 64),
}

OTHERS = {
    "wide-head-100k": (resnet, dataclasses.replace(resnet.RESNET50, classes=100352, batch=2048)),
    "vgg19": (convnet, dataclasses.replace(convnet.VGG19, batch=256)),
    "wide-resnet-250m": _wide_resnet(160, 256),
    "wide-resnet-1b": _wide_resnet(320, 64),
    "unet-450m": (unet, unet.Config(64, (416, 832, 1664, 1664), 32, 64)),
    "vit-large": (vit, vit.Config(224, 16, 24, 1024, 16, 4096, 1024, 512, "bfloat16")),
}


def _variants(name, model, config):
    yield name, (model, config)
    if hasattr(config, "scan"):
        yield f"{name}-scan", (model, dataclasses.replace(config, scan=True))
    for depth in (2, 4):
        yield f"{name}-depth{depth}", (model, dataclasses.replace(config, layers=depth))


PLANNER = {
    name: program
    for source, entry in (LANGUAGE | FOLDING | PODS | MIXTURES).items()
    for name, program in _variants(source, *entry)
} | OTHERS
