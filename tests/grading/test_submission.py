"""grading/submission: whatever is handed in is read, and its cells are put back in order."""

import copy
import json
import re
from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_course.grading.submission import KnownCell, read, restore

MODEST = settings(max_examples=60, deadline=None, database=None, derandomize=True)
SOURCE = Path(__file__).parents[2] / "source/rnn-step-by-step/rnn-step-by-step.ipynb"
KNOWN = (
    KnownCell("setup", "code", "import numpy as np", True, False, None),
    KnownCell("solve-rnn_forward", "code", "def rnn_forward(x):\n    pass", False, True, None),
    KnownCell("expected-rnn_forward", "markdown", "**Expected**", True, False, None),
    KnownCell("rnn_forward", "code", "check(rnn_forward)", True, False, 8.0),
    KnownCell("solve-lstm_forward", "code", "def lstm_forward(x):\n    pass", False, True, None),
    KnownCell("lstm_forward", "code", "check(lstm_forward)", True, False, 10.0),
)


def cell(name, source="", cell_type="code", **more):
    """A cell of a v4 file with its nbgrader metadata and its id."""
    marks = {"grade_id": name, "locked": False, "schema_version": 3, "points": 99}
    return {
        "cell_type": cell_type,
        "id": name,
        "metadata": {"nbgrader": marks, "tags": ["skip-execution"], "collapsed": True},
        "source": source,
        "outputs": [{"output_type": "stream", "name": "stdout", "text": "secret"}],
        "execution_count": 3,
    } | more


def release():
    """The cells of the assignment as they were handed out, the solutions filled in."""
    cells = [cell(known.name, known.source, known.cell_type) for known in KNOWN]
    cells.insert(1, {"cell_type": "markdown", "id": "text-1", "metadata": {}, "source": "# RNN"})
    return cells


def file_of(cells):
    """The bytes of a v4 notebook."""
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def restored(cells):
    """The notebook of these cells after restore, and what was mended."""
    notebook, problems = read(file_of(cells))
    assert problems == []
    problems = restore(notebook, KNOWN)
    nbformat.validate(notebook)
    assert_sentences(problems)
    return notebook, problems


def assert_sentences(problems):
    """Each problem is a sentence for a person."""
    for problem in problems:
        assert isinstance(problem, str)
        assert re.fullmatch(r"\S.*\.", problem, re.DOTALL), problem


def graded(notebook):
    """The names of the marked cells in order."""
    return [c.metadata.nbgrader.grade_id for c in notebook.cells if "nbgrader" in c.metadata]


NAMES = [known.name for known in KNOWN]


# --- read ----------------------------------------------------------------------------------


def test_a_fine_notebook_is_read_without_a_word():
    """Types, sources, ids and names come out; nothing is reported."""
    notebook, problems = read(file_of(release()))
    assert problems == []
    assert [c.source for c in notebook.cells] == [c["source"] for c in release()]
    assert [c.cell_type for c in notebook.cells] == [c["cell_type"] for c in release()]
    assert [c.id for c in notebook.cells] == [c["id"] for c in release()]
    assert graded(notebook) == NAMES


def test_outputs_tags_and_other_metadata_are_dropped():
    """No output is believed, no tag skips the execution, no points are taken from the file."""
    notebook, _ = read(file_of(release()))
    for c in notebook.cells:
        assert not c.get("outputs")
        assert c.get("execution_count") is None
        assert set(c.metadata) <= {"nbgrader"}
        assert set(c.metadata.get("nbgrader", {})) <= {"grade_id"}
    assert "secret" not in nbformat.writes(notebook)
    assert "skip-execution" not in nbformat.writes(notebook)


@pytest.mark.parametrize("data", [b"", b"  \n\t ", b"\xef\xbb\xbf", b"\xef\xbb\xbf \n"])
def test_an_empty_file_is_called_empty(data):
    """Nothing, blanks, or a byte order mark alone."""
    notebook, problems = read(data)
    assert notebook.cells == []
    assert problems == ["The file is empty."]


@pytest.mark.parametrize(
    "data", [b"hello", b"{", b"def f():\n    pass\n", b"PK\x03\x04zip", b"<html>"]
)
def test_what_is_not_json_is_no_notebook(data):
    """It is named, and the notebook has no cells."""
    notebook, problems = read(data)
    assert notebook.cells == []
    assert (
        problems[-1] == "The file is cut off or no notebook (not JSON); 0 whole cells were found."
    )


