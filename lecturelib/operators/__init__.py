"""What a convolutional layer computes: pure functions on arrays.

The names students use are re-exported by :mod:`lecturelib`; import the modules below for the rest.
"""
