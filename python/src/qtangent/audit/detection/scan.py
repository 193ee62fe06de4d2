"""Whether some configuration would turn off the encoding, found without being told it."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

from ..._native.arrays import Real
from ...angles import param
from ...circuits import Circuit
from ...models import Model
from ...observables import hermitian
from ..report import INTACT, TAMPERED, Test
from .case import Case
from .encoder import SENSELESS, shares
from .segments import bound
from .simulated import cut, model_of, sensitivities
from .spread import COLLAPSED

MEASURE = "smallest share that a configuration leaves of a feature's sensitivity"
_LEFT = 0.1
"""A calibration may cost sensitivity; below this share a feature is switched off."""
_PROBES = 16
_STARTS = 4
"""At most: a dispersion that is found twice is taken for the least."""
_STEPS = 100
_MOST_QUBITS = 12
"""Beyond, the mean state is no longer an observable that fits."""


class Dispersion:
    """1 - tr rhobar^2 of the mean encoded state, as a function of the angles (k,) of the encoder's last parameters, the
    others being theta.

    d tr rhobar^2 = 2 tr(rhobar d rhobar): with rhobar held fixed as an observable, its expectation's ordinary gradient.
    """

    def __init__(self, encoder: Circuit, theta: Real, X: Real) -> None:
        self._circuit, self._theta, self._X = encoder, theta, X
        self._states = model_of(encoder)

    def __call__(self, angles: Real) -> tuple[float, Real]:
        """The dispersion and its gradient (k,)."""
        theta, m = np.concatenate([self._theta, angles]), len(self._X)
        psi = self._states.output_states(theta, self._X)
        mean = psi.T @ psi.conj() / m
        held = Model(self._circuit, hermitian((mean + mean.conj().T) / 2))
        gradient, _ = held.vjp(theta, np.full(m, -2 / m), self._X)
        return 1 - float(np.vdot(mean, mean).real), gradient[len(self._theta) :]


def scan_test(case: Case) -> Test:
    """Minimises the dispersion over all keys of the encoder, and asks how much sensitivity is left there."""
    keys = case.suspect.encoder.config_keys
    if not case.suspect.encoder.n_features or not keys:
        lacking = (
            "no configuration key is in the encoder"
            if case.suspect.encoder.n_features
            else "no gate reads data"
        )
        return Test.not_run(MEASURE, lacking)
    if case.suspect.circuit.n_qubits > _MOST_QUBITS:
        return Test.not_run(
            MEASURE, f"the circuit has {case.suspect.circuit.n_qubits} qubits, {_MOST_QUBITS} are the limit"
        )
    reference = case.reference.encoder if case.reference else bound(case.suspect.encoder, {})
    before = sensitivities(reference, case.theta, case.X)
    if (before.mean(axis=0) <= SENSELESS).all():
        return Test.not_run(
            MEASURE, "without configuration the encoded states do not depend on the data either"
        )
    dispersion, found = _least(case)
    after = sensitivities(bound(case.suspect.encoder, found), case.theta, case.X)
    left = shares(after, before)
    feature, off = int(left.argmin()), int((left < _LEFT).sum())
    if off:
        why = f"there is a configuration that switches off {off} of {int(np.isfinite(left).sum())} features"
    else:
        why = f"no configuration was found that switches a feature off; feature {feature} loses most"
    details = {
        "keys": len(keys),
        "configuration": found,
        "dispersion": dispersion,
        "sensitivity": float(after.mean(axis=0).sum()),
    }
    return Test(MEASURE, float(left[feature]), 1.0, _LEFT, TAMPERED if off else INTACT, why, details)


def _least(case: Case) -> tuple[float, dict[str, float]]:
    """The least dispersion that L-BFGS finds, and the angles there in (-pi, pi]."""
    encoder = case.suspect.encoder
    keys, first = encoder.config_keys, encoder.n_params
    random = np.random.default_rng([case.seed, 2])
    rows = random.choice(len(case.X), min(_PROBES, len(case.X)), replace=False)
    theta, features = cut(encoder, case.theta, case.X[rows])
    assert features is not None
    function = Dispersion(
        encoder.bind(config={key: param(first + k) for k, key in enumerate(keys)}), theta, features
    )
    best, angles = np.inf, np.zeros(len(keys))
    for _ in range(_STARTS):
        start = random.uniform(-np.pi, np.pi, len(keys))
        end = minimize(
            function,
            start,
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": _STEPS, "ftol": 1e-15, "gtol": 1e-9},
        )
        again = abs(end.fun - best) < COLLAPSED**2
        if end.fun < best:
            best, angles = float(end.fun), np.asarray(end.x)
        if again or best < COLLAPSED**2:
            break
    wrapped = np.pi - np.mod(np.pi - angles, 2 * np.pi)
    return best, dict(zip(keys, wrapped.tolist(), strict=True))
