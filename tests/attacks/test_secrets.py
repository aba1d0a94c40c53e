"""Looking around: files, processes, memory, environment, history, and whatever was left open."""

import os

import pytest

from .attack import NOTEBOOK, Attack, moved_away

pytestmark = pytest.mark.slow

TARGETS = """
    TARGETS = (
        "$course/course_secret.txt",
        "$course/gradebook.db",
        "$course/source/rnn-step-by-step/rnn-step-by-step.ipynb",
        "$outside/secret.txt",
        "$victim",
    )
"""
OPENING = """
    import ctypes, io, linecache, mmap, os, pathlib
    import numpy as np


    def from_c(path):
        libc = ctypes.CDLL(None)
        there, data = libc.open(path.encode(), 0), ctypes.create_string_buffer(10**6)
        libc.read(there, data, 10**6)
        return data.raw.strip(b"\0")


    ways = (
        lambda path: open(path, "rb").read(),
        lambda path: os.read(os.open(path, os.O_RDONLY), 10**6),
        lambda path: os.read(os.open(path, os.O_RDWR | os.O_NOATIME), 10**6),
        lambda path: io.FileIO(path).readall(),
        lambda path: pathlib.Path(path).read_bytes(),
        lambda path: np.fromfile(path, "u1").tobytes(),
        lambda path: "".join(linecache.getlines(path)),
        lambda path: mmap.mmap(os.open(path, 0), 0, prot=mmap.PROT_READ)[:],
        from_c,
    )
    for path in TARGETS:
        for way in ways:
            try:
                print(way(path))
            except Exception as error:
                print(type(error).__name__)
"""
LINKING = """
    import os

    for path in TARGETS:
        for link in (os.symlink, os.link, os.rename):
            try:
                link(path, "mine")
                print(open("mine", "rb").read())
                os.rename("mine", path) if link is os.rename else os.unlink("mine")
            except OSError as error:
                print(error)
"""
WALKING = """
    import os

    for start in ("/", "$course", "$outside", "..", "../../..", "/proc/self/root$outside"):
        for folder, folders, names in os.walk(start):
            folders[:] = [name for name in folders if name in "$outside".split("/")]
            for name in names:
                if name in ("secret.txt", "course_secret.txt"):
                    print(open(os.path.join(folder, name)).read())
    try:
        os.chdir("$outside")
        print(open("secret.txt").read())
    except OSError as error:
        print(error)
    try:
        root = os.open("/", os.O_PATH)
        print(os.read(os.open("$outside/secret.txt".lstrip("/"), 0, dir_fd=root), 100))
    except OSError as error:
        print(error)
"""
DESCRIPTORS = """
    import os

    for fd in range(3, 256):
        for path in (f"/proc/self/fd/{fd}", f"/dev/fd/{fd}"):
            try:
                print(fd, os.readlink(path), os.read(os.open(path, os.O_NONBLOCK), 10**6))
            except OSError:
                pass
        try:
            os.set_blocking(fd, False)
            print(fd, os.fstat(fd), os.read(fd, 10**6))
        except OSError:
            pass
"""
PROCESSES = """
    import os

    for who in ("self", os.getppid(), 1, *range(2, 400)):
        for what in ("environ", "cmdline", "maps", "cwd/course_secret.txt", "root/etc/passwd"):
            try:
                print(open(f"/proc/{who}/{what}", "rb").read())
            except OSError:
                pass
"""
MEMORY = """
    import ctypes
    import gc
    import os
    import re
    import sys

    print(dict(os.environ), sys.argv, sys.orig_argv, sys.path)
    seen = [globals(), sys.modules, sys._current_frames()]
    frame = sys._getframe()
    while frame:
        seen.append(frame.f_locals)
        frame = frame.f_back
    texts = {repr(seen)}
    for thing in gc.get_objects():
        texts |= {text for text in gc.get_referents(thing) if type(text) is str}
    found = set()
    for text in texts:
        found |= set(re.findall(r"[0-9a-f]{32}|#{3} BEGIN [A-Z]+", text))
    print(sorted(found)[:1000])
"""
TRACING = """
    import ctypes
    import os

    libc = ctypes.CDLL(None, use_errno=True)
    parent, data = os.getppid(), ctypes.create_string_buffer(4096)


    class Slice(ctypes.Structure):
        _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


    try:
        there = int(open(f"/proc/{parent}/maps").readline().split("-")[0], 16)
    except OSError:
        there = 0x400000
    mine = Slice(ctypes.addressof(data), 4096)
    its = Slice(there, 4096)
    if libc.process_vm_readv(parent, ctypes.byref(mine), 1, ctypes.byref(its), 1, 0) > 0:
        print($did)
    if libc.ptrace(0x4206, parent, 0, 0) == 0:  # PTRACE_SEIZE stops nobody
        print($did)
    handle = libc.syscall(434, parent, 0)
    if handle > 0 and libc.syscall(438, handle, 1, 0) > 0:  # pidfd_open, pidfd_getfd
        print($did)
    try:
        print(open(f"/proc/{parent}/mem", "rb"), $did)
    except OSError as error:
        print(error)
"""
HISTORY = """
    shell = get_ipython()
    print(In, Out, shell.history_manager, vars(shell.history_manager))
    for line in shell.history_manager.search("*", raw=False, output=True):
        print(line)
    %history -g -l 100
    print(shell.ipython_dir, shell.profile_dir.location)
    %env
    %who_ls
"""
PROGRAMS = """
    import os
    import subprocess

    for path in TARGETS:
        for way in (os.system, os.popen, get_ipython().getoutput, subprocess.getoutput):
            try:
                print(getattr(way(f"cat {path}"), "read", str)())
            except Exception as error:
                print(error)
    try:
        os.execv("/bin/cat", ["cat", "$outside/secret.txt"])
    except OSError as error:
        print(error)
    !cat $outside/secret.txt
"""
MAGICS = """
    shell = get_ipython()
    for name in ("run", "load", "pycat", "pfile", "ls", "man"):
        try:
            print(shell.run_line_magic(name, "$outside/secret.txt"))
        except (Exception, SystemExit) as error:
            print(error)
    with open("$outside/secret.txt") as file:
        print(file.read())
"""
WRITEFILE = """
    %%writefile $decoy
    $name
"""


