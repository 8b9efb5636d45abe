"""The JavaScript of the canvas explorers, run in node: its sums are Python's, its words hold them."""

from __future__ import annotations

import numpy as np
import pytest

from lecturelib.display.explorers import canvas, drag_signals, window2d
from lecturelib.display.explorers.drag_signals import DragSignals, SignalState
from lecturelib.display.explorers.window2d import Window2D, WindowState


def test_browser_sums_equal_python_sums(in_node):
    rng = np.random.default_rng(1)
    calls, expected = [], []
    shapes = [((5, 9), (4, 2)), ((9, 5), (1, 5)), ((3, 3), (3, 3)), ((6, 7), (2, 3)), ((4, 1), (3, 1))]
    for shape, size in shapes:
        image, kernel = rng.normal(size=shape), rng.normal(size=size)
        for flip in (True, False):
            calls.append(["convolveValid", [image.tolist(), kernel.tolist(), flip]])
            expected.append(window2d.compute(WindowState(image, kernel, flip=flip)).output)
    for n, m in [(7, 3), (3, 7), (1, 4), (5, 1), (6, 6), (9, 2)]:
        x, w = rng.normal(size=n), rng.normal(size=m)
        for flip in (True, False):
            calls.append(["convolveFull", [x.tolist(), w.tolist(), flip]])
            expected.append(drag_signals.compute(SignalState(x, w, flip)).full)
    for answer, right in zip(in_node(Window2D, calls), expected, strict=True):
        assert np.shape(answer) == right.shape
        assert np.allclose(answer, right, rtol=0, atol=1e-12)


@pytest.mark.parametrize("flip", [True, False])
def test_browser_keeps_the_same_part_of_the_output(in_node, flip):
    rng = np.random.default_rng(2)
    cases = [(n, m, mode) for n, m in [(7, 3), (3, 7), (8, 4), (1, 5), (4, 4)] for mode in drag_signals.MODES]
    ranges = in_node(DragSignals, [["keptRange", case] for case in cases])
    for (n, m, mode), (first, kept) in zip(cases, ranges, strict=True):
        x, w = rng.normal(size=n), rng.normal(size=m)
        result = drag_signals.compute(SignalState(x, w, flip, mode))
        assert np.allclose(result.full[first : first + kept], result.output)


@pytest.mark.parametrize("flip", [True, False])
def test_browser_stacks_copies_that_sum_to_the_output(in_node, flip):
    rng = np.random.default_rng(3)
    x, w = rng.normal(size=6), rng.normal(size=4)
    state = {"x": x.tolist(), "w": w.tolist(), "flip": flip, "mode": "same", "panel": "x", "index": 2}
    result = drag_signals.compute(SignalState(x, w, flip, "same"))
    for source, count in (("x", 6), ("w", 4)):
        [copies] = in_node(DragSignals, [["copiesOf", [state, source]]])
        assert len(copies) == count
        total = np.zeros(9)
        for copy in copies:
            total[copy["start"] : copy["start"] + len(copy["values"])] += copy["values"]
        assert np.allclose(total, result.full)
    [picture] = in_node(DragSignals, [["signalPicture", [state]]])
    piles = np.zeros(9)
    for bar in picture["stack"]["bars"]:
        piles[bar["place"]] += bar["to"] - bar["from"]
        if bar["strong"]:
            assert bar["from"] == 0
    assert np.allclose(piles, result.full)
    pairs = in_node(DragSignals, [["pairsOf", [state, place]] for place in range(9)])
    assert np.allclose([sum(x[i] * w[j] for i, j in part) for part in pairs], result.full)


