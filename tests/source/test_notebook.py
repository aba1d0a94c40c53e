"""The source notebooks: their normal form, and what a good one is, as far as a test can see."""

import ast
import json
import re

import nbformat
import pytest
from conftest import ROOT
from source.notebooks import NOTEBOOKS, SOURCES, cells, texts

from rnn_course.grading.cohort import BEGIN, END, solutions
from rnn_course.subject.exercises import EXERCISES, of

CODE, TEXT = cells("code"), cells("markdown")
EACH = pytest.mark.parametrize("assignment", NOTEBOOKS)
SOLVE = {cell.id: cell for cell in CODE if cell.id.startswith("solve-")}
SOLUTIONS = {k: v for notebook in NOTEBOOKS.values() for k, v in solutions(notebook).items()}
MAX_WORDS = 150


def _prose(source):
    """The words of a text cell without its code, formulas, figures and tables."""
    source = re.sub(r"```.*?```|\$\$.*?\$\$", " ", source, flags=re.S)
    source = re.sub(r"!\[.*?\]\(.*?\)|^\|.*$", " ", source, flags=re.M)
    source = re.sub(r"\$[^$]*\$|`[^`]*`|[#>*_-]", " ", source)
    return re.findall(r"[A-Za-z][\w'’-]*", source)


@EACH
def test_it_is_in_normal_form(assignment):
    """No outputs, the id of an nbgrader cell is its grade_id, no metadata but nbgrader's."""
    notebook = NOTEBOOKS[assignment]
    assert set(notebook.metadata) == {"kernelspec"}
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"nbgrader"}
        assert cell.id == cell.metadata.get("nbgrader", {}).get("grade_id", cell.id)
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


@EACH
def test_it_is_written_as_nbformat_writes_it(assignment):
    """So that an edit in JupyterLab shows as that edit and nothing else."""
    written = SOURCES[assignment].read_text("utf-8")
    assert written == nbformat.writes(NOTEBOOKS[assignment]) + "\n"
    assert json.loads(written)["nbformat"] == 4


@EACH
def test_the_points_are_those_of_the_exercises(assignment):
    """One table of points, in exercises.toml, and the notebook agrees with it, in its order."""
    graded = {
        cell.id: cell.metadata.nbgrader.points
        for cell in NOTEBOOKS[assignment].cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }
    assert graded == {name: exercise.max_points for name, exercise in of(assignment).items()}
    assert list(graded) == list(of(assignment))


@pytest.mark.parametrize("name", EXERCISES)
def test_each_exercise_has_a_heading_a_solution_and_a_graded_cell_behind_it(name):
    """The graded cell shows the instant check and hides that the function is handed in."""
    ids = [cell.id for cell in NOTEBOOKS[EXERCISES[name].assignment].cells]
    assert ids.index(f"solve-{name}") < ids.index(name)
    (graded,) = [cell for cell in CODE if cell.id == name]
    visible, hidden = graded.source.split("### BEGIN HIDDEN TESTS")
    forward = EXERCISES[name].forward
    assert visible == f"check({name}, forward={forward})\n" if forward else f"check({name})\n"
    assert f"hand_in({name})" in hidden
    heading = re.compile(rf"^#+ .*\b{name}\b", re.M)
    assert any(heading.search(cell.source) for cell in texts(EXERCISES[name].assignment))


def test_the_cells_that_students_must_not_change_are_locked():
    """Prints, checks and expected outputs come back as they were when a student edits them."""
    given = ("print-", "expected-", "gradcheck-", "check-")
    locked = [c for c in CODE + TEXT if c.id.startswith(given) or c.id in EXERCISES]
    assert len(locked) > 40
    assert all(cell.metadata.nbgrader.locked for cell in locked)


@pytest.mark.parametrize("cell", CODE, ids=lambda cell: cell.id)
def test_code_cells_are_short_and_narrow(cell):
    """At most 30 lines of at most 88 characters."""
    lines = cell.source.splitlines()
    assert len(lines) <= 30
    assert max(map(len, lines)) <= 88


