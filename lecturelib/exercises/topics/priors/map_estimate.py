"""map_estimate(X, Y, lam, basis): a prior of any strength, by the student."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.drawing import halves, whole
from lecturelib.exercises.exercise import Exercise, Problem
from lecturelib.exercises.topics.priors.misfits import MISTAKES, away, reference

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
    "Half the derivative by W is a matrix of shape (m, n): W X^T X, minus Y^T X, plus lam times the part of "
    "W outside the span. Set it to 0: a linear equation for each entry. Lay W out as a vector to solve them.",
    "P is the sum of b b^T / (b^T b) over the basis matrices as vectors. With the rows of W one after the "
    "other, the system is (kron(I_m, X^T X) + lam (I - P)) w = the entries of Y^T X.",
)


# --- right, and different -----------------------------------------------------------------------------------


def _more_rows(X, Y, lam, basis):
    """Append the penalty to the data as further equations, and solve them by least squares."""
    m, n = basis.shape[1:]
    equations = np.vstack([np.kron(np.eye(m), X), np.sqrt(lam) * away(basis)])
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


# --- problems -----------------------------------------------------------------------------------------------


def _convolutions(n: int, k: int) -> np.ndarray:
    return np.array([np.eye(n - k + 1, n, k - 1 - j) for j in range(k)])


def _weighted(rng: np.random.Generator, k: int, m: int, n: int) -> np.ndarray:
    """Draw k matrices that share no place, with weights of many sizes."""
    owner = rng.permutation(np.arange(m * n) % (k + 1)).reshape(m, n)
    return np.array([np.where(owner == j, whole(rng, m, n), 0) for j in range(k)])


_CROSSING = np.array([[[2, 2, 2], [2, 2, 2]], [[1, -1, 0], [0, 1, -1]]])


def _problem(X: np.ndarray, Y: np.ndarray, lam: float, basis: np.ndarray, kind: str) -> Problem:
    lengths = {float(np.sum(b.astype(float) ** 2)) for b in basis}
    traits = {
        "lam is 0": lam == 0,
        "lam is above 0": lam > 0,
        "lam is large": lam >= 100,
        "lam is not large": lam < 100,
        "the basis is that of convolutions": kind == "convolutions",
        "the basis is not that of convolutions": kind != "convolutions",
        "the basis has a single matrix": len(basis) == 1,
        "the basis has several matrices": len(basis) > 1,
        "the basis matrices differ in length": len(lengths) > 1,
        "the basis holds integers": basis.dtype.kind == "i",
        "the basis holds floating-point numbers": basis.dtype.kind == "f",
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
        _problem(_inputs(rng, 3, 3), halves(rng, 3, 2), 7, _CROSSING, "orthogonal matrices sharing places"),
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
