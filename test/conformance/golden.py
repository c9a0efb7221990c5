"""Writes the golden vectors of the reference interpreter: programs with inputs, and the outputs that XLA computes.

    python test/conformance/golden.py [FAMILY ...]

Every file of test/conformance/golden holds the cases of one family as gzipped JSON: {"cases": [{"name", "text",
"inputs", "outputs"}]}, where a tensor is {"element", "shape", "data"} with its bytes, little-endian, in base64.
Runs on jax 0.10.2 on one CPU device; all random numbers come from fixed seeds, so that a second run writes the same
bytes. Outputs of transcendental functions may differ in their last bits on other processors.
"""

import base64
import gzip
import json
import pathlib
import sys

import jax
import numpy as np
from jax._src import compiler
from jax.extend import backend

import golden_arithmetic
import golden_elementwise
import golden_movement
import golden_programs

FOLDER = pathlib.Path(__file__).parent / "golden"

ELEMENTS = {
    "bool": "i1",
    "int4": "i4",
    "uint4": "ui4",
    "int8": "i8",
    "int16": "i16",
    "int32": "i32",
    "int64": "i64",
    "uint8": "ui8",
    "uint16": "ui16",
    "uint32": "ui32",
    "uint64": "ui64",
    "bfloat16": "bf16",
    "float16": "f16",
    "float32": "f32",
    "float64": "f64",
    "complex64": "complex<f32>",
    "complex128": "complex<f64>",
}


def encode(array):
    array = np.asarray(array)
    data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return {"element": ELEMENTS[array.dtype.name], "shape": list(array.shape), "data": data}


def execute(text, inputs):
    """Compiles the text for one CPU device and runs it."""
    client = backend.get_backend("cpu")
    devices = client.local_devices()[:1]
    options = compiler.get_compile_options(
        num_replicas=1, num_partitions=1, device_assignment=np.array([[devices[0].id]])
    )
    loaded = client.compile_and_load(text.encode(), devices, options)
    arguments = [jax.device_put(np.asarray(value), devices[0]) for value in inputs]
    results = loaded.execute_sharded(arguments).disassemble_into_single_device_arrays()
    return [np.asarray(result[0]) for result in results]


def main():
    jax.config.update("jax_enable_x64", True)
    wanted = sys.argv[1:]
    FOLDER.mkdir(exist_ok=True)
    failures = []
    modules = (golden_elementwise, golden_movement, golden_arithmetic, golden_programs)
    families = {name: cases for module in modules for name, cases in module.families().items()}
    for family, cases in families.items():
        if wanted and family not in wanted:
            continue
        encoded = []
        for case in cases:
            try:
                outputs = execute(case.text, case.inputs)
            except jax.errors.JaxRuntimeError as error:
                failures.append(f"{family}: {case.name}: {error}")
                continue
            encoded.append(
                {
                    "name": case.name,
                    "text": case.text,
                    "inputs": [encode(value) for value in case.inputs],
                    "outputs": [encode(value) for value in outputs],
                }
            )
        document = json.dumps({"cases": encoded}, separators=(",", ":")).encode()
        # A fixed time stamp keeps the file the same when nothing has changed.
        packed = gzip.compress(document, compresslevel=9, mtime=0)
        (FOLDER / f"{family}.json.gz").write_bytes(packed)
        print(f"{family}: {len(encoded)} cases, {len(packed)} bytes")
    if failures:
        sys.exit("\n".join(["not written, because XLA refuses them:", *failures]))


if __name__ == "__main__":
    main()
