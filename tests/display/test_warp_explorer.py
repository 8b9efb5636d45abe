"""The explorer that bends an image: its numbers, words, picture and errors."""

import math
import re
from itertools import product

import numpy as np
import pytest

from lecturelib.display.explorers import WarpImage, warp_image
from lecturelib.display.explorers.warp_image import WarpState

RING = np.array(warp_image.images()["ring"])


def bent_by_hand(image, grab, pull, reach):
    """One pixel at a time: where it came from, and the mean of the four around that place."""
    height, width = image.shape

    def at(r, c):
        return image[r, c] if 0 <= r < height and 0 <= c < width else 0.0

    y = np.zeros(image.shape)
    for r, c in np.ndindex(image.shape):
        fade = math.exp(-((r - grab[0]) ** 2 + (c - grab[1]) ** 2) / (2 * reach**2)) if reach else 1.0
        from_r, from_c = r - pull[0] * fade, c - pull[1] * fade
        top, left = math.floor(from_r), math.floor(from_c)
        for i, j in product((0, 1), repeat=2):
            share = (1 - abs(from_r - top - i)) * (1 - abs(from_c - left - j))
            y[r, c] += share * at(top + i, left + j)
    return y


def edges_by_hand(image):
    """Four maps: what gets brighter to the right, to the left, downwards, upwards."""
    padded = np.pad(image, 1)
    maps = np.zeros((4, *image.shape))
    for r, c in np.ndindex(image.shape):
        around = padded[r : r + 3, c : c + 3]
        right = sum(w * (around[m, 2] - around[m, 0]) for m, w in enumerate((1, 2, 1)))
        down = sum(w * (around[2, m] - around[0, m]) for m, w in enumerate((1, 2, 1)))
        maps[:, r, c] = max(right, 0), max(-right, 0), max(down, 0), max(-down, 0)
    return maps


def relative(before, after):
    return math.sqrt(((after - before) ** 2).sum() / (before**2).sum())


@pytest.mark.parametrize("reach", warp_image.REACHES)
@pytest.mark.parametrize("pull", [(0, 0), (-8, 8), (1.5, -2), (0, 3)])
def test_the_numbers_against_plain_loops(reach, pull):
    image = np.random.default_rng(3).normal(size=(13, 18))
    grab = (4.5, 11.0)
    bent = warp_image.compute(WarpState(image, grab, pull, reach))
    by_hand = bent_by_hand(image, grab, pull, reach)
    np.testing.assert_allclose(bent.warped, by_hand, atol=1e-12)
    before, after = edges_by_hand(image), edges_by_hand(by_hand)
    blocks = [
        maps[:, :12, :16].reshape(4, 3, 4, 4, 4).transpose(0, 1, 3, 2, 4).reshape(4, 12, 16).max(axis=2)
        for maps in (before, after)
    ]
    right = [
        relative(image, by_hand),
        relative(before, after),
        relative(*blocks),
        relative(before.mean(axis=(1, 2)), after.mean(axis=(1, 2))),
    ]
    np.testing.assert_allclose(list(bent.changes.values()), right, atol=1e-12)
    assert tuple(bent.changes) == warp_image.ANSWERS


@pytest.mark.parametrize("reach", [3, 6])
def test_the_slope_is_the_largest_one_of_the_displacement(reach):
    """Against central differences on a grid of hundredths of a pixel round the steepest place."""
    pull = (2.0, -1.5)
    state = WarpState(np.zeros((8, 8)), (0.0, 0.0), pull, reach)
    radius = np.linspace(0, 3 * reach, 4001)
    fade = np.exp(-(radius**2) / (2 * reach**2))
    steepest = np.abs(np.gradient(fade, radius)).max() * math.hypot(*pull)
    assert warp_image.compute(state).slope == pytest.approx(steepest, rel=1e-4)


@pytest.mark.parametrize("name", ["digit", "ring", "cross"])
@pytest.mark.parametrize("pull", [(0, 3), (-2, 1), (4, 4)])
def test_a_shift_changes_every_pixel_and_no_average(name, pull):
    explorer = WarpImage(warp_image.images()[name], pull=pull, reach=0)
    assert explorer.slope == 0
    changes = list(explorer.changes.values())
    assert changes[-1] < 1e-12 < 0.2 < changes[2] < changes[1]
    explorer.reach = 6
    assert explorer.changes["average of all"] > 0.01


def test_nothing_pulled_changes_nothing():
    for reach in warp_image.REACHES:
        explorer = WarpImage(pull=(0, 0), reach=reach)
        assert set(explorer.changes.values()) == {0.0}
        assert explorer.slope == 0
    assert set(WarpImage(np.zeros((8, 8)), pull=(1, 1)).changes.values()) == {0.0}


