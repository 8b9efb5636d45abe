"""Results as JSON: what was run, with which versions, when, and what came out."""

from __future__ import annotations

import datetime
import json
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import lecturelib

#: The package's own data, so that a lecture finds the results wherever it runs.
FOLDER = Path(lecturelib.__file__).parent / "data" / "results"


def described(name: str, settings: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return rows with everything that is needed to make them again.

    Parameters
    ----------
    name : str
        Of the experiment.
    settings : mapping
        What it was run with, seeds included.
    rows : sequence of mapping
        What came out: each one case, its numbers under "values".

    Returns
    -------
    dict
        Ready for `write`.
    """
    versions = {package: version(package) for package in ("numpy", "scipy", "scikit-learn")}
    return {
        "experiment": name,
        "date": datetime.date.today().isoformat(),
        "versions": {"python": platform.python_version(), **versions},
        "settings": dict(settings),
        "rows": [dict(row) for row in rows],
    }


def write(result: Mapping[str, Any], folder: Path = FOLDER) -> Path:
    """Store a result and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{result['experiment']}.json"
    head = {key: value for key, value in result.items() if key != "rows"}
    lines = ",\n".join("  " + json.dumps(row) for row in result["rows"])
    text = json.dumps(head, indent=1)[:-2] + f',\n "rows": [\n{lines}\n ]\n}}\n'
    path.write_text(text, encoding="utf-8")
    return path


def differences(stored: Mapping[str, Any], now: Mapping[str, Any], tolerance: float) -> list[str]:
    """List the cases whose mean is further from the stored one than `tolerance`, and those in only one.

    Parameters
    ----------
    stored, now : dict
        Two results of one experiment.
    tolerance : float
        Largest difference of the means of "values" that is no surprise.

    Returns
    -------
    list of str
        One sentence each; empty if the two agree.
    """
    old, new = ({_case(row): row["values"] for row in result["rows"]} for result in (stored, now))
    sentences = [f"{case}: only in one of the two" for case in sorted(old.keys() ^ new.keys())]
    for case in sorted(old.keys() & new.keys()):
        means = [sum(values) / len(values) for values in (old[case], new[case])]
        if not abs(means[0] - means[1]) <= tolerance:
            sentences.append(f"{case}: {means[1]:.3f} now, {means[0]:.3f} stored")
    return sentences


def _case(row: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in row.items() if key != "values")
