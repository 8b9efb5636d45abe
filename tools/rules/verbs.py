"""Verbs that titles of lectures use.

A title with none of them is refused; a good verb that is missing is added here.
"""

from __future__ import annotations

import re

WORDS = """
add align apply ask blur borrow break build carry change choose classify combine commute compare
compress compute connect convolve copy count cross cut derive describe design detect divide do drag
draw drop estimate explain explore fail fill filter find fit flip fold follow forget gain get give
go grow guess hear hold ignore inspect join keep know learn leave let listen look lose make map mark
match mean measure meet mix move multiply name need open paint pass pay pick place plan pool predict
prove pull push put reach read rebuild recognise reduce remember repeat replace rotate run save scan
search see select separate set share shift show sketch skip slide smooth solve sort speed spell
split stack start stay stop store subtract sum summarise survive swap take teach tell test think
throw tie trace track train transform translate travel try turn undo unfold unroll use vary visit
walk watch weigh win work write
"""
VERBS = frozenset(WORDS.split())


def stems(word: str) -> set[str]:
    """List what a word may be a form of: "slides" and "sliding" lead to "slide"."""
    found = {
        word,
        word.removesuffix("s"),
        word.removesuffix("es"),
        word.removesuffix("d"),
        word.removesuffix("ed"),
    }
    if word.endswith("ies"):
        found.add(word[:-3] + "y")
    if word.endswith("ing"):
        found |= {word[:-3], word[:-3] + "e"}
    doubled = {stem[:-1] for stem in found if len(stem) > 3 and stem[-1] == stem[-2]}
    return found | doubled


def has_verb(text: str) -> bool:
    """Tell whether a title holds a verb of the list, in any of its forms."""
    return any(stems(word) & VERBS for word in re.findall(r"[a-z]+", text.lower()))
