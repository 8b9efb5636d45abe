"""The rooms of the house stand on each other: who may import whom, and how large anything may grow.

Each law is a small function from sources to sentences; each is tried on a bad source first.
"""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tools.sources import ROOT, Source, body_lines, imports, is_package, long_js_functions, read_package

PACKAGE = ROOT / "lecturelib"

#: Floors of the packages: a module imports from lower floors or from its own package only.
FLOORS = {
    "operators": 0,
    "data": 1,
    "networks": 2,
    "vision": 3,
    "display": 4,
    "exercises": 5,
    "grading": 6,
}

#: Floors inside `operators`: a module imports from its own floor or lower ones; one not listed is refused.
OPERATORS = {
    "checks": 0,
    "shapes": 0,
    "spec": 0,
    "kernels": 0,
    "windows": 1,
    "matrices": 2,
    "algorithms": 2,
    "signals": 3,
    "conv": 3,
    "unshared": 3,
    "connections": 3,
    "pooling": 3,
    "normalization": 3,
    "symmetry": 3,
    "pointwise": 3,
    "groups": 3,
}

WIDGETS = {"ipywidgets", "IPython", "anywidget", "traitlets"}
NOTEBOOKS = {"nbformat", "nbclient", "nbgrader", "nbconvert", "jupyter_client"}

#: What may be imported where (the longest name counts), the standard library apart.
ALLOWED = {
    "lecturelib.operators": {"numpy", "scipy.fft", "scipy.ndimage"},
    "lecturelib.data": {"numpy", "scipy", "sklearn", "skimage", "PIL"},
    "lecturelib.networks": {"numpy", "scipy", "sklearn", "threadpoolctl", "tqdm"},
    "lecturelib.vision": {"numpy", "scipy"},
    "lecturelib.display": {
        "numpy",
        "scipy",
        "matplotlib",
        "ipywidgets",
        "IPython",
        "anywidget",
        "traitlets",
        "PIL",
    },
    "lecturelib.display.plots": {"numpy", "scipy", "matplotlib"},
    "lecturelib.exercises": {"numpy"},
    "lecturelib.exercises.report": {"numpy", "IPython", "ipywidgets"},
    "lecturelib.grading": {
        "numpy",
        "nbformat",
        "nbclient",
        "nbgrader",
        "nbconvert",
        "traitlets",
        "jupyter_client",
    },
    "lecturelib": {"numpy"},
}

#: The parts of the exercises that draw the report, and so may use IPython.
REPORT = {"lecturelib.exercises.report", "lecturelib.exercises.card", "lecturelib.exercises.quiz"}

#: `display.plots` takes arrays and knows no layer, exercise or explorer.
PLOTS_KNOW = {
    "lecturelib.operators",
    "lecturelib.data",
    "lecturelib.display.plots",
    "lecturelib.display.style",
}

SOURCES = read_package(PACKAGE)
THREADS = {"threading", "multiprocessing", "concurrent", "_thread", "asyncio"}
FILE_LINES = 400
FUNCTION_LINES = 60


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def room(name: str) -> str | None:
    """The package of lecturelib in which a module lies; None for lecturelib itself and for others."""
    parts = name.split(".")
    return parts[1] if parts[0] == "lecturelib" and len(parts) > 1 else None


def floor_breaches(source: Source) -> Iterator[str]:
    own = room(source.name)
    if own is None:
        return
    if own not in FLOORS:
        yield f"{source.name}: no floor is known for {own!r}"
        return
    for line, name in imports(source):
        other = room(name)
        # `import lecturelib` and the names it re-exports: operators and data.
        floor = FLOORS.get(other, FLOORS["data"])
        if within(name, "lecturelib") and other != own and floor >= FLOORS[own]:
            yield f"{source.name}:{line}: {own} (floor {FLOORS[own]}) imports {name} (floor {floor})"


def operator_floor_breaches(source: Source) -> Iterator[str]:
    if not within(source.name, "lecturelib.operators") or source.name == "lecturelib.operators":
        return
    own = source.name.split(".")[2]
    if own not in OPERATORS:
        yield f"{source.name}: no floor is known for {own!r}"
        return
    for line, name in imports(source):
        parts = name.split(".")
        floor = OPERATORS.get(parts[2], 0) if parts[:2] == ["lecturelib", "operators"] and parts[2:] else 0
        if floor > OPERATORS[own]:
            yield f"{source.name}:{line}: floor {OPERATORS[own]} imports {name}, floor {floor}"


