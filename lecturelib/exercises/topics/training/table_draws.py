"""Random tables of connections: the answer of `sparse_connect`, in steps that mistakes can replace."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def refuse(n_in: int, fan: int) -> None:
    """Raise where there are not enough inputs."""
    if fan > n_in:
        raise ValueError("fan must not be larger than n_in")


def table_of(n_out: int, row: Callable[[int], np.ndarray]) -> np.ndarray:
    """Draw row after row, each sorted."""
    return np.array([np.sort(row(i)) for i in range(n_out)])


def reference(n_in: int, n_out: int, fan: int, seed: int) -> np.ndarray:
    """Draw `fan` different inputs for each output, in ascending order."""
    refuse(n_in, fan)
    rng = np.random.default_rng(seed)
    return table_of(n_out, lambda _: rng.choice(n_in, fan, replace=False))
