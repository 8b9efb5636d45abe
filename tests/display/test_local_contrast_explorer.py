"""The explorer of local contrast normalization: numbers against plain loops, words, picture."""

from io import BytesIO
from itertools import product

import numpy as np
import pytest
from PIL import Image

from lecturelib.display.explorers import LocalContrast, local_contrast
from lecturelib.display.explorers.local_contrast import (
    BRIGHTNESSES,
    CONTRASTS,
    LEAST,
    compute,
    picture,
    taken,
)
from lecturelib.display.show import render
from lecturelib.operators.normalization import local_contrast_normalization

INSIDE = np.s_[8:-8, 8:-8]  # y sees 8 pixels: 4 for the mean, 4 more for the size
LEFT, RIGHT = np.s_[8:-8, 8:28], np.s_[8:-8, 44:64]


def weights():
    square = np.add.outer(np.arange(-4, 5) ** 2, np.arange(-4, 5) ** 2)
    bell = np.exp(-square / (2 * 2.0**2))
    return bell / bell.sum()


def by_loops(x, row, column):
    """Return v and sigma at one place inside."""
    omega = weights()

    def less_mean(i, j):
        return x[i, j] - (omega * x[i - 4 : i + 5, j - 4 : j + 5]).sum()

    around = [[less_mean(i, j) for j in range(column - 4, column + 5)] for i in range(row - 4, row + 5)]
    return less_mean(row, column), np.sqrt((omega * np.square(around)).sum())


@pytest.mark.parametrize(("c", "shadow"), list(product(LEAST, (False, True))))
def test_maps_are_those_of_plain_loops(c, shadow):
    seen = compute(0.5, 0.2, LEAST[c], shadow)
    least = seen.sigma.mean() if c == "mean of σ" else float(c)
    assert seen.least == least
    for row, column in ((8, 8), (20, 36), (39, 63), (30, 15)):
        v, sigma = by_loops(seen.x, row, column)
        np.testing.assert_allclose(seen.v[row, column], v, atol=1e-13)
        np.testing.assert_allclose(seen.sigma[row, column], sigma, rtol=1e-9)
        np.testing.assert_allclose(seen.y[row, column], v / max(least, sigma), rtol=1e-9)


@pytest.mark.parametrize("boundary", ["reflect", "zeros", "circular", "symmetric", "edge"])
def test_y_is_the_library_s_normalization_and_sigma_its_divisor(boundary):
    for c in ("mean", 0.05):
        seen = compute(0.2, 0.1, c, True, boundary=boundary)
        window = weights()
        y = local_contrast_normalization(seen.x[None, None], window, c=c, boundary=boundary)[0, 0]
        np.testing.assert_allclose(seen.y, y, atol=1e-12)
        np.testing.assert_allclose(seen.y * np.maximum(seen.sigma, seen.least), seen.v, atol=1e-12)


def test_the_picture_that_is_taken():
    assert picture().shape == (48, 72) and 0 <= picture().min() < 0.1 and 0.9 < picture().max() <= 1
    for contrast, brightness, shadow in product((1, 0.1), (0, -0.5), (False, True)):
        x = taken(contrast, brightness, shadow)
        for row, column in ((0, 0), (20, 35), (20, 36), (47, 71)):
            light = picture()[row, column] * (0.2 if shadow and column < 36 else 1)
            assert abs(x[row, column] - (contrast * light - contrast * 0.5 + 0.5 + brightness)) < 1e-15


@pytest.mark.parametrize("shadow", [False, True])
def test_brightness_is_removed_exactly(shadow):
    for c in LEAST.values():
        dark, light = (compute(0.5, brightness, c, shadow) for brightness in (-0.5, 0.5))
        for name in ("v", "sigma", "y"):
            np.testing.assert_allclose(getattr(dark, name), getattr(light, name), atol=1e-10)


def test_with_zeros_outside_brightness_is_removed_only_away_from_the_border():
    dark, light = (compute(1, brightness, 0.05, boundary="zeros") for brightness in (-0.5, 0.5))
    apart = np.abs(dark.v - light.v)
    assert apart[4:-4, 4:-4].max() < 1e-12
    assert apart[3].min() > 1e-3 and apart[:, 3].min() > 1e-3
    apart = np.abs(dark.y - light.y)
    assert apart[INSIDE].max() < 1e-12 < apart[7].max()


