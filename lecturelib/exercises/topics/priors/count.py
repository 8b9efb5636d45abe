"""count(kind, input_shape, filters, k, bias): what sharing saves, counted by the student."""

from __future__ import annotations

import itertools

import numpy as np

from lecturelib.exercises.exercise import Exercise, MistakeBook, Problem, mistake
from lecturelib.exercises.guard import ways_to

STATEMENT = """\
Four layers turn an image of shape `(C, H, W)` into an output of shape `(filters, H - k + 1, W - k + 1)`: the
kernel stays inside the image and moves by 1. The layers differ in what they share. Write
`count(kind, input_shape, filters, k, bias)`: **how many parameters the layer has, and how many
multiply-adds it takes** for one image.

- `kind`: what stands behind each output.
    - `"conv"`: a kernel of shape `(C, k, k)` for each filter, the same at all places.
    - `"tiled"`: for each filter four such kernels, which take turns like the colours of tiles: one for each
      of (even row, even column), (even, odd), (odd, even) and (odd, odd). All four count, however small the
      output is.
    - `"local"`: a kernel of shape `(C, k, k)` for each filter and each place.
    - `"dense"`: a weight for every number of the image, for each filter and each place.
- `input_shape`: tuple `(C, H, W)`; `filters`, `k`: ints. All are at least 1, and `k` is at most `H` and `W`.
- `bias`: whether numbers are added after the multiplications: one for each kernel, or in `"dense"` for
  each output.
- It returns two ints, `(parameters, multiply_adds)`. A multiply-add is one weight times one number of the
  image, added to a sum. Adding a bias is none.

With 8 filters of 3 × 3, no bias and an image of shape `(3, 16, 16)`, `"conv"` has 216 parameters, `"tiled"`
864, `"local"` 42336.
"""

STUB = '''\
def count(kind, input_shape, filters, k, bias):
    """(parameters, multiply_adds) of a "conv", "tiled", "local" or "dense" layer."""
    raise NotImplementedError("Write count here.")
'''

HINTS = (
    "Ask two questions about each kind: how many weights stand behind one output, and how many different "
    "sets of weights are there? Sharing changes only the second answer.",
    "Every output costs as many multiply-adds as it has weights, shared or not. The parameters are the "
    "weights of one set times the number of sets: filters, times 1, 4 or the number of places.",
)


def _sizes(input_shape, k, grow=1):
    """Count inputs, places and numbers under a kernel; `grow` changes the size of the output."""
    channels, height, width = input_shape
    places = (height - k + grow) * (width - k + grow)
    return channels * height * width, places, channels * k * k


def _counted(kind, bias, filters, inputs, places, taps, tiles=4):
    """Count with these ingredients; wrong ones make wrong answers."""
    sets = filters * {"conv": 1, "tiled": tiles, "local": places, "dense": places}[kind]
    weights = inputs if kind == "dense" else taps
    return sets * (weights + bool(bias)), filters * places * weights


def reference(
    kind: str, input_shape: tuple[int, int, int], filters: int, k: int, bias: bool
) -> tuple[int, int]:
    """Count sets of weights times weights in a set, and outputs times weights behind one."""
    return _counted(kind, bias, filters, *_sizes(input_shape, k))


# --- right, and different -----------------------------------------------------------------------------------


def _case_by_case(kind, input_shape, filters, k, bias):
    channels, height, width = input_shape
    outputs = filters * (height - k + 1) * (width - k + 1)
    if kind == "dense":
        weights, biases, each = channels * height * width * outputs, outputs, channels * height * width
    else:
        kernels = {"conv": filters, "tiled": 4 * filters, "local": outputs}[kind]
        weights, biases, each = channels * k**2 * kernels, kernels, channels * k**2
    return np.array([weights + (biases if bias else 0), outputs * each])


def _arrays(kind, input_shape, filters, k, bias):
    """Make the weights, and count them."""
    channels, height, width = input_shape
    output = filters, height - k + 1, width - k + 1
    sets = {"conv": (filters,), "tiled": (filters, 2, 2)}.get(kind, output)
    one = (channels, height, width) if kind == "dense" else (channels, k, k)
    parameters = np.empty((*sets, *one)).size + (np.empty(sets).size if bias else 0)
    return [parameters, np.empty((*output, *one)).size]


