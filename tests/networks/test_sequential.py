"""Sequential: shapes, counts and receptive fields of a chain, told beforehand and found to be so."""

import numpy as np
import pytest

from lecturelib import networks as nn
from lecturelib import random_connections


def rng():
    return np.random.default_rng(0)


def lecun():
    """LeCun's chain: 83 -> 75 -> 14 -> 6 -> 1; the second pool makes one number of a map."""
    table = random_connections(rng(), 256, 64, 16)
    return nn.Sequential(
        nn.Conv(1, 64, 9, rng=rng()),
        nn.MaxPool(10, stride=5),
        nn.PartiallyConnected(table, 9, rng=rng()),
        nn.MaxPool(6),
    )


def test_lecuns_chain():
    summary = lecun().summary((1, 83, 83))
    assert [row.output_shape for row in summary.rows] == [
        (64, 75, 75),
        (64, 14, 14),
        (256, 6, 6),
        (256, 1, 1),
    ]
    assert [row.receptive_field for row in summary.rows] == [(9, 9), (18, 18), (58, 58), (83, 83)]
    assert [row.parameters for row in summary.rows] == [5184 + 64, 0, 4096 * 81 + 256, 0]
    assert [row.multiply_adds for row in summary.rows] == [29_160_000, 0, 4096 * 81 * 36, 0]
    assert lecun().layers[2].params["w"].shape == (4096, 9, 9)
    assert summary.parameters == 337_280 and summary.multiply_adds == 29_160_000 + 11_943_936
    assert str(summary).splitlines() == [
        "layer                 output  parameters  multiply-adds  sees",
        "input                1×83×83",
        "Conv                64×75×75       5,248     29,160,000     9",
        "MaxPool             64×14×14           0              0    18",
        "PartiallyConnected   256×6×6     332,032     11,943,936    58",
        "MaxPool              256×1×1           0              0    83",
        "all                              337,280     41,103,936",
    ]


def test_lecuns_chain_runs():
    net = lecun()
    assert net.forward(rng().normal(size=(1, 1, 83, 83))).shape == (1, 256, 1, 1)


def small():
    return nn.Sequential(
        nn.Conv(1, 4, (3, 2), padding=((1, 0), (0, 0)), rng=rng()),
        nn.ReLU(),
        nn.MaxPool(2),
        nn.Flatten(),
        nn.Dense(48, 10, rng=rng()),
        nn.Tanh(),
    )


def test_a_summary_by_hand():
    """A non-square input, a flattened map whose units see what they saw, and units that see all."""
    summary = small().summary([1, 7, 9])
    assert summary.input_shape == (1, 7, 9)
    assert repr(summary).splitlines() == [
        "layer    output  parameters  multiply-adds        sees",
        "input     1×7×9",
        "Conv      4×6×8          28          1,152         3×2",
        "ReLU      4×6×8           0              0         3×2",
        "MaxPool   4×3×4           0              0         4×3",
        "Flatten      48           0              0         4×3",
        "Dense        10         490            480  everything",
        "Tanh         10           0              0  everything",
        "all                     518          1,632",
    ]
    net = small()
    assert net.output_shape((1, 7, 9)) == (10,) and net.windows((1, 7, 9)) is None
    assert (net.parameter_count(), net.multiply_adds((1, 7, 9))) == (518, 1632)
    assert net.forward(rng().normal(size=(3, 1, 7, 9))).shape == (3, 10)


def test_without_places_there_is_nothing_to_see():
    net = nn.Sequential(nn.ReLU(), nn.Dense(5, 2, rng=rng()))
    assert str(net.summary((5,))).splitlines()[2].split() == ["ReLU", "5", "0", "0"]
    assert nn.Sequential(nn.ReLU()).windows((5,)) == ()


