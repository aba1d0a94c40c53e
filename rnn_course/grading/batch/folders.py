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
from pathlib import Path
from shutil import rmtree
from typing import Any

from .papers import CannotGradeError, Submission

ASIDE = ".being-graded"  # stands for a student in the path; nbgrader's globs pass it over
MARK = ".graded"  # in the folder of a graded submission


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
        try:
            return json.loads(Path(self.folder(student), MARK).read_text("utf-8"))
        except (OSError, ValueError):
            return {}

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


def digest(parts: Iterable[bytes], submission: Submission, timestamp: str) -> str:
    """From what the grades of a submission are made: course, set-up and all that was handed in."""
    whole = hashlib.sha256()
    handed_in = {name: data or b"" for name, (data, _) in submission.notebooks.items()}
    told = (submission.key, timestamp, *submission.problems)
    files = (b"\0".join((name.encode(), data)) for name, data in submission.files.items())
    notebooks = (b"\0".join((name.encode(), data)) for name, data in handed_in.items())
    for part in (*parts, *(text.encode() for text in told), *files, *notebooks):
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()
