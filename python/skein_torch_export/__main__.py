"""Command line: python -m skein_torch_export module:function --out step.json.gz"""

import argparse
import json
import os
import sys

from . import ExportError, export_training_step, load_entry, write_problem

EXAMPLES = """examples:
  python -m skein_torch_export skein_torch_export.models:alexnet --out alexnet.json.gz
  python -m skein_torch_export train:build --out step.json.gz && skein pack step.json.gz
"""


def main(arguments=None):
    """Runs the command; returns the exit status: 0 done, 2 the input is wrong."""
    options = _parser().parse_args(arguments)
    try:
        parts = load_entry(options.entry, options.with_values)
        problem = export_training_step(*parts, name=options.name or options.entry)
        out = write_problem(problem, options.out, options.force)
    except ExportError as error:
        print(f"skein_torch_export: {error}", file=sys.stderr)
        return 2
    operators, tensors = len(problem["operators"]), len(problem["tensors"])
    if options.json:
        print(json.dumps({"problem": out, "operators": operators, "tensors": tensors}))
    else:
        print(f"{out}: {operators} operators, {tensors} tensors, {os.path.getsize(out):,} bytes")
    return 0


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m skein_torch_export",
        description="Exports a PyTorch training step as a memory problem for skein pack. Nothing is computed.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "entry",
        metavar="module:function",
        help="takes no arguments, returns (model, batch, loss) or (model, batch, loss, optimizer)",
    )
    parser.add_argument("--out", required=True, help="step.json, or step.json.gz to gzip it")
    parser.add_argument("--name", help="of the problem (the entry's, unless given)")
    parser.add_argument(
        "--with-values", action="store_true", help="call the function where tensors have values and take memory"
    )
    parser.add_argument("--force", action="store_true", help="overwrite the file")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser


if __name__ == "__main__":
    sys.exit(main())
