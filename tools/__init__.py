"""Tools that keep the notebooks in order. None of them is needed to read a lecture."""
