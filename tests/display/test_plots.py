"""Plots: what is drawn is the data, in the place and the colours that its kind asks for."""

from types import SimpleNamespace

import numpy as np
import pytest

from lecturelib.display import plots
from lecturelib.display.plots.images import draw_image

RNG = np.random.default_rng(5)


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_curves_draw_every_series_in_order():
    x = np.linspace(0, 1, 7)
    series = {"a": x**2, "b": -x, "c": RNG.normal(size=7)}
    figure = plots.curves(x, series, xlabel="t (s)", ylabel="v", muted=["b"])
    (axes,) = figure.axes
    for line, (label, values) in zip(axes.lines, series.items(), strict=True):
        assert line.get_label() == label
        assert np.array_equal(line.get_xdata(), x) and np.array_equal(line.get_ydata(), values)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("t (s)", "v")
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["a", "b", "c"]


def test_curves_differ_by_more_than_their_colour():
    x = np.arange(3)
    figure = plots.curves(x, {"a": x, "b": 2 * x, "c": 3 * x}, xlabel="i", ylabel="v")
    assert len({line.get_linestyle() for line in figure.axes[0].lines}) == 3


def test_many_curves_share_two_rows_of_the_legend():
    figure = plots.curves([0, 1], {f"curve {i}": [i, i] for i in range(6)}, xlabel="i", ylabel="v")
    assert figure.legends[0]._ncols == 3
    figure.canvas.draw()
    box, sheet = figure.legends[0].get_window_extent(), figure.bbox
    assert sheet.x0 <= box.x0 and box.x1 <= sheet.x1


def test_a_single_curve_needs_no_legend():
    figure = plots.curves([0, 1], {"only": [2, 3]}, xlabel="i", ylabel="v")
    assert not figure.legends


def test_logarithmic_axis_is_labelled_at_the_samples():
    figure = plots.curves([0.05, 0.1, 1], {"a": [1, 2, 3]}, xlabel="τ", ylabel="v", log_x=True)
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["0.05", "0.1", "1"]


def test_stems_start_where_they_are_told():
    figure = plots.stems({"x": [1, -2, 3], "w": [4, 5]}, roles=["input", "kernel"], starts=[0, -1])
    first, second = (axes.containers[0].markerline for axes in figure.axes)
    assert first.get_xdata().tolist() == [0, 1, 2] and first.get_ydata().tolist() == [1, -2, 3]
    assert second.get_xdata().tolist() == [-1, 0] and second.get_ydata().tolist() == [4, 5]
    assert texts(figure.axes[0]) == ["1", "-2", "3"]


def test_shifted_copies_add_up_to_the_convolution():
    x, w = np.array([2, -1, 3]), np.array([1, 4, 5, 6])
    figure = plots.shifted_copies(x, w)
    *copies, total = figure.axes
    table = np.zeros((3, 6))
    for i, axes in enumerate(copies):
        for text in axes.texts:
            table[i, int(text.get_position()[0])] = float(text.get_text())
    assert np.array_equal(table.sum(axis=0), np.convolve(x, w))
    assert [float(value) for value in texts(total)] == np.convolve(x, w).tolist()
    assert texts(copies[1]) == ["-1", "-4", "-5", "-6"]


def test_square_draws_both_ways_and_their_difference():
    x = RNG.normal(size=(4, 6))
    pictures = x, 2 * x, np.roll(x, 1, 0), 3 * x, 3 * x - 1
    figure = plots.square(*pictures, f="double", g="push", kinds=("gray", "signed"))
    drawn = [axes.images[0].get_array() for axes in figure.axes]
    for found, expected in zip(drawn, (*pictures[:4], pictures[3] - pictures[4]), strict=True):
        np.testing.assert_array_equal(found, expected)
    words = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert sorted(words) == ["double", "double", "push", "push"]
    assert figure.axes[-1].get_title() == "$f(g(x)) - g(f(x))$"
    with pytest.raises(ValueError, match=r"fgx and gfx must have the same shape; got \(4, 6\) and \(2, 6\)"):
        plots.square(*pictures[:4], x[:2])


def record(epochs=3, labels=True, validation=True):
    steps = [2.0, 1.5, 1.2, 1.0, 0.9, 0.7][: 2 * epochs]
    values = {"loss": [1.75, 1.1, 0.8], "accuracy": [0.4, 0.6, 0.9]}
    held_out = {"validation_loss": [1.6, 1.2, 1.0], "validation_accuracy": [0.5, 0.55, 0.8]}
    kept = {name: v[:epochs] for name, v in values.items() if labels or name == "loss"}
    kept |= {n: v[:epochs] if validation and (labels or "loss" in n) else [] for n, v in held_out.items()}
    return SimpleNamespace(**{"step_loss": steps, "accuracy": [], **kept})


