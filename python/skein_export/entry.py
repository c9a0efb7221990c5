"""Finds the entry `module:function` that a command line names."""

import importlib
import os
import sys

from .errors import ExportError


def load_entry(spec):
    """Calls `module:function` and returns `(step, args, donate_argnums)`.

    `donate_argnums` is `()` when the entry does not give any, or when the step is jitted with its own. The working
    directory is searched first, as `python -m` does.
    Throws ExportError for a module or function that is not there and for a result of another form.
    """
    module_name, separator, function_name = spec.partition(":")
    if not separator or not module_name or not function_name:
        raise ExportError(f"'{spec}' is not module:function; for example skein_models.gpt2:example")
    function = _attribute(_module(module_name), function_name, module_name)
    if not callable(function):
        raise ExportError(f"{spec} is a {type(function).__name__}, not a function without arguments")
    return checked_entry(function(), spec)


def checked_entry(result, spec):
    """Checks what an entry returned and completes it to `(step, args, donate_argnums)`."""
    expected = "expected (step, args) or (step, args, donate_argnums)"
    if not isinstance(result, tuple) or len(result) not in (2, 3):
        length = f" of {len(result)}" if isinstance(result, tuple) else ""
        raise ExportError(f"{spec} returned a {type(result).__name__}{length}; {expected}")
    step, args = result[0], result[1]
    if not callable(step):
        raise ExportError(f"{spec} returned a step that cannot be called ({type(step).__name__}); {expected}")
    if not isinstance(args, (tuple, list)):
        raise ExportError(f"{spec} returned arguments as a {type(args).__name__}; give a tuple, one entry per argument")
    donate = result[2] if len(result) == 3 else ()
    donate = (donate,) if isinstance(donate, int) else donate
    if not isinstance(donate, (tuple, list)) or not all(isinstance(number, int) for number in donate):
        raise ExportError(f"{spec} returned donate_argnums {donate!r}; give argument numbers such as (0, 1)")
    outside = [number for number in donate if not 0 <= number < len(args)]
    if outside:
        raise ExportError(f"{spec} donates argument {outside[0]}, but the step has {len(args)} arguments, from 0")
    return step, tuple(args), tuple(donate)


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
