"""Golden cases of operations that move elements without changing them."""

import numpy as np

from golden_case import array, comparator, i64s, op, reducer, some, tensor


def families():
    return {"movement": shapes() + slices() + indexed() + ordering() + collectives()}


def shapes():
    cases = []
    for element in ["f32", "i64", "complex<f32>", "i1"]:
        x = some("shape", [2, 3, 4], element)
        for order in [(2, 0, 1), (0, 2, 1), (0, 1, 2)]:
            cases.append(
                op(
                    "stablehlo.transpose",
                    [x],
                    tensor([x.shape[i] for i in order], element),
                    f"permutation = {i64s(order)}",
                    label=f"{order} {element}",
                )
            )
        for shape in ([24], [4, 1, 6], [2, 3, 2, 2]):
            cases.append(op("stablehlo.reshape", [x], tensor(shape, element), label=f"{shape} {element}"))
        for where in ([0], [1, 2], [0, 1, 2], []):
            cases.append(
                op(
                    "stablehlo.reverse",
                    [x],
                    tensor(x.shape, element),
                    f"dimensions = {i64s(where)}",
                    label=f"{where} {element}",
                )
            )
        for where in range(3):
            y = some("more", [5 if i == where else size for i, size in enumerate(x.shape)], element)
            shape = [size + 5 if i == where else size for i, size in enumerate(x.shape)]
            cases.append(
                op(
                    "stablehlo.concatenate",
                    [x, y],
                    tensor(shape, element),
                    f"dimension = {where} : i64",
                    label=f"{where} {element}",
                )
            )
    spreads = [
        ([], [2, 3], []),
        ([3], [2, 3], [1]),
        ([3], [3, 2], [0]),
        ([3, 2], [2, 4, 3], [2, 0]),
        ([1, 3], [2, 3], [0, 1]),
        ([2, 3], [2, 3], [0, 1]),
    ]
    for shape, result, where in spreads:
        for element in ["f32", "complex<f32>"]:
            x = np.asarray(some("spread", shape, element))
            cases.append(
                op(
                    "stablehlo.broadcast_in_dim",
                    [x],
                    tensor(result, element),
                    f"broadcast_dimensions = {i64s(where)}",
                    label=f"{shape} to {result} {element}",
                )
            )
    for element in ["f32", "i32", "ui8", "i64", "bf16", "complex<f32>"]:
        for where in range(2):
            cases.append(
                op(
                    "stablehlo.iota",
                    [],
                    tensor([3, 5], element),
                    f"iota_dimension = {where} : i64",
                    label=f"{where} {element}",
                )
            )
    cases.append(op("stablehlo.iota", [], tensor([300], "ui8"), "iota_dimension = 0 : i64", label="wraps"))
    constants = [
        ("tensor<f32>", "1.5"),
        ("tensor<2x2xf32>", "[[1.0, -2.5e-3], [0x7FC00000, 0xFF800000]]"),
        ("tensor<3xi32>", "[1, -2, 3]"),
        ("tensor<2xi1>", "[true, false]"),
        ("tensor<4xbf16>", "0x7F80"),
        ("tensor<2xf64>", '"0x000000000000F03F0000000000000040"'),
        ("tensor<2x3xui8>", "7"),
        ("tensor<2xcomplex<f32>>", "[(1.0, 2.0), (-3.0, 0.5)]"),
        ("tensor<3xi64>", "-9223372036854775808"),
        ("tensor<2xf16>", '"0x003C00C0"'),
        ("tensor<3xui64>", "[18446744073709551615, 0, 1]"),
        ("tensor<2xcomplex<f64>>", "(1.0, 2.0)"),
        ("tensor<0xf32>", ""),
    ]
    for kind, text in constants:
        cases.append(op("stablehlo.constant", [], kind, f"value = dense<{text}> : {kind}", label=f"{kind} {text[:20]}"))
    for name in ("sdy.constant", "chlo.constant"):
        cases.append(op(name, [], "tensor<2xf32>", "value = dense<[1.0, 2.0]> : tensor<2xf32>"))
    return cases


