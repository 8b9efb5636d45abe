"""The explorer of the shapes through a network: its numbers, words, pictures and errors."""

import re

import numpy as np
import pytest

from lecturelib import max_pool, receptive_field
from lecturelib.display.explorers import LearnShifts, ShapePipeline, shape_pipeline
from lecturelib.display.explorers.shape_pipeline import NETWORKS

LECUN, LENET = NETWORKS


def test_lecun_s_example():
    through = shape_pipeline.compute(LECUN, 83)
    shapes = ((1, 83, 83), (64, 75, 75), (64, 14, 14), (256, 6, 6), (256, 1, 1))
    assert tuple(stage.shape for stage in through.passed) == shapes
    assert [stage.field for stage in through.passed] == [1, 9, 18, 58, 83]
    assert [stage.jump for stage in through.passed] == [1, 1, 5, 5, 30]
    assert [stage.parameters for stage in through.passed] == [0, 5184 + 64, 0, 4096 * 81 + 256, 0]
    assert [stage.multiply_adds for stage in through.passed] == [0, 29_160_000, 0, 4096 * 81 * 36, 0]
    assert (through.missing, NETWORKS[LECUN].least()) == (0, 83)


def test_pooling_with_stride_5_is_pooling_everywhere_and_keeping_every_fifth():
    x = np.random.default_rng(0).normal(size=(1, 1, 75, 75))
    everywhere = max_pool(x, 10, stride=1)
    assert everywhere.shape[-1] == 66
    kept = everywhere[..., ::5, ::5]
    np.testing.assert_array_equal(kept, max_pool(x, 10, stride=5))
    explorer = ShapePipeline()
    explorer.set(stage=2)
    words = [text.get_text() for text in explorer.frame().axes[0].texts]
    assert "the same as with stride 1, 66, of which places 1, 6, …, 66 stay" in words


def test_lenet_has_its_61706_parameters():
    through = shape_pipeline.compute(LENET, 32)
    assert [stage.shape[-1] for stage in through.passed] == [32, 28, 14, 10, 5, 120, 84, 10]
    assert [stage.parameters for stage in through.passed] == [0, 156, 0, 2416, 0, 48120, 10164, 850]
    assert through.parameters == 61706
    assert [stage.field for stage in through.passed] == [1, 5, 6, 14, 16, None, None, None]
    smaller = shape_pipeline.compute(LENET, 28)
    assert [stage.shape[-1] for stage in smaller.passed][1:5] == [24, 12, 8, 4]
    changed = [a.parameters != b.parameters for a, b in zip(through.passed, smaller.passed, strict=True)]
    assert changed == [False] * 5 + [True, False, False]  # only the first dense stage depends on the input
    assert NETWORKS[LENET].least() == 16


@pytest.mark.parametrize("name", NETWORKS)
def test_every_size_against_plain_arithmetic(name):
    network = NETWORKS[name]
    for size in range(network.smallest, network.largest + 1):
        through = shape_pipeline.compute(name, size)
        side, maps, steps = size, 1, []
        for stage, seen in zip(network.stages, through.passed[1:], strict=False):
            if stage.kind == "dense":
                inputs = maps * side * side
                assert seen.shape == (stage.maps,) and seen.multiply_adds == inputs * stage.maps
                assert seen.parameters == (inputs + 1) * stage.maps
                maps, side = stage.maps, 1
                continue
            starts = list(range(0, side - stage.size + 1, stage.stride))
            assert seen.unread == side - (starts[-1] + stage.size)
            side, maps = len(starts), stage.maps
            steps.append((stage.size, stage.stride, 1))
            assert seen.shape == (maps, side, side)
            assert seen.field == receptive_field(steps)[-1] <= size
            weights = stage.maps * stage.reads * stage.size**2 * (stage.kind == "conv")
            assert seen.parameters == weights + stage.maps * (stage.kind == "conv")
            assert seen.multiply_adds == weights * side * side
        complete = len(through.passed) == len(network.stages) + 1
        assert complete == (through.missing == 0) == (size >= network.least())
        if not complete:
            assert network.stages[len(through.passed) - 1].size - side == through.missing > 0


