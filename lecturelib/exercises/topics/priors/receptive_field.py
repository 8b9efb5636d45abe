"""receptive_field(layers): how many inputs a unit sees, layer after layer, counted by the student."""

from __future__ import annotations

import numpy as np

from lecturelib.exercises.exercise import Exercise, MistakeBook, Problem, mistake
from lecturelib.exercises.guard import ways_to

STATEMENT = """\
A unit of the first layer sees a few neighbouring inputs, a unit of the next layer more of them. Write
`receptive_field(layers)`: **how many inputs a unit of each layer spans**, along one axis, from the first to
the last input that it sees.

- `layers`: list of `(k, s, d)`, first layer first: kernel length, stride and dilation, ints of at least 1.
  The taps of a kernel with dilation `d` are `d` places apart. A pooling layer is such a triple too.
- It returns a list of ints, one for each layer. Without layers it is the empty list. The input itself, of
  which one unit spans 1, is not in the list.

Borders do not matter: think of an input without an end. For
`[(9, 1, 1), (10, 5, 1), (1, 1, 1), (9, 1, 1), (6, 4, 1)]` the answer is `[9, 18, 18, 58, 83]`.
"""

STUB = '''\
def receptive_field(layers):
    """Inputs that a unit spans after each layer (k, s, d), as a list."""
    raise NotImplementedError("Write receptive_field here.")
'''

HINTS = (
    "From the first to the last tap of a kernel it is (k - 1) * d steps on the grid of that layer's inputs. "
    "How many inputs of the whole network is one such step?",
    "Keep two numbers, the field and the step; both start at 1. A layer widens the field by "
    "(k - 1) * d steps. Only the layers after it notice its stride.",
)

Layers = list[tuple[int, int, int]]


def _fields(layers, widening, spacing, field=1):
    """Collect the fields, with rules for the widening (k, d, step) and the next step (step, k, s, d)."""
    step, fields = 1, []
    for k, s, d in layers:
        field += widening(k, d, step)
        step = spacing(step, k, s, d)
        fields.append(field)
    return fields


def _widening(k, d, step):
    return (k - 1) * d * step


def _spacing(step, _k, s, _d):
    return step * s


def reference(layers: Layers) -> list[int]:
    """Widen the field by (k - 1) d steps, then multiply the step by the stride."""
    return _fields(layers, _widening, _spacing)


# --- right, and different -----------------------------------------------------------------------------------


def _arrays(layers):
    k, s, d = np.array(layers, dtype=int).reshape(-1, 3).T
    steps = np.cumprod(np.concatenate([[1], s]))[:-1]
    return 1 + np.cumsum((k - 1) * d * steps)


def _backwards(layers):
    """Go down from each layer to the input: n units of a layer rest on (n - 1) s + (k - 1) d + 1 below."""
    fields = []
    for depth in range(1, len(layers) + 1):
        units = 1
        for k, s, d in layers[:depth][::-1]:
            units = (units - 1) * s + (k - 1) * d + 1
        fields.append(units)
    return tuple(fields)


def _traced(layers):
    """Follow the first and the last input of the units 0 and 1 of each layer."""
    first, second, fields = (0, 0), (1, 1), []
    for k, s, d in layers:
        step, reach = second[0] - first[0], (k - 1) * d
        first = (first[0], first[1] + reach * step)
        second = (first[0] + s * step, first[1] + s * step)
        fields.append(first[1] - first[0] + 1)
    return fields


# --- wrong --------------------------------------------------------------------------------------------------


@mistake("A kernel of length k adds k - 1 steps to the field, not k: a kernel of length 1 adds nothing.")
def _adds_k(layers):
    return _fields(layers, lambda k, d, step: k * d * step, _spacing)


@mistake("You start at 0. Before the first layer a unit is one input, so the field starts at 1.")
def _starts_at_0(layers):
    return _fields(layers, _widening, _spacing, field=0)


@mistake(
    "You multiply the step by a layer's stride before you use it. The stride spreads the outputs of the "
    "layer, not the inputs under its own kernel: only later layers notice it."
)
def _stride_too_early(layers):
    step, field, fields = 1, 1, []
    for k, s, d in layers:
        step *= s
        field += (k - 1) * d * step
        fields.append(field)
    return fields


