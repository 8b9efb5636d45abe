"""Layers rewritten on the tape, from its primitives only: indexing, sums and products."""

from __future__ import annotations

import numpy as np

from lecturelib.networks.tape import Value


def outputs(n, k, stride=1, dilation=1):
    return (n - dilation * (k - 1) - 1) // stride + 1


def gather(x, size, stride, dilation):
    """All windows of images: (..., H, W) -> (..., OH, OW, taps), by one indexing."""
    (h, w), (kh, kw) = x.data.shape[-2:], size
    oh, ow = outputs(h, kh, stride[0], dilation[0]), outputs(w, kw, stride[1], dilation[1])
    rows = np.arange(oh)[:, None, None] * stride[0] + np.repeat(np.arange(kh), kw) * dilation[0]
    columns = np.arange(ow)[:, None] * stride[1] + np.tile(np.arange(kw), kh) * dilation[1]
    return x[..., rows, columns]


def conv(x, w, b, stride=(1, 1), padding=((0, 0), (0, 0)), dilation=(1, 1), groups=1):
    """Group by group, a product of the windows with the kernels."""
    n, (f, c, *size) = x.data.shape[0], w.data.shape
    rows = gather(x.pad(padding), size, stride, dilation)  # (N, C, OH, OW, taps)
    oh, ow, taps = rows.data.shape[2:]
    rows = rows.reshape(n, groups, c, oh * ow, taps).transpose(0, 1, 3, 2, 4)
    kernels = w.reshape(groups, f // groups, c * taps).transpose(0, 2, 1)
    y = rows.reshape(n, groups, oh * ow, c * taps) @ kernels
    return y.transpose(0, 1, 3, 2).reshape(n, f, oh, ow) + b.reshape(1, f, 1, 1)


def conv_transpose(x, w, b, stride, padding, extra, dilation):
    """Zeros between the inputs, then the convolution with the flipped kernel."""
    (n, c, h, wide), (sh, sw), size = x.data.shape, stride, w.data.shape[2:]
    spread = x.reshape(n, c, h, 1, wide, 1).pad([(0, 0), (0, sh - 1), (0, 0), (0, sw - 1)])
    spread = spread.reshape(n, c, h * sh, wide * sw)[:, :, : (h - 1) * sh + 1, : (wide - 1) * sw + 1]
    axes = zip(size, dilation, padding, extra, strict=True)
    around = [(d * (k - 1) - before, d * (k - 1) - after + e) for k, d, (before, after), e in axes]
    flipped = w.transpose(1, 0, 2, 3)[:, :, ::-1, ::-1]
    return conv(spread, flipped, b, padding=around, dilation=dilation)


def unshared(x, kernels, stride, padding):
    """A kernel of its own at each place, (OH, OW, F, C, KH, KW): a product a place."""
    n, (oh, ow, f, c, *size) = x.data.shape[0], kernels.data.shape
    rows = gather(x.pad(padding), size, stride, (1, 1)).transpose(2, 3, 0, 1, 4)  # (OH, OW, N, C, taps)
    taps = c * size[0] * size[1]
    y = rows.reshape(oh, ow, n, taps) @ kernels.reshape(oh, ow, f, taps).transpose(0, 1, 3, 2)
    return y.transpose(2, 3, 0, 1)


def locally_connected(x, w, b, stride, padding):
    return unshared(x, w.transpose(1, 2, 0, 3, 4, 5), stride, padding) + b


def tiled_conv(x, w, b, stride, padding):
    """The unit at place p takes kernel p mod T."""
    (th, tw), size = w.data.shape[:2], w.data.shape[4:]
    lengths = zip(x.data.shape[2:], size, stride, padding, strict=True)
    oh, ow = (outputs(m + sum(p), k, s) for m, k, s, p in lengths)
    rows, columns = np.arange(oh)[:, None] % th, np.arange(ow) % tw
    return unshared(x, w[rows, columns], stride, padding) + b[rows, columns].transpose(2, 0, 1)


def partially_connected(x, w, b, table, **options):
    """A kernel of zeros, put last, stands where there is no connection."""
    places = np.where(table, np.cumsum(table).reshape(table.shape) - 1, len(w.data))
    return conv(x, w.pad([(0, 1), (0, 0), (0, 0)])[places], b, **options)


def max_pool(x, size, stride, padding, dilation):
    walls = np.pad(np.zeros(x.data.shape[2:]), padding, constant_values=-np.inf)
    return squeezed(gather(x.pad(padding) + walls, size, stride, dilation).max(-1))


def avg_pool(x, size, stride, padding, dilation, count_include_pad):
    border = float(count_include_pad)
    counts = Value(np.pad(np.ones(x.data.shape[2:]), padding, constant_values=border))
    counted = gather(counts, size, stride, dilation).sum(-1).data
    return squeezed(gather(x.pad(padding), size, stride, dilation).sum(-1) / counted)


def lp_pool(x, size, p, stride, padding, dilation):
    powers = gather(x.pad(padding), size, stride, dilation).abs() ** p
    return squeezed(powers.sum(-1) ** (1 / p))


def weighted_pool(x, weights, stride):
    return squeezed((gather(x, weights.shape, stride, (1, 1)) * weights.ravel()).sum(-1))


def squeezed(y):
    """Without the last axis, whose length is 1."""
    return y.reshape(*y.data.shape[:-1])


def adaptive_pool(x, bins, how):
    """Bin by bin; each result is put into its place of a map of zeros."""
    n, c, h, w = x.data.shape
    y = 0
    for i, j in np.ndindex(*bins):
        part = x[:, :, i * h // bins[0] : (i + 1) * h // bins[0], j * w // bins[1] : (j + 1) * w // bins[1]]
        row = part.reshape(n, c, -1)
        one = row.max(-1) if how == "max" else row.sum(-1) / row.data.shape[-1]
        y = one.reshape(n, c, 1, 1).pad([(i, bins[0] - 1 - i), (j, bins[1] - 1 - j)]) + y
    return y


def global_pool(x, how):
    return adaptive_pool(x, (1, 1), how).reshape(*x.data.shape[:2])


def maxout(x, pieces):
    n, c, h, w = x.data.shape
    return x.reshape(n, c // pieces, pieces, h, w).max(2).reshape(n, c // pieces, h, w)


def tanh(x):
    return 1 - 2 / ((2 * x).exp() + 1)


def neighbourhood(maps, window, boundary):
    """Weighted sum around each place, of maps (N, 1, H, W)."""
    reach = [(k // 2, k // 2) for k in window.shape]
    if boundary == "zeros":
        around = maps.pad(reach)
    else:
        mode = {"circular": "wrap"}.get(boundary, boundary)
        rows, columns = (
            np.pad(np.arange(n), r, mode) for n, r in zip(maps.data.shape[2:], reach, strict=True)
        )
        around = maps[:, :, rows[:, None], columns]
    return weighted_pool(around, window / window.sum(), (1, 1))


def subtractive_normalization(x, window, boundary):
    return x - neighbourhood(x.sum(1) / x.data.shape[1], window, boundary)


def divisive_normalization(v, window, c, boundary):
    """The larger of two numbers is the one, and what the other has more."""
    sigma = neighbourhood((v * v).sum(1) / v.data.shape[1], window, boundary) ** 0.5
    least = sigma.sum((1, 2, 3)) / sigma.data[0].size if c == "mean" else c
    return v / ((sigma - least).relu() + least)


def softmax_cross_entropy(logits, labels):
    """For every place of (N, K, H, W)."""
    n, k, h, w = logits.data.shape
    rows = logits.transpose(0, 2, 3, 1).reshape(n * h * w, k)
    right = rows[np.arange(n * h * w), labels.ravel()]
    return (rows.exp().sum(1).log().reshape(-1) - right).sum() / (n * h * w)


def p4_lift(x, w, b, padding):
    """A plain layer with four times the filters: turned kernels are another order of the same taps."""
    f, c, k, _ = w.data.shape
    order = [np.rot90(np.arange(k * k).reshape(k, k), r).ravel() for r in range(4)]
    kernels = w.reshape(f, c, k * k)[:, :, np.array(order)].transpose(0, 2, 1, 3)
    return oriented(x, kernels.reshape(4 * f, c, k, k), b, padding)


def p4_conv(x, w, b, padding):
    f, c, _, k, _ = w.data.shape
    grid = np.arange(4 * k * k).reshape(4, k, k)
    order = [np.roll(np.rot90(grid, r, (1, 2)), r, 0).ravel() for r in range(4)]
    kernels = w.reshape(f, c, 4 * k * k)[:, :, np.array(order)].transpose(0, 2, 1, 3)
    n, _, _, h, wide = x.data.shape
    return oriented(x.reshape(n, 4 * c, h, wide), kernels.reshape(4 * f, 4 * c, k, k), b, padding)


def oriented(x, kernels, b, padding):
    y = conv(x, kernels, b[np.repeat(np.arange(b.data.size), 4)], padding=padding)
    n, f, h, w = y.data.shape
    return y.reshape(n, f // 4, 4, h, w)


def p4_pool(x, how):
    n, c, _, h, w = x.data.shape
    return (x.max(2) if how == "max" else x.sum(2) / 4).reshape(n, c, h, w)


def relu(x):
    return x.relu()


def rectify(x):
    return x.abs()
