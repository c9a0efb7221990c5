"""A transformer with mixtures of experts in the form of GShard (Lepikhin et al., 2020): groups, two experts a token,
a capacity, and dispatch by dense products, so that expert and group dimensions are explicit.

Departures: the second expert is always used. Without `heads` there is no attention, and with `every` 1 every layer is
an expert layer.
"""

import dataclasses
import functools

import jax
import jax.numpy as jnp

from . import gpt2
from .layers import init_norm, layer_norm, run_layers, softmax
from .training import DONATED, abstract_state, adam_step, cast, cross_entropy, integers, normal


@dataclasses.dataclass(frozen=True)
class Config:
    layers: int = 2
    width: int = 64
    hidden: int = 128
    experts: int = 8
    groups: int = 8
    tokens: int = 32
    """Tokens of a group."""
    capacity: int = 16
    """Tokens of a group that one expert takes; the others pass by."""
    vocabulary: int = 256
    balance: float = 0.01
    """Weight of the loss that keeps the experts equally busy."""
    heads: int = 0
    """Heads of the causal attention before each layer; 0: no attention."""
    every: int = 1
    """Each so manieth layer has experts, the others are dense."""
    remat: bool = False
    """Layers are computed again in the backward pass."""
    compute: str = ""
    """Type that the weights are cast to where they are used; empty: their own. Routing is computed in f32."""


def init(config, key):
    """Parameters: embed: [vocabulary, D], the layers (router, expert weights with the experts first) and head."""
    embed_key, head_key, *layer_keys = jax.random.split(key, config.layers + 2)
    return {
        "embed": normal(embed_key, config.vocabulary, config.width),
        "layers": [_init_layer(config, k, number) for number, k in enumerate(layer_keys, 1)],
        "norm": init_norm(config.width),
        "head": normal(head_key, config.width, config.vocabulary),
    }


def _init_layer(config, key, number):
    keys, width, hidden = jax.random.split(key, 5), config.width, config.hidden
    layer = {"norm": init_norm(width)}
    if config.heads:
        layer["attn_norm"] = init_norm(width)
        layer["attn"] = {"c_attn": _init_dense(keys[3], width, 3, width), "c_proj": _init_dense(keys[4], width, width)}
    if number % config.every:
        dense = {"c_fc": _init_dense(keys[1], width, hidden), "c_proj": _init_dense(keys[2], hidden, width)}
        return layer | {"mlp": dense}
    return layer | {
        "router": normal(keys[0], width, config.experts),
        "experts": {
            "in": normal(keys[1], config.experts, width, hidden),
            "out": normal(keys[2], config.experts, hidden, width),
        },
    }


def _init_dense(key, *shape):
    return {"w": normal(key, *shape), "b": jnp.zeros(shape[1:])}


def apply(config, params, tokens):
    """Logits [groups, tokens, vocabulary] of tokens: [groups, tokens], and the balance loss."""
    with jax.named_scope("embed"):
        x = cast(params["embed"], config.compute).at[tokens].get(mode="promise_in_bounds")
    x, balance = run_layers(functools.partial(block, config), params["layers"], (x, 0.0), "layers", config.remat)
    with jax.named_scope("head"):
        norm, head = cast((params["norm"], params["head"]), config.compute)
        return layer_norm(norm, x) @ head, balance


def block(config, layer, state):
    """One layer on (x: [groups, tokens, D], the balance loss so far), which it returns anew."""
    x, balance = state
    layer = cast(layer, config.compute)
    if "attn" in layer:
        with jax.named_scope("attn"):
            attended = gpt2.attention(config, layer["attn"], layer_norm(layer["attn_norm"], x))
        with jax.named_scope("residual"):
            x = x + attended
    if "mlp" in layer:
        with jax.named_scope("mlp"):
            changed = gpt2.mlp(layer["mlp"], layer_norm(layer["norm"], x))
    else:
        changed, layer_balance = expert_layer(config, layer, layer_norm(layer["norm"], x))
        balance = balance + layer_balance
    with jax.named_scope("residual"):
        return x + changed, balance


def expert_layer(config, layer, x):
    """Experts on x: [groups, tokens, D]; scopes `dispatch` and `combine` hold the moves between groups and experts."""
    with jax.named_scope("route"):
        gates = softmax(jnp.einsum("gsd,de->gse", x, layer["router"]).astype(jnp.float32))
        weights, balance = route(config, gates)
        mask = (weights > 0).astype(x.dtype)
    with jax.named_scope("dispatch"):
        taken = jnp.einsum("gsec,gsd->gecd", mask, x)
        with jax.named_scope("to_experts"):
            taken = jnp.swapaxes(taken, 0, 1)
    with jax.named_scope("experts"):
        hidden = jnp.einsum("egcd,edf->egcf", taken, layer["experts"]["in"])
        hidden = jax.lax.max(hidden, jnp.zeros_like(hidden))
        given = jnp.einsum("egcf,efd->egcd", hidden, layer["experts"]["out"])
    with jax.named_scope("combine"):
        with jax.named_scope("to_groups"):
            given = jnp.swapaxes(given, 0, 1)
        return jnp.einsum("gsec,gecd->gsd", weights.astype(x.dtype), given), balance


def route(config, gates):
    """Weights [groups, tokens, experts, capacity] of the two best experts of each token, and the balance loss.

    gates: [groups, tokens, experts]. First choices fill the places before second choices do.
    """
    first = one_hot(jnp.argmax(gates, axis=-1), config.experts)
    second = one_hot(jnp.argmax(gates * (1 - first), axis=-1), config.experts)
    balance = jnp.mean(jnp.mean(first, axis=1) * jnp.mean(gates, axis=1)) * config.experts**2
    # Tokens before each token, as a strictly lower triangle: counting becomes a product that splits by group.
    before = jnp.tril(jnp.ones((config.tokens, config.tokens)), -1)
    place1 = jnp.einsum("ts,gse->gte", before, first)
    place2 = jnp.einsum("ts,gse->gte", before, second) + jnp.sum(first, axis=1, keepdims=True)
    chosen = sum(
        places(config, choice, place) * weight[..., None, None]
        for choice, place, weight in (
            (first, place1, jnp.sum(gates * first, axis=-1)),
            (second, place2, jnp.sum(gates * second, axis=-1)),
        )
    )
    return chosen, balance


def places(config, choice, place):
    """One-hot [groups, tokens, experts, capacity] of the place that a token takes; none where its expert is full."""
    taken = one_hot(place.astype(jnp.int32), config.capacity)
    return jax.lax.stop_gradient(taken * choice[..., None])


def one_hot(indices, size):
    """f32 [..., size] of integers [...]; all zero where an index is out of range."""
    classes = jax.lax.broadcasted_iota(indices.dtype, (*indices.shape, size), indices.ndim)
    return (classes == indices[..., None]).astype(jnp.float32)


def example(config=Config()):
    """A training step, its arguments and the donated ones, for `skein_export`."""

    def loss(params, tokens, labels):
        logits, balance = apply(config, params, tokens)
        return cross_entropy(logits, labels) + config.balance * balance

    def step(params, m, v, count, tokens, labels):
        return adam_step(loss, params, m, v, count, tokens, labels)

    shape = (config.groups, config.tokens)
    batch = integers(shape, config.vocabulary), integers(shape, config.vocabulary, seed=1)
    return step, (*abstract_state(init, config), *batch), DONATED
