"""Grade again into a copy of the gradebook, see what would change, and keep it if it is wanted."""

import pickle
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO

from ...subject.exercises import EXERCISES
from .conduct import Conductor, Result
from .difference import Change, differing
from .papers import CannotGradeError, Graded, Standing


class Rehearsal:
    """What the conductor grades, compared with what is there, and written nowhere.

    Iterate over it for the result of each submission, with its change if it was graded. With a
    file that is empty, all that was graded stands there, to be kept. Raises CannotGradeError.
    """

    def __init__(self, conductor: Conductor, aside: IO[bytes] | None = None):
        self.conductor, ledger = conductor, conductor.settings.ledger
        self.worth = {
            f"{book.name}/{cell.name}": cell.max_score
            for book in ledger.notebooks.values()
            for cell in (*book.grade_cells, *book.task_cells)
        }
        self._check()
        self.copy = ledger.copied()
        self.aside, self.count = aside, 0

    def _check(self) -> None:
        """What is compared must be there, and be worth the same everywhere."""
        settings = self.conductor.settings
        if not settings.ledger.standings():
            raise CannotGradeError(
                f"Nothing of {settings.assignment} is graded: rnn-course autograde does it first."
            )
        if not Path(settings.ask.secret_file).exists():
            raise CannotGradeError(
                f"The secret of which hidden inputs are made, {settings.ask.secret_file}, is not"
                " there: put your copy of it back; rnn-course autograde makes a new one."
            )
        for cell, worth in self.worth.items():
            exercise = EXERCISES.get(cell.rpartition("/")[2])
            if exercise and exercise.max_points != worth:
                raise CannotGradeError(
                    f"{exercise.name} is worth {exercise.max_points:g} points in exercises.toml and"
                    f" {worth:g} in the gradebook: have its cell in source/ say the same, then run"
                    f" rnn-course release {settings.assignment}."
                )

    def __iter__(self) -> Iterator[tuple[Result, Change | None]]:
        with closing(self.copy), closing(self.conductor.grade()) as graded:
            for one in graded:
                if isinstance(one, Result):
                    yield one, None
                else:
                    yield Result.of(one), None if one.failure else self._tried(one)

    def _tried(self, graded: Graded) -> Change:
        """The change, of a grade that is put into the copy, and aside."""
        if self.aside:
            pickle.dump(graded, self.aside)
        self.count += 1
        student, folders = graded.student, self.conductor.folders
        mark, timestamp = self.conductor.sent[student]
        before = self.copy.standings(student).get(student, Standing())
        self.copy.record(graded, timestamp)
        after = self.copy.standings(student)[student]
        was = folders.verdicts(student, graded.papers)
        now = {verdict["function"]: verdict for verdict in graded.verdicts}
        since = _since(folders.mark(student).get("made_of"), mark["made_of"])
        functions = tuple(differing(before, after, was, now, self.worth))
        return Change(student, before, after, functions, since)

    def keep(self) -> Iterator[Result]:
        """Write down what was graded, just as autograde does."""
        assert self.aside
        self.aside.seek(0)
        for _ in range(self.count):
            yield self.conductor.record(pickle.load(self.aside))  # noqa: S301  written above


def _since(then: dict[str, str] | None, now: dict[str, str]) -> tuple[str, ...] | None:
    """What has changed; if nothing has, other scores stand in the gradebook than were put there."""
    if then is None:
        return None
    return tuple(name for name in now if then.get(name) != now[name]) or ("gradebook",)
