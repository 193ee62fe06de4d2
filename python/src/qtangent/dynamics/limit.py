"""The exact over-parameterised limit of training."""

from __future__ import annotations

from numpy.typing import ArrayLike

from .. import _signatures as c
from .._native import arrays as _arrays
from .._native.errors import InvalidArgumentError
from .._native.inputs import Theta
from ..models import Model, expect_model
from ..samples import Samples, samples_for
from . import checks
from .contracted import ShiftedFlow, contracted
from .flows import Asymptotic, GramFlow, ModelFlow, limit_of

_METHODS = {"auto": c.QTG_METHOD_AUTO, "reduced": c.QTG_METHOD_REDUCED, "dense": c.QTG_METHOD_DENSE}


def asymptotic(
    model: Model,
    theta: ArrayLike,
    y: ArrayLike,
    time: ArrayLike,
    X: ArrayLike | Samples | None = None,
    states: ArrayLike | None = None,
    rate: float = 1.0,
    method: str = "auto",
    contraction: float | None = None,
) -> Asymptotic:
    """The exact over-parameterised limit dM/dt = -rate sum_j r_j [M, [M, rho_j]] from M(0) = U(theta)^+ O U(theta).

    Source: theorem 4.2 of You et al., arXiv 2303.14844; the reduction to m x m matrices is derived in docs/maths.md.

    Args:
        model: of one output.
        theta: parameters (p,), or (s, p) for s parameter sets.
        y: (m,), for one output.
        time: increasing, >= 0, (T,), counted from theta; it need not contain 0.
        X: features (m, f), or `qt.Samples`, which take the place of X and states.
        states: input states (m, 2^n), or density matrices (m, 2^n, 2^n); |0...0> without.
        rate: c = eta Zsum / m; 1 is normalised time.
        method: "reduced" (m x m matrices, for any number of qubits), "dense" (2^n x 2^n) or "auto".
        contraction: Q, such as `model.contraction.Q`: the limit of the circuit with noise that leaves Q of the measurement's
            range. M - scale tr(O)/2^n, taken from the circuit without its channels, starts Q times as large; normalised time
            stays. Exact for depolarising of the whole register, at any number of parameters the same flow as with
            that range; for other noise between random unitaries it is the limit of many parameters and weak noise.
            Derived in docs/maths.md, "Contraction by noise".

    Returns:
        A `qtangent.convergence.Curve`: predictions and residuals (T, m), loss (T,), kernel (T, m, m), which is the limit
        of K/Zsum, and with `dqntk` and `lam`. s parameter sets put s in front.

    Raises:
        InvalidArgumentError: for several outputs, for a circuit in which a feature follows a parameter, for one with
            channels if there is no contraction, and for a contraction outside [-1/(4^n - 1), 1].
        OutOfMemoryError: before anything is allocated.
        NumericalError: where the integration fails.
        Interrupted: after Ctrl-C.
    """
    if not _arrays.among(method, _METHODS):
        raise InvalidArgumentError(f"method is {method!r}; it must be one of {', '.join(_METHODS)}")
    expect_model(model)
    if model.n_outputs != 1:
        raise InvalidArgumentError(
            f"the asymptotic flow follows one output, the model has {model.n_outputs}; pass one observable"
        )
    samples = samples_for(model, X, states)
    targets = checks.vector("y", y, len(samples))
    times = checks.time(time)
    model, shift = contracted(model, contraction)
    sets = Theta(theta, model.n_params)
    flow = ModelFlow(
        model,
        sets.values.copy(),
        samples,
        targets - shift,
        times.copy(),
        _arrays.number("rate", rate),
        _METHODS[method],
    )
    return limit_of(flow if shift == 0 else ShiftedFlow(flow, shift))


def asymptotic_from_gram(
    gram: ArrayLike,
    measured_gram: ArrayLike,
    y: ArrayLike,
    time: ArrayLike,
    scale: float = 1.0,
    rate: float = 1.0,
) -> Asymptotic:
    """The over-parameterised limit from overlaps alone, so that states of any number of qubits can be used.

    For pure states with the columns V and an observable O with O^2 = 1 the flow closes on G = V^+ V and
    S = V^+ M V, M^2 = scale^2: dS/dt = -2 rate (scale^2 G R G - S R S), R = diag(S_jj - y_j). Squared moduli |G|^2, which
    are what a fidelity kernel holds, are not enough: the phases matter. Derived in docs/maths.md.

    Args:
        gram: V^+ V, complex (m, m): <v_i|v_j>, ones on the diagonal.
        measured_gram: V^+ O V, complex (m, m): <v_i|O|v_j> without the scale, O as it stands before training,
            U(theta)^+ O U(theta). Its diagonal times the scale are the predictions at the start.
        y: (m,).
        time: increasing, >= 0, (T,).
        scale: factor of the measurement, as in `qtangent.Model`.
        rate: c = eta Zsum / m; 1 is normalised time.

    Raises:
        InvalidArgumentError: for matrices that no states and no such observable have.
    """
    overlaps = _arrays.square_matrix("gram", gram)
    measured = _arrays.square_matrix("measured_gram", measured_gram)
    m = len(overlaps)
    _arrays.expect_shape("measured_gram", measured, (m, m), "(m, m)")
    targets, times = checks.vector("y", y, m), checks.time(time)
    factor, c_rate = _arrays.number("scale", scale), _arrays.number("rate", rate)
    return limit_of(GramFlow(overlaps.copy(), measured.copy(), factor, targets.copy(), times.copy(), c_rate))
