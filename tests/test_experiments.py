"""`make experiments`: what it runs is what it says, and a stored result that has drifted is noticed."""

import json

import numpy as np
import pytest

from experiments import __main__ as program
from experiments import lenet_digits, storage, translated_digits
from lecturelib import data
from lecturelib.networks import Conv, Dense, LocallyConnected, MaxPool, TiledConv

SMALL = {**translated_digits.SETTINGS, "seeds": [3], "examples": [20], "filters": [2, 3], "steps": 4}
STORED = data.result("translated_digits")


def test_the_digits_are_all_there_and_lie_anywhere():
    rng = np.random.default_rng(0)
    images = rng.uniform(0.1, 1, size=(500, 8, 8))
    squares = translated_digits.placed(images, 14, np.random.default_rng(1))
    assert squares.shape == (500, 1, 14, 14)
    corners = set()
    for square, image in zip(squares[:, 0], images, strict=True):
        rows, columns = np.nonzero(square)
        corner = rows.min(), columns.min()
        corners.add(tuple(map(int, corner)))
        np.testing.assert_allclose(square[rows.min() :][:8, columns.min() :][:, :8], image, rtol=1e-6)
        assert np.count_nonzero(square) == 64
    assert corners == set(np.ndindex(7, 7))


def test_no_test_digit_is_trained_on_and_every_seed_splits_anew():
    settings = {**translated_digits.SETTINGS, "side": 8}  # no room to move: the digits can be compared
    (x, y), (held, labels) = translated_digits.split(settings, 0)
    assert (len(x), len(held)) == (1797 - 360, 720)
    assert len(y) == len(x)
    assert np.array_equal(held[:360], held[360:])  # with more room they would lie at other places
    seen = {digit.tobytes() for digit in x}
    assert sum(digit.tobytes() in seen for digit in held) == 0
    assert not np.array_equal(labels, translated_digits.split(settings, 1)[1][1])


@pytest.mark.parametrize("name", translated_digits.NETWORKS)
def test_a_network_holds_the_layers_of_its_name(name):
    network = translated_digits.network(name, 14, (2, 3), np.random.default_rng(0))
    kinds = [type(layer) for layer in network.layers]
    wanted = {"dense": Dense, "local": LocallyConnected, "tiled": TiledConv, "conv": Conv}
    first, _, pooled = name.partition(" + ")
    assert sum(kind is wanted[first] for kind in kinds) == (3 if first == "dense" else 2)
    assert kinds.count(MaxPool) == (2 if pooled else 0)
    assert network.forward(np.zeros((2, 1, 14, 14), dtype=np.float32)).shape == (2, 10)


def test_a_small_run_trains_every_network_and_says_what_it_did():
    rows = translated_digits.run(SMALL)
    assert [row["network"] for row in rows] == list(translated_digits.NETWORKS)
    assert all(row["examples"] == 20 and len(row["values"]) == 1 for row in rows)
    assert all(0 <= value <= 1 for row in rows for value in row["values"])
    assert rows == translated_digits.run(SMALL)


def test_the_stored_result_is_of_these_settings_and_networks():
    assert STORED["settings"] == translated_digits.SETTINGS
    cases = [(row["examples"], row["network"]) for row in STORED["rows"]]
    assert cases == [(n, name) for n in STORED["settings"]["examples"] for name in translated_digits.NETWORKS]
    for row in STORED["rows"]:
        network = translated_digits.network(row["network"], 14, (16, 32), np.random.default_rng(0))
        assert row["parameters"] == network.parameter_count()
        assert len(row["values"]) == len(STORED["settings"]["seeds"])
        assert np.ptp(row["values"]) > 0


@pytest.mark.slow
def test_one_stored_number_is_met_again():
    """The quickest of them; the weekly run of `make experiments` compares them all."""
    row = next(row for row in STORED["rows"] if (row["network"], row["examples"]) == ("dense", 1400))
    again = translated_digits.accuracy("dense", 1400, 0, STORED["settings"])
    assert abs(again - row["values"][0]) < translated_digits.TOLERANCE


def test_results_survive_writing_and_reading(tmp_path):
    rows = [{"network": "a", "examples": 3, "values": [0.25, 0.5]}, {"network": "b", "values": [1.0]}]
    result = storage.described("trial", {"seeds": [0, 1]}, rows)
    path = storage.write(result, tmp_path / "new")
    assert path == tmp_path / "new" / "trial.json"
    assert json.loads(path.read_text(encoding="utf-8")) == result
    assert result["settings"]["seeds"] == [0, 1]
    assert {"python", "numpy"} <= set(result["versions"])


def test_a_mean_that_has_moved_is_named():
    old = {"rows": [{"network": "a", "values": [0.5, 0.7]}, {"network": "b", "values": [0.1]}]}
    new = {"rows": [{"network": "a", "values": [0.6, 0.68]}, {"network": "c", "values": [0.1]}]}
    assert storage.differences(old, old, 0) == []
    assert storage.differences(old, new, 0.05) == [
        "network b: only in one of the two",
        "network c: only in one of the two",
    ]
    assert storage.differences(old, new, 0.03)[-1] == "network a: 0.640 now, 0.600 stored"
    nowhere = {"rows": [{"network": "a", "values": [float("nan")]}, {"network": "b", "values": [0.1]}]}
    assert storage.differences(old, nowhere, 1) == ["network a: nan now, 0.600 stored"]


@pytest.fixture
def quick(monkeypatch):
    """Replace the experiments by some that return stored rows, changed on request."""

    def pretend(change=0.0):
        rows = [{**row, "values": [value + change for value in row["values"]]} for row in STORED["rows"]]
        monkeypatch.setattr(translated_digits, "run", lambda settings: rows)
        lenet_rows = data.result("lenet_digits")["rows"]
        monkeypatch.setattr(lenet_digits, "run", lambda settings: lenet_rows)

    return pretend


def test_a_check_compares_and_stores_nothing(quick, tmp_path, capsys):
    quick()
    assert program.main(["--check", "--out", str(tmp_path)]) == 0
    assert "as stored" in capsys.readouterr().out
    quick(change=0.1)
    assert program.main(["translated_digits", "--check", "--out", str(tmp_path)]) == 1
    assert "network dense, parameters 209514, examples 50" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())


def test_a_run_stores_its_result(quick, tmp_path, capsys):
    quick()
    assert program.main(["--out", str(tmp_path)]) == 0
    assert json.loads((tmp_path / "translated_digits.json").read_text())["rows"] == STORED["rows"]
    with pytest.raises(SystemExit):
        program.main(["nothing"])
    assert (
        "no experiment is called nothing; there are lenet_digits, translated_digits"
        in capsys.readouterr().err
    )


def test_an_unknown_result_is_refused_by_name():
    with pytest.raises(ValueError, match="name must be one of lenet_digits, translated_digits; got 'x'"):
        data.result("x")
