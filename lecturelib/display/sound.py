"""Listen to an array."""

from __future__ import annotations

import wave
from base64 import b64encode
from html import escape
from io import BytesIO
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike

from lecturelib.display.show import CAPTION, Card, check_sentence, on_card

LOWEST_RATE, HIGHEST_RATE = 3_000, 192_000  # samples a second that browsers play
MOST_SAMPLES = 1_000_000
FULL_SCALE = 32_767


def listen(samples: ArrayLike, rate: int, sentence: str, *, peak: float | None = None) -> None:
    """Show an audio player for a signal.

    Parameters
    ----------
    samples : array_like of shape (N,)
        The signal: real, finite, at most a million samples.
    rate : int
        Samples a second, 3 000 to 192 000.
    sentence : str
        What is to be heard, as for `show`: the player's label, its caption, and all that a viewer without
        sound prints.
    peak : float, optional
        The absolute value that plays at full scale (default: the largest in `samples`). To compare the
        loudness of two signals, give both the same: the larger of their two peaks.

    Raises
    ------
    TypeError
        If `samples` are not real numbers, `rate` not an integer, or `sentence` not a string.
    ValueError
        If `samples` is empty, too long, not one-dimensional or not finite; if `rate` cannot be played; if
        `peak` is not positive, or so small that the signal would be clipped.

    Notes
    -----
    The sound is stored in the notebook: two bytes a sample, a third more in base64. Nothing plays by itself.

    Examples
    --------
    >>> import numpy as np
    >>> from lecturelib.display import listen
    >>> tone = np.sin(2 * np.pi * 440 * np.arange(4000) / 8000)
    >>> listen(tone, 8000, "Half a second of the note A, at 440 Hz.")
    Half a second of the note A, at 440 Hz.
    """
    from IPython.display import display

    display(Card(sound_bundle(samples, rate, sentence, peak=peak)))


def sound_bundle(
    samples: ArrayLike, rate: int, sentence: str, *, peak: float | None = None
) -> dict[str, str]:
    """Return what `listen` displays: a MIME bundle of ``text/html`` and ``text/plain``."""
    sentence = check_sentence(sentence)
    data = b64encode(wav(samples, rate, peak=peak)).decode("ascii")
    text = escape(sentence, quote=True)
    # The last attribute keeps JupyterLab's own shortcuts (space, arrows) off the player.
    player = (
        f'<audio controls preload="metadata" title="{text}" aria-label="{text}" '
        f'data-lm-suppress-shortcuts="true" src="data:audio/wav;base64,{data}"></audio>'
    )
    caption = f'<p aria-hidden="true" style="{CAPTION}">{text}</p>'
    return {
        "text/html": on_card(f"{player}{caption}"),
        "text/plain": sentence,
    }


def wav(samples: ArrayLike, rate: int, *, peak: float | None = None) -> bytes:
    """Encode a signal as a WAV file: one channel, 16 bits.

    Parameters
    ----------
    samples : array_like of shape (N,)
        The signal.
    rate : int
        Samples a second.
    peak : float, optional
        As for `listen`.

    Returns
    -------
    bytes
        44 bytes of header, then two bytes a sample.

    Examples
    --------
    >>> len(wav([0.0, 0.5, -0.5], 8000))
    50
    """
    signal = _check_samples(samples)
    rate = _check_rate(rate)
    scale = _check_peak(peak, signal)
    steps = np.rint(signal / scale * FULL_SCALE).astype("<i2")
    buffer = BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(steps.tobytes())
    return buffer.getvalue()


def _check_samples(samples: ArrayLike) -> np.ndarray:
    array = np.asarray(samples)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"samples must be real numbers, got an array of dtype {array.dtype}")
    if array.ndim != 1:
        raise ValueError(f"samples must have shape (N,), got shape {array.shape}")
    if not 0 < array.size <= MOST_SAMPLES:
        raise ValueError(f"samples must hold 1 to {MOST_SAMPLES} values, got {array.size}")
    array = array.astype(float)
    if not np.isfinite(array).all():
        raise ValueError(
            f"samples must be finite, got {np.count_nonzero(~np.isfinite(array))} NaN or infinite values"
        )
    return array


def _check_rate(rate: int) -> int:
    whole = isinstance(rate, Real) and not isinstance(rate, bool) and float(rate).is_integer()
    if not whole:
        raise TypeError(f"rate must be an integer number of samples a second, got {rate!r}")
    if not LOWEST_RATE <= rate <= HIGHEST_RATE:
        raise ValueError(
            f"rate must lie between {LOWEST_RATE} and {HIGHEST_RATE} samples a second, got {rate}"
        )
    return int(rate)


def _check_peak(peak: float | None, signal: np.ndarray) -> float:
    largest = float(np.abs(signal).max())
    if peak is None:
        return largest or 1.0
    if isinstance(peak, bool) or not isinstance(peak, Real):
        raise TypeError(f"peak must be a number, got {type(peak).__name__}")
    if not (np.isfinite(peak) and peak > 0):
        raise ValueError(f"peak must be positive and finite, got {peak}")
    if largest > peak:
        raise ValueError(
            f"peak must be at least the largest absolute sample, {largest:g}, or it clips; got {peak:g}"
        )
    return float(peak)
