"""Autograde an assignment: read each submission once, have it graded, write it down, one by one.

What is done stays done: a submission's folder is written aside, its grades go into the gradebook in
one transaction, then the folder is put in place. A grader that is killed in between leaves a
submission that the next one grades again, with the same result.
"""

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from ..autograde import MOST_OF_A_TIME, submitted
from ..loose import loose_files, read_regular
from .folders import Folders, handed_in, made_of
from .papers import Graded, Standing, Submission
from .pool import Pool, Workers
from .settings import Settings
from .work import grade, packed

STRANGER = "No student with ID {!r} exists in the database"
NO_NOTEBOOK = "No notebook of the assignment is there: run generate_assignment?"


@dataclass(frozen=True)
class Result:
    """What became of one submission.

    outcome is graded, kept (nothing has changed since it was graded) or failed.
    """

    student: str
    outcome: str
    verdicts: list[dict] = field(default_factory=list)
    said: list[tuple[str, str]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    failure: str = ""

    @classmethod
    def of(cls, graded: Graded) -> "Result":
        """That of a submission that was graded, or not."""
        outcome = "failed" if graded.failure else "graded"
        told = graded.verdicts, graded.said, graded.seconds, graded.failure
        return cls(graded.student, outcome, *told)


class Conductor:
    """One run over an assignment; iterate over it for the results, as they come.

    start gives the future of the workers, if they are worth it for so many submissions. Raises
    CannotGradeError, at first before anything is touched.
    """

    def __init__(
        self,
        settings: Settings,
        start: "Callable[[int], Future[Workers] | None]" = lambda count: None,
    ):
        self.settings, self.start = settings, start
        self.setup, self.handed_in = settings.setup(), settings.handed_in()
        self.given = self.setup.files  # beside each graded notebook, too
        self.parts = made_of(self.setup, settings.ledger.due)
        self.sent: dict[str, tuple[dict, datetime | None]] = {}  # marks and times of the graded
        permissions = int(str(settings.converter.permissions), 8)
        self.folders = Folders(partial(settings.folder, "autograded"), permissions)
        settings.run.check()

    def __iter__(self) -> Iterator[Result]:
        """Grade what has changed, or all if it is forced, and write it down."""
        with self.folders, closing(self.grade()) as graded:
            for one in graded:
                yield one if isinstance(one, Result) else self.record(one)

    def grade(self) -> Generator[Graded | Result, None, None]:
        """The same without writing: what is graded is to be recorded, a result needs nothing."""
        settings = self.settings
        work = partial(grade, packed(self.setup))
        pool = Pool(work, self.start, 3 * settings.run.submission_seconds)
        try:
            standings, strangers = settings.ledger.standings(), self._strangers()
            for k, (student, notebooks) in enumerate(self.handed_in.items(), 1):
                if student in strangers:
                    yield Result(student, "failed", failure=STRANGER.format(student))
                    continue
                submission = self._read(student, notebooks)
                before = self.folders.mark(student)
                if self._stands(student, before, standings.get(student)):
                    yield Result(student, "kept", before["verdicts"])
                    continue
                yield from map(_complete, pool.put(submission, len(self.handed_in) - k))
            yield from map(_complete, pool.drain())
        finally:
            pool.close()

    def _stands(self, student: str, before: dict, standing: Standing | None) -> bool:
        """Whether a submission was graded just so, and the gradebook has those very scores."""
        if standing is None or self.settings.converter.force:
            return False
        scores = {cell: score.auto for cell, score in standing.scores.items()}
        same = before.get("made_of") == self.sent[student][0]["made_of"]
        return same and before["scores"].items() <= scores.items()

    def _strangers(self) -> set[str]:
        """Students whom the gradebook does not know, if it is not to get to know them."""
        if self.settings.converter.create_student:
            return set()
        return self.handed_in.keys() - self.settings.ledger.students()

    def _read(self, student: str, paths: list[Path]) -> Submission:
        """A submission; the mark that it will have is noted."""
        settings = self.settings
        settings.converter.notebooks = [str(path) for path in paths]
        settings.converter.run_pre_convert_hook()
        folder = settings.folder("submitted", student)
        files, problems = loose_files(folder, settings.run.file_bytes)
        notebooks = {
            path.stem: submitted(path) for path in paths if path.stem in self.setup.notebooks
        }
        where = {"assignment": settings.assignment, "student": student}
        submission = Submission(student, settings.ask.key(where), notebooks, files, problems)
        timestamp = settings.timestamp(student)
        mark = {"made_of": self.parts | handed_in(submission, timestamp)}
        self.sent[student] = mark, timestamp
        return submission

    def record(self, graded: Graded) -> Result:
        """Write down what came of a submission."""
        settings, student = self.settings, graded.student
        mark, timestamp = self.sent.pop(student)
        if not graded.failure:
            files = self.given | self._time(student, timestamp)
            files |= {f"{name}.ipynb": p.text.encode() for name, p in graded.papers.items()}
            told = {"scores": graded.scores, "verdicts": graded.verdicts}
            self.folders.write(student, files, mark | told)
        late = settings.ledger.record(graded, timestamp)
        graded.said += [("WARNING", words) for words in late]
        if graded.failure:
            if graded.failure != NO_NOTEBOOK or settings.converter.force:
                self.folders.remove(student)
            return Result.of(graded)
        self.folders.place(student)
        if settings.course.groupshared:
            settings.converter.set_permissions(settings.assignment, student)
        settings.converter.run_post_convert_hook()
        return Result.of(graded)

    def _time(self, student: str, timestamp) -> dict[str, bytes]:
        """The file by which nbgrader knows a later submission."""
        path = self.settings.folder("submitted", student) / "timestamp.txt"
        return {path.name: read_regular(path, MOST_OF_A_TIME)} if timestamp else {}


def _complete(graded: Graded) -> Graded:
    """With a word on why there is nothing, if there is nothing: what was graded before stands."""
    if not graded.papers and not graded.failure:
        graded.failure = NO_NOTEBOOK
    return graded
