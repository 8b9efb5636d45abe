"""The form in which a student receives an exercise: problems and answers as arrays, no solution."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path

import numpy as np

from lecturelib.exercises.answers import Answer
from lecturelib.exercises.codec import decode, decode_answer, encode, encode_answer
from lecturelib.exercises.exercise import Exercise, Mistake, Problem, Task

FORMAT = "lecturelib exercises 1"
_SHARED = (
    "name",
    "title",
    "topic",
    "statement",
    "stub",
    "hints",
    "points",
    "minutes",
    "judge",
    "returns",
    "may_not_call",
    "may_not_call_because",
)


def freeze(exercise: Exercise, seed: int = 0) -> dict:
    """Write an exercise down as data, without its reference and variants.

    Parameters
    ----------
    exercise : Exercise
        A live exercise.
    seed : int
        Seed of the fixed problems; `check` with this seed on the live exercise gives the same report.

    Returns
    -------
    dict
        What JSON can hold: the shared fields, ``problems``, ``expected`` and ``mistakes`` (name, sentence,
        answers). Answers of a mistake that equal the expected ones are written as null.
    """
    problems = exercise.problems(np.random.default_rng(seed))
    expected = [encode_answer(answer) for answer in exercise.expected(problems)]
    mistakes = []
    for one in exercise.mistakes:
        written = [encode_answer(exercise.mistaken(one, problem)) for problem in problems]
        answers = [
            None if answer == right else answer for answer, right in zip(written, expected, strict=True)
        ]
        about = {"name": one.name, "sentence": one.sentence} | ({"within": one.within} if one.within else {})
        mistakes.append({**about, "answers": answers})
    shared = {key: _plain(getattr(exercise, key)) for key in _SHARED}
    return {
        **shared,
        "problems": [_write(one) for one in problems],
        "expected": expected,
        "mistakes": mistakes,
    }


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _write(problem: Problem) -> dict:
    written: dict = {"label": problem.label, "args": [encode(argument) for argument in problem.args]}
    if problem.kwargs:
        written["kwargs"] = {key: encode(argument) for key, argument in problem.kwargs.items()}
    if problem.again:
        written["again"] = [encode(more) for more in problem.again]
    return {**written, "traits": list(problem.traits)}


def _read(data: dict) -> Problem:
    kwargs = {key: decode(argument) for key, argument in data.get("kwargs", {}).items()}
    args = tuple(decode(one) for one in data["args"])
    again = tuple(decode(one) for one in data.get("again", ()))
    return Problem(args, data["label"], tuple(data["traits"]), kwargs, again)


@dataclass(frozen=True, eq=False, kw_only=True)
class FrozenExercise(Task):
    """An exercise with fixed problems, their right answers and each mistake's answers.

    Parameters
    ----------
    fixed : tuple of Problem
        The problems.
    answers : tuple of Answer
        A right answer to each.
    mistakes : tuple of Mistake
        Names and sentences; their functions are None.
    sheets : tuple of tuple of Answer
        What each mistake answers to each problem.
    """

    fixed: tuple[Problem, ...]
    answers: tuple[Answer, ...]
    mistakes: tuple[Mistake, ...]
    sheets: tuple[tuple[Answer, ...], ...]

    @classmethod
    def thaw(cls, data: dict) -> FrozenExercise:
        """Rebuild a frozen exercise from what `freeze` returned, also after a passage through JSON.

        Parameters
        ----------
        data : dict
            The frozen form.

        Raises
        ------
        ValueError
            If something is missing.
        """
        missing = [key for key in (*_SHARED, "problems", "expected", "mistakes") if key not in data]
        if missing:
            raise ValueError(f"data must be a frozen exercise; it lacks {', '.join(missing)}")
        shared = {key: tuple(data[key]) if isinstance(data[key], list) else data[key] for key in _SHARED}
        answers = tuple(decode_answer(one) for one in data["expected"])
        sheets = tuple(
            tuple(
                right if one is None else decode_answer(one)
                for one, right in zip(entry["answers"], answers, strict=True)
            )
            for entry in data["mistakes"]
        )
        mistakes = tuple(
            Mistake(entry["name"], None, entry["sentence"], entry.get("within", 0.0))
            for entry in data["mistakes"]
        )
        fixed = tuple(_read(one) for one in data["problems"])
        return cls(**shared, fixed=fixed, answers=answers, mistakes=mistakes, sheets=sheets)

    def problems(self, rng: np.random.Generator | None = None) -> list[Problem]:
        """Give the fixed problems, whatever `rng` is."""
        return list(self.fixed)

    def expected(self, problems: Sequence[Problem]) -> tuple[Answer, ...]:
        """Look the right answers up."""
        return tuple(self.answers[place] for place in self._places(problems))

    def mistaken(self, mistake: Mistake, problem: Problem) -> Answer:
        """Look up what someone answers who makes this mistake."""
        (place,) = self._places([problem])
        return self.sheets[self.mistakes.index(mistake)][place]

    def _places(self, problems: Sequence[Problem]) -> list[int]:
        known = {problem.label: place for place, problem in enumerate(self.fixed)}
        strange = [problem.label for problem in problems if problem.label not in known]
        if strange:
            raise ValueError(f"problems must be this frozen exercise's own; {strange[0]!r} is not among them")
        return [known[problem.label] for problem in problems]


def write_topic(exercises: Sequence[Exercise], path: str | Path, *, seed: int = 0) -> Path:
    """Freeze exercises into one JSON file.

    Parameters
    ----------
    exercises : sequence of Exercise
        The live exercises of a topic.
    path : str or Path
        The file to write; its folder must exist.
    seed : int
        Seed of the fixed problems.

    Returns
    -------
    Path
        The file. One problem or answer stands on a line, so that a difference between two versions can be
        read.
    """
    path = Path(path)
    entries = [_lines(freeze(exercise, seed)) for exercise in exercises]
    text = f'{{\n"format": {json.dumps(FORMAT)},\n"exercises": [\n' + ",\n".join(entries) + "\n]\n}\n"
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _lines(entry: dict) -> str:
    rows = [f"{_compact(key)}:{_compact(entry[key])}" for key in _SHARED]
    for key in ("problems", "expected"):
        rows.append(f"{_compact(key)}:[\n" + ",\n".join(map(_compact, entry[key])) + "]")
    mistakes = []
    for one in entry["mistakes"]:
        head = ",".join(
            f"{_compact(key)}:{_compact(value)}" for key, value in one.items() if key != "answers"
        )
        mistakes.append(f'{{{head},"answers":[\n' + ",\n".join(map(_compact, one["answers"])) + "]}")
    rows.append('"mistakes":[\n' + ",\n".join(mistakes) + "]")
    return "{" + ",\n".join(rows) + "}"


def read_topic(path: str | Path | Traversable) -> tuple[FrozenExercise, ...]:
    """Read a file that `write_topic` wrote.

    Parameters
    ----------
    path : str, Path or a packaged resource
        The file.

    Raises
    ------
    ValueError
        If the file is not a frozen one.
    """
    file = Path(path) if isinstance(path, str) else path
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"path must be a frozen file; {file.name!r} is not JSON") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ValueError(f"path must be a frozen file of format {FORMAT!r}; {file.name!r} is not")
    return tuple(FrozenExercise.thaw(entry) for entry in data["exercises"])
