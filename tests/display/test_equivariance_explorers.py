"""The explorer of the commuting square: its numbers, words, pictures and errors."""

import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from lecturelib.display.explorers import ShiftSquare, canvas, shift_square
from lecturelib.display.explorers.shift_square import SquareState

NOISE = np.random.default_rng(0).normal(size=(16, 16))
KERNEL = np.random.default_rng(1).normal(size=(3, 3))


def by_hand(image, kernel, v, circular, stride):
    """Both ways round the square, one output at a time; return where they differ."""

    def at(x, r, c):
        if circular:
            return x[r % x.shape[0], c % x.shape[1]]
        return x[r, c] if 0 <= r < x.shape[0] and 0 <= c < x.shape[1] else 0.0

    def moved(x, by):
        return np.array([[at(x, r - by[0], c - by[1]) for c in range(x.shape[1])] for r in range(x.shape[0])])

    def f(x):
        middle = [n // 2 for n in kernel.shape]
        y = np.zeros(x.shape)
        for place in np.ndindex(x.shape):
            for tap in np.ndindex(kernel.shape):
                y[place] += kernel[tap] * at(x, *np.add(place, tap) - middle)
        return y[::stride, ::stride]

    return np.abs(f(moved(image, v)) - moved(f(image), [step // stride for step in v])) > 1e-9


def test_a_row_of_ones_moved_by_two_opens_the_square_at_two_places_a_row():
    """f(x) is 2 3 3 3 2; f(g(x)) is 0 1 2 3 2 and g(f(x)) 0 0 2 3 3."""
    both = shift_square.compute(SquareState(np.ones((4, 5)), np.ones((1, 3)), v=(0, 2)))
    assert both.fgx[0].tolist() == [0, 1, 2, 3, 2]
    assert both.gfx[0].tolist() == [0, 0, 2, 3, 3]
    assert both.gap[0].tolist() == [0, 1, 0, 0, -1]
    assert both.wrong.sum() == 8


@pytest.mark.parametrize(
    ("v", "count"), [((0, 0), 0), ((1, 0), 32), ((1, 1), 60), ((2, 3), 54), ((-1, 0), 32)]
)
def test_the_lecture_s_counts_come_out(v, count):
    explorer = ShiftSquare(NOISE, KERNEL, v=v)
    assert explorer.wrong.sum() == count
    explorer.boundary = "circular"
    assert explorer.wrong.sum() == 0
    assert not explorer.gap.any()


@pytest.mark.parametrize("v", [(2, 0), (2, 6), (-4, 10), (1, 0), (4, 1), (-3, -2)])
def test_a_stride_of_two_closes_the_square_for_even_shifts_only(v):
    explorer = ShiftSquare(NOISE, KERNEL, v=v, boundary="circular", stride=2)
    even = v[0] % 2 == 0 and v[1] % 2 == 0
    assert (explorer.wrong.sum() == 0) == even
    assert explorer.wrong.shape == (8, 8)
    assert ("The square closes" in explorer.sentence) == even
    assert ("odd number in v" in explorer.sentence) != even


def test_content_away_from_the_border_closes_the_square_until_it_meets_it():
    explorer = ShiftSquare(shift_square.IMAGES["dot"], v=(0, 0))
    counts = {}
    for down in range(4):
        explorer.v = (down, 0)
        counts[down] = int(explorer.wrong.sum())
    assert counts == {0: 0, 1: 0, 2: 0, 3: 2}  # the dot leaves: its row of the map stays on the other way


@pytest.mark.parametrize("boundary", shift_square.BOUNDARIES)
@pytest.mark.parametrize("stride", shift_square.STRIDES)
@pytest.mark.parametrize("v", [(-11, -11), (0, 0), (2, 1), (11, 11), (-11, 4)])
def test_every_control_at_its_ends_against_plain_loops(boundary, stride, v):
    explorer = ShiftSquare(v=v, boundary=boundary, stride=stride)
    for image in ("digit", "noise"):
        for kernel in ("Sobel x", "letter L"):
            explorer.image, explorer.kernel = shift_square.IMAGES[image], shift_square.KERNELS[kernel]
            right = by_hand(explorer.image, explorer.kernel, v, boundary == "circular", stride)
            assert np.array_equal(explorer.wrong, right)
            said = (
                f"{right.sum()} of {right.size} outputs differ"
                if right.any()
                else f"all {right.size} outputs"
            )
            assert said in explorer.sentence


def test_sentences_say_what_the_numbers_are():
    explorer = ShiftSquare()
    assert explorer.sentence == (
        "The image is shifted by v = (2, 1), with zeros beyond the border. "
        "7 of 168 outputs differ, by up to 16."
    )
    explorer.stride, explorer.v = 2, (-4, 2)
    assert "With stride 2, g′ shifts the output by half of v, (−2, 1). " in explorer.sentence
    explorer.v = (-3, 2)
    assert (
        "odd number in v: no shift of the output is half of v, so g′ rounds down to (−2, 1)."
        in explorer.sentence
    )
    explorer.v, explorer.boundary = (0, 0), "circular"
    assert explorer.sentence.endswith(
        "a circular boundary. With stride 2, g′ shifts the output by half of v, "
        "(0, 0). The square closes: all 42 outputs agree."
    )


def test_the_page_moves_the_image_and_python_hears_of_it():
    explorer = ShiftSquare()
    explorer.set_state({"v": [1, -4], "boundary": "circular", "image": [[1, 2, 3]] * 3})
    assert explorer.v == (1, -4)
    assert explorer.gap.shape == (3, 3)
    assert explorer.get_state()["v"] == (1, -4)


def test_only_presets_that_fit_are_offered():
    assert list(ShiftSquare()._images) == ["digit", "dot", "noise", "bar"]
    small = ShiftSquare(np.ones((2, 9)), np.ones((2, 2)))
    assert next(iter(small._images)) == "as given"
    assert list(small._kernels) == ["as given"]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"image": np.ones((25, 3))}, ValueError, r"image must have 1 to 24 entries .* got shape \(25, 3\)"),
        ({"image": [["a"]]}, TypeError, "image must hold real numbers"),
        ({"kernel": np.ones((8, 1))}, ValueError, "kernel must have 1 to 7 entries"),
        ({"kernel": [[np.inf]]}, ValueError, "kernel must be finite"),
        (
            {"image": np.ones((2, 4))},
            ValueError,
            r"kernel must fit inside the image of shape \(2, 4\); got shape \(3, 3\)",
        ),
        ({"v": (12, 0)}, ValueError, r"v must lie between -11 and 11 on both axes; got \(12, 0\)"),
        ({"v": (0, -12)}, ValueError, r"v must lie between -11 and 11 on both axes; got \(0, -12\)"),
        ({"v": (0.5, 0)}, TypeError, "'v' trait .* expected an int"),
        ({"v": 3}, TypeError, "'v' trait .* expected a tuple"),
        ({"boundary": "reflect"}, ValueError, "boundary must be one of zeros, circular; got 'reflect'"),
        ({"stride": 3}, ValueError, "stride must be one of 1, 2; got 3"),
    ],
)
def test_wrong_arguments_of_the_square(arguments, error, message):
    with pytest.raises(error, match=message):
        ShiftSquare(**arguments)


