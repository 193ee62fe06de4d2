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
ALGEBRA = qt.capacity.lie_algebra([qt.pauli("XI"), qt.pauli("ZI")])
NETWORK = qt.classical.TwoLayerNetwork(np.eye(2))
READING = qt.Model(qt.encoding.angle(2) + MODEL.circuit, MODEL.observable)
STATES = qt.encoding.haar_states(2, 3, seed=1)
Y = np.array([1.0, -1.0, 1.0])
UNTOLD = "\ud800"
ITSELF: list[object] = []
ITSELF.append(ITSELF)
NO_MODEL = "a qt.Model is expected"
# Takes eight bytes, and 17.6 TB as what the library keeps.
VIEW = np.broadcast_to(np.array(1.0), (2**40, 2))
WORDS = np.array(["a", "b"])
DEEP: list[object] = []
for _ in range(3000):
    DEEP = [DEEP]


def sweep(**wrong):
    plain = {"p": [4], "n": 2, "m": 2, "seeds": 1, "time": 0.2, "dt": 0.1, "records": 2}
    return convergence.sweep(**{"build": convergence.haar_setup, **plain, **wrong})


def student():
    return qt.classical.study(NETWORK, np.eye(2), time=0.1, records=3)


REFUSED = {
    "a kernel that is full of text": (
        lambda: MODEL.tangent_kernel(np.zeros(4), states=STATES, full="no"),
        "full is 'no'; True or False",
    ),
    "a task in a list": (lambda: MODEL.memory_estimate(3, ["jacobian"]), "what is"),
    "a precision in a list": (lambda: qt.Model(MODEL.circuit, MODEL.observable, precision=["double"]), "precision is"),
    "a method in a list": (lambda: qt.Model(MODEL.circuit, MODEL.observable, method=WORDS), "method is"),
    "ragged indices": (lambda: qt.Samples(np.ones((3, 1)))[[[0], [0, 1]]], "rectangular"),
    "indices that hold themselves": (lambda: qt.Samples(np.ones((3, 1)))[ITSELF], "the index"),
    "training nothing": (lambda: qt.train(None, Y), NO_MODEL),
    "a record every array": (
        lambda: qt.train(MODEL, Y, states=STATES, record_every=np.array(2)),
        "record_every is",
    ),
    "a training by 0": (lambda: qt.train(MODEL, Y, states=STATES, optimizer=0), "optimizer is 0"),
    "a training by an array": (lambda: qt.train(MODEL, Y, states=STATES, optimizer=np.ones(2)), "optimizer is array"),
    "no record": (lambda: qt.train(MODEL, Y, states=STATES, record=None), "record is None"),
    "a record of lists": (lambda: qt.train(MODEL, Y, states=STATES, record=[["loss"]]), "record contains"),
    "a path of half a character": (lambda: qt.Run.load(UNTOLD), "surrogate"),
    "a path that is a number": (lambda: qt.Run.load(7), "the path is 7"),
    "no path of a run": (lambda: qt.Run.load(""), "the path is empty; name a file or a folder"),
    "no path of a checkpoint": (lambda: qt.train(MODEL, Y, states=STATES, steps=1, checkpoint=""), "the path is empty"),
    "no path of a table": (lambda: qt.datasets.from_file(""), "the path is empty"),
    "no path of a study": (lambda: convergence.Study.load(""), "the path is empty"),
    "no path of a diagnosis": (lambda: qt.diagnosis.Diagnosis.load(""), "the path is empty"),
    "a sweep in no folder": (lambda: sweep(path=""), "the path is empty"),
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
    "a scale with an imaginary part": (
        lambda: qt.Model(MODEL.circuit, MODEL.observable, scale=np.complex128(1 + 2j)),
        r"scale is np.complex128\(1\+2j\); a number",
    ),
    "a masked scale": (lambda: qt.Model(MODEL.circuit, MODEL.observable, scale=np.ma.masked), "scale is masked"),
    "a scale in an array of text": (
        lambda: qt.Model(MODEL.circuit, MODEL.observable, scale=np.array("2")),
        "scale is np.str_",
    ),
    "a scale of bytes": (lambda: qt.Model(MODEL.circuit, MODEL.observable, scale=bytearray(b"2")), "scale is bytearray"),
    "a scale without an end": (lambda: qt.Model(MODEL.circuit, MODEL.observable, scale=DEEP), "an object of type list"),
    "a seed of a million entries": (
        lambda: qt.encoding.haar_states(2, 2, seed=[0] * 10**6),
        r"^seed is \[0, [^x]{100,250}\.\.\.; an integer",
    ),
    "samples that repeat for ever": (lambda: qt.Samples(VIEW), r"X of shape .* would take 17.6 TB"),
    "labels that repeat for ever": (lambda: MODEL.loss(np.zeros(4), VIEW, states=STATES), "y of shape"),
    "derivatives for two words": (lambda: MODEL.jacobian(np.zeros(4), states=STATES, wrt=WORDS), "wrt is"),
    "a loss of two words": (lambda: MODEL.loss(np.zeros(4), Y, states=STATES, loss=WORDS), "loss is"),
    "an estimator in a list": (lambda: MODEL.jacobian_variance(np.zeros(4), states=STATES, estimator=WORDS), "estimator is"),
    "an estimate of a list": (
        lambda: MODEL.estimate(np.zeros(4), states=STATES, what=WORDS, trajectories=3),
        "what is",
    ),
    "a limit's method in a list": (
        lambda: dynamics.asymptotic(MODEL, np.zeros(4), Y, TIME, states=STATES, method=["auto"]),
        "method is",
    ),
    "a limit of no model": (lambda: dynamics.asymptotic(None, np.zeros(4), Y, TIME, states=STATES), NO_MODEL),
    "the levels of no model": (lambda: dynamics.level_weights(None, np.zeros(4), states=STATES), NO_MODEL),
    "a limit in no algebra": (
        lambda: dynamics.asymptotic_in_algebra(None, [], qt.pauli("ZI"), Y, STATES, TIME),
        "algebra is None",
    ),
    "a limit in an algebra without generators": (
        lambda: dynamics.asymptotic_in_algebra(ALGEBRA, None, qt.pauli("ZI"), Y, STATES, TIME),
        "generators is None",
    ),
    "a limit whose loss overflows": (
        lambda: dynamics.asymptotic_in_algebra(ALGEBRA, [qt.pauli("XI")], qt.pauli("IZ"), 1e200 * Y, STATES, TIME),
        "divide the labels",
    ),
    "means that overflow": (
        lambda: dynamics.gaussian_process_prediction(
            KERNEL, np.ones((2, 3)), KERNEL, np.ones((2, 3)), np.eye(2), np.full(3, 1e308), TIME
        ),
        "the means overflow",
    ),
    "a topology in a list": (lambda: qt.ansatz.hardware_efficient(2, 1, topology=["chain"]), "topology is"),
    "walks in a list": (lambda: qt.capacity.average_kernel(MODEL, states=STATES, method=WORDS), "method is"),
    "a budget of two words": (lambda: qt.diagnose(MODEL, Y, states=STATES, budget=WORDS), "budget is"),
    "noise behind a list": (lambda: qt.NoiseModel().add(qt.noise.bit_flip(0.1), every=WORDS), "every is"),
    "a hard set in two words": (
        lambda: qt.landscape.hard_dataset(MODEL.circuit, MODEL.observable, WORDS),
        "variant is",
    ),
    "a start in two words": (
        lambda: qt.classical.TwoLayerNetwork(np.eye(2)).initialize(2, WORDS),
        "method is",
    ),
    "a target that is a list": (
        lambda: qt.audit.poison(np.ones((3, 2)), [0, 1, 0], [0, 1, 0], 0.5, {0: 1.0}),
        "target is",
    ),
    "an encoding that is a list": (lambda: qt.datasets.from_arrays(np.eye(4), [0, 1, 0, 1], ["angle"]), "encoding is"),
    "OpenQASM of two versions": (lambda: MODEL.circuit.to_qasm(np.array([2, 3])), "version is"),
    "a picture in two forms": (lambda: MODEL.circuit.draw(WORDS), "form is"),
    "labels whose loss overflows": (lambda: MODEL.loss(np.zeros(4), 1e200 * Y, states=STATES), r"y\[0\] is 1e\+200"),
    "training on labels whose loss overflows": (
        lambda: qt.train(MODEL, 1e200 * Y, states=STATES),
        "divide the labels by a constant",
    ),
    "a diagnosis of labels whose loss overflows": (
        lambda: qt.diagnose(MODEL, 1e200 * Y, states=STATES),
        "divide the labels by a constant",
    ),
    "a floor that overflows": (lambda: convergence.loss_floor(np.eye(4)[:3], 1e200 * Y), "the bound overflows"),
    "minima of a loss that overflows": (
        lambda: qt.landscape.find_minima(MODEL, 1e200 * Y, states=STATES),
        "divide the labels by a constant",
    ),
    "bits of trajectories": (
        lambda: qt.Model(MODEL.circuit, MODEL.observable, method="trajectories").sample(np.zeros(4)),
        "there are no bits",
    ),
    "an angle over nothing": (lambda: qt.param(0) / 0, "the divisor is 0"),
    "an observable over a word": (lambda: qt.pauli("Z") / "x", "the divisor is 'x'"),
    "an infinite multiple of a parameter": (lambda: qt.param(0) * np.inf, "an angle is inf; it must be finite"),
    "NaN times a feature": (lambda: float("nan") * qt.feature(0), "an angle is nan; it must be finite"),
    "infinity beside an angle": (lambda: qt.config("k") - np.float32("inf"), "an angle is inf; it must be finite"),
    "a product of angles that overflows": (lambda: qt.param(0) * 1e200 * 1e200, r"\(1e\+200\*param\(0\)\) \* \(1e\+200\)"),
    "a sum of angles that overflows": (lambda: 1e308 + (qt.param(0) + 1e308), "overflows; angles are in radians"),
    "keys that overflow": (lambda: qt.config("k") * 1e308 + qt.config("k") * 1e308, "overflows"),
    "an infinite factor": (lambda: qt.Angle(0, {((0,), ()): np.inf}), r"the factor of \(\(0,\), \(\)\) is inf"),
    "a factor in words": (lambda: qt.Angle(0, {((0,), ()): "2"}), r"the factor of \(\(0,\), \(\)\) is '2'"),
    "an angle of a word": (lambda: qt.Angle("x"), "the constant of an angle is 'x'"),
    "an angle of one term": (lambda: qt.Angle(terms=3), "terms is 3"),
    "an angle of a configuration in words": (lambda: qt.Angle(configuration={"k": "v"}), "the factor of 'k' is 'v'"),
    "an observable of no terms": (lambda: qt.Observable.from_terms(2, None), "terms is None"),
    "features of a number": (lambda: qt.Circuit.from_qasm("OPENQASM 3; qubit q;", features=3), "features is 3"),
    "gates to be included in words": (lambda: MODEL.circuit.to_qasm(3, np.zeros(4), "no"), "include is 'no'"),
    "a study from nowhere": (lambda: convergence.Study.load(None), "the path is None"),
    "a report of students to nowhere": (lambda: student().report(None), "the path is None"),
    "a diagnosis from nowhere": (lambda: qt.diagnosis.Diagnosis.load(None), "the path is None"),
    "a comparison of numbers": (lambda: qt.diagnosis.Diagnosis.compare([1]), r"diagnoses\[0\] is 1"),
    "a comparison of nothing": (lambda: qt.diagnosis.Diagnosis.compare(3), "diagnoses is 3"),
    "progress in two words": (lambda: qt.train(MODEL, Y, states=STATES, steps=1, progress=WORDS), "progress is"),
    "a sweep's progress in two words": (lambda: sweep(progress=WORDS), "progress is"),
    "a trend of no family": (
        lambda: qt.capacity.gradient_variance_trend(None, qt.pauli, [2, 3], [1]),
        "family is None",
    ),
    "a trend of no qubits": (
        lambda: qt.capacity.gradient_variance_trend(qt.ansatz.hardware_efficient, qt.pauli, None, [1]),
        "qubits is None",
    ),
    "coordinates of words": (lambda: ALGEBRA.matrices("x"), "coordinates has dtype"),
    "too few coordinates": (lambda: ALGEBRA.adjoint([1.0]), r"coordinates have shape \(1,\)"),
    "coordinates of a word": (lambda: ALGEBRA.coordinates("x"), "matrices has dtype"),
    "fewer than no unitaries": (lambda: ALGEBRA.random_unitaries(-1), "count is -1"),
    "half a unitary": (lambda: ALGEBRA.random_unitaries(0.5), "count is 0.5"),
    "unitaries of another size": (
        lambda: ALGEBRA.second_moment_error(np.ones((3, 3, 3)), qt.pauli("XI")),
        r"unitaries have shape \(3, 3, 3\)",
    ),
    "an attack on no model": (
        lambda: qt.audit.attack_metrics(None, np.zeros(4), np.ones((2, 2)), [-1, 1], 1),
        NO_MODEL,
    ),
    "an attack of steps in words": (
        lambda: qt.audit.attack_metrics(
            READING, np.zeros(4), np.ones((2, 2)), [-1, 1], 1, X_train=np.ones((2, 2)), y_train=[-1, 1], steps="few"
        ),
        "steps is 'few'",
    ),
    "an attack's configuration in words": (
        lambda: qt.audit.attack_metrics(READING, np.zeros(4), np.ones((2, 2)), [-1, 1], 1, config="on"),
        "config is 'on'",
    ),
    "a Trojan's target in words": (lambda: qt.audit.plant_trojan(READING, np.zeros(4), WORDS), "target is"),
    "a path in two words": (lambda: NETWORK.train(np.eye(2), 0.1, 1, record_path=WORDS), "record_path is"),
    "directions in two words": (
        lambda: qt.classical.recurrent_ntk([np.ones((2, 2))], bidirectional=WORDS),
        "bidirectional is",
    ),
    "a path of no network": (lambda: qt.classical.match_path(None, None), "network is None"),
    "a path of no run": (lambda: qt.classical.match_path(NETWORK, None), "run is None"),
    "a study of no network": (lambda: qt.classical.study(None, np.eye(2)), "network is None"),
    "a limit in two words": (lambda: qt.classical.study(NETWORK, np.eye(2), time=1.0, limit=WORDS), "limit is"),
    "basins of nothing": (lambda: qt.landscape.basins(None, None), "rate is None"),
    "more layers than a dense kernel may have": (
        lambda: qt.classical.dense_ntk(np.eye(2), depth=65), "depth is 65; 1 to 64 hidden layers are possible"
    ),
    "a dense kernel that overflows": (lambda: qt.classical.dense_ntk(np.eye(2), sigma_v=1e308), "the kernel overflows"),
    "residuals that overflow": (lambda: dynamics.lotka_volterra(1e308, 1.0, 1.0, TIME), "the residuals overflow"),
    "predictions whose powers overflow": (
        lambda: convergence.gaussianity(np.random.default_rng(1).normal(size=(40, 3)), np.eye(3), 1e100),
        "the fourth powers",
    ),
    "a layout that is a list": (
        lambda: qt.sklearn.RecurrentKernel(layout=WORDS)(np.ones((2, 3, 1))),
        "layout is",
    ),
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


@pytest.mark.parametrize("encoding", [b"", b"utf-8", 8])
def test_a_file_is_in_an_encoding_with_a_name(tmp_path, encoding):
    path = tmp_path / "data.csv"
    path.write_text("a,b\n1,u\n2,v\n")
    with pytest.raises(qt.InvalidArgumentError, match="encoding is"):
        qt.datasets.from_file(path, encoding=encoding)


def test_arrays_without_axes_are_one_value():
    data = sweep(n=np.array(2), m=np.array(2), scale=np.array(1.0))
    assert data.sizes["n"] == data.sizes["m"] == data.sizes["scale"] == 1


def test_more_records_than_steps_are_all_steps():
    shown = convergence.study(MODEL, Y, states=STATES, time=1.0, dt=0.25, records=2**40)
    assert len(shown.actual.time) == 5


def test_nothing_is_saved_in_no_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shown = convergence.study(MODEL, Y, states=STATES, time=0.1, dt=0.1)
    diagnosis = qt.diagnose(MODEL, Y, states=STATES)
    student = qt.classical.study(NETWORK, np.eye(2), time=0.1)
    for save in (shown.save, shown.run.save, diagnosis.save, student.report):
        with pytest.raises(qt.InvalidArgumentError, match="the path is empty"):
            save("")
    assert not list(tmp_path.iterdir())


def test_labels_whose_squares_vanish_are_diagnosed():
    diagnosis = qt.diagnose(MODEL, Y * 1e-200, states=STATES)
    assert diagnosis.subject.reference > 0
