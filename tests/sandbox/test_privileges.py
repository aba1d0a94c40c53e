"""sandbox/privileges: what a process gives up, tried in children that do."""

import errno
import mmap
import os
import resource
import signal
import socket
import time

import pytest
from forked import ChildDiedError, in_child

from rnn_course.sandbox import privileges
from rnn_course.sandbox.limits import Limits

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root has something to lose")
LIMITS = Limits(memory_mib=64, disk_mib=4, submission_seconds=7.5)


def after(prepare, act):
    """What an act comes to in a child that has prepared itself."""
    return in_child(lambda: (prepare(), act())[1])


def status(name):
    """A line of what the kernel says of this process."""
    with open("/proc/self/status") as file:
        return next(line.split()[1] for line in file if line.startswith(name))


def limited():
    """The limits, set."""
    privileges.limit_resources(LIMITS)


def test_a_call_that_fails_is_an_error_with_the_kernels_words():
    """Nothing of the sandbox fails in silence."""
    with pytest.raises(OSError, match="prctl: Invalid argument") as caught:
        privileges.prctl(100000)
    assert caught.value.errno == errno.EINVAL


def test_works_tries_an_act_elsewhere():
    """Its traces end with the child, its exceptions too."""
    kept = []
    assert privileges.works(lambda: kept.append(1))
    assert not privileges.works(lambda: kept[5])
    assert not privileges.works(lambda: os._exit(3))
    assert kept == []


@ROOT_ONLY
def test_roots_rights_are_gone():
    """Another root folder, any owner, any file: possible before, refused after."""
    for act in (lambda: os.chroot("/"), lambda: os.setuid(12345)):
        in_child(act)
        with pytest.raises(PermissionError):
            after(privileges.drop_privileges, act)


def test_no_capability_is_left():
    """Whatever there was: root has them all, a user none."""
    for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert int(after(privileges.drop_privileges, lambda name=name: status(name)), 16) == 0
    if os.geteuid() == 0:
        assert int(status("CapEff"), 16) > 0


def test_no_program_gives_privileges():
    """The flag is set, and was not before."""
    assert in_child(status, "NoNewPrivs") == "0"
    assert after(privileges.drop_privileges, lambda: status("NoNewPrivs")) == "1"


def test_memory_has_a_limit_beyond_what_is_mapped():
    """Half of it can be had; twice as much cannot, without the limit it can."""

    def take(mib):
        mmap.mmap(-1, mib * 2**20).close()
        return True

    assert after(limited, lambda: take(32))
    assert in_child(take, 128)
    with pytest.raises(OSError, match="memory"):
        after(limited, lambda: take(128))


def test_a_file_has_a_quarter_of_the_disk(tmp_path):
    """One byte more is an error."""

    def write(size):
        (tmp_path / "file").write_bytes(b"x" * size)
        return size

    assert after(limited, lambda: write(2**20)) == 2**20
    assert in_child(write, 2**20 + 1)
    with pytest.raises(OSError, match="too large"):
        after(limited, lambda: write(2**20 + 1))


def test_descriptors_and_core_files_have_limits():
    """64 files at once, no picture of the memory, seconds rounded up."""
    get = resource.getrlimit
    assert after(limited, lambda: get(resource.RLIMIT_NOFILE)) == (64, 64)
    assert after(limited, lambda: get(resource.RLIMIT_CORE)) == (0, 0)
    assert after(limited, lambda: get(resource.RLIMIT_CPU)) == (8, 8)
    assert after(limited, lambda: get(resource.RLIMIT_MEMLOCK)) == (0, 0)

    def open_many():
        return [os.open(os.devnull, os.O_RDONLY) for _ in range(100)] and 100

    with pytest.raises(OSError, match="Too many open files"):
        after(limited, open_many)


def test_limits_cannot_be_raised_again():
    """Not by root either, once its rights are gone."""

    def locked():
        limited()
        privileges.drop_privileges()

    def more():
        resource.setrlimit(resource.RLIMIT_NOFILE, (65, 65))

    with pytest.raises(ValueError, match="maximum"):
        after(locked, more)


def test_a_lower_limit_of_the_system_stays():
    """An administrator's limit is not lifted, and is no error."""

    def prepare():
        resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
        limited()

    assert after(prepare, lambda: resource.getrlimit(resource.RLIMIT_NOFILE)) == (32, 32)


def ends(pid, seconds=20):
    """Whether a process that is no child of the test's ends in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with open(f"/proc/{pid}/stat") as file:
                if file.read().rpartition(")")[2].split()[0] == "Z":
                    return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("bound", [True, False])
def test_a_child_that_is_bound_dies_with_its_parent(bound):
    """One that is not lives on."""

    def parent():
        ready, say = os.pipe()
        pid = os.fork()
        if not pid:
            if bound:
                privileges.die_with_parent()
            os.write(say, b"!")
            os.closerange(3, 64)
            time.sleep(30)
            os._exit(0)
        os.read(ready, 1)
        return pid

    pid = in_child(parent)
    assert ends(pid, 20 if bound else 0.3) == bound
    if not bound:
        os.kill(pid, signal.SIGKILL)


def test_namespaces_are_entered_as_far_as_the_system_allows():
    """The process keeps its user, and has no network but its own loop."""

    def enter():
        before = {n: os.readlink(f"/proc/self/ns/{n}") for n in privileges.NAMESPACES}
        names = privileges.enter_namespaces()
        after = {n: os.readlink(f"/proc/self/ns/{n}") for n in privileges.NAMESPACES}
        changed = [n for n in before if before[n] != after[n]]
        return names, changed, os.geteuid(), [name for _, name in socket.if_nameindex()]

    names, changed, uid, interfaces = in_child(enter)
    assert names == changed
    assert uid == os.geteuid()
    if "net" in names:
        assert set(interfaces) <= {"lo"}


def test_where_no_namespace_is_allowed_none_is_entered(monkeypatch):
    """The other layers stand without them."""

    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(privileges, "call", refuse)
    assert in_child(privileges.enter_namespaces) == []


def test_the_first_process_of_a_namespace_takes_all_others_with_it():
    """Whoever starts it sees its number, it sees itself as 1."""
    if not privileges.works(
        lambda: (privileges.enter_namespaces(), privileges.new_pid_namespace())
    ):
        pytest.skip("the system does not allow it")

    def inside():
        privileges.enter_namespaces()
        privileges.new_pid_namespace()
        return in_child(os.getpid)

    assert in_child(inside) == 1


def test_a_child_that_dies_is_no_result():
    """The helper of these tests does not take silence for success."""
    with pytest.raises(ChildDiedError):
        in_child(os._exit, 3)
    with pytest.raises(ChildDiedError):
        in_child(lambda: os.kill(os.getpid(), 9))