def allowed_for(name: str) -> set[str]:
    best = max((package for package in ALLOWED if within(name, package)), key=len)
    return ALLOWED[best] | ({"IPython", "ipywidgets"} if name in REPORT else set())


def foreign_breaches(source: Source) -> Iterator[str]:
    """Imports from outside that a module's room does not allow."""
    allowed = allowed_for(source.name)
    for line, name in imports(source):
        top = name.split(".")[0]
        if top == "lecturelib" or top in sys.stdlib_module_names:
            continue
        if not any(within(name, package) for package in allowed):
            yield f"{source.name}:{line}: {name} may not be imported here"


def thread_breaches(source: Source) -> Iterator[str]:
    if within(source.name, "lecturelib.grading"):
        return
    for line, name in imports(source):
        if name.split(".")[0] in THREADS:
            yield f"{source.name}:{line}: {name}: the browser build has no threads"


def plots_breaches(source: Source) -> Iterator[str]:
    if not within(source.name, "lecturelib.display.plots"):
        return
    for line, name in imports(source):
        if within(name, "lecturelib") and not any(within(name, known) for known in PLOTS_KNOW):
            yield f"{source.name}:{line}: plots take arrays; {name} is none of their business"


def assert_breaches(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Assert):
            yield f"{source.name}:{node.lineno}: raise a TypeError or ValueError that says what arrived"


