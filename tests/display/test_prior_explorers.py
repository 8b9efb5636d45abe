"""The explorers of priors: what a unit sees and reaches, and the matrix that snaps to a band."""

import math
import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from lecturelib import conv, conv_backward
from lecturelib.display.explorers import ReceptiveCone, SnapToBand, canvas, receptive_cone, snap_to_band
from lecturelib.display.explorers.receptive_cone import KERNELS, KINDS, ConeState
from lecturelib.operators.matrices import toeplitz

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
        assert cone.edges == tuple(matrix.sum() for matrix in layers)
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
    assert (cone.fields, cone.edges, cone.weights) == ((3, 5, 7, 9, 11), (73,) * 5, (3,) * 5)
    assert ReceptiveCone(kind="stride 2").cone.fields == (3, 7, 15, 31, 63)
    assert ReceptiveCone(kind="doubling dilation").cone.fields == (3, 7, 15, 31, 63)
    dense = ReceptiveCone(kind="dense").cone
    assert dense.edges == dense.weights == dense.dense == (625,) * 5


def test_sentences_of_the_cone():
    explorer = ReceptiveCone()
    end = (
        "Receptive field after each layer: 3, 5, 7, 9, 11 inputs. Each layer has 73 edges and "
        "3 different weights; a dense one has 625 of both."
    )
    assert explorer.sentence == (
        "Unit 12 of layer 3 sees 7 of 25 inputs and reaches 5 of 25 units of layer 5. " + end
    )
    explorer.unit = (5, 1)
    cut = "Unit 1 of layer 5 sees 7 of 25 inputs. The border cuts its field of 11 to 7. "
    assert explorer.sentence == cut + end
    explorer.unit = (0, 24)
    assert explorer.sentence == "Input 24 reaches 6 of 25 units of layer 5. " + end
    explorer.kind = "stride 2"
    assert explorer.sentence.endswith(
        "The layers have 37, 19, 10, 5, 2 edges and 3 different weights each; "
        "dense ones have 325, 91, 28, 8, 2 of both."
    )
    explorer.kind, explorer.unit = "dense", (1, 0)
    assert explorer.sentence.startswith("Unit 0 of layer 1 sees 25 of 25 inputs and reaches 25 of 25 ")
    assert explorer.sentence.endswith("Each layer has 625 edges and as many different weights.")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"unit": (6, 0)}, ValueError, "the layer of unit must lie between 0 and 5; got 6"),
        (
            {"unit": (2, 25)},
            ValueError,
            "the place of unit must lie between 0 and 24 in layer 2; got 25",
        ),
        ({"unit": (2, 7), "kind": "stride 2"}, ValueError, "between 0 and 6 in layer 2; got 7"),
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


def test_a_unit_that_its_row_no_longer_has_moves_and_the_page_is_heard():
    explorer = ReceptiveCone((3, 20))
    explorer.kind = "stride 2"
    assert explorer.unit == (3, 3)
    explorer.layers = 2
    assert explorer.unit == (2, 3)
    explorer.set_state({"kind": "plain", "unit": [1, 24]})
    assert (explorer.kind, explorer.unit) == ("plain", (1, 24))
    with pytest.raises(ValueError, match="unit must"):
        explorer.unit = (1, 25)
    assert explorer.unit == (1, 24)


@pytest.mark.parametrize("kind", KINDS)
def test_the_still_of_the_cone_draws_its_units_and_edges(kind):
    explorer = ReceptiveCone((2, 3), kind=kind, kernel=2)
    cone, axes = explorer.cone, explorer.frame().axes[0]
    drawn = {marker: 0 for marker in "os^D"}
    for line in axes.lines:
        drawn[line.get_marker()] += len(line.get_xdata())
    sees, reaches = (sum(int(row.sum()) for row in rows) for rows in (cone.seen, cone.reached))
    others = sum(cone.sizes) - sees - reaches + 1
    assert drawn == {"s": sees - 1, "^": reaches - 1, "D": 1, "o": others}
    edges = {group.get_label(): len(group.get_segments()) for group in axes.collections}
    assert sum(edges.values()) == sum(cone.edges)
    down = sum(int(table[cone.seen[row + 1]].sum()) for row, table in enumerate(cone.tables))
    assert edges["seen"] == down
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
        for key in ("sizes", "fields", "edges", "dense"):
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


