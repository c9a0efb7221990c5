"""Compares programs as jaxlib prints them: of each pair of files, both prints must be equal byte for byte.

Usage: roundtrip.py FILE FILE [FILE FILE ...]

Files may be gzip. Each pair is parsed in JAX's own MLIR context and printed in pretty and in generic form; with a
generic first file, empty `arg_attrs` and `res_attrs` are left out of both, because the pretty form cannot say them.
Prints one line of JSON per pair, {"first", "second", "bytes", "pretty", "generic", "error"}; exits with 1 when any two
differ.
"""

import gzip
import json
import pathlib
import re
import sys

from jax._src.lib.mlir import ir
from jax.interpreters import mlir

EMPTY = re.compile(r"(arg|res)_attrs = \[(\{\}(, )?)*\], ")


def read(path):
    data = pathlib.Path(path).read_bytes()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def prints(path):
    module = ir.Module.parse(read(path)).operation
    generic = module.get_asm(print_generic_op_form=True)
    return module.get_asm(), EMPTY.sub("", generic) if ".generic" in path else generic


def compare(first, second):
    result = {"first": first, "second": second, "bytes": len(read(first)), "pretty": False, "generic": False}
    try:
        ours, theirs = prints(first), prints(second)
    except Exception as error:  # jaxlib's reader throws its own types.
        return {**result, "error": str(error)[:2000]}
    if ".generic" in first:
        theirs = (theirs[0], EMPTY.sub("", theirs[1]))
    return {**result, "pretty": ours[0] == theirs[0], "generic": ours[1] == theirs[1]}


def main():
    files = sys.argv[1:]
    failed = False
    for first, second in zip(files[::2], files[1::2]):
        with mlir.make_ir_context():
            result = compare(first, second)
        failed |= not (result["pretty"] and result["generic"])
        print(json.dumps(result), flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