@pytest.fixture(scope="module")
def shapes():
    return ShapePipeline()


def settings():
    """All stages of both networks on the usual input and on one too small; the ends on other sizes."""
    for name, network in NETWORKS.items():
        last = len(network.stages)
        for size in (network.smallest, network.least() - 1, network.usual, network.largest):
            for stage in (0, 3, last) if size in (network.smallest, network.largest) else range(last + 1):
                yield {"network": name, "size": size, "stage": stage}


@pytest.mark.parametrize("values", list(settings()), ids=lambda v: "-".join(map(str, v.values())))
def test_words_and_picture_of_every_stage(shapes, values):
    network, through = NETWORKS[values["network"]], shape_pipeline.compute(values["network"], values["size"])
    (figure, said), chosen = shapes._fresh(values), values["stage"]
    assert said.startswith(f"{values['network']}, input {values['size']} × {values['size']}. ")
    assert 20 <= len(said) <= 205  # two lines under the picture, so that nothing jumps
    fits = chosen < len(through.passed)
    if fits and chosen:
        seen = through.passed[chosen]
        assert re.search(" × ".join(map(str, seen.shape)) + "( units)?[;.]", said)
    if fits and chosen and not through.missing:
        assert f"{seen.parameters:,} parameters (" in said or network.stages[chosen - 1].kind == "pool"
        share = f"{seen.multiply_adds:,} multiply-adds ({seen.multiply_adds / through.multiply_adds:.1%})"
        assert share in said or network.stages[chosen - 1].kind == "pool"
    assert (f"by {through.missing}." in said) == (through.missing > 0)
    assert ("gets no input" in said) == (chosen > len(through.passed))
    figure.canvas.draw()
    texts = figure.axes[0].texts
    words = [text.get_text() for text in texts]
    for seen in through.passed:
        assert "×".join(map(str, seen.shape)) in words
    assert words.count("does not fit") == (through.missing > 0)
    assert words.count("no input") == max(len(network.stages) - len(through.passed), 0)
    large = " × ".join(map(str, through.passed[chosen].shape[-2:])) if fits else "no output"
    assert large in words
    boxes = [text.get_window_extent() for text in texts if text.get_text()]
    for box in boxes:
        assert box.x0 >= 0 and box.x1 <= figure.bbox.width and box.y0 >= 0 and box.y1 <= figure.bbox.height
    assert not any(a.overlaps(b) for n, a in enumerate(boxes) for b in boxes[:n])


@pytest.mark.parametrize("name", NETWORKS)
def test_squares_and_shares_are_in_proportion(name):
    network = NETWORKS[name]
    values = {"network": name, "size": network.usual, "stage": 3}
    explorer = ShapePipeline()
    scene = explorer.build(values)
    explorer.update(scene, values)
    through, parts = shape_pipeline.compute(name, network.usual), scene.artists
    inch = parts["0 sheets"][0].get_width() / network.usual
    for number, seen in enumerate(through.passed):
        if len(seen.shape) == 3:
            for sheet in parts[f"{number} sheets"]:
                assert (
                    sheet.get_width() == sheet.get_height() == pytest.approx(max(seen.shape[1] * inch, 0.025))
                )
        for row, share in (
            ("parameters", seen.parameters / through.parameters),
            ("work", seen.multiply_adds / through.multiply_adds),
        ):
            width = parts[f"{number} {row} track"].get_width()
            assert parts[f"{number} {row} bar"].get_width() == pytest.approx(share * width)
        assert parts[f"{number} band"].get_visible() == (number == 3)
        assert not any(line.get_visible() for line in parts[f"{number} cross"])
    assert parts["field"].get_width() == pytest.approx(through.passed[3].field * inch)
    values["size"] = network.largest
    explorer.update(scene, values)
    for number in range(len(network.stages) + 1):
        band, under = parts[f"{number} band"], parts[f"{number} what"].get_position()[1] - 0.1
        for sheet in parts[f"{number} sheets"]:  # the largest input keeps to its column, under its name
            assert band.get_x() < sheet.get_x() and sheet.get_bbox().x1 < band.get_bbox().x1
            assert (
                parts[f"{number} shape"].get_position()[1] + 0.1 < sheet.get_y()
                and sheet.get_bbox().y1 < under
            )
    values["size"] = network.least() - 1
    explorer.update(scene, values)
    through = shape_pipeline.compute(name, values["size"])
    for number in range(len(network.stages) + 1):
        crossed = [line.get_visible() for line in parts[f"{number} cross"]]
        assert crossed == [number >= len(through.passed)] * 2


