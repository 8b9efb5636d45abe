"""ShiftAndPool: its numbers against plain loops, its words, pictures and errors."""

from itertools import product
from math import sqrt

import numpy as np
import pytest

from lecturelib.display.explorers import ShiftAndPool, shift_and_pool
from lecturelib.display.show import check_sentence


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
        if beside and 24 % window:
            continue
        seen = shift_and_pool.compute(row, shift, window, beside, pooling)
        after = [row[(i - shift) % 24] for i in range(24)]
        expected = [pooled_by_a_loop(values, window, beside, pooling) for values in (row, after)]
        assert seen.before.tolist() == row.tolist() and seen.after.tolist() == after
        np.testing.assert_allclose(seen.pooled_before, expected[0], rtol=0, atol=1e-12)
        np.testing.assert_allclose(seen.pooled_after, expected[1], rtol=0, atol=1e-12)
        stays = [abs(a - b) < 1e-9 for a, b in zip(*expected, strict=True)]
        assert seen.stays.tolist() == stays
        apart = [abs(a - b) / max(row) for a, b in zip(*expected, strict=True)]
        assert not any(abs(share - 0.1) < 1e-6 for share in apart)  # rounding decides nothing
        assert seen.much.tolist() == [share > 0.1 for share in apart]
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
    {"shift": shift, "window": window, "row": row, "pooling": pooling}
    for (shift, window, row), pooling in product(
        [
            (0, 3, "noise"),
            (1, 1, "smooth"),
            (1, 3, "four edges"),
            (3, 4, "noise"),
            (8, 4, "four edges"),
            (8, 24, "noise"),
            (8, 2, "stripes"),
        ],
        shift_and_pool.WAYS,
    )
]


def steps_of(values):
    """By how many windows the pooled row moves as a whole; 0 where it does not."""
    shift, window = values["shift"], values["window"]
    return shift // window if "side" in values["pooling"] and window < 24 and shift % window == 0 else 0


def test_the_sentence_says_the_numbers_of_the_picture():
    explorer = ShiftAndPool()
    assert explorer.values == {"shift": 1, "window": 3, "row": "four edges", "pooling": "max"}
    assert explorer.sentence == (
        "The row of four edges moves by 1 place. Of 24 values of max pooling (windows of 3, one at each "
        "place) 13 stay, 8 change by more than a tenth of the largest detector value. The pooled row changes "
        "by 0.67 of its size, the detector row by 1.22."
    )
    for values in SETTINGS:
        explorer.set(**values)
        seen, sentence = explorer.compute(explorer.values), explorer.sentence
        shift, window = values["shift"], values["window"]
        stay, total = int(seen.stays.sum()), len(seen.stays)
        check_sentence(f"{explorer.title}: {sentence}")
        if total > 1:
            assert f"Of {total} values of {values['pooling'].split(',')[0]} pooling" in sentence
            assert f") {stay} stay" in sentence
            assert (f", {seen.much.sum()} change by more than a tenth" in sentence) == (stay < total)
        else:
            assert f"The only value of {values['pooling'].split(',')[0]} pooling" in sentence
            assert ") stays." in sentence
        assert f"by {seen.pooled_change:.2f} of its size" in sentence
        assert f"row by {seen.detector_change:.2f}." in sentence
        assert ("side by side" in sentence) == ("side" in values["pooling"])
        assert values["row"].split()[-1].lower() in sentence.split(".")[0].lower()
        assert ("has not moved" in sentence) == (shift == 0)
        assert ("no pooling" in sentence) == (window == 1 and not steps_of(values))
        assert ("sees the whole row" in sentence) == (window == 24)
        assert ("The pooled row is the same, moved by" in sentence) == bool(steps_of(values))
    explorer.set(shift=6, window=3, pooling="max, side by side")
    assert explorer.sentence.endswith("The pooled row is the same, moved by 2.")
    explorer.set(window=6)
    assert explorer.sentence.endswith("moved by 1.")
    for other in ({"window": 4}, {"shift": 0, "window": 3}, {"shift": 6, "pooling": "max"}):
        explorer.set(**other)
        assert "The pooled row is" not in explorer.sentence


