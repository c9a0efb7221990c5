"""Writes the corpora: python -m skein_models.corpus [--small | --planner] [--out FOLDER] [NAME ...]

`--small` writes the programs committed under examples/programs, otherwise the bigger ones go to corpus/; `--planner`
those of bench/planner.
The same versions of JAX give the same bytes.
"""

import argparse
import dataclasses
import os
import sys
import time

from skein_export import ExportError, export_step, write_exported

from . import convnet, gpt2, llama, mlp, moe, resnet, unet, vit
from .planner import PLANNER

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# Name of the program, its model and configuration.
SMALL = {
    "mlp": (mlp, mlp.Config()),
    "mlp-bf16": (mlp, mlp.Config(dtype="bfloat16")),
    "gpt2-tiny": (gpt2, gpt2.Config()),
    "gpt2-tiny-scan": (gpt2, gpt2.Config(scan=True)),
    "gpt2-tiny-bf16": (gpt2, gpt2.Config(dtype="bfloat16")),
    "llama-tiny": (llama, llama.Config()),
    "vit-tiny": (vit, vit.Config()),
    "resnet-tiny": (resnet, resnet.Config()),
    "resnet50-small": (resnet, dataclasses.replace(resnet.RESNET50, image=64, stem=16, classes=128)),
    "wide-resnet-tiny": (resnet, resnet.Config(image=64, block="basic", widen=4, classes=128)),
    "unet-tiny": (unet, unet.Config()),
    "unet-spatial": (unet, unet.Config(image=64, channels=(16, 32, 64))),
    "moe-tiny": (moe, moe.Config()),
    "wide-head-tiny": (convnet, convnet.WIDE_HEAD),
    "alexnet-tiny": (convnet, convnet.ALEXNET),
    "gpt2-small": (gpt2, gpt2.SMALL),
}

BIG = {
    "resnet50": (resnet, resnet.RESNET50),
    "wide-resnet50": (resnet, dataclasses.replace(resnet.RESNET50, widen=2)),
    "vit-base": (vit, vit.BASE),
    "llama-1b": (llama, llama.Config(16, 2048, 32, 8, 8192, 128256, 1024, 8, "bfloat16")),
    "gpt2-small-scan": (gpt2, dataclasses.replace(gpt2.SMALL, scan=True)),
    "gpt2-medium": (gpt2, gpt2.Config(24, 1024, 16, 50304, 512, 8)),
    "unet": (unet, unet.Config(image=256, channels=(64, 128, 256, 512), groups=32, batch=8)),
    "moe": (moe, moe.Config(12, 768, 3072, 64, 64, 128, 8, 50304)),
    "wide-head": (convnet, convnet.Config(image=128, channels=(64, 128, 256, 512), classes=100352, batch=128)),
    "alexnet": (
        convnet,
        convnet.Config(image=224, channels=(64, 192, 384, 256, 256), hidden=(4096, 4096), classes=1000, batch=128),
    ),
}

# What bench/predict.js measures: a step takes 50 to 500 ms on two cores.
BENCH = {
    "gpt2-bench": (gpt2, gpt2.Config(layers=2, width=256, heads=8, vocabulary=2048, sequence=128, batch=8)),
    "mlp-bench": (mlp, mlp.Config(inputs=512, hidden=1024, layers=4, classes=512, batch=512)),
    "alexnet-bench": (
        convnet,
        dataclasses.replace(convnet.ALEXNET, channels=(32, 64, 64), hidden=(1024, 1024), batch=64),
    ),
}

# What bench/throttled.js runs over a slow network: each pays for another split, or for none where it is slow. A step of
# those called short computes little.
THROTTLED = {
    "mlp-throttled": (mlp, mlp.Config(inputs=2048, hidden=2048, layers=2, classes=2048, batch=64)),
    "alexnet-throttled": (
        convnet,
        dataclasses.replace(
            convnet.ALEXNET, channels=(32, 64, 64), depths=(2, 2, 2), hidden=(1024, 1024), batch=128
        ),
    ),
    "gpt2-throttled": (gpt2, gpt2.Config(layers=2, width=128, heads=4, vocabulary=1024, sequence=128, batch=64)),
    "gpt2-short": (gpt2, gpt2.Config(layers=2, width=256, heads=8, vocabulary=2048, sequence=64, batch=4)),
    "mlp-short": (mlp, mlp.Config(inputs=2048, hidden=2048, layers=2, classes=2048, batch=8)),
}

PROGRAMS = SMALL | BIG | BENCH | THROTTLED | PLANNER


def write_program(name, folder):
    """Exports one program of any table to folder/name.mlir.gz with its inputs spec; returns the path."""
    model, config = PROGRAMS[name]
    step, args, donate = model.example(config)
    exported = export_step(step, args, donate)
    return write_exported(exported, os.path.join(folder, f"{name}.mlir.gz"), force=True)[0]


def main(arguments=None):
    """Runs the command; returns the exit status: 0 done, 2 the input is wrong."""
    parser = argparse.ArgumentParser(prog="python -m skein_models.corpus", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(PROGRAMS)}")
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--small", action="store_true", help="the small programs, committed under examples/programs")
    group.add_argument("--planner", action="store_true", help="the programs on which the planner is judged")
    parser.add_argument("--out", help="folder (examples/programs with --small, otherwise corpus)")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in PROGRAMS]
    if unknown:
        print(f"corpus: no program '{unknown[0]}'; there are {', '.join(PROGRAMS)}", file=sys.stderr)
        return 2
    folder = options.out or os.path.join(REPOSITORY, *(["examples", "programs"] if options.small else ["corpus"]))
    os.makedirs(folder, exist_ok=True)
    for name in options.names or (SMALL if options.small else PLANNER if options.planner else BIG):
        start = time.monotonic()
        try:
            path = write_program(name, folder)
        except ExportError as error:
            print(f"corpus: {name}: {error}", file=sys.stderr)
            return 2
        print(f"{path}: {os.path.getsize(path):,} bytes, {time.monotonic() - start:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
