"""The source notebook: its normal form, and what a good notebook is, as far as a test can see."""

import ast
import json
import re
import time

import nbformat
import pytest
from conftest import ROOT, SOURCE, STUDENT_FILES, copy_course
from nbclient import NotebookClient

from rnn_course.grading.cohort import BEGIN, END, solutions
from rnn_course.subject.exercises import EXERCISES

NOTEBOOK = nbformat.read(SOURCE, as_version=4)
CODE = [cell for cell in NOTEBOOK.cells if cell.cell_type == "code"]
TEXT = [cell for cell in NOTEBOOK.cells if cell.cell_type == "markdown"]
CELLS = {cell.id: cell for cell in NOTEBOOK.cells}
MAX_WORDS = 150


def _prose(source):
    """The words of a text cell without its code, formulas, figures and tables."""
    source = re.sub(r"```.*?```|\$\$.*?\$\$", " ", source, flags=re.S)
    source = re.sub(r"!\[.*?\]\(.*?\)|^\|.*$", " ", source, flags=re.M)
    source = re.sub(r"\$[^$]*\$|`[^`]*`|[#>*_-]", " ", source)
    return re.findall(r"[A-Za-z][\w'’-]*", source)


def test_it_is_in_normal_form():
    """No outputs, the id of an nbgrader cell is its grade_id, no metadata but nbgrader's."""
    assert set(NOTEBOOK.metadata) == {"kernelspec"}
    for cell in NOTEBOOK.cells:
        assert set(cell.metadata) <= {"nbgrader"}
        assert cell.id == cell.metadata.get("nbgrader", {}).get("grade_id", cell.id)
    assert all(not cell.outputs and cell.execution_count is None for cell in CODE)


def test_it_is_written_as_nbformat_writes_it():
    """So that an edit in JupyterLab shows as that edit and nothing else."""
    assert SOURCE.read_text("utf-8") == nbformat.writes(NOTEBOOK) + "\n"


def test_the_points_are_those_of_the_exercises():
    """One table of points, in exercises.py, and the notebook agrees with it."""
    graded = {
        cell.id: cell.metadata.nbgrader.points
        for cell in CODE
        if cell.metadata.get("nbgrader", {}).get("grade")
    }
    assert graded == {name: exercise.max_points for name, exercise in EXERCISES.items()}
    assert list(graded) == [
        *("rnn_cell_forward", "rnn_forward", "lstm_cell_forward", "lstm_forward"),
        *("rnn_cell_backward", "rnn_backward", "lstm_cell_backward", "lstm_backward"),
    ]


@pytest.mark.parametrize("name", EXERCISES)
def test_each_exercise_has_its_cells_in_order(name):
    """Solution, published print with its expected output, the gradient check, the graded cell."""
    order = [f"solve-{name}", f"print-{name}", f"expected-{name}"]
    order += [f"gradcheck-{name}"] * name.endswith("backward") + [name]
    ids = [cell.id for cell in NOTEBOOK.cells]
    assert [cell_id for cell_id in ids if cell_id in order] == order
    graded = CELLS[name].source
    visible, hidden = graded.split("### BEGIN HIDDEN TESTS")
    assert visible.startswith(f"check({name}")
    assert f"hand_in({name})" in hidden
    heading = re.compile(rf"^#+ .*\b{name}\b", re.M)
    assert any(heading.search(cell.source) for cell in TEXT)


def test_the_cells_that_students_must_not_change_are_locked():
    """Prints, checks and expected outputs come back as they were when a student edits them."""
    for cell in NOTEBOOK.cells:
        given = ("print-", "expected-", "gradcheck-", "check-")
        if cell.id.startswith(given) or cell.id in EXERCISES:
            assert cell.metadata.nbgrader.locked


@pytest.mark.parametrize("cell", CODE, ids=lambda cell: cell.id)
def test_code_cells_are_short_and_narrow(cell):
    """At most 30 lines of at most 88 characters."""
    lines = cell.source.splitlines()
    assert len(lines) <= 30
    assert max(map(len, lines)) <= 88


@pytest.mark.parametrize("name", [cell.id for cell in CODE if cell.id.startswith("solve-")])
def test_an_exercise_is_at_most_twelve_lines_to_write(name):
    """Comments and blank lines apart."""
    regions = re.findall(rf"{BEGIN}\n(.*?){END}", CELLS[name].source, re.S)
    assert regions
    lines = [line.strip() for region in regions for line in region.splitlines()]
    assert 1 <= len([line for line in lines if line and not line.startswith("#")]) <= 12


@pytest.mark.parametrize("name", EXERCISES)
def test_a_docstring_gives_shapes_and_cites_its_equations(name):
    """Each exercise says what goes in, what comes out, and by which numbered equations."""
    (function,) = ast.parse(solutions(NOTEBOOK)[f"solve-{name}"]).body
    text = ast.get_docstring(function)
    assert "(n_a, m" in text
    assert re.search(r"[Ee]quations? \(\d+\)", text)


