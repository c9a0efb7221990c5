"""Puts pins into a program as Shardy attributes and constraints, with nothing else decided."""

import re
import sys

import numpy
from jax._src.interpreters import mlir
from jax.sharding import PartitionSpec
from jaxlib.mlir import ir
from jaxlib.mlir.dialects import sdy


def annotate(text, pins):
    """The text with the mesh, argument and result shardings and constraints of the pins, and a PartitionSpec per argument."""
    context = mlir.make_ir_context()
    with context, ir.Location.unknown():
        module = ir.Module.parse(text)
        axes = ", ".join(f'"{name}"={size}' for name, size in pins["mesh"]["axes"])
        with ir.InsertionPoint.at_block_begin(module.body):
            sdy.MeshOp("mesh", ir.Attribute.parse(f"#sdy.mesh<[{axes}]>"))
        partitions = numpy.prod([size for _, size in pins["mesh"]["axes"]])
        module.operation.attributes["mhlo.num_partitions"] = ir.Attribute.parse(f"{partitions} : i32")
        main_function = next(op for op in module.body.operations if op.operation.name == "func.func" and op.sym_name.value == "main")
        specs = annotate_arguments(main_function, pins["pins"])
        constrain(main_function.regions[0].blocks[0], pins["pins"])
        return str(module), specs


def annotate_arguments(main_function, pins):
    used, specs, attributes = set(), [], []
    results = [dict_of(entry) for entry in main_function.attributes["res_attrs"]]
    for argument, entry in zip(main_function.arguments, main_function.attributes["arg_attrs"]):
        rank = len(argument.type.shape)
        sharding = ", ".join(["{}"] * rank)
        for number, pin in enumerate(pins):
            if not pin["match"].startswith("scope:") and matches(pin["match"], argument.location.name_str):
                used.add(number)
                if len(dimensions(pin["sharding"])) != rank:
                    sys.exit(f"pin {pin} does not fit {argument.location.name_str}, of rank {rank}")
                sharding = pin["sharding"][1:-1]
        attribute = ir.Attribute.parse(f"#sdy.sharding<@mesh, [{quote(sharding)}]>")
        entry = dict_of(entry) | {"sdy.sharding": attribute}
        attributes.append(ir.DictAttr.get(entry))
        specs.append(PartitionSpec(*[tuple(dimension) for dimension in dimensions(f"[{sharding}]")]))
        if "tf.aliasing_output" in entry:
            results[ir.IntegerAttr(entry["tf.aliasing_output"]).value]["sdy.sharding"] = attribute
    unused = [pin["match"] for number, pin in enumerate(pins) if number not in used and not pin["match"].startswith("scope:")]
    if unused:
        sys.exit(f"no argument matches {unused[0]}")
    main_function.attributes["arg_attrs"] = ir.ArrayAttr.get(attributes)
    main_function.attributes["res_attrs"] = ir.ArrayAttr.get([ir.DictAttr.get(entry) for entry in results])
    return specs


def constrain(block, pins):
    scoped = [pin for pin in pins if pin["match"].startswith("scope:")]
    used = set()
    for operation in list(block.operations):
        scope = getattr(operation.location, "name_str", "")
        chosen = None
        for number, pin in enumerate(scoped):
            if matches(pin["match"][len("scope:"):], scope) and len(dimensions(pin["sharding"])) == len(operation.results[0].type.shape):
                chosen = pin
                used.add(number)
        if chosen is None:
            continue
        sharding = ir.Attribute.parse(f"#sdy.sharding<@mesh, {quote(chosen['sharding'])}>")
        with ir.InsertionPoint.after(operation.operation):
            made = sdy.ShardingConstraintOp(operation.results[0], sharding)
        operation.results[0].replace_all_uses_except(made.result, made.operation)
    for number, pin in enumerate(scoped):
        if number not in used:
            sys.exit(f"no operation matches {pin['match']} {pin['sharding']}")


def matches(glob, name):
    """True when a glob of `*` and `?` matches the whole name."""
    return re.fullmatch(re.escape(glob).replace(r"\*", ".*").replace(r"\?", "."), name) is not None


def dimensions(sharding):
    """The axes of each dimension of `[{a,b}, {}]`."""
    return [[axis.strip() for axis in part.split(",") if axis.strip()] for part in re.findall(r"\{(.*?)\}", sharding)]


def quote(sharding):
    return re.sub(r"([A-Za-z_]\w*)", r'"\1"', sharding)


def dict_of(attribute):
    return {entry.name: entry.attr for entry in ir.DictAttr(attribute)}