@pytest.mark.parametrize("shadow", [False, True])
def test_contrast_is_removed_exactly_by_the_mean_of_sigma_alone(shadow):
    full = compute(1, shadow=shadow)
    for percent in CONTRASTS:
        seen = compute(percent / 100, 0.3, shadow=shadow)
        np.testing.assert_allclose(seen.y, full.y, atol=1e-9)
        np.testing.assert_allclose(seen.sigma, full.sigma * percent / 100, atol=1e-12)
        assert abs(seen.relative - 1) < 1e-12
    for c in (0.01, 0.05, 0.1, 0.5):
        kept = [compute(percent / 100, c=c, shadow=shadow).relative for percent in CONTRASTS]
        assert kept == sorted(kept) and kept[0] < 0.15 and kept[-1] == 1
    half = compute(0.5, c=0.5, shadow=shadow)  # c is larger than any sigma: only a factor
    assert full.sigma.max() < 0.5 and abs(half.relative - 0.5) < 1e-12


@pytest.mark.parametrize(
    ("contrast", "brightness", "c", "shadow"),
    list(product((1, 20, 100), (-50, 0, 50), LEAST, (False, True))),
)
def test_measures_of_every_setting(contrast, brightness, c, shadow):
    seen = compute(contrast / 100, brightness / 100, LEAST[c], shadow)
    full, lit = compute(1, 0, LEAST[c], shadow), compute(contrast / 100, brightness / 100, LEAST[c])
    rms = {name: np.sqrt((getattr(seen, name)[INSIDE] ** 2).mean()) for name in ("y", "whole")}
    assert seen.rms == rms["y"]
    assert abs(seen.relative - rms["y"] / np.sqrt((full.y[INSIDE] ** 2).mean())) < 1e-12
    np.testing.assert_allclose(seen.whole, (seen.x - np.mean(seen.x)) / np.std(seen.x))
    assert seen.clipped == np.count_nonzero((seen.x < 0) | (seen.x > 1)) / seen.x.size
    for name, step, detail in zip(("y", "whole"), seen.steps, seen.details, strict=True):
        image = getattr(seen, name)
        assert abs(step - (image[RIGHT].mean() - image[LEFT].mean()) / rms[name]) < 1e-12
        assert abs(detail - image[LEFT].std() / getattr(lit, name)[LEFT].std()) < 1e-12
    if not shadow:
        assert seen.details == (1, 1)


def test_a_shadow_goes_locally_and_stays_globally():
    for c in LEAST.values():
        seen = compute(1, c=c, shadow=True)
        assert abs(seen.steps[0]) < 0.1 and seen.steps[1] > 1.5
        assert seen.details[0] > seen.details[1]
    assert 0.4 < compute(1, shadow=True).details[0] < 0.45  # much of it lies below the mean of sigma
    seen, lit = compute(1, c=0.01, shadow=True), compute(1, c=0.01)
    assert seen.details[0] > 0.999
    apart, strong = np.abs(seen.y - lit.y), seen.sigma > 0.01
    assert strong[:, :28].mean() > 0.5 and apart[:, :28][strong[:, :28]].max() < 1e-12
    assert apart[:, 44:].max() < 1e-12 and apart[:, 28:44].max() > 0.5


@pytest.mark.parametrize("contrast", CONTRASTS)
def test_the_picture_holds_what_is_computed(contrast):
    explorer = LocalContrast()
    for brightness, c, shadow in ((0, "mean of σ", True), (50, "0.05", False), (-50, "0.5", True)):
        figure = explorer.frame(contrast=contrast, brightness=brightness, c=c, shadow=shadow)
        seen = compute(contrast / 100, brightness / 100, LEAST[c], shadow)
        limits = [(0, 1), (-0.4, 0.4), (0, 0.2), (-2.5, 2.5), (-2.5, 2.5)]
        names = ["x", "v", "sigma", "y", "whole"]
        for axes, name, limit in zip(figure.axes, names, limits, strict=True):
            assert np.array_equal(axes.images[0].get_array(), getattr(seen, name))
            assert axes.images[0].get_clim() == limit
        texts = [text.get_text().replace("−", "-") for text in figure.texts]
        assert texts.count(f"{seen.relative:.3f}") >= 1
        assert f"0 to 1, {100 * seen.clipped:.0f} % clipped" in texts
        assert f"0 to 0.2, c = {seen.least:.2g}" in texts
        shown = [float(text) for text in texts if text.replace(".", "").replace("-", "").isdigit()]
        np.testing.assert_allclose(shown, [seen.relative, *seen.steps, *seen.details], atol=0.0051)


def test_nothing_is_cut_off_or_on_top_of_anything():
    explorer = LocalContrast()
    for values in (
        {},
        {"contrast": 1, "c": "mean of σ", "shadow": False},
        {"contrast": 100, "brightness": 50},
    ):
        figure = explorer.frame(**values)
        figure.canvas.draw()
        width, height = figure.canvas.get_width_height()
        boxes = [text.get_window_extent() for text in figure.texts]
        boxes += [axes.get_window_extent() for axes in figure.axes]
        assert all(box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height for box in boxes)
        for index, box in enumerate(boxes):
            assert not any(box.overlaps(other) for other in boxes[:index])
        assert min(text.get_fontsize() for text in figure.texts) * 100 / 72 >= 11


