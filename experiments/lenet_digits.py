"""A small LeNet reads digits: five seeds, with and without shifts, trained and frozen, beside a dense net."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from tqdm import tqdm

import lecturelib as ll
from lecturelib.networks import (
    Adam,
    Conv,
    Dense,
    Flatten,
    MaxPool,
    RandomShift,
    ReLU,
    Sequential,
    evaluate,
    fit,
)

SETTINGS = {
    "seeds": [0, 1, 2, 3, 4],
    "test_images": 360,
    "schedule": [[30, 0.003], [10, 0.0005]],
    "batch_size": 32,
    "shifts": [0, 1, 2],
}

#: Largest difference of a mean accuracy that another machine or release may make.
TOLERANCE = 0.05

NETWORKS = ("LeNet", "LeNet, frozen", "dense")


def lenet(rng: np.random.Generator) -> Sequential:
    """Return two layers of 3 by 3 taps with maxima between them, then two dense ones; float32."""
    options = {"rng": rng, "dtype": np.float32}
    return Sequential(
        *(Conv(1, 16, 3, padding=1, **options), ReLU(), MaxPool(2)),
        *(Conv(16, 32, 3, padding=1, **options), ReLU(), MaxPool(2)),
        *(Flatten(), Dense(128, 64, **options), ReLU(), Dense(64, 10, gain=0.1, **options)),
    )


def dense(rng: np.random.Generator) -> Sequential:
    """Return a network of dense layers with about as many parameters as `lenet`."""
    options = {"rng": rng, "dtype": np.float32}
    first, second = Dense(64, 136, **options), Dense(136, 32, **options)
    return Sequential(Flatten(), first, ReLU(), second, ReLU(), Dense(32, 10, gain=0.1, **options))


def split(seed: int, test_images: int):
    """Return training and test digits, float32 from 0 to 1, as two pairs (x, y), and the generator."""
    images, labels = ll.data.digits()
    x = (images[:, None] / 16).astype(np.float32)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(x))
    rest, held = order[test_images:], order[:test_images]
    return (x[rest], labels[rest]), (x[held], labels[held]), rng


def trained(name: str, shifted: bool, seed: int, settings: Mapping[str, Any]) -> tuple[Sequential, tuple]:
    """Train one of `NETWORKS`; return it with the test digits of its seed."""
    (x, y), test, rng = split(seed, settings["test_images"])
    network = dense(rng) if name == "dense" else lenet(rng)
    transform, learner = RandomShift(1) if shifted else None, network
    if name == "LeNet, frozen":
        features, learner = Sequential(*network.layers[:7]), Sequential(*network.layers[7:])
        move = transform or (lambda batch, rng: batch)

        def transform(batch, rng):
            return features.forward(move(batch, rng))

    options = {"batch_size": settings["batch_size"], "rng": rng, "transform": transform, "progress": False}
    for epochs, rate in settings["schedule"]:
        fit(learner, x, y, optimizer=Adam(rate), epochs=epochs, **options)
    return network, test


def accuracies(network: Sequential, test: tuple, shifts: list[int]) -> list[float]:
    """Return the share of right answers on test digits moved by each of `shifts`, in four directions."""
    x, y = test
    found = []
    for v in shifts:
        moves = {(v, 0), (-v, 0), (0, v), (0, -v)}
        right = [evaluate(network, ll.translate(x, move), y)[1] for move in sorted(moves)]
        found.append(round(float(np.mean(right)), 4))
    return found


def run(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return one row for each network, kind of training and shift of the test digits."""
    rows = []
    cases = [(name, shifted) for name in NETWORKS for shifted in (True, False)]
    for name, shifted in tqdm(cases, desc="LeNet on digits"):
        networks = [trained(name, shifted, seed, settings) for seed in settings["seeds"]]
        by_seed = [accuracies(*pair, settings["shifts"]) for pair in networks]
        for v, values in zip(settings["shifts"], zip(*by_seed, strict=True), strict=True):
            row = {"network": name, "parameters": networks[0][0].parameter_count()}
            rows.append({**row, "trained_on_shifts": shifted, "test_shift": v, "values": list(values)})
    return rows
