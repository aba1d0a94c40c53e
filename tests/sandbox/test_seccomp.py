"""sandbox/seccomp: each refused call is made in a locked child, and in one that is not."""

import ctypes
import errno
import mmap
import os
import resource
import select
import signal
import socket
import subprocess
import threading
import time

import numpy as np
import pytest
from forked import in_child

from rnn_course.sandbox import seccomp
from rnn_course.sandbox.privileges import PR_SET_NO_NEW_PRIVS, call, prctl

pytest.importorskip("pyseccomp")
PR_SET_DUMPABLE, PR_SET_NAME = 4, 15


def with_filter(act, *arguments):
    """What an act comes to where the filter is loaded."""

    def locked():
        prctl(PR_SET_NO_NEW_PRIVS, 1)
        seccomp.program(seccomp.syscall_filter()).load()
        return act(*arguments)

    return in_child(locked)


def system_call(name, *arguments):
    """Make a call by its number. Raises OSError."""
    return call("syscall", seccomp.number(name), *map(ctypes.c_long, arguments))


def fork():
    """Start a process and wait for its end."""
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)


def limit():
    """Set a limit to none; Python's own function tells of a refusal in other words."""
    none = (ctypes.c_uint64 * 2)(0, 0)
    system_call("prlimit64", 0, resource.RLIMIT_CORE, ctypes.addressof(none), 0)


