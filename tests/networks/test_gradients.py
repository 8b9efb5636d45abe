"""The check of gradients: it must see what is wrong, and nothing else."""

import numpy as np
import pytest

from lecturelib import networks as nn


def rng():
    return np.random.default_rng(0)


def test_numerical_gradient_by_hand():
    np.testing.assert_allclose(
        nn.numerical_gradient(lambda x: float((x**2).sum()), [[1, 3], [-2, 0]]), [[2, 6], [-4, 0]], atol=1e-9
    )
    # a parabola's central difference is exact whatever h; a cubic's is off by h²
    assert nn.numerical_gradient(lambda x: x[0] ** 3, [2.0], h=0.5).tolist() == [12.25]
    np.testing.assert_allclose(nn.numerical_gradient(np.sin, np.array(0.0)), 1, atol=1e-9)


def test_numerical_gradient_of_some_entries():
    x = np.arange(6.0).reshape(2, 3).T  # in column order: entries count along the rows all the same
    x.flags.writeable = False
    gradient = nn.numerical_gradient(lambda a: float(a @ [1, 10] @ [1, 2, 3]), x, entries=[0, 5])
    np.testing.assert_allclose(gradient, [[1, np.nan], [np.nan, np.nan], [np.nan, 30]], atol=1e-8)


@pytest.mark.parametrize("x", [-0.3, 0.0, 0.2])
def test_numerical_gradient_at_a_kink_is_neither_slope(x):
    gradient = nn.numerical_gradient(lambda a: abs(a[0]), [x])
    np.testing.assert_allclose(gradient, [np.sign(x)], atol=1e-9)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"h": 0}, ValueError, "h must be positive and finite; got 0.0"),
        ({"h": np.inf}, ValueError, "h must be positive and finite; got inf"),
        ({"h": "small"}, TypeError, "h must be a real number; got 'small'"),
        ({"entries": [0.0]}, TypeError, "entries must hold integers; got an array of dtype float64"),
        ({"entries": [2, 3]}, ValueError, "entries must be 0 to 2; got 2 to 3"),
        ({"entries": [-1]}, ValueError, "entries must be 0 to 2; got -1 to -1"),
        ({"entries": []}, ValueError, "entries must not be empty"),
    ],
)
def test_numerical_gradient_errors(options, error, message):
    with pytest.raises(error, match=message):
        nn.numerical_gradient(np.sum, [1.0, 2, 3], **options)


class TransposedKernel(nn.Conv):
    """Correlates back where it should convolve: the kernel is not flipped."""

    def backward(self, dy):
        w = self.params["w"].copy()
        self.params["w"][...] = w[:, :, ::-1, ::-1]
        dx = super().backward(dy)
        self.params["w"][...] = w
        return dx


class SwappedAxes(nn.Conv):
    """Rows for columns in the gradient of a square kernel."""

    def backward(self, dy):
        dx = super().backward(dy)
        self.grads["w"] = self.grads["w"].swapaxes(2, 3)
        return dx


class MissingFactor(nn.LpPool):
    """The derivative of the square root without its half."""

    def backward(self, dy):
        return 2 * super().backward(dy)


class ForgottenOverlap(nn.MaxPool):
    """An input that wins several windows gets the gradient of the last one only."""

    def backward(self, dy):
        x, dx = self._saved(), np.zeros(self._saved().shape)
        for n, c, i, j in np.ndindex(dy.shape):
            window = x[n, c, i : i + 3, j : j + 3]
            row, column = np.unravel_index(window.argmax(), window.shape)
            dx[n, c, i + row, j + column] = dy[n, c, i, j]
        return dx


class WrongBorder(nn.SubtractiveNorm):
    """One border's gradient has the wrong sign."""

    def backward(self, dy):
        dx = super().backward(dy)
        dx[..., -1] *= -1
        return dx


class BatchForgotten(nn.Dense):
    """The bias hears of the first sample only."""

    def backward(self, dy):
        dx = super().backward(dy)
        self.grads["b"] = dy[0]
        return dx


class MeanOfBatch(nn.Dense):
    """Divides by the batch, which the loss has done already."""

    def backward(self, dy):
        dx = super().backward(dy)
        self.grads["w"] = self.grads["w"] / len(dy)
        return dx


class ConstantDivisor(nn.DivisiveNorm):
    """Takes the divisor for a constant."""

    def backward(self, dy):
        x = self._saved()
        return dy * self.forward(x) / x


IMAGES = (2, 2, 6, 5)


