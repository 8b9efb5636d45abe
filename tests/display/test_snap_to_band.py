"""The explorer of priors: the matrix that snaps to a band as the prior grows stronger."""

import math
import re
from itertools import product

import numpy as np
import pytest

from lecturelib.display.explorers import SnapToBand, snap_to_band
from lecturelib.operators.matrices import toeplitz

STRENGTHS, TRUTHS, EXAMPLES = snap_to_band.STRENGTHS, snap_to_band.TRUTHS, snap_to_band.EXAMPLES


def ledger():
    rng = np.random.default_rng(0)
    x, noise = rng.normal(size=(40, 8)), rng.normal(size=(40, 6))
    return x, x @ toeplitz([1, -2, 1], 8).T + 0.5 * noise


def test_the_known_distances_come_out():
    x, y = ledger()
    limit = snap_to_band.map_estimate(x, y, math.inf)
    known = {0: 0.536, 1: 0.519, 10: 0.404, 1e2: 0.141, 1e4: 0.0021, 1e6: 2.1e-5}
    for strength, distance in known.items():
        found = np.linalg.norm(snap_to_band.map_estimate(x, y, strength) - limit)
        assert found == pytest.approx(distance, rel=0.02)
    seen = snap_to_band.path(TRUTHS[0], 40)
    assert f"{seen[0].missed:.3f} {seen[-1].missed:.3f}" == "0.547 0.103"


def test_the_projector_takes_means_of_the_diagonals_of_the_band():
    p = snap_to_band.projector(8, 3)
    np.testing.assert_allclose(p @ p, p, atol=1e-14)
    np.testing.assert_allclose(p, p.T, atol=1e-14)
    assert round(np.trace(p)) == 3
    weights = np.random.default_rng(7).normal(size=(6, 8))
    nearest = np.zeros((6, 8))
    for lag in range(3):
        mean = np.mean([weights[i, i + lag] for i in range(6)])
        for i in range(6):
            nearest[i, i + lag] = mean
    np.testing.assert_allclose((p @ weights.ravel()).reshape(6, 8), nearest, atol=1e-14)


@pytest.mark.parametrize("strength", [0.3, 10, 1e4])
@pytest.mark.parametrize("n", [6, 40])
def test_the_estimate_solves_the_normal_equations(strength, n):
    x, y = (array[:n] for array in ledger())
    weights = snap_to_band.map_estimate(x, y, strength)
    away = weights.ravel() - snap_to_band.projector(8, 3) @ weights.ravel()
    slope = (weights @ x.T - y.T) @ x + strength * away.reshape(6, 8)
    assert np.abs(slope).max() < 1e-9 * max(1, strength)


def test_the_ends_of_the_path_are_least_squares():
    x, y = ledger()
    for n in (6, 40):
        least = np.linalg.lstsq(x[:n], y[:n], rcond=None)[0].T
        np.testing.assert_allclose(snap_to_band.map_estimate(x[:n], y[:n], 0), least, atol=1e-12)
        taps = [(x[:n] @ toeplitz(tap, 8).T).ravel() for tap in np.eye(3)]
        kernel = np.linalg.lstsq(np.stack(taps, axis=1), y[:n].ravel(), rcond=None)[0]
        limit = snap_to_band.map_estimate(x[:n], y[:n], math.inf)
        np.testing.assert_allclose(limit, toeplitz(kernel, 8), atol=1e-12)
        np.testing.assert_allclose(snap_to_band.map_estimate(x[:n], y[:n], 1e12), limit, atol=1e-10)


@pytest.mark.parametrize("truth, n", list(product(TRUTHS, EXAMPLES)))
def test_the_prior_helps_where_it_is_true_and_harms_where_it_is_not(truth, n):
    runs = [snap_to_band.path(truth, n, seed) for seed in range(5)]
    before, after = (np.median([run[end].test for run in runs]) for end in (0, -1))
    assert (after < before / 3) == (truth == TRUTHS[0])
    for run in runs:
        apart, train = ([getattr(one, key) for one in run] for key in ("apart", "train"))
        assert apart[1:] == sorted(apart[1:], reverse=True) and apart[-1] == 0
        assert all(b >= a - 1e-12 for a, b in zip(train, train[1:], strict=False))
        assert n > 8 or train[0] < 1e-12


def test_the_test_error_is_that_of_many_new_inputs():
    for truth in TRUTHS:
        assert np.linalg.norm(snap_to_band.true_matrix(truth)) == pytest.approx(6)
        seen = snap_to_band.path(truth, 20)[4]
        x = np.random.default_rng(8).normal(size=(100_000, 8))
        gap = x @ (seen.weights - snap_to_band.true_matrix(truth)).T
        assert np.sqrt(np.mean(gap**2)) == pytest.approx(seen.test, rel=0.01)
        x, y = snap_to_band.draw_examples(truth, 20)
        assert np.sqrt(np.mean((y - x @ seen.weights.T) ** 2)) == pytest.approx(seen.train, rel=1e-12)


def test_the_three_truths():
    band, own, shuffled = map(snap_to_band.true_matrix, TRUTHS)
    assert np.array_equal(band, toeplitz([1, -2, 1], 8))
    assert np.array_equal(own != 0, band != 0)
    assert len({tuple(row[i : i + 3]) for i, row in enumerate(own)}) == 6
    assert sorted(map(tuple, shuffled.T)) == sorted(map(tuple, band.T)) and not np.array_equal(shuffled, band)


