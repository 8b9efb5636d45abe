"""What code cells may hold: little, about the thing being taught, nothing fetched or plotted by hand."""

from __future__ import annotations

import ast
import re
from statistics import median

from tools.notebook import Notebook, claims, code_lines, tags
from tools.rules import LECTURE, Findings, rule
from tools.slides import outside_definitions, parsed

CELL_LINES = 15
SOLUTION_LINES = 30
MEDIAN_LINES = 8
WORDS_PER_LINE = 10
NOT_PROSE = re.compile(r"```.*?```|~~~.*?~~~|\$\$.*?\$\$|<[^>]+>|\]\([^)]*\)", re.DOTALL)
INLINE = re.compile(r"\$[^$\n]+\$|`[^`\n]+`")
WORD = re.compile(r"[^\W\d_][\w'’-]*")
INSTALL = re.compile(r"^\s*[!%]+\s*(?:\S*python\S*\s+-m\s+)?(?:pip|conda|mamba|uv)\b", re.MULTILINE)
FETCHERS = {"urllib", "requests", "httpx", "pooch", "wget", "gdown", "ftplib", "aiohttp"}
FETCH_CALL = re.compile(r"^fetch_|^urlretrieve$|^urlopen$|^download")


def solution(cell: object) -> bool:
    """Tell whether nbgrader takes a cell for a student's answer."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


@rule()
def code_parses(notebook: Notebook) -> Findings:
    """Write Python in code cells, and leave none empty."""
    for number, cell in notebook.code():
        if not cell.source.strip():
            yield number, "empty code cell"
        elif not parsed(cell.source).body:
            yield number, "this is not Python (or nothing but comments)"


@rule()
def code_length(notebook: Notebook) -> Findings:
    """Keep code cells to 15 lines; an exercise's answer may have 30."""
    for number, cell in notebook.code():
        limit = SOLUTION_LINES if solution(cell) else CELL_LINES
        if (lines := code_lines(cell)) > limit:
            yield number, f"{lines} lines of code, the limit is {limit}"


@rule(*LECTURE)
def code_median(notebook: Notebook) -> Findings:
    """Keep half the code cells to 8 lines."""
    lines = [code_lines(cell) for _, cell in notebook.code()]
    if lines and median(lines) > MEDIAN_LINES:
        yield None, f"the median code cell has {median(lines):g} lines, the limit is {MEDIAN_LINES}"


def prose_words(notebook: Notebook) -> int:
    """Count the words that a reader reads; a formula or a piece of code in a sentence is one word."""
    texts = [cell.source for _, cell in notebook.markdown() if "notes" not in tags(cell)]
    return sum(len(WORD.findall(INLINE.sub(" word ", NOT_PROSE.sub(" ", text)))) for text in texts)


@rule(*LECTURE)
def prose_to_code(notebook: Notebook) -> Findings:
    """Write at least 10 words of prose to a line of code."""
    words, lines = prose_words(notebook), sum(code_lines(cell) for _, cell in notebook.code())
    if words < WORDS_PER_LINE * lines:
        yield (
            None,
            f"{words} words to {lines} lines of code: {words / lines:.1f} a line, wanted {WORDS_PER_LINE}",
        )


@rule()
def no_plot_definition(notebook: Notebook) -> Findings:
    """Import plots; never define one in a notebook."""
    for number, cell in notebook.code():
        for node in ast.walk(parsed(cell.source)):
            if isinstance(node, ast.FunctionDef) and node.name.startswith(("plot_", "draw_")):
                yield number, f"def {node.name}: put it in lecturelib.display.plots"


@rule()
def no_install(notebook: Notebook) -> Findings:
    """Install nothing from a notebook."""
    for number, cell in notebook.code():
        if INSTALL.search(cell.source):
            yield number, "no pip, conda or uv in a notebook"


def _names(node: ast.AST) -> list[str]:
    """List the modules that an import names."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def _called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


@rule()
def no_download(notebook: Notebook) -> Findings:
    """Fetch nothing while a notebook runs."""
    for number, cell in notebook.code():
        for node in ast.walk(parsed(cell.source)):
            imported = [name for name in _names(node) if name.split(".")[0] in FETCHERS or ".fetch_" in name]
            if imported or FETCH_CALL.match(_called(node)):
                yield number, f"{ast.unparse(node)[:60]!r} fetches: take data from lecturelib.data"


@rule()
def no_plt_show(notebook: Notebook) -> Findings:
    """Show figures by ``lecturelib.display.show``, which keeps their alt text."""
    for number, cell in notebook.code():
        for node in ast.walk(parsed(cell.source)):
            if _called(node) == "show" and isinstance(node.func, ast.Attribute):
                yield number, f"{ast.unparse(node)[:60]!r}: use show(figure, sentence) of lecturelib.display"


@rule()
def no_matplotlib(notebook: Notebook) -> Findings:
    """Leave plotting to lecturelib.display; a cell tagged "plotting" may show how."""
    for number, cell in notebook.code():
        if "plotting" in tags(cell):
            continue
        for node in ast.walk(parsed(cell.source)):
            if any(name.split(".")[0] in {"matplotlib", "seaborn", "pylab"} for name in _names(node)):
                yield number, f"{ast.unparse(node)!r}: figures come from lecturelib.display"


@rule()
def claim_cells(notebook: Notebook) -> Findings:
    """Assert the number in a cell that demonstrates claims, and execute it."""
    for number, cell in enumerate(notebook.cells):
        ids = claims(cell)
        if not ids:
            continue
        if cell.cell_type != "code":
            yield number, f"claims {ids} stand on a cell that is not code"
        elif not any(isinstance(node, ast.Assert) for node in outside_definitions(parsed(cell.source))):
            yield number, f"claims {ids} without an assert"
        elif cell.execution_count is None:
            yield number, f"claims {ids} stand on a cell that was not executed"


@rule(*LECTURE)
def explorer_after_figure(notebook: Notebook) -> Findings:
    """Show a static figure before an explorer, in the same section: nothing needs dragging."""
    for number, cell in notebook.code():
        if not re.search(r"\bexplorers\.\w+\(", cell.source):
            continue
        part = notebook.section_of(number)
        before = notebook.cells[part.start : number + 1] if part else []
        if not any(c.cell_type == "code" and re.search(r"\bshow\(", c.source) for c in before):
            yield number, "an explorer follows its static figure: no show(…) before it in this section"
