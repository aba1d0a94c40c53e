"""A batch of broken submissions: each gets a clear word and its due, and no one else pays."""

import csv
import json

import nbformat
import pytest
from conftest import ASSIGNMENT, COHORT, nbgrader

from rnn_course.grading.cohort import write_submissions
from rnn_course.grading.course import Course

pytestmark = pytest.mark.slow


def _delete_tests(nb):
    nb.cells = [cell for cell in nb.cells if cell.id not in ("rnn_forward", "lstm_backward")]


def _delete_solution(nb):
    nb.cells = [cell for cell in nb.cells if cell.id != "solve-lstm_backward"]


def _duplicate(nb):
    where = next(k for k, cell in enumerate(nb.cells) if cell.id == "solve-rnn_forward")
    nb.cells.insert(where + 1, nbformat.from_dict(nb.cells[where]))


def _reverse_tests(nb):
    tests = [cell for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    nb.cells = [cell for cell in nb.cells if cell not in tests]
    nb.cells[1:1] = tests


def _retype(nb):
    for cell in nb.cells:
        if cell.id == "solve-rnn_cell_forward":
            cell.cell_type = "raw"
            del cell["outputs"], cell["execution_count"]


def _empty_metadata(nb):
    for cell in nb.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata["nbgrader"] = {}


def _tags(nb):
    for cell in nb.cells:
        cell.metadata["tags"] = ["skip-execution", "raises-exception"]


def _kernel(nb):
    nb.metadata["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}


def _exit(nb):
    where = next(k for k, cell in enumerate(nb.cells) if cell.id == "rnn_forward")
    nb.cells.insert(where + 1, nbformat.v4.new_code_cell("import os; os._exit(0)"))


def _odd_display(nb):
    where = next(k for k, cell in enumerate(nb.cells) if cell.id == "rnn_forward")
    text = "display({'application/json': [1, 2], 'text/html': [3]}, raw=True)"
    nb.cells.insert(where + 1, nbformat.v4.new_code_cell(text))


EDITS = {
    "exit": (_exit, 100, None),  # it ends its own process; the cells behind get a new one
    "odd-display": (_odd_display, 100, None),
    "deleted-tests": (_delete_tests, 100, "missing"),
    "deleted-solution": (_delete_solution, 86, None),
    "duplicated": (_duplicate, 100, "twice"),
    "reordered": (_reverse_tests, 100, "before its solution"),
    "retyped": (_retype, 100, "it is mended"),
    "empty-metadata": (_empty_metadata, 100, None),
    "tags": (_tags, 100, None),
    "kernelspec": (_kernel, 100, None),
}


def _version_3(text):
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}}
    cells = json.loads(text)["cells"]
    for cell in cells:
        if cell["cell_type"] == "code":
            cell |= {"input": cell.pop("source"), "language": "python"}
    return json.dumps(old | {"worksheets": [{"cells": cells, "metadata": {}}]}).encode()


FILES = {
    "utf-16": (lambda text: text.encode("utf-16"), 100, "not UTF-8"),
    "empty": (lambda text: b"", 0, "empty"),
    "not-json": (lambda text: b"<html>Sign in</html>", 0, "not JSON"),
    "truncated": (lambda text: text[: text.index('"print-lstm_forward"')].encode(), 40, "cut off"),
    "version-3": (_version_3, 100, "format 3"),
    "latin-1": (
        lambda text: text.replace("import", "# é\\nimport", 1).encode("latin-1", "replace"),
        100,
        "UTF-8",
    ),
}


@pytest.fixture(scope="module")
def batch(course):
    """One autograde run over every broken submission, with healthy ones before and behind."""
    right = [COHORT["all-right"]]
    students = ["aa-healthy", "zz-healthy", "bb-lost", "bb-misnamed", *EDITS, *FILES]
    for student in students:
        write_submissions(Course(course), ASSIGNMENT, right, f"bad-{student}-")
    list(Course(course).autograde(ASSIGNMENT, "bad-bb-*"))  # an earlier grade of two of them
    for student in students:
        path = _path(course, student)
        if student in EDITS:
            notebook = nbformat.read(path, as_version=4)
            EDITS[student][0](notebook)
            path.write_text(json.dumps(notebook))
        elif student in FILES:
            path.write_bytes(FILES[student][0](path.read_text("utf-8")))
    _path(course, "bb-lost").unlink()
    _path(course, "bb-misnamed").rename(_path(course, "bb-misnamed").with_name("my homework.ipynb"))
    done = nbgrader(course, "autograde", ASSIGNMENT, "--student=bad-*", "--force")
    assert nbgrader(course, "export", "--to=bad.csv").returncode == 0
    with open(course / "bad.csv", newline="") as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    return done, scores


def _path(course, student):
    folder_name = f"bad-{student}-all-right"
    return course / "submitted" / folder_name / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"


@pytest.mark.parametrize("student", [*EDITS, *FILES])
def test_a_broken_submission_gets_the_points_that_can_be_read(batch, student):
    """Every function that is still there is graded."""
    _, scores = batch
    assert scores[f"bad-{student}-all-right"] == (EDITS | FILES)[student][1]


@pytest.mark.parametrize("student", [*EDITS, *FILES])
def test_what_was_mended_is_logged_with_student_and_file(batch, student):
    """One line each, with the student's name and the notebook's."""
    done, _ = batch
    words = (EDITS | FILES)[student][2]
    lines = [line for line in done.stderr.splitlines() if f"bad-{student}-all-right, " in line]
    if words is None:
        return_is_quiet = [line for line in lines if "WARNING" in line and "missing" not in line]
        assert return_is_quiet == []
    else:
        assert any(words in line and f"{ASSIGNMENT}.ipynb" in line for line in lines)


def test_the_healthy_ones_before_and_behind_are_graded(batch):
    """Nothing that one file does stops the batch."""
    _, scores = batch
    assert scores["bad-aa-healthy-all-right"] == scores["bad-zz-healthy-all-right"] == 100


def test_a_lost_or_misnamed_notebook_is_named_and_keeps_its_earlier_grade(batch):
    """The grade of the earlier run stands."""
    done, scores = batch
    assert scores["bad-bb-lost-all-right"] == scores["bad-bb-misnamed-all-right"] == 100
    assert "bad-bb-lost-all-right" in done.stderr
    assert "my homework.ipynb" in done.stderr
    assert f"rename it to {ASSIGNMENT}.ipynb" in done.stderr


def test_the_notes_stand_at_the_top_of_the_autograded_notebook(batch, course):
    """So the student reads them in the feedback."""
    name = "bad-version-3-all-right"
    path = course / "autograded" / name / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    first = nbformat.read(path, as_version=4).cells[0]
    assert "format 3" in first.source
