"""The explorers of pooling: their numbers against plain loops, their words, pictures and errors."""

from itertools import product
from math import sqrt

import numpy as np
import pytest

from lecturelib.display.explorers import PoolSeparation, ShiftAndPool, pool_separation, shift_and_pool
from lecturelib.display.show import LONGEST, check_sentence

# A row that is shifted and pooled ---------------------------------------------------------------------------


def pooled_by_a_loop(row, window, beside, pooling):
    n = len(row)
    starts = range(0, n, window) if beside else [i - (window - 1) // 2 for i in range(n)]
    kept = []
    for start in starts:
        seen = [row[(start + j) % n] for j in range(window)]
        kept.append(max(seen) if pooling == "max" else sum(seen) / window)
    return kept


@pytest.mark.parametrize("name", shift_and_pool.ROWS)
def test_every_setting_of_every_row_against_a_loop(name):
    row = shift_and_pool.ROWS[name]
    settings = product((0, 1, 3, 8), shift_and_pool.WINDOWS, (False, True), shift_and_pool.POOLINGS)
    for shift, window, beside, pooling in settings:
        seen = shift_and_pool.compute(row, shift, window, beside, pooling)
        after = [row[(i - shift) % 24] for i in range(24)]
        expected = [pooled_by_a_loop(values, window, beside, pooling) for values in (row, after)]
        assert seen.before.tolist() == row.tolist() and seen.after.tolist() == after
        np.testing.assert_allclose(seen.pooled_before, expected[0], rtol=0, atol=1e-12)
        np.testing.assert_allclose(seen.pooled_after, expected[1], rtol=0, atol=1e-12)
        stays = [abs(a - b) < 1e-9 for a, b in zip(*expected, strict=True)]
        assert seen.stays.tolist() == stays
        assert abs(seen.pooled_change - relative_change(*expected)) < 1e-9
        assert abs(seen.detector_change - relative_change(row, after)) < 1e-12
        assert seen.detector_change <= shift_and_pool.MOST  # so its bar has room


def relative_change(before, after):
    gap = sum((b - a) ** 2 for a, b in zip(before, after, strict=True))
    return sqrt(gap / sum(a**2 for a in before))


def test_what_a_reader_is_to_find():
    noise = shift_and_pool.ROWS["noise"]
    by_max = shift_and_pool.compute(noise, 1, 3)
    assert by_max.stays.sum() == 12  # (k - 1) / (k + 1) of 24
    assert by_max.pooled_change < by_max.detector_change / 2
    by_mean = shift_and_pool.compute(noise, 1, 3, pooling="average")
    assert not by_mean.stays.any() and by_mean.pooled_change < by_mean.detector_change / 2
    for window in (2, 3, 4, 8):  # side by side, moved by one window: the row is the same, moved by one
        seen = shift_and_pool.compute(noise, window, window, True)
        assert np.array_equal(seen.pooled_after, np.roll(seen.pooled_before, 1)) and not seen.stays.all()
    unpooled = shift_and_pool.compute(noise, 1, 1)
    assert np.array_equal(unpooled.pooled_after, unpooled.after)
    for shift, beside, pooling in product(range(9), (False, True), shift_and_pool.POOLINGS):
        everything = shift_and_pool.compute(noise, shift, 24, beside, pooling)
        assert everything.stays.all() and everything.pooled_change == 0
    assert shift_and_pool.compute(shift_and_pool.ROWS["stripes"], 1, 2).stays.all()


def test_averages_stay_only_where_a_window_sees_everything():
    for name, shift, window in product(("four edges", "noise", "smooth"), range(1, 9), (1, 2, 3, 8, 12)):
        assert not shift_and_pool.compute(
            shift_and_pool.ROWS[name], shift, window, False, "average"
        ).stays.any()


def test_on_noise_the_share_of_maxima_that_stay_is_the_one_of_the_formula():
    draws = np.random.default_rng(8)
    for window in (2, 3, 8):
        stays = [shift_and_pool.compute(draws.uniform(size=24), 1, window).stays.mean() for _ in range(400)]
        assert abs(np.mean(stays) - (window - 1) / (window + 1)) < 0.02


SETTINGS = [
    {"shift": shift, "window": window, "beside": beside, "pooling": pooling}
    for (shift, window), beside, pooling in product(
        [(0, 3), (1, 1), (1, 3), (8, 4), (8, 24)], (False, True), ("max", "average")
    )
]


def test_the_sentence_says_the_numbers_of_the_picture():
    explorer = ShiftAndPool()
    assert explorer.values == {"shift": 1, "window": 3, "beside": False, "pooling": "max"}
    for values in SETTINGS:
        explorer.set(**values)
        seen, sentence = explorer.compute(explorer.values), explorer.sentence
        shift, window = values["shift"], values["window"]
        stay, total = int(seen.stays.sum()), len(seen.stays)
        check_sentence(f"{explorer.title}: {sentence}")
        if total > 1:
            assert f"Of {total} values of {values['pooling']} pooling" in sentence
            assert f") {stay} stay" in sentence
        else:
            assert f"The only value of {values['pooling']} pooling" in sentence and ") stays." in sentence
        assert f"by {seen.pooled_change:.2f} of its size" in sentence
        assert f"row by {seen.detector_change:.2f}." in sentence
        assert ("side by side" in sentence) == values["beside"]
        assert ("has not moved" in sentence) == (shift == 0)
        assert ("no pooling" in sentence) == (window == 1)
        assert ("sees the whole row" in sentence) == (window == 24)
    explorer.set(shift=6, window=3, beside=True)
    assert explorer.sentence.endswith("The row is the same, moved by 2 windows.")
    explorer.set(window=6)
    assert explorer.sentence.endswith("moved by one window.")
    for other in ({"window": 4}, {"shift": 0, "window": 3}, {"shift": 6, "beside": False}):
        explorer.set(**other)
        assert "The row is" not in explorer.sentence


@pytest.mark.parametrize("values", SETTINGS[4:])
def test_the_bars_have_the_heights_of_the_numbers(values):
    explorer = ShiftAndPool("noise")
    figure, seen = explorer.frame(**values), explorer.compute(values)
    detector, pooled, sizes = figure.axes
    bars = {axes: [bar for bar in axes.patches if hasattr(bar, "get_y")][1:] for axes in (detector, pooled)}
    for axes, after, before in (
        (detector, seen.after, seen.before),
        (pooled, seen.pooled_after, seen.pooled_before),
    ):
        heights = [bar.get_height() for bar in bars[axes]]
        assert heights == [*after, *before]
        middles = [bar.get_x() + bar.get_width() / 2 for bar in bars[axes][: len(after)]]
        width = 24 // len(after)
        assert np.allclose(middles, [i * width + (width - 1) / 2 for i in range(len(after))])
        assert axes.get_ylim()[1] > max(*after, *before)
        assert [bar.get_fill() for bar in bars[axes]] == [True] * len(after) + [False] * len(after)
    assert [bar.get_hatch() == "..." for bar in bars[pooled][: len(seen.stays)]] == seen.stays.tolist()
    assert [bar.get_width() for bar in sizes.patches] == [seen.pooled_change, seen.detector_change]
    texts = [text.get_text() for text in figure.texts]
    assert f"{seen.stays.sum()} of {len(seen.stays)}" in texts
    numbers = [text.get_text() for text in sizes.texts]
    assert numbers == [f"{seen.pooled_change:.2f}", f"{seen.detector_change:.2f}"]


def test_the_shaded_window_is_the_one_that_its_pooled_value_sees():
    for window, beside in product((1, 2, 3, 8, 24), (False, True)):
        figure = ShiftAndPool("noise").frame(window=window, beside=beside, shift=0)
        spans = [axes.patches[0].get_extents() for axes in figure.axes[:2]]
        source, target = (
            axes.transData.inverted().transform(span)[:, 0]
            for axes, span in zip(figure.axes[:2], spans, strict=True)
        )
        places = np.arange(round(source[0] + 0.5), round(source[1] + 0.5))
        assert len(places) == window and places[0] >= 0 and places[-1] < 24
        row = shift_and_pool.ROWS["noise"]
        pooled = shift_and_pool.pool(row, window, beside)
        index = round(target[0] + 0.5) // (window if beside else 1)
        assert pooled[index] == row[places].max()
        assert round(target[1] - target[0]) == (window if beside else 1)


@pytest.mark.parametrize(
    ("row", "error", "message"),
    [
        (
            "edges",
            ValueError,
            "row must be one of four edges, noise, smooth, stripes, or 24 values; got 'edges'",
        ),
        (np.ones(23), ValueError, r"row must have shape \(24,\); got shape \(23,\)"),
        (np.ones((1, 24)), ValueError, r"got shape \(1, 24\)"),
        (np.full(24, np.nan), ValueError, "row must hold finite values of at least 0; got nan"),
        (np.full(24, np.inf), ValueError, "row must hold finite values"),
        (np.r_[np.ones(23), -1], ValueError, "at least 0; got -1 as the smallest"),
        (["a"] * 24, TypeError, "row must hold numbers; got an array of dtype <U1"),
    ],
)
def test_wrong_rows(row, error, message):
    with pytest.raises(error, match=message):
        ShiftAndPool(row)


def test_own_rows_are_copied_and_may_be_zero():
    row = np.arange(24)
    explorer = ShiftAndPool(row)
    row[:] = 0
    assert explorer.row.tolist() == list(range(24)) and not explorer.row.flags.writeable
    dark = ShiftAndPool(row)
    assert "24 stay. The pooled row changes by 0.00" in dark.sentence
    for name in shift_and_pool.ROWS:
        assert ShiftAndPool(name).row.tolist() == shift_and_pool.ROWS[name].tolist()


# The maximum or the average ---------------------------------------------------------------------------------

RATES = [
    (a1, a2, differ)
    for a1, a2, differ in product(
        pool_separation.FIRST_RATES, pool_separation.SECOND_RATES, pool_separation.FACTORS
    )
]


def separation_by_a_loop(a1, a2, places, differ=1):
    """Means and variances over the two kinds of images, one number at a time."""
    means, variances = [], []
    for a in (a1, a2):
        rates = [2 * a / (1 + differ), 2 * a * differ / (1 + differ)]
        on = sum(1 - (1 - rate) ** places for rate in rates) / 2
        second = sum(rate * (1 - rate) / places + rate**2 for rate in rates) / 2
        means.append((on, a))
        variances.append((on * (1 - on), second - a**2))
    gaps = [abs(means[0][i] - means[1][i]) for i in (0, 1)]
    return [gap / sqrt(variances[0][i] + variances[1][i]) for i, gap in enumerate(gaps)] + gaps[:1]


def test_the_published_numbers():
    seen = pool_separation.compute(0.05, 0.02)
    maximum, average, gap = seen.at(30)
    assert (round(maximum, 3), round(average, 3), round(gap, 4), seen.best) == (0.513, 0.634, 0.3308, 30)


@pytest.mark.parametrize(("a1", "a2", "differ"), RATES)
def test_every_setting_against_plain_arithmetic(a1, a2, differ):
    seen = pool_separation.compute(a1 / 100, a2 / 100, differ)
    for places in (1, 2, 7, 30):
        expected = separation_by_a_loop(a1 / 100, a2 / 100, places, differ)
        np.testing.assert_allclose(seen.at(places), expected, rtol=1e-5, atol=1e-12)
    assert np.isfinite(seen.maximum).all() and np.isfinite(seen.average).all()
    gaps = [separation_by_a_loop(a1 / 100, a2 / 100, places, differ)[2] for places in range(1, 36)]
    if seen.best is not None and seen.best < 35:
        assert seen.best == 1 + max(range(35), key=gaps.__getitem__)
    if a1 == a2 or a2 == 0:
        assert seen.best is None
    swapped = pool_separation.compute(a2 / 100, a1 / 100, differ)
    np.testing.assert_allclose(swapped.maximum, seen.maximum)
    np.testing.assert_allclose(swapped.average, seen.average)


@pytest.mark.parametrize("differ", [1, 4])
def test_thrown_dice_agree(differ):
    draws, images, places = np.random.default_rng(5), 100_000, 12
    rows = []
    for a in (0.2, 0.05):
        rate = a * 2 / (1 + differ) * np.where(draws.uniform(size=images) < 0.5, 1, differ)
        rows.append(draws.uniform(size=(images, places)) < rate[:, None])
    maximum, average, gap = pool_separation.compute(0.2, 0.05, differ).at(places)
    for found, of in (
        (maximum, [row.max(axis=1) for row in rows]),
        (average, [r.mean(axis=1) for r in rows]),
    ):
        thrown = abs(of[0].mean() - of[1].mean()) / sqrt(of[0].var() + of[1].var())
        assert abs(found - thrown) < 0.02
    assert abs(gap - abs(rows[0].max(axis=1).mean() - rows[1].max(axis=1).mean())) < 0.01


@pytest.mark.parametrize(
    ("a1", "a2", "differ", "first", "last"),
    [
        (5, 2, 1, None, None),
        (5, 2, 8, None, None),
        (40, 10, 1, None, None),
        (5, 1, 1, 2, 19),
        (10, 1, 1, 2, 25),
        (20, 1, 1, 2, 19),
        (20, 1, 4, 2, 39),
        (40, 1, 8, 2, 59),
        (5, 0, 1, 2, 200),
    ],
)
def test_where_the_maximum_wins(a1, a2, differ, first, last):
    wins = pool_separation.compute(a1 / 100, a2 / 100, differ).wins()
    winning = [places for places in range(1, 201) if wins[places - 1]]
    assert winning == ([] if first is None else list(range(first, last + 1)))


def test_rare_features_need_a_factor_of_two_and_the_root_of_three():
    factor = 2 + sqrt(3)
    for a in (1e-3, 1e-4):
        assert not pool_separation.compute(a, a / (0.99 * factor)).wins().any()
    assert pool_separation.compute(1e-4, 1e-4 / (1.02 * factor)).wins().any()


def test_repeated_places_only_move_along_the_curves():
    """48 places, of which each four are one and the same: they separate as 12 do."""
    draws = np.random.default_rng(6)
    rows = [np.repeat(draws.uniform(size=(60_000, 12)) < a, 4, axis=1) for a in (0.1, 0.02)]
    for found, pool in zip(pool_separation.compute(0.1, 0.02).at(12), (np.max, np.mean), strict=False):
        one, other = (pool(row, axis=1) for row in rows)
        assert abs(found - (one.mean() - other.mean()) / sqrt(one.var() + other.var())) < 0.02


def test_rates_near_one_give_no_warning(recwarn):
    assert np.isinf(pool_separation.compute(0.99, 0.0).maximum[-1])
    assert not pool_separation.compute(0.99, 0.99).maximum.any()
    assert not list(recwarn)


def test_words_and_picture_of_the_separations():
    explorer = PoolSeparation()
    assert explorer.values == {"a1": 5, "a2": 2, "places": 30, "differ": 1}
    for values in (
        {"a1": 5, "a2": 2, "places": 30, "differ": 1},
        {"a1": 1, "a2": 0, "places": 1, "differ": 1},
        {"a1": 40, "a2": 40, "places": 200, "differ": 8},
        {"a1": 20, "a2": 1, "places": 30, "differ": 4},
        {"a1": 40, "a2": 0, "places": 200, "differ": 8},
    ):
        explorer.set(**values)
        seen, places = explorer.compute(values), values["places"]
        maximum, average, gap = seen.at(places)
        check_sentence(f"{explorer.title}: {explorer.sentence}")
        shown = "over 1000" if maximum > 1000 else f"{maximum:.3f}"
        assert f"separates them by {shown} spreads, the average by {average:.3f}:" in explorer.sentence
        assert f"at {values['a1']} % of the places in class 1, {values['a2']} %" in explorer.sentence
        assert ("Half of the images" in explorer.sentence) == (values["differ"] > 1)
        figure = explorer.frame(**values)
        texts = [text.get_text() for text in figure.texts]
        assert f"pooled over P = {places}" in texts and f"{average:.3f}" in texts
        assert ("> 1000" if maximum > 1000 else f"{maximum:.3f}") in texts
        by_max, by_mean, upper, mark_max, mark_mean, off = figure.axes[0].lines
        assert np.array_equal(by_max.get_ydata(), seen.maximum)
        assert np.array_equal(by_mean.get_ydata(), seen.average)
        assert upper.get_xdata() == [places, places]
        assert mark_max.get_xydata().tolist() == [[places, maximum]]
        assert mark_mean.get_xydata().tolist() == [[places, average]]
        top = figure.axes[0].get_ylim()[1]
        assert average < top and off.get_visible() == (maximum > top) != mark_max.get_visible()
        assert off.get_xydata().tolist() == [[places, top]]
        lower = figure.axes[1].lines
        assert np.array_equal(lower[0].get_ydata(), seen.gap)
        assert lower[-1].get_xydata().tolist() == [[places, gap]]
        peaks = [line for line in lower if line.get_marker() == "D"]
        expected = [] if seen.best is None else [[[seen.best, seen.gap.max()]]]
        assert [line.get_xydata().tolist() for line in peaks] == expected


@pytest.mark.parametrize(
    ("values", "winner", "run"),
    [
        ({}, "average separates better", "for no P up to 200."),
        ({"places": 1}, "both poolings separate alike", "for no P up to 200."),
        ({"a2": 5}, "neither pooling separates them", "for no P up to 200."),
        ({"a2": 0}, "maximum separates better", "for P from 2 to 200."),
        ({"a1": 20, "a2": 1}, "average separates better", "for P from 2 to 19."),
        ({"a1": 20, "a2": 1, "differ": 4}, "maximum separates better", "for P from 2 to 39."),
    ],
)
def test_the_winner_is_named(values, winner, run):
    explorer = PoolSeparation()
    explorer.set(**values)
    assert winner in explorer.sentence and explorer.sentence.endswith(run)
    texts = [text.get_text().replace("\n", " ") for text in explorer.frame(**values).texts]
    assert sum(winner in text for text in texts) == 1
    shaded = any(
        path.vertices.size for c in explorer.frame(**values).axes[0].collections for path in c.get_paths()
    )
    assert shaded == (run != "for no P up to 200.")


def test_no_sentence_is_too_long_for_a_page_without_a_kernel():
    explorer = PoolSeparation()
    for a1, a2, differ in RATES:
        for places in (1, 200):
            values = {"a1": a1, "a2": a2, "places": places, "differ": differ}
            seen = explorer.compute(values)
            found = dict(zip(("maximum", "average", "gap"), seen.at(places), strict=True))
            assert len(explorer.title) + 2 + len(pool_separation._sentence(values, seen, found)) <= LONGEST


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((1.2, 0.1), ValueError, "a1 must be a probability in all images, whose rates differ; got 1.2"),
        ((0.1, -0.1), ValueError, "a2 must be a probability in all images, whose rates differ; got -0.1"),
        ((0.7, 0.1, 8), ValueError, "a1 must be a probability in all images, whose rates differ; got 0.7"),
        ((0, 0), ValueError, "a1 and a2 must not both be 0 or 1: then nothing varies; got 0 and 0"),
        ((0, 1), ValueError, "a1 and a2 must not both be 0 or 1: then nothing varies; got 0 and 1"),
        (("a", 0.1), TypeError, "a1 must be a real number; got 'a' of type str"),
        ((0.1, 0.1, 1.5), TypeError, "differ must be an integer"),
        ((0.1, 0.1, 0), ValueError, "differ must be at least 1"),
    ],
)
def test_wrong_rates(arguments, error, message):
    with pytest.raises(error, match=message):
        pool_separation.compute(*arguments)
