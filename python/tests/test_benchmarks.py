"""`make bench` in its smallest form: the NumPy programs alone, no network, results compared to 1e-10."""

import json
import re
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

PROJECT = Path(__file__).parents[1]

pytestmark = pytest.mark.skipif(
    not (PROJECT / "benchmarks").exists() or not shutil.which("cc"), reason="needs the repository and cc"
)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bench")
    command = [sys.executable, "-m", "benchmarks", "--quick", "--peers", "NumPy adjoint", "--output", folder]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=300)
    return done, folder


def test_every_workload_is_measured_and_agrees(run):
    done, folder = run
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads((folder / "results.json").read_text())
    words = {record["case"].split()[0] for record in results["cases"]}
    assert words == {"W1", "W2", "W3", "W4", "W5", "mixed"}
    measured = [record for record in results["cases"] if "unsupported" not in record["own"]["Python"]]
    assert len(measured) >= len(words) - 1
    for record in measured:
        found = record["peers"]["NumPy adjoint"]
        assert found["deviation"] < 1e-10
        assert found["seconds"] > 0
        assert set(found["ratios"]) == set(record["own"])
    assert results["ceilings"]["fma_one"] > 0
    # The ceiling of eight doubles a vector is none of a library that has four.
    assert results["ceilings"]["lanes"] == (8 if results["build"]["cpu_level"] == "x86-64-v4" else 4)


def test_page_has_the_table_and_the_plot(run):
    _, folder = run
    page = (folder / "performance.md").read_text()
    assert "| W1 Jacobian, n 4, L 8, m 16 |" in page
    assert "30 from C" in page
    assert "## Roofline" in page
    assert len(re.findall(r"\| [mp]\^[01]\.\d\d \|", page)) == 4
    assert len(re.findall(r"\| \d\.\d\d \| \de-0[678] \|", page)) == 5
    rows = re.findall(r"\| (layered|reuploaded), n 6, L 16, m 32 \|.*\| (\d\.\d\d) \|", page)
    assert [kind for kind, _ in rows] == ["layered", "reuploaded"]
    rows = re.findall(r"\| W1 Jacobian, n (\d+), L \d+, m \d+ \| [^|]+s \| [^|]+s \| -?\d+\.\d us \|", page)
    assert rows == ["4", "6", "8", "10"]
    assert "| 8 minima, 8 certified, complete |" in page
    assert re.search(
        r"\| coefficients of 16 density matrices, n = p = 4 \| .* within \de-1[4-6] of the simulator \|", page
    )
    assert (
        len(re.findall(r"\| (?:training|audit of a dormant trojan).*s \| 1 s \| (?:reached|missed) \|", page))
        == 2
    )
    assert "<svg" in (folder / "performance.svg").read_text()


def test_gains_of_threads_are_written_into_the_page_and_stay_there(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(PROJECT))
    from benchmarks import cores, report

    page = tmp_path / "performance.md"
    page.write_text("# Performance\n\n## Every peer\n\nrows\n")
    command = [sys.executable, "-m", "benchmarks.cores", "--cases", "n 4,", "--no-sweep", "--docs", page]
    for _ in range(2):
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
    text = page.read_text()
    assert text.startswith("# Performance\n\n## Every peer\n\nrows\n\n## More threads\n")
    assert len(re.findall(r"\| Jacobian, n 4, L 8, m 16 \|( [\d.]+ us \|)+ [\d.]+ \|", text)) == 1
    assert re.search(r"\d+ physical cores of \d+ processors", text)
    assert report.section_of(page, report.THREADS) in text
    assert cores.thread_counts(16) == [1, 2, 4, 8, 16]
    assert cores.thread_counts(6) == [1, 2, 4, 6]


def test_what_sixteen_threads_can_bring_is_written_out(tmp_path):
    """Ten qubits and 16 samples: as many units, so that the chain is one of them."""
    page = tmp_path / "performance.md"
    page.write_text("# Performance\n")
    name = "Jacobian, n 10, L 32, m 16"
    command = [sys.executable, "-m", "benchmarks.chains", "--cases", f"^{name}$", "--docs", page]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    cells = r"\| ([\d.]+) ms \| 16 \| [\d.]+ % \| ([\d.]+) (us|ms) \| ([\d.]+) \| 4 \|"
    row = re.search(rf"\| {name} {cells}", page.read_text())
    assert row, page.read_text()
    alone, chain = 1e3 * float(row[1]), float(row[2]) * (1e3 if row[3] == "ms" else 1)
    # A sixteenth, and what the first unit of a worker prepares.
    assert 1 / 20 < chain / alone < 1 / 3
    # Three digits of each are printed, and one behind the point of the bound.
    assert 1 < float(row[4]) < alone / chain * 1.02


