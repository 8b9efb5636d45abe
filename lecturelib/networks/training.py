"""Training: batches, steps, and a record of how it went."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.networks.layers.base import Layer
from lecturelib.networks.losses import softmax_cross_entropy
from lecturelib.networks.optimizers import Optimizer
from lecturelib.networks.threads import one_thread
from lecturelib.operators.checks import real_array, truth_value, whole_number

#: From outputs and targets to a number and its gradient by the outputs.
Loss = Callable[[np.ndarray, np.ndarray], tuple[float, np.ndarray]]
#: From a batch of inputs and a generator to the inputs that are used.
Transform = Callable[[np.ndarray, np.random.Generator], np.ndarray]


@dataclass
class History:
    """How a training went.

    Attributes
    ----------
    step_loss : list of float
        Loss of each batch, before its step.
    loss, accuracy : list of float
        Means over the inputs of each epoch, measured while the network was changing.
    validation_loss, validation_accuracy : list of float
        On the validation data after each epoch; empty without such data.

    Notes
    -----
    Accuracies are empty where the targets are no class labels. Printed, the last epoch in one line.
    """

    step_loss: list[float] = field(default_factory=list)
    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)

    @property
    def epochs(self) -> int:
        """Epochs that were finished."""
        return len(self.loss)

    def __str__(self) -> str:
        """Return one line for the last epoch."""
        if not self.loss:
            return "no epoch yet"
        parts = [f"epoch {self.epochs}: loss {self.loss[-1]:.4f}"]
        parts += [f"accuracy {self.accuracy[-1]:.4f}"] if self.accuracy else []
        parts += [f"validation loss {self.validation_loss[-1]:.4f}"] if self.validation_loss else []
        parts += (
            [f"validation accuracy {self.validation_accuracy[-1]:.4f}"] if self.validation_accuracy else []
        )
        return ", ".join(parts)


def fit(
    network: Layer,
    x: ArrayLike,
    y: ArrayLike,
    *,
    optimizer: Optimizer,
    epochs: int,
    batch_size: int = 32,
    rng: np.random.Generator,
    loss: Loss = softmax_cross_entropy,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
    transform: Transform | None = None,
    progress: bool = True,
) -> History:
    """Train a network: for each batch a forward pass, a backward pass, a step.

    Parameters
    ----------
    network : Layer
        What is trained; changed in place.
    x : array_like of shape (N, ...)
        Inputs.
    y : array_like of shape (N, ...)
        Targets, in the form that `loss` takes: class labels for the cross-entropy.
    optimizer : Optimizer
        Makes the steps.
    epochs : int
        Passes over the data.
    batch_size : int
        Inputs of a step; the last batch of an epoch may be smaller.
    rng : numpy.random.Generator
        Shuffles the data anew for each epoch, and serves `transform`.
    loss : callable
        ``loss(outputs, targets)`` gives a number and its gradient by the outputs.
    validation : pair of array_like, optional
        Inputs and targets on which the network is measured after each epoch.
    transform : callable, optional
        ``transform(inputs, rng)`` returns what is used in place of each batch, for example shifted images.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    History
        Losses and accuracies.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If inputs and targets are not equally many, or a number is out of range.
    FloatingPointError
        If a loss is not finite: the steps are too large. The network is left as it was at that batch.

    Notes
    -----
    What it learns is what `network` and `optimizer` hold when it ends: call it again to go on. It runs in one
    thread, see :func:`lecturelib.networks.threads.one_thread`. Inputs and
    network should have one dtype; float64 inputs make a float32 network compute in float64.

    Examples
    --------
    >>> from lecturelib.networks import SGD, Dense
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(200, 2))
    >>> network = Dense(2, 2, rng=rng)
    >>> y = (x[:, 0] > x[:, 1]).astype(int)
    >>> history = fit(network, x, y, optimizer=SGD(1.0), epochs=5, rng=rng, progress=False)
    >>> history.accuracy[-1] > 0.95
    True
    """
    x, y = _pair("x", x, "y", y)
    held_out = None if validation is None else _held_out(validation)
    _check_parts(network=network, optimizer=optimizer, rng=rng, loss=loss, transform=transform)
    epochs = whole_number("epochs", epochs, at_least=1)
    batch_size = whole_number("batch_size", batch_size, at_least=1)
    history = History()
    with one_thread():
        for _ in _bar(epochs, truth_value("progress", progress), history):
            _epoch(history, network, x, y, optimizer, batch_size, rng, loss, transform)
            if held_out is not None:
                _measure(history, network, *held_out, loss)
                _check_finite(history.validation_loss[-1], "validation loss", history, optimizer)
    return history


def _epoch(
    history: History,
    network: Layer,
    x: np.ndarray,
    y: np.ndarray,
    optimizer: Optimizer,
    batch_size: int,
    rng: np.random.Generator,
    loss: Loss,
    transform: Transform | None,
) -> None:
    """Make a step for each batch, and note how it went."""
    losses, correct, sizes = [], [], []
    for batch in _batches(len(x), batch_size, rng):
        inputs = x[batch] if transform is None else transform(x[batch], rng)
        with np.errstate(over="ignore", invalid="ignore"):  # the loss will tell
            outputs = network.forward(inputs)
            value, gradient = loss(outputs, y[batch])
            _check_finite(value, "loss", history, optimizer)
            network.backward(gradient)
            optimizer.step(network.params, network.grads)
        losses.append(float(value))
        correct.append(_accuracy(outputs, y[batch]))
        sizes.append(len(batch))
    history.step_loss += losses
    history.loss.append(float(np.average(losses, weights=sizes)))
    if correct[0] is not None:
        history.accuracy.append(float(np.average(correct, weights=sizes)))


def evaluate(
    network: Layer, x: ArrayLike, y: ArrayLike, *, loss: Loss = softmax_cross_entropy, batch_size: int = 256
) -> tuple[float, float | None]:
    """Measure a network on data, without changing it.

    Parameters
    ----------
    network : Layer
        What is measured.
    x, y : array_like
        Inputs and targets, as for :func:`fit`.
    loss : callable
        As for :func:`fit`; a mean over the inputs.
    batch_size : int
        Inputs that go through the network at once.

    Returns
    -------
    loss : float
        Mean over all inputs.
    accuracy : float or None
        Share of class labels met; None where the targets are no labels.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If inputs and targets are not equally many, or `batch_size` is smaller than 1.

    Examples
    --------
    >>> from lecturelib.networks import ReLU
    >>> loss, accuracy = evaluate(ReLU(), np.zeros((3, 10)), [0, 0, 5])
    >>> round(loss, 4), round(accuracy, 4)  # ln 10, and the first class always
    (2.3026, 0.6667)
    """
    x, y = _pair("x", x, "y", y)
    _check_parts(network=network, loss=loss)
    batch_size = whole_number("batch_size", batch_size, at_least=1)
    losses, correct, sizes = [], [], []
    for first in range(0, len(x), batch_size):
        part = slice(first, first + batch_size)
        with np.errstate(over="ignore", invalid="ignore"):
            outputs = network.forward(x[part])
            losses.append(loss(outputs, y[part])[0])
        correct.append(_accuracy(outputs, y[part]))
        sizes.append(len(x[part]))
    mean = float(np.average(losses, weights=sizes))
    return mean, None if correct[0] is None else float(np.average(correct, weights=sizes))


def _measure(history: History, network: Layer, x: np.ndarray, y: np.ndarray, loss: Loss) -> None:
    """Note loss and accuracy on the validation data."""
    value, accuracy = evaluate(network, x, y, loss=loss)
    history.validation_loss.append(value)
    if accuracy is not None:
        history.validation_accuracy.append(accuracy)


def _accuracy(outputs: np.ndarray, targets: np.ndarray) -> float | None:
    """Share of places whose largest score is the target's; None where the targets are no labels."""
    if targets.dtype.kind not in "iu" or outputs.ndim != targets.ndim + 1:
        return None
    return float((outputs.argmax(axis=1) == targets).mean())


