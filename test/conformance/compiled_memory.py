"""Writes what XLA's CPU compiler says of the memory of small programs on one device: facts for the memory estimate.

    python test/conformance/compiled_memory.py

Needs JAX. Compiles each program of examples/programs whose text is below 200 kB and writes compiled-memory.json here.
"""

import gzip
import json
import os
import pathlib

os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import numpy as np
from jax.extend import backend as jax_backend


def temporary_bytes(client, text):
    device = jax.devices()[0]
    options = jax_backend.get_compile_options(
        num_replicas=1, num_partitions=1, device_assignment=np.array([[device.id]])
    )
    executable = client.compile_and_load(text, [device], options)
    return executable.get_compiled_memory_stats().temp_size_in_bytes


def main():
    here = pathlib.Path(__file__).resolve().parent
    client = jax_backend.get_backend()
    facts = {}
    for path in sorted((here.parent.parent / "examples/programs").glob("*.mlir.gz")):
        text = gzip.decompress(path.read_bytes()).decode()
        if len(text) < 200_000:
            facts[path.name] = {"temporaryBytes": temporary_bytes(client, text)}
    document = {"format": "skein.compiled-memory/1", "programs": facts}
    (here / "compiled-memory.json").write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main()
