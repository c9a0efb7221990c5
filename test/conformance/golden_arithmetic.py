"""Golden cases of operations that combine elements, and of control flow."""

import numpy as np

from golden_case import Case, array, comparator, flags, function, i64s, op, reducer, some, tensor


def families():
    return {
        "arithmetic": dots() + convolutions() + reductions() + windows() + normalizations() + flow(),
        "random": random_bits(),
    }


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
        words = (
            f"dot_dimension_numbers = #stablehlo.dot<lhs_batching_dimensions = {left_batch}, "
            f"rhs_batching_dimensions = {right_batch}, lhs_contracting_dimensions = {left_sum}, "
            f"rhs_contracting_dimensions = {right_sum}>"
        )
        for element in ["f32", "i32", "complex<f32>", "f64", "bf16", "i64"]:
            if element in ("f64", "bf16", "i64") and label not in ("matrices", "batches"):
                continue
            x, y = some(f"{label} left", left, element), some(f"{label} right", right, element)
            cases.append(op("stablehlo.dot_general", [x, y], tensor(shape, element), words, label=f"{label} {element}"))
    words = (
        "dot_dimension_numbers = #stablehlo.dot<lhs_contracting_dimensions = [1], " "rhs_contracting_dimensions = [0]>"
    )
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
        for element in ["f32", "f64", "i32", "bf16", "i64", "ui8", "complex<f32>"]:
            if element != "f32" and label not in ("plain", "all"):
                continue
            cases.append(convolve(label, element, **options))
    cases.append(convolve("turned", "f32", layout="[f, 1, 0, b]x[o, i, 1, 0]->[1, b, f, 0]"))
    cases.append(
        convolve(
            "turned, groups",
            "f32",
            layout="[b, f, 0, 1]x[o, i, 0, 1]->[b, f, 0, 1]",
            features=2,
            strides=(2, 2),
            padding=((1, 1), (1, 1)),
        )
    )
    x, kernel = some("line", [2, 9, 3], "f32"), some("line kernel", [4, 3, 5], "f32")
    cases.append(
        op(
            "stablehlo.convolution",
            [x, kernel],
            tensor([2, 6, 5], "f32"),
            "dimension_numbers = #stablehlo.conv<[b, 0, f]x[0, i, o]->[b, 0, f]>, batch_group_count = 1 : i64, "
            "feature_group_count = 1 : i64",
            label="one dimension",
        )
    )
    x, kernel = some("none", [2, 3], "f32"), some("none kernel", [3, 5], "f32")
    cases.append(
        op(
            "stablehlo.convolution",
            [x, kernel],
            tensor([2, 5], "f32"),
            "dimension_numbers = #stablehlo.conv<[b, f]x[i, o]->[b, f]>, batch_group_count = 1 : i64, "
            "feature_group_count = 1 : i64",
            label="no dimension",
        )
    )
    return cases


def convolve(
    label,
    element,
    strides=(1, 1),
    padding=((0, 0), (0, 0)),
    lhs=(1, 1),
    rhs=(1, 1),
    reversal=(False, False),
    features=1,
    batches=1,
    layout="[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]",
):
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
    words = (
        f"window_strides = {i64s(strides)}, padding = dense<{[list(pair) for pair in padding]}> : tensor<2x2xi64>, "
        f"lhs_dilation = {i64s(lhs)}, rhs_dilation = {i64s(rhs)}, window_reversal = {flags(reversal)}, "
        f"dimension_numbers = #stablehlo.conv<{layout}>, batch_group_count = {batches} : i64, "
        f"feature_group_count = {features} : i64"
    )
    return op(
        "stablehlo.convolution",
        [x, kernel],
        tensor([out[d] for d in order[2]], element),
        words,
        label=f"{label} {element}",
    )


