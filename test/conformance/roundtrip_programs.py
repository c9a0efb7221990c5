"""Writes small StableHLO programs of many operation families, as JAX prints them, for the round-trip test.

Usage: roundtrip-programs.py DIRECTORY

Each program is written as NAME.mlir.gz (pretty form) and NAME.generic.mlir.gz, some as NAME.locations.mlir.gz too.
"""

import gzip
import pathlib
import sys

import jax

jax.config.update("jax_num_cpu_devices", 8)

import jax.numpy as jnp
import numpy as np
from jax import lax
from jax._src.lib.mlir import ir
from jax.interpreters import mlir
from jax.sharding import Mesh, NamedSharding, PartitionSpec


def f32(*shape):
    return jax.ShapeDtypeStruct(shape, jnp.float32)


def i32(*shape):
    return jax.ShapeDtypeStruct(shape, jnp.int32)


def elementwise(x, y, i, p, z):
    unary = [jnp.abs, jnp.cbrt, jnp.ceil, jnp.cos, jnp.exp, jnp.expm1, jnp.floor, jnp.isfinite, jnp.log, jnp.log1p,
             jax.nn.sigmoid, jnp.negative, jnp.round, jnp.sin, jnp.sign, jnp.sqrt, jnp.tan, jnp.tanh, lax.rsqrt,
             lax.round, lax.erf, lax.erf_inv, lax.erfc, lax.lgamma, lax.digamma, jnp.sinh, jnp.cosh, jnp.arcsin,
             jnp.square, jnp.arctanh, lax.asinh, lax.acosh, lax.atan, lax.acos, lax.bessel_i1e]
    binary = [jnp.add, jnp.subtract, jnp.multiply, jnp.divide, jnp.maximum, jnp.minimum, jnp.power, lax.rem, lax.atan2,
              lax.nextafter, lax.polygamma, lax.zeta]
    integer = [jnp.bitwise_and, jnp.bitwise_or, jnp.bitwise_xor, lax.shift_left, lax.shift_right_arithmetic,
               lax.shift_right_logical]
    return (
        [f(x) for f in unary], [f(x, y) for f in binary], [f(i, i) for f in integer], lax.clz(i),
        lax.population_count(i), ~p, p & p, jnp.where(p, x, y), jnp.clip(x, 0.0, 1.0), lax.clamp(x, x, y),
        [lax.eq(x, y), lax.ne(i, i), lax.lt(x, y), lax.le(p, p), lax.gt(i, i), lax.ge(x, y)],
        lax.reduce_precision(x, 4, 3), x.astype(jnp.bfloat16), lax.bitcast_convert_type(x, jnp.uint32),
        jnp.real(z), jnp.imag(z), lax.complex(x, y), jnp.conj(z) * z, jnp.sort_complex(z[0]),
    )


def constants():
    random = np.random.default_rng(0)
    return (
        jnp.array([1.5, -jnp.inf, jnp.nan]), jnp.array([[1, 2], [3, 4]]), jnp.array([True, False]), -jnp.inf,
        jnp.asarray(random.normal(size=(5, 7)).astype(np.float32)), jnp.asarray(random.integers(0, 99, (40,))),
        np.float64(3.25), jnp.array([1 + 2j, 3 - 4j]), jnp.array([], dtype=jnp.float32),
        jnp.asarray(random.normal(size=(3, 3)), dtype=jnp.bfloat16), jnp.zeros((2, 0, 3)), jnp.uint8(255),
        jnp.asarray(random.normal(size=(4,)), dtype=jnp.float8_e4m3fn), jnp.complex64(1 - 1j),
        jnp.asarray(random.integers(0, 2, (50,)).astype(bool)), jnp.asarray([1, 2], dtype=jnp.int4),
    )


def shapes(x, y):
    return (
        x.T, x.reshape(-1), jnp.concatenate([x, y], 0), x[1:3, ::2], jnp.pad(x, ((1, 2), (0, 0))),
        lax.pad(x, 0.0, ((1, -1, 2), (0, 0, 0))), jnp.broadcast_to(x[0], (3, 8)), jnp.arange(10), jnp.eye(3),
        jnp.flip(x, 1), lax.dynamic_slice(x, (1, 2), (2, 3)), lax.dynamic_update_slice(x, y[:2, :2], (1, 1)),
        jnp.tril(x), lax.rev(x, (0, 1)), lax.squeeze(x[:1], [0]), x[..., None], jnp.roll(x, 1),
        lax.expand_dims(x, [1]),
    )


def products(x, w, a, b):
    return (
        x @ w, jnp.einsum("bhqd,bhkd->bhqk", a, b),
        jnp.einsum("bhqk,bhkd->bqhd", jnp.einsum("bhqd,bhkd->bhqk", a, b), b),
        lax.dot_general(x, w, (((1,), (0,)), ((), ())), precision=lax.Precision.HIGHEST),
        jnp.dot(x.astype(jnp.bfloat16), w.astype(jnp.bfloat16), preferred_element_type=jnp.float32),
        lax.dot(x, w, precision=lax.DotAlgorithmPreset.BF16_BF16_F32), jnp.outer(x[0], w[0]), jnp.vdot(x, x),
    )


