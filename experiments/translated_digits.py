"""Which prior helps, with how many examples? Digits at random places, seven networks, six sample sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from tqdm import tqdm

import lecturelib as ll
from lecturelib.networks import (
    Adam,
    Conv,
    Dense,
    Flatten,
    LocallyConnected,
    MaxPool,
    ReLU,
    Sequential,
    TiledConv,
    evaluate,
    fit,
)

SETTINGS = {
    "seeds": [0, 1, 2, 3, 4],
    "examples": [50, 100, 200, 400, 800, 1400],
    "side": 14,
    "filters": [16, 32],
    "steps": 1200,
    "batch_size": 32,
    "rate": 0.003,
    "test_images": 360,
    "test_places": 2,
}

#: Largest difference of a mean accuracy that another machine or release may make.
TOLERANCE = 0.05

NETWORKS = ("dense", "local", "tiled", "conv", "local + pool", "tiled + pool", "conv + pool")


def placed(images: np.ndarray, side: int, rng: np.random.Generator) -> np.ndarray:
    """Put each image of shape (N, 8, 8) at a random place of an empty square; return (N, 1, side, side)."""
    squares = np.zeros((len(images), 1, side, side), dtype=np.float32)
    height, width = images.shape[1:]
    for square, image in zip(squares, images, strict=True):
        row, column = rng.integers(0, side - height + 1), rng.integers(0, side - width + 1)
        square[0, row : row + height, column : column + width] = image
    return squares


def network(name: str, side: int, filters: tuple[int, int], rng: np.random.Generator) -> Sequential:
    """Return one of `NETWORKS`: two layers of 5 by 5 and 3 by 3 taps, and a dense one for ten classes.

    With "pool", maxima over 2 by 2 and 3 by 3 places follow the two layers. "dense" has 800 and 64 units.
    """
    options = {"rng": rng, "dtype": np.float32}
    if name == "dense":
        sizes = (side * side, 800, 64, 10)
        stages = [Dense(n, m, **options) for n, m in zip(sizes, sizes[1:], strict=False)]
        return Sequential(Flatten(), stages[0], ReLU(), stages[1], ReLU(), stages[2])
    kind, _, pooled = name.partition(" + ")
    first, second = filters
    between, after = ((side - 4) // 2, (side - 4) // 2 - 2) if pooled else (side - 4, side - 6)
    layers = [_layer(kind, (1, side, side), first, 5, options), ReLU()]
    layers += [MaxPool(2)] if pooled else []
    layers += [_layer(kind, (first, between, between), second, 3, options), ReLU()]
    layers += [MaxPool(3)] if pooled else []
    rest = second * ((after // 3) if pooled else after) ** 2
    return Sequential(*layers, Flatten(), Dense(rest, 10, **options))


def _layer(kind: str, shape: tuple[int, int, int], filters: int, size: int, options: dict[str, Any]):
    if kind == "local":
        return LocallyConnected(shape, filters, size, **options)
    if kind == "tiled":
        return TiledConv(shape[0], filters, size, 2, **options)
    return Conv(shape[0], filters, size, **options)


def split(settings: Mapping[str, Any], seed: int):
    """Return training and test digits at random places, as two pairs (x, y)."""
    images, labels = ll.data.digits()
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(images))
    held, rest = order[: settings["test_images"]], order[settings["test_images"] :]
    held = np.tile(held, settings["test_places"])
    train = placed(images[rest] / 16, settings["side"], rng), labels[rest]
    return train, (placed(images[held] / 16, settings["side"], rng), labels[held])


def accuracy(name: str, examples: int, seed: int, settings: Mapping[str, Any]) -> float:
    """Train one network on the first `examples` digits of a seed; return its accuracy on the test digits."""
    (x, y), test = split(settings, seed)
    rng = np.random.default_rng(seed)
    trained = network(name, settings["side"], tuple(settings["filters"]), rng)
    batch = min(settings["batch_size"], examples)
    epochs = max(1, round(settings["steps"] * batch / examples))
    options = {"epochs": epochs, "batch_size": batch, "rng": rng, "progress": False}
    fit(trained, x[:examples], y[:examples], optimizer=Adam(settings["rate"]), **options)
    return evaluate(trained, *test)[1]


def run(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return one row for each network and number of examples: parameters, and the accuracies of the seeds."""
    cases = list(_cases(settings))
    return [
        {
            "network": name,
            "parameters": network(
                name, settings["side"], tuple(settings["filters"]), np.random.default_rng(0)
            ).parameter_count(),
            "examples": examples,
            "values": [round(accuracy(name, examples, seed, settings), 4) for seed in settings["seeds"]],
        }
        for name, examples in tqdm(cases, desc="translated digits")
    ]


def _cases(settings: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for examples in settings["examples"]:
        for name in NETWORKS:
            yield name, examples