def long_function_breaches(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and body_lines(node) > FUNCTION_LINES:
            yield f"{source.name}:{node.lineno}: {node.name} has {body_lines(node)} lines of {FUNCTION_LINES}"


def long_file_breaches(source: Source) -> Iterator[str]:
    lines = len(source.text.splitlines())
    if lines > FILE_LINES:
        yield f"{source.name}: {lines} lines, the limit is {FILE_LINES}"


def star_breaches(source: Source) -> Iterator[str]:
    for line, name in imports(source):
        if name.endswith(".*"):
            yield f"{source.name}:{line}: name what is imported, not {name}"


LAWS = {
    law.__name__.removesuffix("_breaches"): law
    for law in (
        floor_breaches,
        operator_floor_breaches,
        foreign_breaches,
        thread_breaches,
        plots_breaches,
        assert_breaches,
        long_function_breaches,
        long_file_breaches,
        star_breaches,
    )
}

BAD = {
    "floor": [
        ("lecturelib.operators.conv", "from lecturelib.data import photo"),
        ("lecturelib.operators.conv", "from lecturelib import display"),
        ("lecturelib.operators.conv", "def f():\n    import lecturelib.display.plots"),
        ("lecturelib.operators.conv", "from ..display import show"),
        ("lecturelib.data", "from lecturelib.networks import layers"),
        ("lecturelib.display.show", "from lecturelib.exercises import check"),
        ("lecturelib.exercises.check", "from lecturelib.grading import judge"),
        ("lecturelib.operators.conv", "import lecturelib"),
        ("lecturelib.data", "from lecturelib import convolve"),
        ("lecturelib.cellar", "x = 1"),
    ],
    "operator_floor": [
        ("lecturelib.operators.windows", "from lecturelib.operators.conv import conv"),
        ("lecturelib.operators.algorithms.direct", "from lecturelib.operators import signals"),
        ("lecturelib.operators.shapes", "from .windows import pad"),
        ("lecturelib.operators.cellar", "x = 1"),
    ],
    "foreign": [
        ("lecturelib.operators.conv", "import matplotlib.pyplot as plt"),
        ("lecturelib.operators.conv", "from scipy import signal"),
        ("lecturelib.operators.conv", "import scipy"),
        ("lecturelib.data", "def f():\n    from matplotlib import pyplot"),
        ("lecturelib.networks.layers", "import torch"),
        ("lecturelib.display.plots.grids", "import ipywidgets"),
        ("lecturelib.exercises.check", "from IPython.display import display"),
        ("lecturelib.exercises.report", "from matplotlib import pyplot"),
    ],
    "thread": [
        ("lecturelib.display.show", "import threading"),
        ("lecturelib.operators.conv", "from concurrent.futures import ThreadPoolExecutor"),
        ("lecturelib.exercises.guard", "import multiprocessing.pool"),
    ],
    "plots": [
        ("lecturelib.display.plots.grids", "from lecturelib.networks.layers import Conv"),
        ("lecturelib.display.plots.grids", "from lecturelib.display.explorers import Window2D"),
    ],
    "assert": [("lecturelib.data", "def f(x):\n    assert x > 0")],
    "long_function": [("lecturelib.data", "def f(x):\n" + "    x += 1\n" * 60)],
    "long_file": [("lecturelib.data", "x = 1\n" * 401)],
    "star": [("lecturelib", "from lecturelib.operators.conv import *")],
}

GOOD = [
    (
        "lecturelib.operators.conv",
        "import numpy as np\nfrom scipy import fft\nfrom . import shapes",
    ),
    ("lecturelib.operators.signals", "from .windows import pad\nfrom ..operators.spec import ConvSpec"),
    ("lecturelib.display.show", "from matplotlib import pyplot\nfrom lecturelib.vision import cells"),
    ("lecturelib.display.plots.grids", "from lecturelib.operators.signals import convolve"),
    ("lecturelib.exercises.report", "from IPython.display import display"),
    ("lecturelib.grading.judge", "import threading\nfrom lecturelib.exercises import check"),
    ("lecturelib", "from lecturelib.operators.conv import conv\nfrom lecturelib import data"),
    ("lecturelib.data", "x = 1\n" * 400),
    ("lecturelib.data", 'def f(x):\n    """' + "Words.\n" * 50 + '    """\n' + "    x += 1\n" * 59),
]


@pytest.mark.parametrize("law", LAWS)
def test_the_house_keeps_the_law(law):
    assert [breach for source in SOURCES for breach in LAWS[law](source)] == []


@pytest.mark.parametrize(
    ("law", "name", "text"), [(law, name, text) for law, cases in BAD.items() for name, text in cases]
)
def test_the_law_catches_a_breach(law, name, text):
    assert len(list(LAWS[law](Source(name, text)))) == 1


@pytest.mark.parametrize(("name", "text"), GOOD)
def test_the_laws_leave_good_sources_alone(name, text):
    assert [breach for law in LAWS.values() for breach in law(Source(name, text))] == []


def test_every_law_was_tried():
    assert set(BAD) == set(LAWS)


def test_no_file_of_any_language_is_too_long():
    paths = [
        path
        for folder in ("lecturelib", "tools", "tests")
        for suffix in ("py", "js", "css")
        for path in (ROOT / folder).rglob(f"*.{suffix}")
    ]
    assert len(paths) > 20
    sources = [Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths]
    assert [breach for source in sources for breach in long_file_breaches(source)] == []


def test_no_function_of_a_script_is_too_long():
    long = "function f() {\n" + "  x += 1;\n" * 60 + "}\n"
    assert long_js_functions(long, FUNCTION_LINES) == [("function f() {", 62)]
    assert long_js_functions("  draw(a) {\n" + "    x += 1;\n" * 58 + "  }\n", FUNCTION_LINES) == []
    scripts = {path.name: path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.js"))}
    found = {name: long_js_functions(text, FUNCTION_LINES) for name, text in scripts.items()}
    assert {name: functions for name, functions in found.items() if functions} == {}


@pytest.mark.parametrize("name", [source.name for source in SOURCES])
def test_all_is_explicit_and_resolves(name):
    source = next(source for source in SOURCES if source.name == name)
    module = importlib.import_module(name)
    exported = getattr(module, "__all__", None)
    if exported is None:
        assert not (is_package(name) and list(imports(source))), f"{name} re-exports without __all__"
        return
    assert len(exported) == len(set(exported))
    assert [entry for entry in exported if not hasattr(module, entry)] == []


def loaded_by(statement: str) -> set[str]:
    """Top-level packages that a fresh interpreter holds after a statement."""
    script = f"import sys\n{statement}\nprint(' '.join({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(done.stdout.split())


def test_importing_lecturelib_loads_nothing_heavy():
    heavy = {"matplotlib", "sklearn", "skimage", "ipywidgets", "IPython", "anywidget", "pandas"}
    assert loaded_by("import lecturelib") & heavy == set()
    assert loaded_by("import matplotlib") & heavy == {"matplotlib"}
