"""nn_patch_ratio(img, w, exclude): does an image repeat itself? Measured by the student."""

from __future__ import annotations

import itertools

import numpy as np

from lecturelib.exercises.drawing import halves, whole
from lecturelib.exercises.exercise import Exercise, MistakeBook, Problem, mistake

STATEMENT = """\
Sharing kernels assumes that the same small patterns occur at many places. Write
`nn_patch_ratio(img, w, exclude)`: **how different a patch is from its nearest relative elsewhere**.

1. Take all patches of `w` × `w` pixels that lie inside the image, one for each position of the top-left
   corner; they overlap.
2. The distance of two patches is the sum of the squared differences of their pixels. Two patches are
   **apart** if their corners are more than `exclude` rows or more than `exclude` columns from each other
   (one of the two is enough).
3. For each patch, find the **smallest** distance to a patch that is apart from it. Where there is none, leave
   the patch out.
4. Return the **mean** of these smallest distances, divided by `w * w` and by the variance of all pixels,
   `img.var()`.

- `img`: array of shape `(H, W)`, integers (also `uint8`) or floating-point numbers, not all equal.
- `w`, `exclude`: ints with `1 <= w <= H, W` and `exclude >= 0`, such that some two patches are apart.
- It returns a number and leaves `img` as it is.

0 means that every patch has a copy elsewhere; 2 is what two unrelated patches have on average. For
`[[0, 2, 0, 3]]`, `w = 1`, `exclude = 1` the nearest relatives are 0, 1, 0 and 1 away. Their mean 0.5, divided
by the variance 1.6875, is about 0.296.
"""

STUB = '''\
def nn_patch_ratio(img, w, exclude):
    """Mean squared difference of w x w patches and their nearest relatives elsewhere, in variances."""
    raise NotImplementedError("Write nn_patch_ratio here.")
'''

HINTS = (
    "Write four loops first: over the corners of one patch and the corners of the other. When do you skip a "
    "pair, and what do you keep of the others?",
    "Skip a pair when the larger of the two offsets, max(abs(i - k), abs(j - l)), is at most `exclude`: that "
    "includes the patch itself. Convert `img` to float before you subtract.",
)


def _patches(img, w, step=1):
    """Patches (P, w w) and their corners (P, 2)."""
    windows = np.lib.stride_tricks.sliding_window_view(img, (w, w))[::step, ::step]
    corners = np.argwhere(np.ones(windows.shape[:2], dtype=bool)) * step
    return windows.reshape(len(corners), -1).astype(float), corners


def _chebyshev(offsets):
    return np.abs(offsets).max(axis=-1)


def _nearest(img, w, exclude, *, reach=_chebyshev, cost=np.square, choose=np.min, strict=True, step=1):
    """Collect what `choose` makes of the distances of each patch; wrong rules make wrong answers."""
    patches, corners = _patches(img, w, step)
    found = []
    for patch, corner in zip(patches, corners, strict=True):
        far = reach(corners - corner)
        far = far > exclude if strict else far >= exclude
        if far.any():
            found.append(choose(cost(patches[far] - patch).sum(axis=1)))
    return np.array(found)


def _mean(found):
    return np.mean(found) if len(found) else np.nan


def _ratio(img, w, exclude, **rules):
    return _mean(_nearest(img, w, exclude, **rules)) / (w * w * img.var(dtype=float))


def reference(img: np.ndarray, w: int, exclude: int) -> float:
    """Average the smallest distances, in units of w^2 variances."""
    return _ratio(img, w, exclude)


# --- right, and different -----------------------------------------------------------------------------------


def _loops(img, w, exclude):
    img = img.astype(float)
    corners = list(itertools.product(range(img.shape[0] - w + 1), range(img.shape[1] - w + 1)))
    total, count = 0.0, 0
    for i, j in corners:
        best = None
        for k, m in corners:
            if abs(i - k) <= exclude and abs(j - m) <= exclude:
                continue
            distance = ((img[i : i + w, j : j + w] - img[k : k + w, m : m + w]) ** 2).sum()
            best = distance if best is None else min(best, distance)
        if best is not None:
            total, count = total + best, count + 1
    return total / count / (w * w * img.var())


def _all_pairs(img, w, exclude):
    patches, corners = _patches(img, w)
    distances = np.square(patches[:, None] - patches).sum(axis=-1)
    close = (np.abs(corners[:, None] - corners) <= exclude).all(axis=-1)
    smallest = np.where(close, np.inf, distances).min(axis=1)
    smallest = smallest[np.isfinite(smallest)]
    return smallest.sum() / (len(smallest) * w**2 * np.var(img.astype(float)))


def _standardised(img, w, exclude):
    """Divide the image by its deviation first; then nothing is left to divide by."""
    img = img.astype(float)
    found = _nearest((img - img.mean()) / img.std(), w, exclude, cost=lambda difference: difference**2 / w**2)
    return _mean(found)


