"""A PyTorch layer as a module: state, copies, compiler, and what it refuses."""

from __future__ import annotations

import copy
import gc
import io
import pickle

import numpy as np
import pytest
import qtangent as qt
import torch
from qtangent.torch import operators
from reuploading import inputs, model
from torch import nn
from torch.func import functional_call, hessian, jacfwd, jvp

# PyTorch's own, of its checks and its compiler.
pytestmark = pytest.mark.filterwarnings(
    "ignore:`torch.jit.script", "ignore:<class 'torch.autograd.function.Function'> should not be instantiated"
)


def layer_and_inputs(seed=1):
    one = model(seed)
    theta, X, weights = (torch.from_numpy(array) for array in inputs(one))
    return qt.torch.Layer(one, theta), X, weights


def network():
    torch.manual_seed(0)
    one = model(1)
    layers = nn.Linear(3, 2), qt.torch.Layer(one), nn.Linear(one.n_outputs, 2)
    return nn.Sequential(*layers), torch.linspace(-1, 1, 12).reshape(4, 3)


def gradients(net, X):
    net.zero_grad()
    net(X).square().sum().backward()
    return [parameter.grad.clone() for parameter in net.parameters()]


def test_theta_is_drawn_by_the_generator_of_torch():
    torch.manual_seed(3)
    first = qt.torch.Layer(model(1)).theta
    torch.manual_seed(3)
    second = qt.torch.Layer(model(1)).theta
    assert torch.equal(first, second)
    assert first.dtype == torch.get_default_dtype()
    assert 0 <= first.min() < 1 < first.max() < 2 * torch.pi


def test_theta_is_copied_and_a_parameter_is_shared():
    one = model(1)
    theta = torch.zeros(one.n_params, dtype=torch.float64)
    layer = qt.torch.Layer(one, theta)
    theta += 1
    assert not layer.theta.any()
    assert qt.torch.Layer(one, layer.theta).theta is layer.theta
    assert qt.torch.Layer(one, np.ones(one.n_params)).theta.dtype == torch.float64


def test_results_have_the_type_of_the_features():
    layer, X, _ = layer_and_inputs()
    assert layer(X.float()).dtype == torch.float32
    predictions = layer.float()(X)
    assert predictions.dtype == torch.float64
    predictions.sum().backward()
    assert layer.theta.grad.dtype == torch.float32


WAYS = {
    "deepcopy": copy.deepcopy,
    "pickle": lambda net: pickle.loads(pickle.dumps(net)),
    "save": lambda net: saved(net),
}


def saved(net):
    file = io.BytesIO()
    torch.save(net, file)
    file.seek(0)
    return torch.load(file, weights_only=False)


@pytest.mark.parametrize("way", WAYS)
def test_copies_are_independent_and_equal(way):
    net, X = network()
    other = WAYS[way](net)
    assert torch.equal(other(X), net(X))
    assert all(map(torch.equal, gradients(other, X), gradients(net, X)))
    with torch.no_grad():
        other[1].theta += 1
    assert not torch.equal(other(X), net(X))


def test_the_state_is_theta():
    net, X = network()
    other, _ = network()
    with torch.no_grad():
        other[1].theta += 1
    assert list(net[1].state_dict()) == ["theta"]
    other.load_state_dict(net.state_dict())
    assert torch.equal(other(X), net(X))
    assert "features=2, parameters=" in repr(net)


def test_a_gradient_outlives_its_layer():
    layer, X, weights = layer_and_inputs()
    expected = layer.model.vjp(layer.theta.detach().numpy(), weights.numpy(), X.numpy())[1]
    predictions = layer(X.requires_grad_())
    del layer
    gc.collect()
    predictions.backward(weights)
    np.testing.assert_allclose(X.grad, expected, atol=1e-12)


def test_an_operator_without_its_model_says_so():
    layer, X, _ = layer_and_inputs()
    theta, handle = layer.theta.detach(), layer.model._handle
    del layer
    gc.collect()
    with pytest.raises(RuntimeError, match="model of this gradient is gone; keep its layer"):
        operators.predict(theta, X, handle)


@pytest.mark.parametrize("seed", range(3))
def test_operators_pass_the_checks_of_torch(seed):
    layer, X, weights = layer_and_inputs(seed)
    theta, handle = layer.theta.detach(), layer.model._handle
    torch.library.opcheck(operators.predict, (theta, X, handle))
    torch.library.opcheck(operators.vjp, (theta, X, weights, handle))
    torch.library.opcheck(operators.jvp, (theta, X, theta, X, handle))
    torch.library.opcheck(operators.vjp_product, (theta, X, weights, theta, X, handle))
    sets = torch.stack([theta, 2 * theta])
    torch.library.opcheck(operators.predict, (sets, X, handle))
    torch.library.opcheck(operators.vjp, (sets, X, weights, handle))