def reductions():
    cases = []
    for where in ([0], [1], [0, 2], [0, 1, 2], []):
        shape = [size for i, size in enumerate([3, 4, 5]) if i not in where]
        for element, name in [
            ("f32", "add"),
            ("f32", "maximum"),
            ("i32", "add"),
            ("i64", "multiply"),
            ("f64", "minimum"),
            ("i1", "or"),
            ("complex<f32>", "add"),
            ("ui8", "xor"),
        ]:
            x, initial = some("reduce", [3, 4, 5], element), np.asarray(array(1, element))
            cases.append(
                op(
                    "stablehlo.reduce",
                    [x, initial],
                    tensor(shape, element),
                    f"dimensions = {i64s(where)}",
                    [reducer(f"stablehlo.{name}", element)],
                    f"{where} {name} {element}",
                )
            )
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
    x, places = array(np.round(some("arg max", [4, 9], "f32") * 2), "f32"), np.tile(
        np.arange(9, dtype=np.int32), (4, 1)
    )
    cases.append(
        op(
            "stablehlo.reduce",
            [x, places, array(-np.inf, "f32"), array(0, "i32")],
            [tensor([4], "f32"), tensor([4], "i32")],
            f"dimensions = {i64s([1])}",
            [arg_max],
            "arg max",
        )
    )
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
        shape = [
            (((size - 1) * b + 1 + sum(pad)) - ((w - 1) * d + 1)) // s + 1
            for size, w, s, b, d, pad in zip([6, 7], window, strides, base, dilation, padding)
        ]
        words = (
            f"window_dimensions = {i64s(window)}, window_strides = {i64s(strides)}, base_dilations = {i64s(base)}, "
            f"window_dilations = {i64s(dilation)}, "
            f"padding = dense<{[list(pair) for pair in padding]}> : tensor<2x2xi64>"
        )
        for element, name, start in [
            ("f32", "maximum", -np.inf),
            ("f32", "add", 0),
            ("i32", "add", 0),
            ("i64", "minimum", 99),
            ("f32", "multiply", 1),
        ]:
            x = some("window", [6, 7], element)
            cases.append(
                op(
                    "stablehlo.reduce_window",
                    [x, array(start, element)],
                    tensor(shape, element),
                    words,
                    [reducer(f"stablehlo.{name}", element)],
                    f"{label} {name} {element}",
                )
            )
    for label, window, strides, padding in [
        ("apart", (2, 2), (2, 2), ((0, 0), (0, 0))),
        ("overlapping", (3, 3), (2, 2), ((1, 1), (1, 1))),
        ("rows", (1, 3), (1, 2), ((0, 0), (1, 0))),
    ]:
        shape = [(size + sum(pad) - w) // s + 1 for size, w, s, pad in zip([6, 8], window, strides, padding)]
        words = (
            f"window_dimensions = {i64s(window)}, window_strides = {i64s(strides)}, "
            f"padding = dense<{[list(pair) for pair in padding]}> : tensor<2x2xi64>"
        )
        for element in ["f32", "i32"]:
            inputs = [some(label, [6, 8], element), some(f"{label} source", shape, element), array(0, element)]
            for direction in ["GE", "LT"]:
                regions = [
                    comparator(direction, element, "FLOAT" if element == "f32" else "SIGNED"),
                    reducer("stablehlo.add", element),
                ]
                cases.append(
                    op(
                        "stablehlo.select_and_scatter",
                        inputs,
                        tensor([6, 8], element),
                        words,
                        regions,
                        f"{label} {direction} {element}",
                    )
                )
    return cases


def normalizations():
    x, scale, offset = some("x", [4, 3, 5], "f32"), some("scale", [3], "f32"), some("offset", [3], "f32")
    mean, variance, grad = (
        some("mean", [3], "f32"),
        some("variance", [3], "f32", 0.1, 2),
        some("grad", [4, 3, 5], "f32"),
    )
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
    cases = [
        Case(f"stablehlo.while {n} times", function(kinds, kinds, loop, "%0#0, %0#1"), [array(n, "i32"), x])
        for n in (0, 1, 5)
    ]
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
        cases.append(
            Case(
                f"stablehlo.if {value}",
                function(["tensor<i1>", kinds[1]], kinds[1:], choice, "%0"),
                [np.array(value), x],
            )
        )
    barrier = "%0:2 = stablehlo.optimization_barrier %arg0, %arg1 : tensor<i32>, tensor<3xf32>"
    cases.append(
        Case("stablehlo.optimization_barrier", function(kinds, kinds, barrier, "%0#0, %0#1"), [array(7, "i32"), x])
    )
    pair = """%t = stablehlo.tuple %arg0, %arg1 : tuple<tensor<i32>, tensor<3xf32>>
    %0 = stablehlo.get_tuple_element %t[1] : (tuple<tensor<i32>, tensor<3xf32>>) -> tensor<3xf32>"""
    cases.append(
        Case(
            "stablehlo.tuple stablehlo.get_tuple_element", function(kinds, kinds[1:], pair, "%0"), [array(7, "i32"), x]
        )
    )
    custom = (
        '%0 = stablehlo.custom_call @Sharding(%arg1) {mhlo.sharding = "{replicated}"}'
        " : (tensor<3xf32>) -> tensor<3xf32>"
    )
    cases.append(Case("stablehlo.custom_call Sharding", function(kinds, kinds[1:], custom, "%0"), [array(7, "i32"), x]))
    helper = """  func.func private @helper(%a: tensor<3xf32>) -> tensor<3xf32> {
    %0 = stablehlo.add %a, %a : tensor<3xf32>
    return %0 : tensor<3xf32>
  }
"""
    for name, text in [
        ("func.call", "%0 = func.call @helper(%arg1) : (tensor<3xf32>) -> tensor<3xf32>"),
        (
            "stablehlo.composite",
            '%0 = stablehlo.composite "my.op" %arg1 {decomposition = @helper} : (tensor<3xf32>) -> tensor<3xf32>',
        ),
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
            "sharding_group": "sdy.sharding_group %arg1 group_id=0 : tensor<3xf32>\n"
            "    %0 = stablehlo.negate %arg1 : tensor<3xf32>",
        }[name]
        text = function(kinds, kinds[1:], line, "%0").replace("module @golden {\n", "module @golden {\n" + mesh)
        cases.append(Case(f"sdy.{name}", text, [array(7, "i32"), x]))
    return cases


def random_bits():
    cases = []
    for algorithm, size in [("THREE_FRY", 2), ("PHILOX", 2), ("PHILOX", 3)]:
        for element, shape in [
            ("ui32", [4]),
            ("ui32", [5]),
            ("ui32", [3, 4]),
            ("ui32", [3, 5]),
            ("ui64", [6]),
            ("ui64", [5]),
            ("ui32", [2, 3, 4]),
            ("ui32", [3, 7, 5]),
            ("ui32", [1]),
        ]:
            state = some(f"state{algorithm}", [size], "ui64", 0, 2**60)
            cases.append(
                op(
                    "stablehlo.rng_bit_generator",
                    [state],
                    [tensor([size], "ui64"), tensor(shape, element)],
                    f"rng_algorithm = #stablehlo<rng_algorithm {algorithm}>",
                    label=f"{algorithm}{size} {element} {shape}",
                )
            )
    return cases
