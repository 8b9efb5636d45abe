"""The explorer of padding, depth and border: its counts, words, picture and errors."""

from itertools import product

import numpy as np
import pytest

from lecturelib.display.explorers import PaddingDepth, padding_depth
from lecturelib.display.explorers.padding_depth import PADDINGS, SHOWN, SIDE, compute

EVERY = list(product(PADDINGS, range(2, 7), (0, 1, 3, 8)))


def inputs_read(padding, kernel, layers):
    """Follow one axis by hand: for each layer, which places below each place reads."""
    before, growth = {"valid": (0, 1 - kernel), "same": ((kernel - 1) // 2, 0), "full": (kernel - 1,) * 2}[
        padding
    ]
    tables, side = [], SIDE
    for _ in range(layers):
        if side + growth < 1:
            break
        table = [
            [i + t - before for t in range(kernel) if 0 <= i + t - before < side]
            for i in range(side + growth)
        ]
        tables.append(table)
        side += growth
    return tables


def paths_and_inputs(padding, kernel, layers):
    """Count along one axis: paths from each input, and inputs that each place of the last map sees."""
    tables = inputs_read(padding, kernel, layers)
    sees = [{i} for i in range(SIDE)]
    paths = np.eye(SIDE, dtype=object)  # (places of the map, inputs): exact integers
    for table in tables:
        sees = [set().union(*(sees[j] for j in read)) for read in table]
        paths = np.array([sum((paths[j] for j in read), np.zeros(SIDE, object)) for read in table])
    return paths.sum(axis=0), [len(inputs) for inputs in sees], len(tables)


@pytest.mark.parametrize(("padding", "kernel", "layers"), EVERY)
def test_the_counts_are_those_of_plain_loops(padding, kernel, layers):
    depth = compute(padding, kernel, layers)
    paths, inputs, fitted = paths_and_inputs(padding, kernel, layers)
    assert depth.layers == fitted
    assert np.array_equal(depth.influence, np.outer(paths, paths).astype(float))  # exact, not close
    assert np.array_equal(depth.seen, np.outer(inputs, inputs))
    assert depth.seen.shape == (depth.sides[-1],) * 2


@pytest.mark.parametrize("kernel", range(2, 7))
def test_valid_ends_where_the_formula_says_and_the_others_do_not_end(kernel):
    most = (SIDE - 1) // (kernel - 1)
    depth = compute("valid", kernel, 8)
    assert depth.layers == min(most, 8)
    assert depth.possible == tuple(SIDE - layer * (kernel - 1) for layer in range(min(most, 8) + 1))
    assert compute("valid", kernel, 1).possible == depth.possible
    assert compute("same", kernel, 8).sides == (SIDE,) * 9
    assert compute("full", kernel, 8).sides == tuple(SIDE + layer * (kernel - 1) for layer in range(9))


def test_one_layer_of_3_by_3_weighs_corner_edge_and_centre_by_4_6_and_9():
    same, full, valid = (compute(padding, 3, 1) for padding in ("same", "full", "valid"))
    assert [same.influence[place] for place in ((0, 0), (0, 8), (8, 8))] == [4, 6, 9]
    assert (full.influence == 9).all()
    assert [full.seen[place] for place in ((0, 0), (0, 8), (8, 8))] == [1, 3, 9]
    assert [valid.influence[place] for place in ((0, 0), (0, 8), (8, 8))] == [1, 3, 9]
    assert (valid.seen == 9).all()


def test_the_extra_zero_of_an_even_same_kernel_goes_after():
    depth = compute("same", 2, 1)
    assert (depth.influence[0, 0], depth.influence[-1, -1]) == (1, 4)
    assert (depth.seen[0, 0], depth.seen[-1, -1]) == (4, 1)


def test_the_three_places_are_where_they_are_called():
    assert padding_depth.places(16) == {"corner": (0, 0), "edge": (0, 8), "centre": (8, 8)}
    assert padding_depth.places(11) == {"corner": (0, 0), "edge": (0, 5), "centre": (5, 5)}
    assert set(padding_depth.places(1).values()) == {(0, 0)}


def test_what_is_kept_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        compute("same", 3, 1).influence[0, 0] = 5


@pytest.fixture(scope="module")
def kept():
    """Return an explorer and a scene that serves all values, as on the page."""
    explorer = PaddingDepth()
    return explorer, explorer.build(explorer.values)


@pytest.mark.parametrize(("padding", "kernel", "layers"), EVERY)
@pytest.mark.parametrize("show", SHOWN)
def test_the_picture_holds_the_numbers(kept, padding, kernel, layers, show):
    explorer, scene = kept
    values = {"padding": padding, "kernel": kernel, "layers": layers, "show": show}
    sentence = explorer.update(scene, values)
    depth, parts = compute(padding, kernel, layers), scene.artists
    counts = depth.influence if show == SHOWN[0] else depth.seen
    assert np.array_equal(parts["map"].get_array(), counts / counts.max())
    assert parts["map"].get_clim() == (0, 1)
    made = [bar for bar in parts["bars"] if bar.get_visible()]
    widths = np.array([bar.get_width() for bar in made])
    np.testing.assert_allclose(widths / widths[0] * SIDE, depth.possible)
    assert [label.get_text() for label in parts["sides"] if label.get_text()] == list(
        map(str, depth.possible)
    )
    filled = [bar for bar in made if bar.get_facecolor() != (1, 1, 1, 1)]
    assert len(filled) == depth.layers + 1
    dotted = [line.get_xdata()[0] for line in parts["borders"]]
    np.testing.assert_allclose([dotted[0], dotted[1] - dotted[0]], [made[0].get_x(), widths[0]])
    for name, mark, value, count in zip(
        padding_depth.PLACES, parts["marks"], parts["values"], parts["counts"], strict=True
    ):
        row, column = padding_depth.places(len(counts))[name]
        assert (mark.get_ydata()[0] * len(counts), mark.get_xdata()[0] * len(counts)) == (
            pytest.approx(row + 0.5),
            pytest.approx(column + 0.5),
        )
        share = 100 * counts[row, column] / counts.max()
        assert value.get_text() == (f"{share:.0f} %" if share >= 0.5 else "< 1 %")
        if counts[row, column] < 1e7:
            assert count.get_text().replace("\u2009", "").split()[0] == str(int(counts[row, column]))
            assert count.get_text().replace("\u2009", "").split()[0] in sentence.replace("\u2009", "")
    ended = padding == "valid" and (SIDE - 1) // (kernel - 1) < 8
    assert parts["end"].get_visible() == ended
    if ended:
        assert parts["end"].get_text() == f"no layer fits: {depth.possible[-1]} < k = {kernel}"
        assert parts["end"].get_position()[1] == len(depth.possible)


def test_sentences():
    explorer = PaddingDepth()
    assert explorer.values == {"padding": "same", "kernel": 3, "layers": 4, "show": SHOWN[0]}
    assert explorer.sentence == (
        "Padding “same”, 3 by 3 kernels: the side stays 16 through 4 layers. The first corner reaches the "
        "last map by 1\u2009225 paths, the middle of an edge 2\u2009835, the centre 6\u2009561. "
        "A path is one way through the layers."
    )
    explorer.set(layers=1)
    assert explorer.sentence == (
        "Padding “same”, 3 by 3 kernels: the side stays 16 through 1 layer. The first corner reaches the "
        "last map by 4 paths, the middle of an edge 6, the centre 9. A path is one way through the layers."
    )
    explorer.set(padding="valid", kernel=6, layers=8)
    assert explorer.sentence == (
        "Padding “valid”, 6 by 6 kernels: the side goes 16 → 11 → 6 → 1, and no more fits: "
        "(16 − 1) // (6 − 1) = 3 layers. The first corner reaches the last map by 1 path, the middle of an "
        "edge 27, the centre 729. A path is one way through the layers."
    )
    explorer.set(layers=1)
    assert "16 → 11; at most 3 layers fit. " in explorer.sentence
    explorer.set(padding="full", kernel=3, layers=8)
    assert explorer.sentence.endswith(
        "Every pixel of the input reaches the last map by 4.3·10⁷ paths. "
        "A path is one way through the layers."
    )
    explorer.set(show=SHOWN[1], layers=1)
    assert explorer.sentence.endswith("The first corner sees 1 input, the middle of an edge 3, the centre 9.")
    explorer.set(padding="same", kernel=2)
    assert explorer.sentence.endswith(
        "The first corner sees 4 inputs, the middle of an edge 4, the centre 4; the last corner 1."
    )
    explorer.set(padding="valid", layers=0, show=SHOWN[0])
    assert "no layer yet, the side is 16; at most 15 layers fit. " in explorer.sentence
    assert explorer.sentence.endswith("Every pixel of the input reaches the last map by 1 path.")


def test_there_and_back_gives_the_same_picture_and_frame_changes_nothing():
    explorer = PaddingDepth()
    first = explorer.picture, explorer.sentence
    explorer.frame(padding="full", kernel=6, layers=8, show=SHOWN[1])
    assert (explorer.picture, explorer.sentence) == first
    explorer.set(padding="valid", kernel=2, layers=0)
    assert explorer.picture != first[0]
    explorer.set(padding="same", kernel=3, layers=4)
    assert (explorer.picture, explorer.sentence) == first


def test_it_opens_where_the_border_is_seen_at_once():
    """A corner by a fifth of the paths of the centre: with one layer it would be nearly a half."""
    explorer = PaddingDepth()
    counts = explorer.compute(explorer.values).influence
    assert counts[0, 0] / counts.max() < 0.25 < compute("same", 3, 1).influence[0, 0] / 9


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"padding": "circular"}, ValueError, "padding must be one of valid, same, full, got 'circular'"),
        ({"kernel": 1}, ValueError, "kernel must lie between 2 and 6, got 1"),
        ({"kernel": 3.0}, TypeError, "kernel must be an integer, got 3.0"),
        ({"layers": 9}, ValueError, "layers must lie between 0 and 8, got 9"),
        ({"layers": True}, TypeError, "layers must be an integer, got True"),
    ],
)
def test_wrong_values_are_refused_and_named(change, error, message):
    explorer = PaddingDepth()
    with pytest.raises(error, match=message):
        explorer.set(**change)
    with pytest.raises(error, match=message):
        compute(**{"padding": "same", "kernel": 3, "layers": 1, **change})
    with pytest.raises(ValueError, match="show must be one of"):
        explorer.set(show="both")
