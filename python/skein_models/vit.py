"""Vision transformer (Dosovitskiy et al., 2020, An image is worth 16x16 words).

Departure: the mean over patches is classified, not an extra token, so that the sequence splits evenly.
"""

import dataclasses

import jax
import jax.numpy as jnp

from .layers import conv, init_conv, init_norm, layer_norm, softmax
from .training import DONATED, abstract_state, adam_step, cast, cross_entropy, integers, normal


@dataclasses.dataclass(frozen=True)
class Config:
    image: int = 32
    patch: int = 8
    layers: int = 2
    width: int = 64
    heads: int = 4
    hidden: int = 256
    classes: int = 32
    batch: int = 8
    compute: str = ""
    """Type that the weights are cast to where they are used; empty: their own."""


BASE = Config(image=224, patch=16, layers=12, width=768, heads=12, hidden=3072, classes=1000)


def init(config, key):
    """Parameters: patch: [p, p, 3, D], position: [patches, D], the layers, norm and head."""
    d = config.width
    patch_key, position_key, head_key, *layer_keys = jax.random.split(key, config.layers + 3)
    return {
        "patch": {"w": init_conv(patch_key, config.patch, 3, d), "b": jnp.zeros(d)},
        "position": normal(position_key, (config.image // config.patch) ** 2, d),
        "layers": [_init_layer(config, k) for k in layer_keys],
        "norm": init_norm(d),
        "head": {"w": normal(head_key, d, config.classes), "b": jnp.zeros(config.classes)},
    }


def _init_layer(config, key):
    d, heads, hidden = config.width, config.heads, config.hidden
    keys = jax.random.split(key, 6)
    return {
        "norm1": init_norm(d),
        "attn": {
            "q": normal(keys[0], d, heads, d // heads),
            "k": normal(keys[1], d, heads, d // heads),
            "v": normal(keys[2], d, heads, d // heads),
            "o": normal(keys[3], heads, d // heads, d),
        },
        "norm2": init_norm(d),
        "mlp": {
            "in": {"w": normal(keys[4], d, hidden), "b": jnp.zeros(hidden)},
            "out": {"w": normal(keys[5], hidden, d), "b": jnp.zeros(d)},
        },
    }


def apply(config, params, images):
    """Logits [batch, classes] of images: [batch, height, width, 3]."""
    with jax.named_scope("patch"):
        patch, position = cast((params["patch"], params["position"]), config.compute)
        x = conv(images.astype(patch["w"].dtype), patch["w"], stride=config.patch) + patch["b"]
        x = x.reshape(images.shape[0], -1, config.width) + position
    for number, layer in enumerate(params["layers"]):
        with jax.named_scope(f"layers.{number}"):
            layer = cast(layer, config.compute)
            with jax.named_scope("attn"):
                changed = attention(config, layer["attn"], layer_norm(layer["norm1"], x))
            with jax.named_scope("residual"):
                x = x + changed
            with jax.named_scope("mlp"):
                changed = mlp(layer["mlp"], layer_norm(layer["norm2"], x))
            with jax.named_scope("residual"):
                x = x + changed
    with jax.named_scope("head"):
        norm, head = cast((params["norm"], params["head"]), config.compute)
        x = jnp.mean(layer_norm(norm, x), axis=1)
        return x @ head["w"] + head["b"]


def attention(config, weights, x):
    """Self-attention on x: [batch, patches, D]."""
    q, k, v = (jnp.einsum("bsd,dhe->bshe", x, weights[name]) for name in ("q", "k", "v"))
    scores = jnp.einsum("bqhe,bkhe->bhqk", q, k).astype(jnp.float32) * (config.width // config.heads) ** -0.5
    mixed = jnp.einsum("bhqk,bkhe->bqhe", softmax(scores).astype(x.dtype), v)
    return jnp.einsum("bqhe,hed->bqd", mixed, weights["o"])


def mlp(weights, x):
    """Two dense layers with the exact GELU between; x: [batch, patches, D]."""
    x = x @ weights["in"]["w"] + weights["in"]["b"]
    x = 0.5 * x * (1 + jax.lax.erf(x * 0.5**0.5))
    return x @ weights["out"]["w"] + weights["out"]["b"]


def example(config=Config()):
    """A training step, its arguments and the donated ones, for `skein_export`."""

    def loss(params, images, labels):
        return cross_entropy(apply(config, params, images), labels)

    def step(params, m, v, count, images, labels):
        return adam_step(loss, params, m, v, count, images, labels)

    images = jax.ShapeDtypeStruct((config.batch, config.image, config.image, 3), jnp.float32)
    return step, (*abstract_state(init, config), images, integers((config.batch,), config.classes)), DONATED
