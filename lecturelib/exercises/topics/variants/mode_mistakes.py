"""Wrong numbers of zeros: the mistakes in the modes of `out_size`."""

from __future__ import annotations

from lecturelib.exercises.exercise import MistakeBook, mistake
from lecturelib.exercises.topics.variants.size_count import counted, fitting, reference, span_of, zeros_of

# --- the zeros ----------------------------------------------------------------------------------------------


def _zeros(n, k, p, s, d, mode, **totals):
    """Count with other numbers of zeros in all; the key of mode None is `explicit`."""
    named = {key if key != "explicit" else None: total for key, total in totals.items()}
    return counted(n, k, p, s, d, mode, zeros=lambda *args: named.get(mode, zeros_of(*args)))


@mistake("You count `p` zeros in all. There are `p` before the input and `p` after it.")
def _pad_once(n, k, p, s, d, mode):
    return _zeros(n, k, p, s, d, mode, explicit=p)


@mistake("`p` has no effect: where `mode` is None, there are `p` zeros on each side.")
def _no_pad(n, k, p, s, d, mode):
    return _zeros(n, k, p, s, d, mode, explicit=0)


@mistake("You add `p` zeros in the mode 'valid' too: it has none.")
def _pad_in_valid(n, k, p, s, d, mode):
    return _zeros(n, k, p, s, d, mode, valid=2 * p)


@mistake("You add `p` zeros in the mode 'full' too, to those it has. There `p` does not matter.")
def _pad_in_full(n, k, p, s, d, mode):
    return _zeros(n, k, p, s, d, mode, full=2 * p + 2 * d * (k - 1))


@mistake("You add `p` zeros in the modes 'valid' and 'full' too. `p` matters only where `mode` is None.")
def _pad_in_both(n, k, p, s, d, mode):
    return _zeros(n, k, p, s, d, mode, valid=2 * p, full=2 * p + 2 * d * (k - 1))


@mistake("You add `p` zeros in the mode 'same' too: n / s numbers come out, rounded up, without them.")
def _pad_in_same(n, k, p, s, d, mode):
    return reference(n + 2 * p if mode == "same" else n, k, p, s, d, mode)


@mistake("You add `p` zeros although `mode` is not None. They belong to the mode None alone.")
def _pad_everywhere(n, k, p, s, d, mode):
    return reference(n if mode is None else n + 2 * p, k, p, s, d, mode)


@mistake("`mode` has no effect: you always count with `p` zeros on each side.")
def _always_explicit(n, k, p, s, d, mode):
    return reference(n, k, p, s, d, None)


@mistake("`mode` has no effect: you always count without zeros, as in 'valid'.")
def _always_valid(n, k, p, s, d, mode):
    return reference(n, k, p, s, d, "valid")


# --- full ---------------------------------------------------------------------------------------------------


@mistake("In 'full' you add d * (k - 1) zeros in all. That many go on each side.")
def _full_once(n, k, p, s, d, mode):
    return _zeros(n, k, p, s, d, mode, full=d * (k - 1))


@mistake(
    "In 'full' you forget the dilation in the zeros: a kernel whose weights are `d` places apart needs d * "
    "(k - 1) of them on each side."
)
def _full_zeros_without_dilation(n, k, p, s, d, mode):
    return _zeros(n, k, p, s, d, mode, full=2 * (k - 1))


@mistake("In 'full' you forget the dilation: n + k - 1 numbers come out only where d is 1 and s is 1.")
def _full_without_dilation(n, k, p, s, d, mode):
    return reference(n, k, p, s, 1 if mode == "full" else d, mode)


@mistake("In 'full' you forget the stride: of n + d * (k - 1) places, windows begin at every `s`-th.")
def _full_without_stride(n, k, p, s, d, mode):
    return reference(n, k, p, 1 if mode == "full" else s, d, mode)


@mistake("In 'full' you forget stride and dilation: n + k - 1 is right where both are 1.")
def _full_plain(n, k, p, s, d, mode):
    return n + k - 1 if mode == "full" else reference(n, k, p, s, d, mode)


@mistake(
    "In 'full' you divide by the stride and round down. The places 0 to n + d * (k - 1) - 1 are possible, "
    "and place 0 is used: round up."
)
def _full_rounded_down(n, k, p, s, d, mode):
    return (n + d * (k - 1)) // s if mode == "full" else reference(n, k, p, s, d, mode)