# --- wrong --------------------------------------------------------------------------------------------------


@mistake("Each patch finds itself, at distance 0. Leave out the patches that are not apart.")
def _finds_itself(img, w, exclude):
    return 0.0


@mistake(
    "You leave out the patch itself only. Patches up to `exclude` rows and columns away do not count either."
)
def _only_itself(img, w, exclude):
    return _ratio(img, w, 0)


@mistake("A patch that is exactly `exclude` away counts in your answer. Apart means more than `exclude`.")
def _not_strict(img, w, exclude):
    return _ratio(img, w, exclude, strict=False)


@mistake(
    "You measure how far corners are apart along the diagonal. Rows and columns count each by themselves."
)
def _euclidean(img, w, exclude):
    return _ratio(img, w, exclude, reach=lambda offsets: np.sqrt(np.square(offsets).sum(axis=-1)))


@mistake("You add up the offsets in rows and in columns. One of the two must exceed `exclude` by itself.")
def _city_block(img, w, exclude):
    return _ratio(img, w, exclude, reach=lambda offsets: np.abs(offsets).sum(axis=-1))


@mistake("You ask for more than `exclude` rows and more than `exclude` columns. One of the two is enough.")
def _both_axes(img, w, exclude):
    return _ratio(img, w, exclude, reach=lambda offsets: np.abs(offsets).min(axis=-1))


@mistake("You look only at offsets in rows. Patches further along the same row are apart too.")
def _rows_only(img, w, exclude):
    return _ratio(img, w, exclude, reach=lambda offsets: np.abs(offsets[:, 0]))


@mistake("You search only among the patches that come later. The nearest one may have come before.")
def _later_only(img, w, exclude):
    def reach(offsets):
        own = np.flatnonzero(~offsets.any(axis=1))[0]
        return np.where(np.arange(len(offsets)) < own, -1, _chebyshev(offsets))

    return _ratio(img, w, exclude, reach=reach)


@mistake(
    "You average over all distances. Each patch is compared with its nearest relative, the smallest one."
)
def _average_distance(img, w, exclude):
    return _ratio(img, w, exclude, choose=np.mean)


@mistake("You take the largest distance. The nearest relative has the smallest one.")
def _largest_distance(img, w, exclude):
    return _ratio(img, w, exclude, choose=np.max)


@mistake(
    "You take the smallest distance of all. Asked for is the mean over the patches of each one's smallest."
)
def _smallest_of_all(img, w, exclude):
    found = _nearest(img, w, exclude)
    return found.min() / (w * w * img.var(dtype=float))


@mistake("You take the median over the patches. Asked for is the mean.")
def _median(img, w, exclude):
    found = _nearest(img, w, exclude)
    return np.median(found) / (w * w * img.var(dtype=float))


@mistake("You add the smallest distances up. Asked for is their mean.")
def _added_up(img, w, exclude):
    return reference(img, w, exclude) * len(_nearest(img, w, exclude))


@mistake("You take the root of the sum of squares. The distance here is the sum itself, as the variance is.")
def _root(img, w, exclude):
    return _ratio(img, w, exclude, choose=lambda distances: np.sqrt(distances.min()))


@mistake("You add up absolute differences. The distance is the sum of their squares.")
def _absolute(img, w, exclude):
    return _ratio(img, w, exclude, cost=np.abs)


@mistake("You do not divide by the number of pixels in a patch, w * w.")
def _not_per_pixel(img, w, exclude):
    return reference(img, w, exclude) * w * w


@mistake("You divide by w. A patch has w * w pixels.")
def _per_side(img, w, exclude):
    return reference(img, w, exclude) * w


@mistake("You do not divide by the variance of the image.")
def _no_variance(img, w, exclude):
    return reference(img, w, exclude) * img.var(dtype=float)


@mistake("You divide by the standard deviation. Squared differences are measured in variances.")
def _deviation(img, w, exclude):
    return reference(img, w, exclude) * img.std(dtype=float)


@mistake(
    "Your variance divides by the number of pixels less one (`ddof=1`). `img.var()` divides by their number."
)
def _sample_variance(img, w, exclude):
    return reference(img, w, exclude) * (img.size - 1) / img.size


@mistake("You divide by the mean square of the image. The variance leaves the mean out.")
def _mean_square(img, w, exclude):
    return reference(img, w, exclude) * img.var(dtype=float) / np.mean(img.astype(float) ** 2)


@mistake("You divide by twice the variance. Then unrelated patches give 1; here they give 2.")
def _twice_the_variance(img, w, exclude):
    return reference(img, w, exclude) / 2


@mistake("Your patches do not overlap. Take one for each position of the corner.")
def _side_by_side(img, w, exclude):
    return _ratio(img, w, exclude, step=w)