@pytest.mark.parametrize(
    "value", [[], 5, "text", None, True, [1, 2], {}, {"cells": 5}, {"cells": None}]
)
def test_json_that_is_no_notebook_is_told_so(value):
    """A list, a number, a dictionary without cells."""
    notebook, problems = read(json.dumps(value).encode())
    assert notebook.cells == []
    assert len(problems) == 1
    assert problems[0].startswith("The file is JSON but no notebook")


def test_a_notebook_without_cells_is_told_so():
    """An empty list of cells is a notebook, and there is nothing in it."""
    assert read(file_of([]))[1] == ["The notebook has no cells."]


def real_cells():
    """The first cells of the course's own notebook as pieces of JSON."""
    content = json.loads(SOURCE.read_text("utf-8"))
    return [json.dumps(c, indent=1, ensure_ascii=False) for c in content["cells"][:5]]


def test_of_a_truncated_notebook_the_whole_cells_come_back():
    """Cut at every tenth byte: exactly the cells that end before the cut are there."""
    pieces = real_cells()
    sources = ["".join(json.loads(piece)["source"]) for piece in pieces]
    head, comma = '{\n "cells": [\n', ",\n"
    ends, text = [], head
    for k, piece in enumerate(pieces):
        text += (comma if k else "") + piece
        ends.append(len(text.encode()))
    data = (text + '\n ],\n "metadata": {}\n}\n').encode()
    for cut in range(0, len(data) - 3, 10):
        notebook, problems = read(data[:cut])
        whole = sum(end <= cut for end in ends)
        assert [c.source for c in notebook.cells] == sources[:whole], cut
        assert problems
        assert_sentences(problems)
    assert len(read(data)[0].cells) == len(pieces)


def test_format_3_is_converted():
    """Worksheets, input in the place of source, headings: the cells are read."""
    content = {
        "nbformat": 3,
        "worksheets": [
            {
                "cells": [
                    {"cell_type": "code", "input": ["x = 1\n", "y = 2"], "prompt_number": 1},
                    {"cell_type": "markdown", "source": "text"},
                    {"cell_type": "heading", "level": 1, "source": "title"},
                ]
            },
            {"cells": [{"cell_type": "code", "input": "z = 3"}]},
            "no sheet",
        ],
    }
    notebook, problems = read(json.dumps(content).encode())
    assert [c.source for c in notebook.cells] == ["x = 1\ny = 2", "text", "title", "z = 3"]
    assert [c.cell_type for c in notebook.cells] == ["code", "markdown", "markdown", "code"]
    assert problems == ["The notebook has the old format 3; its cells were converted."]


def test_a_byte_order_mark_is_no_problem():
    """Editors on Windows write one."""
    notebook, problems = read(b"\xef\xbb\xbf" + file_of(release()))
    assert len(notebook.cells) == len(release())
    assert problems == []


def test_latin_1_is_read_and_told():
    """The umlaut is lost, the cells are not."""
    data = json.dumps({"cells": [cell("setup", "x = 'ä'")]}, ensure_ascii=False).encode("latin-1")
    notebook, problems = read(data)
    assert notebook.cells[0].source == "x = '\ufffd'"
    assert problems == ["The file is not UTF-8; what could not be read was replaced."]


@pytest.mark.parametrize("odd", [5, None, "text", [], [{}], {"source": 5}, {"source": {}}])
def test_entries_that_are_no_cells_are_left_out_and_told(odd):
    """The cells beside them are graded."""
    notebook, problems = read(file_of([odd, *release(), odd]))
    assert len(notebook.cells) == len(release())
    assert problems == ["2 entries are no cells; left out."]


def test_sources_may_be_lists_or_texts():
    """Lists of lines are joined, entries that are no lines are left out."""
    cells = [cell("a", ["x = 1\n", 5, None, "y = 2"]), cell("b", "z = 3"), cell("c", [])]
    assert [c.source for c in read(file_of(cells))[0].cells] == ["x = 1\ny = 2", "z = 3", ""]


@pytest.mark.parametrize("marks", [{}, None, 5, [], {"grade_id": None}, {"grade_id": ["x"]}])
def test_empty_or_odd_nbgrader_metadata_is_no_metadata(marks):
    """A cell whose marks say nothing is an ordinary cell."""
    notebook, problems = read(file_of([cell("a", "x", metadata={"nbgrader": marks})]))
    assert problems == []
    assert "nbgrader" not in notebook.cells[0].metadata


