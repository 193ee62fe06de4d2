"""What a circuit can express: the Fisher information of its training data."""

from .fisher import data_fisher_information

__all__ = ["data_fisher_information"]
