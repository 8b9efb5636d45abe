"""Where the outputs of an operator begin."""


def full_start(k: int, flip: bool) -> int:
    """Return the index n of the first output in mode "full".

    Parameters
    ----------
    k : int
        Length of the kernel.
    flip : bool
        True for convolution, False for cross-correlation, whose n is where the kernel begins.

    Returns
    -------
    int
        0, or 1 - k.

    Examples
    --------
    >>> full_start(3, flip=True), full_start(3, flip=False)
    (0, -2)
    """
    return 0 if flip else 1 - k
