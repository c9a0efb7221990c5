"""Trains the model of examples/own-loop with plain JAX and by plans: curves.py STEPS FOLDER ...; prints JSON.

With --coordinator ADDRESS --processes N --process I it is one of several processes, and trains by plans only.
"""

import argparse
import importlib.util
import json
import os
import sys

import jax
import numpy

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "examples", "own-loop"))

import train
from skein_models import gpt2


def plain(steps):
    """The losses and the last parameters of the jitted step on one device."""
    step, _, donated = gpt2.example(train.CONFIG)
    jitted = jax.jit(step, donate_argnums=donated)
    state, losses = train.initial_state(), []
    for batch in train.batches(steps):
        *trees, loss = jitted(**state, **batch)
        state = dict(zip(state, trees))
        losses.append(float(loss))
    return losses, named(state["params"])


def named(params):
    return {f"params{jax.tree_util.keystr(path)}": leaf for path, leaf in jax.tree_util.tree_leaves_with_path(params)}


def planned(folder, steps):
    """The losses and the last state by the runner that lies in the folder."""
    spec = importlib.util.spec_from_file_location("runner", os.path.join(folder, "runner.py"))
    runner = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(runner)
    with open(os.path.join(folder, "plan.json")) as file:
        count = int(numpy.prod([size for _, size in json.load(file)["mesh"]["axes"]]))
    return train.train(runner.load, folder, steps, jax.devices()[:count])


def distance(state, expected):
    """The L2 norm of the difference of all parameters, relative to the norm of them all."""
    square = lambda arrays: sum(float(numpy.sum(numpy.square(array, dtype=numpy.float64))) for array in arrays)
    difference = square(numpy.asarray(state[name]) - numpy.asarray(value) for name, value in expected.items())
    return (difference / square(numpy.asarray(value) for value in expected.values())) ** 0.5


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("steps", type=int)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--coordinator")
    parser.add_argument("--processes", type=int)
    parser.add_argument("--process", type=int)
    options = parser.parse_args()
    if options.coordinator:
        jax.distributed.initialize(options.coordinator, options.processes, options.process)
        print(json.dumps({folder: planned(folder, options.steps)[0] for folder in options.folders}))
        return
    losses, params = plain(options.steps)
    runs = {folder: planned(folder, options.steps) for folder in options.folders}
    curves = {folder: {"losses": run, "distance": distance(state, params)} for folder, (run, state) in runs.items()}
    print(json.dumps({"plain": losses, "planned": curves}))


if __name__ == "__main__":
    main()
