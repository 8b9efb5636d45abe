"""Joint tracks of somebody who walks: computed."""

from __future__ import annotations

import numpy as np

from lecturelib.data.sounds import sample_count

#: What :func:`walking` tracks, each with its x and its y.
JOINTS = ("hip", "left knee", "left foot", "right knee", "right foot")
THIGH, SHANK = 0.45, 0.45  # metres
SWING, BEND = 0.45, 0.9  # of thigh and knee, in radians
PACE = 1.3  # metres a second


def walking(seconds: float = 3.0, *, rate: int = 30, strides: float = 1.0) -> np.ndarray:
    """Track five joints of somebody who walks to the right, as a motion capture would.

    Parameters
    ----------
    seconds : float
        Length.
    rate : int
        Frames a second.
    strides : float
        Strides (left and right) a second.

    Returns
    -------
    ndarray of shape (10, seconds * rate)
        float64, in metres: x and y of each of `JOINTS`, one after the other; y goes up.

    Raises
    ------
    ValueError
        If a number is not positive.

    Notes
    -----
    Each leg is two pendulums: thighs swing against each other, a knee bends while its thigh comes forward.

    Examples
    --------
    >>> tracks = walking(2.0)
    >>> tracks.shape
    (10, 60)
    """
    if not (np.isfinite(strides) and strides > 0):
        raise ValueError(f"strides must be positive; got {strides!r}")
    times = np.arange(sample_count(seconds, rate)) / rate
    phase = 2 * np.pi * strides * times
    hip = np.stack([PACE * times, THIGH + SHANK - 0.02 + 0.02 * np.cos(2 * phase)])
    tracks = [hip]
    for turn in (phase, phase + np.pi):
        thigh = SWING * np.sin(turn)
        shin = thigh - BEND * np.maximum(np.cos(turn), 0) ** 2
        knee = hip + THIGH * np.stack([np.sin(thigh), -np.cos(thigh)])
        tracks += [knee, knee + SHANK * np.stack([np.sin(shin), -np.cos(shin)])]
    return np.concatenate(tracks)
