"""The protocol: one thread, processor time, and medians over rounds in which everybody takes a turn."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np

#: Set before the process starts. Freed memory stays with the process: asking the system for pages anew
#: costs more than many a layer, and costs some contenders more than others. And one thread for everybody.
ENVIRONMENT = {
    "MALLOC_MMAP_THRESHOLD_": str(2**32),
    "MALLOC_TRIM_THRESHOLD_": str(2**32),
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}

#: A contender so many times slower than the fastest is measured once; a method predicted to be is left out.
HOPELESS = 30

#: Largest error allowed, relative to the largest value: room for Winograd's method in single precision.
TOLERANCE = {"float32": 1e-4, "float64": 1e-9}


@dataclass(frozen=True)
class Contender:
    """Somebody who computes the case.

    Attributes
    ----------
    name : str
        A method of ours, or a peer.
    run : callable
        Computes everything the pass asks for, and returns a tuple of arrays (or what NumPy reads as such).
    ours, auto : bool
        Whether it is ours, and whether it chose the method itself.
    """

    name: str
    run: Callable[[], tuple[Any, ...]]
    ours: bool = False
    auto: bool = False


def in_pinned_environment(arguments: Sequence[str]) -> int | None:
    """Start this program anew where the environment is not what the protocol asks for.

    Parameters
    ----------
    arguments : sequence of str
        Of the command line.

    Returns
    -------
    int or None
        How the other process ended; None where this one may go on.
    """
    if ENVIRONMENT.items() <= os.environ.items():
        return None
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, env={**os.environ, **ENVIRONMENT}, check=False).returncode


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold NumPy's, SciPy's and PyTorch's libraries to one thread."""
    from threadpoolctl import threadpool_limits

    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
    with threadpool_limits(1):
        yield


def processor_ms(run: Callable[[], Any], times: int = 1) -> float:
    """Processor time of one call, in milliseconds.

    Parameters
    ----------
    run : callable
        Without arguments.
    times : int
        Calls to average over.
    """
    start = time.process_time_ns()
    for _ in range(times):
        run()
    return (time.process_time_ns() - start) / 1e6 / times


def medians(
    contenders: Sequence[Contender], *, rounds: int, budget: float, clock: Callable = processor_ms
) -> list[float]:
    """Let the contenders take turns; return the median time of each.

    Parameters
    ----------
    contenders : sequence of Contender
        All have run once before.
    rounds : int
        Turns, at most; three where a turn takes long.
    budget : float
        Seconds for each contender, about.
    clock : callable
        ``clock(run, times)`` gives milliseconds a call.

    Returns
    -------
    list of float
        Milliseconds, in the order of the contenders. Somebody hopelessly slow gets one turn.
    """
    once = [clock(c.run, 1) for c in contenders]
    fair = [i for i, ms in enumerate(once) if ms <= HOPELESS * max(min(once), 1e-3)]
    turn = budget * 1e3 / rounds
    times = {i: max(1, min(10_000, round(turn / max(once[i], 1e-3)))) for i in fair}
    turns = {i: rounds if once[i] <= turn else max(min(3, rounds), int(budget * 1e3 / once[i])) for i in fair}
    measured: dict[int, list[float]] = {i: [] for i in fair}
    gc.disable()
    try:
        for number in range(rounds):
            for i in fair:
                if number < turns[i]:
                    measured[i].append(clock(contenders[i].run, times[i]))
    finally:
        gc.enable()
    return [median(measured[i]) if i in measured else ms for i, ms in enumerate(once)]


def error(results: Iterable[Any], reference: Iterable[np.ndarray]) -> float:
    """Largest error of several arrays, each relative to the largest value of its reference.

    Parameters
    ----------
    results, reference : iterable of array_like
        What came, and what should have come.

    Returns
    -------
    float
        NaN where a result holds NaN.

    Raises
    ------
    ValueError
        If shapes differ.
    """
    worst = 0.0
    for mine, truth in zip(results, reference, strict=True):
        mine = np.asarray(mine)
        if mine.shape != truth.shape:
            raise ValueError(f"expected shape {truth.shape}; got {mine.shape}")
        off = np.abs(mine - truth).max() / max(np.abs(truth).max(), np.finfo(float).tiny)
        worst = float(np.maximum(worst, off))
    return worst


def checked_error(contender: Contender, reference: Iterable[np.ndarray], dtype: str) -> float:
    """Run a contender once; refuse to time what is wrong.

    Raises
    ------
    RuntimeError
        If its error is above the tolerance.
    """
    off = error(contender.run(), reference)
    if not off <= TOLERANCE[dtype]:
        raise RuntimeError(f"{contender.name} is off by {off:.1e} of the largest value in {dtype}")
    return off


def matrix_rate(dtype: str, size: int = 1024, turns: int = 7) -> float:
    """Operations a second of a large matrix product, two for each multiply-add.

    Parameters
    ----------
    dtype : str
        Of the matrices.
    size, turns : int
        Rows and columns; products to take the median over.
    """
    a, b = np.random.default_rng(0).normal(size=(2, size, size)).astype(dtype)
    a @ b
    return 2 * size**3 / (median(processor_ms(lambda: a @ b) for _ in range(turns)) / 1e3)