def test_equations_are_numbered_in_order():
    """Each number once, without a gap; docstrings and text cite only those that exist."""
    tags = [int(tag) for cell in TEXT for tag in re.findall(r"\\tag\{(\d+)\}", cell.source)]
    assert tags == list(range(1, len(tags) + 1))
    assert len(tags) == 34


@pytest.mark.parametrize("cell", TEXT, ids=lambda cell: cell.id)
def test_text_cells_are_short(cell):
    """No text cell has more than 150 words of prose."""
    assert len(_prose(cell.source)) <= MAX_WORDS


def test_every_figure_exists_is_described_and_shows_shapes():
    """Alt text in the notebook, title and description in the file, at most 900 px wide."""
    figure = re.compile(r"!\[(.+?)\]\((figures/\S+?\.svg)\)")
    shown = [found for cell in TEXT for found in figure.findall(cell.source)]
    files = {path.name for path in (SOURCE.parent / "figures").glob("*.svg")}
    assert {path.removeprefix("figures/") for _, path in shown} == files
    for alt, path in shown:
        svg = (SOURCE.parent / path).read_text("utf-8")
        assert 20 <= len(alt) <= 200
        assert "<title" in svg
        assert "<desc" in svg
        assert "(n_" in svg
        assert int(re.search(r'<svg[^>]* width="(\d+)', svg).group(1)) <= 900


def test_figures_and_plots_share_one_palette():
    """Forget, input, candidate, output, memory and hidden state have one colour each."""
    from rnn_pictures import PALETTE

    assert sorted(map(str.upper, set(PALETTE.values()))) == sorted(
        ["#D55E00", "#009E73", "#E69F00", "#0072B2", "#56B4E9", "#CC79A7"]
    )
    figures = (SOURCE.parent / "figures").glob("lstm-*")
    drawn = "".join(path.read_text("utf-8").upper() for path in figures)
    assert all(colour.upper() in drawn for colour in PALETTE.values())


def test_trap_boxes_have_symptom_cause_and_demo():
    """At least one in each exercise's neighbourhood, each with all of its parts."""
    boxes = re.findall(r"> \*\*Trap.*?(?=\n\n|\Z)", "\n\n".join(c.source for c in TEXT), re.S)
    assert len(boxes) >= 8
    for box in boxes:
        assert "*Symptom" in box
        assert "*Cause" in box


def test_the_student_files_are_links_to_those_at_the_top():
    """One truth for rnn_utils and its companions."""
    for name in STUDENT_FILES:
        link = SOURCE.parent / name
        assert link.is_symlink()
        assert link.resolve() == ROOT / name


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The notebook with solutions, run from top to bottom, and the seconds that it took."""
    course = copy_course(tmp_path_factory.mktemp("executed"))
    notebook = nbformat.read(SOURCE, as_version=4)
    begun = time.perf_counter()
    folder = course / "source" / SOURCE.parent.name
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(folder)}}).execute()
    return notebook, time.perf_counter() - begun


@pytest.mark.slow
def test_it_runs_from_top_to_bottom_in_thirty_seconds(executed):
    """Offline, with the solutions in; no cell writes on stderr."""
    notebook, seconds = executed
    assert seconds < 30
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.get("name") == "stderr"]


def _numbers(text):
    return [float(number) for number in re.findall(r"-?\d+\.\d+(?:e[-+]?\d+)?", text)]


@pytest.mark.slow
@pytest.mark.parametrize("name", EXERCISES)
def test_the_published_cell_prints_the_expected_output(executed, name):
    """Line for line in the published format, number for number to eight digits."""
    notebook, _ = executed
    cells = {cell.id: cell for cell in notebook.cells}
    printed = "".join(output.text for output in cells[f"print-{name}"].outputs)
    block = re.search(r"```text\n(.*?)```", cells[f"expected-{name}"].source, re.S).group(1)
    shape = re.compile(r"-?\d+\.\d+(?:e[-+]?\d+)?|\s+")
    assert shape.sub("", printed) == shape.sub("", block)
    assert _numbers(printed) == pytest.approx(_numbers(block), abs=2e-8, rel=2e-8)


@pytest.mark.slow
def test_pictures_are_drawn_from_the_students_code(executed):
    """At least the gates, the difference quotient's error and the reach of a gradient."""
    notebook, _ = executed
    drawn = {
        cell.id
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    }
    assert {"plot-gates", "plot-step_error", "plot-reach", "plot-pulse"} <= drawn


def test_the_json_has_no_trailing_decoration():
    """It can be read by any program that reads JSON."""
    assert json.loads(SOURCE.read_text("utf-8"))["nbformat"] == 4