@pytest.mark.parametrize("name", SOLVE)
def test_an_exercise_is_at_most_twelve_lines_to_write(name):
    """Comments and blank lines apart."""
    regions = re.findall(rf"{BEGIN}\n(.*?){END}", SOLVE[name].source, re.S)
    assert regions
    lines = [line.strip() for region in regions for line in region.splitlines()]
    assert 1 <= len([line for line in lines if line and not line.startswith("#")]) <= 12


@pytest.mark.parametrize("name", EXERCISES)
def test_a_docstring_gives_shapes_and_cites_its_equations(name):
    """Each exercise says what goes in, what comes out, and by which numbered equations."""
    (function,) = ast.parse(SOLUTIONS[f"solve-{name}"]).body
    text = ast.get_docstring(function)
    assert re.search(r"\((n_\w|m|T)\b|shape of", text)
    assert re.search(r"[Ee]quations? \(\d+\)", text)


@EACH
def test_equations_are_numbered_in_order(assignment):
    """Each number once, without a gap; docstrings and text cite only those that exist."""
    source = "\n".join(cell.source for cell in texts(assignment))
    tags = [int(tag) for tag in re.findall(r"\\tag\{(\d+)\}", source)]
    assert tags == list(range(1, len(tags) + 1))
    assert len(tags) >= len(of(assignment))
    code = "\n".join(solutions(NOTEBOOKS[assignment]).values())
    cited = re.findall(r"[Ee]quations? ((?:\(\d+\)(?:, | and | to )?)+)", code + source)
    assert {int(n) for group in cited for n in re.findall(r"\d+", group)} <= set(tags)


@pytest.mark.parametrize("cell", TEXT, ids=lambda cell: cell.id)
def test_text_cells_are_short(cell):
    """No text cell has more than 150 words of prose."""
    assert len(_prose(cell.source)) <= MAX_WORDS


@EACH
def test_every_figure_exists_is_described_and_shows_shapes(assignment):
    """Alt text in the notebook, title and description in the file, at most 900 px wide."""
    figure = re.compile(r"!\[(.+?)\]\((figures/\S+?\.svg)\)")
    folder = SOURCES[assignment].parent
    shown = [found for cell in texts(assignment) for found in figure.findall(cell.source)]
    files = {path.name for path in (folder / "figures").glob("*.svg")}
    assert {path.removeprefix("figures/") for _, path in shown} == files
    for alt, path in shown:
        svg = (folder / path).read_text("utf-8")
        assert 20 <= len(alt) <= 200
        assert "<title" in svg
        assert "<desc" in svg
        assert re.search(r"\((n_|m|T)", svg)
        assert int(re.search(r'<svg[^>]* width="(\d+)', svg).group(1)) <= 900


def test_figures_and_plots_share_one_palette():
    """Forget, input, candidate, output, memory and hidden state have one colour each."""
    from rnn_pictures import PALETTE

    assert sorted(map(str.upper, set(PALETTE.values()))) == sorted(
        ["#D55E00", "#009E73", "#E69F00", "#0072B2", "#56B4E9", "#CC79A7"]
    )
    figures = SOURCES["rnn-step-by-step"].parent.glob("figures/lstm-*")
    drawn = "".join(path.read_text("utf-8").upper() for path in figures)
    assert all(colour.upper() in drawn for colour in PALETTE.values())


@EACH
def test_trap_boxes_have_symptom_cause_and_demo(assignment):
    """At least one in each exercise's neighbourhood, each with all of its parts."""
    source = "\n\n".join(cell.source for cell in texts(assignment))
    boxes = re.findall(r"> \*\*Trap.*?(?=\n\n|\Z)", source, re.S)
    assert len(boxes) >= len(of(assignment))
    for box in boxes:
        assert "*Symptom" in box
        assert "*Cause" in box
        assert "*Demo" in box


@EACH
def test_the_student_files_are_links_to_those_at_the_top(assignment):
    """One truth for rnn_utils and its companions; the table of exercises is the assignment's."""
    links = {path.name: path for path in SOURCES[assignment].parent.glob("*.py")}
    assert links.keys() >= {"rnn_utils.py", "rnn_checks.py", "rnn_published.py"}
    tables = [name for name in links if name.startswith("rnn_exercises")]
    assert len(tables) == 1
    assert f'"{assignment}"' in links[tables[0]].read_text("utf-8")
    for name, link in links.items():
        assert link.is_symlink()
        assert link.resolve() == ROOT / name
