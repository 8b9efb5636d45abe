"""What `check` says where no classic mistake fits, and that no answer whatever makes it raise."""

import re

import numpy as np
import pytest

from lecturelib.exercises import EXERCISES, check
from lecturelib.exercises.symptoms import symptom

SYMPTOMS = [
    (
        lambda x: None if x.ndim == 2 else 2 * x,
        "There your function returns None: is the branch empty, or did you forget",
    ),
    (lambda x: (number for number in x), "an object of type generator"),
    (lambda x: x, "returns its argument `x` unchanged"),
    (lambda x: np.flip(2 * x), "read backwards"),
    (lambda x: 6 * x, "is 3.0 times the right one"),
    (lambda x: -2 * x, "opposite sign"),
    (lambda x: 2 * x + 1, "differs from the right one by a constant (1.0 in the first)"),
    (lambda x: 2 * x * (x + 10), None),
    (lambda x: np.full(x.shape, np.nan), "NaN"),
    (lambda x: 2 * x + 0j, "right but complex"),
    (lambda x: 0 * x, "only zeros"),
    (lambda x: np.roll(2 * x, 1, axis=0), "one place too late along axis 0, wrapped around"),
    (lambda x: (2 * x)[:-1], "lacks the last entry along axis 0"),
    (lambda x: np.append(2 * x, [0 * x[0]], axis=0), "has one entry too many at the end along axis 0"),
    (lambda x: (2 * x).ravel()[None], "numbers are right but not their shape"),
    (lambda x: np.abs(2 * x), "absolute value"),
    (lambda x: np.maximum(2 * x, 0), "0 where the right one is negative"),
    (lambda x: 2 * x * 1.001, "proportional|times the right one"),
    (lambda x: (2 * x)[0 : -(x.shape[0] % 2)], "-0 is 0"),
    (lambda x: "two", None),
]


@pytest.mark.parametrize(("function", "words"), SYMPTOMS)
def test_symptoms(function, words, toy):
    report = check(toy(), function)
    assert not report.passed
    if words is None:
        assert report.diagnosis is None
    else:
        pattern = words if "|" in words else re.escape(words)
        assert re.search(pattern, report.diagnosis), report.diagnosis


def test_symptoms_of_images(toy):
    exercise = toy()
    only_image = lambda change: lambda x: change(2 * x) if x.ndim == 2 else 2 * x  # noqa: E731
    assert "It is wrong exactly when x has two axes." in check(exercise, only_image(lambda y: y.T)).diagnosis
    assert "is the transpose" in check(exercise, only_image(lambda y: y.T)).diagnosis
    assert (
        "reversed along its columns (axis 1)" in check(exercise, only_image(lambda y: y[:, ::-1])).diagnosis
    )
    halved = toy(lambda x: x / 2)
    assert "cut to whole numbers" in check(halved, lambda x: np.trunc(x / 2)).diagnosis


def test_fractions_lost_at_every_step_are_seen():
    reference = EXERCISES["conv2d"].reference

    def function(x, k, mode, boundary):
        parts = [np.where(np.arange(k.size).reshape(k.shape) == one, k, 0) for one in range(k.size)]
        return sum(reference(x, part, mode, boundary).astype(int) for part in parts)

    diagnosis = check("conv2d", function).diagnosis
    assert diagnosis.startswith("Your numbers are all whole and near the right ones")


def test_of_two_results_the_right_one_is_spared():
    reference = EXERCISES["conv_backward"].reference

    def function(dy, x, w):
        dx, dw = reference(dy, x, w)
        return 3 * dx, dw

    diagnosis = check("conv_backward", function).diagnosis
    assert diagnosis.startswith("`dw` is right. `dx` is wrong.") and "3.0 times the right one" in diagnosis


def numbers(*pairs):
    return [tuple(np.array(float(one)) for one in pair) for pair in pairs]