def _batches(count: int, size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield indices of all inputs in random order, batch by batch."""
    order = rng.permutation(count)
    for first in range(0, count, size):
        yield order[first : first + size]


def _bar(epochs: int, progress: bool, history: History) -> Iterator[int]:
    """Count the epochs, with a bar that shows the last line of the history."""
    if not progress:
        yield from range(epochs)
        return
    from tqdm.auto import tqdm  # here, because it is only needed when something is trained

    class Bar(tqdm):
        monitor_interval = 0  # tqdm would start a thread, which the browser does not have

    with Bar(total=epochs, unit="epoch", leave=False) as bar:
        for epoch in range(epochs):
            yield epoch
            bar.set_postfix_str(str(history).partition(": ")[2], refresh=False)
            bar.update()


def _pair(x_name: str, x: ArrayLike, y_name: str, y: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Check inputs and targets: equally many."""
    x, y = real_array(x_name, x), real_array(y_name, y)
    if x.ndim < 2 or y.ndim < 1:
        raise ValueError(
            f"{x_name} and {y_name} must have a batch axis, and {x_name} one more; "
            f"got shapes {x.shape} and {y.shape}"
        )
    if len(x) != len(y):
        raise ValueError(f"{y_name} must hold a target for each of the {len(x)} inputs; got {len(y)}")
    return x, y


def _held_out(validation: tuple[ArrayLike, ArrayLike]) -> tuple[np.ndarray, np.ndarray]:
    """Check the data on which the network is measured."""
    if not (isinstance(validation, (tuple, list)) and len(validation) == 2):
        raise TypeError(f"validation must be a pair (inputs, targets); got {type(validation).__name__}")
    return _pair("validation[0]", validation[0], "validation[1]", validation[1])


def _check_parts(**parts: Any) -> None:
    """Refuse what is no layer, optimizer, generator or function."""
    wanted = {
        "network": (Layer, "a layer"),
        "optimizer": (Optimizer, "an Optimizer"),
        "rng": (np.random.Generator, "a numpy.random.Generator"),
        "loss": (Callable, "a function"),
        "transform": (Callable | None, "a function"),
    }
    for name, value in parts.items():
        kind, words = wanted[name]
        if not isinstance(value, kind):
            raise TypeError(f"{name} must be {words}; got {type(value).__name__}")


def _check_finite(value: float, name: str, history: History, optimizer: Optimizer) -> None:
    """Stop a training that has gone wrong."""
    if not np.isfinite(value):
        epoch = history.epochs + (name == "loss")  # an epoch counts once all its steps are made
        raise FloatingPointError(
            f"the {name} became {value} in epoch {epoch}; try a smaller rate than {optimizer.rate:g}"
        )
