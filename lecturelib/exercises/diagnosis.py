"""From answers to a sentence: which mistake it is, and in which cases."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lecturelib.exercises.answers import Failure, Unreadable, as_array
from lecturelib.exercises.exercise import Task
from lecturelib.exercises.judges import judge_named
from lecturelib.exercises.naming import Finding, named_mistake
from lecturelib.exercises.outcomes import Outcome, clause, unfinished, values_agree, where
from lecturelib.exercises.symptoms import symptom


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
    missing = unfinished(outcomes)
    attempted = [one for one in outcomes if one not in missing]
    if not missing or not attempted:
        return _attempted(exercise, outcomes, whole=True)
    sentence, name = None, None
    if any(not one.right for one in attempted):
        sentence, name = _attempted(exercise, attempted, whole=False)
    else:
        finished = clause(attempted, missing) or f"{len(attempted)} of the {len(outcomes)} cases"
        sentence = f"What you have finished is right: {finished}."
    return _join(sentence, _not_written(missing, attempted)), name


def _attempted(exercise: Task, outcomes: Sequence[Outcome], *, whole: bool) -> tuple[str | None, str | None]:
    """Say what is wrong with cases that are written; `whole` tells whether these are all cases."""
    wrong = [one for one in outcomes if not one.right]
    if all(values_agree(one) for one in wrong):
        return _join(_damage(wrong), where(outcomes)), None
    if any(values_agree(one) for one in wrong):
        return _damage_and_more(exercise, outcomes, whole=whole)
    found = named_mistake(exercise, outcomes, whole=whole)
    if found is None:
        values = [one for one in wrong if not values_agree(one)]
        sentence = _described(exercise, values, outcomes)
        cases = where(outcomes) if sentence else None
        return _join(sentence or _some_raise(exercise, outcomes), cases, _damage(wrong)), None
    return _join(found.sentence, _others(exercise, outcomes, found), _damage(wrong)), found.name


def _damage_and_more(
    exercise: Task, outcomes: Sequence[Outcome], *, whole: bool
) -> tuple[str | None, str | None]:
    """Say first that an argument is changed, which alone makes some cases wrong, and then what else is.

    The other wrong values may follow from the change. A mistake is named only if it gives all answers, the
    right ones too.
    """
    valued = [replace(one, right=one.right or values_agree(one)) for one in outcomes]
    damage = _damage([one for one in outcomes if not one.right])
    found = named_mistake(exercise, valued, whole=whole, everywhere=True)
    if found is not None:
        return _join(damage, found.sentence), found.name
    others = [one for one in valued if not one.right]
    trait = clause(others, [one for one in valued if one.right])
    cases = f"when {trait}" if trait else "in one case" if len(others) == 1 else f"in {len(others)} cases"
    described = _described(exercise, others, valued)
    if described is None:
        return _join(damage, f"The result itself is wrong {cases}."), None
    return _join(damage, f"And {cases}: {described[0].lower()}{described[1:]}"), None


def _described(exercise: Task, wrong: Sequence[Outcome], outcomes: Sequence[Outcome]) -> str | None:
    """Say what all of these wrong cases have in common; `outcomes` are all cases."""
    none_counts = any(one.expected.failure is None and one.expected.value is None for one in outcomes)
    values = [one for one in wrong if one.answer.failure is None and one.expected.value is not None]
    if none_counts and len(values) == len(wrong) and any(one.answer.value is None for one in wrong):
        return _none_too_often(exercise, wrong)
    return _raised(exercise, wrong) or _returned(exercise, wrong)


def _some_raise(exercise: Task, outcomes: Sequence[Outcome]) -> str | None:
    """Describe an exception that only some of the wrong cases raise."""
    raising = [one for one in outcomes if not one.right and one.answer.failure is not None]
    described = _raised(exercise, raising) if raising else None
    trait = clause(raising, [one for one in outcomes if one not in raising])
    return _join(described, trait and f"It does so when {trait}.") if described else where(outcomes)


def _others(exercise: Task, outcomes: Sequence[Outcome], found: Finding) -> str | None:
    """Say what is known of the wrong cases that no named mistake explains."""
    rest = [one for one in found.unexplained if not values_agree(one)]
    if not rest:
        return None
    trait = clause(rest, [one for one in outcomes if one not in rest])
    cases = f"when {trait}" if trait else "in one other case" if len(rest) == 1 else f"in {len(rest)} others"
    described = _described(exercise, rest, outcomes)
    if described:
        return f"And {cases}: {described[0].lower()}{described[1:]}"
    return f"And {cases} both may act at once." if found.count > 1 else None


def _not_written(missing: Sequence[Outcome], attempted: Sequence[Outcome]) -> str:
    """Say which cases are still to be written."""
    total = len(missing) + len(attempted)
    cases = clause(missing, attempted) or f"{len(missing)} of the {total} cases"
    silent = all(one.answer.failure is None for one in missing)
    forgotten = " There your function returns None: is the branch empty, or did you forget `return`?"
    return f"Not written yet: {cases}.{forgotten if silent else ''}"


def _join(*sentences: str | None) -> str | None:
    return " ".join(sentence for sentence in sentences if sentence) or None


def _damage(wrong: Sequence[Outcome]) -> str | None:
    names = sorted({name for one in wrong for name in one.answer.damaged})
    if not names:
        return None
    listed = " and ".join(f"`{name}`" for name in names)
    changed = f"argument {listed}" if len(names) == 1 else f"arguments {listed}"
    return f"Your function changes its {changed} in place, which the caller still needs: work on a copy."


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
    said = f"Your function raises {first.kind}{place}{code}: {first.message or 'no message'}."
    return _join(said, _about_index(first) or _about_casting(first))


def _about_index(failure: Failure) -> str | None:
    """Explain NumPy's message about an index out of bounds."""
    found = re.search(r"index (-?\d+) is out of bounds for axis \d+ with size (\d+)", failure.message)
    if failure.kind != "IndexError" or found is None:
        return None
    index, size = int(found[1]), int(found[2])
    if index < 0:
        return (
            f"A negative index counts from the end in Python: {index} asks for entry number {-index} from "
            f"the end, of {size}. Leave out the products whose index is below 0."
        )
    return (
        f"The last of {size} entries has index {size - 1}: leave out the products beyond it."
        if size
        else None
    )


def _about_casting(failure: Failure) -> str | None:
    """Explain NumPy's refusal to add fractions to an array of integers."""
    if failure.kind != "UFuncTypeError" or not re.search(
        r"from dtype\('float\d+'\) to dtype\('u?int", failure.message
    ):
        return None
    return (
        "The array that you change there holds integers, perhaps because `np.zeros_like` took the dtype of "
        "an argument; fractions do not fit in. Make it with `np.zeros(shape)`."
    )


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


def _none_too_often(exercise: Task, wrong: Sequence[Outcome]) -> str | None:
    """Describe answers that are None in some cases only, and wrong otherwise."""
    silent = [one for one in wrong if one.answer.value is None]
    what = f"`({', '.join(exercise.returns)})`" if exercise.returns else "an answer"
    count = "one case" if len(silent) == 1 else f"{len(silent)} cases"
    others = [one for one in wrong if one.answer.value is not None]
    more = _returned(exercise, others) if others else None
    return _join(f"Your function returns None in {count} where {what} exists.", more and f"Otherwise: {more}")


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
