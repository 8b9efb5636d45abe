"""What `check` says of single answers: the guard, damaged inputs, exceptions, symptoms, points."""

import contextlib
import io
import math
import sys
import warnings

import numpy as np
import pytest
import scipy.signal
from numpy import convolve as imported_by_name

from lecturelib.exercises import EXERCISES, Answer, Problem, UnknownExercise, ask, check, judge
from lecturelib.exercises.exercise import mistake

right = EXERCISES["conv1d"].reference


# --- names and arguments of check ---


def test_wrong_name_lists_near_matches():
    with pytest.raises(UnknownExercise, match=r"got 'conv_1d'\. Did you mean 'conv1d'"):
        check("conv_1d", right)
    with pytest.raises(KeyError, match=r"There are: conv1d, toeplitz_matrix"):
        EXERCISES["zzzzzzzz"]


def test_what_is_no_function_is_said_so():
    report = check("conv1d", np.zeros(3))
    assert not report.passed and report.score == 0
    assert "the function's name without brackets" in report.diagnosis


# --- what may not be called ---


def test_forbidden_function_is_refused_under_any_name_and_restored():
    original = np.convolve
    by_attribute = check("conv1d", lambda x, w, mode: np.convolve(x, w, mode))
    by_name = check("conv1d", lambda x, w, mode: imported_by_name(x, w, mode))
    for report in (by_attribute, by_name):
        assert report.score == 0
        assert report.diagnosis.startswith(
            "Your function calls `numpy.convolve`, which may not be called here. "
        )
    assert np.convolve is original and imported_by_name is original


def test_forbidden_function_in_a_closure_is_refused():
    def build(tool):
        return lambda x, w, mode: tool(x, w)

    function = build(scipy.signal.fftconvolve)
    assert "`scipy.signal.fftconvolve`" in check("conv1d", function).diagnosis
    assert function.__closure__[0].cell_contents is scipy.signal.fftconvolve


def test_import_inside_the_function_is_refused():
    def function(x, w, mode):
        from scipy.ndimage import convolve1d

        return convolve1d(x, w)

    assert "`scipy.ndimage.convolve1d`" in check("conv1d", function).diagnosis


def test_swallowing_the_refusal_does_not_help():
    def sly(x, w, mode):
        with contextlib.suppress(Exception):
            np.convolve(x, w)
        return right(x, w, mode)

    assert check("conv1d", sly).score == 0


def test_library_operators_are_refused():
    import lecturelib

    report = check("conv1d", lambda x, w, mode: lecturelib.convolve(x, w, mode))
    assert report.score == 0 and "lecturelib" in report.diagnosis


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_guard_is_lifted_after_exceptions(error):
    original = np.convolve

    def function(x, w, mode):
        raise error

    if error is KeyboardInterrupt:
        with pytest.raises(KeyboardInterrupt):
            check("conv1d", function)
    else:
        assert "raises ValueError" in check("conv1d", function).diagnosis
    assert np.convolve is original


# --- inputs, prints, warnings ---


def test_damaged_input_is_seen_though_the_values_are_right():
    def function(x, w, mode):
        answer = right(x, w, mode)
        w[...] = w[::-1].copy()
        return answer

    report = check("conv1d", function)
    assert "changes its argument `w` in place" in report.diagnosis
    assert "It is right only when the kernel has a single weight." in report.diagnosis
    assert report.first_wrong.remark == "the result is right, but w was changed in place"


def test_problems_survive_damage():
    problem = Problem((np.ones(3), [np.zeros(2)], {"a": np.arange(2)}), "three")

    def function(x, parts, table):
        x += 1
        parts[0][0] = 5
        table["a"][1] = 9
        return x

    answer = ask(function, problem, names=("x", "parts", "table"))
    assert answer.damaged == ("x", "parts", "table")
    assert problem.args[0].tolist() == [1, 1, 1] and problem.args[1][0].tolist() == [0, 0]


def test_answer_is_a_copy_of_what_was_returned():
    kept = np.zeros(2)

    def function(x):
        kept[:] += 1
        return kept

    problems = [Problem((1,), "one"), Problem((2,), "two")]
    answers = [ask(function, problem) for problem in problems]
    assert [answer.value.tolist() for answer in answers] == [[1, 1], [2, 2]]


