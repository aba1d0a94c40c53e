"""nbgrader's way in: read any submitted file, restore the assignment's cells.

Both are named in nbgrader_config.py; nbgrader itself is unchanged.
"""

import os
from glob import glob
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from typing import ClassVar

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import CheckCellMetadata, NbGraderPreprocessor
from traitlets.log import get_logger

from .execute import RunCells, warn
from .loose import loose_files, read_regular
from .submission import KnownCell, read, restore

MOST_BYTES = 64 * 2**20  # of a notebook, and of the course's files beside one
MARK = ".being-graded"  # file that names the process which grades here
NOTES = "submission-notes"  # id of the cell that tells what was mended
MOST_OF_A_TIME = 1000  # bytes of a file that holds one


def name_misnamed(assignment: str, student: str, notebooks: list[str]) -> None:
    """Autograde's pre_convert_hook: say what to do with a notebook under another name."""
    released = {path.name for path in Path("release", assignment).glob("*.ipynb")}
    for path in map(Path, notebooks):
        if released and path.name not in released:
            get_logger().error(
                "%s is no notebook of %s: rename it to %s and autograde %s again.",
                path,
                assignment,
                " or ".join(sorted(released)),
                path.parent.parent.name,
            )


_marks: set[Path] = set()  # in the folders that this grader has begun and not finished


def unmark(assignment: str, student: str, notebooks: list[str]) -> None:
    """Autograde's post_convert_hook: all that this grader has begun is graded."""
    while _marks:
        _marks.pop().unlink(missing_ok=True)


def clear_half_graded(course: CourseDirectory) -> None:
    """Remove what graders left that were killed; nbgrader would take it for graded."""
    step, assignment = course.autograded_directory, course.assignment_id
    for mark in glob(str(Path(course.format_path(step, "*", assignment), MARK))):
        grader = Path(mark).read_text()
        if not Path("/proc", grader or "none").exists():
            rmtree(Path(mark).parent)


class Submissions(CourseDirectory):
    """The course's folders while submissions are graded: their files are not taken on trust."""

    def get_existing_timestamp(self, dest_path):
        """The submission's time; None, with a warning, if the file is not what nbgrader writes."""
        path = Path(dest_path, "timestamp.txt")
        if path.is_symlink() or (path.exists() and not path.is_file()):
            self.log.warning("%s is no regular file; the submission has no time.", path)
            return None
        try:
            if path.exists() and path.stat().st_size > MOST_OF_A_TIME:
                raise ValueError
            return super().get_existing_timestamp(dest_path)
        except (ValueError, OverflowError, AttributeError, SystemExit):
            # nbgrader would end the whole batch, or fail to, with an AttributeError
            self.log.warning("%s holds no time; the submission has none.", path)
        return None


def submissions(course: CourseDirectory) -> Submissions:
    """The same course; a submission's other files go into the sandbox, none to autograded/."""
    kept = {name: getattr(course, name) for name in course.trait_names(config=True)}
    return Submissions(parent=course.parent, **kept | {"ignore": ["*"]})


def submitted(path: Path) -> tuple[bytes | None, list[str]]:
    """The bytes of a submitted notebook; None and why, if it is not read."""
    try:
        return read_regular(path, MOST_BYTES), []
    except OSError as error:
        return None, [f"The file is not read: {error.strerror or error}."]


def opened(data: bytes | None, problems: list[str]) -> tuple[NotebookNode, list[str]]:
    """The notebook in what was submitted, blank if it was not read, and all that is wrong."""
    notebook, wrong = read(data or b"")
    return notebook, problems if data is None else [*problems, *wrong]


class SubmissionExporter(NotebookExporter):
    """Reads a notebook file that nbformat would refuse; what is wrong goes into resources.

    nbgrader makes it before it touches a submission, so grading without a sandbox ends here.
    """

    def __init__(self, **options):
        super().__init__(**options)
        RunCells(parent=self.parent).check()
        clear_half_graded(self.parent.coursedir)
        self.parent.coursedir = submissions(self.parent.coursedir)

    def from_filename(self, filename, resources=None, **kw):
        """The sanitised notebook of a submission; any other file is read as nbconvert does."""
        path, course = Path(filename).absolute(), self.parent.coursedir
        if Path(course.root, course.autograded_directory) in path.parents:
            return super().from_filename(filename, resources, **kw)
        notebook, problems = opened(*submitted(path))
        resources = (resources or {}) | {"submission_problems": problems}
        resources["metadata"] = {"name": path.stem, "path": str(path.parent)}
        self._begin(resources["nbgrader"], path.parent)
        return self.from_notebook_node(notebook, resources, **kw)

    def _begin(self, where, submission: Path) -> None:
        """Copy the course's own files and the submission's time, as nbgrader would; mark it."""
        course = self.parent.coursedir
        source = Path(course.format_path(course.source_directory, ".", where["assignment"]))
        target = course.format_path(
            course.autograded_directory, where["student"], where["assignment"]
        )
        files = loose_files(source, MOST_BYTES, links=True)[0]
        if course.get_existing_timestamp(submission):  # by which nbgrader knows a later one
            files["timestamp.txt"] = read_regular(submission / "timestamp.txt", MOST_OF_A_TIME)
        files[MARK] = str(os.getpid()).encode()
        _marks.add(Path(target, MARK))
        for name, data in files.items():
            path = Path(target, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)  # it may be read-only
            path.write_bytes(data)


class CheckMarks(CheckCellMetadata):
    """nbgrader's check of the cells' marks, which takes a millisecond a cell.

    It looks at types and marks alone, and nearly all submissions have the same: what has passed
    once passes again.
    """

    passed: ClassVar[set[bytes]] = set()

    def preprocess(self, nb, resources):
        """Check nb, or know that it has been checked. Raises ValidationError."""
        marks = [
            (c.cell_type, c.metadata["nbgrader"]) for c in nb.cells if "nbgrader" in c.metadata
        ]
        seen = sha256(repr(marks).encode()).digest()
        if seen not in self.passed:
            nb, resources = super().preprocess(nb, resources)
            self.passed.add(seen)
        return nb, resources


class RestoreCells(NbGraderPreprocessor):
    """Brings deleted, copied, moved or retyped cells back, and says so at the top."""

    def preprocess(self, nb, resources):
        """Restore nb in place, log each problem with student and file."""
        where = resources["nbgrader"]
        with Gradebook(where["db_url"]) as gradebook:
            known = _known_cells(gradebook.find_notebook(where["notebook"], where["assignment"]))
        problems = [*resources.get("submission_problems", []), *restore(nb, known)]
        warn(self.log, resources, problems)
        nb.cells = [cell for cell in nb.cells if cell.id != NOTES]
        if problems:
            text = "**Notes on this file**\n\n" + "\n".join(f"- {p}" for p in problems)
            nb.cells.insert(0, new_markdown_cell(text, id=NOTES))
        return nb, resources


def _known_cells(notebook) -> list[KnownCell]:
    points = {cell.name: cell.max_score for cell in notebook.grade_cells}
    solutions = {cell.name for cell in notebook.solution_cells}
    return [
        KnownCell(c.name, c.cell_type, c.source, c.locked, c.name in solutions, points.get(c.name))
        for c in notebook.source_cells
    ]
