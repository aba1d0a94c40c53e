"""The files beside a notebook: read as data, no link followed, no device opened."""

import os
import stat
from pathlib import Path

MOST_FILES = 200
MOST_DEEP = 10  # folders in folders


def loose_files(folder: Path, most_bytes: int, links: bool = False) -> tuple[dict, list[str]]:
    """The files of a folder but its notebooks, {relative path: bytes}, and what was left out.

    Hidden files do not count. Links are followed only where the course's own files are read.
    """
    found: dict[str, bytes] = {}
    problems: list[str] = []
    for path in _paths(folder):
        name = str(path.relative_to(folder))
        try:
            if len(found) >= MOST_FILES:
                raise OSError(f"there are more than {MOST_FILES} files")
            found[name] = read_regular(path, most_bytes, links)
            most_bytes -= len(found[name])
        except OSError as error:
            problems.append(f"{name!r} is left out: {error.strerror or error}.")
    return found, problems


def _paths(folder: Path):
    for parent, folders, names in os.walk(folder):
        deep = len(Path(parent).relative_to(folder).parts) >= MOST_DEEP
        folders[:] = sorted(n for n in folders if not deep and not n.startswith((".", "__")))
        links = [name for name in folders if Path(parent, name).is_symlink()]
        for name in sorted(names + links):
            if not name.startswith(".") and not name.endswith(".ipynb"):
                yield Path(parent, name)


def read_regular(path: Path, most_bytes: int, links: bool = False) -> bytes:
    """The bytes of a regular file. Raises OSError, also for what is none or is too large."""
    flags = os.O_RDONLY | os.O_NONBLOCK | (0 if links else os.O_NOFOLLOW)
    if path.is_symlink() and not links:
        raise OSError("it is a link")
    with os.fdopen(os.open(path, flags), "rb") as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise OSError("it is no regular file")
        if about.st_size > most_bytes:
            raise OSError("it is too large")
        return file.read(most_bytes)


def together(own: dict[str, bytes], given: dict[str, bytes]) -> tuple[dict, list[str]]:
    """The given files with a submission's own, those that are in the way left out and told."""
    problems = []
    kept = dict(own)
    for name in [name for name in own if any(_in_the_way(name, other) for other in given)]:
        del kept[name]
        problems.append(f"{name!r} is left out: the assignment has that name itself.")
    return kept | given, problems


def _in_the_way(name: str, other: str) -> bool:
    """Whether one of two files stands where the other one's folder must be."""
    return Path(name) in Path(other).parents or Path(other) in Path(name).parents
