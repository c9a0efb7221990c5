"""Turns a traced step into a memory problem: operators, tensors by storage, and what is written in place."""

import dataclasses

import torch

from .errors import ExportError
from .tracing import SCOPE

FORMAT = "skein.memory/1"
ALIGNMENT_BYTES = 64

# Kernels that write running statistics (arguments 3 and 4) when training (argument 5), though no schema says so.
_SILENT_NORMS = ("aten::native_batch_norm", "aten::cudnn_batch_norm", "aten::miopen_batch_norm")

# What they write does not depend on what was there.
_OVERWRITES = ("copy_", "zero_", "fill_", "normal_", "uniform_", "bernoulli_", "exponential_", "random_")


@dataclasses.dataclass
class _Tensor:
    """The bytes of one storage between two writes."""

    name: str
    size_bytes: int
    kind: str = "made"
    is_output: bool = False


@dataclasses.dataclass(frozen=True)
class _Operator:
    name: str
    inputs: tuple
    outputs: tuple


def problem_of_step(traced, name):
    """The `skein.memory/1` problem of a `TracedStep`, as plain data for JSON.

    A tensor is a storage, with the bytes of the storage. Views are no operators: who reads one reads its storage. A
    write in place makes a new tensor: `mustReuse` of inputs, and where only a part is written; otherwise `mayReuse`.
    Results of element-wise operators may take over operands of the same layout. What neither the loss nor an updated
    input needs is left out. Operators stand in the order in which they ran. Throws ExportError for a loss that is
    nothing new.
    """
    memory = _Memory()
    memory.read(traced)
    return memory.to_json(name)


class _Memory:
    """The problem as it grows, node by node. Tensors are numbers in order of their making."""

    def __init__(self):
        self.tensors = []
        self.operators = []
        # Storage -> the tensor whose bytes it holds now.
        self.holds = {}
        # Storage -> the tensor that it held before the step.
        self.inputs = {}
        # Result -> the tensors that it may take over, or the one that it must.
        self.may_reuse = {}
        self.must_reuse = {}

    def read(self, traced):
        """Takes in all nodes of a traced step."""
        values = {}
        names = iter(traced.names)
        inputs = []
        for node in traced.graph.graph.nodes:
            values[node] = node.meta.get("val")
            if node.op == "placeholder":
                self._add_input(next(names), values[node], "kept")
                inputs.append(values[node])
            elif node.op == "get_attr":
                values[node] = getattr(traced.graph, node.target)
                self._add_input(node.name, values[node], "constant")
            elif node.op == "call_function" and isinstance(node.target, torch._ops.OpOverload):
                self._add_call(node, _arguments(node, values), _tensors(values[node]))
            elif node.op == "output":
                loss, after = torch.fx.node.map_arg(node.args[0], values.get)
                self._finish(loss, list(zip(inputs, after)))

    def _add_input(self, name, value, kind):
        storage = _storage(value)
        if storage not in self.holds:
            self.inputs[storage] = self.holds[storage] = self._add_tensor(name, value, kind)

    def _add_tensor(self, name, value, kind="made"):
        self.tensors.append(_Tensor(name, value.untyped_storage().nbytes(), kind))
        return len(self.tensors) - 1

    def _add_call(self, node, arguments, returned):
        """Adds an operator, unless the call only makes views."""
        written = [value for value, is_written in arguments if is_written]
        fresh = [value for value in returned if _storage(value) not in self.holds]
        changed = list({_storage(value): value for value in [*written, *fresh]}.values())
        if not changed:
            return
        replaced = {_storage(value) for value in written if _is_whole(value)} if _overwrites(node) else set()
        operands = [
            (value, self.holds[_storage(value)]) for value, _ in arguments if _storage(value) not in replaced
        ]
        held = dict(self.holds)
        outputs = []
        for number, value in enumerate(changed):
            name = node.name if len(changed) == 1 else f"{node.name}.{number}"
            outputs.append(self._add_tensor(name, value))
            self.holds[_storage(value)] = outputs[-1]
        for output, value in zip(outputs, changed):
            self._add_reuse(node, output, value, held.get(_storage(value)), _storage(value) in replaced, operands)
        scope = node.meta.get(SCOPE)
        name = f"{scope}/{node.name}" if scope else node.name
        self.operators.append(_Operator(name, tuple(dict.fromkeys(tensor for _, tensor in operands)), tuple(outputs)))

    def _add_reuse(self, node, output, value, old, is_replaced, operands):
        is_pointwise = torch.Tag.pointwise in node.target.tags
        is_partial = not (is_replaced or is_pointwise and _is_whole(value))
        if old is not None and (is_partial or _storage(value) in self.inputs):
            self.must_reuse[output] = old
        elif is_pointwise:
            takes = dict.fromkeys(tensor for other, tensor in operands if _has_layout_of(value, other))
            self.may_reuse[output] = list(takes)

    def _finish(self, loss, inputs):
        """Marks outputs: the loss, and what inputs become. `inputs`: pairs of each before and after the step."""
        result = self.tensors[self.holds[_storage(loss)]]
        if result.kind != "made":
            raise ExportError(f"the loss is {result.name} itself; compute it from the batch and the parameters")
        result.is_output = True
        later = {_storage(before): self.holds[_storage(after)] for before, after in inputs}
        for storage, tensor in self.inputs.items():
            # Most are written in place; an optimizer may also put another tensor into its state.
            now = self.holds[storage] if self.holds[storage] != tensor else later.get(storage, tensor)
            if now != tensor:
                self.tensors[tensor].kind = "donated"
                self.tensors[now].is_output = True

    def to_json(self, name):
        """The problem as plain data, without what no output needs."""
        operators = self._needed_operators()
        kept = {tensor for operator in operators for tensor in (*operator.inputs, *operator.outputs)}
        kept.update(number for number, tensor in enumerate(self.tensors) if tensor.kind in ("kept", "donated"))
        index = {tensor: place for place, tensor in enumerate(sorted(kept))}
        return {
            "format": FORMAT,
            "name": name,
            "alignmentBytes": ALIGNMENT_BYTES,
            "tensors": [_tensor_json(self.tensors[tensor]) for tensor in index],
            "operators": [
                {
                    "name": operator.name,
                    "inputs": [index[tensor] for tensor in operator.inputs],
                    "outputs": [index[tensor] for tensor in operator.outputs],
                }
                for operator in operators
            ],
            "aliases": [
                {"kind": kind, "tensor": index[tensor], "of": index[old]}
                for kind, tensor, old in self._aliases()
                if tensor in index and old in index
            ],
        }

    def _needed_operators(self):
        needed = {number for number, tensor in enumerate(self.tensors) if tensor.is_output}
        found = []
        for operator in reversed(self.operators):
            if needed.isdisjoint(operator.outputs):
                continue
            needed.update(operator.inputs)
            # A part that is not overwritten stays.
            needed.update(self.must_reuse[output] for output in operator.outputs if output in self.must_reuse)
            found.append(operator)
        return found[::-1]

    def _aliases(self):
        """(kind, result, tensor that was there first). Nothing takes over what is never given up."""
        overwritten = set(self.must_reuse.values())
        for tensor in range(len(self.tensors)):
            if tensor in self.must_reuse:
                yield "mustReuse", tensor, self.must_reuse[tensor]
            for old in self.may_reuse.get(tensor, ()):
                previous = self.tensors[old]
                if old not in overwritten and not previous.is_output and previous.kind in ("made", "donated"):
                    yield "mayReuse", tensor, old


