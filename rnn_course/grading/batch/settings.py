"""The course as nbgrader sees it: nbgrader_config.py and the words of the command line."""

import logging
import re
from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path

from nbgrader.apps.autogradeapp import AutogradeApp
from nbgrader.converters import Autograde, NbGraderException
from nbgrader.preprocessors import AssignLatePenalties
from traitlets.config import LoggingConfigurable
from traitlets.utils.importstring import import_item

from ..autograde import submissions
from ..execute import RunCells, given_cells
from ..judge import AskFunctions
from ..loose import loose_files
from .ledger import Ledger
from .papers import CannotGradeError, Setup
from .version import course_version


class Settings:
    """What an instructor has set, read by nbgrader's own command.

    arguments are options of nbgrader autograde, students globs. Make it in the course's folder,
    and stay there. Raises CannotGradeError.
    """

    def __init__(
        self, assignment: str, students: Sequence[str] = (), arguments: Sequence[str] = ()
    ):
        self.app = AutogradeApp.instance(log_level=logging.WARNING)  # hooks log through it
        self.app.initialize([assignment, *arguments])
        self.app.coursedir.assignment_id = self.assignment = assignment
        self.course = submissions(self.app.coursedir)
        if self.course.notebook_id != "*":
            raise CannotGradeError("Single notebooks are graded by nbgrader autograde --notebook.")
        self.students = list(students) or [self.course.student_id]
        self.converter = Autograde(coursedir=self.course, parent=self.app)
        self.sanitize = list(map(_step, self.converter.sanitize_preprocessors))
        steps = list(map(_step, self.converter.autograde_preprocessors))
        self.autograde = [step for step in steps if not issubclass(step, AssignLatePenalties)]
        late = [step(parent=self.app) for step in steps if step not in self.autograde]
        self.penalties = late[0] if late else None
        self.ask, self.run = AskFunctions(parent=self.app), RunCells(parent=self.app)

    @cached_property
    def ledger(self) -> Ledger:
        """The gradebook. Raises CannotGradeError."""
        course = self.course
        return Ledger(course.db_url, course.course_id, self.assignment, self.penalties)

    def setup(self) -> Setup:
        """What the workers need to know."""
        steps = [*self.sanitize, *self.autograde]
        sections = {base.__name__ for step in steps for base in step.__mro__}
        config = {name: self.app.config[name] for name in sorted(sections & self.app.config.keys())}
        return Setup(
            self.assignment,
            self.ledger.notebooks,
            tuple(map(_name, self.sanitize)),
            tuple(map(_name, self.autograde)),
            config,
            loose_files(self.folder("source", "."), self.run.file_bytes, links=True)[0],
            course_version(),
            given_cells(self.folder("release", ".")),
        )

    def folder(self, step: str, student: str) -> Path:
        """A student's folder of one of nbgrader's steps."""
        directory = getattr(self.course, f"{step}_directory")
        return Path(self.course.format_path(directory, student, self.assignment))

    def handed_in(self) -> dict[str, list[Path]]:
        """The notebooks of each student whom the command is about. Raises CannotGradeError."""
        found: dict[str, list[Path]] = {}
        for student in self.students:
            self.course.student_id = student
            try:
                self.converter.init_notebooks()
            except NbGraderException as error:
                raise CannotGradeError(f"{error}: is it handed in, and under this name?") from None
            for folder, notebooks in self.converter.assignments.items():
                found[self._student(folder)] = sorted(map(Path, notebooks))
        excluded = (self.course.student_id_exclude or "").split(",")
        return {student: found[student] for student in sorted(found) if student not in excluded}

    def _student(self, folder: str) -> str:
        pattern = self.converter._format_source("(?P<_>.*)", "(?P<student>.*)", escape=True)
        found = re.match(pattern, folder)
        assert found, folder  # it was found by this pattern's glob
        return found["student"]

    def timestamp(self, student: str) -> datetime | None:
        """When the submission was handed in, if it says so."""
        return self.course.get_existing_timestamp(self.folder("submitted", student))


def _step(step) -> type[LoggingConfigurable]:
    return import_item(step) if isinstance(step, str) else step


def _name(step: type) -> str:
    return f"{step.__module__}.{step.__qualname__}"
