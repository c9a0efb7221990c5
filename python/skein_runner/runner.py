"""Runs a planned step in a loop of your own. Needs JAX and numpy, and the plan.json and annotated.mlir beside it.

It is one file, long as it is, so that it can be taken along.

    from runner import load

    step, place = load()                                  # or load(folder): compiles the step for jax.devices()
    run = step.loop(dict(params=params, m=m, v=v, count=count), batches)
    for metrics in run:                                   # batches: an iterable of dict(tokens=..., labels=...)
        print(metrics["result.loss"])
    save(run.state)

`python runner.py --steps 100` runs on made inputs, to see that it works here and how long a step takes.

Arrays are given in the program's order, as arrays or as pytrees whose leaves are the inputs, or by name: the name of an
input, such as `params['wte']`, or of a pytree of them, such as `params`. `step.inputs` and `step.outputs` list them,
each with name, dtype, shape and sharding.

In several processes call `jax.distributed.initialize` before `load`, and let every process do the same steps in the
same order. A numpy array is the whole array and must be the same in each process, which copies the pieces of its own
devices only. Where no process has the whole, make the global array yourself:
`jax.make_array_from_callback(value.shape, value.sharding, callback)` with `value` from `step.inputs`.
"""

import argparse
import dataclasses
import difflib
import itertools
import json
import os
import re
import time
import warnings

import jax
import numpy
from jax.sharding import AxisType, Mesh, NamedSharding, PartitionSpec

# The version whose private interface `Executable` was written for.
JAX_VERSION = "0.10.2"


class RunnerError(ValueError):
    """What is wrong with a plan, the devices or an array, and what to do about it."""


@dataclasses.dataclass(frozen=True)
class Value:
    """An input or output of the program."""

    name: str
    element: str
    """Element type as StableHLO spells it."""
    shape: tuple
    sharding: NamedSharding

    @property
    def dtype(self):
        """Numpy's element type."""
        return numpy_dtype(self.element)

    def __str__(self):
        return f"{self.element}[{', '.join(map(str, self.shape))}] {self.sharding.spec}"


def load(directory=None, devices=None, state=None):
    """Reads and compiles the plan in `directory`, by default that of this file. Returns (step, place).

    `devices` are those to use, all that JAX has by default; their order does not matter. `state` says which output
    is fed back to which input, as pairs of names or positions, where the program's donation does not say it.
    """
    directory = directory or os.path.dirname(os.path.abspath(__file__))
    plan = json.loads(read(os.path.join(directory, "plan.json")))
    if plan.get("format") != "skein.plan/1" or "state" not in plan:
        raise RunnerError(f"{directory}/plan.json has no plan that this file can run; make it again")
    layouts = Layouts(plan["mesh"]["axes"], mesh_devices(plan, jax.devices() if devices is None else devices))
    inputs, outputs = (make_values(plan[kind], layouts) for kind in ("inputs", "outputs"))
    wide = any(value.element in ("i64", "ui64", "f64", "complex<f64>") for value in inputs + outputs)
    if wide and not jax.config.jax_enable_x64:
        raise RunnerError('the program has 64-bit values: jax.config.update("jax_enable_x64", True) before load')
    text = read(os.path.join(directory, "annotated.mlir"))
    check_arguments(text, inputs, directory)
    # The devices are compiled for in mesh order, so the program's own renumbering of them goes.
    text = re.sub(r"^(\s*sdy\.mesh @.*), device_ids=\[[^\]]*\]>", r"\1>", text, count=1, flags=re.MULTILINE)
    executable = Executable(text, layouts.devices)
    executable.check_shardings(inputs, outputs)
    step = Step(executable, layouts.mesh(), inputs, outputs, plan["state"] if state is None else state)
    return step, step.place


