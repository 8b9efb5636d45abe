"""What a check found, for the reader, the gradebook and the tests."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from numbers import Real

from lecturelib.exercises.judges import Difference


@dataclass(frozen=True, eq=False)
class Case:
    """One problem's outcome.

    Parameters
    ----------
    label : str
        How the case is called.
    right : bool
        Whether the answer counts.
    remark : str
        What is wrong with it, as a sentence without a full stop; empty if nothing is.
    details : tuple of (str, str)
        Lines such as ``("x", "[1, 2, 3]")``, ``("expected", "[1, 3, 6]")``, ``("got", "[1, 3, 5]")``.
    difference : Difference or None
        The first difference, where there is one.
    effort : tuple of (bool, int)
        How hard it is to follow by hand: whether fractions occur, and how many numbers there are.
    written : bool
        False where the function says that this case is not written yet.
    """

    label: str
    right: bool
    remark: str = ""
    details: tuple[tuple[str, str], ...] = ()
    difference: Difference | None = None
    effort: tuple[bool, int] = (False, 0)
    written: bool = True


@dataclass(frozen=True, eq=False)
class Report:
    """The outcome of a check.

    Parameters
    ----------
    name, title : str
        The exercise.
    status : str
        ``"passed"``, ``"not yet"`` or ``"not attempted"``.
    score : float
        Share of the cases that are right, 0 to 1; 1 only if passed.
    diagnosis : str or None
        What is wrong, where that is known.
    mistake : str or None
        Name of the classic mistake, if it is one.
    cases : tuple of Case
        One for each problem.
    hints : tuple of str
        Shown folded up while the exercise is not passed.
    notes : tuple of str
        Remarks that cost no points.
    """

    name: str
    title: str
    status: str
    score: float
    diagnosis: str | None = None
    mistake: str | None = None
    cases: tuple[Case, ...] = ()
    hints: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every case is right."""
        return self.status == "passed"

    @property
    def first_wrong(self) -> Case | None:
        """The wrong case that is easiest to follow by hand, among those that are written."""
        wrong = (case for case in self.cases if case.written and not case.right)
        return min(wrong, key=lambda case: case.effort, default=None)

    @property
    def headline(self) -> str:
        """The outcome in one sentence."""
        if self.status == "not attempted":
            return f"{self.name}: not attempted yet."
        right = sum(case.right for case in self.cases)
        counted = f"{right} of {len(self.cases)} cases right" if self.cases else "nothing could be asked"
        return f"{self.name}: {'passed' if self.passed else 'not yet'}, {counted}."

    def points(self, maximum: float) -> float:
        """Display the report and give the points earned.

        Parameters
        ----------
        maximum : float
            What the exercise is worth; finite, not negative.

        Returns
        -------
        float
            A plain Python float: `maximum` if passed, else the share of right cases, rounded down to cents.

        Raises
        ------
        TypeError, ValueError
            If `maximum` is no number, or negative or not finite.
        """
        if isinstance(maximum, bool) or not isinstance(maximum, Real):
            raise TypeError(f"maximum must be a number of points; got {type(maximum).__name__}")
        if not math.isfinite(maximum) or maximum < 0:
            raise ValueError(f"maximum must be finite and not negative; got {float(maximum)}")
        shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
        if shell is not None:
            from IPython.display import display

            display(self)
        if self.passed:
            return float(maximum)
        return float(math.floor(100 * float(maximum) * float(self.score)) / 100)

    def __repr__(self) -> str:
        """Write the report as text."""
        lines = [self.headline]
        if self.diagnosis:
            lines.append(self.diagnosis)
        wrong = self.first_wrong
        if wrong is not None:
            lines.append(f"First difference, {wrong.label}: {wrong.remark}.")
            lines.extend(f"    {title:<8} = {text}" for title, text in wrong.details)
        return "\n".join([*lines, *self.notes])

    def _repr_html_(self) -> str:
        """Write the report as a card."""
        from lecturelib.exercises.card import card

        return card(self)
