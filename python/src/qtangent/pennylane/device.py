"""The device `qtangent.qubit`: QNodes run on this library, with adjoint derivatives and batches in one call."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import Any

import pennylane as qml
from pennylane.devices import Device, ExecutionConfig
from pennylane.devices.modifiers import simulator_tracking, single_tape_support
from pennylane.devices.preprocess import (
    decompose,
    validate_adjoint_trainable_params,
    validate_device_wires,
    validate_measurements,
)
from pennylane.exceptions import DeviceError
from pennylane.measurements import StateMP

from . import evaluation
from .evaluation import Job
from .outcomes import is_exact
from .package import ADJOINTS, GATES
from .tapes import Structure, has_angles, key_of, structure_of, values_of

_NAME = "qtangent.qubit"
_MOST_STRUCTURES = 256
_FIXED = {"BasisState", "Identity", "Barrier", "GlobalPhase", "Snapshot", "QubitUnitary"} | {
    f"Adjoint({name})" for name in ADJOINTS
}


def _is_supported(operation: Any) -> bool:
    """Whether an operation is run as it is; PennyLane takes the others apart."""
    if has_angles(operation):
        return True
    if any(qml.math.requires_grad(value) for value in operation.data):
        return bool(operation.name == "GlobalPhase")
    return operation.name in _FIXED or bool(operation.has_matrix and not operation.has_decomposition)


@qml.transform  # type: ignore[untyped-decorator]
def _without_shots(tape: Any) -> tuple[Any, Callable[[Any], Any]]:
    if tape.shots:
        raise DeviceError(
            f"{_NAME} is exact, it has no shots, and the tape has {tape.shots.total_shots}: "
            "qml.set_shots(qnode, None) takes them away"
        )
    return (tape,), lambda results: results[0]


@simulator_tracking
@single_tape_support
class QTangentDevice(Device):  # type: ignore[misc]
    """A PennyLane device: `qml.device("qtangent.qubit", wires=4)`.

    Exact expectation values, variances, probabilities and states of any gates that PennyLane can take apart, with
    derivatives by the adjoint method. A broadcast tape, and tapes that differ in their angles alone, are one call on many
    parameter sets; what is compiled for a tape is kept for tapes of the same structure.

    Args:
        wires: a number of wires or their labels, in the order of qubits; those of each tape without.
        shots: none: the device is exact.

    Raises:
        DeviceError: for shots.
    """

    def __init__(self, wires: Any = None, shots: None = None) -> None:
        if shots is not None:
            raise DeviceError(f"{_NAME} is exact, it has no shots, and {shots} are given: leave them out")
        super().__init__(wires=wires)
        self._structures: OrderedDict[Hashable, Structure] = OrderedDict()

    @property
    def name(self) -> str:
        """qtangent.qubit"""
        return _NAME

    def supports_derivatives(self, execution_config: Any = None, circuit: Any = None) -> bool:
        """Whether the derivatives of a tape come from the device; not those of states."""
        if execution_config is not None and execution_config.gradient_method not in ("adjoint", "best"):
            return False
        return circuit is None or not any(isinstance(one, StateMP) for one in circuit.measurements)

    def supports_vjp(self, execution_config: Any = None, circuit: Any = None) -> bool:
        """As `supports_derivatives`."""
        return self.supports_derivatives(execution_config, circuit)

    def setup_execution_config(self, config: Any = None, circuit: Any = None) -> Any:
        """Derivatives by the adjoint method: Jacobians with the results, or, of broadcast tapes, products with vectors, for
        which JAX's compiler has no place."""
        config = config or ExecutionConfig()
        for option in config.device_options:
            raise DeviceError(f"{_NAME} has no option {option!r}")
        adjoint = config.gradient_method in ("best", "adjoint") and self.supports_derivatives(config, circuit)
        if not adjoint:
            return config
        is_compiled = config.interface == qml.math.Interface.JAX_JIT
        broadcast = circuit is not None and circuit.batch_size is not None
        products = not is_compiled and (broadcast or bool(config.use_device_jacobian_product))
        return replace(
            config,
            gradient_method="adjoint",
            use_device_gradient=True,
            use_device_jacobian_product=products,
            grad_on_execution=not products if config.grad_on_execution is None else config.grad_on_execution,
        )

    def preprocess_transforms(self, execution_config: Any = None) -> Any:
        """Measurements to the end, operations to those that are run, and a word about everything that is not."""
        config = execution_config or ExecutionConfig()
        pipeline = qml.CompilePipeline()
        pipeline.add_transform(_without_shots)
        pipeline.add_transform(validate_device_wires, self.wires, name=_NAME)
        pipeline.add_transform(qml.defer_measurements, allow_postselect=False)
        pipeline.add_transform(
            decompose,
            stopping_condition=_is_supported,
            device_wires=self.wires,
            target_gates={*GATES, *_FIXED, "PauliRot", "MultiRZ", "Rot"},
            name=_NAME,
        )
        pipeline.add_transform(validate_measurements, analytic_measurements=is_exact, name=_NAME)
        if config.gradient_method == "adjoint":
            pipeline.add_transform(validate_adjoint_trainable_params)
            if config.interface == qml.math.Interface.JAX_JIT:
                pipeline.add_transform(qml.transforms.broadcast_expand)
        return pipeline

    def execute(self, circuits: Sequence[Any], execution_config: Any = None) -> Any:
        """The results of tapes, those of one structure together."""
        return self._together(circuits, evaluation.results)

    def compute_derivatives(self, circuits: Sequence[Any], execution_config: Any = None) -> Any:
        """The Jacobians of tapes with respect to their trainable parameters."""
        return tuple(jacobian for _, jacobian in self._together(circuits, evaluation.results_and_jacobians))

    def execute_and_compute_derivatives(self, circuits: Sequence[Any], execution_config: Any = None) -> Any:
        """Both from one call."""
        both = self._together(circuits, evaluation.results_and_jacobians)
        return tuple(result for result, _ in both), tuple(jacobian for _, jacobian in both)

    def compute_vjp(
        self, circuits: Sequence[Any], cotangents: Sequence[Any], execution_config: Any = None
    ) -> Any:
        """Products of weights of the results with the Jacobians, summed for parameters that a batch shares."""
        return self._together(circuits, evaluation.products, cotangents)

    def execute_and_compute_vjp(
        self, circuits: Sequence[Any], cotangents: Sequence[Any], execution_config: Any = None
    ) -> Any:
        """Results and products."""
        return self.execute(circuits), self.compute_vjp(circuits, cotangents)

    def _together(
        self, circuits: Sequence[Any], evaluate: Callable[[list[Job]], list[Any]], cotangents: Any = None
    ) -> tuple[Any, ...]:
        """What `evaluate` finds for each tape, asked once for all tapes of one structure."""
        groups: defaultdict[int, list[tuple[int, Job]]] = defaultdict(list)
        for place, tape in enumerate(circuits):
            job = self._job(tape, None if cotangents is None else cotangents[place])
            groups[id(job.structure)].append((place, job))
        found: dict[int, Any] = {}
        for members in groups.values():
            answers = evaluate([job for _, job in members])
            found.update(zip((place for place, _ in members), answers, strict=True))
        return tuple(found[place] for place in range(len(circuits)))

    def _job(self, tape: Any, cotangent: Any) -> Job:
        wires = self._wires_of(tape)
        key = key_of(tape, wires)
        structure = self._structures.get(key)
        if structure is None:
            structure = self._structures[key] = structure_of(tape, wires)
            if len(self._structures) > _MOST_STRUCTURES:
                self._structures.popitem(last=False)
        else:
            self._structures.move_to_end(key)
        return Job(structure, values_of(tape, wires), tape, cotangent)

    def _wires_of(self, tape: Any) -> Sequence[Any]:
        used: tuple[Any, ...] = tape.wires.labels if self.wires is None else self.wires.labels
        if self.wires is not None:
            return used
        return sorted(used) if all(isinstance(wire, int) for wire in used) else used
