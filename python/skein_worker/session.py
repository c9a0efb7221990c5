"""The state of one worker process, and the methods that the driver calls on it."""

import ctypes
import gc
import os
import sys
import time

from .dtypes import dtype_name, numpy_dtype
from .protocol import WorkerError


WORTH_RETURNING_BYTES = 64 << 20


class Session:
    """Programs and buffers by the ids that the driver gave them."""

    def __init__(self, options):
        self._options = options
        self._programs = {}
        self._buffers = {}
        self._retired = []

    def tidy(self):
        """Frees what the last call left over; called when its answer is sent."""
        self._retired = []

    def hello(self, _params):
        """Starts JAX, joins the other processes and reports versions and devices."""
        import jax
        import jaxlib
        import numpy

        jax.config.update("jax_enable_x64", True)
        if self._options.processes > 1:
            jax.config.update("jax_cpu_collectives_implementation", "gloo")
            jax.distributed.initialize(
                self._options.coordinator, self._options.processes, self._options.process, initialization_timeout=120
            )
        devices = jax.devices(self._options.platform)
        # What is there now stays: the collector need not look at it again, which would delay single steps.
        gc.freeze()
        return {
            "versions": {
                "python": sys.version.split()[0],
                "jax": jax.__version__,
                "jaxlib": jaxlib.__version__,
                "numpy": numpy.__version__,
            },
            "platform": devices[0].platform,
            "devices": [
                {"id": device.id, "process": device.process_index, "kind": device.device_kind}
                for device in sorted(devices, key=lambda device: (device.process_index, device.id))
            ],
            "pid": os.getpid(),
        }

    def compile(self, params):
        """{executable, path, devices: ids in mesh order, hloPath} -> seconds, memory, flops, parameters, shardings."""
        import jax

        from . import xla_api

        by_id = {device.id: device for device in jax.devices(self._options.platform)}
        with open(params["path"], "rb") as file:
            text = file.read()
        text = text if text.startswith(b"ML\xefR") else text.decode()
        start = time.perf_counter()
        program = xla_api.compile_text(text, [by_id[id_] for id_ in params["devices"]], self._options.platform)
        seconds = time.perf_counter() - start
        if params.get("hloPath"):
            with open(params["hloPath"], "w") as file:
                file.write(program.hlo_text)
        program.hlo_text = ""
        self._programs[params["executable"]] = program
        return {
            "seconds": seconds,
            "memory": program.memory(),
            "flops": program.flops(),
            "parameters": [{"dtype": dtype, "shape": list(shape)} for dtype, shape in program.parameters],
            "parameterShardings": [_tiles(tiles) for tiles in program.parameter_tiles],
            "outputShardings": [_tiles(tiles) for tiles in program.output_tiles],
        }

    def generate(self, params):
        """{executable, arguments: specs, seed, into: first buffer id}"""
        from . import inputs

        def rows(index, spec):
            return lambda start, stop: inputs.generate(spec, params["seed"], index, start, stop)

        return self._place_all(params, rows)

    def load(self, params):
        """{executable, arguments: specs, path, into}"""
        from . import inputs

        names, read = inputs.open_tensors(params["path"])

        def rows(index, spec):
            tensor = inputs.load_tensor(names, read, spec, index, params["path"])
            return lambda start, stop: tensor[start:stop] if tensor.shape else tensor

        return self._place_all(params, rows)

    def put(self, params):
        """{executable, path, into, tensors: [{index, offset, dtype, shape}]}; offsets are multiples of 64."""
        import numpy as np

        program = self._program(params)
        for position, tensor in enumerate(params["tensors"]):
            shape = tuple(tensor["shape"])
            dtype = numpy_dtype(tensor["dtype"])
            count = int(np.prod(shape, dtype=np.int64))
            values = np.fromfile(params["path"], dtype, count, offset=tensor["offset"]).reshape(shape)
            rows = lambda start, stop, values=values: values[start:stop] if values.shape else values
            self._buffers[params["into"] + position] = self._place(program, tensor["index"], tensor, rows)
        return {}

    def execute(self, params):
        """{executable, buffers, into, steps, feedback} -> the types of the results and the seconds of each step."""
        program = self._program(params)
        ids = params["buffers"]
        if len(ids) != len(program.parameters):
            raise WorkerError("execute", f"the program takes {len(program.parameters)} arguments, not {len(ids)}")
        arguments = [self._buffer(id_) for id_ in ids]
        for index, argument in enumerate(arguments):
            _check_argument(program, index, argument)
        try:
            results, seconds, processor_seconds = _run_steps(program, arguments, params["steps"], params["feedback"])
            if program.donated is None:
                program.donated = [index for index, argument in enumerate(arguments) if argument.is_deleted()]
            consumed = [ids[index] for index in program.donated]
        except BaseException:
            for id_ in ids:
                if id_ in self._buffers and self._buffers[id_].is_deleted():
                    del self._buffers[id_]
            raise
        # Taking them apart takes a while, so it waits until the answer is on its way.
        self._retired = [self._buffers.pop(id_, None) for id_ in consumed] + arguments
        for position, result in enumerate(results):
            self._buffers[params["into"] + position] = result
        timings = {"seconds": seconds, "processorSeconds": processor_seconds}
        return {"results": len(results), "consumed": consumed, **timings}

    def get(self, params):
        """{buffers, path} -> for each its offset in the file (a multiple of 64), type and shape."""
        from . import outputs

        tensors, offset = [], 0
        for id_ in params["buffers"]:
            array = self._buffer(id_)
            outputs.write_array(array, params["path"], offset)
            tensors.append({"offset": offset, **outputs.describe(array)})
            offset += -(-array.size * array.dtype.itemsize // outputs.ALIGNMENT) * outputs.ALIGNMENT
        return {"tensors": tensors}

    def transfer(self, params):
        """{buffers, executable, targets: argument indices, into}"""
        program = self._program(params)
        for position, (id_, target) in enumerate(zip(params["buffers"], params["targets"])):
            self._buffers[params["into"] + position] = _fit(program, target, self._buffer(id_))
        return {}

    def save(self, params):
        """{buffers, paths} -> the type of each; each process writes the pieces that it holds."""
        from . import outputs

        for id_, path in zip(params["buffers"], params["paths"]):
            outputs.write_npy(self._buffer(id_), path)
        return {"outputs": [outputs.describe(self._buffer(id_)) for id_ in params["buffers"]]}

    def compare(self, params):
        """{pairs: [{reference, path, dtype}]} -> norms and counts for each pair of .npy files."""
        from . import outputs

        return {"outputs": [outputs.compare(p["reference"], p["path"], p["dtype"]) for p in params["pairs"]]}

    def release(self, params):
        """{buffers}; ids that are gone already are ignored."""
        freed_bytes = 0
        for id_ in params["buffers"]:
            array = self._buffers.pop(id_, None)
            if array is not None and not array.is_deleted():
                freed_bytes += array.size * array.dtype.itemsize
                array.delete()
        if freed_bytes > WORTH_RETURNING_BYTES:
            _return_memory()
        return {}

    def unload(self, params):
        """{executable}"""
        self._programs.pop(params["executable"], None)
        gc.collect()
        _return_memory()
        return {}

    def memory_stats(self, _params):
        """-> resident bytes now and at most, and bytes of this process's pieces of the buffers."""
        import resource

        unit_bytes = 1 if sys.platform == "darwin" else 1024
        peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit_bytes
        shards = (shard.data for array in self._buffers.values() for shard in array.addressable_shards)
        return {
            "pid": os.getpid(),
            "residentBytes": _resident_bytes() or peak_bytes,
            "peakResidentBytes": peak_bytes,
            "bufferBytes": sum(data.size * data.dtype.itemsize for data in shards),
        }

    def _place_all(self, params, rows):
        program = self._program(params)
        specs = params["arguments"]
        if len(specs) != len(program.parameters):
            count = len(program.parameters)
            raise WorkerError("inputs", f"{len(specs)} arguments are specified, but the program takes {count}")
        for index, spec in enumerate(specs):
            self._buffers[params["into"] + index] = self._place(program, index, spec, rows(index, spec))
        return {}

    def _place(self, program, index, spec, rows):
        from . import inputs

        shape = tuple(spec["shape"])
        dtype, whole = program.parameters[index][0], program.parameter_shapes[index]
        if (spec["dtype"], shape) != (dtype, whole):
            raise WorkerError("inputs", f"argument {index} is {dtype}{list(whole)}, not {spec['dtype']}{list(shape)}")
        return inputs.place(program.parameter_shardings[index], shape, rows)

    def _program(self, params):
        program = self._programs.get(params["executable"])
        if program is None:
            raise WorkerError("execute", f"there is no program {params['executable']}; it was unloaded")
        return program

    def _buffer(self, id_):
        array = self._buffers.get(id_)
        if array is None:
            raise WorkerError("execute", f"there is no buffer {id_}; it was donated or released")
        return array


def _tiles(tiles):
    return {"tiles": list(tiles.tiles), "replicas": tiles.replicas, "devices": list(tiles.devices)}


def _check_argument(program, index, array):
    dtype, shape = program.parameters[index]
    whole = program.parameter_shapes[index]
    same_type = array.shape == whole and array.dtype == program.parameter_dtypes[index]
    if same_type and program.accepts(index, array.sharding):
        return
    raise WorkerError(
        "execute",
        f"argument {index} is {dtype_name(array.dtype)}{list(array.shape)}, the program wants {dtype}{list(whole)}, "
        f"{list(shape)} on each device; where only the cut differs, transfer it first",
    )


def _run_steps(program, arguments, steps, feedback):
    """Returns the results of the last step, the seconds of each, and those of all threads; state stays on the devices."""
    import jax

    arguments = list(arguments)
    results, seconds, processor_seconds = [], [], []
    for step in range(steps):
        if step > 0:
            for output, argument in feedback:
                arguments[argument] = _fit(program, argument, results[output])
            for index, argument in enumerate(arguments):
                if argument.is_deleted():
                    message = f"argument {index} is donated: a further step needs an output fed back to it"
                    raise WorkerError("execute", message)
        start, processor_start = time.perf_counter(), time.process_time()
        results = program.execute(arguments)
        jax.block_until_ready(results)
        seconds.append(time.perf_counter() - start)
        processor_seconds.append(time.process_time() - processor_start)
    return results, seconds, processor_seconds


def _fit(program, argument, array):
    """Places an array again as argument `argument`, only where it does not lie so already."""
    import jax

    sharding = program.parameter_shardings[argument]
    if array.sharding.is_equivalent_to(sharding, array.ndim):
        return array
    return jax.block_until_ready(jax.device_put(array, sharding))


def _return_memory():
    """Gives freed memory back to the system, which glibc does not do by itself."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def _resident_bytes():
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return None
