"""A student's copies of the release: made once, put beside the old ones, never written over."""

import shutil

import pytest

from rnn_course.verbs import handout
from rnn_course.verbs.handout import MARK, assignments, hand_out

NAME = "sums"


@pytest.fixture
def released(tmp_path):
    """An assignment as it is released: a notebook, a figure, and what running it leaves."""
    folder = tmp_path / "release" / NAME
    for path in (f"{NAME}.ipynb", "figures/one.svg", "__pycache__/x.pyc", ".ipynb_checkpoints/y"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
    return folder


@pytest.fixture
def work(tmp_path):
    """The student's folder, which is not there yet."""
    return tmp_path / "work"


def test_the_first_copy_holds_what_is_released_and_no_more(released, work):
    """What a notebook leaves behind is no part of it; the mark is hidden."""
    assert hand_out(released, work) == (work / NAME, None)
    files = {path.relative_to(work).as_posix() for path in work.rglob("*") if path.is_file()}
    assert files == {f"{NAME}/{NAME}.ipynb", f"{NAME}/figures/one.svg", f"{NAME}/{MARK}"}
    assert [path.name for path in work.iterdir()] == [NAME]


def test_as_long_as_the_release_is_the_same_nothing_is_copied(released, work):
    """Whatever the student does to the copy."""
    hand_out(released, work)
    (work / NAME / f"{NAME}.ipynb").write_text("mine")
    (released / "__pycache__" / "z.pyc").write_text("")
    assert hand_out(released, work) == (work / NAME, None)
    assert (work / NAME / f"{NAME}.ipynb").read_text() == "mine"
    assert len(list(work.iterdir())) == 1


@pytest.mark.parametrize("change", ["edit", "rename", "add"])
def test_a_newer_release_is_put_beside_the_work(released, work, change):
    """Again and again, and once for each; an edit, another name and one file more are changes."""
    hand_out(released, work)
    for number in (2, 3):
        if change == "edit":
            (released / f"{NAME}.ipynb").write_text(f"release {number}")
        elif change == "rename":
            shutil.move(next(released.glob("figures/*")), released / "figures" / f"{number}.svg")
        else:
            (released / f"{number}.py").write_text("")
        before = work / (f"{NAME}-2" if number == 3 else NAME)
        kept = (work / NAME / f"{NAME}.ipynb").read_text()
        assert hand_out(released, work) == (work / f"{NAME}-{number}", before)
        assert hand_out(released, work) == (work / f"{NAME}-{number}", None)
        assert (work / NAME / f"{NAME}.ipynb").read_text() == kept


def test_a_copy_without_a_mark_counts_as_one_of_another_release(released, work):
    """As make lab once made them; a file under that name is not written over either."""
    shutil.copytree(released, work / NAME)
    (work / f"{NAME}-2").write_text("a note")
    (work / f"{NAME}-new").mkdir()
    assert hand_out(released, work) == (work / f"{NAME}-3", work / f"{NAME}-2")
    assert (work / f"{NAME}-2").read_text() == "a note"
    shutil.rmtree(work / NAME)
    assert hand_out(released, work) == (work / f"{NAME}-3", None)


def test_a_command_that_is_stopped_leaves_no_half_of_a_copy(released, work, monkeypatch):
    """The next one begins anew, and takes away what the first has left aside."""

    def stop(source, target):
        target.write_text("half")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(handout.shutil, "copyfile", stop)
        with pytest.raises(KeyboardInterrupt):
            hand_out(released, work)
    assert [path.name for path in work.iterdir()] == [f".{NAME}"]
    assert hand_out(released, work) == (work / NAME, None)
    assert (work / NAME / f"{NAME}.ipynb").read_text() == f"{NAME}.ipynb"
    assert [path.name for path in work.iterdir()] == [NAME]


def test_a_release_that_can_only_be_read_gives_copies_to_write_in(released, work):
    """Permissions are not copied."""
    for path in sorted(released.rglob("*"), reverse=True):
        path.chmod(0o555)
    hand_out(released, work)
    for path in (work / NAME).rglob("*"):
        assert path.stat().st_mode & 0o200


def test_assignments_are_folders_with_a_notebook_of_their_name(released):
    """Another notebook in them, or another folder, is none."""
    release = released.parent
    (release / "notes").mkdir()
    (release / "notes" / "other.ipynb").write_text("")
    assert assignments(release) == [NAME]
    assert assignments(release / "nowhere") == []
