"""The stored form of a notebook: whatever does not change its meaning is written one way.

Execution times, machine-dependent metadata and random ids make every run look like a change. Here they
are dropped or derived from the content, so that building a notebook twice gives the same bytes.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from typing import Any

import nbformat

from tools import slides
from tools.notebook import tags, text_of

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "pygments_lexer": "ipython3",
}
#: Metadata of a cell that has a meaning here; everything else was left behind by an editor.
CELL_METADATA = {"tags", "claims", "nbgrader", "slideshow", "editable", "deletable", "exercise"}
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
PROGRESS = re.compile(r"\s*\d+%\|")
MODEL_ID = re.compile(r"[0-9a-f]{32}")


def normalise(node: Any) -> Any:
    """Bring a notebook (changed in place, and returned) into its stored form.

    Parameters
    ----------
    node : nbformat.NotebookNode
        A notebook of format 4, executed or not.

    Notes
    -----
    Ids of cells are hashes of type and source, those of widget models hashes of the displaying cell's id
    and the place in the tree of widgets below it. Models that no displayed widget reaches are dropped.
    """
    node.nbformat, node.nbformat_minor = 4, 5
    widgets = node.metadata.get("widgets", {}).get(WIDGET_STATE, {}).get("state", {})
    node.metadata = nbformat.from_dict({"kernelspec": dict(KERNELSPEC), "language_info": dict(LANGUAGE)})
    for cell in node.cells:
        _normalise_cell(cell)
    _name_cells(node.cells)
    slides.apply(node.cells)
    fold(node.cells)
    _name_widgets(node, widgets)
    return node


def dumps(node: Any) -> str:
    """Write a notebook as the text of its file: sorted keys, one newline at the end."""
    return nbformat.v4.writes_json(node).rstrip("\n") + "\n"


def _normalise_cell(cell: Any) -> None:
    cell.source = "\n".join(text_of(cell.source).splitlines()).strip("\n")
    kept = {
        key: value
        for key, value in cell.metadata.items()
        if key in CELL_METADATA and value not in ([], {}, None)
    }
    cell.metadata = nbformat.from_dict(kept)
    cell.pop("attachments", None)
    if cell.cell_type == "code":
        cell.outputs = _merge_streams([output for output in cell.outputs if not _is_progress(output)])


def _is_progress(output: Any) -> bool:
    """Tell a progress bar, which is gone when its work is done and must not be stored at its start."""
    return bool(PROGRESS.match(text_of(output.get("data", {}).get("text/plain", ""))))


def _merge_streams(outputs: list[Any]) -> list[Any]:
    """Join neighbouring stream outputs of one name: how often the kernel flushed says nothing."""
    merged: list[Any] = []
    for output in outputs:
        output.pop("transient", None)
        previous = merged[-1] if merged else None
        if output.output_type == "stream" and previous and previous.get("name") == output.name:
            previous.text = text_of(previous.text) + text_of(output.text)
        else:
            merged.append(output)
    return merged


def _digest(*parts: str, length: int) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:length]


def fold(cells: list[Any]) -> None:
    """Fold the output that answers a question: that of the first code cell after it that has any.

    So is that of every cell tagged "answer". JupyterLab unfolds it when the cell is run: the answer appears
    after the guess.
    """
    asked = False
    for cell in cells:
        if cell.cell_type == "markdown":
            asked = "question" in tags(cell) or (asked and not cell.source.startswith("#"))
        elif (asked or "answer" in tags(cell)) and cell.get("outputs"):
            asked = False
            if not cell.source.startswith("quiz("):  # a quiz says what to do, not the answer
                cell.metadata["jupyter"] = {"outputs_hidden": True}


def _name_cells(cells: list[Any]) -> None:
    seen: Counter[str] = Counter()
    for cell in cells:
        name = _digest(cell.cell_type, cell.source, length=12)
        seen[name] += 1
        cell.id = name if seen[name] == 1 else f"{name}-{seen[name]}"


def _name_widgets(node: Any, state: dict[str, Any]) -> None:
    """Rename the models of displayed widgets, everywhere they are mentioned, and drop the others."""
    names: dict[str, str] = {}
    for cell in node.cells:
        roots = [
            output.data[WIDGET_VIEW]["model_id"]
            for output in cell.get("outputs", [])
            if WIDGET_VIEW in output.get("data", {})
        ]
        for count, model in enumerate(_reachable(roots, state)):
            names.setdefault(model, _digest(cell.id, str(count), length=32))
    for count, link in enumerate(_links(state, names)):
        names[link] = _digest(
            "link", *sorted(names[model] for model in _ends(state[link])), str(count), length=32
        )
    for cell in node.cells:
        if "outputs" in cell:
            cell.outputs = nbformat.from_dict(_renamed(cell.outputs, names))
    kept = {names[model]: _model(_renamed(state[model], names)) for model in names if model in state}
    if kept:
        saved = {"state": kept, "version_major": 2, "version_minor": 0}
        node.metadata["widgets"] = nbformat.from_dict({WIDGET_STATE: saved})


def _reachable(roots: list[str], state: dict[str, Any]) -> list[str]:
    """List the displayed models and those that they mention, in an order that depends on content only."""
    order: dict[str, None] = {}
    queue = list(roots)
    while queue:
        model = queue.pop(0)
        if model not in order:
            order[model] = None
            queue += [name for name in _mentioned(state.get(model, {}).get("state")) if name in state]
    return list(order)


def _ends(model: dict[str, Any]) -> list[str]:
    """List the models that a link (``jslink``) joins; none for any other model."""
    state = model.get("state", {})
    return _mentioned([state[end] for end in ("source", "target") if end in state])


def _links(state: dict[str, Any], names: dict[str, str]) -> list[str]:
    """List the links between kept models: no view mentions them, yet a page without a kernel needs them."""
    links = [
        model for model in state if len(_ends(state[model])) == 2 and set(_ends(state[model])) <= set(names)
    ]
    return sorted(links, key=lambda model: [names[end] for end in _ends(state[model])])


def _mentioned(value: Any) -> list[str]:
    if isinstance(value, str):
        return MODEL_ID.findall(value) if len(value) <= 64 else []
    if isinstance(value, dict):
        return [name for key in sorted(value) for name in _mentioned(value[key])]
    if isinstance(value, list | tuple):
        return [name for item in value for name in _mentioned(item)]
    return []


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, str):
        return MODEL_ID.sub(lambda found: names.get(found.group(), found.group()), value)
    if isinstance(value, dict):
        return {key: _renamed(item, names) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_renamed(item, names) for item in value]
    return value


def _model(model: dict[str, Any]) -> dict[str, Any]:
    """Clear what a run leaves behind, and the dozens of unset entries of a layout or a style."""
    if model.get("model_name", "").endswith(("LayoutModel", "StyleModel")):
        model["state"] = {key: value for key, value in model["state"].items() if value is not None}
    if "msg_id" in model.get("state", {}):
        model["state"]["msg_id"] = ""
    if "buffers" in model:
        model["buffers"] = sorted(model["buffers"], key=lambda buffer: [str(part) for part in buffer["path"]])
    return model