def test_the_sentence_says_the_state_and_the_numbers():
    explorer = LocalContrast()
    assert explorer.values == {"contrast": 20, "brightness": 0, "c": "mean of σ", "shadow": True}
    assert explorer.sentence == (
        "Contrast 20 %, brightness 0 %, left half in shadow, c = 0.01, the mean of σ: y has 1.000 times the "
        "size that it has at full contrast. Its right half lies above its left by 0.01 of its own size, that "
        "of the globally normalized picture by 1.58; the shaded halves keep 0.42 and 0.16 of their detail."
    )
    for contrast, brightness, c, shadow in product((1, 100), BRIGHTNESSES[::5], LEAST, (False, True)):
        explorer.set(contrast=contrast, brightness=brightness, c=c, shadow=shadow)
        seen = explorer.compute(explorer.values)
        sign = {-50: "−50", 0: "0", 50: "+50"}[brightness]
        assert explorer.sentence.startswith(f"Contrast {contrast} %, brightness {sign} %, ")
        assert f": y has {seen.relative:.3f} times the size" in explorer.sentence
        assert f"left by {abs(seen.steps[0]):.2f} of" in explorer.sentence
        assert f"picture by {seen.steps[1]:.2f}" in explorer.sentence
        assert (
            ("left half in shadow" in explorer.sentence) == ("no shadow" not in explorer.sentence) == shadow
        )
        detail = f"keep {seen.details[0]:.2f} and {seen.details[1]:.2f} of their detail."
        assert explorer.sentence.endswith(detail) == shadow
        assert (f"c = {c}" in explorer.sentence) == (c != "mean of σ")
        assert ("the mean of σ" in explorer.sentence) == (c == "mean of σ")
        assert "-" not in explorer.sentence and "−0.0" not in explorer.sentence


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"contrast": 0}, ValueError, "contrast must be positive and finite; got 0"),
        ({"contrast": np.inf}, ValueError, "contrast must be positive and finite; got inf"),
        ({"contrast": "1"}, TypeError, "contrast must be a real number; got '1'"),
        ({"brightness": np.nan}, ValueError, "brightness must be finite; got nan"),
        ({"c": "median"}, ValueError, "c must be one of 'mean'; got 'median'"),
        ({"c": 0}, ValueError, "c must be 'mean' or a positive, finite number; got 0"),
        ({"shadow": 1}, TypeError, "shadow must be True or False; got 1"),
        ({"boundary": "mirror"}, ValueError, "boundary must be one of .*; got 'mirror'"),
    ],
)
def test_wrong_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        local_contrast.compute(**arguments)


def test_wrong_settings_and_boundaries():
    with pytest.raises(ValueError, match="boundary must be one of 'zeros', .*; got 'black'"):
        LocalContrast("black")
    explorer = LocalContrast()
    before = explorer.values, explorer.picture
    for values, error in (
        ({"contrast": 3}, ValueError),
        ({"brightness": 0.5}, TypeError),
        ({"c": "0.2"}, ValueError),
    ):
        with pytest.raises(error, match=f"{next(iter(values))} must be"):
            explorer.set(**values)
    assert (explorer.values, explorer.picture) == before


def test_there_and_back_and_the_still_frame():
    explorer = LocalContrast()
    first = explorer.picture, explorer.sentence
    explorer.set(contrast=1, brightness=-50, c="0.1", shadow=False)
    assert explorer.picture != first[0]
    assert len(explorer._repr_mimebundle_()[0]["text/html"]) < 90_000
    explorer.set(**explorer._defaults())
    assert (
        (explorer.picture, explorer.sentence) == first == (LocalContrast().picture, LocalContrast().sentence)
    )
    assert np.array_equal(render(explorer.frame()), render(LocalContrast().frame()))
    assert LocalContrast("zeros").picture != first[0]


def test_the_page_is_shown_every_gray():
    """Of a picture at a contrast of 10 % a palette of 256 colours would leave two grays or three."""
    explorer = LocalContrast()
    explorer.set(contrast=10, shadow=False)
    pixels = np.asarray(Image.open(BytesIO(explorer.picture)))
    grays = np.unique(pixels[40:210, 20:280].reshape(-1, 3), axis=0)
    assert np.ptp(grays, axis=1).max() == 0
    assert len(grays) > 0.8 * 0.1 * 255


def test_the_kept_picture_is_the_new_one_at_every_step():
    explorer = LocalContrast()
    for step in ({"contrast": 2}, {"c": "0.05"}, {"shadow": False}, {"contrast": 100}, {"brightness": 50}):
        explorer.set(**step)
        pixels = np.asarray(Image.open(BytesIO(explorer.picture)))
        assert np.array_equal(pixels, render(explorer.frame())[..., :3])
