"""rnn_grading: what notebooks do while nbgrader runs them, and what its Validate then says."""

import re
import shutil
import subprocess
import sys
import time

import IPython
import nbformat
import pytest
from conftest import ROOT
from IPython.core.interactiveshell import InteractiveShell
from source.notebooks import NOTEBOOKS
from traitlets.config import Config

from rnn_course.grading.cohort import solutions
from rnn_course.subject.exercises import ASSIGNMENTS, of
from rnn_grading import at_work, grading, watch_cells
from rnn_utils import CheckFailed, hand_in, sigmoid, training_steps

FIRST, SECOND = ASSIGNMENTS
FAILED = re.compile(r"    check\((\w+).*?The error was:\n\n(.*?)\n\n", re.DOTALL)
SUCCESS = "Success! Your notebook passes all the tests."
NO_COLON = "SyntaxError: expected ':'"


@pytest.fixture(params=["autograde", "validate", ""])
def execution(request, monkeypatch):
    """What nbgrader sets while it grades or validates; a student's own session has nothing."""
    monkeypatch.setenv("NBGRADER_EXECUTION", request.param)
    return request.param


def test_nothing_is_trained_while_nbgrader_runs_the_cells(execution):
    """Elsewhere the steps are counted from 0."""
    assert list(training_steps(5)) == ([] if execution else [0, 1, 2, 3, 4])
    assert at_work() == (execution == "")
    assert grading() == (execution == "autograde")


def test_hand_in_raises_while_autograding_and_only_then(execution):
    """If the judge does not take its place, the cell fails: no points without a judge."""
    if execution != "autograde":
        assert hand_in(sigmoid) is None
        return
    with pytest.raises(RuntimeError, match="sigmoid was handed in, but nothing judged it"):
        hand_in(sigmoid)


# --- cells that fail -----------------------------------------------------------------------


@pytest.fixture
def shell(monkeypatch):
    """An IPython that has a kernel, as a notebook's."""
    config = Config()
    config.HistoryManager.enabled = False
    shell = InteractiveShell(config=config)
    shell.kernel = object()
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    return shell


def said(shell, name="f"):
    """What a function says when it is called."""
    with pytest.raises(CheckFailed) as failure:
        shell.user_ns[name]()
    return str(failure.value)


def test_a_function_whose_cell_fails_says_so_until_it_is_mended(shell):
    """With the error, and the line of a slip in the grammar; a later error takes its place."""
    watch_cells()
    shell.run_cell("import math\ndef f(x)\n    return x")
    assert said(shell) == f"f: its cell stops with {NO_COLON} (line 2): run it and mend that first."
    shell.run_cell("g = zeros(3)\ndef f():\n    return g")
    assert "f: its cell stops with NameError: name 'zeros' is not defined: run" in said(shell)
    shell.run_cell("def f():\n    return 4")
    assert shell.user_ns["f"]() == 4


@pytest.mark.parametrize("later", ["def f(x)\n    return x", "def f():\n    return 4\n1 / 0"])
def test_a_function_that_is_there_is_left_alone(shell, later):
    """Python keeps it as well, or has defined it anew before the error."""
    watch_cells()
    shell.run_cell("def f():\n    return 4")
    shell.run_cell(later)
    assert shell.user_ns["f"]() == 4


def test_an_exercise_without_a_cell_says_so_only_while_validating(shell, execution):
    """What is there already stays, and while nbgrader grades nothing is watched."""
    shell.run_cell("def rnn_forward():\n    return 4")
    watch_cells()
    assert shell.user_ns["rnn_forward"]() == 4
    assert ("lstm_forward" in shell.user_ns) == (execution == "validate")
    shell.run_cell("def f(x)\n    return x")
    assert ("f" in shell.user_ns) == (execution != "autograde")
    if execution == "validate":
        assert said(shell, "lstm_forward").startswith("lstm_forward: no cell defines it: bring")


def test_where_there_is_no_kernel_nothing_is_watched(shell):
    """In the sandbox, in a test, in a program."""
    del shell.kernel
    watch_cells()
    shell.run_cell("def f(x)\n    return x")
    assert "f" not in shell.user_ns


# --- Validate ------------------------------------------------------------------------------


def validated(folder, assignment, cells):
    """What nbgrader validate prints of the release with these cells in it, and its seconds."""
    shutil.copytree(ROOT / "release" / assignment, folder, dirs_exist_ok=True)
    path = folder / f"{assignment}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = cells.get(cell.id, cell.source)
    nbformat.write(notebook, path)
    command = [sys.executable, "-m", "nbgrader", "validate", path.name]
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout, time.perf_counter() - begun


