"""What zero padding spoils when an image moves, counted axis by axis."""

from __future__ import annotations


def along(size: int, step: int, reach: int) -> tuple[int, int, int]:
    """Count, along one axis, the pixels that hold moved content, those that see it, and the good ones."""
    held = max(0, size - abs(step))
    seen = min(size, held + reach) if held else 0
    good = max(0, held - reach) if step else size
    return held, seen, good


def axes(h: int, w: int, k: int, v: tuple[int, int]) -> tuple[tuple[int, int, int], ...]:
    """Count along the rows and along the columns."""
    return along(h, v[0], (k - 1) // 2), along(w, v[1], (k - 1) // 2)


def reference(h: int, w: int, k: int, v: tuple[int, int]) -> int:
    """Count all pixels that see moved content without those that are good along both axes.

    Along an axis, windows see moved content up to (k - 1) / 2 pixels into the zeros. Within the same reach of
    the end where content left, a pixel is not good: the shifted result still holds what the window saw of it.
    """
    (_, seen_rows, good_rows), (_, seen_columns, good_columns) = axes(h, w, k, v)
    return seen_rows * seen_columns - good_rows * good_columns
