"""docs/performance.md from the records of a run."""

from __future__ import annotations

import re
from pathlib import Path

from . import counts, roofline
from .problems import Problem
from .runner import TOLERANCE
from .workloads import case
from .workloads.case import PYTHON, C, Goal

THREADS = "## More threads"
"""The section of `benchmarks.cores`."""
CHAINS = "## Sixteen threads at most"
"""The section of `benchmarks.chains`."""
NOISE = "## Noise"
"""The section of `benchmarks.noise`."""
KEPT = (NOISE, THREADS, CHAINS)


def failures(records: list[dict]) -> list[str]:
    """Results that differ; they make the run fail."""
    lines = []
    for record in records:
        for name, found in (*record["own"].items(), *record["peers"].items()):
            if found.get("deviation", 0) > TOLERANCE:
                lines.append(f"{record['case']}: {name} differs by {found['deviation']:.1e}")
    return lines


def ratio(record: dict, goal: Goal) -> tuple[float, str] | None:
    """The ratio to the fastest peer that the goal counts, and that peer."""
    found = [
        (entry["ratios"][goal.route][0], peer)
        for peer, entry in record["peers"].items()
        if goal.counts(peer) and goal.route in entry.get("ratios", {})
    ]
    return min(found) if found else None


def time_text(seconds: float | None) -> str:
    if not seconds:
        return "-"
    factor, unit = (1, "s") if seconds >= 1 else (1e3, "ms") if seconds >= 1e-3 else (1e6, "us")
    return f"{seconds * factor:.3g} {unit}"


def table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def headline_rows(record: dict) -> list[list[str]]:
    own = record["own"]
    goals = case(record["case"]).goals or (Goal(0),)
    rows = []
    for goal in goals:
        found = ratio(record, goal)
        if found is None:
            why = own.get(PYTHON, {}).get("unsupported", "no peer answered")
            rows.append([record["case"], "-", "-", why, "-", "-", "-", goal.text if goal.ratio else "-", "-"])
            continue
        value, peer = found
        entry = record["peers"][peer]
        by_route = [f"{entry['ratios'][r][0]:.1f}" if r in entry["ratios"] else "-" for r in (PYTHON, C)]
        verdict = "-" if not goal.ratio else "reached" if value >= goal.ratio else f"missed: {value:.1f}"
        times = [time_text(own.get(r, {}).get("seconds")) for r in (PYTHON, C)]
        rows.append(
            [record["case"], *times, peer, time_text(entry["seconds"]), *by_route,
             goal.text if goal.ratio else "-", verdict]
        )  # fmt: skip
    return rows


def peer_rows(record: dict) -> list[list[str]]:
    rows = []
    for peer, found in record["peers"].items():
        if "seconds" not in found:
            rows.append([record["case"], peer, found.get("unsupported") or found["failure"], "", "", "", ""])
            continue
        ratios = found["ratios"][PYTHON]
        rows.append(
            [record["case"], peer, time_text(found["seconds"]), time_text(found["first_call_seconds"]),
             f"{ratios[0]:.1f} ({ratios[1]:.1f} to {ratios[2]:.1f})", str(found["rounds"]),
             f"{found['deviation']:.0e}"]
        )  # fmt: skip
    return rows


def roofline_rows(results: dict) -> list[list[str]]:
    ceilings = results["ceilings"]
    rows = []
    for row in roofline.rows(results["cases"]):
        level = "cache" if row["state_bytes"] <= 1 << 20 else "memory"
        of_peak = row["gflops"] / ceilings["fma_all"]
        of_bandwidth = row["gbytes"] / ceilings[f"{level}_all"]
        goal, verdict = roofline_goal(case(row["case"]).problem, of_peak, of_bandwidth)
        rows.append(
            [row["case"], time_text(row["seconds"]), time_text(row["best_seconds"]), f"{row['gflops']:.1f}",
             f"{100 * of_peak:.0f} %", f"{100 * of_peak * row['best_seconds'] / row['seconds']:.0f} %",
             f"{row['gbytes']:.1f}", f"{100 * of_bandwidth:.0f} % of {level}", goal, verdict]
        )  # fmt: skip
    return rows


