# Everything a newcomer needs: `make help` lists it. Each target installs what it is missing.

SWIFT_FLAGS ?= -c release
VENV := .venv
PEERS := .venv-peers
FUZZERS := .venv-fuzz
SECONDS ?= 60
DECODERS ?=
TASK ?=
ROOM ?=
REVISION ?=
DATA ?= ../shared/data
PYTHON := $(VENV)/bin/python
WEIR := .build/release/weir
EMBEDDED := Examples/embedded
PORT ?= 8080

# Where Homebrew keeps libraries, compilers do not look by themselves.
ifeq ($(shell uname),Darwin)
export CPATH := $(shell brew --prefix)/include:$(CPATH)
export LIBRARY_PATH := $(shell brew --prefix)/lib:$(LIBRARY_PATH)
endif

.DEFAULT_GOAL := help
.PHONY: help setup setup-test setup-bench setup-counts setup-peers build demo test test-unit test-e2e test-embedded test-crash test-mutants bench bench-hostile bench-costs bench-overload bench-counts bench-baseline compare format lint structure clean setup-fuzz test-fuzz

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install the libraries that the build needs
	@Scripts/install.sh libraries

setup-test: setup ## Also install the clients and the browser that the tests need
	@Scripts/install.sh tests
	@Scripts/install.sh python $(VENV)

setup-bench: setup ## Also install the load generator
	@Scripts/install.sh bench

setup-counts: setup
	@Scripts/install.sh counts

setup-peers: setup
	@Scripts/install.sh peers $(PEERS)

setup-fuzz: setup-test
	@Scripts/install.sh fuzz $(FUZZERS)

build: setup ## Build the program (about five minutes the first time)
	swift build $(SWIFT_FLAGS) --product weir

demo: build ## Replay a year of real shopping; leaves the console at http://127.0.0.1:8080
	$(WEIR) demo --port $(PORT)

test: test-unit test-e2e test-embedded ## Run all tests: Swift, then real clients against the real program, then a program with Weir inside

test-unit: setup
	swift build $(SWIFT_FLAGS) --build-tests
	swift test $(SWIFT_FLAGS) --skip-build

test-e2e: setup-test
	swift build $(SWIFT_FLAGS) --product weir
	$(PYTHON) -m pytest Tests/EndToEnd -q

test-embedded: setup ## Build Examples/embedded, a package that depends on this one, and check what it prints
	@if [ -f Package.resolved ]; then cp Package.resolved $(EMBEDDED); fi  # The same versions as here.
	swift build $(SWIFT_FLAGS) --package-path $(EMBEDDED)
	python3 Scripts/embedded.py "$$(swift build $(SWIFT_FLAGS) --package-path $(EMBEDDED) --show-bin-path)"

test-crash: setup-test ## Kill the server 50 times under load and check that nothing is lost
	swift build $(SWIFT_FLAGS) --product weir
	WEIR_CRASH_ROUNDS=50 $(PYTHON) -m pytest Tests/EndToEnd/test_crash.py -q -s

test-fuzz: build setup-fuzz ## Feed the decoders, the API and the engine what nobody sends, a minute each: make test-fuzz SECONDS=600
	python3 Scripts/fuzz.py --seconds $(SECONDS) $(DECODERS)
	$(FUZZERS)/bin/python Fuzzing/api.py --weir $(WEIR) --seconds $(SECONDS)
	WEIR_SEQUENCE_SECONDS=$(SECONDS) $(PYTHON) -m pytest Tests/EndToEnd/test_sequences.py -q -s

test-mutants: setup ## Plant small faults, one by one, and check that the tests of their room notice: make test-mutants ROOM=Budgeting
	python3 Scripts/mutants.py --flags='$(SWIFT_FLAGS)' $(if $(ROOM),--room $(ROOM))

bench: build setup-bench ## Measure; prints a table and writes bench.json
	python3 Benchmarks/run.py --weir $(WEIR) --json bench.json

bench-hostile: build setup-test ## Send hostile input beside connections that decide, and measure how long these wait
	WEIR_HOSTILE_TIMES=1 $(PYTHON) -m pytest Tests/EndToEnd/test_hostile.py -q -s

bench-costs: build ## Measure the most that one request of each kind can cost (docs/operations.md)
	python3 Benchmarks/costs.py --weir $(WEIR) --json costs.json

bench-overload: build ## Measure who waits when collectors send three times what the server can take
	python3 Benchmarks/overload.py --weir $(WEIR) --json overload.json

bench-counts: build setup-counts ## Count instructions and allocations; fails where they left the baseline by 5 %
	python3 Benchmarks/counts.py --weir $(WEIR) --compare Benchmarks/baseline.json

bench-baseline: build setup-counts ## Record these counts as the baseline
	python3 Benchmarks/counts.py --weir $(WEIR) --write Benchmarks/baseline.json

compare: ## Run Weir beside established packages: make compare TASK=uplift DATA=FOLDER
	@$(MAKE) build setup-peers >&2  # Only the figures go to the standard output.
	@swift build $(SWIFT_FLAGS) --product experiment-cases >&2
	@$(PEERS)/bin/python Benchmarks/compare.py --task "$(TASK)" --data "$(DATA)" --weir $(WEIR)

format: ## Format all Swift files
	swift format --in-place --recursive Package.swift Sources Tests Fuzzing $(EMBEDDED)/Package.swift $(EMBEDDED)/Sources

lint: ## Check the format, that imports match Package.swift, and that each fault for the tests still applies
	swift format lint --strict --recursive Package.swift Sources Tests Fuzzing $(EMBEDDED)/Package.swift $(EMBEDDED)/Sources
	python3 Scripts/imports.py
	python3 Scripts/mutants.py --check

structure: ## Print the module graph and how long files and functions are: make structure REVISION=HEAD~10 compares
	@python3 Scripts/structure.py $(if $(REVISION),--compare $(REVISION))

clean: ## Remove what was built
	rm -rf .build $(EMBEDDED)/.build $(VENV) $(PEERS) $(FUZZERS) Fuzzing/.work
