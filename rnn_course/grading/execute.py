"""The step that takes the place of nbgrader's Execute: the cells are run in the sandbox."""

import os
from contextlib import suppress
from functools import cache
from pathlib import Path

import nbformat
from nbformat import from_dict
from nbformat.v4 import new_markdown_cell, new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Float, Integer, List, Unicode

from ..sandbox.limits import Limits
from ..sandbox.run import Cell
from ..sandbox.sandbox import PRELOAD, Sandbox, SandboxError, shared
from .loose import loose_files, together

DEFAULT = Limits()
UNLOCKED = "unlocked"  # id of the cell that says so
NOT_JUDGED = new_output(
    "error",
    ename="NotJudgedError",
    evalue="Nothing judged this function, so it earns 0 points.",
    traceback=["Nothing judged this function: JudgeAnswers must follow RunCells."],
)


class RunCells(NbGraderPreprocessor):
    """Runs the cells of a submission, and asks its functions what AskFunctions wants to know."""

    cell_seconds = Float(DEFAULT.cell_seconds, help="Seconds a cell may take.").tag(config=True)
    submission_seconds = Float(
        DEFAULT.submission_seconds, help="Seconds that all cells of a submission may take."
    ).tag(config=True)
    memory_mib = Integer(
        DEFAULT.memory_mib, help="MiB of address space a submission may add to Python's own."
    ).tag(config=True)
    disk_mib = Integer(
        DEFAULT.disk_mib, help="MiB of files a submission may keep; each file a quarter of it."
    ).tag(config=True)
    threads = Integer(
        DEFAULT.threads, help="Threads a submission may have; it has one process."
    ).tag(config=True)
    cell_output_kib = Integer(DEFAULT.cell_output_kib, help="KiB of output a cell may have.").tag(
        config=True
    )
    notebook_output_kib = Integer(
        DEFAULT.notebook_output_kib, help="KiB of output a notebook may have."
    ).tag(config=True)
    answer_kib = Integer(
        DEFAULT.answer_kib, help="KiB of numbers that come out of one function."
    ).tag(config=True)
    preload = List(
        Unicode(), PRELOAD, help="Modules that are imported once, for all submissions."
    ).tag(config=True)
    unsandboxed = Bool(
        False,
        help="Grade where the system lacks a layer of the sandbox: for trying out. Each report"
        " says so.",
    ).tag(config=True)

    @property
    def sandbox(self) -> Sandbox:
        """The warm process."""
        return shared(tuple(self.preload), self.unsandboxed)

    @property
    def limits(self) -> Limits:
        """The limits as they are set."""
        return Limits(**{name: getattr(self, name) for name in Limits.__dataclass_fields__})

    @property
    def file_bytes(self) -> int:
        """The most that a file beside the notebook may have."""
        return self.disk_mib * 2**20 // 4

    def check(self) -> None:
        """End nbgrader with one sentence if there is no sandbox."""
        try:
            self.sandbox.check()
        except SandboxError as error:
            raise SystemExit(str(error)) from None

    def preprocess(self, nb, resources):
        """Fill in the outputs of nb; the answers go into resources."""
        code = [cell for cell in nb.cells if cell.cell_type == "code"]
        questions = resources.get("questions", {})
        cells = [Cell(cell.source, questions.get(graded(cell))) for cell in code]
        files, problems = resources.get("files") or self._files(resources["nbgrader"])
        warn(self.log, resources, problems)
        given = resources.get("given")
        self.sandbox.learn(self._given(resources["nbgrader"]) if given is None else given)
        execution = os.environ.get("NBGRADER_EXECUTION", "")
        runs = self.sandbox.run(cells, self.limits, {"NBGRADER_EXECUTION": execution}, files)
        resources["answers"] = {}
        for cell, run in zip(code, runs, strict=True):
            cell.outputs, cell.execution_count = list(map(from_dict, run.outputs)), run.count
            if graded(cell) in questions:
                resources["answers"][graded(cell)] = run
                cell.outputs = [NOT_JUDGED]
        if self.sandbox.broken:
            names = ", ".join(layer.name for layer in self.sandbox.broken)
            words = f"**Graded without a sandbox** ({names}): for trying out, not for grades."
            warn(self.log, resources, [words])
            nb.cells.insert(0, new_markdown_cell(words, id=UNLOCKED))
        return nb, resources

    def _given(self, where) -> tuple[str, ...]:
        course = self.parent.parent.coursedir
        folder = course.format_path(course.release_directory, ".", where["assignment"])
        return given_cells(Path(folder))

    def _files(self, where) -> tuple[dict[str, bytes], list[str]]:
        """The course's files for the assignment, and the submission's own under other names."""
        course, most = self.parent.parent.coursedir, self.file_bytes

        def folder(step, student):
            return Path(course.format_path(step, student, where["assignment"]))

        own, problems = loose_files(folder(course.submitted_directory, where["student"]), most)
        given, _ = loose_files(folder(course.source_directory, "."), most, links=True)
        files, in_the_way = together(own, given)
        return files, problems + in_the_way


@cache
def given_cells(release: Path) -> tuple[str, ...]:
    """The code cells of a released assignment: most of them come back as they are."""
    cells: list[str] = []
    for path in sorted(release.glob("*.ipynb")):
        with suppress(OSError, ValueError):  # to know them saves time, no more
            notebook = nbformat.read(path, as_version=4)
            cells += [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return tuple(cells)


def graded(cell) -> str | None:
    """The name under which a cell earns points, if it does."""
    marks = cell.metadata.get("nbgrader", {})
    return marks.get("grade_id") if marks.get("grade") else None


def warn(log, resources, problems: list[str]) -> None:
    """Log each problem with student and file."""
    where = resources["nbgrader"]
    file = f"{where['assignment']}/{where['notebook']}.ipynb"
    for problem in problems:
        log.warning("%s, %s: %s", where["student"], file, problem)
