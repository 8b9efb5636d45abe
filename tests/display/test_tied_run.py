"""The explorer of tied weights: its runs, words, pictures and errors, in Python and in the browser."""

import re
from pathlib import Path

import numpy as np
import pytest
from traitlets import TraitError

from lecturelib.display.explorers import TiedRun, canvas, tied_run, tied_still, tied_words
from lecturelib.display.explorers.tied_run import RATES, RULES, compute, largest_rate

TRUE = np.array([1.0, -1, 2])


def by_hand(schedule, start="equal"):
    """Move the copies one number at a time; Adam as its paper has it."""
    x = np.random.default_rng(0).normal(size=20)
    copies = [[0.0] * 3 for _ in range(18)]
    if start == "different":
        copies = np.random.default_rng(1).normal(size=(18, 3)).tolist()
    target = [x[p] - x[p + 1] + 2 * x[p + 2] for p in range(18)]
    losses, memory, last = [], {}, None

    def errors():
        return [sum(copies[p][t] * x[p + t] for t in range(3)) - target[p] for p in range(18)]

    for rule, optimizer, rate in [*schedule, (None, None, None)]:
        error = errors()
        losses.append(0.5 * sum(e * e for e in error))
        if rule is None or losses[-1] > 1e6:
            break
        grads = [[error[p] * x[p + t] for t in range(3)] for p in range(18)]
        if rule in ("sum", "mean"):
            total = [sum(grads[p][t] for p in range(18)) / (1 if rule == "sum" else 18) for t in range(3)]
            grads = [total] * 18
        if optimizer != last:
            memory, last = {"step": 0}, optimizer
        memory["step"] += 1
        for p in range(18):
            for t in range(3):
                g = grads[p][t]
                if optimizer == "Adam":
                    m, v = memory.get((p, t), (0.0, 0.0))
                    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
                    memory[p, t] = m, v
                    n = memory["step"]
                    g = (m / (1 - 0.9**n)) / ((v / (1 - 0.999**n)) ** 0.5 + 1e-8)
                copies[p][t] -= rate * g
        if rule == "average":
            means = [sum(copies[p][t] for p in range(18)) / 18 for t in range(3)]
            copies = [list(means) for _ in range(18)]
    return np.array(losses), np.array(copies)


SCHEDULES = {
    **{f"{rule} {opt} {rate}": [(rule, opt, rate)] * 40 for rule in RULES for opt in ("SGD", "Adam")
       for rate in (0.001, 0.05, 2.0)},
    "four rules": [(rule, "SGD", 0.05) for rule in RULES for _ in range(6)],
    "there and back":
        [("none", "Adam", 0.1)] * 9 + [("sum", "SGD", 0.02)] * 5 + [("average", "Adam", 0.1)] * 9,
    "another rate": [("sum", "Adam", 0.1)] * 9 + [("sum", "Adam", 0.5)] * 5 + [("mean", "Adam", 0.02)] * 5,
    "nothing": [],
}  # fmt: skip


@pytest.mark.parametrize("start", tied_run.STARTS)
@pytest.mark.parametrize("name", SCHEDULES)
def test_runs_are_those_of_plain_loops(name, start):
    run = compute(SCHEDULES[name], start)
    losses, copies = by_hand(SCHEDULES[name], start)
    np.testing.assert_allclose(run.losses, losses, rtol=1e-8, atol=1e-20)
    np.testing.assert_allclose(run.copies, copies, rtol=1e-8, atol=1e-10)
    assert run.distance == pytest.approx(np.linalg.norm(copies.mean(0) - TRUE), rel=1e-6, abs=1e-9)
    spread = max(abs(a - b) for t in range(3) for a in copies[:, t] for b in copies[:, t])
    assert run.spread == pytest.approx(spread, rel=1e-6, abs=1e-9)


def run_of(rule, optimizer="SGD", rate=0.05, steps=60, start="equal"):
    return compute([(rule, optimizer, rate)] * steps, start)


