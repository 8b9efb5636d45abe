"""Everybody else who can compute a case: one adapter a peer. A peer that is not installed is left out."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from importlib.util import find_spec

import numpy as np

from benchmarks import textbook
from benchmarks.cases import BOTH, FORWARD, ConvCase, PoolCase
from benchmarks.measure import Contender
from benchmarks.ours import HEAVY


def missing() -> dict[str, str]:
    """Peers that take no part, and what would have to be installed."""
    needed = {"torch": ("torch",), "onnxruntime": ("onnxruntime", "onnx")}
    lacking = {peer: [name for name in names if find_spec(name) is None] for peer, names in needed.items()}
    return {peer: " and ".join(names) for peer, names in lacking.items() if names}


def versions() -> dict[str, str]:
    """Versions of ourselves' foundations and of the peers that take part."""
    names = ["numpy", "scipy", *({"torch", "onnxruntime"} - missing().keys())]
    return {name: importlib.import_module(name).__version__ for name in sorted(names)}


def contenders(case: ConvCase | PoolCase, dtype: str, passes: str) -> Iterator[Contender]:
    """All peers that can compute the case and are installed."""
    absent = missing()
    convolution = isinstance(case, ConvCase)
    if "torch" not in absent and not (convolution and case.is_signal and case.multiply_adds > 5 * HEAVY):
        yield (torch_conv if convolution else torch_pool)(case, dtype, passes)
    if "onnxruntime" not in absent and (dtype, passes) == ("float32", FORWARD):
        yield onnx_conv(case, dtype) if convolution else onnx_pool(case, dtype)
    if convolution and case.is_signal:
        yield from scipy_signals(case, dtype)
    elif convolution and case.groups == 1:
        yield textbook_conv(case, dtype, passes)


def textbook_conv(case: ConvCase, dtype: str, passes: str) -> Contender:
    """Build one big matrix of columns."""
    x, w, b, dy = case.arrays(dtype)
    options = {"stride": case.stride, "padding": case.padding}

    def run():
        y = textbook.forward(x, w, b, **options)
        return (y, *textbook.backward(dy, x, w, **options)) if passes == BOTH else (y,)

    return Contender("textbook", run)


def torch_conv(case: ConvCase, dtype: str, passes: str) -> Contender:
    """PyTorch's layer, and its automatic gradients."""
    import torch

    x, w, b, dy = map(torch.from_numpy, case.arrays(dtype))
    function = getattr(torch.nn.functional, f"conv{x.ndim - 2}d")
    return _torch(lambda x, w, b: function(x, w, b, **case.options), (x, w, b), dy, passes)


def torch_pool(case: PoolCase, dtype: str, passes: str) -> Contender:
    """PyTorch's pools."""
    import torch

    x, dy = map(torch.from_numpy, case.arrays(dtype))
    function = getattr(torch.nn.functional, f"{case.kind}_pool2d")
    return _torch(lambda x: function(x, case.size, case.stride), (x,), dy, passes)


def _torch(function, inputs, dy, passes: str) -> Contender:
    """One pass, or both, by PyTorch; nothing is recorded for gradients that nobody asks for."""
    import torch

    def forward():
        with torch.inference_mode():
            return (function(*inputs),)

    def both():
        tracked = [a.requires_grad_() for a in inputs]
        y = function(*tracked)
        return (y.detach(), *torch.autograd.grad(y, tracked, dy))

    return Contender("torch", both if passes == BOTH else forward)


def onnx_conv(case: ConvCase, dtype: str) -> Contender:
    """ONNX Runtime's layer: a network of one node, whose kernels it may rearrange beforehand."""
    x, w, b, _ = case.arrays(dtype)
    axes = x.ndim - 2
    options = {
        "strides": [case.stride] * axes,
        "pads": [case.padding] * 2 * axes,
        "group": case.groups,
    }
    return _onnx("Conv", x, {"w": w, "b": b}, (len(x), len(w), *case.output), options)


def onnx_pool(case: PoolCase, dtype: str) -> Contender:
    """ONNX Runtime's pools."""
    x, dy = case.arrays(dtype)
    options = {"kernel_shape": [case.size] * 2, "strides": [case.stride] * 2}
    kind = {"max": "MaxPool", "avg": "AveragePool"}[case.kind]
    return _onnx(kind, x, {}, dy.shape, options)


def _onnx(kind: str, x: np.ndarray, weights: dict, y_shape: tuple, options: dict) -> Contender:
    """Build a network of one node, in memory."""
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    graph = helper.make_graph(
        [helper.make_node(kind, ["x", *weights], ["y"], **options)],
        "one_node",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, x.shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, y_shape)],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    # Versions that every runtime from 1.20 on reads.
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = settings.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), settings, providers=["CPUExecutionProvider"]
    )
    return Contender("onnxruntime", lambda: session.run(None, {"x": x}))


def scipy_signals(case: ConvCase, dtype: str) -> Iterator[Contender]:
    """SciPy's routines for plain arrays; those that visit every tap only where that is quick."""
    from scipy import ndimage, signal

    x, w, _, _ = case.arrays(dtype)
    x, k = x[0, 0], np.flip(w[0, 0])
    routines = {
        "scipy fft": lambda: signal.convolve(x, k, "same", method="fft"),
        "scipy oaconvolve": lambda: signal.oaconvolve(x, k, "same"),
    }
    if case.multiply_adds <= HEAVY:
        routines |= {
            "scipy direct": lambda: signal.convolve(x, k, "same", method="direct"),
            "scipy ndimage": lambda: ndimage.convolve(x, k, mode="constant"),
        }
    for name, routine in routines.items():
        yield Contender(name, lambda routine=routine: (routine()[None, None],))
