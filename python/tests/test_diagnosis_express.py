"""Can the model express it? Circuits whose answer is known, and every number against something else."""

from __future__ import annotations

import numpy as np
import pytest
import qtangent as qt
from diagnosis_cases import (
    case,
    difference_jacobian,
    ising_ring,
    pauli_on,
    random_states,
    z0,
)
from qtangent.convergence.codes import Code
from qtangent.diagnosis.express import express
from qtangent.diagnosis.express.ranks import rank


def labels(m, seed=0):
    return np.random.default_rng(seed).choice([-1.0, 1.0], m)


def plus(n):
    return np.full((1, 2**n), 2 ** (-n / 2))


# The orbits of the Ising ring of 6 qubits have 6 directions from |+...+> and 11 from |0...0>.
@pytest.mark.parametrize(("states", "ceiling"), [(plus(6), 6), (None, 11)])
def test_an_ising_ring_is_over_parameterised_where_its_rank_fills_the_orbit(states, ceiling):
    for layers, verdict in ((1, Code.UNDER_PARAMETERISED), (8, Code.OVER_PARAMETERISED)):
        model = qt.Model(ising_ring(6, layers), qt.pauli("ZZIIII"))
        found = express(case(model, [0.5], states=states)).finding("fisher_rank")
        assert found.verdict is verdict
        assert found.threshold == ceiling
        # A layer has two parameters; the first ZZ leaves |0...0> as it is.
        assert found.value == min(2 * layers - (states is None), ceiling)


def test_every_sample_has_to_fill_its_own_orbit():
    states = np.concatenate([plus(6), np.eye(64)[:1]])
    # Five layers fill the 6 directions from |+...+> and 9 of the 11 from |0...0>.
    model = qt.Model(ising_ring(6, 5), qt.pauli("ZZIIII"))
    found = express(case(model, [0.5, -0.5], states=states)).finding("fisher_rank")
    assert (found.verdict, found.value, found.threshold) == (Code.UNDER_PARAMETERISED, 9, 11)


def dense_family(n, layers):
    """exp(-i theta H) of two dense H, whose algebra is all of su(2^n)."""
    random = np.random.default_rng(n)
    terms = []
    for _ in range(2):
        matrix = random.normal(size=(2**n, 2**n)) + 1j * random.normal(size=(2**n, 2**n))
        terms.append(matrix + matrix.conj().T)
    return qt.ansatz.hamiltonian_variational(terms, layers)


@pytest.mark.parametrize(
    ("layers", "verdict"), [(3, Code.UNDER_PARAMETERISED), (16, Code.OVER_PARAMETERISED)]
)
def test_a_rank_that_no_layer_raises_is_the_ceiling_where_the_algebra_is_unknown(
    layers, verdict, monkeypatch
):
    from qtangent import capacity
    from qtangent.diagnosis.express import fisher_rank

    def unknown(*args, **options):
        raise qt.InvalidArgumentError("the algebra is not known")

    monkeypatch.setattr(capacity, "orbit_dimension", unknown)
    model = qt.Model(dense_family(3, layers), qt.pauli("ZII"))
    section = express(case(model, [0.5], family=dense_family))
    found = section.finding("fisher_rank")
    # 2 * 8 - 2 directions of a pure state's space: more cannot be, whatever the algebra.
    assert (found.value, found.threshold) == (min(2 * layers, 14), 14)
    if verdict is Code.OVER_PARAMETERISED:
        assert found.verdict is verdict
    else:
        assert found.verdict is Code.UNDECIDED
        assert "the algebra is not known" in found.sentence
        assert section.finding("rank_growth").verdict is verdict
        assert section.finding("rank_growth").value == 4
    assert fisher_rank.SHARE < 1e-9


def test_the_rank_of_a_ring_rests_when_layers_are_added(monkeypatch):
    from qtangent import capacity

    def unknown(*args, **options):
        raise qt.InvalidArgumentError("the algebra is not known")

    monkeypatch.setattr(capacity, "orbit_dimension", unknown)
    model = qt.Model(ising_ring(6, 8), qt.pauli("ZZIIII"))
    found = express(case(model, [0.5], family=ising_ring)).finding("rank_growth")
    assert (found.verdict, found.value) == (Code.OVER_PARAMETERISED, 0)


