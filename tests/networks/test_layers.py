"""Layers: every backward pass against differences, every shape against what comes out."""

import numpy as np
import pytest

from lecturelib import avg_pool, conv
from lecturelib import networks as nn
from lecturelib.networks.layers.base import initial_weights, kernel_size
from tests.networks.layer_cases import CASES, TABLE, WINDOW

EVERY = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
LINEAR = {name: case for name, case in CASES.items() if case.linear}


def rng():
    return np.random.default_rng(0)


@EVERY
def test_backward_agrees_with_differences(case):
    errors = nn.gradient_check(case.layer(), case.x(), entries=25)
    assert set(errors) == {"x", *case.layer().params}
    assert max(errors.values()) < 1e-7, errors


@pytest.mark.parametrize("case", LINEAR.values(), ids=LINEAR)
def test_backward_is_the_adjoint_of_a_linear_layer(case):
    layer, x = case.layer(), case.x()
    y = layer.forward(x)
    dy = rng().normal(size=y.shape)
    constant = layer.forward(np.zeros_like(x))
    layer.forward(x)
    np.testing.assert_allclose(((y - constant) * dy).sum(), (x * layer.backward(dy)).sum(), rtol=1e-10)


@EVERY
def test_the_shape_is_known_beforehand(case):
    layer = case.layer()
    shape = layer.output_shape(case.shape)
    assert (2, *shape) == layer.forward(case.x()).shape
    assert isinstance(shape, tuple) and all(isinstance(n, int) for n in shape)
    assert layer.output_shape(list(case.shape)) == shape
    windows = layer.windows(case.shape)
    assert windows is None or len(windows) == len(case.shape) - 1
    assert layer.parameter_count() == sum(a.size for a in layer.params.values())


@EVERY
def test_single_precision_stays_and_inputs_are_left_alone(case):
    layer, x = case.layer(np.float32), case.x(np.float32)
    before = {name: array.copy() for name, array in layer.params.items()}
    y = layer.forward(x)
    dy = np.ones(y.shape)  # float64, as a careless loss would give it
    dy.flags.writeable = False
    dx = layer.backward(dy)
    assert y.dtype == np.float32 and dx.shape == x.shape
    if not isinstance(layer, nn.Flatten):  # which only passes on what it got
        assert dx.dtype == np.float32
    assert {name: (g.dtype, g.shape) for name, g in layer.grads.items()} == {
        name: (np.dtype("f4"), array.shape) for name, array in before.items()
    }
    np.testing.assert_array_equal(x, case.x(np.float32))
    for name, array in layer.params.items():
        np.testing.assert_array_equal(array, before[name])


@EVERY
def test_backward_needs_a_forward_pass_and_may_be_repeated(case):
    layer = case.layer()
    with pytest.raises(RuntimeError, match=f"{type(layer).__name__}.backward needs a forward pass first"):
        layer.backward(np.ones(1))
    y = layer.forward(case.x())
    dy = rng().normal(size=y.shape)
    first, grads = layer.backward(dy), dict(layer.grads)
    np.testing.assert_array_equal(layer.backward(dy), first)
    for name, gradient in layer.grads.items():
        np.testing.assert_array_equal(gradient, grads[name])
    with pytest.raises(ValueError, match="dy must have shape"):
        layer.backward(dy[:1])
    assert layer.backward(dy.tolist()).dtype == np.float64


@EVERY
def test_integers_count_as_float64(case):
    layer, x = case.layer(), np.rint(100 * case.x()).astype(int)
    y = layer.forward(x)
    assert y.dtype == np.float64
    np.testing.assert_array_equal(y, layer.forward(x.astype(float)))


