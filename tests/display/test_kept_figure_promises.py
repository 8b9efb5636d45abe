"""What every explorer that Matplotlib draws promises: its page, its style, its inputs, its errors."""

from io import BytesIO

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from lecturelib.display.explorers import (
    ConvolutionMatrix,
    LayerMatrix,
    LearnShifts,
    LocalContrast,
    PaddingDepth,
    PoolSeparation,
    ShapePipeline,
    ShiftAndPool,
    SlidingKernel,
    SnapToBand,
    TurnKernel,
)
from lecturelib.display.show import render

X, W = np.array([1, 2, 3, 5, 8]), np.array([1, 10, 100])


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(data)).convert("RGB")).astype(int)


EXPLORERS = {
    "SlidingKernel": SlidingKernel,
    "ConvolutionMatrix": ConvolutionMatrix,
    "TurnKernel": TurnKernel,
    "LearnShifts": LearnShifts,
    "ShiftAndPool": ShiftAndPool,
    "PoolSeparation": PoolSeparation,
    "SnapToBand": SnapToBand,
    "ShapePipeline": ShapePipeline,
    "LayerMatrix": LayerMatrix,
    "LocalContrast": LocalContrast,
    "PaddingDepth": PaddingDepth,
}
SETTINGS = {
    "SlidingKernel": {"n": 5, "mode": "same"},
    "ConvolutionMatrix": {"n": 7, "flip": False, "row": 8},
    "TurnKernel": {"angle": 75, "kernel": "Laplacian of a Gaussian", "turn": True},
    "LearnShifts": {"step": 400, "shifts": False},
    "ShiftAndPool": {"shift": 4, "window": 8, "row": "noise", "pooling": "average, side by side"},
    "PoolSeparation": {"a1": 40, "a2": 0, "places": 200, "differ": 4},
    "LayerMatrix": {"layer": "tiled", "n": 10, "k": 1},
    "LocalContrast": {"contrast": 2, "brightness": -30, "c": "0.05", "shadow": False},
    "PaddingDepth": {"padding": "full", "kernel": 6, "layers": 8, "show": "inputs seen by each output pixel"},
    "ShapePipeline": {"network": "LeNet", "size": 11, "stage": 4},
    "SnapToBand": {"strength": 12, "truth": "a convolution of shuffled inputs", "examples": 40},
}
every_explorer = pytest.mark.parametrize("name", EXPLORERS)


@pytest.mark.slow
@every_explorer
def test_the_kept_figure_and_a_new_one_are_the_same_picture(name):
    explorer = EXPLORERS[name]()
    for values in ({}, SETTINGS[name], {}):
        explorer.set(**{**explorer._defaults(), **values})
        difference = np.abs(pixels(explorer.picture) - render(explorer.frame(**values)))
        assert (difference.max(axis=2) > 40).mean() < 0.0005


@every_explorer
def test_going_there_and_back_gives_the_same_bytes(name):
    explorer = EXPLORERS[name]()
    first, sentence = explorer.picture, explorer.sentence
    explorer.set(**SETTINGS[name])
    assert explorer.picture != first
    explorer.set(**explorer._defaults())
    assert (explorer.picture, explorer.sentence) == (first, sentence)
    assert EXPLORERS[name]().picture == first


@every_explorer
def test_no_figure_is_left_to_pyplot(name):
    before = plt.get_fignums()
    explorer = EXPLORERS[name]()
    explorer.set(**SETTINGS[name])
    explorer._repr_mimebundle_()
    assert plt.get_fignums() == before


@every_explorer
def test_a_page_without_a_kernel_shows_the_state_it_was_left_in(name):
    explorer = EXPLORERS[name]()
    first = explorer._repr_mimebundle_()[0]
    assert first == explorer._repr_mimebundle_()[0]  # the same bytes each time
    explorer.set(**SETTINGS[name])
    data, _ = explorer._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/plain"].endswith(explorer.sentence) and data["text/plain"] != first["text/plain"]
    assert data["text/html"] != first["text/html"]
    assert 'alt="' in data["text/html"] and data["text/html"].count("<img") == 1
    assert len(data["text/html"]) < 90_000
    assert name not in data["text/plain"] and "0x" not in data["text/plain"]


