"""Tied weights, against the ledger's numbers (E19, E20, C142 to C144).

The set-up: a signal of 20 samples, an unshared layer with a kernel of 3 at each of 18 places, which shall
learn the correlation kernel (1, -1, 2). The ledger's numbers are those of *half* the sum of the squared
differences, so the gradient of one copy is (output - target) times its window, without a factor 2.
"""

import numpy as np
import pytest

from lecturelib.networks import SGD, Adam, Conv, LocallyConnected, Momentum, Tied, average_copies

X = np.random.default_rng(0).normal(size=20)[None, None]
KERNEL = np.array([1.0, -1, 2])
PLACES, AXIS = 18, {"w": (1,)}


def local_layer(start=0.0):
    layer = LocallyConnected((1, 20), 1, (3,), bias=False, rng=np.random.default_rng(0))
    layer.params["w"][...] = start
    return layer


def shared_layer():
    return Conv(1, 1, (3,), bias=False, gain=0, rng=np.random.default_rng(0))


TRUE = local_layer(KERNEL).forward(X)


def train(layer, optimizer, steps):
    """Take steps down half the sum of squares; return the first copy after each."""
    path = []
    for _ in range(steps):
        layer.backward(layer.forward(X) - TRUE)
        optimizer.step(layer.params, layer.grads)
        path.append(layer.params["w"].reshape(-1, 3)[0].copy())
    return np.array(path)


def spread(layer):
    return np.ptp(layer.params["w"].reshape(-1, 3), axis=0).max()


@pytest.mark.parametrize(
    ("rule", "rate", "expected"),
    [("average", 0.1, 0.0), ("sum", 0.1, -1.2), ("sum", 0.1 / 5, 0.0), ("mean", 0.1, 0.0)],
)
def test_one_step_by_hand(rule, rate, expected):
    """Five copies of .3 with gradients 1 to 5: mean 3, sum 15."""
    copies = np.full(5, 0.3)
    Tied(SGD(rate), {"w": (0,)}, rule=rule).step({"w": copies}, {"w": np.arange(1.0, 6)})
    np.testing.assert_allclose(copies, expected, rtol=0, atol=1e-15)


@pytest.mark.parametrize("kind", [SGD, Momentum])
def test_averaging_is_the_shared_kernels_step_with_the_rate_divided_by_the_copies(kind):
    averaged = train(local_layer(), Tied(kind(0.05), AXIS, rule="average"), 200)
    meant = train(local_layer(), Tied(kind(0.05), AXIS, rule="mean"), 200)
    shared = train(shared_layer(), kind(0.05 / PLACES), 200)
    largest = np.abs(shared).max()
    assert np.abs(averaged - shared).max() <= 1e-15 * largest
    assert np.abs(meant - shared).max() <= 1e-15 * largest
    if kind is SGD:  # E19: at 200 steps the averaged kernel is .015 away, the unscaled sum is there
        assert np.linalg.norm(averaged[-1] - KERNEL) == pytest.approx(0.015037377241621285, abs=1e-12)
        summed = train(local_layer(), Tied(SGD(0.05), AXIS, rule="sum"), 200)
        assert np.linalg.norm(summed[-1] - KERNEL) < 1e-15
        np.testing.assert_allclose(summed, train(shared_layer(), SGD(0.05), 200), rtol=0, atol=1e-14)


@pytest.mark.parametrize(("rule", "limit"), [("sum", 0.08945699314654244), ("average", 1.610225876637764)])
def test_the_sum_diverges_where_averaging_still_learns(rule, limit):
    for factor, learns in ((0.98, True), (1.02, False)):
        kernel = train(local_layer(), Tied(SGD(factor * limit), AXIS, rule=rule), 1000)[-1]
        assert (np.linalg.norm(kernel - KERNEL) < 1e-6) == learns
    assert limit == pytest.approx(0.08945699314654244 * (1 if rule == "sum" else PLACES))


def test_for_adam_averaging_is_another_rule():
    first = train(local_layer(), Tied(Adam(0.01), AXIS, rule="average"), 1)[0]
    np.testing.assert_allclose(first, [0.0033333330766, 0.0011111112343, 0.0066666668707], rtol=0, atol=1e-12)
    for rule in ("sum", "mean"):  # Adam does not see how long a gradient is
        summed = train(local_layer(), Tied(Adam(0.01), AXIS, rule=rule), 1)[0]
        np.testing.assert_allclose(summed, 0.01, rtol=1e-6)
    averaged = train(local_layer(), Tied(Adam(0.01), AXIS, rule="average"), 50)[-1]
    summed = train(local_layer(), Tied(Adam(0.01), AXIS), 50)[-1]
    np.testing.assert_allclose(averaged, [0.1567382132551, 0.0414962445498, 0.3186563127241], atol=1e-10)
    np.testing.assert_allclose(summed, [0.4661608613056, -0.2974255801132, 0.4828495538244], atol=1e-10)
    shared = train(shared_layer(), Adam(0.01), 50)[-1]
    np.testing.assert_allclose(summed, shared, rtol=0, atol=1e-12)


def test_averaging_once_differs_from_averaging_after_every_step():
    """E20: five steps of rate .05."""
    untied = local_layer()
    train(untied, SGD(0.05), 5)
    late = average_copies(untied.params["w"], (1,))[0, 0, 0]
    every = train(local_layer(), Tied(SGD(0.05), AXIS, rule="average"), 5)[-1]
    np.testing.assert_allclose(late, [0.1077658865135, 0.0096075309336, 0.2511817951717], atol=1e-12)
    np.testing.assert_allclose(every, [0.1816144125952, -0.0118100348335, 0.3534771158623], atol=1e-12)


