"""Where homework notebooks lie, and how they are read and written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode


class HomeworkError(Exception):
    """Something about a homework notebook that its author has to put right; the message says what."""


@dataclass(frozen=True)
class Homework:
    """The two notebooks of one homework.

    Parameters
    ----------
    name : str
        For instance ``"hw01_convolution"``.
    source, release : Path
        The notebook with solutions, and the one derived from it.
    """

    name: str
    source: Path
    release: Path


def homeworks(project: Path) -> list[Homework]:
    """List the homeworks of a project, in order.

    Parameters
    ----------
    project : Path
        The folder that holds ``notebooks/homework/source/<name>/<name>.ipynb`` (nbgrader's layout).

    Raises
    ------
    HomeworkError
        If there are none.
    """
    folder = Path(project) / "notebooks" / "homework"
    sources = sorted(path for path in folder.glob("source/hw*/hw*.ipynb") if path.stem == path.parent.name)
    if not sources:
        raise HomeworkError(f"no homework in {folder.as_posix()}/source; run this in the project's folder")
    return [Homework(path.stem, path, folder / "release" / path.stem / path.name) for path in sources]


def read(path: Path) -> NotebookNode:
    """Read a notebook."""
    return nbformat.read(path, as_version=4)


def write(node: NotebookNode, path: Path) -> None:
    """Write a notebook, with one newline at its end on every system."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = nbformat.writes(node, version=nbformat.NO_CONVERT).rstrip("\n") + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def tidy(source: str) -> str:
    r"""Write a cell's text the stored way: newlines of one kind, none at its ends.

    Examples
    --------
    >>> tidy("\nx = 1\r\n")
    'x = 1'
    """
    return "\n".join(source.splitlines()).strip("\n")
