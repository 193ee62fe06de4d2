"""The audit of a circuit: seven tests and a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from numpy.typing import ArrayLike

from ..circuits import Circuit
from ..models import Model
from .detection.behaviour import behaviour_test
from .detection.black_box import black_box_test
from .detection.case import FAMILY_LEVEL, case_of
from .detection.encoder import encoder_test
from .detection.kernels import kernel_test
from .detection.scan import scan_test
from .detection.structure import difference, structure_test, unitary_test
from .report import INTACT, NOT_RUN, REWRITTEN, TAMPERED, UNDECIDED, Report, Test

DATA = "An attack through data is not excluded: poisoned weights sit in an untouched circuit."


def inspect(
    circuit_or_model: Circuit | Model,
    golden: Circuit | Model | None = None,
    theta: ArrayLike | None = None,
    X: ArrayLike | None = None,
    y: ArrayLike | None = None,
    config: Mapping[str, float] | Sequence[Mapping[str, float]] | None = None,
    *,
    shots: int = 200,
    seed: int = 0,
) -> Report:
    """Audits a circuit for trojans: gates that a configuration turns on, and that turn off the encoding of the data.

    Seven tests (docs/audit.md). Tampered is a circuit with a configuration-controlled gate that the golden one lacks, one
    whose unitary differs from the golden one's, or one whose states, kernel, outputs or training under some given
    configuration do not depend on the data as they should. A circuit that is only written otherwise is not.

    The thresholds of the tests with chance in them come from the golden circuit's bootstrap; together they call an intact
    circuit tampered with a probability of at most 5 % (`report.level`, Bonferroni's bound).

    Source of the attack: Chu et al., ICASSP 2023 (arXiv 2302.08090); the tests are this library's own.

    Args:
        circuit_or_model: what is under suspicion.
        golden: the circuit as it was designed, or its model. Without it the suspect without configuration stands in
            where configurations are given, and nothing is ever called intact.
        theta: the deployed weights (p,) in radians; random ones unless given.
        X: probes, features (N, f), of which at most 200 are used, drawn by seed; unless given 60 uniform in [0, pi].
        y: labels of the probes, (N,): 0 to k - 1 for k outputs, -1 and 1 for one.
        config: configurations {key: angle} under suspicion, one or a list; an absent key is 0.
        shots: of every output at every probe, in the black-box test.
        seed: of random weights and probes, shots, resamples and starts.

    Raises:
        InvalidArgumentError: for a golden circuit of another number of qubits, parameters or features, or one that is
            itself configuration-controlled, for unknown keys, and for arrays of shapes that do not fit.
        Interrupted: after Ctrl-C.
    """
    case = case_of(circuit_or_model, golden, theta, X, y, config, shots, seed)
    found = difference(case) if case.golden else None
    tests = {
        "structure": structure_test(case, found),
        "unitary": unitary_test(found),
        "encoder": encoder_test(case),
        "kernel": kernel_test(case),
        "black box": black_box_test(case),
        "configuration scan": scan_test(case),
        "behaviour": behaviour_test(case),
    }
    alarms = [name for name, test in tests.items() if test.verdict == TAMPERED]
    verdict = TAMPERED if alarms else INTACT if case.golden else UNDECIDED
    suspects = {*case.configured, *(found.changed if found else ())} if alarms else set()
    return Report(verdict, _explained(verdict, alarms, tests), tests, tuple(sorted(suspects)), FAMILY_LEVEL)


def _explained(verdict: str, alarms: list[str], tests: dict[str, Test]) -> str:
    ran = [name for name, test in tests.items() if test.verdict != NOT_RUN]
    if verdict == TAMPERED:
        text = (
            f"The circuit was tampered with, say {len(alarms)} of the {len(ran)} tests that ran ({', '.join(alarms)}): "
            f"{tests[alarms[0]].why}."
        )
    elif verdict == INTACT and tests["structure"].verdict == REWRITTEN:
        text = "The circuit is written otherwise than the golden one but does the same."
    elif verdict == INTACT:
        text = "The circuit is the golden one."
    elif ran:
        text = (
            f"Nothing suspicious was found ({', '.join(ran)}), but without a golden circuit "
            "a partial change cannot be seen."
        )
    else:
        text = "No test could run."
    return f"{text} {DATA}"
