"""Questions at the end of a lecture, whose answer is a number, a list or a word: ``quiz(name, answer)``.

A quiz is for the reader alone: nothing is scored. A wrong answer that is the right answer to a neighbouring
question is told so.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lecturelib.exercises.question import Question
from lecturelib.exercises.questions_01_04 import LECTURE_01, LECTURE_02, LECTURE_03, LECTURE_04
from lecturelib.exercises.questions_05_09 import LECTURE_05, LECTURE_06

__all__ = ["QUESTIONS", "Question", "quiz"]

_LECTURES = (LECTURE_01, LECTURE_02, LECTURE_03, LECTURE_04, LECTURE_05, LECTURE_06)
QUESTIONS: Mapping[str, Question] = {question.name: question for lecture in _LECTURES for question in lecture}
"""All questions by name."""


def quiz(name: str, answer: object) -> None:
    """Judge the answer to a question of a lecture and print one line.

    Parameters
    ----------
    name : str
        The question's name.
    answer : int, float, str, sequence, array or Ellipsis
        The reader's answer; ``...`` means not answered yet.

    Raises
    ------
    KeyError
        If there is no such question.

    Examples
    --------
    >>> quiz("full-length", 100)
    Not yet: that is "same", as long as the input. Full keeps every output that touches the input.
    >>> quiz("full-length", ...)
    Not answered yet. Put your answer in place of the dots.
    """
    if name not in QUESTIONS:
        raise KeyError(f"name must be one of {', '.join(sorted(QUESTIONS))}; got {name!r}")
    question = QUESTIONS[name]
    if answer is Ellipsis or answer is None:
        print("Not answered yet. Put your answer in place of the dots.")
    elif _same(answer, question.answer):
        print(f"Right: {question.because}")
    else:
        reasons = (reason for known, reason in question.wrong.items() if _same(answer, known))
        print(f"Not yet: {next(reasons, question.hint)}")


def _same(given: object, expected: object) -> bool:
    """Compare as a reader would: 7, 7.0 and "7" are one answer, a list, a tuple and an array too."""
    if isinstance(expected, str):
        return isinstance(given, str) and given.strip().lower() == expected.lower()
    try:
        given_array, expected_array = np.asarray(given, dtype=float), np.asarray(expected, dtype=float)
    except (TypeError, ValueError):
        return False
    return given_array.shape == expected_array.shape and np.allclose(given_array, expected_array, rtol=1e-6)
