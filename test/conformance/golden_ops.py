"""Golden cases of single operations, written as StableHLO by hand so that every attribute is reached."""

import numpy as np

from golden_case import Case, array, comparator, function, op, random_of, reducer, some, tensor

FLOATS = ["f32", "f64", "bf16", "f16"]
COMPLEX = ["complex<f32>", "complex<f64>"]
INTEGERS = ["i8", "i16", "i32", "i64", "ui8", "ui16", "ui32", "ui64"]
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, -1.5, 2.5, -2.5, np.inf, -np.inf, np.nan]


def families():
    return {
        "elementwise": unary() + binary() + choosing() + conversions(),
        "movement": shapes() + slices() + indexed() + ordering() + collectives(),
        "arithmetic": dots() + convolutions() + reductions() + windows() + normalizations() + flow(),
        "random": random_bits(),
    }


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
                y = np.resize(array([0, 1, 2, 3, 5, 7] + ([] if element.startswith("u") else [-1, -2]), element), y.shape)
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
            ("f32", ["FLOAT", "TOTALORDER", None]), ("f64", ["TOTALORDER"]), ("bf16", ["FLOAT", "TOTALORDER"]),
            ("i32", ["SIGNED"]), ("ui8", ["UNSIGNED"]), ("i64", ["SIGNED", None]), ("ui64", ["UNSIGNED"]),
        ]:
            make = whole if element[0] in "iu" else real
            x, y = np.meshgrid(make("compare", element), make("compare", element))
            for kind in kinds:
                more = f", compare_type = #stablehlo<comparison_type {kind}>" if kind else ""
                cases.append(op("stablehlo.compare", [x, y], tensor(x.shape, "i1"), words + more,
                                label=f"{direction} {kind} {element}"))
    words = "comparison_direction = #stablehlo<comparison_direction {}>, compare_type = #stablehlo<comparison_type {}>"
    x, y = array([1 + 2j, 1 + 2j, 3j], "complex<f32>"), array([1 + 2j, 1 + 3j, 2j], "complex<f32>")
    for direction in ["EQ", "NE"]:
        cases.append(op("stablehlo.compare", [x, y], "tensor<3xi1>", words.format(direction, "FLOAT"),
                        label=f"{direction} complex"))
    cases.append(op("stablehlo.compare", [np.array([True, False]), np.array([True, True])], "tensor<2xi1>",
                    words.format("LT", "UNSIGNED"), label="LT i1"))
    for element in ["f32", "i64", "i1", "complex<f32>", "bf16"]:
        choices = [some("yes", [3, 2], element), some("no", [3, 2], element)]
        for shape in ([], [3, 2]):
            predicate = some("predicate", shape, "i1")
            cases.append(op("stablehlo.select", [np.asarray(predicate), *choices], tensor([3, 2], element),
                            label=f"{shape} {element}"))
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
    bits = [("f32", [4], "i32", [4]), ("i32", [4], "f32", [4]), ("f64", [2], "ui64", [2]), ("f32", [3], "i8", [3, 4]),
            ("ui8", [3, 4], "f32", [3]), ("bf16", [5], "i16", [5]), ("i16", [5], "bf16", [5]), ("f16", [4], "ui16", [4]),
            ("i64", [2, 2], "i32", [2, 2, 2]), ("ui32", [3, 2], "ui64", [3]), ("ui16", [4], "f16", [4])]
    for source, shape, target, result in bits:
        x = some("bits", shape, source, 0, 100) if source[0] in "iu" else some("bits", shape, source)
        cases.append(op("stablehlo.bitcast_convert", [x], tensor(result, target), label=f"{source} to {target}"))
    x = np.concatenate([real("precision", "f32"), array([1e-7, 6e-5, 65519.0, 65520.0, 3.4e38, 1e-30], "f32")])
    for exponent, mantissa in [(8, 7), (5, 10), (4, 3), (8, 23), (11, 52), (2, 5)]:
        words = f"exponent_bits = {exponent} : i32, mantissa_bits = {mantissa} : i32"
        cases.append(op("stablehlo.reduce_precision", [x], tensor(x.shape, "f32"), words,
                        label=f"e{exponent}m{mantissa}"))
    y = real("precision", "f64")
    cases.append(op("stablehlo.reduce_precision", [y], tensor(y.shape, "f64"),
                    "exponent_bits = 8 : i32, mantissa_bits = 23 : i32", label="f64"))
    return cases


