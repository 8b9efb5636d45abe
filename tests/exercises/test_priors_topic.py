"""The exercises of homework 04 against hand-worked numbers, the library, and limits."""

import itertools
import math

import numpy as np
import pytest

import lecturelib as ll
from lecturelib.exercises import EXERCISES, check

receptive_field = EXERCISES["receptive_field"].reference
count = EXERCISES["count"].reference
conv_basis = EXERCISES["conv_basis"].reference
map_estimate = EXERCISES["map_estimate"].reference
prior_entropy = EXERCISES["prior_entropy"].reference
nn_patch_ratio = EXERCISES["nn_patch_ratio"].reference

LECTURE = [(9, 1, 1), (10, 5, 1), (1, 1, 1), (9, 1, 1), (6, 4, 1)]


def test_topic_is_in_the_order_of_the_homework():
    names = [exercise.name for exercise in EXERCISES.topic("priors")]
    assert names == [
        "prior_entropy",
        "receptive_field",
        "conv_basis",
        "count",
        "nn_patch_ratio",
        "map_estimate",
    ]


# --- receptive_field ---


def test_hand_worked_fields():
    assert receptive_field(LECTURE) == [9, 18, 18, 58, 83]
    assert receptive_field([(3, 1, 1), (3, 1, 1)]) == [3, 5]
    assert receptive_field([(3, 2, 1), (3, 1, 2)]) == [3, 11]
    assert receptive_field([]) == []


@pytest.mark.parametrize("seed", range(4))
def test_fields_agree_with_the_library(seed):
    for problem in EXERCISES["receptive_field"].problems(np.random.default_rng(seed)):
        (layers,) = problem.args
        assert receptive_field(layers) == list(ll.receptive_field(layers)), problem.label


def test_field_is_what_an_experiment_reaches():
    layers = [(3, 2, 1), (2, 1, 3), (4, 3, 2)]
    n = receptive_field(layers)[-1]
    touched = []
    for place in range(n + 4):
        x = np.zeros((1, 1, n + 4))
        x[0, 0, place] = 1
        for k, stride, dilation in layers:
            x = ll.conv(x, np.ones((1, 1, k)), stride=stride, dilation=dilation)
        touched.append(x[0, 0, 0] != 0)
    reached = np.flatnonzero(touched)
    assert (reached[0], reached[-1]) == (0, n - 1)


# --- count ---


def layer_of(kind, input_shape, filters, k, bias):
    """Build the layer that the exercise counts."""
    channels, height, width = input_shape
    rng = np.random.default_rng(0)
    if kind == "conv":
        return ll.Conv(channels, filters, k, bias=bias, rng=rng), input_shape
    if kind == "tiled":
        return ll.TiledConv(channels, filters, k, 2, bias=bias, rng=rng), input_shape
    if kind == "local":
        return ll.LocallyConnected(input_shape, filters, k, bias=bias, rng=rng), input_shape
    outputs = filters * (height - k + 1) * (width - k + 1)
    return ll.Dense(channels * height * width, outputs, bias=bias, rng=rng), (channels * height * width,)


@pytest.mark.parametrize(
    ("kind", "parameters", "biases"),
    [("conv", 216, 8), ("tiled", 864, 32), ("local", 42336, 1568), ("dense", 768 * 1568, 1568)],
)
def test_counts_of_the_lecture(kind, parameters, biases):
    products = 768 * 1568 if kind == "dense" else 27 * 1568
    assert count(kind, (3, 16, 16), 8, 3, False) == (parameters, products)
    assert count(kind, (3, 16, 16), 8, 3, True) == (parameters + biases, products)


def test_counts_agree_with_the_layers_of_the_library():
    shapes = [((2, 4, 5), 3, 2), ((1, 3, 3), 1, 3), ((3, 6, 4), 2, 1)]
    for kind, (shape, filters, k), bias in itertools.product(
        ("conv", "tiled", "local", "dense"), shapes, (False, True)
    ):
        layer, seen = layer_of(kind, shape, filters, k, bias)
        expected = layer.parameter_count(), layer.multiply_adds(seen)
        assert count(kind, shape, filters, k, bias) == expected, (kind, shape)