@pytest.mark.parametrize(
    ("layer", "shape", "wrong"),
    [
        (TransposedKernel(2, 3, 3, rng=rng()), IMAGES, {"x"}),
        (SwappedAxes(2, 3, 3, rng=rng()), IMAGES, {"w"}),
        (MissingFactor(2), IMAGES, {"x"}),
        (ForgottenOverlap(3, stride=1), IMAGES, {"x"}),
        (WrongBorder(np.ones((3, 3))), IMAGES, {"x"}),
        (BatchForgotten(4, 3, rng=rng()), (3, 4), {"b"}),
        (MeanOfBatch(4, 3, rng=rng()), (3, 4), {"w"}),
        (ConstantDivisor(np.ones((3, 3)), c=0.1), IMAGES, {"x"}),
    ],
)
def test_a_wrong_backward_pass_is_seen_and_nothing_else(layer, shape, wrong):
    x = rng().normal(size=shape)
    errors = nn.gradient_check(layer, x, entries=200)
    assert {name for name, error in errors.items() if error > 1e-3} == wrong
    assert {name for name, error in errors.items() if error > 1e-7} == wrong
    right = type(layer).__bases__[0]
    layer.__class__ = right  # the same layer with its own backward pass
    assert max(nn.gradient_check(layer, x).values()) < 1e-7


def test_a_small_wrong_gradient_is_seen_as_well():
    layer = MeanOfBatch(4, 3, rng=rng())
    errors = nn.gradient_check(layer, 0.01 * rng().normal(size=(2, 4)))
    assert errors["w"] == pytest.approx(0.5, rel=1e-6)  # half of it was missing
    errors = nn.gradient_check(layer, 1e-6 * rng().normal(size=(2, 4)))
    assert errors["w"] < 1e-2  # below 0.001 the difference counts as it is


def test_a_wrong_layer_inside_a_network_is_named():
    net = nn.Sequential(nn.Flatten(), nn.Dense(60, 5, rng=rng()), nn.Tanh(), MeanOfBatch(5, 3, rng=rng()))
    errors = nn.gradient_check(net, rng().normal(size=IMAGES))
    assert {name for name, error in errors.items() if error > 1e-7} == {"3.w"}


def test_parameters_and_inputs_are_put_back():
    layer, x = nn.Conv(2, 3, 3, rng=rng()), rng().normal(size=IMAGES)
    x.flags.writeable = False
    before = {name: array.copy() for name, array in layer.params.items()}
    nn.gradient_check(layer, x)
    for name, array in layer.params.items():
        np.testing.assert_array_equal(array, before[name])

    class Fails(nn.Dense):
        calls = 0

        def forward(self, x):
            self.calls += 1
            if self.calls == 20:  # in the middle of the weights
                raise ZeroDivisionError
            return super().forward(x)

    layer = Fails(3, 4, rng=rng())
    before = layer.params["w"].copy()
    with pytest.raises(ZeroDivisionError):
        nn.gradient_check(layer, np.ones((1, 3)))
    np.testing.assert_array_equal(layer.params["w"], before)


def test_the_generator_chooses():
    layer, x = nn.Dense(20, 10, rng=rng()), rng().normal(size=(4, 20))
    assert nn.gradient_check(layer, x) == nn.gradient_check(layer, x, rng=np.random.default_rng(0))
    assert nn.gradient_check(layer, x) != nn.gradient_check(layer, x, rng=np.random.default_rng(1))


def test_a_dead_layer_is_right():
    layer = nn.Conv(2, 3, 3, gain=0, rng=rng())
    assert max(nn.gradient_check(layer, rng().normal(size=IMAGES)).values()) < 1e-7


class Forgetful(nn.Dense):
    def backward(self, dy):
        dx = super().backward(dy)
        del self.grads["b"]
        return dx


class Broadcasting(nn.Dense):
    def backward(self, dy):
        dx = super().backward(dy)
        self.grads["b"] = dy.sum()
        return dx


@pytest.mark.parametrize(
    ("layer", "options", "error", "message"),
    [
        (np.tanh, {}, TypeError, "layer must be a layer; got ufunc"),
        (nn.Tanh(), {"entries": 0}, ValueError, "entries must be at least 1; got 0"),
        (nn.Tanh(), {"entries": 4.0}, TypeError, "entries must be an integer; got 4.0"),
        (nn.Tanh(), {"h": -1}, ValueError, "h must be positive and finite; got -1.0"),
        (nn.Tanh(), {"rng": 3}, TypeError, "rng must be a numpy.random.Generator; got int"),
        (
            nn.Dense(3, 2, rng=rng(), dtype="f4"),
            {},
            TypeError,
            "must have float64 parameters .* 'w' is float32",
        ),
        (Forgetful(3, 2, rng=rng()), {}, ValueError, r"must have a gradient for 'b'; got \['w', 'x'\]"),
        (Broadcasting(3, 2, rng=rng()), {}, ValueError, r"of shape \(2,\) for 'b'; got shape \(\)"),
    ],
)
def test_errors(layer, options, error, message):
    with pytest.raises(error, match=message):
        nn.gradient_check(layer, np.ones((2, 3)), **options)


def test_inputs_must_be_real():
    with pytest.raises(TypeError, match="x must hold real numbers"):
        nn.gradient_check(nn.Tanh(), [1j])