def fields_found(net, shape):
    """Rows and columns between the first and the last input that moves the output in the middle."""
    x = rng().normal(size=(1, *shape))
    dy = np.zeros(net.forward(x).shape)
    dy[(0, 0, *(n // 2 for n in dy.shape[2:]))] = 1
    moved = np.argwhere(net.backward(dy)[0].any(0))
    return tuple(int(n) for n in np.ptp(moved, axis=0) + 1)


@pytest.mark.parametrize(
    ("layers", "shape"),
    [
        ((nn.Conv(1, 2, (3, 5), rng=rng()), nn.Conv(2, 1, (2, 3), rng=rng())), (1, 20, 23)),
        ((nn.Conv(1, 2, 3, stride=(2, 3), rng=rng()), nn.Conv(2, 1, 3, dilation=2, rng=rng())), (1, 30, 40)),
        (
            (nn.Conv(1, 2, 9, rng=rng()), nn.AveragePool(10, stride=5), nn.Conv(2, 1, 9, rng=rng())),
            (1, 83, 85),
        ),
        ((nn.LocallyConnected((1, 19, 17), 2, 3, stride=2, rng=rng()), nn.LpPool((2, 3))), (1, 19, 17)),
        ((nn.TiledConv(1, 2, 3, 2, stride=2, rng=rng()), nn.Tanh(), nn.AveragePool(2)), (1, 20, 22)),
        ((nn.SubtractiveNorm(np.ones((3, 5))), nn.Conv(1, 1, 2, rng=rng())), (1, 12, 13)),
        ((nn.LocalContrastNorm(np.ones((3, 5)), c=1e-9), nn.AveragePool(2)), (1, 15, 21)),
        ((nn.Conv(1, 2, (3,), stride=2, rng=rng()), nn.Conv(2, 1, (4,), stride=3, rng=rng())), (1, 40)),
        ((nn.ConvTranspose(1, 2, (5, 4), rng=rng()), nn.Conv(2, 1, 3, rng=rng())), (1, 15, 14)),
        ((nn.ConvTranspose(1, 1, 4, stride=2, rng=rng()),), (1, 9, 11)),
        ((nn.AdaptivePool((3, 4), how="average"), nn.Conv(1, 1, 2, rng=rng())), (1, 12, 16)),
    ],
)
def test_receptive_fields_are_those_of_the_gradient(layers, shape):
    net = nn.Sequential(*layers)
    field = fields_found(net, shape)
    assert field == net.summary(shape).rows[-1].receptive_field
    windows = net.windows(shape)
    assert tuple(k for k, _, _ in windows) == field
    nested = nn.Sequential(
        nn.Sequential(*layers), nn.Flatten(), nn.Tanh()
    )  # and a network is a layer like others
    assert nested.summary(shape).rows[-1].receptive_field == field
    assert nested.windows(shape) == windows


def test_behind_an_upsampling_layer_the_field_is_an_upper_bound():
    net = nn.Sequential(nn.ConvTranspose(1, 2, 2, stride=2, rng=rng()), nn.Conv(2, 1, 3, rng=rng()))
    assert net.summary((1, 9, 9)).rows[-1].receptive_field == (3, 3) > fields_found(net, (1, 9, 9)) == (2, 2)


def test_a_chain_does_what_its_layers_do():
    net, x = small(), rng().normal(size=(2, 1, 7, 9))
    y = x
    for layer in net.layers:
        y = layer.forward(y)
    np.testing.assert_array_equal(net.forward(x), y)
    dy = rng().normal(size=y.shape)
    dx = net.backward(dy)
    for layer in reversed(net.layers):
        dy = layer.backward(dy)
    np.testing.assert_array_equal(dx, dy)
    assert list(net.params) == list(net.grads) == ["0.w", "0.b", "4.w", "4.b"]
    assert net.params["4.w"] is net.layers[4].params["w"]
    assert net.grads["0.b"] is net.layers[0].grads["b"]
    net.params["4.b"][...] = 7
    assert (net.layers[4].params["b"] == 7).all()


def test_gradients_of_whole_networks():
    smooth = nn.Sequential(
        nn.Conv(2, 4, 3, stride=(1, 2), padding="same", rng=rng()),
        nn.Tanh(),
        nn.LocalContrastNorm(np.ones((3, 3)), c=2),
        nn.Sequential(nn.ConvTranspose(4, 2, 2, stride=2, rng=rng()), nn.LpPool(2)),
        nn.AveragePool((2, 1)),
        nn.Flatten(),
        nn.Dense(18, 3, rng=rng()),
    )
    x = rng().normal(size=(2, 2, 6, 5))
    errors = nn.gradient_check(smooth, x)
    assert set(errors) == {"x", "0.w", "0.b", "3.0.w", "3.0.b", "6.w", "6.b"}
    assert max(errors.values()) < 1e-7
    assert max(nn.gradient_check(small(), rng().normal(size=(2, 1, 7, 9))).values()) < 1e-7


def test_no_forward_pass_no_backward_pass():
    with pytest.raises(RuntimeError, match="Tanh.backward needs a forward pass first"):
        small().backward(np.ones((1, 10)))


def test_a_layer_that_cannot_take_its_input_is_named():
    net = small()
    message = r"layer 4 \(Dense\) cannot take an input of \(64,\): input_shape must be \(48,\); got \(64,\)"
    for method in (net.output_shape, net.summary, net.multiply_adds, net.windows):
        with pytest.raises(ValueError, match=message):
            method((1, 9, 9))
    with pytest.raises(ValueError, match=r"layer 4 \(Dense\) cannot take an input of \(64,\): x must have"):
        net.forward(np.ones((2, 1, 9, 9)))
    with pytest.raises(ValueError, match=r"layer 0 \(Conv\) cannot take .* with 1 channels and 2 axes"):
        net.summary((3, 7, 9))
    with pytest.raises(ValueError, match=r"layer 0 \(Conv\) .* \(1, 2, 1\): w must fit"):
        net.summary((1, 2, 1))
    nested = nn.Sequential(nn.ReLU(), nn.Sequential(nn.Maxout(2)))
    with pytest.raises(
        ValueError, match=r"layer 1 \(Sequential\) .*: layer 0 \(Maxout\) cannot .* 3 channels"
    ):
        nested.summary((3, 4, 4))
    with pytest.raises(
        ValueError, match=r"layer 1 \(Sequential\) .*: layer 0 \(Maxout\) cannot .* 3 channels"
    ):
        nested.forward(np.ones((1, 3, 4, 4)))


def test_other_errors():
    with pytest.raises(ValueError, match="layers must hold at least one layer; got none"):
        nn.Sequential()
    with pytest.raises(TypeError, match="layers must all be layers; got builtin"):
        nn.Sequential(nn.ReLU(), len)
    with pytest.raises(TypeError, match="layers must all be layers; got list"):
        nn.Sequential([nn.ReLU()])
    twice = nn.Tanh()
    with pytest.raises(ValueError, match="layers must all be different objects; got the same Tanh twice"):
        nn.Sequential(twice, nn.Sequential(nn.ReLU(), twice))
    with pytest.raises(TypeError, match="input_shape must be an integer; got 9.0"):
        small().summary((1, 9.0, 9))
    with pytest.raises(ValueError, match="input_shape must be at least 1; got 0"):
        small().summary((1, 0, 9))
