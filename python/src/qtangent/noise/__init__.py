"""Noise: channels as instructions of circuits, and models that put them there (docs/noise.md).

circuit.channel(qt.noise.amplitude_damping(0.02), 0)
noise = qt.NoiseModel().add(qt.noise.depolarizing(0.01), gates=("cz",)).readout(0.02, 0.05)
model = qt.Model(circuit, observable, noise=noise)
"""

from ..channels import Channel
from .contraction import Contraction
from .damping import amplitude_damping, phase_damping, reset, thermal_relaxation
from .general import kraus, pauli, twirl, unitarity
from .mixtures import bit_flip, bit_phase_flip, depolarizing, global_depolarizing, phase_flip
from .model import NoiseModel
from .readout import readout
from .rotations import over_rotation

__all__ = [
    "Channel",
    "Contraction",
    "NoiseModel",
    "amplitude_damping",
    "bit_flip",
    "bit_phase_flip",
    "depolarizing",
    "global_depolarizing",
    "kraus",
    "over_rotation",
    "pauli",
    "phase_damping",
    "phase_flip",
    "readout",
    "reset",
    "thermal_relaxation",
    "twirl",
    "unitarity",
]
