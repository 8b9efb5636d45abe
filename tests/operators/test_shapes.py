"""Lengths, pads and receptive fields."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lecturelib import mode_length, mode_start, output_size, receptive_field
from lecturelib.operators.shapes import boundary_pads, padding_pair


@pytest.mark.parametrize(
    ("n", "k", "options", "expected"),
    [
        (5, 3, {}, 3),
        (5, 1, {"padding": 3, "stride": 2}, 6),
        (5, 3, {"padding": 1, "stride": 2}, 3),
        (6, 3, {"padding": 1, "stride": 2}, 3),
        (7, 3, {"stride": 2}, 3),
        (75, 10, {"stride": 5}, 14),
        (7, 3, {"dilation": 3}, 1),
        (7, 3, {"padding": "valid"}, 5),
        (7, 3, {"padding": "same", "stride": 3}, 3),
        (7, 4, {"padding": "same"}, 7),
        (7, 3, {"padding": "full", "dilation": 2}, 11),
        (7, 3, {"padding": (0, 2)}, 7),
        (1, 1, {}, 1),
    ],
)
def test_output_size_by_hand(n, k, options, expected):
    assert output_size(n, k, **options) == expected


SMALL = st.integers(1, 12)


@given(SMALL, SMALL, st.integers(1, 4), st.integers(1, 3), st.integers(0, 4), st.integers(0, 4))
def test_output_size_counts_the_windows_that_fit(n, k, stride, dilation, before, after):
    length, extent = n + before + after, dilation * (k - 1) + 1
    starts = [i for i in range(0, length, stride) if i + extent <= length]
    if starts:
        assert output_size(n, k, stride=stride, dilation=dilation, padding=(before, after)) == len(starts)
    else:
        with pytest.raises(ValueError, match="k must fit"):
            output_size(n, k, stride=stride, dilation=dilation, padding=(before, after))


@given(SMALL, SMALL, st.integers(1, 4), st.integers(1, 3))
def test_same_is_as_long_as_the_strides_need(n, k, stride, dilation):
    assert output_size(n, k, stride=stride, dilation=dilation, padding="same") == -(-n // stride)
    before, after = padding_pair("same", n, k, stride=stride, dilation=dilation)
    assert after - before in (0, 1)  # an odd zero goes after


@given(SMALL, SMALL, st.sampled_from(["full", "same", "valid"]))
def test_lengths_and_starts_of_modes(n, k, mode):
    y = np.convolve(np.arange(1, n + 1), 100 ** np.arange(min(k, 6), dtype=float))  # all values differ
    k = min(k, 6)
    full_length = y.size
    assert mode_length(n, k, "full") == full_length
    kept = slice(mode_start(n, k, mode), mode_start(n, k, mode) + mode_length(n, k, mode))
    assert kept.stop <= full_length
    if mode == "valid" or (mode == "same" and n >= k):
        expected = np.convolve(np.arange(1, n + 1), 100 ** np.arange(k, dtype=float), mode)
        np.testing.assert_array_equal(y[kept], expected)


@given(SMALL, SMALL, st.sampled_from(["full", "same", "valid"]))
def test_boundary_pads_make_valid_give_the_mode(n, k, mode):
    before, after = boundary_pads(n, k, mode)
    assert n + before + after - k + 1 == mode_length(n, k, mode)
    assert before + after == {"full": 2 * (k - 1), "same": k - 1, "valid": 2 * max(k - n, 0)}[mode]


def test_receptive_fields_by_hand():
    assert receptive_field([(9, 1, 1), (10, 5, 1), (1, 1, 1), (9, 1, 1), (6, 4, 1)]) == (9, 18, 18, 58, 83)
    assert receptive_field([(3, 1, 1)] * 6) == (3, 5, 7, 9, 11, 13)
    assert receptive_field([(3, 2, 1)] * 6) == (3, 7, 15, 31, 63, 127)
    assert receptive_field([(3, 1, 1), (2, 2, 1), (3, 1, 1)]) == (3, 4, 8)
    assert receptive_field([(3, 1, 1), (3, 1, 2), (3, 1, 4)]) == (3, 7, 15)
    assert receptive_field([]) == ()


@pytest.mark.parametrize(
    ("function", "error", "message"),
    [
        (
            lambda: output_size(3, 5),
            ValueError,
            r"k must fit .* of 3 samples \(n=3, .* covers 5 \(k=5, dilation=1\)",
        ),
        (lambda: output_size(0, 1), ValueError, "n must be at least 1; got 0"),
        (lambda: output_size(5.0, 1), TypeError, "n must be an integer; got 5.0 of type float"),
        (lambda: output_size(5, True), TypeError, "k must be an integer; got True of type bool"),
        (lambda: output_size(5, 1, stride=0), ValueError, "stride must be at least 1"),
        (lambda: output_size(5, 1, dilation=0), ValueError, "dilation must be at least 1"),
        (lambda: output_size(5, 1, padding=-1), ValueError, "padding must be at least 0; got -1"),
        (
            lambda: output_size(5, 1, padding="wide"),
            ValueError,
            "padding must be one of 'valid', 'same', 'full'",
        ),
        (
            lambda: output_size(5, 1, padding=(1, 2, 3)),
            ValueError,
            r"\(before, after\) pair; got \(1, 2, 3\)",
        ),
        (lambda: output_size(5, 1, padding=1.5), TypeError, "padding must be an integer; got 1.5"),
        (lambda: mode_length(5, 3, "wide"), ValueError, "mode must be one of 'full', 'same', 'valid'"),
        (lambda: mode_start(5, 0, "full"), ValueError, "k must be at least 1"),
        (lambda: boundary_pads(5, 3, None), ValueError, "mode must be one of"),
        (lambda: receptive_field([(3, 1)]), TypeError, r"\(k, stride, dilation\) triple; got \(3, 1\)"),
        (lambda: receptive_field([3]), TypeError, "triple; got 3"),
        (lambda: receptive_field([(3, 0, 1)]), ValueError, "stride of layers must be at least 1"),
    ],
)
def test_errors(function, error, message):
    with pytest.raises(error, match=message):
        function()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: receptive_field(3), r"layers must be \(k, stride, dilation\) triples; got 3"),
        (lambda: receptive_field([(3, 1.0, 1)]), "stride of layers must be an integer; got 1.0"),
        (lambda: output_size(5, 3, ceil=1), "ceil must be True or False; got 1"),
    ],
)
def test_messages_that_named_no_argument(call, message):
    with pytest.raises(TypeError, match=message):
        call()
