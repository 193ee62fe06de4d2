"""Circuits wider than any state, whose observables reach few qubits."""

import pickle
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt
from qtangent import _native

HEADERS = Path(__file__).parents[2] / "bindings" / "include"
TOLERANCE = {"rtol": 0, "atol": 1e-13}


def chain(n, layers=2):
    """Angle encoding, then layers of RY, RZ and a CZ chain."""
    return qt.encoding.angle(n) + qt.ansatz.hardware_efficient(n, layers, topology="chain")


def pauli(n, letters):
    return qt.pauli("".join(letters.get(q, "I") for q in range(n)))


def on_middle(n, first, count, parameters):
    """Which parameters of the wide ansatz belong to `count` qubits from `first`, in the order of a narrow one."""
    layer, qubit, rotation = np.unravel_index(np.arange(parameters), (2, count, 2))
    return (layer * n + first + qubit) * 2 + rotation


def test_sixty_qubits_are_like_the_seven_that_matter():
    n, first, count = 60, 27, 7
    wide = qt.Model(chain(n), [pauli(n, {30: "Z"}), 0.5 * pauli(n, {30: "X"}) - pauli(n, {29: "Z", 30: "Z"})])
    narrow = qt.Model(
        chain(count), [pauli(count, {3: "Z"}), 0.5 * pauli(count, {3: "X"}) - pauli(count, {2: "Z", 3: "Z"})]
    )
    rng = np.random.default_rng(1)
    theta, X = rng.uniform(0, 2 * np.pi, wide.n_params), rng.normal(size=(5, n))
    columns = on_middle(n, first, count, narrow.n_params)
    small, near = theta[columns], X[:, first : first + count]
    # The narrow states go in as input states too, so that the reference is no light cone's work.
    encoded = qt.Model(qt.encoding.angle(count), pauli(count, {})).output_states([], near)
    ansatz = qt.Model(qt.ansatz.hardware_efficient(count, 2, topology="chain"), narrow.observable)

    np.testing.assert_allclose(wide.predict(theta, X), ansatz.predict(small, states=encoded), **TOLERANCE)
    jacobian, expected = wide.jacobian(theta, X), ansatz.jacobian(small, states=encoded)
    np.testing.assert_allclose(jacobian[..., columns], expected, **TOLERANCE)
    others = np.setdiff1d(np.arange(wide.n_params), columns)
    assert (jacobian[..., others] == 0).all()
    assert (jacobian != 0).any(axis=(0, 1)).sum() >= 8
    np.testing.assert_allclose(
        wide.tangent_kernel(theta, X),
        np.einsum("iap,jap->ij", expected, expected),
        rtol=0,
        atol=1e-12,
    )
    y = rng.normal(size=(5, 2))
    loss, gradient = wide.loss_and_gradient(theta, y, X=X)
    residual = ansatz.predict(small, states=encoded) - y
    assert loss == pytest.approx((residual**2).sum() / 10, abs=1e-13)
    np.testing.assert_allclose(gradient[columns], np.einsum("ia,iap->p", residual, expected) / 5, **TOLERANCE)
    assert wide.memory_estimate(5) < 2**20
    d = 2.0**n
    assert wide.z_sum == pytest.approx(wide.n_params * d / 4 / (d * d - 1), rel=1e-14)
    again = pickle.loads(pickle.dumps(wide))
    assert (again.predict(theta, X) == wide.predict(theta, X)).all()


def test_sixty_qubits_train_and_resume(tmp_path):
    model = qt.Model(chain(60), pauli(60, {30: "Z"}))
    X, y = np.random.default_rng(2).normal(size=(6, 60)), np.array([1.0, -1, 1, -1, 1, -1])
    run = qt.train(model, y, X=X, seed=3, optimizer=qt.GradientDescent(0.5), steps=30)
    assert run.loss[-1] < 0.8 * run.loss[0]
    run.save(tmp_path / "run")
    longer = qt.resume(tmp_path / "run", 10)
    straight = qt.train(model, y, X=X, seed=3, optimizer=qt.GradientDescent(0.5), steps=40)
    assert (longer.theta == straight.theta).all()


def test_what_does_not_fit_says_so():
    wide = qt.Model(chain(60), pauli(60, {0: "Z"}))
    theta, X = np.zeros(wide.n_params), np.zeros((1, 60))
    with pytest.raises(qt.OutOfMemoryError, match="60 qubits"):
        wide.output_states(theta, X)
    with pytest.raises(qt.OutOfMemoryError, match="60 qubits"):
        wide.memory_estimate(1, "output_states")
    with pytest.raises(qt.OutOfMemoryError, match="60 qubits"):
        wide.memory_estimate(1, has_states=True)
    everywhere = qt.Model(chain(60), pauli(60, dict.fromkeys(range(60), "Z")))
    with pytest.raises(qt.OutOfMemoryError, match="a state of 60 qubits does not fit"):
        everywhere.predict(theta, X)
    apart = qt.Model(chain(60, layers=1), pauli(60, dict.fromkeys(range(29), "Z") | {40: "X"}))
    with pytest.raises(qt.OutOfMemoryError, match="depend on 32 of the circuit's 60 qubits"):
        apart.predict(np.zeros(apart.n_params), X)
    with pytest.raises(qt.QTangentError, match="between 1 and 128"):
        qt.Circuit(129)


