"""Reaching others: the network, sockets, signals, and what else the kernel offers."""

import pytest

from .attack import Attack

pytestmark = pytest.mark.slow

SOCKETS = """
    import socket
    import urllib.request

    address = ("127.0.0.1", $port)
    for family, kind, target in (
        (socket.AF_INET, socket.SOCK_STREAM, address),
        (socket.AF_INET, socket.SOCK_DGRAM, address),
        (socket.AF_UNIX, socket.SOCK_STREAM, "\\0$socket"),
    ):
        try:
            with socket.socket(family, kind) as mine:
                mine.connect(target)
                mine.send(b"$name")
        except OSError as error:
            print(error)
    try:
        urllib.request.urlopen("http://127.0.0.1:$port/$name", timeout=1)
    except Exception as error:
        print(error)
"""
RAW_SOCKETS = """
    import ctypes
    import socket
    import struct

    libc = ctypes.CDLL(None, use_errno=True)
    address = struct.pack("<H", 2) + struct.pack(">H4s8x", $port, b"\\x7f\\0\\0\\1")
    name = b"\\1\\0\\0$socket"
    for family, where in ((2, address), (1, name)):
        for kind in (1, 2):
            fd = libc.syscall(41, family, kind, 0)
            libc.syscall(42, fd, where, len(where))
            libc.syscall(44, fd, b"$name", len(b"$name"), 0, where, len(where))
            libc.syscall(1, fd, b"$name", len(b"$name"))
    pair = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    for where in (address, name):
        fd = pair[0].fileno()
        libc.syscall(42, fd, where, len(where))
        libc.syscall(44, fd, b"$name", len(b"$name"), 0, where, len(where))
        libc.syscall(49, fd, where, len(where))
"""
INHERITED = """
    import array
    import os
    import socket

    for fd in range(256):
        try:
            mine = socket.socket(fileno=fd)
            mine.send(b"$name")
            mine.sendmsg([b"!"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0]))])
            print($did)
        except OSError:
            pass
"""
SIGNALS = """
    import ctypes
    import os
    import signal

    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getppid()
    numbers = (signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP)
    for number in numbers:
        for way in (
            lambda: os.kill(parent, number),
            lambda: signal.pidfd_send_signal(os.pidfd_open(parent), number),
            lambda: libc.syscall(62, parent, number) and 1 / 0,
            lambda: libc.syscall(200, parent, number) and 1 / 0,
            lambda: libc.syscall(234, parent, parent, number) and 1 / 0,
            lambda: libc.syscall(129, parent, number, bytes(128)) and 1 / 0,
        ):
            try:
                way()
                print($did)
            except (OSError, ZeroDivisionError) as error:
                print(error)
"""
OWNERS = """
    import fcntl
    import os
    import signal
    import struct

    parent = os.getppid()
    mine, its = os.pipe()
    for fd in (mine, its, 0, 1):
        for command, value in (
            (8, parent),  # F_SETOWN
            (15, struct.pack("ii", 1, parent)),  # F_SETOWN_EX
            (10, signal.SIGKILL),  # F_SETSIG
            (1024, 0),  # F_SETLEASE
            (1026, 1),  # F_NOTIFY
        ):
            try:
                fcntl.fcntl(fd, command, value)
                print(command, $did)
            except OSError as error:
                print(error)
    try:
        fcntl.fcntl(its, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
        os.write(its, b"!")
    except OSError as error:
        print(error)
"""
LIMITS_OF_OTHERS = """
    import os
    import resource

    parent = os.getppid()
    for way in (
        lambda: resource.prlimit(parent, resource.RLIMIT_NOFILE, (4, 4)),
        lambda: resource.prlimit(parent, resource.RLIMIT_CPU, (1, 1)),
        lambda: os.setpriority(os.PRIO_PROCESS, parent, 19),
        lambda: os.sched_setaffinity(parent, {0}),
        lambda: os.sched_setscheduler(parent, os.SCHED_IDLE, os.sched_param(0)),
        lambda: resource.setrlimit(resource.RLIMIT_CPU, (resource.RLIM_INFINITY,) * 2),
        lambda: os.setpriority(os.PRIO_PROCESS, 0, -20),
    ):
        try:
            way()
            print($did)
        except (OSError, ValueError) as error:
            print(error)
"""
PRIVILEGES = """
    import ctypes
    import os

    libc = ctypes.CDLL(None, use_errno=True)
    for way in (lambda: os.setuid(0), lambda: os.setgroups([0]), lambda: os.chroot("/"),
                lambda: os.unshare(0x10000000), lambda: os.setns(os.open("/", 0), 0)):
        try:
            way()
            print($did)
        except (OSError, AttributeError) as error:
            print(error)
    for option, *values in (
        (1, 0),  # PR_SET_PDEATHSIG
        (4, 1),  # PR_SET_DUMPABLE
        (22, 0),  # PR_SET_SECCOMP
        (36, 1),  # PR_SET_CHILD_SUBREAPER
        (47, 2, 21),  # PR_CAP_AMBIENT
        (59, 0),  # PR_SET_SYSCALL_USER_DISPATCH
    ):
        if libc.prctl(option, *values, *[0] * (4 - len(values))) == 0:
            print(option, $did)
"""
CALLS = """
    import ctypes
    import errno

    libc = ctypes.CDLL(None, use_errno=True)
    numbers = {
        "socket": 41, "connect": 42, "sendmsg": 46, "ptrace": 101, "process_vm_writev": 311,
        "shmget": 29, "semget": 64, "msgget": 68, "mq_open": 240, "memfd_create": 319,
        "memfd_secret": 447, "io_uring_setup": 425, "io_setup": 206, "bpf": 321,
        "perf_event_open": 298, "userfaultfd": 323, "add_key": 248, "keyctl": 250,
        "inotify_add_watch": 254, "fanotify_init": 300, "signalfd": 289, "kcmp": 312,
        "name_to_handle_at": 303, "pidfd_open": 434, "landlock_create_ruleset": 444,
        "seccomp": 317, "personality": 135, "syslog": 103, "vmsplice": 278, "move_pages": 279,
    }
    for name, number in numbers.items():
        ctypes.set_errno(0)
        done = libc.syscall(number, *[ctypes.c_long(-1)] * 6)  # nonsense, if anybody reads it
        if done >= 0 or ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS):
            print(name, done, ctypes.get_errno(), $did)
"""

ATTACKS = [
    Attack("sockets", "the network", after=SOCKETS),
    Attack("sockets-by-raw-calls", "the network", after=RAW_SOCKETS),
    Attack("sockets-inherited", "the network", before=INHERITED),
    Attack("signals-to-the-parent", "processes", after=SIGNALS),
    Attack("signals-by-files", "processes", after=OWNERS),
    Attack("limits-of-others", "processes", after=LIMITS_OF_OTHERS),
    Attack("privileges-regained", "processes", after=PRIVILEGES),
    Attack("raw-calls", "processes", after=CALLS),
]


def test_a_submission_reaches_nobody(attack, batch):
    """What the kernel refuses it raises as an error in the student's own cell."""
    batch.check(attack)
