# Each target does its own set-up; all that must be there is Python 3.11 or newer, git and make.
PYTHON ?= python3
BIN := .venv/bin
ASSIGNMENT := rnn-step-by-step

.PHONY: demo test test-fast check release lab doctor benchmarks diagnosis attacks clean

demo: .venv/course  ## grade a cohort of made-up students, from release to feedback
	$(BIN)/rnn-course demo

test: .venv/developer  ## all tests
	$(BIN)/python -m pytest

test-fast: .venv/developer  ## without the tests that start kernels or nbgrader
	$(BIN)/python -m pytest -m "not slow"

check: .venv/developer  ## lint, types, import rules, docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_readme.py tests/test_layout.py

release: .venv/course  ## generate release/ from source/
	$(BIN)/rnn-course release

lab: .venv/course  ## JupyterLab on a copy of the release; your work in it is never overwritten
	$(BIN)/rnn-course lab $(ASSIGNMENT)

doctor: .venv/course  ## which layers of the sandbox hold on this system
	$(BIN)/rnn-course doctor

benchmarks: .venv/developer  ## the quality of the hidden tests, the time of the sandbox, of a class
	$(BIN)/python benchmarks/mutation.py
	$(BIN)/python benchmarks/sandbox.py
	$(BIN)/python benchmarks/network.py
	$(BIN)/python benchmarks/autograde.py --counts 50 --sample 2
	$(BIN)/python benchmarks/diagnose.py --count 10

diagnosis: .venv/developer  ## planted mistakes against the mentor's tool: all, with 200 pairs
	$(BIN)/python benchmarks/diagnose.py

attacks: .venv/developer  ## each attack against plain nbgrader and against the course, side by side
	$(BIN)/python benchmarks/attacks.py

clean:  ## remove what demo and tests wrote, but no environment, gradebook or secret
	rm -rf .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache build

.venv/course: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 …"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[batch]'
	touch $@

.venv/developer: .venv/course
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@
