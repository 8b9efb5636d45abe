"""The explorers of turned kernels and of shifted examples: their numbers, words, pictures and errors."""

from itertools import product

import numpy as np
import pytest
from scipy import ndimage

from lecturelib.data import photo
from lecturelib.display.explorers import LearnShifts, TurnKernel, learn_shifts, turn_kernel
from lecturelib.display.explorers.controls import Stops

# The turned kernel ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "angle, kernel, turn", list(product(turn_kernel.ANGLES, turn_kernel.KERNELS, (False, True)))
)
def test_gaps_with_every_control_everywhere(angle, kernel, turn):
    seen = turn_kernel.compute(photo("china", gray=True)[60:180, 70:190], angle, kernel, turn)
    if angle == 0 or (angle in (90, 180) and (turn or kernel != "derivative of a Gaussian")):
        assert seen.gap < 1e-12
    elif kernel == "derivative of a Gaussian" and not turn:
        assert 0.2 < seen.gap < 2 + 1e-12  # upside down it finds the same with the other sign: exactly 2
    else:  # only the interpolation is left
        assert 1e-4 < seen.gap < 0.08


def test_the_gap_grows_with_the_angle_until_the_kernel_is_turned_too():
    image = photo("china", gray=True)[60:180, 70:190]
    gaps = [turn_kernel.compute(image, angle).gap for angle in turn_kernel.ANGLES]
    assert gaps == sorted(gaps)
    assert gaps[-1] > 1


def test_the_photo_is_filtered_and_turned_as_others_do_it():
    image = np.random.default_rng(3).normal(size=(60, 60))
    seen = turn_kernel.compute(image, 30, "derivative of a Gaussian", True)
    turned = ndimage.rotate(image, 30, reshape=False, order=1)
    np.testing.assert_allclose(seen.gx[seen.inside], turned[seen.inside], atol=1e-12)
    filtered = ndimage.correlate(seen.gx, seen.laid, mode="constant")
    np.testing.assert_allclose(seen.fgx, filtered, atol=1e-12)
    np.testing.assert_array_equal(turn_kernel.compute(image, 90).gx, np.rot90(image))


def test_what_lies_outside_the_circle_has_no_say_and_what_lies_inside_has():
    image = np.random.default_rng(4).normal(size=(60, 60))
    seen = turn_kernel.compute(image, 45, "Gaussian")
    noise = np.pad(np.zeros((58, 58)), 1, constant_values=100.0)
    again = turn_kernel.compute(image + noise, 45, "Gaussian")
    assert np.array_equal(seen.fgx[seen.inside], again.fgx[seen.inside])
    np.testing.assert_allclose(seen.gfx[seen.inside], again.gfx[seen.inside], atol=1e-12)
    assert seen.inside.sum() > 0.4 * image.size


@pytest.mark.parametrize("angle", turn_kernel.ANGLES)
def test_turned_kernels_are_the_ones_that_the_formula_gives(angle):
    """A turned derivative of a Gaussian is its derivative along the turned direction."""
    down, right = np.mgrid[-6:7, -6:7]
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    along = cos * right - sin * down  # counterclockwise, rows go down
    exact = along * np.exp(-(down**2 + right**2) / (2 * turn_kernel.SIGMA**2))
    exact /= np.abs(exact).sum()
    kernel = turn_kernel.kernel_at("derivative of a Gaussian", angle)
    assert np.abs(kernel - exact).max() < 0.1 * exact.max()
    assert abs(kernel.sum()) < 1e-12
    assert abs(turn_kernel.kernel_at("Laplacian of a Gaussian", 0).sum()) < 1e-12


def test_sentence_picture_and_number_agree():
    explorer = TurnKernel()
    assert explorer.values == {"angle": 30, "kernel": "derivative of a Gaussian", "turn": False}
    for angle, kernel, turn in product((0, 30, 90), turn_kernel.KERNELS, (False, True)):
        explorer.set(angle=angle, kernel=kernel, turn=turn)
        seen = explorer.compute(explorer.values)
        assert explorer.sentence.endswith(f"the relative gap is {seen.gap:.3f}.")
        assert f"turned by {angle} degrees" in explorer.sentence
        assert ("turned along" in explorer.sentence) == turn
        figure = explorer.frame(angle=angle, kernel=kernel, turn=turn)
        assert f"{seen.gap:.3f}" in [text.get_text() for text in figure.texts]
        shown = {axes.get_title(): axes.images[0].get_array() for axes in figure.axes}
        assert np.array_equal(shown["g(x)"], seen.gx)
        assert np.array_equal(shown["kernel for g(x)"], seen.laid)
        assert np.array_equal(shown["kernel for x"], seen.kernel)
        gap = shown["difference"]
        assert np.array_equal(gap.mask, ~seen.inside)
        assert np.array_equal(gap.compressed(), (seen.fgx - seen.gfx)[seen.inside])


