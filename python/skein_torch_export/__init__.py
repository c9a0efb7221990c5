"""Exports a PyTorch training step, from the forward pass to the optimizer, as a memory problem.

    python -m skein_torch_export module:function --out step.json.gz

`function` takes no arguments and returns `(model, batch, loss)` or `(model, batch, loss, optimizer)`; see
`export_training_step`. docs/memory.md says what the fields of a problem mean.
"""

import importlib.util
import sys

if importlib.util.find_spec("torch") is None:
    NEEDS = "skein_torch_export: needs torch; pip install -r python/requirements-torch.txt"
    # What sys.argv[0] is while `python -m` looks for the module.
    if sys.argv[0] == "-m":
        print(NEEDS, file=sys.stderr)
        sys.exit(2)
    raise ImportError(NEEDS)

import torch

from .building import without_values
from .entry import load_entry
from .errors import ExportError
from .files import format_problem, write_problem
from .problem import problem_of_step
from .tracing import trace_training_step

__all__ = [
    "ExportError",
    "export_training_step",
    "format_problem",
    "load_entry",
    "problem_of_step",
    "trace_training_step",
    "without_values",
    "write_problem",
]


def export_training_step(model, batch, loss, optimizer=torch.optim.Adam, name="training step"):
    """The `skein.memory/1` problem of one training step, as plain data: what `write_problem` writes.

    `batch` is a pytree of tensors, real or fake; `loss(model, batch)` returns one number as a tensor, and
    `optimizer(parameters)` a torch.optim.Optimizer. Nothing is computed. The step is not the first: the optimizer has
    its state already, and reads 1,000 from its counters of steps. Model, state and batch are inputs; what the step
    updates of them is donated and ends in place; the loss is an output. Dropout is traced as it is set. Throws
    ExportError.
    """
    return problem_of_step(trace_training_step(model, batch, loss, optimizer), name)
