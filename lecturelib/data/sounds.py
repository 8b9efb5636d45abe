"""Sounds, computed: plucked strings, a clap, noise, and a hall to hear them in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lecturelib.operators.checks import whole_number

RATE = 8000
"""Samples a second of every sound here: enough for a voice, little to send to a browser."""


def sample_count(seconds: float, rate: int) -> int:
    """Count the samples of a sound: at least one."""
    if not (np.isfinite(seconds) and seconds > 0):
        raise ValueError(f"seconds must be positive; got {seconds!r}")
    return max(1, round(seconds * whole_number("rate", rate, at_least=1)))


def pluck(frequency: float = 220.0, seconds: float = 1.0, *, rate: int = RATE) -> np.ndarray:
    """Sound of a plucked string: harmonics that die away, high ones first.

    Parameters
    ----------
    frequency : float
        Pitch, in hertz.
    seconds : float
        Length.
    rate : int
        Samples a second.

    Returns
    -------
    ndarray of shape (seconds * rate,)
        float64, within -1 and 1.

    Raises
    ------
    ValueError
        If the pitch is not between 0 and half the rate, or the length is not positive.

    Notes
    -----
    Harmonic h has the strength ``1/h`` and fades with the time constant ``0.6 s / h``. Harmonics
    beyond half the rate are left out: they would come back as wrong pitches.

    Examples
    --------
    >>> pluck(440, 0.5).shape
    (4000,)
    """
    samples = sample_count(seconds, rate)
    if not 0 < frequency < rate / 2:
        raise ValueError(f"frequency must be between 0 and {rate / 2} Hz, half the rate; got {frequency!r}")
    time = np.arange(samples) / rate
    sound = np.zeros(samples)
    for harmonic in range(1, min(12, int(rate / 2 / frequency)) + 1):
        fading = np.exp(-time * harmonic / 0.6) / harmonic
        sound += fading * np.sin(2 * np.pi * frequency * harmonic * time)
    return sound / np.abs(sound).max() if np.any(sound) else sound


def melody(
    frequencies: Sequence[float] = (220.0, 277.18, 329.63, 440.0), seconds: float = 0.4, *, rate: int = RATE
) -> np.ndarray:
    """Play a few plucked notes, one after the other, each ringing on into the next.

    Parameters
    ----------
    frequencies : sequence of float
        Pitches, in hertz.
    seconds : float
        From one note to the next; the last one rings three times as long.
    rate : int
        Samples a second.

    Returns
    -------
    ndarray of shape (about (len(frequencies) + 2) * seconds * rate,)
        float64, within -1 and 1.

    Raises
    ------
    ValueError
        If there is no note, a pitch is not between 0 and half the rate, or the length is not positive.

    Notes
    -----
    It is itself a sum of shifted copies: a convolution of notes with the moments they start.

    Examples
    --------
    >>> melody().shape
    (19200,)
    """
    if len(frequencies) == 0:
        raise ValueError("frequencies must hold at least one pitch; got none")
    between, ringing = sample_count(seconds, rate), sample_count(3 * seconds, rate)
    sound = np.zeros(between * (len(frequencies) - 1) + ringing)
    for start, frequency in enumerate(frequencies):
        sound[start * between : start * between + ringing] += pluck(frequency, 3 * seconds, rate=rate)
    return sound / np.abs(sound).max()


def clap(rng: np.random.Generator, *, rate: int = RATE) -> np.ndarray:
    """Sound of one clap in a room without echo: noise that is over in a moment.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the noise.
    rate : int
        Samples a second.

    Returns
    -------
    ndarray of shape (0.1 s * rate,)
        float64, within -1 and 1.

    Notes
    -----
    White noise that fades with a time constant of 10 ms: nearly an impulse, so what a room makes of
    it is nearly the room's impulse response.

    Examples
    --------
    >>> clap(np.random.default_rng(0)).shape
    (800,)
    """
    burst = noise(rng, 0.1, rate=rate)
    burst *= np.exp(-np.arange(burst.size) / rate / 0.01)
    return burst / np.abs(burst).max()


def noise(rng: np.random.Generator, seconds: float = 1.0, *, rate: int = RATE) -> np.ndarray:
    """White noise: every sample drawn on its own from a standard normal distribution.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the noise.
    seconds : float
        Length.
    rate : int
        Samples a second.

    Returns
    -------
    ndarray of shape (seconds * rate,)
        float64; not limited to -1 and 1.

    Raises
    ------
    ValueError
        If the length is not positive.

    Examples
    --------
    >>> noise(np.random.default_rng(0), 0.25).shape
    (2000,)
    """
    return rng.normal(size=sample_count(seconds, rate))


def room_response(
    rng: np.random.Generator, seconds: float = 1.2, *, reverberation: float = 1.0, rate: int = RATE
) -> np.ndarray:
    """Impulse response of an imagined hall: what one sharp click would sound like there.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the echoes.
    seconds : float
        Length.
    reverberation : float
        Seconds until the late echoes have fallen by 60 dB, to a thousandth.
    rate : int
        Samples a second.

    Returns
    -------
    ndarray of shape (seconds * rate,)
        float64. The first sample is 1, the direct sound; the rest arrives later and weaker.

    Raises
    ------
    ValueError
        If a duration is not positive.

    Notes
    -----
    Six early echoes between 10 and 80 ms, off the walls, each as strong as its longer way leaves it;
    then noise that fades exponentially, where echoes are too many to tell apart. Convolve
    a dry sound with it, and the sound is in the hall. Scale the result before you listen to it.

    Examples
    --------
    >>> response = room_response(np.random.default_rng(0))
    >>> response.shape, response[0]
    ((9600,), np.float64(1.0))
    """
    if not (np.isfinite(reverberation) and reverberation > 0):
        raise ValueError(f"reverberation must be positive; got {reverberation!r}")
    time = np.arange(sample_count(seconds, rate)) / rate
    late = 0.1 * rng.normal(size=time.size) * 10 ** (-3 * time / reverberation)
    late[time < 0.02] = 0
    response = late
    arrivals = np.sort(rng.uniform(0.010, 0.080, size=6))
    for arrival, sign in zip(arrivals, rng.choice([-1, 1], size=6), strict=True):
        sample = round(arrival * rate)
        if sample < time.size:
            response[sample] += sign * 0.7 * 0.01 / arrival
    response[0] = 1.0
    return response
