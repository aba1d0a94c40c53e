"""The habits of the code base that a test can see."""

import ast
import subprocess
import sys

import pytest
from conftest import ROOT

FOLDERS = ("rnn_course/**/*.py", "benchmarks/*.py", "rnn_*.py")
MODULES = sorted(path for pattern in FOLDERS for path in ROOT.glob(pattern))
NAMES = [str(path.relative_to(ROOT)) for path in MODULES]


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_modules_and_functions_are_short(path):
    """About 300 lines a module, about 40 a function, docstrings apart."""
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 320
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            docstring = ast.get_docstring(node, clean=False) or ""
            length = node.end_lineno - node.lineno + 1 - len(docstring.splitlines())
            # published.py writes one gate a line, as the templates do
            assert length <= 45 or path.name == "published.py", node.name


def test_packages_have_no_code_and_no_module_is_called_utils():
    """Whoever looks for something finds it under its name."""
    for path in MODULES:
        assert path.name != "utils.py"
        if path.name == "__init__.py":
            assert path.read_text() == ""


@pytest.mark.parametrize("room", ["subject", "sandbox", "grading", "mentoring"])
def test_each_module_has_its_test_file(room):
    """The tests mirror the rooms, and what is in them."""
    rooms = ROOT / "rnn_course"
    for path in (rooms / room).glob("**/[a-z]*.py"):
        mirror = ROOT / "tests" / path.relative_to(rooms).with_name(f"test_{path.name}")
        assert mirror.is_file(), mirror


def _imported(modules):
    """What a new process has imported after import modules."""
    code = f"import sys, {modules}; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_students_files_import_numpy_and_each_other_alone():
    """At import: pictures bring matplotlib in only when one is drawn."""
    imported = _imported("rnn_utils, rnn_checks, rnn_published, rnn_pictures")
    assert "numpy" in imported
    assert not imported & {"matplotlib", "rnn_course", "IPython", "nbgrader"}


@pytest.mark.parametrize("module", ["warm", "answer", "child", "shell"])
def test_what_runs_beside_a_student_knows_no_right_answer(module):
    """The process that students' code runs in has never imported the subject."""
    imported = _imported(f"rnn_course.sandbox.{module}")
    assert f"rnn_course.sandbox.{module}" in imported
    assert not any(
        name.startswith(("rnn_course.subject", "rnn_course.grading", "nbgrader"))
        for name in imported
    )


def test_neither_does_what_it_imports_beforehand():
    """The modules that are preloaded for all submissions, by default and in the configuration."""
    from traitlets.config import PyFileConfigLoader

    from rnn_course.sandbox.sandbox import PRELOAD

    settings = PyFileConfigLoader("nbgrader_config.py", str(ROOT)).load_config().RunCells
    for modules in (PRELOAD, settings.get("preload", PRELOAD)):
        imported = _imported(", ".join(modules))
        assert not any(name.startswith(("rnn_course", "nbgrader")) for name in imported)


def test_the_order_of_the_steps_is_the_one_that_is_safe():
    """Cells are restored first; the judge follows the execution at once, before the grades."""
    from traitlets.config import PyFileConfigLoader

    steps = PyFileConfigLoader("nbgrader_config.py", str(ROOT)).load_config().Autograde

    def names(list_of_steps):
        return [getattr(step, "__name__", str(step).rpartition(".")[2]) for step in list_of_steps]

    assert names(steps.sanitize_preprocessors)[0] == "RestoreCells"
    order = names(steps.autograde_preprocessors)
    asked, run, judged = (order.index(n) for n in ("AskFunctions", "RunCells", "JudgeAnswers"))
    assert (asked + 1, run + 1) == (run, judged)
    assert judged < order.index("SaveAutoGrades")
    assert "Execute" not in order
