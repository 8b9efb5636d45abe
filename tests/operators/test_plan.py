"""The choice of an algorithm."""

import subprocess
import sys

import numpy as np
import pytest

from lecturelib import conv, gaussian, plan
from lecturelib.operators.algorithms.plan import ALGORITHMS
from tests.operators.strategies import outer_products

NOISE = np.random.default_rng(0)


def noise(*shape):
    return NOISE.normal(size=shape)


@pytest.mark.parametrize(
    ("x", "w", "options", "expected"),
    [
        (noise(8, 128, 28, 28), noise(128, 128, 1, 1), {}, {"im2col", "shifted"}),
        (noise(2, 16, 32, 32), noise(32, 16, 5, 5), {}, {"im2col"}),
        (noise(2, 16, 32, 32), noise(32, 16, 3, 3), {"stride": 2}, {"im2col"}),
        (noise(1, 1, 512, 512), noise(1, 1, 63, 63), {}, {"fft"}),
        (noise(1, 1, 160000), noise(1, 1, 401), {}, {"fft"}),
        (noise(1, 1, 512, 512), gaussian(25, 4.0)[None, None], {}, {"separable", "fft"}),
        (noise(1, 1, 512, 512), noise(1, 1, 3, 3), {}, {"shifted", "im2col"}),
    ],
)
def test_auto_takes_a_sensible_one(x, w, options, expected):
    assert plan(x, w, **options).method in expected


def test_the_plan_is_what_runs():
    x, w = noise(1, 1, 200, 200), noise(1, 1, 41, 41)
    chosen = plan(x, w).method
    assert chosen == "fft"
    np.testing.assert_array_equal(conv(x, w), conv(x, w, method=chosen))


def test_auto_avoids_what_spreads_nan():
    x, w = noise(1, 1, 200, 200), noise(1, 1, 41, 41)
    x[0, 0, 100, 100] = np.nan
    chosen = plan(x, w).method
    assert chosen in ("shifted", "im2col")
    assert np.isnan(conv(x, w)).sum() == 41 * 41


def test_the_candidates_are_sorted_and_say_why_not():
    chosen = plan(noise(2, 3, 9, 8), noise(4, 3, 3, 2), stride=2)
    assert sorted(c.method for c in chosen.candidates) == sorted(ALGORITHMS)
    seconds = [c.seconds for c in chosen.candidates]
    assert seconds == sorted(seconds) and seconds[0] > 0
    for c in chosen.candidates:
        assert (c.cost is None) == (c.obstacle is not None) == (c.seconds == np.inf)
    obstacles = {c.method: c.obstacle for c in chosen.candidates if c.obstacle}
    assert set(obstacles) == {"separable", "winograd"}


def test_a_method_that_was_asked_for_is_taken_whatever_it_costs():
    x, w = noise(1, 1, 30, 30), outer_products(NOISE, (1, 1), (3, 3))
    for method in ALGORITHMS:
        assert plan(x, w, method=method).method == method
    with pytest.raises(ValueError, match="'winograd' needs kernels of 3 taps"):
        plan(x, w[..., :2], method="winograd")
    with pytest.raises(ValueError, match="method must be one of"):
        plan(x, w, method="quick")


def test_explain_names_everything():
    text = plan(noise(1, 2, 64, 60), noise(3, 2, 3, 5), padding=1).explain()
    lines = text.splitlines()
    assert lines[0] == "x (1, 2, 64, 60) and w (3, 2, 3, 5) give (1, 3, 64, 58): im2col"
    assert lines[1].split() == ["method", "operations", "MB", "moved", "MB", "held", "time"]
    rows = {line.split()[0]: line for line in lines[2:]}
    assert set(rows) == set(ALGORITHMS)
    assert rows["im2col"].split()[1] == f"{3 * 64 * 58 * 2 * 15:.3g}" and rows["im2col"].endswith(" 1×")
    assert "needs every kernel to be an outer product" in rows["separable"]
    assert max(len(line) for line in lines) <= 100


def test_choosing_does_not_load_scipy():
    script = "import sys, numpy as np, lecturelib; lecturelib.conv(np.ones((1, 1, 9)), np.ones((1, 1, 3)))"
    done = subprocess.run(
        [sys.executable, "-c", script + "; print('scipy' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "False"