def test_a_wrong_assignment_leaves_the_state_as_it_was():
    explorer = ShiftSquare()
    for name, value in [("v", (0, 99)), ("stride", 0), ("kernel", np.ones((7, 7, 1))), ("image", [[1]])]:
        with pytest.raises(ValueError, match=f"{name} must|kernel must fit"):
            setattr(explorer, name, value)
    assert (explorer.v, explorer.stride, explorer.image.shape) == ((2, 1), 1, (12, 14))


@pytest.mark.parametrize("stride", [1, 2])
def test_the_still_draws_the_corners_and_marks_the_wrong_outputs(stride):
    explorer = ShiftSquare(stride=stride)
    both = shift_square.compute(explorer.state)
    axes = explorer.frame().axes
    for panel, array in zip(
        axes, (explorer.image / 16, both.fx, both.gx / 16, both.fgx, both.gap), strict=True
    ):
        assert np.array_equal(panel.images[0].get_array(), array)
    assert len({panel.images[0].get_clim() for panel in (axes[1], axes[3], axes[4])}) == 1
    marked = {(round(box.get_y() + 0.42), round(box.get_x() + 0.42)) for box in axes[4].patches}
    assert marked == {tuple(map(int, place)) for place in np.argwhere(both.wrong)}
    assert f"{both.wrong.sum()} of {both.wrong.size} outputs differ" in [
        text.get_text() for text in axes[4].texts
    ]


