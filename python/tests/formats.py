"""One of each file that the library writes and reads again: how it is made, read, and what is found in it.

`python formats.py` stores those whose version is not stored yet in Tests/Golden/formats; what stands there stays as it is.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import qtangent as qt
from qtangent.channels.channel import Channel
from qtangent.classical import Descent, TwoLayerNetwork
from qtangent.convergence import Study, haar_setup, load_sweep, sweep
from qtangent.diagnosis import Diagnosis

STORED = Path(__file__).parents[2] / "Tests/Golden/formats"
THETA = np.linspace(0.1, 1.2, 8)


@dataclass(frozen=True)
class Format:
    """A file, or a folder of files."""

    write: Callable[[Path], object] | None
    """None for those of earlier versions."""
    read: Callable[[Path], Any]
    figures: Callable[[Any], dict[str, Any]]
    """Arrays and words of what was read."""


def model() -> qt.Model:
    circuit = qt.ansatz.hardware_efficient(2, 2)
    circuit.parameter_names = [f"angle {k}" for k in range(8)]
    return qt.Model(circuit, qt.pauli("ZI"), scale=1.5)


def states() -> np.ndarray:
    return np.array([[1, 0, 0, 0], [0.6, 0.8j, 0, 0]])


def _run(path: Path) -> None:
    fields = ("loss", "predictions", "kernel", "theta")
    qt.train(
        model(), [0.5, -0.5], states=states(), theta=THETA, steps=6, optimizer=qt.Adam(0.05), record=fields
    ).save(path)


def _measured_run(path: Path) -> None:
    qt.train(
        model(), [0.5, -0.5], states=states(), theta=THETA, steps=4, shots=100, seed=2, record="theta"
    ).save(path)


def _measured_figures(run: qt.Run) -> dict[str, Any]:
    return {"loss": run.loss, "measured": run.measured_loss, "path": run.theta_history}


def _run_figures(run: qt.Run) -> dict[str, Any]:
    names = ("step", "loss", "predictions", "kernel", "theta")
    return {
        "names": run.model.circuit.parameter_names,
        **{name: getattr(run, name) for name in names[:4]},
        "path": run.theta_history,
    }


def _students(path: Path) -> None:
    network = TwoLayerNetwork(np.eye(3)[:2])
    network.train(np.arange(12.0).reshape(4, 3) / 10, 0.01, steps=6, record_path=True).save(path)


def _descent_figures(run: Descent) -> dict[str, Any]:
    return {"step": run.step, "loss": run.loss, "path": run.path}


def _bytes(make: Callable[[], Any], kind: type) -> tuple[Callable[[Path], object], Callable[[Path], Any]]:
    def read(path: Path) -> Any:
        value = kind.__new__(kind)
        state = path.read_bytes()
        value.__setstate__((state, None, False) if kind is Channel else state)
        return value

    def write(path: Path) -> object:
        state = make().__getstate__()
        return path.write_bytes(state[0] if kind is Channel else state)

    return write, read


def circuit(kind: int) -> qt.Circuit:
    """1 plain, 2 with names, 3 with configuration keys, 4 with a channel."""
    made = (
        qt.Circuit(2).ry(qt.param(0) * qt.feature(0) + 0.25, 0).cx(0, 1).rotation(qt.param(1), "XY", (0, 1))
    )
    made.evolve(0.5 * qt.param(0), qt.pauli("ZZ") + 0.5 * qt.projector("01")).unitary(
        np.array([[0.6, 0.8j], [0.8j, 0.6]]), (1,)
    )
    if kind == 2:
        made.parameter_names, made.feature_names = ["first", "second"], ["dose"]
    if kind == 3:
        made.rz(qt.config("key") + qt.param(1), 1)
    if kind == 4:
        made.channel(qt.noise.depolarizing(0.1), 0)
    return made


def _circuit_figures(found: qt.Circuit) -> dict[str, Any]:
    model = qt.Model(found, [qt.pauli("ZI"), qt.pauli("YX"), qt.pauli("IY")])
    return {
        "names": [*found.parameter_names, *found.feature_names, *found.config_keys],
        "predictions": model.predict([0.3, 0.7], [[0.5], [1.5]]),
    }


def observable() -> qt.Observable:
    return qt.pauli("ZI") + 0.5 * qt.projector("01") + 0.25 * qt.hermitian(np.diag([1.0, 2, 3, 4]))


def _observable_figures(found: qt.Observable) -> dict[str, Any]:
    return {"predictions": qt.Model(model().circuit, found).predict(THETA, states=states())}


def _channel_figures(found: Any) -> dict[str, Any]:
    noisy = qt.Circuit(1).ry(qt.param(0), 0).channel(found, 0)
    return {"label": found.name, "predictions": qt.Model(noisy, qt.pauli("X")).predict([0.4])}


def _study(path: Path) -> None:
    qt.convergence.study(
        model(),
        [0.5, -0.5],
        states=states(),
        theta=THETA,
        time=1.0,
        records=9,
        y_test=[1],
        states_test=states()[:1],
    ).save(path)
    shutil.rmtree(path / "figures")  # which nothing reads


def _study_figures(study: Study) -> dict[str, Any]:
    curves = ("actual", "kernel_regression", "asymptotic")
    return {
        "code": study.code.value,
        "time": study.actual.time,
        "lambda_min": study.lambda_min,
        "test": study.test.predictions,
        **{name: getattr(study, name).loss for name in curves},
    }


def _sweep(path: Path) -> None:
    sweep(haar_setup, p=[3], n=2, m=2, seeds=1, time=1.0, records=5, path=path)


def _sweep_figures(found: Any) -> dict[str, Any]:
    return {name: found[name].values for name in ("time", "loss", "asymptotic_loss", "lambda_min", "z_sum")}


def _diagnosis_figures(found: Diagnosis) -> dict[str, Any]:
    sections = [one.verdict.value for one in found.sections]
    return {
        "verdict": found.verdict.value,
        "sections": sections,
        "trial": found.trial.loss,
        "findings": [str(one.value) for section in found.sections for one in section.findings],
    }


FORMATS = {
    "run-2.qtg": Format(_run, qt.Run.load, _run_figures),
    "run-3.qtg": Format(_measured_run, qt.Run.load, _measured_figures),
    "students-1.qtg": Format(_students, Descent.load, _descent_figures),
    **{
        f"circuit-{kind}.bin": Format(*_bytes(lambda kind=kind: circuit(kind), qt.Circuit), _circuit_figures)
        for kind in (1, 2, 3, 4)
    },
    "observable-1.bin": Format(*_bytes(observable, qt.Observable), _observable_figures),
    "channel-1.bin": Format(*_bytes(lambda: qt.noise.amplitude_damping(0.2), Channel), _channel_figures),
    "study-1": Format(None, Study.load, _study_figures),
    "study-2": Format(_study, Study.load, _study_figures),
    "sweep-2": Format(_sweep, load_sweep, _sweep_figures),
    "diagnosis-1.json": Format(
        lambda path: qt.diagnose(model(), [0.5, -0.5], states=states(), budget="quick").save(path),
        Diagnosis.load,
        _diagnosis_figures,
    ),
}
WRITTEN = [name for name, form in FORMATS.items() if form.write is not None]


def plain(figures: dict[str, Any]) -> dict[str, Any]:
    """As JSON has them."""
    return json.loads(json.dumps({name: np.asarray(value).tolist() for name, value in figures.items()}))


def main() -> None:
    """Stores what is missing."""
    figures = json.loads((STORED / "figures.json").read_text()) if (STORED / "figures.json").exists() else {}
    for name, form in FORMATS.items():
        if name not in figures and form.write is not None:
            with tempfile.TemporaryDirectory() as folder:
                form.write(Path(folder) / name)
                shutil.move(Path(folder) / name, STORED / name)
            figures[name] = plain(form.figures(form.read(STORED / name)))
    lines = [f'  "{name}": {json.dumps(found)}' for name, found in figures.items()]
    (STORED / "figures.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
