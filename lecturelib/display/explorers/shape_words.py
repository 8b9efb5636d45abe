"""What the shape explorer says: a few words for each column, the formulas of one stage, and the sentence."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lecturelib.display.explorers.shape_pipeline import Network, Passed, Pipeline, Stage


def column_words(number: int, stage: Stage, through: Pipeline) -> tuple[dict[str, str], dict[str, float]]:
    """Return the words of each row of a stage's column, and its shares of parameters and multiply-adds.

    Parameters
    ----------
    number : int
        0 for the input.
    stage : Stage
        What stands there.
    through : Pipeline
        The network on its input.

    Returns
    -------
    tuple of dict
        Words by row, and "parameters" and "work" from 0 to 1, empty where the stage does not fit.
    """
    words = {"name": f"{number} {stage.kind}" if number else "input", "what": _what(stage)}
    if number >= len(through.passed):
        first = number == len(through.passed)
        words |= {"shape": "does not fit" if first else "no input"}
        return words | dict.fromkeys(("parameters", "work", "sees"), "–"), {}
    seen = through.passed[number]
    words |= {
        "shape": "×".join(map(str, seen.shape)),
        "parameters": f"{seen.parameters:,}" if number else "",
        "work": f"{seen.multiply_adds:,}" if number else "",
        "sees": _sees(seen, "×") if number else "",
    }
    shares = _shares(seen, through)
    return words, dict(zip(("parameters", "work"), shares, strict=True))


def _what(stage: Stage) -> str:
    window = f"{stage.size}×{stage.size}"
    step = f", stride {stage.stride}"
    return {"input": "", "conv": f"{stage.maps} of {window}", "pool": window + step, "dense": "all inputs"}[
        stage.kind
    ]


def _sees(seen: Passed, times: str = " × ") -> str:
    return "all" if seen.field is None else f"{seen.field}{times}{seen.field}"


def _shares(seen: Passed, through: Pipeline) -> tuple[float, float]:
    """Return the stage's shares of all parameters and of all multiply-adds."""
    return seen.parameters / (through.parameters or 1), seen.multiply_adds / (through.multiply_adds or 1)


def _size_formula(stage: Stage, side: int, out: int) -> str:
    return f"⌊({side} − {stage.size}) / {stage.stride}⌋ + 1 = {out}"


def _refusal(network: Network, through: Pipeline) -> str:
    """Say which stage does not fit."""
    number = len(through.passed)
    stage, side = network.stages[number - 1], through.passed[-1].shape[1]
    window = f"its window of {stage.size} × {stage.size} is larger than its input of {side} × {side}"
    return f"Stage {number} does not fit: {window}, by {through.missing}."


def _remedy(network: Network) -> str:
    least = network.least()
    return f"The smallest input that fits all stages is {least} × {least}."


def details(network: Network, chosen: int, through: Pipeline) -> tuple[str, str, list[str]]:
    """Return the large number, what it is, and at most four lines that stand beside it.

    Parameters
    ----------
    network : Network
        Its stages.
    chosen : int
        The stage to look at, 0 for the input.
    through : Pipeline
        The network on its input.

    Returns
    -------
    tuple of (str, str, list of str)
    """
    what = "the input" if chosen == 0 else f"stage {chosen}"
    if chosen >= len(through.passed):
        begin, end = _refusal(network, through).split(": ")
        return "no output", what, [f"{begin}:", end, _remedy(network)]
    seen = through.passed[chosen]
    large = " × ".join(map(str, seen.shape[-2:])) if len(seen.shape) > 1 else str(seen.shape[0])
    if chosen == 0:
        lines = [f"{large} = {seen.shape[1] ** 2:,} numbers"]
    else:
        lines = _stage_lines(network.stages[chosen - 1], through.passed[chosen - 1].shape, seen, through)
    if through.missing:
        lines = [*lines[:3], _refusal(network, through)]
    return large, what, lines


