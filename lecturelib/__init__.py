"""Lectures on convolutional networks in which every formula runs: the functions they call.

Plotting and exercises are separate: ``from lecturelib.display import show`` and
``from lecturelib.exercises import check``. Layers and training are in ``lecturelib.networks``.
"""

from lecturelib import data
from lecturelib.operators import kernels
from lecturelib.operators.algorithms.plan import plan
from lecturelib.operators.connections import (
    partially_connected,
    partially_connected_backward,
    random_connections,
)
from lecturelib.operators.conv import conv, conv_backward, conv_transpose, conv_transpose_backward
from lecturelib.operators.groups import (
    p4_conv,
    p4_conv_backward,
    p4_lift,
    p4_lift_backward,
    p4_pool,
    p4_pool_backward,
    p4_rotate,
)
from lecturelib.operators.kernels import box, gabor, gaussian, impulse, laplacian, sharpen, sobel
from lecturelib.operators.matrices import (
    circulant,
    conv_matrix,
    is_block_circulant,
    is_block_toeplitz,
    is_circulant,
    is_toeplitz,
    toeplitz,
)
from lecturelib.operators.normalization import (
    divisive_normalization,
    divisive_normalization_backward,
    local_contrast_normalization,
    local_contrast_normalization_backward,
    subtractive_normalization,
    subtractive_normalization_backward,
)
from lecturelib.operators.pointwise import (
    rectify,
    rectify_backward,
    relu,
    relu_backward,
    tanh,
    tanh_backward,
)
from lecturelib.operators.pooling import (
    adaptive_pool,
    adaptive_pool_backward,
    avg_pool,
    avg_pool_backward,
    distance_weights,
    global_pool,
    global_pool_backward,
    lp_pool,
    lp_pool_backward,
    max_pool,
    max_pool_backward,
    maxout,
    maxout_backward,
    weighted_pool,
    weighted_pool_backward,
)
from lecturelib.operators.shapes import mode_length, mode_start, output_size, receptive_field
from lecturelib.operators.signals import convolve, cross_correlate
from lecturelib.operators.symmetry import (
    equivariance_error,
    invariance_error,
    rotate,
    scale,
    translate,
    warp,
)
from lecturelib.operators.unshared import (
    locally_connected,
    locally_connected_backward,
    tiled_conv,
    tiled_conv_backward,
)
from lecturelib.operators.windows import crop, fold, pad, pad_adjoint, windows

__version__ = "0.1.0"

__all__ = [
    "adaptive_pool",
    "adaptive_pool_backward",
    "avg_pool",
    "avg_pool_backward",
    "box",
    "circulant",
    "conv",
    "conv_backward",
    "conv_matrix",
    "conv_transpose",
    "conv_transpose_backward",
    "convolve",
    "crop",
    "cross_correlate",
    "data",
    "distance_weights",
    "divisive_normalization",
    "divisive_normalization_backward",
    "equivariance_error",
    "fold",
    "gabor",
    "gaussian",
    "global_pool",
    "global_pool_backward",
    "impulse",
    "invariance_error",
    "is_block_circulant",
    "is_block_toeplitz",
    "is_circulant",
    "is_toeplitz",
    "kernels",
    "laplacian",
    "local_contrast_normalization",
    "local_contrast_normalization_backward",
    "locally_connected",
    "locally_connected_backward",
    "lp_pool",
    "lp_pool_backward",
    "max_pool",
    "max_pool_backward",
    "maxout",
    "maxout_backward",
    "mode_length",
    "mode_start",
    "output_size",
    "p4_conv",
    "p4_conv_backward",
    "p4_lift",
    "p4_lift_backward",
    "p4_pool",
    "p4_pool_backward",
    "p4_rotate",
    "pad",
    "pad_adjoint",
    "partially_connected",
    "partially_connected_backward",
    "plan",
    "random_connections",
    "receptive_field",
    "rectify",
    "rectify_backward",
    "relu",
    "relu_backward",
    "rotate",
    "scale",
    "sharpen",
    "sobel",
    "subtractive_normalization",
    "subtractive_normalization_backward",
    "tanh",
    "tanh_backward",
    "tiled_conv",
    "tiled_conv_backward",
    "toeplitz",
    "translate",
    "warp",
    "weighted_pool",
    "weighted_pool_backward",
    "windows",
]