def test_labels_beyond_the_range_of_the_measurement_are_out_of_reach():
    model = qt.Model(qt.ansatz.hardware_efficient(2, 3), z0(2))
    section = express(case(model, [3.0, 3.0], states=np.eye(4)[:2]))
    assert section.verdict is Code.LABELS_OUT_OF_REACH
    # The best prediction is 1: (3 - 1)^2/2.
    assert section.finding("loss_floor").value == pytest.approx(2.0, rel=1e-6)


def test_equal_states_with_opposite_labels_are_out_of_reach():
    state = random_states(1, 3)
    model = qt.Model(qt.ansatz.hardware_efficient(3, 4), z0(3))
    section = express(case(model, [1.0, -1.0], states=np.concatenate([state, state])))
    assert section.verdict is Code.LABELS_OUT_OF_REACH
    assert section.finding("loss_floor").value == pytest.approx(0.5, rel=1e-6)
    # The difference of the predictions is 0 for all parameters.
    assert section.finding("fixed_loss").value == pytest.approx(0.5, rel=1e-9)
    assert section.finding("kernel_rank").value == 1


def test_floor_is_that_of_a_run():
    states, y = random_states(6, 2), labels(6)
    model = qt.Model(qt.ansatz.hardware_efficient(2, 6), z0(2))
    with pytest.warns(qt.QTangentWarning, match="out of reach"):
        run = qt.train(model, y, states=states, steps=0)
    assert express(case(model, y, states=states)).finding("loss_floor").value == run.loss_floor


@pytest.mark.parametrize("outputs", [1, 2])
def test_eight_parameters_cannot_move_thirty_two_residuals(outputs):
    observables = [z0(6), pauli_on("X", 1, 6)][:outputs]
    model = qt.Model(qt.ansatz.haar(6, 8), observables if outputs > 1 else observables[0])
    states, y = np.eye(64)[:32], np.stack([labels(32, k) for k in range(outputs)], axis=1)
    asked = case(model, y if outputs > 1 else y[:, 0], states=states)
    section = express(asked)
    assert section.verdict is Code.KERNEL_RANK_DEFICIENT
    found = section.finding("kernel_rank")
    assert (found.value, found.threshold) == (8, 32 * outputs)
    # By finite differences.
    jacobian = difference_jacobian(model, asked.theta, states=states)
    assert np.linalg.matrix_rank(jacobian, tol=1e-6) == 8
    # What least squares leaves at theta is an upper bound of the least over theta and five others.
    residual = model.predict(asked.theta, states=states).ravel() - y.ravel()
    left = residual - jacobian @ np.linalg.lstsq(jacobian, residual, rcond=1e-6)[0]
    least = section.finding("unmovable_loss").value
    assert 0.5 * left @ left / 64 < least <= left @ left / 64 * (1 + 1e-6)
    # The predictions of Haar gates span everything: no combination is fixed.
    assert section.finding("fixed_loss").value == 0


def test_the_obstacle_that_keeps_the_most_loss_is_the_verdict():
    """32 random states of 4 qubits overlap, which sets a floor; two parameters that Z_0 sees keep far more."""
    states, y = random_states(32, 4), labels(32)
    section = express(case(qt.Model(qt.ansatz.hardware_efficient(4, 1), z0(4)), y, states=states))
    floor = section.finding("loss_floor")
    assert floor.verdict is Code.LABELS_OUT_OF_REACH
    assert section.finding("unmovable_loss").value > 2 * floor.value
    assert section.verdict is Code.KERNEL_RANK_DEFICIENT


def test_fixed_combinations_are_those_of_the_dense_measurement():
    """One layer: Z_0 commutes with cz and rz, so U^+ Z_0 U lies in the span of X and Z on qubit 0, whatever theta."""
    states, y = random_states(32, 4), labels(32)
    section = express(case(qt.Model(qt.ansatz.hardware_efficient(4, 1), z0(4)), y, states=states))
    words = [pauli_on(letter, 0, 4).matrix() for letter in "XZ"]
    features = np.array([[np.vdot(one, word @ one).real for word in words] for one in states])
    rest = y - features @ np.linalg.lstsq(features, y)[0]
    found = section.finding("fixed_loss")
    assert found.value == pytest.approx(rest @ rest / 64, rel=1e-9)
    assert "30 of 32 combinations" in found.sentence
    assert found.verdict is Code.KERNEL_RANK_DEFICIENT


