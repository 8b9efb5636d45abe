"""What is stored: outputs of one run from top to bottom, pictures with alt text, nothing of the machine."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from tools import slides
from tools.normalise import WIDGET_STATE, WIDGET_VIEW, dumps
from tools.notebook import Notebook, tags, text_of
from tools.rules import LECTURE, Findings, rule
from tools.slides import outside_definitions, parsed

MEGABYTES = 1.5
NOTES, NOTES_END = "<details><summary>For the lecturer: answers to expect</summary>\n\n", "\n\n</details>"
DATA_URI = re.compile(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=\s]+")
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
HOME = re.compile(r"(?<![\w.:/~-])/(?:home|root|Users|tmp|private|var|mnt|srv|opt|usr|workspace\w*)/\w")
FILE = re.compile(r"(?<![\w.:/~-])/(?:[\w.-]+/)+[\w.-]+\.(?:py|ipynb|so|json|csv|png|npz|toml)\b")
DRIVE = re.compile(r"(?<!\w)[A-Za-z]:\\\\?\w+\\")
EMOJI = re.compile(
    "[\U0001f000-\U0001faff\ufe0f\u2705\u274c\u274e\u2728\u2753-\u2757\u2795-\u2797\u2b50\u2b55\u26a1\u231a\u231b]"
)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
IMAGE = re.compile(r"!\[([^\]]*)\]\(")
UNCHECKED = {"nbval-skip", "skip-execution", "raises-exception", "nbval-raises-exception"}
VARYING = re.compile(r"\btime|perf_counter|%time|process_time|seconds|bench|race|\bfit\(")
SHOWING = {"print", "show", "listen", "display", "check"}


def outputs(notebook: Notebook) -> Iterator[tuple[int, Any]]:
    """Yield every stored output with its cell's number."""
    for number, cell in notebook.code():
        for output in cell.outputs:
            yield number, output


def strings(value: Any, *, skip: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield every string inside a value; entries named in ``skip`` are passed over."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in skip:
                yield from strings(item, skip=skip)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item, skip=skip)


@rule()
def executed_in_order(notebook: Notebook) -> Findings:
    """Execute code cells once each, from top to bottom."""
    for expected, (number, cell) in enumerate(notebook.code(), start=1):
        if cell.execution_count != expected:
            yield (
                number,
                f"execution count is {cell.execution_count}, expected {expected}: run python -m tools.build",
            )
            return


def prints(source: str) -> bool:
    """Tell whether running a cell must leave an output: it calls print, show …, or ends in a bare value."""
    body = parsed(source).body
    for node in outside_definitions(ast.Module(body=body, type_ignores=[])):
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) in SHOWING:
            return True
    last = body[-1] if body else None
    if not isinstance(last, ast.Expr) or source.rstrip().endswith(";"):
        return False
    nothing = isinstance(last.value, ast.Constant) and last.value.value is None
    return slides.shows_figure(source) or not (isinstance(last.value, ast.Call) or nothing)


@rule()
def outputs_stored(notebook: Notebook) -> Findings:
    """Store the output of what prints; strict nbval passes over a cell that has none."""
    for number, cell in notebook.code():
        if prints(cell.source) and not cell.outputs:
            yield number, "this cell prints or shows something, but no output is stored"


def first_line(output: Any) -> str:
    """Return what JupyterLab puts beside the handle of a folded output: its first line that is not empty."""
    text = text_of(output.get("text", output.get("data", {}).get("text/html", "")))
    return next((line for line in text.split("\n") if line), "")


@rule(*LECTURE)
def folded_preview(notebook: Notebook) -> Findings:
    """Give nothing away beside a fold: an answer begins with a line that ends in a colon."""
    for number, cell in enumerate(notebook.cells):
        if cell.metadata.get("jupyter", {}).get("outputs_hidden"):
            line = first_line(cell.outputs[0]).strip() if cell.outputs else ""
            if line and not line.endswith(":"):
                yield (
                    number,
                    f"the folded answer shows {line[:60]!r}: print a line that ends in a colon first",
                )


@rule(*LECTURE)
def notes_folded(notebook: Notebook) -> Findings:
    """Fold the lecturer's notes in the text itself: a folded cell opens when a reader runs it."""
    for number, cell in enumerate(notebook.cells):
        if "notes" in tags(cell) and not (cell.source.startswith(NOTES) and cell.source.endswith(NOTES_END)):
            yield number, f"a note begins with {NOTES!r} and ends with {NOTES_END!r}"


@rule()
def no_error_output(notebook: Notebook) -> Findings:
    """Store no traceback."""
    for number, output in outputs(notebook):
        if output.output_type == "error":
            yield number, f"a stored {output.ename}: {output.evalue}"


@rule()
def no_stderr(notebook: Notebook) -> Findings:
    """Store no warning or progress bar (nbgrader takes any for a wrong answer)."""
    for number, output in outputs(notebook):
        if output.output_type == "stream" and output.name == "stderr":
            yield number, f"output on stderr: {text_of(output.text).strip()[:80]!r}"