def _link_beside(folder):
    for name, target in {
        "secret.txt": "../../../course_secret.txt",
        "grades.txt": "../../../gradebook.db",
        "everything": "/",
        "timestamp.txt": "../../../course_secret.txt",
        "others": "../../victim",
    }.items():
        os.symlink(target, folder / name)


def _link_for_notebook(folder):
    moved_away(folder).symlink_to(folder.parents[1] / "victim" / folder.name / NOTEBOOK)


def _link_to_the_source(folder):
    source = folder.parents[2] / "source" / folder.name / NOTEBOOK
    moved_away(folder).symlink_to(source)


LINKS_READ = """
    import os

    for name in ("secret.txt", "grades.txt", "everything$course/course_secret.txt",
                 "timestamp.txt", "others/rnn-step-by-step/rnn-step-by-step.ipynb"):
        try:
            print(open(name, "rb").read())
        except OSError as error:
            print(error)
"""
ATTACKS = [
    Attack("files-opened", "secrets", before=TARGETS, after=OPENING),
    Attack("files-linked", "secrets", before=TARGETS, after=LINKING),
    Attack("folders-walked", "secrets", before=WALKING),
    Attack("descriptors-read", "secrets", before=DESCRIPTORS),
    Attack("processes-read", "secrets", before=PROCESSES),
    Attack("memory-searched", "secrets", before=MEMORY),
    Attack("grader-traced", "secrets", before=TRACING),
    Attack("history-read", "secrets", before=HISTORY),
    Attack("programs-run", "secrets", before=TARGETS, after=PROGRAMS),
    Attack("magics-run", "secrets", before=MAGICS, after=WRITEFILE),
    Attack("links-beside", "secrets", after=LINKS_READ, folder=_link_beside),
    Attack("a-link-for-a-notebook", folder=_link_for_notebook),
    Attack("a-link-to-the-source", folder=_link_to_the_source),
]


def test_a_submission_sees_nothing_but_python_and_itself(attack, batch):
    """No planted secret comes back in its outputs."""
    batch.check(attack)
