"""Notebooks built in memory: one good lecture and one good homework, for the tests to spoil."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools.normalise import normalise
from tools.notebook import Notebook, kind_of
from tools.rules.outputs import NOTES, NOTES_END

Spec = tuple[str, str, dict[str, Any]]

OPENING = """**What you'll do.** Slide a short list of weights along a signal.

**What you'll learn.** To flip, to slide and to add.

**What you'll need.** Nothing but [this folder](.).

The core takes 15 minutes, further reading 5 min."""

PROSE = " ".join(["Every word of this paragraph explains what the cell below is about to show."] * 8)

LECTURE: list[Spec] = [
    ("markdown", "# Slide, multiply, add: convolution", {}),
    ("code", 'from lecturelib.display import plots, show\n\nshow(plots.opening(), "A kernel slides.")', {}),
    ("markdown", OPENING, {}),
    ("code", "import numpy as np\n\nfrom lecturelib.display import explorers", {"tags": ["setup"]}),
    ("markdown", "## Flip and slide (8 min)\n\n" + PROSE, {"tags": ["core"]}),
    ("markdown", "**Question.** How many numbers come out?", {"tags": ["question"]}),
    ("markdown", NOTES + "Five, by those who forget the border." + NOTES_END, {"tags": ["notes"]}),
    ("code", "y = np.convolve([1, 2, 3], [1, 1])\nprint(y)\nassert len(y) == 4", {"claims": ["C005"]}),
    ("markdown", "**What just happened.** The kernel met each sample once.", {}),
    ("code", 'show(plots.signals(y), "Four numbers.")', {}),
    ("code", "explorers.SlidingKernel([1, 2], [1])", {}),
    ("markdown", "## A proof (5 min)\n\n" + PROSE, {"tags": ["further"]}),
    ("code", "y.sum()", {}),
    ("markdown", "## Misconceptions (4 min)", {}),
    ("markdown", "### Convolution keeps the length\n\n" + PROSE, {}),
    ("code", "assert len(y) != 3", {}),
    ("markdown", "### Flipping never matters\n\n" + PROSE, {}),
    ("code", "assert y[0] != y[1]", {}),
    ("markdown", "## Check yourself (3 min)", {}),
    ("markdown", "**Question 1.** How long is the full result?", {"tags": ["question"]}),
    ("code", 'check("length", 4)', {}),
    ("markdown", "**Question 2.** And the valid one?", {"tags": ["question"]}),
    ("code", 'check("valid", 2)', {}),
    ("markdown", "**Question 3.** And the one called same?", {"tags": ["question"]}),
    ("code", 'check("same", 3)', {}),
    ("markdown", "## Lessons learned\n\n- Flip.\n- Slide.\n- Add.", {}),
    ("markdown", "## The fine print\n\nYou will meet the statement that libraries convolve.", {}),
    ("markdown", "## Next\n\nWhat shifts with the picture.", {}),
    (
        "markdown",
        "## References\n\n- A paper, [10.1000/xyz](https://doi.org/10.1000/xyz): read it first.",
        {},
    ),
]

GRADE = {"grade": True, "locked": True, "solution": False, "points": 2, "schema_version": 3, "task": False}
ANSWER = {"grade": False, "locked": False, "solution": True, "schema_version": 3, "task": False}
STUB = "def conv1d(x, w):\n    raise NotImplementedError"

HOMEWORK: list[Spec] = [
    ("markdown", "# Write convolution", {}),
    ("code", "from lecturelib.exercises import check", {"tags": ["setup"]}),
    ("markdown", "## conv1d\n\nReturn the convolution of two signals.", {}),
    ("code", STUB, {"nbgrader": ANSWER | {"grade_id": "answer-conv1d"}}),
    ("code", 'check("conv1d", conv1d).points(2)', {"nbgrader": GRADE | {"grade_id": "check-conv1d"}}),
    ("markdown", "## shift\n\nReturn the signal shifted by one.", {}),
    ("code", STUB.replace("conv1d", "shift"), {"nbgrader": ANSWER | {"grade_id": "answer-shift"}}),
    ("code", 'check("shift", shift).points(2)', {"nbgrader": GRADE | {"grade_id": "check-shift"}}),
]


def make(specs: list[Spec], path: Path) -> Notebook:
    """A notebook as if it had been run: numbered code cells, each that may print with an output."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cells, count = [], 0
    for kind, source, metadata in specs:
        if kind == "markdown":
            cells.append(new_markdown_cell(source, metadata=nbformat.from_dict(metadata)))
            continue
        count += 1
        silent = source.startswith(("import", "assert", "def")) or "check\n" in source + "\n"
        outputs = [] if silent else [new_output("stream", name="stdout", text="the result:\n4\n")]
        cell = new_code_cell(source, execution_count=count, outputs=outputs)
        cell.metadata = nbformat.from_dict(metadata)
        cells.append(cell)
    return Notebook(path, normalise(new_notebook(cells=cells)), kind_of(path))


@pytest.fixture
def lecture(tmp_path: Path) -> Callable[[], Notebook]:
    return lambda: make(LECTURE, tmp_path / "notebooks" / "01_sample.ipynb")


@pytest.fixture
def homework(tmp_path: Path) -> Callable[[str], Notebook]:
    def build(kind: str = "release") -> Notebook:
        return make(
            HOMEWORK, tmp_path / "notebooks" / "homework" / kind / "hw01_sample" / "hw01_sample.ipynb"
        )

    return build
