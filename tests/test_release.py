"""release/ is what source/ generates, and holds nothing that students must not see."""

import filecmp
import re

import nbformat
import pytest
from conftest import ROOT
from nbclient import NotebookClient
from source.notebooks import NOTEBOOKS, SOURCES

from rnn_course.grading.cohort import BEGIN, END
from rnn_course.grading.course import Course
from rnn_course.subject.exercises import of

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("assignment", SOURCES)]
RELEASE = ROOT / "release"


def _files(folder):
    paths = (path for path in folder.rglob("*") if path.is_file())
    return sorted(p.relative_to(folder) for p in paths if "__pycache__" not in p.parts)


def test_the_committed_release_is_what_the_source_generates(course, assignment):
    """File by file, byte by byte: after an edit of source/, run make release."""
    generated, committed = released(course, assignment), RELEASE / assignment
    assert _files(generated) == _files(committed)
    _, differing, errors = filecmp.cmpfiles(generated, committed, _files(committed), shallow=False)
    assert (differing, errors) == ([], [])


def released(course, assignment):
    """The folder of the release, generated if it is not there yet."""
    folder = course / "release" / assignment
    if not folder.exists():
        Course(course).release(assignment)
    return folder


def test_the_release_holds_no_trace_of_a_solution_or_a_hidden_test(assignment):
    """No marker, no hidden cell's call, and no line that stands in a solution only."""
    public = nbformat.read(RELEASE / assignment / f"{assignment}.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in public.cells)
    code = {
        line.strip()
        for cell in public.cells
        if cell.cell_type == "code"
        for line in cell.source.splitlines()
    }
    for word in ("SOLUTION", "HIDDEN", "hand_in(", "rnn_course"):
        assert word not in text
    formula = re.compile(r"[@*]|np\.|softmax|sigmoid|append|\[:, :, t\]|\bd\w+ = \d")
    secret = set()
    for cell in NOTEBOOKS[assignment].cells:
        for region in re.findall(rf"{BEGIN}\n(.*?){END}", cell.source, re.S):
            secret |= {line for line in map(_bare, region.splitlines()) if formula.search(line)}
    assert len(secret) >= len(of(assignment))
    assert sorted(set(map(_bare, code)) & secret) == []


def _bare(line):
    """A line of code without indentation and comment."""
    return line.partition("#")[0].strip()


def test_the_release_holds_no_link_and_no_file_of_the_graders(assignment):
    """Plain files: the notebook, what it imports, and figures."""
    folder, source = RELEASE / assignment, SOURCES[assignment].parent
    names = {path.name for path in _files(folder)}
    assert not [path for path in folder.rglob("*") if path.is_symlink()]
    assert names - {path.name for path in source.glob("figures/*")} == {
        *(f"{assignment}.ipynb", *(path.name for path in source.glob("rnn_*.py")))
    }


def run(folder, notebook):
    """Run a notebook to its end, whatever its cells raise."""
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=60, allow_errors=True, resources=resources).execute()


def test_the_unfilled_release_runs_without_a_foreign_traceback(course, assignment):
    """All that is raised is the stub's NotImplementedError or a check's 'not done yet'."""
    folder = released(course, assignment)
    notebook = nbformat.read(folder / f"{assignment}.ipynb", as_version=4)
    run(folder, notebook)
    errors = [o for c in notebook.cells for o in c.get("outputs", []) if o.output_type == "error"]
    assert (
        {"CheckFailed"}
        <= {error.ename for error in errors}
        <= {"NotImplementedError", "CheckFailed"}
    )
    said = [error.evalue for error in errors if error.ename == "CheckFailed"]
    assert all("not done yet" in words or "finish that first" in words for words in said)


def test_no_cell_of_the_release_passes_by_doing_nothing(course, assignment):
    """Each graded cell of the untouched release raises CheckFailed."""
    folder = released(course, assignment)
    notebook = nbformat.read(folder / f"{assignment}.ipynb", as_version=4)
    graded = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade")]
    first = [c for c in notebook.cells if c.cell_type == "code" and c not in graded]
    notebook.cells = [*first, *graded]
    run(folder, notebook)
    assert len(graded) == len(of(assignment))
    for cell in graded:
        assert [output.get("ename") for output in cell.outputs] == ["CheckFailed"]