REFUSED = {
    "fork": fork,
    "exec": lambda: os.execv("/bin/true", ["true"]),
    "a program": lambda: subprocess.run(["true"], check=True),
    "a shell": lambda: os.posix_spawn("/bin/true", ["true"], {}),
    "TCP": lambda: socket.socket().close(),
    "UDP": lambda: socket.socket(type=socket.SOCK_DGRAM).close(),
    "Unix": lambda: socket.socket(socket.AF_UNIX).close(),
    "netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close(),
    "signal to itself": lambda: os.kill(os.getpid(), 0),
    "signal to its parent": lambda: os.kill(os.getppid(), 0),
    "signal to a thread": lambda: signal.pthread_kill(threading.get_ident(), 0),
    "signal by descriptor": lambda: os.close(os.pidfd_open(os.getpid())),
    "ptrace": lambda: system_call("ptrace", 0, 0, 0, 0),
    "dumpable": lambda: prctl(PR_SET_DUMPABLE, 1),
    "parent's death": lambda: prctl(1, 0),
    "rlimits": limit,
    "session": os.setsid,
    "nice": lambda: os.nice(0),
    "affinity": lambda: os.sched_setaffinity(0, os.sched_getaffinity(0)),
    "memory file": lambda: os.close(os.memfd_create("x")),
    "shared memory": lambda: system_call("shmget", 0, 4096, 0o600),
    "user": lambda: os.setuid(os.getuid()),
    "namespace": lambda: system_call("unshare", 0),
    "personality": lambda: system_call("personality", 0xFFFFFFFF),
}
CHANGES = {
    "mode": lambda path: path.chmod(0o777),
    "times": lambda path: os.utime(path, (0, 0)),
    "owner": lambda path: os.chown(path, os.getuid(), os.getgid()),
    "attribute": lambda path: os.setxattr(path, "user.x", b"1"),
    "link": lambda path: path.with_name("link").symlink_to(path),
    "second name": lambda path: os.link(path, path.with_name("second")),
    "FIFO": lambda path: os.mkfifo(path.with_name("fifo")),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_a_submission_does_not_need_is_refused(what):
    """The same act works in a child without the filter."""
    in_child(REFUSED[what])
    with pytest.raises(PermissionError) as caught:
        with_filter(REFUSED[what])
    assert caught.value.errno == errno.EPERM


@pytest.mark.parametrize("what", CHANGES)
def test_what_is_about_files_and_no_reading_or_writing_is_refused(tmp_path, what):
    """Modes, times and owners, which Landlock does not cover, and links."""
    path = tmp_path / "file"
    path.touch()
    with pytest.raises(PermissionError):
        with_filter(CHANGES[what], path)
    try:
        in_child(CHANGES[what], path)
    except OSError:
        if what != "attribute":  # some file systems have none
            raise


OTHERS = """
mount umount2 pivot_root chroot keyctl add_key request_key bpf perf_event_open io_uring_setup
userfaultfd process_vm_readv process_vm_writev setns init_module finit_module kexec_load quotactl
swapon reboot settimeofday clock_settime mknod name_to_handle_at open_by_handle_at fanotify_init
inotify_init1 signalfd4 msgget semget mq_open tkill tgkill rt_sigqueueinfo pidfd_send_signal
pidfd_getfd vmsplice tee
"""


@pytest.mark.parametrize("name", OTHERS.split())
def test_calls_of_administrators_and_debuggers_are_refused(name):
    """With arguments of nothing: refused before the kernel looks at them."""
    with pytest.raises(PermissionError) as caught:
        with_filter(lambda: system_call(name, -1, -1, -1, -1, -1))
    assert caught.value.errno == errno.EPERM


def test_a_call_of_another_processor_is_refused():
    """A number that this kernel does not know yet."""
    with pytest.raises(PermissionError):
        with_filter(lambda: call("syscall", 1023))
    with pytest.raises(OSError, match="not implemented"):
        in_child(lambda: call("syscall", 1023))


def threads():
    """Numbers from a thread."""
    found = []
    thread = threading.Thread(target=lambda: found.append(1))
    thread.start()
    thread.join()
    return found


def pair():
    """Bytes through a Unix pair and a pipe, waited for."""
    one, other = socket.socketpair()
    with one, other:
        one.send(b"a")
        assert select.select([other], [], [], 1)[0]
        return other.recv(1)


def alarm():
    """A signal of its own clock."""
    seen = []
    signal.signal(signal.SIGALRM, lambda *_: seen.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    while not seen:
        time.sleep(0.01)
    return seen


def files(folder):
    """What notebooks do with files."""
    path = folder / "file"
    np.save(path.with_suffix(".npy"), np.ones(3))
    path.write_text("text")
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        assert mapped[:] == b"text"
    os.rename(path, folder / "other")
    os.remove(folder / "other")
    (folder / "folder").mkdir()
    return np.load(path.with_suffix(".npy")).sum(), sorted(os.listdir(folder))


def test_what_a_submission_needs_is_there(tmp_path):
    """Threads, files, clocks, numbers, random bytes and its own name."""
    assert with_filter(threads) == [1]
    assert with_filter(pair) == b"a"
    assert with_filter(alarm) == [1]
    assert with_filter(files, tmp_path) == (3.0, ["file.npy", "folder"])
    assert len(with_filter(os.urandom, 5)) == 5
    assert with_filter(os.getpid) > 0
    name = ctypes.create_string_buffer(b"name")
    assert with_filter(prctl, PR_SET_NAME, ctypes.addressof(name)) == 0
    assert with_filter(resource.getrlimit, resource.RLIMIT_NOFILE)[0] > 0
    assert with_filter(lambda: float(np.linalg.det(np.eye(50)))) == 1.0


def test_a_name_that_the_library_does_not_know_stays_refused():
    """The library is older than the call: the rest of the filter is built without it."""
    assert seccomp.number("no_such_call") < 0
    with pytest.raises(PermissionError):
        with_filter(lambda: system_call("no_such_call"))


def test_the_program_is_the_same_each_time_and_nonsense_is_refused():
    """The same each time; what is none is refused with an error, and not ignored."""
    made = seccomp.program(seccomp.syscall_filter())
    assert made == seccomp.program(seccomp.syscall_filter())
    assert len(made.code) % seccomp.INSTRUCTION == 0
    assert in_child(lambda: _loaded(made.code[: seccomp.INSTRUCTION])) == errno.EINVAL
    assert in_child(lambda: _loaded(b"")) == errno.EINVAL


def _loaded(code):
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    try:
        seccomp.Program(code).load()
    except OSError as error:
        return error.errno
    return 0