@mistake("In 'full' you add d * k zeros on each side: a window must still hold one number of the input.")
def _full_one_too_wide(n, k, p, s, d, mode):
    return _zeros(n, k, p, s, d, mode, full=2 * d * k)


@mistake("In 'full' you add a whole kernel of zeros on each side: the first window would hold zeros only.")
def _full_whole_kernel(n, k, p, s, d, mode):
    return _zeros(n, k, p, s, d, mode, full=2 * span_of(k, d))


# --- same ---------------------------------------------------------------------------------------------------


def _same(n, k, p, s, d, mode, total):
    """Count "same" with this number of zeros in all."""
    return fitting(n + total, span_of(k, d), s) if mode == "same" else reference(n, k, p, s, d, mode)


@mistake("In 'same' you forget the stride: `n` numbers come out with stride 1 only, else n / s, rounded up.")
def _same_without_stride(n, k, p, s, d, mode):
    return n if mode == "same" else reference(n, k, p, s, d, mode)


@mistake("In 'same' you round n / s down. It is rounded up.")
def _same_rounded_down(n, k, p, s, d, mode):
    return n // s if mode == "same" else reference(n, k, p, s, d, mode)


@mistake("In 'same' you round n / s to the nearest whole number. It is rounded up.")
def _same_rounded(n, k, p, s, d, mode):
    return round(n / s) if mode == "same" else reference(n, k, p, s, d, mode)


@mistake("In 'same' you always add 1 to n // s. Where `s` divides `n`, that is one too many.")
def _same_one_too_many(n, k, p, s, d, mode):
    return n // s + 1 if mode == "same" else reference(n, k, p, s, d, mode)


@mistake(
    "In 'same' you count with as many zeros before as after, rounded down. Where the kernel covers an even "
    "number of places, that is one zero too few: n / s, rounded up, come out for every kernel."
)
def _same_even_short(n, k, p, s, d, mode):
    return _same(n, k, p, s, d, mode, 2 * ((span_of(k, d) - 1) // 2))


@mistake(
    "In 'same' you count with half a kernel of zeros on each side. Where the kernel covers an even number "
    "of places, that is one zero too many: n / s, rounded up, come out for every kernel."
)
def _same_even_long(n, k, p, s, d, mode):
    return _same(n, k, p, s, d, mode, 2 * (span_of(k, d) // 2))


@mistake(
    "In 'same' your zeros forget the dilation: too few come out. It is n / s, rounded up, for every kernel."
)
def _same_without_dilation(n, k, p, s, d, mode):
    return _same(n, k, p, s, d, mode, 2 * ((k - 1) // 2))


@mistake(_same_without_dilation.sentence)
def _same_without_dilation_long(n, k, p, s, d, mode):
    return _same(n, k, p, s, d, mode, 2 * (k // 2))


@mistake(_same_without_dilation.sentence)
def _same_without_dilation_exact(n, k, p, s, d, mode):
    return _same(n, k, p, s, d, mode, k - 1)


@mistake(
    "In 'same' you count with `p` zeros on each side. There `p` does not matter: n / s, rounded up, come out."
)
def _same_as_explicit(n, k, p, s, d, mode):
    return _same(n, k, p, s, d, mode, 2 * p)


@mistake(
    "In 'same' you return 0 where the kernel is larger than the input. There are zeros enough for any kernel."
)
def _same_not_fitting(n, k, p, s, d, mode):
    return 0 if mode == "same" and span_of(k, d) > n else reference(n, k, p, s, d, mode)


MODE_MISTAKES = MistakeBook.of(
    _pad_once,
    _no_pad,
    _pad_in_valid,
    _pad_in_full,
    _pad_in_both,
    _pad_in_same,
    _pad_everywhere,
    _always_explicit,
    _always_valid,
    _full_once,
    _full_zeros_without_dilation,
    _full_without_dilation,
    _full_without_stride,
    _full_plain,
    _full_rounded_down,
    _full_one_too_wide,
    _full_whole_kernel,
    _same_without_stride,
    _same_rounded_down,
    _same_rounded,
    _same_one_too_many,
    _same_even_short,
    _same_even_long,
    _same_without_dilation,
    _same_without_dilation_long,
    _same_without_dilation_exact,
    _same_as_explicit,
    _same_not_fitting,
)
