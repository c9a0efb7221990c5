"""A decoder in the style of LLaMA (Touvron et al., 2023): RMS norm, rotary positions, grouped queries, gated MLP.

Weights keep heads apart ([D, heads, d]), so that a cut by heads is a cut of one dimension.
"""

import dataclasses
import functools

import jax
import jax.numpy as jnp

from .layers import causal, rms_norm, run_layers, silu, softmax, stack
from .training import DONATED, abstract_state, adam_step, cast, cross_entropy, integers, normal


@dataclasses.dataclass(frozen=True)
class Config:
    layers: int = 2
    width: int = 64
    heads: int = 8
    kv_heads: int = 4
    hidden: int = 128
    vocabulary: int = 256
    sequence: int = 32
    batch: int = 8
    dtype: str = "float32"
    scan: bool = False
    """Layers stacked into one array each and run by lax.scan, with rematerialization."""
    remat: bool = False
    """Unrolled layers are computed again in the backward pass."""
    compute: str = ""
    """Type that the weights are cast to where they are used; empty: their own."""


def init(config, key):
    """Parameters: embed: [vocabulary, D], the layers, norm and head: [D, vocabulary]."""
    d, dtype = config.width, jnp.dtype(config.dtype)
    embed_key, head_key, *layer_keys = jax.random.split(key, config.layers + 2)
    layers = [_init_layer(config, k) for k in layer_keys]
    return {
        "embed": normal(embed_key, config.vocabulary, d, dtype=dtype),
        "layers": stack(layers) if config.scan else layers,
        "norm": {"scale": jnp.ones(d, dtype)},
        "head": normal(head_key, d, config.vocabulary, dtype=dtype),
    }


def _init_layer(config, key):
    d, dtype, size = config.width, jnp.dtype(config.dtype), config.width // config.heads
    keys = jax.random.split(key, 7)
    return {
        "attn_norm": {"scale": jnp.ones(d, dtype)},
        "attn": {
            "q": normal(keys[0], d, config.heads, size, dtype=dtype),
            "k": normal(keys[1], d, config.kv_heads, size, dtype=dtype),
            "v": normal(keys[2], d, config.kv_heads, size, dtype=dtype),
            "o": normal(keys[3], config.heads, size, d, dtype=dtype),
        },
        "mlp_norm": {"scale": jnp.ones(d, dtype)},
        "mlp": {
            "gate": normal(keys[4], d, config.hidden, dtype=dtype),
            "up": normal(keys[5], d, config.hidden, dtype=dtype),
            "down": normal(keys[6], config.hidden, d, dtype=dtype),
        },
    }


def apply(config, params, tokens):
    """Logits [batch, sequence, vocabulary] of tokens: [batch, sequence]."""
    with jax.named_scope("embed"):
        x = cast(params["embed"], config.compute).at[tokens].get(mode="promise_in_bounds")
    x = run_layers(functools.partial(block, config), params["layers"], x, "layers", config.remat)
    with jax.named_scope("norm"):
        x = rms_norm(cast(params["norm"]["scale"], config.compute), x)
    with jax.named_scope("head"):
        return x @ cast(params["head"], config.compute)


def block(config, layer, x):
    """One layer on x: [batch, sequence, D]."""
    layer = cast(layer, config.compute)
    with jax.named_scope("attn_norm"):
        normed = rms_norm(layer["attn_norm"]["scale"], x)
    with jax.named_scope("attn"):
        attended = attention(config, layer["attn"], normed)
    with jax.named_scope("residual"):
        x = x + attended
    with jax.named_scope("mlp_norm"):
        normed = rms_norm(layer["mlp_norm"]["scale"], x)
    with jax.named_scope("mlp"):
        changed = (silu(normed @ layer["mlp"]["gate"]) * (normed @ layer["mlp"]["up"])) @ layer["mlp"]["down"]
    with jax.named_scope("residual"):
        return x + changed


def attention(config, weights, x):
    """Causal attention on x: [batch, sequence, D]; each key and value head serves heads / kv_heads queries."""
    batch, sequence, _ = x.shape
    size, shared = config.width // config.heads, config.heads // config.kv_heads
    q = rotate(jnp.einsum("bsd,dhe->bshe", x, weights["q"]))
    k = rotate(jnp.einsum("bsd,dhe->bshe", x, weights["k"]))
    v = jnp.einsum("bsd,dhe->bshe", x, weights["v"])
    q = q.reshape(batch, sequence, config.kv_heads, shared, size)
    scores = jnp.einsum("bqgre,bkge->bgrqk", q, k).astype(jnp.float32) * size**-0.5
    weights_by_key = softmax(causal(scores)).astype(x.dtype)
    mixed = jnp.einsum("bgrqk,bkge->bqgre", weights_by_key, v).reshape(batch, sequence, config.heads, size)
    return jnp.einsum("bshe,hed->bsd", mixed, weights["o"])


@jax.named_scope("rotate")
def rotate(x, base=10000.0):
    """Rotary positions (Su et al., 2021) on x: [batch, sequence, heads, d]: the halves of d turn as complex numbers."""
    half = x.shape[-1] // 2
    frequency = base ** -(jnp.arange(half, dtype=jnp.float32) / half)
    angle = jnp.arange(x.shape[1], dtype=jnp.float32)[:, None, None] * frequency
    cosine, sine = jnp.cos(angle), jnp.sin(angle)
    first, second = x[..., :half].astype(jnp.float32), x[..., half:].astype(jnp.float32)
    turned = jnp.concatenate([first * cosine - second * sine, second * cosine + first * sine], axis=-1)
    return turned.astype(x.dtype)


def example(config=Config()):
    """A training step, its arguments and the donated ones, for `skein_export`."""

    def loss(params, tokens, labels):
        return cross_entropy(apply(config, params, tokens), labels)

    def step(params, m, v, count, tokens, labels):
        return adam_step(loss, params, m, v, count, tokens, labels)

    shape = (config.batch, config.sequence)
    batch = integers(shape, config.vocabulary), integers(shape, config.vocabulary, seed=1)
    return step, (*abstract_state(init, config), *batch), DONATED
