"""Problems and answers as JSON and back, without loss: dtypes, shapes, tuples, NaN, names of functions."""

from __future__ import annotations

import math

import numpy as np

from lecturelib.exercises.answers import Answer, Failure, Unreadable
from lecturelib.exercises.functions import NamedFunction

_KINDS = "biufc"


def encode(value: object) -> object:
    """Turn a problem's argument or a settled answer into what JSON can hold.

    Parameters
    ----------
    value : object
        None, Ellipsis, bool, int, float, complex, str, ndarray, tuple or list or dict of these,
        `NamedFunction`, `Unreadable`.

    Raises
    ------
    TypeError
        For anything else: a problem must be made of arrays and JSON.

    Examples
    --------
    >>> encode(np.array([1.5, 2.0], dtype=np.float32))
    {'dtype': 'float32', 'shape': [2], 'data': [1.5, 2.0]}
    """
    if value is None or isinstance(value, bool | str | int) and not isinstance(value, np.generic):
        return value
    if value is Ellipsis:
        return {"ellipsis": True}
    if isinstance(value, float) and not isinstance(value, np.generic):
        return _number(value) if math.isfinite(value) else {"number": _number(value)}
    if isinstance(value, complex) and not isinstance(value, np.generic):
        return {"complex": [_number(value.real), _number(value.imag)]}
    if isinstance(value, np.ndarray | np.generic):
        return _encode_array(np.asarray(value))
    if isinstance(value, tuple):
        return {"tuple": [encode(item) for item in value]}
    if isinstance(value, list):
        return [encode(item) for item in value]
    if isinstance(value, dict):
        return {"dict": {str(key): encode(item) for key, item in value.items()}}
    if isinstance(value, NamedFunction):
        return {"function": value.name}
    if isinstance(value, Unreadable):
        return {"unreadable": value.kind}
    raise TypeError(f"value must be made of arrays and JSON; got {type(value).__name__}")


def decode(data: object) -> object:
    """Rebuild what `encode` was given.

    Parameters
    ----------
    data : object
        What `encode` returned, after a passage through JSON.

    Raises
    ------
    ValueError
        If the data are not of that form.
    """
    if data is None or isinstance(data, bool | int | float | str):
        return data
    if isinstance(data, list):
        return [decode(item) for item in data]
    if "dtype" in data:
        return _decode_array(data)
    ((kind, content),) = data.items() if len(data) == 1 else (("", None),)
    if kind == "tuple":
        return tuple(decode(item) for item in content)
    if kind == "dict":
        return {key: decode(item) for key, item in content.items()}
    if kind == "number":
        return float(content)
    if kind == "complex":
        return complex(*map(float, content))
    if kind == "ellipsis":
        return Ellipsis
    if kind == "function":
        return NamedFunction(content)
    if kind == "unreadable":
        return Unreadable(content)
    raise ValueError(f"data must have been written by encode; got an object with the keys {sorted(data)}")


def _number(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)


def _encode_array(array: np.ndarray) -> dict:
    if array.dtype.kind not in _KINDS:
        raise TypeError(f"value must hold numbers; got an array of {array.dtype}")
    if array.dtype.kind == "c":
        data = [_number(part) for number in array.ravel().tolist() for part in (number.real, number.imag)]
    elif array.dtype.kind == "f":
        data = [_number(number) for number in array.ravel().tolist()]
    else:
        data = array.ravel().tolist()
    return {"dtype": array.dtype.name, "shape": list(array.shape), "data": data}


def _decode_array(data: dict) -> np.ndarray:
    dtype = np.dtype(data["dtype"])
    if dtype.kind not in _KINDS:
        raise ValueError(f"dtype must be one of numbers; got {dtype.name!r}")
    if dtype.kind == "c":
        numbers = np.array([float(number) for number in data["data"]]).reshape(-1, 2)
        flat = (numbers[:, 0] + 1j * numbers[:, 1]).astype(dtype)
    elif dtype.kind == "f":
        flat = np.array([float(number) for number in data["data"]], dtype=dtype)
    else:
        flat = np.array(data["data"], dtype=dtype)
    return flat.reshape(data["shape"])


def encode_answer(answer: Answer) -> dict:
    """Write the value, or the exception's kind; messages and lines belong to the code and stay out."""
    if answer.failure is not None:
        written = {"raises": list(answer.failure.lineage) or [answer.failure.kind]}
        return {**written, "negative_index": True} if answer.failure.negative_index else written
    return {"value": encode(answer.value)}


def decode_answer(data: dict) -> Answer:
    """Rebuild an answer that `encode_answer` wrote."""
    if "raises" in data:
        message = "index -" if data.get("negative_index") else ""
        return Answer(failure=Failure(data["raises"][0], tuple(data["raises"]), message))
    return Answer(decode(data["value"]))
