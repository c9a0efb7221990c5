"""What a compiler makes of a sharded program: python bench/planner/measure.py ANNOTATED.mlir [--topology v5p:2x2x2]

The text is what `skein plan --out` writes. It is compiled and not run: for as many virtual CPU devices as its mesh has,
or, where libtpu is installed, for a TPU topology that need not be there. Prints one JSON document: FLOPs per device,
bytes of arguments and temporaries per device, and the collectives by kind and mesh axis. Loop bodies count once.
"""

import argparse
import json
import os
import re
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "bench", "placements_jax"))


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", metavar="ANNOTATED.mlir")
    parser.add_argument("--topology", help="TPU topology, for example v5p:2x2x2 (default: virtual CPU devices)")
    parser.add_argument("--hlo", metavar="FILE", help="write the compiled text there")
    options = parser.parse_args(arguments)
    with open(options.program) as file:
        text = file.read()
    print(json.dumps(measure(text, options.topology, options.hlo)))
    return 0


def measure(text, topology=None, hlo_path=None):
    """Compiles for a TPU topology, or for virtual CPU devices; returns the three measures and the seconds taken."""
    axes = read_mesh(text)
    count_devices = 1
    for _, size in axes:
        count_devices *= size
    set_environment(count_devices, topology)

    import jax
    import numpy
    from jax._src.compiler import get_compile_options
    from jax._src.interpreters import mlir
    from jaxlib import _jax
    from jaxlib.mlir import ir

    from collectives import count

    devices = list(topology_devices(topology) if topology else jax.devices())[:count_devices]
    assignment = numpy.array([[device.id for device in devices]])
    build = get_compile_options(num_replicas=1, num_partitions=count_devices, device_assignment=assignment)
    build.executable_build_options.use_spmd_partitioning = True
    build.executable_build_options.use_shardy_partitioner = True
    start = time.monotonic()
    client = devices[0].client
    with mlir.make_ir_context():
        module = ir.Module.parse(text)
        compile_module = client.compile if topology else client.compile_and_load
        executable = compile_module(module, _jax.DeviceList(tuple(devices)), build)
    seconds = time.monotonic() - start
    compiled = "\n".join(part.to_string() for part in executable.hlo_modules())
    if hlo_path:
        with open(hlo_path, "w") as file:
            file.write(compiled)
    analysis = executable.cost_analysis()
    analysis = analysis[0] if isinstance(analysis, list) else analysis
    memory = executable.get_compiled_memory_stats()
    return {
        "compiler": topology or f"cpu:{count_devices}",
        "compileSeconds": seconds,
        "flops": analysis.get("flops"),
        "argumentBytes": memory.argument_size_in_bytes,
        "temporaryBytes": memory.temp_size_in_bytes,
        "peakBytes": getattr(memory, "peak_memory_in_bytes", None),
        "collectives": count(compiled, axes),
    }


def read_mesh(text):
    """Names and sizes of the axes of the text's sdy.mesh."""
    mesh = re.search(r"sdy\.mesh @\S+ = <\[(.*?)\]", text)
    if mesh is None:
        raise SystemExit("measure: the program has no sdy.mesh; write it with `skein plan --out`")
    return [(name, int(size)) for name, size in re.findall(r'"([^"]+)"\s*=\s*(\d+)', mesh[1])]


def set_environment(devices, topology):
    """Must come before JAX is imported. Optimizing machine code does not change what is measured, so it is left out."""
    os.environ["JAX_PLATFORMS"] = "cpu"
    os.environ["XLA_FLAGS"] = (
        f"--xla_force_host_platform_device_count={devices} --xla_backend_optimization_level=0 "
        "--xla_llvm_disable_expensive_passes=true"
    )
    if topology:
        os.environ |= {
            "TPU_SKIP_MDS_QUERY": "1",
            "TPU_WORKER_HOSTNAMES": "localhost",
            "TPU_ACCELERATOR_TYPE": "v5p-8",
        }


def topology_devices(name):
    from jax.experimental import topologies

    return topologies.get_topology_desc(platform="tpu", topology_name=name).devices


if __name__ == "__main__":
    sys.exit(main())
