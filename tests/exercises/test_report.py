"""Reports: points, text, HTML."""

import json
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from lecturelib.exercises import EXERCISES, check

right = EXERCISES["conv1d"].reference
HOMEWORKS = Path(__file__).parents[2] / "notebooks" / "homework" / "source"


def correlation(x, w, mode):
    return right(x, w[::-1], mode)


def test_points_are_plain_finite_floats():
    for function in (right, correlation, lambda x, w, mode: np.nan, None):
        points = check("conv1d", function).points(3)
        assert type(points) is float and 0 <= points <= 3
    assert check("conv1d", right).points(3) == 3.0
    assert type(check("conv1d", right).points(np.float64(0.5))) is float


def test_partial_points_never_round_up_to_full():
    def almost(x, w, mode):
        return right(x, w, mode) + (len(x) == 1 and mode == "full")

    report = check("conv1d", almost)
    assert report.score == pytest.approx(23 / 24)
    assert report.points(0.01) == 0.0
    assert report.points(2) == 1.91


@pytest.mark.parametrize(
    ("maximum", "error", "words"),
    [
        ("2", TypeError, "maximum must be a number of points; got str"),
        (True, TypeError, "maximum must be a number of points; got bool"),
        (float("nan"), ValueError, "maximum must be finite and not negative; got nan"),
        (-1, ValueError, "maximum must be finite and not negative; got -1"),
    ],
)
def test_maximum_must_be_points(maximum, error, words):
    with pytest.raises(error, match=words):
        check("conv1d", right).points(maximum)


def test_text_is_the_same_on_every_run_and_names_case_index_expected_and_got():
    text = repr(check("conv1d", correlation))
    assert text == repr(check("conv1d", correlation))
    assert text.startswith("conv1d: not yet, 3 of 24 cases right.\nYour answer is the cross-correlation")
    assert re.search(
        r"First difference, the worked example, mode 'valid': at index 0: expected 12, got 21\.\n", text
    )
    assert " expected = [" in text and " got      = [" in text


def test_text_holds_no_addresses():
    def broken(x, w, mode):
        raise ValueError(f"bad {object()}")

    report = check("conv1d", broken)
    assert "0x" not in repr(report) + report._repr_html_()
    assert "bad <object object>" in report.diagnosis


def test_card_escapes_what_the_student_wrote():
    def broken(x, w, mode):
        raise ValueError("<script>alert(1)</script>")

    html = check("conv1d", broken)._repr_html_()
    assert "<script>" not in html and "&lt;script&gt;" in html


@pytest.mark.parametrize(
    ("function", "word"),
    [(right, "Passed"), (correlation, "Not yet"), (lambda x, w, mode: None, "Not attempted")],
)
def test_card_brings_its_own_colours_and_says_the_outcome_in_words(function, word):
    html = check("conv1d", function)._repr_html_()
    assert html.count("<div") == html.count("</div>") and html.count("<details") == html.count("</details>")
    assert word in html and "background:#fbfcfd;color:#1c2430" in html
    assert 'aria-label="Check of conv1d"' in html
    assert html.count(word) == 1 and html.lower().count(word.lower()) == 1  # said once
    assert ("Hint 1" in html) is (word != "Passed")
    assert "<script" not in html and "id=" not in html


def luminance(colour):
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_card_is_readable():
    html = check("conv1d", correlation)._repr_html_()
    pairs = set(re.findall(r"background:(#\w{6});color:(#\w{6})", html))
    assert pairs
    for back, front in pairs:
        assert (luminance(back) + 0.05) / (luminance(front) + 0.05) >= 7


def test_report_is_displayed_where_there_is_a_shell(monkeypatch, capsys):
    import IPython
    import IPython.display

    shown = []
    monkeypatch.setattr(IPython, "get_ipython", lambda: object())
    monkeypatch.setattr(IPython.display, "display", shown.append)
    report = check("conv1d", correlation)
    report.points(1)
    assert shown == [report]
    assert capsys.readouterr().out == ""


def numbers_in(text):
    return {float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text.replace("−", "-"))}


@cache
def worked_examples():
    """Return the Markdown that precedes the check of each exercise, from the homework notebooks."""
    found, text = {}, ""
    for path in sorted(HOMEWORKS.glob("hw*/hw*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "markdown" and "**Worked example.**" in source:
                text = source
            for name in re.findall(r'^check\("(\w+)"', source, re.MULTILINE):
                found[name] = text
    return found


@pytest.mark.parametrize("name", EXERCISES)
def test_a_case_that_is_called_an_example_is_that_example(name):
    """The statement's example and the notebook's worked example have different numbers in many exercises."""
    for problem in EXERCISES[name].problems(np.random.default_rng(0)):
        if "example" not in problem.label:
            continue
        called = re.match("the example in the statement|the worked example", problem.label)[0]
        text = worked_examples()[name] if "worked" in called else EXERCISES[name].statement
        for array in (one for one in problem.args if isinstance(one, np.ndarray)):
            some = array.ravel()[:4]  # in `tiled2d` the kernels that follow have no turn
            assert {float(number) for number in some} <= numbers_in(text), called
