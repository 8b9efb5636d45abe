"""The anatomy of a lecture: how it opens, what its sections carry, how it closes."""

from __future__ import annotations

import re

from tools.notebook import CLOSING, Notebook, Section, code_lines, spans, tags
from tools.rules import LECTURE, Findings, rule
from tools.rules.verbs import has_verb
from tools.slides import shows_figure

SETUP_LINES = 8
CORE_MINUTES = 60
CORE_QUESTIONS = 12
OPENING = ("What you'll do", "What you'll learn", "What you'll need")
BULLET = re.compile(r"^(?:[-*+]|\d+\.)\s+\S", re.MULTILINE)
DOI = re.compile(r"\b10\.\d{4,9}/\S+")
SOURCE = re.compile(r"\b10\.\d{4,9}/\S+|\bISBN\b|https?://")
STATED_MINUTES = re.compile(r"\b(\d+)\s*min")


def straight(text: str) -> str:
    """Return a text with straight apostrophes."""
    return text.replace("’", "'")


def markdown_in(notebook: Notebook, part: Section) -> str:
    """Return the Markdown of a section, its heading line and the lecturer's notes left out."""
    cells = [cell for cell in notebook.cells[part.start : part.stop] if cell.cell_type == "markdown"]
    text = "\n\n".join(cell.source for cell in cells if "notes" not in tags(cell))
    return text.split("\n", 1)[1] if "\n" in text else ""


def questions_in(notebook: Notebook, part: Section) -> list[int]:
    """List the numbers of a section's question cells."""
    return [n for n in range(part.start, part.stop) if "question" in tags(notebook.cells[n])]


def before_sections(notebook: Notebook) -> range:
    """List the numbers of the cells before the first ``##``."""
    return range(notebook.sections[0].start if notebook.sections else len(notebook.cells))


def first_before_sections(notebook: Notebook, wanted: str) -> int | None:
    """Return the number of the first opening cell that holds a text, None when there is none."""
    for number in before_sections(notebook):
        cell = notebook.cells[number]
        if cell.cell_type == "markdown" and wanted.lower() in straight(cell.source).lower():
            return number
    return None


def picture(notebook: Notebook) -> int | None:
    """Return the number of the opening picture's cell: the first before the sections that shows a figure."""
    for number in before_sections(notebook):
        cell = notebook.cells[number]
        drawn = cell.cell_type == "code" and shows_figure(cell.source)
        if drawn or (cell.cell_type == "markdown" and "![" in cell.source):
            return number
    return None


def setups(notebook: Notebook) -> list[int]:
    """List the numbers of the cells tagged "setup"."""
    return [number for number, cell in notebook.code() if "setup" in tags(cell)]


@rule()
def title(notebook: Notebook) -> Findings:
    """Begin the first cell with the only ``#`` heading."""
    first = notebook.cells[0].source if notebook.cells else ""
    if not first.startswith("# "):
        yield 0, "the first cell must be Markdown that begins with the title, '# …'"
    tops = [heading for heading in notebook.headings if heading.level == 1]
    if len(tops) > 1:
        yield tops[1].cell, f"a notebook has one '#' heading; this has {len(tops)}"


@rule(*LECTURE)
def title_verb(notebook: Notebook) -> Findings:
    """Say in the title what happens: it holds a verb."""
    tops = [heading for heading in notebook.headings if heading.level == 1]
    if tops and not has_verb(tops[0].text):
        yield (
            tops[0].cell,
            f"no verb known to tools/rules/verbs.py in the title {tops[0].text!r}; add yours there",
        )


@rule(*LECTURE)
def opening_picture(notebook: Notebook) -> Findings:
    """State the idea in one picture, before the set-up and before the opening words."""
    where = picture(notebook)
    setup = setups(notebook)
    words = first_before_sections(notebook, OPENING[0])
    if where is None:
        yield None, "no opening picture: call show(figure, sentence) between the title and the set-up"
    elif setup and where > setup[0]:
        yield where, "the opening picture must come before the set-up cell"
    elif words is not None and where > words:
        yield where, f"the opening picture must come before {OPENING[0]!r}"


