"""Read sources without running them: what they import, how long their functions are."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.notebook import ROOT


@dataclass(frozen=True)
class Source:
    """A module's name and text."""

    name: str
    text: str

    @property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text)


def module_name(path: Path) -> str:
    """Return the name by which a file is imported."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_package(name: str) -> bool:
    """Tell whether a module is a folder."""
    return (ROOT / Path(*name.split("."))).is_dir()


def imports(source: Source) -> Iterator[tuple[int, str]]:
    """Yield line and full name of everything imported, inside functions too, relative imports resolved."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = source.name.split(".")
                parents = parents if is_package(source.name) else parents[:-1]
                parents = parents[: len(parents) - node.level + 1]
                base = ".".join([*parents, *([base] if base else [])])
            for alias in node.names:
                yield node.lineno, f"{base}.{alias.name}"


def read_package(folder: Path) -> list[Source]:
    """Read every module of a package, in the order of their paths."""
    paths = sorted(folder.rglob("*.py"))
    return [Source(module_name(path), path.read_text(encoding="utf-8")) for path in paths]


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function without its docstring."""
    first = node.body[0]
    documented = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and ast.get_docstring(node)
    )
    docstring = first.end_lineno - first.lineno + 1 if documented else 0
    return node.end_lineno - node.lineno + 1 - docstring


JS_FUNCTION = re.compile(
    r"^(\s*)(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:static\s+)?"
    r"(?:function\b.*|(?!if|for|while|switch|catch|else|do|try|return)\w+\s*\([^;=]*\)\s*|"
    r"(?:const|let)\s+\w+\s*=\s*(?:\([^)]*\)|\w+)\s*=>\s*)\{\s*$"
)


def long_js_functions(text: str, limit: int) -> list[tuple[str, int]]:
    """List a script's functions of more than ``limit`` lines, each with its number of lines."""
    lines = text.splitlines()
    found = []
    for number, line in enumerate(lines):
        if match := JS_FUNCTION.match(line):
            close = re.compile(re.escape(match.group(1)) + r"\}")
            stop = next((n for n in range(number + 1, len(lines)) if close.match(lines[n])), len(lines) - 1)
            if stop - number + 1 > limit:
                found.append((line.strip(), stop - number + 1))
    return found
