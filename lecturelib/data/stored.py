"""Results of experiments that take too long for a lecture."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any


def result(name: str) -> dict[str, Any]:
    """Return the stored result of an experiment.

    Parameters
    ----------
    name : str
        Of the experiment; `make experiments` runs them all anew.

    Returns
    -------
    dict
        "experiment", "date", "versions", "settings" (the seeds among them), and "rows": one case each, its
        numbers under "values", one a seed.

    Raises
    ------
    ValueError
        If no experiment of that name has a stored result.

    Examples
    --------
    >>> stored = result("translated_digits")
    >>> sorted(stored)
    ['date', 'experiment', 'rows', 'settings', 'versions']
    """
    folder = files("lecturelib.data") / "results"
    names = sorted(
        path.name.removesuffix(".json") for path in folder.iterdir() if path.name.endswith(".json")
    )
    if name not in names:
        raise ValueError(f"name must be one of {', '.join(names)}; got {name!r}")
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
