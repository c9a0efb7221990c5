"""Everything that reaches past JAX's public interface. Nothing else in the judge names a private part of JAX.

Checked with jax 0.10.2 and libtpu 0.0.42.1; `python -m skein_judge.tpu_api` is the smoke test. `set_environment` comes
before the first import of JAX.
"""

import importlib.metadata
import importlib.util
import os


def set_environment():
    """Tells libtpu that there is no TPU here, so that it neither looks for one nor guards against a second process."""
    os.environ.update(
        JAX_PLATFORMS="cpu",
        # Metadata of a cloud machine would be asked for over the network, for minutes.
        TPU_SKIP_MDS_QUERY="1",
        TPU_WORKER_HOSTNAMES="localhost",
        # Any existing type serves; the topology is given by name.
        TPU_ACCELERATOR_TYPE="v5p-8",
        # No device is opened, so several compilers may run side by side.
        ALLOW_MULTIPLE_LIBTPU_LOAD="1",
        TPU_LOG_DIR="disabled",
    )
    os.environ.setdefault("TPU_MIN_LOG_LEVEL", "3")


def has_libtpu():
    return importlib.util.find_spec("libtpu") is not None


def versions():
    return {name: importlib.metadata.version(name) for name in ("jax", "jaxlib", "libtpu")}


def topology_devices(chip, shape):
    """Returns the devices of a topology in the order of a mesh of that shape, the last axis fastest.

    TPU topologies list their devices by host, so coordinates decide here, never positions or ids.
    """
    from jax.experimental import topologies

    sizes = (tuple(shape) + (1, 1, 1))[:3]
    options = {
        # A host's chips lie two by two where there are as many.
        "chips_per_host_bounds": [2 if size % 2 == 0 else 1 for size in sizes[:2]] + [1],
    }
    # By default the two cores of a v4 chip are two devices; programs see one, as JAX has it on such machines.
    if chip == "v4":
        options["chip_config_name"] = "megacore"
    name = f"{chip}:{'x'.join(str(size) for size in shape)}"
    topology = topologies.get_topology_desc(platform="tpu", topology_name=name, **options)
    return sorted(topology.devices, key=lambda device: tuple(device.coords))


def compile_text(text, devices):
    """Compiles StableHLO text with sdy shardings for `devices`, whose position is their number in the text."""
    import numpy as np
    from jax._src.interpreters import mlir
    from jax._src.lib import _jax
    from jax._src.lib.mlir import ir
    from jax.extend import backend

    with mlir.make_ir_context():
        module = ir.Module.parse(text)
    options = backend.get_compile_options(
        num_replicas=1,
        num_partitions=len(devices),
        device_assignment=np.array([[device.id for device in devices]]),
    )
    return devices[0].client.compile(module, _jax.DeviceList(tuple(devices)), options)


def hlo_text(executable):
    return executable.hlo_modules()[0].to_string()


def memory(executable):
    """Returns bytes per device by kind."""
    stats = executable.get_compiled_memory_stats()
    return {
        "argumentBytes": stats.argument_size_in_bytes,
        "outputBytes": stats.output_size_in_bytes,
        "aliasBytes": stats.alias_size_in_bytes,
        "temporaryBytes": stats.temp_size_in_bytes,
        "generatedCodeBytes": stats.generated_code_size_in_bytes,
    }


def cost(executable):
    """Returns the compiler's own account of one device; bodies of loops are counted once in all of it."""
    analysis = executable.cost_analysis()
    analysis = analysis[0] if isinstance(analysis, list) else analysis
    return {
        "flops": analysis.get("flops", 0.0),
        "accessedBytes": analysis.get("bytes accessed", 0.0),
        "optimalSeconds": analysis.get("optimal_seconds", 0.0),
    }


def _smoke():
    set_environment()
    text = """
      module @smoke attributes {mhlo.num_partitions = 4 : i32, mhlo.num_replicas = 1 : i32} {
        sdy.mesh @mesh = <["x"=4]>
        func.func public @main(
          %a: tensor<128x512xf32> {sdy.sharding = #sdy.sharding<@mesh, [{}, {"x"}]>},
          %b: tensor<512x128xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"x"}, {}]>}
        ) -> (tensor<128x128xf32> {sdy.sharding = #sdy.sharding<@mesh, [{}, {}]>}) {
          %0 = stablehlo.dot_general %a, %b, contracting_dims = [1] x [0]
            : (tensor<128x512xf32>, tensor<512x128xf32>) -> tensor<128x128xf32>
          return %0 : tensor<128x128xf32> } }"""
    executable = compile_text(text, topology_devices("v5e", (2, 2)))
    assert memory(executable)["argumentBytes"] == 2 * 128 * 128 * 4, memory(executable)
    assert "all-reduce" in hlo_text(executable)
    assert cost(executable)["flops"] >= 2 * 128**3, cost(executable)
    print(versions(), memory(executable), cost(executable))


if __name__ == "__main__":
    _smoke()