@mistake("You ignore the strides. After a stride of 2, neighbouring units are two inputs apart.")
def _no_strides(layers):
    return _fields(layers, lambda k, d, step: (k - 1) * d, _spacing)


@mistake("You ignore the dilation. The taps of a kernel with dilation d are d places apart.")
def _no_dilation(layers):
    return _fields(layers, lambda k, d, step: (k - 1) * step, _spacing)


@mistake(
    "You take k * d for the extent of a dilated kernel. There are k - 1 gaps of d places between k taps, so "
    "from the first to the last it is (k - 1) * d + 1."
)
def _extent_times_dilation(layers):
    return _fields(layers, lambda k, d, step: (k * d - 1) * step, _spacing)


@mistake(
    "You count d places between two taps besides the taps themselves. With dilation 1 the taps are "
    "neighbours, with dilation d they are d apart."
)
def _one_gap_too_many(layers):
    return _fields(layers, lambda k, d, step: (k - 1) * (d + 1) * step, _spacing)


@mistake("You add the strides up. Two layers with stride 2 put neighbouring units four inputs apart.")
def _adds_strides(layers):
    return _fields(layers, _widening, lambda step, k, s, d: step + s - 1)


@mistake(
    "You use only the stride of the layer just before. The strides of all earlier layers multiply to the "
    "step."
)
def _previous_stride_only(layers):
    return _fields(layers, _widening, lambda step, k, s, d: s)


@mistake(
    "You let the dilation widen the step of the later layers, as a stride does. A dilated kernel still has "
    "an output at every place."
)
def _dilation_stays(layers):
    return _fields(layers, _widening, lambda step, k, s, d: step * s * d)


@mistake("You multiply the step by the kernel's length. How far units are apart is decided by strides alone.")
def _size_for_stride(layers):
    return _fields(layers, _widening, lambda step, k, s, d: step * k)


@mistake(
    "You multiply the fields of the layers. Neighbouring windows overlap: two kernels of length 3 see 5 "
    "inputs, not 9."
)
def _product(layers):
    field, fields = 1, []
    for k, _, d in layers:
        field *= (k - 1) * d + 1
        fields.append(field)
    return fields


@mistake("You return only the last value. Asked for is a list, with the field after each layer.")
def _last_only(layers):
    return reference(layers)[-1] if layers else 1


@mistake("Your list begins with the input's own 1. It should have one entry for each layer, no more.")
def _with_input(layers):
    return [1, *reference(layers)]


@mistake("You list by how much each layer widens the field. Asked for is the field itself, which adds up.")
def _widenings(layers):
    return np.diff([1, *reference(layers)])


@mistake(
    "You go through the layers from the last to the first, and list what comes up on the way. That gives one "
    "right number, for the last layer; the others need a walk of their own."
)
def _one_walk_down(layers):
    units, found = 1, []
    for k, s, d in layers[::-1]:
        units = (units - 1) * s + (k - 1) * d + 1
        found.append(units)
    return found


@mistake(
    "You use (field - 1) * s + extent on the way up. That rule goes from a layer's outputs down to its "
    "inputs, so it must be run from the last layer to the first."
)
def _rule_upside_down(layers):
    field, fields = 1, []
    for k, s, d in layers:
        field = (field - 1) * s + (k - 1) * d + 1
        fields.append(field)
    return fields