def test_single_numbers_have_a_factor_only_if_it_comes_again():
    assert symptom(numbers((10, 8), (20, 14))) is None
    assert symptom(numbers((10, 8), (20, 14), (30, 33))) is None
    assert symptom(numbers((10, 8), (20, 16))) is None
    assert symptom(numbers((10, 8), (20, 16), (5, 4))) == "Your answer is 0.8 times the right one."
    arrays = [(np.array([1.0, 2.0]), np.array([3.0, 6.0])), (np.array([1.0, 4.0]), np.array([5.0, 20.0]))]
    assert "changes from case to case (3.0 in the first wrong one)" in symptom(arrays)
    assert symptom(arrays[:1]) == "Your answer is 3.0 times the right one."


def test_of_whole_numbers_precision_is_not_in_question():
    near = "Your answer is right to about 2 digits only: is "
    whole = near + "a term left out, or one added?"
    assert symptom([(np.array([1000, 2000]), np.array([1001, 2003]))]) == whole
    fractions = near + "precision lost, or a term left out?"
    assert symptom([(np.array([1000.5, 2000]), np.array([1005, 2011.5]))]) == fractions


def test_nothing_but_nan_is_compared_without_a_warning():
    nothing = np.full(3, np.nan)
    assert symptom([(nothing, np.array([1.0, 2.0, 3.0]))]) is None
    assert symptom([(nothing, nothing)]) is None or "NaN" not in symptom([(nothing, nothing)])
    assert symptom([(nothing, nothing[:2])]) == "Your answer lacks the last entry; all others are right."
    assert "infinity" in symptom([(np.zeros(2), np.full(2, np.inf))])


# --- whatever comes back ---


class Hostile:
    def __array__(self, *args, **kwargs):
        raise RuntimeError("no array")

    def __eq__(self, other):
        raise RuntimeError("no comparison")

    __hash__ = None


STRANGE = [
    0,
    True,
    10**40,
    float("inf"),
    1j,
    "text",
    b"bytes",
    "",
    [],
    (),
    {},
    {1, 2},
    {"u": 1},
    [[1, 2], [3]],
    [None, 1],
    ["a", "b"],
    [[[[[[[[[[1]]]]]]]]]],
    object(),
    Hostile(),
    len,
    np,
    range(3),
    np.zeros(0),
    np.zeros((0, 3)),
    np.array(None),
    np.array(["a"]),
    np.array([np.zeros(2), None], dtype=object),
    np.datetime64("2020-01-01"),
    np.ma.masked_array([1.0, 2.0], [True, False]),
    np.array([True, False]),
    np.array([1, 2], dtype=np.uint8),
    np.ones(2, dtype=[("a", int)]),
    (np.ones(2), np.ones(2)),
    (np.ones((2, 2)), None),
    (1, 2, 3),
    (np.nan, np.nan),
    np.array([np.inf, 1j]),
]


@pytest.mark.slow
@pytest.mark.parametrize("name", ("conv1d", "valid_range", "separate", "conv_backward"))
def test_no_strange_answer_stops_the_notebook(name):
    reference = EXERCISES[name].reference
    for strange in STRANGE:
        calls = []

        def sometimes(*args, strange=strange, calls=calls):
            calls.append(1)
            return strange if len(calls) % 3 else reference(*args)

        for function in (lambda *args, strange=strange: strange, sometimes):
            report = check(name, function)
            assert not report.passed and report.score < 1, strange
            assert type(report.points(1)) is float and report._repr_html_() and repr(report)


def test_symptoms_cope_with_truth_values_and_complex_numbers(toy):
    assert check(toy(lambda x: x > 2), lambda x: x < 2).diagnosis is None
    assert "lacks the last entry" in check(toy(lambda x: x * 1j), lambda x: x[:-1] * 1j).diagnosis
    assert check(toy(lambda x: x * 1j), lambda x: x * 2j + 1).diagnosis is None


def test_a_number_that_is_always_zero_is_no_array(toy):
    report = check(toy(lambda x: float(x.sum()) + 50), lambda x: 0.0)
    assert "You return 0 each time." in report.diagnosis