def test_sentences_say_what_the_numbers_are():
    explorer = WarpImage(RING, pull=(0, -1.5), reach=3)
    changes = ", ".join(f"{name} {float(f'{change:.2f}'):g}" for name, change in explorer.changes.items())
    share = explorer.changes["average of all"] / (1.5 * math.exp(-0.5) / 3)
    assert explorer.sentence == (
        "Pulled by (0, −1.5), felt 3 pixels around: the slope of τ is 0.3. "
        f"Relative change: {changes}; the last is {share:.2f} of the slope."
    )
    explorer.pull, explorer.reach = (2, 1), 0
    assert explorer.sentence.startswith(
        "The whole picture is shifted by (2, 1): τ is constant, its slope is 0."
    )
    assert explorer.sentence.endswith("average of all 0.")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (
            {"image": np.ones((7, 9))},
            ValueError,
            r"image must have 8 to 32 pixels a side; got shape \(7, 9\)",
        ),
        ({"image": np.ones((33, 9))}, ValueError, "image must have 1 to 32 entries"),
        ({"image": [["a"] * 9] * 9}, TypeError, "image must hold real numbers"),
        ({"image": np.full((9, 9), np.nan)}, ValueError, "image must be finite"),
        ({"grab": (0, 33)}, ValueError, r"grab must hold two numbers from 0 to 32; got \(0.0, 33.0\)"),
        ({"pull": (8.5, 0)}, ValueError, r"pull must hold two numbers from −8 to 8; got \(8.5, 0.0\)"),
        ({"pull": (0, float("nan"))}, ValueError, "pull must hold two numbers"),
        ({"pull": 3}, TypeError, "'pull' trait .* expected a tuple"),
        ({"reach": 4}, ValueError, "reach must be one of 3, 6, 12 and 0; got 4"),
    ],
)
def test_wrong_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        WarpImage(**arguments)


def test_the_still_shows_the_bent_image_and_the_changes():
    explorer = WarpImage(RING, grab=(6, 14), pull=(3, 1), reach=3)
    picture, bars = explorer.frame().axes
    by_hand = bent_by_hand(RING, (6, 14), (3, 1), 3)
    np.testing.assert_allclose(picture.images[0].get_array(), by_hand, atol=1e-12)
    assert [bar.get_width() for bar in bars.patches] == list(explorer.changes.values())
    assert f"{explorer.slope:.2f}" in bars.get_title()
    assert len(picture.lines) == 14
    ratio = explorer.changes["average of all"] / explorer.slope
    assert [text.get_text() for text in bars.texts][
        -1
    ] == f"average of all ÷ slope: {float(f'{ratio:.2f}'):g}"
    assert "folds" not in bars.get_title()
    explorer.pull = (8, 0)
    assert "above 1: the picture folds" in explorer.frame().axes[1].get_title()


def test_the_grid_lands_where_the_picture_goes():
    state = WarpState(RING, (14.0, 14.0), (2.0, 3.0), 6)
    for line in warp_image._grid(state):
        away = line - np.array(state.grab)[:, None]
        tau = np.array(state.pull)[:, None] * np.exp(-np.sum(away**2, axis=0) / 72)
        straight = [np.allclose(axis, axis[0], atol=1e-6) and axis[0] % 4 > 1 for axis in line - tau]
        assert sum(straight) == 1


def test_the_script_is_one_self_contained_module():
    script = WarpImage._esm
    assert script.count("export default") == 1
    for forbidden in (r"^\s*import\b", r"\bimport\(", r"\bfetch\(", r"https?://", r"\beval\(", r"innerHTML"):
        assert not re.search(forbidden, script, re.MULTILINE), forbidden


def sent(explorer):
    state = explorer.get_state()
    return {name: state[name] for name in ("image", "grab", "pull", "reach")}


def test_the_browser_computes_what_python_computes_and_says_it_in_the_same_words(in_node):
    rng = np.random.default_rng(5)
    shapes, pulls = [(8, 8), (13, 18), (32, 9)], [(0, 0), (1.5, -2), (-8, 8), (0, 3)]
    explorers = [
        WarpImage(rng.normal(size=shape).round(2), grab=(3, 6.5), pull=pull, reach=reach)
        for shape, pull, reach in product(shapes, pulls, warp_image.REACHES)
    ]
    explorers += [WarpImage(image, pull=(2, 2.5)) for image in warp_image.images().values()]
    pictures = in_node(WarpImage, [["warpPicture", [sent(explorer)]] for explorer in explorers])
    words = in_node(WarpImage, [["warpWords", [picture]] for picture in pictures])
    for explorer, picture, said in zip(explorers, pictures, words, strict=True):
        bent = warp_image.compute(explorer.state)
        np.testing.assert_allclose(picture["warped"], bent.warped, rtol=0, atol=1e-12)
        np.testing.assert_allclose(picture["changes"], list(bent.changes.values()), rtol=0, atol=1e-12)
        assert picture["slope"] == pytest.approx(bent.slope)
        assert said == explorer.sentence


@pytest.mark.parametrize("width", [526, 606, 966])
@pytest.mark.parametrize("shape", [(8, 8), (28, 28), (32, 9), (9, 32)])
def test_both_halves_fit_the_card(in_node, width, shape):
    (picture,) = in_node(WarpImage, [["warpPicture", [sent(WarpImage(np.ones(shape)))]]])
    (places,) = in_node(WarpImage, [["warpLayout", [picture, width]]])
    image, bars = places["picture"], places["bars"]
    assert image["left"] >= 0
    assert image["left"] + image["width"] < bars["left"]
    assert bars["left"] + bars["width"] <= width
    assert bars["width"] > 200
    assert max(image["top"] + image["height"], bars["top"] + bars["height"]) <= places["height"]