def test_estimates_follow_the_light_cone():
    model = qt.Model(chain(20), pauli(20, {0: "Z"}))
    assert model.memory_estimate(1) < 2**20 < 2**24 < model.memory_estimate(1, has_states=True)
    assert model.memory_estimate(1, "output_states") >= 16 * 2**20


@pytest.mark.parametrize("n", [3, 6])
def test_input_states_keep_the_register(n):
    """With entangled input states, against output states, which the whole circuit computes."""
    rng = np.random.default_rng(n)
    circuit = chain(n)
    states = rng.normal(size=(4, 2**n)) + 1j * rng.normal(size=(4, 2**n))
    states /= np.linalg.norm(states, axis=1, keepdims=True)
    theta, X = rng.normal(size=circuit.n_params), rng.normal(size=(4, n))
    model = qt.Model(circuit, [pauli(n, {0: "Z"}), pauli(n, {n - 1: "Y"})])
    out = model.output_states(theta, X, states).reshape(4, *[2] * n)
    probability = (np.abs(out) ** 2).sum(axis=tuple(range(2, n + 1)))
    last = out.reshape(4, -1, 2)
    expected = np.stack(
        [probability[:, 0] - probability[:, 1], 2 * (last[..., 0].conj() * last[..., 1]).imag.sum(axis=1)],
        axis=1,
    )
    np.testing.assert_allclose(model.predict(theta, X, states), expected, **TOLERANCE)


PROGRAM = r"""
#include "qtangent.h"
#include <math.h>
#include <stdio.h>
#define CHECK(call) do { int32_t s = (call); if (s != QTG_OK) return (int)s; } while (0)
int main(void) {
  enum { n = 60, layers = 2, p = 2 * n * layers };
  int32_t rotations[2] = {QTG_GATE_RY, QTG_GATE_RZ};
  static double theta[p], jacobian[p], kernel, states[2];
  double prediction, seconds;
  char letters[n + 1] = {0};
  int64_t bytes, k;
  qtg_circuit circuit;
  qtg_observable observable;
  qtg_model model;
  qtg_samples samples;
  qtg_data data = {sizeof(qtg_data), 1, NULL, 0, NULL, 0, 0, 0};
  for (k = 0; k < n; k++) letters[k] = k == 30 ? 'Z' : 'I';
  for (k = 0; k < p; k++) theta[k] = sin((double)k + 1);
  CHECK(qtg_ansatz_hardware_efficient(n, layers, rotations, 2, QTG_GATE_CZ, 0, &circuit));
  CHECK(qtg_observable_pauli(letters, &observable));
  CHECK(qtg_model_create(circuit, &observable, 1, 1.0, QTG_PRECISION_DOUBLE, &model));
  CHECK(qtg_samples_create(&data, 0, &samples));
  CHECK(qtg_model_jacobian(model, theta, 1, p, samples, 0, 0, &prediction, jacobian));
  CHECK(qtg_model_tangent_kernel(model, theta, 1, p, samples, 0, 0, 0, &kernel));
  CHECK(qtg_model_memory(model, QTG_TASK_JACOBIAN, 1, 1, 0, &bytes));
  CHECK(qtg_model_duration(model, QTG_TASK_JACOBIAN, 1, 1, 0, &seconds));
  if (qtg_model_memory(model, QTG_TASK_JACOBIAN, 1, 1, 1, &bytes) != QTG_OUT_OF_MEMORY) return 100;
  if (qtg_model_output_states(model, theta, 1, p, samples, 0, states) != QTG_OUT_OF_MEMORY) return 101;
  if (seconds > 1e-3 || bytes > 1 << 20) return 102;
  printf("%.17g %.17g\n", prediction, kernel);
  for (k = 0; k < p; k++) printf("%.17g\n", jacobian[k]);
  return 0;
}
"""


@pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")
def test_sixty_qubits_from_c(tmp_path):
    source, binary = tmp_path / "wide.c", tmp_path / "wide"
    source.write_text(PROGRAM)
    command = ["gcc", "-std=c99", "-Wall", "-Wextra", "-Werror", f"-I{HEADERS}", source]
    library = _native.library_path()
    subprocess.run([*command, library, f"-Wl,-rpath,{library.parent}", "-lm", "-o", binary], check=True)
    done = subprocess.run([binary], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    prediction, kernel, *jacobian = map(float, done.stdout.split())
    # The five qubits around it, from states computed by the whole of a small circuit.
    theta = np.sin(np.arange(240.0) + 1)
    small = qt.Circuit(5)
    for layer in range(2):
        for q in range(5):
            k = (layer * 60 + 28 + q) * 2
            small.ry(theta[k], q).rz(theta[k + 1], q)
        for a, b in pairwise(range(5)):
            small.cz(a, b)
    state = qt.Model(small, pauli(5, {2: "Z"})).output_states([])[0].reshape(4, 2, 4)
    weights = (np.abs(state) ** 2).sum(axis=(0, 2))
    assert prediction == pytest.approx(weights[0] - weights[1], abs=1e-13)
    assert kernel == pytest.approx(np.square(jacobian).sum(), abs=1e-13)
    near = [(layer * 60 + q) * 2 + r for layer in range(2) for q in (29, 30, 31) for r in range(2)]
    assert np.count_nonzero(np.delete(jacobian, near)) == 0
    assert np.count_nonzero(jacobian) > 3
