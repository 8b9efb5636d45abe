"""Every claim of ``tests/claims.toml`` is demonstrated by an executed cell whose assert could fail."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tools.claims import (
    REQUIRED,
    Claim,
    could_fail,
    demonstrated,
    missing_required,
    read_claims,
    undemonstrated,
    unknown,
)
from tools.notebook import NOTEBOOKS, Notebook, find, load

ENTRY = '[C005]\nsentence = "A kernel is flipped."\nnotebook = "01_convolution"\n'


@pytest.fixture(scope="module")
def committed() -> list[Notebook]:
    return [load(path) for path in find() if path.parent == NOTEBOOKS]


def test_every_required_claim_is_in_the_table():
    assert missing_required(read_claims()) == []


def test_every_claim_is_demonstrated(committed):
    assert undemonstrated(read_claims(), committed) == []


def test_no_cell_carries_an_unknown_claim(committed):
    assert unknown(read_claims(), committed) == []


def test_lecture_01_owes_43_claims():
    assert len(REQUIRED["01_convolution"]) == len(set(REQUIRED["01_convolution"])) == 31 + 12
    assert REQUIRED["01_convolution"][0] == "C001"
    assert "C031" in REQUIRED["01_convolution"]
    assert "C032" not in REQUIRED["01_convolution"]


def test_no_claim_is_owed_by_two_lectures():
    owed = [name for names in REQUIRED.values() for name in names]
    assert len(owed) == len(set(owed))


def written(tmp_path, text):
    path = tmp_path / "claims.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_reading_the_table(tmp_path):
    table = read_claims(written(tmp_path, ENTRY))
    assert table == {"C005": Claim("C005", "A kernel is flipped.", "01_convolution")}
    assert "C001 is not in tests/claims.toml under notebook '01_convolution'" in missing_required(table)
    assert len(missing_required(table)) == sum(map(len, REQUIRED.values())) - 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ENTRY.replace("C005", "C5"), "claim id 'C5' must look like C001 or E01"),
        (ENTRY.replace("C005", "E001"), "claim id 'E001' must look like"),
        (ENTRY.replace("sentence", "words"), "claim C005 must hold exactly a sentence and a notebook"),
        (ENTRY.replace("A kernel is flipped.", " "), "claim C005: sentence and notebook must not be empty"),
        ('C005 = "A kernel is flipped."', "claim C005 must hold exactly a sentence and a notebook"),
    ],
)
def test_a_malformed_table(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        read_claims(written(tmp_path, text))


@pytest.mark.parametrize(
    "source",
    [
        "assert len(y) == 4",
        "assert error < 1e-12",
        "y = f(x)\nassert y == 3",
        "for n in range(3):\n    assert n in found",
        "assert np.allclose(a, b), 'differs'",
    ],
)
def test_asserts_that_could_fail(source):
    assert could_fail(source)


@pytest.mark.parametrize(
    "source",
    [
        "print(3)",
        "assert True",
        "assert 1 + 1 == 2",
        "assert (y == 3, 'always true')",
        "assert y == y",
        "n = 3\nassert n == 3",
        "def f():\n    assert y == 3",
        "# assert y == 3",
        "assert",
    ],
)
def test_asserts_that_cannot_fail(source):
    assert not could_fail(source)


def demonstration(source, *, executed=True, names=("C005",)):
    cell = new_code_cell(source, execution_count=1 if executed else None)
    cell.metadata = nbformat.from_dict({"claims": list(names)})
    return Notebook(NOTEBOOKS / "01_convolution.ipynb", new_notebook(cells=[cell]), "lecture")


def test_a_claim_is_demonstrated_by_an_executed_cell_with_an_assert():
    table = {"C005": Claim("C005", "Flipped.", "01_convolution")}
    assert demonstrated(demonstration("assert y == 3")) == {"C005"}
    assert undemonstrated(table, [demonstration("assert y == 3")]) == []
    for notebook in (
        demonstration("assert y == 3", executed=False),
        demonstration("print(y)"),
        demonstration("assert y == 3", names=["C006"]),
    ):
        assert undemonstrated(table, [notebook]) == [
            "C005: no executed cell of 01_convolution carries it with an assert that could fail"
        ]
    assert undemonstrated(table, []) == ["C005: there is no notebook '01_convolution'"]


def test_a_cell_with_an_id_that_no_table_holds():
    found = unknown({}, [demonstration("assert y == 3", names=["C005", "c7"])])
    assert found == [
        "notebooks/01_convolution.ipynb cell 1: C005 is not in tests/claims.toml",
        "notebooks/01_convolution.ipynb cell 1: 'c7' must look like C001 or E01",
    ]
