"""What is printed: a table a group, and geometric means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import exp, log
from typing import Any

from benchmarks.cases import BOTH, COMPARED, FORWARD

KEYS = ("group", "shape", "dtype", "pass", "method", "auto", "ours_ms", "peers", "peak_fraction")


@dataclass(frozen=True)
class Row:
    """One contender of ours in one case, beside the peers.

    Attributes
    ----------
    group, shape, dtype, passes, method : str
        What was measured. A method is named before timing.
    auto : bool
        Whether ``auto`` chose the method.
    ours_ms : float
        Median processor time, in milliseconds.
    peers : dict of str to float
        The same of the peers.
    peak_fraction : float or None
        Rate of the definition's multiply-adds, as a share of that of a large matrix product. Above one where
        an algorithm needs fewer.
    error : float
        Largest error, relative to the largest value.
    """

    group: str
    shape: str
    dtype: str
    passes: str
    method: str
    auto: bool
    ours_ms: float
    peers: dict[str, float] = field(default_factory=dict)
    peak_fraction: float | None = None
    error: float = 0.0

    def best(self, kind: str = "") -> str | None:
        """Name the fastest peer, or the fastest one whose name begins so."""
        named = [name for name in self.peers if name.startswith(kind)]
        return min(named, key=self.peers.get, default=None)

    def ratio(self, peer: str | None) -> float | None:
        """Our time by a peer's; below one, we are faster. None without that peer."""
        return self.ours_ms / self.peers[peer] if peer in self.peers else None

    def as_json(self) -> dict[str, Any]:
        """Return the row as it is stored, with four digits."""
        values = {name: getattr(self, "passes" if name == "pass" else name) for name in KEYS}
        values["peers"] = {name: _digits(ms) for name, ms in self.peers.items()}
        return values | {name: _digits(values[name]) for name in ("ours_ms", "peak_fraction")}


def geometric_mean(ratios: Iterable[float]) -> float:
    """Geometric mean: twice as fast here and half as fast there is one.

    Raises
    ------
    ValueError
        If there are none, or one is not positive.
    """
    ratios = list(ratios)
    if not ratios or min(ratios) <= 0:
        raise ValueError(f"ratios must be positive, and at least one; got {ratios}")
    return exp(sum(map(log, ratios)) / len(ratios))


def table(rows: Sequence[Row]) -> str:
    """Align the rows of ``auto`` under their heads; the other methods stand in the last column."""
    head = ["shape", "dtype", "pass", "chosen", "ms", "torch", "/torch", "/scipy", "best peer", "/best"]
    lines = [[*head, "peak", "error", "other methods, relative to the chosen one"]]
    for row in rows:
        if row.auto:
            best = row.best()
            lines.append(
                [
                    *(row.shape, row.dtype.replace("float", "f"), _short(row.passes), row.method),
                    *(_number(row.ours_ms), _number(row.peers.get("torch")), _number(row.ratio("torch"))),
                    _number(row.ratio(row.best("scipy"))),
                    *(f"{best} {_number(row.peers[best])}" if best else "-", _number(row.ratio(best))),
                    *(_number(row.peak_fraction), f"{row.error:.0e}", _others(row, rows)),
                ]
            )
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def comparison(rows: Sequence[Row]) -> str:
    """Geometric means of the ratios to PyTorch, over the seven layers named for it."""
    lines = ["Geometric mean of ours/torch over " + ", ".join(COMPARED) + ":"]
    for dtype in ("float32", "float64"):
        for passes in (FORWARD, BOTH):
            ratios = {
                row.shape: row.ratio("torch")
                for row in rows
                if row.auto and row.shape in COMPARED and (row.dtype, row.passes) == (dtype, passes)
            }
            if len(ratios) < len(COMPARED) or None in ratios.values():
                lines.append(f"  {dtype} {passes:<16} -  (not all measured)")
                continue
            worst = max(ratios, key=ratios.get)
            mean = geometric_mean(ratios.values())
            lines.append(f"  {dtype} {passes:<16} {mean:.2f}, at most {ratios[worst]:.2f} ({worst})")
    return "\n".join(lines)


def _others(row: Row, rows: Sequence[Row]) -> str:
    """List the times of the other methods, the fastest first."""
    same = [
        (r.ours_ms / row.ours_ms, r.method)
        for r in rows
        if not r.auto and (r.shape, r.dtype, r.passes) == (row.shape, row.dtype, row.passes)
    ]
    return ", ".join(f"{method} {_number(ratio)}" for ratio, method in sorted(same))


def _short(passes: str) -> str:
    return {FORWARD: "fwd", BOTH: "fwd+bwd"}[passes]


def _digits(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.4g}")


def _number(number: float | None) -> str:
    """Three digits, without an exponent; a dash for nothing."""
    if number is None:
        return "-"
    return f"{number:.0f}" if number >= 100 else f"{number:.{1 if number >= 10 else 2}f}"
