"""The tape: every primitive by differences, and every hand-written gradient by the chain rule."""

import numpy as np
import pytest

import lecturelib as ll
from lecturelib import networks as nn
from lecturelib.networks import tape
from lecturelib.networks.tape import Value
from lecturelib.operators.groups import p4_pool_backward
from tests.networks import tape_layers as by_tape
from tests.networks.layer_cases import TABLE, WINDOW


def rng():
    return np.random.default_rng(0)


def gradients(function, *arrays):
    """Gradients of a weighted sum of what a function of values gives."""
    values = [Value(a) for a in arrays]
    y = function(*values)
    weights = np.random.default_rng(1).normal(size=y.data.shape)
    (y * weights).sum().backward()
    return y.data, weights, [v.grad for v in values]


A, B = rng().normal(size=(2, 3, 4)), rng().normal(size=(3, 4)) + 3
INDEX = (slice(None), np.array([[0, 2], [1, 2]]), np.array([3, 3]))  # some entries more than once

PRIMITIVES = {
    "add": (lambda a, b: a + b, A, A + 1),
    "add-broadcast": (lambda a, b: a + b, A, B),
    "add-column": (lambda a, b: a + b, A, B[:, :1]),
    "add-scalar": (lambda a, b: a + b, A, np.array(2.0)),
    "both-broadcast": (lambda a, b: a * b, B[:, :1], A[:, :1, :]),
    "mul": (lambda a, b: a * b, A, B),
    "sub": (lambda a, b: a - b, A, B),
    "div": (lambda a, b: a / b, A, B),
    "numbers": (lambda a: 3 - (2 * a + 1) / 4 - 5 / (a * a + 1) + a * 2, A),
    "arrays": (lambda a: B - (B * a + B) / B - B / (a * a + 1), A),
    "neg": (lambda a: -a, A),
    "power": (lambda a: a**3, A),
    "root": (lambda b: b**0.5, B),
    "inverse": (lambda b: b**-2, B),
    "matmul": (lambda a, b: a @ b, B, B.T + 1),
    "matmul-batch": (lambda a, b: a @ b, A, B.T),
    "matmul-batches": (lambda a, b: a @ b, A[:, None], A.swapaxes(1, 2)),
    "matmul-array": (lambda a: a @ B.T, A),
    "index": (lambda a: a[1, :, ::2], A),
    "index-again": (lambda a: a[INDEX], A),
    "index-mask": (lambda a: a[A > 0], A),
    "index-one": (lambda a: a[0, 1, 2], A),
    "sum": (lambda a: a.sum(), A),
    "sum-axis": (lambda a: a.sum(1), A),
    "sum-axes": (lambda a: a.sum((0, -1)), A),
    "reshape": (lambda a: a.reshape(4, -1), A),
    "transpose": (lambda a: a.transpose(2, 0, 1), A),
    "transpose-from-behind": (lambda a: a.transpose(0, -1, 1), A),
    "exp": (lambda a: a.exp(), A),
    "log": (lambda b: b.log(), B),
    "abs": (lambda a: a.abs(), A),
    "relu": (lambda a: a.relu(), A),
    "max": (lambda a: a.max(1), A),
    "max-last": (lambda a: a.max(-1), A),
    "max-of-one-axis": (lambda a: a.max(0), A[0, 0]),
    "pad": (lambda a: a.pad([(1, 0), (0, 2)]), A),
    "reused": (lambda a: a * a + a, A),
    "diamond": (lambda a: (a * 2) * (a * 2).exp() + (a * 2), A),
    "windows": (lambda a: tape.windows(a, (2, 3), stride=1), A),
    "conv": (lambda a, b: tape.conv(a, b, stride=2, padding=1), A[None], rng().normal(size=(5, 2, 2, 3))),
    "pool": (lambda a: tape.max_pool(a, (2, 1), stride=1), A[None]),
    "loss": (lambda a: tape.softmax_cross_entropy(a, [0, 2, 1]), A[0]),
}


