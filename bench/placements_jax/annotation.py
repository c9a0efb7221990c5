"""Puts pins into a program as Shardy attributes and constraints, with nothing else decided."""

import re

import numpy
from jax._src.interpreters import mlir
from jax.sharding import PartitionSpec
from jaxlib.mlir import ir
from jaxlib.mlir.dialects import sdy


class PinError(ValueError):
    """A pin that matches nothing, or does not fit what it matches."""


def annotate(text, pins):
    """The text with the pins put in as mesh, attributes and constraints, and a PartitionSpec per argument.

    Throws PinError.
    """
    context = mlir.make_ir_context()
    with context, ir.Location.unknown():
        module = ir.Module.parse(text)
        axes = ", ".join(f'"{name}"={size}' for name, size in pins["mesh"]["axes"])
        with ir.InsertionPoint.at_block_begin(module.body):
            sdy.MeshOp("mesh", ir.Attribute.parse(f"#sdy.mesh<[{axes}]>"))
        partitions = numpy.prod([size for _, size in pins["mesh"]["axes"]])
        module.operation.attributes["mhlo.num_partitions"] = ir.Attribute.parse(f"{partitions} : i32")
        functions = [op for op in module.body.operations if op.operation.name == "func.func"]
        main_function = next(op for op in functions if op.sym_name.value == "main")
        specs = annotate_arguments(main_function, pins["pins"])
        constrain(main_function.regions[0].blocks[0], pins["pins"])
        return str(module), specs


def annotate_arguments(main_function, pins):
    """Gives each argument, and the result that takes its buffer, the sharding of its last pin; whole without one."""
    pins = [pin for pin in pins if not pin["match"].startswith("scope:")]
    used, specs, attributes = set(), [], []
    results = [entries(attribute) for attribute in main_function.attributes["res_attrs"]]
    for argument, attribute in zip(main_function.arguments, main_function.attributes["arg_attrs"]):
        name, rank = argument.location.name_str, len(argument.type.shape)
        hits = [number for number, pin in enumerate(pins) if matches(pin["match"], name)]
        used.update(hits)
        chosen = pins[hits[-1]]["sharding"] if hits else f"[{', '.join(['{}'] * rank)}]"
        if len(dimensions(chosen)) != rank:
            raise PinError(f"the pin {chosen} does not fit {name}, of {rank} dimensions")
        sharding = ir.Attribute.parse(f"#sdy.sharding<@mesh, {quote(chosen)}>")
        old = entries(attribute)
        attributes.append(ir.DictAttr.get(old | {"sdy.sharding": sharding}))
        specs.append(PartitionSpec(*[tuple(dimension) for dimension in dimensions(chosen)]))
        if "tf.aliasing_output" in old:
            results[ir.IntegerAttr(old["tf.aliasing_output"]).value]["sdy.sharding"] = sharding
    check_used(pins, used, "argument")
    main_function.attributes["arg_attrs"] = ir.ArrayAttr.get(attributes)
    main_function.attributes["res_attrs"] = ir.ArrayAttr.get([ir.DictAttr.get(result) for result in results])
    return specs


def constrain(block, pins):
    """Constrains the first result of each operation whose scope a pin of as many dimensions matches; the last wins."""
    pins = [pin for pin in pins if pin["match"].startswith("scope:")]
    used = set()
    for operation in list(block.operations):
        scope = getattr(operation.location, "name_str", "")
        hits = [
            number
            for number, pin in enumerate(pins)
            if matches(pin["match"].removeprefix("scope:"), scope)
            and len(dimensions(pin["sharding"])) == len(operation.results[0].type.shape)
        ]
        if not hits:
            continue
        used.update(hits)
        sharding = ir.Attribute.parse(f"#sdy.sharding<@mesh, {quote(pins[hits[-1]]['sharding'])}>")
        with ir.InsertionPoint.after(operation.operation):
            made = sdy.ShardingConstraintOp(operation.results[0], sharding)
        operation.results[0].replace_all_uses_except(made.result, made.operation)
    check_used(pins, used, "operation")


def check_used(pins, used, kind):
    unused = [pin for number, pin in enumerate(pins) if number not in used]
    if unused:
        raise PinError(f"no {kind} matches the pin {unused[0]['match']}={unused[0]['sharding']}")


def matches(glob, name):
    """True when a glob of `*` and `?` matches the whole name."""
    return re.fullmatch(re.escape(glob).replace(r"\*", ".*").replace(r"\?", "."), name) is not None


def dimensions(sharding):
    """The axes of each dimension of `[{a,b}, {}]`."""
    return [[axis.strip() for axis in part.split(",") if axis.strip()] for part in re.findall(r"\{(.*?)\}", sharding)]


def quote(sharding):
    return re.sub(r"([A-Za-z_]\w*)", r'"\1"', sharding)


def entries(attribute):
    return {named.name: named.attr for named in ir.DictAttr(attribute)}