def test_the_bound_of_a_sweep_goes_by_its_longest_points_and_the_lock(monkeypatch):
    monkeypatch.syspath_prepend(str(PROJECT))
    from benchmarks import sweeps

    monkeypatch.setattr(sweeps, "SWEEP", {"n": 5, "p": [1, 2], "m": 4, "seeds": 3, "time": 20.0})
    # On four threads 2, 2, 2, 1 + 1, and the last 1 behind one of them: 9 in 3.
    for outside, most in ((0.1, 3.0), (0.5, 2.0), (1.0, 1.0)):
        monkeypatch.setattr(sweeps, "share", lambda p, outside=outside: sweeps.Share(p, p * outside))
        assert f"can be at most {most} times as fast" in sweeps.bound(4)


def test_a_device_that_jax_lacks_is_told_apart_from_a_missing_jax(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(PROJECT))
    from benchmarks import cores

    fake = tmp_path / "jax.py"
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    fake.write_text(
        "import os, types\n__version__ = '9.9'\n"
        "def devices():\n"
        "    if os.environ['JAX_PLATFORMS'] == 'cuda': raise RuntimeError('none')\n"
        "    return [types.SimpleNamespace(device_kind='cpu')]\n"
    )
    assert cores.device("cpu", sys.executable) == "cpu by JAX 9.9"
    assert cores.device("cuda", sys.executable) is None
    fake.write_text("raise ImportError('no JAX here')")
    with pytest.raises(RuntimeError, match="JAX=1 installs one"):
        cores.device("cpu", sys.executable)


def test_a_different_result_is_a_failure(run, monkeypatch):
    _, folder = run
    monkeypatch.syspath_prepend(str(PROJECT))
    from benchmarks import report, runner

    assert runner.deviation(np.array([1.0, 2.0]), np.array([1.0, 2.5])) == 0.5
    assert runner.deviation(np.array([np.nan]), np.array([1.0])) == np.inf
    assert runner.deviation(np.array([1.0]), np.array([1.0, 1.0])) == np.inf
    records = json.loads((folder / "results.json").read_text())["cases"]
    assert report.failures(records) == []
    records[0]["peers"]["NumPy adjoint"]["deviation"] = 1e-9
    (line,) = report.failures(records)
    assert "NumPy adjoint differs by 1.0e-09" in line


def test_operations_of_the_layered_circuit_are_those_of_its_gates(monkeypatch):
    """The count by gates: what a layer costs beyond the one before, and no un-applying before the first."""
    monkeypatch.syspath_prepend(str(PROJECT))
    from benchmarks.counts import flops
    from benchmarks.problems import Problem

    def of(task, layers):
        return flops(Problem(task, "layered", 5, layers, 3, observable="zz")) / (2 * 3 * 2**5)

    assert of("jacobian", 4) - of("jacobian", 3) == 6 * 5 + 12
    assert of("expectation", 4) - of("expectation", 3) == 2 * 5 + 4
    # One layer: neither RY (in the input) nor phases (commute with Z) move a state; the derivatives remain.
    assert of("jacobian", 1) == 2 * 5
    assert of("expectation", 1) == 0
    # The light cone of Z_0: one, three and five of five qubits in the last three layers, all of them before.
    seen = flops(Problem("jacobian", "layered", 5, 4, 3)) / (2 * 3 * 2**5)
    assert seen == pytest.approx(of("jacobian", 4) * (1 + 3 + 5 + 5) / 20)
    assert flops(Problem("jacobian", "layered", 20, 4, 1)) is None


@pytest.mark.parametrize(("n", "layers"), [(13, 2), (14, 4), (16, 8)])
def test_amplitudes_that_no_gate_has_reached_need_no_operations(monkeypatch, n, layers):
    """Qubit after qubit comes in, and every rotation acts as soon as those that it depends on have acted."""
    monkeypatch.syspath_prepend(str(PROJECT))
    from benchmarks.counts import flops, reached_share
    from benchmarks.problems import Problem

    acted: set[tuple[int, int]] = set()
    cost = 0.0
    for size in range(1, n + 1):
        for layer in range(layers):
            for qubit in range(size):
                before = [((qubit + step) % n, layer - 1) for step in (-1, 0, 1)] if layer else []
                if (qubit, layer) not in acted and acted.issuperset(before):
                    acted.add((qubit, layer))
                    cost += 2.0**size
    assert len(acted) == n * layers
    assert reached_share(n, layers) == pytest.approx(cost / (2.0**n * n * layers))
    whole = 2.0 * ((6 * n + 12) * layers - 4 * n - 12) * 2**n
    of_jacobian = flops(Problem("jacobian", "layered", n, layers, 1, observable="zz"))
    assert of_jacobian == pytest.approx(whole * reached_share(n, layers))