@rule(*LECTURE)
def opening_words(notebook: Notebook) -> Findings:
    """Say what the reader will do, learn and need, in this order, before the set-up."""
    text = straight("\n".join(notebook.cells[n].source for n in before_sections(notebook))).lower()
    places = [text.find(label.lower()) for label in OPENING]
    for label, place in zip(OPENING, places, strict=True):
        if place < 0:
            yield None, f"the opening lacks {label!r}"
    if -1 not in places and places != sorted(places):
        yield None, f"the opening must say, in this order: {', '.join(OPENING)}"
    last, setup = first_before_sections(notebook, OPENING[2]), setups(notebook)
    if last is not None and setup and last > setup[0]:
        yield last, "the opening words must come before the set-up cell"


@rule(*LECTURE)
def setup_cell(notebook: Notebook) -> Findings:
    """Have one set-up cell of at most 8 lines, before the first section."""
    found = setups(notebook)
    if len(found) != 1:
        yield None, f"a lecture has exactly one code cell tagged 'setup'; this has {len(found)}"
    for number in found:
        lines = code_lines(notebook.cells[number])
        if lines > SETUP_LINES:
            yield number, f"the set-up has {lines} lines, the limit is {SETUP_LINES}"
        if number not in before_sections(notebook):
            yield number, "the set-up must come before the first '##'"


@rule(*LECTURE)
def section_tags(notebook: Notebook) -> Findings:
    """Tag every teaching section's heading cell core or further, and begin the cell with the heading."""
    for part in notebook.sections:
        own = set(tags(notebook.cells[part.start])) & {"core", "further"}
        if len(own) != 1 and not (part.closing and not own):
            yield part.start, f"tag the cell of {part.heading.text!r} 'core' or 'further' (one of them)"
        if not notebook.cells[part.start].source.startswith("## "):
            yield part.start, f"{part.heading.text!r} must be the first line of its cell"


@rule(*LECTURE)
def section_minutes(notebook: Notebook) -> Findings:
    """End every teaching section's title with its minutes."""
    for part in notebook.sections:
        if part.heading.minutes is None and not part.closing:
            yield part.start, f"end the title {part.heading.text!r} with its minutes, as in '(8 min)'"


def minutes_of(notebook: Notebook, track: str) -> int:
    """Add up a track's minutes; closing sections that state minutes count as core unless tagged."""
    return sum(part.heading.minutes or 0 for part in notebook.sections if (part.track or "core") == track)


@rule(*LECTURE)
def core_minutes(notebook: Notebook) -> Findings:
    """Keep the core within an hour."""
    total = minutes_of(notebook, "core")
    if total > CORE_MINUTES:
        yield None, f"the core takes {total} minutes, the limit is {CORE_MINUTES}"


@rule(*LECTURE)
def stated_minutes(notebook: Notebook) -> Findings:
    """State in the opening the sum of the core's minutes and that of the further ones."""
    text = "\n".join(notebook.cells[n].source for n in before_sections(notebook))
    stated = {int(number) for number in STATED_MINUTES.findall(text)}
    for track in ("core", "further"):
        total = minutes_of(notebook, track)
        if total and total not in stated:
            yield (
                None,
                f"the {track} sections add up to {total} min; the opening states {sorted(stated) or 'none'}",
            )


@rule(*LECTURE)
def core_questions(notebook: Notebook) -> Findings:
    """Ask a dozen questions in the core at most, and at least one in each of its sections."""
    core = [part for part in notebook.sections if part.track == "core" and not part.closing]
    total = sum(len(questions_in(notebook, part)) for part in core)
    if total > CORE_QUESTIONS:
        yield None, f"the core asks {total} questions, the limit is {CORE_QUESTIONS}"
    for part in core:
        if not questions_in(notebook, part):
            yield (
                part.start,
                f"core section {part.heading.title!r} asks nothing: tag a Markdown cell 'question'",
            )


@rule(*LECTURE)
def question_answered(notebook: Notebook) -> Findings:
    """Ask a question before the code that answers it, in the same section."""
    for number, cell in enumerate(notebook.cells):
        if "question" not in tags(cell):
            continue
        part = notebook.section_of(number)
        stop = part.stop if part else len(notebook.cells)
        if cell.cell_type != "markdown":
            yield number, "the tag 'question' belongs on Markdown"
        elif not any(later.cell_type == "code" for later in notebook.cells[number + 1 : stop]):
            yield number, "no code cell after this question in its section: what answers it?"


