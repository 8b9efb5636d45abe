"""From answers to a sentence: which mistake it is, and in which cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from lecturelib.exercises.answers import Answer, Unreadable, as_array
from lecturelib.exercises.exercise import Mistake, Problem, Task
from lecturelib.exercises.judges import Difference, judge_named
from lecturelib.exercises.symptoms import symptom


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


def diagnose(exercise: Task, outcomes: Sequence[Outcome]) -> tuple[str | None, str | None]:
    """Say what is wrong.

    Parameters
    ----------
    exercise : Task
        Live or frozen.
    outcomes : sequence of Outcome
        All of them, at least one not right.

    Returns
    -------
    (str or None, str or None)
        The sentence for the student, and the name of the classic mistake if it is one.
    """
    wrong = [one for one in outcomes if not one.right]
    forbidden = next((one.answer.forbidden for one in wrong if one.answer.forbidden), None)
    if forbidden:
        return (
            f"Your function calls `{forbidden}`, which may not be called here. "
            f"{exercise.may_not_call_because}",
            None,
        )
    if all(_values_agree(one) for one in wrong):
        return _join(_damage(wrong), where(outcomes)), None
    sentence, name = named_mistake(exercise, outcomes)
    if sentence is None:
        values = [one for one in wrong if not _values_agree(one)]
        sentence = _raised(exercise, values) or _returned(exercise, values)
        return _join(sentence, where(outcomes), _damage(wrong)), None
    return _join(sentence, _damage(wrong)), name


def _join(*sentences: str | None) -> str | None:
    return " ".join(sentence for sentence in sentences if sentence) or None


def _values_agree(outcome: Outcome) -> bool:
    """Tell whether the value is right although the case is not: an input was damaged."""
    return outcome.right or (
        outcome.difference is None and agrees_in_failure(outcome.expected, outcome.answer)
    )


def agrees_in_failure(expected: Answer, answer: Answer) -> bool:
    """Tell whether both raised, the given exception being of the expected kind, or neither did."""
    if expected.failure is None or answer.failure is None:
        return expected.failure is answer.failure
    return expected.failure.kind in (answer.failure.kind, *answer.failure.lineage)


def _alike(exercise: Task, problem: Problem, one: Answer, other: Answer) -> bool:
    """Tell whether two answers, right or wrong, are the same in value or in the exception's type."""
    if one.failure is not None or other.failure is not None:
        return (
            one.failure is not None and other.failure is not None and one.failure.kind == other.failure.kind
        )
    return judge_named(exercise.judge).same(problem, one.value, other.value)


def named_mistake(exercise: Task, outcomes: Sequence[Outcome]) -> tuple[str | None, str | None]:
    """Find the classic mistake that gives the same answers.

    Parameters
    ----------
    exercise : Task
        Live or frozen: both know each mistake's answers.
    outcomes : sequence of Outcome
        All of them, at least one not right.

    Returns
    -------
    (str or None, str or None)
        Its sentence and its name.

    Notes
    -----
    First choice is a mistake whose answers agree in every case; second, one whose answers agree in every
    wrong case (a student may make it in one branch only), and then the sentence says which cases those are.
    """
    wrong, right = ([one for one in outcomes if one.right is side] for side in (False, True))
    partly: tuple[str, str] | None = None
    for mistake in exercise.mistakes:
        # Most mistakes drop out at the first wrong case, before they are asked anything else.
        if not all(_makes(exercise, mistake, one) for one in wrong):
            continue
        elsewhere = [one for one in right if not _makes(exercise, mistake, one)]
        if not elsewhere:
            return mistake.sentence, mistake.name
        if partly is None and _telling(wrong):
            # Right cases in which the mistake does no harm say nothing about where the student makes it.
            cases = where([one for one in outcomes if not one.right or one in elsewhere])
            partly = f"{mistake.sentence} {cases or 'The other cases are right.'}", mistake.name
    return partly or (None, None)


def _makes(exercise: Task, mistake: Mistake, outcome: Outcome) -> bool:
    """Tell whether the given answer is the one that this mistake leads to."""
    return _alike(exercise, outcome.problem, exercise.mistaken(mistake, outcome.problem), outcome.answer)


def _telling(wrong: Sequence[Outcome]) -> bool:
    """Tell whether the wrong answers say enough to recognise a mistake by them."""
    answers = [one.answer for one in wrong]
    numbers = sum(np.size(value) for one in answers if (value := as_array(one.value)) is not None)
    return len(answers) >= 2 and (numbers >= 3 or all(one.failure is not None for one in answers))


