"""Writes a problem to a file, whole or not at all."""

import gzip
import json
import os

from .errors import ExportError


def format_problem(problem):
    """Prints a problem as JSON, one tensor, operator or alias a line."""
    lines = []
    for key, value in problem.items():
        text = _compact(value)
        if isinstance(value, list) and value:
            text = "[\n" + ",\n".join(map(_compact, value)) + "\n]"
        lines.append(f"{json.dumps(key)}:{text}")
    return "{" + ",\n".join(lines) + "}\n"


def write_problem(problem, out, force=False):
    """Writes a problem as JSON to `out`, gzipped when that ends in .gz; returns the path.

    The bytes depend on the problem alone (no time in the gzip header). Throws ExportError where the file exists and
    `force` is false, and where there is no folder for it.
    """
    if os.path.exists(out) and not force:
        raise ExportError(f"{out} exists; use --force to overwrite it")
    folder = os.path.dirname(os.path.abspath(out))
    if not os.path.isdir(folder):
        raise ExportError(f"no folder {folder} to write {os.path.basename(out)} in")
    content = format_problem(problem).encode()
    if os.fspath(out).endswith(".gz"):
        content = gzip.compress(content, 9, mtime=0)
    temporary = f"{out}.{os.getpid()}.part"
    try:
        with open(temporary, "wb") as file:
            file.write(content)
        os.replace(temporary, out)
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)
    return out


def _compact(value):
    return json.dumps(value, separators=(",", ":"))