def test_averaging_is_the_mean_gradient_for_sgd_and_not_for_adam():
    mean, average = run_of("mean"), run_of("average")
    np.testing.assert_allclose(mean.copies, average.copies, atol=1e-14)
    shared = compute([("sum", "SGD", 0.05)] * 60)
    slow = compute([("sum", "SGD", 0.05 / 18)] * 60)
    np.testing.assert_allclose(slow.copies, mean.copies, atol=1e-14)
    assert shared.distance < 1e-14 < 0.4 < mean.distance
    assert abs(run_of("mean", "Adam").distance - run_of("average", "Adam").distance) > 1
    np.testing.assert_allclose(
        run_of("sum", "Adam", steps=20).copies, run_of("mean", "Adam", steps=20).copies, atol=1e-5
    )


@pytest.mark.parametrize(
    ("rule", "limit"), [("none", 0.285), ("sum", 0.0894), ("mean", 1.61), ("average", 1.61)]
)
def test_each_rule_diverges_above_its_rate_and_not_below(rule, limit):
    assert largest_rate(rule) == pytest.approx(limit, rel=0.005)
    assert not run_of(rule, rate=0.97 * largest_rate(rule), steps=500).diverged
    fast = run_of(rule, rate=1.2 * largest_rate(rule), steps=500)
    assert fast.diverged
    assert fast.steps < 500
    assert fast.losses[-1] > 1e6 >= fast.losses[-2]
    assert largest_rate("average") == pytest.approx(18 * largest_rate("sum"))


def test_only_averaging_makes_different_copies_equal():
    start = run_of("sum", steps=0, start="different").spread
    for rule in ("sum", "mean"):
        run = run_of(rule, steps=200, start="different")
        assert run.spread == pytest.approx(start)
        assert run.losses[-1] > 10
    assert run_of("average", steps=1, start="different").spread == 0
    assert run_of("average", steps=200, start="different").distance < 0.02


def test_untied_copies_fit_the_outputs_and_miss_the_kernel():
    run = run_of("none", steps=200)
    assert run.losses[-1] < 1e-3
    assert run.distance > 1.8
    assert run.spread > 2


def test_before_is_where_the_last_rule_took_over_whatever_the_rate():
    schedule = [("none", "SGD", 0.05)] * 7 + [("sum", "SGD", 0.05)] * 3 + [("sum", "SGD", 0.02)] * 3
    assert np.array_equal(compute(schedule).before, compute(schedule[:7]).copies)
    assert not compute(schedule[:7]).before.any()


def test_rule_and_rate_act_from_the_next_step_on():
    explorer = TiedRun("none", steps=10)
    first = explorer.run.copies
    explorer.rule, explorer.rate = "sum", 0.02
    assert np.array_equal(explorer.run.copies, first)
    explorer.advance(4)
    assert explorer.segments == [("none", "SGD", 0.05, 10), ("sum", "SGD", 0.02, 4)]
    explorer.advance()
    assert explorer.segments[-1][-1] == 5
    expected = compute([("none", "SGD", 0.05)] * 10 + [("sum", "SGD", 0.02)] * 5)
    assert np.array_equal(explorer.run.copies, expected.copies)


def test_the_page_makes_steps_and_python_hears_of_them():
    explorer = TiedRun()
    explorer.set_state({"rule": "sum", "segments": [["mean", "SGD", 1, 3]], "rate": 1})
    assert explorer.segments == [("mean", "SGD", 1.0, 3)]
    assert (explorer.rule, explorer.run.steps) == ("sum", 3)
    explorer.set_state({"segments": [], "start": "different"})
    assert np.array_equal(explorer.run.copies, tied_run.DIFFERENT)