def _label_by_label(kind, input_shape, filters, k, bias):
    """Walk over all outputs and note which set of weights each one uses."""
    channels, height, width = input_shape
    used, products = set(), 0
    for i, j in itertools.product(range(height - k + 1), range(width - k + 1)):
        used.add({"conv": 0, "tiled": (i % 2, j % 2)}.get(kind, (i, j)))
        products += filters * channels * (height * width if kind == "dense" else k * k)
    sets = filters * (4 if kind == "tiled" else len(used))
    weights = channels * (height * width if kind == "dense" else k * k)
    return sets * weights + (sets if bias else 0), products


# --- wrong --------------------------------------------------------------------------------------------------


def _same_bias(kind, input_shape, filters, k, bias, biases):
    """Keep all but the number of biases."""
    parameters, products = reference(kind, input_shape, filters, k, False)
    return parameters + (biases if bias else 0), products


@mistake(
    "A convolution's parameters come out as those of a local layer: you multiply by the number of places. "
    "The kernel is the same at all places, so its size alone counts."
)
def _size_in_conv(kind, input_shape, filters, k, bias):
    as_local = "local" if kind == "conv" else kind  # the products are the same
    return reference(as_local, input_shape, filters, k, bias)


@mistake(
    "A tiled layer comes out with two kernels a filter. They take turns along rows and along columns, which "
    "makes 2 × 2 of them."
)
def _two_tiles(kind, input_shape, filters, k, bias):
    return _counted(kind, bias, filters, *_sizes(input_shape, k), tiles=2)


@mistake("A tiled layer comes out with a convolution's parameters. It has four kernels for each filter.")
def _tiled_as_conv(kind, input_shape, filters, k, bias):
    return _counted(kind, bias, filters, *_sizes(input_shape, k), tiles=1)


@mistake(
    "A tiled layer's multiply-adds come out four times too large. At each place one of its kernels is used; "
    "the others have their turn elsewhere."
)
def _tiles_all_used(kind, input_shape, filters, k, bias):
    parameters, products = reference(kind, input_shape, filters, k, bias)
    return parameters, products * (4 if kind == "tiled" else 1)


@mistake(
    "Your output is as large as the image. Here the kernel stays inside it, which leaves H - k + 1 rows and "
    "W - k + 1 columns."
)
def _same_size(kind, input_shape, filters, k, bias):
    return _counted(kind, bias, filters, *_sizes(input_shape, k, grow=k))


@mistake("Your output has H - k rows. Count the places of a kernel of 3 on an image of 3: there is one.")
def _one_place_short(kind, input_shape, filters, k, bias):
    return _counted(kind, bias, filters, *_sizes(input_shape, k, grow=0))


@mistake("You forget the channels. A kernel reaches through all C channels of the image.")
def _no_channels(kind, input_shape, filters, k, bias):
    return reference(kind, (1, *input_shape[1:]), filters, k, bias)


@mistake("Your multiply-adds forget the channels: behind an output stand C · k · k weights, not k · k.")
def _products_without_channels(kind, input_shape, filters, k, bias):
    parameters, products = reference(kind, input_shape, filters, k, bias)
    return parameters, products // input_shape[0]


@mistake("Your multiply-adds forget the filters: each of them has an output at every place.")
def _products_without_filters(kind, input_shape, filters, k, bias):
    parameters, products = reference(kind, input_shape, filters, k, bias)
    return parameters, products // filters


@mistake("You forget the filters. Each of them has weights of its own, and outputs of its own.")
def _no_filters(kind, input_shape, filters, k, bias):
    return reference(kind, input_shape, 1, k, bias)


