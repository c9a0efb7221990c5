"""Residual networks (He et al., 2015) and wide ones (Zagoruyko and Komodakis, 2016), batch norm in training.

`block` is 'bottleneck' (1x1, 3x3, 1x1) or 'basic' (3x3, 3x3); `widen` multiplies the channels of all blocks,
`widen_middle` those between a bottleneck's last two convolutions alone (Zheng et al., 2022, Alpa).
"""

import dataclasses
import typing

import jax
import jax.numpy as jnp

from .layers import batch_norm, conv, init_conv, init_norm, max_pool, relu
from .training import abstract_state, adam, cross_entropy, integers, normal


@dataclasses.dataclass(frozen=True)
class Config:
    image: int = 32
    stem: int = 16
    blocks: tuple = (1, 1, 1, 1)
    block: str = "bottleneck"
    widen: int = 1
    widen_middle: int = 1
    classes: int = 32
    batch: int = 8


RESNET50 = Config(image=224, stem=64, blocks=(3, 4, 6, 3), classes=1000)


class TrainedWithStats(typing.NamedTuple):
    """What a training step returns; stats are the running means and variances."""

    params: typing.Any
    m: typing.Any
    v: typing.Any
    count: jax.Array
    stats: typing.Any
    loss: jax.Array


def plan_blocks(config):
    """Per stage and block: input channels, channels inside, output channels and stride."""
    expansion = 4 if config.block == "bottleneck" else 1
    inputs, stages = config.stem, []
    for number, blocks in enumerate(config.blocks):
        inner = config.stem * 2**number * config.widen
        stage = []
        for index in range(blocks):
            stage.append((inputs, inner, inner * expansion, 2 if number > 0 and index == 0 else 1))
            inputs = inner * expansion
        stages.append(stage)
    return stages


def init(config, key):
    """Parameters: stem, stages (lists of blocks) and head; each convolution is w and its norm."""
    stages = plan_blocks(config)
    stem_key, head_key, *keys = jax.random.split(key, 2 + sum(map(len, stages)))
    keys = iter(keys)
    outputs = stages[-1][-1][2]
    return {
        "stem": _init_unit(stem_key, 7, 3, config.stem),
        "stages": [[_init_block(config, next(keys), *shape) for shape in stage] for stage in stages],
        "head": {"w": normal(head_key, outputs, config.classes), "b": jnp.zeros(config.classes)},
    }


def _init_unit(key, size, inputs, outputs):
    return {"w": init_conv(key, size, inputs, outputs), "norm": init_norm(outputs)}


def _init_block(config, key, inputs, inner, outputs, stride):
    keys = jax.random.split(key, 4)
    if config.block == "bottleneck":
        middle = inner * config.widen_middle
        sizes = [(1, inputs, inner), (3, inner, middle), (1, middle, outputs)]
    else:
        sizes = [(3, inputs, inner), (3, inner, outputs)]
    block = {f"conv{number}": _init_unit(k, *size) for number, (k, size) in enumerate(zip(keys, sizes), 1)}
    if stride > 1 or inputs != outputs:
        block["shortcut"] = _init_unit(keys[3], 1, inputs, outputs)
    return block


def init_stats(params):
    """Running statistics: a mean and a variance per norm, in the tree of the parameters."""
    if isinstance(params, list):
        return [init_stats(part) for part in params]
    if "norm" in params:
        shape = params["norm"]["scale"].shape
        return {"mean": jnp.zeros(shape), "var": jnp.ones(shape)}
    return {name: init_stats(part) for name, part in params.items() if name not in ("head",)}


def apply(config, params, stats, images):
    """Logits [batch, classes] of images: [batch, height, width, 3], and the new running statistics."""
    new = {"stages": []}
    with jax.named_scope("stem"):
        x, new["stem"] = unit(params["stem"], stats["stem"], images, stride=2)
        x = max_pool(relu(x), 3, 2, 1)
    shapes = plan_blocks(config)
    for number, stage in enumerate(params["stages"]):
        new["stages"].append([])
        for index, block in enumerate(stage):
            with jax.named_scope(f"stages.{number}.{index}"):
                x, block_stats = residual_block(block, stats["stages"][number][index], x, shapes[number][index][3])
            new["stages"][-1].append(block_stats)
    with jax.named_scope("pool"):
        x = jnp.mean(x, axis=(1, 2))
    with jax.named_scope("head"):
        return x @ params["head"]["w"] + params["head"]["b"], new


def unit(weights, stats, x, stride=1):
    """Convolution and batch norm of x: [batch, height, width, channels]."""
    return batch_norm(weights["norm"], stats, conv(x, weights["w"], stride))


def residual_block(block, stats, x, stride):
    """A block on x: [batch, height, width, channels]; the scope `residual` holds the sum and its relu alone."""
    new, y = {}, x
    names = [name for name in sorted(block) if name.startswith("conv")]
    # A bottleneck strides in its 3x3 convolution, a basic block in its first.
    strided = "conv2" if len(names) == 3 else "conv1"
    for name in names:
        with jax.named_scope(name):
            y, new[name] = unit(block[name], stats[name], y, stride if name == strided else 1)
            y = y if name == names[-1] else relu(y)
    if "shortcut" in block:
        with jax.named_scope("shortcut"):
            x, new["shortcut"] = unit(block["shortcut"], stats["shortcut"], x, stride)
    with jax.named_scope("residual"):
        return relu(x + y), new


def example(config=Config()):
    """A training step, its arguments and the donated ones, for `skein_export`."""

    def loss_function(params, stats, images, labels):
        logits, stats = apply(config, params, stats, images)
        return cross_entropy(logits, labels), stats

    def step(params, m, v, count, stats, images, labels):
        (loss, stats), grads = jax.value_and_grad(loss_function, has_aux=True)(params, stats, images, labels)
        return TrainedWithStats(*adam(grads, params, m, v, count), stats, loss)

    state = abstract_state(init, config)
    stats = jax.eval_shape(init_stats, state[0])
    images = jax.ShapeDtypeStruct((config.batch, config.image, config.image, 3), jnp.float32)
    return step, (*state, stats, images, integers((config.batch,), config.classes)), (0, 1, 2, 3, 4)
