"""A course's folder: run nbgrader's own commands in it, read the verdicts that they leave.

nbgrader runs as the program that an instructor knows, so what works here works there.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat

from ..subject.exercises import EXERCISES

SUBMISSION = re.compile(r"Autograding .*/autograded/([^/]+)/")


class CommandError(Exception):
    """An nbgrader command ended with an error; the message holds the end of what it said."""


@dataclass(frozen=True)
class FunctionResult:
    """The judge's result on one function, as the autograded notebook holds it."""

    points: float
    max_points: float
    status: str
    reason: str


@dataclass(frozen=True)
class Course:
    """A course's root folder; with an area, all that grading reads and writes lies below that.

    So a demo keeps its submissions and its gradebook apart from the real ones.
    """

    root: Path
    area: str = ""

    def folder(self, step: str) -> Path:
        """The folder of one of nbgrader's steps: submitted, autograded or feedback."""
        return self.root / self.area / step

    @property
    def gradebook(self) -> Path:
        """The SQLite file."""
        return self.root / self.area / "gradebook.db"

    def nbgrader(self, *arguments: str) -> Iterator[str]:
        """Run an nbgrader command in the course and yield its lines as they come.

        Raises CommandError if it ends with an exit status other than zero.
        """
        command = [sys.executable, "-m", "nbgrader", *arguments]
        if self.area:
            self.folder("").mkdir(parents=True, exist_ok=True)
            command.append(f"--CourseDirectory.db_url=sqlite:///{self.gradebook}")
            for step in ("submitted", "autograded", "feedback"):
                command.append(f"--CourseDirectory.{step}_directory={self.area}/{step}")
        said: list[str] = []
        with subprocess.Popen(
            command,
            cwd=self.root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            for line in process.stdout or ():
                said.append(line.rstrip())
                yield said[-1]
        if process.returncode:
            told = "\n".join(line for line in said if "INFO" not in line)[-2000:]
            raise CommandError(f"nbgrader {arguments[0]} failed:\n{told}")

    def release(self, assignment: str) -> None:
        """Generate the students' version from source/."""
        for _ in self.nbgrader("generate_assignment", assignment, "--force"):
            pass

    def autograde(self, assignment: str, students: str, *options: str) -> Iterator[str]:
        """Autograde the students that a glob names; yields each one's name as it is begun."""
        arguments = ("autograde", assignment, f"--student={students}", "--force", *options)
        for line in self.nbgrader(*arguments):
            begun = SUBMISSION.search(line)
            if begun:
                yield begun.group(1)

    def feedback(self, assignment: str, students: str) -> None:
        """Write the feedback pages."""
        for _ in self.nbgrader("generate_feedback", assignment, f"--student={students}", "--force"):
            pass

    def results(self, assignment: str, student: str) -> dict[str, FunctionResult]:
        """The judge's results in a student's autograded notebook, by function."""
        path = self.folder("autograded") / student / assignment / f"{assignment}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        found = {}
        for cell in notebook.cells:
            if cell.id in EXERCISES:  # the judge's cells: elsewhere a student may print anything
                verdict = cell.outputs[0].metadata["rnn_course"]
                keys = ("points", "max_points", "status", "reason")
                found[cell.id] = FunctionResult(*(verdict[key] for key in keys))
        return found
