"""A cohort of made-up students: submissions with known mistakes and known grades.

The rows are data, in cohort.toml of an assignment's folder: what each student hands in, and the
points each one loses.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from shutil import copytree

import nbformat
from nbformat import NotebookNode

from ..subject.exercises import of, table
from ..subject.mistakes import MISTAKES, apply
from .course import Course

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


@dataclass(frozen=True)
class Member:
    """A made-up student.

    solved says which functions are filled in (all, forward or none), mistakes which rows of the
    catalogue are in them, cells which solution cells are written otherwise; lost holds the points
    that the hand-in loses, by function.
    """

    student: str
    assignment: str
    story: str
    solved: str = "all"
    mistakes: tuple[str, ...] = ()
    cells: dict[str, str] = field(default_factory=dict)
    lost: dict[str, float] = field(default_factory=dict)

    @property
    def points(self) -> dict[str, float]:
        """The points that each function should get."""
        return {
            name: exercise.max_points - self.lost.get(name, 0.0)
            for name, exercise in of(self.assignment).items()
        }


@cache
def cohort(assignment: str) -> dict[str, Member]:
    """The members by name, and one more for each mistake that a forum thread shows."""
    return {member.student: member for member in _rows(assignment)}


def _rows(assignment: str) -> Iterator[Member]:
    for row in table(assignment, "cohort").get("member", ()):
        mistakes = tuple(row.pop("mistakes", ()))
        yield Member(assignment=assignment, mistakes=mistakes, **row)
    for mistake in MISTAKES.values():
        if mistake.seed and mistake.assignment == assignment:
            student = f"seed-{mistake.seed}-{mistake.name}"
            labels, lost = (mistake.label,), {mistake.function: mistake.lost}
            yield Member(student, assignment, mistake.why, mistakes=labels, lost=lost)


def solutions(source: NotebookNode) -> dict[str, str]:
    """The solution cells of a source notebook, by grade_id, without the markers."""
    return {
        cell.id: "\n".join(
            line for line in cell.source.splitlines() if line.strip() not in (BEGIN, END)
        )
        for cell in source.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }


def hand_in(member: Member, release: NotebookNode, solved: dict[str, str]) -> NotebookNode:
    """The released notebook as this student hands it in, given the right solution cells."""
    cells = {} if member.solved == "none" else dict(solved)
    if member.solved == "forward":
        cells = {name: text for name, text in cells.items() if name.endswith("_forward")}
    mistaken = apply(*(MISTAKES[label] for label in member.mistakes))
    cells |= {f"solve-{name}": text for name, text in mistaken.items()}
    cells |= member.cells
    notebook = nbformat.from_dict(release)
    for cell in notebook.cells:
        cell.source = cells.get(cell.id, cell.source)
    return notebook


def write_submissions(
    course: Course, assignment: str, members: Iterable[Member], prefix: str = ""
) -> None:
    """Write what the members hand in into the course's folder of submissions."""
    file = f"{assignment}.ipynb"
    released = course.root / "release" / assignment
    release = nbformat.read(released / file, as_version=4)
    solved = solutions(nbformat.read(course.root / "source" / assignment / file, as_version=4))
    for member in members:
        folder = course.folder("submitted") / f"{prefix}{member.student}" / assignment
        copytree(released, folder, dirs_exist_ok=True)
        nbformat.write(hand_in(member, release, solved), folder / file)