def test_training_draws_losses_and_accuracies():
    left, right = plots.training(record()).axes
    steps, means, held_out = left.lines
    assert steps.get_xdata().tolist() == [0.5, 1, 1.5, 2, 2.5, 3]  # two steps an epoch
    assert steps.get_ydata().tolist() == [2.0, 1.5, 1.2, 1.0, 0.9, 0.7]
    assert means.get_xdata().tolist() == [1, 2, 3] and means.get_ydata().tolist() == [1.75, 1.1, 0.8]
    assert held_out.get_ydata().tolist() == [1.6, 1.2, 1.0]
    np.testing.assert_allclose(right.lines[0].get_ydata(), [40, 60, 90])
    np.testing.assert_allclose(right.lines[1].get_ydata(), [50, 55, 80])
    assert means.get_linestyle() != held_out.get_linestyle() and means.get_marker() != held_out.get_marker()
    assert left.get_ylim()[0] == 0 and left.get_ylabel() == "loss (nats)"


def test_training_without_labels_or_validation_has_one_panel():
    (axes,) = plots.training(record(labels=False, validation=False), log_loss=True).axes
    assert len(axes.lines) == 2 and axes.get_yscale() == "log" and axes.get_ylabel() == "loss"
    with pytest.raises(ValueError, match="at least one finished epoch; got none"):
        plots.training(record(epochs=0))


@pytest.mark.parametrize("kind", ["gray", "signed", "magnitude"])
def test_images_hold_their_data_rows_down(kind):
    array = RNG.uniform(size=(4, 7))
    figure = plots.images([array], ["one"], kinds=kind)
    (axes,) = figure.axes
    assert np.array_equal(axes.images[0].get_array(), array)
    assert axes.yaxis_inverted()


def test_limits_follow_the_kind():
    values = np.array([[-0.5, 2.0, 0.25]])
    limits = {}
    for kind in ("gray", "signed", "magnitude"):
        figure = plots.images([values], ["one"], kinds=kind)
        limits[kind] = figure.axes[0].images[0].get_clim()
    assert limits["gray"] == (0, 1)
    low, high = limits["signed"]
    assert low == -high and 1.9 < high <= 2
    assert limits["magnitude"][0] == 0


def test_a_blank_image_can_be_drawn():
    figure = plots.images([np.zeros((3, 3)), np.zeros((3, 3))], ["a", "b"], kinds=["signed", "magnitude"])
    assert figure.axes[0].images[0].get_clim() == (-1, 1)


def test_unknown_kind_is_named():
    figure = plots.images([np.zeros((2, 2))], ["a"])
    with pytest.raises(ValueError, match="kind must be one of gray, rgb, .* got 'colour'"):
        draw_image(figure.axes[0], np.zeros((2, 2)), "colour")


def test_a_missing_title_is_not_passed_over():
    with pytest.raises(ValueError, match="equally many, got 2, 1, 2"):
        plots.images([np.zeros((2, 2)), np.ones((2, 2))], ["only one"])


def test_one_limit_makes_the_colours_of_all_panels_comparable():
    arrays = [np.full((3, 4), 0.5), np.full((3, 4), -7.0), np.ones((3, 4))]
    figure = plots.images(arrays, ["a", "b", "c"], kinds=["signed", "signed", "gray"], limit=2)
    assert [axes.images[0].get_clim() for axes in figure.axes[:3]] == [(-2, 2), (-2, 2), (0, 1)]
    (bar,) = figure.axes[3:]
    assert bar.get_ylim() == (-2, 2)
    assert len(plots.images(arrays[:2], ["a", "b"], kinds="signed").axes) == 2
    (magnitude, _) = plots.images(arrays[2:], ["c"], kinds="magnitude", limit=3).axes
    assert magnitude.images[0].get_clim() == (0, 3)


def test_several_rows_of_images_leave_no_empty_frame():
    figure = plots.images([np.zeros((2, 3))] * 3, list("abc"), columns=2)
    assert [axes.axison for axes in figure.axes] == [True, True, True, False]


def test_equation_writes_numbers_letters_and_signs():
    figure = plots.equation(
        [[[1, 2.5], [-3, 4]], "⋆", ["a", "b"], "=", [7]], ["x", "k", "y"], frames={0: (0, 1, 2, 1)}
    )
    assert [texts(axes) for axes in figure.axes] == [["1", "2.5", "-3", "4"], ["⋆"], ["a", "b"], ["="], ["7"]]
    assert [axes.get_title() for axes in figure.axes] == ["x", "", "k", "", "y"]
    (patch,) = figure.axes[0].patches
    assert patch.get_xy() == (0.5, -0.5) and (patch.get_width(), patch.get_height()) == (1, 2)


def test_matrices_write_small_ones_and_leave_zeros_blank():
    small, large = np.array([[1, 0, -2], [0, 5, 0]]), np.eye(12)
    figure = plots.matrices([small, large], ["small", "large"], block=(1, 3))
    assert texts(figure.axes[0]) == ["1", "-2", "5"] and texts(figure.axes[1]) == []
    assert np.array_equal(figure.axes[0].images[0].get_array(), small)
    assert len(figure.axes[0].lines) == 1 and len(figure.axes[1].lines) == 11 + 3


def test_plots_do_not_register_with_pyplot():
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    plots.curves([0, 1], {"a": [0, 1]}, xlabel="x", ylabel="y")
    plots.matrices([np.eye(2)], ["I"])
    assert plt.get_fignums() == before
