"""A U-Net (Ronneberger et al., 2015) that learns to remove noise: group norms, skips, nearest upsampling."""

import dataclasses

import jax
import jax.numpy as jnp

from .layers import conv, group_norm, init_conv, init_norm, silu
from .training import DONATED, abstract_state, adam_step


@dataclasses.dataclass(frozen=True)
class Config:
    image: int = 32
    channels: tuple = (16, 32)
    """Channels of each level; every level halves the image."""
    groups: int = 4
    batch: int = 4


def init(config, key):
    """Parameters: enter, down, middle, up (deepest level first) and leave."""
    keys = iter(jax.random.split(key, 6 * len(config.channels) + 4))
    first, last = config.channels[0], config.channels[-1]
    down, up, inputs = [], [], first
    for channels in config.channels:
        down.append({"block": _init_block(keys, inputs, channels), "shrink": _init_unit(keys, 3, channels, channels)})
        inputs = channels
    for channels in reversed(config.channels):
        up.append({"grow": _init_unit(keys, 3, inputs, channels), "block": _init_block(keys, 2 * channels, channels)})
        inputs = channels
    return {
        "enter": _init_unit(keys, 3, 3, first),
        "down": down,
        "middle": _init_block(keys, last, last),
        "up": up,
        "leave": _init_unit(keys, 3, first, 3),
    }


def _init_unit(keys, size, inputs, outputs):
    return {"w": init_conv(next(keys), size, inputs, outputs), "b": jnp.zeros(outputs)}


def _init_block(keys, inputs, outputs):
    return {
        "conv1": _init_unit(keys, 3, inputs, outputs),
        "norm1": init_norm(outputs),
        "conv2": _init_unit(keys, 3, outputs, outputs),
        "norm2": init_norm(outputs),
    }


def apply(config, params, images):
    """The noise in images: [batch, height, width, 3], of the same shape."""
    with jax.named_scope("enter"):
        x = unit(params["enter"], images)
    skips = []
    for number, level in enumerate(params["down"]):
        with jax.named_scope(f"down.{number}"):
            x = block(config, level["block"], x)
            skips.append(x)
            with jax.named_scope("shrink"):
                x = unit(level["shrink"], x, stride=2)
    with jax.named_scope("middle"):
        x = block(config, params["middle"], x)
    for number, level in enumerate(params["up"]):
        with jax.named_scope(f"up.{number}"):
            with jax.named_scope("grow"):
                x = unit(level["grow"], double(x))
            with jax.named_scope("skip"):
                x = jnp.concatenate([x, skips.pop()], axis=-1)
            x = block(config, level["block"], x)
    with jax.named_scope("leave"):
        return unit(params["leave"], x)


def unit(weights, x, stride=1):
    """Convolution with bias."""
    return conv(x, weights["w"], stride) + weights["b"]


def block(config, weights, x):
    """Two convolutions, each with norm and SiLU, on x: [batch, height, width, channels]."""
    for number in (1, 2):
        with jax.named_scope(f"conv{number}"):
            x = unit(weights[f"conv{number}"], x)
        x = silu(group_norm(weights[f"norm{number}"], x, config.groups))
    return x


@jax.named_scope("double")
def double(x):
    """x: [batch, height, width, channels] with every pixel twice in height and width."""
    batch, height, width, channels = x.shape
    repeated = jnp.broadcast_to(x[:, :, None, :, None, :], (batch, height, 2, width, 2, channels))
    return repeated.reshape(batch, 2 * height, 2 * width, channels)


def example(config=Config()):
    """A training step, its arguments and the donated ones, for `skein_export`."""

    def loss(params, images, noise):
        predicted = apply(config, params, images)
        with jax.named_scope("loss"):
            return jnp.mean((predicted - noise) ** 2)

    def step(params, m, v, count, images, noise):
        return adam_step(loss, params, m, v, count, images, noise)

    images = jax.ShapeDtypeStruct((config.batch, config.image, config.image, 3), jnp.float32)
    return step, (*abstract_state(init, config), images, images), DONATED
