"""Privileges and namespaces: what the kernel offers and Python has no function for.

The numbers are those of linux/prctl.h, linux/sched.h and linux/capability.h; see prctl(2),
unshare(2) and capset(2).
"""

import ctypes
import os
import resource
import signal
from collections.abc import Callable
from functools import partial

from .limits import Limits

NAMESPACES = {"user": 0x10000000, "net": 0x40000000, "ipc": 0x08000000, "uts": 0x04000000}
NEW_PID = 0x20000000
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS = 1, 38, 39
CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def call(function: str, *arguments) -> int:
    """A function of the C library. Raises OSError where it returns -1."""
    result = getattr(_libc, function)(*arguments)
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{function}: {os.strerror(number)}")
    return result


def prctl(option: int, *arguments: int) -> int:
    """prctl(2). Raises OSError."""
    padded = [*arguments, 0, 0, 0, 0][:4]
    return call("prctl", option, *map(ctypes.c_ulong, padded))


def new_namespaces(names: list[str]) -> None:
    """Move this process into namespaces of its own; ids stay what they are. Raises OSError."""
    uid, gid = os.geteuid(), os.getegid()
    call("unshare", sum(NAMESPACES[name] for name in names))
    if "user" in names:
        maps = {"setgroups": "deny", "uid_map": f"{uid} {uid} 1", "gid_map": f"{gid} {gid} 1"}
        for name, text in maps.items():
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)


def new_pid_namespace() -> None:
    """The next child is the first process of a new namespace, and all in it end with it."""
    call("unshare", NEW_PID)


def enter_namespaces() -> list[str]:
    """Enter all the namespaces that the system allows; returns their names.

    It is tried in a child first, because a part of it cannot be taken back.
    """
    every = list(NAMESPACES)
    for names in (every, every[1:]):  # a privileged process may lack the user namespace alone
        if works(partial(new_namespaces, names)):
            new_namespaces(names)
            return names
    return []


def works(act: Callable[[], object]) -> bool:
    """Whether an act ends without an exception, tried in a child."""
    child = os.fork()
    if not child:
        try:
            act()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def drop_privileges() -> None:
    """No capability is left, and no program can bring one back; root is then like any other."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    call("capset", header, (ctypes.c_uint32 * 6)())  # the ambient set empties with it


def die_with_parent() -> None:
    """SIGKILL when the process that forked this one ends."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def limit_resources(limits: Limits) -> None:
    """Limits that the kernel holds; what is mapped already does not count as memory.

    There is none on processes: it would count all of the user's, and never root's. No process can
    be started at all, and threads are counted from outside.
    """
    with open("/proc/self/statm") as file:
        mapped = int(file.read().split()[0]) * resource.getpagesize()
    seconds = int(limits.submission_seconds) + 1
    for what, most in {
        resource.RLIMIT_AS: mapped + limits.memory_mib * 2**20,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: limits.disk_mib * 2**20 // 4,
        resource.RLIMIT_NOFILE: 64,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_CORE: 0,
    }.items():
        allowed = resource.getrlimit(what)[1]
        most = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
        resource.setrlimit(what, (most, most))
