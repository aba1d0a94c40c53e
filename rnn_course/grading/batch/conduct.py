"""Autograde an assignment: read each submission once, have it graded, write it down, one by one.

What is done stays done: a submission's folder is written aside, its grades go into the gradebook in
one transaction, then the folder is put in place. A grader that is killed in between leaves a
submission that the next one grades again, with the same result.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from ..autograde import MOST_OF_A_TIME, submitted
from ..loose import loose_files, read_regular
from .folders import Folders, digest
from .papers import Graded, Submission
from .pool import Pool, Workers
from .settings import Settings
from .work import grade, packed

STRANGER = "No student with ID {!r} exists in the database"


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
        self.parts = [repr(part).encode() for part in (self.setup, settings.ledger.due)]
        self.sent: dict[str, dict] = {}  # marks of what is being graded
        permissions = int(str(settings.converter.permissions), 8)
        self.folders = Folders(partial(settings.folder, "autograded"), permissions)

    def __iter__(self) -> Iterator[Result]:
        """Grade what has changed, or all if it is forced."""
        settings = self.settings
        settings.run.check()
        work = partial(grade, packed(self.setup))
        pool = Pool(work, self.start, 3 * settings.run.submission_seconds)
        with self.folders:
            try:
                in_gradebook = settings.ledger.students()
                strangers = self._strangers()
                for k, (student, notebooks) in enumerate(self.handed_in.items(), 1):
                    if student in strangers:
                        yield Result(student, "failed", failure=STRANGER.format(student))
                        continue
                    submission, mark = self._read(student, notebooks)
                    before = self.folders.mark(student) if student in in_gradebook else {}
                    if before.get("digest") == mark["digest"] and not settings.converter.force:
                        yield Result(student, "kept", before["verdicts"])
                        continue
                    yield from map(self._record, pool.put(submission, len(self.handed_in) - k))
                yield from map(self._record, pool.drain())
            finally:
                pool.close()
                settings.ledger.close()

    def _strangers(self) -> set[str]:
        """Students whom the gradebook does not know, if it is not to get to know them."""
        if self.settings.converter.create_student:
            return set()
        return self.handed_in.keys() - self.settings.ledger.students(submitted=False)

    def _read(self, student: str, paths: list[Path]) -> tuple[Submission, dict]:
        """A submission, and the mark that it will have."""
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
        mark = {"digest": digest(self.parts, submission, str(timestamp))}
        self.sent[student] = mark | {"timestamp": timestamp}
        return submission, mark

    def _record(self, graded: Graded) -> Result:
        """Write down what came of a submission."""
        settings, student = self.settings, graded.student
        mark = self.sent.pop(student)
        timestamp = mark.pop("timestamp")
        verdicts = [verdict for paper in graded.papers.values() for verdict in paper.verdicts]
        stands = not graded.papers and not graded.failure  # what was graded before
        if stands:
            graded.failure = "No notebook of the assignment is there: run generate_assignment?"
        if not graded.failure:
            files = self.given | self._time(student, timestamp)
            files |= {f"{name}.ipynb": p.text.encode() for name, p in graded.papers.items()}
            self.folders.write(student, files, mark | {"verdicts": verdicts})
        late = settings.ledger.record(graded, timestamp)
        graded.said += [("WARNING", words) for words in late]
        if graded.failure:
            if not stands or settings.converter.force:
                self.folders.remove(student)
            return Result(student, "failed", [], graded.said, graded.seconds, graded.failure)
        self.folders.place(student)
        if settings.course.groupshared:
            settings.converter.set_permissions(settings.assignment, student)
        settings.converter.run_post_convert_hook()
        return Result(student, "graded", verdicts, graded.said, graded.seconds)

    def _time(self, student: str, timestamp) -> dict[str, bytes]:
        """The file by which nbgrader knows a later submission."""
        path = self.settings.folder("submitted", student) / "timestamp.txt"
        return {path.name: read_regular(path, MOST_OF_A_TIME)} if timestamp else {}