@pytest.mark.parametrize(
    ("image", "error", "message"),
    [
        (
            np.ones((60, 61)),
            ValueError,
            r"image must have shape \(N, N\) with N from 48 to 240; got shape \(60, 61\)",
        ),
        (np.ones((47, 47)), ValueError, "N from 48 to 240"),
        (np.ones((241, 241)), ValueError, "N from 48 to 240"),
        (np.ones((3, 60, 60)), ValueError, r"got shape \(3, 60, 60\)"),
        (np.full((60, 60), np.nan), ValueError, "image must be finite; got NaN or infinity"),
        ([["a"]], TypeError, "image must hold numbers; got an array of dtype <U1"),
    ],
)
def test_wrong_images(image, error, message):
    with pytest.raises(error, match=message):
        TurnKernel(image)


def test_own_images_of_every_size_are_copied():
    for n in (48, 61, 240):
        image = np.random.default_rng(5).uniform(size=(n, n))
        explorer = TurnKernel(image)
        image[:] = 0
        assert explorer.image.any()
    assert TurnKernel(np.zeros((50, 50))).sentence.endswith("the relative gap is 0.000.")


# The layer that learns --------------------------------------------------------------------------------------


def test_the_lecture_s_experiment_gives_the_same_matrices():
    draws = np.random.default_rng(1)
    some_x, some_y = draws.normal(size=(3, 8)), draws.normal(size=(3, 8))
    inputs = np.concatenate([np.roll(some_x, v, axis=1) for v in range(8)])
    targets = np.concatenate([np.roll(some_y, v, axis=1) for v in range(8)])
    weights = draws.normal(size=(8, 8))
    for step in range(401):
        if step in learn_shifts.STEPS:
            seen = learn_shifts.compute(step)
            np.testing.assert_allclose(seen.weights, weights, rtol=0, atol=1e-12)
            error = np.sqrt(np.mean((weights @ inputs.T - targets.T) ** 2))
            assert abs(seen.error - error) < 1e-12
        weights -= 0.02 / 3 * (inputs @ weights.T - targets).T @ inputs


@pytest.mark.parametrize("shifts", [True, False])
def test_only_shifts_make_it_a_convolution(shifts):
    distances = [learn_shifts.compute(step, shifts).distance for step in learn_shifts.STEPS]
    assert distances[0] > 0.9
    assert (distances[-1] < 1e-3) == shifts
    if not shifts:
        assert min(distances) > 0.9
        assert learn_shifts.compute(400, False).error < 0.01  # and yet it has learned
    assert len(learn_shifts.training(shifts)) == 401


def test_words_and_picture_of_every_stop():
    explorer = LearnShifts()
    assert explorer.values == {"step": 30, "shifts": True}
    for step, shifts in product(learn_shifts.STEPS, (True, False)):
        explorer.set(step=step, shifts=shifts)
        seen = learn_shifts.compute(step, shifts)
        assert explorer.sentence.startswith(f"After {step} step{'s' * (step != 1)} the distance")
        assert f"matrix is {seen.distance:.2g}." in explorer.sentence
        assert f"off by {seen.error:.2f} " in explorer.sentence
        assert ("all their shifts" in explorer.sentence) == shifts
    for step, shifts in ((0, True), (400, False)):
        figure = explorer.frame(step=step, shifts=shifts)
        seen = learn_shifts.compute(step, shifts)
        weights, nearest, _, curve = figure.axes
        assert np.array_equal(weights.images[0].get_array(), seen.weights)
        assert np.array_equal(nearest.images[0].get_array(), seen.nearest)
        assert weights.images[0].get_clim() == nearest.images[0].get_clim() == (-1, 1)
        with_shifts, without, mark = curve.lines
        for line, kind in ((with_shifts, True), (without, False)):
            expected = [learned.distance for learned in learn_shifts.training(kind)]
            assert np.array_equal(line.get_ydata(), expected)
        assert mark.get_xydata().tolist() == [[step, seen.distance]]
        low, high = curve.get_ylim()
        assert low < seen.distance < high


# A slider that stops here and there -------------------------------------------------------------------------


def test_a_slider_with_stops():
    stops = Stops("step", "Training", (0, 1, 5, 20), 5, unit="steps")
    assert [stops.check(value) for value in (0, 5, np.int64(20))] == [0, 5, 20]
    assert [stops.nearest(value) for value in (-3, 2, 4, 19, 1000, "x", True, None)] == [
        0,
        1,
        5,
        20,
        20,
        5,
        5,
        5,
    ]
    assert stops.description() == {
        "kind": "stops", "name": "step", "label": "Training", "stops": [0, 1, 5, 20], "value": 5,
        "unit": "steps", "play": 0,
    }  # fmt: skip
    with pytest.raises(ValueError, match="step must be one of 0, 1, 5, 20, got 3"):
        stops.check(3)
    for wrong in (2.0, True, "5"):
        with pytest.raises(TypeError, match="step must be an integer, got"):
            stops.check(wrong)