def test_the_family_of_layers_shares_less_and_less():
    """3 channels, 16 × 16 inputs, 8 filters of 3 × 3: 14 × 14 places."""
    kinds = {
        "shared": nn.Conv(3, 8, 3, rng=rng()),
        "tiled": nn.TiledConv(3, 8, 3, 2, rng=rng()),
        "own": nn.LocallyConnected((3, 16, 16), 8, 3, rng=rng()),
    }
    sizes = {name: (k.params["w"].size, k.params["b"].size) for name, k in kinds.items()}
    assert sizes == {"shared": (216, 8), "tiled": (864, 32), "own": (42336, 1568)}
    assert {k.multiply_adds((3, 16, 16)) for k in kinds.values()} == {14 * 14 * 8 * 27}
    assert {k.output_shape((3, 16, 16)) for k in kinds.values()} == {(8, 14, 14)}


def test_multiply_adds_by_hand():
    assert nn.Conv(4, 6, 3, groups=2, rng=rng()).multiply_adds((4, 5, 7)) == 3 * 5 * 6 * 2 * 9
    assert nn.Conv(1, 2, (3,), stride=2, padding=1, dilation=2, rng=rng()).multiply_adds((1, 9)) == 4 * 2 * 3
    # every one of 3 × 5 inputs places 6 kernels of 2 × 2
    assert nn.ConvTranspose(4, 6, 2, stride=2, rng=rng()).multiply_adds((4, 3, 5)) == 4 * 15 * 6 * 4
    assert nn.PartiallyConnected(TABLE, 3, rng=rng()).multiply_adds((3, 5, 7)) == 7 * 9 * 15
    assert nn.Dense(7, 4, rng=rng()).multiply_adds((7,)) == 28
    assert nn.MaxPool(2).multiply_adds((3, 8, 8)) == nn.ReLU().multiply_adds((3,)) == 0


def test_windows_by_hand():
    layer = nn.Conv(1, 2, (3, 2), stride=(2, 1), dilation=(1, 4), rng=rng())
    assert layer.windows((1, 9, 9)) == ((3, 2, 1), (2, 1, 4))
    assert nn.ConvTranspose(1, 1, (5, 4), stride=(2, 4), rng=rng()).windows((1, 3, 3)) == (
        (3, 1, 1),
        (1, 1, 1),
    )
    assert nn.TiledConv(1, 1, 3, 2, stride=2, rng=rng()).windows((1, 9, 9)) == ((3, 2, 1), (3, 2, 1))
    assert nn.MaxPool((3, 2), dilation=2).windows((1, 9, 9)) == ((3, 3, 2), (2, 2, 2))
    assert nn.WeightedPool(np.ones((2, 4)), stride=1).windows((1, 9, 9)) == ((2, 1, 1), (4, 1, 1))
    assert nn.AdaptivePool((2, 4)).windows((1, 7, 8)) == ((4, 3, 1), (2, 2, 1))
    assert nn.GlobalPool().windows((1, 7, 8)) is nn.Dense(2, 2, rng=rng()).windows((2,)) is None
    assert nn.ReLU().windows((1, 7, 8)) == nn.Flatten().windows((1, 7, 8)) == ((1, 1, 1), (1, 1, 1))
    assert nn.SubtractiveNorm(np.ones((3, 5))).windows((1, 7, 8)) == ((3, 1, 1), (5, 1, 1))
    # squares of differences from a mean: a window upon a window
    assert nn.LocalContrastNorm(np.ones((3, 5)), c=1).windows((1, 7, 8)) == ((5, 1, 1), (9, 1, 1))
    assert nn.LocalContrastNorm(np.ones((3, 5))).windows((1, 7, 8)) is None  # the mean of sigma sees all


