"""A kernel that dies while it starts is started again, and one that always dies is not hidden."""

import pytest

from tools.patient_kernels import ATTEMPTS, patiently, pytest_configure


class Start:
    """A kernel's start that fails so many times before it succeeds."""

    def __init__(self, failures, error=RuntimeError):
        self.calls, self.failures, self.error = [], failures, error

    def __call__(self, *arguments, **options):
        self.calls.append((arguments, options))
        if len(self.calls) <= self.failures:
            raise self.error(f"Kernel died, {len(self.calls)}")
        return "kernel"


@pytest.mark.parametrize("failures", range(ATTEMPTS))
def test_it_is_started_again_with_the_same_arguments(failures):
    start = Start(failures)
    assert patiently(start)(60, kernel_name="python3") == "kernel"
    assert start.calls == [((60,), {"kernel_name": "python3"})] * (failures + 1)


def test_one_that_always_dies_says_so_and_other_errors_are_not_tried_again():
    start = Start(99)
    with pytest.raises(RuntimeError, match=f"Kernel died, {ATTEMPTS}"):
        patiently(start)()
    start = Start(99, KeyError)
    with pytest.raises(KeyError):
        patiently(start)()
    assert len(start.calls) == 1


def test_nbval_starts_its_kernels_through_it(monkeypatch):
    from nbval import kernel

    start = Start(1)
    monkeypatch.setattr(kernel, "start_new_kernel", start)
    pytest_configure()
    assert kernel.start_new_kernel() == "kernel"
    assert len(start.calls) == 2
