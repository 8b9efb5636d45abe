"""Check a student's function: ask problems, judge the answers, name the mistake."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from lecturelib.exercises.answers import Answer, as_array
from lecturelib.exercises.ask import ask
from lecturelib.exercises.diagnosis import diagnose
from lecturelib.exercises.exercise import Problem, Task
from lecturelib.exercises.formatting import brief
from lecturelib.exercises.judges import Difference, judge_named
from lecturelib.exercises.outcomes import Outcome, agrees_in_failure, unfinished
from lecturelib.exercises.registry import EXERCISES
from lecturelib.exercises.report import Case, Report

#: Seconds that one answer may take.
PATIENCE = 20.0

_UNTOUCHED = "The function still raises NotImplementedError: replace that line with your own."
_EMPTY = "The function has no body yet: it returns nothing."


def check(name: str | Task, function: Callable, *, seed: int = 0) -> Report:
    """Ask a function the problems of an exercise and report what is right and what is wrong.

    Parameters
    ----------
    name : str or Task
        Name of the exercise, for instance ``"conv1d"``.
    function : callable
        The student's function itself, without brackets.
    seed : int
        Seed of the random problems. A frozen exercise has its problems fixed and ignores it.

    Returns
    -------
    Report
        With ``.passed``, ``.score`` (0 to 1), ``.diagnosis`` (str or None), ``.points(maximum)``.

    Raises
    ------
    UnknownExercise
        If there is no exercise of that name; the message lists near matches.

    Notes
    -----
    A wrong answer, whatever it is or raises, never raises here. Time is that of about twenty calls of the
    function; one that has not answered after `PATIENCE` seconds is stopped, where the system can do it.

    Examples
    --------
    >>> check("compose", lambda k1, k2: k1).diagnosis
    'Your function returns its argument `k1` unchanged.'
    """
    exercise = name if isinstance(name, Task) else EXERCISES[name]
    if not callable(function):
        return _not_callable(exercise, function)
    problems = exercise.problems(np.random.default_rng(seed))
    return judge(exercise, problems, _answers(exercise, function, problems))


def _answers(exercise: Task, function: Callable, problems: Sequence[Problem]) -> list[Answer]:
    """Ask all problems. A function that has run out of time once gets little for the others."""
    answers: list[Answer] = []
    seconds = PATIENCE
    for problem in problems:
        answer = ask(
            function,
            problem,
            names=exercise.arguments,
            may_not_call=exercise.may_not_call,
            because=exercise.may_not_call_because,
            seconds=seconds,
        )
        if answer.failure is not None and answer.failure.kind == "TimeoutError":
            seconds = 1.0
        answers.append(answer)
    return answers


def judge(exercise: Task, problems: Sequence[Problem], answers: Sequence[Answer]) -> Report:
    """Judge answers, wherever they were given.

    Parameters
    ----------
    exercise : Task
        Live or frozen.
    problems : sequence of Problem
        What was asked.
    answers : sequence of Answer
        What came back, one for each problem: from `ask`, or rebuilt from what another process sent.

    Returns
    -------
    Report
        The outcome; the same answers always give the same report.

    Raises
    ------
    ValueError
        If there are no problems, or not as many answers.
    """
    if not problems or len(problems) != len(answers):
        raise ValueError(
            f"answers must be one for each problem; got {len(answers)} for {len(problems)} problems"
        )
    missing = _not_attempted(answers)
    if missing:
        return Report(exercise.name, exercise.title, "not attempted", 0.0, missing, hints=exercise.hints)
    outcomes = [
        _outcome(exercise, *row) for row in zip(problems, exercise.expected(problems), answers, strict=True)
    ]
    missing = unfinished(outcomes)
    cases = tuple(_case(exercise, outcome, outcome not in missing) for outcome in outcomes)
    right = sum(case.right for case in cases)
    notes = ("What your function prints is not shown here.",) if any(one.printed for one in answers) else ()
    if right == len(cases):
        return Report(exercise.name, exercise.title, "passed", 1.0, cases=cases, notes=notes)
    sentence, mistake = diagnose(exercise, outcomes)
    score = right / len(cases)
    return Report(
        exercise.name, exercise.title, "not yet", score, sentence, mistake, cases, exercise.hints, notes
    )


def _not_callable(exercise: Task, function: object) -> Report:
    sentence = (
        f"`check` was given an object of type {type(function).__name__} instead of a function: "
        f'write `check("{exercise.name}", {exercise.name})`, the function\'s name without brackets.'
    )
    return Report(exercise.name, exercise.title, "not yet", 0.0, sentence, hints=exercise.hints)


def _not_attempted(answers: Sequence[Answer]) -> str | None:
    """Recognise a stub: it raises NotImplementedError, or returns nothing, whatever it is asked."""
    if all(one.failure is not None and one.failure.kind == "NotImplementedError" for one in answers):
        return _UNTOUCHED
    if any(one.damaged or one.forbidden or one.printed for one in answers):
        return None
    if all(one.failure is None and (one.value is None or one.value is Ellipsis) for one in answers):
        return _EMPTY
    return None


def _outcome(exercise: Task, problem: Problem, expected: Answer, answer: Answer) -> Outcome:
    difference: Difference | None = None
    agrees = agrees_in_failure(expected, answer)
    if agrees and answer.failure is None:
        difference = judge_named(exercise.judge).difference(
            problem, expected.value, answer.value, exercise.returns
        )
    right = agrees and difference is None and not answer.damaged and answer.forbidden is None
    return Outcome(problem, expected, answer, difference, right)


def _case(exercise: Task, outcome: Outcome, written: bool) -> Case:
    problem, answer = outcome.problem, outcome.answer
    effort = _effort(outcome)
    if outcome.right:
        return Case(problem.label, True, effort=effort)
    if not written:
        return Case(problem.label, False, "not written yet", effort=effort, written=False)
    given = [*zip(exercise.arguments, problem.args, strict=False), *problem.kwargs.items()]
    details = [(name, brief(argument)) for name, argument in given]
    if outcome.difference is not None and not exercise.returns:
        details += [("expected", brief(outcome.expected.value)), ("got", brief(answer.value))]
    return Case(problem.label, False, _remark(outcome), tuple(details), outcome.difference, effort)


def _effort(outcome: Outcome) -> tuple[bool, int]:
    """Measure how hard a case is to follow with a pencil: fractions first of all, then how many numbers."""
    arrays = [as_array(one) for one in (*outcome.problem.args, outcome.expected.value)]
    given = [array for array in arrays if array is not None]
    with np.errstate(all="ignore"):
        fractions = any(bool(np.any(array != np.round(array))) for array in given)
    return fractions, sum(array.size for array in given)


def _remark(outcome: Outcome) -> str:
    answer, expected, difference = outcome.answer, outcome.expected, outcome.difference
    if answer.forbidden:
        return f"calls {answer.forbidden}"
    if answer.failure is not None:
        place = f" in line {answer.failure.line}" if answer.failure.line is not None else ""
        return f"raises {answer.failure.kind}{place}: {answer.failure.message or 'no message'}".rstrip(".")
    if expected.failure is not None:
        return f"expected {expected.failure.kind} to be raised, got {brief(answer.value)}"
    if difference is not None:
        return f"{difference.part}, {difference.sentence}" if difference.part else difference.sentence
    return f"the result is right, but {' and '.join(answer.damaged)} was changed in place"