def test_a_kernel_short_of_rank_where_nothing_is_left_forbids_nothing():
    """Equal samples with equal labels: one direction for both."""
    state = random_states(1, 2)
    model = qt.Model(qt.ansatz.hardware_efficient(2, 3), z0(2))
    section = express(case(model, [0.5, 0.5], states=np.concatenate([state, state])))
    assert section.finding("kernel_rank").value == 1
    assert section.finding("kernel_rank").threshold == 2
    assert section.finding("kernel_rank").verdict is Code.EXPRESSES
    assert section.verdict is Code.EXPRESSES


def test_enough_parameters_for_orthogonal_states_express():
    model = qt.Model(qt.ansatz.hardware_efficient(4, 8), z0(4))
    section = express(case(model, [1, -1, 1, -1], states=np.eye(16)[:4]))
    assert section.verdict is Code.EXPRESSES
    assert section.finding("kernel_rank").value == 4
    assert section.finding("fixed_loss").value == 0
    assert section.finding("dormant_parameters").value == 0
    assert section.finding("repeated_parameters").value == 0


def test_a_parameter_that_does_nothing_is_named():
    """rz on |0> is a phase; the same gate after an ry is none."""
    circuit = (
        qt.Circuit(2).rz(qt.param(0), 0).ry(qt.param(1), 0).rz(qt.param(2), 0).cx(0, 1).ry(qt.param(3), 1)
    )
    circuit.parameter_names = ("idle", "b", "c", "d")
    found = express(case(qt.Model(circuit, qt.pauli("ZX")), [0.3])).finding("dormant_parameters")
    assert (found.verdict, found.value) == (Code.DORMANT_PARAMETERS, 1)
    assert "idle" in found.sentence


def test_what_one_sample_does_not_feel_another_may():
    circuit = qt.Circuit(1).rz(qt.param(0), 0).ry(qt.param(1), 0)
    model = qt.Model(circuit, qt.pauli("X"))
    zero, plus_state = np.array([[1, 0]]), np.array([[1, 1]]) / np.sqrt(2)
    both = np.concatenate([zero, plus_state])
    assert express(case(model, [0.3], states=zero)).finding("dormant_parameters").value == 1
    assert express(case(model, [0.3, 0.1], states=both)).finding("dormant_parameters").value == 0


def test_a_parameter_that_repeats_is_named_with_what_it_repeats():
    """Rotations about one axis with something between that commutes."""
    circuit = (
        qt.Circuit(2).ry(qt.param(0), 0).ry(qt.param(1), 1).rz(qt.param(2), 0).cz(0, 1).rz(3 * qt.param(3), 0)
    )
    circuit.rx(qt.param(4), 0)
    circuit.parameter_names = ("a", "b", "first", "second", "e")
    section = express(case(qt.Model(circuit, qt.pauli("ZX")), [0.3]))
    found = section.finding("repeated_parameters")
    assert (found.verdict, found.value) == (Code.REPEATED_PARAMETERS, 1)
    assert "first, second" in found.sentence
    assert section.finding("redundant_parameters").value >= 1


def test_redundant_parameters_that_repeat_no_single_one_are_counted():
    """A qubit has two directions; four rotations of it, none parallel to another at random angles."""
    circuit = qt.Circuit(1)
    for k, name in enumerate(["ry", "rz", "ry", "rz"]):
        getattr(circuit, name)(qt.param(k), 0)
    section = express(case(qt.Model(circuit, qt.pauli("X")), [0.3]))
    assert section.finding("redundant_parameters").value == 2
    assert section.finding("repeated_parameters").value == 0


def test_parameters_behind_what_is_measured_are_unseen():
    circuit = qt.Circuit(2).ry(qt.param(0), 0).cx(0, 1).ry(qt.param(1), 1).rz(qt.param(2), 0)
    found = express(case(qt.Model(circuit, z0(2)), [0.3])).finding("unseen_parameters")
    assert found.value == 2
    assert "p1, p2" in found.sentence


def test_few_samples_looked_at_do_not_make_a_parameter_dormant(monkeypatch):
    from qtangent.diagnosis.express import drawn

    monkeypatch.setitem(drawn._FISHER, "quick", 1.0)
    monkeypatch.setattr(drawn, "_FEWEST_SAMPLES", 1)
    circuit = qt.Circuit(1).rz(qt.param(0), 0).ry(qt.param(1), 0)
    states = np.concatenate([np.tile([[1, 0]], (9, 1)), [[np.sqrt(0.5), np.sqrt(0.5)]]])
    section = express(case(qt.Model(circuit, qt.pauli("X")), labels(10), states=states))
    assert section.finding("dormant_parameters").value == 0
    assert "1 of the 10 samples" in section.finding("fisher_rank").caveat