@rule()
def no_image_output(notebook: Notebook) -> Findings:
    """Store pictures as HTML with alt text, not as images without."""
    for number, output in outputs(notebook):
        for kind in output.get("data", {}):
            if kind.startswith("image/"):
                yield number, f"{kind} has no alt text: use show(figure, sentence) of lecturelib.display"


@rule()
def no_address(notebook: Notebook) -> Findings:
    """Print no object's address, nor a widget's."""
    for number, output in outputs(notebook):
        text = text_of(output.get("data", {}).get("text/plain", output.get("text", "")))
        if found := ADDRESS.search(text):
            yield (
                number,
                f"the output holds an address, {found.group()}: give the object a __repr__ or print a number",
            )


class _Images(HTMLParser):
    """Collects the alt text (None where there is none) of every ``<img>``."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.alts: list[str | None] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an image's alt text."""
        if tag == "img":
            self.alts.append(dict(attrs).get("alt"))


@rule()
def alt_text(notebook: Notebook) -> Findings:
    """Say in words what is to be seen in every picture."""
    pieces = [(number, cell.source) for number, cell in notebook.markdown()]
    pieces += [
        (n, text_of(o.data["text/html"])) for n, o in outputs(notebook) if "text/html" in o.get("data", {})
    ]
    for number, text in pieces:
        if "<img" in text and not all((alt or "").strip() for alt in _Images(text).alts):
            yield number, "an <img> without alt text"
    for number, cell in notebook.markdown():
        if any(not alt.strip() for alt in IMAGE.findall(cell.source)):
            yield number, "a Markdown picture without alt text: ![a sentence](…)"


@rule()
def widgets_stored(notebook: Notebook) -> Findings:
    """Store a displayed widget's state, so that a page without a kernel shows it."""
    state = notebook.node.metadata.get("widgets", {}).get(WIDGET_STATE, {}).get("state", {})
    for number, output in outputs(notebook):
        view = output.get("data", {}).get(WIDGET_VIEW)
        if view and view["model_id"] not in state:
            yield number, "a displayed widget without stored state: run python -m tools.build"


@rule()
def unique_ids(notebook: Notebook) -> Findings:
    """Give every cell an id of its own."""
    counts = Counter(cell.get("id") for cell in notebook.cells)
    for number, cell in enumerate(notebook.cells):
        if not cell.get("id") or counts[cell.id] > 1:
            yield number, f"cell id {cell.get('id')!r} is missing or used twice"


@rule()
def file_size(notebook: Notebook) -> Findings:
    """Keep a notebook to 1.5 MB."""
    megabytes = len(dumps(notebook.node).encode()) / 1e6
    if megabytes > MEGABYTES:
        yield None, f"{megabytes:.2f} MB, the limit is {MEGABYTES} MB"


@rule()
def no_machine_path(notebook: Notebook) -> Findings:
    """Mention no absolute path of the machine it was run on."""
    places: list[tuple[int | None, Any]] = [
        (number, [cell.source, cell.get("outputs", [])]) for number, cell in enumerate(notebook.cells)
    ]
    places.append((None, notebook.node.metadata))
    for number, value in places:
        for text in strings(value, skip=("buffers", "_esm", "_css")):
            plain = DATA_URI.sub("", text)
            found = HOME.search(plain) or FILE.search(plain) or DRIVE.search(plain)
            if found:
                yield number, f"an absolute path: …{plain[found.start() : found.start() + 40]!r}"


@rule()
def no_emoji(notebook: Notebook) -> Findings:
    """Use no emoji, in sources or outputs."""
    for number, cell in enumerate(notebook.cells):
        for text in strings([cell.source, cell.get("outputs", [])]):
            if found := EMOJI.search(text):
                yield number, f"an emoji, U+{ord(found.group()):04X}"


@rule()
def links(notebook: Notebook) -> Findings:
    """Link to files that are there."""
    for number, cell in notebook.markdown():
        for target in LINK.findall(cell.source):
            file = target.split("#")[0]
            if re.match(r"[a-z]+:", target) or not file:
                continue
            if not (notebook.path.parent / file).exists():
                yield number, f"the link to {target!r} leads nowhere"


@rule()
def heading_levels(notebook: Notebook) -> Findings:
    """Go down one level of headings at a time."""
    level = 0
    for heading in notebook.headings:
        if heading.level > level + 1:
            yield heading.cell, f"{heading.text!r} is level {heading.level} below level {level}"
        level = heading.level


@rule()
def slide_types(notebook: Notebook) -> Findings:
    """Store the derived slide types."""
    for number, sentence in slides.stale(notebook.cells):
        yield number, f"{sentence}: run python -m tools.build"


@rule()
def compared(notebook: Notebook) -> Findings:
    """Compare every output: only a cell that measures time or trains may carry "nbval-ignore-output".

    A training in single precision ends a little differently on another processor.
    """
    for number, cell in notebook.code():
        for tag in sorted(set(tags(cell)) & UNCHECKED):
            yield number, f"the tag {tag!r} leaves this cell untested"
        if "nbval-ignore-output" in tags(cell) and not VARYING.search(cell.source):
            yield number, "only a cell that measures time or trains may carry 'nbval-ignore-output'"
