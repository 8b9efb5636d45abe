"""Experiments too slow for a lecture: their results are committed, and the lectures show them as such."""
