"""Traces a whole training step into a flat ATen graph, on fake tensors: shapes and storages, no values."""

import contextlib
import dataclasses
import logging

import torch
from torch.fx.experimental.proxy_tensor import get_proxy_mode, make_fx
from torch.overrides import TorchFunctionMode
from torch.utils import _pytree as pytree
from torch._subclasses.fake_tensor import DataDependentOutputException, FakeTensor, FakeTensorMode

from .errors import ExportError

STEADY_STEP = 1000
"""What counters of steps read as: late enough that no optimizer is still warming up."""

SCOPE = "skein_scope"
"""Key in the meta of a node: the path of the module that ran it, `model`, `loss`, `backward` or `optimizer`."""


@dataclasses.dataclass(frozen=True)
class TracedStep:
    """A training step as ATen calls in the order in which they ran, writes in place included."""

    graph: torch.fx.GraphModule
    """One placeholder per name in `names`; returns the loss, then every input as it is after the step."""
    names: tuple
    """Of the inputs: parameters, buffers, optimizer state, batch."""


def trace_training_step(model, batch, loss, optimizer):
    """Traces forward, loss, backward and one optimizer step that is not the first.

    `model` and `batch` (a pytree) hold real or fake tensors, `loss(model, batch)` returns one number as a tensor, and
    `optimizer(parameters)` makes a torch.optim optimizer. The model runs in the mode that it is in, and is left as it
    was. Throws ExportError.
    """
    _check_arguments(model, batch, loss, optimizer)
    fakes = _Fakes(model, batch)
    with fakes.mode:
        stepper = _warm_up(fakes, loss, optimizer)
    state = _tensors_of(stepper)
    tree = {"parameters": fakes.parameters, "buffers": fakes.buffers, "state": state, "batch": fakes.batch}
    leaves, spec = pytree.tree_flatten(tree)
    names = (
        *fakes.parameters,
        *fakes.buffers,
        *_state_names(stepper, fakes.parameters),
        *("batch" + pytree.keystr(path) for path, _ in pytree.tree_flatten_with_path(fakes.batch)[0]),
    )
    scopes = _Scopes()

    def step(*values):
        inputs = pytree.tree_unflatten(list(values), spec)
        with scopes.following(model):
            value, parameters, gradients = _differentiate(model, loss, inputs, scopes)
        state = _update(stepper, fakes.parameters, parameters, gradients, inputs["state"])
        scopes.enter("optimizer")
        return value, [*inputs["parameters"].values(), *inputs["buffers"].values(), *state]

    with _told("tracing the step"):
        graph = make_fx(step, tracing_mode="fake", _allow_non_fake_inputs=True)(*leaves)
    return TracedStep(graph, names)


def _check_arguments(model, batch, loss, optimizer):
    if not isinstance(model, torch.nn.Module):
        raise ExportError(f"the model is a {type(model).__name__}; give a torch.nn.Module")
    if not any(parameter.requires_grad for parameter in model.parameters()):
        raise ExportError("no parameter of the model requires a gradient; there is nothing to train")
    for path, leaf in pytree.tree_flatten_with_path(batch)[0]:
        if not isinstance(leaf, torch.Tensor):
            raise ExportError(
                f"batch{pytree.keystr(path)} is a {type(leaf).__name__}; give tensors, and bind the rest in the loss"
            )
    for value, what in ((loss, "loss"), (optimizer, "optimizer")):
        if not callable(value):
            form = "loss(model, batch)" if what == "loss" else "optimizer(parameters), such as torch.optim.Adam"
            raise ExportError(f"the {what} is a {type(value).__name__}; give a function {form}")


class _Fakes:
    """The tensors of a model and its batch without values, all of one mode."""

    def __init__(self, model, batch):
        tensors = [*model.parameters(), *model.buffers(), *pytree.tree_leaves(batch)]
        modes = {id(tensor.fake_mode): tensor.fake_mode for tensor in tensors if isinstance(tensor, FakeTensor)}
        if len(modes) > 1:
            raise ExportError("model and batch are fake tensors of different modes; make both in one FakeTensorMode")
        self.model = model
        self.mode = next(iter(modes.values()), None) or FakeTensorMode(allow_non_fake_inputs=True)
        # Parameters and buffers that two modules share have one name and one tensor.
        self.parameters = {name: self._fake(value) for name, value in model.named_parameters()}
        self.buffers = {name: self._fake(value) for name, value in model.named_buffers()}
        self.batch = pytree.tree_map(self._fake, batch)

    def _fake(self, tensor):
        return tensor if isinstance(tensor, FakeTensor) else self.mode.from_tensor(tensor)


def _warm_up(fakes, loss, optimizer):
    """An optimizer on the fake parameters that has all its state, as after its first step."""
    with _told("running the model"):
        inputs = {"parameters": fakes.parameters, "buffers": fakes.buffers, "batch": fakes.batch}
        _, parameters, gradients = _differentiate(fakes.model, loss, inputs, None)
    leaves = {name: value.detach().requires_grad_(value.requires_grad) for name, value in parameters.items()}
    with _told("making the optimizer"):
        stepper = optimizer(list(leaves.values()))
    if not isinstance(stepper, torch.optim.Optimizer):
        raise ExportError(f"the optimizer is a {type(stepper).__name__}; return a torch.optim.Optimizer")
    for name, parameter in leaves.items():
        parameter.grad = gradients.get(name)
    with _told("running the optimizer"):
        _run(stepper)
    fakes.parameters.update(leaves)
    return stepper