@pytest.mark.parametrize("options", [{}, {"fullgraph": True}, {"fullgraph": True, "dynamic": True}], ids=str)
def test_compiled_networks_have_the_same_gradients(options):
    net, X = network()
    torch._dynamo.reset()
    compiled = torch.compile(net, backend="aot_eager", **options)
    for batch in (X, X[:3], torch.cat([X, -X])):
        torch.testing.assert_close(gradients(compiled, batch), gradients(net, batch), rtol=0, atol=1e-5)
        torch.testing.assert_close(compiled(batch), net(batch), rtol=0, atol=1e-6)


def test_compiled_networks_refuse_what_layers_refuse():
    net, X = network()
    torch._dynamo.reset()
    compiled = torch.compile(net[1], backend="aot_eager")
    with pytest.raises(Exception, match=r"X\[1, 0\] is nan"):
        compiled(torch.tensor([[0.0, 1.0], [float("nan"), 0.0]]))
    with pytest.raises(Exception, match="2 features"):
        compiled(X)


@pytest.mark.parametrize("call", [jacfwd, hessian], ids=["jacfwd", "hessian"])
def test_forward_mode_is_an_error_that_names_the_way_out(call):
    layer, X, _ = layer_and_inputs()

    def total(theta):
        return functional_call(layer, {"theta": theta}, (X,)).sum()

    with pytest.raises(NotImplementedError, match=r"no forward mode; use torch.func.jacrev"):
        call(total)(layer.theta.detach())
    with pytest.raises(NotImplementedError, match=r"no forward mode; use torch.func.jacrev"):
        jvp(lambda X: layer(X), (X,), (X,))
    with torch.autograd.forward_ad.dual_level(), pytest.raises(NotImplementedError, match="forward mode"):
        layer(torch.autograd.forward_ad.make_dual(X, X))


def test_third_derivatives_are_an_error():
    layer, X, weights = layer_and_inputs()
    value = (weights * layer(X)).sum()
    for _ in range(2):
        (gradient,) = torch.autograd.grad(value, layer.theta, create_graph=True)
        value = gradient.sum()
    with pytest.raises(
        NotImplementedError, match="a third one was asked for; leave out one create_graph=True"
    ):
        torch.autograd.grad(value, layer.theta)


REFUSED = {
    "integers": (lambda X: X.long(), r"X is torch.int64; torch.float32 or torch.float64 is expected"),
    "half precision": (lambda X: X.half(), "X is torch.float16; torch.float32 or torch.float64 is expected"),
    "complex numbers": (lambda X: X * 1j, "X is torch.complex128; torch.float32 or"),
    "another number of features": (
        lambda X: X[:, :1],
        r"X has shape \(5, 1\), the circuit has 2 features: \(..., 2\) is expected",
    ),
    "a number": (lambda X: X[0, 0], r"X has shape \(\), the circuit has 2 features"),
    "NaN": (lambda X: torch.where(X[3, 1] == X, torch.nan, X), r"X\[3, 1\] is nan; it must be finite"),
    "no samples": (lambda X: X[:0], "there are no samples; at least one is needed"),
    "an array": (lambda X: X.numpy(), r"X is ndarray; a tensor is expected: torch.as_tensor\(X\)"),
    "nothing": (lambda X: None, r"the circuit has 2 features; pass X of shape \(..., 2\)"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_input_that_is_refused(kind):
    layer, X, _ = layer_and_inputs()
    change, message = REFUSED[kind]
    with pytest.raises(ValueError, match=message):
        layer(change(X))


def test_layers_that_are_refused():
    one = model(1)
    with pytest.raises(
        ValueError, match=rf"theta has shape \(3,\), the circuit has {one.n_params} parameters"
    ):
        qt.torch.Layer(one, torch.zeros(3))
    with pytest.raises(ValueError, match=r"theta is torch.int64; torch.float32 or torch.float64 is expected"):
        qt.torch.Layer(one, torch.zeros(one.n_params, dtype=torch.int64))
    with pytest.raises(ValueError, match=r"a qt\.Model is expected"):
        qt.torch.Layer(one.circuit)
    layer = qt.torch.Layer(qt.Model(qt.Circuit(1).rx(qt.param(0), 0), qt.pauli("Z")))
    with pytest.raises(ValueError, match="circuit has no features; call the layer without X"):
        layer(torch.zeros(2, 1))


def test_weights_that_are_not_finite_are_an_error():
    layer, X, weights = layer_and_inputs()
    weights[2, 1] = torch.inf
    with pytest.raises(ValueError, match="finite"):
        layer(X).backward(weights)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU that PyTorch can use")
def test_tensors_on_a_gpu_are_copied_and_results_go_back():
    layer, X, weights = layer_and_inputs()
    layer(X).backward(weights)
    expected, gradient = layer(X), layer.theta.grad.clone()
    layer = qt.torch.Layer(layer.model, layer.theta.detach()).cuda()
    X = X.cuda().requires_grad_()
    predictions = layer(X)
    predictions.backward(weights.cuda())
    assert all(tensor.is_cuda for tensor in (predictions, layer.theta.grad, X.grad))
    torch.testing.assert_close(predictions.cpu(), expected)
    torch.testing.assert_close(layer.theta.grad.cpu(), gradient)
