"""The course end to end, with nbgrader's own commands."""

import csv
import json
import re
import subprocess
import sys

import nbformat
import pytest
from conftest import ASSIGNMENT, COHORT, EXERCISES, ROOT, nbgrader

from rnn_course.grading.cohort import write_submissions
from rnn_course.grading.course import Course

pytestmark = pytest.mark.slow
MEMBERS = list(COHORT.values())


@pytest.fixture(scope="module")
def graded(course):
    """The whole cohort, autograded and given feedback."""
    write_submissions(Course(course), ASSIGNMENT, MEMBERS, "demo-")
    begun = list(Course(course).autograde(ASSIGNMENT, "demo-*", "--RunCells.cell_seconds=5"))
    assert sorted(begun) == sorted(f"demo-{name}" for name in COHORT)
    Course(course).feedback(ASSIGNMENT, "demo-*")
    return course


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.student)
def test_each_member_of_the_cohort_gets_just_the_points_that_are_due(graded, member):
    """The table of expected points, function by function."""
    results = Course(graded).results(ASSIGNMENT, f"demo-{member.student}")
    assert {name: result.points for name, result in results.items()} == member.points


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.student)
def test_every_lost_point_has_a_reason_in_words(graded, member):
    """No function loses points without a sentence, and none has a sentence without losing."""
    for result in Course(graded).results(ASSIGNMENT, f"demo-{member.student}").values():
        assert bool(result.reason) == (result.points < result.max_points)


def test_the_gradebook_holds_the_same_totals(graded):
    """nbgrader export, which reads the database, agrees with the verdicts."""
    done = nbgrader(graded, "export", "--to=grades.csv")
    assert done.returncode == 0, done.stderr
    with open(graded / "grades.csv", newline="") as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    for member in MEMBERS:
        assert scores[f"demo-{member.student}"] == sum(member.points.values())


def test_a_warning_on_stderr_costs_nothing(graded):
    """Plain nbgrader gives zero for any output on stderr."""
    results = Course(graded).results(ASSIGNMENT, "demo-warns")
    assert sum(result.points for result in results.values()) == 100


def test_an_endless_loop_is_called_timed_out(graded):
    """And it costs its own function only."""
    result = Course(graded).results(ASSIGNMENT, "demo-endless-loop")["lstm_backward"]
    assert result.status == "timed out"


def test_a_syntax_error_is_quoted(graded):
    """The student learns why the function does not exist."""
    result = Course(graded).results(ASSIGNMENT, "demo-syntax-error")["rnn_backward"]
    assert "SyntaxError" in result.reason


def test_feedback_shows_the_judges_table_and_no_hidden_number(graded):
    """The page carries the table; questions and answers stand nowhere in it."""
    page = graded / "feedback" / "demo-seed-001-view-of-c" / ASSIGNMENT / f"{ASSIGNMENT}.html"
    text = page.read_text()
    assert "c_prev" in text
    assert "8 of 10 points" in text
    assert "&quot;arrays&quot;" not in text
    assert "NotJudgedError" not in text


def test_autograded_notebooks_hold_the_tests_as_the_instructor_wrote_them(graded):
    """They are asked beside the notebook; there is one output: the verdict."""
    path = graded / "autograded" / "demo-all-right" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    cells = {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}
    for name, exercise in EXERCISES.items():
        assert f"hand_in({name})" in cells[name].source
        (output,) = cells[name].outputs
        assert float(output.data["text/plain"]) == exercise.max_points


def test_a_regrade_draws_the_same_hidden_inputs(graded):
    """Two runs give the same verdicts, digit by digit."""
    student = "demo-seed-000-dot-tanh-of-dc"
    before = Course(graded).results(ASSIGNMENT, student)
    list(Course(graded).autograde(ASSIGNMENT, student))
    assert Course(graded).results(ASSIGNMENT, student) == before


def test_a_tampered_test_cell_is_put_back(graded):
    """A student who rewrites the test cell is judged as if nothing had been changed."""
    write_submissions(Course(graded), ASSIGNMENT, [COHORT["untouched"]], "cheat-")
    path = graded / "submitted" / "cheat-untouched" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.id in EXERCISES:
            cell.source = "8.0"
    nbformat.write(notebook, path)
    list(Course(graded).autograde(ASSIGNMENT, "cheat-untouched"))
    results = Course(graded).results(ASSIGNMENT, "cheat-untouched")
    assert [result.points for result in results.values()] == [0] * 8


def test_without_the_judge_nothing_is_earned_and_the_cell_says_what_to_do(course, tmp_path):
    """It fails closed: the right solutions, with nbgrader's default steps."""
    write_submissions(Course(course), ASSIGNMENT, [COHORT["all-right"]], "nojudge-")
    config = course / "nbgrader_config.py"
    whole = config.read_text()
    plain = re.sub(r"c\.Autograde\.autograde_preprocessors = \[.*?\n\]\n", "", whole, flags=re.S)
    assert plain != whole
    config.write_text(plain)
    try:
        list(Course(course).autograde(ASSIGNMENT, "nojudge-all-right"))
    finally:
        config.write_text(whole)
    path = course / "autograded" / "nojudge-all-right" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.id in EXERCISES:
            assert "nbgrader_config.py" in json.dumps(cell.outputs)
            assert any(output.output_type == "error" for output in cell.outputs)


FORMGRADER = """
import json, sys
from nbgrader.apps.api import NbGraderAPI
from nbgrader.apps.baseapp import NbGrader
app = NbGrader()
app.load_config_file()
told = NbGraderAPI(config=app.config).autograde(*sys.argv[1:])
print(json.dumps(told["success"]))
"""


def test_the_formgraders_autograde_button_gives_the_same_verdicts(graded):
    """Through the calls that its handler makes, with the configuration that it loads."""
    student = "demo-seed-001-view-of-c"
    before = Course(graded).results(ASSIGNMENT, student)
    command = [sys.executable, "-c", FORMGRADER, ASSIGNMENT, student]
    done = subprocess.run(command, cwd=graded, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "true", done.stderr
    assert Course(graded).results(ASSIGNMENT, student) == before


def test_nbgrader_validate_succeeds_on_the_source_notebook(course):
    """Solutions in, every check passes, and hand_in is silent."""
    path = course / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    done = nbgrader(course, "validate", str(path))
    assert "Success!" in done.stdout, done.stdout + done.stderr


def test_nbgrader_validate_tells_a_beginner_what_is_not_done(course):
    """On the untouched release each exercise fails, in words and without a page of traceback."""
    path = course / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    done = nbgrader(course, "validate", str(path))
    assert "failed" in done.stdout
    assert done.stdout.count("not done yet") >= len(EXERCISES)
    assert "Traceback" not in done.stdout


def test_the_demo_config_is_the_one_in_the_repository(course):
    """What is tested here is what instructors run."""
    assert (course / "nbgrader_config.py").read_text() == (ROOT / "nbgrader_config.py").read_text()