@mistake(
    "The last row and the last column of patches are missing: corners go from 0 to H - w, that included."
)
def _one_short(img, w, exclude):
    cut = img[:-1, :-1]
    if min(cut.shape) < w:
        return np.nan
    return _ratio(cut, w, exclude) * cut.var(dtype=float) / img.var(dtype=float)


@mistake("Patches that have no relative count as 0 in your mean. They are left out.")
def _alone_is_0(img, w, exclude):
    found, total = _nearest(img, w, exclude), len(_patches(img, w)[0])
    return found.sum() / total / (w * w * img.var(dtype=float))


@mistake("Patches that have no relative make your mean infinite. They are left out.")
def _alone_is_infinite(img, w, exclude):
    found, total = _nearest(img, w, exclude), len(_patches(img, w)[0])
    return reference(img, w, exclude) if len(found) == total else np.inf


@mistake(
    "Your differences wrap around where `img` holds unsigned integers: 3 - 5 is 254 in uint8. Convert the "
    "image to float first."
)
def _wraps_around(img, w, exclude):
    windows = np.lib.stride_tricks.sliding_window_view(img, (w, w))
    corners, found = list(np.ndindex(windows.shape[:2])), []
    for one in corners:
        others = [other for other in corners if _chebyshev(np.subtract(one, other)) > exclude]
        if others:
            found.append(min(((windows[one] - windows[other]) ** 2).sum() for other in others))
    return _mean(found) / (w * w * img.var())


@mistake("You divide by w * w twice. A mean over the pixels of a patch has done it already.")
def _per_pixel_twice(img, w, exclude):
    return reference(img, w, exclude) / (w * w)


MISTAKES = MistakeBook.of(
    _finds_itself,
    _only_itself,
    _not_strict,
    _euclidean,
    _city_block,
    _both_axes,
    _rows_only,
    _later_only,
    _average_distance,
    _largest_distance,
    _smallest_of_all,
    _median,
    _added_up,
    _root,
    _absolute,
    _not_per_pixel,
    _per_side,
    _per_pixel_twice,
    _no_variance,
    _deviation,
    _sample_variance,
    _mean_square,
    _twice_the_variance,
    _side_by_side,
    _one_short,
    _alone_is_0,
    _alone_is_infinite,
    _wraps_around,
)

# --- problems -----------------------------------------------------------------------------------------------


def _problem(img: np.ndarray, w: int, exclude: int, name: str = "") -> Problem:
    places = np.subtract(img.shape, w)  # the furthest corner along each axis
    everywhere = bool(np.any((places + 1) // 2 > exclude))
    traits = {
        "exclude is 0": exclude == 0,
        "exclude is above 0": exclude > 0,
        "w is 1": w == 1,
        "w is above 1": w > 1,
        "every patch has a relative": everywhere,
        "some patches have no relative": not everywhere,
        "img holds unsigned integers": img.dtype.kind == "u",
        "img holds integers": img.dtype.kind in "iu",
        "img holds floating-point numbers": img.dtype.kind == "f",
    }
    kind = (
        img.dtype.name
        if img.dtype in (np.float32, np.uint8)
        else {"i": "integers", "f": "numbers"}[img.dtype.kind]
    )
    label = f"{name or f'img {img.shape} of {kind}'}, w = {w}, exclude = {exclude}"
    return Problem((img, w, exclude), label, tuple(trait for trait, holds in traits.items() if holds))


def _grey(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.integers(0, 256, shape).astype(np.uint8)


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 13 images: the example, noise, repetitions, grey values, patches without relatives."""
    tile = whole(rng, 3, 2)
    # All pixels differ but two, whose corners are 2 rows and 2 columns from each other.
    pair = rng.permutation(np.arange(42)).reshape(7, 6)
    pair[4, 3] = pair[2, 1]
    return [
        _problem(np.array([[0, 2, 0, 3]]), 1, 1, "the example in the statement"),
        _problem(whole(rng, 3, 4), 2, 0),
        _problem(whole(rng, 5, 4) + 3, 2, 1),
        _problem(halves(rng, 6, 7), 2, 1),
        _problem(halves(rng, 7, 6), 3, 2),
        _problem(halves(rng, 8, 6), 2, 3),
        _problem(halves(rng, 5, 8, dtype=np.float32), 3, 1),
        _problem(np.tile(tile, (2, 3)), 2, 1, "an image that repeats"),
        _problem(pair, 1, 3, "an image with two equal pixels"),
        _problem(_grey(rng, 6, 5), 2, 1),
        _problem(_grey(rng, 4, 6), 1, 2),
        _problem(halves(rng, 4, 5), 2, 2),
        _problem(halves(rng, 4, 4), 2, 1),
    ]


NN_PATCH_RATIO = Exercise(
    name="nn_patch_ratio",
    title="Does an image repeat itself?",
    topic="priors",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=3,
    minutes=20,
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_loops, _all_pairs, _standardised),
)