@pytest.mark.parametrize("metadata", [None, 5, [], "text"])
def test_odd_metadata_is_no_metadata(metadata):
    """Metadata that is no dictionary is dropped."""
    assert read(file_of([cell("a", "x", metadata=metadata)]))[0].cells[0].metadata == {}


@pytest.mark.parametrize("odd", [None, 5, "", "a b", "ä", "x" * 65, ["a"]])
def test_ids_that_are_none_are_replaced(odd):
    """The cell stays, its id is a new one."""
    notebook, _ = read(file_of([cell("a", "x", id=odd)]))
    assert re.fullmatch(r"[a-zA-Z0-9-_]{1,64}", notebook.cells[0].id)


@pytest.mark.parametrize(
    "data",
    [
        b'{"cells": [' + b"1" * 5000 + b"]}",
        b'{"cells": [{"source": "x"}, ' + b"1" * 5000,
        b'{"cells": [' + b"[" * 100_000,
        b"[" * 100_000,
        b'{"cells": [NaN, Infinity, 1e999]}',
    ],
    ids=["long number", "long number, cut off", "deep, cut off", "deep", "odd numbers"],
)
def test_json_that_python_stumbles_over_is_named(data):
    """Numbers of thousands of digits and endless brackets are a problem, not an exception."""
    notebook, problems = read(data)
    assert problems
    assert_sentences(problems)
    nbformat.validate(notebook)


def test_half_a_surrogate_pair_does_not_spoil_the_file():
    """JSON can hold half a character; the notebook that is read can be written as UTF-8."""
    notebook, _ = read(file_of([cell("solve-rnn_forward", "x = '\ud83d'")]))
    restore(notebook, KNOWN)
    assert nbformat.writes(notebook).encode("utf-8")


# --- anything may be handed in -------------------------------------------------------------


def assert_readable(data):
    """read gives a notebook and sentences, restore one that is valid, with every test cell."""
    notebook, problems = read(data)
    assert_sentences(problems)
    assert_sentences(restore(notebook, KNOWN))
    nbformat.validate(notebook)
    assert {"rnn_forward", "lstm_forward"} <= set(graded(notebook))
    assert len({c.id for c in notebook.cells}) == len(notebook.cells)
    assert len(graded(notebook)) == len(set(graded(notebook)))


@MODEST
@given(st.binary(max_size=100) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_read(data):
    """No file makes read raise."""
    assert assert_readable(data) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
odd_cells = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw", "heading"]) | json_values,
        "id": st.sampled_from([*NAMES, "text-1"]) | json_values,
        "source": st.sampled_from([known.source for known in KNOWN]) | json_values,
        "input": json_values,
        "metadata": st.sampled_from([{"nbgrader": {"grade_id": name}} for name in NAMES])
        | json_values,
    },
)


@MODEST
@given(st.lists(odd_cells | json_values, max_size=8), st.sampled_from(["cells", "worksheets"]))
def test_any_cells_are_read(cells, key):
    """No list of cells makes read or restore raise, whatever is in it."""
    content = cells if key == "cells" else [{"cells": cells}]
    assert assert_readable(json.dumps({key: content}).encode()) is None


@MODEST
@given(st.data())
def test_a_notebook_with_a_changed_piece_is_read(data):
    """Cutting out, doubling or replacing a piece of a real file is survived."""
    whole = file_of(release())
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    piece = data.draw(st.sampled_from([b"", b"null", b"5", b"[]", b"{}", b'"', b"\xff"]))
    assert assert_readable(whole[:start] + piece + whole[end:]) is None


# --- restore -------------------------------------------------------------------------------


def test_a_fine_notebook_stays_as_it_is():
    """No word, no cell moved, and the marks are the assignment's own."""
    notebook, problems = restored(release())
    assert problems == []
    assert graded(notebook) == NAMES
    for known in KNOWN:
        (c,) = [c for c in notebook.cells if c.id == known.name]
        assert c.metadata.nbgrader == known.metadata
        assert c.metadata.nbgrader.get("points") == known.points


def test_the_courses_own_notebook_needs_no_mending():
    """All its cells are recognised, none is taken for another."""
    data = SOURCE.read_bytes()
    original = nbformat.reads(data.decode(), 4)
    known = []
    for c in original.cells:
        marks = c.metadata.get("nbgrader")
        if marks:
            points = marks.get("points") if marks["grade"] else None
            known.append(
                KnownCell(
                    marks.grade_id, c.cell_type, c.source, marks.locked, marks.solution, points
                )
            )
    notebook, problems = read(data)
    assert (problems, restore(notebook, known)) == ([], [])
    assert [(c.id, c.source) for c in notebook.cells] == [(c.id, c.source) for c in original.cells]