# --- conv_basis ---


def test_basis_by_hand():
    assert conv_basis(3, 2).tolist() == [[[0, 1, 0], [0, 0, 1]], [[1, 0, 0], [0, 1, 0]]]
    assert conv_basis(1, 1).tolist() == [[[1]]]
    assert conv_basis(3, 3).tolist() == [[[0, 0, 1]], [[0, 1, 0]], [[1, 0, 0]]]


@pytest.mark.parametrize(("n", "k"), [(1, 1), (4, 1), (5, 2), (6, 4), (4, 4)])
def test_sums_of_the_basis_are_the_librarys_matrices(n, k):
    rng = np.random.default_rng(n)
    w, x, basis = rng.normal(size=k), rng.normal(size=n), conv_basis(n, k)
    np.testing.assert_array_equal(np.tensordot(w, basis, 1), ll.toeplitz(w, n, "valid"))
    np.testing.assert_allclose(np.tensordot(w, basis, 1) @ x, ll.convolve(x, w, "valid"))


def test_basis_is_orthogonal_and_each_matrix_has_a_one_in_every_row():
    flat = conv_basis(7, 3).reshape(3, -1)
    np.testing.assert_array_equal(flat @ flat.T, 5 * np.eye(3))


# --- map_estimate ---


def fit(seed=0, n=5, k=2, samples=8):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(samples, n)), rng.normal(size=(samples, n - k + 1)), conv_basis(n, k)


def projected(W, basis):
    """Average over the diagonals, which is the projection onto convolutions alone."""
    return sum((W * b).sum() / b.sum() * b for b in basis)


def loss(W, X, Y, lam, basis):
    return np.sum((Y - X @ W.T) ** 2) + lam * np.sum((W - projected(W, basis)) ** 2)


def test_estimate_by_hand():
    X, Y = np.eye(2), np.array([[4.0, 0.0], [0.0, 2.0]])
    basis = np.eye(2)[None]  # the span holds multiples of the identity; W = diag(4, 2) is 1 away from 3 I
    np.testing.assert_allclose(map_estimate(X, Y, 0, basis), [[4, 0], [0, 2]])
    np.testing.assert_allclose(map_estimate(X, Y, 1, basis), [[3.5, 0], [0, 2.5]])
    np.testing.assert_allclose(map_estimate(X, Y, 3, 7 * basis), [[3.25, 0], [0, 2.75]])


@pytest.mark.parametrize("lam", [0, 0.3, 20.0])
def test_no_neighbour_of_the_estimate_is_better(lam):
    X, Y, basis = fit()
    W, rng = map_estimate(X, Y, lam, basis), np.random.default_rng(1)
    best = loss(W, X, Y, lam, basis)
    for _ in range(20):
        step = 1e-3 * rng.normal(size=W.shape)
        assert loss(W + step, X, Y, lam, basis) > best
        slope = (loss(W + step, X, Y, lam, basis) - loss(W - step, X, Y, lam, basis)) / 2
        assert abs(slope) < 1e-9


def test_estimate_goes_from_least_squares_to_a_convolution():
    X, Y, basis = fit(seed=3)
    np.testing.assert_allclose(map_estimate(X, Y, 0, basis), np.linalg.lstsq(X, Y, rcond=None)[0].T)
    design = np.array([(X @ b.T).ravel() for b in basis]).T
    kernel = np.linalg.lstsq(design, Y.ravel(), rcond=None)[0]
    np.testing.assert_allclose(map_estimate(X, Y, 1e6, basis), ll.toeplitz(kernel, 5, "valid"), atol=1e-4)


# --- prior_entropy ---


def test_entropies_of_the_lecture():
    np.testing.assert_allclose(prior_entropy(np.array([0.01, 1, 100])), [-3.186, 1.419, 6.024], atol=5e-4)