@pytest.mark.parametrize("name", PRIMITIVES)
def test_every_primitive_by_differences(name):
    function, *arrays = PRIMITIVES[name]
    y, weights, grads = gradients(function, *arrays)
    assert len(grads) == len(arrays)
    for i, array in enumerate(arrays):

        def loss(changed, i=i):
            values = [Value(changed if j == i else a) for j, a in enumerate(arrays)]
            return float((function(*values).data * weights).sum())

        assert grads[i].shape == array.shape
        np.testing.assert_allclose(grads[i], nn.numerical_gradient(loss, array), rtol=1e-7, atol=1e-8)


def test_values_are_those_of_numpy():
    a, b = Value(A), Value(B)
    for mine, theirs in [
        ((a - b) / b, (A - B) / B),
        (2 - a, 2 - A),
        (B / (a + 9), B / (A + 9)),
        (a @ B.T, A @ B.T),
        (a[INDEX], A[INDEX]),
        (a.sum(1), A.sum(1, keepdims=True)),
        (a.max(2), A.max(2, keepdims=True)),
        (a.max(-3), A.max(0, keepdims=True)),
        (a.abs() ** 0.5, np.abs(A) ** 0.5),
        (a.pad([(1, 2)]), np.pad(A, [(0, 0), (0, 0), (1, 2)])),
    ]:
        np.testing.assert_allclose(mine.data, theirs, rtol=1e-15)


def test_a_value_used_twice_gets_both_gradients():
    x = Value(3.0)
    (x * x + x).backward()
    assert x.grad == 7
    x, y = Value([1.0, 2]), Value([5.0, 6])
    z = x * y
    (z + z * x).sum().backward()  # xy + x²y
    assert x.grad.tolist() == [15, 30] and y.grad.tolist() == [2, 6] and z.grad.tolist() == [2, 3]


def test_at_a_kink_as_the_layers_do():
    x = Value([0.0, -1, 2])
    (x.relu() + 10 * x.abs()).sum().backward()
    assert x.grad.tolist() == [0, -10, 11]
    x = Value([[1.0, 5, 5]])
    x.max(1).sum().backward()
    assert x.grad.tolist() == [[0, 1, 0]]


def test_arrays_are_left_alone():
    a = A.copy()
    a.flags.writeable = False
    x = Value(a)
    (x * x).sum().backward()
    (x * x).sum().backward()
    np.testing.assert_allclose(x.grad, 4 * A)  # as the docstring says, gradients add up
    assert Value([1, 2]).data.dtype == np.float64 and Value(2).grad == 0


def test_a_small_network_gives_what_the_layers_give():
    """Convolution, ReLU, max pooling, dense, cross-entropy: the same loss, the same gradients."""
    x, labels = rng().normal(size=(5, 2, 9, 8)), np.array([0, 3, 2, 2, 1])
    net = nn.Sequential(
        nn.Conv(2, 4, (3, 2), stride=2, padding=1, rng=rng()),
        nn.ReLU(),
        nn.MaxPool((2, 3), stride=1),
        nn.Flatten(),
        nn.Dense(4 * 4 * 3, 4, rng=rng()),
    )
    net.params["0.b"][...] = [0.1, -0.2, 0.3, 0]
    loss, gradient = nn.softmax_cross_entropy(net.forward(x), labels)
    dx = net.backward(gradient)
    values = {name: Value(array) for name, array in {"x": x, **net.params}.items()}
    y = tape.conv(values["x"], values["0.w"], stride=2, padding=1) + values["0.b"].reshape(1, -1, 1, 1)
    y = tape.max_pool(y.relu(), (2, 3), stride=1)
    y = y.reshape(len(x), -1) @ values["4.w"].transpose(1, 0) + values["4.b"]
    total = tape.softmax_cross_entropy(y, labels)
    total.backward()
    assert abs(total.data.item() - loss) < 1e-12
    for name, expected in {"x": dx, **net.grads}.items():
        np.testing.assert_allclose(values[name].grad, expected, rtol=0, atol=1e-12)


