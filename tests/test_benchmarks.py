"""`make bench`: what it measures is right, and what it says of it too. How fast anything is, no test says."""

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import __main__ as program
from benchmarks import measure, ours, peers, tables, training
from benchmarks.cases import BOTH, CASES, COMPARED, DTYPES, FORWARD, ConvCase, PoolCase, TrainingCase
from lecturelib import conv
from lecturelib.operators.algorithms.plan import ALGORITHMS
from lecturelib.operators.conv import conv_backward

ROOT = Path(__file__).resolve().parent.parent
KEYS = {"group", "shape", "dtype", "pass", "method", "ours_ms", "peers", "peak_fraction", "auto"}

SMALL = [
    ConvCase("dense", "strided", (2, 3, 7, 6), (4, 3, 3, 2), stride=2, padding=1),
    ConvCase("dense", "winograd", (2, 3, 7, 6), (4, 3, 3, 3), padding=1),
    ConvCase("dense", "groups", (2, 4, 6, 5), (6, 2, 3, 3), padding=1, groups=2),
    ConvCase("audio", "audio", (1, 1, 30), (1, 1, 5), padding=2),
    ConvCase("image", "image", (1, 1, 9, 8), (1, 1, 3, 3), padding=1),
]
RATES = dict.fromkeys(DTYPES, 1e9)


def row(shape="vgg", ms=2.0, *, method="im2col", auto=True, dtype="float32", passes=FORWARD, **others):
    return tables.Row("dense", shape, dtype, passes, method, auto, ms, others, 0.5, 1e-7)


# What is measured


def test_the_shapes_are_those_that_were_agreed():
    x, w = ({case.shape: getattr(case, name) for case in CASES if case.group == "dense"} for name in "xw")
    assert list(x) == ["lenet1", *COMPARED, "depthwise31"]
    assert (x["stem"], w["stem"]) == ((4, 3, 224, 224), (64, 3, 7, 7))
    assert (x["depthwise31"], w["depthwise31"]) == ((4, 32, 64, 64), (32, 1, 31, 31))
    assert COMPARED == ("lenet2", "small1", "small2", "vgg", "stem", "pointwise", "depthwise")
    outputs = {case.shape: case.output for case in CASES if isinstance(case, ConvCase)}
    assert outputs["lenet2"] == (10, 10) and outputs["stem"] == (112, 112)
    assert outputs["image k127"] == (512, 512) and outputs["audio k401"] == (160_000,)


def test_multiply_adds_by_hand():
    assert SMALL[0].output == (4, 4)
    assert SMALL[0].multiply_adds == 2 * (4 * 4) * 4 * (3 * 3 * 2)
    assert SMALL[2].multiply_adds == 2 * (6 * 5) * 6 * (2 * 3 * 3)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("passes", [FORWARD, BOTH])
@pytest.mark.parametrize("case", SMALL, ids=lambda case: case.shape)
def test_every_contender_computes_the_definition(case, passes, dtype):
    x, w, b, dy = (a.astype(float) for a in case.arrays(dtype))
    definition = [conv(x, w, b, **case.options, method="direct")]
    if passes == BOTH:
        definition += conv_backward(dy, x, w, **case.options, method="direct")
    everybody = list(ours.conv_contenders(case, dtype, passes))
    if passes == FORWARD or not case.is_signal:
        everybody += peers.contenders(case, dtype, passes)
    else:  # what is for plain arrays has no gradient
        everybody = [c for c in everybody if not c.name.startswith("convolve")]
    for contender in everybody:
        off = measure.error(contender.run(), definition)
        assert off < (1e-5 if dtype == "float32" else 1e-12), contender.name
    assert measure.error(ours.conv_reference(case, passes, dtype), definition) < 1e-12
    assert {c.auto for c in everybody if c.ours} == {True, False}
    assert not any(c.auto for c in everybody if not c.ours)


def test_the_peers_are_those_that_can_do_it():
    def names(case, dtype="float64", passes=FORWARD):
        return {c.name for c in peers.contenders(case, dtype, passes)} - {"torch", "onnxruntime"}

    strided, _, groups, _, image = SMALL
    assert names(strided) == names(strided, passes=BOTH) == {"textbook"}
    assert names(groups) == set()
    assert names(image) == {"scipy fft", "scipy oaconvolve", "scipy direct", "scipy ndimage"}
    large = next(case for case in CASES if case.shape == "image k31")
    assert names(large) == {"scipy fft", "scipy oaconvolve"}


