"""The explorer of layers as matrices: its numbers against plain loops, its words, its picture, its errors."""

from io import BytesIO
from itertools import product

import numpy as np
import pytest
from matplotlib.patches import Rectangle
from PIL import Image

from lecturelib.display.explorers import LayerMatrix, layer_matrix
from lecturelib.display.explorers.layer_matrix import LAYERS, colors, compute, most_kernel
from lecturelib.display.show import render

ONE_CHANNEL, TWO_CHANNELS = LAYERS[:6], LAYERS[6:]
STATES = [
    (layer, n, k, tiles)
    for layer, n, k in product(LAYERS, (6, 8, 10), (1, 2, 3, 4))
    for tiles in ((1, 2, 3, 4) if layer == "tiled" else (2,))
    if k <= most_kernel(layer, n) and not (layer == "tiled" and tiles > n - k + 1)
]


def by_loops(layer, n, k, tiles):
    """Number the weights kernel by kernel, and lay them down one connection at a time."""
    channels = 2 if layer in TWO_CHANNELS else 1
    dilation = 2 if layer == "dilated convolution" else 1
    stride = 2 if layer == "strided convolution" else 1
    k = 1 if layer == "1 × 1" else k
    outputs = len(range(0, n - dilation * (k - 1), stride))
    matrix = np.zeros((channels * outputs, channels * n), int)
    for f, c, i in product(range(channels), range(channels), range(outputs)):
        if layer == "dense":
            matrix[i] = i * n + np.arange(n) + 1
            continue
        if layer == "grouped (depthwise)" and f != c:
            continue
        kernel = {"locally connected": i, "tiled": i % tiles}.get(layer, f * channels + c)
        kernel = f if layer == "grouped (depthwise)" else kernel
        for t in range(k):
            matrix[f * outputs + i, c * n + i * stride + t * dilation] = kernel * k + t + 1
    return matrix


