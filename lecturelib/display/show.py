"""Show a figure with the sentence that says what is to be seen in it."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from io import BytesIO

import numpy as np

SMALL = 60_000  # bytes: what one figure may add to a notebook
DOTS_AN_INCH = 100
SHORTEST, LONGEST = 20, 400  # characters in a sentence
FORMATS = ("png", "jpeg")

# Inline styles only, and only properties that JupyterLab lets through when it sanitizes the output of an
# untrusted notebook. The card brings its own paper and ink: the page around it may be dark.
CARD = (
    "background-color:#ffffff;color:#1a1a1a;padding:12px;margin:4px 0;border-radius:6px;"
    "max-width:100%;box-sizing:border-box;display:inline-block"
)
CAPTION = (
    "color:#1a1a1a;font-size:15px;line-height:1.4;margin:8px 4px 0 4px;max-width:860px;white-space:normal"
)


def show(figure, sentence: str, *, format: str | None = None) -> None:
    """Show a figure, with alt text and a caption, and close it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        What to draw; at 100 dots an inch, never wider than the page.
    sentence : str
        What is to be seen, as one or more whole sentences of 20 to 400 characters. It is the picture's
        alternative text, its caption, and all that a viewer without pictures prints.
    format : {"png", "jpeg"}, optional
        How to store the pixels. By default PNG, unless that takes more than 60 kB and JPEG takes less.

    Raises
    ------
    TypeError
        If `figure` is not a Figure or `sentence` not a string.
    ValueError
        If `sentence` is no whole sentence, too short or too long, or `format` is unknown.

    Notes
    -----
    The output is HTML, an ``<img alt="...">``, because alternative text stored beside a picture is dropped by
    JupyterLab and nbconvert alike. The visible caption repeats the alternative text, so it is hidden from
    screen readers, which would otherwise read it twice.

    The same figure gives the same bytes, today and tomorrow: no date and no version is stored.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from lecturelib.display import show
    >>> figure, axes = plt.subplots()
    >>> show(figure, "An empty pair of axes, ready for data.")
    An empty pair of axes, ready for data.
    """
    from IPython.display import display

    display(Card(figure_bundle(figure, sentence, format=format)))
    close(figure)


class Card:
    """What ``display`` is given: HTML for a page, the sentence for a terminal or a plain Python."""

    def __init__(self, bundle: dict[str, str]):
        self._bundle = bundle

    def __repr__(self) -> str:
        """Return the sentence."""
        return self._bundle["text/plain"]

    def _repr_mimebundle_(self, **kwargs) -> dict[str, str]:
        return self._bundle


def figure_bundle(figure, sentence: str, *, format: str | None = None) -> dict[str, str]:
    """Return what `show` displays: a MIME bundle of ``text/html`` and ``text/plain``.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Drawn, and left open.
    sentence, format
        As for `show`.

    Returns
    -------
    dict of str to str
        The HTML card, and the sentence.
    """
    check_figure(figure)
    sentence = check_sentence(sentence)
    if format is not None and format not in FORMATS:
        raise ValueError(f"format must be one of {', '.join(FORMATS)} or None, got {format!r}")
    pixels = render(figure)
    kind, data = encode(pixels, format)
    return {"text/html": picture_card(kind, data, pixels.shape[1], sentence), "text/plain": sentence}


def picture_card(kind: str, data: bytes, width: int, sentence: str) -> str:
    """Return the HTML of a picture `width` pixels wide on its card, with alt text and caption."""
    text = escape(sentence, quote=True)
    address = f"data:image/{kind};base64,{b64encode(data).decode('ascii')}"
    # The class keeps the documentation theme from dimming the picture in dark mode.
    size = f'width="{width}" style="max-width:100%;height:auto"'
    image = f'<img class="dark-light" alt="{text}" {size} src="{address}">'
    return on_card(f'{image}<p aria-hidden="true" style="{CAPTION}">{text}</p>')


def on_card(content: str) -> str:
    """Return HTML on an opaque card.

    Notes
    -----
    JupyterLab puts the first line of a folded output beside its handle. A blank one keeps the answer to a
    question out of sight, and the markup too.
    """
    return f' \n<div style="{CARD}">{content}</div>'


def check_figure(figure) -> None:
    """Raise TypeError unless `figure` is a Matplotlib figure."""
    from matplotlib.figure import Figure

    if not isinstance(figure, Figure):
        hint = "; pass the figure, as in `figure, axes = plt.subplots()`" if hasattr(figure, "figure") else ""
        raise TypeError(f"figure must be a matplotlib Figure, got {type(figure).__name__}{hint}")


def check_sentence(sentence: str) -> str:
    """Return `sentence` with its white space tidied; raise unless it is a whole sentence.

    Parameters
    ----------
    sentence : str
        20 to 400 characters that end in a full stop, a question mark or an exclamation mark.

    Returns
    -------
    str

    Raises
    ------
    TypeError, ValueError

    Examples
    --------
    >>> check_sentence("The   peak lies at 3.5.")
    'The peak lies at 3.5.'
    """
    if not isinstance(sentence, str):
        raise TypeError(
            f"sentence must be a string that says what is to be seen, got {type(sentence).__name__}"
        )
    tidy = " ".join(sentence.split())
    if not SHORTEST <= len(tidy) <= LONGEST:
        raise ValueError(
            f"sentence must have {SHORTEST} to {LONGEST} characters, got {len(tidy)}: {tidy[:60]!r}"
        )
    if tidy[-1] not in ".?!":
        raise ValueError(f"sentence must be a whole sentence that ends in a full stop, got {tidy[-60:]!r}")
    return tidy


def render(figure, dots_an_inch: float = DOTS_AN_INCH) -> np.ndarray:
    """Draw `figure` on white and return its pixels, uint8 of shape (height, width, 3)."""
    from PIL import Image

    buffer = BytesIO()
    figure.savefig(
        buffer, format="png", dpi=dots_an_inch, facecolor="white", pil_kwargs={"compress_level": 0}
    )
    buffer.seek(0)
    return np.asarray(Image.open(buffer).convert("RGB"))


def encode(pixels: np.ndarray, format: str | None = None, limit: int = SMALL) -> tuple[str, bytes]:
    """Store pixels in few bytes.

    Parameters
    ----------
    pixels : ndarray of shape (H, W, 3), uint8
        The picture.
    format : {"png", "jpeg"}, optional
        The encoding; by default PNG if that keeps to `limit`, and otherwise the smaller of both.
    limit : int
        Wanted size in bytes. It is a wish: a large photo may exceed it at the lowest quality that is tried.

    Returns
    -------
    kind : {"png", "jpeg"}
    data : bytes
    """
    if format == "jpeg":
        return "jpeg", _jpeg(pixels, limit)
    png = _png(pixels)
    if format == "png" or len(png) <= limit:
        return "png", png
    jpeg = _jpeg(pixels, limit)
    return ("jpeg", jpeg) if len(jpeg) < len(png) else ("png", png)


def _png(pixels: np.ndarray) -> bytes:
    """Encode as a palette of 256 colours where nobody could tell, and in full colour otherwise."""
    from PIL import Image

    full = Image.fromarray(pixels)
    palette = full.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    if not _looks_like(np.asarray(palette.convert("RGB")), pixels):
        palette = full
    buffer = BytesIO()
    palette.save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


def _looks_like(candidate: np.ndarray, pixels: np.ndarray) -> bool:
    """Tell whether two pictures look alike: of 255 levels 1.5 apart on average, 24 almost anywhere."""
    error = np.abs(candidate.astype(np.int16) - pixels).max(axis=2)
    return bool(error.mean() <= 1.5 and np.quantile(error, 0.999) <= 24)


def _jpeg(pixels: np.ndarray, limit: int) -> bytes:
    """Encode as JPEG, at the best quality from 90 down to 60 that keeps to `limit` bytes."""
    from PIL import Image

    image = Image.fromarray(pixels)
    for quality in (90, 85, 80, 75, 70, 65, 60):
        buffer = BytesIO()
        image.save(buffer, format="JPEG", quality=quality, optimize=True, subsampling="4:2:0")
        if buffer.tell() <= limit:
            break
    return buffer.getvalue()


def close(figure) -> None:
    """Close `figure` if pyplot manages it, without loading pyplot where nobody has."""
    import sys

    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close(figure)