@pytest.mark.parametrize("kind", ["max", "avg"])
def test_pools_by_hand(kind):
    case = PoolCase("pooling", "by hand", kind, (1, 1, 4, 4), 2, 2)
    x, dy = case.arrays("float64")
    blocks = x.reshape(2, 2, 2, 2).swapaxes(1, 2).reshape(2, 2, 4)
    y, dx = ours.pool_contender(case, "float64", BOTH).run()
    np.testing.assert_allclose(y[0, 0], blocks.max(2) if kind == "max" else blocks.mean(2), rtol=1e-15)
    assert dx.sum() == pytest.approx(dy.sum())
    for passes in (FORWARD, BOTH):
        reference = ours.pool_reference(case, passes, "float32")
        for contender in peers.contenders(case, "float32", passes):
            assert measure.error(contender.run(), reference) < 1e-6, contender.name


@pytest.mark.slow
def test_lenet_learns_and_everybody_takes_the_same_steps():
    pytest.importorskip("lecturelib.networks.layers")
    case = TrainingCase(images=128, batch=16)
    (expected,) = training.reference(case)
    assert len(expected) == 8
    for contender in training.contenders(case, "float64"):
        first, *_ = contender.run()
        np.testing.assert_allclose(first, expected, rtol=1e-9)
        second, *_ = contender.run()
        assert second.mean() < first.mean(), "an epoch goes on from the last one"


def test_without_layers_the_training_is_not_measured(monkeypatch):
    monkeypatch.setitem(sys.modules, "lecturelib.networks.layers", None)
    assert list(program.measured(TrainingCase().tiny(), RATES, 1, 0.0)) == []


def test_peers_that_are_not_installed_are_left_out(monkeypatch):
    monkeypatch.setattr(peers, "find_spec", lambda name: None)
    assert peers.missing() == {"torch": "torch", "onnxruntime": "onnxruntime and onnx"}
    assert set(peers.versions()) == {"numpy", "scipy"}
    rows = list(program.measured(SMALL[0], RATES, 1, 0.0))
    assert {name for r in rows for name in r.peers} == {"textbook"}
    assert "-" in tables.table(rows)
    assert (
        list(program.measured(PoolCase("pooling", "p", "max", (1, 1, 4, 4), 2, 2), RATES, 1, 0.0))[0].peers
        == {}
    )


# How it is measured


def contender(name, value=0.0):
    return measure.Contender(name, lambda: (np.array([value]),))


def test_everybody_takes_turns_and_the_median_counts():
    order, clocked = [], {"a": iter([1, 9, 2, 3]), "b": iter([5, 4, 8, 6])}

    def clock(run, times):
        order.append(run.name)
        return next(clocked[run.name])

    class Named(list):
        """A call that carries the name of who makes it."""

        def __init__(self, name):
            self.name = name

    both = [measure.Contender(name, Named(name)) for name in "ab"]
    assert measure.medians(both, rounds=3, budget=1.0, clock=clock) == [3, 6]
    assert "".join(order) == "ab" * 4


def test_who_is_hopelessly_slow_gets_one_turn():
    seconds = iter([1.0, 100.0, 2.0, 2.0, 2.0])
    times = measure.medians(
        [contender("a"), contender("b")], rounds=3, budget=0.01, clock=lambda run, times: next(seconds)
    )
    assert times == [2.0, 100.0]


def test_the_clock_counts_calls():
    calls = []
    assert measure.processor_ms(lambda: calls.append(0), 5) >= 0
    assert len(calls) == 5


def test_errors_are_relative_to_the_largest_value():
    reference = [np.array([3.0, -4.0]), np.array([0.5])]
    assert measure.error(([3.0, -4.4], [0.5]), reference) == pytest.approx(0.1)
    assert measure.error(([3.0, -4.0], [0.6]), reference) == pytest.approx(0.2)
    assert math.isnan(measure.error(([np.nan, -4.0], [0.6]), reference))
    with pytest.raises(ValueError, match=r"expected shape \(2,\); got \(1,\)"):
        measure.error(([3.0], [0.5]), reference)
    with pytest.raises(ValueError, match="longer"):
        measure.error(([3.0, -4.0],), reference)


@pytest.mark.parametrize("value", [1.001, np.nan])
def test_what_is_wrong_is_not_timed(value):
    assert measure.checked_error(contender("right", 1.0), [np.array([1.0])], "float32") == 0
    with pytest.raises(RuntimeError, match="wrong is off by"):
        measure.checked_error(contender("wrong", value), [np.array([1.0])], "float32")


def test_the_program_starts_anew_in_the_pinned_environment(monkeypatch):
    started = []

    def run(command, env, check):
        started.append((command[1:], env))
        return subprocess.CompletedProcess(command, 3)

    monkeypatch.setattr(measure.subprocess, "run", run)
    monkeypatch.delenv("MALLOC_TRIM_THRESHOLD_", raising=False)
    assert measure.in_pinned_environment(["--quick"]) == 3
    ((command, env),) = started
    assert command == ["-m", "benchmarks", "--quick"]
    for name, value in env.items() & measure.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    assert measure.in_pinned_environment(["--quick"]) is None
    assert len(started) == 1


