"""Kernels averaged over all parameters without a state, and where the untrained predictions are no Gaussian process."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import qtangent as qt
from matplotlib.figure import Figure
from qtangent import convergence
from qtangent.plots.style import ACTUAL, INK, style
from reproduce.convergence.common import colours, main, two_panels

LAYERS = (1, 2, 3, 4)
SIZES = (6, 10, 20, 30, 40, 50)
DRAWS = 2000
LOCAL_SIZES = (4, 8, 12, 16)
LOCAL_LAYERS = (1, 2)
LOCAL_DRAWS = 100_000


@dataclass(frozen=True)
class Found:
    """Mean kernels of one sample (sizes, layers), the draws at the smallest size, and tests for Gaussians."""

    sizes: tuple[int, ...]
    layers: tuple[int, ...]
    kernel: np.ndarray
    strings: np.ndarray
    drawn: np.ndarray
    """(layers, draws) of K at the smallest size."""
    walks: tuple[float, float, float]
    """At the largest size and three layers: E K by walks, its standard error, and the exact one."""
    gaussian: list[tuple[int, int, float, float, float]]
    """Dimension, draws, p value, kurtosis, exact kurtosis."""
    local: list[Local]


@dataclass(frozen=True)
class Local:
    """Predictions of a circuit of few layers, measured by the sum of all Z over sqrt n."""

    qubits: int
    layers: int
    p_value: float
    kurtosis: float
    error: float
    """Standard error of the kurtosis of a Gaussian."""


def model(n: int, layers: int) -> qt.Model:
    """RY of a feature on every qubit, then layers of RY, RZ and CZ along the chain; Z in the middle."""
    circuit = qt.encoding.angle(n) + qt.ansatz.hardware_efficient(n, layers, topology="chain")
    middle = n // 2
    return qt.Model(circuit, qt.pauli("I" * middle + "Z" + "I" * (n - middle - 1)))


def sample(n: int) -> np.ndarray:
    """One sample, angles spread over [-1, 1]."""
    return (np.arange(n)[None] * 0.137) % 2 - 1


def compute(short: bool = False) -> Found:
    """n = 6 to 50, 1 to 4 layers: E K by exact tables, 2,000 draws of theta at n = 6, 4,000 walks at n = 50 and 3 layers;
    predictions of one sample behind Haar-random circuits, d = 4 to 64, 100 and 50,000 draws, and behind one and two layers
    on 4 to 16 qubits, measured by the sum of all Z over sqrt n, 100,000 draws."""
    sizes, layers = (SIZES[:2], LAYERS[:2]) if short else (SIZES, LAYERS)
    kernel, strings = np.empty((len(sizes), len(layers))), np.empty((len(sizes), len(layers)), dtype=int)
    for i, n in enumerate(sizes):
        for k, depth in enumerate(layers):
            found = qt.capacity.average_kernel(model(n, depth), sample(n))
            kernel[i, k], strings[i, k] = found.kernel[0, 0], found.strings
    drawn = []
    for depth in layers:
        small = model(sizes[0], depth)
        theta = np.random.default_rng(depth).uniform(0, 2 * np.pi, (50 if short else DRAWS, small.n_params))
        drawn.append(small.tangent_kernel(theta, sample(sizes[0]))[:, 0, 0])
    wide = model(sizes[-1], layers[-2])
    walked = qt.capacity.average_kernel(
        wide, sample(sizes[-1]), method="walks", walks=200 if short else 4000, seed=1
    )
    return Found(
        sizes, layers, kernel, strings, np.array(drawn),
        (float(walked.kernel[0, 0]), float(walked.standard_error[0, 0]), float(kernel[-1, -2])),
        [tested(n, draws) for n in ((2, 3) if short else (2, 3, 4, 5, 6)) for draws in (100, 200 if short else 50_000)],
        [
            local(n, depth, 500 if short else LOCAL_DRAWS)
            for depth in LOCAL_LAYERS
            for n in (LOCAL_SIZES[:2] if short else LOCAL_SIZES)
        ],
    )  # fmt: skip


def tested(n: int, draws: int) -> tuple[int, int, float, float, float]:
    """Z of one qubit on a state behind Haar-random unitaries, tested for a Gaussian."""
    d = 2**n
    levels = np.repeat([1.0, -1.0], d // 2)
    rng = np.random.default_rng([n, draws])
    weights = rng.exponential(size=(draws, d))
    predictions = weights @ levels / weights.sum(axis=1)
    covariance = convergence.haar_covariance(levels, np.eye(d)[:1])
    test = convergence.gaussianity(predictions[:, None], covariance, mean=0.0, spectrum=levels)
    assert test.exact_kurtosis is not None
    return d, draws, test.p_value, float(test.kurtosis[0]), test.exact_kurtosis


def local(n: int, layers: int, draws: int) -> Local:
    """Predictions over theta of `layers` on one sample, with their exact mean and variance taken off."""
    circuit = model(n, layers).circuit
    terms = [n**-0.5 * qt.pauli("I" * q + "Z" + "I" * (n - q - 1)) for q in range(n)]
    network = qt.Model(circuit, sum(terms[1:], start=terms[0]))
    exact = qt.capacity.average_kernel(network, sample(n))
    rng = np.random.default_rng([n, layers])
    predictions = np.concatenate(
        [
            network.predict(
                rng.uniform(0, 2 * np.pi, (min(1000, draws - first), network.n_params)), sample(n)
            )
            for first in range(0, draws, 1000)
        ]
    )
    test = convergence.gaussianity(predictions, exact.covariance, mean=exact.mean)
    return Local(n, layers, test.p_value, float(test.kurtosis[0]), test.kurtosis_error)


def verdicts(data: Found) -> list[object]:
    """Tables against draws and walks, their size, and the Gaussian limit."""
    told: list[object] = []
    for k, depth in enumerate(data.layers):
        error = data.drawn[k].std(ddof=1) / np.sqrt(data.drawn.shape[1])
        z = (data.drawn[k].mean() - data.kernel[0, k]) / max(error, 1e-15)
        word = "agrees" if abs(z) < 4 else "CONTRADICTS"
        told.append(
            f"{depth} layers, n = {data.sizes[0]}: E K = {data.kernel[0, k]:.4f}, drawn {data.drawn[k].mean():.4f} "
            f"(z = {z:.1f}): {word}; n = {data.sizes[-1]}: {data.kernel[-1, k]:.4f} from {data.strings[-1, k]} strings"
        )
    value, error, exact = data.walks
    word = "agrees" if abs(value - exact) < 4 * error else "CONTRADICTS"
    told.append(f"walks at n = {data.sizes[-1]}: {value:.4f} +- {error:.4f}, the table {exact:.4f}: {word}")
    for d, draws, p, kurtosis, exact in data.gaussian:
        word = "rejected" if p < 0.01 else "not rejected"
        far = abs(kurtosis - exact) / np.sqrt(24 / draws)
        told.append(
            f"d = {d}, {draws} draws: a Gaussian is {word} (p = {p:.2g}), kurtosis {kurtosis:.3f}, exact {exact:.3f}: "
            f"{'agrees' if far < 4 else 'CONTRADICTS'}"
        )
    for one in data.local:
        word = "rejected" if one.p_value < 0.01 else "not rejected"
        text = f"{one.layers} layers, n = {one.qubits}: a Gaussian is {word} (p = {one.p_value:.2g}), "
        text += f"kurtosis {one.kurtosis:.3f}"
        if one.layers == 1:
            far = abs(one.kurtosis - single_layer(one.qubits)) / one.error
            text += f", exact {single_layer(one.qubits):.3f}: {'agrees' if far < 4 else 'CONTRADICTS'}"
        told.append(text)
    for depth in LOCAL_LAYERS:
        ends = [one for one in data.local if one.layers == depth]
        falls = abs(ends[-1].kurtosis) + 2 * ends[-1].error < abs(ends[0].kurtosis)
        word = "falls" if falls else "DOES NOT FALL"
        told.append(f"{depth} layers: from n = {ends[0].qubits} to {ends[-1].qubits} the kurtosis {word}")
    return told


def single_layer(n: int) -> float:
    """The excess kurtosis -3/(2n) behind one layer: a sum of n independent cosines of uniform angles, each with -3/2."""
    return -1.5 / n


def figure(data: Found) -> Figure:
    """Mean kernels over the qubits, and the kurtosis over the dimension."""
    with style():
        drawing, left, right = two_panels(
            {"xlabel": "qubits n", "ylabel": "mean kernel E K", "title": "Averages without a state"},
            {
                "xlabel": "dimension d",
                "xscale": "log",
                "ylabel": "excess kurtosis",
                "title": "Untrained predictions",
            },
        )
        for k, colour in enumerate(colours(len(data.layers))):
            left.plot(
                data.sizes,
                data.kernel[:, k],
                "o-",
                color=colour,
                markersize=3,
                label=f"{data.layers[k]} layers",
            )
            left.plot(data.sizes[0], data.drawn[k].mean(), "x", color=ACTUAL, zorder=5)
        left.legend()
        most = max(draws for _, draws, *_ in data.gaussian)
        shown = [(d, kurtosis, exact) for d, draws, _, kurtosis, exact in data.gaussian if draws == most]
        right.plot(
            [d for d, *_ in shown], [exact for *_, exact in shown], color=INK, label="Haar: -6/(d + 3)"
        )
        right.errorbar(
            [d for d, *_ in shown], [kurtosis for _, kurtosis, _ in shown], 1.96 * np.sqrt(24 / most),
            fmt="o", color=ACTUAL, markersize=3.6, label=f"Haar, {most} draws",
        )  # fmt: skip
        sizes = sorted({one.qubits for one in data.local})
        right.plot(
            [2.0**n for n in sizes],
            [single_layer(n) for n in sizes],
            color=INK,
            linestyle=":",
            label="-3/(2n)",
        )
        for depth, marker, colour in zip(LOCAL_LAYERS, "sv", colours(len(LOCAL_LAYERS)), strict=True):
            drawn = [one for one in data.local if one.layers == depth]
            right.errorbar(
                [2.0**one.qubits for one in drawn], [one.kurtosis for one in drawn], [1.96 * one.error for one in drawn],
                fmt=marker, color=colour, markersize=3.6, label=f"{depth} layers, sum of Z",
            )  # fmt: skip
        ticks = sorted({d for d, *_ in shown} | {2**n for n in sizes})[:: 1 if len(shown) < 3 else 2]
        right.set_xticks(ticks, [str(d) for d in ticks])
        right.minorticks_off()
        right.legend()
        return drawing


if __name__ == "__main__":
    main(__file__, compute, verdicts, figure)
