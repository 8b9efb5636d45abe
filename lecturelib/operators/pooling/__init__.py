"""Pooling: what was found nearby, whatever the exact place or channel. Each pool with its gradient."""

from lecturelib.operators.pooling.average import (
    avg_pool,
    avg_pool_backward,
    distance_weights,
    weighted_pool,
    weighted_pool_backward,
)
from lecturelib.operators.pooling.bins import (
    adaptive_pool,
    adaptive_pool_backward,
    global_pool,
    global_pool_backward,
)
from lecturelib.operators.pooling.channels import maxout, maxout_backward
from lecturelib.operators.pooling.lp import lp_pool, lp_pool_backward
from lecturelib.operators.pooling.maximum import max_pool, max_pool_backward

__all__ = [
    "adaptive_pool",
    "adaptive_pool_backward",
    "avg_pool",
    "avg_pool_backward",
    "distance_weights",
    "global_pool",
    "global_pool_backward",
    "lp_pool",
    "lp_pool_backward",
    "max_pool",
    "max_pool_backward",
    "maxout",
    "maxout_backward",
    "weighted_pool",
    "weighted_pool_backward",
]
