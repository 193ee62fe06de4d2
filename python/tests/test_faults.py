"""Damaged files, full, read-only and vanished folders: a clear error, and the old file as it was."""

from __future__ import annotations

import os
import pickle
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import qtangent as qt
from formats import FORMATS, STORED, WRITTEN
from qtangent.convergence.files import write_atomically

pytest.importorskip("xarray")
pytest.importorskip("matplotlib")
pytestmark = [
    pytest.mark.skipif(not STORED.exists(), reason="needs the repository"),
    pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning"),
]
CHECKED = ("run-2.qtg", "students-1.qtg")


class Evil:
    """Runs code when it is unpickled."""

    def __reduce__(self):
        return (exec, ("import qtangent; qtangent.was_run = True",))


FOREIGN = {
    "nothing": b"",
    "zeros": bytes(1000),
    "text": b"theta,loss\n1,2\n",
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "pickle": pickle.dumps(Evil()),
    "nested": b"[" * 100_000,
    "list": b"[1, 2]",
    "object": b'{"format": 2}',
    "other": None,
}


def copied(name: str, folder: Path) -> tuple[Path, list[Path]]:
    """A copy of a stored file or folder, and the files of it that are read."""
    path = folder / name
    (shutil.copytree if (STORED / name).is_dir() else shutil.copy)(STORED / name, path)
    return path, [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file())


def refused(name: str, path: Path) -> bool:
    """Whether reading is refused with one of the library's errors; any other error is a failure."""
    form = FORMATS[name]
    try:
        form.figures(form.read(path))
        return False
    except qt.QTangentError as error:
        found = error
    assert not isinstance(found, qt.InternalError)
    assert len(str(found)) > 20
    return True


@pytest.mark.parametrize("content", FOREIGN)
@pytest.mark.parametrize("name", FORMATS)
def test_foreign_files_are_refused(name, content, tmp_path):
    path, files = copied(name, tmp_path)
    other = (STORED / ("channel-1.bin" if name.startswith("run") else "run-2.qtg")).read_bytes()
    for file in files:
        there = file.read_bytes()
        file.write_bytes(FOREIGN[content] if content != "other" else other)
        assert refused(name, path), file.name
        file.write_bytes(there)
    assert not refused(name, path)
    assert not hasattr(qt, "was_run")


@pytest.mark.parametrize("name", FORMATS)
def test_damaged_files_are_refused_or_read(name, tmp_path):
    damage(name, random.Random(name), 12, tmp_path)


def damage(name: str, chance: random.Random, count: int, folder: Path) -> int:
    """Cuts a stored file short, and flips bits of it; how often that was noticed."""
    path, files = copied(name, folder)
    noticed = 0
    for k in range(count):
        file = chance.choice(files)
        there = file.read_bytes()
        place = chance.randrange(len(there))
        if k % 3 == 0:
            file.write_bytes(there[:place])
        else:
            file.write_bytes(
                there[:place] + bytes([there[place] ^ 1 << chance.randrange(8)]) + there[place + 1 :]
            )
        found = refused(name, path)
        # The JSON of a sweep may end without its last line break.
        assert found or (name not in CHECKED and (k % 3 or file.suffix == ".json")), (file.name, k)
        noticed += found
        file.write_bytes(there)
    return noticed


SAVED = [name for name in WRITTEN if not name.endswith(".bin")]

# Saves again into a folder that has become too small, or cannot be written.
SAVING = """
import os, resource, sys
from pathlib import Path
import qtangent as qt
from formats import FORMATS
def contents(path):
    return {one: one.read_bytes() for one in [path, *path.rglob("*")] if one.is_file()}
folder, how, size = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for name in sys.argv[4:]:
    path = folder / name
    if how == "limited":
        FORMATS[name].write(path)
        before = contents(path)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, -1))
    else:
        before = contents(path)
    if name.startswith("sweep"):
        # What is missing is computed again.
        gone = next(path.rglob("*.npz"))
        if how == "limited":
            gone.unlink()
            del before[gone]
        else:
            continue
    try:
        FORMATS[name].write(path)
    except qt.FileError as error:
        assert "cannot write" in str(error), error
    else:
        raise AssertionError(f"{name} was written")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (-1, -1))
    assert contents(path) == before, name
print("done")
"""


