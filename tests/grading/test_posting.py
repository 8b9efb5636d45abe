"""The folder that students receive: it checks as the original does, and gives nothing away."""

import inspect
import json
import os
import subprocess
import sys

import pytest

from lecturelib.exercises import EXERCISES, check
from lecturelib.grading import posting
from lecturelib.grading.__main__ import main
from lecturelib.grading.cells import BEGIN, END, place_of
from lecturelib.grading.files import HomeworkError, homeworks, read, write
from tools.notebook import load
from tools.rules.outputs import links

SCRIPT = """
import json, sys
import lecturelib
from lecturelib.exercises import EXERCISES, check

names, answers = {}, json.load(sys.stdin)
found = {"file": lecturelib.__file__, "kinds": sorted({type(one).__name__ for one in EXERCISES.values()})}
found["names"] = list(EXERCISES)
for name, text in answers:
    exec(text, names)
    one = check(name, names[name])
    found.setdefault("reports", []).append([name, one.status, one.score, one.diagnosis, repr(one)])
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def posted(tmp_path_factory, root):
    """Write the folder once."""
    out = tmp_path_factory.mktemp("posted") / "course"
    posting.post(root, out)
    return out


@pytest.fixture(scope="module")
def answers(root):
    """List (exercise, code): solutions, every exercise's stub, and wrong answers made from the solutions."""
    source = read(homeworks(root)[0].source)
    cells = [cell for cell in source.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    right = [(place_of(cell).exercise, "import numpy as np\n" + cell.source) for cell in cells]
    stubs = [(name, EXERCISES[name].stub) for name, _ in right]
    spoilt = [(name, SPOIL[name](text)) for name, text in right]
    assert all(after != before for (_, before), (_, after) in zip(right, spoilt, strict=True))
    return [*right, *stubs, *right, *spoilt]


SPOIL = {
    "conv1d": lambda text: text.replace("sample * w", "sample * w[::-1]"),
    "xcorr_to_conv": lambda text: text.replace("np.flip(kernel)", "np.flip(kernel, 0)"),
    "valid_range": lambda text: text.replace("1 + hi", "1 - lo").replace("n + lo", "n - hi"),
    "toeplitz_matrix": lambda text: text.replace("column] = w", "column] = w[::-1]"),
    "conv2d": lambda text: text.replace("k[::-1, ::-1]", "k[::-1]"),
    "compose": lambda text: text.replace("conv2d(k1, k2,", "conv2d(k1, k2[::-1, ::-1],"),
}


@pytest.fixture(scope="module")
def here(answers):
    """Ask the live exercises."""
    names, reports = {}, []
    for name, text in answers:
        exec(text, names)
        report = check(name, names[name])
        reports.append([name, report.status, report.score, report.diagnosis, repr(report)])
    return reports


@pytest.fixture(scope="module")
def there(posted, answers):
    """Ask the exercises of the posted folder, in a process that knows no other."""
    finished = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input=json.dumps(answers),
        cwd=posted,
        env={**os.environ, "PYTHONPATH": str(posted)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)


def test_a_student_is_told_the_same(posted, here, there):
    assert there["file"].startswith(str(posted))
    assert there["kinds"] == ["FrozenExercise"]
    assert there["names"] == list(EXERCISES)
    for mine, theirs in zip(here, there["reports"], strict=True):
        assert theirs == mine


def test_the_answers_asked_were_right_missing_and_wrong(here):
    count = len(SPOIL)
    statuses = [status for _, status, *_ in here]
    assert (
        statuses == ["passed"] * count + ["not attempted"] * count + ["passed"] * count + ["not yet"] * count
    )
    assert all(diagnosis for *_, diagnosis, _ in here[3 * count :])


def test_what_solves_anything_stays_here(posted):
    for name in (
        "lecturelib/exercises/topics",
        "lecturelib/grading",
        "notebooks/homework/source",
        "tests",
        "tools",
    ):
        assert not (posted / name).exists(), name
    assert not [path for path in posted.rglob("*") if path.name in ("__pycache__", ".ipynb_checkpoints")]


def functions_of(exercise):
    """List the functions that solve the exercise or miss it in a known way."""
    return [exercise.reference, *exercise.variants, *(mistake.function for mistake in exercise.mistakes)]


def test_no_reference_is_in_any_file(posted, root):
    """Read every file: no body of a reference, variant, mistake or solution is in it."""
    texts = {
        path: path.read_text(encoding="utf-8", errors="ignore")
        for path in posted.rglob("*")
        if path.is_file()
    }
    assert len(texts) > 30
    squeezed = {
        path: "".join(text.replace("\\n", "").replace("\\", "").split()) for path, text in texts.items()
    }
    bodies = [
        inspect.getsource(one).split("\n", 1)[1] for each in EXERCISES.values() for one in functions_of(each)
    ]
    for homework in homeworks(root):
        for cell in read(homework.source).cells:
            if BEGIN in cell.source:
                bodies.append(cell.source.split(BEGIN)[1].split(END)[0])
    for body in bodies:
        wanted = "".join(body.replace("\\", "").split())
        if len(wanted) >= 20:
            found = [path for path, text in squeezed.items() if wanted in text]
            assert not found, f"{body} is in {found}"
    assert not [path for path, text in texts.items() if "SOLUTION" in text]


def test_frozen_files_hold_data_only(posted):
    files = sorted((posted / "lecturelib/exercises/frozen").glob("*.json"))
    assert {file.stem for file in files} == {one.topic for one in EXERCISES.values()}
    for file in files:
        for entry in json.loads(file.read_text(encoding="utf-8"))["exercises"]:
            assert not {"reference", "variants", "draw", "seed"} & set(entry)
            assert "def " not in json.dumps({**entry, "stub": ""})


def test_links_between_posted_notebooks_hold(posted):
    paths = sorted(posted.rglob("*.ipynb"))
    assert "hw01_convolution.ipynb" in {path.name for path in paths}
    assert [finding for path in paths for finding in links(load(path))] == []


def test_the_readme_names_what_is_there(posted, root):
    text = (posted / "README.md").read_text(encoding="utf-8")
    for homework in homeworks(root):
        path = homework.release.relative_to(root).as_posix()
        assert f"[{path}]({path})" in text and (posted / path).exists()
    assert (posted / "pyproject.toml").exists() and (posted / "LICENSE").exists()


def test_a_folder_that_holds_something_is_left_alone(posted, root, capsys):
    assert main(["release", "--out", str(posted), "--project", str(root)]) == 2
    assert "--out must name an empty folder or one that does not exist" in capsys.readouterr().err


def test_a_stale_release_is_not_posted(root, tmp_path):
    homework = homeworks(root)[0]
    target = tmp_path / homework.source.relative_to(root)
    write(read(homework.source), target)
    with pytest.raises(HomeworkError, match="out of date: hw01_convolution; run make notebooks first"):
        posting.post(tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_student_cannot_post(monkeypatch, root, tmp_path):
    frozen = {"one": object()}
    monkeypatch.setattr(posting, "EXERCISES", frozen)
    with pytest.raises(HomeworkError, match="can be made only where the exercises have their references"):
        posting.post(root, tmp_path / "out")
