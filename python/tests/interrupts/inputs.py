"""What is made ready for models: states, matrices and files."""

from __future__ import annotations

import tempfile

import numpy as np
import qtangent as qt
from qtangent.classical import TwoLayerNetwork

from .case import Case, problem, random_state


def haar_states():
    return lambda: qt.encoding.haar_states(11, 500, seed=1), ()


def many_haar_states():
    return lambda: qt.encoding.haar_states(16, 300, orthogonal=False, seed=1), ()


def density_matrices():
    """Each is diagonalised."""
    states = qt.encoding.haar_states(8, 120, orthogonal=False, seed=1)
    mixed = states[:, :, None] * states[:, None, :].conj() / 2 + np.eye(256) / 512
    return lambda: len(qt.Samples(states=mixed)), (mixed,)


def unitary():
    """Most of the time goes into the product with its adjoint."""
    matrix = qt.encoding.haar_states(10, 1024, seed=1)
    large = np.kron(np.eye(2), matrix)
    return lambda: len(qt.Circuit(11).unitary(large, range(11))), (large,)


def matrix():
    circuit = qt.ansatz.hardware_efficient(11, 10)
    theta = random_state(1).uniform(0, 6, circuit.n_params)
    return lambda: circuit.matrix(theta), (theta,)


def limit_dqntk():
    states = qt.encoding.haar_states(8, 250, seed=1)
    levels = random_state(1).normal(size=256)
    moments = np.array([(states.conj() * levels**k) @ states.T for k in range(4)])
    return lambda: qt.dynamics.limit_dqntk(moments), (moments,)


def loaded():
    """A record of 200 MB."""
    model, theta, samples, y = problem(1, 1, 350)
    run = qt.train(model, y, X=samples, theta=theta, steps=200, record=("kernel",))
    folder = tempfile.TemporaryDirectory()
    run.save(f"{folder.name}/run.qtg")
    # The folder is there for as long as the call.
    return lambda: qt.Run.load(f"{folder.name}/run.qtg").kernel[-1], ()


def loaded_students():
    network = TwoLayerNetwork(np.eye(50))
    starts = random_state(1).normal(size=(100, 20, 50)) / 10
    run = network.train(starts, 1e-3, steps=200, record_path=True)
    folder = tempfile.TemporaryDirectory()
    run.save(f"{folder.name}/run.qtg")
    return lambda: type(run).load(f"{folder.name}/run.qtg").loss, ()


CASES = [
    Case("qtg_encoding_haar_states", haar_states),
    Case("qtg_encoding_haar_states: not orthogonal", many_haar_states),
    Case("qtg_samples_create", density_matrices),
    Case("qtg_circuit_append_unitary", unitary),
    Case("qtg_circuit_matrix", matrix),
    Case("qtg_dynamics_limit_dqntk", limit_dqntk),
    Case("qtg_run_load", loaded),
    Case("qtg_teacher_student_run_load", loaded_students),
]
