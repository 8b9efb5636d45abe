"""Wrong answers to the exercises of homework 05 as students write them, and what the check says of them."""

import numpy as np
import pytest

import lecturelib as ll
from lecturelib.exercises import check


def windows(X, K):
    return np.lib.stride_tricks.sliding_window_view(X, K.shape[-2:], axis=(1, 2))


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("conv2d_multi", lambda X, K, b, stride, pad: ll.conv(X[None], K, b, stride=stride, padding=pad)[0]),
        ("local2d", lambda X, W: ll.locally_connected(X[None], W)[0]),
        ("tiled2d", lambda X, K, t: ll.tiled_conv(X[None], K)[0]),
        ("depthwise", lambda X, k: ll.conv(X[None], k[:, None], groups=len(k))[0]),
        (
            "depthwise",
            lambda X, k: [ll.cross_correlate(*one, mode="valid") for one in zip(X, k, strict=True)],
        ),
        ("out_size", lambda n, k, p, s, d, mode: ll.output_size(n, k, stride=s, dilation=d)),
        ("softmax_map", lambda scores: ll.softmax(scores[None])[0]),
    ],
)
def test_library_is_refused(name, function):
    report = check(name, function)
    assert report.score == 0 and "which may not be called here" in report.diagnosis


def test_library_is_refused_under_its_real_names():
    from lecturelib.operators.unshared import locally_connected

    report = check("local2d", lambda X, W: locally_connected(X[None], W)[0])
    assert report.score == 0 and "which may not be called here" in report.diagnosis


