"""Golden cases of operations that work element by element."""

import numpy as np

from golden_case import array, op, random_of, some, tensor

FLOATS = ["f32", "f64", "bf16", "f16"]
COMPLEX = ["complex<f32>", "complex<f64>"]
INTEGERS = ["i8", "i16", "i32", "i64", "ui8", "ui16", "ui32", "ui64"]
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, -1.5, 2.5, -2.5, np.inf, -np.inf, np.nan]


def families():
    return {"elementwise": unary() + binary() + choosing() + conversions()}


def real(name, element, low=-4.0, high=4.0):
    """Special values followed by random ones."""
    return array(np.concatenate([SPECIAL, random_of(name).uniform(low, high, 11)]), element)


def whole(name, element):
    """Small and random integers with both ends of the range."""
    info = np.iinfo(array([0], element).dtype)
    small = [0, 1, 2, 3, 7, info.max, info.min, info.max - 1] + ([-1, -2, -7] if info.min < 0 else [])
    random = random_of(f"{name}{element}").integers(info.min, info.max, 6, dtype=info.dtype)
    return np.concatenate([np.array(small, info.dtype), random])


def unary():
    cases = []
    everywhere = """stablehlo.abs stablehlo.cbrt stablehlo.ceil stablehlo.cosine stablehlo.exponential
        stablehlo.exponential_minus_one stablehlo.floor stablehlo.log stablehlo.log_plus_one stablehlo.logistic
        stablehlo.negate stablehlo.round_nearest_afz stablehlo.round_nearest_even stablehlo.rsqrt stablehlo.sign
        stablehlo.sine stablehlo.sqrt stablehlo.tan stablehlo.tanh chlo.acos chlo.acosh chlo.asin chlo.asinh chlo.atan
        chlo.atanh chlo.bessel_i1e chlo.conj chlo.cosh chlo.digamma chlo.erf chlo.erf_inv chlo.erfc chlo.lgamma
        chlo.sinh chlo.square chlo.tan""".split()
    for name in everywhere:
        for element in FLOATS:
            low, high = (-1, 1) if name in ("chlo.erf_inv", "chlo.atanh", "chlo.acos", "chlo.asin") else (-4, 4)
            x = real(name, element, low, high)
            cases.append(op(name, [x], tensor(x.shape, element), label=element))
    for name in "stablehlo.is_finite chlo.is_inf chlo.is_neg_inf chlo.is_pos_inf".split():
        for element in ["f32", "bf16"]:
            x = real(name, element)
            cases.append(op(name, [x], tensor(x.shape, "i1"), label=element))
    many = """stablehlo.cosine stablehlo.exponential stablehlo.exponential_minus_one stablehlo.log
        stablehlo.log_plus_one stablehlo.logistic stablehlo.negate stablehlo.rsqrt stablehlo.sign stablehlo.sine
        stablehlo.sqrt stablehlo.tan stablehlo.tanh chlo.acos chlo.acosh chlo.asin chlo.asinh chlo.atan chlo.atanh
        chlo.conj chlo.cosh chlo.sinh chlo.square""".split()
    for name in many:
        for element in COMPLEX:
            cases.append(op(name, [some(name, [9], element)], tensor([9], element), label=element))
    for name in "stablehlo.abs stablehlo.real stablehlo.imag".split():
        for element, part in zip(COMPLEX, ["f32", "f64"]):
            cases.append(op(name, [some(name, [3, 2], element)], tensor([3, 2], part), label=element))
    for name in "abs count_leading_zeros negate not popcnt sign".split():
        for element in INTEGERS:
            if name in ("abs", "sign") and element.startswith("u"):
                continue
            x = whole(name, element)
            cases.append(op(f"stablehlo.{name}", [x], tensor(x.shape, element), label=element))
    cases.append(op("stablehlo.not", [np.array([True, False])], "tensor<2xi1>", label="i1"))
    return cases


