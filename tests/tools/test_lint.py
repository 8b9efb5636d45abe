"""Every rule of the linter is tripped by one mistake, and by that one alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from tests.tools.spoil import cell, drop, edit, move, renumber, retag, rules_tripped
from tools import slides
from tools.lint import RULES, lint, main
from tools.normalise import WIDGET_VIEW, dumps
from tools.notebook import Notebook
from tools.rules.code import prose_words
from tools.rules.outputs import NOTES, NOTES_END
from tools.rules.verbs import has_verb


def output(fragment: str, kind: str, **about: Any) -> Callable[[Notebook], None]:
    """A mistake that adds an output to a cell."""
    return lambda notebook: cell(notebook, fragment).outputs.append(new_output(kind, **about))


def more_code(lines: int, times: int = 1, words: int = 3000) -> Callable[[Notebook], None]:
    """A mistake that adds long cells, and enough prose for them."""

    def spoil(notebook: Notebook) -> None:
        place = notebook.cells.index(cell(notebook, "y.sum()"))
        for number in range(times):
            source = "\n".join(f"a{line} = y + {number}" for line in range(lines))
            notebook.cells.insert(place, new_code_cell(source))
        notebook.cells.insert(place, new_markdown_cell("word " * words))

    return spoil


def more_questions(count: int) -> Callable[[Notebook], None]:
    """A mistake that asks again and again in a core section, with notes each time."""

    def spoil(notebook: Notebook) -> None:
        place = notebook.cells.index(cell(notebook, "y = np.convolve"))
        for number in range(count):
            ask = new_markdown_cell(f"Question {number}", metadata=nbformat.from_dict({"tags": ["question"]}))
            note = new_markdown_cell(NOTES + NOTES_END, metadata=nbformat.from_dict({"tags": ["notes"]}))
            notebook.cells[place:place] = [ask, note]

    return spoil


def view(notebook: Notebook) -> None:
    """A widget whose state was not stored."""
    data = {WIDGET_VIEW: {"model_id": "0" * 32}, "text/plain": "SlidingKernel()"}
    cell(notebook, "explorers.Sliding").outputs = [new_output("display_data", data=data)]


def html(text: str) -> dict[str, Any]:
    return {"data": {"text/html": text, "text/plain": "A sentence."}}


#: rule -> mistakes in a good lecture, each of which must be found by that rule and no other.
LECTURE: dict[str, list[Callable[[Notebook], None]]] = {
    "title": [
        lambda notebook: notebook.cells.insert(0, new_markdown_cell("Welcome.")),
        edit("You will meet", "You will meet", "# Meet\n\nYou will meet"),
    ],
    "title_verb": [edit("# Slide", "# Slide, multiply, add: convolution", "# Convolution")],
    "opening_picture": [
        drop("plots.opening"),
        move("plots.opening", "## Flip"),
        move("**What you'll do.**", "plots.opening"),
    ],
    "opening_words": [
        edit("What you'll learn", "What you'll learn", "You learn"),
        edit("What you'll do", "What you'll do", "What you'll need, do"),
        move("import numpy", "**What you'll do"),
    ],
    "setup_cell": [
        retag("import numpy", []),
        edit("import numpy", "import numpy as np", "\n".join(f"import a{n}" for n in range(8))),
        move("import numpy", "**Question.**"),
    ],
    "section_tags": [
        edit("## A proof", "## A proof", "By hand.\n\n## A proof"),
    ],
    "section_minutes": [edit("## Lessons", "## Lessons learned", "## Lessons learned")],
    "core_minutes": [],
    "stated_minutes": [
        edit("The core takes", "15 minutes", "14 minutes"),
        edit("The core takes", "5 min.", "6 min."),
    ],
    "core_questions": [more_questions(12)],
    "question_answered": [],
    "question_notes": [drop("the border")],
    "closing_order": [
        drop("## The fine print"),
        move("## Next", "## The fine print"),
    ],
    "misconceptions": [
        drop("assert len(y) != 3"),
        edit("### Flipping", "### Flipping", "**Flipping**"),
    ],
    "check_yourself": [
        retag("Question 2", []),
        drop('"valid"'),
    ],
    "lessons_learned": [
        edit("## Lessons", "- Add.", ""),
        edit("## Lessons", "- Add.", "- a\n- b\n- c\n- d"),
    ],
    "closing_filled": [edit("## Next", "What shifts with the picture.", "")],
    "references": [
        edit("## References", "10.1000/xyz](https://doi.org/10.1000/xyz)", "DOI](https://example.org)"),
        edit("## References", "read it first.", "read it first.\n- Someone, somewhere."),
    ],
    "code_parses": [
        edit("assert y[0]", "assert y[0] != y[1]", "assert y[0] !="),
        edit("y.sum", "y.sum()", ""),
    ],
    "code_length": [more_code(16)],
    "code_median": [more_code(9, times=20)],
    "prose_to_code": [more_code(8, times=9, words=0)],
    "no_plot_definition": [edit("assert y[0]", "assert", "def plot_it(): pass\nassert")],
    "no_install": [
        edit("assert y[0]", "assert", "%pip install numpy\nassert"),
        edit("assert y[0]", "assert", "!pip install numpy\nassert"),
        edit("assert y[0]", "assert", "!python -m pip install numpy\nassert"),
    ],
    "no_download": [
        edit("assert y[0]", "assert", "import urllib.request\nassert"),
        edit("assert y[0]", "assert", "from sklearn.datasets import fetch_openml\nassert"),
        edit("assert y[0]", "assert", "d = datasets.fetch_openml('mnist')\nassert"),
    ],
    "no_plt_show": [edit("assert y[0]", "assert", "plt.show()\nassert")],
    "no_matplotlib": [
        edit("assert y[0]", "assert", "import matplotlib.pyplot as plt\nassert"),
        edit("assert y[0]", "assert", "from matplotlib import pyplot\nassert"),
    ],
    "claim_cells": [edit("y = np", "assert len(y) == 4", "len(y)")],
    "explorer_after_figure": [move("explorers.Sliding", "**Question.**")],
    "executed_in_order": [],
    "outputs_stored": [lambda notebook: cell(notebook, "y = np").outputs.clear()],
    "folded_preview": [
        lambda notebook: cell(notebook, "y = np").outputs[0].update(text="4\n"),
        lambda notebook: cell(notebook, "y = np").outputs[0].update(text="\n[4 5]\nthe result:\n"),
    ],
    "notes_folded": [edit("the border", NOTES, "Expected: "), edit("the border", NOTES_END, "")],
    "no_error_output": [output("y.sum", "error", ename="ValueError", evalue="no", traceback=[])],
    "no_stderr": [output("y.sum", "stream", name="stderr", text="UserWarning")],
    "no_image_output": [output("y.sum", "display_data", data={"image/png": "aGk=", "text/plain": "Figure"})],
    "no_address": [output("y.sum", "execute_result", data={"text/plain": "<A at 0x7f0123456789>"})],
    "alt_text": [
        output("y.sum", "display_data", **html("<img src='a.png'>")),
        output("y.sum", "display_data", **html("<img alt='' src='a.png'>")),
        output("y.sum", "display_data", **html("<img alt='One' src='a.png'/><IMG alt=' ' src='a.png'/>")),
        edit("You will meet", "You", "![](a.png) You"),
        edit("You will meet", "You", "<img src='a.png'> You"),
    ],
    "widgets_stored": [view],
    "compared": [retag("y.sum", ["nbval-ignore-output"]), retag("y.sum", ["nbval-skip"])],
    "unique_ids": [lambda notebook: cell(notebook, "y.sum").update(id=cell(notebook, "## Next").id)],
    "file_size": [edit("You will meet", "You", "word " * 310_000)],
    "no_machine_path": [
        output("y.sum", "stream", name="stdout", text="/home/me/lecture"),
        output("y.sum", "stream", name="stdout", text="File C:\\Users\\me"),
        output("y.sum", "display_data", data={"text/plain": "see /data/one/two.py, line 3"}),
        edit("You will meet", "You", "`/home/me/x` You"),
    ],
    "no_emoji": [
        edit("You will meet", "You", "\U0001f600 You"),
        output("y.sum", "stream", name="stdout", text="right \u2705"),
    ],
    "links": [edit("You will meet", "You", "[a](02_nowhere.ipynb#x) You")],
    "heading_levels": [edit("You will meet", "You", "#### Deep\n\nYou")],
    "slide_types": [],
}


def fill_late_entries() -> None:
    """Mistakes that need more than one line."""

    def unanswered(notebook: Notebook) -> None:
        ask = new_markdown_cell("And now?", metadata=nbformat.from_dict({"tags": ["question"]}))
        note = new_markdown_cell(NOTES + NOTES_END, metadata=nbformat.from_dict({"tags": ["notes"]}))
        place = notebook.cells.index(cell(notebook, "## A proof"))
        notebook.cells[place:place] = [ask, note]

    def long_core(notebook: Notebook) -> None:
        edit("## Flip", "8 min", "58 min")(notebook)
        edit("The core takes", "15 minutes", "65 minutes")(notebook)

    def no_minutes(notebook: Notebook) -> None:
        edit("## A proof", " (5 min)", "")(notebook)
        edit("The core takes", "further reading 5 min", "no more")(notebook)

    def late_section(notebook: Notebook) -> None:
        late = new_markdown_cell("## More (1 min)", metadata=nbformat.from_dict({"tags": ["further"]}))
        notebook.cells.append(late)
        edit("The core takes", "5 min.", "6 min.")(notebook)

    def untagged(notebook: Notebook) -> None:
        cell(notebook, "## A proof").metadata.pop("tags")
        edit("The core takes", "15 minutes, further reading 5 min", "20 minutes")(notebook)

    LECTURE["question_answered"] = [unanswered]
    LECTURE["core_minutes"] = [long_core]
    LECTURE["section_minutes"] = [no_minutes]
    LECTURE["closing_order"].append(late_section)
    LECTURE["section_tags"].append(untagged)
    LECTURE["core_questions"].append(retag("**Question.**", []))


fill_late_entries()


MISTAKES = [(name, mistake) for name, mistakes in LECTURE.items() for mistake in mistakes]


def test_a_good_lecture_is_clean(lecture):
    assert lint(lecture()) == []


@pytest.mark.parametrize("kind", ["source", "release"])
def test_a_good_homework_is_clean(homework, kind):
    assert lint(homework(kind)) == []


@pytest.mark.parametrize(("name", "mistake"), MISTAKES, ids=[name for name, _ in MISTAKES])
def test_a_mistake_trips_its_rule_alone(lecture, name, mistake):
    notebook = lecture()
    mistake(notebook)
    renumber(notebook)
    assert rules_tripped(Notebook(notebook.path, notebook.node, "lecture")) == {name}


def test_a_section_that_is_core_and_further(lecture):
    notebook = lecture()
    cell(notebook, "## A proof").metadata["tags"] = ["further", "core"]
    assert "section_tags" in rules_tripped(notebook)


def test_a_notebook_of_nothing_is_refused_and_breaks_no_rule_function(lecture):
    for kind in ("lecture", "start", "source", "release"):
        assert "title" in rules_tripped(Notebook(lecture().path, nbformat.v4.new_notebook(), kind))


def test_cells_run_out_of_order(lecture):
    notebook = lecture()
    cell(notebook, "y.sum").execution_count = 99
    assert rules_tripped(notebook) == {"executed_in_order"}


def test_a_claim_that_was_not_executed(lecture):
    notebook = lecture()
    cell(notebook, "y = np").execution_count = None
    assert "claim_cells" in rules_tripped(notebook)


def test_slide_types_kept_by_hand(lecture):
    notebook = lecture()
    cell(notebook, "y.sum").metadata["slideshow"] = {"slide_type": "slide"}
    assert rules_tripped(notebook) == {"slide_types"}
    notebook = lecture()
    cell(notebook, "y.sum").metadata["tags"] = [slides.COLLAPSE]
    assert rules_tripped(notebook) == {"slide_types"}


def test_every_rule_is_tripped_by_some_test():
    singly = {"executed_in_order", "slide_types"}
    tried = {name for name, _ in MISTAKES} | singly
    assert tried == {rule.name for rule in RULES.values() if "lecture" in rule.kinds}


def test_findings_name_notebook_cell_and_rule(lecture):
    notebook = lecture()
    edit("y.sum", "y.sum()", "plt.show()")(notebook)
    found = [str(finding) for finding in lint(notebook)]
    number = notebook.cells.index(cell(notebook, "plt.show")) + 1
    assert found[0].startswith(f"01_sample.ipynb: cell {number}: no_plt_show: 'plt.show()'")


def test_words_of_prose(lecture):
    notebook = lecture()
    before = prose_words(notebook)
    cell(
        notebook, "## Next"
    ).source += (
        "\n\nFour words: $a_b \\ast c$ and `k[i]`.\n\n$$x = y$$\n\n```\nnot prose\n```\n[here](a/b/c.md) <b>"
    )
    cell(notebook, "the border").source += " A lecturer's note."
    assert prose_words(notebook) == before + 6


@pytest.mark.parametrize("title", ["Slide, multiply, add", "Shifting the picture", "Why kernels are flipped"])
def test_titles_with_a_verb(title):
    assert has_verb(title)


@pytest.mark.parametrize("title", ["Convolution", "Introduction to convolution", "The mathematics of images"])
def test_titles_without_a_verb(title):
    assert not has_verb(title)


def test_the_command_prints_findings_and_fails(lecture, tmp_path, capsys):
    notebook = lecture()
    notebook.path.write_text(dumps(notebook.node), encoding="utf-8")
    assert main([str(notebook.path)]) == 0
    edit("## Next", "What shifts with the picture.", "")(notebook)
    notebook.path.write_text(dumps(notebook.node), encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    assert "closing_filled: 'Next' is empty" in capsys.readouterr().out
    assert main([str(tmp_path / "nowhere")]) == 2
    assert "no notebook or folder at" in capsys.readouterr().err