class Step:
    """The compiled step. `mesh` is that of the plan, `state` has pairs (output, input) of positions."""

    def __init__(self, executable, mesh, inputs, outputs, state):
        self.mesh = mesh
        self.inputs = inputs
        self.outputs = outputs
        self._executable = executable
        self._positions = {value.name: position for position, value in enumerate(inputs)}
        output_positions = {value.name: position for position, value in enumerate(outputs)}
        find = lambda table, key, kind: key if isinstance(key, int) else position_of(table, key, kind)
        self.state = [(find(output_positions, o, "output"), find(self._positions, i, "input")) for o, i in state]
        for output, position in self.state:
            if (outputs[output].shape, outputs[output].element) != (inputs[position].shape, inputs[position].element):
                raise RunnerError(f"output {outputs[output].name} cannot be fed back to input {inputs[position].name}")

    def __call__(self, *arguments, **named):
        """Runs one step on all inputs and returns the outputs, global arrays in the program's order; does not wait.

        Inputs that do not lie as planned are copied first. Of those that do the donated ones are consumed, as by a
        jitted function: take the outputs in their place. `step(*arrays)`, `step(params, tokens)`,
        `step(params=params, tokens=tokens)` and `step({"params": params, "tokens": tokens})` are alike.
        """
        everything = range(len(self.inputs))
        given = self._gather(arguments, named, everything)
        self._check_complete(given, everything)
        return self._execute({position: fit(self.inputs[position], array) for position, array in given.items()})

    def place(self, *arguments, **named):
        """Puts copies of arrays (of numpy or JAX) on the devices as the plan has them.

        `place(name, array)` or `place(position, array)` returns one global array; `place(*arrays)` or `place(params,
        tokens)`, all inputs in order, a list; `place({name: array})` or `place(params=params)`, any of them, a dict by
        the names of inputs.
        """
        first = arguments[0] if arguments else None
        if len(arguments) == 2 and isinstance(first, (str, int)) and not isinstance(first, bool) and not named:
            position = position_of(self._positions, first, "input") if isinstance(first, str) else first
            if not 0 <= position < len(self.inputs):
                raise RunnerError(f"there is no input {position}; the program has {len(self.inputs)}")
            return fit(self.inputs[position], arguments[1], copy=True)
        by_name = named or (len(arguments) == 1 and isinstance(first, dict))
        given = self._gather(arguments, named, range(len(self.inputs)))
        placed = {position: fit(self.inputs[position], array, copy=True) for position, array in given.items()}
        if by_name:
            return {self.inputs[position].name: array for position, array in placed.items()}
        return list(placed.values())

    def loop(self, state, batches):
        """Iterates over `batches`, feeding the state back, and yields the other outputs of each step as a dict by name.

        `state` and each batch are given by name in a dict, or in the program's order: a list or tuple of arrays or
        pytrees, or one array. The state are the inputs that outputs replace, a batch has all others.
        The loop's `state` is a dict by input name, between two steps the newest. As with a step, what lies as planned
        is consumed where it is donated.
        """
        return Loop(self, state, batches)

    def _gather(self, arguments, named, wanted):
        """{position: array} of what was given, by name or in the order of the positions `wanted`."""
        if len(arguments) == 1 and isinstance(arguments[0], dict):
            named, arguments = {**arguments[0], **named}, ()
        if not named:
            leaves = jax.tree.leaves(arguments)
            if len(leaves) != len(wanted):
                raise RunnerError(f"{len(leaves)} arrays are given, {len(wanted)} wanted: {self._names(wanted)}")
            return dict(zip(wanted, leaves))
        if arguments:
            raise RunnerError("give arrays in order or by name, not both")
        found = {}
        for root, tree in named.items():
            for path, leaf in jax.tree_util.tree_leaves_with_path(tree):
                name = root + jax.tree_util.keystr(path)
                found[position_of(self._positions, name, "input")] = leaf
        unwanted = sorted(found.keys() - set(wanted))
        if unwanted:
            raise RunnerError(f"{self._names(unwanted)} given, where this is wanted: {self._names(wanted)}")
        return found

    def _check_complete(self, given, wanted):
        missing = [position for position in wanted if position not in given]
        if missing:
            raise RunnerError(f"{len(missing)} inputs are missing: {self._names(missing)}")

    def _names(self, positions):
        names = [self.inputs[position].name for position in positions]
        return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")

    def _execute(self, arrays):
        parts = self._executable([arrays[position] for position in range(len(self.inputs))])
        return [
            jax.make_array_from_single_device_arrays(value.shape, value.sharding, pieces)
            for value, pieces in zip(self.outputs, parts)
        ]


