"""grading/batch/folders: folders come whole or not at all, and are known again."""

import pytest

from rnn_course.grading.batch.folders import ASIDE, MARK, Folders, digest
from rnn_course.grading.batch.papers import CannotGradeError, Submission

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


SAME = {"key": "k", "notebooks": {"n": (b"1", [])}, "files": {"f": b"2"}, "problems": []}


@pytest.mark.parametrize(
    "other",
    [
        {"key": "l"},
        {"notebooks": {"m": (b"1", [])}},
        {"notebooks": {"n": (b"2", [])}},
        {"files": {"f": b"3"}},
        {"files": {"g": b"2"}},
        {"files": {}},
        {"problems": ["a link is left out"]},
    ],
)
def test_a_digest_changes_with_all_that_grades_are_made_of(other):
    """And with nothing else."""
    first = digest([b"set-up"], Submission("ann", **SAME), "None")
    assert first == digest([b"set-up"], Submission("bob", **SAME), "None")
    assert first != digest([b"set-up"], Submission("ann", **SAME | other), "None")
    assert first != digest([b"another"], Submission("ann", **SAME), "None")
    assert first != digest([b"set-up"], Submission("ann", **SAME), "2026-01-01")
