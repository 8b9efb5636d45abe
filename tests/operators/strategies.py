"""Random convolution layers for hypothesis: any shape, three taps, and kernels that are outer products."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies as st

from lecturelib.operators.algorithms.plan import ALGORITHMS
from lecturelib.operators.spec import ConvSpec


@dataclass
class Case:
    """Arrays and options of one layer."""

    x: np.ndarray
    w: np.ndarray
    b: np.ndarray
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def spec(self) -> ConvSpec:
        return ConvSpec.from_arguments(self.x, self.w, **self.options)

    @property
    def methods(self) -> list[str]:
        """Methods that apply, the definition apart."""
        spec = self.spec
        return ["auto", *(m for m, a in ALGORITHMS.items() if m != "direct" and not a.obstacle(spec, self.w))]

    def output_like(self, seed: int = 0) -> np.ndarray:
        return np.random.default_rng(seed).normal(size=self.spec.y_shape)


def outer_products(rng: np.random.Generator, lead: tuple[int, ...], kernel: tuple[int, ...]) -> np.ndarray:
    """Kernels that are outer products."""
    w = np.ones((*lead, *(1 for _ in kernel)))
    for axis, k in enumerate(kernel):
        w = w * rng.normal(size=(*lead, *(k if a == axis else 1 for a in range(len(kernel)))))
    return w


AXIS = st.tuples(
    st.integers(1, 4),  # taps
    st.integers(1, 3),  # stride
    st.integers(1, 3),  # dilation
    st.integers(0, 2),  # zeros before
    st.integers(0, 2),  # zeros after
    st.integers(0, 4),  # places beyond the first
)


@st.composite
def cases(draw, kind: str = "any", most_axes: int = 3) -> Case:
    """One layer; kind is "any", "three" (all Winograd needs) or "outer" (kernels are outer products)."""
    axes = draw(st.lists(AXIS, min_size=1, max_size=most_axes))
    batch, groups, channels, filters = (draw(st.integers(1, 2)) for _ in range(4))
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    taps, stride, dilation, before, after, more = zip(*axes, strict=True)
    if kind == "three":
        taps, stride, dilation = (3,) * len(axes), (1,) * len(axes), (1,) * len(axes)
    spatial = tuple(d * (k - 1) + 1 + m for k, d, m in zip(taps, dilation, more, strict=True))
    lead = (groups * filters, channels)
    w = outer_products(rng, lead, taps) if kind == "outer" else rng.normal(size=(*lead, *taps))
    options = {
        "stride": stride,
        "dilation": dilation,
        "padding": tuple(zip(before, after, strict=True)),
        "groups": groups,
    }
    x = rng.normal(size=(batch, groups * channels, *spatial))
    return Case(x, w, rng.normal(size=groups * filters), options)


def any_case(most_axes: int = 3) -> st.SearchStrategy[Case]:
    """A layer of any of the three kinds."""
    return st.one_of(*(cases(kind, most_axes) for kind in ("any", "three", "outer")))
