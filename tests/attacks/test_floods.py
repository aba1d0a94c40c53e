"""Too much of everything: processes, threads, memory, files, output.

All floods have an end, so that they would do no lasting harm where nothing stops them: 4 GiB of
memory, 320 MiB on disk, 200 processes that sleep for a minute.
"""

import pytest

from .attack import Attack

pytestmark = pytest.mark.slow


def _flood(name, aim, source, status=""):
    """In the first solution cell; what ends there costs its function."""
    due = {"score": 92.0, "status": {"rnn_cell_forward": status}} if status else {}
    return Attack(name, aim, cells={"rnn_cell_forward": source}, **due)


FORKS = """
    $solution


    import os
    import time

    for _ in range(200):
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
"""
PROGRAMS = """
    $solution


    import os
    import subprocess

    for way in (subprocess.Popen, lambda words: os.posix_spawnp(words[0], words, os.environ)):
        for _ in range(100):
            try:
                way(["sleep", "60"])
            except OSError as error:
                print(error)
"""
CLONES = """
    $solution


    import ctypes
    import time

    libc = ctypes.CDLL(None)
    for _ in range(50):
        for call in ((57,), (58,), (56, 17, 0, 0, 0, 0), (56, 0x10000011, 0, 0, 0, 0)):
            if call[0] != 58 and libc.syscall(*call) == 0:
                time.sleep(60)
                libc._exit(0)
"""
ALL_THREADS = """
    import threading
    import time

    for _ in range(200):
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    time.sleep(1)


    $solution
"""
SHARED = """
    $solution


    import mmap
    from multiprocessing import shared_memory

    mine = shared_memory.SharedMemory("$name", create=True, size=320 * 2**20)
    mine.buf[:] = bytes(320 * 2**20)
"""
MEMORY_FILE = """
    $solution


    import os

    fd = os.memfd_create("flood")
    for _ in range(40):
        os.write(fd, bytes(8 * 2**20))
"""
PAGES = """
    import mmap

    pages = mmap.mmap(-1, 4 * 2**30)
    for k in range(0, len(pages), 4096):
        pages[k] = 1


    $solution
"""
LISTS = """
    held = []
    for _ in range(4 * 2**10):
        held.append(bytearray(2**20))


    $solution
"""
FILES = """
    for k in range(40):
        with open(f"flood-{k}", "wb") as file:
            file.write(bytes([1]) * 8 * 2**20)
    import time; time.sleep(0.5)


    $solution
"""
DEEP_FILES = """
    import os

    for _ in range(20):
        os.mkdir("d" * 200)
        os.chdir("d" * 200)
    for k in range(40):
        with open(f"flood-{k}", "wb") as file:
            file.write(bytes([1]) * 8 * 2**20)
    import time; time.sleep(0.5)


    $solution
"""
FOLDERS = """
    import os

    for k in range(9_000):
        os.mkdir(f"flood-{k}")
    import time; time.sleep(0.5)


    $solution
"""
DEEP_FOLDERS = """
    $solution


    import os
    import time

    for _ in range(1500):
        os.mkdir("d")
        os.chdir("d")
    time.sleep(0.2)
"""
UNLINKED = """
    import os

    held = []
    for k in range(30):
        file = open("flood", "wb")
        os.unlink("flood")
        file.write(bytes([1]) * 8 * 2**20)
        held.append(file)
    import time; time.sleep(0.5)


    $solution
"""
FORBIDDEN_FOLDERS = """
    $solution


    import os

    os.umask(0)
    for mode in (0, 0o100, 0o300):
        os.mkdir(f"closed-{mode}", mode)
    try:
        open("closed-192/file", "w").write("x" * 10**6)
        os.mkdir("closed-192/folder", 0)
    except OSError as error:
        print(error)
    open(b"\\xff\\xfe", "w").close()
    os.symlink("closed-0", "circle")
    os.chdir("closed-192")
"""
DISPLAYS = """
    $solution


    from IPython.display import display

    for k in range(30_000):
        display(k)
"""
ERRORS = """
    $solution


    def failing(depth):
        try:
            raise ValueError("x" * 10**6)
        except ValueError:
            if depth:
                failing(depth - 1)
            raise


    failing(50)
"""
FIGURES = """
    $solution


    import base64
    import struct

    from IPython.display import Image, display

    head = b"\\x89PNG\\r\\n\\x1a\\n" + struct.pack(">I4sII", 13, b"IHDR", 60_000, 60_000)
    for k in range(30):
        display(Image(data=head + bytes(10**6), format="png"))
"""


def _many_cells(nb):
    import nbformat

    for _ in range(60):
        nb.cells.append(nbformat.v4.new_code_cell("print('x' * 400_000)"))


ATTACKS = [
    _flood("forks", "processes", FORKS),
    _flood("programs", "processes", PROGRAMS),
    _flood("clones", "processes", CLONES),
    _flood("threads", "processes", ALL_THREADS, "too many threads"),
    _flood(
        "memory-at-once", "memory", "held = bytearray(4 * 2**30)\n\n\n$solution", "out of memory"
    ),
    _flood("memory-by-and-by", "memory", LISTS, "out of memory"),
    _flood("memory-mapped", "memory", PAGES, "absent"),
    _flood(
        "memory-in-a-function",
        "memory",
        "\ndef rnn_cell_forward(*arguments):\n    return np.ones(2**29)",
        "out of memory",
    ),
    _flood("shared-memory", "memory", SHARED),
    _flood("memory-files", "memory", MEMORY_FILE),
    _flood("files", "disk", FILES, "too much on disk"),
    _flood("files-too-deep-to-see", "disk", DEEP_FILES, "too much on disk"),
    _flood("folders", "disk", FOLDERS, "too much on disk"),
    _flood("folders-too-deep-to-walk", "disk", DEEP_FOLDERS, "too much on disk"),
    _flood("folders-that-are-closed", "disk", FORBIDDEN_FOLDERS),
    _flood("files-without-a-name", "disk", UNLINKED, "too much on disk"),
    _flood("a-sparse-file", "disk", "$solution\n\n\nopen('x', 'wb').truncate(2**40)"),
    _flood("endless-prints", "output", "$solution\n\n\nwhile True:\n    print('x' * 1000)"),
    _flood("one-long-print", "output", "$solution\n\n\nprint('x' * 300 * 2**20)"),
    _flood("a-long-result", "output", "$solution\n\n\n'x' * 300 * 2**20"),
    _flood("many-displays", "output", DISPLAYS),
    _flood("long-errors", "output", ERRORS),
    _flood("large-figures", "output", FIGURES),
    Attack("many-long-cells", "output", edit=_many_cells),
]


def test_a_flood_ends_where_the_limit_is(attack, batch):
    """With a named outcome; the grader itself does not notice."""
    batch.check(attack)
