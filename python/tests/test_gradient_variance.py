"""The variance of gradients over random parameters: closed forms, the whole grid, and the coverage of its intervals."""

import itertools

import numpy as np
import pytest
import qtangent as qt
from qtangent.capacity import gradient_variance, gradient_variance_trend
from qtangent.capacity.ensemble import draws as drawing


def turns(n: int) -> qt.Circuit:
    """cos theta_q on every qubit."""
    circuit = qt.Circuit(n)
    for q in range(n):
        circuit.ry(qt.param(q), q)
    return circuit


def small() -> qt.Model:
    circuit = qt.Circuit(2).ry(qt.param(0), 0).crx(qt.param(1), 0, 1).cx(1, 0).rx(2 * qt.param(2) + 0.3, 0)
    return qt.Model(circuit, [qt.pauli("ZI"), qt.pauli("XY") + 0.5 * qt.pauli("IZ")], scale=1.5)


def on_the_grid(model, **data):
    """The exact variance: squares of derivatives are trigonometric of degree 4 in every parameter here."""
    axes = [period * np.arange(9) / 9 for period in (2 * np.pi, 4 * np.pi, np.pi)]
    grid = np.array(list(itertools.product(*axes)))
    return model.jacobian(grid, **data).var(axis=0)


@pytest.mark.parametrize("n", [1, 3, 5])
def test_a_product_of_cosines(n):
    found = gradient_variance(qt.Model(turns(n), qt.pauli("Z" * n)), draws=4000, seed=n)
    assert found.variance.shape == (1, n)
    assert np.all(np.abs(found.variance - 0.5**n) < 5 * found.standard_error)
    low, high = found.interval
    assert low < found.mean < high
    assert abs(np.log(found.mean / 0.5**n)) < 2 * np.log(high / low)
    np.testing.assert_allclose(found.mean, found.variance.mean(), rtol=1e-12)
    np.testing.assert_allclose(found.per_parameter, found.variance[0], rtol=1e-12)


def test_the_whole_grid():
    """Shared factors, a period of 4 pi and one of pi, several outputs and samples."""
    model, states = small(), qt.encoding.haar_states(2, 3, seed=4)
    exact = on_the_grid(model, states=states)
    found = gradient_variance(model, states=states, draws=20_000, seed=1)
    assert found.variance.shape == exact.shape == (3, 2, 3)
    assert np.all(np.abs(found.variance - exact) <= 5 * found.standard_error + 1e-12)
    # A wrong range of parameters shows: over [0, 2 pi) alone the controlled rotation's variance is another one.
    theta = np.random.default_rng(0).uniform(0, 2 * np.pi, (20_000, 3))
    assert np.abs(model.jacobian(theta, states=states).var(axis=0) - exact).max() > 0.02


def test_parameters_that_move_nothing_do_not_count():
    found = gradient_variance(qt.Model(turns(4), qt.pauli("ZIII")), draws=500)
    assert found.moves.tolist() == [[True, False, False, False]]
    assert found.mean == pytest.approx(found.variance[0, 0])
    assert found.variance[0, 1:].tolist() == [0, 0, 0]
    phase = gradient_variance(qt.Model(qt.Circuit(1).rz(qt.param(0), 0), qt.pauli("Z")))
    assert (phase.mean, phase.interval, phase.moves.any()) == (0.0, (0.0, 0.0), False)
    # Within the light cone and still without effect but for rounding.
    circuit = qt.Circuit(1).h(0).rx(qt.param(0), 0).ry(qt.param(1), 0).rz(0.4, 0)
    rounding = gradient_variance(qt.Model(circuit, qt.pauli("X")))
    assert rounding.moves.tolist() == [[False, True]]


def test_intervals_hold_the_exact_value():
    """Of 400 intervals of 95 % between 360 and 392 do, with 60 draws and derivatives that depend on each other."""
    model, states = small(), qt.encoding.haar_states(2, 2, seed=4)
    exact = on_the_grid(model, states=states)
    wanted = exact[exact > 1e-12].mean()
    intervals = [gradient_variance(model, states=states, draws=60, seed=s).interval for s in range(400)]
    assert 360 <= sum(low <= wanted <= high for low, high in intervals) <= 392