def test_another_network_begins_with_its_usual_input():
    explorer = ShapePipeline()
    assert explorer.values == {"network": LECUN, "size": 83, "stage": 1}
    explorer.set(size=100, stage=4)
    explorer.set(network=LENET)
    assert explorer.values == {"network": LENET, "size": 32, "stage": 4}
    explorer.set(stage=7, size=28)
    explorer.request = {"number": 1, "values": {"network": LECUN}}
    assert explorer.values == {"network": LECUN, "size": 83, "stage": 4}
    explorer.request = {"number": 2, "values": {"size": 121}}
    assert explorer.values["size"] == 83


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"size": 59}, ValueError, "size must lie between 60 and 120, got 59"),
        ({"size": 83, "network": LENET}, ValueError, "size must lie between 8 and 48, got 83"),
        ({"stage": 5}, ValueError, "stage must lie between 0 and 4, got 5"),
        ({"stage": 1.0}, TypeError, "stage must be an integer, got 1.0"),
        ({"network": "VGG"}, ValueError, "network must be one of LeCun's example, LeNet, got 'VGG'"),
    ],
)
def test_a_wrong_setting_of_the_network_is_refused(change, error, message):
    with pytest.raises(error, match=message):
        ShapePipeline().set(**change)


def test_a_wrong_argument_of_the_shapes_is_refused():
    with pytest.raises(ValueError, match="network must be one of .*; got 'VGG'"):
        shape_pipeline.compute("VGG", 83)
    with pytest.raises(ValueError, match="size must be at least 1; got 0"):
        shape_pipeline.compute(LENET, 0)
    with pytest.raises(TypeError, match="size must be an integer"):
        shape_pipeline.compute(LENET, 28.0)


def clicked(explorer, x, y):
    """What the page sends for a click, and the stage that is chosen then."""
    explorer.request = {"number": explorer.answered + 1, "values": {}, "click": [x, y]}
    return explorer.values["stage"]


@pytest.mark.parametrize("network", NETWORKS)
def test_a_click_on_a_column_chooses_its_stage(network):
    explorer = ShapePipeline()
    explorer.set(network=network)
    size = explorer.frame().get_size_inches()
    names = [text for text in explorer.frame().axes[0].texts if re.match(r"input$|\d ", text.get_text())]
    columns = names[:: max(1, len(names) // (len(NETWORKS[network].stages) + 1))]
    middles = sorted({text.get_position()[0] for text in columns})
    assert len(middles) == len(NETWORKS[network].stages) + 1
    for stage, middle in enumerate(middles):
        assert clicked(explorer, middle / size[0], 0.4) == stage
        assert clicked(explorer, middle / size[0], 0.05) == stage


def test_a_click_beside_the_columns_or_below_them_changes_nothing():
    explorer = ShapePipeline()
    before = dict(explorer.values)
    for x, y in ((0.02, 0.4), (0.5, 0.95), (0.999, 0.4)):
        assert clicked(explorer, x, y) == before["stage"]
    assert explorer.values == before


@pytest.mark.parametrize("place", [None, [0.5], [2, 0.4], ["a", 0.4], "x", [float("nan"), 0.4]])
def test_a_click_that_is_none_is_left_alone(place):
    explorer = ShapePipeline()
    explorer.request = {"number": 1, "values": {"stage": 3}, "click": place}
    assert explorer.values["stage"] == 3


def test_other_explorers_take_no_notice_of_clicks():
    explorer = LearnShifts()
    before = dict(explorer.values)
    explorer.request = {"number": 1, "values": {}, "click": [0.5, 0.5]}
    assert (explorer.values, explorer.answered) == (before, 1)