@pytest.mark.parametrize(("layer", "n", "k", "tiles"), STATES)
def test_matrices_and_counts_of_every_layer(layer, n, k, tiles):
    seen = compute(layer, n, k, tiles)
    expected = by_loops(layer, n, k, tiles)
    np.testing.assert_array_equal(seen.matrix, expected)
    entries = [entry for row in expected.tolist() for entry in row if entry]
    assert (seen.free, seen.connections, seen.dense) == (len(set(entries)), len(entries), expected.size)
    assert sorted(set(entries)) == list(range(1, seen.free + 1))  # no number is left out
    assert seen.unread == sum(not column.any() for column in expected.T)
    assert seen.lengths == tuple(size // seen.channels for size in reversed(expected.shape))


def test_the_known_counts():
    n, k = 8, 3
    outputs = n - k + 1
    free = {layer: compute(layer, n, k).free for layer in LAYERS}
    assert free["dense"] == outputs * n
    assert free["locally connected"] == outputs * k
    assert free["tiled"] == 2 * k
    assert free["convolution"] == free["dilated convolution"] == free["strided convolution"] == k
    assert free["several channels"] == 2 * 2 * k
    assert free["grouped (depthwise)"] == 2 * k
    assert free["1 × 1"] == 2 * 2


def test_tiles_lead_from_the_convolution_to_the_locally_connected_layer():
    for n, k in ((6, 3), (6, 4)):
        local = compute("locally connected", n, k).matrix
        assert np.array_equal(compute("tiled", n, k, 1).matrix, compute("convolution", n, k).matrix)
        assert np.array_equal(compute("tiled", n, k, n - k + 1).matrix, local)


@pytest.mark.parametrize(("layer", "n", "k", "tiles"), STATES)
def test_two_cells_have_the_same_colour_where_they_have_the_same_number(layer, n, k, tiles):
    seen = compute(layer, n, k, tiles)
    shown = np.rint(colors(seen) * 255).astype(int).reshape(-1, 3)
    numbers = seen.matrix.ravel()
    first = {number: shown[index] for index, number in reversed(list(enumerate(numbers)))}
    assert all((shown[index] == first[number]).all() for index, number in enumerate(numbers))
    apart = {tuple(color) for color in first.values()}
    assert len(apart) == len(first)
    if 0 in first:
        assert first[0].tolist() == [255, 255, 255]
    luminance = shown @ [0.2126, 0.7152, 0.0722] / 255
    assert luminance.min() > 0.4  # dark letters are read on it


def counts(figure):
    """Return the two large numbers, the numbers of the dense layer, and the bars as shares of it."""
    axes = figure.axes[0]
    large = [int(text.get_text()) for text in axes.texts if text.get_fontsize() == 30]
    dense = [int(text.get_text().split()[-1]) for text in axes.texts if "a dense layer: " in text.get_text()]
    bars = [patch.get_width() for patch in axes.patches if isinstance(patch, Rectangle)]
    return large, dense, [bars[0] / bars[1], bars[2] / bars[3]]


@pytest.mark.parametrize("layer", LAYERS)
def test_the_picture_holds_the_matrix_and_the_counts(layer):
    explorer = LayerMatrix()
    for values in ({}, {"n": 6, "k": 1, "tiles": 1}, {"n": 10, "k": 4, "tiles": 4}):
        figure = explorer.frame(layer=layer, **values)
        axes, seen = figure.axes[0], compute(layer, **{"n": 8, "k": 3, "tiles": 2, **values})
        image = axes.images[0]
        assert np.array_equal(image.get_array(), colors(seen))
        left, right, bottom, top = image.get_extent()
        rows, columns = seen.matrix.shape
        cell = (right - left) / columns
        assert abs(cell - (bottom - top) / rows) < 1e-12  # cells are square
        figure.canvas.draw()
        written = np.zeros_like(seen.matrix)
        for text in axes.texts:
            x, y = text.get_position()
            if left < x < right and top < y < bottom:
                written[int((y - top) / cell), int((x - left) / cell)] = int(text.get_text())
                assert text.get_window_extent().width < 100 * cell - 2  # an inch has 100 pixels
        assert np.array_equal(written, seen.matrix)
        large, dense, bars = counts(figure)
        assert large == [seen.free, seen.connections] and dense == [seen.dense] * 2
        np.testing.assert_allclose(bars, [seen.free / seen.dense, seen.connections / seen.dense])


@pytest.mark.parametrize("layer", LAYERS)
def test_nothing_is_cut_off_or_too_small_to_read(layer):
    explorer = LayerMatrix()
    for n, k in ((6, 4), (8, 3), (10, 1), (10, 4)):
        figure = explorer.frame(layer=layer, n=n, k=min(k, most_kernel(layer, n)))
        figure.canvas.draw()
        width, height = figure.canvas.get_width_height()
        boxes = [text.get_window_extent() for text in figure.axes[0].texts if text.get_text()]
        assert all(box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height for box in boxes)
        for index, box in enumerate(boxes):
            assert not any(box.overlaps(other) for other in boxes[:index])
        assert min(text.get_fontsize() for text in figure.axes[0].texts) * 100 / 72 >= 11


SENTENCES = {  # the layer, its shape, its weights and connections, those of the dense layer
    "dense": ("A dense layer", "8 samples to 6", "48 free weights in 48", None),
    "locally connected": ("A locally connected layer", "8 samples to 6", "18 free weights in 18", 48),
    "tiled": (
        "A tiled layer with two kernels that take turns",
        "8 samples to 6",
        "6 free weights in 18",
        48,
    ),
    "convolution": ("A convolution", "8 samples to 6", "3 free weights in 18", 48),
    "dilated convolution": ("A convolution with dilation 2", "8 samples to 4", "3 free weights in 12", 32),
    "strided convolution": ("A convolution with stride 2", "8 samples to 3", "3 free weights in 9", 24),
    "several channels": (
        "A convolution of two channels to two",
        "2 × 8 samples to 2 × 6",
        "12 free weights in 72",
        192,
    ),
    "grouped (depthwise)": (
        "A convolution of two channels in two groups",
        "2 × 8 samples to 2 × 6",
        "6 free weights in 36",
        192,
    ),
    "1 × 1": (
        "A 1 × 1 convolution of two channels to two",
        "2 × 8 samples to 2 × 8",
        "4 free weights in 32",
        256,
    ),
}


def test_the_sentence_of_each_layer():
    explorer = LayerMatrix()
    assert explorer.values == {"layer": "several channels", "n": 8, "k": 3, "tiles": 2}
    for layer, (name, shape, counted, dense) in SENTENCES.items():
        explorer.set(layer=layer)
        against = f"; a dense layer has {dense}" if dense else ""
        assert explorer.sentence.startswith(f"{name}, {shape}: {counted} connections{against}. ")
    explorer.set(layer="strided convolution")
    assert explorer.sentence.endswith("moves on by two inputs. One input is not read.")
    explorer.set(k=1)
    assert "1 × 8" not in explorer.sentence and explorer.sentence.endswith("4 inputs are not read.")
    explorer.set(layer="convolution")
    assert "8 samples to 8: 1 free weight in 8 connections" in explorer.sentence
    explorer.set(layer="tiled", k=3, tiles=1)
    assert explorer.sentence.startswith("A tiled layer with one kernel, 8 samples to 6: 3 free weights")
    assert explorer.sentence.endswith("With one kernel there is nothing to take turns: a convolution.")
    explorer.set(n=6, tiles=4)
    assert explorer.sentence.endswith("With a kernel for each output it is locally connected.")


def test_every_combination_of_controls_is_drawn():
    explorer = LayerMatrix()
    for layer, n in product(LAYERS, (6, 10)):
        explorer.set(layer=layer, n=n, k=1, tiles=1)
        for name in ("k", "tiles"):
            control = next(control for control in explorer.controls if control["name"] == name)
            explorer.set(**{name: control["maximum"]})
            seen = explorer.compute(explorer.values)
            assert f"{seen.free} free weight" in explorer.sentence
            assert f" in {seen.connections} connections" in explorer.sentence


def test_ranges_shrink_to_what_fits_and_values_follow():
    explorer = LayerMatrix()
    explorer.set(layer="convolution", n=6, k=4, tiles=4)
    explorer.set(layer="dilated convolution")
    assert explorer.values == {"layer": "dilated convolution", "n": 6, "k": 3, "tiles": 4}
    explorer.set(layer="tiled", k=4)
    assert explorer.values["tiles"] == 3  # as many as outputs
    with pytest.raises(ValueError, match="tiles must lie between 1 and 3, got 4"):
        explorer.set(tiles=4)
    with pytest.raises(ValueError, match="k must lie between 1 and 3, got 4"):
        explorer.set(layer="dilated convolution", k=4)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("fully connected",), ValueError, "layer must be one of 'dense', .*; got 'fully connected'"),
        (("dense", 8.0), TypeError, "n must be an integer; got 8.0"),
        (("dense", 0), ValueError, "n must be at least 1; got 0"),
        (("dense", 8, 0), ValueError, "k must be at least 1; got 0"),
        (("dense", 8, 5), ValueError, "k must be at most 4 for dense and n = 8; got 5"),
        (
            ("dilated convolution", 6, 4),
            ValueError,
            "k must be at most 3 for dilated convolution and n = 6; got 4",
        ),
        (("tiled", 8, 3, True), TypeError, "tiles must be an integer; got True"),
        (("tiled", 8, 3, 7), ValueError, "tiles must be at most the number of outputs, 6; got 7"),
    ],
)
def test_wrong_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        layer_matrix.compute(*arguments)


