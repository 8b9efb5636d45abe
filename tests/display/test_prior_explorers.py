"""The explorer of what a unit sees and reaches; its companion is in `test_snap_to_band.py`."""

import math
import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from lecturelib import conv, conv_backward
from lecturelib.display.explorers import ReceptiveCone, canvas, receptive_cone
from lecturelib.display.explorers.receptive_cone import KERNELS, KINDS, ConeState

# The cone ---------------------------------------------------------------------------------------------------

NETWORKS = [
    ConeState((0, 0), kind, kernel, inputs, layers)
    for kind, kernel, (inputs, layers) in product(KINDS, KERNELS, ((25, 5), (9, 1), (33, 5), (16, 4)))
]


def name(state):
    return f"{state.kind}-{state.kernel}-{state.inputs}-{state.layers}"


def units(state):
    """Some units of each row: both ends, and what lies between."""
    for layer, size in enumerate(state.sizes()):
        for place in sorted({0, 1, size // 2, size - 1}):
            if place < size:
                yield ConeState((layer, place), state.kind, state.kernel, state.inputs, state.layers)


def matrices(state):
    """The 0/1 matrices of the layers, by plain loops."""
    found, n = [], state.inputs
    for layer in range(state.layers):
        stride, dilation = (2 if "stride" in state.kind else 1), (2**layer if "dilation" in state.kind else 1)
        outputs = math.ceil(n / stride)
        zeros = max((outputs - 1) * stride + (state.kernel - 1) * dilation + 1 - n, 0)
        matrix = np.zeros((outputs, n), dtype=int)
        for i in range(outputs):
            for t in range(state.kernel):
                j = i * stride + t * dilation - zeros // 2
                if 0 <= j < n:
                    matrix[i, j] = 1
        found.append(np.ones_like(matrix) if state.kind == "dense" else matrix)
        n = outputs
    return found


@pytest.mark.parametrize("network", NETWORKS, ids=name)
def test_the_cone_is_the_support_of_products_of_matrices(network):
    layers = matrices(network)
    for state in units(network):
        cone, (layer, place) = receptive_cone.compute(state), state.unit
        assert cone.sizes == (state.inputs, *(len(matrix) for matrix in layers))
        assert cone.connections == tuple(matrix.sum() for matrix in layers)
        assert cone.dense == tuple(matrix.size for matrix in layers)
        down = up = np.eye(cone.sizes[layer], dtype=int)
        for row in range(layer, -1, -1):
            assert np.array_equal(cone.seen[row], down[place] > 0)
            down = np.minimum(down @ layers[row - 1], 1) if row else down
        for row in range(layer, state.layers + 1):
            assert np.array_equal(cone.reached[row], up[:, place] > 0)
            up = np.minimum(layers[row] @ up, 1) if row < state.layers else up
        assert not any(row.any() for row in (*cone.seen[layer + 1 :], *cone.reached[:layer]))


@pytest.mark.parametrize("network", [n for n in NETWORKS if n.kind != "dense"], ids=name)
def test_the_cone_is_the_support_of_the_gradient_and_of_a_change(network):
    w = np.ones((1, 1, network.kernel))
    options = [{"stride": s, "dilation": d, "padding": "same"} for _, s, d in network.steps()]
    for state in units(network):
        cone, (layer, place) = receptive_cone.compute(state), state.unit
        one = np.zeros((1, 1, cone.sizes[layer]))
        one[0, 0, place] = 1
        gradient = change = one
        for row in range(layer - 1, -1, -1):
            gradient, _, _ = conv_backward(gradient, np.zeros((1, 1, cone.sizes[row])), w, **options[row])
        for row in range(layer, state.layers):
            change = conv(change, w, method="direct", **options[row])
        assert np.array_equal(cone.seen[0], np.abs(gradient[0, 0]) > 1e-9)
        assert np.array_equal(cone.reached[-1], np.abs(change[0, 0]) > 1e-9)


@pytest.mark.parametrize("network", NETWORKS, ids=name)
def test_what_is_seen_is_the_field_of_the_formula_cut_at_the_border(network):
    for state in units(network):
        cone, (layer, place) = receptive_cone.compute(state), state.unit
        if layer:
            seen, field = np.flatnonzero(cone.seen[0]), cone.fields[layer - 1]
            first = cone.centers[layer][place] - (field - 1) / 2
            expected = [j for j in range(state.inputs) if first <= j < first + field]
            if state.kind == "dense":
                assert len(seen) == field == state.inputs
            elif state.kind == "doubling dilation" and state.kernel == 2:
                assert set(seen) <= set(expected)  # a path through zeros beside a hidden layer brings nothing
            else:
                assert seen.tolist() == expected


def test_the_numbers_of_the_lecture():
    cone = ReceptiveCone().cone
    assert [int(row.sum()) for row in cone.seen] == [7, 5, 3, 1, 0, 0]
    assert [int(row.sum()) for row in cone.reached] == [0, 0, 0, 1, 3, 5]
    assert (cone.fields, cone.connections, cone.weights) == ((3, 5, 7, 9, 11), (97,) * 5, (3,) * 5)
    assert ReceptiveCone(kind="stride 2").cone.fields == (3, 7, 15, 31, 63)
    assert ReceptiveCone(kind="doubling dilation").cone.fields == (3, 7, 15, 31, 63)
    dense = ReceptiveCone(kind="dense").cone
    assert dense.connections == dense.weights == dense.dense == (1089,) * 5


@pytest.mark.parametrize("kernel", [3, 5])
@pytest.mark.parametrize("kind", KINDS)
def test_the_picture_of_the_default_network_is_symmetric(kind, kernel):
    cone = ReceptiveCone(kind=kind, kernel=kernel).cone
    assert kind != "stride 2" or cone.sizes == (33, 17, 9, 5, 3, 2)
    for row in cone.centers:
        np.testing.assert_array_equal(row + row[::-1], 32)
    for table in cone.tables:
        np.testing.assert_array_equal(table, table[::-1, ::-1])


def test_sentences_of_the_cone():
    explorer = ReceptiveCone()
    end = (
        "Receptive field after each layer: 3, 5, 7, 9, 11 inputs. Each layer has 97 connections and "
        "3 different weights; a dense one has 1089 of both."
    )
    assert explorer.sentence == (
        "Unit 16 of layer 3 sees 7 of 33 inputs and reaches 5 of 33 units of layer 5. " + end
    )
    explorer.unit = (5, 1)
    cut = "Unit 1 of layer 5 sees 7 of 33 inputs. The border cuts its field of 11 to 7. "
    assert explorer.sentence == cut + end
    explorer.unit = (0, 32)
    assert explorer.sentence == "Input 32 reaches 6 of 33 units of layer 5. " + end
    explorer.kind = "stride 2"
    assert explorer.sentence == (
        "Input 16 reaches 2 of 2 units of layer 5. "
        "Receptive field after each layer: 3, 7, 15, 31, 63 inputs. "
        "The layers have 49, 25, 13, 7, 4 connections and 3 different weights each; "
        "dense ones have 561, 153, 45, 15, 6 of both."
    )
    explorer.kind, explorer.unit = "dense", (1, 0)
    assert explorer.sentence.startswith("Unit 0 of layer 1 sees 33 of 33 inputs and reaches 33 of 33 ")
    assert explorer.sentence.endswith("Each layer has 1089 connections and as many different weights.")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"unit": (6, 0)}, ValueError, "the layer of unit must lie between 0 and 5; got 6"),
        (
            {"unit": (2, 33)},
            ValueError,
            "the place of unit must lie between 0 and 32 in layer 2; got 33",
        ),
        ({"unit": (2, 9), "kind": "stride 2"}, ValueError, "between 0 and 8 in layer 2; got 9"),
        ({"unit": (-1, 0)}, ValueError, "the layer of unit must lie between 0 and 5; got -1"),
        ({"unit": (1.5, 0)}, TypeError, "'unit' trait .* expected an int"),
        ({"unit": 3}, TypeError, "'unit' trait .* expected a tuple"),
        ({"kind": "sparse"}, ValueError, "kind must be one of plain, stride 2, .*; got 'sparse'"),
        ({"kernel": 4}, ValueError, "kernel must be one of 2, 3, 5; got 4"),
        ({"inputs": 8}, ValueError, "inputs must lie between 9 and 33; got 8"),
        ({"layers": 6}, ValueError, "layers must lie between 1 and 5; got 6"),
        ({"layers": "5"}, TypeError, "'layers' trait .* expected an int"),
    ],
)
def test_wrong_arguments_of_the_cone(arguments, error, message):
    with pytest.raises(error, match=message):
        ReceptiveCone(**arguments)