def test_words_and_picture_of_every_strength():
    explorer = SnapToBand()
    assert explorer.values == {"strength": 0, "truth": TRUTHS[0], "examples": 10}
    for strength, truth, n in product((0, 5, 12), TRUTHS, (6, 10, 200)):
        explorer.set(strength=strength, truth=truth, examples=n)
        seen = snap_to_band.path(truth, n)
        now, said = seen[strength], explorer.sentence
        assert said.startswith(f"λ = {snap_to_band.NAMES[strength]}, {n} examples: W is ")
        assert f"Its error on new inputs without noise is {now.test:.2f}" in said
        assert ("without the prior" in said) == (strength > 0) and ("at λ = ∞ it is" in said) == (
            strength < 12
        )
        assert f"On the examples, noise included, it is {now.train:.2f}." in said and truth in said
        figure = explorer.frame(strength=strength, truth=truth, examples=n)
        fitted, true, curves = figure.axes
        assert np.array_equal(fitted.images[0].get_array(), now.weights)
        assert np.array_equal(true.images[0].get_array(), snap_to_band.true_matrix(truth))
        numbers = [float(text.get_text().replace("−", "-")) for text in fitted.texts]
        assert np.abs(np.reshape(numbers, (6, 8)) - now.weights).max() <= 0.05 + 1e-9
        texts = [text.get_text() for text in figure.texts]
        assert f"{now.test:.2f}" in texts and f"λ = {snap_to_band.NAMES[strength]}" in texts
        assert f"without noise\non the examples, with noise: {now.train:.2f}" in texts
        assert ("black frame: the belief" in true.get_title()) == (truth != TRUTHS[0])
        labels = [text.get_text() for text in curves.get_legend().get_texts()]
        assert labels == ["on new inputs without noise", "on the examples"]
        line, train, test, mark = curves.lines
        assert test.get_ydata() == [one.test for one in seen]
        assert train.get_ydata() == [one.train for one in seen]
        assert mark.get_ydata() == [now.test] and line.get_xdata()[0] == mark.get_xdata()[0]
        low, high = curves.get_ylim()
        assert all(low < one.test < high for one in seen)
    assert [float(text) for text in snap_to_band.NAMES[:10]] == list(STRENGTHS[:10])


@pytest.mark.parametrize(
    ("x", "y", "options", "error", "message"),
    [
        (np.ones(8), np.ones(6), {}, ValueError, r"x must have shape \(N, inputs\); got shape \(8,\)"),
        (np.ones((4, 8)), np.ones((4, 5)), {}, ValueError, r"y must have shape \(4, 6\).*got shape \(4, 5\)"),
        (np.ones((4, 8)), np.full((4, 6), np.nan), {}, ValueError, "y must be finite"),
        ([["a"]], [[1]], {}, TypeError, "x must hold numbers"),
        (
            np.ones((4, 8)),
            np.ones((4, 6)),
            {"strength": -1},
            ValueError,
            "strength must be at least 0; got -1",
        ),
        (np.ones((4, 8)), np.ones((4, 6)), {"strength": math.nan}, ValueError, "strength must be at least 0"),
        (np.ones((4, 8)), np.ones((4, 6)), {"strength": "1"}, TypeError, "strength must be a real number"),
        (np.ones((4, 8)), np.ones((4, 6)), {"taps": 9}, ValueError, "taps must be at most inputs, 8; got 9"),
    ],
)
def test_wrong_examples_are_refused(x, y, options, error, message):
    with pytest.raises(error, match=message):
        snap_to_band.map_estimate(x, y, **{"strength": 1.0, **options})


def test_an_unknown_truth_is_refused():
    with pytest.raises(ValueError, match="truth must be one of 'a convolution', .*; got 'dense'"):
        snap_to_band.true_matrix("dense")


def test_a_small_distance_is_written_with_a_power_of_ten_as_the_strength_is():
    explorer = SnapToBand()
    explorer.set(strength=11, examples=6)
    assert explorer.sentence.startswith("λ = 10⁶, 6 examples: W is 8·10⁻⁶ away from the convolution")
    for strength, truth, n in product(range(len(STRENGTHS)), TRUTHS, EXAMPLES):
        explorer.set(strength=strength, truth=truth, examples=n)
        assert not re.search(r"\de[-+]?\d|0\.000", explorer.sentence), explorer.sentence


def test_no_word_of_the_picture_leaves_it_or_meets_another_legend():
    for truth in TRUTHS:
        figure = SnapToBand().frame(strength=11, truth=truth, examples=6)
        figure.canvas.draw()
        fitted, true, curves = figure.axes
        boxes = [part.get_window_extent() for part in (*figure.texts, fitted.title, true.title)]
        legend = curves.get_legend().get_window_extent()
        for box in (*boxes, legend):
            assert min(box.p0) >= 0 and (box.p1 <= figure.bbox.p1).all()
        for place, box in enumerate(boxes):
            assert not any(box.overlaps(other) for other in (*boxes[place + 1 :], legend) if other.width)
