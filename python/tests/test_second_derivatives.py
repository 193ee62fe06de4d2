"""Hessians and the change of gradients: differences of exact derivatives, closed forms, and each other."""

import numpy as np
import pytest
import qtangent as qt


def difference(function, step=1e-3):
    """The derivative of a function of one number at 0, by central differences of eighth order."""
    coefficients = (4 / 5, -1 / 5, 4 / 105, -1 / 280)
    return sum(
        c * (function(k * step) - function(-k * step)) / step for k, c in enumerate(coefficients, start=1)
    )


def close(found, expected):
    """To 1e-9 of the largest entry."""
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9 * np.abs(expected).max())


def circuit():
    result = (
        qt.Circuit(3).h(0).ry(qt.feature(0), 1).rx(2 * qt.param(0) + 0.3, 0).cx(0, 1).crz(qt.param(1), 1, 2)
    )
    result.rotation(-1.5 * qt.param(2), "XYZ", (2, 0, 1)).rz(qt.param(0), 2).u3(
        qt.param(3), qt.param(1), 0.2, 1
    )
    result.evolve(qt.param(4), qt.pauli("XX") + 0.5 * qt.pauli("ZI"), (0, 2))
    return result.rx(qt.param(2) * qt.feature(1), 0).ry(qt.feature(0) * qt.feature(1), 2).ry(qt.param(3), 2)


P, M, F = 5, 6, 2


@pytest.fixture(params=["pure", "mixed"])
def problem(request):
    rng = np.random.default_rng(5)
    states = rng.normal(size=(M, 3, 8)) + 1j * rng.normal(size=(M, 3, 8))
    states /= np.linalg.norm(states, axis=2, keepdims=True)
    mixed = np.einsum("jai,jak->jik", states, states.conj()) / 3
    states = mixed if request.param == "mixed" else states[:, 0]
    observables = [qt.pauli("ZII"), qt.pauli("XZI") + 0.5 * qt.pauli("IIY")]
    model = qt.Model(circuit(), observables, scale=1.3)
    return model, rng, {"X": rng.normal(size=(M, F)), "states": states}


def test_hessian_of_predictions(problem):
    model, rng, data = problem
    theta, direction = rng.normal(size=(2, P)), rng.normal(size=(2, P))
    hessian = model.hessian(theta, **data)
    assert hessian.shape == (2, M, 2, P, P)
    close(hessian, hessian.swapaxes(-1, -2))
    slopes = np.stack(
        [difference(lambda h, e=e: model.jacobian(theta + h * e, **data)) for e in np.eye(P)], -1
    )
    close(hessian, slopes)
    product = model.hessian_product(theta, direction, **data)
    close(product, np.einsum("sjakl,sl->sjak", hessian, direction))
    # One direction serves all sets; one set and one observable have no axis of their own.
    np.testing.assert_array_equal(
        model.hessian_product(theta, direction[0], **data),
        model.hessian_product(theta, np.stack([direction[0]] * 2), **data),
    )
    single = qt.Model(model.circuit, model.observable[0], scale=1.3)
    close(single.hessian(theta[0], **data), hessian[0, :, 0])
    close(single.hessian_product(theta[0], direction[0], **data), product[0, :, 0])
    samples = qt.Samples(data["X"], data["states"])
    np.testing.assert_array_equal(model.hessian(theta, samples), hessian)


@pytest.mark.parametrize("loss", ["mse", "cross_entropy"])
def test_hessian_of_losses(problem, loss):
    model, rng, data = problem
    theta, direction = rng.normal(size=(2, P)), rng.normal(size=(2, P))
    y = rng.normal(size=(M, 2)) if loss == "mse" else rng.integers(0, 2, size=M)
    hessian = model.loss_hessian(theta, y, **data, loss=loss)
    assert hessian.shape == (2, P, P)
    slopes = [
        difference(lambda h, e=e: model.loss_and_gradient(theta + h * e, y, **data, loss=loss)[1])
        for e in np.eye(P)
    ]
    close(hessian, np.stack(slopes, -1))
    product = model.loss_hessian_product(theta, y, direction, **data, loss=loss)
    close(product, np.einsum("skl,sl->sk", hessian, direction))
    close(model.loss_hessian_product(theta[1], y, direction[1], **data, loss=loss), product[1])
    close(model.loss_hessian(theta[0], y, **data, loss=loss), hessian[0])
    if loss == "mse":
        jacobian, second = model.jacobian(theta, **data), model.hessian(theta, **data)
        residual = model.predict(theta, **data) - y
        squares = np.einsum("sjak,sjal->skl", jacobian, jacobian)
        close(hessian, (squares + np.einsum("sja,sjakl->skl", residual, second)) / M)


