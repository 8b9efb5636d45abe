"""The files around the code say the same thing: bounds, commands, versions, licences."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from tools import verify

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
# From the contract; those of later steps say that they are not there yet.
PUBLIC = {"help", "lab", "test", "check", "notebooks", "release"}
PUBLIC |= {"bench", "site", "slides", "experiments", "matrix"}
IN_HELP = dict(re.findall(r"^([a-z]+):.*?## (.+)$", MAKEFILE, re.MULTILINE))

LOCKS = {"uv.lock", "poetry.lock", "pixi.lock", "conda-lock.yml", "requirements.txt"}

needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def own_files():
    """Every file of the project that git would keep, tracked or not yet."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def test_conda_gets_what_pyproject_names():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    entries = environment["dependencies"]
    extras = PROJECT["project"]["optional-dependencies"]
    named = [entry for entry in entries if isinstance(entry, str) and entry != "pip"]
    wanted = [
        f"python{PROJECT['project']['requires-python']}",
        *PROJECT["project"]["dependencies"],
        *extras["lab"],
    ]
    assert sorted(named) == sorted(wanted)
    assert "pip" in entries
    assert {"pip": ["-e ."]} in entries
    assert environment["channels"] == ["conda-forge"]


def test_requirements_are_bounded_below_only():
    extras = PROJECT["project"]["optional-dependencies"].values()
    for requirement in [*PROJECT["project"]["dependencies"], *(entry for extra in extras for entry in extra)]:
        assert re.fullmatch(r"[a-z0-9-]+>=[0-9.]+|lecturelib\[[a-z,]+\]", requirement), requirement


def test_help_lists_every_command_that_works():
    declared = set(re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE).group(1).split()) - {"stale"}
    assert declared == PUBLIC
    later = set(
        re.search(r"^(.+):\n\t@echo \"make \$@ is not yet available", MAKEFILE, re.MULTILINE).group(1).split()
    )
    assert set(IN_HELP) == PUBLIC - later
    assert re.search(r"^\.PHONY: help\b", MAKEFILE, re.MULTILINE), "help must be the default"


@needs_make
def test_make_without_a_command_prints_the_help():
    printed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name, sentence in IN_HELP.items():
        assert re.search(rf"make {name} +{re.escape(sentence)}", printed)


@needs_make
def test_a_command_of_a_later_step_fails_and_says_so():
    finished = subprocess.run(["make", "site"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode != 0
    assert "not yet available" in finished.stderr


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_every_command_in_the_prose_exists(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    mentioned = set(re.findall(r"(?:`|^ *)make ([a-z]+)", text, re.MULTILINE))
    assert mentioned
    assert mentioned <= set(IN_HELP)


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_every_local_link_leads_somewhere(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", text):
        assert (ROOT / target).exists(), target


def test_the_readme_lists_every_lecture():
    listed = set(re.findall(r"\]\(notebooks/(\w+\.ipynb)\)", README))
    assert listed == {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}


def test_the_citation_agrees_with_the_package():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert citation["version"] == PROJECT["project"]["version"]
    assert citation["license"] == PROJECT["project"]["license"]
    assert [author["name"] for author in citation["authors"]] == [
        author["name"] for author in PROJECT["project"]["authors"]
    ]
    # One entry decides where the project lives; while it is empty, nothing else names a place.
    assert citation.get("repository-code") == PROJECT["project"].get("urls", {}).get("Repository")


def test_both_licences_are_there():
    assert "BSD 3-Clause" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    text = (ROOT / "LICENSE-text").read_text(encoding="utf-8")
    assert "CC-BY-4.0" in text and "creativecommons.org/licenses/by/4.0" in text


def test_continuous_integration_covers_the_systems_and_versions():
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    matrix = workflow["jobs"]["test"]["strategy"]["matrix"]
    assert {name.split("-")[0] for name in matrix["system"]} == {"ubuntu", "macos", "windows"}
    assert matrix["python"] == ["3.11", "3.12", "3.13", "3.14"]
    assert workflow[True]["schedule"]  # YAML 1.1 reads the key `on` as true


def test_nothing_names_a_machine_or_pins_a_version():
    # Written in pieces, so that this file does not find itself; "me" is the example name of other tests.
    strange = re.compile("/" + r"(root|work|(home|Users)/(?!me/)\w+)/|extra-" + "index-url")
    for path in own_files():
        assert path.name not in LOCKS, path
        found = strange.search(path.read_bytes().decode("utf-8", errors="ignore"))
        assert found is None, f"{path.relative_to(ROOT)}: {found.group()}"


def test_files_of_one_person_are_not_kept():
    unwanted = {".ipynb_checkpoints", "__pycache__", ".DS_Store", "gradebook.db", ".venv"}
    assert not [path for path in own_files() if unwanted & set(path.relative_to(ROOT).parts)]


@pytest.mark.parametrize(
    ("failed", "skipped", "line"),
    [
        ([], False, "Everything passed."),
        ([], True, "Everything passed. The browser tests were skipped: no Chromium was found"),
        (["lint", "notebooks"], False, "FAILED: lint, notebooks."),
        (["lint"], True, "FAILED: lint. The browser tests were skipped"),
    ],
)
def test_the_last_line_says_how_it_ended(failed, skipped, line):
    assert verify.conclusion(failed, skipped=skipped).startswith(line)


@pytest.mark.parametrize(("ci", "runs"), [("true", True), ("", False), ("false", False)])
def test_the_browser_tests_are_required_in_ci_only(monkeypatch, capsys, ci, runs):
    started = []
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(verify, "find_chromium", lambda: None)
    monkeypatch.setattr(verify, "run", lambda part: started.append(part.name) or True)
    assert verify.main([]) == 0
    assert ("browser tests" in started) == runs
    assert ("skipped" in capsys.readouterr().out.splitlines()[-1]) != runs


def test_one_failing_part_does_not_keep_the_others_from_running(monkeypatch, capsys):
    started = []
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr(verify, "run", lambda part: started.append(part.name) or part.name != "lint")
    assert verify.main([]) == 1
    assert started == ["lint", "format", "unit tests", "notebooks", "browser tests"]
    assert capsys.readouterr().out.splitlines()[-1] == "FAILED: lint."


def test_the_quick_check_executes_no_notebook(monkeypatch):
    arguments = [word for part in verify.parts(quick=True, browser=True) for word in part.arguments]
    assert "--nbval" not in arguments and "not slow" in arguments
    assert not any(word.endswith(".ipynb") for word in arguments)
