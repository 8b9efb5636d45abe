"""The frozen form: what is in it, what is not, and the registry that finds it."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

import lecturelib.exercises
from lecturelib.exercises import (
    EXERCISES,
    NamedFunction,
    Problem,
    freeze,
    read_topic,
    use_frozen,
    write_topic,
)
from lecturelib.exercises.answers import Unreadable
from lecturelib.exercises.codec import decode, encode

PACKAGE = Path(lecturelib.exercises.__file__).parent


@pytest.fixture
def convolution(tmp_path):
    return write_topic(EXERCISES.topic("convolution"), tmp_path / "convolution.json")


def test_file_is_small_diffable_and_reproducible(convolution, tmp_path):
    text = convolution.read_text(encoding="utf-8")
    assert len(text.encode()) < 240_000
    assert max(map(len, text.splitlines())) < 4000
    again = write_topic(EXERCISES.topic("convolution"), tmp_path / "again.json")
    assert again.read_text(encoding="utf-8") == text


def test_file_holds_no_reference(convolution):
    text = convolution.read_text(encoding="utf-8")
    data = json.loads(text)
    assert [entry["name"] for entry in data["exercises"]][0] == "conv1d"
    for entry in data["exercises"]:
        assert not {"reference", "variants", "draw"} & set(entry)
    sources = [path.read_text(encoding="utf-8") for path in (PACKAGE / "topics").rglob("*.py")]
    shown = "".join(entry[key] for entry in data["exercises"] for key in ("statement", "stub"))
    secret = {
        line.strip()
        for source in sources
        for line in source.splitlines()
        if line.strip().startswith(("return ", "for ", "def ", "result", "full", "matrix"))
        and len(line.strip()) > 12
        and line.strip() not in shown
    }
    assert len(secret) > 100
    assert [line for line in secret if json.dumps(line)[1:-1] in text] == []
    assert "lambda" not in text and "np.pad" not in text


def test_read_back_exercises_have_no_code(convolution):
    for exercise in read_topic(convolution):
        assert not hasattr(exercise, "reference") and not hasattr(exercise, "variants")
        assert all(one.function is None for one in exercise.mistakes)
        live = EXERCISES[exercise.name]
        for field in (
            "title",
            "statement",
            "stub",
            "hints",
            "points",
            "may_not_call",
            "arguments",
            "returns",
        ):
            assert getattr(exercise, field) == getattr(live, field)


def test_frozen_exercise_knows_only_its_own_problems(convolution):
    exercise = read_topic(convolution)[0]
    with pytest.raises(ValueError, match="problems must be this frozen exercise's own; 'strange'"):
        exercise.expected([Problem((), "strange")])


def test_use_frozen_in_a_block_and_until_closed(convolution):
    with use_frozen(convolution) as registry:
        assert type(registry["conv1d"]).__name__ == "FrozenExercise"
        assert "separate" not in registry
    opened = use_frozen(convolution.parent)
    assert type(EXERCISES["conv1d"]).__name__ == "FrozenExercise"
    opened.close()
    opened.close()
    assert type(EXERCISES["conv1d"]).__name__ == "Exercise"


def test_bad_files_are_refused(tmp_path):
    with pytest.raises(ValueError, match="found none in"):
        use_frozen(tmp_path)
    (tmp_path / "bad.json").write_text("{}")
    with pytest.raises(ValueError, match="frozen file of format 'lecturelib exercises 1'; 'bad.json' is not"):
        read_topic(tmp_path / "bad.json")
    (tmp_path / "worse.json").write_text("no")
    with pytest.raises(ValueError, match="'worse.json' is not JSON"):
        read_topic(str(tmp_path / "worse.json"))
    with pytest.raises(ValueError, match="it lacks .*problems, expected, mistakes"):
        lecturelib.exercises.FrozenExercise.thaw({"name": "conv1d"})


def test_a_students_copy_checks_without_topics(tmp_path):
    """The package as a student has it: no `topics`, one frozen file a topic, nothing imported but NumPy."""
    home = tmp_path / "lecturelib"
    (home / "exercises" / "frozen").mkdir(parents=True)
    (home / "__init__.py").write_text("")
    for path in PACKAGE.glob("*.py"):
        (home / "exercises" / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    for topic in {exercise.topic for exercise in EXERCISES.values()}:
        write_topic(EXERCISES.topic(topic), home / "exercises" / "frozen" / f"{topic}.json")
    code = """
    import sys
    from lecturelib.exercises import EXERCISES, check
    print(len(EXERCISES))
    report = check("conv2d", lambda x, k, mode, boundary: x)
    assert report.diagnosis and not report.passed
    assert check("separate", lambda k, tol: 1).points(2) == 0.0
    print(check("xcorr_to_conv", lambda kernel: kernel.copy()).mistake)
    assert not {"matplotlib", "scipy", "IPython", "sklearn", "threading_"} & set(sys.modules)
    """
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(code)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr, done.stdout) == (0, "", f"{len(EXERCISES)}\nunchanged\n")


@pytest.mark.parametrize(
    "value",
    [
        None,
        ...,
        True,
        3,
        2.5,
        float("inf"),
        1 + 2j,
        "same",
        (1, (2.0, None)),
        [1, 2],
        {"a": (1,)},
        NamedFunction("roll_rows"),
        Unreadable("generator"),
    ],
)
def test_codec_round_trip(value):
    assert decode(json.loads(json.dumps(encode(value), allow_nan=False))) == value


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint64", "float16", "float32", "float64", "complex64"])
def test_codec_keeps_dtype_shape_and_values(dtype):
    array = (np.random.default_rng(0).normal(size=(2, 1, 3)) * 9).astype(
        np.dtype(dtype).type if dtype != "uint64" else int
    )
    array = array.astype(dtype)
    if array.dtype.kind == "f":
        array[0, 0, :2] = np.nan, -np.inf
    back = decode(json.loads(json.dumps(encode(array), allow_nan=False)))
    assert back.dtype == array.dtype
    np.testing.assert_array_equal(back, array)


def test_codec_refuses_what_is_no_data():
    with pytest.raises(TypeError, match="value must be made of arrays and JSON; got function"):
        encode(freeze)
    with pytest.raises(TypeError, match="value must hold numbers; got an array of object"):
        encode(np.array([None]))
    with pytest.raises(ValueError, match="an object with the keys"):
        decode({"a": 1, "b": 2})
    with pytest.raises(ValueError, match="name must be one of .*; got 'eval'"):
        NamedFunction("eval")
