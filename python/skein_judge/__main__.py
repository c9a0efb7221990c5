"""python -m skein_judge FOLDER --chip v5p --shape 4,4,4: one compilation. See `--help`."""

import argparse
import json
import os
import shutil
import sys
import threading
import time

from . import tpu_api

PROGRAM = "program.mlir"
HLO = "compiled.hlo"
REPORT = "report.json"


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="skein_judge",
        description=f"Compiles FOLDER/{PROGRAM} for a TPU topology and writes FOLDER/{HLO} and FOLDER/{REPORT}.",
    )
    parser.add_argument("folder", help="private folder of the caller")
    parser.add_argument("--chip", required=True, choices=["v4", "v5e", "v5p", "v6e"])
    parser.add_argument("--shape", required=True, help="chips along each axis of the torus, for example 4,4,4")
    parser.add_argument(
        "--watch-stdin", action="store_true", help="when standard input closes, remove the folder and end"
    )
    return parser.parse_args()


def end_with_caller(folder):
    """The compiler cannot be interrupted, so the whole process goes when nobody waits for its answer any more."""

    def watch():
        while os.read(0, 4096):
            pass
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def compile_program(options):
    if not tpu_api.has_libtpu():
        return failure("missing", "the TPU compiler libtpu is not installed")
    shape = tuple(int(size) for size in options.shape.split(","))
    try:
        devices = tpu_api.topology_devices(options.chip, shape)
    except Exception as error:
        return failure("topology", str(error))
    with open(os.path.join(options.folder, PROGRAM), encoding="utf-8") as file:
        text = file.read()
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
    if options.watch_stdin:
        end_with_caller(options.folder)
    tpu_api.set_environment()
    report = compile_program(options)
    partial = os.path.join(options.folder, f"{REPORT}.partial")
    with open(partial, "w", encoding="utf-8") as file:
        json.dump(report, file)
    os.replace(partial, os.path.join(options.folder, REPORT))
    sys.stdout.flush()
    # libtpu's threads need not be waited for.
    os._exit(0)


if __name__ == "__main__":
    main()
