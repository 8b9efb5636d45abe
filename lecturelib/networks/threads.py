"""One thread for the linear algebra of small networks."""

from __future__ import annotations

from contextlib import AbstractContextManager


def one_thread() -> AbstractContextManager:
    """Let NumPy's linear algebra use a single thread within a ``with`` block.

    Returns
    -------
    context manager

    Notes
    -----
    The products of our networks are so small that several threads wait for each other longer than they work:
    on two busy cores a training of 2 s was seen to take 170 s. Besides, the sums are then added in one
    order, so that a training gives the same numbers on any number of cores.

    Examples
    --------
    >>> import numpy as np
    >>> with one_thread():
    ...     product = np.ones((2, 3)) @ np.ones((3, 2))
    """
    from threadpoolctl import threadpool_limits  # here, because it is only needed when something is trained

    return threadpool_limits(limits=1, user_api="blas")
