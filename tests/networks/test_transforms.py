"""Random shifts of a batch: each input by its own, evenly, nothing but shifts."""

import numpy as np
import pytest

from lecturelib import translate
from lecturelib.networks import RandomShift


@pytest.mark.parametrize("shape", [(3, 5, 6), (1, 9), (2, 3, 4, 5)])
def test_every_input_is_one_of_its_shifts(shape):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(30, *shape)).astype(np.float32)
    kept = x.copy()
    moved = RandomShift(1)(x, rng)
    assert moved.dtype == x.dtype
    np.testing.assert_array_equal(x, kept)
    axes = len(shape) - 1
    for one, other in zip(x, moved, strict=True):
        shifts = [tuple(np.subtract(place, 1)) for place in np.ndindex((3,) * axes)]
        assert sum(np.array_equal(translate(one, [int(v) for v in shift]), other) for shift in shifts) == 1


def test_all_shifts_are_equally_likely_along_each_axis():
    x = np.zeros((9000, 1, 5, 7))
    x[:, :, 2, 3] = 1
    places = np.argwhere(RandomShift(1)(x, np.random.default_rng(1)))[:, 2:]
    counts = np.unique(places, axis=0, return_counts=True)[1]
    assert len(counts) == 9
    assert counts.min() > 850
    assert counts.max() < 1150


def test_no_shift_is_no_change_and_a_negative_one_is_refused():
    x = np.arange(24.0).reshape(2, 1, 3, 4)
    np.testing.assert_array_equal(RandomShift(0)(x, np.random.default_rng(0)), x)
    with pytest.raises(ValueError, match="most"):
        RandomShift(-1)