# The band ---------------------------------------------------------------------------------------------------

STRENGTHS, TRUTHS, EXAMPLES = snap_to_band.STRENGTHS, snap_to_band.TRUTHS, snap_to_band.EXAMPLES


def ledger():
    rng = np.random.default_rng(0)
    x, noise = rng.normal(size=(40, 8)), rng.normal(size=(40, 6))
    return x, x @ toeplitz([1, -2, 1], 8).T + 0.5 * noise


def test_the_known_distances_come_out():
    x, y = ledger()
    limit = snap_to_band.map_estimate(x, y, math.inf)
    known = {0: 0.536, 1: 0.519, 10: 0.404, 1e2: 0.141, 1e4: 0.0021, 1e6: 2.1e-5}
    for strength, distance in known.items():
        found = np.linalg.norm(snap_to_band.map_estimate(x, y, strength) - limit)
        assert found == pytest.approx(distance, rel=0.02)
    seen = snap_to_band.path(TRUTHS[0], 40)
    assert f"{seen[0].missed:.3f} {seen[-1].missed:.3f}" == "0.547 0.103"


def test_the_projector_takes_means_of_the_diagonals_of_the_band():
    p = snap_to_band.projector(8, 3)
    np.testing.assert_allclose(p @ p, p, atol=1e-14)
    np.testing.assert_allclose(p, p.T, atol=1e-14)
    assert round(np.trace(p)) == 3
    weights = np.random.default_rng(7).normal(size=(6, 8))
    nearest = np.zeros((6, 8))
    for lag in range(3):
        mean = np.mean([weights[i, i + lag] for i in range(6)])
        for i in range(6):
            nearest[i, i + lag] = mean
    np.testing.assert_allclose((p @ weights.ravel()).reshape(6, 8), nearest, atol=1e-14)


@pytest.mark.parametrize("strength", [0.3, 10, 1e4])
@pytest.mark.parametrize("n", [6, 40])
def test_the_estimate_solves_the_normal_equations(strength, n):
    x, y = (array[:n] for array in ledger())
    weights = snap_to_band.map_estimate(x, y, strength)
    away = weights.ravel() - snap_to_band.projector(8, 3) @ weights.ravel()
    slope = (weights @ x.T - y.T) @ x + strength * away.reshape(6, 8)
    assert np.abs(slope).max() < 1e-9 * max(1, strength)


def test_the_ends_of_the_path_are_least_squares():
    x, y = ledger()
    for n in (6, 40):
        least = np.linalg.lstsq(x[:n], y[:n], rcond=None)[0].T
        np.testing.assert_allclose(snap_to_band.map_estimate(x[:n], y[:n], 0), least, atol=1e-12)
        taps = [(x[:n] @ toeplitz(tap, 8).T).ravel() for tap in np.eye(3)]
        kernel = np.linalg.lstsq(np.stack(taps, axis=1), y[:n].ravel(), rcond=None)[0]
        limit = snap_to_band.map_estimate(x[:n], y[:n], math.inf)
        np.testing.assert_allclose(limit, toeplitz(kernel, 8), atol=1e-12)
        np.testing.assert_allclose(snap_to_band.map_estimate(x[:n], y[:n], 1e12), limit, atol=1e-10)


@pytest.mark.parametrize("truth, n", list(product(TRUTHS, EXAMPLES)))
def test_the_prior_helps_where_it_is_true_and_harms_where_it_is_not(truth, n):
    runs = [snap_to_band.path(truth, n, seed) for seed in range(5)]
    before, after = (np.median([run[end].test for run in runs]) for end in (0, -1))
    assert (after < before / 3) == (truth == TRUTHS[0])
    for run in runs:
        apart, train = ([getattr(one, key) for one in run] for key in ("apart", "train"))
        assert apart[1:] == sorted(apart[1:], reverse=True) and apart[-1] == 0
        assert all(b >= a - 1e-12 for a, b in zip(train, train[1:], strict=False))
        assert n > 8 or train[0] < 1e-12