def test_a_locally_connected_layer_that_starts_equal_is_the_convolution():
    options = {"stride": (2, 1), "padding": ((1, 0), (2, 1)), "rng": rng()}
    local = nn.LocallyConnected((2, 7, 5), 3, (3, 2), equal=True, **options)
    shared = nn.Conv(2, 3, (3, 2), **{**options, "rng": rng()})
    x, w = rng().normal(size=(2, 2, 7, 5)), local.params["w"]
    np.testing.assert_array_equal(w, np.broadcast_to(shared.params["w"][:, None, None], w.shape))
    assert w.flags.writeable and w.strides[1] > 0  # copies, not one kernel seen many times
    y = local.forward(x)
    np.testing.assert_allclose(y, shared.forward(x), rtol=0, atol=1e-14)
    dy = rng().normal(size=y.shape)
    np.testing.assert_allclose(local.backward(dy), shared.backward(dy), rtol=0, atol=1e-13)
    np.testing.assert_allclose(local.grads["w"].sum((1, 2)), shared.grads["w"], atol=1e-13)
    np.testing.assert_allclose(local.grads["b"].sum((1, 2)), shared.grads["b"], atol=1e-13)
    apart = nn.LocallyConnected((2, 7, 5), 3, (3, 2), **{**options, "rng": rng()}).params["w"]
    assert np.ptp(apart, axis=(1, 2)).min() > 0


def test_a_layer_computes_what_its_operator_does():
    x, layer = rng().normal(size=(2, 4, 9, 8)), CASES["conv2d-everything"].layer()
    options = {"stride": (2, 1), "padding": ((1, 0), (0, 2)), "dilation": (2, 3), "groups": 2}
    np.testing.assert_array_equal(layer.forward(x), conv(x, layer.params["w"], layer.params["b"], **options))
    dense = nn.Dense(3, 2, rng=rng())
    dense.params["w"][...], dense.params["b"][...] = [[1, 10, 100], [1, 1, 1]], [0, 1000]
    assert dense.forward([[1, 2, 3]]).tolist() == [[321, 1006]]
    assert dense.backward([[1, 2]]).tolist() == [[3, 12, 102]]
    assert dense.grads["w"].tolist() == [[1, 2, 3], [2, 4, 6]] and dense.grads["b"].tolist() == [1, 2]
    infinite = dense.forward(np.array([[np.inf, 0, np.nan], [np.inf, 0, 0]]))
    assert np.isnan(infinite[0]).all() and (infinite[1] == np.inf).all()  # and no warning


def test_options_reach_the_pools():
    x = CASES["average-counted"].x()
    options = {"stride": 2, "padding": 1, "count_include_pad": True}
    np.testing.assert_array_equal(nn.AveragePool(3, **options).forward(x), avg_pool(x, 3, **options))
    tie = np.array([[[2.0, 7, 7]]])
    for make in (lambda **o: nn.MaxPool(3, **o), lambda **o: nn.AdaptivePool(1, **o), nn.GlobalPool):
        for options, expected in (({}, [0, 6, 0]), ({"ties": "share"}, [0, 3, 3])):
            layer = make(**options)
            assert layer.backward(6 * np.ones_like(layer.forward(tie))).ravel().tolist() == expected
    for ties, expected in (("first", [0, 6, 0]), ("share", [0, 3, 3])):
        layer = nn.Maxout(3, ties=ties)
        layer.forward(tie.swapaxes(1, 2))
        assert layer.backward([[[6]]]).ravel().tolist() == expected


def test_weights_keep_the_size_of_what_passes():
    w = nn.Conv(50, 40, 5, rng=rng()).params["w"]
    assert abs(w.std() - np.sqrt(2 / 1250)) < 2e-4 and abs(w.mean()) < 5e-4
    halves = nn.Conv(50, 40, 5, gain=1, dtype="f4", rng=rng()).params["w"]
    np.testing.assert_array_equal(halves, (w / np.sqrt(2)).astype("f4"))
    assert nn.Dense(800, 500, gain=3, rng=rng()).params["w"].std() == pytest.approx(
        3 / np.sqrt(800), rel=0.01
    )
    assert not nn.Conv(1, 1, 3, gain=0, rng=rng()).params["w"].any()
    up, x = nn.ConvTranspose(40, 30, 4, stride=2, gain=1, rng=rng()), rng().normal(size=(8, 40, 9, 9))
    assert up.forward(x)[..., 2:-2, 2:-2].std() == pytest.approx(1, rel=0.05)  # 4 of 16 taps meet an output


def test_sizes_of_kernels():
    given = (3, (3,), [3, 2], np.array([1, 2, 3]))
    assert [kernel_size(size) for size in given] == [(3, 3), (3,), (3, 2), (1, 2, 3)]


