"""Photos and handwritten digits that other packages bring along: nothing is downloaded."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np

from lecturelib.operators.checks import whole_number


class Photo(NamedTuple):
    """Where a photo comes from.

    Attributes
    ----------
    package, file : str
        Package whose wheel carries the file, and the path of the file in it.
    shows : str
        What is to be seen.
    credit, licence : str
        Who made it, and on which terms.
    """

    package: str
    file: str
    shows: str
    credit: str
    licence: str


_LEARN, _IMAGE = "sklearn", "skimage"
_PHOTOS = {
    "china": Photo(
        _LEARN,
        "datasets/images/china.jpg",
        "a pavilion of many roofs",
        "danielbuechele (Flickr)",
        "CC BY 2.0",
    ),
    "flower": Photo(_LEARN, "datasets/images/flower.jpg", "a dahlia", "vultilion (Flickr)", "CC BY 2.0"),
    "astronaut": Photo(_IMAGE, "data/astronaut.png", "Eileen Collins", "NASA", "public domain"),
    "brick": Photo(_IMAGE, "data/brick.png", "a wall of bricks (gray)", "CC0Textures, Bricks25", "CC0"),
    "camera": Photo(_IMAGE, "data/camera.png", "a camera on a tripod (gray)", "Lav Varshney", "CC0"),
    "chelsea": Photo(_IMAGE, "data/chelsea.png", "a cat's face", "Stefan van der Walt", "CC0"),
    "coffee": Photo(_IMAGE, "data/coffee.png", "a cup on a table", "Rachel Michetti", "CC0"),
    "coins": Photo(
        _IMAGE, "data/coins.png", "coins from Pompeii (gray)", "Brooklyn Museum", "no known restrictions"
    ),
    "gravel": Photo(_IMAGE, "data/gravel.png", "gravel (gray)", "CC0Textures, Gravel04", "CC0"),
    "rocket": Photo(_IMAGE, "data/rocket.jpg", "a rocket's launch", "SpaceX", "public domain"),
}


def photos() -> dict[str, Photo]:
    """Name, origin, credit and licence of every photo that :func:`photo` can open.

    Returns
    -------
    dict of str to Photo
        A new dictionary: name to :class:`Photo`.

    Examples
    --------
    >>> photos()["chelsea"].credit
    'Stefan van der Walt'
    """
    return dict(_PHOTOS)


def photo(
    name: str = "china", *, gray: bool = False, shape: Sequence[int] | None = None, step: int = 1
) -> np.ndarray:
    """Open a photo that came with scikit-learn or scikit-image.

    Parameters
    ----------
    name : str
        One of :func:`photos`.
    gray : bool
        Whether to average red, green and blue.
    shape : (int, int), optional
        Rows and columns to cut out of the middle, after `step`.
    step : int
        Keep every so manieth row and column.

    Returns
    -------
    ndarray of shape (H, W, 3) or (H, W)
        float64 from 0 (black) to 1. A photo that is stored in gray has no colour axis.

    Raises
    ------
    TypeError
        If `step` or `shape` is not made of integers.
    ValueError
        If there is no such photo, or `shape` is larger than it.
    FileNotFoundError
        If the package that carries the file is missing.

    Notes
    -----
    Gray is the plain mean of the three colours, which is simple and not how eyes weigh them. `step`
    drops pixels without blurring first, so fine patterns alias. Files are read where the package
    keeps them, without importing it: that takes milliseconds instead of seconds.

    Examples
    --------
    >>> photo("china").shape, photo("china", gray=True, shape=(64, 96)).shape
    ((427, 640, 3), (64, 96))
    """
    if name not in _PHOTOS:
        raise ValueError(f"name must be one of {', '.join(sorted(_PHOTOS))}; got {name!r}")
    step = whole_number("step", step, at_least=1)
    pixels = _read_pixels(_PHOTOS[name])
    if gray and pixels.ndim == 3:
        pixels = pixels.mean(axis=2)
    image = pixels[::step, ::step] / 255
    return image if shape is None else _middle(image, shape)


def _read_pixels(source: Photo) -> np.ndarray:
    """Pixels of a bundled file, 0 to 255, without an alpha channel."""
    from PIL import Image

    package = find_spec(source.package)
    path = Path(package.origin).parent / source.file if package and package.origin else None
    if path is None or not path.is_file():
        raise FileNotFoundError(
            f"{source.file} comes with the package {source.package}, which is missing or lacks it; "
            "photo('china') needs scikit-learn, most others scikit-image"
        )
    with Image.open(path) as opened:
        pixels = np.asarray(opened, dtype=float)
    return pixels[..., :3] if pixels.ndim == 3 else pixels


def picture_shape(shape: Sequence[int], *, at_least: int = 1) -> tuple[int, int]:
    """Check rows and columns."""
    if not (isinstance(shape, (tuple, list)) and len(shape) == 2):
        raise TypeError(f"shape must be a pair (rows, columns); got {shape!r}")
    rows, columns = (whole_number("shape", n, at_least=at_least) for n in shape)
    return rows, columns


def _middle(image: np.ndarray, shape: Sequence[int]) -> np.ndarray:
    """Rows and columns around the centre, copied so that the whole photo can be forgotten."""
    rows, columns = picture_shape(shape)
    if rows > image.shape[0] or columns > image.shape[1]:
        raise ValueError(f"shape must be at most {image.shape[:2]}, the photo's; got {(rows, columns)}")
    top, left = (image.shape[0] - rows) // 2, (image.shape[1] - columns) // 2
    return image[top : top + rows, left : left + columns].copy()


def digits() -> tuple[np.ndarray, np.ndarray]:
    """Handwritten digits: 1797 images of 8 by 8 pixels, and what they show.

    Returns
    -------
    images : ndarray of shape (1797, 8, 8)
        float64 from 0 (paper) to 16 (ink): counts of dark pixels in 4 by 4 blocks of the scans.
    labels : ndarray of shape (1797,)
        int64 from 0 to 9.

    Notes
    -----
    The values are the data set's own, so that numbers can be compared with other people's; divide by
    16 where a network wants them small. Ink is bright, unlike in a photo of the page. The data come
    with scikit-learn [1]_, whose import takes a second or more the first time.

    References
    ----------
    .. [1] E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine
       Learning Repository, 1998. https://doi.org/10.24432/C50P49

    Examples
    --------
    >>> images, labels = digits()
    >>> images.shape, labels[:5]
    ((1797, 8, 8), array([0, 1, 2, 3, 4]))
    """
    from sklearn.datasets import load_digits

    bunch = load_digits()
    return bunch.images.astype(float), bunch.target.astype(np.int64)