class Loop:
    """Steps over batches; see `Step.loop`."""

    def __init__(self, step, state, batches):
        self._step = step
        self._batches = iter(batches)
        self._state_inputs = sorted(position for _, position in step.state)
        self._batch_inputs = sorted(set(range(len(step.inputs))) - set(self._state_inputs))
        fed_back = {output for output, _ in step.state}
        self._metrics = [(o, value.name) for o, value in enumerate(step.outputs) if o not in fed_back]
        self._arrays = self._place(state, self._state_inputs)

    @property
    def state(self):
        """The newest state by input name; a further step consumes it where it is donated."""
        return {self._step.inputs[position].name: self._arrays[position] for position in self._state_inputs}

    def __iter__(self):
        return self

    def __next__(self):
        batch = self._place(next(self._batches), self._batch_inputs)
        outputs = self._step._execute(self._arrays | batch)
        self._arrays = {i: fit(self._step.inputs[i], outputs[output]) for output, i in self._step.state}
        return {name: outputs[output] for output, name in self._metrics}

    def _place(self, given, wanted):
        arguments = tuple(given) if isinstance(given, (list, tuple)) else (given,)
        found = self._step._gather(arguments, {}, wanted)
        self._step._check_complete(found, wanted)
        return {position: fit(self._step.inputs[position], array) for position, array in found.items()}


def fit(value, array, copy=False):
    """The array as the plan has it: without `copy` itself where it lies so already, else one that may be donated."""
    if isinstance(array, jax.Array):
        if array.is_deleted():
            raise RunnerError(f"{value.name} was donated to an earlier step; use the output that took its place")
        if jax.dtypes.issubdtype(array.dtype, jax.dtypes.prng_key):
            array = jax.random.key_data(array)
    elif isinstance(array, int) or (isinstance(array, float) and value.dtype.kind not in "biu"):
        array = numpy.asarray(array, value.dtype)
    else:
        array = numpy.asarray(array)
        array = array.astype(jax.dtypes.canonicalize_dtype(array.dtype), copy=False)
    if array.shape != value.shape or array.dtype != value.dtype:
        raise RunnerError(f"{value.name} is {array.dtype}{list(array.shape)} here, but the program takes {value}")
    if isinstance(array, jax.Array) and (jax.process_count() == 1 or not array.is_fully_addressable):
        if not copy and array.sharding.is_equivalent_to(value.sharding, array.ndim):
            return array
        # device_put keeps pieces that are on their device already, which donation would take from the original.
        return jax.device_put(array, value.sharding).copy()
    whole = numpy.asarray(array)
    pieces = value.sharding.addressable_devices_indices_map(value.shape)
    # Copies, for JAX reads a numpy array where it lies when it can, and the caller may fill it anew.
    parts = [jax.device_put(numpy.array(whole[index]), device) for device, index in pieces.items()]
    return jax.make_array_from_single_device_arrays(value.shape, value.sharding, parts)


