"""Integers only: how long an output is, where it starts, how far a unit sees.

Built in lecture 01 (lengths of ``full``, ``same`` and ``valid``), used by every later one.
"""

from __future__ import annotations

from collections.abc import Iterable

from lecturelib.operators.checks import MODES, one_of, truth_value, whole_number

PADDING_NAMES = ("valid", "same", "full")


def mode_length(n: int, k: int, mode: str) -> int:
    """Length of the convolution of a signal of length `n` with a kernel of length `k`.

    Parameters
    ----------
    n, k : int
        Lengths of the signal and of the kernel, at least 1.
    mode : {"full", "same", "valid"}
        ``full`` keeps every overlap, ``same`` as many samples as the signal has, ``valid`` only the
        positions where the shorter of the two lies inside the longer.

    Returns
    -------
    int
        ``n + k - 1``, ``n``, or ``|n - k| + 1``.

    Raises
    ------
    TypeError
        If a length is not an integer.
    ValueError
        If a length is smaller than 1 or the mode is unknown.

    Examples
    --------
    >>> [mode_length(5, 3, mode) for mode in ("full", "same", "valid")]
    [7, 5, 3]
    """
    n, k = whole_number("n", n, at_least=1), whole_number("k", k, at_least=1)
    return {"full": n + k - 1, "same": n, "valid": abs(n - k) + 1}[one_of("mode", mode, MODES)]


