"""Our own contenders: what ``auto`` chooses, and every method that could have been chosen."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.cases import BOTH, ConvCase, PoolCase
from benchmarks.measure import HOPELESS, Contender
from lecturelib import conv, convolve
from lecturelib.operators import signals
from lecturelib.operators.algorithms.plan import plan
from lecturelib.operators.conv import conv_backward

#: Where a sum has more taps, the reference takes the spectra in double precision: the sum takes seconds.
_LONG = 200

#: Multiply-adds from which a loop over taps is not waited for.
HEAVY = 10**8


def conv_contenders(case: ConvCase, dtype: str, passes: str) -> Iterator[Contender]:
    """``auto`` first, with the method that it chooses; then the methods that stand a chance.

    The interpreted loops of ``direct`` are left out: they are thousands of times slower.
    """
    x, w, b, dy = case.arrays(dtype)
    choice = plan(x, w, **case.options)
    yield Contender(choice.method, _layer("auto", case, (x, w, b, dy), passes), ours=True, auto=True)
    if case.is_signal:
        yield from _signal_contenders(x[0, 0], w[0, 0])
    best = choice.candidates[0].seconds
    for candidate in choice.candidates:
        if candidate.method != "direct" and candidate.seconds <= HOPELESS * best:
            run = _layer(candidate.method, case, (x, w, b, dy), passes)
            yield Contender(candidate.method, run, ours=True)


def conv_reference(case: ConvCase, passes: str, dtype: str) -> tuple[np.ndarray, ...]:
    """Compute outputs, and gradients if asked for, in double precision from the contenders' numbers."""
    arrays = tuple(a.astype(float) for a in case.arrays(dtype))
    return _layer("shifted" if arrays[1][0, 0].size <= _LONG else "fft", case, arrays, passes)()


def pool_contender(case: PoolCase, dtype: str, passes: str) -> Contender:
    """Compute a pool the only way there is."""
    return Contender(f"{case.kind}_pool", _pool(case, case.arrays(dtype), passes), ours=True, auto=True)


def pool_reference(case: PoolCase, passes: str, dtype: str) -> tuple[np.ndarray, ...]:
    """Compute outputs, and the gradient if asked for, in double precision."""
    return _pool(case, tuple(a.astype(float) for a in case.arrays(dtype)), passes)()


def _layer(method, case, arrays, passes):
    """Forward, or forward and backward, as a call without arguments."""
    x, w, b, dy = arrays
    options = case.options | {"method": method}
    if passes == BOTH:
        return lambda: (conv(x, w, b, **options), *conv_backward(dy, x, w, **options))
    return lambda: (conv(x, w, b, **options),)


def _signal_contenders(x: np.ndarray, w: np.ndarray) -> Iterator[Contender]:
    """Call the function for plain arrays, which flips the kernel back."""
    k = np.flip(w)
    chosen = signals.cheaper_method(x, k)
    for method in ("auto", "direct", "fft"):
        if method == "direct" and chosen != "direct" and x.size * k.size > HEAVY:
            continue
        name = f"convolve {chosen if method == 'auto' else method}"
        yield Contender(name, _convolve(x, k, method), ours=True, auto=method == "auto")


def _convolve(x, k, method):
    return lambda: (convolve(x, k, "same", method=method)[None, None],)


def _pool(case, arrays, passes):
    from lecturelib.operators import pooling

    x, dy = arrays
    forward = getattr(pooling, f"{case.kind}_pool")
    backward = getattr(pooling, f"{case.kind}_pool_backward")
    options = {"stride": case.stride}
    if passes == BOTH:
        return lambda: (forward(x, case.size, **options), backward(dy, x, case.size, **options))
    return lambda: (forward(x, case.size, **options),)
