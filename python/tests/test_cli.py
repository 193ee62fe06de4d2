"""The `qtangent` command: every data set, every mistake, files that can be read, Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt
from children import child
from cli_cases import COMMAND, table
from qtangent.cli import main

pytest.importorskip("sklearn")
pytest.importorskip("matplotlib")
pytest.importorskip("jinja2")

SMALL = [
    "--layers",
    "2",
    "--params",
    "12",
    "--train",
    "8",
    "--test",
    "10",
    "--time",
    "0.5",
    "--records",
    "12",
]


def python(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def study(out: Path, *flags: object) -> dict:
    assert main(["study", *SMALL, "--out", str(out), *map(str, flags)]) == 0
    return json.loads((out / "study.json").read_text(), parse_constant=pytest.fail)


def refused(out: Path, *flags: object) -> None:
    assert main(["study", *SMALL, "--out", str(out), *map(str, flags)]) == 1


@pytest.mark.parametrize(
    ("name", "names", "qubits"),
    [
        ("digits", ["digits-hea-scale1", "digits-haar-scale1"], 6),
        ("orthogonal", ["orthogonal-haar-scale1"], 5),
        ("iris", ["iris-hea-scale1"], 4),
        ("wine", ["wine-hea-scale1"], 4),
        ("breast_cancer", ["breast_cancer-hea-scale1"], 4),
    ],
)
def test_every_data_set(name: str, names: list[str], qubits: int, tmp_path: Path) -> None:
    content = study(tmp_path, "--dataset", name, "--scale", 1)
    assert list(content["studies"]) == names
    for one in content["studies"].values():
        assert one["settings"]["qubits"] == qubits
        assert one["settings"]["samples"] == (4 if name == "orthogonal" else 8)
        assert one["loss"]["actual"]["last"] < one["loss"]["actual"]["first"]


def test_files_of_a_study(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = study(tmp_path, "--dataset", "orthogonal", "--states", 2, "--qubits", 2, "--scale", 1, 2)
    names = ["orthogonal-haar-scale1", "orthogonal-haar-scale2"]
    assert list(content["studies"]) == names
    assert content["settings"]["states"] == 2
    assert content["versions"]["library version"] == qt.__version__
    for name in names:
        folder = tmp_path / name
        with np.load(folder / "arrays.npz") as arrays:
            assert arrays["actual_loss"][-1] == content["studies"][name]["loss"]["actual"]["last"]
            assert arrays["actual_kernel"].shape == (len(arrays["time"]), 2, 2)
        assert (
            json.loads((folder / "study.json").read_text())["verdict"] == content["studies"][name]["verdict"]
        )
        figures = sorted(path.name for path in (folder / "figures").iterdir())
        assert len(figures) == 14
        assert all(name.endswith((".svg", ".png")) for name in figures)
    assert (tmp_path / "orthogonal-losses.svg").read_bytes().startswith(b"<?xml")
    assert (tmp_path / "orthogonal-losses.png").read_bytes().startswith(b"\x89PNG")
    page = (tmp_path / "report.html").read_text()
    assert not re.search(r"(?:src|href)=\"(?!#|http://www.w3.org/)", page)
    assert all(f'id="{name}"' in page for name in names)
    printed = capsys.readouterr()
    assert "late law" in printed.out
    assert content["studies"][names[0]]["verdict"] in printed.out
    assert f"Report: {tmp_path / 'report.html'}" in printed.out
    assert re.search(r"\[2/2\] orthogonal-haar-scale2.*\n +\d+ steps of dt ", printed.err)


def test_own_csv(tmp_path: Path) -> None:
    flags = ["--qubits", 2, "--scale", 1, "--classes", "dog", "cat", "--target", "kind"]
    content = study(tmp_path / "out", "--dataset", table(tmp_path), *flags)
    assert list(content["studies"]) == ["animals-hea-scale1"]
    assert "dog (+1) against cat (-1)" in content["studies"]["animals-hea-scale1"]["dataset"]


def test_own_csv_as_a_spreadsheet_writes_it(tmp_path: Path) -> None:
    """Semicolons, decimal commas, latin-1, a column of names and a hole, named rather than recognised."""
    rng = np.random.default_rng(0)
    rows = [
        f"n{k};{rng.normal() + 2 * (k % 2):.4f};{rng.normal():.4f};{'hündin' if k % 2 else 'kater'}"
        for k in range(24)
    ]
    text = "\n".join(["name;a;b;art", *rows]).replace(".", ",") + "\nlast;;1,0;kater\n"
    (tmp_path / "tiere.csv").write_bytes(text.encode("latin-1"))
    flags = [
        "--encoding",
        "latin-1",
        "--separator",
        ";",
        "--decimal",
        ",",
        "--ignore",
        "name",
        "--drop-missing",
    ]
    flags += ["--classes", "hündin", "kater", "--qubits", 2, "--scale", 1]
    content = study(tmp_path / "out", "--dataset", tmp_path / "tiere.csv", *flags)
    described = content["studies"]["tiere-hea-scale1"]["dataset"]
    assert "hündin (+1) against kater (-1)" in described
    assert "1 of 25 lines dropped" in described


def test_names_that_no_encoding_holds(tmp_path: Path) -> None:
    """A lone surrogate as a class and in the name of a file."""
    rng = np.random.default_rng(1)
    y = np.array(["\ud800", "b"] * 4)
    path = tmp_path / os.fsdecode(b"mine\xff.npz")
    np.savez(path, X=rng.normal(size=(8, 2)), y=y)
    flags = ["study", *SMALL, "--scale", 1, "--qubits", 2, "--dataset", path, "--out", tmp_path / "out"]
    done = python(COMMAND, *flags)
    assert done.returncode == 0, done.stderr
    assert "\\ud800 (" in (tmp_path / "out" / "report.html").read_text()


def test_built_in_classes_by_name(tmp_path: Path) -> None:
    content = study(tmp_path, "--dataset", "iris", "--classes", "setosa", "virginica", "--scale", 1)
    assert "iris, setosa (+1) against virginica (-1)" in content["studies"]["iris-hea-scale1"]["dataset"]


def test_help_is_quick_and_says_each_default_once(capsys: pytest.CaptureFixture[str]) -> None:
    done = python(f"{COMMAND.replace('sys.exit(main(sys.argv[1:]))', '')}print(*sys.modules)")
    assert not {"qtangent.convergence", "qtangent.datasets", "matplotlib", "sklearn", "scipy"} & set(
        done.stdout.split()
    )
    with pytest.raises(SystemExit):
        main(["study", "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    assert "(default: digits orthogonal)" in shown
    assert "None" not in shown
    assert shown.partition("examples:")[2].count("qtangent study --") == 2
    assert not re.search(r"\(default[^)]*\) \(default", shown)


@pytest.mark.parametrize(
    "flags", [["--help"], ["--version"], ["info"], ["info", "--paths"], ["study", "--help"], ["audit", "--help"]],
    ids=" ".join,
)  # fmt: skip
def test_what_needs_nothing_imports_nothing(flags: list[str]) -> None:
    script = f"""
