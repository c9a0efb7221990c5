"""Writes the problems of models.py: python -m skein_torch_export.corpus [--out FOLDER] [NAME ...]

The same versions of torch, torchvision and transformers give the same bytes.
"""

import argparse
import os
import sys
import time

from . import ExportError, export_training_step, without_values, write_problem
from .models import programs

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def write_program(name, folder):
    """Exports one program to folder/name.json.gz; returns the problem and the path."""
    with without_values():
        parts = programs()[name]()
    problem = export_training_step(*parts, name=name)
    return problem, write_problem(problem, os.path.join(folder, f"{name}.json.gz"), force=True)


def describe(problem, path):
    """One row of the table in test/memory/programs/README.md; a MiB is 2^20 bytes."""
    tensors = problem["tensors"]
    inputs = sum(tensor["sizeBytes"] for tensor in tensors if "kind" in tensor)
    counts = (len(problem["operators"]), len(tensors), len(problem["aliases"]))
    numbers = " | ".join(f"{count:,}" for count in counts)
    return f"| {problem['name']} | {numbers} | {inputs / 2**20:,.1f} | {os.path.getsize(path):,} |"


def main(arguments=None):
    """Runs the command; returns the exit status: 0 done, 2 the input is wrong."""
    parser = argparse.ArgumentParser(prog="python -m skein_torch_export.corpus", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(programs())}")
    parser.add_argument("--out", help="folder (test/memory/programs)")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in programs()]
    if unknown:
        print(f"corpus: no program '{unknown[0]}'; there are {', '.join(programs())}", file=sys.stderr)
        return 2
    folder = options.out or os.path.join(REPOSITORY, "test", "memory", "programs")
    os.makedirs(folder, exist_ok=True)
    for name in options.names or programs():
        start = time.monotonic()
        try:
            problem, path = write_program(name, folder)
        except ExportError as error:
            print(f"corpus: {name}: {error}", file=sys.stderr)
            return 2
        print(describe(problem, path), flush=True)
        print(f"corpus: {name} in {time.monotonic() - start:.1f} s", file=sys.stderr, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
