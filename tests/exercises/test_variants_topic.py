"""The exercises of homework 05 against hand-worked numbers, the library, limits and brute force."""

import itertools
import math
import time

import numpy as np
import pytest

import lecturelib as ll
from lecturelib.exercises import EXERCISES, check

conv2d_multi = EXERCISES["conv2d_multi"].reference
local2d = EXERCISES["local2d"].reference
tiled2d = EXERCISES["tiled2d"].reference
out_size = EXERCISES["out_size"].reference
softmax_map = EXERCISES["softmax_map"].reference
depthwise = EXERCISES["depthwise"].reference

NAMES = ("out_size", "conv2d_multi", "depthwise", "local2d", "tiled2d", "softmax_map")
SEEDS = (0, 1, 2)


def problems(name, seed):
    return [problem.args for problem in EXERCISES[name].problems(np.random.default_rng(seed))]


def test_topic_is_in_the_order_of_the_homework():
    assert tuple(exercise.name for exercise in EXERCISES.topic("variants")) == NAMES
    listed = list(EXERCISES)
    assert listed.index("prior_entropy") < listed.index("out_size") < listed.index("conv_backward")


@pytest.mark.parametrize("name", NAMES)
def test_many_mistakes_are_named_and_the_statement_says_what_is_flipped(name):
    assert len(EXERCISES[name].mistakes) >= 30
    assert "flip" in EXERCISES[name].statement or name == "softmax_map"


# --- conv2d_multi ---


def test_layer_by_hand():
    X, K = np.arange(1, 7).reshape(2, 1, 3), 10 ** np.arange(4).reshape(1, 2, 1, 2)
    assert conv2d_multi(X, K, np.array([5]), 1, 0).tolist() == [[[5426, 6537]]]
    padded = conv2d_multi(X, K, np.array([5]), 2, 1)  # rows of zeros alone, every other column
    assert padded.tolist() == [[[5, 5], [5, 5]]]
    assert conv2d_multi(X, K, np.array([0]), 1, 1)[0, 1].tolist() == [4010, 5421, 6532, 603]


@pytest.mark.parametrize("seed", SEEDS)
def test_layer_agrees_with_the_library(seed):
    for X, K, b, stride, pad in problems("conv2d_multi", seed):
        expected = ll.conv(X[None], K, b, stride=stride, padding=pad)[0]
        np.testing.assert_allclose(conv2d_multi(X, K, b, stride, pad), expected, rtol=1e-4, atol=1e-4)


def test_layers_asked_for_are_of_all_proportions():
    drawn = problems("conv2d_multi", 0)
    assert {stride for *_, stride, _ in drawn} == {1, 2, 3} and {pad for *_, pad in drawn} == {0, 1, 2, 3}
    assert sum(K.shape[0] != K.shape[1] for _, K, *_ in drawn) >= 10
    assert sum(K.shape[2] != K.shape[3] for _, K, *_ in drawn) >= 9
    assert all(np.all(b != 0) for _, _, b, _, _ in drawn)


# --- local2d ---


def test_unshared_weights_by_hand():
    W = np.array([[1, 0], [0, 1], [10, 10]]).reshape(1, 1, 3, 1, 1, 2)
    assert local2d(np.array([[[1, 2, 3, 5]]]), W).tolist() == [[[1, 3, 80]]]


@pytest.mark.parametrize("seed", SEEDS)
def test_unshared_weights_agree_with_the_library(seed):
    for X, W in problems("local2d", seed):
        expected = ll.locally_connected(X[None], W)[0]
        np.testing.assert_allclose(local2d(X, W), expected, rtol=1e-4, atol=1e-4)


def test_equal_kernels_are_a_convolution():
    rng = np.random.default_rng(3)
    X, K = rng.normal(size=(2, 6, 5)), rng.normal(size=(3, 2, 2, 3))
    W = np.tile(K[:, None, None], (1, 5, 3, 1, 1, 1))
    np.testing.assert_allclose(local2d(X, W), conv2d_multi(X, K, np.zeros(3), 1, 0))
    alike = [W for _, W in problems("local2d", 0) if W[0, :, :, 0, 0, 0].size > 1]
    assert sum(bool(np.all(W[:, :1, :1] == W)) for W in alike) == 2


# --- tiled2d ---


