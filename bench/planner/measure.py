"""Compiles a sharded program for virtual CPU devices: python bench/planner/measure.py ANNOTATED.mlir --hlo FILE

The text is what `skein plan --out` writes. It is compiled for as many devices as its mesh has, and not run: no array is
made, so the size of the model does not matter. Writes the compiled text and prints one JSON document: FLOPs, and bytes
of arguments and temporaries, per device. Loop bodies count once.
"""

import argparse
import json
import math
import os
import re
import sys
import time


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", metavar="ANNOTATED.mlir")
    parser.add_argument("--hlo", metavar="FILE", required=True, help="write the compiled text there")
    options = parser.parse_args(arguments)
    with open(options.program) as file:
        text = file.read()
    print(json.dumps(measure(text, options.hlo)))
    return 0


def measure(text, hlo_path):
    """Compiles the text and writes the compiled one; returns the measures and the seconds that compiling took."""
    count = mesh_size(text)
    # Must be set before JAX is imported. Optimizing machine code does not change what is measured, so it is left out.
    os.environ["JAX_PLATFORMS"] = "cpu"
    os.environ["XLA_FLAGS"] = (
        f"--xla_force_host_platform_device_count={count} --xla_backend_optimization_level=0 "
        "--xla_llvm_disable_expensive_passes=true"
    )

    import jax
    import numpy
    from jax.extend import backend

    devices = jax.devices()
    assignment = numpy.array([[device.id for device in devices]])
    options = backend.get_compile_options(num_replicas=1, num_partitions=count, device_assignment=assignment)
    start = time.monotonic()
    executable = backend.get_backend("cpu").compile_and_load(text, devices, options)
    seconds = time.monotonic() - start
    with open(hlo_path, "w") as file:
        file.write("\n".join(module.to_string() for module in executable.hlo_modules()))
    analysis = executable.cost_analysis()
    analysis = analysis[0] if isinstance(analysis, list) else analysis
    memory = executable.get_compiled_memory_stats()
    return {
        "compileSeconds": seconds,
        "flops": analysis["flops"],
        "argumentBytes": memory.argument_size_in_bytes,
        "temporaryBytes": memory.temp_size_in_bytes,
    }


def mesh_size(text):
    """The number of devices in the text's sdy.mesh."""
    mesh = re.search(r"sdy\.mesh @\S+ = <\[(.*?)\]", text)
    if mesh is None:
        raise SystemExit("measure: the program has no sdy.mesh; write it with `skein plan --out`")
    return math.prod(int(size) for size in re.findall(r'=\s*(\d+)', mesh[1]))


if __name__ == "__main__":
    sys.exit(main())
