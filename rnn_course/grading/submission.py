"""Read whatever a student handed in as a notebook, and bring its cells back into order.

Pure functions: bytes → cells and problems; cells and the assignment's own list → cells that can be
executed and graded. Nothing is refused: what cannot be read is named, and the rest is graded.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode
from nbformat.v4.nbbase import random_cell_id

CELL_ID = re.compile(r"[a-zA-Z0-9-_]{1,64}")
GIVEN = ("setup", "given-")  # ids of the cells that the others need
COMMA = re.compile(r"\s*,\s*")


@dataclass(frozen=True)
class KnownCell:
    """A cell that the assignment put into the notebook, as the gradebook remembers it."""

    name: str
    cell_type: str
    source: str
    locked: bool
    solution: bool
    points: float | None  # None for a cell that earns nothing

    @property
    def metadata(self) -> dict:
        """nbgrader's metadata of the cell."""
        metadata = {"grade_id": self.name, "locked": self.locked, "solution": self.solution}
        metadata |= {"grade": self.points is not None, "task": False, "schema_version": 3}
        metadata |= {"cell_type": self.cell_type}
        return metadata if self.points is None else metadata | {"points": self.points}


def read(data: bytes) -> tuple[NotebookNode, list[str]]:
    """The notebook in the bytes of a file, and what was wrong with them, one sentence each.

    The cells come out with type, source, id and nbgrader metadata alone: no outputs, no tags.
    """
    problems: list[str] = []
    encoding = json.detect_encoding(data)
    text = data.decode(encoding, errors="replace")
    if not encoding.startswith("utf-8") or "\ufffd" in text:
        problems.append("The file is not UTF-8; what could not be read was replaced.")
    cells = _raw_cells(text, problems)
    notebook = nbformat.v4.new_notebook(metadata={})
    notebook.cells = list(filter(None, map(_cell, cells)))
    if len(notebook.cells) < len(cells):
        problems.append(f"{len(cells) - len(notebook.cells)} entries are no cells; left out.")
    if not notebook.cells and not problems:
        problems.append("The notebook has no cells.")
    return notebook, problems


def _raw_cells(text: str, problems: list[str]) -> list:
    if not text.strip():
        problems.append("The file is empty.")
        return []
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):  # ValueError: also a number of too many digits
        cells = _salvage(text)
        problems.append(
            f"The file is cut off or no notebook (not JSON); {len(cells)} whole cells were found."
        )
        return cells
    if not isinstance(content, dict):
        problems.append("The file is JSON but no notebook.")
        return []
    if isinstance(content.get("worksheets"), list):
        problems.append("The notebook has the old format 3; its cells were converted.")
        sheets = [sheet for sheet in content["worksheets"] if isinstance(sheet, dict)]
        content = {"cells": [cell for sheet in sheets for cell in _list(sheet.get("cells"))]}
    if not isinstance(content.get("cells"), list):
        problems.append("The file is JSON but no notebook: it has no list of cells.")
    return _list(content.get("cells"))


def _list(value) -> list:
    return value if isinstance(value, list) else []


def _salvage(text: str) -> list:
    """The whole cells at the start of a truncated list of cells."""
    start = re.search(r'"cells"\s*:\s*\[\s*', text)
    cells: list = []
    while start:
        try:
            cell, end = json.JSONDecoder().raw_decode(text, start.end())
        except (ValueError, RecursionError):
            break
        cells.append(cell)
        start = COMMA.match(text, end)
    return cells


def _cell(raw) -> NotebookNode | None:
    """A clean cell from any dictionary that has a source; format 3 calls it input."""
    if not isinstance(raw, dict):
        return None
    source = raw.get("source", raw.get("input", ""))
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if not isinstance(source, str):
        return None
    source = source.encode("utf-8", "replace").decode()  # no lone surrogates
    kind = raw.get("cell_type")
    # Built by hand: nbformat's own functions check each cell, and take most of the time for it.
    cell = NotebookNode(id=random_cell_id(), metadata=NotebookNode(), source=source)
    cell.cell_type = kind if kind in ("code", "raw") else "markdown"
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    metadata = raw.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    if isinstance(marks, dict) and isinstance(marks.get("grade_id"), str):
        cell.metadata["nbgrader"] = {"grade_id": marks["grade_id"]}
    if isinstance(raw.get("id"), str) and CELL_ID.fullmatch(raw["id"]):
        cell["id"] = raw["id"]
    return cell