def test_entropy_agrees_with_scipy():
    stats = pytest.importorskip("scipy.stats")
    for sigma in (0.03, 0.242, 1, 7, 250.0):
        assert math.isclose(prior_entropy(sigma), stats.norm.entropy(scale=sigma), abs_tol=1e-12)


# --- nn_patch_ratio ---


def test_ratio_by_hand():
    assert math.isclose(nn_patch_ratio(np.array([[0, 2, 0, 3]]), 1, 1), 0.5 / 1.6875)
    assert math.isclose(nn_patch_ratio(np.array([[0, 1], [5, 2]]), 1, 0), (1 + 1 + 9 + 1) / 4 / 3.5)
    # Only the ends of the row are 2 apart; the pixel between them is left out.
    assert math.isclose(nn_patch_ratio(np.array([[1, 0, 5]]), 1, 1), 16 / np.var([1, 0, 5]))


def test_ratio_of_an_image_that_repeats_is_0_and_scaling_changes_nothing():
    rng = np.random.default_rng(0)
    assert nn_patch_ratio(np.tile(rng.normal(size=(3, 4)), (2, 3)), 2, 2) == 0
    img = rng.normal(size=(7, 6))
    assert math.isclose(nn_patch_ratio(img, 3, 1), nn_patch_ratio(5 - 3 * img, 3, 1))
    assert math.isclose(nn_patch_ratio(img, 3, 1), nn_patch_ratio(img.T, 3, 1))
    assert nn_patch_ratio(img, 3, 1) < nn_patch_ratio(img, 3, 2)


# --- what may not be called ---


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("receptive_field", lambda layers: ll.receptive_field(layers)),
        ("count", lambda *args: (layer_of(*args)[0].parameter_count(), 0)),
        ("conv_basis", lambda n, k: [ll.toeplitz(w, n, "valid") for w in np.eye(k)]),
    ],
)
def test_library_is_refused(name, function):
    report = check(name, function)
    assert report.score == 0 and "which may not be called here" in report.diagnosis


def test_refused_layers_are_back_afterwards():
    before = ll.Conv
    check("count", lambda *args: layer_of(*args)[0].parameter_count())
    assert ll.Conv is before
    assert isinstance(ll.Conv(1, 1, 3, rng=np.random.default_rng(0)), before)


# --- wrong answers as students write them ---


def step_before_field(layers):
    jump, r, out = 1, 1, []
    for k, s, d in layers:
        jump *= s
        r = r + (k - 1) * d * jump
        out.append(r)
    return out


def shared_bias(kind, input_shape, filters, k, bias):
    c, h, w = input_shape
    places = (h - k + 1) * (w - k + 1)
    parameters = {
        "conv": c * k * k * filters,
        "tiled": 4 * c * k * k * filters,
        "local": c * k * k * filters * places,
        "dense": c * h * w * filters * places,
    }[kind]
    return parameters + filters * bias, filters * places * c * (h * w if kind == "dense" else k * k)


def correlation_basis(n, k):
    result = np.zeros((k, n - k + 1, n))
    for j in range(k):
        for r in range(n - k + 1):
            result[j, r, r + j] = 1
    return result


def ridge_regression(X, Y, lam, basis):
    return np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ Y).T


def without_lengths(X, Y, lam, basis):
    B = basis.reshape(len(basis), -1)
    P = B.T @ B
    m, n = basis.shape[1:]
    system = np.kron(np.eye(m), X.T @ X) + lam * (np.eye(m * n) - P)
    return np.linalg.solve(system, (Y.T @ X).ravel()).reshape(m, n)


def fitted(X, Y, lam, basis, vector=np.ravel, squared=lambda b: np.sum(b * b)):
    m, n = basis.shape[1:]
    P = sum(np.outer(vector(b), vector(b)) / squared(b) for b in basis)
    system = np.kron(np.eye(m), X.T @ X) + lam * (np.eye(m * n) - P)
    return np.linalg.solve(system, (Y.T @ X).ravel()).reshape(m, n)