def test_another_kind_or_kernel_puts_the_unit_in_the_middle_of_its_row():
    explorer = ReceptiveCone((4, 1))
    for kind, middle in (("stride 2", 1), ("dense", 16), ("doubling dilation", 16)):
        explorer.kind = kind
        assert explorer.unit == (4, middle)
        explorer.unit = (4, 0)
    explorer.kernel = 5
    assert explorer.unit == (4, 16)
    explorer = ReceptiveCone((5, 19), inputs=20)
    explorer.kind = "stride 2"
    assert explorer.sizes[5] == 1 and explorer.unit == (5, 0)


def test_a_unit_that_its_row_no_longer_has_moves_and_the_page_is_heard():
    explorer = ReceptiveCone((3, 30))
    explorer.inputs = 29
    assert explorer.unit == (3, 28)
    explorer.layers = 2
    assert explorer.unit == (2, 28)
    explorer.set_state({"kind": "stride 2", "unit": [1, 3]})
    assert (explorer.kind, explorer.unit) == ("stride 2", (1, 3))
    explorer.set_state({"kind": "plain"})
    assert (explorer.kind, explorer.unit) == ("plain", (1, 3))
    with pytest.raises(ValueError, match="unit must"):
        explorer.unit = (1, 29)
    assert explorer.unit == (1, 3)
    explorer.kernel = 5
    assert explorer.unit == (1, 14)


