"""Random tables of connections: which are right, which are not, and how a problem is asked again."""

import itertools
import json
import random

import numpy as np
import pytest

from lecturelib.exercises import EXERCISES, FrozenExercise, Problem, check, freeze
from lecturelib.exercises.ask import ask
from lecturelib.exercises.random_tables import first_fault

sparse_connect = EXERCISES["sparse_connect"].reference


def problems(seed):
    return [problem.args for problem in EXERCISES["sparse_connect"].problems(np.random.default_rng(seed))]


def test_reference_has_the_properties_and_refuses_what_is_impossible():
    table = sparse_connect(64, 256, 16, 3)
    assert table.shape == (256, 16) and table.dtype.kind == "i"
    assert (np.diff(table, axis=1) > 0).all() and table.min() >= 0 and table.max() < 64
    assert np.array_equal(table, sparse_connect(64, 256, 16, 3))
    assert not np.array_equal(table, sparse_connect(64, 256, 16, 4))
    with pytest.raises(ValueError):
        sparse_connect(4, 3, 5, 0)


@pytest.mark.parametrize("place", range(4))
def test_right_tables_are_never_found_at_fault(place):
    variant = EXERCISES["sparse_connect"].variants[place]
    for n_in, n_out, fan, seed in itertools.chain(*map(problems, range(25))):
        if fan <= n_in:
            tables = [np.array(variant(n_in, n_out, fan, one)) for one in (seed, seed, seed + 1)]
            assert first_fault(n_in, n_out, fan, tables) is None, (n_in, n_out, fan, seed)


@pytest.mark.parametrize(
    "sizes", [(1, 1, 1), (2, 1, 1), (3, 2, 2), (5, 3, 2), (4, 9, 4), (9, 2, 8), (2, 40, 1)]
)
def test_small_tables_may_look_like_anything(sizes):
    n_in, n_out, fan = sizes
    for choice in itertools.islice(itertools.combinations(range(n_in), fan), 5):
        tables = [np.tile(choice, (n_out, 1))] * 3
        fault = first_fault(n_in, n_out, fan, tables)
        assert fault is None or n_out == 40
    assert first_fault(5, 3, 2, [np.array([[1, 4], [0, 1], [1, 3]])]) is None


def test_a_problem_may_be_asked_again():
    calls = []

    def function(x):
        calls.append(x)
        return 2 * x

    assert ask(function, Problem((1,), "one", again=((1,), (5,)))).value == (2, 2, 10)
    assert calls == [1, 1, 5]
    assert ask(lambda x: None, Problem((1,), "one", again=((1,),))).value is None
    exercise = EXERCISES["sparse_connect"]
    thawed = FrozenExercise.thaw(json.loads(json.dumps(freeze(exercise))))
    asked = [[one.again for one in form.problems(np.random.default_rng(0))] for form in (exercise, thawed)]
    assert asked[0] == asked[1] and any(asked[0]) and not all(asked[0])


def test_frozen_tables_are_the_same_each_time():
    assert freeze(EXERCISES["sparse_connect"]) == freeze(EXERCISES["sparse_connect"])


def test_any_single_table_with_the_properties_agrees():
    exercise = EXERCISES["sparse_connect"]
    problem = next(one for one in exercise.problems(np.random.default_rng(0)) if one.again)
    n_in, n_out, fan, seed = problem.args
    assert exercise.agrees(problem, sparse_connect(n_in, n_out, fan, seed + 99))
    assert not exercise.agrees(problem, sparse_connect(n_in, n_out, fan, seed)[:, ::-1])


# --- what students write ---


def rows_by(draw, *, finish=sorted, start=np.random.default_rng):
    def function(n_in, n_out, fan, seed):
        if fan > n_in:
            raise ValueError("too wide")
        rng = start(seed)
        return np.array([finish(draw(rng, n_in, fan, seed)) for _ in range(n_out)])

    return function


def decks(n_in, n_out, fan, seed):
    if fan > n_in:
        raise ValueError("too wide")
    rng = np.random.RandomState(seed)
    deck = np.concatenate([rng.permutation(n_in) for _ in range(n_out * fan // n_in + 1)])
    return np.sort(deck[: n_out * fan].reshape(n_out, fan), axis=1)


WRONG = [
    (
        rows_by(lambda rng, n, k, _: np.random.default_rng([rng.integers(9**9), 3]).integers(n, size=k)),
        "with_replacement",
    ),
    (
        rows_by(lambda rng, n, k, _: rng.sample(range(n), k), start=lambda seed: random),
        "not_reproducible",
    ),
    (
        rows_by(lambda _, n, k, seed: random.Random(seed).sample(range(n), k)),
        "same_row",
    ),
    (
        rows_by(lambda rng, n, k, _: rng.permutation(n)[:k], start=lambda seed: np.random.RandomState(7)),
        "seed_ignored",
    ),
    (rows_by(lambda rng, n, k, _: rng.permutation(n)[:k], finish=list), "unsorted"),
    (rows_by(lambda rng, n, k, _: 1 + rng.permutation(n)[:k]), "from_one"),
    (decks, "dealt"),
]


@pytest.mark.parametrize(("function", "mistake"), WRONG)
@pytest.mark.parametrize("seed", [0, 5])
def test_wrong_tables_as_students_write_them_are_named(function, mistake, seed):
    report = check("sparse_connect", function, seed=seed)
    assert not report.passed
    assert report.mistake == mistake, report


def test_a_missing_check_of_the_width_is_told_besides():
    function = EXERCISES["sparse_connect"].variants[0]

    def never_refused(n_in, n_out, fan, seed):
        rng = np.random.default_rng(seed)
        return [sorted(rng.permutation(n_in)[:fan].tolist()) for _ in range(n_out)]

    assert check("sparse_connect", function).passed
    report = check("sparse_connect", never_refused)
    assert report.mistake == "fewer_without_error" and 0.6 < report.score < 0.8
