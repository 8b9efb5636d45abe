"""The questions at the end of lectures 05 to 09."""

from __future__ import annotations

from lecturelib.exercises.question import Question

LECTURE_05 = (
    Question(
        "strided-size",
        16,
        "32 + 4 padded samples, 31 steps to the last window, of which every second is taken: 31 // 2 + 1.",
        "how far can the first window move, in padded samples, and how many steps of 2 fit in there?",
        {
            15: "the first window counts too: floor, then one more.",
            17: "31 / 2 is rounded down: the half step does not fit.",
            32: "that is without the stride.",
            14: "that is without the padding.",
            18: "that is half of the padded samples; the window must fit, too.",
        },
    ),
    Question(
        "grouped-weights",
        1152,
        "each of the 32 kernels reads 16 / 4 = 4 channels: 32 · 4 · 9.",
        "how many input channels does one output channel read, if there are four groups?",
        {
            4608: "that is without groups: an output channel reads its own group only.",
            18_432: "groups remove weights, they do not multiply them.",
            288: "an output channel reads 4 channels; there are 32 outputs in all, 8 in each group.",
            128: "a kernel has nine taps for each channel that it reads.",
            144: "that is a single input channel for each of 16 outputs.",
        },
    ),
    Question(
        "tiled-biases",
        36,
        "3 × 3 tiles, and a bias for each of the 4 channels of each tile.",
        "how many different kernels does one output channel hold?",
        {
            4: "that is a plain convolution; here each tile has its own.",
            12: "the kernels take turns along both axes: 3 × 3 tiles.",
            9: "there are 4 output channels.",
            81: "biases are added to outputs: the taps have no say.",
            324: "those are the weights.",
        },
    ),
)

LECTURE_06 = (
    Question(
        "chain-of-sizes",
        20,
        "48 − 7 + 1 = 42, then (42 − 4) // 2 + 1 = 20.",
        "how many places has the kernel, and how many windows with stride 2 fit into that many rows?",
        {
            42: "that is before the maxima.",
            19: "the first window counts too: floor, then one more.",
            21: "that is half of 42; a window of 4 must fit.",
            10: "the stride is 2, not 4.",
            23: "the kernel takes away k − 1 = 6 rows.",
            39: "that is with stride 1.",
        },
    ),
    Question(
        "input-gradient",
        (2, 5, -3),
        "x₀: 2 · 1; x₁: −1 · 1 + 2 · 3; x₂: −1 · 3. It is (1, 3) convolved with (2, −1), full.",
        "in which outputs does each input take part, and with which weight?",
        {
            (-1, -1, 6): "the kernel came out reversed: the input's gradient is a convolution.",
            (2, -1, 0): "both outputs send something back.",
            (2, 5): "there are three inputs.",
            (2, -1, 6): "the middle input takes part in both outputs.",
        },
    ),
    Question(
        "averaged-copies",
        0,
        "own steps lead to .5, .5, 0 and −1; their mean is 0, as with the mean gradient, 1 − .25 · 4.",
        "make the four steps one by one, then take the mean.",
        {
            -3: "that is the sum rule: 1 − .25 · 16. Averaging divides by 4.",
            (0, 0, 0, 0): "each of them, yes: give the one number.",
            (0.5, 0.5, 0, -1): "those are the copies before they are averaged.",
            1: "the steps count, too.",
            4: "that is the mean gradient; take a step against it.",
            2: "against the gradient, not along it.",
        },
    ),
)