def mode_start(n: int, k: int, mode: str) -> int:
    """Index of the full convolution at which the output of `mode` starts.

    Parameters
    ----------
    n, k : int
        Lengths of the signal and of the kernel, at least 1.
    mode : {"full", "same", "valid"}
        Which part of the full convolution is kept.

    Returns
    -------
    int
        0, ``(k - 1) // 2``, or ``min(n, k) - 1``.

    Raises
    ------
    TypeError
        If a length is not an integer.
    ValueError
        If a length is smaller than 1 or the mode is unknown.

    Examples
    --------
    >>> [mode_start(5, 3, mode) for mode in ("full", "same", "valid")]
    [0, 1, 2]
    """
    n, k = whole_number("n", n, at_least=1), whole_number("k", k, at_least=1)
    return {"full": 0, "same": (k - 1) // 2, "valid": min(n, k) - 1}[one_of("mode", mode, MODES)]


def boundary_pads(n: int, k: int, mode: str) -> tuple[int, int]:
    """How many samples to add before and after, so that ``valid`` then gives what `mode` asks.

    Parameters
    ----------
    n, k : int
        Lengths of the signal and of the kernel, at least 1.
    mode : {"full", "same", "valid"}
        What the padded signal is to give.

    Returns
    -------
    tuple of int
        ``(k - 1, k - 1)`` for ``full``; ``(k // 2, (k - 1) // 2)`` for ``same``, k - 1 in all;
        for ``valid`` nothing, unless the kernel is the longer one: then ``k - n`` on each side.

    Raises
    ------
    TypeError
        If a length is not an integer.
    ValueError
        If a length is smaller than 1 or the mode is unknown.

    Examples
    --------
    >>> [boundary_pads(5, 4, mode) for mode in ("full", "same", "valid")]
    [(3, 3), (2, 1), (0, 0)]
    """
    n, k = whole_number("n", n, at_least=1), whole_number("k", k, at_least=1)
    longer = max(k - n, 0)
    pads = {"full": (k - 1, k - 1), "same": (k // 2, (k - 1) // 2), "valid": (longer, longer)}
    return pads[one_of("mode", mode, MODES)]


def padding_pair(
    padding: int | str | tuple[int, int], n: int, k: int, *, stride: int = 1, dilation: int = 1
) -> tuple[int, int]:
    """Zeros to add before and after one axis, from a number, a name or a pair.

    Parameters
    ----------
    padding : int, {"valid", "same", "full"} or pair of int
        A number is used on both sides. ``"valid"`` adds nothing, ``"full"`` the extent of the kernel
        less one on each side, ``"same"`` as many as make the output ``ceil(n / stride)`` long.
    n, k : int
        Lengths of the input and of the kernel along this axis.
    stride, dilation : int
        Steps between outputs and between kernel taps.

    Returns
    -------
    tuple of int
        Zeros before, zeros after.

    Raises
    ------
    TypeError
        If `padding` is none of the three kinds.
    ValueError
        If a name is unknown, a number is negative, or a pair does not hold two numbers.

    Notes
    -----
    When ``"same"`` needs an odd number of zeros, the extra one goes after (ONNX calls it SAME_UPPER).
    With an even kernel that is one place off ``cross_correlate(mode="same")``, whose extra sample
    goes before.

    Examples
    --------
    >>> [padding_pair(p, 5, 4) for p in (2, "valid", "same", "full", (0, 3))]
    [(2, 2), (0, 0), (1, 2), (3, 3), (0, 3)]
    """
    extent = dilation * (k - 1) + 1
    if isinstance(padding, str):
        one_of("padding", padding, PADDING_NAMES)
        missing = max((-(-n // stride) - 1) * stride + extent - n, 0)
        return {
            "valid": (0, 0),
            "same": (missing // 2, missing - missing // 2),
            "full": (extent - 1, extent - 1),
        }[padding]
    if isinstance(padding, (tuple, list)):
        if len(padding) != 2:
            raise ValueError(f"padding of one axis must be a (before, after) pair; got {padding!r}")
        before, after = (whole_number("padding", p, at_least=0) for p in padding)
        return before, after
    both = whole_number("padding", padding, at_least=0)
    return both, both


def output_size(
    n: int,
    k: int,
    *,
    stride: int = 1,
    padding: int | str | tuple[int, int] = 0,
    dilation: int = 1,
    ceil: bool = False,
) -> int:
    """Count the outputs of a layer along one axis.

    Parameters
    ----------
    n, k : int
        Lengths of the input and of the kernel.
    stride : int
        Inputs between neighbouring outputs.
    padding : int, {"valid", "same", "full"} or pair of int
        Zeros before and after, as in :func:`padding_pair`.
    dilation : int
        Inputs between neighbouring kernel taps.
    ceil : bool
        Round the division up: a last window may reach beyond the padded input. A window that would start
        in the padding after the input is dropped, even one that fits.

    Returns
    -------
    int
        ``(n + before + after - dilation * (k - 1) - 1) // stride + 1``, or the same rounded up.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If a value is out of range, or the kernel does not fit even once.

    Notes
    -----
    Rounded down, inputs after the last window that fits are never read.

    Examples
    --------
    >>> output_size(75, 10, stride=5)
    14
    >>> output_size(7, 3, padding="same", stride=2)
    4
    >>> output_size(6, 3, stride=2), output_size(6, 3, stride=2, ceil=True)
    (2, 3)
    """
    n, k = whole_number("n", n, at_least=1), whole_number("k", k, at_least=1)
    stride = whole_number("stride", stride, at_least=1)
    dilation = whole_number("dilation", dilation, at_least=1)
    pair = padding_pair(padding, n, k, stride=stride, dilation=dilation)
    return count_outputs(
        "k", n, k, stride=stride, padding=pair, dilation=dilation, ceil=truth_value("ceil", ceil)
    )


def count_outputs(
    name: str, n: int, k: int, *, stride: int, padding: tuple[int, int], dilation: int, ceil: bool = False
) -> int:
    """Count the outputs along one axis, like :func:`output_size`, from checked numbers.

    Parameters
    ----------
    name : str
        What the user calls the argument that has length `k`.
    n, k, stride, padding, dilation, ceil
        As for :func:`output_size`, `padding` as a pair.

    Returns
    -------
    int
        Outputs along the axis.

    Raises
    ------
    ValueError
        If the kernel does not fit even once.
    """
    before, after = padding
    extent = dilation * (k - 1) + 1
    room = n + before + after - extent
    if ceil:
        outputs = -(-room // stride) + 1
        outputs -= (outputs - 1) * stride >= n + before
    else:
        outputs = room // stride + 1 if room >= 0 else 0
    if outputs < 1:
        raise ValueError(
            f"{name} must fit into the padded input of {n + before + after} samples (n={n}, "
            f"padding={padding}); got one that covers {extent} (k={k}, dilation={dilation})"
        )
    return outputs


def receptive_field(layers: Iterable[tuple[int, int, int]]) -> tuple[int, ...]:
    """Count the inputs that one unit sees after each layer.

    Parameters
    ----------
    layers : iterable of (k, stride, dilation)
        Kernel length, stride and dilation of each layer along one axis, first layer first.

    Returns
    -------
    tuple of int
        The receptive field after each layer, in inputs.

    Raises
    ------
    TypeError
        If a layer is not a triple of integers.
    ValueError
        If a number is smaller than 1.

    Notes
    -----
    A layer widens the field by ``(k - 1) * dilation`` of *its* inputs. Each of those is as many
    inputs of the network apart as all the strides before it multiply to.

    Examples
    --------
    >>> receptive_field([(3, 1, 1), (3, 1, 1), (3, 1, 1)])
    (3, 5, 7)
    >>> receptive_field([(9, 1, 1), (10, 5, 1), (1, 1, 1), (9, 1, 1), (6, 4, 1)])
    (9, 18, 18, 58, 83)
    """
    field, spacing, fields = 1, 1, []
    if not isinstance(layers, Iterable):
        raise TypeError(f"layers must be (k, stride, dilation) triples; got {layers!r}")
    for layer in layers:
        if not (isinstance(layer, (tuple, list)) and len(layer) == 3):
            raise TypeError(f"each of layers must be a (k, stride, dilation) triple; got {layer!r}")
        names = ("k of layers", "stride of layers", "dilation of layers")
        k, stride, dilation = (whole_number(*pair, at_least=1) for pair in zip(names, layer, strict=True))
        field += (k - 1) * dilation * spacing
        spacing *= stride
        fields.append(field)
    return tuple(fields)
