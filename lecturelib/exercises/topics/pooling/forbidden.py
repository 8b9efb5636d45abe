"""What the exercises on pooling may not call: the library's own pooling."""

from __future__ import annotations

from lecturelib.exercises.guard import ways_to

POOLING = (
    *ways_to("operators.pooling.maximum", "max_pool", "max_pool_backward"),
    *ways_to("operators.pooling.average", "avg_pool", "weighted_pool"),
    *ways_to("operators.pooling.lp", "lp_pool"),
    *ways_to("operators.pooling.bins", "adaptive_pool", "global_pool"),
    *ways_to("operators.pooling.channels", "maxout"),
)
BECAUSE = "It pools in one call; walk over the windows yourself."
