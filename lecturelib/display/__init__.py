"""Pictures, sounds and explorers: arrays in, something to look at, listen to or drag out.

``show``, ``listen`` and ``use_style`` are loaded at once; ``plots`` and ``explorers`` on first use, because
the explorers bring the widget machinery with them.
"""

from importlib import import_module

from lecturelib.display.show import show
from lecturelib.display.sound import listen
from lecturelib.display.style import use_style

__all__ = ["explorers", "listen", "plots", "show", "use_style"]

_LAZY = ("explorers", "plots")


def __getattr__(name: str):
    """Import a sub-package when it is first asked for."""
    if name in _LAZY:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the lazy names too."""
    return sorted({*globals(), *_LAZY})
