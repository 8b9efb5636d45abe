"""The controls of an explorer: what each may be set to, and how it is labelled."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from numbers import Integral
from typing import Any


@dataclass(frozen=True)
class Slider:
    """A whole number in a range.

    Parameters
    ----------
    name : str
        Its name in ``explorer.values``.
    label : str
        What stands beside it.
    minimum, maximum, value : int
        Range (both ends included) and default.
    unit : str
        Unit of the value, shown after the number ("samples", "degrees").
    play : int
        Milliseconds between steps of the Play button; 0 for no such button.
    first : int
        What is shown at the value 0: an index that does not begin at 0.
    """

    name: str
    label: str
    minimum: int
    maximum: int
    value: int
    unit: str = ""
    play: int = 0
    first: int = 0

    def check(self, value: Any) -> int:
        """Return `value` as an int inside the range; raise TypeError for another kind, ValueError outside."""
        if isinstance(value, bool) or not isinstance(value, Integral):
            raise TypeError(f"{self.name} must be an integer, got {value!r}")
        if not self.minimum <= value <= self.maximum:
            raise ValueError(f"{self.name} must lie between {self.minimum} and {self.maximum}, got {value}")
        return int(value)

    def nearest(self, value: Any) -> int:
        """Return the allowed value nearest to `value`, or the default where it is no integer."""
        if isinstance(value, bool) or not isinstance(value, Integral):
            return self.value
        return min(max(int(value), self.minimum), self.maximum)

    def description(self) -> dict[str, Any]:
        """Return what the front end needs, as plain JSON."""
        return {"kind": "slider", **asdict(self)}


@dataclass(frozen=True)
class Choice:
    """One of a few words.

    Parameters
    ----------
    name, label : str
        As for `Slider`.
    options : tuple of str
        What can be chosen.
    value : str
        The default.
    """

    name: str
    label: str
    options: tuple[str, ...]
    value: str

    def check(self, value: Any) -> str:
        """Return `value`; raise ValueError unless it is one of the options."""
        if not isinstance(value, str) or value not in self.options:
            raise ValueError(f"{self.name} must be one of {', '.join(self.options)}, got {value!r}")
        return value

    def nearest(self, value: Any) -> str:
        """Return `value` where it is an option, else the default."""
        return value if isinstance(value, str) and value in self.options else self.value

    def description(self) -> dict[str, Any]:
        """Return what the front end needs, as plain JSON."""
        return {"kind": "choice", **asdict(self), "options": list(self.options)}


@dataclass(frozen=True)
class Switch:
    """On or off.

    Parameters
    ----------
    name, label : str
        As for `Slider`.
    value : bool
        The default.
    """

    name: str
    label: str
    value: bool

    def check(self, value: Any) -> bool:
        """Return `value`; raise TypeError unless it is a bool."""
        if not isinstance(value, bool):
            raise TypeError(f"{self.name} must be True or False, got {value!r}")
        return value

    def nearest(self, value: Any) -> bool:
        """Return `value` where it is a bool, else the default."""
        return value if isinstance(value, bool) else self.value

    def description(self) -> dict[str, Any]:
        """Return what the front end needs, as plain JSON."""
        return {"kind": "switch", **asdict(self)}


@dataclass(frozen=True)
class Stops:
    """One of a few whole numbers, chosen by a slider that stops at no others.

    Parameters
    ----------
    name, label : str
        As for `Slider`.
    stops : tuple of int
        The numbers, ascending; the distance between them may vary.
    value : int
        The default, one of them.
    unit, play
        As for `Slider`.
    """

    name: str
    label: str
    stops: tuple[int, ...]
    value: int
    unit: str = ""
    play: int = 0

    def check(self, value: Any) -> int:
        """Return `value` as an int; raise TypeError for another kind, ValueError unless it is a stop."""
        if isinstance(value, bool) or not isinstance(value, Integral):
            raise TypeError(f"{self.name} must be an integer, got {value!r}")
        if value not in self.stops:
            raise ValueError(f"{self.name} must be one of {', '.join(map(str, self.stops))}, got {value}")
        return int(value)

    def nearest(self, value: Any) -> int:
        """Return the stop nearest to `value`, or the default where it is no integer."""
        if isinstance(value, bool) or not isinstance(value, Integral):
            return self.value
        return min(self.stops, key=lambda stop: abs(stop - int(value)))

    def description(self) -> dict[str, Any]:
        """Return what the front end needs, as plain JSON."""
        return {"kind": "stops", **asdict(self), "stops": list(self.stops)}


Control = Slider | Stops | Choice | Switch
