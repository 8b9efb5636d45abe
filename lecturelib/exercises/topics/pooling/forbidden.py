"""What the exercises on pooling may not call: the library's own pooling."""

from __future__ import annotations

_HOME = "lecturelib.operators.pooling"
_MODULES = {
    "max_pool": "maximum",
    "max_pool_backward": "maximum",
    "avg_pool": "average",
    "weighted_pool": "average",
    "lp_pool": "lp",
    "adaptive_pool": "bins",
    "global_pool": "bins",
    "maxout": "channels",
}


def _ways_to(name: str) -> tuple[str, ...]:
    """List the dotted names under which one operator is found."""
    return f"lecturelib.{name}", f"lecturelib.operators.{name}", f"{_HOME}.{name}", _real_home(name)


def _real_home(name: str) -> str:
    return f"{_HOME}.{_MODULES[name]}.{name}"


POOLING = tuple(way for name in _MODULES for way in _ways_to(name))
BECAUSE = "It pools in one call; walk over the windows yourself."
