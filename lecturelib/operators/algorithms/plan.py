"""The choice of an algorithm."""

from __future__ import annotations

from types import ModuleType

from lecturelib.operators.algorithms import direct, im2col
from lecturelib.operators.checks import one_of
from lecturelib.operators.spec import ConvSpec

ALGORITHMS: dict[str, ModuleType] = {"direct": direct, "im2col": im2col}


def choose(method: str, spec: ConvSpec) -> ModuleType:
    """Return the algorithm of that name, or the best one for ``"auto"``.

    Parameters
    ----------
    method : str
        ``"auto"`` or a key of ``ALGORITHMS``.
    spec : ConvSpec
        What is to be computed.

    Returns
    -------
    module
        One with ``forward(x, w, spec)``.

    Raises
    ------
    ValueError
        If there is no such method; the message lists those that exist.
    """
    one_of("method", method, ("auto", *ALGORITHMS))
    return im2col if method == "auto" else ALGORITHMS[method]
