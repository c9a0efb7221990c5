"""A training step as its user wrote it: a Flax model from Hugging Face's transformers, Optax's AdamW, one device.

Nothing in it knows of Skein. `training_step` gives `python -m skein_export` the step and example arguments.
"""

import jax
import jax.numpy as jnp
import numpy
import optax
from flax.training.train_state import TrainState
from transformers import BertConfig, FlaxBertForSequenceClassification

BATCH, LENGTH, CLASSES = 16, 64, 4
CONFIG = BertConfig(
    vocab_size=8192,
    hidden_size=256,
    num_hidden_layers=4,
    num_attention_heads=4,
    intermediate_size=1024,
    max_position_embeddings=LENGTH,
    num_labels=CLASSES,
    hidden_dropout_prob=0.0,
    attention_probs_dropout_prob=0.0,
)


def step(state, batch):
    """One step of AdamW on the mean cross-entropy of a batch; returns the new state and the loss."""

    def loss_function(params):
        logits = state.apply_fn(batch["input_ids"], batch["attention_mask"], params=params, train=True).logits
        return optax.softmax_cross_entropy_with_integer_labels(logits, batch["labels"]).mean()

    loss, grads = jax.value_and_grad(loss_function)(state.params)
    return state.apply_gradients(grads=grads), loss


def training_step():
    """The jitted step and example arguments."""
    model = FlaxBertForSequenceClassification(CONFIG, input_shape=(1, LENGTH))
    state = TrainState.create(apply_fn=model.__call__, params=model.params, tx=optax.adamw(1e-4))
    random = numpy.random.default_rng(0)
    batch = {
        "input_ids": jnp.asarray(random.integers(0, CONFIG.vocab_size, (BATCH, LENGTH))),
        "attention_mask": jnp.asarray(random.integers(0, 2, (BATCH, LENGTH))),
        "labels": jnp.asarray(random.integers(0, CLASSES, BATCH)),
    }
    return jax.jit(step, donate_argnums=0), (state, batch)