def binary():
    cases = []
    for name in "add atan2 divide maximum minimum multiply power remainder subtract".split():
        for element in FLOATS:
            x, y = np.meshgrid(real(name, element)[:19], real(f"{name} right", element)[:19])
            cases.append(op(f"stablehlo.{name}", [x, y], tensor(x.shape, element), label=element))
        if name in ("atan2", "remainder", "maximum", "minimum"):
            continue
        for element in COMPLEX:
            x, y = some(f"{name} left", [9], element), some(f"{name} right", [9], element)
            cases.append(op(f"stablehlo.{name}", [x, y], tensor([9], element), label=element))
    integers = """add and divide maximum minimum multiply or power remainder shift_left shift_right_arithmetic
        shift_right_logical subtract xor""".split()
    for name in integers:
        for element in INTEGERS:
            x, y = np.meshgrid(whole(name, element), whole(f"{name} right", element))
            if name.startswith("shift"):
                y = np.concatenate([y[::2], np.resize(array(range(9), element), y[1::2].shape)])
            if name == "power":
                # XLA reads no more than some low bits of an exponent, and takes the largest unsigned ones as negative.
                y = np.resize(
                    array([0, 1, 2, 3, 5, 7] + ([] if element.startswith("u") else [-1, -2]), element), y.shape
                )
            cases.append(op(f"stablehlo.{name}", [x, y], tensor(x.shape, element), label=element))
    x, y = np.array([True, True, False, False]), np.array([True, False, True, False])
    for name in "add and maximum minimum multiply or xor".split():
        cases.append(op(f"stablehlo.{name}", [x, y], "tensor<4xi1>", label="i1"))
    for element in ["i32", "ui32", "i8"]:
        x, y = np.meshgrid(whole("mulhi", element), whole("mulhi right", element))
        cases.append(op("chlo.mulhi", [x, y], tensor(x.shape, element), label=element))
    for element in ["f32", "f64", "bf16", "f16"]:
        x, y = np.meshgrid(real("next", element), real("next right", element))
        cases.append(op("chlo.next_after", [x, y], tensor(x.shape, element), label=element))
    for element in ["f32", "f64"]:
        n, x = np.meshgrid(array([0, 1, 2, 5], element), some("polygamma", [8], element, 0.3, 12))
        cases.append(op("chlo.polygamma", [n, x], tensor(x.shape, element), label=element))
        n, x = np.meshgrid(array([1.1, 2, 3.5, 7], element), some("zeta", [8], element, 0.3, 12))
        cases.append(op("chlo.zeta", [n, x], tensor(x.shape, element), label=element))
        parts = [some("re", [2, 3], element), some("im", [2, 3], element)]
        cases.append(op("stablehlo.complex", parts, tensor([2, 3], f"complex<{element}>"), label=element))
    return cases


