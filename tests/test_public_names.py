"""The names that notebooks and users rely on, with the arguments they take: changing one breaks a promise."""

import inspect

import numpy as np
import pytest

import lecturelib

OPTIONS = "stride=1, padding=0, dilation=1, groups=1"
POOL = "stride=None, padding=0, dilation=1, ceil=False"

PROMISED = {
    "convolve": "x, k, mode='full', *, boundary='zeros', method='auto'",
    "cross_correlate": "x, k, mode='valid', *, boundary='zeros', method='auto'",
    "toeplitz": "k, n, mode='valid'",
    "conv_matrix": "k, shape, mode='valid', *, boundary='zeros'",
    "circulant": "k, n",
    "conv": f"x, w, b=None, *, {OPTIONS}, method='auto'",
    "conv_backward": f"dy, x, w, *, {OPTIONS}, method='auto'",
    "conv_transpose": (
        "x, w, b=None, *, stride=1, padding=0, output_padding=0, dilation=1, groups=1, method='auto'"
    ),
    "conv_transpose_backward": (
        "dy, x, w, *, stride=1, padding=0, output_padding=0, dilation=1, groups=1, method='auto'"
    ),
    "plan": f"x, w, *, {OPTIONS}, method='auto'",
    "locally_connected": "x, w, b=None, *, stride=1, padding=0",
    "locally_connected_backward": "dy, x, w, *, stride=1, padding=0",
    "tiled_conv": "x, w, b=None, *, stride=1, padding=0",
    "tiled_conv_backward": "dy, x, w, *, stride=1, padding=0",
    "partially_connected": "x, w, table, b=None, *, stride=1, padding=0, dilation=1, method='auto'",
    "partially_connected_backward": "dy, x, w, table, *, stride=1, padding=0, dilation=1, method='auto'",
    "random_connections": "rng, filters, channels, reads",
    "max_pool": f"x, size, *, {POOL}",
    "max_pool_backward": f"dy, x, size, *, {POOL}, ties='first'",
    "avg_pool": f"x, size, *, {POOL}, count_include_pad=False",
    "avg_pool_backward": f"dy, x, size, *, {POOL}, count_include_pad=False",
    "lp_pool": f"x, size, *, p=2, {POOL}",
    "lp_pool_backward": f"dy, x, size, *, p=2, {POOL}",
    "weighted_pool": "x, weights, *, stride=None",
    "weighted_pool_backward": "dy, x, weights, *, stride=None",
    "distance_weights": "size, sigma=1.0",
    "maxout": "x, pieces, *, axis=1",
    "maxout_backward": "dy, x, pieces, *, axis=1, ties='first'",
    "adaptive_pool": "x, bins, *, how='max'",
    "adaptive_pool_backward": "dy, x, bins, *, how='max', ties='first'",
    "global_pool": "x, *, how='max'",
    "global_pool_backward": "dy, x, *, how='max', ties='first'",
    "relu": "x",
    "relu_backward": "dy, x",
    "rectify": "x",
    "rectify_backward": "dy, x",
    "tanh": "x",
    "tanh_backward": "dy, x",
    "subtractive_normalization": "x, window, *, boundary='zeros'",
    "subtractive_normalization_backward": "dy, x, window, *, boundary='zeros'",
    "divisive_normalization": "v, window, *, c='mean', boundary='zeros'",
    "divisive_normalization_backward": "dy, v, window, *, c='mean', boundary='zeros'",
    "local_contrast_normalization": "x, window, *, c='mean', boundary='zeros'",
    "local_contrast_normalization_backward": "dy, x, window, *, c='mean', boundary='zeros'",
    "translate": "x, shift, *, boundary='zeros'",
    "rotate": "x, degrees, *, boundary='zeros'",
    "scale": "x, factor, *, boundary='zeros'",
    "warp": "x, displacement, *, boundary='zeros'",
    "equivariance_error": "f, g_in, x, *, g_out=None",
    "invariance_error": "f, g, x",
    "p4_lift": "x, w, b=None, *, padding=0",
    "p4_lift_backward": "dy, x, w, *, padding=0",
    "p4_conv": "x, w, b=None, *, padding=0",
    "p4_conv_backward": "dy, x, w, *, padding=0",
    "p4_rotate": "x, turns",
    "p4_pool": "x, *, how='max'",
    "output_size": "n, k, *, stride=1, padding=0, dilation=1, ceil=False",
    "receptive_field": "layers",
    "gabor": "x, y, *, alpha=1, beta_x, beta_y, f, phi=0, x0=0, y0=0, tau=0",
    "softmax_cross_entropy": "logits, labels",
    "gradient_check": "layer, x, *, h=1e-05, entries=40, rng=None",
}


@pytest.mark.parametrize("name", PROMISED)
def test_a_promised_name_takes_the_promised_arguments(name):
    signature = inspect.signature(getattr(lecturelib, name))
    bare = [p.replace(annotation=inspect.Parameter.empty) for p in signature.parameters.values()]
    shown = str(signature.replace(parameters=bare, return_annotation=inspect.Signature.empty))
    assert shown == f"({PROMISED[name]})"


@pytest.mark.parametrize("name", [n for n in lecturelib.__all__ if n.endswith("_backward")])
def test_every_gradient_takes_the_options_of_its_operator(name):
    forward = inspect.signature(getattr(lecturelib, name.removesuffix("_backward"))).parameters
    backward = inspect.signature(getattr(lecturelib, name)).parameters
    assert next(iter(backward)) == "dy"
    options = {n: p.default for n, p in forward.items() if p.kind is p.KEYWORD_ONLY}
    assert options.items() <= {n: p.default for n, p in backward.items()}.items()
    assert [n for n in forward if n not in options and n != "b"] == [
        n for n, p in backward.items() if p.kind is not p.KEYWORD_ONLY and n != "dy"
    ]


def test_layers_and_training_are_names_of_lecturelib():
    for name in (
        "Conv",
        "Dense",
        "MaxPool",
        "ReLU",
        "Sequential",
        "SGD",
        "Momentum",
        "Adam",
        "fit",
        "History",
    ):
        assert name in lecturelib.__all__
    layer = lecturelib.Conv(1, 2, 3, rng=np.random.default_rng(0))
    assert {"forward", "backward", "params", "grads"} <= set(dir(layer))
