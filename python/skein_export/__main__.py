"""Command line: python -m skein_export module:function --out step.mlir.gz"""

import argparse
import json
import os
import sys

from .entry import load_entry
from .errors import ExportError
from .files import write_exported
from .inputs import parse_override
from .lowering import export_step

EXAMPLES = """examples:
  python -m skein_export skein_models.gpt2:example --out gpt2.mlir.gz
  python -m skein_export train:training_step --out step.mlir --integers "batch['tokens']=0:50304"
"""
DISTRIBUTIONS = ("integers", "uniform", "normal", "constant")


def main(arguments=None):
    """Runs the command; returns the exit status: 0 done, 2 the input is wrong."""
    options = _parser().parse_args(arguments)
    try:
        overrides = [parse_override(kind, text) for kind in DISTRIBUTIONS for text in getattr(options, kind)]
        step, args, donate = load_entry(options.entry)
        exported = export_step(step, args, donate, overrides, options.name_locations, options.source_locations)
        out, spec_path = write_exported(exported, options.out, options.force)
    except ExportError as error:
        print(f"skein_export: {error}", file=sys.stderr)
        return 2
    count = len(exported.inputs["arguments"])
    if options.json:
        print(json.dumps({"program": out, "inputs": spec_path, "arguments": count, "donated": exported.donated}))
    else:
        print(f"{out}: {count} arguments, {exported.donated} donated, {os.path.getsize(out):,} bytes")
        print(f"{spec_path}: how to draw them")
    return 0


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m skein_export",
        description="Exports a JAX training step as StableHLO text, with a spec of its inputs beside it.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "entry",
        metavar="module:function",
        help="takes no arguments, returns (step, args) or (step, args, donate_argnums)",
    )
    parser.add_argument("--out", required=True, help="step.mlir, or step.mlir.gz to gzip it")
    parser.add_argument(
        "--name-locations",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="keep the names of arguments and scopes in the text (on unless --no-name-locations)",
    )
    parser.add_argument("--source-locations", action="store_true", help="also keep file and line of every operation")
    parser.add_argument("--force", action="store_true", help="overwrite files")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    forms = {
        "integers": "NAME=LOW:HIGH",
        "uniform": "NAME=LOW:HIGH",
        "normal": "NAME=MEAN:STD",
        "constant": "NAME=VALUE",
    }
    for kind in DISTRIBUTIONS:
        parser.add_argument(
            f"--{kind}",
            metavar=forms[kind],
            action="append",
            default=[],
            help="how to draw the arguments whose names match the glob NAME",
        )
    return parser


if __name__ == "__main__":
    sys.exit(main())
