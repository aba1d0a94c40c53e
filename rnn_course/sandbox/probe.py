"""Each layer is tried before it is trusted: a child closes it and attempts what it must refuse."""

import ctypes
import mmap
import os
import resource
import socket
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from . import privileges, seccomp
from .limits import Limits
from .lock import Locks

COURSE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Layer:
    """A layer of the sandbox on this system: whether it holds, and if it does not, why."""

    name: str
    keeps: str
    required: bool
    holds: bool
    why: str = ""


def probe(locks: Locks) -> list[Layer]:
    """Try every layer, each in a child of this process."""
    rows = [
        ("Landlock: files", "reads Python alone, writes to one folder", True, _files),
        ("Landlock: TCP", "makes no connection", False, _tcp),
        ("Landlock: signals", "sends none to other processes", False, _signals),
        ("Landlock: abstract sockets", "reaches no other process by them", False, _abstract),
        ("seccomp", "starts no process, opens no socket", True, _calls),
        ("namespace: user", "is root nowhere else", False, _user),
        ("namespace: net", "has no network", False, _net),
        ("namespace: ipc", "shares no memory", False, _ipc),
        ("namespace: pid", "sees no other process", False, _pid),
        ("no new privileges", "gains none by a program", True, _no_new_privileges),
        ("capabilities", "has none, even for root", True, _capabilities),
        ("resource limits", "memory, time, files", True, _limits),
    ]
    layers = []
    for name, keeps, required, attempt in rows:
        why = locks.missing.get(name.partition(":")[0]) or _rehearse(attempt, locks)
        layers.append(Layer(name, keeps, required, not why, why))
    return layers


def _rehearse(attempt: Callable[[Locks], None], locks: Locks) -> str:
    """Why the layer does not hold, tried in a child; empty if it does."""
    mine, its = os.pipe()
    child = os.fork()
    if not child:
        try:
            attempt(locks)
            told = "holds"
        except BaseException as error:
            told = str(error) or type(error).__name__
        os.write(its, told.encode()[:400] + b"\n")
        os._exit(0)
    os.close(its)
    with os.fdopen(mine, "rb") as file:
        why = file.readline().decode("utf-8", "replace").strip()
    _, status = os.waitpid(child, 0)
    # Silence is no success: the child may have become another program.
    return "" if why == "holds" else why or f"trying it ended with status {status}, without a word"


def _refused(what: str, act: Callable[..., object], *arguments: object) -> None:
    """Raises AssertionError if the act is possible, or fails for another reason."""
    try:
        act(*arguments)
    except PermissionError:
        return
    except OSError as error:
        raise AssertionError(f"{what} fails, but not by refusal ({error})") from error
    raise AssertionError(f"{what} is possible")


def _files(locks):
    locks.rules.restrict()
    _refused("reading the course", os.listdir, COURSE)
    _refused("reading what is taught", open, COURSE / "rnn_course" / "subject" / "exercises.py")
    _refused("reading /etc/passwd", open, "/etc/passwd")
    _refused("reading /proc", open, "/proc/self/environ")
    beside = (
        Path(tempfile.gettempdir()).parent / "beside"
    )  # the temporary folder is the private one
    _refused("making a folder", os.mkdir, beside)
    with open(os.__file__, "rb") as file:
        file.read(1)


def _tcp(locks):
    locks.rules.restrict()
    try:
        socket.create_connection(("127.0.0.1", 9), 1)
    except PermissionError:
        return
    except OSError:
        pass
    raise AssertionError("the kernel's Landlock is too old for it; seccomp does it too")


def _signals(locks):
    locks.rules.restrict()
    try:
        os.kill(os.getppid(), 0)
    except PermissionError:
        return
    raise AssertionError("the kernel's Landlock is too old for it; seccomp does it too")


def _abstract(locks):
    with socket.socket(socket.AF_UNIX) as outside, socket.socket(socket.AF_UNIX) as inside:
        name = f"\0rnn-course-{os.getpid()}"
        outside.bind(name)
        outside.listen()
        locks.rules.restrict()
        try:
            inside.connect(name)
        except PermissionError:
            return
    raise AssertionError("the kernel's Landlock is too old for it; seccomp does it too")


def _calls(locks):
    privileges.drop_privileges()
    locks.calls.load()
    _refused("a new process", os.fork)
    _refused("another program", os.execv, "/bin/true", ["true"])
    _refused("a socket", socket.socket)
    _refused("a signal", os.kill, os.getppid(), 0)
    _refused("a change of modes", os.chmod, "/dev/null", 0o666)
    for name in ("ptrace", "unshare", "mount", "keyctl", "bpf", "shmget", "io_uring_setup"):
        _refused(name, privileges.call, "syscall", seccomp.number(name), *[ctypes.c_long(0)] * 5)
    for one in socket.socketpair():
        one.close()


def _user(locks):
    _entered("user", locks)


def _net(locks):
    _entered("net", locks)
    names = [name for _, name in socket.if_nameindex()]
    if names not in ([], ["lo"]):
        raise AssertionError(f"there are {', '.join(names)}")


def _ipc(locks):
    _entered("ipc", locks)


def _entered(name, locks):
    if name not in locks.namespaces:
        raise AssertionError("the system does not allow it; the other layers stand without it")


def _pid(locks):
    if not locks.pid_namespace:
        raise AssertionError("the system does not allow it; the other layers stand without it")
    privileges.new_pid_namespace()
    inside = os.fork()
    if not inside:
        os._exit(os.getpid() != 1)
    if os.waitpid(inside, 0)[1]:
        raise AssertionError("a child is not the first of its namespace")


def _no_new_privileges(locks):
    privileges.drop_privileges()
    if not privileges.prctl(privileges.PR_GET_NO_NEW_PRIVS):
        raise AssertionError("the kernel does not keep it")


def _capabilities(locks):
    privileges.drop_privileges()
    _refused("changing the root folder", os.chroot, "/")
    with open("/proc/self/status") as file:
        left = [line for line in file if line.startswith(("CapEff", "CapPrm", "CapInh"))]
    if any(int(line.split()[1], 16) for line in left):
        raise AssertionError("some are left")


def _limits(locks):
    limits = Limits()
    privileges.limit_resources(limits)
    with suppress(OSError):
        mmap.mmap(-1, (limits.memory_mib + 1) * 2**20)
        raise AssertionError("more memory can be had")
    if resource.getrlimit(resource.RLIMIT_CORE) != (0, 0):
        raise AssertionError("a core file is possible")
