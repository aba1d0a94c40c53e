"""The folders of graded submissions: written aside, put in place whole, known again by a mark.

A mark says from what the grades were made, so that a later run knows what has changed. Whatever a
killed grader leaves lies aside, and the next one clears it away.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from typing import Any

from nbformat import from_dict

from .papers import CannotGradeError, Setup, Submission
from .work import verdicts

ASIDE = ".being-graded"  # stands for a student in the path; nbgrader's globs pass it over
MARK = ".graded"  # in the folder of a graded submission
SUBMISSION = "submission"  # what a mark calls that which was handed in


class Folders:
    """The autograded folders of one assignment, for one grader at a time.

    folder gives that of a student. Raises CannotGradeError when it is entered.
    """

    def __init__(self, folder, permissions: int):
        self.folder, self.permissions = folder, permissions
        self.aside: Path = folder(ASIDE)

    def __enter__(self):
        self.aside.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(self.aside, os.O_RDONLY)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise CannotGradeError(
                "Another rnn-course autograde is grading this assignment: wait for its end."
            ) from None
        for left in self.aside.iterdir():
            rmtree(left)
        return self

    def __exit__(self, *_):
        rmtree(self.aside, ignore_errors=True)  # what is left of it, the next one clears
        with suppress(OSError):  # another assignment is being graded
            self.aside.parent.rmdir()
        os.close(self._lock)

    def mark(self, student: str) -> dict[str, Any]:
        """What the mark of a graded submission says; empty if it was not graded by this."""
        return _read(Path(self.folder(student), MARK))

    def verdicts(self, student: str, notebooks: Iterable[str]) -> dict[str, dict]:
        """What the judge said of a submission, by function, whichever command had it graded."""
        said = self.mark(student).get("verdicts") or [
            verdict
            for name in notebooks
            for verdict in verdicts(from_dict(_read(Path(self.folder(student), f"{name}.ipynb"))))
        ]
        return {verdict["function"]: verdict for verdict in said}

    def write(self, student: str, files: Mapping[str, bytes], mark: dict[str, Any]) -> None:
        """Write a graded submission aside."""
        folder = self._aside(student)
        for name, data in {**files, MARK: json.dumps(mark).encode()}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            path.chmod(self.permissions)

    def place(self, student: str) -> None:
        """Put what was written in the place of what was there."""
        folder = Path(self.folder(student))
        folder.parent.mkdir(parents=True, exist_ok=True)
        self.remove(student)
        self._aside(student).rename(folder)

    def remove(self, student: str) -> None:
        """Remove a student's folder, in one go."""
        folder, old = Path(self.folder(student)), self.aside / "old"
        if folder.exists():
            folder.rename(old)
            rmtree(old)

    def _aside(self, student: str) -> Path:
        return self.aside / f"new-{student}"


def _read(path: Path) -> dict[str, Any]:
    """The JSON in a file; empty if it is not there or not whole."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def made_of(setup: Setup, due: datetime | None) -> dict[str, str]:
    """Digests of what all grades of an assignment are made of, by what it is called."""
    notebooks = setup.notebooks.values()
    config = {  # the secret counts by itself, wherever it lies: a course may be moved
        step: {name: value for name, value in section.items() if name != "secret_file"}
        for step, section in setup.config.items()
    }
    parts = {
        "programs": setup.version,
        "points": [(*book.grade_cells, *book.task_cells) for book in notebooks],
        "source": [replace(book, grade_cells=(), task_cells=()) for book in notebooks],
        "files beside the source": setup.files,
        "settings": (setup.sanitize, setup.autograde, config),
        "due date": due,
    }
    return {name: _digest(part) for name, part in parts.items()}


def handed_in(submission: Submission, timestamp: datetime | None) -> dict[str, str]:
    """The same of what is a student's own."""
    whole = (timestamp, submission.notebooks, submission.files, submission.problems)
    return {"secret": _digest(submission.key), SUBMISSION: _digest(whole)}


def _digest(part: object) -> str:
    return hashlib.sha256(repr(part).encode()).hexdigest()
