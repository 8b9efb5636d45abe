"""channel_max(x, pieces): the maximum over groups of channels, written by the student."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.drawing import halves, whole
from lecturelib.exercises.exercise import Exercise, MistakeBook, Problem, mistake
from lecturelib.exercises.topics.pooling.forbidden import BECAUSE, POOLING

STATEMENT = """\
Maxout pools across channels instead of places. Write `channel_max(x, pieces)`: channels come in groups of
`pieces` consecutive ones, and each group gives its largest number at every place.

- `x`: array of shape `(C, H, W)`, integers or floating-point numbers of any sign.
- `pieces`: int, at least 1, **the number of channels in a group**. It divides `C`.
- It returns an array of shape `(C // pieces, H, W)`: its channel 0 comes from the channels 0 to `pieces - 1`
  of `x`, channel 1 from the next `pieces` ones, and so on. It leaves `x` as it is.
"""

STUB = '''\
def channel_max(x, pieces):
    """Largest number of each group of `pieces` consecutive channels of x, of shape (C, H, W)."""
    raise NotImplementedError("Write channel_max here.")
'''

HINTS = (
    "Every place keeps to itself: H and W do not change. Which channels belong to output channel j?",
    "Give the group an axis of its own: `x.reshape(C // pieces, pieces, H, W)` keeps consecutive channels "
    "together. Then one axis is left to be pooled.",
)


def _grouped(x: np.ndarray, pieces: int) -> np.ndarray:
    """View x (C, H, W) as (C // pieces, pieces, H, W)."""
    return x.reshape(len(x) // pieces, pieces, *x.shape[1:])


def reference(x: np.ndarray, pieces: int) -> np.ndarray:
    """Give the maximum of each run of consecutive channels of x (C, H, W)."""
    return _grouped(x, pieces).max(axis=1)


# --- right, and different -----------------------------------------------------------------------------------


def _group_by_group(x, pieces):
    return [x[first : first + pieces].max(axis=0).tolist() for first in range(0, len(x), pieces)]


def _channel_by_channel(x, pieces):
    result = x[::pieces].astype(np.float32)
    for offset in range(1, pieces):
        result = np.where(x[offset::pieces] > result, x[offset::pieces], result)
    return result


def _reduceat(x, pieces):
    return np.maximum.reduceat(x, np.arange(0, len(x), pieces), axis=0)


def _sorted(x, pieces):
    return np.sort(_grouped(x, pieces).astype(float), axis=1)[:, -1]


# --- wrong --------------------------------------------------------------------------------------------------


@mistake(
    "Your groups hold every so many-th channel. They are consecutive: the first `pieces` channels, then the "
    "next `pieces`."
)
def _strided_groups(x, pieces):
    return x.reshape(pieces, len(x) // pieces, *x.shape[1:]).max(axis=0)


@mistake("`pieces` is taken for the number of groups. It is the number of channels in each.")
def _number_of_groups(x, pieces):
    return np.array([group.max(axis=0) for group in np.array_split(x, pieces)])


@mistake(
    "After reshaping you take the maximum along the wrong axis: over the groups instead of within each "
    "of them."
)
def _over_groups(x, pieces):
    return _grouped(x, pieces).max(axis=0)


@mistake("All channels are pooled into one. Only `pieces` of them at a time belong together.")
def _all_channels(x, pieces):
    return x.max(axis=0, keepdims=True)


@mistake("You pool over places. Rows and columns stay as they are; channels are pooled.")
def _over_places(x, pieces):
    height, width = (size // pieces * pieces for size in x.shape[1:])
    cut = x[:, :height, :width]
    return cut.reshape(len(x), height // pieces, pieces, width // pieces, pieces).max(axis=(2, 4))


@mistake("You pool along the rows, axis 1. Channels are axis 0.")
def _over_rows(x, pieces):
    height = x.shape[1] // pieces * pieces
    return x[:, :height].reshape(len(x), height // pieces, pieces, x.shape[2]).max(axis=2)


@mistake("You pool along the columns, the last axis. Channels come first: axis 0.")
def _over_columns(x, pieces):
    width = x.shape[2] // pieces * pieces
    return x[:, :, :width].reshape(*x.shape[:2], width // pieces, pieces).max(axis=3)


@mistake("Each group gives a single number for the whole image. Every place has a maximum of its own.")
def _one_number_a_group(x, pieces):
    return _grouped(x, pieces).max(axis=(1, 2, 3))


@mistake("Your groups overlap: the next one begins `pieces` channels later, not one.")
def _overlapping(x, pieces):
    return np.array([x[first : first + pieces].max(axis=0) for first in range(len(x) - pieces + 1)])


@mistake("You give the mean of each group; asked for is its largest number.")
def _mean(x, pieces):
    return _grouped(x, pieces).mean(axis=1)


@mistake("You give the smallest number of each group; asked for is the largest.")
def _smallest(x, pieces):
    return _grouped(x, pieces).min(axis=1)


@mistake("You add up each group; asked for is its largest number.")
def _sum(x, pieces):
    return _grouped(x, pieces).sum(axis=1)


@mistake("You keep the first channel of each group, whatever the others hold.")
def _first_channel(x, pieces):
    return x[::pieces]


@mistake("You keep the channel with the largest sum for all places. Each place has a winner of its own.")
def _best_channel(x, pieces):
    groups = _grouped(x, pieces)
    return np.array([group[np.argmax(group.sum(axis=(1, 2)))] for group in groups])


@mistake("You return who won, not the number it won with: you want `max`, not `argmax`.")
def _winner(x, pieces):
    return _grouped(x, pieces).argmax(axis=1)


@mistake("Groups of negative numbers give 0: the result begins as zeros. Begin with a channel of the group.")
def _begins_at_zero(x, pieces):
    return np.maximum(reference(x, pieces), 0)


@mistake("You compare absolute values. Of -3 and 2, the larger is 2.")
def _magnitudes(x, pieces):
    return reference(np.abs(x), pieces)


@mistake("The group's own axis is still there, with size 1. The result has the three axes of `x`.")
def _axis_kept(x, pieces):
    return _grouped(x, pieces).max(axis=1, keepdims=True)


@mistake("Each maximum appears `pieces` times: one channel a group is enough.")
def _repeated(x, pieces):
    return np.repeat(reference(x, pieces), pieces, axis=0)


MISTAKES = MistakeBook.of(
    _strided_groups,
    _number_of_groups,
    _over_groups,
    _all_channels,
    _over_places,
    _over_rows,
    _over_columns,
    _one_number_a_group,
    _overlapping,
    _mean,
    _smallest,
    _sum,
    _first_channel,
    _best_channel,
    _winner,
    _begins_at_zero,
    _magnitudes,
    _axis_kept,
    _repeated,
)

# --- problems -----------------------------------------------------------------------------------------------


def _problem(x: np.ndarray, pieces: int, name: str = "") -> Problem:
    groups = len(x) // pieces
    traits = {
        "a group is a single channel": pieces == 1,
        "groups have several channels": pieces > 1,
        "there is a single group": groups == 1,
        "there are several groups": groups > 1,
        "there are as many groups as channels in each": groups == pieces,
        "all numbers are negative": bool(np.all(x < 0)),
        "x holds integers": x.dtype.kind == "i",
        "x holds floating-point numbers": x.dtype.kind == "f",
    }
    kind = "integers" if x.dtype.kind == "i" else "float32 numbers" if x.dtype == np.float32 else "numbers"
    sign = "negative " if np.all(x < 0) else ""
    label = name or f"x of shape {x.shape}, {sign}{kind}, pieces = {pieces}"
    return Problem((x, pieces), label, tuple(trait for trait, holds in traits.items() if holds))


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 10 stacks of maps: the worked example, one group or several of one to four channels."""
    example = np.array([[1, -5, 2], [3, -7, 0], [-1, -2, 4], [-6, -3, -4]]).reshape(4, 1, 3)
    return [
        _problem(example, 2, "the worked example"),
        _problem(halves(rng, 6, 2, 3), 2),
        _problem(whole(rng, 6, 3, 4), 3),
        _problem(-np.abs(halves(rng, 4, 3, 4)), 2),
        _problem(-np.abs(whole(rng, 6, 2, 4)), 3),
        _problem(halves(rng, 8, 4, 5, dtype=np.float32), 4),
        _problem(whole(rng, 8, 5, 2), 2),
        _problem(halves(rng, 3, 4, 3), 3),
        _problem(halves(rng, 3, 2, 4), 1),
        _problem(halves(rng, 9, 1, 5), 3),
    ]


CHANNEL_MAX = Exercise(
    name="channel_max",
    title="Pool across channels",
    topic="pooling",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=2,
    minutes=10,
    may_not_call=POOLING,
    may_not_call_because=BECAUSE,
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_group_by_group, _channel_by_channel, _reduceat, _sorted),
)
