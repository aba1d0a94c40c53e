"""sandbox/warm: a child is watched, and ended when it has too much or the grader says so."""

import os
import signal
import socket
import sys
import time

import pytest
from forked import in_child

from rnn_course.sandbox import warm
from rnn_course.sandbox.limits import Limits


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
