"""Convolutional layers of the right size whose ends are not filled: more mistakes of `conv2d_multi`."""

from __future__ import annotations

from lecturelib.exercises.exercise import mistake
from lecturelib.exercises.topics.variants.multi_sum import padded, reference
from lecturelib.exercises.topics.variants.sums import places
from lecturelib.exercises.topics.variants.unfilled import hollow, unfilled

_COUNTS = "(H + 2 * pad - KH) / stride + 1 rows, rounded down, the columns alike"


def _biases(X, K, b, stride, pad):
    return b[:, None, None]


def _before_the_end(X, K, b, stride, pad):
    """Count the windows of a loop that ends where the last one might begin: `range(0, end, stride)`."""
    ends = (side - k for side, k in zip(padded(X, pad).shape[1:], K.shape[2:], strict=True))
    return tuple(-(-end // stride) for end in ends)


def _without_margin(result, X, K, stride, begun):
    rows, columns = places(X, K.shape, stride)
    return hollow(result, slice(rows), slice(columns), begun)


@mistake(
    "The last rows and columns of your result stay 0: your loops run as if there were no padding. The padded "
    "image has H + 2 * pad rows and W + 2 * pad columns."
)
def _looped_without_pad(X, K, b, stride, pad):
    return _without_margin(reference(X, K, b, stride, pad), X, K, stride, 0)


@mistake(
    "The last rows and columns of your result hold nothing but the bias: your loops run as if there were no "
    "padding. The padded image has H + 2 * pad rows and W + 2 * pad columns."
)
def _looped_without_pad_bias_alone(X, K, b, stride, pad):
    return _without_margin(reference(X, K, b, stride, pad), X, K, stride, b[:, None, None])


# A loop by `stride` over the pixels errs only where no pixels are left over; one over the places always does.
UNFILLED = (
    *unfilled(reference, _COUNTS, ends=_before_the_end),
    *unfilled(reference, _COUNTS, begun=_biases, ends=_before_the_end),
    *unfilled(reference, _COUNTS, suffix="_by_place")[:3],
    *unfilled(reference, _COUNTS, begun=_biases, suffix="_by_place")[:3],
    _looped_without_pad,
    _looped_without_pad_bias_alone,
)
