"""Claims: which statement of the lectures is demonstrated by which cell.

``tests/claims.toml`` holds each id's sentence and the notebook that demonstrates it::

    [C005]
    sentence = "A discrete convolution is a sum over products with the flipped kernel."
    notebook = "01_convolution"

A cell demonstrates a claim when its metadata names the id (``"claims": ["C005"]``), when it holds an assert
that could fail, and when it was executed. Ids are C001, C002 … for statements and E01, E02 … for errata.
"""

from __future__ import annotations

import ast
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.notebook import ROOT, Notebook, claims
from tools.slides import outside_definitions, parsed

CLAIMS = ROOT / "tests" / "claims.toml"
ID = re.compile(r"C\d{3}|E\d{2}")
FIELDS = {"sentence", "notebook"}


def statements(first: int, last: int) -> tuple[str, ...]:
    """List the ids of the statements from C``first`` to C``last``, both included."""
    return tuple(f"C{number:03d}" for number in range(first, last + 1))


#: What each lecture must demonstrate. A lecture that is added appends its ids here.
REQUIRED: dict[str, tuple[str, ...]] = {
    "01_convolution": (
        *statements(1, 31),
        *("E01", "E03", "E04", "E06", "E08", "E09", "E38", "E41", "E52", "E60", "E61", "E62"),
    ),
    "02_equivariance": (*statements(32, 44), "E14", "E15", "E16", "E17", "E40", "E57", "E71"),
    "03_pooling": (*statements(45, 71), "E02", "E18", "E28", "E36", "E45", "E46", "E67"),
    "04_priors": (*statements(72, 97), "E10", "E11", "E12", "E35", "E42", "E58"),
    "05_layer_variants": (
        *statements(98, 130),
        *("E13", "E33", "E34", "E37", "E39", "E47", "E48", "E49", "E50", "E51", "E64"),
    ),
    "06_training": (
        *statements(131, 153),
        *("E05", "E07", "E19", "E20", "E21", "E22", "E23", "E24", "E25", "E43", "E44", "E59", "E63", "E70"),
    ),
}


@dataclass(frozen=True)
class Claim:
    """A statement in our own words, and the stem of the notebook that demonstrates it."""

    id: str
    sentence: str
    notebook: str


def read_claims(path: Path = CLAIMS) -> dict[str, Claim]:
    """Read the table of claims.

    Parameters
    ----------
    path : Path
        A TOML file with one table an id.

    Raises
    ------
    FileNotFoundError
        When there is no such file.
    ValueError
        When an id is not of the form C001 or E01, or a claim lacks its sentence or its notebook.
    """
    with Path(path).open("rb") as file:
        table = tomllib.load(file)
    return {name: _claim(name, entry) for name, entry in table.items()}


def _claim(name: str, entry: Any) -> Claim:
    if not ID.fullmatch(name):
        raise ValueError(f"claim id {name!r} must look like C001 or E01")
    if not isinstance(entry, dict) or set(entry) != FIELDS:
        raise ValueError(f"claim {name} must hold exactly a sentence and a notebook, got {entry!r}")
    sentence, notebook = str(entry["sentence"]).strip(), str(entry["notebook"]).strip()
    if not sentence or not notebook:
        raise ValueError(f"claim {name}: sentence and notebook must not be empty")
    return Claim(name, sentence, notebook)


def missing_required(table: dict[str, Claim]) -> list[str]:
    """List what `REQUIRED` demands and the table of claims lacks, or gives to another notebook."""
    return [
        f"{name} is not in tests/claims.toml under notebook {stem!r}"
        for stem, names in REQUIRED.items()
        for name in names
        if name not in table or table[name].notebook != stem
    ]


def could_fail(source: str) -> bool:
    """Tell whether a cell holds an assert whose outcome depends on something computed.

    Notes
    -----
    The test must hold a call, or a name that is not just a literal bound in the same cell: ``assert True``
    and ``n = 3; assert n == 3`` cannot fail, nor can a comparison of an expression with itself.
    """
    nodes = outside_definitions(parsed(source))
    literal = {
        target.id
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return any(isinstance(node, ast.Assert) and _depends(node.test, literal) for node in nodes)


def _depends(test: ast.expr, literal: set[str]) -> bool:
    if isinstance(test, ast.Tuple):  # assert (condition, "message") is always true
        return False
    if (
        isinstance(test, ast.Compare)
        and len({ast.dump(part) for part in [test.left, *test.comparators]}) == 1
    ):
        return False
    parts = list(ast.walk(test))
    return any(
        isinstance(node, ast.Call) or (isinstance(node, ast.Name) and node.id not in literal)
        for node in parts
    )


def demonstrated(notebook: Notebook) -> set[str]:
    """Return the ids that an executed cell with an assert that could fail demonstrates."""
    return {
        name
        for _, cell in notebook.code()
        if cell.execution_count is not None and could_fail(cell.source)
        for name in claims(cell)
    }


def undemonstrated(table: dict[str, Claim], notebooks: list[Notebook]) -> list[str]:
    """List the claims that no cell of their notebook demonstrates, each with a sentence."""
    shown = {notebook.path.stem: demonstrated(notebook) for notebook in notebooks}
    found = []
    for claim in table.values():
        if claim.notebook not in shown:
            found.append(f"{claim.id}: there is no notebook {claim.notebook!r}")
        elif claim.id not in shown[claim.notebook]:
            found.append(
                f"{claim.id}: no executed cell of {claim.notebook} carries it with an assert that could fail"
            )
    return found


def unknown(table: dict[str, Claim], notebooks: list[Notebook]) -> list[str]:
    """List the ids on cells that the table of claims lacks, or that are not ids, each with a sentence."""
    found = []
    for notebook in notebooks:
        for number, cell in enumerate(notebook.cells):
            for name in claims(cell):
                if not ID.fullmatch(str(name)):
                    found.append(f"{notebook.name} cell {number + 1}: {name!r} must look like C001 or E01")
                elif name not in table:
                    found.append(f"{notebook.name} cell {number + 1}: {name} is not in tests/claims.toml")
    return found
