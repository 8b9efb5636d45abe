"""Finished convolutions that may not be called where convolution is to be written."""

FORBIDDEN = (
    "numpy.convolve",
    "numpy.correlate",
    "numpy.polymul",
    "numpy.polynomial.polynomial.polymul",
    *(
        f"scipy.signal.{name}"
        for name in (
            "convolve",
            "convolve2d",
            "correlate",
            "correlate2d",
            "fftconvolve",
            "oaconvolve",
            "lfilter",
        )
    ),
    *(f"scipy.ndimage.{name}" for name in ("convolve", "convolve1d", "correlate", "correlate1d")),
    "scipy.linalg.toeplitz",
    "scipy.linalg.circulant",
    "scipy.linalg.convolution_matrix",
    *(
        f"{home}.{name}"
        for home in ("lecturelib", "lecturelib.operators")
        for name in (
            "convolve",
            "cross_correlate",
            "conv",
            "conv_transpose",
            "toeplitz",
            "conv_matrix",
            "circulant",
        )
    ),
)
BECAUSE = "It does the whole exercise in one call; write the sum yourself."
