"""Counts the collectives of a compiled program by kind and mesh axes."""

import collections
import re

import numpy

KINDS = ("all-reduce", "all-gather", "reduce-scatter", "all-to-all", "collective-permute")


def count(compiled, axes):
    """Bytes and number of the collectives of a compiled program by kind and mesh axes; loop bodies count once.

    Bytes are those of the results on one device, except for reduce-scatter: those of its operand.
    """
    found = collections.defaultdict(lambda: [0, 0])
    groups_by_axes = {name: groups for name, groups in axis_groups(axes)}
    for line in compiled.splitlines():
        match = re.match(r"\s*(?:ROOT )?%?\S+ = (.*?) (" + "|".join(KINDS) + r")(-start)?\(", line)
        if match is None:
            continue
        size = sum(type_bytes(part) for part in re.finditer(r"(\w+)\[([\d,]*)\]", match[1]))
        kind = match[2]
        axis = axes_of(line, kind, groups_by_axes)
        if kind == "reduce-scatter":
            size *= len(groups_by_axes.get(axis, [[0]])[0])
        found[kind, axis][0] += size
        found[kind, axis][1] += 1
    return [
        {"kind": kind, "axes": axis, "bytes": size, "count": number}
        for (kind, axis), (size, number) in sorted(found.items())
    ]


def type_bytes(match):
    bits = re.search(r"\d+$", match[1].replace("pred", "8"))
    return int(numpy.prod([int(size) for size in match[2].split(",") if size], dtype=numpy.int64)) * int(bits[0]) // 8


def axis_groups(axes):
    """The replica groups of every set of mesh axes."""
    sizes = [size for _, size in axes]
    ids = numpy.arange(numpy.prod(sizes)).reshape(sizes)
    for mask in range(1, 2 ** len(axes)):
        inside = [number for number in range(len(axes)) if mask >> number & 1]
        outside = [number for number in range(len(axes)) if not mask >> number & 1]
        width = int(numpy.prod([sizes[number] for number in inside]))
        groups = ids.transpose(*outside, *inside).reshape(-1, width)
        yield "+".join(axes[number][0] for number in inside), sorted(sorted(map(int, group)) for group in groups)


def axes_of(line, kind, groups_by_axes):
    if kind == "collective-permute":
        pairs = re.search(r"source_target_pairs=\{(.*?)\}\}", line)[1]
        moves = [tuple(map(int, pair)) for pair in re.findall(r"\{?(\d+),(\d+)", pairs)]
        fitting = [
            name
            for name, groups in groups_by_axes.items()
            if all(any(a in group and b in group for group in groups) for a, b in moves)
        ]
        return min(fitting, key=lambda name: name.count("+"), default="?")
    groups = replica_groups(line)
    if groups is None:
        return "?"
    groups = sorted(sorted(group) for group in groups)
    return next((name for name, expected in groups_by_axes.items() if expected == groups), "?")


def replica_groups(line):
    """The replica groups of a collective, of any of the three spellings; None when there are none."""
    listed = re.search(r"replica_groups=\{(\{.*?\})\}", line)
    if listed is not None:
        return [list(map(int, group.split(","))) for group in re.findall(r"\{([\d,]+)\}", listed[1])]
    tiled = re.search(r"replica_groups=\[([\d,]+)\]<=(\[[\d,]+\](?:T\([\d,]+\))?)", line)
    if tiled is not None:
        return iota(tiled[2]).reshape(numbers(tiled[1])).tolist()
    named = re.search(r"replica_groups=mesh\[(.*?)\](?:, device_ids=\((.*?\]?(?:T\([\d,]+\))?)\))? \{(.*?)\}", line)
    if named is None:
        return None
    axes = re.findall(r"'(\w+)'=(\d+)", named[1])
    sizes = [int(size) for _, size in axes]
    ids = iota(named[2]) if named[2] else numpy.arange(numpy.prod(sizes))
    inside = re.findall(r"'(\w+)'", named[3])
    order = [number for number, (name, _) in enumerate(axes) if name not in inside]
    order += [number for number, (name, _) in enumerate(axes) if name in inside]
    width = int(numpy.prod([size for (name, _), size in zip(axes, sizes) if name in inside]))
    return ids.reshape(sizes).transpose(order).reshape(-1, width).tolist()


def iota(text):
    """The device ids that `[2,4]T(1,0)` lists: 0 to 7 as 2 x 4, transposed, flat."""
    match = re.fullmatch(r"\[([\d,]+)\](?:T\(([\d,]+)\))?", text)
    shape = numbers(match[1])
    order = numbers(match[2]) if match[2] else range(len(shape))
    return numpy.arange(numpy.prod(shape)).reshape(shape).transpose(order).ravel()


def numbers(text):
    return [int(number) for number in text.split(",")]
