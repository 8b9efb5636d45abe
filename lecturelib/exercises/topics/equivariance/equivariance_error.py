"""equivariance_error(f, g_in, x, g_out): how far two ways around the square end apart, by the student."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lecturelib.exercises.drawing import halves
from lecturelib.exercises.exercise import Exercise, MistakeBook, Problem, mistake
from lecturelib.exercises.functions import NamedFunction

STATEMENT = """\
A function $f$ is equivariant to $g$ if transforming its input is as good as transforming its output:
$f(g_{in}(x)) = g_{out}(f(x))$. Write `equivariance_error(f, g_in, x, g_out)`: the **largest absolute
difference** between the two sides.

- `f`, `g_in`, `g_out`: functions of one array. `g_out` may be `None`: then `g_in` serves on both sides.
- `x`: array of shape `(H, W)`. The results of `f` may have another shape, or be single numbers.
- It returns one number, 0 where the two sides are equal. It leaves `x` as it is.
"""

STUB = '''\
def equivariance_error(f, g_in, x, g_out=None):
    """Largest absolute difference between f(g_in(x)) and g_out(f(x)); g_out=None means g_in."""
    raise NotImplementedError("Write equivariance_error here.")
'''

HINTS = (
    "Draw the square: from `x` go right then down, and down then right. Which function stands on which side?",
    "`g_in` acts on what `f` takes, `g_out` on what `f` gives. A difference counts whichever way it points.",
)


def reference(f: Callable, g_in: Callable, x: np.ndarray, g_out: Callable | None = None) -> float:
    """Compare f(g_in(x)) with g_out(f(x)) for x of shape (H, W)."""
    return float(np.max(np.abs(f(g_in(x)) - (g_in if g_out is None else g_out)(f(x)))))


# --- right, and different -----------------------------------------------------------------------------------


def _entry_by_entry(f, g_in, x, g_out=None):
    left = np.asarray(f(g_in(x))).ravel().tolist()
    right = np.asarray((g_out or g_in)(f(x))).ravel().tolist()
    worst = 0.0
    for one, other in zip(left, right, strict=True):
        worst = max(worst, abs(one - other))
    return worst


def _two_sided(f, g_in, x, g_out=None):
    difference = np.asarray(f(g_in(x)) - (g_out or g_in)(f(x)))
    return np.maximum(difference.max(), -difference.min())


def _infinity_norm(f, g_in, x, g_out=None):
    difference = np.subtract(f(g_in(x)), (g_out or g_in)(f(x)), dtype=np.float32)
    return np.linalg.norm(difference.ravel(), ord=np.inf)


# --- wrong --------------------------------------------------------------------------------------------------


def _difference(f, g_in, x, g_out=None):
    return np.asarray(f(g_in(x)) - (g_in if g_out is None else g_out)(f(x)), dtype=float)


@mistake(
    "You use `g_in` on both sides although `g_out` is given: what acts on the output may differ from what "
    "acts on the input."
)
def _same_on_both_sides(f, g_in, x, g_out=None):
    return reference(f, g_in, x)


@mistake(
    "On the second side you transform first: f(g_out(x)). There the order is the other one, `f` first and "
    "`g_out` last, g_out(f(x)): it acts on what `f` gives. With the same order on both sides, and `g_in` "
    "for a missing `g_out`, the difference is 0 whatever `f` is."
)
def _output_transformed_first(f, g_in, x, g_out=None):
    return np.max(np.abs(f(g_in(x)) - f((g_out or g_in)(x))))


@mistake(
    "On the first side you map first: g_in(f(x)). There the order is the other one, `g_in` first and `f` "
    "last, f(g_in(x)): it acts on what `f` takes. With the same order on both sides, and `g_in` for a "
    "missing `g_out`, the difference is 0 whatever `f` is."
)
def _input_mapped_first(f, g_in, x, g_out=None):
    return np.max(np.abs(g_in(f(x)) - (g_out or g_in)(f(x))))


@mistake(
    "`g_in` and `g_out` have changed places: you compare f(g_out(x)) with g_in(f(x)). `g_in` acts on what "
    "`f` takes, `g_out` on what `f` gives."
)
def _ends_swapped(f, g_in, x, g_out=None):
    return reference(f, g_out or g_in, x, g_in)


@mistake(
    "You compare f(g_in(x)) with f(x) itself: that measures invariance. For equivariance the output moves "
    "along."
)
def _invariance(f, g_in, x, g_out=None):
    return reference(f, g_in, x, lambda y: y)


@mistake("Where `g_out` is None, you leave the output as it is. None means that `g_in` serves on both sides.")
def _none_is_identity(f, g_in, x, g_out=None):
    return reference(f, g_in, x, g_out or (lambda y: y))


@mistake("You take the largest signed difference: a large negative one goes unseen.")
def _signed(f, g_in, x, g_out=None):
    return _difference(f, g_in, x, g_out).max()


@mistake("You take the mean of the signed differences: positive and negative ones cancel.")
def _mean_signed(f, g_in, x, g_out=None):
    return _difference(f, g_in, x, g_out).mean()


@mistake("You take the mean absolute difference. Asked for is the largest one: a single wrong pixel counts.")
def _mean_absolute(f, g_in, x, g_out=None):
    return np.abs(_difference(f, g_in, x, g_out)).mean()


@mistake("You take the sum of the absolute differences. Asked for is the largest one.")
def _sum_absolute(f, g_in, x, g_out=None):
    return np.abs(_difference(f, g_in, x, g_out)).sum()


@mistake("You take the Euclidean norm of the difference. Asked for is its largest absolute entry.")
def _euclidean(f, g_in, x, g_out=None):
    return np.sqrt((_difference(f, g_in, x, g_out) ** 2).sum())


@mistake("You take the largest squared difference. Asked for is the largest absolute one.")
def _squared(f, g_in, x, g_out=None):
    return (_difference(f, g_in, x, g_out) ** 2).max()


@mistake("You take the smallest absolute difference: one pixel that agrees hides all the others.")
def _smallest(f, g_in, x, g_out=None):
    return np.abs(_difference(f, g_in, x, g_out)).min()


@mistake("You divide by the size of the output. Asked for is the difference itself, not the relative one.")
def _relative(f, g_in, x, g_out=None):
    return reference(f, g_in, x, g_out) / np.max(np.abs(f(x)))


@mistake("You compare the largest entries of the two sides, not the sides entry by entry.")
def _difference_of_maxima(f, g_in, x, g_out=None):
    return abs(np.max(f(g_in(x))) - np.max((g_out or g_in)(f(x))))


@mistake("You answer whether the sides differ, as True or 1. Asked for is by how much.")
def _yes_or_no(f, g_in, x, g_out=None):
    return bool(reference(f, g_in, x, g_out) > 1e-6)


@mistake("You return the whole array of differences. Asked for is one number, its largest absolute entry.")
def _whole_array(f, g_in, x, g_out=None):
    return np.abs(_difference(f, g_in, x, g_out))


MISTAKES = MistakeBook.of(
    _same_on_both_sides,
    _output_transformed_first,
    _input_mapped_first,
    _ends_swapped,
    _invariance,
    _none_is_identity,
    _signed,
    _mean_signed,
    _mean_absolute,
    _sum_absolute,
    _euclidean,
    _squared,
    _smallest,
    _relative,
    _difference_of_maxima,
    _yes_or_no,
    _whole_array,
)

# --- problems -----------------------------------------------------------------------------------------------


def _problem(f: str, g_in: str, x: np.ndarray, g_out: str | None) -> Problem:
    functions = [NamedFunction(name) for name in (f, g_in)]
    out = None if g_out is None else NamedFunction(g_out)
    traits = {
        "g_out is None": g_out is None,
        "g_out is given": g_out is not None,
        "g_out differs from g_in": g_out not in (None, g_in),
        "f is equivariant": reference(*functions, x, out) == 0,
        "f is not equivariant": reference(*functions, x, out) != 0,
        "f returns a single number": f == "global_max",
        "f reduces the size": f == "stride2_conv",
    }
    kind = ", float32" if x.dtype == np.float32 else ""
    label = f"f = {f}, g_in = {g_in}, g_out = {g_out}, x of shape {x.shape}{kind}"
    args = (functions[0], functions[1], x, out)
    return Problem(args, label, tuple(trait for trait, holds in traits.items() if holds))


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 15 problems: a small one; equivariant and not, with strides, borders, numbers as outputs."""
    x = halves(rng, 6, 4)
    small = halves(rng, 4, 6, dtype=np.float32)
    counting = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    return [
        _problem("row_ramp", "roll_rows", counting, None),
        _problem("circular_conv", "roll_rows", x, None),
        _problem("zero_conv", "roll_rows", x, None),
        _problem("zero_conv", "roll_columns_2", x, "roll_columns_2"),
        _problem("stride2_conv", "roll_rows_2", x, "roll_rows"),
        _problem("stride2_conv", "roll_rows", x, "roll_rows"),
        _problem("stride2_conv", "roll_columns_2", small, "roll_columns"),
        _problem("stride2_conv", "roll_rows_2", x, None),
        _problem("circular_conv", "quarter_turn", x, None),
        _problem("circular_conv", "roll_columns", small, "roll_columns"),
        _problem("relu", "negate", x, None),
        _problem("relu", "flip_rows", small, None),
        _problem("row_ramp", "roll_rows", x, None),
        _problem("global_max", "roll_rows", x, "identity"),
        _problem("global_max", "negate", halves(rng, 1, 5), "negate"),
    ]


EQUIVARIANCE_ERROR = Exercise(
    name="equivariance_error",
    title="How far from equivariant?",
    topic="equivariance",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=2,
    minutes=10,
    may_not_call=("lecturelib.equivariance_error", "lecturelib.invariance_error"),
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_entry_by_entry, _two_sided, _infinity_norm),
)
