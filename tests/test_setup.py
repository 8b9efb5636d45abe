"""What `make` does before anything is installed: it finds a Python, or says what is needed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

MAKEFILE = Path(__file__).resolve().parent.parent / "Makefile"
pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


@pytest.fixture
def clone(tmp_path):
    """A folder, with a space in its name, that holds nothing but the Makefile and an empty project."""
    folder = tmp_path / "my course"
    folder.mkdir()
    shutil.copy(MAKEFILE, folder)
    (folder / "pyproject.toml").touch()
    return folder


def make(folder, *arguments):
    # The outer make's flags must not reach this one.
    env = {
        name: value
        for name, value in os.environ.items()
        if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PYTHON")
    }
    return subprocess.run(
        ["make", *arguments], cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=120
    )


def fake_python(folder, version):
    """A program that is no Python 3.11: it cannot import what is asked for, but tells its version."""
    path = folder / "old-python"
    path.write_text(f'#!/bin/sh\ncase "$2" in *sys.exit*) exit 1;; esac\necho "  $0 is {version}"\n')
    path.chmod(0o755)
    return path


def test_an_old_python_is_refused_with_what_is_needed(clone):
    old = fake_python(clone, "3.10.13")
    finished = make(clone, "lab", f"PYTHON={old}", "NAMES=")
    assert finished.returncode != 0
    assert "Python 3.11 or newer with its venv module is needed" in finished.stderr
    assert "3.10.13" in finished.stderr
    assert "make lab PYTHON=/path/to/python3" in finished.stderr
    assert not (clone / ".venv").exists()


def test_without_any_python_the_same_is_said(clone):
    finished = make(clone, "test", "NAMES=")
    assert finished.returncode != 0
    assert "Python 3.11 or newer" in finished.stderr
    assert "none" in finished.stderr


def test_a_second_run_does_nothing(clone):
    place = clone / ".venv"
    (place / "bin").mkdir(parents=True)
    (place / "pyvenv.cfg").touch()
    (place / "place").write_text(f"{clone}\n")
    (place / "bin" / "python").symlink_to(sys.executable)
    (place / "test.stamp").touch()
    planned = make(clone, "-n", "check").stdout.strip().splitlines()
    assert len(planned) == 1 and planned[0].endswith("-m tools.verify --quick")


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["moved", "python is gone"])
def test_a_stale_environment_is_made_anew(clone, damage):
    place = clone / ".venv"
    (place / "bin").mkdir(parents=True)
    (place / "pyvenv.cfg").touch()
    (place / "place").write_text("/elsewhere\n" if damage == "moved" else f"{clone}\n")
    (place / "bin" / "python").symlink_to(sys.executable if damage == "moved" else clone / "no-such-python")
    (place / "test.stamp").touch()
    planned = make(clone, "-n", "check").stdout
    assert "-m venv --clear" in planned and "pip install" in planned


def test_new_requirements_are_installed(clone):
    test_a_second_run_does_nothing(clone)
    os.utime(clone / "pyproject.toml", (2**31, 2**31))
    assert "pip install" in make(clone, "-n", "check").stdout
