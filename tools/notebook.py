"""A notebook as the tools see it: its cells, its sections and what kind of notebook it is."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat.v4

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"

HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*\s*$")
MINUTES = re.compile(r"\((\d+)\s*min(?:utes)?\)\s*$")
#: The closing sections of a lecture, in their order; they need neither a core/further tag nor minutes.
CLOSING = ("Misconceptions", "Check yourself", "Lessons learned", "The fine print", "Next", "References")


@dataclass(frozen=True)
class Heading:
    """A heading and the cell it stands in (cells are counted from 0, fenced code is not read)."""

    cell: int
    level: int
    text: str

    @property
    def title(self) -> str:
        """The heading without its minutes."""
        return MINUTES.sub("", self.text).strip()

    @property
    def minutes(self) -> int | None:
        """The minutes at the end of the heading, as in "Flip and slide (8 min)", or None."""
        found = MINUTES.search(self.text)
        return int(found.group(1)) if found else None


@dataclass(frozen=True)
class Section:
    """A ``##`` heading and the cells from its own up to (not including) the one of the next ``##``."""

    heading: Heading
    start: int
    stop: int
    track: str | None  # "core", "further" or None when the heading cell says neither

    @property
    def closing(self) -> str | None:
        """The name in `CLOSING` that this section's title begins with, or None for a section that teaches."""
        title = self.heading.title.lower()
        return next((name for name in CLOSING if title.startswith(name.lower())), None)


def tags(cell: Any) -> list[str]:
    """Return the tags of a cell."""
    return list(cell.get("metadata", {}).get("tags", []))


def claims(cell: Any) -> list[str]:
    """Return the ids of the claims that a cell demonstrates."""
    return list(cell.get("metadata", {}).get("claims", []))


def code_lines(cell: Any) -> int:
    """Count the lines of a cell that are not blank (comments count: they are read too)."""
    return sum(bool(line.strip()) for line in cell.source.splitlines())


def text_of(value: Any) -> str:
    """Return a notebook's string, which may be stored as a list of lines."""
    return value if isinstance(value, str) else "".join(value)


def spans(starts: list[int], stop: int) -> list[tuple[int, int]]:
    """Pair every start with the next one, the last with ``stop``."""
    return list(pairwise([*starts, stop]))


def headings_of(cells: list[Any]) -> list[Heading]:
    """List every Markdown heading, in order."""
    found = []
    for number, cell in enumerate(cells):
        if cell.cell_type != "markdown":
            continue
        fenced = False
        for line in cell.source.splitlines():
            if line.lstrip().startswith(("```", "~~~")):
                fenced = not fenced
            elif not fenced and (match := HEADING.match(line)):
                found.append(Heading(number, len(match.group(1)), match.group(2)))
    return found


def sections_of(cells: list[Any]) -> list[Section]:
    """List the ``##`` sections, in order."""
    starts = [heading for heading in headings_of(cells) if heading.level == 2]
    stops = [stop for _, stop in spans([heading.cell for heading in starts], len(cells))]
    found = []
    for heading, stop in zip(starts, stops, strict=True):
        own = tags(cells[heading.cell])
        track = next((name for name in ("core", "further") if name in own), None)
        found.append(Section(heading, heading.cell, stop, track))
    return found


@dataclass(frozen=True)
class Notebook:
    """A notebook under one of the rules' eyes.

    Notes
    -----
    ``kind`` is "lecture", "start" (``00_…``), "source" or "release" (homework), read from the path.
    """

    path: Path
    node: Any
    kind: str

    @functools.cached_property
    def headings(self) -> list[Heading]:
        """Every Markdown heading, in order."""
        return headings_of(self.cells)

    @functools.cached_property
    def sections(self) -> list[Section]:
        """The ``##`` sections, in order."""
        return sections_of(self.cells)

    @property
    def cells(self) -> list[Any]:
        """The cells, in order."""
        return self.node.cells

    @property
    def name(self) -> str:
        """The path from the repository's root where it lies inside, for messages."""
        return shown(self.path)

    def code(self) -> list[tuple[int, Any]]:
        """List the code cells with their numbers."""
        return [(number, cell) for number, cell in enumerate(self.cells) if cell.cell_type == "code"]

    def markdown(self) -> list[tuple[int, Any]]:
        """List the Markdown cells with their numbers."""
        return [(number, cell) for number, cell in enumerate(self.cells) if cell.cell_type == "markdown"]

    def section_of(self, number: int) -> Section | None:
        """Return the section in which a cell lies, None before the first."""
        return next((part for part in self.sections if part.start <= number < part.stop), None)

    def closing(self, name: str) -> Section | None:
        """Return the closing section of that name, or None."""
        return next((part for part in self.sections if part.closing == name), None)


def kind_of(path: Path) -> str:
    """Tell what kind of notebook lies at a path: "lecture", "start", "source" or "release"."""
    parts = path.parts
    if "homework" in parts:
        return "release" if "release" in parts else "source"
    return "start" if path.name.startswith("00_") else "lecture"


def shown(path: Path) -> str:
    """Return a path as a message prints it: from the repository's root where it lies inside."""
    path = Path(path).resolve()
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


def load(path: Path) -> Notebook:
    """Read a notebook as it is on the disk; nothing is corrected, so that rules see what is wrong."""
    path = Path(path)
    return Notebook(path, nbformat.v4.reads_json(path.read_text(encoding="utf-8")), kind_of(path))


def find(paths: list[str] | None = None) -> list[Path]:
    """Find the given notebooks (folders are searched), or every committed one."""
    roots = [Path(path) for path in paths] if paths else [NOTEBOOKS]
    found: list[Path] = []
    for root in roots:
        if root.is_dir():
            inside = [
                path for path in sorted(root.rglob("*.ipynb")) if ".ipynb_checkpoints" not in path.parts
            ]
            found += inside
        elif root.is_file():
            found.append(root)
        else:
            raise FileNotFoundError(f"no notebook or folder at {str(root)!r}")
    return found
