"""The inputs spec: how to draw random inputs that keep a step numerically sane.

Concrete arrays are measured; abstract ones are described by their name, as training codes use names.
"""

import dataclasses
import re

import jax
import numpy

from .errors import ExportError

INPUTS_FORMAT = "skein.inputs/1"

# Second moments must stay positive: the root of a negative one makes every output NaN.
_SECOND_MOMENTS = {"nu", "exp_avg_sq", "second_moment", "second_moments"}
_FIRST_MOMENTS = {"mu", "exp_avg", "first_moment", "first_moments", "momentum"}
_VARIANCES = {"var", "variance", "running_var", "moving_variance"}
_SCALES = {"scale", "gamma", "g"}
_COUNTS = {"count", "step", "t", "iteration"}
_KEYS = {"key", "rng", "seed"}
_DATA = {"x", "y", "inputs", "images", "image", "pixels", "pixel_values", "features", "noise"}


@dataclasses.dataclass(frozen=True)
class Override:
    """What the user says of the arguments whose names match `pattern`, a glob of `*` and `?`."""

    distribution: str
    pattern: str
    values: tuple

    def matches(self, name):
        """True when the glob matches the whole name; brackets are literal."""
        glob = re.escape(self.pattern).replace(r"\*", ".*").replace(r"\?", ".")
        return re.fullmatch(glob, name, re.DOTALL) is not None

    def fields(self):
        """The fields of the spec that this override sets."""
        names = {"integers": ("low", "high"), "uniform": ("low", "high"), "normal": ("mean", "std")}
        keys = names.get(self.distribution, ("value",))
        return {"distribution": self.distribution, **dict(zip(keys, self.values))}


def parse_override(distribution, text):
    """Parses `NAME=LOW:HIGH`, `NAME=MEAN:STD` or `NAME=VALUE`, split at the last `=`. Throws ExportError."""
    form = {"integers": "NAME=LOW:HIGH", "uniform": "NAME=LOW:HIGH", "normal": "NAME=MEAN:STD"}
    pattern, separator, numbers = text.rpartition("=")
    number = int if distribution == "integers" else float
    try:
        values = tuple(number(part) for part in numbers.split(":"))
    except ValueError:
        values = ()
    if not separator or not pattern or len(values) != (1 if distribution == "constant" else 2):
        raise ExportError(f"--{distribution} {text}: expected {form.get(distribution, 'NAME=VALUE')}")
    if distribution in ("integers", "uniform") and values[0] >= values[1]:
        raise ExportError(f"--{distribution} {text}: the range [{values[0]}, {values[1]}) is empty")
    return Override(distribution, pattern, values)


def describe_argument(name, leaf, path, shape, dtype, overrides=()):
    """The spec of one argument: name, shape, MLIR element type and how its values are distributed.

    `path` are the pytree keys inside the argument. Throws ExportError for an abstract integer array of unknown range
    and for values that are not finite.
    """
    described = {"name": name, "shape": shape, "dtype": dtype}
    chosen = [override for override in overrides if override.matches(name)]
    if chosen:
        return described | chosen[-1].fields()
    if isinstance(leaf, jax.ShapeDtypeStruct):
        return described | _by_name(name, path, shape, dtype)
    if jax.dtypes.issubdtype(getattr(leaf, "dtype", numpy.float32), jax.dtypes.prng_key):
        leaf = jax.random.key_data(leaf)
    measured = _measured(name, numpy.asarray(leaf))
    # Moments are zero before the first step, and then it moves each parameter by the mere sign of its gradient.
    moment = _moment(name, path) if measured.get("value") == 0 and _is_float(dtype) else None
    return described | (moment or measured)


def _measured(name, array):
    if array.size == 0:
        return {"distribution": "constant", "value": 0}
    if array.dtype == numpy.bool_:
        array = array.astype(numpy.int32)
    if numpy.issubdtype(array.dtype, numpy.integer):
        low, high = int(array.min()), int(array.max())
        if low == high:
            return {"distribution": "constant", "value": low}
        return {"distribution": "integers", "low": low, "high": high + 1}
    if numpy.issubdtype(array.dtype, numpy.complexfloating):
        array = numpy.concatenate([array.real.ravel(), array.imag.ravel()])
    array = array.astype(numpy.float64)
    low, high = float(array.min()), float(array.max())
    if not (numpy.isfinite(low) and numpy.isfinite(high)):
        raise ExportError(
            f"{name} has values that are not finite; say what to draw with --uniform, --normal or "
            f'--constant, for example --normal "{name}=0:1"'
        )
    if low == high:
        return {"distribution": "constant", "value": low}
    if low >= 0 or high <= 0:
        return {"distribution": "uniform", "low": low, "high": high}
    return {"distribution": "normal", "mean": float(array.mean()), "std": float(array.std())}


def _by_name(name, path, shape, dtype):
    root, words = _words(name, path)
    if dtype == "i1":
        return {"distribution": "integers", "low": 0, "high": 2}
    if not _is_float(dtype):
        return _integers_by_name(name, words, shape, dtype)
    moment = _moment(name, path)
    if moment is not None:
        return moment
    if words[-1] in _VARIANCES:
        return {"distribution": "uniform", "low": 0.5, "high": 1.5}
    if words[-1] in _SCALES:
        return {"distribution": "uniform", "low": 0.9, "high": 1.1}
    if not path and root in ("lr", "learning_rate"):
        return {"distribution": "constant", "value": 1e-3}
    if not path and root in _COUNTS:
        return {"distribution": "constant", "value": 1.0}
    return {"distribution": "normal", "mean": 0.0, "std": 1.0 if root in _DATA else 0.02}


def _moment(name, path):
    """The distribution of a moment of Adam, or None for what its name does not tell to be one."""
    root, words = _words(name, path)
    if _SECOND_MOMENTS.intersection(words) or root == "v" or _field(path, "v"):
        return {"distribution": "uniform", "low": 0.0, "high": 1e-3}
    # Small against gradients, so that comparing new moments compares gradients; not zero, because the gradient of a
    # key's bias is zero but for rounding, and two correct splits would differ in all of it.
    if root in _FIRST_MOMENTS or root == "m" or _field(path, "m", *_FIRST_MOMENTS):
        return {"distribution": "normal", "mean": 0.0, "std": 1e-4}
    return None


def _words(name, path):
    root = re.split(r"[^A-Za-z0-9_]", name, maxsplit=1)[0].lower()
    return root, [root, *(_word(key) for key in path)]


def _is_float(dtype):
    return re.fullmatch(r"u?i\d+", dtype) is None


def _integers_by_name(name, words, shape, dtype):
    if not shape and words[-1] in _COUNTS:
        return {"distribution": "constant", "value": 1}
    if dtype == "ui32" and _KEYS.intersection(words):
        return {"distribution": "integers", "low": 0, "high": 2**32}
    raise ExportError(
        f"{name} is an abstract integer array whose range nothing tells; "
        f'say it with --integers "{name}=0:HIGH" (HIGH is not included), or pass an example array'
    )


def _word(key):
    for field in ("name", "key", "idx"):
        if hasattr(key, field):
            return str(getattr(key, field)).lower()
    return str(key).lower()


def _field(path, *names):
    """True when the path goes through a record field of that name: optimizer states are records, parameters rarely."""
    return any(isinstance(key, jax.tree_util.GetAttrKey) and key.name in names for key in path)
