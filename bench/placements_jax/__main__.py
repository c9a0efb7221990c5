"""What JAX alone makes of the placements: python bench/placements_jax [--write] [NAME ...]

Puts the pins of each placement under examples/placements into its program as Shardy attributes and constraints, with
nothing else decided, lets XLA's own propagation do the rest on eight virtual CPU devices, compares with one device
and counts the collectives in the compiled text. `--write` renews docs/results/placements-jax.md.
"""

import argparse
import gzip
import json
import os
import re
import sys

os.environ.setdefault("XLA_FLAGS", "--xla_force_host_platform_device_count=8")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import numpy
from jax.sharding import PartitionSpec

from annotation import annotate
from collectives import count
from execution import draw, errors, execute

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PLACEMENTS = os.path.join(ROOT, "examples", "placements")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--keep", metavar="FOLDER", help="write the annotated and the compiled text there")
    options = parser.parse_args(arguments)
    with open(os.path.join(PLACEMENTS, "placements.json")) as file:
        placements = json.load(file)["placements"]
    rows = []
    for placement in placements:
        if options.names and placement["name"] not in options.names:
            continue
        rows.append(check(placement, options.keep))
        print(format_row(rows[-1]), flush=True)
    if options.write:
        write_table(rows)
    failed = [row["name"] for row in rows if not row["ok"]]
    print(f"{len(rows) - len(failed)} of {len(rows)} placements give the result of one device")
    return 1 if failed else 0


def check(placement, keep=None):
    """Runs one placement on one device and on the mesh; returns its row of the table."""
    with gzip.open(os.path.join(ROOT, placement["program"]), "rt") as file:
        text = file.read()
    with open(re.sub(r"\.mlir\.gz$", ".inputs.json", os.path.join(ROOT, placement["program"]))) as file:
        inputs = [draw(spec, seed) for seed, spec in enumerate(json.load(file)["arguments"])]
    with open(os.path.join(PLACEMENTS, placement["pins"])) as file:
        pins = json.load(file)
    axes = pins["mesh"]["axes"]
    annotated, shardings = annotate(text, pins)
    reference, _ = execute(text, inputs, [["one", 1]], [PartitionSpec()] * len(inputs))
    results, compiled = execute(annotated, inputs, axes, shardings)
    if keep:
        for suffix, content in (("mlir", annotated), ("hlo", compiled)):
            with open(os.path.join(keep, f"{placement['name']}.{suffix}"), "w") as file:
                file.write(content)
    worst, pooled = errors(results, reference)
    finite = all(numpy.isfinite(r).all() for r in reference if r.dtype.kind == "f")
    return {
        "name": placement["name"],
        "mesh": axes,
        "worst": worst,
        "pooled": pooled,
        "ok": bool(finite and worst < 5e-3 and pooled < 1e-4),
        "collectives": count(compiled, axes),
    }


def format_row(row):
    mesh = "x".join(f"{name}{size}" for name, size in row["mesh"])
    parts = [f"{part['count']} {part['kind']} on {part['axes']}, {part['bytes']:,} B" for part in row["collectives"]]
    verdict = f"{'ok  ' if row['ok'] else 'FAIL'} {row['name']} ({mesh}): worst {row['worst']:.1e}"
    return f"{verdict}, pooled {row['pooled']:.1e}; {'; '.join(parts)}"


def write_table(rows):
    lines = [
        "# What JAX alone makes of the placements",
        "",
        "The pins of examples/placements put into the programs as Shardy attributes and constraints, and nothing else:",
        f"propagation and collectives are XLA's own (jax {jax.__version__}, eight CPU devices). Bytes are those",
        "of the results on one device, loop bodies counted once. Errors are relative L2 norms against one device: the",
        "worst result, and all together. Made by `.venv/bin/python bench/placements_jax --write`.",
        "",
        "| placement | mesh | kind | axes | count | bytes | worst error | pooled error |",
        "|---|---|---|---|---:|---:|---:|---:|",
    ]
    for row in rows:
        mesh = " x ".join(f"{name}={size}" for name, size in row["mesh"])
        for number, part in enumerate(row["collectives"] or [{"kind": "none", "axes": "", "count": 0, "bytes": 0}]):
            head = (row["name"], mesh) if number == 0 else ("", "")
            tail = (f"{row['worst']:.1e}", f"{row['pooled']:.1e}") if number == 0 else ("", "")
            lines.append(
                "| "
                + " | ".join([*head, part["kind"], part["axes"], str(part["count"]), f"{part['bytes']:,}", *tail])
                + " |"
            )
    path = os.path.join(ROOT, "docs", "results", "placements-jax.md")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
