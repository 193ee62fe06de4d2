"""Calls every exported function with hostile arguments, from several threads that share their handles: run as a process
of its own, which must end with code 0.

Null pointers, absurd sizes, wrong, freed and foreign handles, NaN, unknown enumerators; objects that another thread
frees or changes meanwhile. What is not absurd stays so small that it fits the buffers, as the contract of a C function
demands. In the end every handle is freed, and none must be left.

    fuzz_worker.py SEED ROUNDS THREADS
"""

import collections
import contextlib
import ctypes
import faulthandler
import json
import math
import os
import random
import sys
import tempfile
import threading
from pathlib import Path

from qtangent import _signatures as c
from qtangent._native import lib

ENTRIES = 1 << 16
SIZES = [0, 1, 2, 3, 4, -1, -(2**63), 2**40, 2**62, 2**63 - 1]
SMALL = [0, 1, 2, 3, 4, 5, 6, 7, 15, -1, 2**31 - 1, -(2**31)]
DOUBLES = [0.0, 1.0, 0.1, -0.5, 1e308, -1e-308, math.nan, math.inf, -math.inf]
KINDS = (
    "cancel",
    "circuit",
    "observable",
    "model",
    "run",
    "samples",
    "trigonometric",
    "channel",
    "measurement",
)
TEXTS = [b"", b"Z", b"ZI", b"ZZI", b"0", b"01", b"\xff\xfe", b"Q" * 5000, b"/no/such/folder/file"]


ABI = json.loads((Path(__file__).parents[2] / "bindings/abi.json").read_text())
NUMBERS = {
    "double": ctypes.c_double,
    "uint8_t": ctypes.c_uint8,
    "int32_t": ctypes.c_int32,
    "int64_t": ctypes.c_int64,
}


def typed(kind, spelled):
    """The package passes plain addresses; here the header says what they point to."""
    if kind is not ctypes.c_void_p or spelled == "void *":
        return kind
    target = spelled.replace("const ", "").removesuffix("*").strip()
    return ctypes.POINTER(NUMBERS.get(target) or getattr(c, target))


for name, function in ABI["functions"].items():
    spelled = function["arguments"].values()
    getattr(lib, name).argtypes = [
        typed(kind, text) for kind, text in zip(getattr(lib, name).argtypes, spelled, strict=True)
    ]


def address(values):
    return ctypes.cast(values, ctypes.c_void_p)


def count_handles():
    count = ctypes.c_int64()
    assert lib.qtg_handle_count(count) == 0
    return count.value


class Handles:
    """What all threads hold together; lists are replaced where they shrink, so that others may go on choosing."""

    def __init__(self):
        self.of = {kind: [] for kind in KINDS}
        self.freed = []
        self.lock = threading.Lock()
        # A circuit appended to itself again and again would outgrow the buffers.
        self.growing = threading.Lock()

    def add(self, kind, handle):
        with self.lock:
            if len(self.of[kind]) < 50:
                return self.of[kind].append(handle)
        assert self.free(kind, handle) == 0

    def free(self, kind, handle):
        status = getattr(lib, f"qtg_{kind}_free")(handle)
        if status == 0:
            self.forget(kind, handle)
        return status

    def forget(self, kind, handle):
        with self.lock:
            self.freed.append(handle)
            self.of[kind] = [other for other in self.of[kind] if other != handle]

    def empty(self):
        """Frees all of them."""
        for kind in KINDS:
            for handle in self.of[kind]:
                assert self.free(kind, handle) == 0, kind


