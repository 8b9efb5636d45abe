"""Picture of a training: how loss and accuracy changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from lecturelib.display.plots.canvas import new_figure
from lecturelib.display.style import INPUT, KERNEL, MUTED


class Record(Protocol):
    """What a training leaves behind, such as :class:`lecturelib.networks.History`."""

    step_loss: Sequence[float]
    loss: Sequence[float]
    accuracy: Sequence[float]
    validation_loss: Sequence[float]
    validation_accuracy: Sequence[float]


def training(record: Record, *, log_loss: bool = False, height: float = 3.4) -> Figure:
    """Draw how the loss fell and the accuracy rose, epoch by epoch.

    Parameters
    ----------
    record : Record
        Losses of all steps and of all epochs; accuracies and validation values may be empty.
    log_loss : bool
        Logarithmic axis for the loss.
    height : float
        Height of the figure in inches.

    Returns
    -------
    Figure
        The loss, each step in gray behind the means of the epochs; beside it the accuracy in percent,
        where there is one.

    Raises
    ------
    ValueError
        If not one epoch was finished.
    """
    epochs = len(record.loss)
    if epochs == 0:
        raise ValueError("record must hold at least one finished epoch; got none")
    panels = 2 if len(record.accuracy) else 1
    figure, all_axes = new_figure(columns=panels, height=height)
    left = np.atleast_1d(all_axes).ravel()[0]
    steps = np.arange(1, len(record.step_loss) + 1) * epochs / max(len(record.step_loss), 1)
    left.plot(steps, record.step_loss, color=MUTED, linewidth=0.6, label="each step", zorder=1)
    _pair(left, record.loss, record.validation_loss)
    left.set(xlabel="epoch", ylabel="loss (nats)" if panels == 2 else "loss")
    if log_loss:
        left.set_yscale("log")
    else:
        left.set_ylim(bottom=0)
    if panels == 2:
        right = np.atleast_1d(all_axes).ravel()[1]
        _pair(right, 100 * np.asarray(record.accuracy), 100 * np.asarray(record.validation_accuracy))
        right.set(xlabel="epoch", ylabel="right answers (%)")
    handles, labels = left.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(labels), frameon=False)
    return figure


def _pair(axes: Axes, training: Sequence[float], validation: Sequence[float]) -> None:
    """Curves of training and validation, which differ in dash and marker too."""
    epochs = np.arange(1, len(training) + 1)
    axes.plot(epochs, training, color=INPUT, linewidth=2.2, marker="o", label="training")
    if len(validation):
        axes.plot(
            epochs, validation, color=KERNEL, linewidth=2.2, linestyle="--", marker="s", label="validation"
        )
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
