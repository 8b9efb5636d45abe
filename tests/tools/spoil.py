"""Mistakes to make in a good notebook, for the tests of the linter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tools.lint import lint
from tools.normalise import normalise
from tools.notebook import Notebook


def cell(notebook: Notebook, fragment: str) -> Any:
    """The first cell whose source holds the fragment."""
    return next(cell for cell in notebook.cells if fragment in cell.source)


def edit(fragment: str, old: str, new: str) -> Callable[[Notebook], None]:
    """A mistake that replaces text in the cell which holds a fragment."""

    def spoil(notebook: Notebook) -> None:
        found = cell(notebook, fragment)
        assert old in found.source
        found.source = found.source.replace(old, new)

    return spoil


def drop(fragment: str) -> Callable[[Notebook], None]:
    """A mistake that leaves out the cell which holds a fragment."""
    return lambda notebook: notebook.cells.remove(cell(notebook, fragment))


def move(fragment: str, before: str) -> Callable[[Notebook], None]:
    """A mistake that puts a cell before another."""

    def spoil(notebook: Notebook) -> None:
        moved = cell(notebook, fragment)
        notebook.cells.remove(moved)
        notebook.cells.insert(notebook.cells.index(cell(notebook, before)), moved)

    return spoil


def retag(fragment: str, tags: list[str]) -> Callable[[Notebook], None]:
    """A mistake in a cell's tags."""

    def spoil(notebook: Notebook) -> None:
        cell(notebook, fragment).metadata["tags"] = tags

    return spoil


def renumber(notebook: Notebook) -> None:
    """Number code cells, give each an output and bring the rest into its stored form, as a build does."""
    for count, (_, code) in enumerate(notebook.code(), start=1):
        code.execution_count = count
    ids = [cell.id for cell in notebook.cells]
    stored = [(len(code.outputs), code.outputs) for _, code in notebook.code()]
    widgets = notebook.node.metadata
    normalise(notebook.node)
    notebook.node.metadata = widgets
    for one, name in zip(notebook.cells, ids, strict=True):
        one.id = name
    for (_, code), (_, outputs) in zip(notebook.code(), stored, strict=True):
        code.outputs = outputs


def rules_tripped(notebook: Notebook) -> set[str]:
    return {finding.rule for finding in lint(notebook)}