class Layouts:
    """Makes NamedShardings of the plan's notation: `[{dp}, {}, {tp:(2)2}]` has a pair of braces per dimension.

    `tp:(2)2` is the part of axis tp of size 2 that has 2 places major to it. JAX knows whole axes only, so such a
    sharding gets a mesh in which tp stands apart as axes named like its parts.
    """

    def __init__(self, axes, devices):
        self.devices = devices
        self._axes = axes
        self._meshes = {}

    def sharding(self, text):
        body = text[: text.index("]")]
        words = [[word.strip() for word in d.split(",")] for d in re.findall(r"\{([^}]*)\}", body)]
        dimensions = [tuple(word for word in dimension if word not in ("", "?")) for dimension in words]
        parts = sorted(word for dimension in dimensions for word in dimension if ":" in word)
        return NamedSharding(self.mesh(tuple(parts)), PartitionSpec(*[names or None for names in dimensions]))

    def mesh(self, parts=()):
        if parts not in self._meshes:
            names, sizes = zip(*[axis for whole in self._axes for axis in self._split(*whole, parts)])
            types = (AxisType.Auto,) * len(names)
            self._meshes[parts] = Mesh(numpy.array(self.devices).reshape(sizes), names, axis_types=types)
        return self._meshes[parts]

    def _split(self, axis, size, parts):
        """Name and size of the axes in place of one that has such parts."""
        cuts = {1, size}
        for before, length in re.findall(rf"\b{axis}:\((\d+)\)(\d+)", " ".join(parts)):
            cuts |= {int(before), int(before) * int(length)}
        cuts = sorted(cuts)
        if any(high % low for low, high in zip(cuts, cuts[1:])):
            raise RunnerError(f"axis {axis} of {size} cannot be taken apart as {', '.join(parts)}")
        if len(cuts) <= 2:
            return [(axis, size)]
        return [(f"{axis}:({low}){high // low}", high // low) for low, high in zip(cuts, cuts[1:])]


def mesh_devices(plan, devices):
    """The devices in mesh order. The plan counts them in the order of their ids, which have gaps between processes."""
    axes = plan["mesh"]["axes"]
    count = int(numpy.prod([size for _, size in axes]))
    devices = sorted(devices, key=lambda device: device.id)
    if len(devices) != count:
        mesh = ",".join(f"{name}={size}" for name, size in axes)
        message = f"the plan's mesh {mesh} takes {count} devices, but there are {len(devices)} ({devices[0].platform})"
        if len(devices) > count:
            raise RunnerError(f"{message}; say which: load(directory, devices=jax.devices()[:{count}])")
        cpu = f'; first of all, jax.config.update("jax_num_cpu_devices", {count}) makes virtual ones'
        raise RunnerError(message + (cpu if devices[0].platform == "cpu" else "; plan for as many as there are"))
    order = plan["mesh"].get("deviceIds", list(range(count)))
    if sorted(order) != list(range(count)):
        raise RunnerError(f"the plan's deviceIds {order} do not name each of {count} devices once")
    return [devices[index] for index in order]


def make_values(planned, layouts):
    """The values of a list in the plan. Names that occur again get their position, so that all are different."""
    seen, values = set(), []
    for position, entry in enumerate(planned):
        element, dimensions = re.fullmatch(r"(.+)\[([\d, ]*)\]", entry["type"]).groups()
        name = f"{entry['name']}#{position}" if entry["name"] in seen else entry["name"]
        seen.add(name)
        shape = tuple(int(size) for size in dimensions.split(",") if size.strip())
        values.append(Value(name, element, shape, layouts.sharding(entry["sharding"])))
    return values


def numpy_dtype(element):
    """Numpy's type for StableHLO's spelling of it."""
    names = {"i1": "bool", "bf16": "bfloat16", "complex<f32>": "complex64", "complex<f64>": "complex128"}
    if element in names:
        return jax.numpy.dtype(names[element])
    kind, rest = re.fullmatch(r"(u?i|f)(\w+)", element).groups()
    prefix = {"i": "int", "ui": "uint", "f": "float"}[kind]
    return jax.numpy.dtype(prefix + (rest if rest.isdigit() else re.sub("^(.)e", r"\1_e", rest.lower())))


def check_arguments(text, inputs, directory):
    """Throws where the program's arguments are not the plan's inputs."""
    header = re.search(r"^ *func\.func (?:public )?@main\((.*)$", text, re.MULTILINE)
    found = re.findall(r"%\w+: tensor<(.*?)>(?=[ ,)]|$)", header[1].split(") -> ")[0]) if header else None
    if found != ["x".join([*map(str, value.shape), value.element]) for value in inputs]:
        raise RunnerError(f"plan.json and annotated.mlir in {directory} do not belong together; make them again")


def position_of(positions, name, kind):
    """The position of a name; throws with the nearest ones."""
    if name in positions:
        return positions[name]
    near = difflib.get_close_matches(name, positions, 3, 0.5) or list(positions)[:6]
    raise RunnerError(f"there is no {kind} {name}; did you mean {', '.join(near)}?")


def read(path):
    """The text of a file."""
    with open(path) as file:
        return file.read()


class Executable:
    """A compiled program. All that is not JAX's public interface is named in this class and nowhere else."""

    def __init__(self, text, devices):
        if jax.__version__ != JAX_VERSION:
            warnings.warn(f"this file was written for JAX {JAX_VERSION} and may not work with {jax.__version__}")
        from jax.extend import backend

        ids = numpy.array([[device.id for device in devices]])
        options = backend.get_compile_options(num_replicas=1, num_partitions=len(devices), device_assignment=ids)
        self._devices = devices
        self._loaded = backend.get_backend(devices[0].platform).compile_and_load(text, devices, options)

    def __call__(self, arrays):
        """Starts the program on global arrays; returns for each output its arrays on this process's devices."""
        return self._loaded.execute_sharded(arrays).disassemble_into_single_device_arrays()

    def check_shardings(self, inputs, outputs):
        """Checks that what was compiled cuts its values as the plan says."""
        from jax._src.lib import xla_client
        from jax._src.sharding_impls import GSPMDSharding

        # One partition has no shardings at all; whole values may come as maximal or unknown.
        if len(self._devices) == 1:
            return
        compiled = self._loaded.get_parameter_shardings() + self._loaded.get_output_shardings()
        for value, proto in zip(inputs + outputs, compiled, strict=True):
            hlo = xla_client.HloSharding.from_proto(proto)
            hlo = hlo if hlo.is_tiled() else xla_client.HloSharding.replicate()
            sharding = GSPMDSharding(tuple(self._devices), hlo)
            if not sharding.is_equivalent_to(value.sharding, len(value.shape)):
                raise RunnerError(f"{value.name} was compiled as {sharding}, but planned as {value}")


def made_array(value, random):
    """Numbers that no step minds: small positive floats, as roots of moments need, and integers of 0 and 1."""
    if value.dtype.kind in "iub":
        return random.integers(0, 2, value.shape).astype(value.dtype)
    return (0.02 * random.random(value.shape, numpy.float32)).astype(value.dtype)


def main():
    """Runs the command."""
    parser = argparse.ArgumentParser(description="Runs the planned step on made inputs.")
    parser.add_argument("--steps", type=int, default=10, help="steps to run (default: 10)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the inputs (default: 0)")
    options = parser.parse_args()
    axes = json.loads(read(os.path.join(os.path.dirname(os.path.abspath(__file__)), "plan.json")))["mesh"]["axes"]
    jax.config.update("jax_num_cpu_devices", int(numpy.prod([size for _, size in axes])))
    jax.config.update("jax_enable_x64", True)
    start = time.perf_counter()
    step, place = load()
    print(f"mesh {dict(axes)} on {jax.devices()[0].device_kind}, ready after {time.perf_counter() - start:.1f} s")
    random = numpy.random.default_rng(options.seed)
    made = place({value.name: made_array(value, random) for value in step.inputs})
    state = {step.inputs[position].name: made.pop(step.inputs[position].name) for _, position in step.state}
    seconds = []
    for number, metrics in enumerate(step.loop(state, itertools.repeat(made, options.steps)), 1):
        jax.block_until_ready(metrics)
        seconds.append(time.perf_counter() - start)
        scalars = [f"{name} {array.item():.6g}" for name, array in metrics.items() if array.ndim == 0]
        if number in (1, options.steps):
            print(f"step {number}: {', '.join(scalars)}")
    between = numpy.diff(seconds)
    if between.size > 0:
        print(f"a step takes {numpy.median(between) * 1e3:.3g} ms")


if __name__ == "__main__":
    main()
