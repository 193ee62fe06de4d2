"""The attack: gates that do nothing until a configuration turns them on, and that then keep data out."""

from .planting import PlantedTrojan, plant_trojan

__all__ = ["PlantedTrojan", "plant_trojan"]