def i64s(values):
    return f"array<i64{': ' if len(values) else ''}{', '.join(str(value) for value in values)}>"


def flags(values):
    return f"array<i1: {', '.join('true' if value else 'false' for value in values)}>"


def shapes():
    cases = []
    for element in ["f32", "i64", "complex<f32>", "i1"]:
        x = some("shape", [2, 3, 4], element)
        for order in [(2, 0, 1), (0, 2, 1), (0, 1, 2)]:
            cases.append(op("stablehlo.transpose", [x], tensor([x.shape[i] for i in order], element),
                            f"permutation = {i64s(order)}", label=f"{order} {element}"))
        for shape in ([24], [4, 1, 6], [2, 3, 2, 2]):
            cases.append(op("stablehlo.reshape", [x], tensor(shape, element), label=f"{shape} {element}"))
        for where in ([0], [1, 2], [0, 1, 2], []):
            cases.append(op("stablehlo.reverse", [x], tensor(x.shape, element), f"dimensions = {i64s(where)}",
                            label=f"{where} {element}"))
        for where in range(3):
            y = some("more", [5 if i == where else size for i, size in enumerate(x.shape)], element)
            shape = [size + 5 if i == where else size for i, size in enumerate(x.shape)]
            cases.append(op("stablehlo.concatenate", [x, y], tensor(shape, element), f"dimension = {where} : i64",
                            label=f"{where} {element}"))
    spreads = [([], [2, 3], []), ([3], [2, 3], [1]), ([3], [3, 2], [0]), ([3, 2], [2, 4, 3], [2, 0]), ([1, 3], [2, 3], [0, 1]),
               ([2, 3], [2, 3], [0, 1])]
    for shape, result, where in spreads:
        for element in ["f32", "complex<f32>"]:
            x = np.asarray(some("spread", shape, element))
            cases.append(op("stablehlo.broadcast_in_dim", [x], tensor(result, element),
                            f"broadcast_dimensions = {i64s(where)}", label=f"{shape} to {result} {element}"))
    for element in ["f32", "i32", "ui8", "i64", "bf16", "complex<f32>"]:
        for where in range(2):
            cases.append(op("stablehlo.iota", [], tensor([3, 5], element), f"iota_dimension = {where} : i64",
                            label=f"{where} {element}"))
    cases.append(op("stablehlo.iota", [], tensor([300], "ui8"), "iota_dimension = 0 : i64", label="wraps"))
    constants = [("tensor<f32>", "1.5"), ("tensor<2x2xf32>", "[[1.0, -2.5e-3], [0x7FC00000, 0xFF800000]]"),
                 ("tensor<3xi32>", "[1, -2, 3]"), ("tensor<2xi1>", "[true, false]"), ("tensor<4xbf16>", "0x7F80"),
                 ("tensor<2xf64>", '"0x000000000000F03F0000000000000040"'), ("tensor<2x3xui8>", "7"),
                 ("tensor<2xcomplex<f32>>", "[(1.0, 2.0), (-3.0, 0.5)]"), ("tensor<3xi64>", "-9223372036854775808"),
                 ("tensor<2xf16>", '"0x003C00C0"'), ("tensor<3xui64>", "[18446744073709551615, 0, 1]"),
                 ("tensor<2xcomplex<f64>>", "(1.0, 2.0)"), ("tensor<0xf32>", "")]
    for kind, text in constants:
        cases.append(op("stablehlo.constant", [], kind, f"value = dense<{text}> : {kind}", label=f"{kind} {text[:20]}"))
    for name in ("sdy.constant", "chlo.constant"):
        cases.append(op(name, [], "tensor<2xf32>", "value = dense<[1.0, 2.0]> : tensor<2xf32>"))
    return cases