@pytest.mark.parametrize("name", ["rnn_forward", "lstm_forward"])
def test_a_deleted_test_cell_comes_back_behind_its_solution(name):
    """It is the assignment's cell, locked, with its points."""
    notebook, problems = restored([c for c in release() if c["id"] != name])
    assert problems == [f"The test cell {name} was missing; it is back."]
    order = [c.id for c in notebook.cells]
    assert order[order.index(f"solve-{name}") + 1] == name
    (back,) = [c for c in notebook.cells if c.id == name]
    assert back.source == f"check({name})"
    assert back.metadata.nbgrader.grade is True


def test_a_deleted_test_cell_without_its_solution_comes_back_at_the_end():
    """With nothing in the notebook every test cell is there, and the imports at the top."""
    notebook, problems = restored([cell("x", "1")])
    names = [c.metadata.get("nbgrader", {}).get("grade_id") for c in notebook.cells]
    assert names == ["setup", None, "rnn_forward", "lstm_forward"]
    assert len(problems) == 3


def test_of_a_duplicated_solution_the_last_one_counts():
    """As when the notebook is run from top to bottom; the test follows it."""
    copied = cell("solve-rnn_forward", "def rnn_forward(x):\n    return 2", id="other-id")
    notebook, problems = restored([*release(), copied])
    marks = [c.metadata.get("nbgrader", {}).get("grade_id") for c in notebook.cells]
    assert marks.count("solve-rnn_forward") == 1
    position = marks.index("solve-rnn_forward")
    assert notebook.cells[position].source == copied["source"]
    assert marks[position + 1] == "rnn_forward"
    assert "solve-rnn_forward is there twice; the last one counts." in problems


def test_of_a_duplicated_test_cell_one_earns_points():
    """Points are not to be had twice."""
    notebook, problems = restored([*release(), cell("rnn_forward", "True", id="other-id")])
    assert graded(notebook).count("rnn_forward") == 1
    assert problems == ["rnn_forward is there twice; the last one counts."]


@pytest.mark.parametrize("where", ["before", "first"])
def test_a_test_cell_that_stands_before_its_solution_moves_behind_it(where):
    """The judge asks for the function when it exists."""
    cells = release()
    test = next(c for c in cells if c["id"] == "rnn_forward")
    cells.remove(test)
    index = 0 if where == "first" else [c["id"] for c in cells].index("solve-rnn_forward")
    cells.insert(index, test)
    notebook, problems = restored(cells)
    order = [c.id for c in notebook.cells]
    assert order.index("rnn_forward") == order.index("solve-rnn_forward") + 1
    assert problems == ["The test cell rnn_forward stood before its solution; it follows it now."]


def test_cells_in_another_order_stay_there_if_nothing_depends_on_it():
    """Only a test before its solution is moved."""
    cells = release()
    cells = cells[-2:] + cells[:-2]
    notebook, problems = restored(cells)
    assert problems == []
    assert graded(notebook) == NAMES[-2:] + NAMES[:-2]


@pytest.mark.parametrize("kind", ["markdown", "raw"])
@pytest.mark.parametrize("name", ["solve-rnn_forward", "rnn_forward"])
def test_a_cell_that_was_turned_into_text_is_code_again(kind, name):
    """In JupyterLab one key does it; the source is kept."""
    cells = release()
    next(c for c in cells if c["id"] == name)["cell_type"] = kind
    notebook, problems = restored(cells)
    (c,) = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name]
    assert c.cell_type == "code"
    assert c.source == next(known.source for known in KNOWN if known.name == name)
    assert problems == [f"{name} was turned into a {kind} cell; it is mended."]


def test_a_locked_text_that_was_turned_into_code_is_text_again():
    """And the words about it do not say that it is code."""
    cells = release()
    next(c for c in cells if c["id"] == "expected-rnn_forward")["cell_type"] = "code"
    notebook, problems = restored(cells)
    (c,) = [c for c in notebook.cells if c.id == "expected-rnn_forward"]
    assert c.cell_type == "markdown"
    assert len(problems) == 1
    assert "it is mended" in problems[0]


