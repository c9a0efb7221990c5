"""Lowers a step to StableHLO text whose arguments, scopes and results carry their names."""

import contextlib
import dataclasses

import jax

from .errors import ExportError
from .inputs import INPUTS_FORMAT, describe_argument


@dataclasses.dataclass(frozen=True)
class Exported:
    """StableHLO text and the inputs spec that fits it."""

    text: str
    inputs: dict
    donated: int
    """Number of arguments whose buffer a result takes over."""


def export_step(step, args, donate_argnums=(), overrides=(), locations=True, source_locations=False):
    """Exports `step(*args)`: an `Exported` with text and inputs spec, arguments in one order and by one name.

    `args` are pytrees of arrays or `jax.ShapeDtypeStruct`. A step that is not jitted is jitted with `donate_argnums`;
    one that is keeps its own donation. Unused arguments stay. `overrides` replace what the spec would say of an
    argument (see `parse_override`). Without `locations` the text has no names; with `source_locations` it also says
    the file and line of every operation. Throws ExportError.
    """
    leaves = _checked_leaves(args)
    with _source_locations(source_locations):
        lowered = _lower(step, args, donate_argnums)
        text = lowered.as_text(debug_info=locations or source_locations)
    main_arguments = _main_arguments(lowered)
    if len(main_arguments) != len(leaves):
        extra = len(main_arguments) - len(leaves)
        raise ExportError(
            f"the lowered step has {extra:+d} arguments against the {len(leaves)} arrays given; "
            "ordered side effects such as jax.debug.print(ordered=True) are not exported"
        )
    described = [
        describe_argument(name, leaf, path[1:], shape, dtype, overrides)
        for (name, shape, dtype), (path, leaf) in zip(main_arguments, leaves)
    ]
    _check_overrides(overrides, [argument["name"] for argument in described])
    donated = sum(info.donated for info in jax.tree_util.tree_leaves(lowered.args_info))
    return Exported(text, {"format": INPUTS_FORMAT, "arguments": described}, donated)


def _lower(step, args, donate_argnums):
    if not hasattr(step, "lower"):
        return jax.jit(step, donate_argnums=donate_argnums, keep_unused=True).lower(*args)
    lowered = step.lower(*args)
    if len(_main_arguments(lowered)) == len(jax.tree_util.tree_leaves(args)):
        return lowered
    # The user's own jit drops arguments that nothing reads; a jit around it keeps them, with the same donation.
    infos = lowered.args_info[0]
    donated = tuple(
        number for number, info in enumerate(infos) if any(leaf.donated for leaf in jax.tree_util.tree_leaves(info))
    )
    return jax.jit(step, donate_argnums=donated, keep_unused=True).lower(*args)


def _checked_leaves(args):
    """The arrays and numbers of the arguments, each with its path; refuses what jit cannot trace."""
    leaves = jax.tree_util.tree_leaves_with_path(tuple(args))
    for path, leaf in leaves:
        if not (hasattr(leaf, "shape") and hasattr(leaf, "dtype")) and not isinstance(
            leaf, (bool, int, float, complex)
        ):
            raise ExportError(
                f"argument {path[0].idx}{jax.tree_util.keystr(path[1:])} is a {type(leaf).__name__}; "
                "give arrays, numbers or jax.ShapeDtypeStruct, and bind the rest with functools.partial"
            )
    return leaves


def _main_arguments(lowered):
    """Name, shape and MLIR element type of each argument of @main, read from the lowered module itself."""
    module = lowered.compiler_ir("stablehlo")
    main = next(op for op in module.body.operations if getattr(op, "sym_name", None) and op.sym_name.value == "main")
    arguments = []
    for number, argument in enumerate(main.regions[0].blocks[0].arguments):
        location = argument.location
        name = getattr(location, "name_str", "")
        ranked = hasattr(argument.type, "shape")
        shape = list(argument.type.shape) if ranked else []
        element = str(argument.type.element_type) if ranked else str(argument.type)
        arguments.append((name or f"%arg{number}", shape, element))
    return arguments


def _check_overrides(overrides, names):
    for override in overrides:
        if not any(override.matches(name) for name in names):
            raise ExportError(
                f"--{override.distribution} {override.pattern}=... names no argument; "
                f"the step has {', '.join(names[:12])}{', ...' if len(names) > 12 else ''}"
            )


@contextlib.contextmanager
def _source_locations(wanted):
    """Without them the text names no file of this machine, and is the same wherever it is exported."""
    before = jax.config.jax_traceback_in_locations_limit
    # JAX keeps what it lowered, with the locations it had then.
    jax.clear_caches()
    jax.config.update("jax_traceback_in_locations_limit", before if wanted else 0)
    try:
        yield
    finally:
        jax.config.update("jax_traceback_in_locations_limit", before)