def solved(assignment, **edits):
    """The right solution cells, but for an edit of some: what was, what becomes of it."""
    cells = solutions(NOTEBOOKS[assignment])
    for name, (was, becomes) in edits.items():
        assert was in cells[f"solve-{name}"]
        cells[f"solve-{name}"] = cells[f"solve-{name}"].replace(was, becomes, 1)
    return cells


@pytest.mark.slow
@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_untouched_each_exercise_is_said_to_be_not_done_yet(tmp_path, assignment):
    """And nothing else is said."""
    printed, seconds = validated(tmp_path, assignment, {})
    told = {name: f"    {name}: not done yet." for name in of(assignment)}
    assert dict(FAILED.findall(printed)) == told
    assert "Traceback" not in printed
    assert seconds < 30


@pytest.mark.slow
@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_solved_all_passes_even_with_a_warning(tmp_path, assignment):
    """In less than the half minute that the second notebook trains elsewhere."""
    name = next(iter(of(assignment)))
    warning = "import warnings\n    warnings.warn('a warning')\n    return "
    printed, seconds = validated(
        tmp_path, assignment, solved(assignment, **{name: ("return ", warning)})
    )
    assert printed == f"{SUCCESS}\n"
    assert seconds < 30


@pytest.fixture(scope="module")
def wrong(tmp_path_factory):
    """What Validate prints of notebooks with faults of all kinds in them, by assignment."""
    first = solved(
        FIRST,
        rnn_forward=("a_next = a0", "a_next = a0 + 1"),
        lstm_cell_forward=("):\n", ")\n"),
    )
    del first["solve-lstm_backward"]
    second = solved(
        SECOND,
        cross_entropy=("    return", "    raise KeyboardInterrupt\n    return"),
        relative_errors=("):\n", ")\n"),
        central_difference=("def", "h = size\ndef"),
        complex_step=("complex_step(", "complex_steps("),
        clip_gradients=("norm > largest", "norm < largest"),
    )
    return {
        name: validated(tmp_path_factory.mktemp(name), name, cells)[0]
        for name, cells in ((FIRST, first), (SECOND, second))
    }


NO_COLON_THERE = f"its cell stops with {NO_COLON} (line 1): run it and mend that first."
TOLD = {
    FIRST: {
        "rnn_forward": "rnn_forward: a[4][1][0] is not right. yours -0.8",
        "lstm_cell_forward": f"lstm_cell_forward: {NO_COLON_THERE}",
        "lstm_forward": f"lstm_cell_forward: {NO_COLON_THERE}",
        "rnn_backward": "rnn_backward needs rnn_forward, and that is not right yet: see its own",
        "lstm_cell_backward": "lstm_cell_backward needs lstm_cell_forward, and that is not right",
        "lstm_backward": "lstm_backward: not done yet.",
    },
    SECOND: {
        "cross_entropy": "cross_entropy was stopped before its end: does each loop in it end?",
        "relative_errors": f"relative_errors: {NO_COLON_THERE}",
        "central_difference": "central_difference: its cell stops with NameError: name 'size' is",
        "complex_step": "complex_step: no cell defines it: bring its cell back, or its name.",
        "clip_gradients": 'clip_gradients: gradients["dWf"][2][0] is not right. yours -1.10061',
    },
}


@pytest.mark.slow
@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_just_what_is_wrong_is_named_and_why(wrong, assignment):
    """In the words of the check, or with the error of a cell that does not run."""
    found = {name: " ".join(words.split()) for name, words in FAILED.findall(wrong[assignment])}
    starts = {name: found.get(name, "")[: len(words)] for name, words in TOLD[assignment].items()}
    assert found.keys() == TOLD[assignment].keys()
    assert starts == TOLD[assignment]
    assert "Traceback" not in wrong[assignment]


@pytest.mark.slow
def test_an_edited_check_is_named_and_the_students_page_says_what_to_do(tmp_path, wrong):
    """Whatever that page quotes is said somewhere, but for names and numbers."""
    printed, _ = validated(tmp_path, FIRST, {"rnn_forward": "pass"})
    page = (ROOT / "docs" / "student.md").read_text("utf-8")
    quoted = re.findall(r"^\| `(.+?)` \| [a-z]", page, re.MULTILINE)
    assert len(quoted) == 8
    everything = " ".join(f"{printed} {SUCCESS} {' '.join(wrong.values())}".split())
    for words in quoted:
        pattern = re.sub(r"[lr]\w+_\w+", r"\\w+", re.escape(words).replace("…", ".*"))
        assert re.search(pattern.replace("12", r"\d+"), everything), words