@pytest.mark.parametrize("name", ["setup", "expected-rnn_forward", "rnn_forward"])
def test_the_source_of_a_locked_cell_is_restored(name):
    """A changed test cell or set-up is the assignment's again."""
    cells = release()
    next(c for c in cells if c["id"] == name)["source"] = "changed"
    notebook, _ = restored(cells)
    (c,) = [c for c in notebook.cells if c.id == name]
    assert c.source == next(known.source for known in KNOWN if known.name == name)


def test_the_source_of_a_solution_is_the_students():
    """What is not locked is not touched."""
    cells = release()
    next(c for c in cells if c["id"] == "solve-rnn_forward")["source"] = "mine"
    notebook, _ = restored(cells)
    assert next(c for c in notebook.cells if c.id == "solve-rnn_forward").source == "mine"


def test_lost_metadata_is_found_by_the_id():
    """Some editors drop metadata and keep ids."""
    cells = [c | {"metadata": {}} for c in release()]
    notebook, problems = restored(cells)
    assert (graded(notebook), problems) == (NAMES, [])


def test_a_solution_without_metadata_and_id_is_found_by_its_function():
    """The cell that defines the function is the solution."""
    cells = release()
    for c in cells:
        if c["id"].startswith("solve-"):
            c |= {"metadata": {}, "id": "new-" + c["id"][-12:]}
    notebook, problems = restored(cells)
    assert (graded(notebook), problems) == (NAMES, [])


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_a_text_that_quotes_the_function_does_not_take_the_place_of_the_solution(kind):
    """A note with 'def rnn_forward(' in it is a note, as long as the solution has its mark."""
    note = {"cell_type": kind, "metadata": {}, "id": "note"}
    note["source"] = "I first wrote\n\ndef rnn_forward(x):\n    return wrong"
    notebook, problems = restored([*release(), note])
    assert problems == []
    (c,) = [c for c in notebook.cells if c.id == "solve-rnn_forward"]
    assert c.source == "def rnn_forward(x):\n    pass"


def test_an_indented_or_called_function_is_no_definition():
    """Only a def at the start of a line counts."""
    scratch = {"cell_type": "code", "metadata": {}, "id": "scratch"}
    scratch["source"] = "rnn_forward(1)\nif 0:\n    def rnn_forward(x): pass"
    notebook, problems = restored([*release(), scratch])
    assert problems == []
    assert next(c for c in notebook.cells if c.id == "scratch").source == scratch["source"]


def test_ids_are_unique_afterwards():
    """Twice the same id, a stranger with a cell's id, no id at all."""
    cells = release() + release()
    cells += [{"cell_type": "code", "source": "1", "metadata": {}, "id": "text-1"}]
    cells += [{"cell_type": "code", "source": "1", "metadata": {}}]
    notebook, _ = restored(cells)
    ids = [c.id for c in notebook.cells]
    assert len(set(ids)) == len(ids)


def test_the_cell_that_counts_has_the_id_of_its_name():
    """Of two cells with one id the marked one keeps it, the other gets a new one."""
    notebook, _ = restored(release() + release())
    marked = [c for c in notebook.cells if "nbgrader" in c.metadata]
    assert [c.id for c in marked] == [c.metadata.nbgrader.grade_id for c in marked]


def deleted(cells):
    """Without a test cell."""
    return [c for c in cells if c["id"] != "rnn_forward"]


def turned_round(cells):
    """From the last cell to the first."""
    return cells[::-1]


def retyped(cells):
    """All cells raw."""
    return [c | {"cell_type": "raw"} for c in cells]


def doubled(cells):
    """Each cell twice, with the same id."""
    return cells + copy.deepcopy(cells)


def copied(cells):
    """A solution copied in JupyterLab: same metadata, another id."""
    return [*cells, cell("solve-rnn_forward", "def rnn_forward(x):\n    return 2", id="other-id")]


def copied_test(cells):
    """A test copied in JupyterLab: same metadata, another id."""
    return [*cells, cell("rnn_forward", "True", id="other-id")]


def unmarked(cells):
    """Without metadata."""
    return [c | {"metadata": {}} for c in cells]


@pytest.mark.parametrize(
    "damage", [deleted, turned_round, retyped, unmarked, copied_test, copied, doubled]
)
def test_a_second_restore_finds_nothing_to_mend(damage):
    """What was restored is in order, also after it was written and read again."""
    notebook, problems = restored(damage(release()))
    assert problems or damage is unmarked
    before = copy.deepcopy(notebook)
    assert restore(notebook, KNOWN) == []
    assert notebook == before
    again, _ = read(nbformat.writes(notebook).encode())
    assert restore(again, KNOWN) == []
