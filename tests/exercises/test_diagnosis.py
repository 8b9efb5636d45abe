"""Unfinished branches, two mistakes at once, and what the report shows first."""

import json
import re

import numpy as np
import pytest

from lecturelib.exercises import EXERCISES, FrozenExercise, check, freeze

right = EXERCISES["conv1d"].reference
matrix = EXERCISES["toeplitz_matrix"].reference
convolve2d = EXERCISES["conv2d"].reference


def both(name, function):
    """Check with the live and with the frozen form; they must say the same."""
    report = check(name, function)
    frozen = FrozenExercise.thaw(json.loads(json.dumps(freeze(EXERCISES[name]))))
    assert repr(check(frozen, function)) == repr(report)
    return report


# --- unfinished ---


@pytest.mark.parametrize("silent", [False, True])
def test_what_is_finished_is_praised_and_what_is_missing_is_listed(silent):
    def only_valid(x, w, mode):
        if mode == "valid":
            return right(x, w, mode)
        if silent:
            return None
        raise NotImplementedError

    report = both("conv1d", only_valid)
    assert report.score == pytest.approx(1 / 3) and report.mistake is None
    assert report.diagnosis.startswith(
        "What you have finished is right: mode is 'valid'. Not written yet: mode is 'full' or 'same'."
    )
    assert ("did you forget `return`" in report.diagnosis) is silent
    assert report.first_wrong is None and "First difference" not in repr(report)
    assert "not written yet: the worked example" in report._repr_html_()


@pytest.mark.parametrize("mode_written", ["full", "same", "valid"])
def test_a_mistake_in_the_only_finished_branch_is_named(mode_written):
    def unflipped(x, w, mode):
        if mode != mode_written:
            raise NotImplementedError
        return right(x, w[::-1], mode)

    report = both("conv1d", unflipped)
    assert report.mistake == "no_flip"
    assert "Not written yet: mode is '" in report.diagnosis
    assert report.first_wrong.label == f"the worked example, mode '{mode_written}'"


def test_a_mistake_beside_a_right_and_an_unfinished_branch_is_named():
    def function(x, w, mode):
        if mode == "same":
            return None
        return right(x, w[::-1] if mode == "full" else w, mode)

    report = both("conv1d", function)
    assert report.mistake == "no_flip"
    assert "You make this mistake when mode is 'full'." in report.diagnosis
    assert "Not written yet: mode is 'same'." in report.diagnosis


def test_none_is_no_sign_of_unfinished_work_where_it_may_be_the_answer():
    report = both("valid_range", lambda n, lo, hi: (1 + hi, n + lo) if lo == -hi and hi < 1 else None)
    assert "Not written yet" not in report.diagnosis
    assert "Your function returns None in" in report.diagnosis
    assert "`(first, last)` exists" in report.diagnosis


# --- two at once ---


