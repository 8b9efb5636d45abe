"""Slide types follow from what a cell is."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from tools.slides import apply, derive, only_imports, parsed, shows_figure, stale


def cell(kind, source, *tags):
    new = new_markdown_cell if kind == "markdown" else new_code_cell
    return new(source, metadata=nbformat.from_dict({"tags": list(tags)} if tags else {}))


CELLS = [
    (cell("markdown", "# Slide, multiply, add"), "slide"),
    (cell("code", 'show(plots.opening(), "One.")'), "-"),
    (cell("markdown", "**What you’ll do.** Slide."), "subslide"),
    (cell("code", "import numpy as np\nuse_style()", "setup"), "skip"),
    (cell("markdown", "## Flip (8 min)", "core"), "slide"),
    (cell("markdown", "**Question.** How many?", "question"), "subslide"),
    (cell("markdown", "Expected: five.", "notes"), "notes"),
    (cell("code", "y = convolve(x, w)\nprint(y)"), "-"),
    (cell("markdown", "**What just happened.** It slid."), "subslide"),
    (cell("markdown", "More words."), "-"),
    (cell("code", 'show(plots.signals(y), "Four numbers.")'), "subslide"),
    (cell("code", "explorers.SlidingKernel(x, w)"), "subslide"),
    (cell("code", 'listen(y, 8000, "A bell.")'), "subslide"),
    (cell("code", "from scipy import signal"), "skip"),
    (cell("markdown", "### In words"), "subslide"),
    (cell("markdown", "## A proof (5 min)", "further"), "skip"),
    (cell("markdown", "Expected: nothing.", "notes"), "skip"),
    (cell("code", 'show(figure, "Words.")'), "skip"),
    (cell("markdown", "## Lessons learned"), "slide"),
    (cell("markdown", "```\n## not a heading\n```"), "-"),
]


def test_types_of_a_small_lecture():
    assert [kind for kind, _ in derive([cell for cell, _ in CELLS])] == [kind for _, kind in CELLS]


@pytest.mark.parametrize(("lines", "tags"), [(8, []), (9, ["collapse"])])
def test_code_above_eight_lines_collapses(lines, tags):
    source = "\n\n".join(["x = 1"] * lines)  # blank lines do not count
    assert derive([cell("code", source)]) == [("-", tags)]
    assert derive([cell("code", source, "collapse", "core")]) == [("-", ["core", *tags])]


def test_long_prose_does_not_collapse():
    assert derive([cell("markdown", "x\n" * 20)]) == [("-", [])]


def test_stale_types_are_found_and_put_right():
    cells = [cell("markdown", "# Slide"), cell("code", "\n".join(["x = 1"] * 9))]
    assert [number for number, _ in stale(cells)] == [0, 1, 1]
    apply(cells)
    assert stale(cells) == []
    cells[0].metadata["slideshow"]["slide_type"] = "skip"
    assert stale(cells) == [(0, "slide type is 'skip', expected 'slide'")]


def test_what_is_only_defined_shows_nothing():
    assert not shows_figure("def f():\n    show(figure, 'One.')")
    assert not shows_figure("print('show(x)')")
    assert shows_figure("for x in y:\n    show(x, 'One.')")


def test_imports_alone():
    assert only_imports("import numpy as np\nfrom scipy import signal")
    assert not only_imports("import numpy as np\nx = 1")
    assert not only_imports("")


def test_magics_do_not_hide_the_code():
    assert len(parsed("%matplotlib inline\nx = 1\n!ls").body) == 3
    assert parsed("x = = 1").body == []
