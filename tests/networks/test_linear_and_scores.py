"""Least squares for layers that are linear in their weights, and the score of maps of labels."""

import numpy as np
import pytest

from lecturelib.networks import (
    Conv,
    Dense,
    Flatten,
    LocallyConnected,
    ReLU,
    Sequential,
    TiledConv,
    fit_linear,
    intersection_over_union,
)

LAYERS = {
    "convolution with bias": lambda rng: Conv(2, 3, (2, 3), rng=rng),
    "depthwise, dilated": lambda rng: Conv(2, 2, 2, groups=2, dilation=2, bias=False, rng=rng),
    "tiled": lambda rng: TiledConv(2, 1, 3, (1, 2), rng=rng),
    "local": lambda rng: LocallyConnected((2, 5, 6), 1, 3, rng=rng),
    "a dense layer behind a flat one": lambda rng: Sequential(Flatten(), Dense(60, 2, rng=rng)),
}


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("name", LAYERS)
def test_weights_that_made_the_targets_are_found_again(name, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(80, 2, 5, 6))
    truth, layer = LAYERS[name](rng), LAYERS[name](rng)
    for array in truth.params.values():
        array[...] = rng.normal(size=array.shape)
    assert fit_linear(layer, x, truth.forward(x)) < 1e-20
    for key, array in truth.params.items():
        np.testing.assert_allclose(layer.params[key], array, atol=1e-9)


def test_noise_leaves_the_residual_of_least_squares():
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(40, 1, 1)), rng.normal(size=(40, 1, 1))
    layer = Conv(1, 1, (1,), rng=rng)
    left = fit_linear(layer, x, y)
    slope, level = np.polyfit(x.ravel(), y.ravel(), 1)
    np.testing.assert_allclose([layer.params["w"].item(), layer.params["b"].item()], [slope, level])
    assert left == pytest.approx(np.mean((slope * x + level - y) ** 2))


def test_of_several_best_fits_it_takes_the_shortest():
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=(3, 5)), rng.normal(size=(3, 2))  # three examples for five weights an output
    layer = Dense(5, 2, bias=False, rng=rng)
    assert fit_linear(layer, x, y) < 1e-20
    np.testing.assert_allclose(layer.params["w"].T, np.linalg.lstsq(x, y, rcond=None)[0], atol=1e-10)


def test_a_layer_that_is_not_linear_in_its_weights_is_refused_and_keeps_them():
    rng = np.random.default_rng(0)
    for layer in (
        Sequential(Conv(1, 2, (3,), rng=rng), ReLU()),
        Sequential(Conv(1, 2, (3,), rng=rng), Conv(2, 1, (3,), rng=rng)),
    ):
        before = {name: array.copy() for name, array in layer.params.items()}
        x = rng.normal(size=(4, 1, 9))
        with pytest.raises(ValueError, match="linear in its weights: the outputs of two sets do not add up"):
            fit_linear(layer, x, layer.forward(x))
        for name, array in layer.params.items():
            np.testing.assert_array_equal(array, before[name])


def test_wrong_arguments_are_named_and_nothing_is_lost():
    layer = Conv(1, 1, (2,), rng=np.random.default_rng(0))
    before = layer.params["w"].copy()
    with pytest.raises(ValueError, match=r"y must have the shape of the layer's outputs, \(1, 1, 3\)"):
        fit_linear(layer, np.zeros((1, 1, 4)), np.zeros((1, 1, 4)))
    np.testing.assert_array_equal(layer.params["w"], before)
    with pytest.raises(TypeError, match="layer must be a layer; got int"):
        fit_linear(3, np.zeros((1, 1, 4)), np.zeros((1, 1, 4)))
    with pytest.raises(ValueError, match="layer must have weights; got ReLU"):
        fit_linear(ReLU(), np.zeros((1, 1, 4)), np.zeros((1, 1, 4)))


def test_the_union_counts_what_either_calls_so():
    truth = np.array([[1, 1, 1, 0], [2, 2, 0, 0]])
    guess = np.array([[1, 1, 0, 0], [2, 1, 1, 0]])
    np.testing.assert_allclose(intersection_over_union(guess, truth, (0, 1, 2)), [2 / 4, 2 / 5, 1 / 2])
    np.testing.assert_allclose(intersection_over_union(truth, truth, (0, 1, 2)), 1)
    assert intersection_over_union([1], [2], (1, 2)).tolist() == [0, 0]
    assert np.isnan(intersection_over_union(truth, truth, (7,))).all()


def test_scores_name_what_is_wrong():
    with pytest.raises(TypeError, match="guess must hold integers; got dtype float64"):
        intersection_over_union([0.5], [1], (1,))
    with pytest.raises(ValueError, match=r"guess must have the shape of truth, \(2,\); got \(1,\)"):
        intersection_over_union([1], [1, 2], (1,))
