"""Hold notebooks to the rules of the house: ``python -m tools.lint [paths …]``."""

from __future__ import annotations

import argparse
import sys

from tools.notebook import Notebook, find, load
from tools.rules import RULES, Finding, anatomy, code, homework, outputs

__all__ = ["RULES", "Finding", "lint"]

# Importing a module of rules enters them in the table; this line says that they are used.
RULE_MODULES = (anatomy, code, outputs, homework)


def lint(notebook: Notebook) -> list[Finding]:
    """List the findings of every rule that holds for this kind of notebook, in the order of the rules."""
    return [
        Finding(notebook.name, cell, rule.name, message)
        for rule in RULES.values()
        if notebook.kind in rule.kinds
        for cell, message in rule.find(notebook)
    ]


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, print the findings, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.lint", description=__doc__.split(":")[0])
    parser.add_argument("paths", nargs="*", help="notebooks or folders; all committed ones when left out")
    parser.add_argument("--rules", action="store_true", help="list the rules")
    options = parser.parse_args(arguments)
    if options.rules:
        for rule in RULES.values():
            print(f"{rule.name:24} {', '.join(rule.kinds):34} {(rule.find.__doc__ or '').splitlines()[0]}")
        return 0
    try:
        paths = find(options.paths)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    findings = [finding for path in paths for finding in lint(load(path))]
    for finding in findings:
        print(finding)
    print(f"{len(paths)} notebooks, {len(findings)} findings", file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    raise SystemExit(main())
