"""python -m skein_judge FOLDER --chip v5p --shape 4,4,4 <program.mlir: one compilation. See `--help`."""

import argparse
import json
import os
import shutil
import sys
import threading
import time

from . import tpu_api

HLO = "compiled.hlo"
REPORT = "report.json"


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="skein_judge",
        description=f"Compiles a program for a TPU topology; makes FOLDER with {REPORT} and the compiled {HLO}.",
    )
    parser.add_argument("folder", help="folder to make; nobody else can read it")
    parser.add_argument("--chip", required=True, choices=["v4", "v5e", "v5p", "v6e"])
    parser.add_argument("--shape", required=True, help="chips along each axis of the torus, for example 4,4,4")
    parser.add_argument(
        "--bytes",
        type=int,
        help="bytes of the program on standard input, which stays open then; when it closes, folder and process go",
    )
    return parser.parse_args()


def read_program(size):
    """Reads StableHLO text from standard input: `size` bytes, or all; None where it closes before."""
    if size is None:
        return sys.stdin.buffer.read().decode()
    data = sys.stdin.buffer.read(size)
    return data.decode() if len(data) == size else None


def end_with_caller(folder):
    """The compiler cannot be interrupted, so the whole process goes when nobody waits for its answer any more."""

    def watch():
        while os.read(0, 4096):
            pass
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def compile_program(text, options):
    if not tpu_api.has_libtpu():
        return failure("missing", "the TPU compiler libtpu is not installed")
    shape = tuple(int(size) for size in options.shape.split(","))
    try:
        devices = tpu_api.topology_devices(options.chip, shape)
    except Exception as error:
        return failure("topology", str(error))
    started = time.perf_counter()
    try:
        executable = tpu_api.compile_text(text, devices)
    except Exception as error:
        # XLA's errors begin with a status such as `RESOURCE_EXHAUSTED:`.
        return failure("memory" if "RESOURCE_EXHAUSTED" in str(error)[:200] else "refused", str(error))
    seconds = time.perf_counter() - started
    with open(os.path.join(options.folder, HLO), "w", encoding="utf-8") as file:
        file.write(tpu_api.hlo_text(executable))
    return {
        "versions": tpu_api.versions(),
        "deviceKind": devices[0].device_kind,
        "compileSeconds": seconds,
        "memory": tpu_api.memory(executable),
        "cost": tpu_api.cost(executable),
    }


def failure(code, message):
    return {"error": {"code": code, "message": message}}


def main():
    options = parse_arguments()
    text = read_program(options.bytes)
    if text is None:
        return
    os.mkdir(options.folder, mode=0o700)
    if options.bytes is not None:
        end_with_caller(options.folder)
    tpu_api.set_environment()
    report = compile_program(text, options)
    partial = os.path.join(options.folder, f"{REPORT}.partial")
    with open(partial, "w", encoding="utf-8") as file:
        json.dump(report, file)
    os.replace(partial, os.path.join(options.folder, REPORT))
    sys.stdout.flush()
    # libtpu's threads need not be waited for.
    os._exit(0)


if __name__ == "__main__":
    main()