# What is said of it


def test_geometric_mean():
    assert tables.geometric_mean([0.5, 2.0]) == pytest.approx(1)
    assert tables.geometric_mean(iter([1.0, 8.0, 1.0])) == pytest.approx(2)
    for bad in ([], [1.0, 0.0]):
        with pytest.raises(ValueError, match="positive"):
            tables.geometric_mean(bad)


def test_a_row_has_exactly_the_promised_keys():
    stored = row(torch=4.00004, textbook=1.0).as_json()
    assert set(stored) == KEYS
    assert stored["peers"] == {"torch": 4.0, "textbook": 1.0}
    assert (stored["pass"], stored["auto"], stored["method"]) == (FORWARD, True, "im2col")


def test_a_table_names_the_choice_the_ratios_and_the_other_methods():
    peers_ms = {"torch": 4.0, "scipy fft": 8.0, "scipy direct": 10.0, "textbook": 1.0}
    rows = [row(**peers_ms), row(ms=1.5, method="winograd", auto=False), row(ms=9, method="fft", auto=False)]
    rows.append(row(ms=7, method="shifted", auto=False, passes=BOTH))
    head, line = tables.table(rows).splitlines()
    columns = ["ms", "torch", "/torch", "/scipy", "best peer", "/best", "peak", "error"]
    starts = [head.index(f" {name} ") + 1 for name in columns]
    cells = [line[a:b].strip() for a, b in zip(starts, starts[1:], strict=False)]
    assert cells == ["2.00", "4.00", "0.50", "0.25", "textbook 1.00", "2.00", "0.50"]
    assert line.startswith("vgg") and "im2col" in line
    assert line.endswith("winograd 0.75, fft 4.50")


def test_the_comparison_takes_the_choices_of_the_seven_layers():
    rows = [row(shape, torch=4.0) for shape in COMPARED[1:]]
    assert "float32 forward          -" in tables.comparison(rows)
    rows += [row(COMPARED[0], 6.0, torch=4.0), row(COMPARED[0], 99, auto=False, torch=4.0)]
    rows += [row("lenet1", 99.0, torch=4.0), row(COMPARED[0], 99.0, passes=BOTH, torch=4.0)]
    mean = (0.5**6 * 1.5) ** (1 / 7)
    assert f"float32 forward          {mean:.2f}, at most 1.50 (lenet2)" in tables.comparison(rows)
    assert "float64 forward+backward -" in tables.comparison(rows)


def test_rows_of_a_case_share_their_peers_and_count_the_work():
    rows = list(program.measured(SMALL[0], RATES, 1, 0.0))
    assert {(r.dtype, r.passes) for r in rows} == {(d, p) for d in DTYPES for p in (FORWARD, BOTH)}
    for r in rows:
        work = 2 * SMALL[0].multiply_adds * (3 if r.passes == BOTH else 1)
        assert r.peak_fraction == pytest.approx(work / (r.ours_ms / 1e3) / 1e9)
        assert "textbook" in r.peers
    chosen = [r for r in rows if r.auto]
    assert len(chosen) == 4
    assert all(any(o.method == r.method and not o.auto for o in rows) for r in chosen)


def test_options_are_read():
    with pytest.raises(SystemExit):
        program.main(["--rounds", "0"])
    with pytest.raises(SystemExit):
        program.main(["--only", "cellar"])


@pytest.mark.slow
def test_a_quick_run_writes_rows(tmp_path):
    out = tmp_path / "rows.json"
    finished = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", "--out", out],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert finished.returncode == 0, finished.stderr
    rows = json.loads(out.read_text(encoding="utf-8"))
    groups = {"dense", "image", "audio", "volume", "pooling", "training"}
    assert groups - {"training"} <= {r["group"] for r in rows} <= groups
    for r in rows:
        assert set(r) == KEYS
        assert r["ours_ms"] > 0 and all(ms > 0 for ms in r["peers"].values())
        assert (r["peak_fraction"] is None) == (r["group"] in ("pooling", "training"))
        assert f"\n{r['group']}\n" in finished.stdout and r["method"] in finished.stdout
    assert {r["dtype"] for r in rows} == set(DTYPES)
    # All strings come from closed sets: nothing tells whose machine it was.
    assert {r["shape"] for r in rows} <= {case.shape for case in CASES}
    methods = {*ALGORITHMS, "convolve direct", "convolve fft", "max_pool", "avg_pool", "layers"}
    assert {r["method"] for r in rows} <= methods
    scipy = {"scipy fft", "scipy oaconvolve", "scipy direct", "scipy ndimage"}
    assert {name for r in rows for name in r["peers"]} <= {"torch", "onnxruntime", "textbook", *scipy}
