"""Writes compiled HLO of small sharded programs: fixtures for the reader of compiled collectives.

    python test/conformance/compiled_hlo.py [directory]

Needs JAX; makes eight virtual CPU devices as a mesh dp=2, tp=4. Tables of source places are left out of the texts.
"""

import os
import pathlib
import re
import sys

os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=8"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding
from jax.sharding import PartitionSpec as P

MESH = Mesh(np.array(jax.devices()).reshape(2, 4), ("dp", "tp"))


def place(*spec):
    return NamedSharding(MESH, P(*spec))


def argument(shape, *spec, dtype=jnp.float32):
    return jax.ShapeDtypeStruct(shape, dtype, sharding=place(*spec))


def megatron():
    """Gradients of two layers, columns then rows; the batch over dp."""

    def loss(weights, x):
        return jnp.mean((jax.nn.relu(x @ weights["a"]) @ weights["b"]) ** 2)

    outputs = ({"a": place(None, "tp"), "b": place("tp", None)}, place("dp", None))
    step = jax.jit(jax.grad(loss, argnums=(0, 1)), out_shardings=outputs)
    weights = {"a": argument((16, 32), None, "tp"), "b": argument((32, 16), "tp", None)}
    return step, (weights, argument((8, 16), "dp", None))


def manual():
    """One collective of each kind, written by hand."""

    def body(x):
        x = jax.lax.all_to_all(x, "tp", split_axis=1, concat_axis=0, tiled=True)
        x = jax.lax.ppermute(x, "dp", [(0, 1), (1, 0)])
        x = jax.lax.psum_scatter(x, "tp", scatter_dimension=1, tiled=True)
        x = jax.lax.all_gather(x, ("dp", "tp"), axis=0, tiled=True)
        return jax.lax.psum(x.astype(jnp.bfloat16), "dp")

    step = jax.shard_map(body, mesh=MESH, in_specs=P("dp", "tp"), out_specs=P(None, None), check_vma=False)
    return jax.jit(step), (argument((16, 64), "dp", "tp"),)


def loops():
    """An all-reduce in a loop of five inside a loop of three."""

    def inner(carry, weight):
        return jax.lax.with_sharding_constraint(jnp.tanh(carry @ weight), place("dp", "tp")), None

    def outer(carry, weights):
        return jax.lax.scan(inner, carry, weights)[0], None

    step = jax.jit(lambda x, w: jax.lax.scan(outer, x, w)[0], out_shardings=place("dp", "tp"))
    return step, (argument((8, 16), "dp", "tp"), argument((3, 5, 16, 16), None, None, "tp", None))


def sequence():
    """A row-cut product whose sum each device needs a slice of."""

    def step(x, weight):
        return jax.lax.with_sharding_constraint(x @ weight, place("dp", "tp", None))

    return jax.jit(step), (argument((4, 8, 16), "dp", None, "tp"), argument((16, 16), "tp", None))


def halo():
    """A convolution whose image is cut along its height over both axes."""

    def step(x, kernel):
        return jax.lax.conv_general_dilated(x, kernel, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))

    image = argument((2, 16, 8, 4), None, ("dp", "tp"))
    return jax.jit(step, out_shardings=place(None, ("dp", "tp"))), (image, argument((3, 3, 4, 4)))


def zero1():
    """Momentum cut over all devices, weights whole: the update is gathered."""

    def step(weights, momentum, x):
        gradients = jax.grad(lambda w: jnp.mean((x @ w["a"] @ w["b"]) ** 2))(weights)
        cut = {name: jax.lax.with_sharding_constraint(g, place(("dp", "tp"))) for name, g in gradients.items()}
        momentum = jax.tree.map(lambda m, g: 0.9 * m + g, momentum, cut)
        return jax.tree.map(lambda w, m: w - 0.1 * m, weights, momentum), momentum

    whole = {"a": place(), "b": place()}
    slots = {"a": place(("dp", "tp")), "b": place(("dp", "tp"))}
    shapes = {"a": (16, 32), "b": (32, 16)}
    arguments = (
        {name: argument(shape) for name, shape in shapes.items()},
        {name: argument(shape, ("dp", "tp")) for name, shape in shapes.items()},
        argument((8, 16), ("dp", "tp")),
    )
    return jax.jit(step, out_shardings=(whole, slots)), arguments


def halves():
    """bf16 that CPUs move as f32: a weight cast and gathered, an exchange, a product and a table scattered as sums."""
    cut = place(("dp", "tp"))

    def step(weight, x, tokens):
        cast = jax.lax.with_sharding_constraint(weight.astype(jnp.bfloat16), cut)
        y = jax.lax.with_sharding_constraint(x @ jax.lax.with_sharding_constraint(cast, place()), cut)
        exchanged = jax.lax.with_sharding_constraint(y, place(None, ("dp", "tp")))
        product = jax.lax.with_sharding_constraint(x.T @ y, cut)
        table = jax.lax.with_sharding_constraint(jnp.zeros((32, 16), jnp.bfloat16).at[tokens].add(y), cut)
        return exchanged, product.astype(jnp.float32), table.astype(jnp.float32)

    arguments = (
        argument((16, 16), ("dp", "tp")),
        argument((64, 16), ("dp", "tp"), dtype=jnp.bfloat16),
        argument((64,), ("dp", "tp"), dtype=jnp.int32),
    )
    return jax.jit(step, out_shardings=(place(None, ("dp", "tp")), cut, cut)), arguments


def wide():
    """f32 that is f32 before or after: a sum of f32 that is rounded, a gather of a cast half that stays as it is."""
    cut = place(("dp", "tp"))

    def step(x, weight, half):
        total = jax.lax.with_sharding_constraint(x @ weight, place())
        cast = jax.lax.with_sharding_constraint(half.astype(jnp.float32), cut)
        return total.astype(jnp.bfloat16), jnp.tanh(jax.lax.with_sharding_constraint(cast, place()))

    arguments = (
        argument((8, 16), None, ("dp", "tp")),
        argument((16, 16), ("dp", "tp")),
        argument((16, 16), ("dp", "tp"), dtype=jnp.bfloat16),
    )
    return jax.jit(step, out_shardings=(place(), place())), arguments


def strip(text):
    """Removes tables of source places and the references to them."""
    header, _, rest = text.partition("\n")
    start = re.search(r"^(ENTRY )?%[\w.-]+ .*\{$", rest, re.MULTILINE).start()
    return header + "\n\n" + re.sub(r" stack_frame_id=\d+", "", rest[start:].rstrip()) + "\n"


def main():
    here = pathlib.Path(__file__).resolve().parent
    directory = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here.parent.parent / "src/verify/fixtures"
    directory.mkdir(parents=True, exist_ok=True)
    for make in (megatron, manual, loops, sequence, halo, zero1, halves, wide):
        step, arguments = make()
        text = strip(step.lower(*arguments).compile().as_text())
        (directory / f"{make.__name__}.hlo.txt").write_text(text)


if __name__ == "__main__":
    main()
