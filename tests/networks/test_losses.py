"""Losses: numbers by hand, and gradients by differences."""

import numpy as np
import pytest

from lecturelib.networks import mean_squared_error, numerical_gradient, softmax, softmax_cross_entropy


def test_softmax_by_hand():
    np.testing.assert_allclose(softmax([[0, np.log(3)], [np.log(4), 0]]), [[0.25, 0.75], [0.8, 0.2]])
    np.testing.assert_allclose(softmax([[[0, 5.0], [np.log(3), 5]]]), [[[0.25, 0.5], [0.75, 0.5]]])


def test_cross_entropy_by_hand():
    loss, gradient = softmax_cross_entropy([[0, np.log(3)], [np.log(4), 0]], [1, 1])
    assert loss == pytest.approx((np.log(4 / 3) + np.log(5)) / 2)
    np.testing.assert_allclose(gradient, [[0.125, -0.125], [0.4, -0.4]])


@pytest.mark.parametrize("classes", [1, 2, 10])
def test_equal_scores_give_the_logarithm_of_the_number_of_classes(classes):
    loss, _ = softmax_cross_entropy(np.full((3, classes), 7.0), np.arange(3) % classes)
    assert loss == pytest.approx(np.log(classes), abs=1e-15)


@pytest.mark.parametrize("shape", [(3, 4), (2, 5, 3), (2, 3, 4, 2)])
def test_cross_entropy_gradient(shape):
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(size=shape), rng.integers(shape[1], size=(shape[0], *shape[2:]))
    logits.flags.writeable = labels.flags.writeable = False
    _, gradient = softmax_cross_entropy(logits, labels)
    expected = numerical_gradient(lambda a: softmax_cross_entropy(a, labels)[0], logits)
    np.testing.assert_allclose(gradient, expected, rtol=0, atol=1e-9)
    np.testing.assert_allclose(gradient.sum(1), 0, atol=1e-16)  # what one class wins, the others lose
    assert gradient.shape == shape


def test_places_count_like_samples():
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(size=(2, 5, 3, 4)), rng.integers(5, size=(2, 3, 4))
    loss, gradient = softmax_cross_entropy(logits, labels)
    rows = logits.transpose(0, 2, 3, 1).reshape(24, 5)
    flat, by_row = softmax_cross_entropy(rows, labels.ravel())
    assert loss == pytest.approx(flat, rel=1e-14)
    np.testing.assert_allclose(gradient.transpose(0, 2, 3, 1).reshape(24, 5), by_row, rtol=1e-14)
    np.testing.assert_allclose(
        softmax(logits).transpose(0, 2, 3, 1).reshape(24, 5), softmax(rows), rtol=1e-14
    )


@pytest.mark.parametrize("constant", [3.0, -1e3, 1e6])
def test_a_constant_changes_nothing(constant):
    rng = np.random.default_rng(0)
    logits, labels = np.round(rng.normal(size=(4, 3)), 3), [0, 2, 1, 1]
    loss, gradient = softmax_cross_entropy(logits, labels)
    shifted, same = softmax_cross_entropy(logits + constant, labels)
    assert shifted == pytest.approx(loss, rel=1e-9)
    np.testing.assert_allclose(same, gradient, rtol=1e-8)


def test_huge_scores_do_not_overflow():
    loss, gradient = softmax_cross_entropy([[1e4, 0.0], [0, 1e300]], [1, 1])
    assert loss == 5000 and gradient.tolist() == [[0.5, -0.5], [0, 0]]
    assert softmax([[1e308, -1e308]]).tolist() == [[1, 0]]
    tiny = softmax_cross_entropy(np.array([[90, 0]], "f4"), [0])
    assert tiny[0] == 0 and tiny[1].dtype == np.float32


def test_infinity_and_nan_stay_in_their_sample():
    rows = [[0, np.log(3), -np.inf], [np.inf, 0, 0], [np.nan, 0, 0]]
    p = softmax(rows)
    np.testing.assert_allclose(p[0], [0.25, 0.75, 0])
    assert np.isnan(p[1:]).all()
    assert softmax_cross_entropy(rows[:1], [2])[0] == np.inf
    loss, gradient = softmax_cross_entropy(rows, [0, 0, 0])
    assert np.isnan(loss) and np.isfinite(gradient[0]).all() and np.isnan(gradient[1:]).all()
    assert mean_squared_error([np.inf, 1e200], [0, 0])[0] == np.inf


@pytest.mark.parametrize(
    ("given", "kept"), [("f2", "f2"), ("f4", "f4"), ("f8", "f8"), ("i4", "f8"), ("?", "f8")]
)
def test_dtypes(given, kept):
    x = np.ones((2, 3), given)
    assert softmax(x).dtype == np.dtype(kept)
    loss, gradient = softmax_cross_entropy(x, np.array([0, 1], "u1"))
    assert type(loss) is float and gradient.dtype == np.dtype(kept)
    loss, gradient = mean_squared_error(x, np.zeros((2, 3)))
    assert type(loss) is float and gradient.dtype == np.dtype(kept)


def test_mean_squared_error_by_hand_and_by_differences():
    loss, gradient = mean_squared_error([[1, 2], [3, 5]], [[1, 0], [0, 1]])
    assert loss == 29 / 4 and gradient.tolist() == [[0, 1], [1.5, 2]]
    x, targets = np.random.default_rng(0).normal(size=(2, 2, 3, 4))
    expected = numerical_gradient(lambda a: mean_squared_error(a, targets)[0], x)
    np.testing.assert_allclose(mean_squared_error(x, targets)[1], expected, atol=1e-10)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: softmax([1.0, 2]), ValueError, r"logits must have shape \(N, K, \*S\); got shape \(2,\)"),
        (lambda: softmax([["a"]]), TypeError, "logits must hold numbers"),
        (lambda: softmax([[1j]]), TypeError, "logits must hold real numbers"),
        (lambda: softmax(np.ones((0, 3))), ValueError, "logits must not be empty"),
        (
            lambda: softmax_cross_entropy(np.ones((2, 3)), [0]),
            ValueError,
            r"labels must have shape \(2,\), a class a sample and place; got shape \(1,\)",
        ),
        (
            lambda: softmax_cross_entropy(np.ones((2, 3, 4)), [0, 1]),
            ValueError,
            r"labels must have shape \(2, 4\)",
        ),
        (
            lambda: softmax_cross_entropy(np.ones((2, 3)), [0.0, 1]),
            TypeError,
            "labels must hold integers; got an array of dtype float64",
        ),
        (lambda: softmax_cross_entropy(np.ones((1, 3)), [True]), TypeError, "labels must hold integers"),
        (
            lambda: softmax_cross_entropy(np.ones((1, 3)), [3]),
            ValueError,
            "labels must be 0 to 2; got 3 to 3",
        ),
        (
            lambda: softmax_cross_entropy(np.ones((1, 3)), [-1]),
            ValueError,
            "labels must be 0 to 2; got -1 to",
        ),
        (
            lambda: mean_squared_error(np.ones((2, 1)), [1, 2]),
            ValueError,
            r"targets must have shape \(2, 1\), that of the outputs; got shape \(2,\)",
        ),
        (lambda: mean_squared_error("a", "b"), TypeError, "outputs must hold numbers"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