def roofline_goal(problem: Problem, of_peak: float, of_bandwidth: float) -> tuple[str, str]:
    """What a Jacobian of the layered circuit is meant to reach, and whether it does."""
    if (problem.task, problem.kind) != ("jacobian", "layered") or not (
        6 <= problem.n <= 10 or problem.n == 20
    ):
        return "-", "-"
    if problem.n == 20:
        goal, reached = "50 % or 60 % of bandwidth", of_peak >= 0.5 or of_bandwidth >= 0.6
    else:
        goal, reached = "60 %", of_peak >= 0.6
    return goal, "reached" if reached else "missed"


def growth_rows(curves: list[dict]) -> list[list[str]]:
    return [
        [str(curve["n"]), f"{'p' if curve['over'] == 'm' else 'm'} = {curve['fixed']}",
         f"{curve['over']} = {curve['sizes'][0]} to {curve['sizes'][-1]}",
         f"{time_text(curve['seconds'][0])} to {time_text(curve['seconds'][-1])}",
         f"{curve['over']}^{curve['exponent']:.2f}"]
        for curve in curves
    ]  # fmt: skip


def landscape_rows(records: list[dict]) -> list[list[str]]:
    return [
        [record["name"], time_text(record["seconds"]), time_text(record["goal"]), f"{record['peak'] / 1e9:.2g} GB",
         record["found"]]
        for record in records
    ]  # fmt: skip


def precision_rows(records: list[dict]) -> list[list[str]]:
    return [
        [f"W1 Jacobian, n {record['n']}, L {record['layers']}, m {record['m']}", time_text(record["double"]),
         time_text(record["single"]), f"{record['double'] / record['single']:.2f}",
         f"{record['deviation']:.0e}"]
        for record in records
    ]  # fmt: skip


def input_rows(records: list[dict]) -> list[list[str]]:
    return [
        [f"{record['kind']}, n {record['n']}, L {record['layers']}, m {record['m']}", time_text(record["alone"]),
         time_text(record["together"]), f"{record['ratio']:.2f}"]
        for record in records
    ]  # fmt: skip


def array_rows(records: list[dict]) -> list[list[str]]:
    return [
        [f"W1 Jacobian, n {record['n']}, L {record['layers']}, m {record['m']}", time_text(record["samples"]),
         time_text(record["arrays"]), f"{1e6 * record['extra']:.1f} us"]
        for record in records
    ]  # fmt: skip


def audit_rows(records: list[dict]) -> list[list[str]]:
    return [
        [record["task"], time_text(record["seconds"]), f"{record['goal']:g} s",
         "reached" if record["seconds"] < record["goal"] else "missed"]
        for record in records
    ]  # fmt: skip


def introduction(results: dict, is_agreed: bool) -> list[str]:
    """What was measured, on which machine and how."""
    machine = results["machine"]
    loads = [record["load"] for record in results["cases"]]
    disturbed = max(loads, default=0) > 2 * machine["cores"]
    return [
        "# Performance",
        "Written by `make bench`; do not edit by hand."
        + (" **Preliminary: other work was running on the machine.**" if disturbed else "")
        + (" **A quick run.**" if results["quick"] else ""),
        f"{results['date']}, {machine['cpu']}, {machine['cores']} cores, {machine['system']}, "
        f"QTangent {results['build']['version']} ({results['build']['cpu_level']}, "
        f"{results['build']['threads']} threads). Load average {min(loads, default=0):.1f} to "
        f"{max(loads, default=0):.1f} (the benchmark alone makes about {machine['cores']}). Peers: "
        + ", ".join(f"{name} {version}" for name, version in sorted(results["versions"].items()))
        + ".",
        "Every peer runs in a process of its own on all cores (or one, where it says so). Blocks of its calls alternate "
        "with blocks of QTangent's, first through Python and then from C or the other way round, in turn; before each block "
        "the benchmark waits until no worker uses a core, since threads of a library that has answered may go on "
        "spinning (OpenBLAS: 0.1 s), and then keeps every core busy for a moment, since the host of a virtual machine may "
        "run idle processors on one core and takes a while to part them; the first call of a block is not counted. A "
        "ratio is the median over the rounds of the peer's median time over ours. Every call has other parameters than "
        "the one before, and all results "
        "agree with each other "
        + (f"to {TOLERANCE:g}." if is_agreed else "**except those listed below.**")
        + " A Jacobian comes with its predictions; kernel products are left out on both sides. 'From C' is a loop over "
        "the library function with buffers allocated once (`python/benchmarks/worker.c`). Peers that find the light cone of "
        "Z_0 gate by gate get the CZs of a ring, which commute, nearest to qubit 0 first: taken around the ring, as the "
        "others get them, every qubit is inside it.",
    ]