def test_sentences_say_what_the_numbers_are():
    assert TiedRun().sentence == (
        "After 120 steps, the last 60 by “average” with SGD and rate 0.05, the mean of the 18 copies "
        "lies 0.42 from the true kernel (1, −1, 2), all copies are equal, and the loss is 0.76. "
        "Each makes its own step, then all become their mean: with SGD what “mean” does to equal copies."
    )
    assert TiedRun("none", steps=60).sentence.endswith(
        "lies 1.9 from the true kernel (1, −1, 2), two copies differ by up to 2.2, and the loss is 0.17. "
        "Each copy fits its own output; nothing makes them agree."
    )
    fast = TiedRun("sum", rate=0.1, steps=200)
    assert fast.sentence.startswith("After 27 steps by “sum” with SGD and rate 0.1, ")
    assert fast.sentence.endswith(
        "Diverged: the steps are too large. Choose a rate below 0.089 for “sum” and press Reset."
    )
    assert "their differences stay" in TiedRun("mean", start="different").sentence
    assert "with Adam not what “mean” does" in TiedRun("average", optimizer="Adam").sentence
    none = TiedRun("sum", steps=0, start="different")
    assert none.sentence.startswith("Before the first step, from different copies, the mean")
    assert none.sentence.endswith("and the loss is 62.9. Next: “sum” with SGD and rate 0.05.")
    none.advance()
    none.rate = 1
    assert "After 1 step by “sum”" in none.sentence
    assert none.sentence.endswith(" Next: “sum” with SGD and rate 1.")


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
@pytest.mark.parametrize("rate", [RATES[0], 0.05, RATES[-1]])
@pytest.mark.parametrize("start", tied_run.STARTS)
def test_every_control_at_its_ends(rule, optimizer, rate, start):
    explorer = TiedRun(rule, rate=rate, optimizer=optimizer, start=start, steps=30)
    run = compute([(rule, optimizer, rate)] * 30, start)
    for number in (run.distance, run.losses[-1]):
        assert f" {tied_words.short(number)}" in explorer.sentence
    if not run.spread > 1e-9:
        assert "all copies are equal" in explorer.sentence
    else:
        assert f"differ by up to {tied_words.short(run.spread)}," in explorer.sentence
    assert ("Diverged" in explorer.sentence) == run.diverged
    assert 100 < len(explorer.sentence) <= 400


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (
            {"rule": "median"},
            ValueError,
            "rule must be one of 'none', 'sum', 'mean', 'average'; got 'median'",
        ),
        ({"rule": 3}, TypeError, "'rule' trait .* expected a unicode string"),
        ({"optimizer": "sgd"}, ValueError, "optimizer must be one of 'SGD', 'Adam'; got 'sgd'"),
        ({"start": "random"}, ValueError, "start must be one of 'equal', 'different'; got 'random'"),
        ({"rate": 0.03}, ValueError, r"rate must be one of 0.001, .*, 1.5, 2; got 0.03"),
        ({"rate": "fast"}, TypeError, "'rate' trait .* expected a float"),
        ({"steps": 2.0}, TypeError, "steps must be an integer; got 2.0"),
        ({"steps": -1}, ValueError, "steps must be at least 0; got -1"),
        ({"steps": 1001}, ValueError, "steps must be at most 1000; got 1001"),
    ],
)
def test_wrong_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        TiedRun(**arguments)


def test_wrong_schedules_and_assignments_change_nothing():
    explorer = TiedRun(steps=3)
    before = explorer.segments
    for segments, message in (
        ([("sum", "SGD", 0.05)], r"segments must hold \(rule, optimizer, rate, count\); got \('sum'"),
        ([("sum", "SGD", 0.05, 0)], "count must be at least 1; got 0"),
        ([("all", "SGD", 0.05, 1)], "rule must be one of"),
        ([("sum", "SGD", 0.07, 1)], "rate must be one of"),
        (
            [("sum", "SGD", 0.05, 1500), ("none", "SGD", 0.05, 501)],
            "segments must hold at most 2000 steps; got 2001",
        ),
    ):
        with pytest.raises(ValueError, match=message):
            explorer.segments = segments
    with pytest.raises(TraitError, match="'segments' trait"):
        explorer.segments = 5
    with pytest.raises(ValueError, match="steps must be at least 1; got 0"):
        explorer.advance(0)
    assert explorer.segments == before
    for schedule, message in (
        ([("both", "SGD", 0.1)], "rule must be one of"),
        ([("sum", "Momentum", 0.1)], "optimizer must be one of"),
        ([("sum", "SGD", 0.0)], "rate must be above 0"),
    ):
        with pytest.raises(ValueError, match=message):
            compute(schedule)
    with pytest.raises(ValueError, match="start must be one of"):
        compute([], "zeros")
    with pytest.raises(ValueError, match="rule must be one of"):
        largest_rate("all")


