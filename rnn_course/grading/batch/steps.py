"""nbgrader's steps without a database: they find a sheet where they would open the gradebook."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from nbgrader.api import MissingEntry
from nbgrader.preprocessors import (
    latesubmissions,
    overwritecells,
    overwritekernelspec,
    saveautogrades,
)

from .. import autograde
from .papers import NotebookSnapshot

USERS = (autograde, overwritecells, overwritekernelspec, saveautogrades, latesubmissions)


@contextmanager
def using(gradebook: Any) -> Iterator[None]:
    """Whatever step says Gradebook(…) in here gets this one; closing it does nothing."""
    with ExitStack() as stack:
        for module in USERS:
            stack.enter_context(patch.object(module, "Gradebook", lambda *_: Lent(gradebook)))
        yield


class Lent:
    """A gradebook that whoever got it need not, and cannot, close."""

    def __init__(self, gradebook: Any):
        self._gradebook = gradebook

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gradebook, name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


class Sheet:
    """One notebook of one student: the assignment's cells to read, scores and comments to write.

    The names are those of nbgrader's Gradebook. What the student, the notebook and the assignment
    are called does not matter: there is one of each.
    """

    def __init__(self, notebook: NotebookSnapshot):
        self.notebook = notebook
        self.grades: dict[str, SimpleNamespace] = {}
        self.comments: dict[str, SimpleNamespace] = {}
        self.db = SimpleNamespace(commit=lambda: None)

    def find_notebook(self, *_) -> NotebookSnapshot:
        """The notebook itself."""
        return self.notebook

    def find_source_cell(self, name: str, *_):
        """A cell of the assignment. Raises MissingEntry, as each of these does."""
        return _named(name, self.notebook.source_cells)

    def find_graded_cell(self, name: str, *_):
        """A cell that earns points."""
        return _named(name, self.notebook.grade_cells + self.notebook.task_cells)

    def find_grade(self, name: str, *_) -> SimpleNamespace:
        """The place for a cell's score. A manual one is the gradebook's affair."""
        self.find_graded_cell(name)
        return self.grades.setdefault(name, SimpleNamespace(auto_score=None, manual_score=None))

    def find_comment(self, name: str, *_) -> SimpleNamespace:
        """The place for the comment on a cell."""
        _named(name, self.notebook.solution_cells + self.notebook.task_cells)
        return self.comments.setdefault(name, SimpleNamespace(auto_comment=None))


def _named(name: str, cells):
    for cell in cells:
        if cell.name == name:
            return cell
    raise MissingEntry(f"No such cell: {name}")
