"""Homework notebooks: kept in step with their exercises, and derived for students.

``python -m lecturelib.grading sync`` writes what exercises declare into the source notebooks, ``release``
derives the students' notebooks, ``release --out DIR`` writes a folder to post.
"""
