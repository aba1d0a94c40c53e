"""sandbox/private: what a child has left is counted and cleared away, however it is hidden."""

import math
import os
import subprocess

import pytest
from forked import in_child

from rnn_course.sandbox.private import clear, used


def deep(folder, levels, name="a"):
    """Make a folder in a folder in a folder; in a child, because it goes there."""

    def dig():
        os.chdir(folder)
        for _ in range(levels):
            os.mkdir(name)
            os.chdir(name)
        with open("file", "wb") as file:
            file.write(b"x" * 10**6)

    in_child(dig)


def test_files_and_folders_are_counted(tmp_path):
    """The blocks that they fill, and something for each name."""
    (tmp_path / "folder").mkdir()
    empty = used(tmp_path)
    assert empty > 0
    (tmp_path / "folder" / "file").write_bytes(b"x" * 10**5)
    assert 10**5 <= used(tmp_path) - empty <= 2 * 10**5
    before = used(tmp_path)
    for k in range(100):
        (tmp_path / str(k)).touch()
    assert used(tmp_path) >= before + 100 * 512


@pytest.fixture
def pit(tmp_path):
    """A folder for what pytest itself could not remove."""
    folder = tmp_path / "pit"
    folder.mkdir()
    yield folder
    subprocess.run(["rm", "-rf", folder], check=True)


@pytest.mark.parametrize(("levels", "name"), [(2000, "a"), (30, "a" * 200)])
def test_what_lies_too_deep_to_be_counted_is_too_much(pit, levels, name):
    """Deeper than Python's stack, longer than a path may be."""
    deep(pit, levels, name)
    assert used(pit) == math.inf
    clear(pit)
    assert os.listdir(pit) == []


def test_a_folder_that_cannot_be_listed_is_too_much(tmp_path):
    """Root lists it all the same."""
    (tmp_path / "folder").mkdir(mode=0o300)
    (tmp_path / "folder" / "file").touch()
    assert used(tmp_path) > 0
    if os.geteuid():
        assert used(tmp_path) == math.inf
    clear(tmp_path)
    assert os.listdir(tmp_path) == []


def test_files_that_come_and_go_are_no_error(tmp_path, monkeypatch):
    """One is removed between the listing and the look at it."""
    (tmp_path / "file").touch()
    looked = os.lstat

    def gone(path):
        (tmp_path / "file").unlink(missing_ok=True)
        return looked(path)

    monkeypatch.setattr(os, "lstat", gone)
    assert used(tmp_path) == 0


def test_all_is_cleared_away_and_nothing_else(tmp_path):
    """Files, folders, odd files, links; what a link points to stays."""
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").touch()
    folder = tmp_path / "folder"
    (folder / "a" / "b" / "c").mkdir(parents=True)
    (folder / "a" / "same").touch()
    (folder / "a" / "b" / "same").touch()
    (folder / "link").symlink_to(kept)
    (folder / "a" / "b" / "link").symlink_to(kept / "file")
    os.mkfifo(folder / "a" / "fifo")
    (folder / "a" / "b" / "c").chmod(0)
    clear(folder)
    assert os.listdir(folder) == []
    assert os.listdir(kept) == ["file"]