X, V = rng().normal(size=(2, 4, 7, 9)), rng().normal(size=(2, 3, 4, 7, 9))
PAIRS = ((1, 0), (2, 1))


def random(*shape):
    return np.random.default_rng(7).normal(size=shape)


def kernels(name, arrays, options, tape_options=None):
    """A layer x, w, b -> y, whose backward pass gives three gradients."""
    operator, backward, mine = getattr(ll, name), getattr(ll, f"{name}_backward"), getattr(by_tape, name)
    return (
        arrays,
        lambda x, w, b: operator(x, w, b=b, **options),
        lambda dy, x, w, b: backward(dy, x, w, **options),
        lambda x, w, b: mine(x, w, b, **(tape_options or options)),
    )


def stage(name, x, *arguments, backward=None, **options):
    """A stage x -> y, with the same arguments on the tape."""
    operator, mine, back = (
        getattr(ll, name),
        getattr(by_tape, name),
        backward or getattr(ll, f"{name}_backward"),
    )
    return (
        (x,),
        lambda x: operator(x, *arguments, **options),
        lambda dy, x: (back(dy, x, *arguments, **options),),
        lambda x: mine(x, *arguments, **options),
    )


BASIC = {"stride": (2, 3), "padding": PAIRS}
DILATED = {**BASIC, "dilation": (2, 1)}
UP = {"stride": (2, 3), "padding": ((1, 0), (1, 1)), "dilation": (1, 2)}
MAX = {"stride": (2, 1), "padding": PAIRS, "dilation": (1, 2)}


def dense_case():
    layer = nn.Dense(9, 5, rng=rng())
    layer.params["b"][...] = random(5)

    def backward(dy, x, w, b):
        return layer.backward(dy), layer.grads["w"], layer.grads["b"]

    arrays = (random(3, 9), layer.params["w"], layer.params["b"])
    return arrays, lambda x, w, b: layer.forward(x), backward, lambda x, w, b: x @ w.transpose(1, 0) + b


def loss_case():
    labels = rng().integers(4, size=(2, 7, 9))
    return (
        (X,),
        lambda x: np.reshape(nn.softmax_cross_entropy(x, labels)[0], (1,)),
        lambda dy, x: (dy * nn.softmax_cross_entropy(x, labels)[1],),
        lambda x: by_tape.softmax_cross_entropy(x, labels).reshape(1),
    )


