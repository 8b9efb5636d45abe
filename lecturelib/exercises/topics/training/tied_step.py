"""tied_step(w, grads, lr, rule): one step of tied copies, written by the student."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.drawing import halves, whole
from lecturelib.exercises.exercise import Exercise, Problem
from lecturelib.exercises.topics.training.forbidden import TIED
from lecturelib.exercises.topics.training.tied_mistakes import MISTAKES
from lecturelib.exercises.topics.training.tied_rules import reference

STATEMENT = """\
A layer keeps `N` copies of one kernel, one for each place, and they are to stay equal while it learns. Write
`tied_step(w, grads, lr, rule)`: **the copies after one step** of gradient descent.

- `w`: array of shape `(N, ...)`: `w[i]` is copy `i`. A copy may have any shape; `(KH, KW)` for instance, or
  `()` where the kernel is a single number.
- `grads`: array of the shape of `w`: `grads[i]` is the gradient of the loss with respect to copy `i` alone.
  Both hold integers or floating-point numbers.
- `lr`: number above 0, the size of the step.
- `rule`:
    - `"sum"`: every copy steps by `-lr` times the **sum** of all copies' gradients. That sum is the gradient
      of one shared kernel.
    - `"mean"`: every copy steps by `-lr` times the **mean** of all copies' gradients.
    - `"average_after"`: every copy steps by `-lr` times **its own** gradient. After that all copies are
      replaced by their mean.
- It returns the new copies, an array of the shape of `w`, and leaves `w` and `grads` as they are.

Copies that start different stay different by the first two rules. Only the third makes them equal.

Two copies of a single number, `w = [1, 3]`, with `grads = [10, 20]` and `lr = 0.1` become `[-2, 0]` by
`"sum"`, `[-0.5, 1.5]` by `"mean"` and `[0.5, 0.5]` by `"average_after"`.
"""

STUB = '''\
def tied_step(w, grads, lr, rule):
    """Step copies w (N, ...) by their gradients; rule 'sum', 'mean' or 'average_after'."""
    raise NotImplementedError("Write tied_step here.")
'''

HINTS = (
    "Along which axis do the copies lie? By two of the rules, all copies make the same step; by the third, "
    "it is the copies that are combined, not the gradients.",
    "`grads.sum(axis=0)` has the shape of one copy; subtracting it from `w` moves every copy. By the third "
    "rule take `w - lr * grads` first, then its mean along axis 0, as many times as there are copies.",
)

# --- right, and different -----------------------------------------------------------------------------------


def _copy_by_copy(w, grads, lr, rule):
    count = len(w)
    if rule == "average_after":
        stepped = [copy - lr * grad for copy, grad in zip(w, grads, strict=True)]
        return [sum(stepped) / count] * count
    step = lr * sum(grad.astype(float) for grad in grads)
    return [copy - (step if rule == "sum" else step / count) for copy in w]


def _projected(w, grads, lr, rule):
    count = len(w)
    average = np.full((count, count), 1 / count)
    ones = {"sum": count * average, "mean": average, "average_after": np.eye(count)}[rule]
    flat = w.reshape(count, -1) - lr * ones @ grads.reshape(count, -1)
    return (average @ flat if rule == "average_after" else flat).reshape(w.shape)


def _means_first(w, grads, lr, rule):
    step = lr * np.mean(grads, axis=0, keepdims=True)
    if rule == "average_after":
        return np.repeat(np.mean(w, axis=0, keepdims=True) - step, len(w), axis=0)
    return w - (len(w) if rule == "sum" else 1) * step


# --- problems -----------------------------------------------------------------------------------------------


def _problem(w: np.ndarray, grads: np.ndarray, lr: float, rule: str, name: str = "") -> Problem:
    same = bool(np.all(w == w[:1]))
    traits = {
        f"rule is '{rule}'": True,
        "the copies start equal": same and len(w) > 1,
        "the copies start different": not same,
        "there is one copy": len(w) == 1,
        "there are several copies": len(w) > 1,
        "a copy is a single number": w.ndim == 1,
        "a copy has several numbers": w[0].size > 1,
        "w holds integers": w.dtype.kind == "i",
        "w holds floating-point numbers": w.dtype.kind == "f",
    }
    kind = "integers" if w.dtype.kind == "i" else str(w.dtype)
    start = "equal" if same else "different"
    label = f"{name or f'w {w.shape}, {kind}, {start} at the start'}, lr = {lr:g}, rule {rule!r}"
    return Problem((w, grads, lr, rule), label, tuple(trait for trait, holds in traits.items() if holds))


def _alike(copy: np.ndarray, count: int) -> np.ndarray:
    return np.repeat(copy[None], count, axis=0)


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 30 steps, ten by all three rules: equal and different starts, one copy to six, numbers to 4-D."""
    starts = [
        (np.array([1, 3]), np.array([10, 20]), 0.1, "the example in the statement"),
        (np.full(5, 0.3), np.arange(1.0, 6), 0.1, "five copies of 0.3, gradients 1 to 5"),
        (_alike(halves(rng, 2, 3), 4), halves(rng, 4, 2, 3), 0.25, ""),
        (halves(rng, 3, 3, 2), halves(rng, 3, 3, 2), 0.5, ""),
        (_alike(halves(rng, 2, 2, 1, 3), 3), halves(rng, 3, 2, 2, 1, 3), 0.2, ""),
        (halves(rng, 2, 2, 3, 2), halves(rng, 2, 2, 3, 2), 0.1, ""),
        (halves(rng, 1, 2, 3), halves(rng, 1, 2, 3), 0.3, ""),
        (halves(rng, 3, 3), halves(rng, 3, 3), 0.4, ""),
        (whole(rng, 6, 2), whole(rng, 6, 2), 0.15, ""),
        (halves(rng, 4, 3, dtype=np.float32), halves(rng, 4, 3, dtype=np.float32), 0.125, ""),
    ]
    rules = ("sum", "mean", "average_after")
    return [_problem(w, grads, lr, rule, name) for w, grads, lr, name in starts for rule in rules]


TIED_STEP = Exercise(
    name="tied_step",
    title="Copies that stay equal",
    topic="training",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=2,
    minutes=15,
    may_not_call=TIED,
    may_not_call_because="It makes the whole step; write the three rules yourself.",
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_copy_by_copy, _projected, _means_first),
)