def convolutions(x, w):
    def forward(x, w, **options):
        return lax.conv_general_dilated(x, w, dimension_numbers=("NHWC", "HWIO", "NHWC"), **options)

    strided = lambda x, w: forward(x, w, window_strides=(2, 2), padding="SAME").sum()
    return (
        forward(x, w, window_strides=(1, 1), padding="VALID"), jax.grad(strided, (0, 1))(x, w),
        forward(x, w, window_strides=(1, 1), padding=((1, 2), (0, 0)), rhs_dilation=(2, 1)),
        forward(x, jnp.concatenate([w[:, :, :1]] * 4, 3), window_strides=(1, 1), padding="SAME", feature_group_count=4),
        lax.conv_general_dilated(x[:, :, 0], w[0], (1,), "SAME", dimension_numbers=("NWC", "WIO", "NWC")),
        forward(x, w, window_strides=(1, 1), padding="SAME", precision=lax.Precision.HIGHEST),
    )


def reductions(x, i, p):
    return (
        x.sum(), x.max(1), x.min(0), x.prod(), x.mean(-1), jnp.any(p), jnp.all(p, 0), jnp.argmax(x, 1),
        jnp.argmin(x), jax.nn.softmax(x), jax.scipy.special.logsumexp(x), x.var(), jnp.cumsum(x, 0), lax.cummax(x),
        jnp.bitwise_or.reduce(i), lax.reduce((x, x), (0.0, 1.0), lambda a, b: (a[0] + b[0], a[1] * b[1]), (0,)),
        lax.reduce_window(x, 0.0, lax.add, (2, 2), (1, 2), "VALID"),
        lax.reduce_window(x, -jnp.inf, lax.max, (2, 2), (2, 2), "SAME"),
        jax.grad(lambda x: lax.reduce_window(x, -jnp.inf, lax.max, (2, 2), (2, 2), "SAME").sum())(x),
        lax.associative_scan(jnp.add, x),
    )


def indexing(x, i):
    return (
        x[i], jnp.take(x, i, axis=1), x.at[i].set(0.0), x.at[i].add(1.0), x.at[i].mul(2.0), x.at[i, 1].max(1.0),
        jnp.take_along_axis(x, x.astype(jnp.int32), 1), jax.vmap(lambda row, k: row[k])(x, i),
        jax.grad(lambda x: x[i].sum())(x), jnp.searchsorted(x[0], x[1]), jnp.bincount(i, length=4),
        jax.ops.segment_sum(x, i, 4), jax.nn.one_hot(i, 5), jax.vmap(lambda row, k: row.at[k].set(0.0))(x, i),
        jnp.unique(i, size=3), x.at[i].get(mode="fill"),
        x.at[i].set(1.0, mode="drop", unique_indices=True, indices_are_sorted=True),
    )


def ordering(x, i):
    return (
        jnp.sort(x), jnp.argsort(x), lax.top_k(x, 2), lax.sort((x, x), num_keys=2), lax.approx_max_k(x, 2),
        jnp.median(x), jnp.partition(i, 1), lax.sort(i, is_stable=False),
    )


def control(x, i):
    loop = lax.while_loop(lambda c: c[0] < 5, lambda c: (c[0] + 1, jnp.sin(c[1])), (0, x))
    scan = lax.scan(lambda c, y: (c * 2 + y.sum(), c), 0.0, x)
    return (
        loop, scan, lax.cond(i[0] > 1, jnp.sin, jnp.cos, x), lax.switch(i[0], [jnp.sin, jnp.cos, jnp.tan], x),
        lax.fori_loop(0, 3, lambda k, c: jax.nn.relu(c) + k, x), lax.map(jnp.sum, x),
        jax.checkpoint(lambda x: jnp.sin(jnp.sin(x)))(x),
        jax.grad(lambda x: jax.checkpoint(lambda x: jnp.sin(jnp.sin(x)).sum())(x))(x),
        lax.optimization_barrier((x, i)),
        jax.grad(lambda x: lax.scan(lambda c, y: (jnp.sin(c + y.sum()), c), 0.0, x)[0])(x),
    )


def random(x):
    key = jax.random.key(0)
    return (
        jax.random.normal(key, (3,)), jax.random.bernoulli(key, 0.5, (4,)), jax.random.permutation(key, x),
        jax.random.uniform(key, (3,), jnp.float32), jax.random.categorical(key, x),
        jax.random.randint(key, (2,), 0, 9),
        lax.rng_bit_generator(jax.random.key_data(jax.random.key(1, impl="rbg")), (3,)),
        lax.rng_uniform(0.0, 1.0, (3,)),
    )


