"""The source notebooks, read once for all tests of this room."""

import re
import time
from html import unescape

import nbformat
from conftest import ROOT, copy_course
from nbclient import NotebookClient

from rnn_course.subject.exercises import ASSIGNMENTS

SOURCES = {name: ROOT / "source" / name / f"{name}.ipynb" for name in ASSIGNMENTS}
PICTURE = re.compile(r'<img alt="([^"]*)" src="data:image/png;base64,[\w+/=]+">')
NOTEBOOKS = {name: nbformat.read(path, as_version=4) for name, path in SOURCES.items()}


def cells(kind, notebooks=NOTEBOOKS):
    """The cells of a kind, code or markdown."""
    return [c for notebook in notebooks.values() for c in notebook.cells if c.cell_type == kind]


def texts(assignment):
    """The text cells of one notebook."""
    return cells("markdown", {assignment: NOTEBOOKS[assignment]})


def executed(assignment, folder):
    """The notebook with solutions, run from top to bottom, and the seconds that it took."""
    path = copy_course(folder) / "source" / assignment
    notebook = nbformat.read(SOURCES[assignment], as_version=4)
    begun = time.perf_counter()
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(path)}}).execute()
    return notebook, time.perf_counter() - begun


def drawn(notebook):
    """The cells of an executed notebook that show a picture, and its alternative text."""
    shown = (
        (cell.id, PICTURE.fullmatch(output.get("data", {}).get("text/html", "")))
        for cell in notebook.cells
        for output in cell.get("outputs", [])
    )
    return {name: unescape(found[1]) for name, found in shown if found}


def said(notebook, cell_id):
    """What a cell of an executed notebook printed."""
    (cell,) = [cell for cell in notebook.cells if cell.id == cell_id]
    return "".join(output.text for output in cell.outputs if output.get("name") == "stdout")


def numbers(text):
    """The decimal numbers in a text."""
    return [float(number) for number in re.findall(r"-?\d+\.\d+(?:e[-+]?\d+)?", text)]
