"""PoolSeparation: its numbers against plain arithmetic and dice, its words, pictures and errors."""

from itertools import product
from math import sqrt

import numpy as np
import pytest

from lecturelib.display.explorers import PoolSeparation, pool_separation, separations
from lecturelib.display.show import LONGEST, check_sentence

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
        assert f"separates them by {shown} spreads (roots of summed variances)" in explorer.sentence
        assert f"the average by {average:.3f}:" in explorer.sentence
        assert f"at {values['a1']} % of the places in class 1, {values['a2']} %" in explorer.sentence
        assert ("Half of the images" in explorer.sentence) == (values["differ"] > 1)
        figure = explorer.frame(**values)
        texts = [text.get_text() for text in figure.texts]
        assert f"{average:.3f}" in texts
        assert ("> 1000" if maximum > 1000 else f"{maximum:.3f}") in texts
        by_max, by_mean, line, mark_max, mark_mean, off = figure.axes[2].lines
        assert np.array_equal(by_max.get_ydata(), seen.maximum)
        assert np.array_equal(by_mean.get_ydata(), seen.average)
        assert line.get_xdata() == [places, places]
        assert mark_max.get_xydata().tolist() == [[places, maximum]]
        assert mark_mean.get_xydata().tolist() == [[places, average]]
        top = figure.axes[2].get_ylim()[1]
        assert average < top and off.get_visible() == (maximum > top) != mark_max.get_visible()
        assert off.get_xydata().tolist() == [[places, top]]


SHOWN = [
    {"a1": 5, "a2": 2, "places": 30, "differ": 1},
    {"a1": 5, "a2": 2, "places": 1, "differ": 1},
    {"a1": 20, "a2": 1, "places": 12, "differ": 4},
    {"a1": 1, "a2": 40, "places": 6, "differ": 1},
    {"a1": 40, "a2": 40, "places": 50, "differ": 8},
    {"a1": 5, "a2": 0, "places": 200, "differ": 1},
]


def distribution_by_a_loop(rate, places, differ):
    """Add one place after the other, for both kinds of images; return the probability of each count."""
    kinds = []
    for factor in (2 / (1 + differ), 2 * differ / (1 + differ)):
        chances = [1.0]
        for _ in range(places):
            on, off = rate * factor, 1 - rate * factor
            chances = [a * off + b * on for a, b in zip([*chances, 0], [0, *chances], strict=True)]
        kinds.append(chances)
    return [(a + b) / 2 for a, b in zip(*kinds, strict=True)]


@pytest.mark.parametrize("values", SHOWN)
def test_the_distributions_are_those_of_the_separations(values):
    a1, a2, places, differ = values["a1"] / 100, values["a2"] / 100, values["places"], values["differ"]
    maximum, average = separations.pooled(a1, a2, places, differ)
    for number, rate in enumerate((a1, a2)):
        counts = distribution_by_a_loop(rate, places, differ)
        np.testing.assert_allclose(average.chances[number], counts, atol=1e-12)
        np.testing.assert_allclose(maximum.chances[number], [counts[0], 1 - counts[0]], atol=1e-12)
        assert abs(average.means[number] - rate) < 1e-12
    assert average.at.tolist() == [on / places for on in range(places + 1)]
    expected = pool_separation.compute(a1, a2, differ).at(places)
    for one, separation in zip((maximum, average), expected, strict=False):
        assert abs(abs(one.means[0] - one.means[1]) / one.spread - separation) < 1e-6 * max(1, separation)