def linear_algebra(x):
    square = x @ x.T
    return (
        jnp.linalg.cholesky(square), jnp.linalg.qr(x), jnp.linalg.solve(square, x), jnp.linalg.eigh(square),
        jnp.linalg.svd(x), lax.linalg.triangular_solve(square, x, left_side=True, lower=True), jnp.fft.fft(x),
        jnp.fft.rfft(x), jnp.fft.irfft(jnp.fft.rfft(x)), jnp.linalg.det(square),
    )


def custom(x):
    decorated = lax.composite(lambda x, *, eps: x / (x.std() + eps), "my.norm", 1)
    return (
        decorated(x, eps=np.float32(1e-5)), jax.named_call(lambda x: x + 1, name="shift")(x), jax.nn.gelu(x),
        jax.nn.silu(x),
    )


def sharded(x, w):
    mesh = Mesh(np.array(jax.devices()).reshape(2, 4), ("dp", "tp"))
    to = lambda *spec: NamedSharding(mesh, PartitionSpec(*spec))
    y = lax.with_sharding_constraint(x @ w, to("dp", "tp"))

    def collectives(a):
        return (
            lax.psum(a, "tp"), lax.all_gather(a, "dp"), lax.ppermute(a, "tp", [(0, 1), (1, 0)]),
            lax.psum_scatter(a, "tp", scatter_dimension=1, tiled=True), lax.all_to_all(a, "tp", 1, 0, tiled=True),
            lax.axis_index("dp"), lax.pmax(a, ("dp", "tp")),
        )

    specs = dict(in_specs=PartitionSpec("dp", None), out_specs=PartitionSpec(), check_vma=False)
    local = jax.shard_map(collectives, mesh=mesh, **specs)
    return y, local(x), lax.with_sharding_constraint(y, to(("dp", "tp"), None))


def quantized(x):
    types = [jnp.float8_e5m2, jnp.float8_e4m3fn, jnp.float16, jnp.float64, jnp.int8, jnp.uint4, jnp.int64, jnp.bool_]
    return [x.astype(t) for t in types]


def programs():
    x, i, p = f32(4, 8), i32(4), jax.ShapeDtypeStruct((4, 8), jnp.bool_)
    mesh = Mesh(np.array(jax.devices()).reshape(2, 4), ("dp", "tp"))
    on = lambda *spec: NamedSharding(mesh, PartitionSpec(*spec))
    yield "elementwise", jax.jit(elementwise).lower(x, x, i32(4, 8), p, jax.ShapeDtypeStruct((4, 8), jnp.complex64))
    yield "constants", jax.jit(constants).lower()
    yield "shapes", jax.jit(shapes).lower(x, x)
    yield "products", jax.jit(products).lower(x, f32(8, 4), f32(2, 3, 4, 5), f32(2, 3, 4, 5))
    yield "convolutions", jax.jit(convolutions).lower(f32(2, 8, 8, 4), f32(3, 3, 4, 6))
    yield "reductions", jax.jit(reductions).lower(x, i, p)
    yield "indexing", jax.jit(indexing).lower(x, i)
    yield "ordering", jax.jit(ordering).lower(x, i)
    yield "control", jax.jit(control).lower(x, i)
    yield "random", jax.jit(random).lower(x)
    yield "linear-algebra", jax.jit(linear_algebra).lower(x)
    yield "custom", jax.jit(custom).lower(x)
    yield "quantized", jax.jit(quantized).lower(x)
    placed = jax.jit(sharded, in_shardings=(on("dp", None), on(None, "tp")))
    yield "sharded", placed.lower(f32(32, 64), f32(64, 64))
    step = lambda state, batch: jax.tree.map(lambda s: s - 0.1 * batch.mean(), state)
    yield "donated", jax.jit(step, donate_argnums=0).lower({"params": {"w h": f32(4, 8), 'b"q': f32(8)}}, f32(3))


# Written with locations as well: regions, donation and name scopes.
LOCATED = {"control", "donated", "sharded"}


def write(path, text):
    """Writes gzip without a date, so that the same text gives the same bytes."""
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def modules():
    """The programs above, and texts beside this file that hold operations which JAX does not make."""
    for name, lowered in programs():
        yield name, lowered.compiler_ir("stablehlo").operation
    here = pathlib.Path(__file__).parent
    with mlir.make_ir_context():
        for name in ("operations", "shardy"):
            yield name, ir.Module.parse((here / f"{name}.mlir").read_text()).operation


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, module in modules():
        write(folder / f"{name}.mlir.gz", module.get_asm())
        write(folder / f"{name}.generic.mlir.gz", module.get_asm(print_generic_op_form=True))
        if name in LOCATED:
            text = module.get_asm(enable_debug_info=True)
            write(folder / f"{name}.locations.mlir.gz", text.replace(__file__, "programs.py"))


if __name__ == "__main__":
    main()