def test_spelled_out_arithmetic_holds_the_numbers_it_adds(in_node):
    image, kernel = [[1, 2, 3], [4, 5, 6]], [[-1, 0.125]]
    state = {"image": image, "kernel": kernel, "row": 1, "column": 0, "flip": True}
    [picture] = in_node(Window2D, [["windowPicture", [state]]])
    [said] = in_node(Window2D, [["arithmeticOf", [picture]]])
    assert said == {"left": "output[1, 0] = ", "terms": ["0.13·4", "(−1)·5"], "right": "≈ −4.5"}
    state["kernel"] = [[-1, 0.25]]
    [picture] = in_node(Window2D, [["windowPicture", [state]]])
    [said] = in_node(Window2D, [["arithmeticOf", [picture]]])
    assert said["right"] == "= −4"


def test_words_of_the_signal_explorer(in_node):
    state = {"x": [0, 2, 0, 0], "w": [1, 0.5], "flip": True, "mode": "full", "panel": "x", "index": 1}
    changes = [{}, {"flip": False}, {"panel": "y", "index": 2}, {"panel": "w", "index": 1}]
    pictures = in_node(DragSignals, [["signalPicture", [{**state, **change}]] for change in changes])
    words = in_node(DragSignals, [["signalWords", [picture]] for picture in pictures])
    assert words[0] == {
        "text": "x[1]·w = 2·w = (2, 1), added to y[1..2]",
        "live": "x[1] = 2: output y[1..2] changes",
    }
    assert words[1]["text"] == "x[1]·w reversed = 2·w reversed = (1, 2), added to y[0..1]"
    assert words[2]["text"] == "y[2] = x[1]·w[1] + x[2]·w[0] = 2·0.5 + 0·1 = 1"
    assert words[3]["live"] == "w[1] = 0.5: output y[1..4] changes"


TYPED = {
    "7": 7,
    "12": 12,
    "-2": -2,
    "-": 4,
    "---": 2,
    "--3": 3,
    "+": 6,
    "2.5": 2.5,
    ".5": 0.5,
    "1.2.3": 1.23,
    "x": 5,
}


def test_typing_into_a_cell_that_holds_five(in_node):
    cells = {keys: (None, 5) for keys in TYPED}
    for place in range(max(map(len, TYPED))):
        waiting = [keys for keys in TYPED if len(keys) > place]
        answers = in_node(Window2D, [["typeInto", [*cells[keys], keys[place]]] for keys in waiting])
        cells.update({keys: answer for keys, answer in zip(waiting, answers, strict=True) if answer})
    assert {keys: value for keys, (_, value) in cells.items()} == TYPED


def test_backspace_and_delete(in_node):
    calls = [["typeInto", ["12", 12, "Backspace"]], ["typeInto", ["1", 1, "Backspace"]]]
    calls += [["typeInto", [None, 5, "Backspace"]], ["typeInto", [None, 5, "Delete"]]]
    calls += [["typeInto", ["99999", 0, "9"]]]
    assert in_node(Window2D, calls) == [["1", 1], ["", 0], ["", 0], [None, 0], ["999999", 999]]


def test_numbers_are_written_alike_in_the_browser_and_in_the_still(in_node):
    values = [0, -0.001, 2.5, -1.875, 1.875, 0.125, -0.125, 1 / 3, 123456, -7]
    assert in_node(Window2D, [["tidy", [value]] for value in values]) == [canvas.tidy(v) for v in values]


def test_every_panel_fits_the_narrowest_and_the_widest_card(in_node):
    shapes = [((8, 8), (3, 3)), ((28, 28), (7, 7)), ((1, 1), (1, 1)), ((5, 12), (1, 4)), ((12, 2), (5, 2))]
    states = [
        {"image": np.ones(a).tolist(), "kernel": np.ones(b).tolist(), "row": 0, "column": 0, "flip": True}
        for a, b in shapes
    ]
    pictures = in_node(Window2D, [["windowPicture", [state]] for state in states])
    for width in (526, 966):
        layouts = in_node(Window2D, [["windowLayout", [picture, width]] for picture in pictures])
        for places in layouts:
            for name in ("image", "kernel", "laid", "output"):
                panel = places[name]
                assert panel["left"] >= 0
                assert panel["left"] + panel["width"] <= width
                assert panel["top"] + panel["height"] <= places["height"]
