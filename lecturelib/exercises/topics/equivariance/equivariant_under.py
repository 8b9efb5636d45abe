"""equivariant_under(layers, shift): which shifts a stack with strides follows, answered by the student."""

from __future__ import annotations

import math

import numpy as np

from lecturelib.exercises.exercise import Exercise, MistakeBook, Problem, mistake

STATEMENT = """\
An image passes through a stack of layers, all with a **circular** boundary. A layer with stride `s` keeps
rows and columns 0, `s`, 2`s`, … of what it computes. Shift the input. If the new output is the old one, only
shifted, the stack is equivariant under that shift. Write `equivariant_under(layers, shift)`: **how far the
output moves**.

- `layers`: list of `(kind, size, stride)`, first layer first. `kind` is `"conv"` or `"pool"`; `size` is the
  side of the kernel or of the pooling window; `stride` holds for both axes. Sizes and strides are ints, at
  least 1. The list may be empty: then the output is the input.
- `shift`: pair of ints `(down, right)`, positive, negative or 0.
- It returns the pair `(down, right)` of whole numbers by which the output moves (`2.0` counts as `2`), or
  `None` if the new output is no shifted copy of the old one.

Kernels and images have no symmetry. The image is so large, and of such a size, that no layer is left with a
remainder of rows or columns.
"""

STUB = '''\
def equivariant_under(layers, shift):
    """Shift (down, right) of the output when the input moves by `shift`, or None."""
    raise NotImplementedError("Write equivariant_under here.")
'''

HINTS = (
    "Follow the shift through one layer. With stride 2 the layer keeps rows 0, 2, 4, … : what becomes of a "
    "shift by 4 rows, and of a shift by 3?",
    "A stride `s` passes a shift on only if `s` divides it, along both axes, and divides it by `s`. The "
    "next layer sees what is left. Does the size of a window matter for that?",
)

Shift = tuple[int, int]


