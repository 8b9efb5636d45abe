"""ReLU, rectification, tanh."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lecturelib.operators.pointwise import (
    rectify,
    rectify_backward,
    relu,
    relu_backward,
    tanh,
    tanh_backward,
)

PAIRS = {"relu": (relu, relu_backward), "rectify": (rectify, rectify_backward), "tanh": (tanh, tanh_backward)}
EACH = pytest.mark.parametrize(("forward", "backward"), PAIRS.values(), ids=PAIRS)


def test_by_hand():
    x, dy = [[-2, 0], [3, -0.5]], [[1, 2], [4, 8]]
    assert relu(x).tolist() == [[0, 0], [3, 0]]
    assert relu_backward(dy, x).tolist() == [[0, 0], [4, 0]]
    assert rectify(x).tolist() == [[2, 0], [3, 0.5]]
    assert rectify_backward(dy, x).tolist() == [[-1, 0], [4, -8]]
    assert tanh([0.0, np.log(3) / 2]).tolist() == pytest.approx([0, 0.5])  # (3 - 1) / (3 + 1)
    assert tanh_backward([8.0, 8.0], [0.0, np.log(3) / 2]).tolist() == pytest.approx([8, 6])


@EACH
@given(shape=st.lists(st.integers(1, 3), max_size=4), seed=st.integers(0, 99))
def test_gradients_by_central_differences(forward, backward, shape, seed):
    rng = np.random.default_rng(seed)
    x, dy = rng.normal(size=shape), rng.normal(size=shape)
    x = np.where(np.abs(x) < 1e-3, 0.5, x)  # away from the kink
    h = 1e-5
    expected = dy * (forward(x + h) - forward(x - h)) / (2 * h)
    np.testing.assert_allclose(backward(dy, x), expected, rtol=1e-7, atol=1e-9)


def test_a_saturated_tanh_still_has_a_gradient():
    x = np.array([-25.0, 20.0, 300.0])
    np.testing.assert_allclose(tanh_backward(np.ones(3), x), 4 * np.exp(-2 * np.abs(x)), rtol=1e-12)
    assert (1 - np.tanh(x) ** 2 == 0).all()  # what the textbook formula gives
    assert tanh_backward(1.0, 1e300) == 0


@EACH
def test_nan_and_infinity(forward, backward):
    x = np.array([np.nan, -np.inf, np.inf])
    y, dx = forward(x), backward(np.ones(3), x)
    assert np.isnan(y).tolist() == np.isnan(dx).tolist() == [True, False, False]
    assert y[1:].tolist() == {relu: [0, np.inf], rectify: [np.inf, np.inf], tanh: [-1, 1]}[forward]
    assert dx[1:].tolist() == {relu: [0, 1], rectify: [-1, 1], tanh: [0, 0]}[forward]


def test_what_is_stopped_may_be_infinite():
    dy = np.array([np.inf, np.nan, np.inf])
    assert relu_backward(dy, [-1, 0, 2]).tolist() == [0, 0, np.inf]
    assert rectify_backward(dy, [0, 0, -2]).tolist() == [0, 0, -np.inf]


@EACH
@pytest.mark.parametrize(("given_type", "expected"), [("f2", "f2"), ("f4", "f4"), ("i8", "f8"), ("?", "f8")])
def test_dtypes_and_inputs_left_alone(forward, backward, given_type, expected):
    for shape in ((), (2, 3)):
        x, dy = np.ones(shape, given_type), np.ones(shape)
        x.flags.writeable = dy.flags.writeable = False
        for result in (forward(x), backward(dy, x)):
            assert result.dtype == expected
            assert result.shape == shape
    assert rectify(np.array([-128], "i1")).tolist() == [128]
    x = np.ones(3)
    assert not np.shares_memory(forward(x), x)
    assert not np.shares_memory(backward(x, x), x)


@EACH
@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((1j,), TypeError, "x must hold real numbers; got an array of dtype complex128"),
        (([],), ValueError, r"x must not be empty; got an array of shape \(0,\)"),
        (([1.0], "a"), TypeError, "dy must hold numbers"),
        (([1.0, 2.0], [1.0]), ValueError, r"dy must have shape \(2,\), that of x; got shape \(1,\)"),
        ((np.ones((2, 3)), np.ones((3, 2))), ValueError, r"dy must have shape \(2, 3\), that of x"),
    ],
)
def test_errors(forward, backward, arguments, error, message):
    x, *dy = arguments
    with pytest.raises(error, match=message):
        backward(*dy, x) if dy else forward(x)