def test_the_bundle_has_view_still_and_a_stable_sentence():
    first, second = ShiftSquare()._repr_mimebundle_()[0], ShiftSquare()._repr_mimebundle_()[0]
    assert "model_id" in first["application/vnd.jupyter.widget-view+json"]
    assert first["text/plain"] == second["text/plain"] == repr(ShiftSquare())
    assert first["text/html"] == second["text/html"]
    assert len(first["text/html"]) < 90_000


def test_the_script_is_one_self_contained_short_module():
    script = ShiftSquare._esm
    assert script.count("export default") == 1
    for forbidden in (r"^\s*import\b", r"\bimport\(", r"\bfetch\(", r"https?://", r"\beval\(", r"innerHTML"):
        assert not re.search(forbidden, script, re.MULTILINE), forbidden
    own = Path(canvas.__file__).parent / "shift_square.js"
    assert len(own.read_text(encoding="utf-8").splitlines()) <= 400


def states():
    """Yield explorers with images, kernels, shifts, boundaries and strides of many kinds."""
    rng = np.random.default_rng(2)
    sizes = [((12, 14), (3, 3)), ((5, 9), (4, 2)), ((7, 3), (2, 3)), ((1, 6), (1, 5)), ((6, 6), (6, 1))]
    shifts = [(0, 0), (2, 1), (-3, 4), (11, -11)]
    for (shape, size), v, boundary, stride in product(sizes, shifts, ("zeros", "circular"), (1, 2)):
        image, kernel = rng.normal(size=shape).round(2), rng.normal(size=size).round(2)
        yield ShiftSquare(image, kernel, v=v, boundary=boundary, stride=stride)
    for image, kernel in product(shift_square.IMAGES.values(), shift_square.KERNELS.values()):
        yield ShiftSquare(image, kernel, v=(3, 2))


def sent(explorer):
    state = explorer.get_state()
    return {name: state[name] for name in ("image", "kernel", "v", "boundary", "stride")}


def test_the_browser_computes_what_python_computes_and_says_it_in_the_same_words(in_node):
    explorers = list(states())
    pictures = in_node(ShiftSquare, [["squarePicture", [sent(explorer)]] for explorer in explorers])
    words = in_node(ShiftSquare, [["squareWords", [picture]] for picture in pictures])
    for explorer, picture, said in zip(explorers, pictures, words, strict=True):
        both = shift_square.compute(explorer.state)
        assert picture["out"] == list(both.v_out)
        for name in ("gx", "fx", "fgx", "gfx", "gap"):
            np.testing.assert_allclose(picture[name], getattr(both, name), rtol=0, atol=1e-12)
        assert np.array_equal(picture["wrong"], both.wrong)
        assert picture["count"] == both.wrong.sum()
        assert said["text"] == explorer.sentence
        assert said["verdict"].lower() in explorer.sentence.lower()


@pytest.mark.parametrize("width", [526, 606, 966])
def test_every_panel_fits_the_card(in_node, width):
    shapes = [((12, 14), (3, 3)), ((24, 24), (7, 7)), ((1, 1), (1, 1)), ((5, 13), (1, 4)), ((13, 3), (5, 2))]
    chosen = [ShiftSquare(np.ones(a), np.ones(b), stride=s) for a, b in shapes for s in (1, 2)]
    pictures = in_node(ShiftSquare, [["squarePicture", [sent(explorer)]] for explorer in chosen])
    for places in in_node(ShiftSquare, [["squareLayout", [picture, width]] for picture in pictures]):
        for name in ("x", "fx", "gx", "fgx", "gap", "kernel"):
            panel = places[name]
            assert panel["left"] >= 0
            assert panel["left"] + panel["width"] <= width
            assert panel["top"] + panel["height"] <= places["height"]
        assert places["kernel"]["top"] + places["kernel"]["height"] <= places["gap"]["top"] - 60