@mistake("You take k // 2 on each side. A kernel of even length has no middle tap and spans k, not k + 1.")
def _two_halves(layers):
    return _fields(layers, lambda k, d, step: 2 * (k // 2) * d * step, _spacing)


@mistake("You count only half of each kernel. A window reaches to both sides of its middle.")
def _one_half(layers):
    return _fields(layers, lambda k, d, step: (k // 2) * d * step, _spacing)


@mistake("You return how far apart neighbouring units are. Asked for is how many inputs one of them spans.")
def _steps(layers):
    return np.cumprod([s for _, s, _ in layers])


@mistake("You read the triples as (k, d, s). The stride comes second, the dilation third.")
def _stride_for_dilation(layers):
    return reference([(k, d, s) for k, s, d in layers])


@mistake(
    "You count the inputs that are seen. Asked for is the span, from the first to the last of them: gaps "
    "between the taps count."
)
def _without_gaps(layers):
    fields = []
    for depth in range(1, len(layers) + 1):
        seen = {0}
        for k, s, d in layers[:depth][::-1]:
            seen = {unit * s + tap * d for unit in seen for tap in range(k)}
        fields.append(len(seen))
    return fields


@mistake(
    "You let the strides of later layers act on earlier ones. The step between the inputs of a layer comes "
    "from the layers before it."
)
def _last_layer_first(layers):
    return reference(layers[::-1])


@mistake(_last_layer_first.sentence)
def _last_layer_first_turned(layers):
    return reference(layers[::-1])[::-1]


MISTAKES = MistakeBook.of(
    _adds_k,
    _starts_at_0,
    _stride_too_early,
    _no_strides,
    _no_dilation,
    _extent_times_dilation,
    _one_gap_too_many,
    _adds_strides,
    _previous_stride_only,
    _dilation_stays,
    _size_for_stride,
    _product,
    _last_only,
    _with_input,
    _widenings,
    _one_walk_down,
    _rule_upside_down,
    _stride_for_dilation,
    _without_gaps,
    _last_layer_first,
    _last_layer_first_turned,
    _two_halves,
    _one_half,
    _steps,
)

# --- problems -----------------------------------------------------------------------------------------------

_LECTURE = [(9, 1, 1), (10, 5, 1), (1, 1, 1), (9, 1, 1), (6, 4, 1)]


def _problem(layers: Layers) -> Problem:
    strides, dilations = [s for _, s, _ in layers], [d for _, _, d in layers]
    traits = {
        "there is no layer": not layers,
        "there is one layer": len(layers) == 1,
        "there are several layers": len(layers) > 1,
        "all strides are 1": max(strides, default=1) == 1,
        "a layer before the last has a stride above 1": max(strides[:-1], default=1) > 1,
        "only the last layer has a stride above 1": max(strides[:-1], default=1)
        == 1
        < max(strides, default=1),
        "several strides are above 1": sum(s > 1 for s in strides) > 1,
        "all dilations are 1": max(dilations, default=1) == 1,
        "a dilation is above 1": max(dilations, default=1) > 1,
        "a kernel has an even length": any(k % 2 == 0 for k, _, _ in layers),
        "a kernel has length 1": any(k == 1 for k, _, _ in layers),
    }
    return Problem((layers,), f"layers = {layers}", tuple(trait for trait, holds in traits.items() if holds))


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 12 stacks: the lecture's, none, one layer, with and without strides and dilations."""
    k = [int(number) for number in rng.integers(3, 8, 12)]
    s = [int(number) for number in rng.integers(2, 5, 6)]
    d = [int(number) for number in rng.integers(2, 5, 5)]
    stacks = [
        [(3, 1, 1), (3, 1, 1), (3, 1, 1)],
        _LECTURE,
        [],
        [(k[0], 1, 1)],
        [(k[1], s[0], d[0])],
        [(k[2], 1, 1), (3, s[1], 1)],
        [(2, 2, 1), (k[3], 1, 1), (2, 2, 1), (3, 1, 1)],
        [(3, s[2], 1), (k[4], s[3], 1), (k[5], 1, 1)],
        [(3, 1, 1), (k[6], 1, d[1]), (3, 1, 4 * d[1])],
        [(k[7], 1, d[2]), (4, s[4], 1), (k[8], 1, d[3]), (5, 2, 1)],
        [(1, s[5], d[4]), (k[9], 1, 1), (k[10], 1, 1)],
        [(k[11], 2, 1), (1, 1, 3), (4, 3, 2), (2, 1, 2), (3, 2, 1)],
    ]
    return [_problem(layers) for layers in stacks]


RECEPTIVE_FIELD = Exercise(
    name="receptive_field",
    title="What a unit sees",
    topic="priors",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=2,
    minutes=10,
    may_not_call=ways_to("operators.shapes", "receptive_field"),
    may_not_call_because="It does the whole exercise in one call; follow the layers yourself.",
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_arrays, _backwards, _traced),
)
