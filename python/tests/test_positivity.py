"""Kernels that are positive, or nearly, against matrices of a known spectrum."""

from __future__ import annotations

import numpy as np
import pytest
import qtangent as qt
from qtangent.classical import positive, recurrent_ntk

RNG = np.random.default_rng(5)


def with_spectrum(eigenvalues: list[float]) -> np.ndarray:
    Q, _ = np.linalg.qr(RNG.standard_normal((len(eigenvalues), len(eigenvalues))))
    return (Q * eigenvalues) @ Q.T


def test_a_positive_kernel_stays_as_it_is():
    matrix = with_spectrum([1.0, 2.0, 5.0])
    found = positive(matrix)
    assert found.jitter == 0
    np.testing.assert_allclose(found.matrix, matrix, atol=1e-15)
    assert found.smallest == pytest.approx(1)
    assert found.largest == pytest.approx(5)
    assert found.threshold == pytest.approx(-3 * 2.0**-52 * 5)


@pytest.mark.parametrize("smallest", [0.0, -3e-16, 1e-14])
def test_what_rounding_hides_is_lifted_by_what_is_told(smallest):
    matrix = with_spectrum([smallest, 1.0, 2.0, 3.0])
    found = positive(matrix)
    np.testing.assert_allclose(found.matrix - matrix, found.jitter * np.eye(4), atol=1e-15)
    assert found.jitter == pytest.approx(1.5e-12, rel=1e-2)  # of the mean diagonal entry 6/4
    np.linalg.cholesky(found.matrix)
    assert positive(matrix, jitter=0).jitter == 0


def test_smooth_kernels_and_duplicates_pass():
    t = np.linspace(0, 1, 60)
    waves = [np.sin(7 * t * f) for f in np.linspace(0.9, 1.1, 40)]
    for activation in ("relu", "erf"):
        found = positive(recurrent_ntk(waves + waves[:10], activation=activation))
        assert 0 < found.jitter < 1e-10 * found.largest
        np.linalg.cholesky(found.matrix)


def test_a_copy_of_a_sequence_is_as_near_to_it_as_itself():
    """Of initial states that are not random: correlations near 1 cost no digits."""
    sequence = RNG.standard_normal((150, 2))
    for activation in ("relu", "erf"):
        for pooling in ("last", "mean"):
            K = recurrent_ntk([sequence, sequence.copy()], activation=activation, pooling=pooling)
            np.testing.assert_allclose(K, K[0, 0], rtol=1e-12)


@pytest.mark.parametrize(
    ("kernel", "arguments", "words"),
    [
        ([[1.0, 2.0], [2.0, 1.0]], {}, "its smallest eigenvalue is -1, the largest 3"),
        ([[1.0, 2.0], [0.0, 1.0]], {}, r"kernel\[0, 1\] is 2 and kernel\[1, 0\] 0"),
        ([[1.0, np.nan], [0.0, 1.0]], {}, r"kernel\[0, 1\] is nan"),
        ([[1.0, 2.0]], {}, r"kernel has shape \(1, 2\)"),
        (np.eye(2), {"jitter": -1}, "jitter is -1"),
        (-np.eye(2), {}, "smallest eigenvalue is -1, the largest -1"),
    ],
)
def test_what_is_no_kernel_is_refused(kernel, arguments, words):
    with pytest.raises(qt.InvalidArgumentError, match=words):
        positive(kernel, **arguments)


def test_a_tolerance_admits_more():
    matrix = with_spectrum([-1e-8, 1.0])
    with pytest.raises(qt.InvalidArgumentError, match="larger tolerance"):
        positive(matrix)
    assert positive(matrix, tolerance=1e-7).jitter == pytest.approx(1e-8, rel=1e-3)
