"""How many numbers come out: the answer of `out_size`, in steps that mistakes can replace."""

from __future__ import annotations

from collections.abc import Callable

MODES = (None, "valid", "same", "full")


def span_of(k: int, d: int) -> int:
    """Count the places from the first to the last weight."""
    return d * (k - 1) + 1


def zeros_of(k: int, p: int, d: int, mode: str | None) -> int:
    """Count the zeros before and after the input together; "same" is counted otherwise."""
    return {None: 2 * p, "full": 2 * d * (k - 1)}.get(mode, 0)


def fitting(room: int, span: int, s: int) -> int:
    """Count the windows that fit into `room` places."""
    return max(0, (room - span) // s + 1)


def counted(
    n: int,
    k: int,
    p: int,
    s: int,
    d: int,
    mode: str | None,
    span: Callable = span_of,
    zeros: Callable = zeros_of,
    fit: Callable = fitting,
) -> int:
    """Count with these ingredients; wrong ones make wrong answers."""
    return -(-n // s) if mode == "same" else fit(n + zeros(k, p, d, mode), span(k, d), s)


def reference(n: int, k: int, p: int, s: int, d: int, mode: str | None) -> int:
    """Count windows of d (k - 1) + 1 places, s apart, in the input and its zeros."""
    return counted(n, k, p, s, d, mode)