def _tensor_json(tensor):
    found = {"name": tensor.name, "sizeBytes": tensor.size_bytes}
    if tensor.kind != "made":
        found["kind"] = tensor.kind
    if tensor.is_output:
        found["output"] = True
    return found


def _arguments(node, values):
    """The tensors that a call gets, each with whether the call writes it."""
    schema = node.target._schema
    silent = schema.name in _SILENT_NORMS and node.args[5]
    found = []
    for number, argument in enumerate(schema.arguments):
        given = node.args[number] if number < len(node.args) else node.kwargs.get(argument.name)
        is_written = argument.alias_info is not None and argument.alias_info.is_write or silent and number in (3, 4)
        nodes = []
        torch.fx.node.map_arg(given, nodes.append)
        found.extend((value, bool(is_written)) for node in nodes for value in _tensors(values[node]))
    return found


def _tensors(value):
    """The tensors of what a call returned: one, or a list with gaps."""
    if isinstance(value, torch.Tensor):
        return [value]
    return [tensor for entry in value for tensor in _tensors(entry)] if isinstance(value, (list, tuple)) else []


def _overwrites(node):
    return node.target._schema.name.removeprefix("aten::") in _OVERWRITES


def _storage(value):
    """Tells storages apart. The graph keeps all its tensors, so that no storage takes the place of another."""
    return value.untyped_storage()._cdata


def _is_whole(value):
    """True when the tensor covers its storage."""
    return value.storage_offset() == 0 and value.numel() * value.element_size() == value.untyped_storage().nbytes()


def _has_layout_of(value, other):
    """True when every element of one lies in its storage where that element of the other lies in its own."""
    return (
        value.shape == other.shape
        and value.stride() == other.stride()
        and value.element_size() == other.element_size()
        and value.storage_offset() == other.storage_offset()
        and value.untyped_storage().nbytes() == other.untyped_storage().nbytes()
    )
