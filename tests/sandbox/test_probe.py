"""sandbox/probe: a layer that does not hold is found, and said to be the one."""

import os
import tempfile

import pytest
from conftest import ROOT
from forked import in_child

from rnn_course.sandbox import landlock, lock, privileges, seccomp
from rnn_course.sandbox.probe import Layer, probe

pytestmark = pytest.mark.skipif(not landlock.abi(), reason="the kernel has no Landlock")
REQUIRED = [
    "Landlock: files",
    "seccomp",
    "no new privileges",
    "capabilities",
    "resource limits",
]


def probed(tmp_path, sabotage=lambda locks: None):
    """{layer: why it does not hold} of locks that a test has tampered with, and all layers."""

    def child():
        private = tmp_path / "private"
        private.mkdir()
        tempfile.tempdir = str(private)  # as in the warm process
        locks = lock.build(private, [])
        sabotage(locks)
        return probe(locks)

    layers = in_child(child)
    return {layer.name: layer.why for layer in layers if not layer.holds}, layers


def test_here_every_layer_that_must_hold_holds(tmp_path):
    """Otherwise the tests of the sandbox could not run at all."""
    broken, layers = probed(tmp_path)
    assert [layer.name for layer in layers if layer.required] == REQUIRED
    assert not set(REQUIRED) & set(broken)
    assert len({layer.name for layer in layers}) == len(layers)


def test_a_layer_says_what_it_keeps_and_why_it_does_not(tmp_path):
    """What doctor prints is never empty."""
    broken, layers = probed(tmp_path, lambda locks: setattr(locks, "calls", None))
    assert all(isinstance(layer, Layer) and layer.keeps for layer in layers)
    assert all(broken.values())


def test_probing_leaves_the_process_as_it_was(tmp_path):
    """The locks closed in children of their own."""

    def unlocked(locks):
        probe(locks)
        assert os.listdir(ROOT)
        os.waitpid(os.fork() or os._exit(0), 0)

    broken, _ = probed(tmp_path, unlocked)
    assert not set(REQUIRED) & set(broken)


def test_a_reason_known_beforehand_is_passed_on(tmp_path):
    """Nothing of a layer that could not be built is tried."""
    words = "the library is not there"
    broken, _ = probed(tmp_path, lambda locks: locks.missing.update(seccomp=words))
    assert broken["seccomp"] == words


def test_landlock_that_was_not_built_is_found(tmp_path):
    """Even if nobody said so: all that it does is missing."""
    broken, layers = probed(tmp_path, lambda locks: setattr(locks, "rules", None))
    landlocks = {layer.name for layer in layers if layer.name.startswith("Landlock")}
    assert landlocks <= set(broken)


def allowing(path, *rights):
    """A sabotage: the rules allow a path, to be read if nothing else is said."""

    def sabotage(locks):
        from landlockpy import AccessFS

        rights_there = rights or ("READ_FILE", "READ_DIR")
        for right in rights_there:
            locks.rules.allow_path(path, getattr(AccessFS, right))

    return sabotage


@pytest.mark.parametrize(
    ("path", "rights", "why"),
    [
        ("/", (), "reading the course"),
        (ROOT, (), "reading the course"),
        (ROOT / "rnn_course" / "subject", (), "reading what is taught"),
        ("/etc", (), "reading /etc/passwd"),
        ("/proc", (), "reading /proc"),
        ("/", ("MAKE_DIR",), "making a folder"),
    ],
)
def test_a_hole_in_landlock_is_named(tmp_path, path, rights, why):
    """One path too many."""
    broken, _ = probed(tmp_path, allowing(path, *rights))
    assert broken["Landlock: files"] == f"{why} is possible"


def test_seccomp_that_was_not_built_is_found(tmp_path):
    """Even if nobody said so."""
    broken, _ = probed(tmp_path, lambda locks: setattr(locks, "calls", None))
    assert "seccomp" in broken
    assert "Landlock: files" not in broken


def test_a_filter_that_allows_everything_is_found(tmp_path):
    """It loads, and keeps nothing out."""

    def sabotage(locks):
        import pyseccomp

        locks.calls = pyseccomp.SyscallFilter(pyseccomp.ALLOW)

    broken, _ = probed(tmp_path, sabotage)
    assert broken["seccomp"] == "a new process is possible"


@pytest.mark.parametrize(
    ("calls", "why"),
    [
        ("clone fork vfork", "a new process is possible"),
        ("execve", "trying it ended with status 0, without a word"),
        ("socket", "a socket is possible"),
        ("kill", "a signal is possible"),
        ("chmod fchmodat", "a change of modes is possible"),
        ("ptrace", "ptrace is possible"),
        ("unshare", "unshare is possible"),
        ("shmget", "shmget fails, but not by refusal"),
        ("keyctl", "keyctl fails, but not by refusal"),
    ],
)
def test_a_hole_in_the_filter_is_named(tmp_path, calls, why):
    """One call too many."""

    def sabotage(locks):
        import pyseccomp

        locks.calls = seccomp.syscall_filter()
        for name in calls.split():
            locks.calls.add_rule(pyseccomp.ALLOW, seccomp.number(name))

    broken, _ = probed(tmp_path, sabotage)
    assert broken["seccomp"].startswith(why)


def test_namespaces_that_are_not_there_are_told_and_not_demanded(tmp_path):
    """The other layers stand without them."""

    def sabotage(locks):
        locks.namespaces, locks.pid_namespace = [], False

    broken, layers = probed(tmp_path, sabotage)
    wanted = {f"namespace: {name}" for name in ("user", "net", "ipc", "pid")}
    assert wanted <= set(broken)
    assert not any(layer.required for layer in layers if layer.name in wanted)


@pytest.mark.parametrize(
    ("function", "layers"),
    [
        ("drop_privileges", ["no new privileges"]),
        ("limit_resources", ["resource limits"]),
    ],
)
def test_a_process_that_gives_nothing_up_is_found(tmp_path, monkeypatch, function, layers):
    """The functions return, and have done nothing."""
    monkeypatch.setattr(privileges, function, lambda *_: None)
    broken, _ = probed(tmp_path)
    assert set(layers) <= set(broken)
    if function == "drop_privileges" and os.geteuid() == 0:
        assert "capabilities" in broken


def test_a_child_that_dies_while_it_is_probed_is_found(tmp_path, monkeypatch):
    """Silence is not taken for success."""
    monkeypatch.setattr(privileges, "limit_resources", lambda _: os.kill(os.getpid(), 9))
    broken, _ = probed(tmp_path)
    assert "status" in broken["resource limits"]
