"""A pytest plugin: a kernel that dies while it starts is started again.

Two kernels that start at once sometimes choose the same port, and one of them dies. That says nothing about
the notebook. Used as ``pytest -p tools.patient_kernels --nbval``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

ATTEMPTS = 3


def patiently(start: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that calls `start`, anew when it raises RuntimeError, three times at most."""

    def started(*arguments: Any, **options: Any) -> Any:
        for _ in range(ATTEMPTS - 1):
            try:
                return start(*arguments, **options)
            except RuntimeError:
                continue
        return start(*arguments, **options)

    return started


def pytest_configure() -> None:
    """Let nbval start its kernels patiently."""
    from nbval import kernel

    kernel.start_new_kernel = patiently(kernel.start_new_kernel)
