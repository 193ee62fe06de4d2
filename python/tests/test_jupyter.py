"""A real kernel: the stop button ends a training, and the notebook goes on."""

from __future__ import annotations

import os
import time
from pathlib import Path
from queue import Empty

import pytest
import qtangent

jupyter_client = pytest.importorskip("jupyter_client", reason="needs jupyter_client")
pytest.importorskip("ipykernel", reason="needs ipykernel")

TRAINING = """
import numpy as np, qtangent as qt
model = qt.Model(qt.ansatz.hardware_efficient(8, 60), qt.pauli("Z" * 8))
states = qt.encoding.haar_states(8, 64, seed=0)
theta = np.random.default_rng(0).uniform(0, 6, model.n_params)
print("training", flush=True)
run = qt.train(model, np.ones(64), states=states, theta=theta, steps=10**6)
"""
AFTERWARDS = """
import sys, threading
held = sys.last_value.run
more = qt.train(model, np.ones(64), states=states, theta=theta, steps=2)
print(held.n_steps > 0, more.n_steps, [one.name for one in threading.enumerate() if one.name == "qtangent"])
"""


def answered(client, asked: str) -> tuple[str, list[str]]:
    """What a cell has printed, and the names of its errors, once the kernel is idle again."""
    printed, errors = "", []
    while True:
        message = client.get_iopub_msg(timeout=120)
        if message["parent_header"].get("msg_id") != asked:
            continue
        content = message["content"]
        if message["msg_type"] == "stream":
            printed += content["text"]
        elif message["msg_type"] == "error":
            errors.append(content["ename"])
        elif message["msg_type"] == "status" and content["execution_state"] == "idle":
            return printed, errors


def printed(client, asked: str, text: str) -> None:
    """Waits until a cell has printed this."""
    while True:
        message = client.get_iopub_msg(timeout=120)
        if message["parent_header"].get("msg_id") == asked and text in message["content"].get("text", ""):
            return


def idle(client, asked: str, seconds: float) -> bool:
    """Whether a cell ends within this time."""
    try:
        while message := client.get_iopub_msg(timeout=seconds):
            if message["parent_header"].get("msg_id") == asked and message["msg_type"] in ("error", "status"):
                return True
    except Empty:
        pass
    return False


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    """A kernel with the package that is tested."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    path = [str(Path(qtangent.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, path))}
    manager = jupyter_client.KernelManager(kernel_name="python3")
    manager.start_kernel(env=environment, cwd=str(tmp_path))
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=120)
        yield manager, client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_the_stop_button_ends_a_training(kernel):
    manager, client = kernel
    asked = client.execute(TRAINING, store_history=False)
    printed(client, asked, "training")
    assert not idle(client, asked, 1)
    began = time.perf_counter()
    manager.interrupt_kernel()
    _, errors = answered(client, asked)
    assert errors == ["Interrupted"]
    assert time.perf_counter() - began < 10  # Of which the kernel itself takes some.
    text, errors = answered(client, client.execute(AFTERWARDS, store_history=False))
    assert (text, errors) == ("True 2 []\n", [])