def cone_found_gate_by_gate(gates):
    """The qubits on which Z_0 depends if no two gates are exchanged."""
    cone = {0}
    for gate in reversed(gates):
        if cone & set(gate.wires):
            cone |= set(gate.wires)
    return cone


def test_peers_that_look_for_the_light_cone_get_gates_in_which_it_is_seen(monkeypatch):
    monkeypatch.syspath_prepend(str(PROJECT))
    from benchmarks.problems import Problem

    problem = Problem("jacobian", "layered", 20, 4, 1)
    assert len(cone_found_gate_by_gate(problem.gates)) == 20
    assert len(cone_found_gate_by_gate(problem.gates_for_cone)) == 9
    # Only CZs have moved, and only within their ring.
    assert [gate for gate in problem.gates_for_cone if gate.name != "cz"] == [
        gate for gate in problem.gates if gate.name != "cz"
    ]
    assert [gate.name for gate in problem.gates_for_cone] == [gate.name for gate in problem.gates]
    per_layer = len(problem.body) // problem.layers
    for first in range(problem.n, len(problem.gates), per_layer):
        layers = [gates[first : first + per_layer] for gates in (problem.gates, problem.gates_for_cone)]
        assert set(layers[0]) == set(layers[1])


def test_nobody_is_measured_beside_a_worker_that_spins(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(PROJECT))
    from benchmarks.runner import Worker, wait_until_calm

    spin = "import time; end = time.monotonic() + 0.5\nwhile time.monotonic() < end: pass\nprint(1); input()"
    with Worker([sys.executable, "-uc", spin], {}, tmp_path) as worker:
        while not worker.is_busy():
            time.sleep(0.01)
        wait_until_calm([worker])
        stdout = worker._process.stdout
        assert select.select([stdout], [], [], 0)[0] == [stdout]  # printed before the wait was over
        assert worker.read(cap=5) == 1
        assert not worker.is_busy()


def test_exponents_are_those_of_the_times(monkeypatch):
    monkeypatch.syspath_prepend(str(PROJECT))
    from benchmarks.growth import exponent

    assert exponent([2, 4, 8], [0.3 * size**1.7 for size in (2, 4, 8)]) == pytest.approx(1.7)


@pytest.mark.slow
def test_cost_grows_linearly_with_samples_and_parameters(monkeypatch):
    monkeypatch.syspath_prepend(str(PROJECT))
    from benchmarks.growth import measure

    for curve in measure(4):
        assert 0.8 < curve["exponent"] < 1.2, curve


def test_interval_is_that_of_students_t(monkeypatch):
    monkeypatch.syspath_prepend(str(PROJECT))
    from benchmarks.against import Row, interval
    from scipy import stats

    ratios = [1.02, 1.07, 0.99, 1.11, 1.05]
    centre, lower, upper = interval(ratios)
    expected = stats.ttest_1samp(np.log(ratios), 0).confidence_interval(0.95)
    np.testing.assert_allclose(np.log([lower, upper]), expected, rtol=1e-12)
    assert centre == pytest.approx(np.prod(ratios) ** 0.2)
    assert [Row("", 1, 1.1, lower, 1.2, 0).is_lost for lower in (1.02, 1.04)] == [False, True]
    assert "results differ by 1.0e-05" in str(Row("", 1, 1, 1, 1, 1e-5))


def test_a_slower_build_is_told_and_what_only_one_has_is_left_out(tmp_path, monkeypatch):
    """The same library twice, once measured by a package whose worker dawdles and which has one case less."""
    monkeypatch.syspath_prepend(str(PROJECT))
    import qtangent as qt
    from benchmarks import against
    from benchmarks.workloads import case

    slow, folder = tmp_path / "slow", tmp_path / "work"
    folder.mkdir()
    shutil.copytree(PROJECT / "benchmarks", slow / "python/benchmarks")
    (slow / "python/src").symlink_to(PROJECT / "src")
    (slow / "bindings").symlink_to(PROJECT.parent / "bindings")
    for name, old, new in (
        (
            "worker.py",
            "            call(theta)\n",
            "            call(theta)\n            time.sleep(0.002)\n",
        ),
        ("workloads/fisher.py", "W5 Fisher", "W6 Fisher"),
    ):
        path = slow / "python/benchmarks" / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
    library = Path(qt._native.lib._name)
    builds = against.Build("slow", slow, library), against.Build("other", PROJECT.parent, library)
    said = []
    names = "W1 Jacobian, n 4, L 8, m 16", "W5 Fisher information, n 4, L 8"
    won = against.run([case(name) for name in names], builds, 3, 0.02, 60, folder, said.append)
    assert not won
    assert re.search(r"^W1 Jacobian, n 4, L 8, m 16 .* us +\d+\.\d+ \[.*\] +lost$", said[1]), said
    assert re.search(r"^W1 Jacobian, n 4, L 8, m 16, from C .* us +\d\.\d+ \[", said[2]), said
    assert "differ" not in said[1] + said[2]
    assert said[3].split() == [*names[1].split(), "not", "in", "both", "builds"]
    assert said[4].startswith("2 rows, lost: W1 Jacobian, n 4, L 8, m 16")


