"""Everything that reaches past JAX's public interface. Nothing else in the worker names a private part of JAX.

Checked with jax 0.10.2; `python -m skein_worker.xla_api` is the smoke test.
"""

import re

import jax
import numpy as np
from jax._src.lib import xla_client
from jax._src.sharding_impls import GSPMDSharding
from jax.extend import backend as jax_backend

from .dtypes import name_of_hlo, numpy_dtype


class Tiles:
    """How a value is cut over a program's devices: `tiles[d]` pieces along dimension d, each held `replicas` times."""

    def __init__(self, tiles, replicas, devices):
        self.tiles = tiles
        self.replicas = replicas
        self.devices = devices
        self.key = (tiles, replicas, devices)


class Program:
    """A compiled and loaded program with the shardings of its parameters and results."""

    def __init__(self, loaded, devices):
        self.loaded = loaded
        self.devices = tuple(devices)
        self.hlo_text = loaded.hlo_modules()[0].to_string()
        self.parameters, results = _entry_types(self.hlo_text)
        self.parameter_shardings = self._read_shardings(loaded.get_parameter_shardings(), self.parameters)
        self.output_shardings = self._read_shardings(loaded.get_output_shardings(), results)
        self.parameter_tiles = [self.tiles_of(s, p) for s, p in zip(self.parameter_shardings, self.parameters)]
        self.output_tiles = [self.tiles_of(s, r) for s, r in zip(self.output_shardings, results)]
        self.parameter_dtypes = [numpy_dtype(dtype) for dtype, _ in self.parameters]
        self.parameter_shapes = _whole_shapes(self.parameters, self.parameter_tiles)
        self.output_shapes = _whole_shapes(results, self.output_tiles)
        # Which arguments the program consumes; known after it ran once.
        self.donated = None
        self._avals = [None] * len(results)
        self._accepted = [{} for _ in self.parameters]

    def execute(self, arguments):
        """Starts the program on global arrays and returns its results as global arrays; does not wait."""
        per_output = self.loaded.execute_sharded(arguments).disassemble_into_single_device_arrays()
        return [self._join(index, parts) for index, parts in enumerate(per_output)]

    def accepts(self, index, sharding):
        """True where a value with that sharding lies as parameter `index` wants it."""
        accepted = self._accepted[index]
        if id(sharding) not in accepted:
            wanted = self.parameter_shardings[index]
            same = sharding.is_equivalent_to(wanted, len(self.parameter_shapes[index]))
            # The sharding is kept, so that its id is not used again.
            accepted[id(sharding)] = (same, sharding)
        return accepted[id(sharding)][0]

    def memory(self):
        """Returns bytes per device by kind."""
        stats = self.loaded.get_compiled_memory_stats()
        memory = {
            "argumentBytes": stats.argument_size_in_bytes,
            "outputBytes": stats.output_size_in_bytes,
            "aliasBytes": stats.alias_size_in_bytes,
            "temporaryBytes": stats.temp_size_in_bytes,
            "generatedCodeBytes": stats.generated_code_size_in_bytes,
        }
        peak_bytes = getattr(stats, "peak_memory_in_bytes", 0)
        return {**memory, "peakBytes": peak_bytes} if peak_bytes > 0 else memory

    def flops(self):
        """Returns the compiler's count of FLOPs per device, or None where it has none."""
        try:
            analysis = self.loaded.cost_analysis()
        except jax.errors.JaxRuntimeError:
            return None
        analysis = analysis[0] if isinstance(analysis, list) else analysis
        return analysis.get("flops")

    def tiles_of(self, sharding, type_):
        hlo = sharding._hlo_sharding
        rank = len(type_[1])
        count = len(self.devices)
        if not hlo.is_tiled():
            return Tiles((1,) * rank, count, tuple(range(count)))
        dims = tuple(hlo.tile_assignment_dimensions())
        return Tiles(dims[:rank], int(np.prod(dims[rank:], dtype=np.int64)), tuple(hlo.tile_assignment_devices()))

    def _read_shardings(self, protos, types):
        """One partition has no shardings at all; whole values may come as maximal or unknown."""
        protos = protos or [None] * len(types)
        if len(protos) != len(types):
            raise RuntimeError(f"{len(types)} values in the program's text but {len(protos)} shardings")
        return [GSPMDSharding(self.devices, _hlo_sharding(proto)) for proto in protos]

    def _join(self, index, parts):
        if self._avals[index] is None:
            self._avals[index] = jax.core.ShapedArray(self.output_shapes[index], parts[0].dtype)
        sharding = self.output_shardings[index]
        return xla_client.ArrayImpl(self._avals[index], sharding, parts, committed=True, _skip_checks=True)


def compile_text(text, devices, platform):
    """Compiles StableHLO text (or bytecode) for `devices`, in mesh order."""
    options = jax_backend.get_compile_options(
        num_replicas=1,
        num_partitions=len(devices),
        device_assignment=np.array([[device.id for device in devices]]),
    )
    loaded = jax_backend.get_backend(platform).compile_and_load(text, list(devices), options)
    return Program(loaded, devices)


def _whole_shapes(types, tiles):
    return [tuple(n * t for n, t in zip(shape, cut.tiles)) for (_, shape), cut in zip(types, tiles)]


def _hlo_sharding(proto):
    if proto is None:
        return xla_client.HloSharding.replicate()
    sharding = xla_client.HloSharding.from_proto(proto)
    return sharding if sharding.is_tiled() else xla_client.HloSharding.replicate()


_ARRAY_TYPE = re.compile(r"([a-z]\w*)\[([\d,]*)\]")


def _entry_types(hlo_text):
    """Reads (dtype, shape on one device) of every parameter and result from the head of the HLO text."""
    start = hlo_text.index("entry_computation_layout={") + len("entry_computation_layout=")
    depth = 0
    for end in range(start, len(hlo_text)):
        depth += {"{": 1, "}": -1}.get(hlo_text[end], 0)
        if depth == 0:
            break
    parameters, results = hlo_text[start:end].split("->", 1)
    return _array_types(parameters), _array_types(results)


def _array_types(text):
    without_comments = re.sub(r"/\*.*?\*/", "", text)
    return [
        (name_of_hlo(name), tuple(int(n) for n in dims.split(",") if n))
        for name, dims in _ARRAY_TYPE.findall(without_comments)
        if name_of_hlo(name)
    ]


def _smoke():
    text = """
      module @smoke { func.func public @main(%a: tensor<4xf32> {tf.aliasing_output = 0 : i32}) -> tensor<4xf32> {
        %0 = stablehlo.add %a, %a : tensor<4xf32>
        return %0 : tensor<4xf32> } }"""
    device = jax.devices()[0]
    program = compile_text(text, [device], device.platform)
    argument = jax.device_put(np.arange(4, dtype=np.float32), device, may_alias=False)
    (result,) = program.execute([argument])
    assert np.array_equal(np.asarray(result), [0, 2, 4, 6]), result
    assert argument.is_deleted()
    print(program.memory(), program.flops(), [t.key for t in program.parameter_tiles])


if __name__ == "__main__":
    _smoke()
