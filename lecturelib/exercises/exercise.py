"""An exercise, declared once: everything else reads this object."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from lecturelib.exercises.answers import Answer, settle
from lecturelib.exercises.ask import ask
from lecturelib.exercises.judges import judge_named


@dataclass(frozen=True, eq=False)
class Problem:
    """One question to the student's function.

    Parameters
    ----------
    args : tuple
        Positional arguments: arrays, numbers, strings, None, tuples of these, or `NamedFunction`.
    label : str
        How the case is called in front of the student: ``"x of length 7, w of length 4, mode 'same'"``.
    traits : tuple of str
        Clauses that hold for this case, each fit to follow "when": ``"mode is 'same'"``. A function that is
        wrong in exactly the cases that share a trait is told so.
    kwargs : dict
        Keyword arguments, of the same kinds.
    again : tuple of tuple
        Further positional arguments: the function is called with each of these too, after the first call, and
        the answer is the tuple of all that came back. For what a single call cannot show: that the same seed
        gives the same numbers.
    """

    args: tuple
    label: str
    traits: tuple[str, ...] = ()
    kwargs: dict = field(default_factory=dict)
    again: tuple[tuple, ...] = ()


@dataclass(frozen=True, eq=False)
class Mistake:
    """A classic wrong answer, as a function, with the sentence that a student who makes it reads.

    Parameters
    ----------
    name : str
        Short identifier, for the lecturer's list and the tests.
    function : callable or None
        The wrong implementation; None in the frozen form, which holds its answers instead.
    sentence : str
        What went wrong and where to look; never the solution.
    within : float
        How far another's answer may lie from this mistake's one, each number of it, to be the same mistake;
        0 for no farther than rounding. For estimates, which nobody makes with the same random numbers.
    """

    name: str
    function: Callable | None
    sentence: str
    within: float = 0.0


class MistakeBook(tuple):
    """Mistakes in the order in which they are tried; where two fit, the first one speaks."""

    __slots__ = ()

    @classmethod
    def of(cls, *functions: Callable) -> MistakeBook:
        """Collect functions that were marked with `mistake`.

        Parameters
        ----------
        *functions : callable
            Functions decorated with `mistake`; a function's name without its underscore becomes the mistake's
            name.
        """
        return cls(Mistake(one.__name__.lstrip("_"), one, one.sentence, one.within) for one in functions)


class NoFit(ValueError):
    """Stands for whatever a student's code raises where shapes do not go together.

    It compares with no exception of another kind. A mistake is then known by the cases in which it gives
    numbers, and the report says of the other cases what was raised there.
    """


def mistake(sentence: str, *, within: float = 0.0) -> Callable[[Callable], Callable]:
    """Mark a function as a wrong answer and say what its author should read.

    Parameters
    ----------
    sentence : str
        The sentence for the student.
    within : float
        How near an answer must be to that of the function, see `Mistake`.
    """

    def mark(function: Callable) -> Callable:
        function.sentence, function.within = sentence, within
        return function

    return mark


def arguments_of(stub: str) -> tuple[str, ...]:
    """Read the argument names from the first function of a stub.

    Parameters
    ----------
    stub : str
        Source text of the student's cell.

    Raises
    ------
    ValueError
        If the text defines no function.

    Examples
    --------
    >>> arguments_of("def compose(k1, k2): ...")
    ('k1', 'k2')
    """
    for node in ast.parse(stub).body:
        if isinstance(node, ast.FunctionDef):
            return tuple(
                argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            )
    raise ValueError(f"stub must define a function; got {stub[:60]!r}")


@dataclass(frozen=True, eq=False, kw_only=True)
class Task:
    """What live and frozen exercises share: all that the student may see, and how answers are compared.

    Parameters
    ----------
    name : str
        Name of the exercise and of the function the student writes.
    title, topic : str
        A heading, and the lecture's stem (``"convolution"``).
    statement : str
        Markdown: arguments and result with shapes, the empty and impossible cases, the convention (flips or
        not).
    stub : str
        Source text of the student's cell; it raises NotImplementedError.
    hints : tuple of str
        Two hints, the second more definite.
    points, minutes : float
        What it is worth and how long it takes.
    judge : str
        Name of the comparison, see `lecturelib.exercises.judges`.
    returns : tuple of str
        Names of the returned parts where there are several (``("dx", "dw")``).
    may_not_call : tuple of str
        Dotted names of functions that raise while the question is asked.
    may_not_call_because : str
        The reason, as a sentence.
    """

    name: str
    title: str
    topic: str
    statement: str
    stub: str
    hints: tuple[str, ...]
    points: float
    minutes: float
    judge: str = "close"
    returns: tuple[str, ...] = ()
    may_not_call: tuple[str, ...] = ()
    may_not_call_because: str = "Writing that step yourself is the exercise."

    @cached_property
    def arguments(self) -> tuple[str, ...]:
        """Names of the function's arguments, read from the stub."""
        return arguments_of(self.stub)

    def problems(self, rng: np.random.Generator) -> list[Problem]:
        """Draw the problems."""
        raise NotImplementedError

    def expected(self, problems: Sequence[Problem]) -> tuple[Answer, ...]:
        """Give a right answer to each problem."""
        raise NotImplementedError

    def mistaken(self, mistake: Mistake, problem: Problem) -> Answer:
        """Give the answer of someone who makes one of this exercise's mistakes."""
        raise NotImplementedError

    def agrees(self, problem: Problem, answer: object) -> bool:
        """Tell whether an answer is right.

        Parameters
        ----------
        problem : Problem
            A problem of this exercise.
        answer : object
            What the function returned: an array, a list, numbers, a tuple of these, or None.
        """
        (expected,) = self.expected([problem])
        return expected.failure is None and (
            judge_named(self.judge).difference(problem, expected.value, settle(answer), self.returns) is None
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class Exercise(Task):
    """A live exercise: a `Task` with its reference, its generator, its variants and its mistakes.

    Parameters
    ----------
    reference : callable
        A right implementation. Where it raises, raising that kind of exception is the right answer.
    draw : callable
        ``draw(rng)`` returns a list of problems; every problem of one call has a label of its own.
    mistakes : MistakeBook
        Named wrong implementations.
    variants : tuple of callable
        Right implementations that look different; the tests use them.
    """

    reference: Callable
    draw: Callable[[np.random.Generator], list[Problem]]
    mistakes: MistakeBook
    variants: tuple[Callable, ...]

    def problems(self, rng: np.random.Generator) -> list[Problem]:
        """Draw the problems.

        Parameters
        ----------
        rng : numpy.random.Generator
            The only source of randomness: the same state gives the same problems.
        """
        return self.draw(rng)

    def expected(self, problems: Sequence[Problem]) -> tuple[Answer, ...]:
        """Give the reference's answer to each problem."""
        return tuple(ask(self.reference, problem) for problem in problems)

    def mistaken(self, mistake: Mistake, problem: Problem) -> Answer:
        """Give the answer of someone who makes this mistake.

        Parameters
        ----------
        mistake : Mistake
            One of `mistakes`.
        problem : Problem
            A problem of this exercise.
        """
        return ask(mistake.function, problem)