def save_again(folder: Path, how: str, size: int = 0) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SAVING, str(folder), how, str(size), *SAVED],
        capture_output=True, text=True, timeout=300, cwd=Path(__file__).parent,
    )  # fmt: skip
    assert done.stdout == "done\n", done.stderr


@pytest.mark.parametrize("size", [0, 300])
def test_a_file_that_outgrows_its_limit(size, tmp_path):
    save_again(tmp_path, "limited", size)


@pytest.fixture
def disk(tmp_path):
    """A small file system with the saved files."""
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "none", tmp_path], capture_output=True
    ).returncode:
        pytest.skip("only root can mount a small file system")
    try:
        for name in SAVED:
            copied(name, tmp_path)
        yield tmp_path
    finally:
        subprocess.run(["umount", tmp_path], check=True)


def test_a_full_disk(disk):
    def fill() -> None:
        with (disk / "filler").open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))

    with pytest.raises(OSError, match="No space"):
        fill()
    save_again(disk, "full")
    assert sorted(path.name for path in disk.iterdir()) == sorted(["filler", *SAVED])


def test_a_read_only_disk(disk):
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    save_again(disk, "read-only")
    assert not refused("run-2.qtg", disk / "run-2.qtg")


def test_a_checkpoint_folder_that_vanishes(tmp_path):
    """The training ends with the error, and another one goes on."""
    model, folder = qt.Model(qt.ansatz.hardware_efficient(2, 2), qt.pauli("ZI")), tmp_path / "gone"
    folder.mkdir()

    def callback(step, loss, theta):
        if step == 20:
            shutil.rmtree(folder)
        return False

    checkpoint = qt.Checkpoint(folder / "run.qtg", every=10)
    with pytest.raises(qt.FileError, match=r"cannot write .*run\.qtg: No such file"):
        qt.train(model, [0.5], steps=100, checkpoint=checkpoint, callback=callback)
    with pytest.raises(qt.FileError, match="cannot write"):
        qt.train(model, [0.5], steps=100, checkpoint=checkpoint)
    with pytest.raises(qt.FileError, match="cannot read"):
        qt.resume(folder / "run.qtg", 1)
    folder.mkdir()
    assert qt.train(model, [0.5], steps=100, checkpoint=checkpoint).n_steps == 100


def test_a_sweep_folder_that_vanishes(tmp_path):
    from qtangent.convergence import haar_setup, sweep

    def build(*point):
        shutil.rmtree(tmp_path / "sweep", ignore_errors=True)
        return haar_setup(*point)

    with pytest.raises(qt.FileError, match="cannot write"):
        sweep(build, p=[3], n=2, m=2, seeds=1, time=1.0, records=5, path=tmp_path / "sweep")


def test_what_is_no_file_is_not_replaced(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "target").write_text("old")
    (tmp_path / "link").symlink_to("target")
    for path in (Path("/dev/null"), tmp_path / "folder"):
        with pytest.raises(qt.FileError, match="not a regular file"):
            write_atomically(path, b"new")
    assert Path("/dev/null").is_char_device()
    write_atomically(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text() == "new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "link", "target"]


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600)])
def test_the_mask_decides_who_reads_a_file(tmp_path, mask, mode):
    before = os.umask(mask)
    try:
        write_atomically(tmp_path / "page.html", b"page")
        qt.train(qt.Model(qt.ansatz.hardware_efficient(1, 1), qt.pauli("Z")), [0.5], steps=1).save(
            tmp_path / "run.qtg"
        )
    finally:
        os.umask(before)
    assert {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {
        "page.html": mode,
        "run.qtg": mode,
    }
