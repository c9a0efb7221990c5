"""Writes an export to its two files, whole or not at all."""

import gzip
import json
import os
import re

from .errors import ExportError


def inputs_path(out):
    """The path of the inputs spec beside a program: step.mlir and step.mlir.gz both have step.inputs.json."""
    return re.sub(r"(\.mlir)?(\.gz)?$", "", os.fspath(out), count=1) + ".inputs.json"


def write_exported(exported, out, force=False):
    """Writes the text to `out`, gzipped when that ends in .gz, and the inputs spec beside it; returns both paths.

    The bytes depend on the program alone (no time in the gzip header). Throws ExportError where a file is in use
    and `force` is false.
    """
    spec_path = inputs_path(out)
    for path in (out, spec_path):
        if os.path.exists(path) and not force:
            raise ExportError(f"{path} exists; use --force to overwrite it")
    text = exported.text.encode()
    if os.fspath(out).endswith(".gz"):
        text = gzip.compress(text, 9, mtime=0)
    _replace(out, text)
    _replace(spec_path, format_inputs(exported.inputs).encode())
    return out, spec_path


def format_inputs(inputs):
    """Prints an inputs spec as JSON, one argument to a line."""
    lines = [json.dumps(argument) for argument in inputs["arguments"]]
    body = ",\n".join(f"    {line}" for line in lines)
    return f'{{\n  "format": {json.dumps(inputs["format"])},\n  "arguments": [\n{body}\n  ]\n}}\n'


def _replace(path, content):
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        raise ExportError(f"no folder {folder} to write {os.path.basename(path)} in")
    temporary = f"{path}.{os.getpid()}.part"
    try:
        with open(temporary, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)