def bias_with_each_channel(X, K, b, stride, pad):
    padded = np.pad(X, ((0, 0), (pad, pad), (pad, pad)))
    rows, columns = ((side - k) // stride + 1 for side, k in zip(padded.shape[1:], K.shape[2:], strict=True))
    Y = np.zeros((len(K), rows, columns))
    for o, i, j in np.ndindex(Y.shape):
        for c in range(len(X)):
            part = padded[c, i * stride : i * stride + K.shape[2], j * stride : j * stride + K.shape[3]]
            Y[o, i, j] += np.sum(part * K[o, c]) + b[o]
    return Y


def channels_the_other_way(X, K, b, stride, pad):
    view = windows(np.pad(X, ((0, 0), (pad, pad), (pad, pad))), K)[:, ::stride, ::stride]
    return np.einsum("cijmn,comn->oij", view, K) + b[:, None, None]


def bias_broadcast(X, K, b, stride, pad):
    view = windows(np.pad(X, ((0, 0), (pad, pad), (pad, pad))), K)[:, ::stride, ::stride]
    return np.einsum("cijmn,ocmn->oij", view, K) + b


def subsampled_image(X, K, b, stride, pad):
    small = np.pad(X[:, ::stride, ::stride], ((0, 0), (pad, pad), (pad, pad)))
    return np.einsum("cijmn,ocmn->oij", windows(small, K), K) + b[:, None, None]


def stride_forgotten_in_the_window(X, K, b, stride, pad):
    view = windows(np.pad(X, ((0, 0), (pad, pad), (pad, pad))), K)
    rows, columns = view[:, ::stride, ::stride].shape[1:3]
    return np.einsum("cijmn,ocmn->oij", view[:, :rows, :columns], K) + b[:, None, None]


def weights_of_the_pixel(X, W):
    Y = np.zeros(W.shape[:3])
    for o, i, j, c, m, n in np.ndindex(W.shape):
        Y[o, i, j] += X[c, i + m, j + n] * W[o, i + m, j + n, c, m, n]
    return Y


def tiled(choose):
    def function(X, K, t):
        view = windows(X, K)
        Y = np.zeros((K.shape[2], *view.shape[1:3]))
        for i, j in np.ndindex(Y.shape[1:]):
            Y[:, i, j] = np.sum(view[:, i, j] * K[choose(i, j, t)], axis=(1, 2, 3))
        return Y

    return function


def one_formula(n, k, p, s, d, mode):
    k = d * (k - 1) + 1
    p = {"valid": 0, "same": (k - 1) // 2, "full": k - 1}.get(mode, p)
    return max(0, (n + 2 * p - k) // s + 1)


def rounded(n, k, p, s, d, mode):
    k = d * (k - 1) + 1
    zeros = {"valid": 0, "full": k - 1}.get(mode, p)
    return -(-n // s) if mode == "same" else max(0, round((n + 2 * zeros - k) / s + 1))


def no_dilation(n, k, p, s, d, mode):
    zeros = {"valid": 0, "full": k - 1}.get(mode, p)
    return -(-n // s) if mode == "same" else max(0, (n + 2 * zeros - k) // s + 1)


def softmax_along(axis):
    def function(scores):
        powers = np.exp(scores - scores.max(axis=axis, keepdims=True))
        return powers / powers.sum(axis=axis, keepdims=True)

    return function


def one_maximum(scores):
    powers = np.exp(scores - scores.max())
    return powers / powers.sum(axis=0)


def looped_depthwise(rows, columns):
    """Write the obvious loops; `rows` and `columns` make their ranges from the number of places."""

    def function(X, k):
        _, height, width = k.shape
        places = X.shape[1] - height + 1, X.shape[2] - width + 1
        Y = np.zeros((len(X), *places))
        for c in range(len(X)):
            for i in rows(places[0]):
                for j in columns(places[1]):
                    Y[c, i, j] = np.sum(X[c, i : i + height, j : j + width] * k[c])
        return Y

    return function


def looped_layer(end, *, first=0, bias_inside=True, without_pad=False):
    """Write the obvious loops over the pixels at which windows begin, up to `end` beyond the last."""

    def function(X, K, b, stride, pad):
        padded = np.pad(X, ((0, 0), (pad, pad), (pad, pad)))
        last = [side - k for side, k in zip(padded.shape[1:], K.shape[2:], strict=True)]
        stop = [place + end - 2 * pad * without_pad for place in last]
        Y = np.zeros((len(K), last[0] // stride + 1, last[1] // stride + 1))
        for o in range(len(K)):
            for i in range(first * stride, stop[0], stride):
                for j in range(first * stride, stop[1], stride):
                    part = padded[:, i : i + K.shape[2], j : j + K.shape[3]]
                    Y[o, i // stride, j // stride] = np.sum(part * K[o]) + b[o] * bias_inside
        return Y if bias_inside else Y + b[:, None, None]

    return function


def looped_turns(first, last):
    def function(X, K, t):
        view = windows(X, K)
        Y = np.zeros((K.shape[2], *view.shape[1:3]))
        for i in range(first, Y.shape[1] - last):
            for j in range(first, Y.shape[2] - last):
                Y[:, i, j] = np.sum(view[:, i, j] * K[i % t, j % t], axis=(1, 2, 3))
        return Y

    return function


def looped_places(window=None, weights=None, first=0, last=0):
    """Write the obvious loops with another window, or other weights."""
    window = window or (lambda X, i, j, kh, kw: X[:, i : i + kh, j : j + kw])
    weights = weights or (lambda W, i, j: W[:, i, j])

    def function(X, W):
        _, rows, columns, _, kh, kw = W.shape
        Y = np.zeros((len(W), rows, columns))
        for i in range(first, rows - last):
            for j in range(first, columns - last):
                Y[:, i, j] = np.sum(window(X, i, j, kh, kw) * weights(W, i, j), axis=(1, 2, 3))
        return Y

    return function


def early(count):
    return range(count - 1)


def late(count):
    return range(1, count)


WRONG = [
    ("conv2d_multi", bias_with_each_channel, "bias_per_channel"),
    ("conv2d_multi", channels_the_other_way, "channels_swapped"),
    ("conv2d_multi", bias_broadcast, "bias_along_columns"),
    ("conv2d_multi", subsampled_image, "thinned_out"),
    ("conv2d_multi", stride_forgotten_in_the_window, "not_moved"),
    ("local2d", weights_of_the_pixel, "by_pixel"),
    ("local2d", lambda X, W: np.einsum("cijmn,ojicmn->oij", windows(X, W), W), "places_transposed"),
    ("local2d", lambda X, W: np.einsum("cijmn,opqcmn->oij", windows(X, W), W), "places_summed"),
    ("tiled2d", tiled(lambda i, j, t: (i % t, i % t)), "row_phase_twice"),
    ("tiled2d", tiled(lambda i, j, t: ((i + 1) % t, (j + 1) % t)), "one_based"),
    ("tiled2d", tiled(lambda i, j, t: (i // t, j // t)), "quotients"),
    ("tiled2d", tiled(lambda i, j, t: (i, j)), "no_remainder"),
    ("out_size", one_formula, "same_even_short"),
    ("out_size", rounded, "rounded_sum"),
    ("out_size", no_dilation, "no_dilation"),
    ("softmax_map", softmax_along((1, 2)), "over_places"),
    ("softmax_map", softmax_along(-1), "over_columns"),
    ("softmax_map", one_maximum, "largest_of_all"),
    ("softmax_map", lambda scores: np.exp(scores) / np.exp(scores).sum(axis=0), "overflow"),
    ("depthwise", lambda X, k: np.einsum("cijmn,cmn->ij", windows(X, k), k), "channels_summed"),
    ("depthwise", lambda X, k: np.einsum("cijmn,omn->oij", windows(X, k), k), "each_kernel_on_all"),
    ("depthwise", looped_depthwise(early, early), "last_row_and_column_zero"),
    ("depthwise", looped_depthwise(early, range), "last_row_zero"),
    ("depthwise", looped_depthwise(range, early), "last_column_zero"),
    ("depthwise", looped_depthwise(late, late), "first_row_and_column_zero"),
    ("depthwise", looped_depthwise(late, range), "first_row_zero"),
    ("depthwise", looped_depthwise(range, late), "first_column_zero"),
    ("conv2d_multi", looped_layer(0), "last_row_and_column_zero"),
    ("conv2d_multi", looped_layer(0, bias_inside=False), "last_row_and_column_bias_alone"),
    ("conv2d_multi", looped_layer(1, first=1), "first_row_and_column_zero"),
    ("conv2d_multi", looped_layer(1, first=1, bias_inside=False), "first_row_and_column_bias_alone"),
    ("conv2d_multi", looped_layer(1, without_pad=True), "looped_without_pad"),
    ("tiled2d", looped_turns(0, 1), "last_row_and_column_zero"),
    ("tiled2d", looped_turns(1, 0), "first_row_and_column_zero"),
    ("local2d", looped_places(last=1), "last_row_and_column_zero"),
    ("local2d", looped_places(first=1), "first_row_and_column_zero"),
    ("local2d", looped_places(lambda X, i, j, kh, kw: X[:, j : j + kw, i : i + kh]), "window_swapped"),
    ("local2d", looped_places(lambda X, i, j, kh, kw: X[:, j : j + kh, i : i + kw]), "window_at_column_row"),
    ("local2d", looped_places(lambda X, i, j, kh, kw: X[:, i : i + kw, j : j + kh]), "window_sizes_swapped"),
    (
        "local2d",
        looped_places(lambda X, i, j, kh, kw: X[:, i : i + kh, j : j + kw].swapaxes(1, 2)),
        "window_transposed",
    ),
    (
        "local2d",
        looped_places(lambda X, i, j, kh, kw: X[:, j : j + kw, i : i + kh].swapaxes(1, 2)),
        "image_transposed_sliced",
    ),
    (
        "local2d",
        looped_places(weights=lambda W, i, j: W[:, j % W.shape[1], i % W.shape[2]]),
        "places_transposed_wrapped",
    ),
]


@pytest.mark.parametrize(("name", "function", "mistake"), WRONG)
@pytest.mark.parametrize("seed", [0, 5])
def test_wrong_answers_as_students_write_them_are_named(name, function, mistake, seed):
    report = check(name, function, seed=seed)
    assert not report.passed
    assert report.mistake == mistake, report


def test_an_index_out_of_range_is_no_exchange_of_channels():
    def beyond(X, K, b, stride, pad):
        return X[:, X.shape[1]]

    report = check("conv2d_multi", beyond)
    assert report.mistake is None and "raises IndexError" in report.diagnosis


def test_shapes_that_do_not_go_together_are_no_swapped_windows():
    def misfit(X, W):
        return np.ones((2, 3)) + np.ones((3, 2))

    report = check("local2d", misfit)
    assert report.mistake is None and "raises ValueError" in report.diagnosis


def test_scores_changed_in_place_are_noticed():
    def in_place(scores):
        scores -= scores.max(axis=0)
        return np.exp(scores) / np.exp(scores).sum(axis=0)

    assert "changes its argument `scores` in place" in check("softmax_map", in_place).diagnosis
