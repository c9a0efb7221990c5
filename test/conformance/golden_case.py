"""The notation in which golden cases are written: one operation in generic form, with its regions as text."""

import dataclasses
import zlib

import ml_dtypes
import numpy as np

DTYPES = {
    "i1": np.bool_,
    "i8": np.int8,
    "i16": np.int16,
    "i32": np.int32,
    "i64": np.int64,
    "ui8": np.uint8,
    "ui16": np.uint16,
    "ui32": np.uint32,
    "ui64": np.uint64,
    "bf16": ml_dtypes.bfloat16,
    "f16": np.float16,
    "f32": np.float32,
    "f64": np.float64,
    "complex<f32>": np.complex64,
    "complex<f64>": np.complex128,
}
NAMES = {np.dtype(dtype): name for name, dtype in DTYPES.items()}


@dataclasses.dataclass
class Case:
    name: str
    text: str
    inputs: list


def random_of(name):
    """A random source that depends on the name only."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def array(values, element):
    # Too large a number becomes infinite, which some cases want.
    with np.errstate(over="ignore"):
        return np.asarray(values).astype(DTYPES[element])


def some(name, shape, element, low=None, high=None):
    """Random numbers: normal floats, or integers from a range."""
    random = random_of(f"{name}{shape}{element}")
    if element == "i1":
        return random.integers(0, 2, shape).astype(np.bool_)
    if element.startswith("complex"):
        return array(random.normal(size=shape) + 1j * random.normal(size=shape), element)
    if element.startswith(("f", "b")):
        values = random.normal(size=shape) if low is None else random.uniform(low, high, shape)
        return array(values, element)
    return array(random.integers(-9 if low is None and element[0] == "i" else low or 0, high or 10, shape), element)


def type_of(value):
    value = np.asarray(value)
    sizes = "".join(f"{size}x" for size in value.shape)
    return f"tensor<{sizes}{NAMES[value.dtype]}>"


def tensor(shape, element):
    return f"tensor<{''.join(f'{size}x' for size in shape)}{element}>"


def op(name, inputs, results, attributes="", regions=(), label=""):
    """One operation on the inputs. `results` are types; an operand is written %arg0, %arg1, ..."""
    results = [results] if isinstance(results, str) else results
    types = [type_of(value) for value in inputs]
    operands = ", ".join(f"%arg{i}" for i in range(len(inputs)))
    properties = f" <{{{attributes}}}>" if attributes else ""
    region = f' ({", ".join(regions)})' if regions else ""
    count = f":{len(results)}" if len(results) > 1 else ""
    text = f'%0{count} = "{name}"({operands}){properties}{region} : ({", ".join(types)}) -> ({", ".join(results)})'
    values = ", ".join(f"%0#{i}" for i in range(len(results))) if len(results) > 1 else "%0"
    suffix = f" {label}" if label else ""
    return Case(f"{name}{suffix}", function(types, results, text, values), list(inputs))


def function(types, results, body, values):
    arguments = ", ".join(f"%arg{i}: {kind}" for i, kind in enumerate(types))
    return (
        "module @golden {\n"
        f"  func.func public @main({arguments}) -> ({', '.join(results)}) {{\n"
        f"    {body}\n"
        f"    return {values} : {', '.join(results)}\n"
        "  }\n"
        "}\n"
    )


def reducer(name, element):
    """The region of one binary operation on two scalars."""
    scalar = f"tensor<{element}>"
    return (
        f"{{\n    ^bb0(%a: {scalar}, %b: {scalar}):\n"
        f"      %r = {name} %a, %b : {scalar}\n"
        f"      stablehlo.return %r : {scalar}\n    }}"
    )


def comparator(direction, element, kind="FLOAT"):
    scalar = f"tensor<{element}>"
    return (
        f"{{\n    ^bb0(%a: {scalar}, %b: {scalar}):\n"
        f"      %r = stablehlo.compare {direction}, %a, %b, {kind} : ({scalar}, {scalar}) -> tensor<i1>\n"
        f"      stablehlo.return %r : tensor<i1>\n    }}"
    )


def i64s(values):
    return f"array<i64{': ' if len(values) else ''}{', '.join(str(value) for value in values)}>"


def flags(values):
    return f"array<i1: {', '.join('true' if value else 'false' for value in values)}>"
