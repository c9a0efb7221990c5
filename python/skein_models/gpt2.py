"""GPT-2 (Radford et al., 2019, Language models are unsupervised multitask learners).

Departures: the attention weights are stored as [D, 3, D], so that query, key and value are cut alike by heads without
a strided cut; the vocabulary is padded to a multiple of 128; no dropout.
"""

import dataclasses
import functools

import jax
import jax.numpy as jnp

from .layers import causal, init_norm, layer_norm, run_layers, softmax, stack
from .training import DONATED, abstract_state, adam_step, cast, cross_entropy, integers, normal


@dataclasses.dataclass(frozen=True)
class Config:
    layers: int = 2
    width: int = 64
    heads: int = 4
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


SMALL = Config(layers=12, width=768, heads=12, vocabulary=50304, sequence=128, batch=8)


def init(config, key):
    """Parameters: wte: [vocabulary, D], wpe: [sequence, D], the layers h and ln_f."""
    d, dtype = config.width, jnp.dtype(config.dtype)
    token_key, position_key, *layer_keys = jax.random.split(key, config.layers + 2)
    layers = [_init_layer(config, k) for k in layer_keys]
    return {
        "wte": normal(token_key, config.vocabulary, d, dtype=dtype),
        "wpe": normal(position_key, config.sequence, d, dtype=dtype),
        "h": stack(layers) if config.scan else layers,
        "ln_f": init_norm(d, dtype),
    }


def _init_layer(config, key):
    d, dtype = config.width, jnp.dtype(config.dtype)
    keys = jax.random.split(key, 4)
    return {
        "ln_1": init_norm(d, dtype),
        "attn": {
            "c_attn": {"w": normal(keys[0], d, 3, d, dtype=dtype), "b": jnp.zeros((3, d), dtype)},
            "c_proj": {"w": normal(keys[1], d, d, dtype=dtype), "b": jnp.zeros(d, dtype)},
        },
        "ln_2": init_norm(d, dtype),
        "mlp": {
            "c_fc": {"w": normal(keys[2], d, 4 * d, dtype=dtype), "b": jnp.zeros(4 * d, dtype)},
            "c_proj": {"w": normal(keys[3], 4 * d, d, dtype=dtype), "b": jnp.zeros(d, dtype)},
        },
    }


def apply(config, params, tokens):
    """Logits [batch, sequence, vocabulary] of tokens: [batch, sequence]."""
    with jax.named_scope("embed"):
        wte, wpe = cast((params["wte"], params["wpe"]), config.compute)
        x = wte.at[tokens].get(mode="promise_in_bounds") + wpe
    x = run_layers(functools.partial(block, config), params["h"], x, "h", config.remat)
    with jax.named_scope("ln_f"):
        x = layer_norm(cast(params["ln_f"], config.compute), x)
    with jax.named_scope("head"):
        return jnp.einsum("bsd,vd->bsv", x, wte)


def block(config, layer, x):
    """One layer on x: [batch, sequence, D]. The scope `residual` holds the two sums of the residual stream alone."""
    layer = cast(layer, config.compute)
    with jax.named_scope("ln_1"):
        normed = layer_norm(layer["ln_1"], x)
    with jax.named_scope("attn"):
        attended = attention(config, layer["attn"], normed)
    with jax.named_scope("residual"):
        x = x + attended
    with jax.named_scope("ln_2"):
        normed = layer_norm(layer["ln_2"], x)
    with jax.named_scope("mlp"):
        changed = mlp(layer["mlp"], normed)
    with jax.named_scope("residual"):
        return x + changed


def attention(config, weights, x):
    """Causal self-attention on x: [batch, sequence, D]; scope `heads` holds q, k and v: [batch, sequence, heads, d]."""
    batch, sequence, width = x.shape
    with jax.named_scope("c_attn"):
        qkv = jnp.einsum("bsd,dte->bste", x, weights["c_attn"]["w"]) + weights["c_attn"]["b"]
        qkv = qkv.reshape(batch, sequence, 3, config.heads, width // config.heads)
    with jax.named_scope("heads"):
        q, k, v = (jax.lax.index_in_dim(qkv, number, 2, keepdims=False) for number in range(3))
    scores = jnp.einsum("bqhd,bkhd->bhqk", q, k).astype(jnp.float32) * (width // config.heads) ** -0.5
    weights_by_key = softmax(causal(scores)).astype(x.dtype)
    mixed = jnp.einsum("bhqk,bkhd->bqhd", weights_by_key, v)
    with jax.named_scope("merge"):
        mixed = mixed.reshape(batch, sequence, width)
    with jax.named_scope("c_proj"):
        return mixed @ weights["c_proj"]["w"] + weights["c_proj"]["b"]


def mlp(weights, x):
    """Two dense layers with the tanh form of GELU between; x: [batch, sequence, D]."""
    with jax.named_scope("c_fc"):
        x = x @ weights["c_fc"]["w"] + weights["c_fc"]["b"]
    x = 0.5 * x * (1 + jnp.tanh(0.7978845608 * (x + 0.044715 * x * x * x)))
    with jax.named_scope("c_proj"):
        return x @ weights["c_proj"]["w"] + weights["c_proj"]["b"]


def example(config=Config()):
    """A training step, its arguments and the donated ones, for `skein_export`."""

    def loss(params, tokens, labels):
        return cross_entropy(apply(config, params, tokens), labels)

    def step(params, m, v, count, tokens, labels):
        return adam_step(loss, params, m, v, count, tokens, labels)

    shape = (config.batch, config.sequence)
    batch = integers(shape, config.vocabulary), integers(shape, config.vocabulary, seed=1)
    return step, (*abstract_state(init, config), *batch), DONATED


def small():
    """GPT-2 small: 12 layers of 768, 124 M parameters, 8 sequences of 128 tokens."""
    return example(SMALL)
