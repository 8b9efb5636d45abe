"""What an algorithm does, counted before it runs, and what that takes on an ordinary core."""

from __future__ import annotations

from dataclasses import dataclass

# Measured on one core, in nanoseconds in float64: an interpreted step of the loops, a call of a NumPy
# function, a multiply-add inside a matrix product, one of a sum of scaled arrays, one step of a Fourier
# transform, and a byte written to memory and read again. Only their ratios matter.
_STEP, _CALL, _MATRIX, _SCALED, _TRANSFORM, _BYTE = 1500.0, 3000.0, 0.045, 0.15, 0.4, 0.04


@dataclass(frozen=True)
class Cost:
    """Operations and bytes of a forward pass.

    Attributes
    ----------
    steps : int
        Multiply-adds done one at a time by the interpreter.
    calls : int
        Calls of NumPy functions.
    matrix, scaled : int
        Multiply-adds inside matrix products, and inside sums of scaled arrays.
    transform : int
        Steps of Fourier transforms, n log2 n for n samples.
    moved : int
        Bytes written besides the output: copies, columns, spectra.
    scratch : int
        Bytes of memory held at once besides inputs and output, at most.
    """

    steps: int = 0
    calls: int = 0
    matrix: int = 0
    scaled: int = 0
    transform: int = 0
    moved: int = 0
    scratch: int = 0

    @property
    def operations(self) -> int:
        """Operations of all kinds."""
        return self.steps + self.matrix + self.scaled + self.transform

    def seconds(self, itemsize: int = 8) -> float:
        """Predict the time the pass takes.

        Parameters
        ----------
        itemsize : int
            Bytes of a number: arithmetic on vectors of 4-byte numbers goes twice as fast.

        Returns
        -------
        float
            Seconds, within a factor of two or three; meant for comparing algorithms.
        """
        vector = self.matrix * _MATRIX + self.scaled * _SCALED + self.transform * _TRANSFORM
        return 1e-9 * (self.steps * _STEP + self.calls * _CALL + vector * itemsize / 8 + self.moved * _BYTE)
