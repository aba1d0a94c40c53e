"""The first notebook, with its solutions, run."""

import re

import pytest
from source.notebooks import NOTEBOOKS, drawn, executed, numbers, said

from rnn_course.subject.exercises import of

ASSIGNMENT = "rnn-step-by-step"
NOTEBOOK = NOTEBOOKS[ASSIGNMENT]
NAMES = list(of(ASSIGNMENT))


@pytest.mark.parametrize("name", NAMES)
def test_each_exercise_has_its_cells_in_order(name):
    """Solution, published print with its expected output, the gradient check, the graded cell."""
    order = [f"solve-{name}", f"print-{name}", f"expected-{name}"]
    order += [f"gradcheck-{name}"] * name.endswith("backward") + [name]
    ids = [cell.id for cell in NOTEBOOK.cells]
    assert [cell_id for cell_id in ids if cell_id in order] == order


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The executed notebook, and its seconds."""
    return executed(ASSIGNMENT, tmp_path_factory.mktemp("executed"))


@pytest.mark.slow
def test_it_runs_from_top_to_bottom_in_thirty_seconds(run):
    """Offline, with the solutions in; no cell writes on stderr."""
    notebook, seconds = run
    assert seconds < 30
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.get("name") == "stderr"]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_published_cell_prints_the_expected_output(run, name):
    """Line for line in the published format, number for number to eight digits."""
    printed = said(run[0], f"print-{name}")
    (expected,) = [cell for cell in NOTEBOOK.cells if cell.id == f"expected-{name}"]
    block = re.search(r"```text\n(.*?)```", expected.source, re.S).group(1)
    shape = re.compile(r"-?\d+\.\d+(?:e[-+]?\d+)?|\s+")
    assert shape.sub("", printed) == shape.sub("", block)
    assert numbers(printed) == pytest.approx(numbers(block), abs=2e-8, rel=2e-8)


@pytest.mark.slow
def test_pictures_are_drawn_from_the_students_code(run):
    """At least the gates, the difference quotient's error and the reach of a gradient."""
    assert {"plot-gates", "plot-step_error", "plot-reach", "plot-pulse"} <= drawn(run[0]).keys()
