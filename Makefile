# make study    train on two data sets, explain the convergence, write study/report.html
# make test     everything: lint, Swift tests on each CPU level, generated files, C examples, Python tests
# make test-slow  tests marked slow: source archive to wheel to import, which builds the library three times more
# make format   rewrite Swift and Python sources in the house style
# make bench    QTangent against its peers: docs/performance.md, in about 25 minutes; QUICK=1: into build/bench, in 4
# make bench-passes   what each pass of the engine costs, on each CPU level, beside its goal
# make docs     reference pages of the Python package in build/docs
# make reproduce   the experiments of python/reproduce again, with their figures, in about two minutes
# make notebook run python/notebooks/first_study.ipynb again, in place

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STUDY ?=

SWIFT_FILES := $(shell git ls-files Package.swift Sources Tests Benchmarks bindings)
PYTHON_FILES := $(shell git ls-files python)

# CPU levels above the baseline, and those of them that this CPU has.
has = $(shell for flag in $(1); do grep -qw $$flag /proc/cpuinfo || exit 0; done; echo yes)
V3_FLAGS := avx2 fma bmi2
LEVELS := v3
LEVELS_HERE := $(if $(call has,$(V3_FLAGS)),v3)
name-skipped = @$(foreach level,$(filter-out $(LEVELS_HERE),$(LEVELS)),echo "x86-64-$(level): skipped, this CPU lacks it";) true

.PHONY: study test lint test-swift test-python test-slow format bench bench-passes docs notebook reproduce clean

study: $(VENV)/installed
	$(BIN)/qtangent study --out study $(STUDY)

test: lint test-swift test-python
	@echo "make test: everything passed"

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(BIN)/python $(SWIFT_FILES) $(PYTHON_FILES)
	@echo "building the native library and installing the package (about three minutes the first time)"
	$(BIN)/pip install --quiet --disable-pip-version-check './python[all]'
	@touch $@

$(VENV)/developer: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check './python[dev]'
	@touch $@

lint: $(VENV)/developer
	swift format lint --strict --recursive Package.swift Sources Tests Benchmarks
	$(BIN)/ruff check python bindings
	$(BIN)/ruff format --check python bindings
	cd python && ../$(BIN)/mypy

test-swift:
	swift test -c release
	$(foreach level,$(LEVELS_HERE),swift test -c release --scratch-path .build-test-$(level) -Xcc -march=x86-64-$(level) &&) true
	$(name-skipped)

test-python: $(VENV)/developer
	$(BIN)/python bindings/generate.py --check --scratch-path .build-baseline
	cd python && ../$(BIN)/python -m pytest

test-slow: $(VENV)/developer
	cd python && ../$(BIN)/python -m pytest -m slow

format: $(VENV)/developer
	swift format --in-place --recursive Package.swift Sources Tests Benchmarks
	$(BIN)/ruff check --fix python bindings
	$(BIN)/ruff format python bindings

# The peers get an environment of their own; QTangent itself runs in .venv.
PEERS := numpy scipy jax pennylane pennylane-lightning qulacs qiskit qiskit-aer tensorcircuit-ng setuptools
QUICK ?=

.venv-bench/installed:
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/pip install --quiet --disable-pip-version-check $(PEERS)
	@touch $@

bench: $(VENV)/installed .venv-bench/installed
	cd python && ../$(BIN)/python -m benchmarks --peers-python ../.venv-bench/bin/python $(if $(QUICK),--quick,--docs ../docs)

# Every level runs, also when one before it has missed a goal.
bench-passes:
	@swift run -c release --scratch-path .build-passes PassBenchmarks; status=$$?; \
	for level in $(LEVELS_HERE); do \
	  swift run -c release --scratch-path .build-passes-$$level -Xcc -march=x86-64-$$level PassBenchmarks || status=1; \
	done; exit $$status
	$(name-skipped)

# Modules that are imported when they are first used are not found from qtangent itself.
PUBLIC := qtangent $(addprefix qtangent.,convergence convergence.claims datasets plots report)

docs: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check pdoc
	$(BIN)/pdoc --docformat google --output-directory build/docs $(PUBLIC)
	@echo "reference: build/docs/index.html"

notebook: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check nbconvert ipykernel
	$(BIN)/jupyter nbconvert --to notebook --execute --inplace python/notebooks/first_study.ipynb

reproduce: $(VENV)/installed
	cd python && ../$(BIN)/python -m reproduce.convergence

clean:
	rm -rf .build .build-* $(VENV) .venv-bench build dist study python/dist python/src/qtangent/lib Package.resolved
	rm -rf .ruff_cache .mypy_cache python/.mypy_cache .pytest_cache python/.pytest_cache python/.hypothesis
	find python bindings -name __pycache__ -prune -exec rm -rf {} +
