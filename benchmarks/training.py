"""LeNet-5, trained for an epoch: by our layers and by PyTorch, from the same weights, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks import peers
from benchmarks.cases import TrainingCase
from benchmarks.measure import Contender

RATE, MOMENTUM = 0.01, 0.9


def contenders(case: TrainingCase, dtype: str) -> Iterator[Contender]:
    """Ours first; nobody as long as there are no layers.

    A call trains for one epoch, goes on from where the last one ended, and returns the loss of each batch.
    """
    weights = _initial_weights(dtype)
    yield Contender("layers", _ours(case, dtype, weights), ours=True, auto=True)
    if "torch" not in peers.missing():
        yield Contender("torch", _torch(case, dtype, weights))


def reference(case: TrainingCase) -> tuple[np.ndarray, ...]:
    """Losses of the first epoch, by our layers in double precision, from the same numbers."""
    return _ours(case, "float64", [w.astype(float) for w in _initial_weights("float32")])()


def _initial_weights(dtype: str) -> list[np.ndarray]:
    """Kernels and matrices, with He's variances; drawn in single precision, so that all start alike."""
    rng = np.random.default_rng(0)
    shapes = ((6, 1, 5, 5), (16, 6, 5, 5), (120, 400), (84, 120), (10, 84))
    drawn = (rng.normal(size=s) * np.sqrt(2 / np.prod(s[1:])) for s in shapes)
    return [w.astype(np.float32).astype(dtype) for w in drawn]


def _ours(case, dtype, weights):
    from lecturelib.networks.layers import Conv, Dense, Flatten, MaxPool, ReLU, Sequential
    from lecturelib.networks.losses import softmax_cross_entropy
    from lecturelib.networks.optimizers import Momentum

    x, labels = case.arrays(dtype)
    given = {"rng": np.random.default_rng(0), "dtype": np.dtype(dtype)}
    learned = [Conv(1, 6, 5, **given), Conv(6, 16, 5, **given)]
    learned += [Dense(400, 120, **given), Dense(120, 84, **given), Dense(84, 10, **given)]
    for layer, w in zip(learned, weights, strict=True):
        layer.params["w"][...] = w
    conv1, conv2, dense1, dense2, dense3 = learned
    network = Sequential(
        *(conv1, ReLU(), MaxPool(2), conv2, ReLU(), MaxPool(2), Flatten()),
        *(dense1, ReLU(), dense2, ReLU(), dense3),
    )
    optimizer = Momentum(RATE, MOMENTUM)

    def epoch():
        losses = []
        for batch in _batches(case):
            loss, gradient = softmax_cross_entropy(network.forward(x[batch]), labels[batch])
            network.backward(gradient)
            optimizer.step(network.params, network.grads)
            losses.append(loss)
        return (np.array(losses),)

    return epoch


def _torch(case, dtype, weights):
    import torch
    from torch import nn

    x, labels = (torch.from_numpy(a) for a in case.arrays(dtype))
    network = nn.Sequential(
        *(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
    ).to(getattr(torch, dtype))
    learned = [layer for layer in network if hasattr(layer, "weight")]
    with torch.no_grad():
        for layer, w in zip(learned, weights, strict=True):
            layer.weight.copy_(torch.from_numpy(w))
            layer.bias.zero_()
    optimizer = torch.optim.SGD(network.parameters(), RATE, MOMENTUM)

    def epoch():
        losses = []
        for batch in _batches(case):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(network(x[batch]), labels[batch])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return (np.array(losses),)

    return epoch


def _batches(case: TrainingCase) -> list[slice]:
    """Slices of the images, in order: shuffling is nobody's merit."""
    return [slice(i, i + case.batch) for i in range(0, case.images, case.batch)]
