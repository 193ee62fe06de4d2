"""What strangers pass in the place of what is meant: an error of ours that names it, at once."""

import signal
import warnings

import numpy as np
import pytest
import qtangent as qt
from qtangent import convergence, dynamics

KERNEL = np.eye(3) + 0.1
RESIDUAL = np.array([0.1, 0.2, 0.3])
LEVELS = np.array([-1.0, 1.0, -1.0, 1.0])
TIME = np.linspace(0, 10, 30)
MODEL = qt.Model(qt.ansatz.hardware_efficient(2, 1), qt.pauli("ZI"))
STATES = qt.encoding.haar_states(2, 3, seed=1)
Y = np.array([1.0, -1.0, 1.0])
UNTOLD = "\ud800"
ITSELF: list[object] = []
ITSELF.append(ITSELF)
NO_MODEL = "a qt.Model is expected"


def sweep(**wrong):
    plain = {"p": [4], "n": 2, "m": 2, "seeds": 1, "time": 0.2, "dt": 0.1, "records": 2}
    return convergence.sweep(**{"build": convergence.haar_setup, **plain, **wrong})


REFUSED = {
    "a kernel that is full of text": (
        lambda: MODEL.tangent_kernel(np.zeros(4), states=STATES, full="no"),
        "full is 'no'; True or False",
    ),
    "a task in a list": (lambda: MODEL.memory_estimate(3, ["jacobian"]), "what is"),
    "a precision in a list": (lambda: qt.Model(MODEL.circuit, MODEL.observable, precision=["double"]), "precision is"),
    "a method in a list": (lambda: qt.Model(MODEL.circuit, MODEL.observable, method={}), "method is"),
    "ragged indices": (lambda: qt.Samples(np.ones((3, 1)))[[[0], [0, 1]]], "rectangular"),
    "indices that hold themselves": (lambda: qt.Samples(np.ones((3, 1)))[ITSELF], "the index"),
    "training nothing": (lambda: qt.train(None, Y), NO_MODEL),
    "a record every array": (
        lambda: qt.train(MODEL, Y, states=STATES, record_every=np.array(2)),
        "record_every is",
    ),
    "no record": (lambda: qt.train(MODEL, Y, states=STATES, record=None), "record is None"),
    "a record of lists": (lambda: qt.train(MODEL, Y, states=STATES, record=[["loss"]]), "record contains"),
    "a path of half a character": (lambda: qt.Run.load(UNTOLD), "surrogate"),
    "a path that is a number": (lambda: qt.Run.load(7), "the path is 7"),
    "orthogonal in words": (lambda: qt.encoding.haar_states(2, 2, orthogonal="no"), "orthogonal is 'no'"),
    "half a character of letters": (lambda: qt.pauli(UNTOLD), "surrogate"),
    "a bound of no model": (lambda: dynamics.loss_lower_bound(None, 0.5, TIME, 3), NO_MODEL),
    "a normalisation in a list": (
        lambda: convergence.critical_learning_rate(KERNEL, 3, ["1/2m"]),
        "normalisation is",
    ),
    "too many steps of second order": (
        lambda: dynamics.second_order_prediction(KERNEL, np.zeros((3, 3, 3)), RESIDUAL, 0.1, steps=2**40),
        "the residuals of shape",
    ),
    "a rate whose square overflows": (
        lambda: dynamics.second_order_prediction(KERNEL, np.zeros((3, 3, 3)), RESIDUAL, 1e308),
        "residuals",
    ),
    "deviations whose square overflows": (lambda: dynamics.shots_for_late_law(3.0, z=1e308), "inf shots"),
    "variances whose square overflows": (
        lambda: dynamics.shots_to_resolve(np.eye(3), np.full((3, 3), 1e200)),
        "inf shots",
    ),
    "a loss in words": (lambda: convergence.fit_rates(TIME, "abc"), "loss"),
    "times that stand still": (lambda: convergence.fit_rates(np.ones(30), np.ones(30)), "time must increase"),
    "a mean of another shape": (
        lambda: convergence.gaussianity(np.random.default_rng(1).normal(size=(40, 3)), np.eye(3), [0.0, 0.0]),
        r"mean has shape \(2,\)",
    ),
    "no generators": (lambda: convergence.haar_moments(LEVELS, None, 3), "generators is None"),
    "a chain of no qubits": (lambda: convergence.hardware_efficient_setup(0, 4), "n is 0"),
    "a chain of one qubit": (lambda: convergence.hamiltonian_variational_setup(1, 2), "n is 1; 2 to 30"),
    "a chain of too many qubits": (lambda: convergence.hamiltonian_variational_setup(2**40, 2), "2 to 30"),
    "samples in words": (lambda: convergence.haar_setup(2, 2, "4"), "m is '4'"),
    "kernels that are none": (lambda: convergence.kernel_drift([]), "kernel has shape"),
    "kernels with one axis": (lambda: convergence.kernel_drift(np.ones(3)), "kernel has shape"),
    "noise of no model": (lambda: convergence.kernel_noise(None, []), NO_MODEL),
    "a mean kernel of no model": (lambda: convergence.haar_kernel("model"), NO_MODEL),
    "the curvature of no model": (lambda: convergence.softest_curvature(3, []), NO_MODEL),
    "the phase of no run": (lambda: convergence.phase_of_run(MODEL), "a qt.Run is expected"),
    "a study of no model": (lambda: convergence.study("model", Y), NO_MODEL),
    "a study of endless time": (lambda: convergence.study(MODEL, Y, states=STATES, time=1e308), "shorten time"),
    "a study of endless steps": (lambda: convergence.study(MODEL, Y, states=STATES, dt=5e-324), "enlarge dt"),
    "a sweep that builds nothing": (lambda: sweep(build=None), "build is None"),
    "a sweep of words": (lambda: sweep(time="long"), "time is 'long'"),
    "a sweep of scales in words": (lambda: sweep(scale=["a"]), "scale is 'a'"),
    "a sweep of too many qubits": (lambda: sweep(n=2**31), "at most 128 qubits"),
    "a sweep of too many seeds": (lambda: sweep(seeds=2**40), "at most 1000000 are possible"),
    "a sweep nowhere": (lambda: sweep(path="a\0b"), "zero character"),
    "a sweep in a folder of half a character": (lambda: sweep(path=UNTOLD), "surrogate"),
    "an angle that no double holds": (lambda: qt.Circuit(1).rx(10**400, 0), "too large for a float"),
    "no terms": (lambda: qt.ansatz.hamiltonian_variational(None, 1), "terms is None"),
    "no instructions": (lambda: qt.Circuit.from_instructions(2, 3), "instructions is 3"),
    "an algebra of nothing": (lambda: qt.capacity.lie_algebra(None), "generators is None"),
    "information of no model": (lambda: qt.capacity.data_fisher_information("model", []), NO_MODEL),
    "the landscape of no model": (lambda: qt.landscape.trigonometric(None), NO_MODEL),
    "a slice of no model": (lambda: qt.landscape.slice(None, Y), NO_MODEL),
    "parameters that are one": (lambda: qt.landscape.trigonometric(MODEL, parameters=3), "parameters is 3"),
    "a threshold in words": (
        lambda: qt.landscape.success_rate(MODEL, Y, states=STATES, optimizer=qt.Adam(), starts=2, threshold="low"),
        "threshold is 'low'",
    ),
    "data of too many qubits": (lambda: qt.datasets.iris(n_qubits=2**40), "give 1 to 128"),
    "data of qubits in words": (lambda: qt.datasets.iris(n_qubits="4"), "n_qubits is '4'"),
    "states of too many qubits": (lambda: qt.datasets.orthogonal(2**62), "1 to 30"),
    "no classes": (lambda: qt.datasets.iris(None), "classes is None"),
    "a file that is a number": (lambda: qt.datasets.from_file(3), "the path is 3"),
    # NumPy's generators overflow the stack.
    "a seed that holds itself": (lambda: qt.datasets.iris(seed=ITSELF), "seed is"),
    "a size in words": (lambda: qt.datasets.iris(train="many"), "train is 'many'"),
    "half a sample": (lambda: qt.datasets.iris(test=0.5), "test is 0.5"),
    "a sweep from a number": (lambda: convergence.load_sweep(3), "the path is 3"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    call, message = REFUSED[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        with pytest.raises(qt.QTangentError, match=message):
            call()


def test_any_number_of_parameters_has_moments():
    """The mean kernel is proportional to p, whatever p; nothing is counted one by one."""
    one, many = (convergence.haar_moments(LEVELS, [LEVELS, 0.5 * LEVELS], p) for p in (2, 2**62))
    assert many.kernel == pytest.approx(one.kernel * 2**61)


class Late(Exception):
    """What ends a call that goes on for years."""


def late(*_):
    raise Late


@pytest.mark.parametrize("walks", [2**40, 2**63 - 1])
def test_any_number_of_walks_takes_little_memory(walks):
    signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    with pytest.raises(Late):
        qt.capacity.average_kernel(MODEL, states=STATES, method="walks", walks=walks)


def test_arrays_without_axes_are_one_value():
    data = sweep(n=np.array(2), m=np.array(2), scale=np.array(1.0))
    assert data.sizes["n"] == data.sizes["m"] == data.sizes["scale"] == 1


def test_more_records_than_steps_are_all_steps():
    shown = convergence.study(MODEL, Y, states=STATES, time=1.0, dt=0.25, records=2**40)
    assert len(shown.actual.time) == 5


def test_labels_whose_squares_vanish_are_diagnosed():
    diagnosis = qt.diagnose(MODEL, Y * 1e-200, states=STATES)
    assert diagnosis.subject.reference > 0
