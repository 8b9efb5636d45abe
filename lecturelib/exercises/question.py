"""What a question at the end of a lecture is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Question:
    """A question with one right answer.

    Attributes
    ----------
    name : str
        What the notebook calls it.
    answer : int, float, str or tuple
        The right answer.
    because : str
        One sentence that shows how to get it.
    wrong : mapping of answer to str
        What the reader is told for a wrong answer that has a known reason.
    hint : str
        What the reader is told for any other wrong answer.
    """

    name: str
    answer: object
    because: str
    hint: str
    wrong: Mapping[object, str] = field(default_factory=dict)
