"""Run every test of the project, as ``make test`` does: ``python -m tools.verify [--quick]``.

All parts run even when one fails; the last line says how it ended. Without Chromium the browser tests are
left out, except where the variable ``CI`` is set: there they are required.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tools.build import ONE_THREAD
from tools.jupyterlab import find_chromium

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ("notebooks", "notebooks/homework/source/*", "notebooks/homework/release/*")
NBVAL = ("-p", "tools.patient_kernels", "--nbval", "--nbval-sanitize-with", "tests/nbval_sanitize.cfg")


@dataclass(frozen=True)
class Part:
    """A named step of the verification: the arguments of ``python -m``."""

    name: str
    arguments: tuple[str, ...]


def in_ci() -> bool:
    """Whether this runs in continuous integration, where nothing may be skipped."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def notebooks() -> tuple[str, ...]:
    """Every committed notebook, as paths relative to the project."""
    return tuple(
        path.relative_to(ROOT).as_posix()
        for folder in NOTEBOOKS
        for path in sorted(ROOT.glob(f"{folder}/*.ipynb"))
    )


def parts(*, quick: bool, browser: bool) -> list[Part]:
    """List the steps to run.

    Parameters
    ----------
    quick : bool
        Leave out the slow tests and everything that executes a notebook.
    browser : bool
        Include the tests in a browser.
    """
    unit = ("pytest", "--doctest-modules", "lecturelib", "tests", "--ignore=tests/browser", "-n2", "-q")
    steps = [Part("lint", ("ruff", "check", ".")), Part("format", ("ruff", "format", "--check", "."))]
    if quick:
        return [*steps, Part("quick tests", (*unit, "-m", "not slow"))]
    steps += [
        Part("unit tests", unit),
        Part("notebooks", ("pytest", *NBVAL, *notebooks(), "-n2", "--dist=loadfile", "-q")),
    ]
    return [*steps, Part("browser tests", ("pytest", "tests/browser", "-q"))] if browser else steps


def run(part: Part) -> bool:
    """Run one step, showing what it prints; return whether it succeeded."""
    print(f"\n== {part.name}", flush=True)
    start = time.monotonic()
    # nbgrader calls alembic by name, so this interpreter's programs come first.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    command = [sys.executable, "-m", *part.arguments]
    env = {**ONE_THREAD, **os.environ, "PATH": path}
    passed = subprocess.run(command, cwd=ROOT, env=env, check=False).returncode == 0
    seconds = time.monotonic() - start
    print(f"== {part.name}: {'passed' if passed else 'FAILED'} in {seconds:.0f} s", flush=True)
    return passed


def conclusion(failed: list[str], *, skipped: bool) -> str:
    """Return the last line: what failed, or that all passed, and whether the browser tests were left out."""
    note = " The browser tests were skipped: no Chromium was found (the variable CHROMIUM can name one)."
    verdict = f"FAILED: {', '.join(failed)}." if failed else "Everything passed."
    return verdict + (note if skipped else "")


def main(arguments: list[str] | None = None) -> int:
    """Run the steps; return 1 when one fails."""
    parser = argparse.ArgumentParser(prog="python -m tools.verify", description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="under a minute: no notebook is executed")
    quick = parser.parse_args(arguments).quick
    browser = in_ci() or find_chromium() is not None
    failed = [part.name for part in parts(quick=quick, browser=browser) if not run(part)]
    print("\n" + conclusion(failed, skipped=not (quick or browser)))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
