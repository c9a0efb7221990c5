"""Exports a jitted JAX training step as StableHLO text, with an inputs spec beside it.

    python -m skein_export module:function --out step.mlir.gz

`function` takes no arguments and returns `(step, args)` or `(step, args, donate_argnums)`; see `export_step`.
"""

from .errors import ExportError
from .inputs import Override, parse_override
from .lowering import Exported, export_step
from .entry import load_entry
from .files import inputs_path, write_exported

__all__ = [
    "ExportError",
    "Exported",
    "Override",
    "export_step",
    "inputs_path",
    "load_entry",
    "parse_override",
    "write_exported",
]
