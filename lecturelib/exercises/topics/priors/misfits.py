"""Wrong fits under a prior: the mistakes that `map_estimate` names."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.exercise import MistakeBook, mistake


def _projection(basis: np.ndarray, scale=lambda length: length) -> np.ndarray:
    """Matrix (m n, m n) that projects onto the span; `scale` changes the squared lengths."""
    vectors = basis.reshape(len(basis), -1).astype(float)
    return sum(np.outer(b, b) / scale(b @ b) for b in vectors)


def _solved(X, Y, penalty, strength=1.0):
    """Minimise strength ||Y - X W^T||^2 + w^T penalty w."""
    m, n = Y.shape[1], X.shape[1]
    system = strength * np.kron(np.eye(m), X.T @ X) + penalty
    return np.linalg.lstsq(system, strength * (Y.T @ X).ravel(), rcond=None)[0].reshape(m, n)


def away(basis: np.ndarray) -> np.ndarray:
    """Return the matrix (m n, m n) that takes W to W - P W."""
    P = _projection(basis)
    return np.eye(len(P)) - P


def reference(X: np.ndarray, Y: np.ndarray, lam: float, basis: np.ndarray) -> np.ndarray:
    """Solve (kron(I, X^T X) + lam (I - P)) vec(W) = vec(Y^T X)."""
    m, n = basis.shape[1:]
    system = np.kron(np.eye(m), X.T @ X) + lam * away(basis)
    return np.linalg.solve(system, (Y.T @ X).ravel()).reshape(m, n)


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
    return _solved(X, Y, lam * away(basis), 1 / len(X))


@mistake("You divide the penalty by the number of entries of W. They are added up.")
def _mean_over_entries(X, Y, lam, basis):
    return _solved(X, Y, lam / basis[0].size * away(basis))


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


@mistake(
    "You divide by the squared length of the first basis matrix throughout. That does harm only where the "
    "matrices differ in length: divide each b b^T by b^T b of its own."
)
def _first_length(X, Y, lam, basis):
    first = np.sum(basis[0].astype(float) ** 2)
    return _solved(X, Y, lam * (np.eye(basis[0].size) - _projection(basis, lambda length: first)))


@mistake("You project onto the first matrix of the basis only. The span holds sums of all of them.")
def _first_only(X, Y, lam, basis):
    return _solved(X, Y, lam * away(basis[:1]))


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
    return _solved(X, Y, lam**2 * away(basis))


@mistake("You use the square root of `lam`. The penalty is lam times the sum of squares.")
def _lam_root(X, Y, lam, basis):
    return _solved(X, Y, np.sqrt(lam) * away(basis))


@mistake(
    "Your `lam` counts double. The derivative of a square gives a factor 2 in both terms, so that it cancels."
)
def _twice(X, Y, lam, basis):
    return _solved(X, Y, 2 * lam * away(basis))


@mistake(
    "Your `lam` counts half. The derivative of a square gives a factor 2 in both terms, so that it cancels."
)
def _half(X, Y, lam, basis):
    return _solved(X, Y, lam / 2 * away(basis))


@mistake("`lam` multiplies the errors of the data in your answer. It belongs to the prior.")
def _lam_on_data(X, Y, lam, basis):
    return _solved(X, Y, away(basis), lam)


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
    system = np.kron(np.eye(m), X.T @ X) + lam * away(basis)
    return np.linalg.solve(system, (X.T @ Y).ravel()).reshape(m, n)


@mistake(
    "Your Kronecker product and your projection lay W out in different orders: kron(X^T X, I) goes with "
    "column after column, the raveled basis matrices go with row after row."
)
def _product_turned(X, Y, lam, basis):
    m, n = basis.shape[1:]
    system = np.kron(X.T @ X, np.eye(m)) + lam * away(basis)
    return np.linalg.solve(system, (Y.T @ X).ravel()).reshape(m, n)


@mistake(
    "You lay the basis matrices out column after column, as `b.T.ravel()` does. The rest of your system has "
    "W row after row: `b.ravel()` goes with it."
)
def _basis_by_columns(X, Y, lam, basis):
    return _solved(X, Y, lam * away(basis.transpose(0, 2, 1)))


@mistake(_product_turned.sentence)
def _prior_turned(X, Y, lam, basis):
    m, n = basis.shape[1:]
    system = np.kron(X.T @ X, np.eye(m)) + lam * away(basis)
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
    _first_length,
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
    _basis_by_columns,
    _prior_turned,
    _row_by_row,
    _total_length,
    _singular_value,
)
