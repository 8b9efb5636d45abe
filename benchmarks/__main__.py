"""Measure, print, store: ``python -m benchmarks [--quick] [--only GROUP] [--rounds N] [--out PATH]``."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.measure import (
    Contender,
    checked_error,
    in_pinned_environment,
    matrix_rate,
    medians,
    one_thread,
)

RESULTS = Path(__file__).with_name("results.json")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks.

    Parameters
    ----------
    arguments : sequence of str, optional
        Of the command line.

    Returns
    -------
    int
        0, or what the process returned that ran them.
    """
    from benchmarks.cases import GROUPS

    arguments = sys.argv[1:] if arguments is None else list(arguments)
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Speed, beside others.")
    parser.add_argument("--quick", action="store_true", help="tiny shapes, one round: does it run at all?")
    parser.add_argument("--only", choices=GROUPS, help="one group")
    parser.add_argument("--rounds", type=int, default=7, help="turns of everybody (7)")
    parser.add_argument(
        "--out", type=Path, help="where the rows go; a full run replaces benchmarks/results.json"
    )
    options = parser.parse_args(arguments)
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    status = in_pinned_environment(arguments)
    return _run(options) if status is None else status


def _run(options: argparse.Namespace) -> int:
    """Measure group by group, in this process."""
    from benchmarks import peers, tables
    from benchmarks.cases import CASES, DTYPES, GROUPS

    start = time.monotonic()
    rounds, budget = (1, 0.0) if options.quick else (options.rounds, 0.35)
    print(", ".join(f"{name} {version}" for name, version in peers.versions().items()) + "; one thread")
    for peer, packages in peers.missing().items():
        print(f"Without {peer}: {packages} is not installed.")
    print(
        "Milliseconds of processor time, medians of rounds. Ratios are ours/theirs: below 1 ours is faster."
    )
    rows = []
    with one_thread():
        rates = {dtype: matrix_rate(dtype, 64 if options.quick else 1024) for dtype in DTYPES}
        print("Peak: " + ", ".join(f"{rate / 1e9:.0f} GFLOP/s in {dtype}" for dtype, rate in rates.items()))
        for group in GROUPS if options.only is None else (options.only,):
            cases = [case.tiny() if options.quick else case for case in CASES if case.group == group]
            found = [row for case in cases for row in measured(case, rates, rounds, budget)]
            print(f"\n{group}\n{tables.table(found) if found else 'not yet'}", flush=True)
            rows += found
    print("\n" + tables.comparison(rows) + f"\n{time.monotonic() - start:.0f} s")
    _store(rows, options)
    return 0


def measured(case, rates: dict[str, float], rounds: int, budget: float) -> Iterator:
    """Measure a case in every dtype and pass; give the rows.

    Parameters
    ----------
    case : ConvCase, PoolCase or TrainingCase
        What to measure.
    rates : dict of str to float
        Operations a second of a large matrix product, for each dtype.
    rounds : int
        Turns of everybody.
    budget : float
        Seconds for each contender, about.

    Yields
    ------
    Row
        One for each contender of ours.
    """
    from benchmarks.cases import DTYPES, ConvCase
    from benchmarks.tables import Row

    for dtype in DTYPES:
        for passes in case.passes:
            try:
                contenders, reference = _contest(case, dtype, passes)
            except ImportError as absent:
                if not str(absent.name).startswith("lecturelib"):
                    raise
                return  # a part of the library that is not there yet
            errors = [checked_error(c, reference, dtype) for c in contenders]
            times = medians(contenders, rounds=rounds, budget=budget)
            others = {c.name: ms for c, ms in zip(contenders, times, strict=True) if not c.ours}
            for contender, ms, error in zip(contenders, times, errors, strict=True):
                if contender.ours:
                    peak = None
                    if isinstance(case, ConvCase):
                        work = 2 * case.multiply_adds * (1 if passes == "forward" else 3)
                        peak = work / (ms / 1e3) / rates[dtype]
                    what = (case.group, case.shape, dtype, passes, contender.name, contender.auto)
                    yield Row(*what, ms, others, peak, error)


def _contest(case, dtype: str, passes: str) -> tuple[list[Contender], tuple]:
    """Who takes part, and what is right."""
    from benchmarks import ours, peers, training
    from benchmarks.cases import ConvCase, PoolCase

    if isinstance(case, ConvCase):
        reference = ours.conv_reference(case, passes, dtype)
        return [*ours.conv_contenders(case, dtype, passes), *peers.contenders(case, dtype, passes)], reference
    if isinstance(case, PoolCase):
        reference = ours.pool_reference(case, passes, dtype)
        return [ours.pool_contender(case, dtype, passes), *peers.contenders(case, dtype, passes)], reference
    return list(training.contenders(case, dtype)), training.reference(case)


def _store(rows: Sequence, options: argparse.Namespace) -> None:
    """Write the rows: a full run's where they belong, others only where it is said."""
    partial = options.quick or options.only is not None
    out = options.out or (None if partial else RESULTS)
    if out is None:
        print("Nothing was stored: only a full run replaces the results; --out PATH stores any.")
        return
    lines = ",\n".join(json.dumps(row.as_json()) for row in rows)
    out.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
