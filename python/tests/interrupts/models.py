"""What a model computes."""

from __future__ import annotations

import numpy as np
import parameter_shifts
import qtangent as qt
from qtangent._native.inputs import Theta

from .case import Case, features, problem, random_state


def method(name: str, n: int, layers: int, m: int, **options: object):
    """A method of a model, on features or, in "states", on states."""

    def make():
        model, theta, X = features(n, layers, m, n)
        return lambda: getattr(model, name)(theta, X, **options), (theta, X)

    return make


def directed(name: str, n: int, layers: int, m: int, loss: bool):
    """A product with second derivatives."""

    def make():
        model, theta, X = features(n, layers, m, n)
        direction, y = random_state(4).normal(size=theta.shape), np.ones(m)
        between = (y, direction) if loss else (direction,)
        return lambda: getattr(model, name)(theta, *between, X=X), (theta, direction, y, X)

    return make


def compiled():
    """Another model each time, for a compiled one is kept."""
    circuit = qt.ansatz.haar(8, 500)
    return lambda: qt.Model(circuit, qt.pauli("Z" * 8)).memory_estimate(1), ()


def fisher():
    model, theta, _, _ = problem(10, 12, 1)
    thetas, state = np.tile(theta, (40, 1)), np.eye(1, 1024)[0].astype(complex)
    return lambda: model.fisher_information(thetas, state=state), (thetas, state)


def feature_fisher():
    model, theta, X = features(9, 8, 1, 9)
    thetas = np.tile(theta, (1500, 1))
    return lambda: model.fisher_information(thetas, x=X[0], wrt="X"), (thetas, X)


def data_fisher():
    model, theta, samples, _ = problem(8, 12, 1500)
    return lambda: qt.capacity.data_fisher_information(model, theta, samples), (theta,)


def level_weights():
    model, theta, X = features(10, 40, 4000, 10)
    return lambda: qt.dynamics.level_weights(model, theta, X), (theta, X)


def loss_gradient():
    model, theta, X = features(9, 30, 4000, 9)
    y = np.ones(len(X))
    return lambda: model.loss_and_gradient(theta, y, X=X), (theta, y, X)


def loss_hessian():
    model, theta, X = features(7, 12, 200, 7)
    y = np.ones(len(X))
    return lambda: model.loss_hessian(theta, y, X=X), (theta, y, X)


def shifts():
    circuit = qt.ansatz.hardware_efficient(8, 16).channel(qt.noise.depolarizing(0.01), 0)
    model = qt.Model(circuit, qt.pauli("Z" * 8))
    theta, states = random_state(1).uniform(0, 6, 256), qt.encoding.haar_states(8, 60, seed=2)
    samples = qt.Samples(states=states)

    def call():
        found = parameter_shifts.shifts(model, Theta(theta, model.n_params), samples)
        return found.predictions, found.slopes, found.centres

    return call, (theta, states)


def vjp():
    model, theta, X = features(9, 30, 4000, 9)
    weights = random_state(5).normal(size=len(X))
    return lambda: model.vjp(theta, weights, X=X), (theta, weights, X)


def vjp_product():
    model, theta, X = features(9, 20, 3000, 9)
    direction, weights = random_state(4).normal(size=theta.shape), random_state(5).normal(size=len(X))
    return lambda: model.vjp_product(theta, weights, direction, X=X), (theta, weights, direction, X)


def deep(m: int):
    """A circuit of many steps on few qubits, whose states are small; one goes by itself, four go side by side."""

    def make():
        model, theta, X = features(12, 1000, m, 12)
        return lambda: model.loss_and_gradient(theta, np.ones(m), X=X), (theta, X)

    return make


def many_samples():
    """Most of the time goes into the product of Jacobians."""
    model, theta, X = features(4, 125, 2500, 4)
    return lambda: model.tangent_kernel(theta, X), (theta, X)


def measured(name: str, n: int, layers: int, m: int):
    """With shots."""

    def make():
        model, theta, X = features(n, layers, m, n)
        return lambda: getattr(model, name)(theta, X, shots=100, seed=1), (theta, X)

    return make


def one_large_state():
    model, theta, X = features(22, 10, 1, 22)
    return lambda: model.jacobian(theta, X), (theta, X)


def states_through_one_operator():
    """More states than dimensions: the observable goes through the circuit."""
    model, theta, samples, _ = problem(8, 60, 12_000)
    return lambda: model.jacobian(theta, samples), (theta,)


def density():
    circuit = qt.ansatz.hardware_efficient(8, 16).channel(qt.noise.depolarizing(0.01), 0)
    model = qt.Model(circuit, qt.pauli("Z" * 8))
    theta, states = random_state(1).uniform(0, 6, 256), qt.encoding.haar_states(8, 60, seed=2)
    return lambda: model.jacobian(theta, states=states), (theta, states)


CASES = [
    Case("qtg_model_predict", method("predict", 10, 80, 4000)),
    Case("qtg_model_jacobian", method("jacobian", 8, 60, 5000)),
    Case("qtg_model_jacobian: one large state", one_large_state),
    Case("qtg_model_jacobian: more states than dimensions", states_through_one_operator),
    Case("qtg_model_jacobian: density matrices", density),
    Case("qtg_measurement_predict", measured("predict", 10, 60, 4000)),
    Case("qtg_measurement_jacobian", measured("jacobian", 7, 8, 2000)),
    Case("qtg_model_tangent_kernel", method("tangent_kernel", 8, 40, 1500)),
    Case("qtg_model_tangent_kernel: many samples", many_samples),
    Case("qtg_model_output_states", method("output_states", 10, 40, 4000)),
    Case("qtg_model_dqntk", method("dqntk", 8, 10, 100)),
    Case("qtg_model_hessian", method("hessian", 7, 10, 300)),
    Case("qtg_model_hessian_product", directed("hessian_product", 9, 20, 3000, False)),
    Case("qtg_model_loss_hessian", loss_hessian),
    Case("qtg_model_loss_hessian_product", directed("loss_hessian_product", 8, 20, 2000, True)),
    Case("qtg_model_loss_gradient", loss_gradient),
    Case("qtg_model_loss_gradient: a deep circuit, one state", deep(1)),
    Case("qtg_model_loss_gradient: a deep circuit, four states", deep(4)),
    Case("qtg_model_vjp", vjp),
    Case("qtg_model_vjp_product", vjp_product),
    Case("qtg_model_feature_jacobian", method("jacobian", 9, 30, 6000, wrt="X")),
    Case("qtg_model_shifts", shifts),
    Case("qtg_model_fisher_information", fisher),
    Case("qtg_model_feature_fisher_information", feature_fisher),
    Case("qtg_model_data_fisher_information", data_fisher),
    Case("qtg_model_level_weights", level_weights),
    Case("qtg_model_compile", compiled),
]
