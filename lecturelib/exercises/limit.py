"""A function that never ends is stopped, where the system can do it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """Raise TimeoutError inside the block once it has taken `seconds`.

    Parameters
    ----------
    seconds : float or None
        Wall-clock time; None for no limit.

    Raises
    ------
    TimeoutError
        In the block, at the next instruction of Python after the time is up: one long call into compiled code
        is not cut short.

    Notes
    -----
    It takes the alarm signal, which exists on Linux and macOS and reaches the main thread only; elsewhere,
    and where somebody else has set an alarm, nothing is limited.

    Examples
    --------
    >>> with time_limit(60):
    ...     print("quick enough")
    quick enough
    """

    def stop(*_: object) -> None:
        raise TimeoutError(f"no answer after {seconds:g} seconds")

    free = bool(seconds) and _alarm_is_free()
    try:
        before = signal.signal(signal.SIGALRM, stop) if free else None
    except ValueError:  # not in the main thread
        free = False
    if not free:
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _alarm_is_free() -> bool:
    return hasattr(signal, "setitimer") and signal.getitimer(signal.ITIMER_REAL)[0] == 0
