"""The device `qtangent.qubit`: QNodes run on this library, with adjoint derivatives and batches in one call."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
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
from .channels import is_channel
from .evaluation import Job
from .measured import Settings, measured
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
    if has_angles(operation) or is_channel(operation):
        return True
    if any(qml.math.requires_grad(value) for value in operation.data):
        return bool(operation.name == "GlobalPhase")
    return operation.name in _FIXED or bool(operation.has_matrix and not operation.has_decomposition)


def _has_trained_channels(tape: Any) -> bool:
    return any(is_channel(one) and any(map(qml.math.requires_grad, one.data)) for one in tape.operations)


@qml.transform  # type: ignore[untyped-decorator]
def _without_trained_channels(tape: Any) -> tuple[Any, Callable[[Any], Any]]:
    if _has_trained_channels(tape):
        raise DeviceError(
            f"the adjoint method of {_NAME} has no derivatives by strengths of noise: give channels plain numbers, or "
            "diff_method='parameter-shift' or 'finite-diff'"
        )
    return (tape,), lambda results: results[0]


@simulator_tracking
@single_tape_support
class QTangentDevice(Device):  # type: ignore[misc]
    """A PennyLane device: `qml.device("qtangent.qubit", wires=4)`.

    Exact expectation values, variances, probabilities and states of any gates that PennyLane can take apart, with
    derivatives by the adjoint method; with channels by density matrices. With the QNode's shots, measured ones, samples and
    counts, with derivatives by shift rules. A broadcast tape, and tapes that differ in their angles alone, are one call on
    many parameter sets; what is compiled for a tape is kept for tapes of the same structure.

    Args:
        wires: a number of wires or their labels, in the order of qubits; those of each tape without.
        shots: none: `qml.set_shots(qnode, 100)` gives them to a QNode.
        seed: of shots; the same seed gives the same results of the same calls. Without one they differ from run to run.

    Raises:
        DeviceError: for shots.
    """

    def __init__(self, wires: Any = None, shots: None = None, seed: int | None = None) -> None:
        if shots is not None:
            raise DeviceError(
                f"{_NAME} takes shots from the QNode, and {shots} are given: qml.set_shots(qnode, {shots})"
            )
        super().__init__(wires=wires)
        self._random = np.random.default_rng(seed)
        self._structures: OrderedDict[Hashable, Structure] = OrderedDict()

    @property
    def name(self) -> str:
        """qtangent.qubit"""
        return _NAME

    def supports_derivatives(self, execution_config: Any = None, circuit: Any = None) -> bool:
        """Whether derivatives of a tape come from the device; not those of states, with shots and by strengths of noise."""
        if execution_config is not None and execution_config.gradient_method not in ("adjoint", "best"):
            return False
        if circuit is None:
            return True
        has_states = any(isinstance(one, StateMP) for one in circuit.measurements)
        return not (has_states or circuit.shots or _has_trained_channels(circuit))

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
            pipeline.add_transform(_without_trained_channels)
            pipeline.add_transform(validate_adjoint_trainable_params)
            if config.interface == qml.math.Interface.JAX_JIT:
                pipeline.add_transform(qml.transforms.broadcast_expand)
        return pipeline

    def execute(self, circuits: Sequence[Any], execution_config: Any = None) -> Any:
        """The results of tapes, those of one structure together."""
        plans = [Settings(tape) if tape.shots else None for tape in circuits]
        tapes = [[tape] if plan is None else plan.tapes for tape, plan in zip(circuits, plans, strict=True)]
        results = iter(self._together([one for several in tapes for one in several], self._results))
        answers = [[next(results) for _ in several] for several in tapes]
        return tuple(
            own[0] if plan is None else plan.merge(own) for own, plan in zip(answers, plans, strict=True)
        )

    def _results(self, jobs: list[Job]) -> list[Any]:
        if jobs[0].tape.shots:
            return measured(jobs, lambda: int(self._random.integers(2**63)))
        return evaluation.results(jobs)

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
        """What `evaluate` finds for each tape, asked once for all tapes of one structure and number of shots."""
        groups: defaultdict[Hashable, list[tuple[int, Job]]] = defaultdict(list)
        for place, tape in enumerate(circuits):
            job = self._job(tape, None if cotangents is None else cotangents[place])
            groups[id(job.structure), tape.shots.total_shots].append((place, job))
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
        used: tuple[Any, ...] = tape.wires.labels
        if self.wires is not None:
            # Deferred measurements are on wires that the device does not have.
            return (*self.wires.labels, *(wire for wire in used if wire not in self.wires))
        return sorted(used) if all(isinstance(wire, int) for wire in used) else used
