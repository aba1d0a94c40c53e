"""sandbox/warm: what a child has left is counted and cleared away, however it is hidden."""

import math
import os
import signal
import socket
import sys
import time

import pytest
from forked import in_child

from rnn_course.sandbox import warm
from rnn_course.sandbox.limits import Limits


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
    empty = warm._used(tmp_path)
    assert empty > 0
    (tmp_path / "folder" / "file").write_bytes(b"x" * 10**5)
    assert 10**5 <= warm._used(tmp_path) - empty <= 2 * 10**5
    before = warm._used(tmp_path)
    for k in range(100):
        (tmp_path / str(k)).touch()
    assert warm._used(tmp_path) >= before + 100 * 512


@pytest.mark.parametrize(("levels", "name"), [(2000, "a"), (30, "a" * 200)])
def test_what_lies_too_deep_to_be_counted_is_too_much(tmp_path, levels, name):
    """Deeper than Python's stack, longer than a path may be."""
    deep(tmp_path, levels, name)
    assert warm._used(tmp_path) == math.inf
    warm.clear(tmp_path)
    assert os.listdir(tmp_path) == []


def test_a_folder_that_cannot_be_listed_is_too_much(tmp_path):
    """Root lists it all the same."""
    (tmp_path / "folder").mkdir(mode=0o300)
    (tmp_path / "folder" / "file").touch()
    assert warm._used(tmp_path) > 0
    if os.geteuid():
        assert warm._used(tmp_path) == math.inf
    warm.clear(tmp_path)
    assert os.listdir(tmp_path) == []


def test_files_that_come_and_go_are_no_error(tmp_path, monkeypatch):
    """One is removed between the listing and the look at it."""
    (tmp_path / "file").touch()
    looked = os.lstat

    def gone(path):
        (tmp_path / "file").unlink(missing_ok=True)
        return looked(path)

    monkeypatch.setattr(os, "lstat", gone)
    assert warm._used(tmp_path) == 0


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
    warm.clear(folder)
    assert os.listdir(folder) == []
    assert os.listdir(kept) == ["file"]


@pytest.fixture
def watched(tmp_path):
    """Watch a forked child: a function of what it does and the limits, and the grader's end."""
    mine, its = socket.socketpair()

    def watch(act, before=lambda: None, **limits):
        def keeper():
            mine.close()
            pid = os.fork()
            if not pid:
                act()
                os._exit(0)
            return warm._watch(pid, its.fileno(), tmp_path, Limits(**limits))

        before()
        return in_child(keeper)

    watch.grader = mine
    yield watch
    mine.close()
    its.close()


def forever():
    """Nothing, for long."""
    time.sleep(60)


def test_a_child_that_ends_by_itself_is_reported_with_its_status(watched):
    """There is no other reason then."""
    assert watched(lambda: None) == {"status": 0, "reason": ""}
    assert os.waitstatus_to_exitcode(watched(lambda: os._exit(3))["status"]) == 3


def test_a_child_is_ended_when_the_grader_says_so(watched):
    """It shuts its side, or is no more: it is the same here."""
    report = watched(forever, before=lambda: watched.grader.shutdown(socket.SHUT_WR))
    assert report == {"status": signal.SIGKILL, "reason": "told to"}


def test_a_child_with_too_many_files_is_ended(watched, tmp_path):
    """While it still writes."""

    def write():
        for k in range(10**6):
            (tmp_path / str(k)).write_bytes(b"x" * 10**5)

    assert watched(write, disk_mib=1)["reason"] == "disk"


def test_a_child_with_too_many_threads_is_ended(watched):
    """They are counted by the kernel."""
    import threading

    def start():
        for _ in range(10):
            threading.Thread(target=forever).start()
        forever()

    assert watched(start, threads=5)["reason"] == "threads"


def test_a_forked_process_ends_when_its_life_is_over(capfd):
    """Without the clean-up of the process that it is a copy of, with a word on what went wrong."""

    def exit_of(life):
        pid = os.fork()
        if not pid:
            warm._exit_after(life)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def fail():
        raise ValueError("it failed")

    assert in_child(exit_of, lambda: None) == 0
    assert in_child(exit_of, sys.exit) == 1
    assert in_child(exit_of, fail) == 1
    assert "it failed" in capfd.readouterr().err
