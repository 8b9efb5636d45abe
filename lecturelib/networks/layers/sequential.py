"""Layers one after the other, and a table of what they amount to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from lecturelib.networks.layers.base import Layer, Windows
from lecturelib.operators.checks import whole_number
from lecturelib.operators.shapes import receptive_field


@dataclass(frozen=True)
class Row:
    """One layer of a summary.

    Attributes
    ----------
    name : str
        Kind of the layer.
    output_shape : tuple of int
        Shape of one output, without the batch.
    parameters : int
        Numbers that are learned.
    multiply_adds : int
        Products of an input with a parameter, for one input.
    receptive_field : tuple of int or None
        Inputs of the network that one unit sees along each axis, padding included; None where it sees
        them all.
    """

    name: str
    output_shape: tuple[int, ...]
    parameters: int
    multiply_adds: int
    receptive_field: tuple[int, ...] | None


@dataclass(frozen=True)
class Summary:
    """Shapes, parameters, multiply-adds and receptive fields of a network.

    Attributes
    ----------
    input_shape : tuple of int
        Shape of one input, without the batch.
    rows : tuple of Row
        One for each layer.
    """

    input_shape: tuple[int, ...]
    rows: tuple[Row, ...]

    @property
    def parameters(self) -> int:
        """Numbers that are learned, in all."""
        return sum(row.parameters for row in self.rows)

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds for one input, in all."""
        return sum(row.multiply_adds for row in self.rows)

    def __str__(self) -> str:
        """Return the table as text."""
        head = ("layer", "output", "parameters", "multiply-adds", "sees")
        body = [("input", _times(self.input_shape), "", "", "")]
        body += [
            (
                row.name,
                _times(row.output_shape),
                f"{row.parameters:,}",
                f"{row.multiply_adds:,}",
                "everything" if row.receptive_field is None else _field(row.receptive_field),
            )
            for row in self.rows
        ]
        body.append(("all", "", f"{self.parameters:,}", f"{self.multiply_adds:,}", ""))
        widths = [max(len(line[i]) for line in (head, *body)) for i in range(len(head))]
        return "\n".join(
            "  ".join(
                cell.ljust(width) if i == 0 else cell.rjust(width)
                for i, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in (head, *body)
        )

    def __repr__(self) -> str:
        """Return the table as text: it is what one wants to see."""
        return str(self)


def _times(shape: tuple[int, ...]) -> str:
    """Write a shape as people say it, channels first."""
    return "×".join(str(n) for n in shape)


def _field(field: tuple[int, ...]) -> str:
    """Write a receptive field, as one number where all axes agree."""
    return str(field[0]) if len(set(field)) == 1 else _times(field)


class Sequential(Layer):
    """Layers one after the other.

    Parameters
    ----------
    *layers : Layer
        The first one gets the input.

    Raises
    ------
    TypeError
        If one is no layer.
    ValueError
        If there is none, or one occurs twice: a layer keeps the inputs of one forward pass only.

    Notes
    -----
    `params` and `grads` hold those of all layers, as ``"0.w"``: the layer's place, a point, its name.
    The arrays are the layers' own, so an optimizer that changes them in place changes the layers.

    Examples
    --------
    >>> from lecturelib.networks import Conv, Dense, Flatten, MaxPool, ReLU
    >>> rng = np.random.default_rng(0)
    >>> net = Sequential(Conv(1, 4, 3, rng=rng), ReLU(), MaxPool(2), Flatten(), Dense(36, 10, rng=rng))
    >>> net.summary((1, 8, 8)).parameters, net.output_shape((1, 8, 8))
    (410, (10,))
    """

    def __init__(self, *layers: Layer) -> None:
        if not layers:
            raise ValueError("layers must hold at least one layer; got none")
        for layer in layers:
            if not isinstance(layer, Layer):
                raise TypeError(f"layers must all be layers; got {type(layer).__name__}")
        leaves = list(_leaves(layers))
        for place, leaf in enumerate(leaves):
            if any(leaf is other for other in leaves[:place]):
                raise ValueError(
                    f"layers must all be different objects; got the same {type(leaf).__name__} twice"
                )
        self.layers = tuple(layers)

    @property
    def params(self) -> dict[str, np.ndarray]:
        """Parameters of all layers, by place and name."""
        return self._gathered("params")

    @property
    def grads(self) -> dict[str, np.ndarray]:
        """Gradients of all layers, by place and name."""
        return self._gathered("grads")

    def _gathered(self, kind: str) -> dict[str, np.ndarray]:
        """One dictionary of all the layers' dictionaries."""
        return {
            f"{place}.{name}": array
            for place, layer in enumerate(self.layers)
            for name, array in getattr(layer, kind).items()
        }

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Compute the outputs; see :meth:`Layer.forward`.

        Raises
        ------
        ValueError
            If a layer cannot take what the one before it gives; the message names it.
        """
        for place, layer in enumerate(self.layers):
            try:
                x = layer.forward(x)
            except ValueError as error:
                raise _refusal(place, layer, np.shape(x)[1:], error) from error
        return x

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Compute the gradients, last layer first; see :meth:`Layer.backward`."""
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
        return dy

    def _shapes(self, input_shape: Sequence[int]) -> Iterator[tuple[Layer, tuple[int, ...], tuple[int, ...]]]:
        """Each layer with the shapes of its input and its output."""
        shape = tuple(whole_number("input_shape", n, at_least=1) for n in input_shape)
        for place, layer in enumerate(self.layers):
            try:
                made = layer.output_shape(shape)
            except ValueError as error:
                raise _refusal(place, layer, shape, error) from error
            yield layer, shape, made
            shape = made

    def output_shape(self, input_shape: tuple[int, ...]) -> tuple[int, ...]:
        """Tell the shape of one output; see :meth:`Layer.output_shape`."""
        return [made for _, _, made in self._shapes(input_shape)][-1]

    def multiply_adds(self, input_shape: tuple[int, ...]) -> int:
        """Count the multiply-adds; see :meth:`Layer.multiply_adds`."""
        return sum(layer.multiply_adds(shape) for layer, shape, _ in self._shapes(input_shape))

    def windows(self, input_shape: tuple[int, ...]) -> Windows:
        """Tell which inputs a unit sees, all layers together; see :meth:`Layer.windows`."""
        seen = [[] for _ in input_shape[1:]]
        for layer, shape, _ in self._shapes(input_shape):
            seen = _longer(seen, layer.windows(shape))
        if seen is None:
            return None
        return tuple((receptive_field(axis)[-1], prod(stride for _, stride, _ in axis), 1) for axis in seen)

    def summary(self, input_shape: Sequence[int]) -> Summary:
        """Add up what the layers amount to, without running them.

        Parameters
        ----------
        input_shape : sequence of int
            Shape of one input, (C, *S), without the batch.

        Returns
        -------
        Summary
            Printed, a table: each layer's output, parameters, multiply-adds and receptive field.

        Raises
        ------
        ValueError
            If a layer cannot take what the one before it gives; the message names it.
        """
        rows, seen = [], [[] for _ in input_shape[1:]]
        for layer, shape, made in self._shapes(input_shape):
            seen = _longer(seen, layer.windows(shape))
            field = None if seen is None else tuple(receptive_field(axis)[-1] for axis in seen)
            rows.append(
                Row(type(layer).__name__, made, layer.parameter_count(), layer.multiply_adds(shape), field)
            )
        return Summary(tuple(input_shape), tuple(rows))


def _leaves(layers: Iterable[Layer]) -> Iterator[Layer]:
    """All layers, those inside of others in their place."""
    for layer in layers:
        yield from _leaves(layer.layers) if isinstance(layer, Sequential) else (layer,)


def _refusal(place: int, layer: Layer, shape: tuple[int, ...], error: ValueError) -> ValueError:
    """Name the layer that could not take its input."""
    return ValueError(f"layer {place} ({type(layer).__name__}) cannot take an input of {shape}: {error}")


def _longer(seen: list[list] | None, windows: Windows) -> list[list] | None:
    """Windows of the layers so far, axis by axis, and those of one layer more; None once all is seen."""
    if seen is None or windows is None:
        return None
    if len(windows) != len(seen):  # the axes are gone: what remains are numbers without a place
        return seen
    return [[*axis, window] for axis, window in zip(seen, windows, strict=True)]
