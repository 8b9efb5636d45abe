"""map_estimate(X, Y, lam, basis): a prior of any strength, by the student."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.drawing import halves, whole
from lecturelib.exercises.exercise import Exercise, MistakeBook, Problem, mistake

STATEMENT = """\
A dense layer `y = W x` is fitted to data. A prior says that `W` should be near the span of a few matrices
$B_j$, for instance of those that convolve. Write `map_estimate(X, Y, lam, basis)`: the `W` with the smallest

$$\\sum_{s,i} \\bigl(Y - X W^\\top\\bigr)_{si}^2 + \\lambda \\sum_{i,l} \\bigl(W - P W\\bigr)_{il}^2 .$$

$P W$ is the matrix nearest to `W` in the span of the $B_j$: its orthogonal projection, where the product
of two matrices is the sum of the products of their entries.

- `X`: array of shape `(N, n)`, an input in each row; its columns are linearly independent.
- `Y`: array of shape `(N, m)`, the outputs. `lam`: number, at least 0.
- `basis`: array of shape `(k, m, n)`, `k >= 1`, matrices other than 0 that are **orthogonal** to each other.
  Their length need **not** be 1.
- It returns `W` of shape `(m, n)` and changes no argument.

With `lam = 0` the data decide alone (least squares). The larger `lam`, the nearer `W` is to the span.
"""

STUB = '''\
def map_estimate(X, Y, lam, basis):
    """W (m, n) with the smallest ||Y - X W.T||^2 + lam ||W - P W||^2; P projects onto basis (k, m, n)."""
    raise NotImplementedError("Write map_estimate here.")
'''

HINTS = (
    "Lay W out as a vector of m n numbers. Then P is a matrix that you can write down, the sum is quadratic, "
    "and its derivative is 0 where a linear system holds.",
    "P is the sum of b b^T / (b^T b) over the basis matrices as vectors. With the rows of W one after the "
    "other, the system is (kron(I_m, X^T X) + lam (I - P)) w = the entries of Y^T X.",
)


def _projection(basis: np.ndarray, scale=lambda length: length) -> np.ndarray:
    """Matrix (m n, m n) that projects onto the span; `scale` changes the squared lengths."""
    vectors = basis.reshape(len(basis), -1).astype(float)
    return sum(np.outer(b, b) / scale(b @ b) for b in vectors)


def _solved(X, Y, penalty, strength=1.0):
    """Minimise strength ||Y - X W^T||^2 + w^T penalty w."""
    m, n = Y.shape[1], X.shape[1]
    system = strength * np.kron(np.eye(m), X.T @ X) + penalty
    return np.linalg.lstsq(system, strength * (Y.T @ X).ravel(), rcond=None)[0].reshape(m, n)


def _away(basis):
    P = _projection(basis)
    return np.eye(len(P)) - P


def reference(X: np.ndarray, Y: np.ndarray, lam: float, basis: np.ndarray) -> np.ndarray:
    """Solve (kron(I, X^T X) + lam (I - P)) vec(W) = vec(Y^T X)."""
    m, n = basis.shape[1:]
    system = np.kron(np.eye(m), X.T @ X) + lam * _away(basis)
    return np.linalg.solve(system, (Y.T @ X).ravel()).reshape(m, n)


# --- right, and different -----------------------------------------------------------------------------------


def _more_rows(X, Y, lam, basis):
    """Append the penalty to the data as further equations, and solve them by least squares."""
    m, n = basis.shape[1:]
    equations = np.vstack([np.kron(np.eye(m), X), np.sqrt(lam) * _away(basis)])
    wanted = np.concatenate([Y.T.ravel(), np.zeros(m * n)])
    return np.linalg.lstsq(equations, wanted, rcond=None)[0].reshape(m, n)


def _columns_first(X, Y, lam, basis):
    """Use an orthonormal basis, and vectors with the columns of W one after the other."""
    m, n = basis.shape[1:]
    Q = np.linalg.qr(basis.transpose(0, 2, 1).reshape(len(basis), -1).T)[0]
    system = np.kron(X.T @ X, np.eye(m)) + lam * (np.eye(m * n) - Q @ Q.T)
    return np.linalg.solve(system, (X.T @ Y).ravel()).reshape(n, m).T


def _by_the_gradient(X, Y, lam, basis):
    """Read the linear system off the gradient, one unit matrix after the other."""

    def half_gradient(W, outputs):
        PW = sum(np.sum(W * b) / np.sum(b * b) * b for b in basis)
        return (X @ W.T - outputs).T @ X + lam * (W - PW)

    shape = basis.shape[1:]
    units = np.eye(shape[0] * shape[1]).reshape(-1, *shape)
    columns = [half_gradient(unit, 0 * Y).ravel() for unit in units]
    return np.linalg.solve(np.array(columns).T, -half_gradient(np.zeros(shape), Y).ravel()).reshape(shape)


# --- wrong --------------------------------------------------------------------------------------------------


@mistake("You forget the prior: your answer is the least-squares solution whatever `lam` is.")
def _least_squares(X, Y, lam, basis):
    return _solved(X, Y, 0)


@mistake(
    "You shrink W toward 0. The prior draws it toward the span of the basis: what lies in the span costs "
    "nothing."
)
def _ridge(X, Y, lam, basis):
    return _solved(X, Y, lam * np.eye(basis[0].size))


@mistake("You penalise P W, the part inside the span. Penalised is the part outside, W - P W.")
def _shrinks_inside(X, Y, lam, basis):
    return _solved(X, Y, lam * _projection(basis))


@mistake(
    "Your projection has the wrong sign. Penalised is what W has outside the span, W - P W, and not W + P W."
)
def _plus(X, Y, lam, basis):
    return _solved(X, Y, lam * (np.eye(basis[0].size) + _projection(basis)))


@mistake(
    "You divide the squared errors by the number of samples. They are added up: more data count for more "
    "against the prior."
)
def _mean_over_samples(X, Y, lam, basis):
    return _solved(X, Y, lam * _away(basis), 1 / len(X))


@mistake("You divide the penalty by the number of entries of W. They are added up.")
def _mean_over_entries(X, Y, lam, basis):
    return _solved(X, Y, lam / basis[0].size * _away(basis))


@mistake(
    "You project without dividing by the squared lengths of the basis matrices. Their length need not be 1."
)
def _basis_not_normalised(X, Y, lam, basis):
    return _solved(X, Y, lam * (np.eye(basis[0].size) - _projection(basis, lambda length: 1)))


@mistake(
    "You divide by the length of each basis matrix once. In b b^T both factors have it: divide by b^T b, the "
    "square of the length."
)
def _length_once(X, Y, lam, basis):
    return _solved(X, Y, lam * (np.eye(basis[0].size) - _projection(basis, np.sqrt)))


@mistake("You project onto the first matrix of the basis only. The span holds sums of all of them.")
def _first_only(X, Y, lam, basis):
    return _solved(X, Y, lam * _away(basis[:1]))


@mistake("Your answer lies in the span for every `lam`. That is the limit of an infinite one; data may win.")
def _constrained(X, Y, lam, basis):
    # Row j of the design: what basis matrix j makes of all inputs.
    design = np.array([(X @ b.T).ravel() for b in basis]).T
    weights = np.linalg.lstsq(design, Y.ravel().astype(float), rcond=None)[0]
    return np.tensordot(weights, basis, 1)


@mistake(
    "You return the projection of the least-squares solution. It fits the data worse than others in the "
    "span, and has no `lam` in it."
)
def _projected(X, Y, lam, basis):
    return (_projection(basis) @ _solved(X, Y, 0).ravel()).reshape(basis.shape[1:])


@mistake(
    "You move the least-squares solution toward its projection by a fixed share. How far each entry gives "
    "way depends on how well the data determine it, that is on X^T X."
)
def _interpolated(X, Y, lam, basis):
    W = _solved(X, Y, 0)
    PW = (_projection(basis) @ W.ravel()).reshape(W.shape)
    return (W + lam * PW) / (1 + lam)


@mistake("You use the square of `lam`. The penalty is lam times the sum of squares.")
def _lam_squared(X, Y, lam, basis):
    return _solved(X, Y, lam**2 * _away(basis))


@mistake("You use the square root of `lam`. The penalty is lam times the sum of squares.")
def _lam_root(X, Y, lam, basis):
    return _solved(X, Y, np.sqrt(lam) * _away(basis))


@mistake(
    "Your `lam` counts double. The derivative of a square gives a factor 2 in both terms, so that it cancels."
)
def _twice(X, Y, lam, basis):
    return _solved(X, Y, 2 * lam * _away(basis))


@mistake(
    "Your `lam` counts half. The derivative of a square gives a factor 2 in both terms, so that it cancels."
)
def _half(X, Y, lam, basis):
    return _solved(X, Y, lam / 2 * _away(basis))


@mistake("`lam` multiplies the errors of the data in your answer. It belongs to the prior.")
def _lam_on_data(X, Y, lam, basis):
    return _solved(X, Y, _away(basis), lam)


@mistake("You return W transposed, of shape (n, m). A row of W belongs to an output.")
def _transposed(X, Y, lam, basis):
    return reference(X, Y, lam, basis).T


@mistake("You return P W. Asked for is W itself, which may lie outside the span.")
def _inside_part(X, Y, lam, basis):
    W = reference(X, Y, lam, basis)
    return (_projection(basis) @ W.ravel()).reshape(W.shape)


@mistake("You return W - P W, which the prior penalises. Asked for is W itself.")
def _outside_part(X, Y, lam, basis):
    return reference(X, Y, lam, basis) - _inside_part(X, Y, lam, basis)


@mistake("You return W as a vector. Its shape is (m, n).")
def _vector(X, Y, lam, basis):
    return reference(X, Y, lam, basis).ravel()


@mistake(
    "You mix up two ways to lay W out as a vector: the right-hand side has the entries of X^T Y, column of W "
    "after column, and the system has row after row."
)
def _orders_mixed(X, Y, lam, basis):
    m, n = basis.shape[1:]
    system = np.kron(np.eye(m), X.T @ X) + lam * _away(basis)
    return np.linalg.solve(system, (X.T @ Y).ravel()).reshape(m, n)


@mistake(
    "Your Kronecker product and your projection lay W out in different orders: kron(X^T X, I) goes with "
    "column after column, the raveled basis matrices go with row after row."
)
def _product_turned(X, Y, lam, basis):
    m, n = basis.shape[1:]
    system = np.kron(X.T @ X, np.eye(m)) + lam * _away(basis)
    return np.linalg.solve(system, (Y.T @ X).ravel()).reshape(m, n)


@mistake(_product_turned.sentence)
def _prior_turned(X, Y, lam, basis):
    m, n = basis.shape[1:]
    system = np.kron(X.T @ X, np.eye(m)) + lam * _away(basis)
    return np.linalg.solve(system, (X.T @ Y).ravel()).reshape(n, m).T


@mistake(
    "You project each row of W by itself. The prior ties the rows together: P acts on W as on one vector of "
    "m n numbers."
)
def _row_by_row(X, Y, lam, basis):
    P = sum(b.T @ b / np.sum(b * b) for b in basis)
    return np.linalg.solve(X.T @ X + lam * (np.eye(len(P)) - P), X.T @ Y).T


@mistake(
    "You divide by the squared length of the whole basis. Divide each b b^T by b^T b, the squared length of "
    "its own matrix."
)
def _total_length(X, Y, lam, basis):
    total = np.sum(basis.astype(float) ** 2)
    return _solved(X, Y, lam * (np.eye(basis[0].size) - _projection(basis, lambda length: total)))


@mistake(
    "You divide by a largest singular value, which is what `np.linalg.norm(b, 2)` gives for a matrix. The "
    "squared length is the sum of all squared entries, `np.sum(b * b)`."
)
def _singular_value(X, Y, lam, basis):
    P = sum(np.outer(b, b) / np.linalg.norm(b, 2) ** 2 for b in basis)
    return _solved(X, Y, lam * (np.eye(len(P)) - P))


MISTAKES = MistakeBook.of(
    _least_squares,
    _ridge,
    _shrinks_inside,
    _plus,
    _mean_over_samples,
    _mean_over_entries,
    _basis_not_normalised,
    _length_once,
    _first_only,
    _constrained,
    _projected,
    _interpolated,
    _lam_squared,
    _lam_root,
    _twice,
    _half,
    _lam_on_data,
    _transposed,
    _inside_part,
    _outside_part,
    _vector,
    _orders_mixed,
    _product_turned,
    _prior_turned,
    _row_by_row,
    _total_length,
    _singular_value,
)

# --- problems -----------------------------------------------------------------------------------------------


def _convolutions(n: int, k: int) -> np.ndarray:
    return np.array([np.eye(n - k + 1, n, k - 1 - j) for j in range(k)])


def _weighted(rng: np.random.Generator, k: int, m: int, n: int) -> np.ndarray:
    """Draw k matrices that share no place, with weights of many sizes."""
    owner = rng.permutation(np.arange(m * n) % (k + 1)).reshape(m, n)
    return np.array([np.where(owner == j, whole(rng, m, n), 0) for j in range(k)])


_CROSSING = np.array([[[2, 2, 2], [2, 2, 2]], [[1, -1, 0], [0, 1, -1]]])


def _problem(X: np.ndarray, Y: np.ndarray, lam: float, basis: np.ndarray, kind: str) -> Problem:
    traits = {
        "lam is 0": lam == 0,
        "lam is above 0": lam > 0,
        "lam is large": lam >= 100,
        "lam is not large": lam < 100,
        "the basis is that of convolutions": kind == "convolutions",
        "the basis is not that of convolutions": kind != "convolutions",
        "the basis has a single matrix": len(basis) == 1,
        "the basis has several matrices": len(basis) > 1,
        "there are several outputs": Y.shape[1] > 1,
        "there are as many samples as inputs": len(X) == X.shape[1],
        "there are more samples than inputs": len(X) > X.shape[1],
    }
    label = f"X {X.shape}, Y {Y.shape}, lam = {lam}, basis {basis.shape} of {kind}"
    return Problem((X, Y, lam, basis), label, tuple(trait for trait, holds in traits.items() if holds))


def _inputs(rng: np.random.Generator, samples: int, n: int, draw=halves) -> np.ndarray:
    """Draw inputs with independent columns, far from dependent ones."""
    X = draw(rng, samples, n)
    while np.linalg.cond(X) > 50:
        X = draw(rng, samples, n)
    return X


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 10 fits: no prior, weak and strong ones; convolutions and other spans."""
    convolutions = _convolutions(4, 2)
    X, Y = _inputs(rng, 6, 4), halves(rng, 6, 3)
    longer, outputs = _inputs(rng, 7, 5), halves(rng, 7, 3)
    scaled = _convolutions(5, 3) * np.array([3, 0.5, 2])[:, None, None]
    return [
        _problem(_inputs(rng, 3, 2, whole), whole(rng, 3, 2), 4, 2 * np.eye(2)[None], "one matrix"),
        _problem(X, Y, 0, convolutions, "convolutions"),
        _problem(X, Y, 0.5, convolutions, "convolutions"),
        _problem(X, Y, 20.0, convolutions, "convolutions"),
        _problem(X, Y, 1000.0, convolutions, "convolutions"),
        _problem(longer, outputs, 10.0, scaled, "scaled convolutions"),
        _problem(longer, outputs, 300, _weighted(rng, 2, 3, 5), "weighted matrices"),
        _problem(_inputs(rng, 3, 3), halves(rng, 3, 2), 7, _CROSSING, "overlapping matrices"),
        _problem(
            _inputs(rng, 5, 3, whole), whole(rng, 5, 2), 30.0, _weighted(rng, 3, 2, 3), "weighted matrices"
        ),
        _problem(_inputs(rng, 4, 3), halves(rng, 4, 1), 12.0, np.array([[[3, 0, 1]]]), "one matrix"),
    ]


MAP_ESTIMATE = Exercise(
    name="map_estimate",
    title="How strong is the prior?",
    topic="priors",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=4,
    minutes=25,
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_more_rows, _columns_first, _by_the_gradient),
)
