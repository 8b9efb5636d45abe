"""What explorers are made of: the kept figure, the controls, and numbers as words."""

import numpy as np
import pytest

from lecturelib.display.explorers.base import KeptFigure, Scene
from lecturelib.display.explorers.controls import Choice, Slider, Switch
from lecturelib.display.explorers.words import factor, number, products, signal, tuple_of
from lecturelib.display.style import blank_figure


class _Counter(KeptFigure):
    """An explorer that counts how often its figure is laid out."""

    how_many = 1

    def __init__(self):
        self.built = 0
        super().__init__()

    def controls_for(self, values):
        return [Slider(f"s{i}", "Steps", 0, 5, 0, unit="steps") for i in range(self.how_many)]

    def build(self, values):
        self.built += 1
        figure = blank_figure(2, 1, layout="none")
        return Scene(figure, {"text": figure.text(0.5, 0.5, "", zorder=3)})

    def update(self, scene, values):
        scene.artists["text"].set_text(str(values["s0"]))
        return f"The counter stands at {values['s0']}."


def test_one_figure_serves_all_frames():
    explorer = _Counter()
    for step in (3, 5, 0):
        explorer.set(s0=step)
    assert explorer.built == 1


def test_more_than_four_controls_are_refused():
    class Crowded(_Counter):
        how_many = 5

    with pytest.raises(ValueError, match="an explorer must have at most 4 controls, got 5"):
        Crowded()


def test_a_subclass_without_its_parts_says_which():
    with pytest.raises(NotImplementedError, match="KeptFigure must define controls_for"):
        KeptFigure()


def test_a_switch_and_a_choice_take_the_nearest():
    assert Switch("s", "S", True).nearest("x") is True
    assert Choice("c", "C", ("a", "b"), "a").nearest("z") == "a"
    assert Slider("n", "N", 0, 4, 2).nearest("x") == 2


def test_numbers_are_written_the_way_a_reader_expects():
    assert [number(v) for v in (3, -3, 2.0, -0.5, 1 / 3, np.float32(0.25), 1e9)] == [
        "3", "−3", "2", "−0.5", "0.3333", "0.25", "1e+09",
    ]  # fmt: skip
    assert factor(-1.25) == "(−1.25)"
    assert products([(2, 100), (3, -10)]) == "2·100 + 3·(−10)"
    assert tuple_of([1]) == "1"
    assert signal([True, False], "x", 4).dtype == np.int64