def restore(notebook: NotebookNode, assigned: Iterable[KnownCell]) -> list[str]:
    """Give the assignment's cells their names, types and places back, in place.

    A cell is recognised by its grade_id or its id; a solution of which there is no such cell, by
    the function that a code cell defines. Of duplicates the last one counts, as when the notebook
    is run from top to bottom. A missing test cell comes back behind the solution it tests, what
    the others need (the imports) at the top. Returns what was mended, one sentence each.
    """
    known = {cell.name: cell for cell in assigned}
    problems: list[str] = []
    found = _recognise(notebook.cells, known, problems)
    for name, cell in found.items():
        if cell.cell_type != known[name].cell_type:
            problems.append(f"{name} was turned into a {cell.cell_type} cell; it is mended.")
            _retype(cell, known[name])
        cell.metadata["nbgrader"] = known[name].metadata
        if known[name].locked:
            cell.source = known[name].source
    _place_given(notebook.cells, known, found, problems)
    _place_tests(notebook.cells, known, found, problems)
    _name(notebook.cells)
    return problems


def _retype(cell: NotebookNode, known: KnownCell) -> None:
    right = _fresh(known)
    for key in set(cell) - set(right):
        del cell[key]
    cell.update({key: value for key, value in right.items() if key not in ("source", "id")})


def _fresh(cell: KnownCell) -> NotebookNode:
    make = nbformat.v4.new_code_cell if cell.cell_type == "code" else nbformat.v4.new_markdown_cell
    return make(cell.source, metadata={"nbgrader": cell.metadata})


def _recognise(cells, known, problems) -> dict[str, NotebookNode]:
    found: dict[str, NotebookNode] = {}
    unmarked = []
    for cell in reversed(cells):
        marks = cell.metadata.pop("nbgrader", {})
        name = next((n for n in (marks.get("grade_id"), cell.get("id")) if n in known), None)
        if name is None:
            unmarked.append(cell)
        elif name in found:
            problems.append(f"{name} is there twice; the last one counts.")
            del cell["id"]
        else:
            found[name] = cell
    for cell in unmarked:
        name = _defines(cell, known) if cell.cell_type == "code" else None
        if name and name not in found:
            found[name] = cell
    return {name: found[name] for name in known if name in found}


def _defines(cell, known) -> str | None:
    """The solution cell that a code cell without a mark must be, by the function it defines."""
    names = re.findall(r"^def (\w+)\(", cell.source, re.MULTILINE)
    return next((f"solve-{name}" for name in names if f"solve-{name}" in known), None)


def _place_given(cells, known, found, problems) -> None:
    """Put missing imports and given functions back at the top."""
    for name in known:
        if name.startswith(GIVEN) and name not in found:
            problems.append(f"The cell {name} was missing; it is back.")
            cells.insert(0, _fresh(known[name]))


def _place_tests(cells, known, found, problems) -> None:
    """Put each test cell that is missing, or stands before its solution, right behind it."""
    for name in (n for n, cell in known.items() if cell.points is not None):
        solution = found.get(f"solve-{name}")
        test = found.get(name)
        position = next((k for k, cell in enumerate(cells) if cell is solution), len(cells) - 1)
        if test is None:
            problems.append(f"The test cell {name} was missing; it is back.")
            test = _fresh(known[name])
        elif any(cell is test for cell in cells[position:]) or solution is None:
            continue
        else:
            problems.append(f"The test cell {name} stood before its solution; it follows it now.")
            cells[:] = [cell for cell in cells if cell is not test]
            position -= 1
        cells.insert(position + 1, test)


def _name(cells) -> None:
    """Give each of the assignment's cells its name as its id, each other cell one of its own."""
    marks = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in cells]
    taken = set(filter(None, marks))
    for cell, mark in zip(cells, marks, strict=True):
        wanted = cell.get("id")
        if mark is None and (wanted is None or wanted in taken):
            wanted = nbformat.v4.new_raw_cell().id
        cell["id"] = mark or wanted
        taken.add(cell["id"])
