"""Write the folder that students receive: notebooks, the library without solutions, frozen exercises."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import lecturelib
from lecturelib.exercises import EXERCISES, Exercise, write_topic
from lecturelib.grading.files import HomeworkError, homeworks
from lecturelib.grading.release import release_file

#: What every copy of the project needs to be installed and passed on.
_PROJECT = ("pyproject.toml", "environment.yml", "LICENSE", "LICENSE-text", "CITATION.cff")
#: Parts of the library that stay here, by their path inside it.
_WITHHELD = ("exercises/topics", "grading")

_README = """\
# {title}

Install once, in this folder (Python 3.11 or newer), then start:

    python -m pip install -e ".[lab]"
    python -m jupyter lab {first}

With conda: `conda env create -f environment.yml`, then `conda activate lecturelib` and the second line.

| homework | notebook |
|---|---|
{rows}

Write each function in its cell and run the check below it, as often as you like. Hand in the notebook.
"""


def post(project: Path, out: Path) -> list[str]:
    """Write a folder to post to students.

    Parameters
    ----------
    project : Path
        The project's folder. Its releases must be current.
    out : Path
        The folder to write; it must be empty or not exist.

    Returns
    -------
    list of str
        A sentence for each thing that was written.

    Raises
    ------
    HomeworkError
        If `out` holds something, a release is out of date, or this installation has no live exercises.

    Notes
    -----
    The tree is the project's own, so that links between notebooks hold. What is withheld is
    ``lecturelib/exercises/topics`` (references), ``lecturelib/grading``, source notebooks, tests and tools.
    """
    project, out = Path(project), Path(out)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise HomeworkError(
            f"--out must name an empty folder or one that does not exist; got {out.as_posix()}"
        )
    found = homeworks(project)
    stale = [one.name for one in found if release_file(one, write_back=False)]
    if stale:
        raise HomeworkError(f"out of date: {', '.join(stale)}; run make notebooks first")
    out.mkdir(parents=True, exist_ok=True)
    notebooks = [*_copy_notebooks(project, out)]
    _copy_library(out)
    topics = [*_freeze(out / "lecturelib" / "exercises" / "frozen")]
    for name in _PROJECT:
        if (project / name).is_file():
            shutil.copyfile(project / name, out / name)
    (out / "README.md").write_text(
        _readme([one.release for one in found], project), encoding="utf-8", newline="\n"
    )
    return [
        f"{len(notebooks)} notebooks",
        f"frozen exercises: {', '.join(topics)}",
        f"written to {out.as_posix()}",
    ]


def _copy_notebooks(project: Path, out: Path) -> Iterator[Path]:
    """Copy the lectures and the releases to the same places under `out`."""
    folder = project / "notebooks"
    for path in [*sorted(folder.glob("*.ipynb")), *(one.release for one in homeworks(project))]:
        target = out / path.relative_to(project)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        yield target


def _copy_library(out: Path) -> None:
    package = Path(lecturelib.__file__).parent

    def left_out(folder: str, names: list[str]) -> set[str]:
        inside = Path(folder).relative_to(package)
        return {name for name in names if name == "__pycache__" or (inside / name).as_posix() in _WITHHELD}

    shutil.copytree(package, out / "lecturelib", ignore=left_out)


def _freeze(folder: Path) -> Iterator[str]:
    """Write every topic's exercises in the form without solutions, and yield the topics' names."""
    if not all(isinstance(one, Exercise) for one in EXERCISES.values()):
        raise HomeworkError(
            "a folder for students can be made only where the exercises have their references"
        )
    folder.mkdir(exist_ok=True)
    for topic in dict.fromkeys(one.topic for one in EXERCISES.values()):
        write_topic(EXERCISES.topic(topic), folder / f"{topic}.json")
        yield topic


def _readme(releases: list[Path], project: Path) -> str:
    paths = [path.relative_to(project).as_posix() for path in releases]
    rows = [f"| {path.rpartition('/')[2].removesuffix('.ipynb')} | [{path}]({path}) |" for path in paths]
    start = "notebooks/00_start_here.ipynb"
    first = start if (project / start).exists() else paths[0]
    return _README.format(title="Lectures and homework", first=first, rows="\n".join(rows))