@pytest.mark.parametrize("kind", KINDS)
def test_the_still_of_the_cone_draws_its_units_and_connections(kind):
    explorer = ReceptiveCone((2, 3), kind=kind, kernel=2, inputs=25)
    cone, axes = explorer.cone, explorer.frame().axes[0]
    drawn = {marker: 0 for marker in "os^D"}
    for line in axes.lines:
        drawn[line.get_marker()] += len(line.get_xdata())
    sees, reaches = (sum(int(row.sum()) for row in rows) for rows in (cone.seen, cone.reached))
    others = sum(cone.sizes) - sees - reaches + 1
    assert drawn == {"s": sees - 1, "^": reaches - 1, "D": 1, "o": others}
    lines = {group.get_label(): len(group.get_segments()) for group in axes.collections}
    assert sum(lines.values()) == sum(cone.connections)
    down = sum(int(table[cone.seen[row + 1]].sum()) for row, table in enumerate(cone.tables))
    assert lines["seen"] == down
    words = [text.get_text() for text in axes.texts]
    assert f"■ sees {cone.seen[0].sum()} of 25" in words
    assert f"▲ reaches {cone.reached[5].sum()} of {cone.sizes[5]}" in words


def test_the_still_keeps_its_words_inside_and_the_bundle_is_small_and_stable():
    for inputs, layers in ((9, 1), (25, 5), (33, 5)):
        figure = ReceptiveCone(inputs=inputs, layers=layers).frame()
        figure.canvas.draw()
        for text in figure.axes[0].texts:
            box = text.get_window_extent()
            assert box.x0 >= 0 and box.x1 <= figure.bbox.width, text.get_text()
    first, second = ReceptiveCone()._repr_mimebundle_()[0], ReceptiveCone()._repr_mimebundle_()[0]
    assert first["text/html"] == second["text/html"] and len(first["text/html"]) < 90_000
    assert first["text/plain"] == ReceptiveCone().sentence
    assert "model_id" in first["application/vnd.jupyter.widget-view+json"]


def test_the_cone_s_script_is_one_self_contained_short_module():
    script = ReceptiveCone._esm
    assert script.count("export default") == 1
    for forbidden in (r"^\s*import\b", r"\bimport\(", r"\bfetch\(", r"https?://", r"\beval\(", r"innerHTML"):
        assert not re.search(forbidden, script, re.MULTILINE), forbidden
    own = Path(canvas.__file__).parent / "receptive_cone.js"
    assert len(own.read_text(encoding="utf-8").splitlines()) <= 400


def sent(state):
    return {**vars(state), "unit": list(state.unit)}


def test_the_browser_s_cone_is_python_s_in_numbers_and_words(in_node):
    states = [state for network in NETWORKS for state in units(network)]
    pictures = in_node(ReceptiveCone, [["conePicture", [sent(state)]] for state in states])
    words = in_node(ReceptiveCone, [["coneWords", [picture]] for picture in pictures])
    for state, picture, said in zip(states, pictures, words, strict=True):
        cone = receptive_cone.compute(state)
        for key in ("sizes", "fields", "connections", "dense"):
            assert picture[key] == list(getattr(cone, key))
        for key in ("seen", "reached", "centers"):
            assert picture[key] == [row.tolist() for row in getattr(cone, key)]
        read = [[np.flatnonzero(row).tolist() for row in table] for table in cone.tables]
        assert picture["tables"] == read
        arguments = {key: value for key, value in vars(state).items() if key != "unit"}
        sentence = ReceptiveCone(state.unit, **arguments).sentence
        assert said["text"] == sentence
        assert 20 <= len(sentence) <= 400


@pytest.mark.parametrize("width", [526, 606, 966])
def test_every_unit_and_word_fits_the_card(in_node, width):
    pictures = in_node(ReceptiveCone, [["conePicture", [sent(state)]] for state in NETWORKS])
    for places in in_node(ReceptiveCone, [["coneLayout", [picture, width]] for picture in pictures]):
        for x in places["x"]:
            assert min(x) >= 60 and max(x) <= places["words"] - 12
            assert all(b - a >= 8 for a, b in zip(x, x[1:], strict=False))
        assert places["words"] + places["room"] <= width and places["room"] >= 126
        assert min(places["y"]) >= 16 and max(places["y"]) <= places["height"] - 16