R = {"rng": rng()}
WRONG_KIND = [
    (lambda: nn.Conv(1, 2.0, 3, **R), "filters must be an integer; got 2.0"),
    (lambda: nn.Conv(1, 2, 3, bias="no", **R), "bias must be True or False; got 'no'"),
    (lambda: nn.Conv(1, 2, 3, gain="he", **R), "gain must be a real number; got 'he'"),
    (lambda: nn.Conv(1, 2, 3, rng=0), "rng must be a numpy.random.Generator; got int"),
    (lambda: nn.Conv(1, 2, 3, dtype=int, **R), "dtype must be a float type; got int64"),
    (lambda: nn.PartiallyConnected(TABLE * 1, 3, **R), "table must hold True and False; got .* int64"),
    (lambda: nn.LocallyConnected((1, 9, 9), 2, 3, equal=1, **R), "equal must be True or False; got 1"),
    (lambda: nn.Dense(1, True, **R), "outputs must be an integer; got True"),
    (lambda: nn.Dense(1, 1, bias=0, **R), "bias must be True or False; got 0"),
    (lambda: nn.WeightedPool(["a"]), "weights must hold numbers"),
    (lambda: nn.LocalContrastNorm(WINDOW, c=None), "c must be a real number; got None"),
]
WRONG_VALUE = [
    (lambda: nn.Conv(0, 1, 3, **R), "channels must be at least 1; got 0"),
    (lambda: nn.Conv(1, 2, (3, 3, 3, 3), **R), r"size must be one integer .* got \(3, 3, 3, 3\)"),
    (lambda: nn.Conv(1, 2, 0, **R), "size must be at least 1; got 0"),
    (lambda: nn.Conv(3, 2, 3, groups=2, **R), "groups must divide channels and filters; got 2 for 3 and 2"),
    (lambda: nn.Conv(1, 2, 3, stride=0, **R), "stride must be at least 1; got 0"),
    (lambda: nn.Conv(1, 2, 3, padding="wide", **R), "padding must be one of .* got 'wide'"),
    (lambda: nn.Conv(1, 2, 3, dilation=(1, 2, 3), **R), "dilation must be one integer or 2"),
    (lambda: nn.Conv(1, 2, 3, method="slow", **R), "method must be one of 'auto', .* got 'slow'"),
    (lambda: nn.Conv(1, 2, 3, gain=-1, **R), "gain must be at least 0 and finite; got -1.0"),
    (lambda: nn.ConvTranspose(3, 2, 3, groups=2, **R), "groups must divide .* got 2 for 3 and 2"),
    (lambda: nn.ConvTranspose(3, 2, 3, output_padding=1, **R), "output_padding must be smaller than the st"),
    (lambda: nn.ConvTranspose(3, 2, 3, padding=-1, **R), "padding must be at least 0; got -1"),
    (lambda: nn.PartiallyConnected(TABLE[0], 3, **R), r"table must have shape \(F, C\) .* \(3,\) with 2"),
    (lambda: nn.PartiallyConnected(TABLE[:, :0], 3, **R), "table must not be empty"),
    (lambda: nn.PartiallyConnected(TABLE & False, 3, **R), r"least one .* got shape \(4, 3\) with 0"),
    (lambda: nn.PartiallyConnected(TABLE, 3, stride=0, **R), "stride must be at least 1; got 0"),
    (lambda: nn.TiledConv(1, 2, 3, 0, **R), "tiles must be at least 1; got 0"),
    (lambda: nn.TiledConv(1, 2, 3, 2, stride=-1, **R), "stride must be at least 1; got -1"),
    (lambda: nn.LocallyConnected((9, 9), 2, 3, **R), r"input_shape must be .* 2 axes, .* got \(9, 9\)"),
    (lambda: nn.LocallyConnected(9, 2, 3, **R), "input_shape must be .* got 9"),
    (lambda: nn.LocallyConnected((1, 2, 9), 2, 3, **R), "w must fit into .*; got one that covers 3"),
    (lambda: nn.Dense(0, 1, **R), "inputs must be at least 1; got 0"),
    (lambda: nn.MaxPool(2, ties="last"), "ties must be one of 'first', 'share'; got 'last'"),
    (lambda: nn.Maxout(0), "pieces must be at least 1; got 0"),
    (lambda: nn.Maxout(2, ties="none"), "ties must be one of"),
    (lambda: nn.AdaptivePool(2, how="sum"), "how must be one of 'max', 'average'; got 'sum'"),
    (lambda: nn.AdaptivePool(2, ties="none"), "ties must be one of"),
    (lambda: nn.GlobalPool(how="sum"), "how must be one of"),
    (lambda: nn.GlobalPool(ties="none"), "ties must be one of"),
    (lambda: nn.SubtractiveNorm(np.ones((3, 2))), "window must have odd lengths along 2 axes"),
    (lambda: nn.SubtractiveNorm(WINDOW, boundary="wall"), "boundary must be one of .* 'wall'"),
    (lambda: nn.DivisiveNorm(WINDOW, c=0), "c must be 'mean' or a positive, finite number"),
    (lambda: nn.LocalContrastNorm(-WINDOW), "window must hold finite weights, none negative"),
]


