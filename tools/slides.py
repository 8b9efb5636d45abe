"""Slide types and the tag "collapse", derived from what a cell is; never kept by hand.

The rules, first match wins:

==========================================================  ==========
cell                                                        slide type
==========================================================  ==========
in a section tagged "further"                               skip
tagged "notes" (the lecturer's remarks)                     notes
the set-up cell (tagged "setup") or nothing but imports     skip
Markdown that starts with ``#`` or ``##``                   slide
Markdown tagged "question"                                  subslide
Markdown that starts with ``###`` or "What just happened"   subslide
Markdown that starts with "What you'll do"                  subslide
code that shows a figure before the first ``##``            ``-``
code that shows a figure, an explorer or a sound            subslide
everything else                                             ``-``
==========================================================  ==========

Code of more than 8 lines carries the tag "collapse".
"""

from __future__ import annotations

import ast
import re
from typing import Any

from tools.notebook import code_lines, headings_of, sections_of, tags

COLLAPSE = "collapse"
COLLAPSE_ABOVE = 8
OWN_SLIDE = re.compile(r"^[#*_\s]*(?:what just happened\b|what you['’]ll do\b)", re.IGNORECASE)
SHOWN = {"show", "listen"}


def derive(cells: list[Any]) -> list[tuple[str, list[str]]]:
    """Derive the slide type and the tags that each cell should carry, in order."""
    further = {
        number
        for section in sections_of(cells)
        if section.track == "further"
        for number in range(section.start, section.stop)
    }
    level: dict[int, int] = {}
    for heading in headings_of(cells):
        level.setdefault(heading.cell, heading.level)
    opening = next((number for number in sorted(level) if level[number] == 2), len(cells))
    found = []
    for number, cell in enumerate(cells):
        kind = "skip" if number in further else slide_type(cell, level.get(number))
        if cell.cell_type == "code" and kind == "subslide" and number < opening:
            kind = "-"  # the opening picture belongs to the title
        found.append((kind, expected_tags(cell)))
    return found


def slide_type(cell: Any, level: int | None) -> str:
    """Return the slide type of a cell in a core section; ``level`` is that of its first heading, or None."""
    own = tags(cell)
    if "notes" in own:
        return "notes"
    if cell.cell_type == "code":
        if "setup" in own or only_imports(cell.source):
            return "skip"
        return "subslide" if shows_figure(cell.source) else "-"
    if level in (1, 2):
        return "slide"
    if level == 3 or "question" in own or OWN_SLIDE.match(cell.source):
        return "subslide"
    return "-"


def expected_tags(cell: Any) -> list[str]:
    """Return the cell's own tags, with "collapse" last on long code and nowhere else."""
    own = [tag for tag in dict.fromkeys(tags(cell)) if tag != COLLAPSE]
    long = cell.cell_type == "code" and code_lines(cell) > COLLAPSE_ABOVE
    return own + [COLLAPSE] * long


def apply(cells: list[Any]) -> None:
    """Write slide types and tags into the cells' metadata."""
    for cell, (kind, own) in zip(cells, derive(cells), strict=True):
        cell.metadata["slideshow"] = {"slide_type": kind}
        if own:
            cell.metadata["tags"] = own
        else:
            cell.metadata.pop("tags", None)


def stale(cells: list[Any]) -> list[tuple[int, str]]:
    """List the cells whose slide type or "collapse" tag is not the derived one, with a sentence each."""
    found = []
    for number, (cell, (kind, own)) in enumerate(zip(cells, derive(cells), strict=True)):
        stored = cell.metadata.get("slideshow", {}).get("slide_type")
        if stored != kind:
            found.append((number, f"slide type is {stored!r}, expected {kind!r}"))
        if (COLLAPSE in tags(cell)) != (COLLAPSE in own):
            found.append(
                (number, f"tag {COLLAPSE!r} belongs on code of more than {COLLAPSE_ABOVE} lines only")
            )
    return found


def parsed(source: str) -> ast.Module:
    """Parse a code cell; lines of IPython's own (``%time``) are left out, an error gives an empty tree."""
    lines = ["pass" if line.startswith(("%", "!")) else line for line in source.splitlines()]
    try:
        return ast.parse("\n".join(lines))
    except SyntaxError:
        return ast.Module(body=[], type_ignores=[])


def only_imports(source: str) -> bool:
    """Tell whether a cell holds imports and nothing else."""
    body = parsed(source).body
    return bool(body) and all(isinstance(statement, ast.Import | ast.ImportFrom) for statement in body)


def shows_figure(source: str) -> bool:
    """Tell whether a cell calls ``show`` or ``listen``, or uses ``explorers``, outside a definition."""
    for node in outside_definitions(parsed(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SHOWN:
            return True
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "explorers"
        ):
            return True
    return False


def outside_definitions(tree: ast.AST) -> list[ast.AST]:
    """List the nodes that run when the cell runs: bodies of functions, lambdas and classes are left out."""
    found, queue = [], [tree]
    while queue:
        node = queue.pop(0)
        found.append(node)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            queue += ast.iter_child_nodes(node)
    return found
