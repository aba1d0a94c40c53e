"""The folder that a submission may write to, as the keeper sees it: how full it is, and emptied."""

import math
import os
import secrets
from contextlib import suppress
from pathlib import Path

DEEPEST = 200  # folders in folders: what copies and removes them may be recursive


def used(folder: Path) -> float:
    """Bytes of the files and folders below; infinite if some lie too deep to be seen."""

    def unseen(error):
        if not isinstance(error, (FileNotFoundError, NotADirectoryError)):  # gone since
            raise error

    size = 0
    try:
        for parent, folders, names in os.walk(folder, onerror=unseen):
            if parent.count(os.sep) > os.fspath(folder).count(os.sep) + DEEPEST:
                return math.inf
            for name in folders + names:
                with suppress(FileNotFoundError):
                    size += (os.lstat(os.path.join(parent, name)).st_blocks + 1) * 512
    except OSError:
        return math.inf
    return size


def nameless(pid: int) -> int:
    """Bytes of the files that a process has open and has removed from their folders."""
    size = 0
    with (
        suppress(FileNotFoundError, ProcessLookupError, PermissionError),  # it ends right now
        os.scandir(f"/proc/{pid}/fd") as entries,
    ):
        for entry in entries:
            with suppress(FileNotFoundError):
                about = entry.stat()
                size += 0 if about.st_nlink else about.st_blocks * 512
    return size


def clear(folder: Path) -> None:
    """Empty a folder, however deep it is: what lies in a folder in it is moved up first."""
    while entries := list(os.scandir(folder)):
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(entry)
                continue
            os.chmod(entry, 0o700)
            for inner in list(os.scandir(entry)):
                if inner.is_dir(follow_symlinks=False):
                    os.chmod(inner, 0o700)  # or its owner could not move it
                os.rename(inner, folder / secrets.token_hex(16))
            os.rmdir(entry)