MOVING = qt.Circuit(2).ry(qt.param(0), 0).rx(qt.feature(0), 0).cx(0, 1).ry(qt.param(1), 1).rz(qt.param(2), 0)
PRODUCT = qt.Circuit(2).ry(qt.param(0) * qt.feature(0), 0).cx(0, 1).ry(qt.param(1), 1).rx(qt.param(2), 0)


@pytest.mark.parametrize("circuit", [MOVING, PRODUCT], ids=["after", "product"])
def test_features_after_parameters_leave_what_can_be_had(circuit):
    X = np.linspace(0.1, 2.5, 6)[:, None]
    section = express(case(qt.Model(circuit, qt.pauli("ZZ")), labels(6), X=X))
    for name in ("loss_floor", "dormant_parameters", "repeated_parameters", "redundant_parameters"):
        assert section.finding(name).verdict is Code.NOT_COMPUTED
        assert section.finding(name).value is None
    assert "feature" in section.finding("loss_floor").sentence
    assert section.finding("kernel_rank").value <= 3
    assert section.verdict in (Code.KERNEL_RANK_DEFICIENT, Code.LABELS_OUT_OF_REACH)


def test_equal_samples_have_a_floor_even_where_states_move():
    X = np.array([[0.7], [0.7]])
    section = express(case(qt.Model(MOVING, qt.pauli("ZZ")), [1.0, -1.0], X=X))
    assert section.verdict is Code.LABELS_OUT_OF_REACH
    assert section.finding("fixed_loss").value == pytest.approx(0.5, rel=1e-9)


def test_density_matrices_have_no_fisher_rank_and_all_else():
    rho = np.stack([np.diag([0.7, 0.3]), np.diag([0.2, 0.8])]).astype(complex)
    model = qt.Model(qt.Circuit(1).ry(qt.param(0), 0).rz(qt.param(1), 0).ry(qt.param(2), 0), qt.pauli("Z"))
    section = express(case(model, [0.2, -0.2], states=rho))
    assert section.finding("fisher_rank").verdict is Code.NOT_COMPUTED
    assert "density" in section.finding("fisher_rank").sentence
    assert section.finding("loss_floor").value is not None
    assert section.finding("kernel_rank").value is not None


def test_noise_leaves_the_ranks_of_the_kernel():
    noise = qt.NoiseModel().add(qt.noise.depolarizing(0.01), gates=("ry", "rz"))
    states, y = random_states(2, 3), [0.2, -0.2]
    model = qt.Model(qt.ansatz.hardware_efficient(3, 3), z0(3), noise=noise)
    section = express(case(model, y, states=states))
    # That of the states without noise, which makes none easier to tell apart.
    assert section.finding("loss_floor").value == 0
    for name in ("fisher_rank", "dormant_parameters"):
        assert "channel" in section.finding(name).sentence
        assert section.finding(name).verdict is Code.NOT_COMPUTED
    assert section.finding("kernel_rank").value == 2
    assert section.verdict is Code.EXPRESSES


def test_single_precision_finds_the_same_ranks():
    states, y = random_states(32, 4), labels(32)
    found = []
    for precision in ("double", "single"):
        model = qt.Model(qt.ansatz.hardware_efficient(4, 1), z0(4), precision=precision)
        found.append(express(case(model, y, states=states)))
    assert found[0].finding("kernel_rank") == found[1].finding("kernel_rank")
    assert found[0].finding("fisher_rank") == found[1].finding("fisher_rank")


def test_the_seed_decides_every_number():
    states, y = random_states(5, 3), labels(5)
    model = qt.Model(qt.ansatz.hardware_efficient(3, 2), z0(3))
    first, second = (express(case(model, y, states=states)) for _ in range(2))
    assert first == second


def test_a_rank_tells_where_the_threshold_leaves_doubt():
    values = np.array([1.0, 1e-3, 2e-9, 1e-14])
    clear, open_ = rank(values, 1e-6), rank(values, 1e-9)
    assert (clear.value, clear.interval) == (2, None)
    assert (open_.value, open_.interval) == (3, (2.0, 3.0))
    assert rank(np.zeros(3), 1e-9).value == 0
