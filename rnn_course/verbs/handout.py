"""A student's copies of what is released. What a student may have changed is never overwritten."""

import re
import shutil
from hashlib import sha256
from pathlib import Path

MARK = ".released"  # in a copy: the digest of the files that it was made of
BY_THE_WAY = {"__pycache__", ".ipynb_checkpoints"}  # written where notebooks are run


def assignments(release: Path) -> list[str]:
    """The folders with a notebook of their own name."""
    return sorted(path.stem for path in release.glob("*/*.ipynb") if path.stem == path.parent.name)


def hand_out(released: Path, work: Path) -> tuple[Path, Path | None]:
    """The copy of an assignment as it is released now: the one that is there, or a new one.

    With a new one comes the latest copy of an earlier release, if there is one: it stays.
    """
    digest = _digest(released)
    copies = _copies(released.name, work)
    for folder in copies.values():
        mark = folder / MARK
        if mark.is_file() and mark.read_text("utf-8") == digest:
            return folder, None
    last = max(copies, default=0)
    folder = work / (f"{released.name}-{last + 1}" if last else released.name)
    _copy(released, folder)
    return folder, copies.get(last)


def _copies(name: str, work: Path) -> dict[int, Path]:
    """What is there under the names that copies have, by number: a file has a name, too."""
    found = {}
    for path in work.iterdir() if work.is_dir() else ():
        if match := re.fullmatch(rf"{re.escape(name)}(?:-(\d+))?", path.name):
            found[int(match[1] or 1)] = path
    return found


def _copy(released: Path, folder: Path) -> None:
    """Copy aside, then rename: a command that is stopped leaves no half of a copy."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = folder.with_name(f".{folder.name}")
    if aside.exists():
        shutil.rmtree(aside)
    for path in _files(released):
        target = aside / path.relative_to(released)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)  # not its permissions: a student writes in it
    (aside / MARK).write_text(_digest(aside), "utf-8")
    aside.rename(folder)


def _files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not BY_THE_WAY & {*path.relative_to(folder).parts}
    )


def _digest(folder: Path) -> str:
    whole = sha256()
    for path in _files(folder):
        name, content = path.relative_to(folder).as_posix(), path.read_bytes()
        whole.update(f"{name} {len(content)}\n".encode() + content)
    return whole.hexdigest()
