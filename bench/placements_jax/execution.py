"""Runs a program on virtual CPU devices, without the worker, and compares results."""

import jax
import ml_dtypes
import numpy
from jax._src.compiler import get_compile_options
from jax._src.sharding_impls import GSPMDSharding
from jax.sharding import NamedSharding
from jaxlib import _jax


def execute(text, inputs, axes, specs):
    """Compiles for the mesh and runs once; returns the results as whole arrays and the compiled text."""
    sizes = [size for _, size in axes]
    devices = numpy.array(jax.devices()[: int(numpy.prod(sizes))])
    mesh = jax.sharding.Mesh(devices.reshape(sizes), [name for name, _ in axes])
    options = get_compile_options(
        num_replicas=1, num_partitions=devices.size, device_assignment=numpy.array([[d.id for d in devices]])
    )
    options.executable_build_options.use_spmd_partitioning = devices.size > 1
    options.executable_build_options.use_shardy_partitioner = True
    client = devices[0].client
    executable = client.compile_and_load(text, _jax.DeviceList(tuple(devices)), options)
    arguments = [jax.device_put(value, NamedSharding(mesh, spec)) for value, spec in zip(inputs, specs)]
    pieces = executable.execute_sharded(arguments).disassemble_into_single_device_arrays()
    results = []
    shardings = executable.get_output_shardings() or [None] * len(pieces)
    for arrays, sharding in zip(pieces, shardings):
        if devices.size == 1:
            results.append(numpy.asarray(arrays[0]))
            continue
        where = GSPMDSharding(_jax.DeviceList(tuple(devices)), sharding)
        shape = whole_shape(arrays[0].shape, where, len(devices))
        results.append(numpy.asarray(jax.make_array_from_single_device_arrays(shape, where, arrays)))
    return results, executable.hlo_modules()[0].to_string()


def whole_shape(shape, sharding, count):
    proto = sharding._to_xla_hlo_sharding(len(shape)).to_proto()
    tiles = list(proto.tile_assignment_dimensions)[: len(shape)] or [1] * len(shape)
    return tuple(size * tile for size, tile in zip(shape, tiles))


def errors(results, reference):
    """The largest L2 error of one result relative to its norm, and that of all together."""
    each, difference, norm = [], 0.0, 0.0
    for result, expected in zip(results, reference):
        result, expected = result.astype(numpy.float64), expected.astype(numpy.float64)
        apart, size = numpy.linalg.norm(result - expected), numpy.linalg.norm(expected)
        each.append(apart / size if size > 0 else apart)
        difference, norm = difference + apart**2, norm + size**2
    return float(max(each)), float((difference / norm) ** 0.5)


def draw(spec, seed):
    """One input by its spec."""
    random = numpy.random.default_rng(seed)
    dtype = numpy.dtype(
        {
            "f32": "float32",
            "f64": "float64",
            "i32": "int32",
            "i64": "int64",
            "i1": "bool",
            "ui32": "uint32",
            "bf16": ml_dtypes.bfloat16,
        }[spec["dtype"]]
    )
    shape = spec["shape"]
    match spec["distribution"]:
        case "uniform":
            drawn = random.uniform(spec["low"], spec["high"], shape)
        case "normal":
            drawn = random.normal(spec["mean"], spec["std"], shape)
        case "integers":
            drawn = random.integers(spec["low"], spec["high"], shape)
        case _:
            drawn = numpy.full(shape, spec["value"])
    return numpy.asarray(drawn).astype(dtype)
