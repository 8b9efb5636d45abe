"""Run notebooks from top to bottom and store them in one form.

``python -m tools.build [--check | --no-run] [paths …]``
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from tools.normalise import dumps, normalise
from tools.notebook import find, shown

SECONDS = 30.0
MEGABYTES = 1.5
#: A cell that runs longer than this hangs; the limit of the whole notebook is judged afterwards.
CELL_TIMEOUT = 120
#: For libraries that would use several threads: with two processes, these wait more than they compute.
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL")}
ANSI = re.compile(r"\x1b\[[0-9;]*m")


class BuildError(Exception):
    """A notebook that does not run; the message names the cell and holds the traceback."""


def read(path: Path) -> Any:
    """Read a notebook, whatever minor format it is stored in."""
    return nbformat.read(path, as_version=4)


def execute(node: Any, folder: Path) -> Any:
    """Run every cell in a fresh kernel (changed in place, and returned).

    Parameters
    ----------
    node : nbformat.NotebookNode
        The notebook; stored outputs are thrown away first.
    folder : Path
        The kernel's working directory.

    Raises
    ------
    BuildError
        When a cell raises, hangs or takes the kernel with it.
    """
    node.metadata.pop("widgets", None)
    for cell in node.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    try:
        _client(node, folder).execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        number = _culprit(node)
        detail = ANSI.sub("", str(error)).strip()
        raise BuildError(f"cell {number} did not run:\n\n{detail}") from None
    return node


def _client(node: Any, folder: Path) -> NotebookClient:
    return NotebookClient(
        node,
        kernel_name="python3",
        timeout=CELL_TIMEOUT,
        startup_timeout=120,
        store_widget_state=True,
        record_timing=False,
        extra_arguments=["--log-level=40"],  # errors only: it warns of unencrypted TCP on every start
        resources={"metadata": {"path": str(folder)}},
    )


def _culprit(node: Any) -> int:
    """Count from 1 to the cell that was begun last: the one with an error, or the first without a number."""
    code = [(number, cell) for number, cell in enumerate(node.cells, start=1) if cell.cell_type == "code"]
    for number, cell in code:
        if any(output.output_type == "error" for output in cell.outputs):
            return number
    return next((number for number, cell in code if cell.execution_count is None), code[-1][0])


@dataclass(frozen=True)
class Cost:
    """What running a notebook took, in seconds of the clock and of the processor (0: not measured)."""

    wall: float
    processor: float

    def __str__(self) -> str:
        return f"{self.wall:.1f} s (processor {self.processor:.1f} s)"

    @property
    def seconds(self) -> float:
        """The time to judge: on a busy machine the clock also counts what others do."""
        return min(self.wall, self.processor or self.wall)


def _processor_seconds() -> float:
    """Processor time of the kernels that have ended."""
    times = os.times()
    return times.children_user + times.children_system


def build(path: Path, *, run: bool = True) -> tuple[str, Cost]:
    """Return the text that a notebook's file should hold, and what running it took.

    Parameters
    ----------
    path : Path
        The notebook.
    run : bool
        Whether to execute it; without, the stored outputs are kept and only the form is put right.
    """
    node = read(path)
    start, before = time.perf_counter(), _processor_seconds()
    if run:
        try:
            execute(node, path.resolve().parent)
        except (
            RuntimeError
        ) as error:  # on a loaded machine a kernel sometimes dies while it starts: once more
            if "Kernel died before replying" not in str(error):
                raise
            execute(node, path.resolve().parent)
    cost = Cost(time.perf_counter() - start, _processor_seconds() - before)
    return dumps(normalise(node)), cost


def over_limits(text: str, cost: Cost) -> list[str]:
    """List the limits that a built notebook breaks, each as a sentence."""
    megabytes = len(text.encode()) / 1e6
    found = []
    if cost.seconds > SECONDS:
        found.append(f"ran {cost.seconds:.1f} s, the limit is {SECONDS:.0f} s")
    if megabytes > MEGABYTES:
        found.append(f"is {megabytes:.2f} MB, the limit is {MEGABYTES} MB")
    return found


def build_all(paths: list[Path], *, run: bool = True) -> int:
    """Build notebooks one after the other, print a line for each, and return the number that failed."""
    failed = 0
    for path in paths:
        try:
            text, cost = build(path, run=run)
        except BuildError as error:
            failed += 1
            print(f"{shown(path)}: {error}", file=sys.stderr)
            continue
        state = "unchanged" if path.read_text(encoding="utf-8") == text else "written"
        path.write_text(text, encoding="utf-8", newline="\n")
        print(f"{shown(path)}: {cost}, {len(text.encode()) / 1e6:.2f} MB, {state}", flush=True)
        broken = over_limits(text, cost)
        failed += bool(broken)
        for sentence in broken:
            print(f"{shown(path)}: {sentence}", file=sys.stderr)
    return failed


def check_all(paths: list[Path]) -> int:
    """Print which notebooks are not in their stored form, without running them, and return their number."""
    changed = [path for path in paths if build(path, run=False)[0] != path.read_text(encoding="utf-8")]
    for path in changed:
        print(f"{shown(path)}: would change; run python -m tools.build")
    return len(changed)


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, build or check, and return the exit code."""
    for name, threads in ONE_THREAD.items():
        os.environ.setdefault(name, threads)  # for the kernels
    parser = argparse.ArgumentParser(prog="python -m tools.build", description=__doc__.split("\n")[0])
    parser.add_argument("paths", nargs="*", help="notebooks or folders; all committed ones when left out")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument(
        "--check", action="store_true", help="only say which would change, without running them"
    )
    mode.add_argument(
        "--no-run", action="store_true", help="keep the stored outputs, put only the form right"
    )
    options = parser.parse_args(arguments)
    try:
        paths = find(options.paths)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    failed = check_all(paths) if options.check else build_all(paths, run=not options.no_run)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
