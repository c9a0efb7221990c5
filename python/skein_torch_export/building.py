"""Makes models without memory for their weights."""

import contextlib

import torch
from torch._subclasses.fake_tensor import FakeTensorMode


@contextlib.contextmanager
def without_values():
    """A context in which tensors have shapes but neither values nor memory; models made in it can be exported.

    Code that reads values fails in it, but for `trunc_normal_`, which draws nothing there.
    """
    draw = torch.nn.init.trunc_normal_
    torch.nn.init.trunc_normal_ = lambda tensor, *_, **__: tensor
    try:
        with FakeTensorMode(allow_non_fake_inputs=True):
            yield
    finally:
        torch.nn.init.trunc_normal_ = draw
