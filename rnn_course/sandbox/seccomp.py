"""Which system calls a submission may make: those that numbers, files and threads need.

All others are refused with "Operation not permitted": sockets but Unix pairs, new processes and
programs, signals, tracing, mounts, keys, modules, namespaces, io_uring, shared memory, changes of
owners, modes and times (which Landlock does not cover). What the kernel learns later is refused
unseen.
"""

import ctypes
import errno
import os
from contextlib import suppress
from dataclasses import dataclass

from . import privileges

FILES = """
read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 open openat openat2 close
close_range lseek stat fstat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat
getdents getdents64 getcwd chdir fchdir mkdir mkdirat rmdir unlink unlinkat rename renameat
renameat2 ftruncate fsync fdatasync flock dup dup2 dup3 umask statfs fstatfs sendfile
copy_file_range fadvise64 poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait
epoll_pwait epoll_pwait2 eventfd eventfd2 pipe pipe2 timerfd_create timerfd_settime timerfd_gettime
recvfrom shutdown getsockopt getsockname getpeername
"""
MEMORY = "brk mmap munmap mremap mprotect madvise mincore msync membarrier rseq"
THREADS = """
futex futex_waitv set_robust_list get_robust_list set_tid_address gettid sched_yield arch_prctl
sched_getaffinity sched_getparam sched_getscheduler sched_get_priority_max sched_get_priority_min
"""
SIGNALS = """
rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack
pause alarm setitimer getitimer restart_syscall exit exit_group
"""
KNOWLEDGE = """
getpid getppid getpgrp getpgid getsid getuid geteuid getgid getegid getresuid getresgid getgroups
capget uname sysinfo times getrusage getrlimit getcpu getpriority ioprio_get getrandom time
gettimeofday clock_gettime clock_getres clock_nanosleep nanosleep
"""
TERMINAL = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # ioctl: ask, and set flags of its own
FCNTL = (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030)  # duplicate, flags, locks; no signals (F_SETOWN)
PR_NAMES = (15, 16)  # prctl: set and get a thread's name
CLONE_THREAD = 0x00010000
AF_UNIX = 1
PR_SET_SECCOMP, MODE_FILTER = 22, 2
INSTRUCTION = 8  # bytes


class _Head(ctypes.Structure):
    """struct sock_fprog of linux/filter.h."""

    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))


@dataclass(frozen=True)
class Program:
    """A filter as the kernel reads it, for a process that has no_new_privs set."""

    code: bytes

    def load(self) -> None:
        """Filter this process from now on. Raises OSError."""
        code = ctypes.create_string_buffer(self.code, len(self.code))
        head = _Head(len(self.code) // INSTRUCTION, ctypes.addressof(code))
        privileges.prctl(PR_SET_SECCOMP, MODE_FILTER, ctypes.addressof(head))


def program(calls) -> Program:
    """What a filter comes to: libseccomp would work it out anew in each child."""
    with os.fdopen(os.memfd_create("filter"), "w+b") as file:
        calls.export_bpf(file)
        file.seek(0)
        return Program(file.read())


def syscall_filter():
    """The filter. Raises RuntimeError without libseccomp."""
    import pyseccomp as s

    calls = s.SyscallFilter(s.ERRNO(errno.EPERM))
    for name in (FILES + MEMORY + THREADS + SIGNALS + KNOWLEDGE).split():
        _allow(s, calls, name)
    _allow(s, calls, "socketpair", s.Arg(0, s.EQ, AF_UNIX))
    _allow(s, calls, "sendto", s.Arg(4, s.EQ, 0))  # without an address: send, of a pair
    _allow(s, calls, "clone", s.Arg(0, s.MASKED_EQ, CLONE_THREAD, CLONE_THREAD))
    calls.add_rule(s.ERRNO(errno.ENOSYS), "clone3")  # its flags cannot be seen: clone is tried then
    _allow(s, calls, "prlimit64", s.Arg(0, s.EQ, 0), s.Arg(2, s.EQ, 0))  # ask, of itself
    for request in TERMINAL:
        _allow(s, calls, "ioctl", s.Arg(1, s.EQ, request))
    for command in FCNTL:
        _allow(s, calls, "fcntl", s.Arg(1, s.EQ, command))
    for option in PR_NAMES:
        _allow(s, calls, "prctl", s.Arg(0, s.EQ, option))
    return calls


def number(name: str) -> int:
    """The number of a system call on this processor; negative if the library knows none."""
    import pyseccomp

    return pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)


def _allow(s, calls, name, *arguments) -> None:
    with suppress(OSError):  # newer than the library: then it stays refused
        calls.add_rule(s.ALLOW, number(name), *arguments)
