"""Which classic mistake a set of answers shows: one for all wrong cases, or up to two, each for its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lecturelib.exercises.answers import Answer, as_array
from lecturelib.exercises.exercise import Mistake, Problem, Task
from lecturelib.exercises.judges import judge_named
from lecturelib.exercises.outcomes import Outcome, clause, where


@dataclass(frozen=True, eq=False)
class Finding:
    """What was recognised.

    Parameters
    ----------
    sentence : str
        For the student: one mistake or two, each with its cases.
    name : str
        Name of the mistake, the one with more cases where there are two.
    unexplained : tuple of Outcome
        Wrong cases that fit neither.
    count : int
        How many mistakes the sentence names.
    """

    sentence: str
    name: str
    unexplained: tuple[Outcome, ...] = ()
    count: int = 1


def named_mistake(
    exercise: Task, outcomes: Sequence[Outcome], *, whole: bool = True, everywhere: bool = False
) -> Finding | None:
    """Find the classic mistake that gives the same answers.

    Parameters
    ----------
    exercise : Task
        Live or frozen: both know each mistake's answers.
    outcomes : sequence of Outcome
        At least one not right.
    whole : bool
        Whether these are all cases, which are evidence enough; False asks more of a few.
    everywhere : bool
        Whether only a mistake counts whose answers agree in every case.

    Returns
    -------
    Finding or None
        None where too little fits.

    Notes
    -----
    First choice is a mistake whose answers agree in every case; second, one whose answers agree in every
    wrong case (a student may make it in one branch only), and then the sentence says which cases those are;
    third, the mistake that explains most of the wrong cases, and one that explains most of the others; last,
    one that may be missed by a little (`Mistake.within`) and is near in every wrong case.
    """
    wrong, right = ([one for one in outcomes if one.right is side] for side in (False, True))
    partly: tuple[int, Finding] | None = None
    for mistake in _by_nearness(exercise, exact=True):
        # Most mistakes drop out at the first wrong case, before they are asked anything else.
        if not all(_makes(exercise, mistake, one) for one in wrong):
            continue
        elsewhere = [one for one in right if not _makes(exercise, mistake, one)]
        if not elsewhere and (whole or _telling(wrong)):
            return Finding(mistake.sentence, mistake.name)
        if _telling(wrong) and (partly is None or len(elsewhere) < partly[0]):
            cases = _made_where(outcomes, wrong, elsewhere)
            sentence = f"{mistake.sentence} {cases or 'The other cases are right.'}"
            partly = len(elsewhere), Finding(sentence, mistake.name)
    if everywhere:
        return None
    return partly[1] if partly else _by_groups(exercise, outcomes) or _near(exercise, outcomes)


def _by_nearness(exercise: Task, *, exact: bool) -> list[Mistake]:
    """List the mistakes whose answers must be met exactly, or the others."""
    return [mistake for mistake in exercise.mistakes if (mistake.within == 0) is exact]


def _near(exercise: Task, outcomes: Sequence[Outcome]) -> Finding | None:
    """Find a mistake to whose answers all wrong ones are near; a few near ones would say little."""
    wrong = [one for one in outcomes if not one.right]
    for mistake in _by_nearness(exercise, exact=False):
        if _telling(wrong) and all(_makes(exercise, mistake, one) for one in wrong):
            return Finding(mistake.sentence, mistake.name)
    return None


def _made_where(
    outcomes: Sequence[Outcome], wrong: Sequence[Outcome], avoided: Sequence[Outcome]
) -> str | None:
    """Say where a mistake is made that is avoided in some cases, the other right ones being harmless."""
    telling = [one for one in outcomes if one in wrong or one in avoided]
    # Nobody can tell whether the mistake is made in a harmless case, and "wrong exactly when" would be false.
    return where(telling, of_mistake=len(telling) < len(outcomes))


def _by_groups(exercise: Task, outcomes: Sequence[Outcome]) -> Finding | None:
    """Name up to two mistakes, each for the wrong cases that it alone explains."""
    rest = [one for one in outcomes if not one.right]
    total, groups = len(rest), []
    while rest and len(groups) < 2:
        found = _best(exercise, outcomes, rest)
        if found is None:
            break
        groups.append(found)
        rest = [one for one in rest if one not in found[1]]
    if not groups or 2 * sum(one.answer.failure is None for one in rest) > total:
        return None
    sentences = []
    for mistake, explained in groups:
        said = any(mistake.sentence == other.sentence for other, _ in groups[: len(sentences)])
        if not said:
            cases = _cases(exercise, outcomes, mistake, explained, total)
            sentences.append(f"{mistake.sentence} {cases}")
    return Finding(
        " There is a second mistake. ".join(sentences), groups[0][0].name, tuple(rest), len(sentences)
    )


def _best(
    exercise: Task, outcomes: Sequence[Outcome], wrong: Sequence[Outcome]
) -> tuple[Mistake, list[Outcome]] | None:
    """Find the mistake that explains most of these wrong cases, and is seldom avoided in right ones."""
    best, key = None, (0, 0)
    for mistake in _by_nearness(exercise, exact=True):
        explained = [one for one in wrong if _makes(exercise, mistake, one)]
        if len(explained) < max(1, key[0]) or not _telling(explained, alone=5):
            continue
        avoided = sum(not _makes(exercise, mistake, one) for one in outcomes if one.right)
        if best is None or (len(explained), -avoided) > key:
            best, key = (mistake, explained), (len(explained), -avoided)
    return best


def _cases(
    exercise: Task, outcomes: Sequence[Outcome], mistake: Mistake, explained: Sequence[Outcome], total: int
) -> str:
    """Say where the mistake is made, leaving aside the cases in which it does no harm."""
    avoided = [one for one in outcomes if one not in explained and not _makes(exercise, mistake, one)]
    trait = clause(explained, avoided)
    return f"It is so when {trait}." if trait else f"It explains {len(explained)} of the {total} wrong cases."


def _makes(exercise: Task, mistake: Mistake, outcome: Outcome) -> bool:
    """Tell whether the given answer is the one that this mistake leads to, or as near as it allows."""
    made = exercise.mistaken(mistake, outcome.problem)
    return _alike(exercise, outcome.problem, made, outcome.answer) or (
        mistake.within > 0 and _apart(made, outcome.answer) <= mistake.within
    )


def _apart(one: Answer, other: Answer) -> float:
    """Return the largest distance between numbers of two answers; infinite where they cannot be compared."""
    arrays = [as_array(answer.value) if answer.failure is None else None for answer in (one, other)]
    if any(array is None or array.dtype.kind not in "biuf" for array in arrays):
        return np.inf
    if arrays[0].shape != arrays[1].shape or not arrays[0].size:
        return np.inf
    distance = np.max(np.abs(np.subtract(*arrays, dtype=float)))
    return float(distance) if np.isfinite(distance) else np.inf


def _alike(exercise: Task, problem: Problem, one: Answer, other: Answer) -> bool:
    """Tell whether two answers, right or wrong, are the same in value or in the exception's type."""
    if one.failure is not None or other.failure is not None:
        return (
            one.failure is not None
            and other.failure is not None
            and one.failure.kind == other.failure.kind
            and one.failure.negative_index == other.failure.negative_index
        )
    return judge_named(exercise.judge).same(problem, one.value, other.value)


def _telling(wrong: Sequence[Outcome], alone: int | None = None) -> bool:
    """Tell whether the wrong answers say enough to recognise a mistake by them.

    Two cases with three numbers in all do, or as many exceptions; and where `alone` is given, a single case
    with so many numbers.
    """
    answers = [one.answer for one in wrong]
    numbers = sum(np.size(value) for one in answers if (value := as_array(one.value)) is not None)
    if len(answers) == 1:
        return alone is not None and numbers >= alone
    return len(answers) >= 2 and (numbers >= 3 or all(one.failure is not None for one in answers))
