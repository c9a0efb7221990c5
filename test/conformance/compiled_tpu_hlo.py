"""Writes the TPU fixtures of src/verify: small programs compiled for TPU slices and cut to what the readers look at.

    sh scripts/make-venv.sh judge
    PYTHONPATH=python .venv/bin/python test/conformance/compiled_tpu_hlo.py src/verify/fixtures

Made with jax 0.10.2 and libtpu 0.0.42.1. Nothing runs, and no TPU is needed.
"""

import re
import sys

from skein_judge import tpu_api

tpu_api.set_environment()

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
from jax.sharding import Mesh, NamedSharding  # noqa: E402
from jax.sharding import PartitionSpec as P  # noqa: E402

ROWS = P("x", None)
LAYERS = P(None, "x", None)
COLLECTIVE = re.compile(r" (?:all-|reduce-scatter|collective)[a-z-]*\(")
SCALAR = re.compile(r"(?:[su]\d+|pred)\[\]")
INSTRUCTION = re.compile(r"\s+(ROOT )?%([\w.-]+) = (\(.*?\)|\S+) ([\w-]+)\((.*)$")


def collective_matmul(x, w, v):
    """Weights whole only where they are used: gathers become loops of permutes beside the products."""
    return jax.nn.relu(x @ w) @ v


def loss(x, w):
    for layer in range(2):
        x = jax.nn.relu(x @ w[layer])
    return jnp.mean(x.astype(jnp.float32) ** 2)


def asynchronous(x, w):
    """One gather spread over a fusion, and gradients reduced and scattered at once."""
    return w - jax.grad(loss, 1)(x, w).astype(w.dtype)


def scan(x, w):
    return jax.lax.scan(lambda x, layer: (jax.nn.relu(x @ layer), None), x, w)[0]


# Name, slice, function, shardings and shapes of the arguments, sharding of the result.
PROGRAMS = [
    (
        "tpu-collective-matmul",
        (4, 4),
        collective_matmul,
        [ROWS] * 3,
        [(16384, 4096), (4096, 16384), (16384, 4096)],
        ROWS,
    ),
    ("tpu-asynchronous", (2, 2), asynchronous, [ROWS, LAYERS], [(32768, 8192), (2, 8192, 8192)], LAYERS),
    ("tpu-scan", (2, 2), scan, [ROWS, LAYERS], [(32768, 8192), (6, 8192, 8192)], ROWS),
]


def compile_program(shape, function, specs, shapes, result):
    mesh = Mesh(np.array(tpu_api.topology_devices("v5e", shape)), ["x"])
    place = lambda spec: NamedSharding(mesh, spec)  # noqa: E731
    jitted = jax.jit(function, in_shardings=tuple(map(place, specs)), out_shardings=place(result))
    return jitted.lower(*[jax.ShapeDtypeStruct(shape, jnp.bfloat16) for shape in shapes]).compile().as_text()


def shorten(line):
    """Of the back end's notes only the estimated cycles stay."""
    line = re.sub(r", metadata=\{[^}]*\}", "", line)
    at = line.find(", backend_config={")
    if at < 0:
        return line
    cycles = re.search(r'"estimated_cycles":"\d+"', line[at:])
    return line[:at] + (f', backend_config={{"window_config":{{{cycles[0]}}}}}' if cycles else "")


def cut(text):
    """Keeps computations with collectives and loops; in them collectives, cycles, and what loops count with."""
    blocks = re.split(r"\n(?=(?:ENTRY )?%[\w.-]+ \()", "\n".join(map(shorten, text.split("\n"))))
    by_name = {re.match(r"(?:ENTRY )?%([\w.-]+)", block)[1]: block for block in blocks[1:]}

    def moves(name):
        block = by_name.get(name, "")
        return COLLECTIVE.search(block) or any(map(moves, re.findall(r"(?:calls|body)=%([\w.-]+)", block)))

    kept = {name for name, block in by_name.items() if moves(name) or block.startswith("ENTRY")}
    for block in by_name.values():
        for condition, body in re.findall(r"condition=%([\w.-]+), body=%([\w.-]+)", block):
            kept |= {condition, body}
    head = re.match(r"HloModule [^,]*, is_scheduled=true", blocks[0])[0]
    return "\n\n".join([head, *(cut_block(block, kept) for name, block in by_name.items() if name in kept)]) + "\n"


def cut_block(block, kept):
    name = re.match(r"(?:ENTRY )?%[\w.-]+", block)[0]
    found = {m[2]: m for m in map(INSTRUCTION.match, block.split("\n")) if m}
    needed = set()

    def need(instruction, also):
        match = found.get(instruction)
        if match is None or instruction in needed:
            return
        needed.add(instruction)
        for operand in re.findall(r"%([\w.-]+)", match[5].split(")")[0]):
            inner = found.get(operand)
            if inner and (also(match[4]) or SCALAR.match(inner[3]) or inner[4] == "parameter"):
                need(operand, lambda opcode: opcode == "while")

    for instruction, match in found.items():
        line = match[0]
        callee = re.search(r"calls=%([\w.-]+)", line)
        if COLLECTIVE.search(line) and not match[4].endswith("-done"):
            need(instruction, lambda opcode: True)
        elif match[4] == "while" or (match[1] and match[4] in ("tuple", "compare")):
            need(instruction, lambda opcode: opcode == "while")
        elif "estimated_cycles" in line or (callee and callee[1] in kept):
            needed.add(instruction)
    return "\n".join([f"{name} () -> () {{", *(plain(found[i][0], kept) for i in found if i in needed), "}"])


def plain(line, kept):
    """Without what names a computation that was cut away."""
    nested = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"
    line = re.sub(rf", (?:sharding|output_to_operand_aliasing)={nested}|, to_apply=%[\w.-]+", "", line)
    callee = re.search(r", calls=%([\w.-]+)", line)
    return line.replace(callee[0], "") if callee and callee[1] not in kept else line


def main():
    for name, *program in PROGRAMS:
        with open(f"{sys.argv[1]}/{name}.hlo.txt", "w", encoding="utf-8") as file:
            file.write(cut(compile_program(*program)))


if __name__ == "__main__":
    main()
