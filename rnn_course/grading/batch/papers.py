"""What travels between the grader and its workers: plain data, no path, no connection."""

from dataclasses import dataclass, field
from datetime import datetime


class CannotGradeError(RuntimeError):
    """Nothing, or nothing more, can be graded; the message says what to do."""


@dataclass(frozen=True)
class SourceCell:
    """A cell of the assignment, as the gradebook remembers it."""

    name: str
    cell_type: str
    source: str
    locked: bool
    checksum: str


@dataclass(frozen=True)
class MarkedCell:
    """A cell that earns points, that is a solution or that is a task."""

    name: str
    max_score: float = 0.0


@dataclass(frozen=True)
class NotebookSnapshot:
    """A notebook of the assignment with all that nbgrader's steps ask the gradebook about it."""

    name: str
    kernelspec: str | None
    source_cells: tuple[SourceCell, ...]
    grade_cells: tuple[MarkedCell, ...]
    solution_cells: tuple[MarkedCell, ...]
    task_cells: tuple[MarkedCell, ...]


@dataclass(frozen=True)
class Setup:
    """What all submissions of an assignment have in common.

    sanitize and autograde name the steps in their order, config holds what is set of them, files
    are the course's own, put beside each notebook. given are the cells that students get; to
    know them saves time and changes no grade, so they are no part of what is compared.
    """

    assignment: str
    notebooks: dict[str, NotebookSnapshot]
    sanitize: tuple[str, ...]
    autograde: tuple[str, ...]
    config: dict
    files: dict[str, bytes]
    version: str
    given: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Submission:
    """What one student handed in: notebooks by name, each with what is wrong with its file."""

    student: str
    key: str  # from which the hidden inputs are drawn
    notebooks: dict[str, tuple[bytes | None, list[str]]]
    files: dict[str, bytes]
    problems: list[str]


@dataclass
class Paper:
    """A graded notebook: its text, and what goes into the gradebook."""

    text: str
    scores: dict[str, float | None]
    comments: dict[str, str | None]
    verdicts: list[dict]


@dataclass
class Graded:
    """What became of a submission. failure is the traceback of a step that failed."""

    student: str
    papers: dict[str, Paper] = field(default_factory=dict)
    said: list[tuple[str, str]] = field(default_factory=list)  # (level, words)
    seconds: dict[str, float] = field(default_factory=dict)  # by step
    failure: str = ""

    @property
    def verdicts(self) -> list[dict]:
        """What the judge says, function by function."""
        return [verdict for paper in self.papers.values() for verdict in paper.verdicts]

    @property
    def scores(self) -> dict[str, float | None]:
        """The scores by notebook/cell."""
        return {
            f"{name}/{cell}": score
            for name, paper in self.papers.items()
            for cell, score in paper.scores.items()
        }


@dataclass(frozen=True)
class Score:
    """What the gradebook holds of one cell; points is what counts of it, extra credit included."""

    auto: float | None
    manual: float | None
    points: float


@dataclass(frozen=True)
class Standing:
    """What the gradebook holds of one submission: scores by notebook/cell, and what late costs."""

    scores: dict[str, Score] = field(default_factory=dict)
    penalty: float = 0.0
    handed_in: datetime | None = None

    @property
    def total(self) -> float:
        """The points that an export has."""
        return max(0.0, sum(score.points for score in self.scores.values()) - self.penalty)
