"""Writing where others read: files, modes, times, links, the gradebook, and Python's start."""

import pytest

from .attack import Attack

pytestmark = pytest.mark.slow

DECOY = """
    import os
    import pathlib
    import shutil

    ways = (
        lambda: open("$decoy", "w").write("$name"),
        lambda: open("$decoy", "ab").truncate(0),
        lambda: os.truncate("$decoy", 1),
        lambda: os.open("$decoy", os.O_WRONLY | os.O_TRUNC),
        lambda: pathlib.Path("$decoy").write_text("$name"),
        lambda: shutil.copyfile(os.__file__, "$decoy"),
        lambda: open("$outside/new/$name.txt", "x"),
        lambda: os.makedirs("$outside/$name"),
        lambda: os.mkfifo("$outside/$name"),
    )
    for way in ways:
        try:
            way()
            print($did)
        except OSError as error:
            print(error)
"""
ABOUT = """
    import os

    ways = (
        lambda: os.chmod("$decoy", 0o777),
        lambda: os.chmod(".", 0o777),
        lambda: os.chown("$decoy", 1, 1),
        lambda: os.utime("$decoy", (1, 1)),
        lambda: os.setxattr("$decoy", "user.name", b"$name"),
        lambda: os.mknod("$outside/$name"),
        lambda: os.fchmod(os.open("$decoy", os.O_RDONLY), 0o777),
    )
    for way in ways:
        try:
            way()
            print($did)
        except OSError as error:
            print(error)
"""
MOVING = """
    import os

    open("mine", "w").write("$name")
    ways = (
        lambda: os.rename("mine", "$decoy"),
        lambda: os.replace("$decoy", "mine"),
        lambda: os.link("$decoy", "linked"),
        lambda: os.symlink("mine", "$outside/$name"),
        lambda: os.unlink("$decoy"),
        lambda: os.rmdir("$outside/home"),
    )
    for way in ways:
        try:
            way()
            print($did)
        except OSError as error:
            print(error)
"""
COURSE = """
    import os

    for path in ("course_secret.txt", "nbgrader_config.py", "gradebook.db", "rnn_course/cli.py",
                 "source/rnn-step-by-step/rnn_utils.py", "release/rnn-step-by-step/rnn_utils.py"):
        try:
            open(os.path.join("$course", path), "ab").close()
            print($did)
        except OSError as error:
            print(error)
    for path in ("$victim", "$course/source/rnn-step-by-step/rnn_utils.py"):
        try:
            with open(path, "a") as file:
                file.write("\\n")
        except OSError as error:
            print(error)
"""
GRADES = """
    import sqlite3

    for path in ("$course/gradebook.db", "file:$course/gradebook.db?mode=rw"):
        try:
            with sqlite3.connect(path, uri=path.startswith("file")) as gradebook:
                gradebook.execute("update grade set manual_score = 0 where auto_score > 0")
            print($did)
        except sqlite3.Error as error:
            print(error)
"""
START = """
    import os

    home = os.path.expanduser("~")
    for path in (f"{home}/.ipython/profile_default/startup/$name.py", f"{home}/.jupyter/$name.py",
                 f"{home}/.local/lib/python3/$name.pth", "$course/sitecustomize.py"):
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as file:
                file.write("print($name)")
        except OSError as error:
            print(error)
"""
SHARED = """
    import os
    import tempfile

    for folder in ("/dev/shm", tempfile.gettempdir(), os.getcwd()):
        try:
            with open(os.path.join(folder, "$name"), "w") as file:
                file.write("$name")
        except OSError as error:
            print(error)
"""
DESCRIPTORS = """
    import mmap
    import os

    for path in ("$decoy", "$victim"):
        for flags in (os.O_RDONLY, os.O_PATH, os.O_RDWR):
            try:
                fd = os.open(path, flags)
                for again in (f"/proc/self/fd/{fd}", f"/dev/fd/{fd}"):
                    os.write(os.open(again, os.O_RDWR), b"$name")
                    print($did)
                mmap.mmap(fd, 0)[:1] = b"!"
            except (OSError, ValueError) as error:
                print(error)
"""
RAW = """
    import ctypes
    import os

    libc = ctypes.CDLL(None, use_errno=True)
    path, new, here = b"$decoy", b"$outside/$name", -100
    calls = {
        "truncate": (76, path, 0),
        "creat": (85, new, 0o600),
        "openat for writing": (257, here, path, 1),
        "chmod": (90, path, 0o777),
        "fchmodat": (268, here, path, 0o777),
        "fchmodat2": (452, here, path, 0o777, 0),
        "utimensat": (280, here, path, None, 0),
        "setxattr": (188, path, b"user.x", b"x", 1, 0),
        "symlink": (88, path, new),
        "mknodat": (259, here, new, 0o100600, 0),
        "open_tree": (428, here, path, 0),
        "fsopen": (430, b"tmpfs", 0),
        "pivot_root": (155, new, new),
    }
    for name, call in calls.items():
        if libc.syscall(*call) >= 0:
            print(name, $did)
"""

ATTACKS = [
    Attack("contents-changed", "files", after=DECOY),
    Attack("modes-and-times-changed", "files", after=ABOUT),
    Attack("files-moved", "files", after=MOVING),
    Attack("course-changed", "files", after=COURSE),
    Attack("grades-changed", "files", after=GRADES),
    Attack("start-files-written", "files", after=START),
    Attack("shared-folders-written", "files", after=SHARED),
    Attack("descriptors-opened-again", "files", after=DESCRIPTORS),
    Attack("files-changed-by-raw-calls", "files", after=RAW),
]


def test_a_submission_writes_into_its_own_folder_alone(attack, batch):
    """And that is gone when it ends."""
    batch.check(attack)
