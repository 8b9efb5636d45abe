"""The README's picture is the first lecture's opening figure: ``python -m tools.picture`` copies it out."""

from __future__ import annotations

import re
import sys
from base64 import b64decode
from pathlib import Path

import nbformat

from tools.notebook import NOTEBOOKS, ROOT

LECTURE = NOTEBOOKS / "01_convolution.ipynb"
PICTURE = ROOT / "docs" / "opening.jpg"
DATA = re.compile(r'src="data:image/jpeg;base64,([^"]+)"')


def opening(path: Path = LECTURE) -> bytes:
    """Return the first JPEG that a notebook's outputs hold.

    Raises
    ------
    ValueError
        If there is none: the notebook was never run, or its first figure is stored in another format.
    """
    node = nbformat.read(path, as_version=4)
    for cell in node.cells:
        for output in cell.get("outputs", []):
            if found := DATA.search(output.get("data", {}).get("text/html", "")):
                return b64decode(found.group(1))
    raise ValueError(f"no JPEG among the outputs of {path.name}; run python -m tools.build")


def main() -> int:
    """Write the picture and say where it is."""
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_bytes(opening())
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