def _divided(shift: Shift, grid: int) -> Shift | None:
    return None if any(step % grid for step in shift) else (shift[0] // grid, shift[1] // grid)


def _strides(layers):
    return [stride for _, _, stride in layers]


def reference(layers: list[tuple[str, int, int]], shift: Shift) -> Shift | None:
    """Divide the shift by the product of all strides, where that leaves no remainder."""
    return _divided(shift, math.prod(_strides(layers)))


# --- right, and different -----------------------------------------------------------------------------------


def _layer_by_layer(layers, shift):
    for _, _, stride in layers:
        if shift[0] % stride or shift[1] % stride:
            return None
        shift = [step // stride for step in shift]
    return shift


def _recursive(layers, shift):
    if not layers:
        return np.array(shift)
    moved, rest = np.divmod(shift, layers[-1][2])
    # The order of the strides does not matter: each divides what the others have left.
    return None if rest.any() else _recursive(layers[:-1], tuple(moved.tolist()))


def _measured(layers, shift):
    """Follow the image's indices: which pixel of the input stands behind each pixel of the output."""
    side = math.prod(_strides(layers)) * 3
    height, width = (side * (1 + abs(step)) for step in shift)
    rows, columns = np.arange(height), np.arange(width)
    moved = [(rows - shift[0]) % height, (columns - shift[1]) % width]
    plain = [rows, columns]
    for stride in _strides(layers):
        moved, plain = [one[::stride] for one in moved], [one[::stride] for one in plain]
    found = []
    for after, before, step in zip(moved, plain, shift, strict=True):
        lags = [lag for lag in range(len(before)) if np.array_equal(after, np.roll(before, lag))]
        if not lags:
            return None
        found.append(lags[0] if step >= 0 else (lags[0] - len(before) if lags[0] else 0))
    return tuple(found)


# --- wrong --------------------------------------------------------------------------------------------------


@mistake(
    "You add the strides up. Two layers with stride 2 keep every fourth row, and three keep every eighth: "
    "strides multiply."
)
def _sum_of_strides(layers, shift):
    return _divided(shift, sum(_strides(layers)))


@mistake("You use the largest stride alone. Each layer divides what the layers before it have left.")
def _largest_stride(layers, shift):
    return _divided(shift, max(_strides(layers)))


@mistake("You use the last layer's stride alone. The layers before it have divided the shift already.")
def _last_stride(layers, shift):
    return _divided(shift, layers[-1][2])


@mistake("You use the first layer's stride alone. The layers after it divide what is left once more.")
def _first_stride(layers, shift):
    return _divided(shift, layers[0][2])


@mistake(
    "You use the least common multiple of the strides. Two layers with stride 2 keep every fourth row, not "
    "every second one: strides multiply."
)
def _common_multiple(layers, shift):
    return _divided(shift, math.lcm(*_strides(layers)))


@mistake(
    "You divide by the sizes of the windows. A window of any size moves along with the image; only strides "
    "skip places."
)
def _sizes_for_strides(layers, shift):
    return _divided(shift, math.prod(size for _, size, _ in layers))


@mistake(
    "For pooling layers you divide by the size of the window. What counts is the stride, which is given "
    "beside it."
)
def _pool_size(layers, shift):
    return _divided(shift, math.prod(size if kind == "pool" else stride for kind, size, stride in layers))


@mistake(
    "You count the strides of pooling layers only. A convolution with stride 2 skips places just the same."
)
def _pools_only(layers, shift):
    return _divided(shift, math.prod(stride for kind, _, stride in layers if kind == "pool"))


@mistake("You count the strides of convolutions only. Pooling with stride 2 skips places just the same.")
def _convs_only(layers, shift):
    return _divided(shift, math.prod(stride for kind, _, stride in layers if kind == "conv"))


@mistake(
    "You round a quotient with a remainder. Then the layer keeps other rows or columns than before, the "
    "output is no shifted copy, and the answer is None."
)
def _rounds_down(layers, shift):
    grid = math.prod(_strides(layers))
    return shift[0] // grid, shift[1] // grid


@mistake(_rounds_down.sentence)
def _rounds_to_zero(layers, shift):
    grid = math.prod(_strides(layers))
    return int(shift[0] / grid), int(shift[1] / grid)


@mistake(
    "You look for a remainder in the last layer only. Every layer must pass on a whole shift: a remainder on "
    "the way is rounded off and forgotten."
)
def _last_remainder_only(layers, shift):
    for _, _, stride in layers[:-1]:
        shift = (shift[0] // stride, shift[1] // stride)
    return _divided(shift, layers[-1][2]) if layers else shift


@mistake(
    "You hold every stride against the shift of the input. A layer sees what the layers before it have left "
    "of the shift: a shift by 2 passes one stride of 2 as a shift by 1, and fails at the next. Carry the "
    "divided shift on from layer to layer, and look for the remainder there."
)
def _held_against_the_input(layers, shift):
    return None if _refused_at_once(layers, shift) else _rounds_down(layers, shift)


@mistake(_held_against_the_input.sentence)
def _held_and_cut(layers, shift):
    return None if _refused_at_once(layers, shift) else _rounds_to_zero(layers, shift)


@mistake(_held_against_the_input.sentence)
def _held_and_fractions(layers, shift):
    return None if _refused_at_once(layers, shift) else _fractions(layers, shift)


@mistake(_held_against_the_input.sentence)
def _held_and_not_carried(layers, shift):
    last = layers[-1][2] if layers else 1
    return None if _refused_at_once(layers, shift) else (shift[0] // last, shift[1] // last)


def _refused_at_once(layers, shift):
    return any(step % stride for stride in _strides(layers) for step in shift)


@mistake("You return fractions of a pixel. Where a stride leaves a remainder, the answer is None.")
def _fractions(layers, shift):
    grid = math.prod(_strides(layers))
    return shift[0] / grid, shift[1] / grid


@mistake("You check the rows only. The shift along the columns must leave no remainder either.")
def _rows_only(layers, shift):
    grid = math.prod(_strides(layers))
    return None if shift[0] % grid else (shift[0] // grid, shift[1] // grid)


@mistake("You check the columns only. The shift along the rows must leave no remainder either.")
def _columns_only(layers, shift):
    grid = math.prod(_strides(layers))
    return None if shift[1] % grid else (shift[0] // grid, shift[1] // grid)


@mistake(
    "You answer None only if both axes leave a remainder. One is enough: then the output is no shifted copy."
)
def _either_axis(layers, shift):
    grid = math.prod(_strides(layers))
    return None if all(step % grid for step in shift) else (shift[0] // grid, shift[1] // grid)


@mistake(
    "You return the shift of the input. The output has fewer rows and columns, and moves by fewer of them."
)
def _input_shift(layers, shift):
    return None if reference(layers, shift) is None else shift


@mistake("You multiply by the strides. The output has fewer pixels than the input, so its shift is smaller.")
def _multiplied(layers, shift):
    grid = math.prod(_strides(layers))
    return None if reference(layers, shift) is None else (shift[0] * grid, shift[1] * grid)


@mistake("The sign of the shift is lost. Where the input moves up or to the left, the output does so too.")
def _sign_lost(layers, shift):
    return reference(layers, (abs(shift[0]), abs(shift[1])))


@mistake("You answer None for negative shifts. A shift up or to the left is passed on like any other.")
def _negative_is_none(layers, shift):
    return None if min(shift) < 0 else reference(layers, shift)


@mistake(
    "You answer None where a number of the shift is 0. Every stride divides 0: along that axis nothing moves."
)
def _zero_is_none(layers, shift):
    return reference(layers, shift) if all(shift) else None


@mistake("The two numbers of the output's shift have changed places: first down, then right.")
def _swapped(layers, shift):
    return reference(layers, shift[::-1])


@mistake("You return the product of the strides. Asked for is by how much the output moves, along each axis.")
def _grid(layers, shift):
    return None if reference(layers, shift) is None else math.prod(_strides(layers))


@mistake(
    "Where the stack is not equivariant you return (0, 0), which says that the output stays in place. Return "
    "None."
)
def _zero_for_none(layers, shift):
    return reference(layers, shift) or (0, 0)


@mistake("Where the stack is not equivariant you return False. The answer there is None.")
def _false_for_none(layers, shift):
    return reference(layers, shift) or False


@mistake("You answer whether the stack is equivariant. Asked for is by how much the output moves, or None.")
def _yes_or_no(layers, shift):
    return reference(layers, shift) is not None


MISTAKES = MistakeBook.of(
    _sum_of_strides,
    _largest_stride,
    _last_stride,
    _first_stride,
    _common_multiple,
    _sizes_for_strides,
    _pool_size,
    _pools_only,
    _convs_only,
    _rounds_down,
    _rounds_to_zero,
    _last_remainder_only,
    _held_against_the_input,
    _held_and_cut,
    _held_and_fractions,
    _held_and_not_carried,
    _fractions,
    _rows_only,
    _columns_only,
    _either_axis,
    _input_shift,
    _multiplied,
    _sign_lost,
    _negative_is_none,
    _zero_is_none,
    _swapped,
    _grid,
    _zero_for_none,
    _false_for_none,
    _yes_or_no,
)

# --- problems -----------------------------------------------------------------------------------------------

_CONV, _STRIDED, _POOL = ("conv", 3, 1), ("conv", 5, 2), ("pool", 2, 2)
_OVERLAPPING, _SPARSE = ("pool", 3, 2), ("pool", 2, 3)


def _problem(layers: list[tuple[str, int, int]], shift: Shift) -> Problem:
    strides, moved = _strides(layers), reference(layers, shift)
    grid = math.prod(strides)
    traits = {
        "the stack is equivariant under the shift": moved is not None,
        "the answer is None": moved is None,
        "there is no layer": not layers,
        "there is one layer": len(layers) == 1,
        "several layers have a stride above 1": sum(stride > 1 for stride in strides) > 1,
        "no layer has a stride above 1": grid == 1,
        "a number of the shift is negative": min(shift) < 0,
        "no number of the shift is negative": min(shift) >= 0,
        "a number of the shift is 0": 0 in shift,
        "the strides divide one number of the shift only": sum(step % grid == 0 for step in shift) == 1,
        "there is no pooling layer": all(kind == "conv" for kind, _, _ in layers),
        "there is no convolution": all(kind == "pool" for kind, _, _ in layers),
    }
    stack = ", ".join(f"{kind} {size} stride {stride}" for kind, size, stride in layers) or "no layer"
    label = f"{stack}; shift {shift}"
    return Problem((layers, shift), label, tuple(trait for trait, holds in traits.items() if holds))


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 23 problems: the worked stack; strides alike and different; shifts on the grid and beside it."""
    one, other = (int(number) for number in rng.choice(np.arange(1, 6), 2, replace=False))
    return [
        _problem([_CONV, _POOL, _STRIDED], (8, -4)),
        _problem([_CONV, _POOL, _STRIDED], (6, 4)),
        _problem([_CONV, _POOL, _STRIDED], (20 * one, -20)),
        _problem([], (3, -one)),
        _problem([_CONV], (other, -2)),
        _problem([_CONV, ("conv", 5, 1)], (2 * one, 2 * other)),
        _problem([_POOL], (2 * one, 2 * other)),
        _problem([_POOL], (1, 2)),
        _problem([_POOL], (2, 2 * one - 1)),
        _problem([_STRIDED, _OVERLAPPING], (4 * one, -4 * other)),
        _problem([_STRIDED, _OVERLAPPING], (4, 2)),
        _problem([_STRIDED, _OVERLAPPING], (2, 6)),
        _problem([_STRIDED, _OVERLAPPING], (5, 9)),
        _problem([("conv", 3, 3), _CONV, _POOL], (6 * other, 6 * one)),
        _problem([("conv", 3, 3), _CONV, _POOL], (10, 5)),
        _problem([_POOL, _SPARSE], (-6 * one, 12)),
        _problem([_POOL, _SPARSE], (7, 13)),
        _problem([_POOL, _CONV, _OVERLAPPING, _STRIDED], (8 * one, -8 * other)),
        _problem([_POOL, _CONV, _OVERLAPPING, _STRIDED], (-4, 12)),
        _problem([_POOL, _CONV, _OVERLAPPING, _STRIDED], (0, 8 * one)),
        _problem([_OVERLAPPING, _OVERLAPPING, _CONV], (0, 0)),
        _problem([_OVERLAPPING, _OVERLAPPING, _CONV], (-8, 6)),
        _problem([("conv", 7, 1), _SPARSE], (-3, -3 * other)),
    ]


EQUIVARIANT_UNDER = Exercise(
    name="equivariant_under",
    title="Shifts that survive strides",
    topic="equivariance",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=3,
    minutes=15,
    returns=("down", "right"),
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_layer_by_layer, _recursive, _measured),
)