@mistake("You take a kernel for k numbers. It has k rows and k columns.")
def _kernel_not_square(kind, input_shape, filters, k, bias):
    inputs, places, taps = _sizes(input_shape, k)
    return _counted(kind, bias, filters, inputs, places, taps // k)


@mistake("You ignore `bias`. Where it is true, the numbers that are added are parameters too.")
def _no_bias(kind, input_shape, filters, k, bias):
    return reference(kind, input_shape, filters, k, False)


@mistake("You count biases whether `bias` is true or not.")
def _always_bias(kind, input_shape, filters, k, bias):
    return reference(kind, input_shape, filters, k, True)


@mistake("You add a single bias for the whole layer. There is one for each kernel, or for each dense output.")
def _one_bias(kind, input_shape, filters, k, bias):
    return _same_bias(kind, input_shape, filters, k, bias, 1)


@mistake(
    "You add one bias for each filter, whatever the kind is. A tiled layer has four for each, a local or "
    "dense one has one for each place too."
)
def _bias_by_filter(kind, input_shape, filters, k, bias):
    return _same_bias(kind, input_shape, filters, k, bias, filters)


@mistake(
    "You add one bias for each output, whatever the kind is. Outputs that share a kernel share its bias."
)
def _bias_by_output(kind, input_shape, filters, k, bias):
    return _same_bias(kind, input_shape, filters, k, bias, filters * _sizes(input_shape, k)[1])


@mistake("You give each channel of a kernel a bias. There is one for the whole kernel.")
def _bias_by_channel(kind, input_shape, filters, k, bias):
    without, with_them = (reference(kind, input_shape, filters, k, one)[0] for one in (False, True))
    return _same_bias(kind, input_shape, filters, k, bias, (with_them - without) * input_shape[0])


@mistake("You count a bias as a multiply-add. It is added without being multiplied.")
def _bias_multiplied(kind, input_shape, filters, k, bias):
    parameters, products = reference(kind, input_shape, filters, k, bias)
    outputs = filters * _sizes(input_shape, k)[1]
    return parameters, products + (outputs if bias else 0)


@mistake("You add a bias for each filter to the multiply-adds. It is added without being multiplied.")
def _filter_bias_multiplied(kind, input_shape, filters, k, bias):
    parameters, products = reference(kind, input_shape, filters, k, bias)
    return parameters, products + (filters if bias else 0)


@mistake(
    "You count multiplications and additions apart, which doubles the number. A multiply-add is both "
    "together."
)
def _two_operations(kind, input_shape, filters, k, bias):
    parameters, products = reference(kind, input_shape, filters, k, bias)
    return parameters, 2 * products


@mistake(
    "You give the number of weights as the number of multiply-adds. A shared weight is used again at every "
    "place: sharing saves parameters, not work."
)
def _each_weight_once(kind, input_shape, filters, k, bias):
    parameters, _ = reference(kind, input_shape, filters, k, bias)
    return parameters, reference(kind, input_shape, filters, k, False)[0]


@mistake(
    "Your dense layer has `filters` outputs. Here it makes the same outputs as the others, one at each place."
)
def _dense_without_places(kind, input_shape, filters, k, bias):
    inputs, places, taps = _sizes(input_shape, k)
    return _counted(kind, bias, filters, inputs, 1 if kind == "dense" else places, taps)


@mistake(
    "Your dense layer sees a window of k × k. Each of its outputs has a weight for every number of the image."
)
def _dense_as_local(kind, input_shape, filters, k, bias):
    return reference("local" if kind == "dense" else kind, input_shape, filters, k, bias)


@mistake("You read `input_shape` as (H, W, C). The channels come first.")
def _channels_last(kind, input_shape, filters, k, bias):
    height, width, channels = input_shape
    return reference(kind, (channels, height, width), filters, k, bias)


@mistake("You take the image for a square of side H. It has W columns.")
def _square_image(kind, input_shape, filters, k, bias):
    return reference(kind, (input_shape[0], input_shape[1], input_shape[1]), filters, k, bias)


@mistake("You return the two numbers in the other order: the parameters come first.")
def _swapped(kind, input_shape, filters, k, bias):
    return reference(kind, input_shape, filters, k, bias)[::-1]


@mistake(
    "Your tiled layer lacks the kernels that never have their turn. All four count, however small the output "
    "is."
)
def _tiles_in_use(kind, input_shape, filters, k, bias):
    _, height, width = input_shape
    tiles = min(2, height - k + 1) * min(2, width - k + 1)
    return _counted(kind, bias, filters, *_sizes(input_shape, k), tiles=tiles)


@mistake(
    "Your multiply-adds use every weight at every place. That is right for a convolution; the other layers "
    "use one set of weights at each place, and their other sets elsewhere."
)
def _all_sets_at_all_places(kind, input_shape, filters, k, bias):
    weights, _ = reference(kind, input_shape, filters, k, False)
    return reference(kind, input_shape, filters, k, bias)[0], weights * _sizes(input_shape, k)[1]


MISTAKES = MistakeBook.of(
    _size_in_conv,
    _two_tiles,
    _tiled_as_conv,
    _tiles_all_used,
    _tiles_in_use,
    _all_sets_at_all_places,
    _same_size,
    _one_place_short,
    _no_channels,
    _products_without_channels,
    _products_without_filters,
    _no_filters,
    _kernel_not_square,
    _no_bias,
    _always_bias,
    _one_bias,
    _bias_by_filter,
    _bias_by_output,
    _bias_by_channel,
    _bias_multiplied,
    _filter_bias_multiplied,
    _two_operations,
    _each_weight_once,
    _dense_without_places,
    _dense_as_local,
    _channels_last,
    _square_image,
    _swapped,
)

# --- problems -----------------------------------------------------------------------------------------------

_KINDS = ("conv", "tiled", "local", "dense")


def _problem(kind: str, input_shape: tuple[int, int, int], filters: int, k: int, bias: bool) -> Problem:
    places = _sizes(input_shape, k)[1]
    traits = {
        f"kind is '{kind}'": True,
        "kind is not 'conv'": kind != "conv",
        "kind is 'conv' or 'tiled'": kind in ("conv", "tiled"),
        "kind is 'local' or 'dense'": kind in ("local", "dense"),
        "bias is True": bias,
        "bias is False": not bias,
        "the image has one channel": input_shape[0] == 1,
        "the image has several channels": input_shape[0] > 1,
        "the image is not square": input_shape[1] != input_shape[2],
        "k is 1": k == 1,
        "k is above 1": k > 1,
        "the kernel fits at one place only": places == 1,
        "there is one filter": filters == 1,
        "there are several filters": filters > 1,
    }
    label = f"'{kind}', image {input_shape}, {filters} filter{'s' * (filters > 1)} of {k} × {k}, bias {bias}"
    return Problem(
        (kind, input_shape, filters, k, bias), label, tuple(trait for trait, holds in traits.items() if holds)
    )


def problems(rng: np.random.Generator) -> list[Problem]:
    """Draw 20 layers: the lecture's four with and without a bias, and three random sizes."""
    channels, filters = (int(number) for number in rng.choice(np.arange(2, 7), 2, replace=False))
    height, width = (int(number) for number in rng.choice(np.arange(7, 14), 2, replace=False))
    k = int(rng.integers(2, 6))
    sizes = [
        ((channels, height, width), filters, k, bool(rng.integers(2))),
        ((1, width, height), 1, 2, True),
        ((channels, k, k), filters + 1, k, False),
    ]
    lecture = [(kind, (3, 16, 16), 8, 3, bias) for bias in (False, True) for kind in _KINDS]
    return [_problem(*one) for one in (*lecture, *((kind, *size) for size in sizes for kind in _KINDS))]


_LAYERS = (
    *ways_to("networks.layers.convolution", "Conv"),
    *ways_to("networks.layers.unshared", "TiledConv", "LocallyConnected"),
    *ways_to("networks.layers.dense", "Dense"),
)

COUNT = Exercise(
    name="count",
    title="What sharing saves",
    topic="priors",
    statement=STATEMENT,
    stub=STUB,
    hints=HINTS,
    points=3,
    minutes=15,
    returns=("parameters", "multiply_adds"),
    may_not_call=_LAYERS,
    may_not_call_because="The library's layers count for you; count yourself.",
    reference=reference,
    draw=problems,
    mistakes=MISTAKES,
    variants=(_case_by_case, _arrays, _label_by_label),
)
