"""The experiment of lecture 06: its splits, its networks, what is frozen, and what is stored."""

import numpy as np
import pytest

from experiments import lenet_digits
from lecturelib import data, translate
from lecturelib.networks import Dense, Flatten, Sequential, evaluate

SMALL = {**lenet_digits.SETTINGS, "seeds": [3], "schedule": [[1, 0.003]], "test_images": 1700}
STORED = data.result("lenet_digits")


def test_the_split_is_the_one_it_says_and_no_digit_is_on_both_sides():
    (x, y), (held, labels), _ = lenet_digits.split(0, 360)
    assert (len(x), len(y), len(held), len(labels)) == (1437, 1437, 360, 360)
    assert x.dtype == np.float32
    assert (x.min(), x.max()) == (0, 1)
    seen = {digit.tobytes() for digit in x}
    assert not any(digit.tobytes() in seen for digit in held)
    assert not np.array_equal(labels, lenet_digits.split(1, 360)[1][1])


def test_the_dense_network_is_about_as_large():
    rng = np.random.default_rng(0)
    convolutional, dense = (
        network(rng).parameter_count() for network in (lenet_digits.lenet, lenet_digits.dense)
    )
    assert convolutional == 13_706
    assert abs(dense - convolutional) < 0.03 * convolutional


@pytest.mark.parametrize("shifted", [True, False])
def test_frozen_layers_keep_the_weights_that_they_were_drawn_with(shifted):
    network, _ = lenet_digits.trained("LeNet, frozen", shifted, 3, SMALL)
    fresh = lenet_digits.lenet(lenet_digits.split(3, 1700)[2])
    for name, weights in network.params.items():
        assert np.array_equal(weights, fresh.params[name]) == (name.split(".")[0] in {"0", "3"})


def test_all_of_an_unfrozen_network_is_trained():
    network, _ = lenet_digits.trained("LeNet", True, 3, SMALL)
    fresh = lenet_digits.lenet(lenet_digits.split(3, 1700)[2])
    assert not any(np.array_equal(weights, fresh.params[name]) for name, weights in network.params.items())


def test_a_shifted_test_is_the_mean_of_four_directions():
    (_, _), (x, y), rng = lenet_digits.split(0, 200)
    network = Sequential(Flatten(), Dense(64, 10, rng=rng))
    moves = [(1, 0), (-1, 0), (0, 1), (0, -1)]
    wanted = [evaluate(network, x, y)[1], np.mean([evaluate(network, translate(x, v), y)[1] for v in moves])]
    np.testing.assert_allclose(lenet_digits.accuracies(network, (x, y), [0, 1]), wanted, atol=1e-4)


def test_a_small_run_covers_every_case():
    rows = lenet_digits.run(SMALL)
    cases = [(row["network"], row["trained_on_shifts"], row["test_shift"]) for row in rows]
    assert cases == [(name, s, v) for name in lenet_digits.NETWORKS for s in (True, False) for v in (0, 1, 2)]
    assert all(len(row["values"]) == 1 and 0 <= row["values"][0] <= 1 for row in rows)


def test_the_stored_result_is_of_these_settings():
    assert STORED["settings"] == lenet_digits.SETTINGS
    cases = [(row["network"], row["trained_on_shifts"], row["test_shift"]) for row in STORED["rows"]]
    assert cases == [(name, s, v) for name in lenet_digits.NETWORKS for s in (True, False) for v in (0, 1, 2)]
    assert all(len(row["values"]) == 5 for row in STORED["rows"])
    assert np.median(STORED["rows"][0]["values"]) >= 0.98


@pytest.mark.slow
def test_one_stored_number_is_met_again():
    """The quickest of them; the weekly run of `make experiments` compares them all."""
    network, test = lenet_digits.trained("dense", True, 0, lenet_digits.SETTINGS)
    again = lenet_digits.accuracies(network, test, [0, 1])
    rows = [row for row in STORED["rows"] if row["network"] == "dense" and row["trained_on_shifts"]]
    for row, accuracy in zip(rows, again, strict=False):
        assert abs(accuracy - row["values"][0]) < lenet_digits.TOLERANCE