def test_nothing_reaches_stderr_or_stdout():
    def loud(x, w, mode):
        warnings.warn("look", stacklevel=1)
        print("debug")
        print("debug", file=sys.stderr)
        return right(x, w, mode) / np.zeros(1)

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        report = check("conv1d", loud)
    assert out.getvalue() == err.getvalue() == ""
    assert report.notes == ("What your function prints is not shown here.",)
    assert "infinity" in report.diagnosis or "NaN" in report.diagnosis


def test_exit_does_not_end_the_notebook():
    assert "raises SystemExit" in check("conv1d", lambda x, w, mode: sys.exit(3)).diagnosis


# --- exceptions ---


def test_exception_shows_the_students_line():
    def function(x, w, mode):
        return x[100]

    line = function.__code__.co_firstlineno + 1
    assert f"raises IndexError in line {line} (`return x[100]`)" in check("conv1d", function).diagnosis


def test_wrong_signature_names_the_arguments():
    diagnosis = check("conv1d", lambda x, w: x).diagnosis
    assert "could not be called" in diagnosis and "(x, w, mode), in this order" in diagnosis


def test_exception_in_one_branch_names_the_branch():
    def function(x, w, mode):
        if mode == "same":
            raise NotImplementedError
        return right(x, w, mode)

    report = check("conv1d", function)
    assert report.status == "not yet" and math.isclose(report.score, 2 / 3)
    assert report.diagnosis == (
        "What you have finished is right: mode is 'full' or 'valid'. Not written yet: mode is 'same'."
    )


def test_expected_exception_counts_by_kind_and_lineage(toy):
    def reference(x):
        if x.ndim == 2:
            raise ValueError("two axes")
        return 2 * x

    class Finer(ValueError):
        pass

    def finer(x):
        if x.ndim == 2:
            raise Finer
        return x + x

    exercise = toy(reference)
    assert check(exercise, finer).passed
    assert check(exercise, lambda x: 2 * x).diagnosis.startswith(
        "Your function returns an answer where it should raise"
    )


# --- named mistakes and symptoms ---


def test_mistake_in_one_branch_is_named_with_the_branch():
    def function(x, w, mode):
        return right(x, w if mode == "full" else w[::-1], mode)

    report = check("conv1d", function)
    assert report.mistake == "no_flip"
    assert report.diagnosis.endswith("You avoid it only when mode is 'full'.")


def test_mistake_that_raises_is_matched_by_the_exceptions_type(toy):
    @mistake("Too many axes for you.")
    def _one_axis(x):
        if x.ndim == 2:
            raise IndexError
        return 2 * x

    def student(x):
        return np.array([2 * x[i] for i in range(len(x))] if x.ndim == 1 else x[9])

    report = check(toy(mistakes=(_one_axis,)), student)
    assert (report.mistake, report.diagnosis) == ("one_axis", "Too many axes for you.")


# --- tolerances and kinds of numbers ---


def test_lists_integers_and_single_precision_are_accepted(toy):
    exercise = toy()
    assert check(exercise, lambda x: (2 * x).tolist()).passed
    assert check(exercise, lambda x: (2 * x).astype(np.float32)).passed
    assert check(exercise, lambda x: 2 * x + 1e-12).passed
    assert not check(exercise, lambda x: 2 * x + 1e-6).passed


def test_any_pair_with_the_right_outer_product_is_accepted_and_no_other():
    exercise, kernel = EXERCISES["separate"], np.outer([1.0, 2.0], [3.0, -1.0, 4.0])
    problem = Problem((kernel, 1e-9), "product")
    assert exercise.agrees(problem, ([1, 2], [3, -1, 4]))
    assert exercise.agrees(problem, (np.array([-2, -4]), np.array([-1.5, 0.5, -2])))
    assert not exercise.agrees(problem, (np.array([1, 2]) * (1 + 1e-5), np.array([3, -1, 4])))
    assert not exercise.agrees(problem, ([3, -1, 4], [1, 2]))
    assert not exercise.agrees(problem, None)
    assert exercise.agrees(Problem((kernel, 1e-2), "product"), (np.array([1, 2]) * (1 + 1e-3), [3, -1, 4]))


# --- judging answers from elsewhere ---


