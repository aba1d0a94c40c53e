"""Grade one submission from its bytes: the same steps as nbgrader's, in one go, in any process."""

import json
import logging
import os
import pickle
import time
import traceback
import zlib
from collections.abc import Iterator
from functools import lru_cache
from threading import Lock
from typing import Any
from unittest.mock import patch

import nbformat
from nbformat.v4.rwbase import split_lines, strip_transient
from traitlets.config import Config, LoggingConfigurable
from traitlets.utils.importstring import import_item

from ..autograde import opened
from ..loose import together
from .papers import Graded, NotebookSnapshot, Paper, Setup, Submission
from .steps import Sheet, using
from .version import course_version

AS_NBFORMAT: dict[str, Any] = {
    "ensure_ascii": False,
    "indent": 1,
    "sort_keys": True,
    "separators": (",", ": "),
}
_one_at_a_time = Lock()  # should a worker have several threads


class WrongVersionError(RuntimeError):
    """The worker's course is not the grader's."""


def packed(setup: Setup) -> bytes:
    """The set-up as it travels with each submission."""
    return zlib.compress(pickle.dumps(setup))


def grade(setup: bytes, submission: Submission) -> Graded:
    """Grade a submission; a step that fails is told of, as a traceback, and costs no other.

    Raises WrongVersionError if this process has another version of the course.
    """
    desk = _desk(setup)
    graded = Graded(submission.student)
    autograding = patch.dict(os.environ, NBGRADER_EXECUTION="autograde")
    with _one_at_a_time, desk.hearing(graded), autograding:
        try:
            for name in submission.notebooks:
                graded.papers[name] = desk.paper(name, submission, graded)
        except Exception:  # of a step, perhaps the instructor's own: the class is graded on
            graded.failure, graded.papers = traceback.format_exc(), {}
    return graded


@lru_cache(maxsize=4)
def _desk(setup: bytes) -> "Desk":
    """The steps, made once for all submissions that a process grades."""
    return Desk(pickle.loads(zlib.decompress(setup)))  # noqa: S301  from the grader, to its worker


class Desk:
    """The steps of one assignment. Raises WrongVersionError."""

    def __init__(self, setup: Setup):
        if setup.version != course_version():
            raise WrongVersionError(f"This is version {course_version()}, not {setup.version}.")
        self.setup = setup
        self.log = logging.Logger("rnn_course.batch", logging.INFO)
        parent = LoggingConfigurable(config=Config(setup.config), log=self.log)
        names = (*setup.sanitize, *setup.autograde)
        self.steps = [import_item(name)(parent=parent) for name in names]

    def hearing(self, graded: Graded) -> "_Hearing":
        """What the steps say in here goes with the submission."""
        return _Hearing(self.log, graded)

    def paper(self, name: str, submission: Submission, graded: Graded) -> Paper:
        """One notebook, graded."""
        start = time.perf_counter()
        nb, problems = opened(*submission.notebooks[name])
        sheet = Sheet(self.setup.notebooks[name])
        resources = self._resources(sheet.notebook, submission)
        resources["submission_problems"] = problems
        _lap(graded, "reading", start)
        with using(sheet):
            for step in self.steps:
                start = time.perf_counter()
                nb, resources = step(nb, resources)
                _lap(graded, type(step).__name__, start)
        start = time.perf_counter()
        nbformat.validate(nb, relax_add_props=True)
        text = json.dumps(strip_transient(split_lines(nb)), **AS_NBFORMAT)  # which copies it first
        _lap(graded, "writing", start)
        return Paper(
            text + "\n",
            {cell: grade.auto_score for cell, grade in sheet.grades.items()},
            {cell: comment.auto_comment for cell, comment in sheet.comments.items()},
            list(verdicts(nb)),
        )

    def _resources(self, notebook: NotebookSnapshot, submission: Submission) -> dict[str, Any]:
        where = {"assignment": self.setup.assignment, "notebook": notebook.name}
        where |= {"student": submission.student, "db_url": ""}
        files, problems = together(submission.files, self.setup.files)
        return {
            "nbgrader": where,
            "unique_key": notebook.name,
            "output_files_dir": f"{notebook.name}_files",
            "metadata": {"name": notebook.name, "path": ""},
            "key": submission.key,
            "files": (files, [*submission.problems, *problems]),
            "given": self.setup.given,
        }


def _lap(graded: Graded, what: str, start: float) -> None:
    graded.seconds[what] = graded.seconds.get(what, 0.0) + time.perf_counter() - start


def verdicts(nb) -> Iterator[dict]:
    """What the judge left in a notebook, of each function."""
    for cell in nb.get("cells", ()):
        for output in cell.get("outputs", ())[:1]:
            verdict = output.get("metadata", {}).get("rnn_course")
            if cell.metadata.get("nbgrader", {}).get("grade") and verdict:
                yield dict(verdict)


class _Hearing(logging.Handler):
    def __init__(self, log: logging.Logger, graded: Graded):
        super().__init__(logging.INFO)
        self.log, self.graded = log, graded

    def emit(self, record: logging.LogRecord) -> None:
        self.graded.said.append((record.levelname, record.getMessage()))

    def __enter__(self):
        self.log.addHandler(self)

    def __exit__(self, *_):
        self.log.removeHandler(self)
