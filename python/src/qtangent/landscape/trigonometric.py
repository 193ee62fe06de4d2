"""The exact trigonometric coefficients of a model's predictions."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike

from .._native import arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError, NumericalError
from ..models import Model
from . import polynomial
from .chosen import Chosen, require_memory
from .halves import Halves
from .polynomial import Polynomial
from .spectrum import Spectrum, spectrum_of

# States that the simulator holds the predictions of at a time.
_CHUNK = 1 << 20
# Of the largest coefficient: how far polynomials may be from the simulator.
_TOLERANCE = {"double": 1e-9, "single": 1e-3}
# Of a prediction's size, and of its deviation: what a loss's coefficients are trusted to.
_ROUNDING, _DEVIATIONS = 64 * np.finfo(float).eps, 8


@dataclass(frozen=True, eq=False)
class Trigonometric:
    """Predictions as trigonometric polynomials in the parameters.

    Attributes:
        coefficients: (m, 2 D_1 + 1, ..., 2 D_p + 1), or (m, k, ...) for a list of observables, over the products of
            (1, cos phi, sin phi, ..., cos D phi, sin D phi), phi_l = base_l theta_l, of every parameter.
        base: (p,), radians of phi a radian of theta.
        degrees: D_l, 1 where the parameter drives one generator with two eigenvalues.
        parameters: the numbers of these parameters in the circuit.
        deviation: the largest difference from the simulator's predictions at random points. Frequencies beyond the
            degrees would be folded into others on the grid, and show here.
    """

    coefficients: Real
    base: Real
    degrees: tuple[int, ...]
    parameters: tuple[int, ...]
    deviation: float
    _losses: dict[bytes, Polynomial] = field(default_factory=dict, repr=False)

    @property
    def period(self) -> Real:
        """The period of every parameter, (p,), in radians; infinite where no prediction depends on it."""
        return polynomial.periods(self.base, self.degrees)

    def predictions(self, theta: ArrayLike) -> Real:
        """The predictions of the coefficients.

        Args:
            theta: (p,), or (s, p) for several points; radians where gates take angles.

        Returns:
            (m,), or (m, k) for a list of observables; s comes first for several points.

        Raises:
            InvalidArgumentError: for another number of parameters.
        """
        points, single = self._points(theta)
        result = self._by_output
        for l, degree in enumerate(self.degrees):
            functions = polynomial.functions(degree, self.base[l] * points[:, l])
            # The first factor brings the axis of points, the others go along it.
            letters = "mkb...,sb->smk..." if l == 0 else "smkb...,sb->smk..."
            result = np.einsum(letters, result, functions)
        if not self.degrees:
            result = np.broadcast_to(result, (len(points), *result.shape))
        result = result if self._has_outputs else result[:, :, 0]
        return result[0] if single else result

    def spectrum(self, y: ArrayLike | None = None) -> Spectrum:
        """The Fourier coefficients of all predictions, or, with labels, of the loss 1/(2m) sum (yhat - y)^2.

        Args:
            y: labels (m,), or (m, k) for a list of observables.

        Raises:
            InvalidArgumentError: for labels of another shape.
            OutOfMemoryError: for more coefficients than memory holds.
        """
        return spectrum_of(
            self.coefficients if y is None else self.loss_polynomial(y).coefficients, self.base
        )

    def loss_polynomial(self, y: ArrayLike) -> Polynomial:
        """The loss 1/(2m) sum (yhat - y)^2 as a polynomial of twice the degrees.

        Args:
            y: labels (m,), or (m, k) for a list of observables.

        Returns:
            Its coefficients have the shape (4 D_1 + 1, ..., 4 D_p + 1). Of a loss that is constant within
            rounding all but the first are 0.

        Raises:
            InvalidArgumentError: for labels of another shape.
            OutOfMemoryError: for more coefficients than memory holds.
            NumericalError: for labels whose squares overflow.
        """
        labels = arrays.real("y", y)
        expected = self.coefficients.shape[: 2 if self._has_outputs else 1]
        if labels.shape != expected:
            raise InvalidArgumentError(f"y has shape {labels.shape}, the predictions need {expected}")
        arrays.finite("y", labels)
        key = labels.tobytes()
        if key not in self._losses:
            doubled = tuple(2 * degree for degree in self.degrees)
            require_memory(doubled, 8, "the loss")
            with np.errstate(over="ignore", invalid="ignore"):
                coefficients = polynomial.mean_square(
                    self._by_output, self.degrees, labels.reshape(self._by_output.shape[:2])
                )
            if not np.isfinite(coefficients).all():
                raise NumericalError(
                    f"y reaches {abs(labels).max():.3g}, so the loss overflows; divide the labels by a constant"
                )
            # Of a loss that stays the same rounding is all there is, and would have minima.
            if (abs(coefficients.flat[1:]) <= self._noise(labels)).all():
                coefficients.flat[1:] = 0.0
            self._losses.clear()
            self._losses[key] = Polynomial(coefficients, self.base)
        return self._losses[key]

    def loss(self, theta: ArrayLike, y: ArrayLike) -> Real:
        """The loss 1/(2m) sum (yhat - y)^2.

        Args:
            theta: (p,), or (s, p) for several points.
            y: labels (m,), or (m, k).

        Returns:
            A number, or (s,) for several points.

        Raises:
            InvalidArgumentError: for other shapes.
            OutOfMemoryError: for more coefficients than memory holds.
        """
        points, single = self._points(theta)
        # Rounding may leave a sum of squares below 0.
        result = np.maximum(self.loss_polynomial(y).values(points), 0.0)
        return result[0] if single else result

    def gradient(self, theta: ArrayLike, y: ArrayLike) -> Real:
        """The gradient of the loss with respect to theta.

        Args:
            theta: (p,), or (s, p) for several points.
            y: labels (m,), or (m, k).

        Returns:
            (p,), or (s, p) for several points.

        Raises:
            InvalidArgumentError: for other shapes.
            OutOfMemoryError: for more coefficients than memory holds.
        """
        points, single = self._points(theta)
        result = self.loss_polynomial(y).gradients(points)
        return result[0] if single else result

    def hessian(self, theta: ArrayLike, y: ArrayLike) -> Real:
        """The Hessian of the loss with respect to theta.

        Args:
            theta: (p,), or (s, p) for several points.
            y: labels (m,), or (m, k).

        Returns:
            (p, p), or (s, p, p) for several points.

        Raises:
            InvalidArgumentError: for other shapes.
            OutOfMemoryError: for more coefficients than memory holds.
        """
        points, single = self._points(theta)
        result = self.loss_polynomial(y).hessians(points)
        return result[0] if single else result

    def _noise(self, labels: Real) -> float:
        """How far off a coefficient of the loss may be, since every prediction has an error."""
        moduli = np.abs(self._by_output).reshape(*self._by_output.shape[:2], -1)
        targets = labels.reshape(moduli.shape[:2])
        means = self._by_output.reshape(moduli.shape)[..., 0]
        error = _ROUNDING * (moduli.sum(axis=-1) + abs(targets)) + _DEVIATIONS * self.deviation
        residual = moduli[..., 1:].sum(axis=-1) + abs(means - targets)
        return float(np.sum(error * (2 * residual + error)) / (2 * len(moduli)))

    @property
    def _has_outputs(self) -> bool:
        return self.coefficients.ndim == len(self.degrees) + 2

    @property
    def _by_output(self) -> Real:
        """Coefficients (m, k, ...)."""
        return self.coefficients if self._has_outputs else self.coefficients[:, None]

    def _points(self, theta: ArrayLike) -> tuple[Real, bool]:
        points = arrays.real("theta", theta)
        p = len(self.degrees)
        if points.shape[-1:] != (p,) or points.ndim > 2:
            raise InvalidArgumentError(f"theta has shape {points.shape}; ({p},) or (s, {p}) is expected")
        return points.reshape(-1, p), points.ndim == 1


def trigonometric(
    model: Model,
    X: ArrayLike | None = None,
    states: ArrayLike | None = None,
    *,
    parameters: Sequence[int] | None = None,
    theta: ArrayLike | None = None,
) -> Trigonometric:
    """The exact trigonometric coefficients of every prediction.

    A prediction oscillates in each parameter with the gaps between its generators' eigenvalues (derived in
    docs/landscape.md). Where those are multiples of one base, it is a trigonometric polynomial, whose coefficients
    follow from the simulator on the grid that the degrees ask for. Other points of the simulator check them.

    Args:
        model: with one observable or several.
        X: features (m, f), where the circuit has some.
        states: (m, 2^n) or (m, 2^n, 2^n).
        parameters: the numbers of the parameters to study; all unless given. The others stay at `theta`.
        theta: (p,), needed where `parameters` are only some.

    Raises:
        InvalidArgumentError: for a circuit without parameters; where frequencies have no common base or depend on the
            data, naming gate and parameter.
        OutOfMemoryError: before anything is computed; says how many parameters fit.
        NumericalError: where the simulator has frequencies beyond the degrees, which would be a defect of the library.
    """
    chosen = Chosen.of(model, parameters, theta)
    base, degrees = chosen.base, chosen.degrees
    first = model.predict(chosen.rest, X, states)
    require_memory(degrees, 8 * first.size, f"{len(first)} samples")
    axes = [np.array([value]) for value in chosen.rest]
    for l, degree, scale in zip(chosen.numbers, degrees, base, strict=True):
        axes[l] = polynomial.grid(degree) / scale
    samples = _samples(model, X, states, axes, first)
    shape = tuple(2 * degree + 1 for degree in degrees)
    # The points count the parameters in the order of their numbers.
    order = np.argsort(chosen.numbers)
    sorted_shape = [shape[place] for place in order]
    values = np.moveaxis(samples, 0, -1).reshape(*first.shape, *sorted_shape)
    values = values.transpose(*range(first.ndim), *(first.ndim + np.argsort(order)))
    found = Trigonometric(
        polynomial.from_samples(values, degrees, first.ndim), base, degrees, chosen.numbers, 0.0
    )
    return replace(found, deviation=_deviation(found, model, X, states, chosen))


def _deviation(
    found: Trigonometric, model: Model, X: ArrayLike | None, states: ArrayLike | None, chosen: Chosen
) -> float:
    """Compares with the simulator where the grid has no points.

    Raises:
        NumericalError: where the predictions have frequencies that the degrees leave out.
    """
    phi = np.random.default_rng(0).uniform(0, 2 * np.pi, (2, len(chosen.base)))
    expected = model.predict(chosen.theta(phi), X, states)
    deviation = float(np.max(np.abs(found.predictions(phi / chosen.base) - expected)))
    largest = float(np.max(np.abs(found.coefficients)))
    if deviation > _TOLERANCE[model.precision] * largest:
        raise NumericalError(
            f"the predictions differ by {deviation:.2g} from trigonometric polynomials of the degrees "
            f"{list(chosen.degrees)}; this is a defect of the library, please report the circuit"
        )
    return deviation


def _samples(
    model: Model, X: ArrayLike | None, states: ArrayLike | None, axes: list[Real], first: Real
) -> Real:
    """Predictions (points, m) or (points, m, k) on the product of the axes, `first` those at one point."""
    sizes = [len(axis) for axis in axes]
    if X is None and states is not None and np.ndim(states) == 3:
        halves = Halves.of(model.circuit, len(first), sizes)
        if halves is not None:
            found = halves.predictions(model, arrays.complex_("states", states), axes)
            return found.reshape(len(found), *first.shape)
    samples = np.empty((math.prod(sizes), *first.shape))
    points = itertools.product(*axes)
    step = max(1, _CHUNK // first.size)
    for begin in range(0, len(samples), step):
        sets = np.array(list(itertools.islice(points, step)))
        samples[begin : begin + len(sets)] = model.predict(sets, X, states)
    return samples
