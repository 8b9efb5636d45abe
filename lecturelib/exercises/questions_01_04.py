"""The questions at the end of lectures 01 to 04."""

from __future__ import annotations

from lecturelib.exercises.question import Question

LECTURE_01 = (
    Question(
        "full-length",
        106,
        "100 + 7 − 1 = 106; every output that touches the input is kept.",
        "count the places at which at least one entry of the kernel lies on a sample. Try it with 3 and 2.",
        {
            100: 'that is "same", as long as the input. Full keeps every output that touches the input.',
            94: 'that is "valid", where the whole kernel must fit. Full lets it hang over.',
            107: "one too many: first and last place share the count, so it is N + M − 1.",
            700: "that is the number of products, not of sums.",
        },
    ),
    Question(
        "small-convolution",
        (2, 6, 1, 3),
        "(2, 6) from x[0], nothing from x[1], (1, 3) two places on.",
        "add up copies of (1, 3): twice at place 0, none at place 1, once at place 2.",
        {
            (6, 2, 3, 1): "that is the cross-correlation: the kernel came out reversed.",
            (6, 1): "that is only the valid part; full has 3 + 2 − 1 = 4 numbers.",
            (2, 6, 1): 'that is "same"; full has one number more.',
        },
    ),
    Question(
        "small-correlation",
        (2, 3),
        "2·1 + 0·3 = 2 and 0·1 + 1·3 = 3, the kernel laid down as it is written.",
        "lay (1, 3) unreversed on (2, 0), then on (0, 1).",
        {
            (6, 1): "that is the valid convolution: you reversed the kernel.",
            (
                6,
                2,
                3,
                1,
            ): "that is the full cross-correlation; valid keeps two places, where the kernel fits.",
        },
    ),
    Question(
        "kernel-length",
        5,
        "50 − 5 + 1 = 46.",
        "valid leaves N − M + 1 outputs; solve for M.",
        {
            4: "one short: N − M + 1 outputs, so a kernel of one entry loses nothing.",
            6: "one too many: N − M + 1, not N − M + 2.",
        },
    ),
    Question(
        "distinct-weights",
        25,
        "the entries of the kernel, 5 · 5, however large the image is.",
        "every row of the matrix holds the same few numbers; how many has the kernel?",
        {
            784: "that is the number of columns, one for each pixel.",
            10: "5 + 5 would do only for a separable kernel.",
            14400: "that many entries of the valid matrix are not zero; how many of them are different?",
            576: "that is the number of rows of the valid matrix; they all hold the same numbers.",
        },
    ),
)

LECTURE_02 = (
    Question(
        "stride-product",
        8,
        "2 · 2 · 2 = 8 pixels become one.",
        "one layer of stride 2 turns a shift by 2 into a shift by 1; what must arrive at the last layer?",
        {
            2: "then the second layer sees a shift by 1, which its stride cannot follow.",
            6: "strides multiply, they do not add up.",
            4: "that is enough for two such layers; there are three.",
            1: "a shift by 1 does not survive even the first stride.",
        },
    ),
    Question(
        "circulant-freedom",
        10,
        "the first column is free, and all others are its shifted copies.",
        "which column can you choose freely, and which ones follow from it?",
        {
            100: "that is any matrix. The shift ties every column to the first one.",
            19: "that many diagonals has a Toeplitz matrix; on a ring the diagonals wrap around.",
            1: "only multiples of one matrix? A kernel has one number for each distance on the ring.",
        },
    ),
    Question(
        "bad-rows",
        60,
        "two whole rows of 30: where zeros came in, and where content went out.",
        "one row at the top, where the old border is now; which other row is wrong, and how long are rows?",
        {
            30: "that is one row; on the other side content was pushed out, and its neighbours miss it.",
            40: "that would be two columns. A shift by one row breaks rows, and a row has 30 outputs.",
            20: "that would be one column. A shift by one row breaks rows, two of them.",
            0: "zero padding keeps the size; it does not close the square at the border.",
        },
    ),
)

LECTURE_03 = (
    Question(
        "maximum-stays",
        0.6,
        "the largest of 5 numbers must be one of the 3 that both windows see: 3/5.",
        "five numbers are involved; how many of them lie in both windows?",
        {
            0.75: "1 − 1/k forgets that a larger number may come in at the other end.",
            0.8: "k/(k + 1) forgets one end: one number leaves and one comes in.",
            0.4: "that is the probability that it changes.",
        },
    ),
    Question(
        "pooled-length",
        4,
        "windows start at 0, 2, 4 and 6: ⌊(10 − 3)/2⌋ + 1 = 4.",
        "write down where the windows start, and stop when one no longer fits.",
        {
            5: "that is the count with a last window that hangs over the end.",
            3: "one more: the first window starts at 0.",
            8: "that is the count with a stride of 1.",
        },
    ),
    Question(
        "quadrant-features",
        32,
        "four quadrants for each of 8 channels, whatever the image's size.",
        "how many numbers does one channel give?",
        {
            4: "that is one channel; there are 8.",
            8: "that would be one number a channel, pooled over the whole map.",
            377: "that is the number of pixels; the quadrants grow with the image.",
        },
    ),
)

LECTURE_04 = (
    Question(
        "conv-weights",
        750,
        "each filter has a 5 × 5 slice for each of 3 channels: 10 · 75, whatever the image's size.",
        "how many numbers does one filter multiply at one place?",
        {
            250: "a filter has a slice for each of the three channels.",
            75: "that is one filter; there are 10.",
            760: "that counts a bias for each filter.",
            2250: "each of the 10 outputs sums over the channels; there are no 30 outputs.",
            3_072_000: "the weights are shared: the image's size has no say.",
        },
    ),
    Question(
        "field-of-three",
        9,
        "5, then two more for each layer with a kernel of 3.",
        "neighbours of a layer overlap in all but one of the inputs they see; how much does a layer add?",
        {
            11: "sizes do not add; each layer adds its size less one.",
            45: "sizes multiply only if each stride, or dilation, equals what lies below.",
            7: "the first layer already sees 5.",
            8: "the first layer sees 5, not 4.",
        },
    ),
    Question(
        "forbidden-dimensions",
        66,
        "70 weights in all, of which a convolution with 4 taps has 4 free: 70 − 4.",
        "how many numbers may be chosen freely in a dense layer, and how many in the convolution?",
        {
            4: "those are the ones it allows.",
            42: "the 28 entries of the band are not all free: they are shared.",
            70: "that is all of them; a convolution keeps some.",
            24: "of the 28 entries of the band; what lies outside is forbidden too.",
        },
    ),
)
