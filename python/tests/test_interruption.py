"""What signal handlers raise during long calls: the call has ended before the exception goes on, in any order."""

import ctypes
import gc
import signal
import subprocess
import sys
import textwrap

import pytest
from children import child
from qtangent import _native

PROBLEM = """
import _thread, os, signal, sys, threading, time
import numpy as np, qtangent as qt
from qtangent._native import lib
# Started from a background shell, a process ignores Ctrl-C and hands that down.
signal.signal(signal.SIGINT, signal.default_int_handler)
class Limit(Exception): pass
raised = []
def on_signal(*_):
    raised.append(time.perf_counter())
    raise Limit
signal.signal(signal.SIGALRM, on_signal)
circuit = qt.ansatz.hardware_efficient(8, 60)
model = qt.Model(circuit, qt.pauli("ZIIIIIII"))
states = np.repeat(qt.encoding.haar_states(8, 16, seed=0), 400, axis=0)
theta = np.random.default_rng(0).uniform(0, 6, circuit.n_params)
# Several, so that a Jacobian lasts until the signals come, on quick machines too.
sets = np.tile(theta, (5, 1))
def untouched(seconds=1.0):
    mine = np.full((5, 6400, 960), 7.0)
    time.sleep(seconds)
    return bool((mine == 7.0).all())
def workers():
    # One that has just answered may still be on its way out.
    for _ in range(100):
        left = _thread._count()
        if not left: break
        time.sleep(0.001)
    return left
"""


