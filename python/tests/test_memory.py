"""What a Jacobian of a large state takes: a process of its own, everything counted."""

import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt

PROGRAM = """
import sys
import numpy as np, qtangent as qt

def kilobytes(name):
    with open("/proc/self/status") as status:
        return int(next(line for line in status if line.startswith(name + ":")).split()[1])

n, layers = 20, int(sys.argv[1])
model = qt.Model(qt.encoding.angle(n) + qt.ansatz.hardware_efficient(n, layers), sum(
    (qt.pauli("".join("Z" if q in (k, (k + 1) % n) else "I" for q in range(n))) for k in range(1, n)),
    qt.pauli("ZZ" + "I" * (n - 2))))
theta = np.sin(np.arange(model.n_params) + 1.0)
before = kilobytes("VmRSS")
jacobian = model.jacobian(theta, 0.3 * np.ones((1, n)))
print(model.n_params, (jacobian != 0).sum(), before, kilobytes("VmHWM"), model.memory_estimate(1))
"""

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")


def measure(layers):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(layers)],
        capture_output=True, text=True, timeout=300, env={**os.environ, "QTANGENT_NUM_THREADS": "2"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [int(word) for word in done.stdout.split()]


@pytest.mark.parametrize("layers", [10, 50])
def test_jacobian_of_twenty_qubits(layers):
    """The peak of the whole process on two threads, interpreter and NumPy included, is under 200 MB; two states take
    33.6 of them.

    VmHWM, because the peak that getrusage tells survives exec: a child begins with that of its parent.
    """
    p, reached, before, peak, estimate = measure(layers)
    assert p == 40 * layers
    # The last layer's RZ commute with the observable; no light cone spares anything else.
    assert reached == p - 20
    assert 1e3 * peak < 200e6
    assert 2 * 16 * 2**20 < 1e3 * (peak - before) < estimate + 20e6


def test_a_large_state_keeps_its_memory_between_calls():
    """The second prediction of 24 qubits touches no new memory: a state has 131 huge pages, or 65,536 small ones."""
    n = 24
    model = qt.Model(qt.ansatz.hardware_efficient(n, 1), qt.pauli("Z" * n))
    theta = np.linspace(0, 1, model.n_params)
    first = model.predict(theta)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    assert (model.predict(theta) == first).all()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before < 40


@pytest.fixture(params=[1, 2])
def threads(request):
    before = qt.get_num_threads()
    qt.set_num_threads(request.param)
    yield request.param
    qt.set_num_threads(before)


def test_memory_does_not_grow_with_the_parameters(threads):
    """Beyond the result only phase tables do, up to 32 MiB a thread; more are not kept but made anew when needed."""
    n = 20

    def beyond_result(layers):
        model = qt.Model(qt.ansatz.hardware_efficient(n, layers), qt.pauli("Z" * n))
        return model.memory_estimate(1) - 8 * model.n_params

    found = np.array([beyond_result(layers) for layers in (10, 50, 100, 200, 400, 800, 1600)])
    states = 2 * 16 * 2**n
    assert found.max() < states + threads * (32 << 20) + 10e6
    np.testing.assert_allclose(found[-3:], states, rtol=0.2)


LOWERED = """
import resource, sys
import numpy as np, qtangent as qt

bits = qt.Model(qt.Circuit(1).h(0), qt.pauli("Z")).sample
bits([], shots=2 * 10**6)
with open("/proc/self/status") as status:
    taken = 1000 * int(next(line for line in status if line.startswith("VmSize:")).split()[1])
resource.setrlimit(resource.RLIMIT_AS, (taken + 2 * 10**8, -1))
try:
    bits([], shots=10**10)
except qt.OutOfMemoryError as error:
    print(error)
"""


def test_results_are_compared_with_the_memory_there_is_now():
    """Not with what there was at the first call, before someone limited the process."""
    done = subprocess.run([sys.executable, "-c", LOWERED], capture_output=True, text=True, timeout=60)
    assert re.fullmatch(
        r"the bits of shape \(1, 1, 10000000000, 1\) would take 10 GB, [\d.]+ MB are allowed; .*\n",
        done.stdout,
    ), done.stderr
