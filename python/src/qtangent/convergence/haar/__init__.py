"""Exact means over Haar-random circuits, and the noise that finitely many parameters leave on them."""

from .curvature import softest_curvature
from .gaussian import Gaussianity, gaussianity, haar_covariance
from .moments import HaarMoments, haar_dqntk, haar_moments
from .noise import kernel_noise
from .noisy_kernel import haar_kernel

__all__ = [
    "Gaussianity",
    "HaarMoments",
    "gaussianity",
    "haar_covariance",
    "haar_dqntk",
    "haar_kernel",
    "haar_moments",
    "kernel_noise",
    "softest_curvature",
]
