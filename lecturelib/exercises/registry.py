"""All exercises by name: the live ones where they are, otherwise the frozen ones in the package."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from lecturelib.exercises.exercise import Task
from lecturelib.exercises.frozen import read_topic

_TOPICS = f"{__package__}.topics"
# Lecture order; a topic that is not listed comes after these, by name.
_ORDER = (
    "convolution",
    "equivariance",
    "pooling",
    "priors",
    "variants",
    "training",
    "efficient_algorithms",
    "features",
    "mammalian_vision",
)


class UnknownExercise(KeyError):
    """No exercise has that name."""

    def __str__(self) -> str:
        """Give the message as it is: a KeyError would quote it."""
        return str(self.args[0])


class Registry(Mapping[str, Task]):
    """Exercises by name, loaded when the first one is asked for.

    Notes
    -----
    A student's copy of the package has no ``topics`` and reads ``frozen/<topic>.json`` instead.
    """

    def __init__(self) -> None:
        self._loaded: dict[str, Task] | None = None
        self._overriding: list[dict[str, Task]] = []

    def __getitem__(self, name: str) -> Task:
        """Look an exercise up; the error lists near matches."""
        exercises = self._exercises()
        if name in exercises:
            return exercises[name]
        near = get_close_matches(str(name), list(exercises), n=3, cutoff=0.5)
        advice = (
            f"Did you mean {' or '.join(map(repr, near))}?" if near else f"There are: {', '.join(exercises)}."
        )
        raise UnknownExercise(f"name must be the name of an exercise; got {name!r}. {advice}")

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names, in the order of the lectures."""
        return iter(self._exercises())

    def __len__(self) -> int:
        """Count the exercises."""
        return len(self._exercises())

    def __repr__(self) -> str:
        """List the names."""
        return f"EXERCISES({', '.join(self)})"

    def topic(self, topic: str) -> tuple[Task, ...]:
        """List the exercises of one topic, in order.

        Parameters
        ----------
        topic : str
            A lecture's stem, for instance ``"convolution"``.
        """
        return tuple(exercise for exercise in self.values() if exercise.topic == topic)

    def _exercises(self) -> dict[str, Task]:
        if self._overriding:
            return self._overriding[-1]
        if self._loaded is None:
            self._loaded = _by_name([*_live()] or [*_packaged()])
        return self._loaded


def _rank(topic: str) -> tuple[int, str]:
    return (_ORDER.index(topic) if topic in _ORDER else len(_ORDER), topic)


def _live() -> Iterator[Task]:
    try:
        package = importlib.import_module(_TOPICS)
    except ModuleNotFoundError as error:
        if error.name != _TOPICS:
            raise
        return
    for topic in sorted((module.name for module in pkgutil.iter_modules(package.__path__)), key=_rank):
        yield from importlib.import_module(f"{_TOPICS}.{topic}").EXERCISES


def _packaged() -> Iterator[Task]:
    yield from _from_folder(resources.files(__package__) / "frozen")


def _from_folder(folder: Traversable) -> Iterator[Task]:
    if not folder.is_dir():
        return
    files = [entry for entry in folder.iterdir() if entry.name.endswith(".json")]
    for file in sorted(files, key=lambda entry: _rank(entry.name.removesuffix(".json"))):
        yield from read_topic(file)


def _by_name(exercises: list[Task]) -> dict[str, Task]:
    table: dict[str, Task] = {}
    for exercise in exercises:
        if exercise.name in table:
            raise ValueError(f"two exercises have the name {exercise.name!r}")
        table[exercise.name] = exercise
    return table


EXERCISES = Registry()
"""All exercises by name."""


class use_frozen:  # noqa: N801 - used like a function
    """Let `check` and `EXERCISES` use a frozen file from now on, or within a ``with`` block.

    Parameters
    ----------
    path : str or Path
        A frozen file, or a folder of them.

    Raises
    ------
    ValueError
        If there is no exercise there, or the file is not a frozen one.
    """

    def __init__(self, path: str | Path) -> None:
        path = Path(path)
        exercises = [*read_topic(path)] if path.is_file() else [*_from_folder(path)]
        if not exercises:
            raise ValueError(f"path must be a frozen file or a folder of them; found none in {path.name!r}")
        self._table = _by_name(exercises)
        EXERCISES._overriding.append(self._table)

    def __enter__(self) -> Registry:
        """Give the registry, as it is now."""
        return EXERCISES

    def __exit__(self, *_error: object) -> None:
        """Return to what was in use before."""
        self.close()

    def close(self) -> None:
        """Return to what was in use before; harmless when called twice."""
        EXERCISES._overriding[:] = [one for one in EXERCISES._overriding if one is not self._table]
