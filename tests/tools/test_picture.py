"""The README's picture: taken from the lecture, and current."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tools.picture import LECTURE, PICTURE, opening


def test_the_committed_picture_is_the_lectures_opening():
    assert PICTURE.read_bytes() == opening(LECTURE)


def test_a_notebook_without_pictures_is_refused(tmp_path):
    path = tmp_path / "empty.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("print(1)")]), path)
    with pytest.raises(ValueError, match="no JPEG among the outputs of empty.ipynb"):
        opening(path)
