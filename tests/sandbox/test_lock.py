"""sandbox/lock: the layers together, closed for good, and what is said where one is missing."""

import mmap
import os
import socket
from pathlib import Path

import pytest
from conftest import ROOT
from forked import in_child

from rnn_course.sandbox import landlock, lock, privileges, seccomp
from rnn_course.sandbox.limits import Limits

LIMITS = Limits(memory_mib=64)
BARE = lock.Locks(None, None, [], False, {})


def fork():
    """Start a process."""
    if not os.fork():
        os._exit(0)
    os.wait()


ACTS = {
    "reading": lambda: Path(ROOT, "pyproject.toml").read_text(),
    "a process": fork,
    "a socket": lambda: socket.socket().close(),
    "a signal": lambda: os.kill(os.getppid(), 0),
    "memory": lambda: mmap.mmap(-1, 128 * 2**20).close(),
}


def closed(act, tmp_path):
    """What an act comes to behind all locks that this system has."""

    def child():
        locks = lock.build(tmp_path, [])
        locks.close(LIMITS)
        return act()

    return in_child(child)


@pytest.mark.skipif(not landlock.abi(), reason="the kernel has no Landlock")
@pytest.mark.parametrize("what", ACTS)
def test_behind_the_locks_nothing_else_is_possible(tmp_path, what):
    """Each act works in a child that is not locked."""
    in_child(ACTS[what])
    with pytest.raises(OSError, match=r"[Pp]ermi|memory"):
        closed(ACTS[what], tmp_path)


def test_behind_the_locks_work_is_possible(tmp_path):
    """In the private folder, with numbers."""

    def work():
        (tmp_path / "file").write_text("text")
        return (tmp_path / "file").read_text()

    assert closed(work, tmp_path) == "text"


@pytest.mark.skipif(not landlock.abi(), reason="the kernel has no Landlock")
def test_here_nothing_is_missing(tmp_path):
    """Both layers that must hold are built."""

    def build():
        locks = lock.build(tmp_path, [])
        return locks.missing, locks.rules is None, locks.calls is None

    assert in_child(build) == ({}, False, False)


def test_a_kernel_without_landlock_is_told(tmp_path, monkeypatch):
    """The other layers are built all the same."""
    monkeypatch.setattr(landlock, "abi", lambda: 0)

    def build():
        locks = lock.build(tmp_path, [])
        return locks.rules, locks.calls is None, locks.missing

    rules, without_calls, missing = in_child(build)
    assert (rules, without_calls) == (None, False)
    assert list(missing) == ["Landlock"]
    assert "kernel" in missing["Landlock"]


@pytest.mark.parametrize("error", [ImportError("no pyseccomp"), RuntimeError("no library")])
def test_a_system_without_libseccomp_is_told(tmp_path, monkeypatch, error):
    """Whether the package or the library is not there."""

    def fail():
        raise error

    monkeypatch.setattr(seccomp, "syscall_filter", fail)

    def build():
        locks = lock.build(tmp_path, [])
        return locks.calls, locks.missing

    assert in_child(build) == (None, {"seccomp": str(error)})


def test_without_layers_the_limits_are_kept():
    """Graded to try it out: an endless list still does not fill the memory."""

    def act():
        BARE.close(LIMITS)
        ACTS["reading"]()
        ACTS["memory"]()

    with pytest.raises(OSError, match="memory"):
        in_child(act)


@pytest.mark.parametrize("layer", ["limit_resources", "drop_privileges", "die_with_parent"])
def test_a_layer_that_does_not_close_is_an_error(monkeypatch, layer):
    """Nobody goes on behind an open door."""

    def fail(*_):
        raise OSError("it does not close")

    monkeypatch.setattr(privileges, layer, fail)
    with pytest.raises(OSError, match="it does not close"):
        in_child(BARE.close, LIMITS)


class Stuck:
    """A lock that does not close."""

    def restrict(self):
        """As Landlock's rules."""
        raise OSError("it does not close")

    load = restrict


@pytest.mark.parametrize("locks", [(Stuck(), None), (None, Stuck())])
def test_rules_that_do_not_close_are_an_error(locks):
    """Landlock's as well as seccomp's."""
    with pytest.raises(OSError, match="it does not close"):
        in_child(lock.Locks(*locks, [], False, {}).close, LIMITS)