@every_explorer
def test_the_controls_are_few_and_labelled(name):
    explorer = EXPLORERS[name]()
    assert 1 <= len(explorer.controls) <= 4
    for control in explorer.controls:
        assert len(control["label"]) >= 3
        assert control["name"] in explorer.values
    assert len(explorer.alt) >= 20 and explorer.label


@every_explorer
def test_the_page_asks_and_is_answered_with_its_own_number(name):
    explorer = EXPLORERS[name]()
    explorer.request = {"number": 7, "values": SETTINGS[name]}
    assert explorer.answered == 7
    assert SETTINGS[name].items() <= explorer.values.items()


@every_explorer
@pytest.mark.parametrize(
    "values",
    [
        {"n": 10**9},
        {"n": -1},
        {"n": None, "flip": "yes", "mode": 3},
        {"step": -9, "angle": 44},
        {"nonsense": 1},
        5,
    ],
)
@pytest.mark.slow
def test_a_senseless_request_of_the_page_does_no_harm(name, values):
    explorer = EXPLORERS[name]()
    explorer.request = {"number": 1, "values": values}
    for control in explorer.controls_for(explorer.values):
        control.check(explorer.values[control.name])
    assert explorer.answered == 1


@every_explorer
def test_frame_leaves_the_explorer_as_it_is(name):
    explorer = EXPLORERS[name]()
    before = explorer.values, explorer.picture, explorer.sentence
    explorer.frame(**SETTINGS[name])
    assert (explorer.values, explorer.picture, explorer.sentence) == before


@every_explorer
def test_the_notebook_s_style_does_not_change_the_picture(name):
    first = EXPLORERS[name]().picture
    with plt.rc_context({"font.size": 30, "axes.facecolor": "black", "figure.constrained_layout.use": True}):
        assert EXPLORERS[name]().picture == first


def test_inputs_are_copied_and_never_changed():
    x, w = X.astype(float), W.astype(float)
    explorer = SlidingKernel(x, w)
    explorer.set(n=4, flip=False)
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(w, W)
    x[:] = 0
    assert explorer.compute(explorer.values).outputs.any()
    assert not explorer.x.flags.writeable


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"n": 7}, ValueError, "n must lie between 0 and 6, got 7"),
        ({"n": 2.0}, TypeError, "n must be an integer, got 2.0"),
        ({"n": True}, TypeError, "n must be an integer, got True"),
        ({"flip": 1}, TypeError, "flip must be True or False, got 1"),
        ({"mode": "circular"}, ValueError, "mode must be one of full, same, valid, got 'circular'"),
        ({"speed": 1}, TypeError, "speed is no control of SlidingKernel; it has n, flip, mode"),
    ],
)
def test_a_wrong_setting_is_refused(change, error, message):
    explorer = SlidingKernel()
    before = explorer.values
    with pytest.raises(error, match=message):
        explorer.set(**change)
    with pytest.raises(error, match=message):
        explorer.frame(**change)
    assert explorer.values == before


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: SlidingKernel([]),
            ValueError,
            r"x must have shape \(N,\) with N from 1 to 10, got shape \(0,\)",
        ),
        (lambda: SlidingKernel([1], [[1, 2]]), ValueError, r"w must have shape \(N,\) .* got shape \(1, 2\)"),
        (lambda: SlidingKernel(["a"]), TypeError, "x must hold real numbers, got dtype <U1"),
        (lambda: SlidingKernel([1, np.nan]), ValueError, "x must be finite"),
        (
            lambda: ConvolutionMatrix([1] * 6),
            ValueError,
            r"k must have shape \(N,\) with N from 1 to 5, got shape \(6,\)",
        ),
        (lambda: ConvolutionMatrix([1], 3), ValueError, "n must lie between 4 and 12, got 3"),
        (lambda: ConvolutionMatrix([1] * 5, 4), ValueError, "n must lie between 5 and 12, got 4"),
        (
            lambda: ConvolutionMatrix(x=[1, 2]),
            ValueError,
            "x must hold 12 numbers, of which the first n are used, got 2",
        ),
    ],
)
def test_a_wrong_argument_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()
