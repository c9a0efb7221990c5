"""Results on the host: written piece by piece into files, and compared from files."""

import math
import os

import numpy as np

from .dtypes import dtype_name, numpy_dtype

CHUNK_ELEMENTS = 1 << 21
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
    target.flush()


def write_npy(array, path):
    """Writes a global array as .npy; the driver has removed older files of that name."""
    header = _npy_header(array.dtype, array.shape)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    os.pwrite(descriptor, header, 0)
    os.close(descriptor)
    write_array(array, path, len(header))


def _npy_header(dtype, shape):
    """The .npy format, version 1.0, with the data aligned to 64 bytes. Types unknown to numpy are written as raw bytes."""
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
        y = _as_float64(candidate[start : start + CHUNK_ELEMENTS])
        finite_r, finite_y = np.isfinite(r), np.isfinite(y)
        reference_non_finite += int(r.size - np.count_nonzero(finite_r))
        non_finite += int(y.size - np.count_nonzero(finite_y))
        both = finite_r & finite_y
        if not both.all():
            r, y = np.where(both, r, 0.0), np.where(both, y, 0.0)
        difference = np.abs(y - r)
        difference_squares += float(np.dot(difference, difference))
        magnitude = np.abs(r)
        reference_squares += float(np.dot(magnitude, magnitude))
        largest = max(largest, float(difference.max(initial=0.0)))
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
    return np.asarray(chunk, np.complex128 if chunk.dtype.kind == "c" else np.float64)


def describe(array):
    """Returns the type of a global array as the driver spells it."""
    return {"dtype": dtype_name(array.dtype), "shape": list(array.shape)}
