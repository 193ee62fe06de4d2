"""Classical networks."""

from __future__ import annotations

import numpy as np
import qtangent as qt
from qtangent import _native
from qtangent._native import arrays
from qtangent.classical import TwoLayerNetwork

from .case import Case, random_state


def recurrent(count: int, length: int, **options: object):
    """The kernel of sequences with themselves."""

    def make():
        sequences = list(random_state(1).normal(size=(count, length, 3)))
        return lambda: qt.classical.recurrent_ntk(sequences, **options), tuple(sequences)

    return make


def evaluated(s: int, m: int, d: int, samples: int = 0):
    """Loss and gradient of s students of m neurons."""

    def make():
        network, random = TwoLayerNetwork(np.eye(d)), random_state(1)
        W, X = random.normal(size=(s, m, d)), random.normal(size=(samples, d)) if samples else None
        return lambda: network.loss_and_gradient(W, X), (W,) if X is None else (W, X)

    return make


def native(name: str, s: int, m: int, d: int, *between: object, outputs: tuple[str, ...]):
    """A C function that the package itself does not call."""

    def make():
        teacher, students = np.eye(d), random_state(1).normal(size=(s, m, d)) / np.sqrt(m)
        shapes = {
            "students": (s, m, d),
            "losses": (s, 3),
            "evaluated": (s,),
            "norms": (s, 3),
            "path": (s, 3, m, d),
        }
        steps = np.array([0, 5, 10], dtype=np.int64)

        def call():
            found = [np.zeros(shapes[output]) for output in outputs]
            given = [arrays.pointer(steps) if one is ... else one for one in between]

            def work(cancel: int) -> None:
                _native.call(
                    name, d, d, arrays.pointer(teacher), 0, s, m, arrays.pointer(students), *given, cancel,
                    *(arrays.pointer(one) for one in found),
                )  # fmt: skip

            _native.interruptible(60.0, work)
            return found

        return call, (teacher, students)

    return make


CASES = [
    Case("qtg_recurrent_kernel", recurrent(2000, 200)),
    Case("qtg_recurrent_kernel: mean", recurrent(80, 400, pooling="mean")),
    Case("qtg_recurrent_kernel: two long sequences", recurrent(2, 6000, pooling="mean", layers=4)),
    Case("qtg_teacher_student_evaluate_samples", evaluated(40, 200, 30, 20_000)),
    Case("qtg_teacher_student_evaluate_samples: one large student", evaluated(1, 5000, 10)),
    Case("qtg_teacher_student_evaluate_samples: one large student, samples", evaluated(1, 5000, 10, 20_000)),
    Case(
        "qtg_teacher_student_evaluate",
        native("qtg_teacher_student_evaluate", 1500, 200, 20, outputs=("evaluated", "students")),
    ),
    Case(
        "qtg_teacher_student_descend",
        native(
            "qtg_teacher_student_descend",
            200,
            200,
            20,
            1e-3,
            3,
            ...,
            outputs=("students", "losses", "norms", "path"),
        ),
    ),
]