def test_the_test_error_is_that_of_many_new_inputs():
    for truth in TRUTHS:
        assert np.linalg.norm(snap_to_band.true_matrix(truth)) == pytest.approx(6)
        seen = snap_to_band.path(truth, 20)[4]
        x = np.random.default_rng(8).normal(size=(100_000, 8))
        gap = x @ (seen.weights - snap_to_band.true_matrix(truth)).T
        assert np.sqrt(np.mean(gap**2)) == pytest.approx(seen.test, rel=0.01)
        x, y = snap_to_band.draw_examples(truth, 20)
        assert np.sqrt(np.mean((y - x @ seen.weights.T) ** 2)) == pytest.approx(seen.train, rel=1e-12)


def test_the_three_truths():
    band, own, shuffled = map(snap_to_band.true_matrix, TRUTHS)
    assert np.array_equal(band, toeplitz([1, -2, 1], 8))
    assert np.array_equal(own != 0, band != 0)
    assert len({tuple(row[i : i + 3]) for i, row in enumerate(own)}) == 6
    assert sorted(map(tuple, shuffled.T)) == sorted(map(tuple, band.T)) and not np.array_equal(shuffled, band)


def test_words_and_picture_of_every_strength():
    explorer = SnapToBand()
    assert explorer.values == {"strength": 0, "truth": TRUTHS[0], "examples": 10}
    for strength, truth, n in product((0, 5, 12), TRUTHS, (6, 10, 200)):
        explorer.set(strength=strength, truth=truth, examples=n)
        seen = snap_to_band.path(truth, n)
        now, said = seen[strength], explorer.sentence
        assert said.startswith(f"λ = {snap_to_band.NAMES[strength]}, {n} examples: W is ")
        assert f"Its error on new inputs is {now.test:.2f}" in said
        assert ("without the prior" in said) == (strength > 0) and ("at λ = ∞ it is" in said) == (
            strength < 12
        )
        assert f"On the examples it is {now.train:.2f}." in said and truth in said
        figure = explorer.frame(strength=strength, truth=truth, examples=n)
        fitted, true, curves = figure.axes
        assert np.array_equal(fitted.images[0].get_array(), now.weights)
        assert np.array_equal(true.images[0].get_array(), snap_to_band.true_matrix(truth))
        numbers = [float(text.get_text().replace("−", "-")) for text in fitted.texts]
        assert np.abs(np.reshape(numbers, (6, 8)) - now.weights).max() <= 0.05 + 1e-9
        texts = [text.get_text() for text in figure.texts]
        assert f"{now.test:.2f}" in texts and f"λ = {snap_to_band.NAMES[strength]}" in texts
        line, train, test, mark = curves.lines
        assert test.get_ydata() == [one.test for one in seen]
        assert train.get_ydata() == [one.train for one in seen]
        assert mark.get_ydata() == [now.test] and line.get_xdata()[0] == mark.get_xdata()[0]
        low, high = curves.get_ylim()
        assert all(low < one.test < high for one in seen)
    assert [float(text) for text in snap_to_band.NAMES[:10]] == list(STRENGTHS[:10])


@pytest.mark.parametrize(
    ("x", "y", "options", "error", "message"),
    [
        (np.ones(8), np.ones(6), {}, ValueError, r"x must have shape \(N, inputs\); got shape \(8,\)"),
        (np.ones((4, 8)), np.ones((4, 5)), {}, ValueError, r"y must have shape \(4, 6\).*got shape \(4, 5\)"),
        (np.ones((4, 8)), np.full((4, 6), np.nan), {}, ValueError, "y must be finite"),
        ([["a"]], [[1]], {}, TypeError, "x must hold numbers"),
        (
            np.ones((4, 8)),
            np.ones((4, 6)),
            {"strength": -1},
            ValueError,
            "strength must be at least 0; got -1",
        ),
        (np.ones((4, 8)), np.ones((4, 6)), {"strength": math.nan}, ValueError, "strength must be at least 0"),
        (np.ones((4, 8)), np.ones((4, 6)), {"strength": "1"}, TypeError, "strength must be a real number"),
        (np.ones((4, 8)), np.ones((4, 6)), {"taps": 9}, ValueError, "taps must be at most inputs, 8; got 9"),
    ],
)
def test_wrong_examples_are_refused(x, y, options, error, message):
    with pytest.raises(error, match=message):
        snap_to_band.map_estimate(x, y, **{"strength": 1.0, **options})


def test_an_unknown_truth_is_refused():
    with pytest.raises(ValueError, match="truth must be one of 'a convolution', .*; got 'dense'"):
        snap_to_band.true_matrix("dense")
