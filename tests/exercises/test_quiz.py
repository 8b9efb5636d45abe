"""The quiz: right answers in any dress, named wrong ones, hints, and answers computed anew."""

import itertools

import numpy as np
import pytest

from lecturelib import adaptive_pool, conv, conv_backward, cross_correlate, max_pool, toeplitz, translate
from lecturelib.exercises.questions import QUESTIONS, quiz
from lecturelib.networks import Conv, TiledConv


def smallest_shift_that_survives(strides):
    """Along a ring of random numbers, by trying every shift of input and output."""
    x = np.random.default_rng(0).normal(size=64)

    def stack(v):
        for stride in strides:
            v = (v + 2 * np.roll(v, 1))[::stride]
        return v

    outputs = [np.roll(stack(x), u) for u in range(8)]
    return next(v for v in range(1, 65) if any(np.array_equal(stack(np.roll(x, v)), y) for y in outputs))


def dimension_of_commutant(n):
    """Free numbers of a matrix that commutes with the cyclic shift."""
    shift = np.roll(np.eye(n), 1, axis=0)
    return n * n - np.linalg.matrix_rank(np.kron(np.eye(n), shift) - np.kron(shift.T, np.eye(n)))


def share_of_orders_in_which_the_maximum_stays(k):
    """Over all orders of k + 1 different numbers."""
    orders = list(itertools.permutations(range(k + 1)))
    return sum(max(order[:-1]) == max(order[1:]) for order in orders) / len(orders)


def outputs_that_differ(shape, v):
    """Outputs at which correlating and shifting, with zeros outside, do not commute."""
    rng = np.random.default_rng(0)
    x, k = rng.normal(size=shape), rng.normal(size=(3, 3))
    first, then = cross_correlate(translate(x, v), k, "same"), translate(cross_correlate(x, k, "same"), v)
    return int((np.abs(first - then) > 1e-9).sum())


def inputs_with_a_gradient(sizes):
    """Inputs that reach one unit behind layers with kernels of these sizes."""
    reached = np.ones(1)
    for size in reversed(sizes):
        reached = np.convolve(reached, np.ones(size))
    return np.count_nonzero(reached)


COMPUTED = {
    "full-length": np.convolve(np.ones(100), np.ones(7)).size,
    "small-convolution": np.convolve([2, 0, 1], [1, 3]),
    "small-correlation": np.correlate([2, 0, 1], [1, 3], "valid"),
    "kernel-length": [np.convolve(np.ones(50), np.ones(m), "valid").size for m in range(1, 51)].index(46) + 1,
    "distinct-weights": np.unique(np.arange(1, 26).reshape(5, 5)).size,
    "stride-product": smallest_shift_that_survives(strides=(2, 2, 2)),
    "circulant-freedom": dimension_of_commutant(10),
    "bad-rows": outputs_that_differ((20, 30), (1, 0)),
    "maximum-stays": share_of_orders_in_which_the_maximum_stays(4),
    "pooled-length": max_pool(np.ones((1, 1, 10)), 3, stride=2).size,
    "conv-weights": Conv(3, 10, 5, bias=False, rng=np.random.default_rng(0)).parameter_count(),
    "field-of-three": inputs_with_a_gradient(sizes=(5, 3, 3)),
    "strided-size": conv(np.zeros((1, 1, 32)), np.zeros((1, 1, 5)), stride=2, padding=2).shape[-1],
    "grouped-weights": Conv(16, 32, 3, groups=4, bias=False, rng=np.random.default_rng(0)).parameter_count(),
    "tiled-biases": TiledConv(1, 4, 3, 3, rng=np.random.default_rng(0)).params["b"].size,
    "chain-of-sizes": max_pool(conv(np.zeros((1, 1, 48)), np.zeros((1, 1, 7))), 4, stride=2).shape[-1],
    "input-gradient": conv_backward(np.array([[[1.0, 3]]]), np.zeros((1, 1, 3)), np.array([[[2.0, -1]]]))[
        0
    ].ravel(),
    "averaged-copies": np.mean(1 - 0.25 * np.array([2, 2, 4, 8])),
    "forbidden-dimensions": 70 - np.linalg.matrix_rank([toeplitz(tap, 10).ravel() for tap in np.eye(4)]),
    "quadrant-features": adaptive_pool(np.ones((1, 8, 13, 29)), 2).size,
}


def said(capsys, name, answer):
    quiz(name, answer)
    return capsys.readouterr().out.strip()


def test_every_question_has_a_computed_answer():
    assert set(COMPUTED) == set(QUESTIONS)


@pytest.mark.parametrize("name", sorted(COMPUTED))
def test_the_stored_answer_is_the_computed_one(name, capsys):
    assert said(capsys, name, COMPUTED[name]).startswith("Right:")
    assert said(capsys, name, np.asarray(COMPUTED[name], dtype=np.float32).tolist()).startswith("Right:")


@pytest.mark.parametrize("name", sorted(QUESTIONS))
def test_known_wrong_answers_are_told_their_reason(name, capsys):
    for known, reason in QUESTIONS[name].wrong.items():
        assert said(capsys, name, known) == f"Not yet: {reason}"


@pytest.mark.parametrize("name", sorted(QUESTIONS))
@pytest.mark.parametrize("answer", [-1, "twelve", [1, 2, 3, 4, 5, 6], [[1], [2, 3]], {}, object()])
def test_any_other_wrong_answer_gets_the_hint(name, answer, capsys):
    assert said(capsys, name, answer) == f"Not yet: {QUESTIONS[name].hint}"


@pytest.mark.parametrize("answer", [..., None])
def test_dots_are_not_an_answer(answer, capsys):
    assert said(capsys, "full-length", answer).startswith("Not answered yet")


def test_an_unknown_question_is_named():
    with pytest.raises(KeyError, match="name must be one of averaged-copies, bad-rows, .*; got 'length'"):
        quiz("length", 3)


def test_valid_correlation_counterexamples_are_right_too():
    wrong = QUESTIONS["small-correlation"].wrong
    assert tuple(np.convolve([2, 0, 1], [1, 3], "valid")) in wrong
    assert tuple(np.correlate([2, 0, 1], [1, 3], "full")) in wrong
    assert tuple(np.correlate([2, 0, 1], [1, 3], "full")) in QUESTIONS["small-convolution"].wrong
    assert {24 * 24 * 25, 24 * 24, 28 * 28} <= set(QUESTIONS["distinct-weights"].wrong)
