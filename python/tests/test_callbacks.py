"""Objects that watch a training, several at once, and the picture that is drawn meanwhile."""

import gc
import sys
import threading
import time
import types
import weakref
from xml.etree import ElementTree

import numpy as np
import pytest
import qtangent as qt

MODEL = qt.Model(qt.ansatz.strongly_entangling(2, 2), qt.pauli("ZI"))
THETA = np.linspace(0, 2, 12)


def train(callback, **settings):
    return qt.train(MODEL, [-1.0], **{"theta": THETA, "steps": 300, "callback": callback, **settings})


def test_early_stopping_waits_for_a_new_minimum():
    losses = [3, 2, 2.5, 1.9, 1.95, 1.91, 1.9, 1.0]
    for patience, min_delta, expected in ((2, 0.0, 5), (3, 0.0, 6), (2, 0.2, 3), (4, 0.0, None)):
        stopping = qt.callbacks.EarlyStopping(patience, min_delta)
        for _ in range(2):  # a second training begins anew
            stopping.begin(0, len(losses))
            answers = [stopping(step, loss, THETA) for step, loss in enumerate(losses)]
            assert (answers.index(True) if True in answers else None) == expected


def test_early_stopping_of_sets_waits_for_all():
    stopping = qt.callbacks.EarlyStopping(2)
    stopping.begin(0, 9)
    losses = np.array([[3, 3], [2, 3], [2, 2], [2, 2], [2, 2]])
    assert [stopping(step, loss, THETA) for step, loss in enumerate(losses)] == [False] * 4 + [True]


def test_a_training_stops_early():
    run = train(qt.callbacks.EarlyStopping(5, min_delta=1e-4))
    drops = -np.diff(run.loss)
    assert 5 < run.step[-1] < 300
    assert drops[-6:].max() < 1e-3
    assert train(None).loss[-1] < run.loss[-1]


def test_a_training_ends_in_time():
    big = qt.Model(qt.ansatz.hardware_efficient(8, 20), qt.pauli("Z" * 8))
    began = time.monotonic()
    run = qt.train(big, [-1.0], steps=10**6, callback=qt.callbacks.TimeLimit(0.3))
    assert 0.3 <= time.monotonic() - began < 3
    assert 0 < run.step[-1] < 10**6


def test_several_are_all_asked():
    heard = []
    first = lambda step, loss, theta: heard.append(("first", step))  # noqa: E731
    second = lambda step, loss, theta: heard.append(("second", step)) or step == 3  # noqa: E731
    run = train([first, second, qt.callbacks.EarlyStopping(1000)])
    assert run.step[-1] == 3
    assert heard == [(name, step) for step in range(4) for name in ("first", "second")]


def test_what_a_callback_changes_reaches_nobody():
    def vandal(step, loss, theta):
        theta[:] = 0

    heard = []
    run = train([vandal, lambda step, loss, theta: heard.append(theta)], steps=5)
    expected = train(None, steps=5, record="theta").theta_history
    np.testing.assert_array_equal(heard, expected)
    np.testing.assert_array_equal(run.theta, expected[-1])


def test_what_callbacks_hear_of_begin_and_end():
    class Diary(qt.callbacks.Callback):
        def __init__(self):
            self.heard = []

        def begin(self, step, steps):
            self.heard.append(("begin", step, steps))

        def __call__(self, step, loss, theta):
            if step == 7:
                raise RuntimeError("seven")

        def end(self):
            self.heard.append("end")

    diary = Diary()
    train(diary, steps=3)
    with pytest.raises(RuntimeError, match="seven"):
        train(diary)
    assert diary.heard == [("begin", 0, 3), "end", ("begin", 0, 300), "end"]

    class Ending(Diary):
        def end(self):
            raise OSError("no room")

    class Beginning(Diary):
        def begin(self, step, steps):
            raise OSError("no screen")

    # Who heard of a beginning hears of the end, whatever the others do, and no error is lost.
    first, last = Diary(), Diary()
    with pytest.raises(OSError, match="no room") as raised:
        train([first, Ending(), last])
    assert str(raised.value.__context__) == "seven"
    with pytest.raises(OSError, match="no screen"):
        train([first, Beginning(), last])
    assert first.heard == [("begin", 0, 300), "end"] * 2
    assert last.heard == [("begin", 0, 300), "end"]


