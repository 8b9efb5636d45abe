"""The committed notebooks keep the rules of the house, and nbval notices when a stored number is wrong.

The notebooks themselves are executed and compared by their own run,
``pytest --nbval --nbval-sanitize-with tests/nbval_sanitize.cfg …``, which ``make test`` starts.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbval.plugin import get_sanitize_patterns

from tools.build import MEGABYTES, build
from tools.lint import lint
from tools.normalise import dumps, normalise
from tools.notebook import NOTEBOOKS, ROOT, find, load, shown

SANITIZE = ROOT / "tests" / "nbval_sanitize.cfg"
COMMITTED = find() if NOTEBOOKS.is_dir() else []


def test_there_are_notebooks():
    assert {path.stem for path in COMMITTED} >= {"00_start_here", "01_convolution", "hw01_convolution"}


@pytest.mark.parametrize("path", COMMITTED, ids=shown)
def test_keeps_the_rules(path):
    assert [str(finding) for finding in lint(load(path))] == []


@pytest.mark.parametrize("path", COMMITTED, ids=shown)
def test_is_valid_and_in_its_stored_form(path):
    nbformat.validate(load(path).node)
    stored = path.read_text(encoding="utf-8")
    assert build(path, run=False)[0] == stored, "run python -m tools.build"
    assert len(stored.encode()) <= MEGABYTES * 1e6


def sanitized(text: str) -> str:
    """A text as nbval compares it."""
    for pattern, replacement in get_sanitize_patterns(SANITIZE.read_text(encoding="utf-8")):
        text = re.sub(pattern, replacement, text)
    return text


@pytest.mark.parametrize(
    "text",
    [
        "RMSE 0.131",
        "1.50e-03",
        "[[1 2 3]\n [4 5 6]]",
        "16 of 49 entries",
        "error 4.4e-16, 12.5 times",
        "kernel 31 samples",
        "colour #a0b1c2, mask 0xff",
        "8000 Hz for 2.0 s",
        "(3, 4, 5)",
        "data:image/png, 5 MB",
        "12 mol 3 msec",
        "deadbeef 1234567890",
    ],
)
def test_ordinary_output_stays_compared(text):
    assert sanitized(text) == text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<A object at 0x7f00aabbccdd>", "<A object at 0x7f1122334455>"),
        ("took 12.1 ms", "took 9 ms"),
        ("took 3.2 \u00b5s", "took 4.7 \u03bcs"),
        ("took 310 ns", "took 1.2 us"),
        ("Wall time: 1.2 s", "Wall time: 900 ms"),
        ("CPU times: user 3 ms, sys: 0 ns, total: 3 ms", "CPU times: user 1 s, sys: 0 ns, total: 1 s"),
        ("1.2 s \u00b1 3 ms per loop (mean", "900 ms \u00b1 1.1 s per loop (mean"),
        (
            '<img alt="One" src="data:image/png;base64,iVBO+/Rw0=">',
            '<img alt="One" src="data:image/png;base64,AA">',
        ),
        ("model 0123456789abcdef0123456789abcdef", "model fedcba9876543210fedcba9876543210"),
        ("id 01234567-89ab-cdef-0123-456789abcdef", "id 11234567-89ab-cdef-0123-456789abcdef"),
    ],
)
def test_what_differs_between_runs_is_not_compared(one, other):
    assert one != other
    assert sanitized(one) == sanitized(other)


def test_alt_text_stays_compared():
    one, other = (f'<img alt="{text}" src="data:image/png;base64,iVBO">' for text in ("One", "Two"))
    assert sanitized(one) != sanitized(other)


def tiny(path: Path, printed: str) -> Path:
    """A notebook that prints 1.234 and claims to have printed something."""
    stored = [new_output("stream", name="stdout", text=printed)]
    code = new_code_cell('print(f"RMSE {1.234:.3f}")\nprint("took 3 ms")', execution_count=1, outputs=stored)
    path.write_text(
        dumps(normalise(new_notebook(cells=[new_markdown_cell("# Print"), code]))), encoding="utf-8"
    )
    return path


@pytest.mark.slow
def test_nbval_accepts_the_right_number_and_refuses_a_wrong_one(tmp_path):
    tiny(tmp_path / "right.ipynb", "RMSE 1.234\ntook 41 ms\n")
    tiny(tmp_path / "wrong.ipynb", "RMSE 1.235\ntook 41 ms\n")
    options = [
        "--nbval",
        "--nbval-sanitize-with",
        str(SANITIZE),
        "-p",
        "no:cacheprovider",
        "-rA",
        "-c",
        os.devnull,
    ]
    command = [sys.executable, "-m", "pytest", *options, "--rootdir", str(tmp_path), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert re.findall(r"^(PASSED|FAILED|ERROR) \S*?(\w+\.ipynb)", done.stdout, re.MULTILINE) == [
        ("PASSED", "right.ipynb"),
        ("FAILED", "wrong.ipynb"),
    ], done.stdout + done.stderr
    assert "1.235" in done.stdout
