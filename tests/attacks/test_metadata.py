"""Marks in a notebook's metadata: who decides what is a test, and what it is worth."""

import nbformat
import pytest
from conftest import EXERCISES

from .attack import Attack, on_the_notebook

pytestmark = pytest.mark.slow


def _tests(nb):
    return [cell for cell in nb.cells if cell.id in EXERCISES]


def _each_test(**changes):
    """The tests' metadata, changed; each also says that it is worth all its points."""

    def edit(nb):
        for cell in _tests(nb):
            cell.metadata["nbgrader"] |= changes
            cell.source = f"{cell.metadata['nbgrader']['points']}"

    return edit


def _tags(nb):
    for cell in nb.cells:
        cell.metadata["tags"] = ["skip-execution", "raises-exception", "remove_cell", "solution"]


def _second_tests(nb):
    for cell in _tests(nb):
        copy = nbformat.from_dict(cell)
        copy.source = f"{cell.metadata['nbgrader']['points']}"
        nb.cells.append(copy)


def _bonus(nb):
    marks = {"grade": True, "grade_id": "bonus", "points": 100, "locked": False, "task": False}
    cell = nbformat.v4.new_code_cell("100")
    cell.metadata["nbgrader"] = marks | {"solution": True, "schema_version": 3}
    nb.cells.append(cell)


def _texts(nb):
    for cell in _tests(nb):
        cell.cell_type = "markdown"
        del cell["outputs"], cell["execution_count"]


def _names_exchanged(nb):
    for cell in _tests(nb):
        cell.metadata["nbgrader"]["grade_id"] = f"solve-{cell.id}"
        cell.source = f"{cell.metadata['nbgrader']['points']}"


def _verdicts(nb):
    """Outputs that look like the judge's, already there."""
    for cell in _tests(nb):
        points = EXERCISES[cell.id].max_points
        verdict = {"function": cell.id, "status": "right", "points": points, "reason": ""}
        data = {"text/plain": f"{points:g}", "text/html": "<b>all points</b>"}
        cell.outputs = [
            nbformat.v4.new_output("execute_result", data, metadata={"rnn_course": verdict})
        ]
        cell.metadata["rnn_course"] = verdict


def _without_tests(nb):
    nb.cells = [cell for cell in nb.cells if cell.id not in EXERCISES]


def _marks(value):
    """Something else in the place of all marks."""

    def edit(nb):
        for cell in nb.cells:
            cell.metadata["nbgrader"] = value

    return edit


def _schema_99(nb):
    for cell in nb.cells:
        cell.metadata["nbgrader"]["schema_version"] = 99


def _long_ids(content):
    for cell in content["cells"]:
        cell["id"] = "i" * 10_000
    extra = {"grade_id": "g" * 1_000_000, "grade": True, "points": 1}
    cell = {"cell_type": "code", "source": "1", "metadata": {"nbgrader": extra}, "id": "../../x"}
    content["cells"].append(cell)


def _odd_numbers(content):
    for cell in content["cells"]:
        cell["metadata"]["nbgrader"] |= {"points": 1e999, "schema_version": [3], "task": "no"}
        cell["execution_count"] = -(10**30)
    content |= {"nbformat": 99, "nbformat_minor": "x", "metadata": {"kernelspec": {"name": "sh"}}}


ATTACKS = [
    Attack("tags-that-skip", edit=_tags),
    Attack("points-of-1000", edit=_each_test(points=1000)),
    Attack("tests-are-solutions", edit=_each_test(solution=True, locked=False)),
    Attack("tests-are-not-graded", edit=_each_test(grade=False)),
    Attack("tests-are-there-twice", edit=_second_tests),
    Attack("tests-are-text", edit=_texts),
    Attack("tests-are-gone", edit=_without_tests),
    Attack("a-bonus-cell", edit=_bonus),
    Attack("names-exchanged", edit=_names_exchanged),
    Attack("verdicts-written-before", edit=_verdicts),
    Attack("marks-are-text", "the batch", edit=_marks("text")),
    Attack("schema-99", "the batch", edit=_schema_99),
    Attack("long-ids", "the batch", folder=on_the_notebook(_long_ids)),
    Attack("odd-numbers", "the batch", folder=on_the_notebook(_odd_numbers)),
]


def test_the_course_decides_what_is_a_test_and_what_it_is_worth(attack, batch):
    """Metadata gain nothing, and metadata that are none cost nothing."""
    batch.check(attack)
