"""Convolutions, then dense layers that hold nearly all parameters.

With three dense layers it is AlexNet's shape (Krizhevsky, 2014, One weird trick for parallelizing convolutional neural
networks), with several convolutions a level VGG's (Simonyan and Zisserman, 2014); with one dense layer and many
classes, a backbone with a wide classifier head.
"""

import dataclasses

import jax
import jax.numpy as jnp

from .layers import conv, init_conv, max_pool, relu
from .training import DONATED, abstract_state, adam_step, cross_entropy, integers, normal


@dataclasses.dataclass(frozen=True)
class Config:
    image: int = 32
    channels: tuple = (16, 32, 64)
    """Channels of the convolutions of each level; each level ends with a max pool that halves the image."""
    depths: tuple = ()
    """Convolutions of each level; empty: one."""
    hidden: tuple = ()
    """Widths of the dense layers before the head."""
    classes: int = 4096
    batch: int = 16


WIDE_HEAD = Config()
ALEXNET = Config(channels=(16, 32, 32), hidden=(512, 512), classes=256)
VGG19 = Config(224, (64, 128, 256, 512, 512), (2, 2, 4, 4, 4), (4096, 4096), 1000)


def plan_convs(config):
    """Output channels of each convolution, and whether a max pool follows it."""
    depths = config.depths or (1,) * len(config.channels)
    return [(channels, k == depth) for channels, depth in zip(config.channels, depths) for k in range(1, depth + 1)]


def init(config, key):
    """Parameters: convs, and dense layers of w: [in, out] and b: [out], the last of them the head."""
    features = (config.image >> len(config.channels)) ** 2 * config.channels[-1]
    if not config.hidden:
        features = config.channels[-1]
    sizes = [features, *config.hidden, config.classes]
    inputs = [3, *(channels for channels, _ in plan_convs(config))]
    keys = iter(jax.random.split(key, len(inputs) + len(sizes)))
    return {
        "convs": [{"w": init_conv(next(keys), 3, n, m), "b": jnp.zeros(m)} for n, m in zip(inputs, inputs[1:])],
        "dense": [{"w": normal(next(keys), n, m), "b": jnp.zeros(m)} for n, m in zip(sizes, sizes[1:])],
    }


def apply(config, params, images):
    """Logits [batch, classes] of images: [batch, height, width, 3]."""
    x = images
    for number, (layer, (_, pooled)) in enumerate(zip(params["convs"], plan_convs(config))):
        with jax.named_scope(f"convs.{number}"):
            x = relu(conv(x, layer["w"]) + layer["b"])
            x = max_pool(x, 2, 2) if pooled else x
    with jax.named_scope("features"):
        x = x.reshape(x.shape[0], -1) if config.hidden else jnp.mean(x, axis=(1, 2))
    for number, layer in enumerate(params["dense"]):
        with jax.named_scope(f"dense.{number}"):
            x = x @ layer["w"] + layer["b"]
            x = relu(x) if number < len(config.hidden) else x
    return x


def example(config=Config()):
    """A training step, its arguments and the donated ones, for `skein_export`."""

    def loss(params, images, labels):
        return cross_entropy(apply(config, params, images), labels)

    def step(params, m, v, count, images, labels):
        return adam_step(loss, params, m, v, count, images, labels)

    images = jax.ShapeDtypeStruct((config.batch, config.image, config.image, 3), jnp.float32)
    return step, (*abstract_state(init, config), images, integers((config.batch,), config.classes)), DONATED