def test_turns_by_hand():
    K = np.array([[1, 0], [1, 1], [5, 7], [3, 9]]).reshape(2, 2, 1, 1, 1, 2)
    assert tiled2d(np.array([[[1, 1, 1, 2, 1, 3, 1]]]), K, 2).tolist() == [[[1, 2, 1, 3, 1, 4]]]
    K = np.arange(1, 10).reshape(3, 3, 1, 1, 1, 1)
    assert tiled2d(np.ones((1, 4, 5), dtype=int), K, 3)[0].tolist() == [
        [1, 2, 3, 1, 2],
        [4, 5, 6, 4, 5],
        [7, 8, 9, 7, 8],
        [1, 2, 3, 1, 2],
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_turns_agree_with_the_library(seed):
    for X, K, t in problems("tiled2d", seed):
        assert K.shape[:2] == (t, t)
        np.testing.assert_allclose(tiled2d(X, K, t), ll.tiled_conv(X[None], K)[0], rtol=1e-4, atol=1e-4)


def test_turns_lie_between_a_convolution_and_unshared_weights():
    rng = np.random.default_rng(4)
    X, K = rng.normal(size=(2, 5, 6)), rng.normal(size=(5, 5, 3, 2, 2, 3))
    shared = conv2d_multi(X, K[0, 0], np.zeros(3), 1, 0)
    np.testing.assert_allclose(tiled2d(X, K[:1, :1], 1), shared)
    np.testing.assert_allclose(tiled2d(X, K, 5), local2d(X, np.moveaxis(K[:4, :4], 2, 0)))
    sizes = [(t, *(np.array(X.shape[1:]) - K.shape[4:] + 1)) for X, K, t in problems("tiled2d", 0)]
    assert any(t == 1 for t, *_ in sizes) and any(t == 2 for t, *_ in sizes)
    assert any(t >= max(rows, columns) for t, rows, columns in sizes)
    assert any(rows % t != columns % t for t, rows, columns in sizes)


# --- out_size ---


def test_sizes_by_hand():
    assert [out_size(10, 3, 1, 2, 1, mode) for mode in (None, "valid", "same", "full")] == [5, 4, 5, 6]
    assert out_size(75, 10, 0, 5, 1, None) == 14
    assert [out_size(3, 4, 9, 2, 3, mode) for mode in ("valid", "same", "full")] == [0, 2, 6]


def test_sizes_by_enumeration():
    sizes = range(1, 8), range(1, 6), range(3), range(1, 5), range(1, 4)
    for n, k, p, s, d in itertools.product(*sizes):
        touched = d * (k - 1)
        for mode, zeros in ((None, p), ("valid", 0), ("full", touched)):
            length = n + 2 * zeros
            begins = [place for place in range(0, length, s) if place + touched <= length - 1]
            assert out_size(n, k, p, s, d, mode) == len(begins)
        assert out_size(n, k, p, s, d, "same") == math.ceil(n / s)


@pytest.mark.parametrize("seed", SEEDS)
def test_sizes_agree_with_the_library(seed):
    for n, k, p, s, d, mode in problems("out_size", seed):
        padding = p if mode is None else mode
        if out_size(n, k, p, s, d, mode):
            assert out_size(n, k, p, s, d, mode) == ll.output_size(
                n, k, stride=s, padding=padding, dilation=d
            )
        else:
            with pytest.raises(ValueError):
                ll.output_size(n, k, stride=s, padding=padding, dilation=d)


# --- softmax_map ---


def test_probabilities_by_hand():
    scores = np.array([[[0, 10_000, 5]], [[1, 10_001, 5]]])
    first = 1 / (1 + math.e)
    np.testing.assert_allclose(softmax_map(scores)[0, 0], [first, first, 0.5], rtol=1e-12)
    np.testing.assert_allclose(softmax_map(scores)[1, 0], [1 - first, 1 - first, 0.5], rtol=1e-12)
    assert f"{first:.6f}" == "0.268941"


@pytest.mark.parametrize("seed", SEEDS)
def test_probabilities_add_up_and_do_not_care_for_a_common_number(seed):
    rng = np.random.default_rng(seed)
    for (scores,) in problems("softmax_map", seed):
        shares = softmax_map(scores)
        assert np.isfinite(shares).all() and shares.min() >= 0
        np.testing.assert_allclose(shares.sum(axis=0), 1, rtol=1e-6)
        moved = softmax_map(scores + rng.integers(-99, 99, scores.shape[1:]))
        np.testing.assert_allclose(moved, shares, atol=1e-5)
        np.testing.assert_allclose(ll.softmax(scores[None])[0], shares, rtol=1e-6, atol=1e-7)


# --- depthwise ---


def test_channels_alone_by_hand():
    X, k = np.arange(1, 7).reshape(2, 1, 3), 10 ** np.arange(4).reshape(2, 1, 2)
    assert depthwise(X, k).tolist() == [[[21, 32]], [[5400, 6500]]]


@pytest.mark.parametrize("seed", SEEDS)
def test_channels_alone_are_a_layer_with_a_block_diagonal_kernel(seed):
    for X, k in problems("depthwise", seed):
        K = np.zeros((len(k), *k.shape))
        K[np.arange(len(k)), np.arange(len(k))] = k
        result = depthwise(X, k)
        np.testing.assert_allclose(result, conv2d_multi(X, K, np.zeros(len(k)), 1, 0), rtol=1e-4, atol=1e-4)
        groups = ll.conv(X[None], k[:, None], groups=len(k))[0]
        np.testing.assert_allclose(result, groups, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_slow_answers_are_checked_in_half_a_second(name):
    best = math.inf
    for _ in range(3):
        begin = time.perf_counter()
        check(name, EXERCISES[name].variants[0])
        best = min(best, time.perf_counter() - begin)
    assert best < 0.5
