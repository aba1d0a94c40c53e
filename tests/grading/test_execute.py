"""grading/execute: a submission's cells go into the sandbox, outputs and answers come back."""

import logging
from pathlib import Path
from types import SimpleNamespace

import pytest
from nbformat import write
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.coursedir import CourseDirectory
from traitlets import Any
from traitlets.config import LoggingConfigurable

from rnn_course.grading import execute
from rnn_course.grading.execute import NOT_JUDGED, UNLOCKED, RunCells, given_cells
from rnn_course.sandbox import sandbox as sandboxes
from rnn_course.sandbox.answer import question
from rnn_course.sandbox.outputs import CellRun, Outcome
from rnn_course.sandbox.probe import Layer
from rnn_course.sandbox.sandbox import PRELOAD, SandboxError
from rnn_course.sandbox.wire import decode

WHERE = {"assignment": "ps1", "student": "ada", "notebook": "work"}
GRADED = {"nbgrader": {"grade_id": "f", "grade": True, "points": 8}}


class Converter(LoggingConfigurable):
    """What RunCells needs of nbgrader's converter: the course's folders."""

    coursedir = Any()


@pytest.fixture
def step(tmp_path, monkeypatch, sandbox):
    """RunCells in a course's folder, with the warm process of all tests; its log is ours."""
    monkeypatch.setattr(execute, "shared", lambda preload, unlocked: sandbox)
    log = logging.getLogger("test_execute")
    converter = Converter(coursedir=CourseDirectory(root=str(tmp_path)), log=log)
    return RunCells(parent=LoggingConfigurable(parent=converter, log=log), log=log)


def folder(step, name):
    """One of the course's folders, made."""
    course = step.parent.parent.coursedir
    student = "." if name in ("source", "release") else WHERE["student"]
    directory = getattr(course, f"{name}_directory")
    path = Path(course.format_path(directory, student, WHERE["assignment"]))
    path.mkdir(parents=True, exist_ok=True)
    return path


