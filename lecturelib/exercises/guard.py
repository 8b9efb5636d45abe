"""Functions that may not be called raise while a question is asked, and say why."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from types import CodeType, FunctionType


class MayNotCall(RuntimeError):
    """Raised by a function that the exercise forbids."""


def ways_to(module: str, *names: str) -> tuple[str, ...]:
    """List the dotted names under which functions of one of the library's modules are found.

    Parameters
    ----------
    module : str
        Where they are defined, for instance ``"operators.conv"``.
    *names : str
        Of the functions.

    Returns
    -------
    tuple of str
        Each name in the library itself, in its module, and in every package on the way.

    Examples
    --------
    >>> ways_to("operators.conv", "conv")
    ('lecturelib.conv', 'lecturelib.operators.conv', 'lecturelib.operators.conv.conv')
    """
    homes = list(accumulate(["lecturelib", *module.split(".")], "{}.{}".format))
    return tuple(f"{home}.{name}" for name in names for home in homes)


@contextmanager
def forbid(names: Sequence[str], function: Callable, because: str = "") -> Iterator[list[str]]:
    """Replace functions by ones that raise, and put them back whatever happens.

    Parameters
    ----------
    names : sequence of str
        Dotted names, for instance ``"numpy.convolve"``.
    function : callable
        The student's function: the same objects are also replaced in its globals and closure, where
        ``from numpy import convolve`` has put them.
    because : str
        The reason, as a sentence.

    Yields
    ------
    list of str
        Grows by a name at each forbidden call, so that a call inside ``try … except`` is seen as well.

    Notes
    -----
    A module that nobody has imported is imported only if the function mentions its package: a check must not
    load SciPy for a student who does not use it. Not thread-safe: it changes modules while it is open.
    """
    called: list[str] = []
    if not names:
        yield called
        return
    undo: list[tuple[Callable, object, object]] = []
    try:
        for holder_set, original, replacement in _replacements(names, function, because, called):
            undo.append((holder_set, original, replacement))
            holder_set(replacement)
        yield called
    finally:
        for holder_set, original, _ in reversed(undo):
            holder_set(original)


def _replacements(
    names: Sequence[str], function: Callable, because: str, called: list[str]
) -> Iterator[tuple]:
    """Yield (setter, original, replacement) for every place that holds a forbidden function."""
    mentioned = _mentioned(function)
    forbidden: dict[int, tuple[object, Callable]] = {}
    for name in names:
        module_name, _, attribute = name.rpartition(".")
        module = _module(module_name, mentioned)
        original = getattr(module, attribute, None)
        if original is None or isinstance(getattr(original, "forbidden_as", None), str):
            continue  # absent here, or replaced already under another name
        if id(original) not in forbidden:
            forbidden[id(original)] = (original, _refusal(name, because, called))
        yield _attribute_setter(module, attribute), original, forbidden[id(original)][1]
    for setter, value in _places(function):
        if id(value) in forbidden and forbidden[id(value)][0] is value:
            yield setter, value, forbidden[id(value)][1]


def _refusal(name: str, because: str, called: list[str]) -> Callable:
    def refuse(*_args: object, **_kwargs: object) -> None:
        called.append(name)
        raise MayNotCall(f"{name} may not be called in this exercise. {because}".strip())

    refuse.forbidden_as = name
    return refuse


def _module(name: str, mentioned: set[str]) -> object | None:
    if name in sys.modules:
        return sys.modules[name]
    if name.partition(".")[0] not in mentioned:
        return None
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def _attribute_setter(module: object, attribute: str) -> Callable:
    return lambda value: setattr(module, attribute, value)


def _key_setter(table: dict, key: str) -> Callable:
    return lambda value: table.__setitem__(key, value)


def _cell_setter(cell: object) -> Callable:
    return lambda value: setattr(cell, "cell_contents", value)


def _python_function(function: object) -> FunctionType | None:
    function = getattr(function, "__func__", function)  # a bound method
    while not isinstance(function, FunctionType) and hasattr(function, "func"):  # functools.partial
        function = function.func
    return function if isinstance(function, FunctionType) else None


def _places(function: Callable) -> Iterator[tuple[Callable, object]]:
    """Yield (setter, value) for the names and closures that the student's function sees."""
    plain = _python_function(function)
    if plain is None:
        return
    for key, value in list(plain.__globals__.items()):
        yield _key_setter(plain.__globals__, key), value
    for cell in plain.__closure__ or ():
        try:
            yield _cell_setter(cell), cell.cell_contents
        except ValueError:  # a cell that is still empty
            continue


def _mentioned(function: Callable) -> set[str]:
    """Names that the function and the functions beside it in the notebook use."""
    plain = _python_function(function)
    if plain is None:
        return set()
    found: set[str] = set()
    waiting: list[CodeType] = [plain.__code__]
    seen: set[CodeType] = set()
    while waiting:
        code = waiting.pop()
        if code in seen:
            continue
        seen.add(code)
        found.update(part for name in code.co_names for part in name.split("."))
        waiting.extend(constant for constant in code.co_consts if isinstance(constant, CodeType))
        helpers = (plain.__globals__.get(name) for name in code.co_names)
        waiting.extend(helper.__code__ for helper in helpers if isinstance(helper, FunctionType))
    return found
