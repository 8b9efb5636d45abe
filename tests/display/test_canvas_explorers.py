"""The canvas explorers: their numbers, their Python state, their errors and their stills."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from lecturelib.display.explorers import canvas, drag_signals, window2d
from lecturelib.display.explorers.drag_signals import DragSignals, SignalState
from lecturelib.display.explorers.window2d import Window2D, WindowState

# ---- hand-worked numbers


def test_window_of_a_convolution_is_the_flipped_kernel_times_the_pixels():
    image, kernel = np.array([[1.0, 2, 3], [4, 5, 6]]), np.array([[1.0, 10]])
    result = window2d.compute(WindowState(image, kernel, row=1, column=0))
    assert result.laid.tolist() == [[10, 1]]
    assert result.window.tolist() == [[4, 5]]
    assert result.value == 45 == result.output[1, 0]
    assert result.output.tolist() == [[12, 23], [45, 56]]


def test_window_of_a_cross_correlation_is_the_kernel_itself():
    image, kernel = np.array([[1.0, 2, 3], [4, 5, 6]]), np.array([[1.0, 10]])
    result = window2d.compute(WindowState(image, kernel, row=1, column=0, flip=False))
    assert result.laid.tolist() == [[1, 10]]
    assert result.value == 54 == result.output[1, 0]


def test_dot_shows_the_kernel_under_convolution_and_its_flip_under_cross_correlation():
    kernel = np.arange(1.0, 10).reshape(3, 3)
    explorer = Window2D(window2d.IMAGES["dot"], kernel)
    assert np.array_equal(explorer.output[1:4, 1:4], 16 * kernel)
    explorer.flip = False
    assert np.array_equal(explorer.output[1:4, 1:4], 16 * kernel[::-1, ::-1])


def test_sobel_kernels_answer_positively_to_a_rising_ramp_under_convolution():
    ramp = np.tile(np.arange(8.0), (8, 1))
    assert (Window2D(ramp, window2d.KERNELS["Sobel x"]).output == 8).all()
    assert (Window2D(ramp.T, window2d.KERNELS["Sobel y"]).output == 8).all()


def test_copies_of_the_kernel_add_up_to_the_output():
    result = drag_signals.compute(SignalState(np.array([2.0, 0, -1]), np.array([1.0, 3])))
    assert result.copies.tolist() == [[2, 6, 0, 0], [0, 0, 0, 0], [0, 0, -1, -3]]
    assert result.full.tolist() == [2, 6, -1, -3]
    assert result.first == 0


def test_cross_correlation_lays_reversed_copies_and_starts_at_a_negative_lag():
    result = drag_signals.compute(SignalState(np.array([2.0, 0, -1]), np.array([1.0, 3]), flip=False))
    assert result.copies.tolist() == [[6, 2, 0, 0], [0, 0, 0, 0], [0, 0, -3, -1]]
    assert result.full.tolist() == [6, 2, -3, -1]
    assert result.first == -1


# ---- oracle and laws


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("flip", [True, False])
def test_outputs_equal_scipy(seed, flip):
    rng = np.random.default_rng(seed)
    image, kernel = rng.normal(size=(5, 9)), rng.normal(size=(4, 2))
    two = signal.convolve2d if flip else signal.correlate2d
    assert np.allclose(Window2D(image, kernel, flip=flip).output, two(image, kernel, "valid"))
    x, w = rng.normal(size=7), rng.normal(size=4)
    one = signal.convolve if flip else signal.correlate
    for mode in drag_signals.MODES:
        assert np.allclose(DragSignals(x, w, flip=flip, mode=mode).output, one(x, w, mode))


numbers = st.lists(st.integers(-9, 9), min_size=1, max_size=9).map(np.array)


@settings(max_examples=40, deadline=None)
@given(x=numbers, w=numbers, flip=st.booleans())
def test_rows_of_copies_always_sum_to_the_full_output(x, w, flip):
    result = drag_signals.compute(SignalState(x.astype(float), w.astype(float), flip))
    assert np.array_equal(result.copies.sum(axis=0), result.full)


# ---- what Python sees and sends


def browser_sends(explorer, **state):
    """Set traits as a message from the page does."""
    explorer.set_state(state)


def test_edits_in_the_browser_reach_python():
    explorer = Window2D([[1, 2, 3], [4, 5, 6]], [[1, 10]])
    browser_sends(explorer, image=[[0, 0, 1], [0, 0, 0]], row=0, column=1)
    assert explorer.image.tolist() == [[0, 0, 1], [0, 0, 0]]
    assert explorer.output.tolist() == [[0, 1], [0, 0]]
    assert explorer.value == 1
    drag = DragSignals([1, 2], [1, 1])
    browser_sends(drag, w=[2, 0], panel="w", index=1, mode="same")
    assert drag.output.tolist() == [2, 4]


def test_state_travels_as_plain_lists():
    state = Window2D([[1, 2]], [[3]]).get_state()
    assert state["image"] == [[1.0, 2.0]]
    assert state["kernel"] == [[3.0]]
    json.dumps([state["_images"], state["_kernels"], state["_limit"]])
    assert DragSignals([1, 2], [3]).get_state()["x"] == [1.0, 2.0]


def test_arrays_cannot_be_damaged_in_place_and_the_argument_stays_as_it_was():
    given_image = np.ones((3, 4))
    explorer = Window2D(given_image, [[1.0]])
    with pytest.raises(ValueError, match="read-only"):
        explorer.image[0, 0] = 7
    given_image[0, 0] = 9
    assert explorer.image[0, 0] == 1
    assert explorer.image.dtype == np.float64


def test_a_smaller_image_moves_the_window_inside():
    explorer = Window2D(np.ones((8, 8)), np.ones((3, 3)), row=5, column=5)
    explorer.image = np.ones((4, 6))
    assert (explorer.row, explorer.column) == (1, 3)
    drag = DragSignals([0, 0, 5], [1])
    assert drag.index == 2
    drag.x = [1.0]
    assert drag.index == 0


def test_own_arrays_can_be_chosen_again_and_presets_are_named_once():
    assert "as given" not in Window2D()._images
    assert next(iter(Window2D([[1, 2, 3]], [[1]])._images)) == "as given"
    assert "as given" not in DragSignals()._signals
    assert DragSignals([1, 2], [5, 6])._kernels["as given"] == [5, 6]
    for n in (1, 2, 7, 24):
        assert all(len(values) == n for values in drag_signals.signals(n).values())


@pytest.mark.parametrize("make", [Window2D, DragSignals])
def test_every_preset_can_be_shown(make):
    explorer = make()
    two = make is Window2D
    for name, values in (explorer._images if two else explorer._signals).items():
        setattr(explorer, "image" if two else "x", values)
        for kernel_name, kernel in explorer._kernels.items():
            setattr(explorer, "kernel" if two else "w", kernel)
            assert np.isfinite(explorer.output).all(), (name, kernel_name)


def test_extremes_of_every_trait():
    explorer = Window2D(np.arange(28.0 * 28).reshape(28, 28), np.eye(7))
    for row, column in [(0, 0), (21, 21), (0, 21)]:
        explorer.row, explorer.column = row, column
        assert explorer.value == explorer.output[row, column]
    assert Window2D([[3]], [[2]]).value == 6
    drag = DragSignals(np.arange(24.0), np.arange(12.0))
    for panel, last in [("x", 23), ("w", 11), ("y", 34)]:
        drag.panel, drag.index = panel, last
        drag.index = 0
    for mode, length in [("full", 35), ("same", 24), ("valid", 13)]:
        drag.mode = mode
        assert drag.output.shape == (length,)


# ---- errors


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"image": [1, 2]}, ValueError, r"image must have 2 axes; got shape \(2,\)"),
        ({"image": [[1, 2], [3]]}, ValueError, "image must be a rectangular array of numbers"),
        ({"image": np.ones((29, 8))}, ValueError, r"image must have 1 to 28 entries .* got shape \(29, 8\)"),
        ({"image": [[np.nan]], "kernel": [[1]]}, ValueError, "image must be finite"),
        ({"image": [["a"]]}, TypeError, "image must hold real numbers; got dtype <U1"),
        ({"kernel": [[1j]]}, TypeError, "kernel must hold real numbers; got dtype complex128"),
        ({"kernel": np.ones((8, 1))}, ValueError, r"kernel must have 1 to 7 entries"),
        ({"kernel": np.zeros((0, 3))}, ValueError, r"kernel must have 1 to 7 entries"),
        (
            {"image": np.ones((3, 2)), "kernel": np.ones((2, 3))},
            ValueError,
            r"kernel must fit inside the image of shape \(3, 2\); got shape \(2, 3\)",
        ),
        ({"row": 6}, ValueError, "row must be from 0 to 5, inside the output; got 6"),
        ({"column": -1}, ValueError, "column must be from 0 to 5, inside the output; got -1"),
        ({"tool": "erase"}, ValueError, "tool must be 'move' or 'draw'; got 'erase'"),
        ({"row": 1.5}, TypeError, "'row' trait .* expected an int"),
    ],
)
def test_wrong_arguments_of_the_window(arguments, error, message):
    with pytest.raises(error, match=message):
        Window2D(**arguments)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"x": [[1, 2]]}, ValueError, r"x must have 1 axes; got shape \(1, 2\)"),
        ({"x": np.ones(25)}, ValueError, "x must have 1 to 24 entries"),
        ({"w": []}, ValueError, "w must have 1 to 12 entries"),
        ({"w": [np.inf]}, ValueError, "w must be finite"),
        ({"mode": "circular"}, ValueError, "mode must be one of full, same, valid; got 'circular'"),
        ({"x": ["a"]}, TypeError, "x must hold real numbers"),
    ],
)
def test_wrong_arguments_of_the_signals(arguments, error, message):
    with pytest.raises(error, match=message):
        DragSignals(**arguments)


def test_wrong_assignments_leave_the_state_as_it_was():
    explorer = Window2D()
    for name, value, message in [
        ("kernel", np.ones((7, 7, 1)), "kernel must have 2 axes"),
        ("image", np.ones((2, 2)), "kernel must fit inside the image"),
        ("row", 9, "row must be from 0 to 5"),
    ]:
        with pytest.raises(ValueError, match=message):
            setattr(explorer, name, value)
    assert explorer.image.shape == (8, 8)
    assert explorer.kernel.tolist() == window2d.KERNELS["Sobel x"]
    drag = DragSignals()
    with pytest.raises(ValueError, match="panel must be one of x, w, y; got 'z'"):
        drag.panel = "z"
    with pytest.raises(ValueError, match="index must be from 0 to 9 in panel x; got 10"):
        drag.index = 10


# ---- the still and the output bundle


@pytest.mark.parametrize("make", [Window2D, DragSignals])
def test_output_bundle_has_view_still_and_a_stable_sentence(make):
    first, second = make()._repr_mimebundle_()[0], make()._repr_mimebundle_()[0]
    assert "model_id" in first["application/vnd.jupyter.widget-view+json"]
    assert first["text/plain"] == second["text/plain"] == make().sentence == repr(make())
    assert first["text/html"] == second["text/html"]
    assert re.search(r'<img [^>]*alt="[^"]{40,}"[^>]* src="data:image/png;base64,', first["text/html"])
    assert len(first["text/html"]) < 90_000


def test_sentences_say_what_the_numbers_are():
    explorer = Window2D([[1, 2, 3], [4, 5, 6]], [[1, 10]], row=1, column=0)
    assert explorer.sentence == (
        "A 1 × 2 kernel lies on an image of 2 × 3, flipped, which is convolution; "
        "the products under the window add up to output[1, 0] = 45."
    )
    drag = DragSignals([0, -2, 1], [1, 3], flip=False)
    assert drag.sentence == (
        "The cross-correlation x ⋆ w of 3 samples with 2 is the sum of 3 shifted copies of w, "
        "each times a sample of x; the copy of x[1] = −2 covers y[0] to y[1]."
    )


def test_still_of_the_window_draws_the_arrays_it_speaks_of():
    explorer = Window2D([[1, 2, 3], [4, 5, 6]], [[1, 10]], row=1, column=1)
    image, kernel, output = explorer.frame().axes
    assert np.array_equal(image.images[0].get_array(), explorer.image)
    assert kernel.images[0].get_array().tolist() == [[10, 1]]
    assert np.array_equal(output.images[0].get_array(), explorer.output)
    assert [text.get_text() for text in output.texts] == ["12", "23", "45", "56"]
    assert image.patches[0].get_bbox().bounds == (0.5, 0.5, 2, 1)
    assert output.patches[0].get_bbox().bounds == (0.5, 0.5, 1, 1)


@pytest.mark.parametrize("flip", [True, False])
def test_still_of_the_signals_stacks_bars_that_end_at_the_diamonds(flip):
    explorer = DragSignals([2, 0, -1, 1.5], [1, 0.5, -2], flip=flip)
    output = explorer.frame().axes[2]
    index, diamonds = output.lines[-1].get_data()
    result = drag_signals.compute(explorer.state)
    assert np.array_equal(diamonds, result.full)
    assert index[0] == result.first
    sums = np.zeros(6)
    for bar in output.patches:
        sums[round(bar.get_x() + bar.get_width() / 2) - result.first] += bar.get_height()
    assert np.allclose(sums, result.full)


def test_large_grids_print_no_numbers():
    image = Window2D(np.ones((9, 20)), np.ones((2, 2))).frame().axes[0]
    assert not image.texts


@pytest.mark.parametrize("make", [Window2D, DragSignals])
def test_script_is_one_self_contained_module(make):
    script = make._esm
    assert script.count("export default") == 1
    for forbidden in (r"^\s*import\b", r"\bimport\(", r"\bfetch\(", r"https?://", r"\beval\(", r"innerHTML"):
        assert not re.search(forbidden, script, re.MULTILINE), forbidden
    assert "url(" not in make._css
    assert "@import" not in make._css


def test_scripts_stay_short():
    folder = Path(canvas.__file__).parent
    for name in ("canvas.js", "canvas.css", "window2d.js", "drag_signals.js", "drag_signals_page.js"):
        assert len((folder / name).read_text(encoding="utf-8").splitlines()) <= 400, name


def test_base_class_needs_its_pieces():
    bare = canvas.CanvasExplorer()
    for use in (lambda: bare.sentence, bare.frame):
        with pytest.raises(NotImplementedError):
            use()
