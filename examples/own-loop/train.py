"""Trains the tiny GPT-2 by a plan, on sentences made here: python train.py FOLDER [--steps 100]"""

import argparse
import sys

import jax
import jax.numpy as jnp
import numpy
from skein_models import gpt2

CONFIG = gpt2.Config()


def initial_state(seed=0):
    """Parameters, both moments of Adam and the count of steps."""
    params = gpt2.init(CONFIG, jax.random.key(seed))
    m, v = (jax.tree.map(jnp.zeros_like, params) for _ in range(2))
    return {"params": params, "m": m, "v": v, "count": jnp.int32(0)}


def batches(steps, seed=0):
    """Sentences of 64 words in which each word decides the next, and the same one word later."""
    random = numpy.random.default_rng(seed)
    for _ in range(steps):
        words = [random.integers(0, 64, CONFIG.batch, dtype=numpy.int32)]
        for _ in range(CONFIG.sequence):
            words.append((5 * words[-1] + 3) % 64)
        text = numpy.stack(words, axis=1)
        yield {"tokens": text[:, :-1], "labels": text[:, 1:]}


def train(load, folder, steps, devices=None):
    """The loss of each step and the last state."""
    step, _ = load(folder, devices)
    run = step.loop(initial_state(), batches(steps))
    losses = [metrics["result.loss"] for metrics in run]
    return [float(loss) for loss in losses], run.state


def main():
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0])
    parser.add_argument("folder", help="what `skein plan --out` wrote")
    parser.add_argument("--steps", type=int, default=100)
    options = parser.parse_args()
    sys.path.insert(0, options.folder)
    from runner import load

    losses, _ = train(load, options.folder, options.steps)
    for number, loss in enumerate(losses):
        if number % 10 == 0 or number == len(losses) - 1:
            print(f"step {number}: loss {loss:.6f}")


if __name__ == "__main__":
    main()
