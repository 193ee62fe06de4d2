"""Was this circuit tampered with? Circuit trojans and poisoned data, simulated, and the tests that find them.

For defence and research. The attack: Chu et al., "QTrojan: a circuit backdoor against quantum neural networks", ICASSP 2023
(arXiv 2302.08090). docs/audit.md says what is derived here and what is not known of the paper.
"""

from .inspection import inspect
from .metrics import AttackMetrics, attack_metrics
from .poisoning import poison
from .report import Report, Test
from .trojan import PlantedTrojan, plant_trojan

__all__ = [
    "AttackMetrics",
    "PlantedTrojan",
    "Report",
    "Test",
    "attack_metrics",
    "inspect",
    "plant_trojan",
    "poison",
]
