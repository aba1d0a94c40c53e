"""grading/batch/folders: folders come whole or not at all, and are known again."""

import json
from dataclasses import replace
from datetime import datetime

import pytest

from rnn_course.grading.batch.folders import ASIDE, MARK, Folders, handed_in, made_of
from rnn_course.grading.batch.papers import (
    CannotGradeError,
    MarkedCell,
    NotebookSnapshot,
    Setup,
    SourceCell,
    Submission,
)

FILES = {"a.ipynb": b"{}", "figures/one.svg": b"<svg/>"}


@pytest.fixture
def folders(tmp_path):
    """The folders of one assignment."""
    return Folders(lambda student: tmp_path / "autograded" / student / "rnn", 0o444)


def contents(folder):
    """{path: bytes} of what is in a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_what_is_written_aside_is_put_in_place_whole(folders, tmp_path):
    """Nothing is seen of it before, and nothing is left of what was there."""
    place = tmp_path / "autograded" / "ann" / "rnn"
    place.mkdir(parents=True)
    (place / "old.txt").write_text("old")
    with folders:
        folders.write("ann", FILES, {"digest": "1"})
        assert [path.name for path in place.iterdir()] == ["old.txt"]
        folders.place("ann")
    assert contents(place) == FILES | {MARK: b'{"digest": "1"}'}
    assert folders.mark("ann") == {"digest": "1"}
    assert (place / "a.ipynb").stat().st_mode & 0o777 == 0o444
    assert [path.name for path in (tmp_path / "autograded").iterdir()] == ["ann"]


def test_what_a_killed_grader_left_is_cleared_away(folders, tmp_path):
    """Read-only files too, and a name that is written again."""
    left = tmp_path / "autograded" / ASIDE / "rnn" / "new-ann"
    left.mkdir(parents=True)
    (left.parent / "old").mkdir()
    (left / "half.txt").write_text("half")
    (left / "half.txt").chmod(0o444)
    with folders:
        assert list(folders.aside.iterdir()) == []
        folders.write("ann", FILES, {})
        folders.place("ann")
    assert "half.txt" not in contents(tmp_path / "autograded" / "ann" / "rnn")


@pytest.mark.parametrize("mark", [b"", b"no json", b"\xff"])
def test_a_folder_without_a_whole_mark_was_not_graded_by_this(folders, tmp_path, mark):
    """nbgrader's own, or a broken one."""
    assert folders.mark("ann") == {}
    place = tmp_path / "autograded" / "ann" / "rnn"
    place.mkdir(parents=True)
    (place / MARK).write_bytes(mark)
    assert folders.mark("ann") == {}


def test_two_graders_of_one_assignment_do_not_meet(folders):
    """The second one is told, and waits or not."""
    other = Folders(folders.folder, 0o444)
    with folders, pytest.raises(CannotGradeError, match="Another rnn-course autograde"), other:
        pytest.fail("both are in")
    with other:
        assert other.aside.is_dir()


def test_a_folder_is_removed_in_one_go(folders, tmp_path):
    """Of a submission that failed nothing stays, and to remove what is not there is no fault."""
    with folders:
        folders.write("ann", FILES, {})
        folders.place("ann")
        folders.remove("ann")
        folders.remove("bob")
    assert not (tmp_path / "autograded" / "ann" / "rnn").exists()


def test_what_the_judge_said_is_in_the_mark_or_in_the_notebook(folders, tmp_path):
    """The one is ours, the other nbgrader autograde's; of what is broken nothing is known."""
    place = tmp_path / "autograded" / "ann" / "rnn"
    place.mkdir(parents=True)
    assert folders.verdicts("ann", ["a"]) == {}
    (place / "a.ipynb").write_text('{"cells": [')
    assert folders.verdicts("ann", ["a"]) == {}
    verdict = {"function": "f", "reason": "dx wrong"}
    output = {"output_type": "execute_result", "metadata": {"rnn_course": verdict}}
    cells = [
        {"metadata": {"nbgrader": {"grade": True}}, "outputs": [output]},
        {"metadata": {"nbgrader": {"grade": False}}, "outputs": [output | {"metadata": {}}]},
        {"metadata": {}},
    ]
    (place / "a.ipynb").write_text(json.dumps({"cells": cells}))
    assert folders.verdicts("ann", ["a"]) == {"f": verdict}
    assert folders.verdicts("ann", ["b"]) == {}
    (place / MARK).write_text(json.dumps({"verdicts": [{"function": "g"}]}))
    assert folders.verdicts("ann", ["a"]) == {"g": {"function": "g"}}


SAME = {"key": "k", "notebooks": {"n": (b"1", [])}, "files": {"f": b"2"}, "problems": []}
TIME = datetime(2026, 1, 1)


@pytest.mark.parametrize(
    ("other", "time", "named"),
    [
        ({"key": "l"}, None, {"secret"}),
        ({"notebooks": {"m": (b"1", [])}}, None, {"submission"}),
        ({"notebooks": {"n": (b"2", [])}}, None, {"submission"}),
        ({"notebooks": {"n": (None, ["a link"])}}, None, {"submission"}),
        ({"files": {"f": b"3"}}, None, {"submission"}),
        ({"files": {"g": b"2"}}, None, {"submission"}),
        ({"files": {}}, None, {"submission"}),
        ({"problems": ["a link is left out"]}, None, {"submission"}),
        ({}, TIME, {"submission"}),
    ],
)
def test_what_is_handed_in_is_known_again_whoever_does_it(other, time, named):
    """And what differs is named."""
    first = handed_in(Submission("ann", **SAME), None)
    assert first == handed_in(Submission("bob", **SAME), None)
    assert differing(first, handed_in(Submission("ann", **SAME | other), time)) == named


def differing(first, second):
    """The names under which two say something else."""
    assert first.keys() == second.keys()
    return {name for name in first if first[name] != second[name]}


CELL = SourceCell("f", "code", "f(1)", True, "0")
BOOK = NotebookSnapshot("n", None, (CELL,), (MarkedCell("f", 8.0),), (), ())
SETUP = Setup("rnn", {"n": BOOK}, ("Sanitise",), ("Judge",), {"Judge": {"a": 1}}, {}, "v1")


@pytest.mark.parametrize(
    ("other", "due", "named"),
    [
        ({"version": "v2"}, None, {"programs"}),
        (
            {"notebooks": {"n": replace(BOOK, grade_cells=(MarkedCell("f", 9.0),))}},
            None,
            {"points"},
        ),
        (
            {"notebooks": {"n": replace(BOOK, source_cells=(replace(CELL, source="f(2)"),))}},
            *(None, {"source"}),
        ),
        ({"files": {"one.svg": b"<svg/>"}}, None, {"files beside the source"}),
        ({"config": {"Judge": {"a": 2}}}, None, {"settings"}),
        ({"config": {"Judge": {"a": 1, "secret_file": "/elsewhere"}}}, None, set()),
        ({"autograde": ("Judge", "Own")}, None, {"settings"}),
        ({}, TIME, {"due date"}),
        ({"given": ("import numpy",)}, None, set()),
    ],
)
def test_of_what_all_have_in_common_the_part_that_differs_is_named(other, due, named):
    """What only saves time is no part of it, and where the secret lies."""
    assert differing(made_of(SETUP, None), made_of(replace(SETUP, **other), due)) == named
