"""Layers that several models use. Norms and softmax are computed in f32, whatever the type of x."""

import jax
import jax.numpy as jnp

from .training import normal


def init_norm(width, dtype=jnp.float32):
    """Scale and bias of a norm."""
    return {"scale": jnp.ones(width, dtype), "bias": jnp.zeros(width, dtype)}


@jax.named_scope("norm")
def layer_norm(weights, x, epsilon=1e-5):
    """Layer norm over the last dimension."""
    wide = x.astype(jnp.float32)
    centred = wide - jnp.mean(wide, axis=-1, keepdims=True)
    variance = jnp.mean(centred * centred, axis=-1, keepdims=True)
    normed = (centred * jax.lax.rsqrt(variance + epsilon)).astype(x.dtype)
    return normed * weights["scale"] + weights["bias"]


@jax.named_scope("norm")
def rms_norm(scale, x, epsilon=1e-5):
    """Root-mean-square norm over the last dimension."""
    wide = x.astype(jnp.float32)
    mean_square = jnp.mean(wide * wide, axis=-1, keepdims=True)
    return (wide * jax.lax.rsqrt(mean_square + epsilon)).astype(x.dtype) * scale


@jax.named_scope("norm")
def group_norm(weights, x, groups, epsilon=1e-5):
    """Group norm of x: [batch, height, width, channels] over space and the channels of a group."""
    batch, height, width, channels = x.shape
    grouped = x.reshape(batch, height, width, groups, channels // groups)
    centred = grouped - jnp.mean(grouped, axis=(1, 2, 4), keepdims=True)
    variance = jnp.mean(centred * centred, axis=(1, 2, 4), keepdims=True)
    normed = (centred * jax.lax.rsqrt(variance + epsilon)).reshape(x.shape)
    return normed * weights["scale"] + weights["bias"]


@jax.named_scope("norm")
def batch_norm(weights, stats, x, momentum=0.9, epsilon=1e-5):
    """Batch norm of x: [batch, height, width, channels] in training; also returns the new running statistics."""
    mean = jnp.mean(x, axis=(0, 1, 2))
    centred = x - mean
    variance = jnp.mean(centred * centred, axis=(0, 1, 2))
    y = centred * (jax.lax.rsqrt(variance + epsilon) * weights["scale"]) + weights["bias"]
    new = {"mean": mean, "var": variance}
    return y, jax.tree.map(lambda old, new: momentum * old + (1 - momentum) * jax.lax.stop_gradient(new), stats, new)


@jax.named_scope("softmax")
def softmax(scores):
    """Softmax over the last dimension."""
    peak = jnp.max(jax.lax.stop_gradient(scores), axis=-1, keepdims=True)
    exponentials = jnp.exp(scores - peak)
    return exponentials / jnp.sum(exponentials, axis=-1, keepdims=True)


@jax.named_scope("causal")
def causal(scores):
    """Scores [..., query, key] with every key after its query at -1e30."""
    query = jax.lax.broadcasted_iota(jnp.int32, scores.shape, scores.ndim - 2)
    key = jax.lax.broadcasted_iota(jnp.int32, scores.shape, scores.ndim - 1)
    return jax.lax.select(query >= key, scores, jnp.full_like(scores, -1e30))


def run_layers(block, layers, x, name, remat=False):
    """x after `block(layer, x)` for each of the layers, in the scopes `name.0`, `name.1`, ...

    Layers that are stacked into one array each are run by a loop, in the scope `name`, and always rematerialized:
    a loop would keep every intermediate value of every layer. `remat` has the unrolled layers do so too.
    """
    rematerialized = jax.checkpoint(lambda x, layer: block(layer, x))
    if not isinstance(layers, list):
        with jax.named_scope(name):
            return jax.lax.scan(lambda x, layer: (rematerialized(x, layer), None), x, layers)[0]
    for number, layer in enumerate(layers):
        with jax.named_scope(f"{name}.{number}"):
            x = rematerialized(x, layer) if remat else block(layer, x)
    return x


def stack(layers):
    """Layers as one pytree whose arrays have the layers first."""
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *layers)


def silu(x):
    """x times its sigmoid."""
    return x * jax.lax.logistic(x)


def relu(x):
    """The positive part of x."""
    return jax.lax.max(x, jnp.zeros_like(x))


def init_conv(key, size, inputs, outputs):
    """Weights [size, size, inputs, outputs] of a convolution, scaled by their fan-in."""
    return normal(key, size, size, inputs, outputs, std=(size * size * inputs) ** -0.5)


@jax.named_scope("conv")
def conv(x, w, stride=1):
    """Convolution of x: [batch, height, width, in] with w: [h, w, in, out]; height and width are divided by stride.

    Padding is symmetric, (size - 1) // 2, as in the original networks; a size equal to the stride has none.
    """
    pad = 0 if w.shape[0] == stride else (w.shape[0] - 1) // 2
    return jax.lax.conv_general_dilated(
        x, w, (stride, stride), [(pad, pad)] * 2, dimension_numbers=("NHWC", "HWIO", "NHWC")
    )


@jax.named_scope("max_pool")
def max_pool(x, size, stride, pad=0):
    """Maximum over windows of x: [batch, height, width, channels]."""
    padding = [(0, 0), (pad, pad), (pad, pad), (0, 0)]
    return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, size, size, 1), (1, stride, stride, 1), padding)
