"""release/ is what source/ generates, and holds nothing that students must not see."""

import filecmp
import re

import nbformat
import pytest
from conftest import ASSIGNMENT, ROOT, SOURCE, STUDENT_FILES
from nbclient import NotebookClient

from rnn_course.grading.cohort import BEGIN, END

pytestmark = pytest.mark.slow
RELEASE = ROOT / "release" / ASSIGNMENT


def _files(folder):
    paths = (path for path in folder.rglob("*") if path.is_file())
    return sorted(p.relative_to(folder) for p in paths if "__pycache__" not in p.parts)


def test_the_committed_release_is_what_the_source_generates(course):
    """File by file, byte by byte: after an edit of source/, run make release."""
    generated = course / "release" / ASSIGNMENT
    assert _files(generated) == _files(RELEASE)
    _, differing, errors = filecmp.cmpfiles(generated, RELEASE, _files(RELEASE), shallow=False)
    assert (differing, errors) == ([], [])


def test_the_release_holds_no_trace_of_a_solution_or_a_hidden_test():
    """No marker, no hidden cell's call, and no line that stands in a solution only."""
    released = nbformat.read(RELEASE / f"{ASSIGNMENT}.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in released.cells)
    code = {
        line.strip()
        for cell in released.cells
        if cell.cell_type == "code"
        for line in cell.source.splitlines()
    }
    for word in ("SOLUTION", "HIDDEN", "hand_in(", "rnn_course"):
        assert word not in text
    formula = re.compile(r"[@*]|np\.|softmax|sigmoid|append|\[:, :, t\]|\bd\w+ = \d")
    secret = set()
    for cell in nbformat.read(SOURCE, as_version=4).cells:
        for region in re.findall(rf"{BEGIN}\n(.*?){END}", cell.source, re.S):
            secret |= {line for line in map(_bare, region.splitlines()) if formula.search(line)}
    assert len(secret) > 40
    assert sorted(set(map(_bare, code)) & secret) == []


def _bare(line):
    """A line of code without indentation and comment."""
    return line.partition("#")[0].strip()


def test_the_release_holds_no_link_and_no_file_of_the_graders():
    """Plain files: the notebook, what it imports, and figures."""
    names = {path.name for path in map(RELEASE.joinpath, _files(RELEASE))}
    assert not [path for path in RELEASE.rglob("*") if path.is_symlink()]
    assert names - {path.name for path in (SOURCE.parent / "figures").iterdir()} == {
        *(f"{ASSIGNMENT}.ipynb", *STUDENT_FILES)
    }


def test_the_unfilled_release_runs_without_a_foreign_traceback(course):
    """All that is raised is the stub's NotImplementedError or a check's 'not done yet'."""
    folder = course / "release" / ASSIGNMENT
    notebook = nbformat.read(folder / f"{ASSIGNMENT}.ipynb", as_version=4)
    client = NotebookClient(
        notebook, timeout=60, allow_errors=True, resources={"metadata": {"path": str(folder)}}
    )
    client.execute()
    errors = [o for c in notebook.cells for o in c.get("outputs", []) if o.output_type == "error"]
    assert {error.ename for error in errors} == {"NotImplementedError", "CheckFailed"}
    said = [error.evalue for error in errors if error.ename == "CheckFailed"]
    assert all("not done yet" in words or "finish that first" in words for words in said)


def test_no_cell_of_the_release_passes_by_doing_nothing(course):
    """Each graded cell of the untouched release raises CheckFailed."""
    folder = course / "release" / ASSIGNMENT
    notebook = nbformat.read(folder / f"{ASSIGNMENT}.ipynb", as_version=4)
    graded = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade")]
    first = [c for c in notebook.cells if c.cell_type == "code" and c not in graded]
    notebook.cells = [*first, *graded]
    client = NotebookClient(
        notebook, timeout=60, allow_errors=True, resources={"metadata": {"path": str(folder)}}
    )
    client.execute()
    assert len(graded) == 8
    for cell in graded:
        assert [output.get("ename") for output in cell.outputs] == ["CheckFailed"]