def _stage_lines(stage: Stage, given: tuple[int, ...], seen: Passed, through: Pipeline) -> list[str]:
    parameters, work = _shares(seen, through)
    last = f"a unit sees {_sees(seen)} inputs; those of its neighbour lie {seen.jump} further (the jump)"
    if stage.kind == "dense":
        each = "·".join(map(str, given))
        return [
            f"size: {stage.maps} units, each of which reads all {prod(given):,} numbers",
            f"parameters: {stage.maps} · ({each} + 1) = {seen.parameters:,}, {parameters:.1%} of all",
            f"multiply-adds: {stage.maps} · {each} = {seen.multiply_adds:,}, {work:.1%} of all",
            "a unit sees the whole input",
        ]
    formula = f"size: {_size_formula(stage, given[1], seen.shape[1])}"
    if seen.unread:
        formula += (
            f"; the last {'row' if seen.unread == 1 else f'{seen.unread} rows'} and columns are not read"
        )
    if stage.kind == "pool":
        return [formula, _kept(stage, given[1], seen.shape[1]), "no parameters, no multiply-adds", last]
    window = f"{stage.size}·{stage.size}·{stage.reads}"
    out = f"{seen.shape[1]}·{seen.shape[1]}·{stage.maps}"
    formula += f"; each map reads {stage.reads} of {given[0]}" if stage.reads < given[0] else ""
    return [
        formula,
        f"parameters: {stage.maps} · ({window} + 1) = {seen.parameters:,}, {parameters:.1%} of all",
        f"multiply-adds: {out} · {window} = {seen.multiply_adds:,}, {work:.1%} of all",
        last,
    ]


def _kept(stage: Stage, side: int, out: int) -> str:
    """Say which outputs of stride 1 remain, counted from 1."""
    places = [1 + stage.stride * n for n in range(out)]
    names = ", ".join(map(str, places)) if out < 4 else f"{places[0]}, {places[1]}, …, {places[-1]}"
    where = f"place{'s' * (out > 1)} {names}"
    return f"the same as with stride 1, {side - stage.size + 1}, of which {where} stay{'s' * (out == 1)}"


def sentence_of(values: Mapping[str, Any], network: Network, through: Pipeline) -> str:
    """Say in words and numbers what the picture shows for these values of the controls.

    Parameters
    ----------
    values : dict
        Network, size and stage.
    network : Network
        The network of this name.
    through : Pipeline
        The network on its input.

    Returns
    -------
    str
    """
    chosen, size = values["stage"], values["size"]
    start = f"{values['network']}, input {size} × {size}. "
    end = f" {_refusal(network, through)}" if through.missing else ""
    if chosen >= len(through.passed):
        later = "" if chosen == len(through.passed) else f" Stage {chosen} gets no input."
        return f"{start.strip()}{end}{later} {_remedy(network)}"
    seen = through.passed[chosen]
    if chosen == 0:
        return f"{start}These are {size**2:,} numbers.{end}"
    stage, given = network.stages[chosen - 1], through.passed[chosen - 1].shape
    parameters, work = _shares(seen, through)
    shape = " × ".join(map(str, seen.shape)) + " units" * (stage.kind == "dense")
    window = f"{stage.size} × {stage.size}"
    formula = "" if stage.kind == "dense" else f"{_size_formula(stage, given[1], seen.shape[1])}, so "
    name = {
        "conv": f"{stage.maps} convolutions of {window}",
        "pool": f"pooling {window} with stride {stage.stride}",
        "dense": "a dense layer",
    }[stage.kind]
    costs = (
        f"{seen.parameters:,} parameters ({parameters:.1%} of all), "
        f"{seen.multiply_adds:,} multiply-adds ({work:.1%})"
    )
    costs = "no parameters, no multiply-adds" if stage.kind == "pool" else costs
    rest = f"; {costs}; a unit sees {'everything' if seen.field is None else _sees(seen)}."
    return f"{start}Stage {chosen}, {name}: {formula}{shape}{'.' if through.missing else rest}{end}"