def done(step, *cells, **resources):
    """The cells after the step, and what it left in resources."""
    made = [new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    notebook, resources = step.preprocess(new_notebook(cells=made), resources | {"nbgrader": WHERE})
    return notebook.cells, resources


def text(cell):
    """What a cell printed."""
    return "".join(output.get("text", "") for output in cell.outputs)


def test_cells_have_their_outputs_and_counts(step):
    """Markdown is left alone."""
    first, words, second = done(step, "x = 1\nprint(x)", new_markdown_cell("words"), "x + 1")[0]
    assert (text(first), first.execution_count) == ("1\n", 1)
    assert (second.outputs[0].data["text/plain"], second.execution_count) == ("2", 2)
    assert words == new_markdown_cell("words", id=words.id)


def test_a_question_is_asked_in_the_place_of_its_cell(step):
    """The cell is not run; its answer is beside the notebook, and in it stands an error."""
    graded = new_code_cell("print('never')", metadata=GRADED)
    asked = {"f": question("f", [(2.0,)])}
    cells, resources = done(step, "def f(x): return 2 * x", graded, questions=asked)
    (call,) = decode(resources["answers"]["f"].answer)["own"]
    assert call["result"] == 4
    assert cells[1].outputs == [NOT_JUDGED]
    assert cells[1].source == "print('never')"


def test_a_graded_cell_without_a_question_is_run(step):
    """An instructor's own test, which nbgrader judges by its outputs."""
    cells, resources = done(step, new_code_cell("1 + 1", metadata=GRADED))
    assert cells[0].outputs[0].data["text/plain"] == "2"
    assert resources["answers"] == {}


def test_a_cell_that_crosses_a_limit_pays_alone(step):
    """The setting is what counts."""
    step.cell_seconds = 0.3
    endless, behind = done(step, "while True: pass", "print(1)")[0]
    assert endless.outputs[0].ename == "CellTimeoutError"
    assert text(behind) == "1\n"


def test_an_outcome_of_an_asked_function_goes_to_the_judge(step):
    """As a run without an answer."""
    graded = new_code_cell("", metadata=GRADED)
    asked = {"f": question("f", [(2.0,)])}
    cells, resources = done(step, "import os\ndef f(x): os._exit(0)", graded, questions=asked)
    assert resources["answers"]["f"].outcome is Outcome.ENDED
    assert cells[1].outputs == [NOT_JUDGED]


def test_nbgraders_own_variable_is_there_and_no_other(step, monkeypatch):
    """The notebook may ask whether it is autograded; the grader's environment stays outside."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.setenv("COURSE_TOKEN", "secret")
    look = "import os\nprint(os.environ['NBGRADER_EXECUTION'], 'COURSE_TOKEN' in os.environ)"
    assert text(done(step, look)[0][0]) == "autograde False\n"


def test_files_beside_the_notebook_are_there_and_the_courses_win(step):
    """A helper of the student's can be imported; a changed file of the course's is not changed."""
    (folder(step, "submitted") / "helper.py").write_text("value = 1")
    (folder(step, "submitted") / "data.txt").write_text("mine")
    (folder(step, "source") / "data.txt").write_text("course")
    cells, _ = done(step, "import helper\nprint(helper.value)", "print(open('data.txt').read())")
    assert [text(cell) for cell in cells] == ["1\n", "course\n"]


@pytest.mark.parametrize(
    ("own", "given"), [("figures", "figures/a.txt"), ("a.txt/b", "a.txt"), ("a/b", "a/b/c/d")]
)
def test_a_file_in_the_place_of_a_folder_is_left_out(step, caplog, own, given):
    """The course's folder is there, and the log says why the student's file is not."""
    for name, where in ((own, "submitted"), (given, "source")):
        path = folder(step, where) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(where)
    cells, _ = done(step, f"print(open({given!r}).read())")
    assert text(cells[0]) == "source\n"
    assert f"{own!r} is left out" in caplog.text


def test_what_is_left_out_is_logged_with_student_and_notebook(step, caplog):
    """A link, say."""
    (folder(step, "submitted") / "link").symlink_to("/etc/passwd")
    done(step, "1")
    assert "ada, ps1/work.ipynb: 'link' is left out: it is a link." in caplog.text


class Unlocked:
    """A sandbox on a system that has no seccomp."""

    broken = (Layer("seccomp", "starts no process", True, False, "no library"),)

    def learn(self, cells):
        """There is nothing that could."""

    def run(self, cells, *_):
        """No cell puts anything out."""
        return [CellRun() for _ in cells]

    def check(self):
        """As Sandbox."""
        raise SandboxError("Nothing is graded, because seccomp does not hold here.")


def test_graded_without_a_sandbox_it_says_so(step, monkeypatch, caplog):
    """In the notebook, at the top, and in the log."""
    monkeypatch.setattr(execute, "shared", lambda preload, unlocked: Unlocked())
    first, second = done(step, "1")[0]
    assert first.id == UNLOCKED
    assert "Graded without a sandbox** (seccomp)" in first.source
    assert second.source == "1"
    assert "Graded without a sandbox" in caplog.text


def test_graded_in_the_sandbox_it_says_nothing(step, caplog):
    """Nothing is added."""
    (cell,) = done(step, "1")[0]
    assert cell.source == "1"
    assert caplog.text == ""


def test_without_a_sandbox_nbgrader_ends_with_the_sentence(monkeypatch):
    """SystemExit is not swallowed as the fault of one submission."""
    monkeypatch.setattr(execute, "shared", lambda preload, unlocked: Unlocked())
    with pytest.raises(SystemExit, match=r"Nothing is graded, because seccomp"):
        RunCells().check()


def test_the_warm_process_is_one_for_all_submissions(monkeypatch):
    """It is started at the first, with what is configured."""
    started = []

    def start(preload, unlocked):
        started.append((preload, unlocked))
        return SimpleNamespace(close=lambda: None)

    monkeypatch.setattr(sandboxes, "Sandbox", start)
    execute.shared.cache_clear()
    assert RunCells().sandbox is RunCells().sandbox
    other = RunCells(preload=["numpy"], unsandboxed=True).sandbox
    assert other is not RunCells().sandbox
    execute.shared.cache_clear()
    assert started == [(tuple(PRELOAD), False), (("numpy",), True)]


# --- cells that are known before ------------------------------------------------------------


def released(step):
    """A release."""
    cells = [new_code_cell("given = 1"), new_markdown_cell("words"), new_code_cell("stub = 1")]
    path = folder(step, "release") / "work.ipynb"
    write(new_notebook(cells=cells), path)
    return path


def test_the_cells_that_students_get_are_given(step):
    """Code as it was released, whatever is to be done with it."""
    assert given_cells(released(step).parent) == ("given = 1", "stub = 1")


def test_without_a_release_nothing_is_given(step):
    """Nor from one that cannot be read."""
    assert given_cells(folder(step, "release")) == ()
    released(step).write_text("no notebook")
    assert given_cells(folder(step, "release") / ".") == ()


def test_the_sandbox_learns_the_cells_that_are_given(step, sandbox):
    """Those of the release, or those that the step is told of."""
    released(step)
    done(step, "given = 1")
    assert {"given = 1", "stub = 1"} <= sandbox.known
    done(step, "given = 1", given=("told = 1",))
    assert "told = 1" in sandbox.known
