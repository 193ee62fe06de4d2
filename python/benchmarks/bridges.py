"""python -m benchmarks.bridges: what PyTorch's layer and JAX's function cost, in the environment of the guests.

Blocks of calls alternate, and the medians of their processor times are compared: the layer, forward and backward, with
operators of the same signatures that do nothing; the function with the computation alone; a step of a hybrid net for digits
(4 qubits, 3 layers, 32 images) with one whose quantum layer is PennyLane's on lightning.qubit.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import pennylane as qml
import qtangent as qt
import torch
from qtangent.torch import derivatives

QUBITS, LAYERS, SAMPLES = 4, 3, 32
torch.set_num_threads(1)
qt.set_num_threads(1)
jax.config.update("jax_enable_x64", True)


def microseconds(calls: dict[str, Callable[[], object]], blocks: int, repeats: int) -> dict[str, float]:
    """The median over blocks of the processor time of a call."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for block in range(blocks + 1):
        for name, call in calls.items():
            began = time.process_time()
            for _ in range(repeats):
                call()
            if block:  # the first one warms up
                times[name].append(1e6 * (time.process_time() - began) / repeats)
    return {name: statistics.median(found) for name, found in times.items()}


def model(observables: int) -> qt.Model:
    circuit = qt.encoding.angle(QUBITS) + qt.ansatz.hardware_efficient(QUBITS, LAYERS, rotations=("ry", "rz"))
    strings = ["I" * k + "Z" + "I" * (QUBITS - 1 - k) for k in range(observables)]
    return qt.Model(circuit, [qt.pauli(one) for one in strings])


torch.library.define("empty::predict", "(Tensor theta, Tensor? X, int model) -> Tensor")
torch.library.define("empty::vjp", "(Tensor theta, Tensor? X, Tensor weights, int model) -> (Tensor, Tensor)")


@torch.library.impl("empty::predict", "CompositeExplicitAutograd")
def _predict(theta: torch.Tensor, X: torch.Tensor, model: int) -> torch.Tensor:
    return X.new_empty((len(X), 1))


@torch.library.impl("empty::vjp", "CompositeExplicitAutograd")
def _vjp(
    theta: torch.Tensor, X: torch.Tensor, weights: torch.Tensor, model: int
) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.empty_like(theta), torch.empty_like(X)


class EmptyVjp(derivatives._Function):
    @staticmethod
    def forward(theta, X, weights, model):
        return torch.ops.empty.vjp.default(theta, X, weights, model._handle)


class Empty(derivatives._Function):
    @staticmethod
    def forward(theta, X, model):
        return torch.ops.empty.predict.default(theta, X, model._handle)

    @staticmethod
    def backward(ctx, weights):
        theta, X = ctx.saved_tensors
        return *EmptyVjp.apply(theta, X, weights, ctx.model), None


def torch_layer() -> dict[str, float]:
    one = model(1)
    layer = qt.torch.Layer(one).double()
    X, weights = torch.rand(SAMPLES, QUBITS, dtype=torch.float64), torch.ones(SAMPLES, 1, dtype=torch.float64)

    def backward(forward: Callable[[torch.Tensor], torch.Tensor]) -> Callable[[], None]:
        def step() -> None:
            layer.theta.grad = None
            forward(X).backward(weights)

        return step

    return microseconds(
        {"layer": backward(layer), "empty operators": backward(lambda X: Empty.apply(layer.theta, X, one))},
        50,
        50,
    )


def jax_function() -> dict[str, float]:
    one = model(1)
    function = jax.jit(qt.jax.predict(one))
    theta, X = np.linspace(0, 3, one.n_params), np.random.default_rng(0).normal(size=(SAMPLES, QUBITS))
    arrays = jnp.asarray(theta), jnp.asarray(X)
    return microseconds(
        {
            "function": lambda: function(*arrays).block_until_ready(),
            "computation": lambda: one.predict(theta, X),
        },
        50,
        50,
    )


def hybrid_training() -> dict[str, float]:
    """A step of Adam on random images of the size of the digits'."""
    device = qml.device("lightning.qubit", wires=QUBITS)

    @qml.qnode(device, interface="torch", diff_method="adjoint")
    def circuit(inputs, weights):
        qml.AngleEmbedding(inputs, wires=range(QUBITS), rotation="Y")
        for layer in range(LAYERS):
            for k in range(QUBITS):
                qml.RY(weights[layer, k, 0], wires=k)
                qml.RZ(weights[layer, k, 1], wires=k)
            for k in range(QUBITS - 1):
                qml.CZ([k, k + 1])
        return [qml.expval(qml.Z(k)) for k in range(QUBITS)]

    def step(quantum: torch.nn.Module) -> Callable[[], None]:
        net = torch.nn.Sequential(
            torch.nn.Conv2d(1, 4, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(144, QUBITS), quantum,
            torch.nn.Linear(QUBITS, 10),
        )  # fmt: skip
        optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
        X, y = torch.rand(SAMPLES, 1, 8, 8), torch.arange(SAMPLES) % 10

        def train() -> None:
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(net(X), y).backward()
            optimizer.step()

        return train

    peer = qml.qnn.TorchLayer(circuit, {"weights": (LAYERS, QUBITS, 2)})
    return microseconds(
        {"QTangent": step(qt.torch.Layer(model(QUBITS))), "lightning.qubit": step(peer)}, 5, 2
    )


def main() -> None:
    print(f"microseconds a call, load {os.getloadavg()[0]:.1f}")
    for measured, goal in (
        (torch_layer, "at most 60 apart"), (jax_function, "at most 30 apart"), (hybrid_training, "at least 20 times"),
    ):  # fmt: skip
        (first, one), (second, other) = measured().items()
        print(f"{measured.__name__}: {first} {one:.0f}, {second} {other:.0f}: {one - other:.0f} apart, "
              f"{other / one:.1f} times ({goal})")  # fmt: skip


if __name__ == "__main__":
    main()
