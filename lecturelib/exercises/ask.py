"""Put one problem to a function and write down what it answers; no judgement here."""

from __future__ import annotations

import contextlib
import io
import linecache
import traceback
import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from lecturelib.exercises.answers import Answer, Failure, settle
from lecturelib.exercises.guard import MayNotCall, forbid
from lecturelib.exercises.limit import time_limit

if TYPE_CHECKING:
    from lecturelib.exercises.exercise import Problem


def ask(
    function: Callable,
    problem: Problem,
    *,
    names: Sequence[str] = (),
    may_not_call: Sequence[str] = (),
    because: str = "",
    seconds: float | None = None,
) -> Answer:
    """Ask a function one problem.

    Parameters
    ----------
    function : callable
        The student's function.
    problem : Problem
        Its arguments are copied first, so that a function that damages them leaves the problem whole.
    names : sequence of str
        Names of the arguments, for the message about damaged ones.
    may_not_call : sequence of str
        Dotted names of functions that raise meanwhile.
    because : str
        Why they may not be called.
    seconds : float, optional
        Time after which the function is stopped (see `time_limit`); its failure is a TimeoutError.

    Returns
    -------
    Answer
        The settled value or the exception; never raises but for KeyboardInterrupt.

    Notes
    -----
    Warnings and prints are swallowed: a message on stderr would cost the student all points of a graded cell.
    """
    args = [_copy(argument) for argument in problem.args]
    kwargs = {key: _copy(argument) for key, argument in problem.kwargs.items()}
    printed = io.StringIO()
    value, failure = None, None
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
        forbid(may_not_call, function, because) as called,
    ):
        warnings.simplefilter("ignore")
        try:
            with time_limit(seconds):
                value = settle(function(*args, **kwargs))
                if problem.again and value is not None and value is not Ellipsis:
                    more = (settle(function(*map(_copy, given), **kwargs)) for given in problem.again)
                    value = (value, *more)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - sys.exit() in a student's function must not end the notebook
            failure = _failure(error, function)
    given = [*problem.args, *problem.kwargs.values()]
    titles = [
        *names[: len(args)],
        *(f"argument {place + 1}" for place in range(len(names), len(args))),
        *kwargs,
    ]
    damaged = tuple(
        title
        for title, before, after in zip(titles, given, [*args, *kwargs.values()], strict=True)
        if not _same(before, after)
    )
    return Answer(value, failure, damaged, called[0] if called else None, bool(printed.getvalue()))


def _copy(argument: object) -> object:
    if isinstance(argument, np.ndarray):
        return argument.copy()
    if isinstance(argument, list | tuple):
        return type(argument)(_copy(item) for item in argument)
    if isinstance(argument, dict):
        return {key: _copy(item) for key, item in argument.items()}
    return argument


def _same(before: object, after: object) -> bool:
    if isinstance(before, np.ndarray):
        return (
            before.shape == after.shape
            and before.dtype == after.dtype
            and bool(np.array_equal(before, after, equal_nan=before.dtype.kind in "fc"))
        )
    if isinstance(before, list | tuple):
        return len(before) == len(after) and all(map(_same, before, after))
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(_same(before[key], after[key]) for key in before)
    return before is after or before == after


def _failure(error: BaseException, function: Callable) -> Failure:
    """Find the last line of the student's own code in the traceback."""
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    line, text = None, ""
    if code is not None and not isinstance(error, MayNotCall | RecursionError):
        for frame, number in traceback.walk_tb(error.__traceback__):
            if frame.f_code.co_filename == code.co_filename:
                line, text = number, linecache.getline(code.co_filename, number).strip()
    return Failure.of(error, line=line, code=text)