def where(outcomes: Sequence[Outcome]) -> str | None:
    """Say in which cases the function is wrong, if a trait of the problems tells.

    Parameters
    ----------
    outcomes : sequence of Outcome
        All of them.

    Returns
    -------
    str or None
        "It is wrong exactly when …", or None if it is wrong always or without a pattern.
    """
    wrong = {place for place, one in enumerate(outcomes) if not one.right}
    if not wrong or len(wrong) == len(outcomes):
        return None
    having: dict[str, set[int]] = {}
    for place, one in enumerate(outcomes):
        for trait in one.problem.traits:
            having.setdefault(trait, set()).add(place)
    for trait, places in having.items():
        if places == wrong:
            return f"It is wrong exactly when {trait}."
    for trait, places in having.items():
        if len(outcomes) - len(wrong) == len(places) and not places & wrong:
            return f"It is right only when {trait}."
    for (one, places), (other, others) in combinations(having.items(), 2):
        if places & others == wrong:
            return f"It is wrong exactly when {one} and {other}."
    for (one, places), (other, others) in combinations(having.items(), 2):
        if places | others == wrong:
            return f"It is wrong exactly when {one} or {other}."
    covering = [(len(places), trait) for trait, places in having.items() if wrong < places and len(wrong) > 1]
    size, trait = min(covering, default=(len(outcomes), ""))
    return (
        f"All its wrong cases are ones in which {trait}."
        if 2 * size < 1.4 * len(outcomes) and trait
        else None
    )


def _damage(wrong: Sequence[Outcome]) -> str | None:
    names = sorted({name for one in wrong for name in one.answer.damaged})
    if not names:
        return None
    listed = " and ".join(f"`{name}`" for name in names)
    return (
        f"Your function changes its argument {listed} in place, which the caller still needs: work on a copy."
    )


def _raised(exercise: Task, wrong: Sequence[Outcome]) -> str | None:
    """Describe an exception that all wrong cases share, or one that was expected and did not come."""
    if all(one.expected.failure is not None and one.answer.failure is None for one in wrong):
        return f"Your function returns an answer where it should raise {wrong[0].expected.failure.kind}."
    failures = [one.answer.failure for one in wrong]
    if any(failure is None for failure in failures) or len({failure.kind for failure in failures}) > 1:
        return None
    first = failures[0]
    if first.kind == "TypeError" and first.line is None:
        return (
            f"Your function could not be called: {first.message}. "
            f"It is called with ({', '.join(exercise.arguments)}), in this order."
        )
    if first.kind == "NotImplementedError":
        return "Your function still raises NotImplementedError."
    place = f" in line {first.line}" if first.line is not None else ""
    code = f" (`{first.code}`)" if first.code and "`" not in first.code else ""
    return f"Your function raises {first.kind}{place}{code}: {first.message or 'no message'}."


def _returned(exercise: Task, wrong: Sequence[Outcome]) -> str | None:
    """Describe what the returned values look like."""
    if any(one.answer.failure is not None or one.expected.failure is not None for one in wrong):
        return None
    values = [(one.expected.value, one.answer.value) for one in wrong]
    if all(given is None or given is Ellipsis for _, given in values):
        return "Your function returns None. Did you forget `return`?"
    if all(right is None for right, _ in values):
        return "Your function returns something where None is the right answer."
    odd = next((given for _, given in values if isinstance(given, Unreadable)), None)
    if odd is not None:
        return f"Your function returns an object of type {odd.kind}: return an array or a list of numbers."
    returned = _argument(exercise, wrong)
    if returned:
        return f"Your function returns its argument `{returned}` unchanged."
    judge = judge_named(exercise.judge)
    seen = [
        [judge.visible(one.problem, value) for value in pair] for one, pair in zip(wrong, values, strict=True)
    ]
    if exercise.returns and all(isinstance(right, tuple) for right, _ in seen):
        return _by_part(exercise.returns, wrong, seen)
    return symptom(_arrays(seen) or [])


def _argument(exercise: Task, wrong: Sequence[Outcome]) -> str | None:
    """Name the argument that comes back as it went in, if one does in every wrong case."""
    for place, name in enumerate(exercise.arguments):
        sent = [one.problem.args[place] if place < len(one.problem.args) else None for one in wrong]
        if all(isinstance(one, np.ndarray) and one.size > 1 for one in sent) and all(
            as_array(one.answer.value) is not None and np.array_equal(as_array(one.answer.value), argument)
            for one, argument in zip(wrong, sent, strict=True)
        ):
            return name
    return None


def _arrays(seen: Sequence[Sequence[object]]) -> list[tuple[np.ndarray, np.ndarray]] | None:
    pairs = [(as_array(right), as_array(given)) for right, given in seen]
    return None if any(right is None or given is None for right, given in pairs) else pairs


def _by_part(
    names: tuple[str, ...], wrong: Sequence[Outcome], seen: Sequence[Sequence[object]]
) -> str | None:
    """Say which returned parts are wrong, and how, if one symptom fits."""
    if any(not isinstance(given, tuple) or len(given) != len(names) for _, given in seen):
        return f"Your function must return {len(names)} results: {', '.join(names)}."
    close = judge_named("close")
    faulty = [
        place
        for place in range(len(names))
        if any(
            close.difference(one.problem, right[place], given[place])
            for one, (right, given) in zip(wrong, seen, strict=True)
        )
    ]
    sentences = []
    for place in faulty:
        pairs = _arrays([(right[place], given[place]) for right, given in seen])
        found = symptom(pairs) if pairs else None
        sentences.append(
            f"`{names[place]}` is wrong." + (f" Of `{names[place]}` alone: {found}" if found else "")
        )
    spared = [f"`{name}` is right." for place, name in enumerate(names) if place not in faulty]
    return " ".join([*spared, *sentences]) or None
