"""sparse_connect(n_in, n_out, fan, seed): which inputs each output reads, drawn by the student."""

from __future__ import annotations

import random

import numpy as np

from lecturelib.exercises.exercise import Exercise, Problem
from lecturelib.exercises.topics.training.forbidden import CONNECTED
from lecturelib.exercises.topics.training.table_draws import reference
from lecturelib.exercises.topics.training.table_mistakes import MISTAKES

STATEMENT = """\
In LeCun's example each of the 256 maps of the third layer reads 16 of the 64 maps before it, chosen at
random once and for all. Write `sparse_connect(n_in, n_out, fan, seed)`: **a random table of connections**.

- `n_in`, `n_out`, `fan`: ints, at least 1. There are `n_in` inputs, numbered 0 to `n_in - 1`; each of the
  `n_out` outputs reads `fan` of them.
- `seed`: int, at least 0. The same seed gives the same table each time. Another seed gives another table,
  with rows of its own.
- It returns an array of **integers** of shape `(n_out, fan)`. Row `i` holds the inputs that output `i` reads:
  all different, in ascending order.
- All choices of `fan` inputs are equally likely, and each row is drawn **independently** of the others. So
  some inputs are read more often than others.
- If `fan` is larger than `n_in`, raise a `ValueError`.

`sparse_connect(5, 3, 2, 0)` may be `[[1, 4], [0, 1], [1, 3]]`. Your numbers may be others: what is checked
is whether they have these properties. In each case your function is called three times: twice with the seed
that you see, and once with the next.
"""

STUB = '''\
def sparse_connect(n_in, n_out, fan, seed):
    """Random table (n_out, fan): for each output, which of n_in inputs it reads, in ascending order."""
    raise NotImplementedError("Write sparse_connect here.")
'''

HINTS = (
    "Where does the generator begin, and how often? One generator that is made anew for each row gives the "
    "same row again; none at all gives another table each time.",
    "Make one generator, `np.random.default_rng(seed)`, before the loop. Read what `replace` means in "
    "`rng.choice`, or cut `rng.permutation(n_in)`, which does not notice when `fan` is too large. Then sort.",
)

# --- right, and different -----------------------------------------------------------------------------------


def _permutations(n_in, n_out, fan, seed):
    if fan > n_in:
        raise ValueError("fan must not be larger than n_in")
    rng = np.random.default_rng(seed)
    return [sorted(rng.permutation(n_in)[:fan].tolist()) for _ in range(n_out)]


def _python_sample(n_in, n_out, fan, seed):
    rng = random.Random(seed)
    return np.array([sorted(rng.sample(range(n_in), fan)) for _ in range(n_out)], dtype=np.uint8)


def _ranks(n_in, n_out, fan, seed):
    if not fan <= n_in:
        raise ValueError
    keys = np.random.RandomState(seed).uniform(size=(n_out, n_in))
    return np.sort(np.argsort(keys, axis=1)[:, n_in - fan :], axis=1)


def _drawn_until_new(n_in, n_out, fan, seed):
    rng, table = np.random.default_rng([seed, 7]), np.zeros((n_out, fan), dtype=int)
    for i in range(n_out):
        chosen = set()
        if fan > n_in:
            raise ValueError(f"{fan} > {n_in}")
        while len(chosen) < fan:
            chosen.add(int(rng.integers(n_in)))
        table[i] = sorted(chosen)
    return table


# --- problems -----------------------------------------------------------------------------------------------


def _problem(n_in: int, n_out: int, fan: int, seed: int) -> Problem:
    traits = {
        "fan is larger than n_in": fan > n_in,
        "fan is at most n_in": fan <= n_in,
        "fan is n_in": fan == n_in,
        "fan is 1": fan == 1,
        "there is one output": n_out == 1,
        "there are as many outputs as inputs": n_in == n_out,
        "fan does not divide n_in": fan < n_in and n_in % fan > 0,
    }
    label = f"n_in = {n_in}, n_out = {n_out}, fan = {fan}, seed = {seed}"
    again = () if fan > n_in else ((n_in, n_out, fan, seed), (n_in, n_out, fan, seed + 1))
    return Problem(
        (n_in, n_out, fan, seed), label, tuple(one for one, holds in traits.items() if holds), again=again
    )


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 10 tables: three too wide; a row, a column, all inputs; four large enough to show chance."""
    sizes = [
        (16, 44, 4),
        (2 * int(rng.integers(10, 12)), 48, 5),
        (5 * int(rng.integers(3, 5)), 50, 6),
        (24, 24, 10),
        (15, 1, 15),
        (6, 30, 1),
        (5, 9, 5),
        (4, 3, 5),
        (1, 6, 2),
        (9, 5, 20),
    ]
    return [_problem(*size, int(rng.integers(1000))) for size in sizes]


SPARSE_CONNECT = Exercise(
    name="sparse_connect",
    title="Sixteen of sixty-four",
    topic="training",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=2,
    minutes=10,
    judge="random_table",
    returns=("table",),
    may_not_call=CONNECTED,
    may_not_call_because="It draws the table for you; draw it yourself.",
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_permutations, _python_sample, _ranks, _drawn_until_new),
)
