"""A report as an HTML card that reads the same on a light and a dark page."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lecturelib.exercises.report import Case, Report

# The card brings its own background: text colours of a dark page must not fall on it. Contrast is at least
# 7:1.
_STYLE = (
    "box-sizing:border-box;max-width:52em;margin:.4em 0;padding:.8em 1em;border:1px solid "
    "#8a94a0;border-left:6px {edge};border-radius:4px;background:#fbfcfd;color:#1c2430;font:15px/1.5 "
    "system-ui,sans-serif;text-align:left"
)
_EDGES = {"passed": "solid #0b6e4f", "not yet": "dashed #9a4a00", "not attempted": "dotted #4a5563"}
_WORDS = {"passed": "Passed", "not yet": "Not yet", "not attempted": "Not attempted"}
_CODE = "font:13px/1.5 ui-monospace,monospace;background:#eef1f4;color:#1c2430;padding:0 .25em"
_CELL = (
    "text-align:left;vertical-align:top;padding:.1em .8em .1em 0;background:#fbfcfd;color:#1c2430;border:0"
)


def card(report: Report) -> str:
    """Write a report as HTML.

    Parameters
    ----------
    report : Report
        The report; everything in it is escaped.

    Returns
    -------
    str
        One element with its own colours, no script and no id; the same text on every run.
    """
    right = sum(case.right for case in report.cases)
    counted = f", {right} of {len(report.cases)} cases right" if report.cases else ""
    title = f'<code style="{_CODE}">{escape(report.name)}</code>'
    parts = [f'<div style="font-weight:600">{_WORDS[report.status]}: {title}{counted}</div>']
    if report.diagnosis:
        parts.append(f'<p style="margin:.5em 0">{_prose(report.diagnosis)}</p>')
    if report.first_wrong is not None:
        parts.append(_first_difference(report.first_wrong))
    parts.extend(f'<p style="margin:.5em 0">{_prose(note)}</p>' for note in report.notes)
    if not report.passed:
        parts.extend(_folded(f"Hint {place}", _prose(hint)) for place, hint in enumerate(report.hints, 1))
    if report.status != "not attempted" and report.cases:
        parts.append(_folded(f"All {len(report.cases)} cases", _all_cases(report.cases)))
    style = _STYLE.format(edge=_EDGES[report.status])
    label = escape(f"Check of {report.name}", quote=True)
    return f'<div role="group" aria-label="{label}" style="{style}">{"".join(parts)}</div>'


def _prose(text: str) -> str:
    """Escape, and set what stands between backticks as code."""
    return re.sub(r"`([^`]+)`", rf'<code style="{_CODE}">\1</code>', escape(text))


def _first_difference(case: Case) -> str:
    rows = "".join(
        f'<tr style="background:#fbfcfd"><th scope="row" style="{_CELL};font-weight:600">{escape(title)}</th>'
        f'<td style="{_CELL}"><code style="{_CODE}">{escape(text)}</code></td></tr>'
        for title, text in case.details
    )
    table = (
        f'<table style="border-collapse:collapse;margin:.3em 0;border:0;font:inherit">{rows}</table>'
        if rows
        else ""
    )
    return (
        f'<div style="margin:.5em 0"><strong>First difference</strong>, {escape(case.label)}: '
        f"{_prose(case.remark)}.{table}</div>"
    )


def _folded(title: str, body: str) -> str:
    return (
        f'<details style="margin:.3em 0"><summary style="cursor:pointer">{escape(title)}</summary>'
        f'<div style="margin:.2em 0 .2em 1em">{body}</div></details>'
    )


def _all_cases(cases: tuple[Case, ...]) -> str:
    items = "".join(f"<li>{_verdict(case)}</li>" for case in cases)
    return f'<ol style="margin:0;padding-left:1.6em">{items}</ol>'


def _verdict(case: Case) -> str:
    label = escape(case.label)
    if case.right:
        return f"right: {label}"
    return (
        f"<strong>wrong</strong>: {label} ({_prose(case.remark)})"
        if case.written
        else f"not written yet: {label}"
    )
