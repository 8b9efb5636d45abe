"""What came of each problem, and the clause that a set of cases has in common."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from lecturelib.exercises.answers import Answer
from lecturelib.exercises.exercise import Problem
from lecturelib.exercises.judges import Difference


@dataclass(frozen=True, eq=False)
class Outcome:
    """One problem, the right answer, the given answer, and how they differ.

    Parameters
    ----------
    problem : Problem
        The question.
    expected, answer : Answer
        The right answer and the given one.
    difference : Difference or None
        The first difference of the values; None where they agree or where something was raised.
    right : bool
        Whether the answer counts.
    """

    problem: Problem
    expected: Answer
    answer: Answer
    difference: Difference | None
    right: bool


def agrees_in_failure(expected: Answer, answer: Answer) -> bool:
    """Tell whether both raised, the given exception being of the expected kind, or neither did."""
    if expected.failure is None or answer.failure is None:
        return expected.failure is answer.failure
    return expected.failure.kind in (answer.failure.kind, *answer.failure.lineage)


def values_agree(outcome: Outcome) -> bool:
    """Tell whether the value is right although the case is not: an input was damaged."""
    return outcome.right or (
        outcome.difference is None and agrees_in_failure(outcome.expected, outcome.answer)
    )


def unfinished(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """List the cases that are not written yet: NotImplementedError, or None where that is never an answer.

    Parameters
    ----------
    outcomes : sequence of Outcome
        All of them.

    Returns
    -------
    list of Outcome
        Empty where the exercise expects that exception.
    """
    none_counts = any(one.expected.failure is None and one.expected.value is None for one in outcomes)
    return [one for one in outcomes if not one.right and _unfinished(one.answer, none_counts)]


def _unfinished(answer: Answer, none_counts: bool) -> bool:
    if answer.forbidden or answer.damaged:
        return False
    if answer.failure is not None:
        return answer.failure.kind == "NotImplementedError"
    return answer.value is Ellipsis or (answer.value is None and not none_counts)


def clause(members: Sequence[Outcome], others: Sequence[Outcome]) -> str | None:
    """Find what holds for all members and for none of the others.

    Parameters
    ----------
    members, others : sequence of Outcome
        Two sets of cases without a common one.

    Returns
    -------
    str or None
        Fit to follow "when": "mode is 'full' or 'same'", "mode is 'same' and the kernel has an even length".
    """
    if not members or not others:
        return None
    wanted = set(range(len(members)))
    having = _having([*members, *others])
    for trait, places in having.items():
        if places == wanted:
            return trait
    for (one, places), (other, more) in combinations(having.items(), 2):
        if places & more == wanted:
            return f"{one} and {other}"
    parts = {trait: places for trait, places in having.items() if places <= wanted}
    for count in (2, 3):
        for chosen in combinations(parts, count):
            if set().union(*(parts[trait] for trait in chosen)) == wanted:
                return _either(chosen)
    return None


def _either(traits: Sequence[str]) -> str:
    """Join traits by "or"; what they have in common before their quoted values is said once.

    Examples
    --------
    >>> _either(["mode is 'full'", "mode is 'same'"])
    "mode is 'full' or 'same'"
    """
    found = [re.fullmatch(r"(.* is )('.*')", trait) for trait in traits]
    if all(found) and len({match[1] for match in found}) == 1:
        values = [match[2] for match in found]
        return found[0][1] + " or ".join([", ".join(values[:-1]), values[-1]])
    return " or ".join(traits)


def _having(outcomes: Sequence[Outcome]) -> dict[str, set[int]]:
    having: dict[str, set[int]] = {}
    for place, one in enumerate(outcomes):
        for trait in one.problem.traits:
            having.setdefault(trait, set()).add(place)
    return having


def where(outcomes: Sequence[Outcome], *, of_mistake: bool = False) -> str | None:
    """Say in which cases the function is wrong, if a trait of the problems tells.

    Parameters
    ----------
    outcomes : sequence of Outcome
        All of them, or with `of_mistake` those that tell where a mistake is made: where it would do no harm,
        being right says nothing.
    of_mistake : bool
        Whether to say where the mistake is made rather than where the function is wrong.

    Returns
    -------
    str or None
        "It is wrong exactly when …" or "You make this mistake when …"; None if it is wrong always or without
        a pattern.
    """
    wrong_when, right_when = "It is wrong exactly when", "It is right only when"
    if of_mistake:
        wrong_when, right_when = "You make this mistake when", "You avoid it only when"
    wrong = {place for place, one in enumerate(outcomes) if not one.right}
    if not wrong or len(wrong) == len(outcomes):
        return None
    having = _having(outcomes)
    for trait, places in having.items():
        if places == wrong:
            return f"{wrong_when} {trait}."
    for trait, places in having.items():
        if len(outcomes) - len(wrong) == len(places) and not places & wrong:
            return f"{right_when} {trait}."
    for (one, places), (other, others) in combinations(having.items(), 2):
        if places & others == wrong:
            return f"{wrong_when} {one} and {other}."
    for (one, places), (other, others) in combinations(having.items(), 2):
        if places | others == wrong:
            return f"{wrong_when} {_either((one, other))}."
    covering = [(len(places), trait) for trait, places in having.items() if wrong < places and len(wrong) > 1]
    size, trait = min(covering, default=(len(outcomes), ""))
    return (
        f"All its wrong cases are ones in which {trait}."
        if 2 * size < 1.4 * len(outcomes) and trait
        else None
    )