def test_on_noise_the_sentence_says_how_many_are_expected_to_stay():
    explorer = ShiftAndPool("noise")
    for window in (2, 3, 5, 9, 10):
        explorer.set(window=window)
        share = (window - 1) / (window + 1)
        assert explorer.sentence.endswith(f" Of noise, {24 * share:.1f} of 24 are expected to stay.")
    explorer.set(window=10, shift=2)
    assert explorer.sentence.endswith(f" Of noise, {24 * 8 / 12:.1f} of 24 are expected to stay.")
    for other in ({"shift": 0}, {"row": "smooth", "shift": 1}, {"row": "noise", "pooling": "average"}):
        explorer.set(**other)
        assert "expected" not in explorer.sentence
    draws = np.random.default_rng(9)
    stays = [shift_and_pool.compute(draws.uniform(size=24), 2, 10).stays.mean() for _ in range(400)]
    assert abs(np.mean(stays) - 8 / 12) < 0.02


def test_windows_that_do_not_fit_side_by_side_give_way_to_the_nearest():
    explorer = ShiftAndPool()
    for window, nearest in ((5, 4), (9, 8), (10, 8), (12, 12)):
        explorer.set(pooling="max", window=window)
        assert explorer.values["window"] == window and len(explorer.compute(explorer.values).stays) == 24
        explorer.set(pooling="average, side by side")
        assert explorer.values["window"] == nearest and f"windows of {nearest}," in explorer.sentence
        offered = explorer.controls[1]["stops"]
        assert all(24 % stop == 0 for stop in offered)
    with pytest.raises(ValueError, match="window must be one of 1, 2, 3, 4, 6, 8, 12, 24, got 5"):
        explorer.set(window=5)
    explorer.request = {"number": 1, "values": {"window": 10}}
    assert explorer.values["window"] == 8


def test_the_row_is_chosen_and_a_given_one_is_offered_first():
    names = list(shift_and_pool.ROWS)
    assert ShiftAndPool("smooth").values["row"] == "smooth"
    assert ShiftAndPool().controls[2]["options"] == names
    own = ShiftAndPool(np.arange(24))
    assert own.controls[2]["options"] == ["as given", *names] and own.values["row"] == "as given"
    assert own.sentence.startswith("Your row moves by 1 place.")
    assert own.frame().axes[0].get_ylim()[1] > 23
    limits = {ShiftAndPool().frame(row=name).axes[0].get_ylim() for name in names}
    assert len(limits) == 1  # the axes stay while the row changes
    for name in names:
        own.set(row=name)
        assert own.compute(own.values).before.tolist() == shift_and_pool.ROWS[name].tolist()


@pytest.mark.parametrize("values", SETTINGS)
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
    hatches = [bar.get_hatch() for bar in bars[pooled][: len(seen.stays)]]
    assert [hatch == "..." for hatch in hatches] == seen.stays.tolist()
    assert [hatch == "" for hatch in hatches] == seen.much.tolist()
    assert [bar.get_width() for bar in sizes.patches] == [seen.pooled_change, seen.detector_change]
    texts = [text.get_text() for text in figure.texts]
    count, steps = f"{seen.stays.sum()} of {len(seen.stays)}", steps_of(values)
    assert texts[0] == f"same row,\nmoved by {steps}" if steps else texts[0] == count
    assert texts[1] == (f"in place, {count} stay" if steps else "pooled values stay")
    assert texts[2].startswith(f"{seen.much.sum()} change by more")
    numbers = [text.get_text() for text in sizes.texts]
    assert numbers == [f"{seen.pooled_change:.2f}", f"{seen.detector_change:.2f}"]


def test_the_shaded_window_is_the_one_that_its_pooled_value_sees():
    for window, beside in product((1, 2, 3, 8, 24), (False, True)):
        way = "max, side by side" if beside else "max"
        figure = ShiftAndPool("noise").frame(window=window, pooling=way, shift=0)
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