@pytest.mark.parametrize("make", [lambda: SGD(0.01), lambda: Momentum(0.01), lambda: Adam(0.01)])
def test_equal_copies_stay_equal_and_only_averaging_repairs_others(make):
    unequal = np.random.default_rng(1).normal(size=local_layer().params["w"].shape)
    for rule in ("sum", "mean", "average"):
        layer = local_layer(0.3)
        train(layer, Tied(make(), AXIS, rule=rule), 20)
        assert spread(layer) == 0
        layer = local_layer(unequal)
        train(layer, Tied(make(), AXIS, rule=rule), 20)
        assert spread(layer) == 0 if rule == "average" else spread(layer) > 1
    untied = local_layer(0.3)
    train(untied, make(), 20)
    assert spread(untied) > 0.05


def test_on_images_a_tied_layer_is_the_convolution():
    """Kernels and biases of a locally connected layer, tied, learn as a convolution does."""
    rng = np.random.default_rng(0)
    x, target = rng.normal(size=(4, 2, 6, 5)), rng.normal(size=(4, 3, 4, 4))
    local = LocallyConnected((2, 6, 5), 3, (3, 2), equal=True, rng=np.random.default_rng(1))
    shared = Conv(2, 3, (3, 2), rng=np.random.default_rng(1))
    tied, plain = Tied(Momentum(0.001), {"w": (1, 2), "b": [-1, -2]}), Momentum(0.001)
    for _ in range(20):
        for layer, optimizer in ((local, tied), (shared, plain)):
            layer.backward(layer.forward(x) - target)
            optimizer.step(layer.params, layer.grads)
    for name in ("w", "b"):
        expected = np.expand_dims(shared.params[name], (1, 2))
        np.testing.assert_allclose(local.params[name] - expected, 0, atol=1e-13)
    assert tied.rate == 0.001


def test_what_is_not_tied_is_left_to_the_optimizer():
    params = {"w": np.zeros(2), "b": np.zeros(2)}
    for rule in ("sum", "mean", "average"):
        params["b"][...] = 0
        Tied(SGD(1), {"w": (0,)}, rule=rule).step(params, {"w": np.ones(2), "b": np.array([1.0, 2])})
        assert params["b"].tolist() == [-1, -2]


def test_average_copies():
    copies = np.arange(12.0).reshape(2, 3, 2)
    copies.flags.writeable = False
    by_hand = [[[2, 3]] * 3, [[8, 9]] * 3]
    assert average_copies(copies, (1,)).tolist() == by_hand
    assert average_copies(copies, [-2]).tolist() == by_hand
    assert average_copies(copies, (0, 2))[0, :, 0].tolist() == [3.5, 5.5, 7.5]
    nearest = average_copies(copies, (1,))  # a projection: what is left has mean zero
    np.testing.assert_allclose((copies - nearest).sum(1), 0)
    np.testing.assert_array_equal(average_copies(nearest, (1,)), nearest)
    assert average_copies(copies, ()).tolist() == copies.tolist()
    assert average_copies(copies.astype("f4"), (0,)).dtype == np.float32
    assert average_copies([1, 2], (0,)).tolist() == [1.5, 1.5]
    nearest[...] = 0  # an array of its own


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: average_copies(np.ones((2, 3)), (2,)), ValueError, r"array of shape \(2, 3\); got \(2,\)"),
        (lambda: average_copies(np.ones((2, 3)), (0, -2)), ValueError, "axes must name each axis once"),
        (lambda: average_copies(np.ones(2), (True,)), TypeError, "axes must be an integer; got True"),
        (lambda: average_copies(np.ones(2), 0), TypeError, r"axes must be sequences of integers, .* got 0"),
        (lambda: average_copies(["a"], (0,)), TypeError, "copies must hold numbers"),
        (lambda: Tied(0.1, {}), TypeError, "optimizer must be an Optimizer; got float"),
        (
            lambda: Tied(SGD(0.1), ("w",)),
            TypeError,
            "axes must be a dictionary from names to axes; got tuple",
        ),
        (lambda: Tied(SGD(0.1), {"w": 1}), TypeError, "axes must be sequences of integers"),
        (lambda: Tied(SGD(0.1), {"w": (1.0,)}), TypeError, "axes must be an integer; got 1.0"),
        (lambda: Tied(SGD(0.1), {}, rule="max"), ValueError, "rule must be one of 'sum', 'mean', 'average'"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("rule", ["sum", "mean", "average"])
def test_nothing_changes_when_the_axes_are_wrong(rule):
    params = {"w": np.ones(2)}
    with pytest.raises(ValueError, match=r"axes must name parameters, \['w'\]; got \['k'\]"):
        Tied(SGD(0.1), {"w": (0,), "k": (0,)}, rule=rule).step(params, {"w": np.ones(2)})
    with pytest.raises(ValueError, match=r"axes must be axes of an array of shape \(2,\); got \(1,\)"):
        Tied(SGD(0.1), {"w": (1,)}, rule=rule).step(params, {"w": np.ones(2)})
    with pytest.raises(ValueError, match="grads must hold a gradient for 'w'"):
        Tied(SGD(0.1), {"w": (0,)}, rule=rule).step(params, {})
    with pytest.raises(ValueError, match=r"grads\['w'\] must have shape \(2,\)"):
        Tied(SGD(0.1), {"w": (0,)}, rule=rule).step(params, {"w": np.ones(3)})
    assert params["w"].tolist() == [1, 1]