def slices():
    cases = []
    for element in ["f32", "i64", "complex<f32>"]:
        x = some("slice", [5, 7], element)
        for start, limit, step in [((1, 2), (4, 7), (1, 2)), ((0, 0), (5, 7), (1, 1)), ((0, 1), (5, 6), (3, 4)),
                                   ((2, 2), (2, 5), (1, 1))]:
            shape = [-(-(high - low) // by) for low, high, by in zip(start, limit, step)]
            words = f"start_indices = {i64s(start)}, limit_indices = {i64s(limit)}, strides = {i64s(step)}"
            cases.append(op("stablehlo.slice", [x], tensor(shape, element), words, label=f"{start} {limit} {step} {element}"))
        value = some("padding", [], element)
        for low, high, inner in [((1, 0), (2, 3), (0, 0)), ((0, 0), (0, 0), (2, 1)), ((-1, 2), (-2, -3), (1, 0)),
                                 ((-2, 1), (1, -1), (2, 3)), ((3, -4), (-1, -5), (1, 1))]:
            shape = [max(0, a + b + size + (size - 1) * c) for a, b, c, size in zip(low, high, inner, x.shape)]
            words = (f"edge_padding_low = {i64s(low)}, edge_padding_high = {i64s(high)}, "
                     f"interior_padding = {i64s(inner)}")
            cases.append(op("stablehlo.pad", [x, np.asarray(value)], tensor(shape, element), words,
                            label=f"{low} {high} {inner} {element}"))
        for at in [(1, 2), (-3, 9), (4, 0)]:
            for index in ["i32", "ui8" if at[0] >= 0 else "i64"]:
                places = [np.asarray(array(i, index)) for i in at]
                cases.append(op("stablehlo.dynamic_slice", [x, *places], tensor([2, 3], element),
                                f"slice_sizes = {i64s([2, 3])}", label=f"{at} {index} {element}"))
                update = some("update", [2, 3], element)
                cases.append(op("stablehlo.dynamic_update_slice", [x, update, *places], tensor([5, 7], element),
                                label=f"{at} {index} {element}"))
    return cases


def gather_words(offset, collapsed, batching, index_batching, start_map, vector, sizes):
    return (f"dimension_numbers = #stablehlo.gather<offset_dims = {offset}, collapsed_slice_dims = {collapsed}, "
            f"operand_batching_dims = {batching}, start_indices_batching_dims = {index_batching}, "
            f"start_index_map = {start_map}, index_vector_dim = {vector}>, slice_sizes = {i64s(sizes)}, "
            "indices_are_sorted = false")


def scatter_words(window, inserted, batching, index_batching, dims, vector):
    return (f"scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = {window}, "
            f"inserted_window_dims = {inserted}, input_batching_dims = {batching}, "
            f"scatter_indices_batching_dims = {index_batching}, scatter_dims_to_operand_dims = {dims}, "
            f"index_vector_dim = {vector}>, indices_are_sorted = false, unique_indices = false")


# operand, indices, result or updates, and the dimension numbers of a gather; a scatter has the same ones turned round.
INDEXED = [
    ("rows", [6, 3], [4, 1], [4, 3], ([1], [0], [], [], [0], 1), [1, 3]),
    ("rows of a table of indices", [6, 3], [2, 4], [2, 4, 3], ([2], [0], [], [], [0], 2), [1, 3]),
    ("elements", [6, 3], [4, 2], [4], ([], [0, 1], [], [], [0, 1], 1), [1, 1]),
    ("elements, turned", [6, 3], [2, 4], [4], ([], [0, 1], [], [], [1, 0], 0), [1, 1]),
    ("windows", [6, 5], [3, 2], [3, 2, 4], ([1, 2], [], [], [], [0, 1], 1), [2, 4]),
    ("windows first", [6, 5], [3, 2], [2, 4, 3], ([0, 1], [], [], [], [0, 1], 1), [2, 4]),
    ("batches", [4, 6, 3], [4, 2, 1], [4, 2, 3], ([2], [1], [0], [0], [1], 2), [1, 1, 3]),
    ("two batches", [2, 4, 6], [4, 2, 5, 1], [4, 2, 5], ([], [2], [0, 1], [1, 0], [2], 3), [1, 1, 1]),
    ("middle columns", [3, 6, 2], [4], [3, 4, 2], ([0, 2], [1], [], [], [1], 1), [3, 1, 2]),
]


def indexed():
    cases = []
    for label, shape, index_shape, result, numbers, sizes in INDEXED:
        offset, collapsed, batching, index_batching, start_map, vector = numbers
        for element in ["f32", "i64"]:
            for index in ["i32", "i64"]:
                if element == "i64" and index == "i64":
                    continue
                x = some(label, shape, element)
                indices = some(f"{label} indices", index_shape, index, -2, 7)
                words = gather_words(offset, collapsed, batching, index_batching, start_map, vector, sizes)
                cases.append(op("stablehlo.gather", [x, indices], tensor(result, element), words,
                                label=f"{label} {element} {index}"))
        words = scatter_words(offset, collapsed, batching, index_batching, start_map, vector)
        for element, name in [("f32", "stablehlo.add"), ("i32", "stablehlo.maximum"), ("f64", "stablehlo.multiply")]:
            x, updates = some(label, shape, element), some(f"{label} updates", result, element)
            # Windows that lie partly outside are left to the implementation's taste; these lie inside or wholly outside.
            high = 2 if label.startswith("windows") else 7
            low = 0 if label.startswith("windows") else -2
            indices = some(f"{label} places", index_shape, "i32", low, high)
            cases.append(op("stablehlo.scatter", [x, indices, updates], tensor(shape, element), words,
                            [reducer(name, element)], f"{label} {name} {element}"))
    x, updates = some("overwrite", [6, 3], "f32"), some("updates", [3, 3], "f32")
    overwrite = ("{\n    ^bb0(%a: tensor<f32>, %b: tensor<f32>):\n      stablehlo.return %b : tensor<f32>\n    }")
    cases.append(op("stablehlo.scatter", [x, array([[4], [0], [9]], "i32"), updates], tensor([6, 3], "f32"),
                    scatter_words([1], [0], [], [], [0], 1), [overwrite], "overwrites"))
    several = """{
    ^bb0(%a: tensor<f32>, %b: tensor<i32>, %c: tensor<f32>, %d: tensor<i32>):
      %r = stablehlo.subtract %a, %c : tensor<f32>
      %s = stablehlo.add %b, %d : tensor<i32>
      stablehlo.return %r, %s : tensor<f32>, tensor<i32>
    }"""
    y, more = some("second", [6, 3], "i32"), some("second updates", [3, 3], "i32")
    cases.append(op("stablehlo.scatter", [x, y, array([[4], [0], [4]], "i32"), updates, more],
                    [tensor([6, 3], "f32"), tensor([6, 3], "i32")], scatter_words([1], [0], [], [], [0], 1), [several],
                    "of two"))
    return cases


def ordering():
    cases = []
    for element in ["f32", "i64", "ui8"]:
        kind = "TOTALORDER" if element == "f32" else "SIGNED" if element == "i64" else "UNSIGNED"
        x = some("sort", [4, 7], element)
        for where in [0, 1, -1]:
            for direction in ["LT", "GT"]:
                cases.append(op("stablehlo.sort", [x], tensor(x.shape, element),
                                f"dimension = {where} : i64, is_stable = true", [comparator(direction, element, kind)],
                                f"{where} {direction} {element}"))
    by_key = """{
    ^bb0(%a: tensor<i32>, %b: tensor<i32>, %c: tensor<f32>, %d: tensor<f32>):
      %r = stablehlo.compare LT, %a, %b, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %r : tensor<i1>
    }"""
    keys, values = some("keys", [3, 20], "i32", 0, 4), some("values", [3, 20], "f32")
    cases.append(op("stablehlo.sort", [keys, values], [tensor([3, 20], "i32"), tensor([3, 20], "f32")],
                    "dimension = 1 : i64, is_stable = true", [by_key], "stable by key"))
    for element in ["f32", "i32", "bf16"]:
        for k in [1, 3, 7]:
            x = some("top", [2, 3, 7], element)
            cases.append(op("chlo.top_k", [x], [tensor([2, 3, k], element), tensor([2, 3, k], "i32")], f"k = {k} : i64",
                            label=f"{k} {element}"))
    ties = array([[1, 3, 3, -np.inf, 3, np.inf, 1]], "f32")
    cases.append(op("chlo.top_k", [ties], [tensor([1, 5], "f32"), tensor([1, 5], "i32")], "k = 5 : i64", label="ties"))
    return cases


def collectives():
    """On one device, where communication is the identity."""
    x = some("collective", [2, 3], "f32")
    kind = tensor([2, 3], "f32")
    groups = "replica_groups = dense<0> : tensor<1x1xi64>"
    add = [reducer("stablehlo.add", "f32")]
    pairs = "source_target_pairs = dense<0> : tensor<1x2xi64>"
    return [
        op("stablehlo.all_gather", [x], kind, f"all_gather_dim = 1 : i64, {groups}"),
        op("stablehlo.all_reduce", [x], kind, groups, add),
        op("stablehlo.reduce_scatter", [x], kind, f"scatter_dimension = 0 : i64, {groups}", add),
        op("stablehlo.all_to_all", [x], kind, f"split_dimension = 0 : i64, concat_dimension = 1 : i64, split_count = 1 : i64, {groups}"),
        op("stablehlo.collective_permute", [x], kind, pairs),
        op("stablehlo.partition_id", [], "tensor<ui32>"),
        op("stablehlo.replica_id", [], "tensor<ui32>"),
    ]


DOTS = [
    ("matrices", [3, 4], [4, 5], [], [], [1], [0]),
    ("turned", [4, 3], [5, 4], [], [], [0], [1]),
    ("batches", [2, 3, 4], [2, 4, 5], [0], [0], [2], [1]),
    ("inner batches", [3, 2, 4], [4, 5, 2], [1], [2], [2], [0]),
    ("two batches, two contracted", [2, 3, 4, 5], [3, 5, 2, 4, 6], [0, 1], [2, 0], [2, 3], [3, 1]),
    ("outer product", [3], [4], [], [], [], []),
    ("inner product", [6], [6], [], [], [0], [0]),
    ("many free", [2, 3, 4], [4, 5, 2], [], [], [2], [0]),
]


def dots():
    cases = []
    for label, left, right, left_batch, right_batch, left_sum, right_sum in DOTS:
        free = [size for i, size in enumerate(left) if i not in left_batch + left_sum]
        free += [size for i, size in enumerate(right) if i not in right_batch + right_sum]
        shape = [left[i] for i in left_batch] + free
        words = (f"dot_dimension_numbers = #stablehlo.dot<lhs_batching_dimensions = {left_batch}, "
                 f"rhs_batching_dimensions = {right_batch}, lhs_contracting_dimensions = {left_sum}, "
                 f"rhs_contracting_dimensions = {right_sum}>")
        for element in ["f32", "i32", "complex<f32>", "f64", "bf16", "i64"]:
            if element in ("f64", "bf16", "i64") and label not in ("matrices", "batches"):
                continue
            x, y = some(f"{label} left", left, element), some(f"{label} right", right, element)
            cases.append(op("stablehlo.dot_general", [x, y], tensor(shape, element), words, label=f"{label} {element}"))
    words = ("dot_dimension_numbers = #stablehlo.dot<lhs_contracting_dimensions = [1], "
             "rhs_contracting_dimensions = [0]>")
    x, y = some("left", [3, 4], "bf16"), some("right", [4, 5], "bf16")
    cases.append(op("stablehlo.dot_general", [x, y], tensor([3, 5], "f32"), words, label="bf16 to f32"))
    x, y = some("left", [3, 4], "i8", -128, 127), some("right", [4, 5], "i8", -128, 127)
    cases.append(op("stablehlo.dot_general", [x, y], tensor([3, 5], "i32"), words, label="i8 to i32"))
    return cases


# input [b, 8, 9, f], kernel [3, 2, i, o] unless turned.
CONVOLUTIONS = [
    ("plain", {}),
    ("strides", {"strides": (2, 3)}),
    ("padding", {"padding": ((1, 2), (0, 3))}),
    ("negative padding", {"padding": ((-1, 2), (1, -2))}),
    ("input dilation", {"lhs": (2, 3), "padding": ((1, 1), (2, 0))}),
    ("kernel dilation", {"rhs": (2, 3)}),
    ("reversal", {"reversal": (True, False)}),
    ("all", {"strides": (2, 1), "padding": ((2, 1), (1, 3)), "lhs": (1, 2), "rhs": (2, 1), "reversal": (False, True)}),
    ("feature groups", {"features": 2}),
    ("depthwise", {"features": 4}),
    ("batch groups", {"batches": 2}),
]


def convolutions():
    cases = []
    for label, options in CONVOLUTIONS:
        for element in ["f32", "f64", "i32", "bf16"]:
            if element in ("i32", "f64", "bf16") and label not in ("plain", "all"):
                continue
            cases.append(convolve(label, element, **options))
    cases.append(convolve("turned", "f32", layout="[f, 1, 0, b]x[o, i, 1, 0]->[1, b, f, 0]"))
    cases.append(convolve("turned, groups", "f32", layout="[b, f, 0, 1]x[o, i, 0, 1]->[b, f, 0, 1]", features=2,
                          strides=(2, 2), padding=((1, 1), (1, 1))))
    x, kernel = some("line", [2, 9, 3], "f32"), some("line kernel", [4, 3, 5], "f32")
    cases.append(op("stablehlo.convolution", [x, kernel], tensor([2, 6, 5], "f32"),
                    "dimension_numbers = #stablehlo.conv<[b, 0, f]x[0, i, o]->[b, 0, f]>, batch_group_count = 1 : i64, "
                    "feature_group_count = 1 : i64", label="one dimension"))
    x, kernel = some("none", [2, 3], "f32"), some("none kernel", [3, 5], "f32")
    cases.append(op("stablehlo.convolution", [x, kernel], tensor([2, 5], "f32"),
                    "dimension_numbers = #stablehlo.conv<[b, f]x[i, o]->[b, f]>, batch_group_count = 1 : i64, "
                    "feature_group_count = 1 : i64", label="no dimension"))
    return cases


def convolve(label, element, strides=(1, 1), padding=((0, 0), (0, 0)), lhs=(1, 1), rhs=(1, 1), reversal=(False, False),
             features=1, batches=1, layout="[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]"):
    sizes = {"b": 4, "0": 8, "1": 9, "f": 4}
    kernel_sizes = {"0": 3, "1": 2, "i": 4 // features, "o": 8}
    out = {"b": 4 // batches, "f": 8}
    for i in range(2):
        spread = (sizes[str(i)] - 1) * lhs[i] + 1 + sum(padding[i])
        out[str(i)] = (spread - (kernel_sizes[str(i)] - 1) * rhs[i] - 1) // strides[i] + 1
    left, rest = layout.split("x")
    right, result = rest.split("->")
    order = [part.strip("[]").split(", ") for part in (left, right, result)]
    x = some(f"{label} input", [sizes[d] for d in order[0]], element)
    kernel = some(f"{label} kernel", [kernel_sizes[d] for d in order[1]], element)
    words = (f"window_strides = {i64s(strides)}, padding = dense<{[list(pair) for pair in padding]}> : tensor<2x2xi64>, "
             f"lhs_dilation = {i64s(lhs)}, rhs_dilation = {i64s(rhs)}, window_reversal = {flags(reversal)}, "
             f"dimension_numbers = #stablehlo.conv<{layout}>, batch_group_count = {batches} : i64, "
             f"feature_group_count = {features} : i64")
    return op("stablehlo.convolution", [x, kernel], tensor([out[d] for d in order[2]], element), words,
              label=f"{label} {element}")


def reductions():
    cases = []
    for where in ([0], [1], [0, 2], [0, 1, 2], []):
        shape = [size for i, size in enumerate([3, 4, 5]) if i not in where]
        for element, name in [("f32", "add"), ("f32", "maximum"), ("i32", "add"), ("i64", "multiply"), ("f64", "minimum"),
                              ("i1", "or"), ("complex<f32>", "add"), ("ui8", "xor")]:
            x, initial = some("reduce", [3, 4, 5], element), np.asarray(array(1, element))
            cases.append(op("stablehlo.reduce", [x, initial], tensor(shape, element), f"dimensions = {i64s(where)}",
                            [reducer(f"stablehlo.{name}", element)], f"{where} {name} {element}"))
    arg_max = """{
    ^bb0(%a: tensor<f32>, %i: tensor<i32>, %b: tensor<f32>, %j: tensor<i32>):
      %gt = stablehlo.compare GT, %a, %b, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %eq = stablehlo.compare EQ, %a, %b, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %lt = stablehlo.compare LT, %i, %j, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      %first = stablehlo.and %eq, %lt : tensor<i1>
      %left = stablehlo.or %gt, %first : tensor<i1>
      %v = stablehlo.select %gt, %a, %b : tensor<i1>, tensor<f32>
      %k = stablehlo.select %left, %i, %j : tensor<i1>, tensor<i32>
      stablehlo.return %v, %k : tensor<f32>, tensor<i32>
    }"""
    x, places = array(np.round(some("arg max", [4, 9], "f32") * 2), "f32"), np.tile(np.arange(9, dtype=np.int32), (4, 1))
    cases.append(op("stablehlo.reduce", [x, places, array(-np.inf, "f32"), array(0, "i32")],
                    [tensor([4], "f32"), tensor([4], "i32")], f"dimensions = {i64s([1])}", [arg_max], "arg max"))
    return cases


def windows():
    cases = []
    settings = [
        ("plain", (2, 3), (1, 1), (1, 1), (1, 1), ((0, 0), (0, 0))),
        ("strides", (2, 2), (2, 3), (1, 1), (1, 1), ((0, 0), (0, 0))),
        ("padding", (3, 3), (2, 2), (1, 1), (1, 1), ((1, 1), (1, 2))),
        ("dilations", (2, 2), (1, 2), (2, 3), (3, 2), ((1, 0), (0, 2))),
        ("sums so far", (6, 1), (1, 1), (1, 1), (1, 1), ((5, 0), (0, 0))),
    ]
    for label, window, strides, base, dilation, padding in settings:
        shape = [(((size - 1) * b + 1 + sum(pad)) - ((w - 1) * d + 1)) // s + 1
                 for size, w, s, b, d, pad in zip([6, 7], window, strides, base, dilation, padding)]
        words = (f"window_dimensions = {i64s(window)}, window_strides = {i64s(strides)}, base_dilations = {i64s(base)}, "
                 f"window_dilations = {i64s(dilation)}, "
                 f"padding = dense<{[list(pair) for pair in padding]}> : tensor<2x2xi64>")
        for element, name, start in [("f32", "maximum", -np.inf), ("f32", "add", 0), ("i32", "add", 0), ("i64", "minimum", 99),
                                     ("f32", "multiply", 1)]:
            x = some("window", [6, 7], element)
            cases.append(op("stablehlo.reduce_window", [x, array(start, element)], tensor(shape, element), words,
                            [reducer(f"stablehlo.{name}", element)], f"{label} {name} {element}"))
    for label, window, strides, padding in [("apart", (2, 2), (2, 2), ((0, 0), (0, 0))), ("overlapping", (3, 3), (2, 2), ((1, 1), (1, 1))),
                                            ("rows", (1, 3), (1, 2), ((0, 0), (1, 0)))]:
        shape = [(size + sum(pad) - w) // s + 1 for size, w, s, pad in zip([6, 8], window, strides, padding)]
        words = (f"window_dimensions = {i64s(window)}, window_strides = {i64s(strides)}, "
                 f"padding = dense<{[list(pair) for pair in padding]}> : tensor<2x2xi64>")
        for element in ["f32", "i32"]:
            inputs = [some(label, [6, 8], element), some(f"{label} source", shape, element), array(0, element)]
            for direction in ["GE", "LT"]:
                regions = [comparator(direction, element, "FLOAT" if element == "f32" else "SIGNED"),
                           reducer("stablehlo.add", element)]
                cases.append(op("stablehlo.select_and_scatter", inputs, tensor([6, 8], element), words, regions,
                                f"{label} {direction} {element}"))
    return cases


def normalizations():
    x, scale, offset = some("x", [4, 3, 5], "f32"), some("scale", [3], "f32"), some("offset", [3], "f32")
    mean, variance, grad = some("mean", [3], "f32"), some("variance", [3], "f32", 0.1, 2), some("grad", [4, 3, 5], "f32")
    words = "epsilon = 1.000000e-03 : f32, feature_index = 1 : i64"
    three = [tensor([4, 3, 5], "f32"), "tensor<3xf32>", "tensor<3xf32>"]
    return [
        op("stablehlo.batch_norm_training", [x, scale, offset], three, words),
        op("stablehlo.batch_norm_inference", [x, scale, offset, mean, variance], three[0], words),
        op("stablehlo.batch_norm_grad", [x, scale, mean, variance, grad], three, words),
    ]


def flow():
    """Control flow, calls and operations that hand values on, as whole functions."""
    loop = """%zero = stablehlo.constant dense<0> : tensor<i32>
    %one = stablehlo.constant dense<1> : tensor<i32>
    %0:2 = stablehlo.while(%i = %zero, %x = %arg1) : tensor<i32>, tensor<3xf32>
    cond {
      %c = stablehlo.compare LT, %i, %arg0, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %c : tensor<i1>
    } do {
      %n = stablehlo.add %i, %one : tensor<i32>
      %y = stablehlo.multiply %x, %arg1 : tensor<3xf32>
      stablehlo.return %n, %y : tensor<i32>, tensor<3xf32>
    }"""
    kinds = ["tensor<i32>", "tensor<3xf32>"]
    x = array([1.5, -0.5, 2], "f32")
    cases = [Case(f"stablehlo.while {n} times", function(kinds, kinds, loop, "%0#0, %0#1"), [array(n, "i32"), x])
             for n in (0, 1, 5)]
    branches = "\n".join(f"""      {{
      %r = stablehlo.{name} %arg1, %arg1 : tensor<3xf32>
      stablehlo.return %r : tensor<3xf32>
    }}{"," if name != "subtract" else ""}""" for name in ("add", "multiply", "subtract"))
    case = f'%0 = "stablehlo.case"(%arg0) ({{{branches.strip()[1:]}) : (tensor<i32>) -> tensor<3xf32>'
    for n in (-1, 0, 1, 2, 3):
        cases.append(Case(f"stablehlo.case {n}", function(kinds, kinds[1:], case, "%0"), [array(n, "i32"), x]))
    choice = """%0 = "stablehlo.if"(%arg0) ({
      stablehlo.return %arg1 : tensor<3xf32>
    }, {
      %r = stablehlo.negate %arg1 : tensor<3xf32>
      stablehlo.return %r : tensor<3xf32>
    }) : (tensor<i1>) -> tensor<3xf32>"""
    for value in (True, False):
        cases.append(Case(f"stablehlo.if {value}", function(["tensor<i1>", kinds[1]], kinds[1:], choice, "%0"),
                          [np.array(value), x]))
    barrier = "%0:2 = stablehlo.optimization_barrier %arg0, %arg1 : tensor<i32>, tensor<3xf32>"
    cases.append(Case("stablehlo.optimization_barrier", function(kinds, kinds, barrier, "%0#0, %0#1"), [array(7, "i32"), x]))
    pair = """%t = stablehlo.tuple %arg0, %arg1 : tuple<tensor<i32>, tensor<3xf32>>
    %0 = stablehlo.get_tuple_element %t[1] : (tuple<tensor<i32>, tensor<3xf32>>) -> tensor<3xf32>"""
    cases.append(Case("stablehlo.tuple stablehlo.get_tuple_element", function(kinds, kinds[1:], pair, "%0"),
                      [array(7, "i32"), x]))
    custom = '%0 = stablehlo.custom_call @Sharding(%arg1) {mhlo.sharding = "{replicated}"} : (tensor<3xf32>) -> tensor<3xf32>'
    cases.append(Case("stablehlo.custom_call Sharding", function(kinds, kinds[1:], custom, "%0"), [array(7, "i32"), x]))
    helper = """  func.func private @helper(%a: tensor<3xf32>) -> tensor<3xf32> {
    %0 = stablehlo.add %a, %a : tensor<3xf32>
    return %0 : tensor<3xf32>
  }
"""
    for name, text in [
        ("func.call", "%0 = func.call @helper(%arg1) : (tensor<3xf32>) -> tensor<3xf32>"),
        ("stablehlo.composite", '%0 = stablehlo.composite "my.op" %arg1 {decomposition = @helper} : (tensor<3xf32>) -> tensor<3xf32>'),
    ]:
        whole_text = function(kinds, kinds[1:], text, "%0")
        cases.append(Case(name, whole_text[:-2] + helper + "}\n", [array(7, "i32"), x]))
    twice = """{
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %s = stablehlo.add %a, %b : tensor<f32>
      %r = stablehlo.multiply %s, %a : tensor<f32>
      stablehlo.return %r : tensor<f32>
    }"""
    pair = [some("map", [2, 3], "f32"), some("map too", [2, 3], "f32")]
    cases.append(op("stablehlo.map", pair, tensor([2, 3], "f32"), f"dimensions = {i64s([0, 1])}", [twice]))
    mesh = '  sdy.mesh @mesh = <["x"=1]>\n'
    for name in ("sharding_constraint", "propagation_barrier", "sharding_group"):
        line = {
            "sharding_constraint": "%0 = sdy.sharding_constraint %arg1 <@mesh, [{}]> : tensor<3xf32>",
            "propagation_barrier": "%0 = sdy.propagation_barrier %arg1 allowed_direction=NONE : tensor<3xf32>",
            "sharding_group": "sdy.sharding_group %arg1 group_id=0 : tensor<3xf32>\n    %0 = stablehlo.negate %arg1 : tensor<3xf32>",
        }[name]
        text = function(kinds, kinds[1:], line, "%0").replace("module @golden {\n", "module @golden {\n" + mesh)
        cases.append(Case(f"sdy.{name}", text, [array(7, "i32"), x]))
    return cases


def random_bits():
    cases = []
    for algorithm, size in [("THREE_FRY", 2), ("PHILOX", 2), ("PHILOX", 3)]:
        for element, shape in [("ui32", [4]), ("ui32", [5]), ("ui32", [3, 4]), ("ui32", [3, 5]), ("ui64", [6]), ("ui64", [5]),
                               ("ui32", [2, 3, 4]), ("ui32", [3, 7, 5]), ("ui32", [1])]:
            state = some(f"state{algorithm}", [size], "ui64", 0, 2**60)
            cases.append(op("stablehlo.rng_bit_generator", [state], [tensor([size], "ui64"), tensor(shape, element)],
                            f"rng_algorithm = #stablehlo<rng_algorithm {algorithm}>",
                            label=f"{algorithm}{size} {element} {shape}"))
    return cases
