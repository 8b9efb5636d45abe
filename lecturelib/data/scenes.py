"""Scenes in which every pixel has a label, and a video: computed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lecturelib.data.pictures import photo, picture_shape
from lecturelib.operators.checks import whole_number

#: Length of the shortest and of the longest bar, and its width, in pixels.
SHORTEST, LONGEST, THICKNESS = 5, 9, 2


def bar_scenes(
    count: int,
    rng: np.random.Generator,
    *,
    shape: Sequence[int] = (24, 32),
    bars: int = 7,
    noise: float = 0.5,
) -> tuple[np.ndarray, np.ndarray]:
    """Scatter upright and level bars over noisy pictures; all bars are equally bright.

    Parameters
    ----------
    count : int
        Pictures.
    rng : numpy.random.Generator
        Source of places, lengths and noise.
    shape : (int, int)
        Rows and columns of a picture, at least 9 each.
    bars : int
        Bars in a picture; where two cross, the later one is on top.
    noise : float
        Standard deviation of what is added to every pixel; the bars stand out by 1.

    Returns
    -------
    images : ndarray of shape (count, 1, *shape)
        float64, with a channel axis.
    labels : ndarray of shape (count, *shape)
        int64: 0 background, 1 upright bar, 2 level bar.

    Raises
    ------
    TypeError
        If `shape` is not two integers.
    ValueError
        If a number is out of range.

    Notes
    -----
    A pixel's own brightness tells a bar from the background, badly, and nothing about the bar's direction:
    for that its neighbours are needed.

    Examples
    --------
    >>> images, labels = bar_scenes(2, np.random.default_rng(0), noise=0)
    >>> images.shape, labels.shape, np.array_equal(images[:, 0], labels > 0)
    ((2, 1, 24, 32), (2, 24, 32), True)
    """
    count, bars = whole_number("count", count, at_least=1), whole_number("bars", bars, at_least=0)
    rows, columns = picture_shape(shape, at_least=LONGEST)
    if not (np.isfinite(noise) and noise >= 0):
        raise ValueError(f"noise must be a number of at least 0; got {noise!r}")
    labels = np.zeros((count, rows, columns), dtype=np.int64)
    for picture in labels:
        for _ in range(bars):
            upright = rng.random() < 0.5
            size = (int(rng.integers(SHORTEST, LONGEST + 1)), THICKNESS)
            height, width = size if upright else size[::-1]
            top, left = rng.integers(0, rows - height + 1), rng.integers(0, columns - width + 1)
            picture[top : top + height, left : left + width] = 1 if upright else 2
    images = (labels > 0) + noise * rng.normal(size=labels.shape)
    return images[:, None], labels


def ball_video(frames: int = 16, shape: Sequence[int] = (60, 80)) -> np.ndarray:
    """Let a red ball cross a photo: a colour video whose camera stands still.

    Parameters
    ----------
    frames : int
        Pictures, at least 2.
    shape : (int, int)
        Rows and columns, at most those of the photo.

    Returns
    -------
    ndarray of shape (3, frames, *shape)
        float64 from 0 to 1: red, green and blue first, then time, rows, columns.

    Raises
    ------
    TypeError
        If `shape` is not two integers.
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> video = ball_video(4)
    >>> video.shape, int(np.count_nonzero(video[0, 0] != video[0, 1]))
    ((3, 4, 60, 80), 280)
    """
    frames = whole_number("frames", frames, at_least=2)
    rows, columns = picture_shape(shape, at_least=1)
    still = photo("china", step=4, shape=(rows, columns))
    video = np.repeat(np.moveaxis(still, -1, 0)[:, None], frames, axis=1)
    vertical, horizontal = np.mgrid[:rows, :columns]
    for frame, share in enumerate(np.linspace(0.12, 0.88, frames)):
        height = rows * (0.25 + 1.6 * (share - 0.5) ** 2)
        ball = (vertical - height) ** 2 + (horizontal - share * columns) ** 2 < (rows / 9) ** 2
        video[:, frame, ball] = np.array([0.9, 0.1, 0.1])[:, None]
    return video
