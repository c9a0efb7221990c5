"""Finds the entry `module:function` that a command line names."""

import contextlib
import importlib
import os
import sys

from torch._subclasses.fake_tensor import DataDependentOutputException

from .building import without_values
from .errors import ExportError


def load_entry(spec, with_values=False):
    """Calls `module:function` and returns what it returns, a tuple `(model, batch, loss)` or with an optimizer added.

    Without `with_values` it is called where tensors take no memory. The working directory is searched first, as
    `python -m` does. Throws ExportError for a module or function that is not there, for one that needs values, and for
    a result of another form.
    """
    module_name, separator, function_name = spec.partition(":")
    if not separator or not module_name or not function_name:
        raise ExportError(f"'{spec}' is not module:function; for example skein_torch_export.models:alexnet")
    function = _attribute(_module(module_name), function_name, module_name)
    if not callable(function):
        raise ExportError(f"{spec} is a {type(function).__name__}, not a function without arguments")
    try:
        with contextlib.nullcontext() if with_values else without_values():
            result = function()
    except DataDependentOutputException as error:
        raise ExportError(f"{spec} reads a value from a tensor ({error.func}); add --with-values") from error
    expected = "expected (model, batch, loss) or (model, batch, loss, optimizer)"
    if not isinstance(result, tuple) or len(result) not in (3, 4):
        length = f" of {len(result)}" if isinstance(result, tuple) else ""
        raise ExportError(f"{spec} returned a {type(result).__name__}{length}; {expected}")
    return result


def _module(name):
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not (name == error.name or name.startswith(error.name + ".")):
            raise ExportError(f"module '{name}' needs '{error.name}', which is not installed in this Python") from error
        raise ExportError(f"no module '{name}' in {os.getcwd()} or on PYTHONPATH") from error


def _attribute(module, name, module_name):
    found = module
    for part in name.split("."):
        if not hasattr(found, part):
            public = sorted(key for key, value in vars(module).items() if callable(value) and not key.startswith("_"))
            raise ExportError(f"module '{module_name}' has no '{name}'; it has {', '.join(public) or 'no functions'}")
        found = getattr(found, part)
    return found
