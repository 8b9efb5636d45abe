"""Optimizers: each against its formula in a plain loop over numbers."""

import numpy as np
import pytest

from lecturelib.networks import SGD, Adam, Momentum, Optimizer


def plain_sgd(w, slope, rate):
    for _ in range(50):
        w -= rate * slope(w)
    return w


def plain_momentum(w, slope, rate, momentum):
    v = 0.0
    for _ in range(50):
        v = momentum * v + slope(w)
        w -= rate * v
    return w


def plain_adam(w, slope, rate, beta1, beta2, epsilon):
    m = v = 0.0
    for t in range(1, 51):
        g = slope(w)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        w -= rate * (m / (1 - beta1**t)) / ((v / (1 - beta2**t)) ** 0.5 + epsilon)
    return w


@pytest.mark.parametrize(
    ("make", "plain", "options"),
    [
        (SGD, plain_sgd, {"rate": 0.1}),
        (Momentum, plain_momentum, {"rate": 0.03, "momentum": 0.9}),
        (Momentum, plain_momentum, {"rate": 0.1, "momentum": 0}),
        (Adam, plain_adam, {"rate": 0.05, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}),
        (Adam, plain_adam, {"rate": 0.2, "beta1": 0.5, "beta2": 0.7, "epsilon": 0.1}),
        (Adam, plain_adam, {"rate": 0.2, "beta1": 0, "beta2": 0, "epsilon": 1e-3}),
    ],
)
def test_fifty_steps_on_a_quadratic(make, plain, options):
    """The loss is sum of steepness (w - bottom)² / 2; two parameters of different shapes."""
    start = {"w": np.array([[1.0, -2, 3], [0.5, 0, -1]]), "b": np.array([4.0])}
    steepness = {"w": np.array([[1.0, 3, 0.2], [5, 2, 1]]), "b": np.array([0.1])}
    bottom = {"w": np.array([[0.0, 1, -1], [2, 0, 0]]), "b": np.array([-1.0])}
    params = {name: array.copy() for name, array in start.items()}
    arrays = dict(params)
    optimizer = make(**options)
    for _ in range(50):
        grads = {name: steepness[name] * (params[name] - bottom[name]) for name in params}
        for gradient in grads.values():
            gradient.flags.writeable = False
        optimizer.step(params, grads)
    for name, array in params.items():
        assert array is arrays[name]  # changed in place
        expected = [
            plain(w, lambda a, s=s, z=z: s * (a - z), **options)
            for w, s, z in zip(start[name].flat, steepness[name].flat, bottom[name].flat, strict=True)
        ]
        np.testing.assert_allclose(array.ravel(), expected, rtol=0, atol=1e-12)


def test_defaults_are_the_papers():
    adam = Adam()
    assert (adam.rate, adam.beta1, adam.beta2, adam.epsilon) == (0.001, 0.9, 0.999, 1e-8)
    assert Momentum(0.1).momentum == 0.9


def test_adams_first_step_has_the_size_of_the_rate():
    w, g = np.zeros(5), np.array([1e-3, -5.0, 1e4, 0, -1e-2])
    Adam(0.01).step({"w": w}, {"w": g})
    np.testing.assert_allclose(w, -0.01 * np.sign(g), rtol=1e-4)


def test_momentum_ends_up_ten_times_as_fast():
    w = np.zeros(1)
    optimizer = Momentum(0.1, 0.9)
    steps = []
    for _ in range(200):
        before = w.copy()
        optimizer.step({"w": w}, {"w": np.ones(1)})
        steps.append(float((before - w)[0]))
    assert steps[0] == pytest.approx(0.1) and steps[1] == pytest.approx(0.19)
    assert steps[-1] == pytest.approx(1.0)


@pytest.mark.parametrize("make", [lambda: SGD(0.1), lambda: Momentum(0.1), lambda: Adam(0.1)])
@pytest.mark.parametrize("given", ["f4", "f8"])
def test_parameters_keep_their_dtype(make, given):
    params, gradient = {"w": np.ones(3, "f4")}, np.array([1, 2, 3], given)
    view = params["w"][1:]
    optimizer = make()
    for _ in range(3):
        optimizer.step(params, {"w": gradient, "unused": gradient})
    assert params["w"].dtype == np.float32 and (view < 1).all()
    np.testing.assert_array_equal(gradient, [1, 2, 3])


def test_nothing_changes_when_one_gradient_is_wrong():
    for optimizer in (SGD(0.1), Momentum(0.1), Adam(0.1)):
        params = {"a": np.ones(2), "b": np.ones(2)}
        with pytest.raises(ValueError, match=r"grads must hold a gradient for 'b'; got \['a'\]"):
            optimizer.step(params, {"a": np.ones(2)})
        with pytest.raises(ValueError, match=r"grads\['b'\] must have shape \(2,\), .* got shape \(1,\)"):
            optimizer.step(params, {"a": np.ones(2), "b": np.ones(1)})
        assert params["a"].tolist() == params["b"].tolist() == [1, 1]
        optimizer.step(params, {"a": np.ones(2), "b": np.ones(2)})
        np.testing.assert_allclose(params["a"], 0.9, atol=1e-8)  # Adam has not counted the failures


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: SGD("fast"), TypeError, "rate must be a real number; got 'fast' of type str"),
        (lambda: SGD(True), TypeError, "rate must be a real number; got True"),
        (lambda: SGD(0), ValueError, "rate must be above 0 and finite; got 0.0"),
        (lambda: Momentum(-0.1), ValueError, "rate must be above 0 and finite; got -0.1"),
        (lambda: Adam(np.nan), ValueError, "rate must be above 0 and finite; got nan"),
        (lambda: Adam(np.inf), ValueError, "rate must be above 0 and finite; got inf"),
        (lambda: Momentum(0.1, 1), ValueError, "momentum must be at least 0 and below 1; got 1.0"),
        (lambda: Momentum(0.1, -0.1), ValueError, "momentum must be at least 0 and below 1; got -0.1"),
        (lambda: Adam(0.1, beta1=1.5), ValueError, "beta1 must be at least 0 and below 1; got 1.5"),
        (lambda: Adam(0.1, beta2=None), TypeError, "beta2 must be a real number; got None"),
        (lambda: Adam(0.1, epsilon=0), ValueError, "epsilon must be above 0 and finite; got 0.0"),
        (
            lambda: Optimizer(0.1).step({"w": np.ones(1)}, {"w": np.ones(1)}),
            NotImplementedError,
            "Optimizer must define _change",
        ),
    ],
)
def test_errors(make, error, message):
    with pytest.raises(error, match=message):
        make()