def test_a_commit_that_does_not_exist_is_named(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(PROJECT))
    from benchmarks import against

    with pytest.raises(SystemExit, match="--against no-such: there is no such commit in "):
        against.other_build("no-such", PROJECT.parent, tmp_path)


def test_recurrent_kernels_agree_with_vectorised_numpy(monkeypatch):
    """And what is measured of them is told with the difference."""
    monkeypatch.syspath_prepend(str(PROJECT))
    from benchmarks import sequences

    for pooling, _, _, peer, _ in sequences.CASES:
        found = sequences.compared(pooling, 20, 17, peer, rounds=1)
        assert found["deviation"] < 1e-13
        assert found["ratio"] == pytest.approx(found["numpy"] / found["own"])
    seconds, extra = sequences.large(60, 20)
    assert 0 < seconds < 5
    assert extra < 200e6


def test_descents_agree_with_vectorised_numpy(monkeypatch):
    monkeypatch.syspath_prepend(str(PROJECT))
    from benchmarks import descents

    for starts, _ in descents.CASES:
        found = descents.compared(starts, steps=5, rounds=1)
        assert found["deviation"] < 1e-13
        assert found["ratio"] == pytest.approx(found["numpy"] / found["own"])


def test_what_a_prediction_costs_more_is_measured(monkeypatch):
    pytest.importorskip("sklearn")
    monkeypatch.syspath_prepend(str(PROJECT))
    from benchmarks import estimators

    bare, more = estimators.measure(rounds=20)
    assert 0 < bare < 0.1
    assert more < 0.1


@pytest.mark.filterwarnings("error::qtangent.QTangentWarning")
def test_what_a_quick_diagnosis_takes_is_measured(monkeypatch):
    monkeypatch.syspath_prepend(str(PROJECT))
    from benchmarks import diagnosis

    assert all(2 * qubits * layers >= 100 for qubits, layers, _ in diagnosis.CASES)
    found, seconds = diagnosis.measure(2, 1, samples=8)
    assert (found.subject.parameters, found.subject.samples) == (4, 8)
    assert found.subject.has_family
    assert seconds >= found.subject.seconds > 0


def test_noise_is_measured_and_told(monkeypatch, tmp_path):
    """Goals that are missed, peers that gave no answer, and a page whose other sections stay."""
    monkeypatch.syspath_prepend(str(PROJECT))
    from benchmarks import noise, report
    from benchmarks.workloads import DENSITY

    page = tmp_path / "performance.md"
    page.write_text("# Performance\n\n## More threads\n\nrows\n")
    command = [sys.executable, "-m", "benchmarks.noise", "--cases", "n 4,", "--docs", page]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=300)
    assert not done.stderr, done.stderr
    text = page.read_text()
    assert text.startswith("# Performance\n\n## More threads\n\nrows\n\n## Noise\n")
    assert len(re.findall(r"\| density Jacobian, n 4, L 8, m 16 \| [\d.]+ .?s \| 200 us \|", text)) == 1
    assert text.count("left out, ModuleNotFoundError") == 2
    found = {"seconds": 4e-3, "first_call_seconds": 30.0, "ratios": {"Python": [8.0]}, "deviation": 1e-6}
    record = {
        "own": {"Python": {"seconds": 5e-4, "first_call_seconds": 0.06}},
        "peers": {"TensorCircuit DMCircuit, scan": found},
    }
    cells, wrong = noise.row(DENSITY[0], record)
    assert cells[5:8] == ["4 ms (scan), first call 30 s", "8", "10"]
    assert [words.partition(": ")[2] for words in wrong] == [
        "a call of 500 us, goal 200 us", "a first call of 60 ms, goal 50 ms",
        "8 times TensorCircuit DMCircuit, scan, goal 10", "TensorCircuit DMCircuit, scan differs by 1.0e-06",
    ]  # fmt: skip
    report.put_section(page, report.NOISE, "## Noise\n\nnew")
    assert page.read_text() == "# Performance\n\n## More threads\n\nrows\n\n## Noise\n\nnew\n"