@pytest.mark.parametrize(("make", "message"), WRONG_KIND)
def test_wrong_kinds_when_a_layer_is_made(make, message):
    with pytest.raises(TypeError, match=message):
        make()


@pytest.mark.parametrize(("make", "message"), WRONG_VALUE)
def test_wrong_values_when_a_layer_is_made(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (nn.Conv(2, 3, 3, **R), (3, 9, 9), r"must be \(C, \*S\) with 2 channels and 2 axes; got \(3, 9, 9\)"),
        (nn.Conv(2, 3, 3, **R), (2, 9), "with 2 channels and 2 axes"),
        (nn.Conv(2, 3, 3, **R), (2, 2, 9), "w must fit"),
        (nn.LocallyConnected((2, 9, 9), 3, 3, **R), (2, 9, 8), r"must be \(2, 9, 9\); got \(2, 9, 8\)"),
        (nn.Dense(5, 2, **R), (2, 3), r"input_shape must be \(5,\); got \(2, 3\)"),
        (nn.MaxPool(0), (2, 9, 9), "size must be at least 1; got 0"),
        (nn.AdaptivePool(10), (2, 9, 9), r"bins must be at most \(9, 9\), the input's lengths; got 10"),
        (nn.GlobalPool(), (2,), "1, 2 or 3 spatial axes"),
        (nn.Maxout(2), (3, 9, 9), "pieces must divide the 3 channels of x along axis 1; got 2"),
        (nn.DivisiveNorm(WINDOW), (3, 9), r"window must have odd lengths along 1 axes.* got shape \(3, 3\)"),
    ],
)
def test_errors_when_an_input_does_not_fit(layer, shape, message):
    with pytest.raises(ValueError, match=message):
        layer.output_shape(shape)
    with pytest.raises(ValueError):
        layer.forward(np.ones((1, *shape)))


def test_other_errors():
    with pytest.raises(ValueError, match=r"x must have shape \(N, 5\); got shape \(1, 4\)"):
        nn.Dense(5, 2, **R).forward(np.ones((1, 4)))
    with pytest.raises(ValueError, match=r"x must have a batch axis and at least one more; got shape \(3,\)"):
        nn.Flatten().forward(np.ones(3))
    with pytest.raises(TypeError, match="input_shape must be an integer; got 9.5"):
        nn.Conv(2, 3, 3, **R).output_shape((2, 9, 9.5))
    with pytest.raises(NotImplementedError, match="Layer must define forward"):
        nn.Layer().forward(np.ones(1))
    with pytest.raises(NotImplementedError, match="Layer must define backward"):
        nn.Layer().backward(np.ones(1))
    assert initial_weights((2,), 2, gain=1, rng=rng(), dtype="f4").dtype == np.float32