def choosing():
    cases = []
    for direction in "EQ NE GE GT LE LT".split():
        words = f"comparison_direction = #stablehlo<comparison_direction {direction}>"
        for element, kinds in [
            ("f32", ["FLOAT", "TOTALORDER", None]),
            ("f64", ["TOTALORDER"]),
            ("bf16", ["FLOAT", "TOTALORDER"]),
            ("i32", ["SIGNED"]),
            ("ui8", ["UNSIGNED"]),
            ("i64", ["SIGNED", None]),
            ("ui64", ["UNSIGNED"]),
        ]:
            make = whole if element[0] in "iu" else real
            x, y = np.meshgrid(make("compare", element), make("compare", element))
            for kind in kinds:
                more = f", compare_type = #stablehlo<comparison_type {kind}>" if kind else ""
                cases.append(
                    op(
                        "stablehlo.compare",
                        [x, y],
                        tensor(x.shape, "i1"),
                        words + more,
                        label=f"{direction} {kind} {element}",
                    )
                )
    words = "comparison_direction = #stablehlo<comparison_direction {}>, compare_type = #stablehlo<comparison_type {}>"
    x, y = array([1 + 2j, 1 + 2j, 3j], "complex<f32>"), array([1 + 2j, 1 + 3j, 2j], "complex<f32>")
    for direction in ["EQ", "NE"]:
        cases.append(
            op(
                "stablehlo.compare",
                [x, y],
                "tensor<3xi1>",
                words.format(direction, "FLOAT"),
                label=f"{direction} complex",
            )
        )
    cases.append(
        op(
            "stablehlo.compare",
            [np.array([True, False]), np.array([True, True])],
            "tensor<2xi1>",
            words.format("LT", "UNSIGNED"),
            label="LT i1",
        )
    )
    for element in ["f32", "i64", "i1", "complex<f32>", "bf16"]:
        choices = [some("yes", [3, 2], element), some("no", [3, 2], element)]
        for shape in ([], [3, 2]):
            predicate = some("predicate", shape, "i1")
            cases.append(
                op(
                    "stablehlo.select",
                    [np.asarray(predicate), *choices],
                    tensor([3, 2], element),
                    label=f"{shape} {element}",
                )
            )
    for element in ["f32", "i32", "ui64", "f16"]:
        x = real("clamp", element) if element[0] == "f" else whole("clamp", element)
        low, high = array(1, element), array(3, element)
        cases.append(op("stablehlo.clamp", [low, x, high], tensor(x.shape, element), label=f"scalars {element}"))
        lows, highs = np.resize(low, x.shape), np.resize(array([2, 0, 5], element), x.shape)
        cases.append(op("stablehlo.clamp", [lows, x, highs], tensor(x.shape, element), label=f"tensors {element}"))
    return cases


def conversions():
    cases = []
    sources = ["f32", "f64", "bf16", "f16", "i8", "i32", "i64", "ui8", "ui32", "ui64", "i1", "complex<f32>"]
    for source in sources:
        if source[0] in "iu" and source != "i1":
            x = whole("convert", source)
        elif source == "i1" or source.startswith("complex"):
            x = some("convert", [6], source)
        else:
            large = [127.5, 128.0, 255.9, 256.0, 3e4, 7e4, 2.2e9, -2.2e9, 4.5e9, 1e19, -1e19, 2e19]
            x = np.concatenate([real("convert", source), array(large, source)])
        for target in [*sources, "i16", "ui16", "complex<f64>"]:
            if source.startswith("complex") and not target.startswith("complex"):
                continue
            cases.append(op("stablehlo.convert", [x], tensor(x.shape, target), label=f"{source} to {target}"))
    bits = [
        ("f32", [4], "i32", [4]),
        ("i32", [4], "f32", [4]),
        ("f64", [2], "ui64", [2]),
        ("f32", [3], "i8", [3, 4]),
        ("ui8", [3, 4], "f32", [3]),
        ("bf16", [5], "i16", [5]),
        ("i16", [5], "bf16", [5]),
        ("f16", [4], "ui16", [4]),
        ("i64", [2, 2], "i32", [2, 2, 2]),
        ("ui32", [3, 2], "ui64", [3]),
        ("ui16", [4], "f16", [4]),
    ]
    for source, shape, target, result in bits:
        x = some("bits", shape, source, 0, 100) if source[0] in "iu" else some("bits", shape, source)
        cases.append(op("stablehlo.bitcast_convert", [x], tensor(result, target), label=f"{source} to {target}"))
    x = np.concatenate([real("precision", "f32"), array([1e-7, 6e-5, 65519.0, 65520.0, 3.4e38, 1e-30], "f32")])
    for exponent, mantissa in [(8, 7), (5, 10), (4, 3), (8, 23), (11, 52), (2, 5)]:
        words = f"exponent_bits = {exponent} : i32, mantissa_bits = {mantissa} : i32"
        cases.append(
            op("stablehlo.reduce_precision", [x], tensor(x.shape, "f32"), words, label=f"e{exponent}m{mantissa}")
        )
    y = real("precision", "f64")
    cases.append(
        op(
            "stablehlo.reduce_precision",
            [y],
            tensor(y.shape, "f64"),
            "exponent_bits = 8 : i32, mantissa_bits = 23 : i32",
            label="f64",
        )
    )
    return cases