@pytest.mark.parametrize("values", SHOWN)
def test_bars_means_and_rulers_are_those_of_the_distributions(values):
    explorer = PoolSeparation()
    figure = explorer.frame(**values)
    shown = separations.pooled(values["a1"] / 100, values["a2"] / 100, values["places"], values["differ"])
    for axes, one, name in zip(figure.axes, shown, ("maximum", "average"), strict=False):
        ruler, filled, *bars = axes.patches
        low, high = sorted(one.means)
        assert (ruler.get_x(), ruler.get_width()) == (low, one.spread)
        assert (filled.get_x(), filled.get_width()) == (low, high - low)
        assert [line.get_xdata()[0] for line in axes.lines] == one.means.tolist()
        assert axes.lines[0].get_linestyle() != axes.lines[1].get_linestyle()
        assert axes.get_title("left") == f"{name} of {values['places']} place{'s' * (values['places'] > 1)}"
        words = f"means {high - low:.4f} apart, one spread is {one.spread:.3f}"
        assert axes.get_title("right") == words
        if name == "maximum":
            assert [bar.get_height() for bar in bars] == one.chances.ravel().tolist()
            assert [round(bar.get_x() + 0.0475) for bar in bars] == [0, 1, 0, 1]
            texts = [text.get_text() for text in axes.texts]
            assert texts[1:] == [f"{chance:.2f}" for chance in one.chances.ravel()]
        else:
            beyond = 100 * one.chances[:, one.at > axes.get_xlim()[1]].sum(axis=1)
            told = f"beyond: {beyond[0]:.0f} % and {beyond[1]:.0f} %" if beyond.max() >= 0.5 else ""
            assert axes.texts[-1].get_text() == told
            for run, chances in zip(bars, one.chances, strict=True):
                heights, edges, _ = run.get_data()
                np.testing.assert_allclose(heights[::2], chances / chances.max())
                assert not heights[1::2].any()
                np.testing.assert_allclose((edges[::2] + edges[1::2]) / 2, one.at, atol=1e-12)
                assert (np.diff(edges) > -1e-12).all()


def test_the_axes_stay_while_the_places_run():
    explorer = PoolSeparation()
    for start in ({}, {"a1": 1, "a2": 40}, {"a1": 40, "a2": 0, "differ": 8}):
        limits = {
            tuple((axes.get_xlim(), axes.get_ylim()) for axes in explorer.frame(**start, places=places).axes)
            for places in (1, 12, 200)
        }
        assert len(limits) == 1


def test_the_factor_of_the_rates_is_told():
    explorer = PoolSeparation()
    assert explorer.sentence == (
        "A feature is on at 5 % of the places in class 1, 2 % in class 2 (a factor of 2.5). Over 30 places "
        "the maximum separates them by 0.513 spreads (roots of summed variances), the average by 0.634: the "
        "average separates better. The maximum wins for no P up to 200. For rare features it can win only "
        "above a factor of 3.73."
    )
    assert abs(pool_separation.RATIO - 3.7320508) < 1e-7
    for values, factor in (
        ({"a1": 1, "a2": 40}, "40"),
        ({"a1": 5, "a2": 5}, "1"),
        ({"a1": 20, "a2": 5}, "4"),
    ):
        explorer.set(**values)
        assert f"(a factor of {factor})." in explorer.sentence and "3.73" in explorer.sentence
        assert any(f"a factor of {factor};" in text.get_text() for text in explorer.frame().texts)
    explorer.set(a2=0)
    assert "factor" not in explorer.sentence
    assert any("for every P above 1" in text.get_text() for text in explorer.frame().texts)


def test_no_smaller_factor_wins_among_the_rates_on_offer():
    for a1, a2, differ in RATES:
        factor = max(a1, a2) / min(a1, a2) if a1 and a2 else np.inf
        if factor < pool_separation.RATIO:
            assert not pool_separation.compute(a1 / 100, a2 / 100, differ).wins().any()
        if factor == np.inf:
            assert pool_separation.compute(a1 / 100, a2 / 100, differ).wins()[1:].all()


@pytest.mark.parametrize("differ", [1, 2, 4, 8])
def test_the_factor_for_rare_features_is_the_same_where_images_differ(differ):
    for factor, wins in ((0.99 * pool_separation.RATIO, False), (1.02 * pool_separation.RATIO, True)):
        assert pool_separation.compute(1e-5, 1e-5 / factor, differ).wins().any() == wins


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
    assert winner in explorer.sentence and f"The maximum wins {run}" in explorer.sentence
    texts = [text.get_text().replace("\n", " ") for text in explorer.frame(**values).texts]
    assert sum(winner in text for text in texts) == 1
    axes = explorer.frame(**values).axes[2]
    shaded = any(path.vertices.size for c in axes.collections for path in c.get_paths())
    assert shaded == (axes.get_legend() is not None) == (run != "for no P up to 200.")


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
    with pytest.raises(error, match=message):
        separations.pooled(*arguments[:2], 5, *arguments[2:])


@pytest.mark.parametrize(
    ("places", "error", "message"),
    [
        (0, ValueError, "places must be at least 1"),
        (201, ValueError, "places must be at most 200; got 201"),
        (1.5, TypeError, "places must be an integer"),
    ],
)
def test_wrong_numbers_of_places(places, error, message):
    with pytest.raises(error, match=message):
        separations.pooled(0.1, 0.2, places)