@rule(*LECTURE)
def question_notes(notebook: Notebook) -> Findings:
    """Tell the lecturer the expected wrong answers, in a notes cell after each question."""
    asked = [n for part in notebook.sections if not part.closing for n in questions_in(notebook, part)]
    for number in asked:
        later = [n for n in asked if n > number]
        stop = min([notebook.section_of(number).stop, *later[:1]])
        if not any("notes" in tags(cell) for cell in notebook.cells[number + 1 : stop]):
            yield (
                number,
                "no cell tagged 'notes' after this question: which wrong answers are to be expected?",
            )


@rule(*LECTURE)
def closing_order(notebook: Notebook) -> Findings:
    """Close with the six closing sections, in order, and teach nothing after them."""
    found = [part.closing for part in notebook.sections if part.closing]
    for name in CLOSING:
        if name not in found:
            yield None, f"no section '## {name}'"
    present = [name for name in CLOSING if name in found]
    if found != present:
        yield None, f"closing sections must be {', '.join(present)}, each once; they are {', '.join(found)}"
    first = next((part.start for part in notebook.sections if part.closing), None)
    for part in notebook.sections:
        if first is not None and part.start > first and not part.closing:
            yield part.start, f"{part.heading.title!r} comes after the closing sections began"


@rule(*LECTURE)
def misconceptions(notebook: Notebook) -> Findings:
    """Name two to four misconceptions, a ``###`` each, each confronted by a cell."""
    part = notebook.closing("Misconceptions")
    if part is None:
        return
    heads = [h.cell for h in notebook.headings if h.level == 3 and part.start <= h.cell < part.stop]
    if not 2 <= len(heads) <= 4:
        yield part.start, f"two to four misconceptions ('###' each) are wanted; here are {len(heads)}"
    for start, stop in spans(heads, part.stop):
        if not any(cell.cell_type == "code" for cell in notebook.cells[start:stop]):
            yield start, "no code cell confronts this misconception"


@rule(*LECTURE)
def check_yourself(notebook: Notebook) -> Findings:
    """Ask three to six questions, each followed by a cell that can judge the answer."""
    part = notebook.closing("Check yourself")
    if part is None:
        return
    asked = questions_in(notebook, part)
    if not 3 <= len(asked) <= 6:
        yield part.start, f"three to six cells tagged 'question' are wanted; here are {len(asked)}"
    for start, stop in spans(asked, part.stop):
        if stop != part.stop and not any(cell.cell_type == "code" for cell in notebook.cells[start:stop]):
            yield start, "no code cell after this question judges the answer"


@rule(*LECTURE)
def lessons_learned(notebook: Notebook) -> Findings:
    """List three to five lessons as bullets."""
    part = notebook.closing("Lessons learned")
    if part is not None and not 3 <= (count := len(BULLET.findall(markdown_in(notebook, part)))) <= 5:
        yield part.start, f"three to five bullets are wanted; here are {count}"


@rule(*LECTURE)
def closing_filled(notebook: Notebook) -> Findings:
    """Say something in the fine print and in Next."""
    for name in ("The fine print", "Next"):
        part = notebook.closing(name)
        if part is not None and not markdown_in(notebook, part).strip():
            yield part.start, f"{name!r} is empty"


@rule(*LECTURE)
def references(notebook: Notebook) -> Findings:
    """List references that can be found (DOI, ISBN or address), at least one by its DOI."""
    part = notebook.closing("References")
    if part is None:
        return
    text = markdown_in(notebook, part)
    starts = [found.start() for found in BULLET.finditer(text)]
    entries = [text[start:stop] for start, stop in spans(starts, len(text))]
    if not DOI.search(text):
        yield part.start, "no reference carries a DOI ('10.…/…')"
    for entry in entries:
        if not SOURCE.search(entry):
            yield part.start, f"no DOI, ISBN or address in {entry.strip()[:60]!r}"