def test_the_still_draws_the_copies_and_the_losses():
    explorer = TiedRun(start="different", steps=50)
    run = explorer.run
    weights, losses = explorer.frame().axes
    colored = [line for line in weights.lines if line.get_color() == canvas.BLUE and line.get_marker() == "o"]
    rings = [line for line in weights.lines if line.get_markeredgecolor() == "#8a8a8a"]
    means = [line for line in weights.lines if line.get_marker() == "D"]
    for tap in range(3):
        assert np.array_equal(colored[tap].get_ydata(), run.copies[:, tap])
        assert np.array_equal(rings[tap].get_ydata(), run.before[:, tap])
        assert means[tap].get_ydata()[0] == pytest.approx(run.copies[:, tap].mean())
    curves = [line for line in losses.lines if len(line.get_xdata()) > 2]
    assert [line.get_color() for line in curves] == [
        tied_still.LOOKS[rule][0] for rule in ("none", "average")
    ]
    for line, (first, last) in zip(curves, ((0, 50), (50, 100)), strict=True):
        assert line.get_xdata().tolist() == list(range(first, last + 1))
        assert np.array_equal(line.get_ydata(), run.losses[first : last + 1])
    assert {text.get_text() for text in losses.texts} >= {"none", "average", "SGD 0.05"}


def test_the_still_shows_what_is_off_the_scale_and_that_it_diverged():
    explorer = TiedRun("none", rate=0.5, steps=60)
    run = explorer.run
    figure = explorer.frame()
    weights, losses = figure.axes
    up = sum(
        len(line.get_xdata())
        for line in weights.lines
        if line.get_marker() == "^" and line.get_color() == canvas.BLUE
    )
    down = sum(
        len(line.get_xdata())
        for line in weights.lines
        if line.get_marker() == "v" and line.get_color() == canvas.BLUE
    )
    assert (up, down) == ((run.copies > 4).sum(), (run.copies < -3).sum())
    assert up + down > 0
    assert "diverged: the steps are too large" in [text.get_text() for text in figure.texts]
    assert losses.get_ylim()[1] > 1e6
    assert len({(look[0], str(look[1]), look[2]) for look in tied_still.LOOKS.values()}) == 4
    for k in range(3):
        assert len({str(look[k]) for look in tied_still.LOOKS.values()}) == 4


def test_the_still_scrolls_after_200_steps():
    _, losses = TiedRun("sum", rate=0.001, steps=330).frame().axes
    assert losses.get_xlim() == (128, 332)
    assert TiedRun("sum", steps=10).frame().axes[1].get_xlim() == (-2, 202)


def test_the_bundle_has_view_still_and_a_stable_sentence():
    first, second = TiedRun()._repr_mimebundle_()[0], TiedRun()._repr_mimebundle_()[0]
    assert "model_id" in first["application/vnd.jupyter.widget-view+json"]
    assert first["text/plain"] == second["text/plain"] == repr(TiedRun())
    assert first["text/html"] == second["text/html"]
    assert len(first["text/html"]) < 90_000


def test_the_script_is_one_self_contained_short_module():
    script = TiedRun._esm
    assert script.count("export default") == 1
    for forbidden in (r"^\s*import\b", r"\bimport\(", r"\bfetch\(", r"https?://", r"\beval\(", r"innerHTML"):
        assert not re.search(forbidden, script, re.MULTILINE), forbidden
    for name in ("tied_run.js", "tied_run_page.js"):
        own = Path(canvas.__file__).parent / name
        assert len(own.read_text(encoding="utf-8").splitlines()) <= 400


