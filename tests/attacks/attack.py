"""An attack as data: a submission that cheats or does harm, and the points that it is due.

The sources of its cells may name what stands around: $$course and $$outside (folders), $$decoy (a
file of its own, outside), $$victim (another's notebook), $$port and $$socket (where somebody
listens), $$name, $$did (to be printed by what succeeds and should not) and $$solution (the right
source of the cell).
"""

import importlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from inspect import cleandoc
from pathlib import Path
from string import Template

import nbformat
from conftest import ASSIGNMENT, EXERCISES, SOURCE
from nbformat import NotebookNode

from rnn_course.grading.cohort import solutions

PREFIX = "in-"  # of the names of the students of a batch
NOTEBOOK = f"{ASSIGNMENT}.ipynb"


def returning(value: str, preparation: str = "") -> dict[str, str]:
    """Solution cells whose functions return the value of an expression for every output."""
    cells = {}
    for name, exercise in EXERCISES.items():
        outputs = ", ".join(f"{key!r}: value()" for key in exercise.outputs)
        result = "tuple(outputs.values())" if name.endswith("_forward") else "outputs"
        cells[name] = (
            f"{cleandoc(preparation)}\n\n\ndef {name}(*arguments):\n"
            f"    def value():\n        return {value}\n\n"
            f"    outputs = {{{outputs}}}\n    return {result}"
        )
    return cells


@dataclass(frozen=True)
class Attack:
    """A submission that is up to something.

    With the aim "points" it has solved nothing, its functions return zeros, and it is due 0; with
    any other aim it is solved and due 100, unless score says otherwise. before and after are cells
    in front and behind, cells the ones in the place of solution cells, by function. edit changes
    the notebook, folder the files that are handed in. status holds what the judge should say.
    """

    name: str
    aim: str = "points"
    before: str = ""
    after: str = ""
    cells: dict[str, str] = field(default_factory=dict)
    edit: Callable[[NotebookNode], None] | None = None
    folder: Callable[[Path], None] | None = None
    score: float | None = None
    status: dict[str, str] = field(default_factory=dict)

    @property
    def student(self) -> str:
        """Who hands it in."""
        return PREFIX + self.name

    @property
    def solved(self) -> bool:
        """Whether it starts from the right solutions."""
        return self.aim != "points"

    @property
    def due(self) -> float:
        """The points for what is solved in it."""
        return (100.0 if self.solved else 0.0) if self.score is None else self.score

    def write(self, course: Path, places: dict[str, str]) -> None:
        """Hand it in to a course, given what the words in its sources stand for."""
        folder = course / "submitted" / self.student / ASSIGNMENT
        folder.mkdir(parents=True)
        notebook = _without_text(nbformat.read(course / "release" / ASSIGNMENT / NOTEBOOK, 4))
        right = solutions(nbformat.read(SOURCE, as_version=4))
        for cell in notebook.cells:
            name = cell.id.removeprefix("solve-")
            if name != cell.id:
                given = right[cell.id] if self.solved else returning("0.0").get(name, cell.source)
                source = self.cells.get(name, "$solution")
                cell.source = _fill(source, places | {"solution": given})
        for position, source in ((0, self.before), (len(notebook.cells) + 1, self.after)):
            if source:
                cell = nbformat.v4.new_code_cell(_fill(source, places))
                notebook.cells.insert(position, cell)
        if self.edit:
            self.edit(notebook)
        (folder / NOTEBOOK).write_text(nbformat.v4.writes(notebook), "utf-8")
        if self.folder:
            self.folder(folder)


def _fill(source: str, places: dict[str, str]) -> str:
    return Template(cleandoc(source)).safe_substitute(places)


def _without_text(notebook: NotebookNode) -> NotebookNode:
    """What counts of a released notebook: imports, given functions, solutions and tests."""
    kept = ("setup", "given-", "solve-", *EXERCISES)
    notebook.cells = [
        cell for cell in notebook.cells if "nbgrader" in cell.metadata and cell.id.startswith(kept)
    ]
    return notebook


def attacks() -> Iterator[Attack]:
    """The attacks of all families."""
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        yield from importlib.import_module(f"{__package__}.{path.stem}").ATTACKS


def on_the_notebook(change: Callable[[dict], None]) -> Callable[[Path], None]:
    """A change of the notebook's JSON, as something done to the folder."""

    def folder(path: Path) -> None:
        content = json.loads((path / NOTEBOOK).read_text("utf-8"))
        change(content)
        (path / NOTEBOOK).write_text(json.dumps(content), "utf-8")

    return folder


def beside(files: dict[str, str | bytes]) -> Callable[[Path], None]:
    """Files beside the notebook."""

    def folder(path: Path) -> None:
        for name, content in files.items():
            data = content if isinstance(content, bytes) else cleandoc(content).encode()
            (path / name).parent.mkdir(exist_ok=True)
            (path / name).write_bytes(data)

    return folder


def moved_away(path: Path) -> Path:
    """The notebook's path, after it has been removed."""
    notebook = path / NOTEBOOK
    if notebook.is_dir():
        shutil.rmtree(notebook)
    else:
        notebook.unlink()
    return notebook
