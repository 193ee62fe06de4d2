"""All cases, by subsystem."""

from . import inputs, landscapes, limits, loops, models, networks, trainings
from .case import Case

SUBSYSTEMS = {
    "inputs": inputs.CASES,
    "models": models.CASES,
    "trainings": trainings.CASES,
    "limits": limits.CASES,
    "networks": networks.CASES,
    "landscapes": landscapes.CASES,
    "loops": loops.CASES,
}

CASES: dict[str, Case] = {case.name: case for cases in SUBSYSTEMS.values() for case in cases}
