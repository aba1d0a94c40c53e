"""grading/batch/steps: nbgrader's steps find a sheet in the place of the gradebook."""

from contextlib import suppress

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader.api import MissingEntry
from nbgrader.preprocessors import OverwriteCells, SaveAutoGrades, saveautogrades

from rnn_course.grading.batch.papers import MarkedCell, NotebookSnapshot, SourceCell
from rnn_course.grading.batch.steps import USERS, Sheet, using

SOURCE = SourceCell("f", "code", "check(f)", True, "0" * 32)
NOTEBOOK = NotebookSnapshot(
    "n", None, (SOURCE,), (MarkedCell("f", 4.0),), (MarkedCell("solve-f"),), (MarkedCell("t", 2.0),)
)
WHERE = {"nbgrader": {"notebook": "n", "assignment": "a", "student": "s", "db_url": ""}}


def cell(name, **marks):
    """A cell with nbgrader's marks."""
    told = {"grade_id": name, "grade": False, "solution": False, "locked": False, "task": False}
    return new_code_cell("x = 1", metadata={"nbgrader": told | {"schema_version": 3} | marks})


def test_a_sheet_knows_the_assignments_cells_and_no_others():
    """By the names of nbgrader's Gradebook."""
    sheet = Sheet(NOTEBOOK)
    assert sheet.find_notebook("n", "a") is NOTEBOOK
    assert sheet.find_source_cell("f", "n", "a") is SOURCE
    assert [sheet.find_graded_cell(name, "n", "a").max_score for name in "ft"] == [4.0, 2.0]
    asked = (sheet.find_source_cell, sheet.find_graded_cell, sheet.find_grade, sheet.find_comment)
    for find in asked:
        with pytest.raises(MissingEntry):
            find("g", "n", "a", "s")


def test_nbgraders_own_steps_write_on_the_sheet():
    """Scores of graded cells, comments on solutions; nothing is opened."""
    sheet = Sheet(NOTEBOOK)
    right = cell("f", grade=True, points=4)
    wrong = cell("t", grade=True, points=2)
    wrong.outputs = [new_output("error", ename="E", evalue="", traceback=[])]
    with using(sheet):
        SaveAutoGrades().preprocess(
            new_notebook(cells=[right, wrong, cell("solve-f", solution=True)]), dict(WHERE)
        )
    assert {name: grade.auto_score for name, grade in sheet.grades.items()} == {"f": 4.0, "t": 0}
    assert sheet.comments["solve-f"].auto_comment is None


def test_nbgraders_own_steps_read_from_the_sheet():
    """A changed test cell is put right, a cell of nobody loses its name."""
    changed = cell("f", grade=True, points=9, locked=True)
    changed.source = "pass"
    nobody = cell("g", locked=True)
    from nbgrader.utils import compute_checksum

    right = cell("f", grade=True, points=4, locked=True)
    right.source = SOURCE.source
    known = SourceCell("f", "code", SOURCE.source, True, compute_checksum(right))
    notebook = NotebookSnapshot("n", None, (known,), (MarkedCell("f", 4.0),), (), ())
    with using(Sheet(notebook)):
        OverwriteCells().preprocess(new_notebook(cells=[changed, nobody]), dict(WHERE))
    assert changed.source == SOURCE.source
    assert changed.metadata.nbgrader.points == 4.0
    assert "grade_id" not in nobody.metadata.nbgrader


def test_outside_the_steps_open_the_gradebook_as_ever():
    """Also after an error in there."""
    before = [module.Gradebook for module in USERS]
    with using(Sheet(NOTEBOOK)):
        assert not any(module.Gradebook in before for module in USERS)
    with suppress(ValueError), using(Sheet(NOTEBOOK)):
        raise ValueError
    assert [module.Gradebook for module in USERS] == before


def test_who_borrows_a_gradebook_cannot_close_it():
    """The writer keeps its connection through all steps."""
    sheet = Sheet(NOTEBOOK)
    with using(sheet), saveautogrades.Gradebook("sqlite:///nowhere") as lent:
        assert lent.notebook is NOTEBOOK
    assert not hasattr(sheet, "close")
