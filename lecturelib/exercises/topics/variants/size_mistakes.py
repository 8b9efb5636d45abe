"""Wrong counts of what comes out: the mistakes that `out_size` names."""

from __future__ import annotations

from lecturelib.exercises.exercise import MistakeBook, mistake
from lecturelib.exercises.topics.variants.mode_mistakes import MODE_MISTAKES
from lecturelib.exercises.topics.variants.size_count import counted, reference

# --- how many windows fit -----------------------------------------------------------------------------------


@mistake(
    "You round to the nearest whole number. A window that fits only in part does not count: round down, "
    "also above one half."
)
def _rounded(n, k, p, s, d, mode):
    return counted(n, k, p, s, d, mode, fit=lambda room, span, s: max(0, round((room - span) / s) + 1))


@mistake(_rounded.sentence)
def _rounded_sum(n, k, p, s, d, mode):
    return counted(n, k, p, s, d, mode, fit=lambda room, span, s: max(0, round((room - span) / s + 1)))


@mistake(_rounded.sentence)
def _rounded_half_up(n, k, p, s, d, mode):
    return counted(
        n, k, p, s, d, mode, fit=lambda room, span, s: max(0, (2 * (room - span) + s) // (2 * s) + 1)
    )


@mistake("You round up: that counts a last window which does not fit. Round down before you add 1.")
def _rounded_up(n, k, p, s, d, mode):
    return counted(n, k, p, s, d, mode, fit=lambda room, span, s: max(0, -((span - room) // s) + 1))


@mistake("Your count is no whole number: round the division by the stride down, `//`.")
def _not_rounded(n, k, p, s, d, mode):
    return counted(n, k, p, s, d, mode, fit=lambda room, span, s: max(0, (room - span) / s + 1))


@mistake(
    "You add 1 before you divide by the stride. Windows at 0, s, 2s, … up to m are m // s + 1: the 1 stands "
    "for the first window."
)
def _one_added_first(n, k, p, s, d, mode):
    return counted(n, k, p, s, d, mode, fit=lambda room, span, s: max(0, (room - span + 1) // s))


@mistake("You count one window too few: the first, at place 0, counts too. A kernel of 3 fits into 3 once.")
def _first_missing(n, k, p, s, d, mode):
    return counted(n, k, p, s, d, mode, fit=lambda room, span, s: max(0, (room - span) // s))


@mistake("You count one window too many: one that begins where the last has just room would begin outside.")
def _one_too_many(n, k, p, s, d, mode):
    return counted(n, k, p, s, d, mode, fit=lambda room, span, s: max(0, (room - span + s) // s + 1))


@mistake("Your count is negative where the kernel does not fit. No window is 0 windows.")
def _negative(n, k, p, s, d, mode):
    return counted(n, k, p, s, d, mode, fit=lambda room, span, s: (room - span) // s + 1)


@mistake(_negative.sentence)
def _negative_cut(n, k, p, s, d, mode):
    return counted(n, k, p, s, d, mode, fit=lambda room, span, s: int((room - span) / s + 1))


@mistake("You count at least one window. Where the kernel does not fit, there is none: 0.")
def _one_at_least(n, k, p, s, d, mode):
    return counted(n, k, p, s, d, mode, fit=lambda room, span, s: max(1, (room - span) // s + 1))


@mistake(
    "Where the kernel just fails to fit you count one window: `int(...)` rounds negative numbers up, to 0. "
    "Use //, which rounds down."
)
def _toward_zero(n, k, p, s, d, mode):
    return counted(n, k, p, s, d, mode, fit=lambda room, span, s: max(0, int((room - span) / s) + 1))


@mistake(
    "Where the kernel just fails to fit you count a window, and where it fails by far a negative number: "
    "`int(...)` rounds negative numbers up. No window is 0 windows."
)
def _toward_zero_negative(n, k, p, s, d, mode):
    return counted(n, k, p, s, d, mode, fit=lambda room, span, s: int((room - span) / s) + 1)


@mistake(
    "You take the absolute value where the kernel is too large, or exchange input and kernel. No window is "
    "0 windows."
)
def _absolute(n, k, p, s, d, mode):
    return counted(n, k, p, s, d, mode, fit=lambda room, span, s: abs(room - span) // s + 1)


@mistake("`n` and `k` have changed places: the kernel of `k` weights slides along the `n` numbers.")
def _swapped(n, k, p, s, d, mode):
    return reference(k, n, p, s, d, mode)


# --- the stride ---------------------------------------------------------------------------------------------


@mistake("The stride has no effect: windows begin `s` places apart.")
def _no_stride(n, k, p, s, d, mode):
    return reference(n, k, p, 1, d, mode)


@mistake("You leave `s` places free between neighbouring windows' beginnings. They begin `s` places apart.")
def _stride_as_gap(n, k, p, s, d, mode):
    return reference(n, k, p, s + 1, d, mode)


@mistake(
    "You thin the input out by the stride first. The stride does not touch the input: it chooses at which "
    "places windows begin."
)
def _thinned_out(n, k, p, s, d, mode):
    return reference(-(-n // s), k, p, 1, d, mode)


@mistake(
    "You divide `n` by the stride first. Take the kernel off first, then divide: windows begin `s` apart."
)
def _divided_first(n, k, p, s, d, mode):
    return reference(n // s, k, p, 1, d, mode)


@mistake(
    "Stride and dilation have changed places: `s` moves the window, `d` spreads the weights within the "
    "window."
)
def _stride_and_dilation(n, k, p, s, d, mode):
    return reference(n, k, p, d, s, mode)


# --- the dilation -------------------------------------------------------------------------------------------


@mistake(
    "The dilation has no effect: with weights `d` places apart, the kernel covers d * (k - 1) + 1 places."
)
def _no_dilation(n, k, p, s, d, mode):
    return reference(n, k, p, s, 1, mode)


@mistake(
    "You let the kernel cover d * k places. Between k weights there are k - 1 steps of d: it covers d * (k "
    "- 1) + 1."
)
def _span_of_dk(n, k, p, s, d, mode):
    return counted(n, k, p, s, d, mode, span=lambda k, d: d * k)


@mistake(
    "The kernel covers d * (k - 1) + 1 places: the steps between the weights, and one more for the first."
)
def _span_without_one(n, k, p, s, d, mode):
    return counted(n, k, p, s, d, mode, span=lambda k, d: d * (k - 1))


@mistake("You widen the kernel by d - 1 in all. Each of the k - 1 steps between weights is that much longer.")
def _widened_once(n, k, p, s, d, mode):
    return counted(n, k, p, s, d, mode, span=lambda k, d: k + d - 1)


@mistake(
    "You leave `d` places free between neighbouring weights. They are `d` places apart: with d = 1 there is "
    "none between them."
)
def _holes(n, k, p, s, d, mode):
    return reference(n, k, p, s, d + 1, mode)


@mistake(_holes.sentence)
def _holes_in_span(n, k, p, s, d, mode):
    return counted(n, k, p, s, d, mode, span=lambda k, d: k + (k - 1) * d)


_WINDOWS = MistakeBook.of(
    _rounded,
    _rounded_sum,
    _rounded_half_up,
    _rounded_up,
    _not_rounded,
    _one_added_first,
    _first_missing,
    _one_too_many,
    _negative,
    _negative_cut,
    _one_at_least,
    _toward_zero,
    _toward_zero_negative,
    _absolute,
    _swapped,
    _no_stride,
    _stride_as_gap,
    _thinned_out,
    _divided_first,
    _stride_and_dilation,
    _no_dilation,
    _span_of_dk,
    _span_without_one,
    _widened_once,
    _holes,
    _holes_in_span,
)
MISTAKES = MistakeBook((*_WINDOWS, *MODE_MISTAKES))
