"""Element types: StableHLO's spelling, HLO's spelling and numpy's type."""

import ml_dtypes
import numpy as np

_NAMES = [
    # StableHLO, HLO, numpy
    ("i1", "pred", np.bool_),
    ("i2", "s2", ml_dtypes.int2),
    ("i4", "s4", ml_dtypes.int4),
    ("i8", "s8", np.int8),
    ("i16", "s16", np.int16),
    ("i32", "s32", np.int32),
    ("i64", "s64", np.int64),
    ("ui2", "u2", ml_dtypes.uint2),
    ("ui4", "u4", ml_dtypes.uint4),
    ("ui8", "u8", np.uint8),
    ("ui16", "u16", np.uint16),
    ("ui32", "u32", np.uint32),
    ("ui64", "u64", np.uint64),
    ("f8E3M4", "f8e3m4", ml_dtypes.float8_e3m4),
    ("f8E4M3", "f8e4m3", ml_dtypes.float8_e4m3),
    ("f8E4M3FN", "f8e4m3fn", ml_dtypes.float8_e4m3fn),
    ("f8E4M3FNUZ", "f8e4m3fnuz", ml_dtypes.float8_e4m3fnuz),
    ("f8E4M3B11FNUZ", "f8e4m3b11fnuz", ml_dtypes.float8_e4m3b11fnuz),
    ("f8E5M2", "f8e5m2", ml_dtypes.float8_e5m2),
    ("f8E5M2FNUZ", "f8e5m2fnuz", ml_dtypes.float8_e5m2fnuz),
    ("bf16", "bf16", ml_dtypes.bfloat16),
    ("f16", "f16", np.float16),
    ("f32", "f32", np.float32),
    ("f64", "f64", np.float64),
    ("complex<f32>", "c64", np.complex64),
    ("complex<f64>", "c128", np.complex128),
]

_NUMPY = {name: np.dtype(kind) for name, _, kind in _NAMES}
_NAME_OF_NUMPY = {np.dtype(kind): name for name, _, kind in _NAMES}
_NAME_OF_HLO = {hlo: name for name, hlo, _ in _NAMES}


def numpy_dtype(name):
    """Returns numpy's type for StableHLO's spelling; KeyError where there is none."""
    return _NUMPY[name]


def dtype_name(dtype):
    """Returns StableHLO's spelling of a numpy type."""
    return _NAME_OF_NUMPY[np.dtype(dtype)]


def name_of_hlo(hlo_name):
    """Returns StableHLO's spelling for HLO's, or None for tokens and opaque types."""
    return _NAME_OF_HLO.get(hlo_name)