@pytest.mark.parametrize("values", [{"n": 11}, {"layer": 3}, {"width": 2}])
def test_wrong_settings_leave_it_as_it_was(values):
    explorer = LayerMatrix()
    before = explorer.values, explorer.picture
    with pytest.raises((TypeError, ValueError), match=next(iter(values))):
        explorer.set(**values)
    assert (explorer.values, explorer.picture) == before


def test_there_and_back_gives_the_same_picture_and_a_control_of_no_use_changes_nothing():
    explorer = LayerMatrix()
    first = explorer.picture, explorer.sentence
    explorer.set(layer="1 × 1")
    one_by_one = explorer.picture, explorer.sentence
    explorer.set(k=4, tiles=4)
    assert (explorer.picture, explorer.sentence) == one_by_one != first
    explorer.set(layer="several channels", k=3, tiles=2)
    assert (explorer.picture, explorer.sentence) == first
    assert np.array_equal(render(explorer.frame()), render(LayerMatrix().frame()))


@pytest.mark.parametrize(("layer", "k"), [("dense", 1), ("locally connected", 4), ("several channels", 4)])
def test_on_the_page_no_two_weights_have_the_same_colour(layer, k):
    explorer = LayerMatrix()
    explorer.set(layer=layer, n=10, k=k)
    pixels = np.asarray(Image.open(BytesIO(explorer.picture)))
    seen = explorer.compute(explorer.values)
    cell = 100 * layer_matrix.SIDE / seen.matrix.shape[1]
    shown = {}
    for row, column in np.argwhere(seen.matrix):
        x, y = 100 * layer_matrix.LEFT + (column + 0.15) * cell, 100 * layer_matrix.TOP + (row + 0.15) * cell
        color = tuple(pixels[int(y), int(x)].tolist())
        assert shown.setdefault(seen.matrix[row, column], color) == color
    assert len(set(shown.values())) == len(shown) == seen.free


def test_the_kept_picture_is_the_new_one_at_every_step():
    explorer = LayerMatrix()
    steps = [
        {"layer": "tiled", "tiles": 3},
        {"k": 4},
        {"n": 10},
        {"layer": "dense"},
        {"k": 1},
        {"layer": "1 × 1"},
        {"k": 2},
    ]
    for step in steps:
        explorer.set(**step)
        pixels = np.asarray(Image.open(BytesIO(explorer.picture)))
        assert np.array_equal(pixels, render(explorer.frame())[..., :3])
