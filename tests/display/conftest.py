"""What tests of the explorers share."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

HARNESS = Path(__file__).parent / "canvas_js" / "run_numbers.mjs"


@pytest.fixture(scope="session")
def in_node(tmp_path_factory):
    """Return a function that runs [name, arguments] pairs of an explorer's script in node."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")

    def run(explorer, calls):
        script = tmp_path_factory.mktemp("script") / "explorer.js"
        script.write_text(explorer._esm, encoding="utf-8")
        done = subprocess.run(
            ["node", str(HARNESS), str(script)],
            input=json.dumps(calls),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run
