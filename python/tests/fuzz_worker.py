"""Calls every exported function with hostile arguments: run as a process of its own, which must end with code 0.

Null pointers, absurd sizes, wrong, freed and foreign handles, NaN, unknown enumerators. What is not absurd stays so
small that it fits the buffers, as the contract of a C function demands.
"""

import ctypes
import faulthandler
import json
import math
import os
import random
import sys
import tempfile
import threading
import time
from pathlib import Path

from qtangent import _signatures as c
from qtangent._native import lib

ENTRIES = 1 << 16
SIZES = [0, 1, 2, 3, 4, -1, -(2**63), 2**40, 2**62, 2**63 - 1]
SMALL = [0, 1, 2, 3, 4, 5, 6, 7, 15, -1, 2**31 - 1, -(2**31)]
DOUBLES = [0.0, 1.0, 0.1, -0.5, 1e308, -1e-308, math.nan, math.inf, -math.inf]
KINDS = ("cancel", "circuit", "observable", "model", "run", "samples", "trigonometric", "channel")
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


class Fuzzer:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.handles = {kind: [] for kind in KINDS}
        self.freed = []
        self.statuses = {}
        self.texts = [*TEXTS, os.path.join(tempfile.mkdtemp(), "run").encode()]
        self.current = ctypes.c_int64()
        lib.qtg_cancel_create(ctypes.byref(self.current))
        threading.Thread(target=self.watch, daemon=True).start()

    def watch(self):
        """Long calls are stopped, as a user would stop them."""
        while True:
            time.sleep(0.1)
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
            lib.qtg_circuit_append_unitary(circuit, identity, 2, qubit, 1)
            kraus = (ctypes.c_double * 16)(0.8, 0, 0, 0, 0, 0, 0.8, 0, 0, 0, 0.6, 0, 0.6)
            if lib.qtg_channel_kraus(kraus, 2, 2, b"mixing", handle) == 0:
                self.handles["channel"].append(handle.value)
                channel = handle.value
                # Models of the other circuit have everything that channels leave no room for.
                lib.qtg_circuit_copy(circuit, handle)
                lib.qtg_circuit_append_channel(handle.value, channel, qubit, 1)
                self.handles["circuit"].append(handle.value)
            if lib.qtg_observable_hermitian(identity, 2, handle) == 0:
                self.handles["observable"].append(handle.value)
            self.handles["circuit"].append(circuit)
            self.handles["observable"].append(observable)
            lib.qtg_model_create(
                circuit, (ctypes.c_int64 * 1)(observable), 1, 1.0, c.QTG_PRECISION_DOUBLE, handle
            )
            self.handles["model"].append(handle.value)
            data = c.qtg_data(struct_size=ctypes.sizeof(c.qtg_data), n_samples=1)
            values = (ctypes.c_double * 1)(0.5)
            targets = c.qtg_targets(
                struct_size=ctypes.sizeof(c.qtg_targets), n_samples=1, n_outputs=1, values=address(values)
            )
            options = c.qtg_run_options(
                struct_size=ctypes.sizeof(c.qtg_run_options), learning_rate=0.1, record=15, record_every=1
            )
            samples = ctypes.c_int64()
            lib.qtg_samples_create(data, samples)
            self.handles["samples"].append(samples.value)
            if lib.qtg_run_create(handle.value, samples, targets, None, 1, n, options, handle) == 0:
                self.handles["run"].append(handle.value)
            lib.qtg_trigonometric_create(
                n, (ctypes.c_int64 * 2)(1, 1), (ctypes.c_double * 9)(*range(9)), 3**n, handle
            )
            self.handles["trigonometric"].append(handle.value)

    def keep_small(self, circuit):
        """A circuit appended to itself again and again would outgrow the buffers."""
        length = ctypes.c_int64()
        lib.qtg_circuit_info(circuit, None, None, None, length)
        if length.value > 50:
            lib.qtg_circuit_free(circuit)
            self.handles["circuit"] = [handle for handle in self.handles["circuit"] if handle != circuit]

    def handle(self, kind):
        pick = self.random.random()
        if pick < 0.6 and self.handles[kind]:
            return self.random.choice(self.handles[kind])
        if pick < 0.75 and self.freed:
            return self.random.choice(self.freed)
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

    def consistent(self):
        """Arguments of functions of models, runs and overlaps that belong together."""
        rnd, model = self.random, self.random.choice(self.handles["model"])
        sizes = [ctypes.c_int64() for _ in range(4)]
        lib.qtg_model_info(model, *sizes)
        n, p, f, k = (size.value for size in sizes)
        m, sets, kind = rnd.randint(1, 4), rnd.randint(1, 3), rnd.randint(0, 2)
        values = (ctypes.c_double * ENTRIES)(*(rnd.uniform(-1, 1) for _ in range(256)))
        states = (ctypes.c_double * ENTRIES)()
        for j in range(m):
            # |0...0>, as a vector or as a density matrix.
            states[j * 2 * 2 ** (n * kind)] = 1.0
        data = c.qtg_data(ctypes.sizeof(c.qtg_data), m, address(values), f, address(states), 2**n, kind, 0)
        samples = ctypes.c_int64()
        assert lib.qtg_samples_create(data, samples) == 0
        if len(self.handles["samples"]) > 50:
            lib.qtg_samples_free(self.handles["samples"].pop(0))
        self.handles["samples"].append(samples.value)
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
        return {
            "model": model, "cancel": self.current.value, "theta": values, "weights": values, "direction": values,
            "x_direction": rnd.choice([values, None]), "n_sets": sets, "n_params": p,
            "samples": samples.value, "samples2": samples.value,
            "targets": ctypes.pointer(targets), "steps": rnd.randint(0, 5),
            "options": ctypes.pointer(options), "chunk": rnd.randint(0, 3), "y": values, "method": rnd.randint(0, 2),
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
            ("model" in names or "gram" in names)
            and name != "qtg_model_info"
            and self.handles["model"]
            and self.random.random() < 0.8
        ):
            # Everything fits together but for one argument, or altogether.
            fitting, hostile = self.consistent(), self.random.choice([None, *names])
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
        if "run" in names and self.handles["run"] and self.random.random() < 0.7:
            arguments[0] = self.random.choice(self.handles["run"])
        if name == "qtg_cancel_free" and arguments[0] == self.current.value:
            return
        lib.qtg_cancel_reset(self.current.value)
        result = ctypes.c_int64()
        creates = names and names[-1] == "result"
        if creates and self.random.random() < 0.9:
            arguments[-1] = ctypes.pointer(result)
        status = function(*arguments)
        assert name == "qtg_abi_version" or 0 <= status <= 8, (name, status)
        assert status != c.QTG_INTERNAL_ERROR, (name, arguments)
        counts = self.statuses.setdefault(name, {})
        counts[status] = counts.get(status, 0) + 1
        noun = name.split("_")[1]
        if status == 0 and name.endswith("_free"):
            self.freed.append(arguments[0])
            self.handles[noun] = [handle for handle in self.handles[noun] if handle != arguments[0]]
        elif status == 0 and name == "qtg_circuit_append_circuit":
            self.keep_small(arguments[0])
        elif status == 0 and creates and result.value:
            kind = {"ansatz": "circuit", "encoding": "circuit"}.get(noun, noun)
            kind = "circuit" if name == "qtg_run_circuit" else kind
            kind = "run" if name.startswith("qtg_teacher_student_run") else kind
            kind = "channel" if name == "qtg_instruction_channel" else kind
            kind = "observable" if name in ("qtg_run_observable", "qtg_instruction_generator") else kind
            if len(self.handles[kind]) < 50:
                self.handles[kind].append(result.value)


def main():
    faulthandler.enable()
    os.chdir(tempfile.mkdtemp())
    seed, rounds = int(sys.argv[1]), int(sys.argv[2])
    fuzzer = Fuzzer(seed)
    for _ in range(rounds):
        if not all(fuzzer.handles[kind] for kind in KINDS if kind != "cancel"):
            fuzzer.seedlings()
        for name, function in ABI["functions"].items():
            print(name, file=sys.stderr)
            fuzzer.call(name, list(function["arguments"]))
    print(json.dumps(fuzzer.statuses))


if __name__ == "__main__":
    main()
