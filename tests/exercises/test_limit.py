"""A function that never ends is stopped, and the report says so."""

import importlib
import signal
import threading
import time

import pytest

from lecturelib.exercises import check
from lecturelib.exercises.limit import time_limit

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no alarm")


def forever(*_):
    while True:
        time.sleep(0.01)


def test_the_block_is_stopped_and_the_alarm_put_back():
    before = signal.getsignal(signal.SIGALRM)
    start = time.monotonic()
    with pytest.raises(TimeoutError, match="no answer after 0.2 seconds"), time_limit(0.2):
        forever()
    assert time.monotonic() - start < 5
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    with time_limit(0.05):
        pass
    time.sleep(0.1)  # an alarm that was left on would ring here


def test_no_limit_where_none_can_be_set():
    with time_limit(None):
        time.sleep(0.01)
    outcome = []

    def elsewhere():
        with time_limit(0.01):
            time.sleep(0.05)
        outcome.append("finished")

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert outcome == ["finished"]


def test_an_alarm_of_somebody_else_is_left_alone():
    rang = []
    before = signal.signal(signal.SIGALRM, lambda *_: rang.append(True))
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        with time_limit(0.01):
            time.sleep(0.3)
        assert rang == [True]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_a_check_ends_and_says_after_how_long(monkeypatch, toy):
    monkeypatch.setattr(importlib.import_module("lecturelib.exercises.check"), "PATIENCE", 0.2)
    slow_for_large = lambda x: forever() if x.size > 4 else 2 * x  # noqa: E731
    start = time.monotonic()
    report = check(toy(), slow_for_large)
    assert time.monotonic() - start < 60
    assert 0 < report.score < 1
    assert "no answer after 0.2 seconds" in report.diagnosis
