"""The command line: ``python -m lecturelib.grading sync | release``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from lecturelib.grading.files import HomeworkError, homeworks
from lecturelib.grading.sync import sync_file


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m lecturelib.grading", description="Work on homework notebooks."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--project", type=Path, default=Path(), metavar="DIR", help="the project's folder (default: this one)"
    )
    common.add_argument("--check", action="store_true", help="only say which notebooks would change")
    sync = "write statements, stubs, points and hints of the exercises into the source notebooks"
    commands.add_parser("sync", parents=[common], help=sync, description=sync.capitalize() + ".")
    release = "derive the students' notebooks, or write a folder to post"
    parser_release = commands.add_parser(
        "release", parents=[common], help=release, description=release.capitalize() + "."
    )
    parser_release.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="write a folder for students: notebooks, library, frozen exercises",
    )
    return parser


def _sync(options: argparse.Namespace) -> int:
    paths = [homework.source for homework in homeworks(options.project)]
    return _report({path: sync_file(path, write_back=not options.check) for path in paths}, options)


def _release(options: argparse.Namespace) -> int:
    from lecturelib.grading.release import release_file  # nbgrader takes a second to load

    if options.out is None:
        found = homeworks(options.project)
        return _report(
            {one.release: release_file(one, write_back=not options.check) for one in found}, options
        )
    from lecturelib.grading.posting import post

    for line in post(options.project, options.out):
        print(line)
    return 0


def _report(changed: dict[Path, bool], options: argparse.Namespace) -> int:
    """Print a line for each notebook; with ``--check`` a change is a failure."""
    words = {
        False: "unchanged",
        True: "would change" if options.check else "written, run it with tools.build",
    }
    for path, differs in changed.items():
        print(f"{path.as_posix()}: {words[differs]}")
    return int(options.check and any(changed.values()))


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, do it, and return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return {"sync": _sync, "release": _release}[options.command](options)
    except HomeworkError as error:
        print(error, file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        if error.name not in ("nbgrader", "nbformat", "nbconvert"):
            raise
        print(f"{error.name} is missing; install it with: pip install 'lecturelib[grading]'", file=sys.stderr)
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
