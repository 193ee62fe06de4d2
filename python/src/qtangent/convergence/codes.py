"""The written list of verdicts: what a study, a finding, a section or a whole diagnosis may say."""

from __future__ import annotations

from enum import Enum


class Code(str, Enum):
    """A verdict; its value is what stands in JSON."""

    # The judgement of a whole diagnosis, and of a study.
    TRAINS = "trains"
    TOO_SLOW = "too_slow"
    CANNOT = "cannot"
    UNDECIDED = "undecided"

    # Can the model express it?
    EXPRESSES = "expresses"
    LABELS_OUT_OF_REACH = "labels_out_of_reach"
    KERNEL_RANK_DEFICIENT = "kernel_rank_deficient"
    OVER_PARAMETERISED = "over_parameterised"
    UNDER_PARAMETERISED = "under_parameterised"
    DORMANT_PARAMETERS = "dormant_parameters"
    REPEATED_PARAMETERS = "repeated_parameters"

    # Will it start?
    PLATEAU = "plateau"
    NO_PLATEAU = "no_plateau"
    ILL_CONDITIONED = "ill_conditioned"
    WELL_CONDITIONED = "well_conditioned"

    # How fast, and by what law?
    EXPONENTIAL = "exponential"
    SUBLINEAR = "sublinear"
    FROZEN = "frozen"
    NEVER = "never"

    # Where will it end?
    ONE_BASIN = "one_basin"
    MANY_BASINS = "many_basins"

    NOTED = "noted"
    """A number without a threshold, which informs and decides nothing."""

    NOT_COMPUTED = "not_computed"
    """A section or finding that cannot be had here; its sentence says why."""
