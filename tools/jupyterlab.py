"""A private JupyterLab, and the browser to look at it with: for the browser tests and `tools.screenshot`.

The server reads no settings of the person who starts it and writes none: configuration, workspaces, history
and runtime files all live in one temporary directory.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
CHROMIUM_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}


def find_chromium() -> str | None:
    """Path of a Chromium, Chrome or Edge, or None. The variable ``CHROMIUM`` decides when it is set."""
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        return chosen if Path(chosen).is_file() else shutil.which(chosen)
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    return found or next((place for place in CHROMIUM_PLACES if Path(place).is_file()), None)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _write_settings(folder: Path, theme: str, windowing: str) -> None:
    """User settings that make every start alike: no news, no update check, all cells attached to the page."""
    settings = {
        "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
        "apputils-extension/themes": {"theme": THEMES[theme], "adaptive-theme": False},
        "notebook-extension/tracker": {"windowingMode": windowing, "scrollPastEnd": False},
    }
    for name, values in settings.items():
        path = folder / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), encoding="utf-8")


def _environment(home: Path) -> dict[str, str]:
    """Environment of the server: nothing of the caller's Jupyter, and this interpreter's programs first."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "COLAB"))}
    for variable in ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR"):
        env[f"JUPYTER_{variable}"] = str(home / variable.lower())
    env["JUPYTERLAB_SETTINGS_DIR"] = str(home / "settings")
    env["JUPYTERLAB_WORKSPACES_DIR"] = str(home / "workspaces")
    env["IPYTHONDIR"] = str(home / "ipython")
    env["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), env.get("PATH", "")])
    return env


class JupyterLab:
    """A running JupyterLab: ``url`` (no trailing slash), ``token`` and the path of its ``log``."""

    def __init__(self, root: Path, home: Path, *, theme: str = "light", windowing: str = "none") -> None:
        self.token = secrets.token_hex(16)
        self.log = home / "server.log"
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        _write_settings(home / "settings", theme, windowing)
        options = {
            "ServerApp.ip": "127.0.0.1",
            "ServerApp.port": port,
            "ServerApp.port_retries": 0,
            "ServerApp.root_dir": root,
            "ServerApp.allow_root": True,
            "IdentityProvider.token": self.token,
            "LabApp.news_url": "",
            "LabApp.extension_manager": "readonly",
        }
        arguments = [sys.executable, "-m", "jupyterlab", "--no-browser"]
        arguments += [f"--{name}={value}" for name, value in options.items()]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                arguments, cwd=root, env=_environment(home), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def wait_until_ready(self, seconds: float = 90) -> None:
        """Return once the server answers.

        Raises
        ------
        RuntimeError
            If it ends or does not answer in time; the message holds the last lines of its log.
        """
        request = urllib.request.Request(
            f"{self.url}/api/status", headers={"Authorization": f"token {self.token}"}
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError):  # URLError is an OSError: not listening yet
                opener.open(request, timeout=5).close()
                return
            time.sleep(0.2)
        tail = "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])
        raise RuntimeError(f"JupyterLab did not start within {seconds:.0f} s. The end of its log:\n{tail}")

    def stop(self) -> None:
        """Ask the server, and with it its kernels, to end; insist after ten seconds."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def address(self, path: str, *, simple: bool = True) -> str:
        """Web address of a document; `simple` shows it alone, without side bars."""
        return f"{self.url}/{'doc' if simple else 'lab'}/tree/{path}?token={self.token}&reset"


@contextlib.contextmanager
def jupyterlab(root: Path, *, theme: str = "light", windowing: str = "none") -> Iterator[JupyterLab]:
    """Run a private JupyterLab over the folder `root` for the length of a ``with`` block."""
    with tempfile.TemporaryDirectory(prefix="lecture-lab-", ignore_cleanup_errors=True) as home:
        lab = JupyterLab(Path(root), Path(home), theme=theme, windowing=windowing)
        try:
            lab.wait_until_ready()
            yield lab
        finally:
            lab.stop()
