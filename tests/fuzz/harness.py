"""Thousands of sets of arguments for an operator, and how each of them ends."""

from __future__ import annotations

import os
import re
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.fuzz.arguments import ROLLS, Dice
from tests.fuzz.spoiled import FATAL, GENTLE, OPEN

#: For each operator; the weekly run in CI asks for 10 000.
SETS = int(os.environ.get("FUZZ_SETS", "4000"))
_WORD, _VERB = re.compile(r"[A-Za-z_]\w*"), re.compile(" must | needs ")
#: Megabytes that all sets of one operator may add to the process, and seconds that one may take.
MEGABYTES, SECONDS = 300, 5.0


@dataclass(frozen=True)
class Operator:
    """A function, how to draw its arguments, how to spoil them, and how to tell a right answer.

    `valid` draws a dictionary of arguments; `spoil` maps names to functions of
    :mod:`tests.fuzz.spoiled`; `verify(result, arguments, thorough)` returns a complaint or None.
    """

    function: Callable
    valid: Callable[[Dice], dict[str, Any]]
    spoil: dict[str, Callable]
    verify: Callable[[Any, dict[str, Any], bool], str | None]
    seed: int = 0
    thorough: int = 1  # every how many sets the costly part of the comparison is made
    view: bool = False  # whether the result may share memory with an argument
    warns: Callable[[str, dict], bool] = lambda message, arguments: False

    @property
    def name(self) -> str:
        return self.function.__name__


@dataclass
class Tally:
    """How the sets ended."""

    successes: int = 0
    errors: int = 0
    warnings: int = 0
    failures: list[str] = field(default_factory=list)


def rolls(operator: Operator) -> np.ndarray:
    """Random numbers of all sets of one operator."""
    return np.random.default_rng([operator.seed, *operator.name.encode()]).random((SETS, ROLLS))


def draw(operator: Operator, row: np.ndarray) -> tuple[dict[str, Any], dict[str, str]]:
    """Draw one set: arguments, and how those that were exchanged should end."""
    d = Dice(row.tolist())
    arguments, ends = operator.valid(d), {}
    if d(2):
        for _ in range(d.pick((1, 1, 1, 2, 3))):
            name = d.pick(tuple(operator.spoil))
            if name not in ends:
                arguments[name], ends[name] = operator.spoil[name](d, arguments.get(name), arguments)
    return arguments, ends


def run(operator: Operator, sets: range | None = None) -> Tally:
    """Try sets of arguments and collect what ended wrongly."""
    tally, numbers = Tally(), rolls(operator)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for index in sets or range(SETS):
        arguments, ends = draw(operator, numbers[index])
        start = time.perf_counter()
        complaint = attempt(operator, arguments, ends, index % operator.thorough == 0, tally)
        if complaint is None and time.perf_counter() - start > SECONDS:
            complaint = f"it took more than {SECONDS} s"
        if complaint is not None:
            tally.failures.append(
                f"{complaint}\n    {operator.name}, seed {operator.seed}, index {index}: "
                f"run(..., range({index}, {index + 1}))\n    exchanged: {ends}\n    arguments: {arguments!r}"
            )
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held) / 1024
    if grown > MEGABYTES:
        tally.failures.append(f"{operator.name} took {grown:.0f} MB more than before")
    return tally


def attempt(operator: Operator, arguments: dict, ends: dict, thorough: bool, tally: Tally) -> str | None:
    """Call once; return what was wrong with how it ended."""
    before = [
        (name, value, _picture(value))
        for name, value in arguments.items()
        if isinstance(value, list) or (isinstance(value, np.ndarray) and value.flags.writeable)
    ]
    try:
        result = operator.function(**arguments)
    except (TypeError, ValueError) as error:
        tally.errors += 1
        return _complaint_about_error(error, operator, ends)
    except RuntimeWarning as warning:
        if operator.warns(str(warning), arguments):
            tally.warnings += 1
            return None
        return f"it warned: {warning}"
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
        return f"it raised {type(error).__name__}: {error}"
    tally.successes += 1
    changed = [name for name, value, picture in before if _picture(value) != picture]
    if changed:
        return f"it changed {changed}"
    if FATAL in ends.values() and OPEN not in ends.values():
        return f"it accepted {[name for name, end in ends.items() if end == FATAL]}"
    return _complaint_about_result(operator, result, arguments, thorough)


def _picture(value: list | np.ndarray) -> Any:
    return repr(value) if isinstance(value, list) or value.dtype.hasobject else value.tobytes()


def _complaint_about_error(error: Exception, operator: Operator, ends: dict[str, str]) -> str | None:
    """Whether the message blames an argument, by its name, and tells what came."""
    message, found = str(error), f"{type(error).__name__}: {error}"
    if type(error) not in (TypeError, ValueError):
        return f"it raised {found}"
    if set(ends.values()) <= {GENTLE}:
        return f"it refused what is valid with {found}"
    start = _VERB.split(message)[0]
    named = [word for word in _WORD.findall(start) if word in operator.spoil]
    if start == message or not named:
        return f"the message does not say which argument must be what: {found}"
    if "; got " not in message:
        return f"the message does not tell what came: {found}"
    if isinstance(error, TypeError) and not set(named) & set(ends):
        return f"it blames {named}, which was left as it was: {found}"
    return None


def _complaint_about_result(operator: Operator, result: Any, arguments: dict, thorough: bool) -> str | None:
    """Whether the result stands by itself and is right."""
    if not operator.view:
        for part in result if isinstance(result, tuple) else (result,):
            if isinstance(part, np.ndarray):
                if not part.flags.writeable:
                    return "the result cannot be written to"
                for name, value in arguments.items():
                    if isinstance(value, np.ndarray) and np.may_share_memory(part, value):
                        return f"the result shares memory with {name}"
    with np.errstate(all="ignore"):
        try:
            return operator.verify(result, arguments, thorough)
        except Exception as error:  # noqa: BLE001 - the oracle found no answer: it should have been refused
            return f"it accepted what its oracle does not: {type(error).__name__}: {error}"
