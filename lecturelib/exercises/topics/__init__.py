"""Live exercises with their references: one file or package a topic, each with a tuple `EXERCISES`.

Nothing here reaches a student: the release command writes the frozen form instead.
"""