def write(results: dict, path: Path, plot_name: str) -> None:
    ceilings, failed = results["ceilings"], failures(results["cases"])
    lines = [
        *introduction(results, not failed),
        *(["## Results that differ", "\n".join(f"- {line}" for line in failed)] if failed else []),
        "## Ratio to the fastest peer",
        f"![ratios to the fastest peer]({plot_name})",
        table(
            [
                "workload",
                "Python",
                "from C",
                "fastest peer",
                "its time",
                "ratio",
                "ratio from C",
                "goal",
                "verdict",
            ],
            [row for record in results["cases"] for row in headline_rows(record)],
        ),
        "## Roofline",
        f"Ceilings of this machine (`python/benchmarks/ceilings.c`) at the CPU level of the library, with "
        f"{ceilings['lanes']} doubles a vector: multiply-add {ceilings['fma_one']:g} GFLOP/s on one "
        f"core, {ceilings['fma_all']:g} on all; triad in cache {ceilings['cache_one']:g} and "
        f"{ceilings['cache_all']:g} GB/s, in memory {ceilings['memory_one']:g} and {ceilings['memory_all']:g} GB/s. "
        "They are the best of many repeats at several moments of the run, so rates and verdicts are those of the best "
        "block of calls, which lasts 0.05 s; the share at the median time over all blocks stands beside it. Operations "
        "and bytes are those the algorithm needs, not those a program spends.",
        table(
            [
                "workload",
                "median",
                "best block",
                "GFLOP/s",
                "of multiply-add",
                "at the median",
                "GB/s",
                "of bandwidth",
                "goal",
                "verdict",
            ],
            roofline_rows(results),
        ),
        counts.TEXT,
        "## Growth",
        "Time of a Jacobian of the layered circuit with the observable sum over q of Z_q Z_(q+1), on one thread "
        "through Python, as a power fitted to the shortest times at five sizes.",
        table(["n", "fixed", "sizes", "time", "grows as"], growth_rows(results["growth"])),
        "## Single precision",
        'The same through Python with `precision="single"`: shortest times, and the largest deviation of a Jacobian '
        "entry relative to the largest entry.",
        table(["workload", "double", "single", "ratio", "deviation"], precision_rows(results["precision"])),
        "## Gradients with respect to the data",
        "The gradient of a loss in theta alone (`loss_and_gradient`) and weights times both Jacobians (`vjp`, theta and X "
        "together), through Python with `qt.Samples` on one thread: shortest times, and the median ratio of calls that "
        "take turns. The goal is 1.3 at most. The second circuit reads its features again in every layer.",
        table(["circuit", "theta", "theta and X", "ratio"], input_rows(results["inputs"])),
        "## Calls with arrays",
        "The rows above take `qt.Samples`, as a user of many calls would. Where a call takes the array X it is checked and "
        "copied first: medians of calls that take turns, through Python on all threads. The goal is 5 us more at most.",
        table(["workload", "`qt.Samples`", "arrays", "more"], array_rows(results["arrays"])),
        "## Landscapes",
        "Once each, on all threads. The goals: the seconds named, and 2 GB.",
        table(
            ["task", "time", "goal", "memory of the process", "found"], landscape_rows(results["landscape"])
        ),
        "## Audits",
        "Whole calls of `qt.train` and `qt.audit.inspect` (docs/audit.md) through Python on all threads: shortest of three.",
        table(["task", "time", "goal", "verdict"], audit_rows(results["audits"])),
        "## Every peer",
        table(
            ["workload", "peer", "median", "first call", "ratio (lowest to highest)", "rounds", "deviation"],
            [row for record in results["cases"] for row in peer_rows(record)],
        ),
    ]
    lines += [section for section in (section_of(path, heading) for heading in KEPT) if section]
    path.write_text("\n\n".join(lines) + "\n")


def section_of(path: Path, heading: str) -> str:
    """What another part of the benchmarks has written into the page, which stays."""
    found = re.search(rf"^{heading}\n.*?(?=^## |\Z)", path.read_text() if path.exists() else "", re.M | re.S)
    return found[0].strip() if found else ""


def put_section(path: Path, heading: str, text: str) -> None:
    """Puts a section at the page's end, in the place of an earlier one."""
    page = path.read_text()
    known = section_of(path, heading)
    path.write_text(page.replace(known, text) if known else f"{page.rstrip()}\n\n{text}\n")