def normalised_at_once(X, Y, lam, basis):
    basis /= np.sqrt(np.sum(basis**2, axis=(1, 2), keepdims=True))
    return fitted(X, Y, lam, basis, squared=lambda b: 1)


def normalised_one_by_one(X, Y, lam, basis):
    for i in range(len(basis)):
        basis[i] = basis[i] / np.linalg.norm(basis[i])
    return fitted(X, Y, lam, basis, squared=lambda b: 1)


def biases_among_products(kind, input_shape, filters, k, bias):
    parameters, products = count(kind, input_shape, filters, k, bias)
    return parameters, products + filters * bias


def loops_in_uint8(img, w, exclude, apart=lambda a, b, exclude: max(a, b) > exclude, convert=True):
    h, v = img.shape[0] - w + 1, img.shape[1] - w + 1
    img = img.astype(float) if convert else img
    found = []
    for i, j in itertools.product(range(h), range(v)):
        best = [
            np.sum((img[i : i + w, j : j + w] - img[a : a + w, b : b + w]) ** 2)
            for a, b in itertools.product(range(h), range(v))
            if apart(abs(i - a), abs(j - b), exclude)
        ]
        if best:
            found.append(min(best))
    return np.mean(found) / (w**2 * img.var()) if found else np.nan


@pytest.mark.parametrize(
    ("name", "function", "mistake"),
    [
        ("receptive_field", step_before_field, "stride_too_early"),
        ("receptive_field", lambda layers: list(ll.receptive_field([(k, s, 1) for k, s, _ in layers])), None),
        ("count", shared_bias, "bias_by_filter"),
        ("conv_basis", correlation_basis, "correlation"),
        ("conv_basis", lambda n, k: [np.eye(n - k + 1, n)] * k, "main_diagonal"),
        ("map_estimate", ridge_regression, "ridge"),
        ("map_estimate", without_lengths, "basis_not_normalised"),
        (
            "map_estimate",
            lambda X, Y, lam, basis: fitted(X, Y, lam, basis, squared=lambda b: np.sum(basis[0] ** 2)),
            "first_length",
        ),
        (
            "map_estimate",
            lambda X, Y, lam, basis: fitted(X, Y, lam, basis, vector=lambda b: b.T.ravel()),
            "basis_by_columns",
        ),
        ("count", biases_among_products, "filter_bias_multiplied"),
        ("prior_entropy", lambda sigma: np.log2(np.sqrt(2 * np.pi * np.e) * sigma), "bits"),
        ("prior_entropy", lambda sigma: 0.5 * np.log(2 * np.pi * np.e * sigma), "sigma_as_variance"),
        ("nn_patch_ratio", lambda *args: loops_in_uint8(*args, convert=False), "wraps_around"),
        (
            "nn_patch_ratio",
            lambda *args: loops_in_uint8(*args, apart=lambda a, b, exclude: math.hypot(a, b) > exclude),
            "euclidean",
        ),
    ],
)
@pytest.mark.parametrize("seed", [0, 5])
def test_wrong_answers_as_students_write_them_are_named(name, function, mistake, seed):
    report = check(name, function, seed=seed)
    assert not report.passed
    assert report.mistake == mistake, report


@pytest.mark.parametrize("seed", [0, 5])
@pytest.mark.parametrize(
    ("function", "words"),
    [
        (normalised_at_once, "And when the basis holds integers: your function raises UFuncTypeError"),
        (normalised_one_by_one, "The result itself is wrong when the basis holds integers."),
    ],
)
def test_a_basis_normalised_in_place_is_named_first_and_nothing_else(function, words, seed):
    report = check("map_estimate", function, seed=seed)
    assert report.mistake is None and report.diagnosis.startswith(
        "Your function changes its argument `basis` in place, which the caller still needs: work on a copy. "
        + words
    )
