"""Building a notebook twice gives the same bytes, and a notebook that does not run says where and why."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools import build as building
from tools.build import Cost, build, main, over_limits
from tools.normalise import WIDGET_STATE, WIDGET_VIEW, dumps, normalise
from tools.notebook import find, load

WIDGET = """import ipywidgets as widgets

unseen = widgets.Text("not shown")
one, two = widgets.IntSlider(description="shift"), widgets.IntText()
widgets.jslink((one, "value"), (two, "value"))
widgets.HBox([one, two, widgets.Image(value=b"abc")])"""

FIGURE = """from matplotlib import pyplot
from IPython.display import HTML, display
import base64, io
figure, axes = pyplot.subplots(figsize=(1, 1))
axes.plot([1, 3, 2])
file = io.BytesIO()
figure.savefig(file, format="png")
pyplot.close(figure)
print("one")
print("two")
data = base64.b64encode(file.getvalue()).decode()
display(HTML(f'<img alt="A line" src="data:image/png;base64,{data}">'))"""


def write(path: Path, *sources: str) -> Path:
    """A notebook as an editor leaves it: random ids, stray metadata."""
    cells = [new_markdown_cell("# Try")] + [new_code_cell(source) for source in sources]
    cells[0].metadata["jp-MarkdownHeadingCollapsed"] = True
    node = new_notebook(
        cells=cells, metadata={"language_info": {"name": "python", "version": "3.1"}, "toc": 1}
    )
    nbformat.write(node, path)
    return path


@pytest.mark.slow
def test_building_twice_gives_the_same_bytes(tmp_path):
    path = write(tmp_path / "try.ipynb", WIDGET, WIDGET, FIGURE)
    assert main([str(path)]) == 0
    first = path.read_bytes()
    assert main([str(path)]) == 0
    assert path.read_bytes() == first
    assert main(["--check", str(path)]) == 0
    assert first.endswith(b"}\n")
    notebook = load(path)
    nbformat.validate(notebook.node)

    ids = [cell.id for cell in notebook.cells]
    assert ids[2] == f"{ids[1]}-2"
    assert len(set(ids)) == 4
    assert set(notebook.node.metadata) == {"kernelspec", "language_info", "widgets"}
    assert "version" not in notebook.node.metadata.language_info
    assert notebook.cells[0].metadata == {"slideshow": {"slide_type": "slide"}}
    assert [output.output_type for output in notebook.cells[3].outputs] == ["stream", "display_data"]
    assert notebook.cells[3].outputs[0].text == "one\ntwo\n"

    state = notebook.node.metadata.widgets[WIDGET_STATE].state
    views = [notebook.cells[n].outputs[0].data[WIDGET_VIEW]["model_id"] for n in (1, 2)]
    assert views[0] != views[1]
    assert {state[view].model_name for view in views} == {"HBoxModel"}
    kinds = sorted(
        model.model_name for model in state.values() if not model.model_name.endswith("StyleModel")
    )
    shown = ["HBoxModel", "ImageModel", "IntSliderModel", "IntTextModel", "LinkModel", *["LayoutModel"] * 4]
    assert kinds == sorted(shown * 2)
    for model in state.values():
        mentioned = [text for text in json.dumps(model).split('"') if text.startswith("IPY_MODEL_")]
        assert all(text.removeprefix("IPY_MODEL_") in state for text in mentioned)


@pytest.mark.slow
def test_an_error_names_the_cell_and_shows_the_traceback(tmp_path, capsys):
    path = write(tmp_path / "bad.ipynb", "x = 1", "raise ValueError('expected 2, got 1')", "print(x)")
    before = path.read_bytes()
    assert main([str(path)]) == 1
    said = capsys.readouterr().err
    assert "bad.ipynb: cell 3 did not run" in said
    assert "ValueError: expected 2, got 1" in said
    assert "\x1b" not in said
    assert path.read_bytes() == before


@pytest.mark.slow
def test_a_notebook_runs_in_its_own_folder(tmp_path):
    (tmp_path / "here.txt").write_text("found")
    path = write(tmp_path / "try.ipynb", "print(open('here.txt').read())")
    assert build(path)[0].count('"found\\n"') == 1


def stored(tmp_path: Path) -> Path:
    """A notebook in its stored form."""
    cells = [new_markdown_cell("# Try"), new_code_cell("print(1)", execution_count=1)]
    cells[1].outputs = [new_output("stream", name="stdout", text="1\n")]
    path = tmp_path / "try.ipynb"
    path.write_text(dumps(normalise(new_notebook(cells=cells))), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"metadata": {\n    "slideshow"', '"metadata": {\n    "scrolled": true,\n    "slideshow"'),
        ('"slide_type": "slide"', '"slide_type": "skip"'),
        ('"name": "python3"', '"name": "mine"'),
        ('"id": "', '"id": "x'),
    ],
)
def test_check_finds_what_a_build_would_change(tmp_path, capsys, old, new):
    path = stored(tmp_path)
    text = path.read_text(encoding="utf-8")
    assert main(["--check", str(path)]) == 0
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert main(["--check", str(path)]) == 1
    assert "try.ipynb: would change" in capsys.readouterr().out
    assert main(["--no-run", str(path)]) == 0
    assert path.read_text(encoding="utf-8") == text


def test_metadata_with_a_meaning_survive():
    about = {
        "tags": ["a"],
        "claims": ["C005"],
        "nbgrader": {"grade": True},
        "scrolled": True,
        "x": 2,
    }
    cell = new_code_cell("print(1)", metadata=nbformat.from_dict(about))
    normalise(new_notebook(cells=[cell]))
    assert cell.metadata == {
        "tags": ["a"],
        "claims": ["C005"],
        "nbgrader": {"grade": True},
        "slideshow": {"slide_type": "-"},
    }


def test_only_the_output_that_answers_a_question_is_folded():
    def code(source, printed):
        outputs = [nbformat.v4.new_output("stream", text=printed)] if printed else []
        return nbformat.v4.new_code_cell(source, outputs=outputs, execution_count=1)

    question = new_markdown_cell("**Predict.**", metadata=nbformat.from_dict({"tags": ["question"]}))
    notes = new_markdown_cell("Expected: 4.", metadata=nbformat.from_dict({"tags": ["notes"]}))
    cells = [
        code("print(1)", "1"),
        question,
        notes,
        code("x = 2", ""),
        new_markdown_cell("Now look."),
        code("print(x)", "2"),
        code("print(3)", "3"),
        new_markdown_cell("**Predict.**", metadata=nbformat.from_dict({"tags": ["question"]})),
        new_markdown_cell("## Next section"),
        code("print(4)", "4"),
        new_markdown_cell("1. How many?", metadata=nbformat.from_dict({"tags": ["question"]})),
        code('quiz("a", ...)', "Not answered yet."),
        code("print(5)", "5"),
    ]
    cells[-1].metadata["tags"] = ["answer"]
    normalise(new_notebook(cells=cells))
    folded = [cell.source for cell in cells if cell.metadata.get("jupyter", {}).get("outputs_hidden")]
    assert folded == ["print(x)", "print(5)"]


def test_streams_of_one_name_are_joined_and_others_kept_apart():
    names = ["stdout", "stdout", "stderr", "stdout"]
    cell = new_code_cell("f()")
    cell.outputs = [new_output("stream", name=name, text=f"{n}\n") for n, name in enumerate(names)]
    normalise(new_notebook(cells=[cell]))
    assert [(output.name, output.text) for output in cell.outputs] == [
        ("stdout", "0\n1\n"),
        ("stderr", "2\n"),
        ("stdout", "3\n"),
    ]


@pytest.mark.slow
def test_a_percent_script_keeps_tags_claims_and_nbgrader(tmp_path):
    script = tmp_path / "try.py"
    script.write_text(
        '# %% [markdown] tags=["core"]\n# ## Flip (8 min)\n\n'
        '# %% claims=["C005"] nbgrader={"grade": true, "points": 2}\nassert len("ab") == 2\n',
        encoding="utf-8",
    )
    subprocess.run([sys.executable, "-m", "jupytext", "--quiet", "--to", "ipynb", str(script)], check=True)
    main(["--no-run", str(tmp_path / "try.ipynb")])
    heading, code = load(tmp_path / "try.ipynb").cells
    assert heading.metadata.tags == ["core"]
    assert code.metadata.claims == ["C005"]
    assert code.metadata.nbgrader == {"grade": True, "points": 2}


def test_limits():
    assert over_limits("x" * 1_500_000, Cost(30.0, 0.0)) == []
    assert over_limits("x", Cost(31.0, 0.0)) == ["ran 31.0 s, the limit is 30 s"]
    assert over_limits("x", Cost(45.0, 31.0)) == ["ran 31.0 s, the limit is 30 s"]
    assert over_limits("x", Cost(45.0, 12.0)) == []  # others were busy
    assert over_limits("x", Cost(20.0, 40.0)) == []  # on two cores
    assert over_limits("x" * 1_600_000, Cost(1.0, 1.0)) == ["is 1.60 MB, the limit is 1.5 MB"]


def test_a_broken_limit_fails_the_build(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(building, "MEGABYTES", 0.0001)
    assert main(["--no-run", str(stored(tmp_path))]) == 1
    assert "MB, the limit is 0.0001 MB" in capsys.readouterr().err


def test_a_kernel_that_dies_while_it_starts_is_tried_once_more(tmp_path, monkeypatch):
    tries = []

    def execute(node, folder):
        tries.append(folder)
        if len(tries) == 1:
            raise RuntimeError("Kernel died before replying to kernel_info")
        return node

    monkeypatch.setattr(building, "execute", execute)
    build(stored(tmp_path))
    assert tries == [tmp_path, tmp_path]


def test_folders_are_searched_and_checkpoints_left_alone(tmp_path, capsys):
    (tmp_path / ".ipynb_checkpoints").mkdir()
    write(tmp_path / ".ipynb_checkpoints" / "old.ipynb")
    assert find([str(tmp_path)]) == []
    assert find([str(stored(tmp_path)), str(tmp_path)]) == [tmp_path / "try.ipynb"] * 2
    assert main(["--check", str(tmp_path / "nowhere.ipynb")]) == 2
    assert "no notebook or folder at" in capsys.readouterr().err


def test_a_progress_bar_is_not_stored_at_its_start():
    bar = new_output(
        "display_data", {WIDGET_VIEW: {"model_id": "1" * 32}, "text/plain": "  0%|    | 0/30 [00:00]"}
    )
    line = new_output("stream", name="stdout", text="50 % right\n")
    kept = new_output("display_data", {"text/plain": "100 % of it"})
    cell = new_code_cell("train()", execution_count=1, outputs=[bar, line, kept])
    stored = normalise(new_notebook(cells=[cell])).cells[0].outputs
    assert [output.output_type for output in stored] == ["stream", "display_data"]
    assert stored[1].data["text/plain"] == "100 % of it"