def late(x, w):
    full = np.append(right(x, w, "full"), 0)
    return full[len(w) // 2 : len(w) // 2 + len(x)]


def test_two_mistakes_in_two_branches_are_both_named_with_their_cases():
    def function(x, w, mode):
        if mode == "full":
            return right(x, w[::-1], mode)
        return right(x, w, mode)[:-1] if mode == "valid" else right(x, w, mode)

    report = both("conv1d", function)
    book = {one.name: one.sentence for one in EXERCISES["conv1d"].mistakes}
    assert report.mistake == "valid_short"
    assert report.diagnosis == (
        f"{book['valid_short']} It is so when mode is 'valid'. There is a second mistake. "
        f"{book['no_flip']} It is so when mode is 'full'."
    )


@pytest.mark.parametrize("step_by_step", [False, True])
def test_late_same_and_integer_dtype_at_once(step_by_step):
    def function(x, w, mode):
        n, k = len(x), len(w)
        full = np.zeros(n + k, dtype=int)
        if step_by_step:
            for i in range(n):
                for j in range(k):
                    full[i + j] += x[i] * w[j]
        else:
            full[:-1] = right(x, w, "full")
        start, size = {"full": (0, n + k - 1), "same": (k // 2, n), "valid": (min(n, k) - 1, abs(n - k) + 1)}[
            mode
        ]
        return full[start : start + size]

    report = both("conv1d", function)
    assert report.mistake.startswith("integers_")
    assert "integer dtype" in report.diagnosis
    assert "There is a second mistake. `same` is off by one place" in report.diagnosis


def test_one_mistake_and_an_exception_elsewhere():
    def function(x, w, mode):
        if mode == "same":
            return undefined  # noqa: F821
        return right(x, w[::-1], mode) if mode == "full" else right(x, w, mode)

    report = both("conv1d", function)
    assert report.mistake == "no_flip"
    assert "It is so when mode is 'full'." in report.diagnosis
    assert "And when mode is 'same': your function raises NameError" in report.diagnosis


def test_an_exception_among_other_wrong_answers_is_described():
    def function(x, w, mode):
        return undefined if mode == "same" else 1j * x  # noqa: F821

    diagnosis = both("conv1d", function).diagnosis
    assert "raises NameError" in diagnosis and diagnosis.endswith("It does so when mode is 'same'.")


def test_no_mistake_is_named_on_too_little_evidence():
    """A case that happens to fit a classic mistake says nothing when all others do not."""
    for function in (
        lambda x, w, mode: right(x, w[::-1], mode) if len(x) == 5 else right(x, w, mode) + 1j,
        lambda x, w, mode: x * w[0],
        lambda x, w, mode: np.zeros(3),
        lambda x, w, mode: x[100],
    ):
        assert check("conv1d", function).mistake is None


# --- changed arguments ---


def test_a_changed_argument_comes_first_and_what_follows_from_it_is_no_named_mistake():
    def function(x, w, mode):
        w[:] = w / 2  # a kernel of integers is cut to whole numbers
        return right(x, 2 * w, mode)

    report = both("conv1d", function)
    assert report.mistake is None
    assert report.diagnosis.startswith("Your function changes its argument `w` in place, which the caller")


def test_a_mistake_in_every_case_is_named_beside_a_changed_argument():
    def function(x, w, mode):
        x[:] = x[::-1]
        return right(x[::-1], w[::-1], mode)

    report = both("conv1d", function)
    assert report.mistake == "no_flip"
    assert report.diagnosis.startswith("Your function changes its argument `x` in place")
    assert report.diagnosis.endswith(
        next(one.sentence for one in EXERCISES["conv1d"].mistakes if one.name == "no_flip")
    )


def test_two_changed_arguments_are_both_listed():
    def function(x, w, mode):
        result = right(x, w, mode)
        x += 1
        w += 1
        return result

    assert "changes its arguments `w` and `x` in place" in both("conv1d", function).diagnosis


# --- negative indices ---


def test_negative_index_into_the_kernel_is_named():
    def function(x, w, mode):
        n, k = len(x), len(w)
        full = np.zeros(n + k - 1)
        for place in range(n + k - 1):
            for i in range(n):
                if place - i < k:
                    full[place] += x[i] * w[place - i]
        start, size = {
            "full": (0, n + k - 1),
            "same": ((k - 1) // 2, n),
            "valid": (min(n, k) - 1, abs(n - k) + 1),
        }[mode]
        return full[start : start + size]

    report = both("conv1d", function)
    assert report.mistake == "negative_kernel_index"
    assert "Python counts negative indices from there" in report.diagnosis


@pytest.mark.parametrize(
    ("index", "words"),
    [(-9, "-9 asks for entry number 9 from the end, of 3"), (3, "The last of 3 entries has index 2")],
)
def test_an_index_out_of_bounds_is_explained(index, words):
    assert words in check("conv1d", lambda x, w, mode: np.zeros(3)[index]).diagnosis


def test_fractions_added_to_an_array_of_integers_are_explained():
    def conv_backward(dy, x, w):
        dx, dw = np.zeros_like(x), np.zeros_like(w)
        rows, columns = dy.shape[2:]
        for m, n in np.ndindex(w.shape[2:]):
            met = np.s_[:, :, m : m + rows, n : n + columns]
            dx[met] += np.einsum("bfij,fc->bcij", dy, w[:, :, m, n])
            dw[:, :, m, n] = np.einsum("bfij,bcij->fc", dy, x[met])
        return dx, dw

    diagnosis = check("conv_backward", conv_backward).diagnosis
    assert "raises UFuncTypeError" in diagnosis
    assert "The array that you change there holds integers" in diagnosis
    other = check("conv1d", lambda x, w, mode: np.array(["a"]) + 1).diagnosis
    assert "UFunc" in other
    assert "holds integers" not in other


# --- new names ---


def side_by_side(w, n, mode):
    if mode != "circular":
        return matrix(w, n, mode)
    same = np.zeros((n, n))
    for row in range(n):
        for m, weight in enumerate(w):
            same[row, (row + (len(w) - 1) // 2 - m) % n] += weight
    return same


NAMED = [
    ("toeplitz_matrix", lambda w, n, mode: matrix(w[::-1], n, mode), "cross-correlation"),
    ("toeplitz_matrix", side_by_side, "Its origin is at 0 here"),
    ("compose", lambda k1, k2: k1 + k2, "You add the two kernels"),
    ("compose", lambda k1, k2: k1 @ k2, "You multiply the kernels as matrices"),
    ("compose", lambda k1, k2: k1.dot(k2), "You multiply the kernels as matrices"),
    ("compose", lambda k1, k2: k1 * k2, "You multiply the kernels weight by weight"),
    (
        "valid_range",
        lambda n, lo, hi: (1 + abs(hi), n - abs(lo)) if 1 + abs(hi) <= n - abs(lo) else None,
        "returns None",
    ),
    (
        "conv2d",
        lambda x, k, mode, boundary: (
            np.pad(
                convolve2d(x, k, "same", boundary), [(0, k.shape[0] - 1), (0, k.shape[1] - 1)], mode="wrap"
            )
            if (mode, boundary) == ("full", "circular")
            else convolve2d(x, k, mode, boundary)
        ),
        "repeats the circular `same`",
    ),
]


@pytest.mark.parametrize(("name", "function", "words"), NAMED)
def test_mistakes_that_readers_made_are_named(name, function, words):
    for seed in range(3):
        report = check(name, function, seed=seed)
        assert report.mistake is not None and words in report.diagnosis, report


# --- what is shown first ---


def test_the_first_problem_is_one_for_a_pencil():
    for exercise in EXERCISES.values():
        first, *_ = exercise.problems(np.random.default_rng(7))
        arrays = [np.asarray(one) for one in first.args if isinstance(one, np.ndarray)]
        assert sum(one.size for one in arrays) <= 16
        assert all((one == np.round(one)).all() for one in arrays)
    problems = {name: EXERCISES[name].problems(np.random.default_rng(7))[0].args for name in EXERCISES}
    assert [problems["conv1d"][0].tolist(), problems["conv1d"][1].tolist()] == [[1, 2, 3, 5, 8], [1, 10]]
    assert problems["conv2d"][0].tolist() == np.arange(1, 13).reshape(3, 4).tolist()
    assert problems["conv2d"][2:] == ("valid", "zeros")
    assert problems["valid_range"] == (5, 0, 2)


def test_the_case_shown_is_the_easiest_of_the_wrong_ones():
    assert check("conv2d", lambda x, k, *rest: 0 * x).first_wrong.label.startswith("the worked example")

    def only_fractions(x, w, mode):
        return right(x, w, mode).astype(int)

    assert check("conv1d", only_fractions).first_wrong.label.startswith("x of 1 numbers, w of 2 numbers")


# --- words ---


def test_nothing_is_said_twice_and_no_unmet_words_are_used():
    for name, exercise in EXERCISES.items():
        cell = {}
        exec(exercise.stub, cell)
        assert repr(check(name, cell[name])).lower().count("not attempted") == 1
        sentences = [exercise.statement, *exercise.hints, *(one.sentence for one in exercise.mistakes)]
        text = " ".join(sentences)
        assert not re.search(r"Fourier|diagonalis|new array", text)
        assert not re.search(r"\S  +\S", re.sub(r"\n\s+", " ", text))