def _differentiate(model, loss, inputs, scopes):
    """The loss, the parameters as leaves of its graph, and the gradients of those that it depends on, by name."""
    parameters = {
        name: value.detach().requires_grad_(value.requires_grad) for name, value in inputs["parameters"].items()
    }
    trained = {name: parameter for name, parameter in parameters.items() if parameter.requires_grad}

    def run(model):
        value = loss(model, inputs["batch"])
        if scopes:
            scopes.enter("loss")
            scopes.stack[:] = ["backward"]
        _check_loss(value)
        found = torch.autograd.grad(value, list(trained.values()), allow_unused=True)
        if scopes:
            scopes.enter("backward")
        return value, found

    named = {f"model.{name}": value for name, value in {**parameters, **inputs["buffers"]}.items()}
    value, found = torch.func.functional_call(_Swapped(model), named, (run,))
    return value, parameters, {name: gradient for name, gradient in zip(trained, found) if gradient is not None}


def _check_loss(value):
    if not isinstance(value, torch.Tensor) or value.numel() != 1:
        found = f"shape {list(value.shape)}" if isinstance(value, torch.Tensor) else type(value).__name__
        raise ExportError(f"the loss is of {found}; return one number, for example its mean()")
    if not value.requires_grad:
        raise ExportError("the loss depends on no parameter that requires a gradient; see torch.no_grad and detach")


class _Swapped(torch.nn.Module):
    """Runs forward and backward while the parameters are swapped: checkpoints run modules in the backward pass."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, run):
        return run(self.model)


def _update(stepper, originals, parameters, gradients, state):
    """Runs the optimizer on other parameters and state tensors; returns the state tensors that it leaves."""
    swapped = {id(original): parameters[name] for name, original in originals.items()}
    places = _places(stepper)
    for group in stepper.param_groups:
        group["params"] = [swapped[id(parameter)] for parameter in group["params"]]
    for original in list(stepper.state):
        if id(original) in swapped:
            stepper.state[swapped[id(original)]] = dict(stepper.state.pop(original))
    for name, parameter in parameters.items():
        parameter.grad = gradients.get(name)
    moved = [(swapped[id(original)], key) for original, key in places]
    for (parameter, key), value in zip(moved, state):
        stepper.state[parameter][key] = value
    _run(stepper)
    return [stepper.state[parameter][key] for parameter, key in moved]


def _run(stepper):
    try:
        with _SteadyCounters():
            stepper.step()
    except TypeError as error:
        if "closure" in str(error):
            name = type(stepper).__name__
            raise ExportError(f"{name} evaluates the loss again inside its step; use one that does not") from error
        raise


class _SteadyCounters(TorchFunctionMode):
    """Answers what an optimizer reads from one-element tensors, its counters of steps, with `STEADY_STEP`."""

    READS = {torch.Tensor.item: float, torch.Tensor.__float__: float, torch.Tensor.__int__: int}

    def __torch_function__(self, function, types, args=(), kwargs=None):
        read = self.READS.get(function)
        if read is not None:
            return read(STEADY_STEP)
        return function(*args, **(kwargs or {}))


def _places(stepper):
    """Where the optimizer keeps tensors: (parameter, key of its state), in order of the parameters."""
    parameters = [parameter for group in stepper.param_groups for parameter in group["params"]]
    return [
        (parameter, key)
        for parameter in parameters
        for key, value in stepper.state.get(parameter, {}).items()
        if isinstance(value, torch.Tensor)
    ]


def _tensors_of(stepper):
    return [stepper.state[parameter][key] for parameter, key in _places(stepper)]


def _state_names(stepper, parameters):
    names = {id(parameter): name for name, parameter in parameters.items()}
    return [f"{names[id(parameter)]}.{key}" for parameter, key in _places(stepper)]


class _Scopes:
    """Writes into the nodes of the graph being traced which module they come from."""

    def __init__(self):
        self.stack = ["loss"]
        self.last = None

    def enter(self, scope):
        """Gives the nodes since the last call to `scope`."""
        for node in reversed(get_proxy_mode().tracer.graph.nodes):
            if node is self.last:
                break
            node.meta.setdefault(SCOPE, scope)
        self.last = next(reversed(get_proxy_mode().tracer.graph.nodes), None)

    @contextlib.contextmanager
    def following(self, model):
        """A context in which calls of the model's modules are noticed."""

        def before(path):
            def hook(module, args):
                self.enter(self.stack[-1])
                self.stack.append(path or "model")

            return hook

        def after(module, args, output):
            self.enter(self.stack.pop())

        handles = []
        for path, module in model.named_modules():
            handles.append(module.register_forward_pre_hook(before(path)))
            handles.append(module.register_forward_hook(after, always_call=True))
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()


@contextlib.contextmanager
def _told(what):
    """Turns what torch throws while it runs the user's code into an ExportError that says where."""
    log = logging.getLogger("torch._subclasses.fake_tensor")
    level = log.level
    # It prints the trace of what is thrown.
    log.setLevel(logging.CRITICAL)
    try:
        yield
    except ExportError:
        raise
    except DataDependentOutputException as error:
        raise ExportError(
            f"{what}: the code reads a value from a tensor ({error.func}), and values are not there; "
            "decide by shapes and settings instead"
        ) from error
    except Exception as error:
        text = str(error).strip().splitlines()
        raise ExportError(f"{what}: {type(error).__name__}: {text[0] if text else 'no message'}") from error
    finally:
        log.setLevel(level)