JACOBIANS = {
    "conv": kernels("conv", (X, random(6, 4, 3, 2), random(6)), BASIC),
    "conv-dilated": kernels("conv", (X, random(6, 4, 3, 2), random(6)), DILATED),
    "conv-grouped": kernels("conv", (X, random(6, 2, 3, 2), random(6)), {**DILATED, "groups": 2}),
    "conv-depthwise": kernels("conv", (X, random(8, 1, 3, 4), random(8)), {**BASIC, "groups": 4}),
    "conv-transpose": kernels(
        "conv_transpose",
        (X, random(4, 5, 3, 4), random(5)),
        {**UP, "output_padding": (1, 2)},
        {**UP, "extra": (1, 2)},
    ),
    "local": kernels("locally_connected", (X, random(3, 3, 4, 4, 3, 2), random(3, 3, 4)), BASIC),
    "tiled": kernels("tiled_conv", (X, random(2, 3, 5, 4, 3, 2), random(2, 3, 5)), BASIC),
    "partial": (
        (X[:, :3], random(TABLE.sum(), 3, 2), random(4)),
        lambda x, w, b: ll.partially_connected(x, w, TABLE, b, **DILATED),
        lambda dy, x, w, b: ll.partially_connected_backward(dy, x, w, TABLE, **DILATED),
        lambda x, w, b: by_tape.partially_connected(x, w, b, TABLE, **DILATED),
    ),
    "max": stage("max_pool", X, (3, 4), **MAX),
    "average": stage("avg_pool", X, (3, 4), **MAX, count_include_pad=False),
    "average-counted": stage("avg_pool", X, (3, 4), **MAX, count_include_pad=True),
    "lp2": stage("lp_pool", X, (3, 4), p=2, **MAX),
    "lp3": stage("lp_pool", X, (3, 4), p=3, **MAX),
    "weighted": stage("weighted_pool", X, random(3, 4), stride=(2, 1)),
    "adaptive-max": stage("adaptive_pool", X, (3, 2), how="max"),
    "adaptive-average": stage("adaptive_pool", X, (3, 2), how="average"),
    "global-max": stage("global_pool", X, how="max"),
    "global-average": stage("global_pool", X, how="average"),
    "maxout": stage("maxout", X, 2),
    "relu": stage("relu", X),
    "rectify": stage("rectify", X),
    "tanh": stage("tanh", X),
    "subtractive": stage("subtractive_normalization", X, WINDOW, boundary="zeros"),
    "subtractive-circular": stage("subtractive_normalization", X, WINDOW, boundary="circular"),
    "divisive": stage("divisive_normalization", X, WINDOW, c=1.0, boundary="zeros"),
    "divisive-mean": stage("divisive_normalization", X, WINDOW, c="mean", boundary="zeros"),
    "divisive-mean-reflect": stage("divisive_normalization", X, WINDOW, c="mean", boundary="reflect"),
    "cross-entropy": loss_case(),
    "dense": dense_case(),
    "p4-lift": kernels("p4_lift", (X, random(3, 4, 3, 3), random(3)), {"padding": PAIRS}),
    "p4-conv": kernels("p4_conv", (V, random(2, 3, 4, 2, 2), random(2)), {"padding": PAIRS}),
    "p4-pool-max": stage("p4_pool", V, how="max", backward=p4_pool_backward),
    "p4-pool-average": stage("p4_pool", V, how="average", backward=p4_pool_backward),
}


@pytest.mark.parametrize("name", JACOBIANS)
def test_every_hand_written_gradient_is_the_tapes(name):
    arrays, forward, backward, on_tape = JACOBIANS[name]
    y, dy, grads = gradients(on_tape, *arrays)
    np.testing.assert_allclose(forward(*arrays), y, rtol=0, atol=1e-10)
    expected = backward(dy, *arrays)
    assert len(grads) == len(expected)
    for mine, theirs in zip(grads, expected, strict=True):
        assert np.abs(theirs).max() > 1e-3  # a gradient of zeros would prove nothing
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-10)


LABELS = ([0, 1], r"labels must have shape \(3,\)"), ([0, 1, -1], "labels must be 0 to 3; got -1 to 1")
ERRORS = [
    (lambda: tape.windows(Value(A), (2, 5)), "must fit into the padded input of 4 samples"),
    (lambda: tape.conv(Value(X), Value(X[:, :3])), r"w must have shape \(F, 4, \*K\) .* \(2, 3, 7, 9\)"),
    (lambda: tape.conv(Value(X), Value(X[0])), r"with 4 axes like x; got shape \(4, 7, 9\)"),
    (lambda: tape.conv(Value(X), Value(V)), r"with 4 axes like x; got shape \(2, 3, 4, 7, 9\)"),
    (lambda: tape.max_pool(Value(X), (8, 1), stride=1), "must fit into the padded input of 7 samples"),
    *((lambda k=k: tape.softmax_cross_entropy(Value(A[0]), k), message) for k, message in LABELS),
]


@pytest.mark.parametrize(("call", "message"), ERRORS)
def test_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()

    with pytest.raises(TypeError, match="labels must hold integers; got an array of dtype float64"):
        tape.softmax_cross_entropy(Value(A[0]), [0.0, 1, 1])
