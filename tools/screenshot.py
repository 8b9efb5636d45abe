"""Photograph a notebook in a real JupyterLab, one screen at a time.

``python -m tools.screenshot NOTEBOOK --out DIR [--width 1280] [--height 900] [--theme light|dark] [--run]``
writes 001.png, 002.png … from top to bottom, and prints the errors of the console and the number of error
outputs. The notebook is opened from a copy, so that nothing in its folder changes.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from tools.jupyterlab import THEMES, jupyterlab
from tools.lab_page import LabPage, chromium

OVERLAP = 0.9  # share of a screen to scroll by, so that no line is lost between two pictures


def copy_folder(notebook: Path, target: Path) -> Path:
    """Copy the folder of `notebook` to `target`, so that relative links and data keep working."""
    ignored = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__", ".venv", ".git")
    shutil.copytree(notebook.parent, target, ignore=ignored, dirs_exist_ok=True)
    return target / notebook.name


def photograph(view: LabPage, out: Path, limit: int = 200) -> list[Path]:
    """Write one picture a screen into `out`, from the top of the notebook to its end."""
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("[0-9][0-9][0-9].png"):
        old.unlink()
    paths: list[Path] = []
    step = view.viewport_height() * OVERLAP
    reached = -1.0
    for number in range(limit):
        position = view.scroll_to(number * step)
        if position <= reached:
            break
        reached = position
        view.page.wait_for_timeout(250)
        paths.append(out / f"{number + 1:03d}.png")
        view.page.screenshot(path=str(paths[-1]))
    return paths


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.screenshot", description=__doc__.split("\n")[0])
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures")
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=900)
    parser.add_argument("--theme", choices=sorted(THEMES), default="light")
    parser.add_argument("--scale", type=float, default=1, help="device pixels a CSS pixel")
    parser.add_argument("--run", action="store_true", help="run all cells first")
    parser.add_argument("--seconds", type=float, default=180, help="longest time to wait for the run")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Take the pictures; return 1 when an output is an error."""
    options = parse_arguments(arguments)
    with tempfile.TemporaryDirectory(prefix="lecture-pictures-", ignore_cleanup_errors=True) as folder:
        copy_folder(options.notebook.resolve(), Path(folder))
        with jupyterlab(Path(folder), theme=options.theme) as lab, chromium() as browser:
            page = browser.new_page(
                viewport={"width": options.width, "height": options.height}, device_scale_factor=options.scale
            )
            view = LabPage(page, lab)
            view.open(options.notebook.name)
            if options.run:
                view.run_all(options.seconds)
            paths = photograph(view, options.out)
            errors = view.error_outputs()
    print(f"{len(paths)} pictures in {options.out}")
    print(f"{len(errors)} error outputs", *errors, sep="\n")
    print(f"{len(view.console_errors)} console errors", *view.console_errors, sep="\n")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