def slices():
    cases = []
    for element in ["f32", "i64", "complex<f32>"]:
        x = some("slice", [5, 7], element)
        for start, limit, step in [
            ((1, 2), (4, 7), (1, 2)),
            ((0, 0), (5, 7), (1, 1)),
            ((0, 1), (5, 6), (3, 4)),
            ((2, 2), (2, 5), (1, 1)),
        ]:
            shape = [-(-(high - low) // by) for low, high, by in zip(start, limit, step)]
            words = f"start_indices = {i64s(start)}, limit_indices = {i64s(limit)}, strides = {i64s(step)}"
            cases.append(
                op("stablehlo.slice", [x], tensor(shape, element), words, label=f"{start} {limit} {step} {element}")
            )
        value = some("padding", [], element)
        for low, high, inner in [
            ((1, 0), (2, 3), (0, 0)),
            ((0, 0), (0, 0), (2, 1)),
            ((-1, 2), (-2, -3), (1, 0)),
            ((-2, 1), (1, -1), (2, 3)),
            ((3, -4), (-1, -5), (1, 1)),
        ]:
            shape = [max(0, a + b + size + (size - 1) * c) for a, b, c, size in zip(low, high, inner, x.shape)]
            words = (
                f"edge_padding_low = {i64s(low)}, edge_padding_high = {i64s(high)}, "
                f"interior_padding = {i64s(inner)}"
            )
            cases.append(
                op(
                    "stablehlo.pad",
                    [x, np.asarray(value)],
                    tensor(shape, element),
                    words,
                    label=f"{low} {high} {inner} {element}",
                )
            )
        for at in [(1, 2), (-3, 9), (4, 0)]:
            for index in ["i32", "ui8" if at[0] >= 0 else "i64"]:
                places = [np.asarray(array(i, index)) for i in at]
                cases.append(
                    op(
                        "stablehlo.dynamic_slice",
                        [x, *places],
                        tensor([2, 3], element),
                        f"slice_sizes = {i64s([2, 3])}",
                        label=f"{at} {index} {element}",
                    )
                )
                update = some("update", [2, 3], element)
                cases.append(
                    op(
                        "stablehlo.dynamic_update_slice",
                        [x, update, *places],
                        tensor([5, 7], element),
                        label=f"{at} {index} {element}",
                    )
                )
    return cases


def gather_words(offset, collapsed, batching, index_batching, start_map, vector, sizes):
    return (
        f"dimension_numbers = #stablehlo.gather<offset_dims = {offset}, collapsed_slice_dims = {collapsed}, "
        f"operand_batching_dims = {batching}, start_indices_batching_dims = {index_batching}, "
        f"start_index_map = {start_map}, index_vector_dim = {vector}>, slice_sizes = {i64s(sizes)}, "
        "indices_are_sorted = false"
    )


def scatter_words(window, inserted, batching, index_batching, dims, vector):
    return (
        f"scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = {window}, "
        f"inserted_window_dims = {inserted}, input_batching_dims = {batching}, "
        f"scatter_indices_batching_dims = {index_batching}, scatter_dims_to_operand_dims = {dims}, "
        f"index_vector_dim = {vector}>, indices_are_sorted = false, unique_indices = false"
    )


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
                cases.append(
                    op(
                        "stablehlo.gather",
                        [x, indices],
                        tensor(result, element),
                        words,
                        label=f"{label} {element} {index}",
                    )
                )
        words = scatter_words(offset, collapsed, batching, index_batching, start_map, vector)
        for element, name in [("f32", "stablehlo.add"), ("i32", "stablehlo.maximum"), ("f64", "stablehlo.multiply")]:
            x, updates = some(label, shape, element), some(f"{label} updates", result, element)
            indices = some(f"{label} places", index_shape, "i32", -2, 7)
            cases.append(
                op(
                    "stablehlo.scatter",
                    [x, indices, updates],
                    tensor(shape, element),
                    words,
                    [reducer(name, element)],
                    f"{label} {name} {element}",
                )
            )
    x, updates = some("overwrite", [6, 3], "f32"), some("updates", [3, 3], "f32")
    overwrite = "{\n    ^bb0(%a: tensor<f32>, %b: tensor<f32>):\n      stablehlo.return %b : tensor<f32>\n    }"
    cases.append(
        op(
            "stablehlo.scatter",
            [x, array([[4], [0], [9]], "i32"), updates],
            tensor([6, 3], "f32"),
            scatter_words([1], [0], [], [], [0], 1),
            [overwrite],
            "overwrites",
        )
    )
    several = """{
    ^bb0(%a: tensor<f32>, %b: tensor<i32>, %c: tensor<f32>, %d: tensor<i32>):
      %r = stablehlo.subtract %a, %c : tensor<f32>
      %s = stablehlo.add %b, %d : tensor<i32>
      stablehlo.return %r, %s : tensor<f32>, tensor<i32>
    }"""
    y, more = some("second", [6, 3], "i32"), some("second updates", [3, 3], "i32")
    cases.append(
        op(
            "stablehlo.scatter",
            [x, y, array([[4], [0], [4]], "i32"), updates, more],
            [tensor([6, 3], "f32"), tensor([6, 3], "i32")],
            scatter_words([1], [0], [], [], [0], 1),
            [several],
            "of two",
        )
    )
    return cases


def ordering():
    cases = []
    for element in ["f32", "i64", "ui8"]:
        kind = "TOTALORDER" if element == "f32" else "SIGNED" if element == "i64" else "UNSIGNED"
        x = some("sort", [4, 7], element)
        for where in [0, 1, -1]:
            for direction in ["LT", "GT"]:
                cases.append(
                    op(
                        "stablehlo.sort",
                        [x],
                        tensor(x.shape, element),
                        f"dimension = {where} : i64, is_stable = true",
                        [comparator(direction, element, kind)],
                        f"{where} {direction} {element}",
                    )
                )
    by_key = """{
    ^bb0(%a: tensor<i32>, %b: tensor<i32>, %c: tensor<f32>, %d: tensor<f32>):
      %r = stablehlo.compare LT, %a, %b, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %r : tensor<i1>
    }"""
    keys, values = some("keys", [3, 20], "i32", 0, 4), some("values", [3, 20], "f32")
    cases.append(
        op(
            "stablehlo.sort",
            [keys, values],
            [tensor([3, 20], "i32"), tensor([3, 20], "f32")],
            "dimension = 1 : i64, is_stable = true",
            [by_key],
            "stable by key",
        )
    )
    for element in ["f32", "i32", "bf16"]:
        for k in [1, 3, 7]:
            x = some("top", [2, 3, 7], element)
            cases.append(
                op(
                    "chlo.top_k",
                    [x],
                    [tensor([2, 3, k], element), tensor([2, 3, k], "i32")],
                    f"k = {k} : i64",
                    label=f"{k} {element}",
                )
            )
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
        op(
            "stablehlo.all_to_all",
            [x],
            kind,
            f"split_dimension = 0 : i64, concat_dimension = 1 : i64, split_count = 1 : i64, {groups}",
        ),
        op("stablehlo.collective_permute", [x], kind, pairs),
        op("stablehlo.partition_id", [], "tensor<ui32>"),
        op("stablehlo.replica_id", [], "tensor<ui32>"),
    ]
