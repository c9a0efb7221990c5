"""Results on the host: written piece by piece into files, and compared from files."""

import math
import os

import numpy as np

from .dtypes import dtype_name, numpy_dtype

# Small enough for the processor's caches.
CHUNK_ELEMENTS = 1 << 16
ALIGNMENT = 64


def write_array(array, path, offset):
    """Writes this process's pieces of a global array into `path` from byte `offset`, row-major.

    Each process of the array writes the pieces that it holds first, so that together they write each element once.
    """
    size_bytes = array.size * array.dtype.itemsize
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if os.fstat(descriptor).st_size < offset + size_bytes:
            os.truncate(descriptor, offset + size_bytes)
    finally:
        os.close(descriptor)
    if size_bytes == 0:
        return
    target = np.memmap(path, array.dtype, "r+", offset, array.shape)
    for shard in array.addressable_shards:
        if shard.replica_id == 0:
            target[shard.index] = np.asarray(shard.data)


def write_npy(array, path):
    """Writes a global array as .npy; the driver has removed older files of that name."""
    header = _npy_header(array.dtype, array.shape)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    os.pwrite(descriptor, header, 0)
    os.close(descriptor)
    write_array(array, path, len(header))


def _npy_header(dtype, shape):
    """The .npy format, version 1.0, with the data aligned to 64 bytes. Types unknown to numpy become raw bytes."""
    kind = f"|V{dtype.itemsize}" if dtype.kind == "V" else dtype.str
    shape_text = "(" + "".join(f"{n}, " for n in shape).rstrip() + ")"
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape_text}, }}"
    padding = -(10 + len(text) + 1) % ALIGNMENT
    body = (text + " " * padding + "\n").encode("latin1")
    return b"\x93NUMPY\x01\x00" + len(body).to_bytes(2, "little") + body


def compare(reference_path, path, dtype):
    """Compares two .npy files of one type and shape in float64, a chunk at a time.

    Elements that are not finite on either side are counted and left out of the sums.
    """
    reference, candidate = _open_npy(reference_path, dtype), _open_npy(path, dtype)
    difference_squares = reference_squares = largest = 0.0
    reference_non_finite = non_finite = 0
    for start in range(0, reference.size, CHUNK_ELEMENTS):
        r = _as_float64(reference[start : start + CHUNK_ELEMENTS])
        difference = _as_float64(candidate[start : start + CHUNK_ELEMENTS])
        difference -= r
        squares = (float(np.dot(difference, difference)), float(np.dot(r, r)))
        if not all(map(math.isfinite, squares)):
            # Rare: something is not finite (or its square overflows), so look at each element.
            y = _as_float64(candidate[start : start + CHUNK_ELEMENTS])
            finite_r, finite_y = np.isfinite(r), np.isfinite(y)
            reference_non_finite += int(r.size - np.count_nonzero(finite_r))
            non_finite += int(y.size - np.count_nonzero(finite_y))
            both = finite_r & finite_y
            r, difference = r[both], y[both] - r[both]
            squares = (float(np.dot(difference, difference)), float(np.dot(r, r)))
        difference_squares += squares[0]
        reference_squares += squares[1]
        largest = max(largest, float(difference.max(initial=0.0)), -float(difference.min(initial=0.0)))
    return {
        "differenceNorm": math.sqrt(difference_squares),
        "referenceNorm": math.sqrt(reference_squares),
        "maxAbsoluteDifference": largest,
        "referenceNonFinite": reference_non_finite,
        "nonFinite": non_finite,
    }


def _open_npy(path, dtype):
    values = np.load(path, mmap_mode="r").reshape(-1)
    return values.view(numpy_dtype(dtype)) if values.dtype.kind == "V" else values


def _as_float64(chunk):
    """Copies a chunk; complex numbers become pairs."""
    if chunk.dtype.kind == "c":
        return chunk.astype(np.complex128).view(np.float64)
    return chunk.astype(np.float64)


def describe(array):
    """Returns the type of a global array as the driver spells it."""
    return {"dtype": dtype_name(array.dtype), "shape": list(array.shape)}
