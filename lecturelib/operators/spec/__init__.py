"""Specifications: built once from the user's arguments, checked, and trusted ever after.

This is the only home of the operators' argument errors: what receives a spec does not check again.
"""

from lecturelib.operators.spec.bins import BinSpec, PieceSpec
from lecturelib.operators.spec.conv import ConvSpec
from lecturelib.operators.spec.pool import PoolSpec, weighted_spec
from lecturelib.operators.spec.signal import SignalSpec
from lecturelib.operators.spec.unshared import local_spec, table_spec, tiled_spec, transpose_spec

__all__ = [
    "BinSpec",
    "ConvSpec",
    "PieceSpec",
    "PoolSpec",
    "SignalSpec",
    "local_spec",
    "table_spec",
    "tiled_spec",
    "transpose_spec",
    "weighted_spec",
]