def sent(explorer):
    state = explorer.get_state()
    return {name: state[name] for name in ("rule", "optimizer", "rate", "start", "segments", "_data")}


def states():
    """Yield explorers of every rule, optimizer and start, run and changed in many ways."""
    for start in tied_run.STARTS:
        for optimizer in ("SGD", "Adam"):
            for rule in RULES:
                for rate in (0.001, 0.05, 0.5, 2.0):
                    yield TiedRun(rule, rate=rate, optimizer=optimizer, start=start, steps=60)
            mixed = TiedRun(optimizer=optimizer, start=start, steps=9)
            for rule, other, rate in (("sum", "Adam", 0.02), ("none", "SGD", 0.1), ("mean", "Adam", 1.0)):
                mixed.rule, mixed.optimizer, mixed.rate = rule, other, rate
                mixed.advance(13)
            mixed.rate = 0.2
            yield mixed
            yield TiedRun("mean", optimizer=optimizer, start=start, steps=0)
    yield TiedRun("average", steps=1)
    yield TiedRun("none", rate=0.2, steps=1000)
    twice = TiedRun("sum", steps=3)
    twice.segments = [("sum", "SGD", 0.05, 3), ("sum", "SGD", 0.05, 4)]
    yield twice


def test_the_browser_computes_what_python_computes_and_says_it_in_the_same_words(in_node):
    explorers = list(states())
    pictures = in_node(TiedRun, [["tiedPicture", [sent(explorer)]] for explorer in explorers])
    words = in_node(TiedRun, [["tiedWords", [picture]] for picture in pictures])
    for explorer, picture, said in zip(explorers, pictures, words, strict=True):
        run = explorer.run
        for name in ("losses", "copies", "before"):
            np.testing.assert_allclose(picture[name], getattr(run, name), rtol=1e-7, atol=1e-12)
        assert picture["spread"] == pytest.approx(run.spread, abs=1e-12)
        assert (picture["steps"], picture["diverged"]) == (run.steps, run.diverged)
        made = tied_words.segments_made(explorer.segments, run.steps)
        assert [tuple(segment) for segment in picture["made"]] == made
        assert said == explorer.sentence


def test_the_browser_writes_numbers_as_python_does(in_node):
    texts = "0 1e-12 2e-9 0.00042 0.001 0.0996 0.999 1 9.96 99.96 100 1234.4 99999 1e5 3e7 7.3e140"
    values = [float(text) for text in texts.split()]
    assert in_node(TiedRun, [["shortOf", [value]] for value in values]) == [
        tied_words.short(v) for v in values
    ]


def test_one_more_step_in_the_browser_is_one_more_step_in_python(in_node):
    explorer = TiedRun("none", steps=2)
    for rule, rate in (("none", 0.05), ("none", 0.1), ("sum", 0.1), ("sum", 0.1), ("none", 0.1)):
        explorer.rule, explorer.rate = rule, rate
        (segments,) = in_node(TiedRun, [["oneMore", [sent(explorer)]]])
        explorer.advance()
        assert [tuple(segment) for segment in segments] == explorer.segments


@pytest.mark.parametrize("width", [526, 606, 966])
def test_both_plots_and_the_numbers_fit_the_card(in_node, width):
    (places,) = in_node(TiedRun, [["tiedLayout", [width]]])
    weights, losses = places["weights"], places["losses"]
    assert weights["left"] >= 30  # room for the scale
    assert weights["left"] + weights["width"] + 40 <= losses["left"]
    assert losses["left"] + losses["width"] + 10 <= width
    assert weights["top"] + weights["height"] == losses["top"] + losses["height"] <= places["keys"][0] - 30
    assert places["labels"] + 8 <= places["height"]
    assert min(weights["width"], losses["width"]) > 170
