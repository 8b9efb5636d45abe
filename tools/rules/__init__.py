"""The rules that a notebook is held to, one small function each.

Importing a module of this package enters its rules in `RULES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tools.notebook import Notebook

#: What a rule yields: the cell's number (from 0; None for the whole notebook) and a sentence.
Findings = Iterator[tuple[int | None, str]]

KINDS = ("lecture", "start", "source", "release")
LECTURE = ("lecture",)
HOMEWORK = ("source", "release")


@dataclass(frozen=True)
class Rule:
    """A rule's name, the kinds of notebook that it holds for, and its function."""

    name: str
    kinds: tuple[str, ...]
    find: Callable[[Notebook], Findings]


@dataclass(frozen=True)
class Finding:
    """One breach of one rule."""

    notebook: str
    cell: int | None
    rule: str
    message: str

    def __str__(self) -> str:
        """Return the line that is printed; cells are counted from 1, as a reader counts."""
        place = "" if self.cell is None else f" cell {self.cell + 1}:"
        return f"{self.notebook}:{place} {self.rule}: {self.message}"


RULES: dict[str, Rule] = {}


def rule(*kinds: str) -> Callable[[Callable[[Notebook], Findings]], Callable[[Notebook], Findings]]:
    """Enter a function in the table under its own name, for the given kinds of notebook or for all."""

    def enter(find: Callable[[Notebook], Findings]) -> Callable[[Notebook], Findings]:
        RULES[find.__name__] = Rule(find.__name__, kinds or KINDS, find)
        return find

    return enter
