"""Fourier spectra of predictions and losses against transforms of the simulator's values."""

import numpy as np
import pytest
import qtangent as qt
from landscape_cases import brick, everything, product_data, product_model
from qtangent import landscape
from qtangent.capacity.ensemble import periods


def test_spectra_are_transforms_of_the_simulator():
    model, random = everything(), np.random.default_rng(2)
    X, y, rest = random.normal(size=(3, 1)), random.normal(size=(3, 2)), np.array([0.3, 0.5, 0.7])
    found = landscape.trigonometric(model, X, parameters=[2, 0], theta=rest)
    assert found.deviation < 1e-13
    # A grid finer than either asks for, so that modes beyond the degrees have entries of their own.
    n = [4 * degree + 4 for degree in found.degrees]
    axes = [period * np.arange(size) / size for period, size in zip(found.period, n, strict=True)]
    theta = np.tile(rest, (n[0] * n[1], 1))
    theta[:, 2], theta[:, 0] = (axis.ravel() for axis in np.meshgrid(*axes, indexing="ij"))
    for spectrum, values in (
        (found.spectrum(), model.predict(theta, X).transpose(1, 2, 0).reshape(3, 2, *n)),
        (found.spectrum(y), model.loss(theta, y, X=X).reshape(n)),
    ):
        modes = np.fft.fftshift(np.fft.fft2(values), axes=(-2, -1)) / (n[0] * n[1])
        inside = tuple(
            slice(size // 2 - degree, size // 2 + degree + 1)
            for size, degree in zip(n, spectrum.degrees, strict=True)
        )
        assert np.max(np.abs(modes[(..., *inside)] - spectrum.coefficients)) < 1e-13
        modes[(..., *inside)] = 0.0
        assert np.max(np.abs(modes)) < 1e-13
        support = spectrum.modes()
        assert len(np.unique(support, axis=0)) == len(support)
        place = tuple((support + np.array(spectrum.degrees)).T)
        largest = np.abs(spectrum.coefficients).reshape(-1, *spectrum.coefficients.shape[-2:]).max(axis=0)
        assert np.min(largest[place]) > 1e-12 * largest.max()
        largest[place] = 0.0
        assert np.max(largest) < 1e-12


@pytest.mark.parametrize("p", [1, 2, 3, 4])
def test_separable_losses_have_few_modes(p):
    states, y = product_data(p)
    found = landscape.trigonometric(product_model(p), states=states)
    modes = found.spectrum(y).modes()
    unit = np.eye(p, dtype=int)
    expected = {(0,) * p} | {tuple(k * row) for row in unit for k in (-2, -1, 1, 2)}
    assert {tuple(row) for row in modes.tolist()} == expected
    assert f"{1 + 4 * p} modes of {5**p}" in repr(found.spectrum(y))
    assert len(found.spectrum().modes()) == 2 * p


def test_coupled_losses_have_modes_everywhere():
    model, states = qt.Model(brick(2, 2), qt.pauli("ZZ")), qt.encoding.haar_states(2, 4, seed=0)
    found = landscape.trigonometric(model, states=states)
    assert found.spectrum().coefficients.shape == (4, 3, 3)
    spectrum = found.spectrum([0.1, 0.2, 0.3, 0.4])
    assert len(spectrum.modes()) == 25
    assert len(spectrum.modes(0.1)) < 25
    with pytest.raises(qt.InvalidArgumentError, match="tolerance is 1"):
        spectrum.modes(1)


def test_frequencies_beyond_the_degrees_are_noticed(monkeypatch):
    circuit = qt.Circuit(2).crx(qt.param(0), 0, 1).ry(qt.param(1), 0)
    true = periods.frequencies

    def one_short(handle, n_params):
        base, degrees = true(handle, n_params)
        return base, (degrees[0] - 1, degrees[1])

    model, states = qt.Model(circuit, qt.pauli("XZ")), qt.encoding.haar_states(2, 3, seed=0)
    assert landscape.trigonometric(model, states=states).deviation < 1e-14
    monkeypatch.setattr(periods, "frequencies", one_short)
    with pytest.raises(qt.NumericalError, match=r"degrees \[1, 1\]"):
        landscape.trigonometric(model, states=states)