def test_children_of_a_background_shell_can_be_interrupted():
    """Which hands down that Ctrl-C is ignored; a child of the tests takes it all the same, and ends with the test."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        script = (
            "import time\ntry:\n  print('ready', flush=True)\n  time.sleep(60)\n"
            "except KeyboardInterrupt: print('stopped')"
        )
        with child(script, stdout=subprocess.PIPE) as process:
            assert process.stdout.readline() == "ready\n"
            process.send_signal(signal.SIGINT)
            assert process.communicate(timeout=30)[0] == "stopped\n"
        with child("import time; time.sleep(600)") as process:
            pass
        assert process.returncode == -signal.SIGKILL
    finally:
        signal.signal(signal.SIGINT, before)


def run(script, timeout=60):
    code = PROBLEM + textwrap.dedent(script)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=timeout)
    return done.stdout.split(), done.stderr


def test_nothing_is_written_after_a_handler_raised():
    out, err = run("""
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        try: model.jacobian(sets, states=states)
        except Limit: print("limit")
        print(untouched())
    """)
    assert out == ["limit", "True"], err


def test_several_exceptions_in_a_row():
    """A timer that fires every millisecond raises again while the cancelled call is waited for."""
    out, err = run("""
        rounds = 0
        def again(*_):
            if len(raised) < 200:
                on_signal()
        signal.signal(signal.SIGALRM, again)
        while len(raised) < 200:
            try:
                signal.setitimer(signal.ITIMER_REAL, 0.06, 0.001)
                try: model.jacobian(sets, states=states)
                finally: signal.setitimer(signal.ITIMER_REAL, 0)
            except Limit:
                rounds += 1
        print(rounds > 1, untouched(), qt.pauli("Z").n_qubits)
    """)
    assert out == ["True", "True", "1"], err


def test_interrupts_of_both_kinds():
    """The last exception goes on; Ctrl-C is qt.Interrupted whether it comes first, last or twice."""
    out, err = run("""
        main = threading.main_thread().ident
        # Before and behind the library's call a Ctrl-C is Python's own.
        began, inner = threading.Event(), lib.qtg_model_jacobian
        def jacobian(*arguments):
            began.set()
            return inner(*arguments)
        lib.qtg_model_jacobian = jacobian
        def name(error):
            # The second may come when the exception of the first is on its way, and takes its place.
            if type(error) is KeyboardInterrupt and isinstance(error.__context__, KeyboardInterrupt):
                return "Interrupted"
            return type(error).__name__
        def send(*signals):
            began.clear()
            def later():
                began.wait()
                time.sleep(0.05)
                for number in signals:
                    signal.pthread_kill(main, number)
                    time.sleep(0.002)
            thread = threading.Thread(target=later)
            thread.start()
            return thread
        for signals in ((signal.SIGINT,), (signal.SIGINT, signal.SIGINT), (signal.SIGALRM, signal.SIGINT)):
            thread, told = send(*signals), []
            try:
                try: model.jacobian(sets, states=states)
                except BaseException as error: told.append(name(error))
                thread.join()
            # A call that ends between the signals is told by the first.
            except BaseException as error: thread.join(); told.append(name(error))
            print(told[0])
        print(untouched())
    """)
    assert out[:2] == ["Interrupted", "Interrupted"], (out, err)
    assert out[2] in ("Interrupted", "Limit"), (out, err)
    assert out[3] == "True", (out, err)


@pytest.mark.parametrize("when", ["before", "after"])
def test_exceptions_while_the_worker_starts(when):
    out, err = run(f"""
        start = _thread.start_new_thread
        def interrupted(*arguments):
            if "{when}" == "after":
                start(*arguments)
                # It has begun, and with threading.Thread would have entered itself among the others.
                time.sleep(0.05)
            raise Limit
        _thread.start_new_thread = threading._start_new_thread = interrupted
        began = time.perf_counter()
        try: model.jacobian(sets, states=states)
        except Limit: print("limit")
        except KeyError: print("lost")
        print(untouched(), workers())
    """)
    assert out == ["limit", "True", "0"], err


def test_a_signal_that_does_not_end_the_wait_is_seen_all_the_same():
    """One that another thread took, as one that comes just before the wait: it was heard when the call was over."""
    out, err = run("""
        threading.Timer(0.2, signal.raise_signal, [signal.SIGALRM]).start()
        try: qt.train(model, [1.0], steps=10**7, record_every=10**6)
        except Limit: print("limit")
    """)
    assert out == ["limit"], err


def test_an_exit_in_a_handler_waits_for_the_checkpoint(tmp_path):
    path = tmp_path / "run.qtr"
    code = PROBLEM + textwrap.dedent(f"""
        def leave(*_): sys.exit(3)
        signal.signal(signal.SIGTERM, leave)
        path = {str(path)!r}
        try:
            print("training", flush=True)
            qt.train(model, np.ones(6400), states=states, theta=theta, steps=10**6,
                     checkpoint=qt.Checkpoint(path, every=1))
        except SystemExit:
            def look():
                return os.stat(path).st_mtime_ns, sorted(os.listdir(os.path.dirname(path)))
            before = look()
            time.sleep(1.5)
            print("ended" if look() == before else "goes on", *before[1], workers(), flush=True)
            raise
    """)
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "training\n"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(3)
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    assert (out.split(), process.returncode) == (["ended", "run.qtr", "0"], 3)


def test_callbacks_are_not_called_after_the_exception():
    out, err = run("""
        calls = []
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        try:
            qt.train(model, np.ones(64), states=states[:64], theta=theta, steps=10**6,
                     callback=lambda step, loss, theta: calls.append(step))
        except Limit: print("limit")
        count = len(calls)
        time.sleep(0.5)
        print(count > 0, len(calls) - count)
    """)
    assert out == ["limit", "True", "0"], err


def test_random_unitaries_stop_on_the_way():
    """Sooner than a twentieth of them is made."""
    out, err = run("""
        began = time.perf_counter()
        qt.ansatz.haar(8, 20)
        few = time.perf_counter() - began
        signal.setitimer(signal.ITIMER_REAL, few)
        try: qt.ansatz.haar(8, 400)
        except Limit: print("limit", time.perf_counter() - raised[0] < few)
        # To the main thread, whose wait it ends; raised in the timer's it would only be seen afterwards.
        timer = threading.Timer(few, signal.pthread_kill, [threading.main_thread().ident, signal.SIGINT])
        timer.start()
        try: qt.ansatz.haar(8, 400)
        except qt.Interrupted as error: print(error, workers())
    """)
    assert " ".join(out) == "limit True making the unitaries was interrupted 0", err


@pytest.mark.parametrize(
    "temporary",
    ["qt.pauli('Z')", "small.predict([0.1], [[0.2]])", "qt.Circuit(1).rx(qt.param(0), 0)"],
)
def test_no_exception_is_lost_while_a_handle_is_freed(temporary):
    """Python drops what a handler raises inside a finalizer, and says so to sys.unraisablehook."""
    out, err = run(f"""
        lost = []
        sys.unraisablehook = lambda found: lost.append(found.exc_type)
        small = qt.Model(qt.Circuit(1).rx(qt.param(0), 0).ry(qt.feature(0), 0), qt.pauli("Z"))
        def until_raised(k):
            while len(raised) == k: {temporary}
        for k in range(2000):
            try:
                signal.setitimer(signal.ITIMER_REAL, 1e-4 * (1 + k % 7 / 7))
                until_raised(k)
            except Limit: pass
        print(len(raised), lost)
    """)
    assert out == ["2000", "[]"], err


@pytest.mark.parametrize(
    ("given", "kernel"),
    [
        ("list(np.ones((3000, 400)))", "qt.classical.recurrent_ntk(given)"),
        ("list(np.ones((400, 200)))", "qt.classical.recurrent_ntk(given, pooling='mean')"),
        ("qt.Samples(states=np.repeat(states, 2, axis=0))", "model.fidelity_kernel(theta, given)"),
    ],
)
def test_kernels_stop_on_the_way(given, kernel):
    """Those of sequences are computed in parts, those of states in blocks."""
    out, err = run(f"""
        def interrupt(*_):
            raised.append(time.perf_counter())
            raise KeyboardInterrupt
        signal.signal(signal.SIGALRM, interrupt)
        given, _ = {given}, qt.classical  # Imported before the time runs.
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        try: {kernel}
        except qt.Interrupted: print("interrupted", time.perf_counter() - raised[0] < 1)
    """)
    assert out == ["interrupted", "True"], err


def test_a_pair_of_long_sequences_stops_on_the_way():
    """It takes a second of processor time, by which the test measures: a busy machine lengthens the other."""
    out, err = run(
        """
        def interrupt(*_):
            raised.append(time.process_time())
            raise KeyboardInterrupt
        signal.signal(signal.SIGPROF, interrupt)
        given = list(np.ones((2, 6000)))
        qt.classical.recurrent_ntk([[1.0, 2.0]])
        began = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, 0.1)
        try: qt.classical.recurrent_ntk(given, pooling="mean", layers=16)
        except qt.Interrupted: print("interrupted", time.process_time() - began < 0.5)
        """,
        timeout=180,
    )
    assert out == ["interrupted", "True"], err


@pytest.mark.parametrize(
    "call",
    ["deep.jacobian(start)", "deep.memory_estimate(1)", "deep.output_states(start)", "qt.train(deep, [0.0])"],
)
def test_compiling_stops_on_the_way(call):
    """Sooner than a tenth of the unitaries is decomposed; the next call does it all."""
    out, err = run(f"""
        def haar(p):
            return qt.Model(qt.ansatz.haar(7, p), qt.pauli("ZIIIIII"))
        few, deep, start = haar(50), haar(1000), np.zeros(1000)
        began = time.perf_counter()
        few.memory_estimate(1)
        few = 2 * (time.perf_counter() - began)
        timer = threading.Timer(few, signal.pthread_kill, [threading.main_thread().ident, signal.SIGINT])
        began = time.perf_counter()
        timer.start()
        try: {call}
        except qt.Interrupted as error: print(error)
        print(time.perf_counter() - began < 2 * few)
        print(deep.jacobian(start).shape)
    """)
    assert " ".join(out) == "compiling the circuit was interrupted True (1, 1000)", err


def test_no_moment_of_a_creation_loses_a_handle():
    """What a signal's handler raises can come before any instruction: here it does, before each of them in turn."""

    class Late(Exception):
        pass

    def held():
        count = ctypes.c_int64()
        _native.call("qtg_handle_count", ctypes.byref(count))
        return count.value

    def late_before(instruction):
        left = instruction

        def trace(frame, event, argument):
            nonlocal left
            if frame.f_code not in (_native.create.__code__, _native.call.__code__):
                return None
            frame.f_trace_opcodes = True
            if event == "opcode":
                left -= 1
                if left < 0:
                    raise Late
            return trace

        return trace

    gc.collect()
    before = held()
    for instruction in range(1000):
        sys.settrace(late_before(instruction))
        try:
            created = _native.create("qtg_circuit_create", 2)
            break
        except Late:
            pass
        finally:
            sys.settrace(None)
        assert held() == before, f"lost before instruction {instruction}"
    assert instruction > 20
    assert held() == before + 1
    del created
    assert held() == before