import sys
from qtangent.cli import main
try:
    main({flags!r})
except SystemExit as done:
    assert not done.code
print(*sys.modules, file=sys.stderr)
"""
    done = python(script)
    assert done.returncode == 0, done.stderr
    assert done.stdout
    modules = done.stderr.split()
    assert "qtangent.cli" in modules
    heavy = {"scipy", "matplotlib", "sklearn", "jinja2", "tqdm", "xarray", "pandas", "torch", "jax"}
    heavy |= {
        f"qtangent.{name}" for name in ("convergence", "datasets", "landscape", "plots", "report", "audit")
    }
    assert not heavy & set(modules)


def test_every_command_has_two_examples_and_real_defaults(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    commands = re.findall(r"^ {4}(\w+)", capsys.readouterr().out, re.MULTILINE)
    assert {"study", "report", "landscape", "audit", "info"} <= set(commands)
    for command in commands:
        with pytest.raises(SystemExit):
            main([command, "--help"])
        shown = capsys.readouterr().out
        assert shown.partition("examples:")[2].count(f"qtangent {command}") == 2, command
        words = " ".join(shown.split())
        assert not re.search(r"\(default[^)]*\) \(default|default: None|default: \[\]|by data set", words), (
            command
        )


def test_info_says_where_things_lie(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", "--paths"]) == 0
    lines = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert set(lines) == {"library", "include", "pkg-config", "abi", "licenses"}
    assert main(["info", "--paths", "library"]) == 0
    assert Path(capsys.readouterr().out.strip()).is_file()
    installed = (Path(qt.__file__).parent / "include").exists()
    assert main(["info", "--paths", "include"]) == (0 if installed else 1)
    assert "include" in "".join(capsys.readouterr())


def test_own_npz_and_no_held_out_samples(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    y = np.repeat([3, 7], 4)
    np.savez(tmp_path / "mine.npz", X=rng.normal(size=(8, 2)) + y[:, None], y=y)
    flags = ["--dataset", tmp_path / "mine.npz", "--ansatz", "haar", "--qubits", 2, "--scale", 2]
    content = study(tmp_path / "out", *flags)
    assert list(content["studies"]) == ["mine-haar-scale2"]
    assert content["studies"]["mine-haar-scale2"]["accuracy"]["test"] is None


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--dataset", "cats"], "no data set 'cats': choose digits, orthogonal, iris, wine, breast_cancer"),
        (["--classes", 3, 3], "classes are [3, 3]: give two different digits"),
        (["--classes", "a", "b"], "numbers from 0 to 9, not a b"),
        (["--dataset", "iris", "--classes", 0, 9], "name two different ones of iris's 0, 1, 2"),
        (["--layers", 0], "0 layers; at least 1 is needed"),
        (["--params", 0], "0 parameters: there is nothing to train"),
        (["--qubits", 0], "0 qubits"),
        (["--qubits", 5], "64 pixels need at least 6 qubits"),
        (["--scale", 1, 0], "the scale is 0"),
        (["--scale", "nan"], "scale is nan"),
        (["--records", 1], "records is 1"),
        (["--time", -2], "time is -2"),
        (["--dt", 0], "dt is 0"),
        (["--seed", -1], "the seed is -1"),
        (["--train", 7], "7 training samples: give an even number"),
        (["--train", 400], "ask for at most"),
        (["--test", -1], "-1 held-out samples"),
        (["--dataset", "orthogonal", "--states", 3], "3 orthogonal states"),
        (["--dataset", "none.csv"], "cannot read none.csv"),
    ],
)
def test_mistakes_are_named_before_training(
    flags: list[object], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused(tmp_path, *flags)
    printed = capsys.readouterr()
    assert message in printed.err
    assert printed.err.startswith("qtangent: ")
    assert printed.err.count("\n") == 1
    assert printed.out == ""


@pytest.mark.parametrize("flag", [["--layers", "two"], ["--ansatz", "mlp"], ["--colour", "red"], []])
def test_a_wrong_call_shows_the_usage(flag: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["study", *flag] if flag else [])
    assert caught.value.code == 2
    assert "usage: qtangent" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["study", "--out", ""],
        ["study", "--circuit", "", "--dataset", "iris"],
        ["study", "--circuit", "mine.qasm", "--theta", ""],
        ["landscape", "--circuit", ""],
        ["diagnose", "--family="],
        ["report", ""],
        ["report", "one", "--out="],
        ["audit", ""],
        ["audit", "mine.qasm", "--golden", ""],
        ["audit", "mine.qasm", "--config", ""],
        ["audit", "mine.qasm", "--data", ""],
    ],
)
def test_an_empty_path_is_no_folder(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "the path is empty; name a file or a folder" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_bad_files_are_named_before_training(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "odd.csv").write_text("a,b,kind\n1,2,cat\n3,x,dog\n")
    refused(tmp_path, "--dataset", tmp_path / "odd.csv")
    assert "line 3, column 'b' is 'x', not a number" in capsys.readouterr().err
    (tmp_path / "odd.csv").write_bytes(b"a,b\n1,x\n" + b"9" * 140_000)
    refused(tmp_path, "--dataset", tmp_path / "odd.csv")
    assert capsys.readouterr().err.count("\n") == 1
    (tmp_path / "odd.npz").write_bytes(b"PK\x03\x04 truncated")
    refused(tmp_path, "--dataset", tmp_path / "odd.npz")
    assert "odd.npz is not an NPZ file" in capsys.readouterr().err


def test_two_files_of_one_name_do_not_overwrite_each_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    refused(tmp_path, "--dataset", table(tmp_path / "a"), table(tmp_path / "b"), "--qubits", 2)
    assert "two results would be called animals-hea-scale1" in capsys.readouterr().err


def test_unwritable_folders_are_named_before_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    refused(tmp_path / "file" / "study", "--dataset", "orthogonal")
    assert f"cannot write into {tmp_path / 'file' / 'study'}" in capsys.readouterr().err
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "orthogonal-haar-scale2").write_text("in the way")
    refused(tmp_path / "out", "--dataset", "orthogonal")
    printed = capsys.readouterr().err
    assert "orthogonal-haar-scale2" in printed
    assert "steps" not in printed


@pytest.mark.parametrize(
    ("module", "package"), [("matplotlib", "matplotlib"), ("jinja2", "Jinja2"), ("sklearn", "scikit-learn")]
)
def test_missing_extras_are_named_with_their_install_line(module: str, package: str, tmp_path: Path) -> None:
    done = python(f"import sys; sys.modules[{module!r}] = None\n{COMMAND}", "study", "--out", tmp_path)
    assert done.returncode == 1
    assert done.stderr == (
        f'qtangent: this needs {package}: pip install {package}, or, for all of it, pip install "./python[study]" in a '
        'clone of QTangent, or "FILE.whl[study]" with its wheel\n'
    )


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_ctrl_c_keeps_what_is_complete(tmp_path: Path) -> None:
    """The first study is short, the second would take hours."""
    flags = ["--dataset", "orthogonal", "--qubits", 3, "--params", 60, "--scale", 1, 2, "--time", 1e5]
    with child(
        _SHORT_FIRST, "study", *map(str, flags), "--out", str(tmp_path),
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:  # fmt: skip
        wait_for(lambda: (tmp_path / "orthogonal-haar-scale1" / "study.json").exists())
        time.sleep(1.0)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted; 1 of 2 studies are complete" in err
    assert "Traceback" not in err
    assert f"Report: {tmp_path / 'report.html'}" in out
    content = json.loads((tmp_path / "study.json").read_text())
    assert list(content["studies"]) == ["orthogonal-haar-scale1"]


_SHORT_FIRST = f"""
import dataclasses
from qtangent.cli import study as command
every = command.plan
command.plan = lambda arguments: [
    dataclasses.replace(job, time=job.time if number else 0.5) for number, job in enumerate(every(arguments))
]
{COMMAND}
"""


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"qtangent {qt.__version__}\n"


def test_info(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info"]) == 0
    printed = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines() if line[:1] != "l")
    assert printed["numpy"] == np.__version__
    assert printed["Python"].startswith(sys.version.split()[0])


def test_info_names_build_and_threads(capsys: pytest.CaptureFixture[str]) -> None:
    main(["info"])
    out = capsys.readouterr().out
    assert re.search(rf"^library version +{re.escape(qt.__version__)}$", out, re.MULTILINE)
    assert re.search(r"^library cpu_level +(baseline|x86-64-v3|x86-64-v4)$", out, re.MULTILINE)
    assert re.search(rf"^library threads +{qt.get_num_threads()}$", out, re.MULTILINE)


def test_info_without_the_extras() -> None:
    blocked = "import importlib.metadata as m\nold = m.version\ndef version(name):\n"
    blocked += "    if name == 'tqdm': raise m.PackageNotFoundError(name)\n    return old(name)\nm.version = version\n"
    done = python(blocked + COMMAND, "info")
    assert re.search(r"^tqdm +not installed$", done.stdout, re.MULTILINE)


def test_the_installed_command_runs() -> None:
    command = Path(sys.executable).with_name("qtangent")
    done = subprocess.run([str(command), "info"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert "library version" in done.stdout
    done = subprocess.run(
        [sys.executable, "-m", "qtangent", "info"], capture_output=True, text=True, timeout=60
    )
    assert "library version" in done.stdout
