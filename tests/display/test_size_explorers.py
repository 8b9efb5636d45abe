"""The explorer of output sizes: the window that walks along a padded row."""

import re
from itertools import product

import numpy as np
import pytest

from lecturelib import conv, conv_backward, output_size
from lecturelib.display.explorers import SizeWalker, size_walker
from lecturelib.display.explorers.size_walker import RANGES, WalkState

ENDS = [(low, (low + high) // 2, high) for low, high in RANGES.values()]
STATES = [WalkState(), *(WalkState(*numbers) for numbers in product(*ENDS))]


def with_outputs(state):
    """The state with its first output, its last, and one between."""
    last = max(size_walker.compute(state).outputs - 1, 0)
    return [WalkState(*list(vars(state).values())[:5], output) for output in sorted({0, last // 2, last})]


def by_hand(state):
    """The places that each window reads, found by trying every cell of the padded row as its first."""
    first, last = -state.padding, state.n + state.padding - 1
    windows = []
    for start in range(first, last + 1):
        taps = [start + t * state.dilation for t in range(state.k)]
        if (start - first) % state.stride == 0 and taps[-1] <= last:
            windows.append(taps)
    return windows, range(first, last + 1)


@pytest.mark.parametrize("state", STATES, ids=lambda s: "-".join(map(str, vars(s).values())))
def test_windows_and_counts_are_those_found_by_trying(state):
    walk = size_walker.compute(state)
    windows, places = by_hand(state)
    assert walk.outputs == len(windows)
    assert walk.taps.tolist() == windows
    flat = [place for window in windows for place in window]
    assert walk.reads.tolist() == [flat.count(place) for place in places]
    assert walk.unused == tuple(place for place in places if place not in flat)
    assert walk.inputs_read.tolist() == [sum(0 <= p < state.n for p in window) for window in windows]
    assert walk.reads.sum() == walk.outputs * state.k
    assert max(walk.room // state.stride + 1, 0) == walk.outputs


def test_the_gradient_reaches_the_inputs_that_are_read():
    for state in STATES[::7]:
        walk = size_walker.compute(state)
        if walk.outputs:
            options = {"stride": state.stride, "padding": state.padding, "dilation": state.dilation}
            x, w = np.ones((1, 1, state.n)), np.ones((1, 1, state.k))
            gradient, _, _ = conv_backward(np.ones((1, 1, walk.outputs)), x, w, **options)
            inside = walk.reads[state.padding : state.padding + state.n]
            np.testing.assert_allclose(gradient[0, 0], inside, atol=1e-9)
            np.testing.assert_allclose(conv(x, w, **options)[0, 0], walk.inputs_read, atol=1e-9)


def test_the_default_never_reads_its_last_zero():
    walk = SizeWalker().walk
    assert (walk.outputs, walk.unused, walk.reads.tolist()) == (3, (6,), [1, 1, 2, 1, 2, 1, 1, 0])
    assert SizeWalker(7).walk.unused == ()


@pytest.mark.parametrize("k, dilation", list(product(range(1, 6), range(1, 4))))
def test_named_paddings_are_those_of_the_library(k, dilation):
    named = size_walker.named_paddings(k, dilation)
    assert ("same" in named) == (dilation * (k - 1) % 2 == 0)
    for (name, zeros), n, stride in product(named.items(), (13, 24), (1, 2, 3, 4)):
        options = {"stride": stride, "dilation": dilation}
        assert output_size(n, k, padding=zeros, **options) == output_size(n, k, padding=name, **options)


def test_sentences_of_the_walker():
    explorer = SizeWalker()
    start = (
        "6 inputs, 1 zero on each side, kernel of 3, stride 2, dilation 1: "
        "⌊(6 + 2·1 − 1·(3 − 1) − 1) / 2⌋ + 1 = ⌊5 / 2⌋ + 1 = 3 outputs. "
    )
    end = "Never read: the zero at place 6."
    assert explorer.sentence == f"{start}Output 0 reads places −1, 0, 1: 2 inputs, 1 zero. {end}"
    explorer.output = 2
    assert explorer.sentence == f"{start}Output 2 reads places 3, 4, 5: 3 inputs, 0 zeros. {end}"
    explorer.n, explorer.k, explorer.padding = 4, 5, 0
    assert explorer.sentence.endswith(
        "= ⌊−1 / 2⌋ + 1 = 0 < 1: no window fits. The kernel covers 5 cells, the padded row has 4."
    )
    said = SizeWalker(5, 1, padding=1, stride=3).sentence
    assert "= 3 outputs. Output 0 reads place −1: 0 inputs, 1 zero. " in said
    assert said.endswith("Never read: the inputs at places 0, 1, 3, 4.")
    assert SizeWalker(24, 1, padding=3, stride=4).sentence.endswith("Never read: 18 inputs and 4 zeros.")
    assert SizeWalker(4, 4, padding=0, stride=1).sentence.count("= 1 output.") == 1
    assert SizeWalker(7).sentence.endswith("Every cell is read.")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"n": 3}, ValueError, "n must lie between 4 and 24; got 3"),
        ({"n": 25}, ValueError, "n must lie between 4 and 24; got 25"),
        ({"k": 0}, ValueError, "k must lie between 1 and 5; got 0"),
        ({"padding": 9}, ValueError, "padding must lie between 0 and 8; got 9"),
        ({"padding": "same"}, TypeError, "'padding' trait .* expected an int"),
        ({"stride": 5}, ValueError, "stride must lie between 1 and 4; got 5"),
        ({"dilation": 0}, ValueError, "dilation must lie between 1 and 3; got 0"),
        ({"output": 3}, ValueError, "output must lie between 0 and 2; got 3"),
        ({"output": -1}, ValueError, "output must lie between 0 and 2; got -1"),
        ({"output": 1.5}, TypeError, "'output' trait .* expected an int"),
        ({"n": 4, "k": 5, "padding": 0, "output": 1}, ValueError, "output must lie between 0 and 0; got 1"),
    ],
)
def test_wrong_arguments_of_the_walker(arguments, error, message):
    with pytest.raises(error, match=message):
        SizeWalker(**arguments)


def test_an_output_that_there_is_no_more_becomes_the_last_one_and_the_page_is_heard():
    explorer = SizeWalker(12, stride=1, output=11)
    explorer.stride = 3
    assert explorer.output == explorer.walk.outputs - 1 == 3
    explorer.n, explorer.k, explorer.padding = 4, 5, 0
    assert (explorer.walk.outputs, explorer.output) == (0, 0)
    explorer.set_state({"n": 20, "k": 2, "stride": 2, "output": 9})
    assert (explorer.n, explorer.output) == (20, 9)
    with pytest.raises(ValueError, match="output must"):
        explorer.output = 10
    assert explorer.output == 9


@pytest.mark.parametrize(
    "state",
    [
        WalkState(),
        WalkState(7),
        WalkState(4, 5, 0, 1, 3),
        WalkState(24, 5, 8, 1, 2, 10),
        WalkState(12, 3, 0, 4, 3),
    ],
)
def test_the_still_draws_the_numbers_and_says_what_the_page_says(in_node, state):
    explorer = SizeWalker(**vars(state))
    figure, walk = explorer.frame(), explorer.walk
    axes = figure.axes[0]
    figure.canvas.draw()
    marked = {
        name: [p for p in axes.patches if p.get_label() == name] for name in ("reads", "output", "window")
    }
    assert [round(-10 * p.get_y() + 10 * size_walker.BASE) for p in marked["reads"]] == walk.reads.tolist()
    middles = [p.get_x() + p.get_width() / 2 for p in marked["output"]]
    np.testing.assert_allclose(middles, walk.taps.mean(axis=1) if walk.outputs else [], atol=1e-9)
    [window] = marked["window"]
    first = walk.taps[state.output, 0] if walk.outputs else -state.padding
    assert (window.get_x() + 0.5, window.get_width()) == (pytest.approx(first), walk.extent)
    hatched = [p.get_x() + 0.45 for p in axes.patches if p.get_hatch()]
    np.testing.assert_allclose(hatched, walk.unused if walk.outputs else [], atol=1e-9)
    assert len(axes.lines) == walk.outputs * state.k
    [picture] = in_node(SizeWalker, [["walkPicture", [vars(state)]]])
    [said] = in_node(SizeWalker, [["walkWords", [picture]]])
    words = [text.get_text() for text in axes.texts]
    assert {said["headline"], said["aside"], f"outputs = {said['numbers']}"} <= set(words)
    for text in axes.texts:
        box = text.get_window_extent()
        assert box.x0 >= 0 and box.x1 <= figure.bbox.width and box.y0 >= 0, text.get_text()


@pytest.mark.parametrize("state", [WalkState(4, 5, 0, 1, 3), WalkState(4, 5, 0, 4, 1)])
def test_no_output_and_the_formula_do_not_contradict_each_other(in_node, state):
    explorer = SizeWalker(**vars(state))
    value = explorer.walk.room // state.stride + 1
    assert value < 1 and explorer.walk.outputs == 0
    end = f"= {'−' * (value < 0)}{abs(value)} < 1: no window fits"
    assert f"{end}. The kernel covers " in explorer.sentence
    [line] = [
        t.get_text() for t in explorer.frame().axes[0].texts if t.get_text().startswith("outputs = ⌊(4")
    ]
    assert line.endswith(end)
    [picture] = in_node(SizeWalker, [["walkPicture", [vars(state)]]])
    [said] = in_node(SizeWalker, [["walkWords", [picture]]])
    assert said["numbers"].endswith(end) and said["detail"].startswith("No window fits. The kernel covers ")
    assert "< 1" not in SizeWalker().sentence


@pytest.mark.parametrize("n, padding", [(6, 1), (13, 8), (14, 8), (24, 2), (24, 8)])
def test_places_are_written_where_they_do_not_touch(n, padding):
    figure = SizeWalker(n, 2, padding=padding, stride=3).frame()
    axes = figure.axes[0]
    figure.canvas.draw()
    height = sum(size_walker.CELLS) / 2
    places = [text for text in axes.texts if text.get_position()[1] == height]
    assert {"0"} <= {text.get_text() for text in places} and len(places) >= (n + 2 * padding) // 2
    boxes = [text.get_window_extent() for text in places]
    assert all(right.x0 - left.x1 >= 4 for left, right in zip(boxes[:-1], boxes[1:], strict=True))


def test_the_walker_s_bundle_is_small_and_stable():
    first, second = SizeWalker()._repr_mimebundle_()[0], SizeWalker()._repr_mimebundle_()[0]
    assert first["text/html"] == second["text/html"] and len(first["text/html"]) < 90_000
    assert first["text/plain"] == SizeWalker().sentence
    assert "model_id" in first["application/vnd.jupyter.widget-view+json"]


def test_the_walker_s_script_is_one_self_contained_module():
    script = SizeWalker._esm
    assert script.count("export default") == 1
    for forbidden in (r"^\s*import\b", r"\bimport\(", r"\bfetch\(", r"https?://", r"\beval\(", r"innerHTML"):
        assert not re.search(forbidden, script, re.MULTILINE), forbidden


def test_the_browser_s_walk_is_python_s_in_numbers_and_words(in_node):
    states = [one for state in STATES for one in with_outputs(state)]
    pictures = in_node(SizeWalker, [["walkPicture", [vars(state)]] for state in states])
    words = in_node(SizeWalker, [["walkWords", [picture]] for picture in pictures])
    for state, picture, said in zip(states, pictures, words, strict=True):
        walk = size_walker.compute(state)
        assert (picture["outputs"], picture["extent"], picture["room"]) == (
            walk.outputs,
            walk.extent,
            walk.room,
        )
        assert picture["taps"] == walk.taps.tolist()
        assert picture["reads"] == walk.reads.tolist()
        assert picture["inputsRead"] == walk.inputs_read.tolist()
        assert picture["unused"] == list(walk.unused)
        explorer = SizeWalker(**vars(state))
        assert said["text"] == explorer.sentence and 20 <= len(said["text"]) <= 400


def test_the_browser_knows_ranges_names_and_the_nearest_window(in_node):
    kernels = list(product(range(1, 6), range(1, 4)))
    assert in_node(SizeWalker, [["() => WALK_RANGES", []]])[0] == {k: list(r) for k, r in RANGES.items()}
    assert in_node(SizeWalker, [["namedPaddings", kernel] for kernel in kernels]) == [
        size_walker.named_paddings(*kernel) for kernel in kernels
    ]
    states, places = STATES[::40], np.linspace(-9.3, 33.1, 15)
    pictures = in_node(SizeWalker, [["walkPicture", [vars(state)]] for state in states])
    pairs = list(product(pictures, places))
    found = in_node(SizeWalker, [["outputNear", pair] for pair in pairs])
    for (picture, place), output in zip(pairs, found, strict=True):
        middles = np.mean(picture["taps"] or [[0]], axis=1)
        assert output == np.abs(middles - place).argmin()


@pytest.mark.parametrize("width", [526, 606, 966])
def test_every_cell_and_window_fits_the_card(in_node, width):
    pictures = in_node(SizeWalker, [["walkPicture", [vars(state)]] for state in STATES])
    layouts = in_node(SizeWalker, [["walkLayout", [picture, width]] for picture in pictures])
    steps = in_node(SizeWalker, [["placeStep", [at["cell"]]] for at in layouts])
    room = [
        step * at["cell"] - (14 if at["cell"] >= 27 else 12) * 1.6
        for step, at in zip(steps, layouts, strict=True)
    ]
    assert min(room) >= 4  # between two places with a sign and a digit, which are no wider than 1.6 em
    assert len({at["height"] for at in layouts}) == 1  # the page does not jump
    for picture, at in zip(pictures, layouts, strict=True):
        cells = max(len(picture["reads"]), picture["extent"])
        assert at["edge"] + cells * at["cell"] <= width - at["edge"] + 1e-9
        assert 12 <= at["cell"] <= 56
        assert at["end"] + 13 <= width  # the grip
        assert (
            at["base"] - 8 * max(picture["reads"]) - 18 >= at["caption"] + 6
        )  # counts stay under the caption