def test_change_of_both_gradients(problem):
    model, rng, data = problem
    theta, weights = rng.normal(size=(2, P)), rng.normal(size=(2, M, 2))
    direction, X_direction = rng.normal(size=(2, P)), rng.normal(size=(2, M, F))
    X, states = data["X"], data["states"]
    change, features = model.vjp_product(theta, weights, direction, X_direction, **data)
    assert change.shape == (2, P)
    assert features.shape == (2, M, F)
    for s in range(2):
        for moves_theta, moves_X in [(1, 1), (1, 0), (0, 1)]:

            def moved(h, part, s=s, t=moves_theta, x=moves_X):
                point, samples = theta[s] + h * t * direction[s], X + h * x * X_direction[s]
                return model.vjp(point, weights[s], samples, states)[part]

            found = model.vjp_product(
                theta[s],
                weights[s],
                direction[s] if moves_theta else None,
                X_direction[s] if moves_X else None,
                **data,
            )
            for part in range(2):
                close(found[part], difference(lambda h, part=part: moved(h, part)))
            if moves_theta and moves_X:
                close(found[0], change[s])
                close(found[1], features[s])


def test_a_product_of_parameter_and_features_in_closed_form():
    """yhat = cos(theta x) and cos(x^2): d/dtheta = -x sin, d/dx = -theta sin - 2x sin(x^2), and their rates."""
    model = qt.Model(
        qt.Circuit(2).ry(qt.param(0) * qt.feature(0), 0).ry(qt.feature(0) * qt.feature(0), 1),
        qt.pauli("ZI") + qt.pauli("IZ"),
    )
    rng = np.random.default_rng(3)
    (theta,), x, w, (dt,), dx = (
        rng.normal(size=1),
        *rng.normal(size=(2, 7)),
        rng.normal(size=1),
        rng.normal(size=7),
    )
    change, features = model.vjp_product([theta], w, [dt], dx[:, None], X=x[:, None])
    s, c = np.sin(theta * x), np.cos(theta * x)
    close(change, [np.sum(-w * (x * x * c * dt + (s + theta * x * c) * dx))])
    square = -(2 * np.sin(x * x) + 4 * x * x * np.cos(x * x)) * dx
    close(features[:, 0], w * (-(s + theta * x * c) * dt - theta * theta * c * dx + square))


def test_without_features_and_without_parameters():
    layered = qt.Model(qt.ansatz.hardware_efficient(2, 1), qt.pauli("ZI"))
    change, features = layered.vjp_product(np.ones(4), [1.0], np.ones(4))
    assert features is None
    close(change, layered.hessian(np.ones(4))[0] @ np.ones(4))
    encoder = qt.Model(qt.encoding.angle(2), qt.pauli("ZI"))
    change, features = encoder.vjp_product(
        [], [1.0, 2.0], None, [[1.0, 0], [0, 1]], X=[[0.1, 0.2], [0.3, 0.4]]
    )
    assert change.shape == (0,)
    close(features, [[-np.cos(0.1), 0], [0, 0]])
    assert encoder.hessian([], X=[[0.1, 0.2]]).shape == (1, 0, 0)


def test_single_precision_models_compute_them_in_double(problem):
    model, rng, data = problem
    single = qt.Model(model.circuit, model.observable, scale=1.3, precision="single")
    theta = rng.normal(size=P)
    np.testing.assert_array_equal(single.hessian(theta, **data), model.hessian(theta, **data))


def test_refusals(problem):
    model, _, data = problem
    theta, weights = np.zeros(P), np.zeros((M, 2))
    for call, text in [
        (lambda: model.hessian_product(theta, np.zeros(4), **data), "direction has shape"),
        (lambda: model.hessian_product(theta, np.zeros((2, P)), **data), "direction has shape"),
        (lambda: model.hessian_product(theta, np.full(P, np.nan), **data), "direction"),
        (lambda: model.loss_hessian(theta, np.zeros(M), **data), "y has shape"),
        (lambda: model.loss_hessian(theta, np.zeros(M), **data, loss="l1"), "loss is 'l1'"),
        (lambda: model.vjp_product(theta, np.zeros(M), theta, **data), "weights has shape"),
        (lambda: model.vjp_product(theta, weights, None, **data), "no direction"),
        (lambda: model.vjp_product(theta, weights, theta, np.zeros(F), **data), "X_direction has shape"),
        (lambda: model.vjp_product(theta, np.full((M, 2), np.inf), theta, **data), "weights"),
    ]:
        with pytest.raises(qt.InvalidArgumentError, match=text):
            call()
    layered = qt.Model(qt.ansatz.hardware_efficient(2, 1), qt.pauli("ZI"))
    with pytest.raises(qt.InvalidArgumentError, match="no features"):
        layered.vjp_product(np.zeros(4), [1.0], None, [[1.0]])


def test_memory_is_asked_for_first():
    wide = qt.Model(qt.ansatz.hardware_efficient(4, 400), qt.pauli("ZIII"))
    assert wide.memory_estimate(10, "hessian") >= 8 * 10 * 3200**2
    assert wide.memory_estimate(10, "loss_hessian") >= 8 * 3200**2
    states = np.zeros((5000, 16))
    states[:, 0] = 1
    with pytest.raises(qt.OutOfMemoryError):
        wide.hessian(np.zeros(3200), states=states)
