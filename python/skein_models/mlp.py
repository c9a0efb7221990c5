"""A multi-layer perceptron that classifies: the smallest program with everything a training step has."""

import dataclasses

import jax
import jax.numpy as jnp

from .training import DONATED, abstract_state, adam_step, cross_entropy, integers, normal


@dataclasses.dataclass(frozen=True)
class Config:
    inputs: int = 64
    hidden: int = 256
    layers: int = 3
    classes: int = 32
    batch: int = 64
    dtype: str = "float32"


def init(config, key):
    """Parameters: a list of layers of w: [in, out] and b: [out]."""
    sizes = [config.inputs, *[config.hidden] * (config.layers - 1), config.classes]
    keys = jax.random.split(key, config.layers)
    dtype = jnp.dtype(config.dtype)
    return {
        "layers": [
            {"w": normal(k, n, m, std=n**-0.5, dtype=dtype), "b": jnp.zeros(m, dtype)}
            for k, n, m in zip(keys, sizes, sizes[1:])
        ]
    }


def apply(config, params, x):
    """Logits [batch, classes] of x: [batch, inputs]."""
    x = x.astype(config.dtype)
    for number, layer in enumerate(params["layers"]):
        with jax.named_scope(f"layers.{number}"):
            x = x @ layer["w"] + layer["b"]
            if number < config.layers - 1:
                x = jnp.tanh(x)
    return x


def example(config=Config()):
    """A training step, its arguments and the donated ones, for `skein_export`."""

    def loss(params, x, labels):
        return cross_entropy(apply(config, params, x), labels)

    def step(params, m, v, count, x, labels):
        return adam_step(loss, params, m, v, count, x, labels)

    x = jax.ShapeDtypeStruct((config.batch, config.inputs), jnp.float32)
    labels = integers((config.batch,), config.classes)
    return step, (*abstract_state(init, config), x, labels), DONATED
