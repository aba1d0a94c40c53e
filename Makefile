# Each target does its own set-up; all that must be there is Python 3.11 or newer, git and make.
PYTHON ?= python3
BIN := .venv/bin
ASSIGNMENT := rnn-step-by-step

.PHONY: demo test test-fast check docs pictures release lab serve doctor benchmarks diagnosis \
  attacks newcomer clean

demo: .venv/course  ## grade a cohort of made-up students, from release to feedback
	$(BIN)/rnn-course demo

test: .venv/developer  ## all tests
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

test-fast: .venv/developer  ## without the tests that start kernels, browsers or nbgrader
	$(BIN)/python -m pytest -m "not slow"

check: .venv/developer  ## lint, types, import rules, docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_readme.py tests/test_layout.py tests/test_commands.py

docs: .venv/developer  ## the help of each verb in docs/commands.md
	PYTHONPATH=tests $(BIN)/python tests/test_commands.py

pictures: .venv/developer  ## docs/pictures/ anew, from what the browser's tests see
	$(BIN)/python -m pytest -q tests/browser
	for picture in docs/pictures/*.png; do cp "screenshots/$$(basename "$$picture")" "$$picture"; done

release: .venv/course  ## generate release/ from source/
	$(BIN)/rnn-course release

lab: .venv/course  ## JupyterLab on a copy of the release; your work in it is never overwritten
	$(BIN)/rnn-course lab $(ASSIGNMENT)

serve: .venv/course  ## the mentor's page in the browser
	$(BIN)/rnn-course serve

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

newcomer: .venv/developer  ## from git clone to a graded notebook and a diagnosed post, timed
	$(BIN)/python benchmarks/newcomer.py

clean:  ## remove what demo and tests wrote, but no environment, gradebook or secret
	rm -rf .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache build screenshots

.venv/course: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 …"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[batch]'
	touch $@

.venv/developer: .venv/course
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@