def test_bits_depend_neither_on_threads_nor_on_calls(monkeypatch):
    model, states = small(), qt.encoding.haar_states(2, 5, orthogonal=False, seed=4)
    before, found = qt.get_num_threads(), []
    for threads, size in ((1, 2**26), (2, 2**26), (2, 1)):
        qt.set_num_threads(threads)
        monkeypatch.setattr(drawing, "_CALL", size)
        found.append(gradient_variance(model, states=states, draws=50, seed=3))
    qt.set_num_threads(before)
    for other in found[1:]:
        np.testing.assert_array_equal(other.variance, found[0].variance)
        assert other.interval == pytest.approx(found[0].interval, rel=1e-12)
    assert gradient_variance(model, states=states, draws=50, seed=4).mean != found[0].mean


def test_what_cannot_be_asked():
    model = small()
    with pytest.raises(qt.InvalidArgumentError, match="draws is 1; at least 2"):
        gradient_variance(model, draws=1)
    with pytest.raises(qt.InvalidArgumentError, match="no parameters"):
        gradient_variance(qt.Model(qt.Circuit(1).h(0), qt.pauli("Z")))


def test_the_trend_of_a_product_of_cosines():
    """The variance is 2^-n for the global observable and 1/2 for the local one, at every depth."""
    turned = gradient_variance_trend(
        lambda n, layers: sum(turns(n) for _ in range(layers)), lambda n: qt.pauli("Z" * n), [2, 3, 4, 5], [1, 2],
        draws=3000,
    )  # fmt: skip
    assert turned.layers.tolist() == [[1, 2]] * 4
    assert turned.variance.shape == (4, 2)
    for one in turned.slopes:
        low, high = one.interval
        assert low < -np.log(2) < high
        assert high - low < 0.3
    for one in turned.depth_slopes:
        assert one.interval[0] < 0 < one.interval[1]
    local = gradient_variance_trend(
        lambda n, layers: turns(n),
        lambda n: qt.pauli("Z" + "I" * (n - 1)),
        [2, 4],
        lambda n: 10 * n,
        draws=1000,
    )
    assert local.layers.tolist() == [[20], [40]]
    assert local.slopes[0].interval[0] < 0 < local.slopes[0].interval[1]
    assert local.depth_slopes == ()


def test_a_trend_that_is_no_exponential_has_a_wide_interval():
    """Variances that rise and fall lie on no line: the interval covers it, though each point is sharp."""
    heights = {2: 1.0, 3: 4.0, 4: 1.0, 5: 4.0}
    bent = gradient_variance_trend(
        lambda n, layers: turns(n),
        lambda n: heights[n] * qt.pauli("Z" + "I" * (n - 1)),
        [2, 3, 4, 5],
        [1],
        draws=5000,
    )
    low, high = bent.slopes[0].interval
    assert low < 0 < high
    assert high - low > 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"qubits": [3]}, "two or more different numbers"),
        ({"qubits": [3, 3]}, "two or more different numbers"),
        ({"layers": []}, "one or more different numbers"),
        ({"family": lambda n, layers: turns(2)}, "has 2 qubits and 0 features; 3 qubits"),
        ({"family": lambda n, layers: qt.Circuit(n).ry(qt.feature(0), 0)}, "1 features"),
        ({"family": lambda n, layers: None}, "a qt.Circuit is expected"),
        ({"observable": lambda n: qt.pauli("I" * n)}, "no parameter of family\\(3, 1\\) moves"),
    ],
)
def test_what_is_no_family(arguments, message):
    given = {
        "family": lambda n, layers: turns(n), "observable": lambda n: qt.pauli("Z" * n), "qubits": [3, 4], "layers": [1],
        "draws": 10,
    }  # fmt: skip
    with pytest.raises(qt.InvalidArgumentError, match=message):
        gradient_variance_trend(**{**given, **arguments})
