"""What XLA's cost analysis says of StableHLO programs before it optimizes them.

Usage: python count-flops.py out.json program.mlir.gz ...
out.json becomes {path: {"flops": ..., "transcendentals": ...}}. Loop bodies count once there.
"""

import gzip
import json
import sys

import jax
from jax._src.interpreters import mlir
from jax._src.lib import _jax
from jaxlib.mlir import ir


def analyse(path, client):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        text = file.read()
    with mlir.make_ir_context():
        code = mlir.module_to_bytecode(ir.Module.parse(text))
    computation = _jax.mlir.mlir_module_to_xla_computation(code, use_tuple_args=False, return_tuple=False)
    found = _jax.hlo_module_cost_analysis(client, computation.get_hlo_module())
    return {name: found.get(name, 0.0) for name in ("flops", "transcendentals")}


def main():
    target, *paths = sys.argv[1:]
    jax.config.update("jax_platforms", "cpu")
    client = jax.devices()[0].client
    with open(target, "w", encoding="utf-8") as file:
        json.dump({path: analyse(path, client) for path in paths}, file)


if __name__ == "__main__":
    main()
