"""Arguments of a program: made from a seed, or read from files, and placed piece by piece."""

import os
from concurrent.futures import ThreadPoolExecutor

import jax
import numpy as np
import safetensors

from .dtypes import dtype_name, numpy_dtype
from .protocol import WorkerError

BLOCK_ELEMENTS = 1 << 20


def generate(spec, seed, index, start, stop):
    """Returns rows [start, stop) of argument `index` (all of it where it has no dimension).

    Elements come in blocks of 2^20, each from its own Philox stream keyed by (seed, argument, block), so that a row
    has the same values whoever makes it.
    """
    dtype = numpy_dtype(spec["dtype"])
    shape = tuple(spec["shape"])
    row_elements = int(np.prod(shape[1:], dtype=np.int64))
    first, last = (start * row_elements, stop * row_elements) if shape else (0, 1)
    values = np.empty(last - first, dtype)

    def fill(block):
        block_start = block * BLOCK_ELEMENTS
        low, high = max(first, block_start), min(last, block_start + BLOCK_ELEMENTS)
        made = _make_block(spec, dtype, seed, index, block, high - block_start)
        values[low - first : high - first] = made[low - block_start :]

    blocks = range(first // BLOCK_ELEMENTS, -(-last // BLOCK_ELEMENTS))
    if len(blocks) > 1:
        with ThreadPoolExecutor(min(len(blocks), os.cpu_count() or 1)) as pool:
            list(pool.map(fill, blocks))
    else:
        for block in blocks:
            fill(block)
    return values.reshape((stop - start, *shape[1:]) if shape else ())


def _make_block(spec, dtype, seed, index, block, count):
    """Returns the first `count` elements of a block; how many are asked for does not change any of them."""
    if spec["distribution"] == "constant":
        return np.full(count, spec["value"], dtype)
    random = np.random.Generator(np.random.Philox(key=np.array([seed, (index << 32) | block], np.uint64)))
    if spec["distribution"] == "integers":
        return random.integers(int(spec["low"]), int(spec["high"]), count, dtype=np.int64).astype(dtype)
    if dtype.kind == "c":
        part = np.dtype(np.float32) if dtype == np.complex64 else np.dtype(np.float64)
        return _make_floats(spec, part, random, 2 * count).view(dtype)
    return _make_floats(spec, dtype, random, count)


def _make_floats(spec, dtype, random, count):
    wide = np.float64 if dtype == np.float64 else np.float32
    if spec["distribution"] == "normal":
        values = random.standard_normal(count, dtype=wide)
        values *= wide(spec["std"])
        values += wide(spec["mean"])
        return values.astype(dtype, copy=False)
    low, high = spec["low"], spec["high"]
    values = random.random(count, dtype=wide)
    values *= wide(high - low)
    values += wide(low)
    values = values.astype(dtype, copy=False)
    top = dtype.type(high)
    if np.any(values >= top):
        # Rounding to the narrower type reached the open end.
        values[values >= top] = np.nextafter(top, dtype.type(low))
    return values


def place(sharding, shape, rows):
    """Returns a global array that lies by `sharding`; `rows(start, stop)` gives the rows that this process needs."""
    pieces = sharding.addressable_devices_indices_map(shape)
    bounds = [index[0].indices(shape[0])[:2] for index in pieces.values()] if shape else [(0, 0)]
    start, stop = min(low for low, _ in bounds), max(high for _, high in bounds)
    values = rows(start, stop)
    parts = []
    for device, index in pieces.items():
        if shape:
            low, high, _ = index[0].indices(shape[0])
            index = (slice(low - start, high - start), *index[1:])
        # A copy on each device: a buffer that shares the host's memory cannot be donated.
        piece = np.array(values[index], order="C", copy=None)
        parts.append(jax.device_put(piece, device, may_alias=False))
    jax.block_until_ready(parts)
    return jax.make_array_from_single_device_arrays(shape, sharding, parts)


def open_tensors(path):
    """Returns a function from a name to an indexable tensor with dtype and shape, for a .safetensors or .npz file."""
    try:
        if path.endswith(".npz"):
            archive = np.load(path, allow_pickle=False)
            return set(archive.files), archive.__getitem__
        tensors = safetensors.safe_open(path, framework="np")
        return set(tensors.keys()), tensors.get_tensor
    except (OSError, ValueError, safetensors.SafetensorError) as error:
        raise WorkerError("inputs", f"{path} cannot be read as .safetensors or .npz", str(error)) from error


def load_tensor(names, read, spec, index, path):
    """Returns the tensor for one argument, checked against its spec."""
    wanted = [spec["name"], f"arg{index}"]
    name = next((candidate for candidate in wanted if candidate in names), None)
    if name is None:
        raise WorkerError("inputs", f"{path} has no tensor {wanted[0]!r} (nor {wanted[1]!r}) for argument {index}")
    tensor = read(name)
    if tensor.dtype.kind == "V":
        # numpy writes types that it does not know, such as bf16, as raw bytes.
        tensor = tensor.view(numpy_dtype(spec["dtype"]))
    found = (dtype_name(tensor.dtype), tuple(tensor.shape))
    expected = (spec["dtype"], tuple(spec["shape"]))
    if found != expected:
        raise WorkerError(
            "inputs",
            f"tensor {name!r} in {path} is {_type_text(*found)}, but argument {index} is {_type_text(*expected)}",
        )
    return tensor


def _type_text(dtype, shape):
    return f"{dtype}[{', '.join(map(str, shape))}]"