def test_a_training_keeps_no_callback():
    class Kept:
        def __call__(self, step, loss, theta):
            pass

    kept = Kept()
    gone = weakref.ref(kept)
    gc.disable()
    try:
        train(kept, steps=3)
        del kept
        assert gone() is None
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: qt.callbacks.EarlyStopping(0), "patience is 0"),
        (lambda: qt.callbacks.EarlyStopping(1, -0.1), r"min_delta -0\.1"),
        (lambda: qt.callbacks.EarlyStopping(1.5), "patience is 1.5; an integer"),
        (lambda: qt.callbacks.TimeLimit(0), "seconds is 0; more than 0"),
        (lambda: train("stop"), "callback is 'stop'; functions"),
        (lambda: train([None]), "callback is None; functions"),
        (lambda: qt.plots.Live("a.svg", every=-1), "every is -1"),
        (lambda: train(qt.plots.Live()), r"elsewhere give it a file"),
        (lambda: qt.plots.Live(3), "the path is 3"),
        (lambda: qt.plots.Live("a\0.svg"), "zero character"),
    ],
)
def test_bad_input_is_named(make, text):
    with pytest.raises(qt.InvalidArgumentError, match=text):
        make()


# The picture.


class Shown:
    """Stands in for IPython: what is displayed, and in which thread."""

    def __init__(self, monkeypatch, kernel=True):
        self.pictures, self.threads = [], set()
        shell = types.SimpleNamespace(kernel=object()) if kernel else types.SimpleNamespace()
        module, display = types.ModuleType("IPython"), types.ModuleType("IPython.display")
        module.get_ipython = lambda: shell
        display.display = self.display
        monkeypatch.setitem(sys.modules, "IPython", module)
        monkeypatch.setitem(sys.modules, "IPython.display", display)

    def display(self, picture, display_id):
        assert display_id is True
        self.update(picture)
        return self

    def update(self, picture):
        self.pictures.append(ElementTree.fromstring(picture._repr_html_()))
        self.threads.add(threading.current_thread())


def slowly(step, loss, theta):
    time.sleep(0.02)


def test_a_notebook_sees_the_loss_from_the_thread_of_its_cell(monkeypatch):
    shown = Shown(monkeypatch)
    worker = set()
    train([qt.plots.Live(every=0.1), slowly, lambda *_: worker.add(threading.current_thread())], steps=40)
    assert shown.threads == {threading.main_thread()}
    assert worker.isdisjoint(shown.threads)
    assert len(shown.pictures) >= 4
    lengths = [len(_points(picture)) for picture in shown.pictures]
    assert lengths == sorted(lengths)
    assert (lengths[0], lengths[-1]) == (0, 41)


def test_another_thread_than_the_main_one_draws_for_itself(monkeypatch):
    shown = Shown(monkeypatch)
    thread = threading.Thread(target=lambda: train([qt.plots.Live(every=0.05), slowly], steps=20))
    thread.start()
    thread.join()
    assert shown.threads == {thread}
    assert len(shown.pictures) >= 4


def _points(picture):
    (line,) = picture.iter("{http://www.w3.org/2000/svg}polyline")
    return [tuple(map(float, pair.split(","))) for pair in line.get("points").split()]


def test_a_file_has_the_whole_curve(tmp_path):
    run = train(qt.plots.Live(tmp_path / "loss.svg"), steps=100)
    picture = ElementTree.parse(tmp_path / "loss.svg").getroot()
    heights = np.array(_points(picture))[:, 1]
    order = np.argsort(run.loss)
    assert len(heights) == 101
    assert (np.diff(heights[order]) <= 0).all()  # the larger the loss the higher up
    train(qt.plots.Live(tmp_path / "sets.svg"), steps=10, theta=np.stack([THETA, 2 * THETA]))
    svg = (tmp_path / "sets.svg").read_text()
    assert svg.count("<polyline") == 2
    assert "set 1" in svg


def test_a_file_that_cannot_be_written_is_told_before_the_training(tmp_path):
    asked = []
    with pytest.raises(qt.FileError, match="No such file"):
        train([lambda *_: asked.append(1), qt.plots.Live(tmp_path / "missing" / "loss.svg")])
    assert asked == []


def test_an_error_while_drawing_ends_the_training(monkeypatch):
    shown = Shown(monkeypatch)

    def broken(picture):
        raise OSError("no screen")

    monkeypatch.setattr(shown, "update", broken)
    shown.display = lambda picture, display_id: shown
    sys.modules["IPython.display"].display = shown.display
    began = time.monotonic()
    with pytest.raises(OSError, match="no screen"):
        train([qt.plots.Live(every=0.05), slowly], steps=10**5)
    assert time.monotonic() - began < 5