class Fuzzer:
    def __init__(self, seed, shared):
        self.random = random.Random(seed)
        self.shared = shared
        self.handles = shared.of
        self.statuses = {}
        self.texts = [*TEXTS, os.path.join(tempfile.mkdtemp(), "run").encode()]
        self.current = ctypes.c_int64()
        self.error = None
        lib.qtg_cancel_create(ctypes.byref(self.current))

    def run(self, rounds):
        """Calls every function so many times, and keeps what went wrong."""
        ended = threading.Event()
        watching = threading.Thread(target=self.watch, args=(ended,))
        watching.start()
        try:
            for _ in range(rounds):
                if not all(self.handles[kind] for kind in KINDS if kind != "cancel"):
                    self.seedlings()
                for name, function in ABI["functions"].items():
                    print(name, file=sys.stderr)
                    self.call(name, list(function["arguments"]))
        except BaseException as error:
            self.error = error
        ended.set()
        watching.join()
        lib.qtg_cancel_free(self.current.value)

    def watch(self, ended):
        """Long calls are stopped, as a user would stop them."""
        while not ended.wait(0.1):
            lib.qtg_cancel_set(self.current.value)

    def seedlings(self):
        """Some valid objects to start from."""
        for n in (1, 2):
            handle = ctypes.c_int64()
            lib.qtg_ansatz_hardware_efficient(
                n, 1, (c.c_int32 * 1)(c.QTG_GATE_RY), 1, c.QTG_GATE_CZ, 0, handle
            )
            circuit = handle.value
            lib.qtg_observable_pauli(b"Z" * n, handle)
            observable = handle.value
            # An instruction of every kind, for those who read them.
            angle, qubit = c.qtg_angle(constant=0.5), (ctypes.c_int64 * n)(*range(n))
            identity = (ctypes.c_double * 8)(1, 0, 0, 0, 0, 0, 1, 0)
            lib.qtg_circuit_append_rotation(circuit, angle, b"X" * n, qubit, n)
            lib.qtg_circuit_append_evolution(circuit, angle, observable, qubit, n)
            lib.qtg_circuit_append_unitary(circuit, identity, 2, qubit, 1, 0)
            kraus = (ctypes.c_double * 16)(0.8, 0, 0, 0, 0, 0, 0.8, 0, 0, 0, 0.6, 0, 0.6)
            if lib.qtg_channel_kraus(kraus, 2, 2, b"mixing", handle) == 0:
                channel = handle.value
                self.shared.add("channel", channel)
                # Models of the other circuit have everything that channels leave no room for.
                lib.qtg_circuit_copy(circuit, handle)
                lib.qtg_circuit_append_channel(handle.value, channel, qubit, 1)
                self.shared.add("circuit", handle.value)
            if lib.qtg_observable_hermitian(identity, 2, handle) == 0:
                self.shared.add("observable", handle.value)
            lib.qtg_model_create(
                circuit, (ctypes.c_int64 * 1)(observable), 1, 1.0, c.QTG_PRECISION_DOUBLE, handle
            )
            model = handle.value
            if lib.qtg_measurement_create(model, self.parts(n), handle) == 0:
                self.shared.add("measurement", handle.value)
            data = c.qtg_data(struct_size=ctypes.sizeof(c.qtg_data), n_samples=1)
            values = (ctypes.c_double * 1)(0.5)
            targets = c.qtg_targets(
                struct_size=ctypes.sizeof(c.qtg_targets), n_samples=1, n_outputs=1, values=address(values)
            )
            options = c.qtg_run_options(
                struct_size=ctypes.sizeof(c.qtg_run_options), learning_rate=0.1, record=15, record_every=1
            )
            samples = ctypes.c_int64()
            lib.qtg_samples_create(data, 0, samples)
            if lib.qtg_run_create(model, samples, targets, None, 1, n, options, handle) == 0:
                self.shared.add("run", handle.value)
            # Once they are there, others may free them.
            for kind, number in (
                ("circuit", circuit),
                ("observable", observable),
                ("model", model),
                ("samples", samples.value),
            ):
                self.shared.add(kind, number)
            lib.qtg_trigonometric_create(
                n, (ctypes.c_int64 * 2)(1, 1), (ctypes.c_double * 9)(*range(9)), 3**n, handle
            )
            self.shared.add("trigonometric", handle.value)

    def parts(self, n):
        """A measurement of the seedlings' observable, of whose parameters the last moves the angle that the others are."""
        doubles, integers = ctypes.c_double * 4, ctypes.c_int64 * 4
        parts = c.qtg_measurement_parts(
            struct_size=ctypes.sizeof(c.qtg_measurement_parts), n_rotations=n - 1, n_entries=n - 1, n_outputs=1,
            n_settings=1, n_outcomes=2, n_chances=4,
        )  # fmt: skip
        kept = {
            "frequencies": doubles(1.0), "entries": integers(0, 0, -1), "factors": doubles(1.0), "constants": doubles(),
            "settings": integers(0, 0, 1, 2), "outcomes": doubles(-1, 1), "chances": doubles(0.5, -0.5, 0.5, 0.5),
        }  # fmt: skip
        for name, values in kept.items():
            setattr(parts, name, address(values))
        self.kept = kept
        return ctypes.pointer(parts)

    def keep_small(self, circuit):
        length = ctypes.c_int64()
        lib.qtg_circuit_info(circuit, None, None, None, length)
        if length.value > 50:
            self.shared.free("circuit", circuit)

    def handle(self, kind):
        pick = self.random.random()
        if pick < 0.6 and (there := self.handles[kind]):
            return self.random.choice(there)
        if pick < 0.75 and self.shared.freed:
            return self.random.choice(self.shared.freed)
        others = [handle for handles in self.handles.values() for handle in handles]
        return self.random.choice([*others, 0, -1, 2**63 - 1, self.random.getrandbits(63)])

    def buffer(self, kind):
        memory = (kind * ENTRIES)()
        fill = self.random.random()
        for k in range(64 if fill < 0.8 else 0):
            if kind is ctypes.c_double:
                memory[k] = self.random.choice(DOUBLES) if fill < 0.2 else self.random.uniform(-1, 1)
            elif kind is ctypes.c_int64:
                memory[k] = self.random.choice(SIZES) if fill < 0.2 else k
            elif kind is ctypes.c_int32:
                memory[k] = self.random.choice([15, 16, 17, *SMALL])
            else:
                memory[k] = self.random.randrange(256)
        return memory

    def structure(self, kind, count):
        array = (kind * count)()
        for item in array:
            for name, field in kind._fields_:
                value = self.value(typed(field, ABI["structs"][kind.__name__][name]), name)
                setattr(item, name, address(value) if field is ctypes.c_void_p else value)
            if hasattr(item, "struct_size") and self.random.random() < 0.9:
                item.struct_size = ctypes.sizeof(kind)
        return array

    def value(self, kind, name):
        rnd = self.random
        if name in self.handles and kind is ctypes.c_int64:
            return self.current.value if name == "cancel" and rnd.random() < 0.9 else self.handle(name)
        others = {
            "mixture": "observable",
            "generator": "observable",
            "other": "circuit",
            "samples2": "samples",
        }
        if name in others:
            return self.handle(others[name])
        if name == "capacity":
            return rnd.choice([0, 1, 3, -1, -(2**63), ENTRIES, ENTRIES])
        if name == "steps" and rnd.random() < 0.7:
            return rnd.randint(0, 5)
        if kind is ctypes.c_int64:
            return rnd.choice(SIZES[:5]) if rnd.random() < 0.7 else rnd.choice(SIZES)
        if kind is ctypes.c_uint64:
            return rnd.choice([0, 1, 2**64 - 1])
        if kind is ctypes.c_int32:
            return rnd.choice(SMALL)
        if kind is ctypes.c_double:
            return rnd.choice([0.1, 1.0]) if rnd.random() < 0.6 else rnd.choice(DOUBLES)
        if kind is ctypes.c_char_p:
            return (
                ctypes.create_string_buffer(rnd.choice(self.texts), ENTRIES).raw
                if rnd.random() < 0.9
                else None
            )
        if kind is ctypes.c_void_p:
            return None
        if isinstance(kind, type(ctypes.CFUNCTYPE(None))):
            return kind()
        if rnd.random() < 0.15:
            return None if kind is not ctypes.c_double else 0.0
        target = kind._type_
        if name in ("observables", "terms") and target is ctypes.c_int64:
            return (ctypes.c_int64 * ENTRIES)(*(self.handle("observable") for _ in range(16)))
        if issubclass(target, ctypes.Structure):
            return ctypes.cast(self.structure(target, 8), kind)
        return ctypes.cast(self.buffer(target), kind)

    def consistent(self, models):
        """Arguments of functions of models, runs and overlaps that belong together."""
        rnd, model = self.random, self.random.choice(models)
        sizes = [ctypes.c_int64() for _ in range(4)]
        if lib.qtg_model_info(model, *sizes) != 0:
            # Freed meanwhile.
            return {}
        n, p, f, k = (size.value for size in sizes)
        m, sets, kind = rnd.randint(1, 4), rnd.randint(1, 3), rnd.randint(0, 2)
        values = (ctypes.c_double * ENTRIES)(*(rnd.uniform(-1, 1) for _ in range(256)))
        states = (ctypes.c_double * ENTRIES)()
        for j in range(m):
            # |0...0>, as a vector or as a density matrix.
            states[j * 2 * 2 ** (n * kind)] = 1.0
        data = c.qtg_data(ctypes.sizeof(c.qtg_data), m, address(values), f, address(states), 2**n, kind, 0)
        samples = ctypes.c_int64()
        assert lib.qtg_samples_create(data, 0, samples) == 0
        if len(there := self.handles["samples"]) >= 50:
            self.shared.free("samples", there[0])
        self.shared.add("samples", samples.value)
        labels = (ctypes.c_int64 * ENTRIES)()
        identity = (ctypes.c_double * ENTRIES)()
        for j in range(m):
            identity[2 * j * (m + 1)] = 1.0
        targets = c.qtg_targets(
            ctypes.sizeof(c.qtg_targets),
            rnd.randint(0, 1) if k > 1 else 0,
            0,
            m,
            k,
            address(values),
            address(labels),
        )
        options = c.qtg_run_options(
            ctypes.sizeof(c.qtg_run_options), rnd.randint(0, 5), rnd.randint(0, 15), 0.1, 0.9, 0.9, 0.99, 0.9
        )
        options.epsilon, options.rate, options.dt, options.memory, options.record_every = 1e-8, 0.1, 0.1, 3, 2
        options.batch_size = rnd.choice([0, 0, 1, m])
        options.schedule = rnd.choice([0] * 12 + [1, 2, 3, 4, -1])
        options.schedule_steps, options.schedule_warmup = rnd.choice([1, 5, 2**62]), rnd.choice([0, 2, -1])
        options.schedule_value = rnd.choice([0.5, 1.0, -1.0])
        options.measurement = rnd.choice([0, 0, 0, self.random.choice(self.handles["measurement"] or [0])])
        options.note, options.n_note = address(values), rnd.choice([0, 0, 24, -1, 2**62])
        options.shots, options.derivative_shots, options.estimator = (
            rnd.choice([0, 1, 9]),
            5,
            rnd.randint(0, 3),
        )
        return {
            "model": model, "cancel": self.current.value, "theta": values, "weights": values, "direction": values,
            "x_direction": rnd.choice([values, None]), "n_sets": sets, "n_params": p,
            "samples": samples.value, "samples2": samples.value,
            "targets": ctypes.pointer(targets), "steps": rnd.randint(0, 5), "parts": self.parts(rnd.randint(1, 2)),
            "shots": rnd.choice([0, 1, 100]), "estimator": rnd.randint(0, 1), "step": 0,
            "options": ctypes.pointer(options), "chunk": rnd.randint(0, 3), "y": values, "method": rnd.randint(0, 3),
            "times": (ctypes.c_double * ENTRIES)(*range(16)), "n_times": 3, "rate": 0.5, "n_samples": m,
            "initial_loss": 0.3, "scale": 1.0, "gram": identity, "measured_gram": identity,
        }  # fmt: skip

    def students(self):
        """Arguments of the calls on students that fit together."""
        rnd = self.random
        options = c.qtg_run_options(
            ctypes.sizeof(c.qtg_run_options), rnd.randint(0, 1), rnd.choice([1, 9, 25]), 0.01
        )
        options.momentum, options.record_every = 0.5, rnd.randint(1, 3)
        entries = {name: (ctypes.c_double * ENTRIES)() for name in ("teacher", "students", "inputs")}
        for values in entries.values():
            values[:64] = [rnd.gauss(0, 1) for _ in range(64)]
        out = {
            name: (ctypes.c_double * ENTRIES)() for name in ("losses", "gradients", "gradient_norms", "path")
        }
        steps = (ctypes.c_int64 * ENTRIES)(0, 2, 5)
        return {
            **entries, **out, "starts": entries["students"], "labels": entries["inputs"], "n_teacher": 2,
            "dimension": 3, "activation": rnd.randint(0, 1), "n_samples": rnd.choice([0, 5]), "n_students": 2,
            "n_neurons": 4, "learning_rate": 0.01, "n_recorded": 3, "recorded_steps": steps,
            "cancel": self.current.value, "options": ctypes.pointer(options),
        }  # fmt: skip

    def call(self, name, names):
        function = getattr(lib, name)
        arguments = [self.value(kind, label) for kind, label in zip(function.argtypes, names, strict=True)]
        if (
            not {"model", "gram", "measurement"}.isdisjoint(names)
            and name != "qtg_model_info"
            and (models := self.handles["model"])
            and self.random.random() < 0.8
        ):
            # Everything fits together but for one argument, or altogether.
            fitting, hostile = self.consistent(models), self.random.choice([None, *names])
            for k, label in enumerate(names):
                if label in fitting and label != hostile:
                    arguments[k] = fitting[label]
        if "teacher" in names and self.random.random() < 0.8:
            fitting, hostile = self.students(), self.random.choice([None, *names])
            for k, label in enumerate(names):
                # What is written at the end of a descent goes where students do not come from.
                if (
                    label in fitting
                    and label != hostile
                    and (label, name) != ("students", "qtg_teacher_student_descend")
                ):
                    arguments[k] = fitting[label]
        if "run" in names and (runs := self.handles["run"]) and self.random.random() < 0.7:
            arguments[0] = self.random.choice(runs)
        if name == "qtg_cancel_free" and arguments[0] == self.current.value:
            return
        lib.qtg_cancel_reset(self.current.value)
        result = ctypes.c_int64()
        creates = names and names[-1] == "result"
        if creates and self.random.random() < 0.9:
            arguments[-1] = ctypes.pointer(result)
        with self.shared.growing if name == "qtg_circuit_append_circuit" else contextlib.nullcontext():
            status = function(*arguments)
            if status == 0 and name == "qtg_circuit_append_circuit":
                self.keep_small(arguments[0])
        assert name == "qtg_abi_version" or 0 <= status <= 8, (name, status)
        assert status != c.QTG_INTERNAL_ERROR, (name, arguments)
        counts = self.statuses.setdefault(name, {})
        counts[status] = counts.get(status, 0) + 1
        if status == 0 and name.endswith("_free"):
            self.shared.forget(name.split("_")[1], arguments[0])
        elif status == 0 and creates:
            kind = ABI["functions"][name]["arguments"]["result"].removeprefix("qtg_").removesuffix(" *")
            if kind in KINDS:
                self.shared.add(kind, arguments[-1][0])


def main():
    faulthandler.enable()
    os.chdir(tempfile.mkdtemp())
    seed, rounds, several = (int(word) for word in sys.argv[1:])
    before, shared = count_handles(), Handles()
    fuzzers = [Fuzzer(f"{seed}-{k}", shared) for k in range(several)]
    threads = [threading.Thread(target=fuzzer.run, args=(rounds,)) for fuzzer in fuzzers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for fuzzer in fuzzers:
        if fuzzer.error is not None:
            raise fuzzer.error
    shared.empty()
    assert count_handles() == before, f"{count_handles() - before} handles are lost"
    statuses = {name: collections.Counter() for name in ABI["functions"]}
    for fuzzer in fuzzers:
        for name, counts in fuzzer.statuses.items():
            statuses[name].update(counts)
    print(json.dumps(statuses))


if __name__ == "__main__":
    main()
