"""How much the tangent kernel of finitely many parameters scatters about its limit, exactly."""

from __future__ import annotations

from itertools import permutations

import numpy as np
from numpy.typing import ArrayLike

from ... import _native
from ..._native.arrays import Complex, Real
from ..._native.errors import InvalidArgumentError
from ...circuits import Circuit
from ...instructions import Instruction
from ...models import Model, expect_model
from ...samples import Samples, density_matrices

_STEP = 0.5
"""Of the angle from whose rotation a generator's spectrum is read."""


def kernel_noise(
    model: Model,
    theta: ArrayLike,
    X: ArrayLike | Samples | None = None,
    states: ArrayLike | None = None,
) -> Real:
    """Cov(K_ab, K_cd) over Haar-random generators H_l of the model's spectra, its measurement and samples held.

    With X_a = i[M, rho_a], K = tr X_a X_b, and alpha_l, beta_l of the fourth moment of a random generator,

        sum_l alpha_l (K_ab K_cd + K_ac K_bd + K_ad K_bc) + beta_l sum_perm tr(X_a X X X) - Z_l^2 K_ab K_cd,

    exact for every p; at large d a Wishart law of p degrees of freedom. `claims.finite_size_noise` is its approximation.
    Derived in docs/maths.md.

    Args:
        model: of one output, of two qubits at least, each parameter in one gate.
        theta: parameters (p,).
        X: features (m, f), or `qt.Samples`, which take the place of X and states.
        states: input states (m, 2^n), or density matrices (m, 2^n, 2^n); |0...0> without.

    Returns:
        (m, m, m, m), for the kernel K as `Model.tangent_kernel` gives it, not divided by Zsum.

    Raises:
        InvalidArgumentError: for several outputs or parameter sets, one qubit, and a shared parameter (its gates are named).
        OutOfMemoryError: before anything is allocated.
    """
    expect_model(model)
    observable = model.observable
    if isinstance(observable, list):
        raise InvalidArgumentError(f"the model has {len(observable)} outputs; the noise is that of one")
    d = 2**model.circuit.n_qubits
    if d < 4:
        raise InvalidArgumentError("the circuit has one qubit; the fourth moment needs two at least")
    h2, h4 = _generator_moments(model.circuit, d)
    measured = model.scale * observable.matrix()
    given = np.ndim(theta)
    if given > 1:
        raise InvalidArgumentError(f"theta has {given} axes; the noise is that at one parameter set (p,)")
    rho = density_matrices(np.asarray(model.output_states(theta, X, states=states)))
    m = len(rho)
    result: Real = _native.result("the covariance", (m, m, m, m), 0, "samples")
    currents = 1j * (measured @ rho - rho @ measured)
    products = currents[:, None] @ currents[None]
    kernel: Real = np.einsum("abii->ab", products).real
    chains = np.einsum("abij,cdji->abcd", products, products, optimize=True).real
    rings = sum(chains.transpose(0, *order) for order in permutations((1, 2, 3)))
    alpha, beta = _fourth_moment(d, h2, h4)
    weights = h2 / (d**2 - 1)
    pairs = np.einsum("ab,cd->abcd", kernel, kernel)
    crossed = pairs.transpose(0, 2, 1, 3) + pairs.transpose(0, 3, 2, 1)
    result[:] = (alpha.sum() - np.sum(weights**2)) * pairs + alpha.sum() * crossed + beta.sum() * rings
    return result


def _fourth_moment(d: int, h2: Real, h4: Real) -> tuple[Real, Real]:
    """alpha and beta of each generator: the mean of four copies of its traceless part over the unitary group."""
    norm = d**2 * (d**2 - 1) * (d**2 - 4) * (d**2 - 9)
    alpha = ((d**4 - 6 * d**2 + 18) * h2**2 - (4 * d**3 - 6 * d) * h4) / norm
    beta = ((3 * d - 2 * d**3) * h2**2 + (d**4 + d**2) * h4) / norm
    return alpha, beta


def _generator_moments(circuit: Circuit, d: int) -> tuple[Real, Real]:
    """Centred sums of squares and fourth powers of each parameter's generator, over all d levels."""
    found: dict[int, tuple[float, float]] = {}
    places: dict[int, str] = {}
    for instruction in circuit:
        for k, angle in enumerate(instruction.angles):
            for (parameters, features), factor in angle.terms.items():
                if not parameters:
                    continue
                place = f"{instruction.name} on qubits {', '.join(map(str, instruction.qubits))}"
                if features or len(angle.terms) > 1 or parameters[0] in places:
                    raise InvalidArgumentError(
                        f"parameter {parameters[0]} acts at {places.get(parameters[0], place)} and {place}; the noise "
                        "needs each parameter alone in the angle of one gate"
                    )
                places[parameters[0]] = place
                levels = factor * _generator_spectrum(instruction, k)
                distances = levels - levels.mean()
                often = d // len(levels)
                found[parameters[0]] = (
                    often * float(np.sum(distances**2)),
                    often * float(np.sum(distances**4)),
                )
    moments = np.array(list(found.values())).reshape(-1, 2)
    return moments[:, 0], moments[:, 1]


def _generator_spectrum(instruction: Instruction, angle: int) -> Real:
    """Eigenvalues of H in U(a + e) = exp(-i e H) U(a) for one angle a of the instruction, on its own qubits."""
    if instruction.generator is not None:
        return np.asarray(np.linalg.eigvalsh(instruction.generator.matrix()), dtype=np.float64)
    n = len(instruction.qubits)

    def matrix(value: float) -> Complex:
        angles = [0.0] * len(instruction.angles)
        angles[angle] = value
        alone = Instruction(instruction.name, range(n), angles, instruction.pauli)
        return np.asarray(Circuit.from_instructions(n, [alone]).matrix())

    # Eigenvalues of the gate table's generators are at most 1 in modulus, so that phases stay far from half a turn.
    phases = np.angle(np.linalg.eigvals(matrix(_STEP) @ matrix(0.0).conj().T))
    return np.asarray(-phases / _STEP, dtype=np.float64)