def test_answers_may_come_from_elsewhere(toy):
    exercise = toy()
    problems = exercise.problems(np.random.default_rng(0))
    answers = [Answer(2 * problem.args[0]) for problem in problems]
    assert judge(exercise, problems, answers).passed
    answers[2] = Answer()
    assert math.isclose(judge(exercise, problems, answers).score, 2 / 3)
    with pytest.raises(ValueError, match="answers must be one for each problem; got 2 for 3 problems"):
        judge(exercise, problems, answers[:2])


def test_agrees_takes_plain_answers():
    exercise = EXERCISES["valid_range"]
    problem = Problem((10, -2, 2), "centred")
    assert exercise.agrees(problem, (3, 8)) and exercise.agrees(problem, np.array([3, 8]))
    assert not exercise.agrees(problem, (2, 8)) and not exercise.agrees(problem, None)


# --- hand-worked numbers ---


def test_hand_worked_numbers():
    x, w = np.array([1, 2, 3, 5, 8]), np.array([1, 10, 100])
    assert right(x, w, "full").tolist() == [1, 12, 123, 235, 358, 580, 800]
    assert right(x, w, "valid").tolist() == [123, 235, 358]
    assert right(np.array([1, 2, 3, 4]), np.array([1, 1]), "same").tolist() == [1, 3, 5, 7]
    matrix = EXERCISES["toeplitz_matrix"].reference
    assert matrix(w, 5, "valid")[0].tolist() == [100, 10, 1, 0, 0]
    circular = matrix(np.array([1, 2, 4, 8, 16]), 5, "circular")
    assert (circular @ [3, 1, 4, 1, 5]).tolist() == [65, 99, 74, 117, 79]
    for (n, lo, hi), answer in {
        (10, -2, 2): (3, 8),
        (10, 1, 5): (6, 11),
        (3, 0, 3): None,
        (4, 0, 3): (4, 4),
    }.items():
        assert EXERCISES["valid_range"].reference(n, lo, hi) == answer
    assert EXERCISES["compose"].reference(np.array([[1, 2]]), np.array([[1], [3]])).tolist() == [
        [1, 2],
        [3, 6],
    ]
    assert EXERCISES["xcorr_to_conv"].reference(np.array([[1, 2], [3, 4]])).tolist() == [[4, 3], [2, 1]]


@pytest.mark.parametrize("seed", [0, 1])
def test_references_agree_with_the_library(seed):
    import lecturelib

    rng = np.random.default_rng(seed)
    for problem in EXERCISES["conv1d"].problems(rng):
        x, w, mode = problem.args
        np.testing.assert_allclose(right(x, w, mode), lecturelib.convolve(x, w, mode))
    for problem in EXERCISES["conv2d"].problems(rng):
        x, k, mode, boundary = problem.args
        expected = lecturelib.convolve(x, k, mode, boundary=boundary)
        np.testing.assert_allclose(EXERCISES["conv2d"].reference(*problem.args), expected)
    for problem in EXERCISES["toeplitz_matrix"].problems(rng):
        w, n, mode = problem.args
        expected = lecturelib.circulant(w, n) if mode == "circular" else lecturelib.toeplitz(w, n, mode)
        np.testing.assert_allclose(EXERCISES["toeplitz_matrix"].reference(*problem.args), expected)
    for problem in EXERCISES["compose"].problems(rng):
        np.testing.assert_allclose(
            EXERCISES["compose"].reference(*problem.args), scipy.signal.convolve2d(*problem.args)
        )


def test_gradient_by_central_differences():
    rng = np.random.default_rng(4)
    x, w, dy = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(2, 3, 2, 3)), rng.normal(size=(2, 2, 3, 3))

    def loss(x, w):
        view = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
        return np.sum(dy * np.einsum("bcijmn,fcmn->bfij", view, w))

    for place, gradient in enumerate(EXERCISES["conv_backward"].reference(dy, x, w)):
        index = tuple(rng.integers(size) for size in gradient.shape)
        step = np.zeros_like((x, w)[place])
        step[index] = 1e-6
        moved = [(x + step, w), (x - step, w)] if place == 0 else [(x, w + step), (x, w - step)]
        numeric = (loss(*moved[0]) - loss(*moved[1])) / 2e-6
        assert math.isclose(gradient[index], numeric, rel_tol=1e-6)
