"""Exercises that name your mistake.

`check` asks a student's function random problems and reports what is right, where the first difference is
and, where it knows, which mistake it is. Exercises are declared once in ``topics`` and reach students in a
frozen form without reference solutions.
"""

from lecturelib.exercises.answers import Answer, Failure
from lecturelib.exercises.ask import ask
from lecturelib.exercises.check import check, judge
from lecturelib.exercises.exercise import Exercise, Mistake, Problem, Task
from lecturelib.exercises.frozen import FrozenExercise, freeze, read_topic, write_topic
from lecturelib.exercises.functions import FUNCTIONS, NamedFunction
from lecturelib.exercises.questions import quiz
from lecturelib.exercises.registry import EXERCISES, UnknownExercise, use_frozen
from lecturelib.exercises.report import Case, Report

__all__ = [
    "EXERCISES",
    "FUNCTIONS",
    "Answer",
    "Case",
    "Exercise",
    "Failure",
    "FrozenExercise",
    "Mistake",
    "NamedFunction",
    "Problem",
    "Report",
    "Task",
    "UnknownExercise",
    "ask",
    "check",
    "freeze",
    "judge",
    "quiz",
    "read_topic",
    "use_frozen",
    "write_topic",
]
