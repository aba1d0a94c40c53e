"""Which files a submission may see: Python and its libraries, and one private folder.

Landlock grants, it does not forbid: what is not named here cannot be opened. Paths are opened
when the ruleset is built, so later changes of a path's meaning change nothing.
"""

import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

SYSTEM = (
    *("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache"),
    *("/etc/localtime", "/usr/share/zoneinfo", "/dev/null", "/dev/zero", "/dev/urandom"),
    *("/usr/share/fonts", "/usr/local/share/fonts", "/etc/fonts", "/usr/share/fontconfig"),
)
PACKAGES = ("site-packages", "dist-packages")
HIDDEN = ("rnn_course", "__editable__", "nbgrader")  # the course, and what grades


def readable(files: list[Path]) -> Iterator[Path]:
    """The paths that may be read: the system's libraries, Python's, the packages, these files."""
    yield from map(Path, SYSTEM)
    yield from files
    library = Path(sysconfig.get_path("stdlib"))
    folders = {Path(entry) for entry in sys.path if Path(entry).name in PACKAGES}
    for folder in {library, *folders}:
        for entry in folder.iterdir() if folder.is_dir() else ():
            if entry.name not in PACKAGES and not entry.name.startswith(HIDDEN):
                yield entry


def abi() -> int:
    """The version of Landlock's interface; 0 if the system has none."""
    if sys.platform != "linux":
        return 0
    import landlockpy

    return landlockpy.abi_version() if landlockpy.supported() else 0


def ruleset(private: Path, files: list[Path]):
    """The rules, ready to be enforced in a child. Raises OSError."""
    from landlockpy import AccessFS, Ruleset, Scope

    read = AccessFS.READ_FILE | AccessFS.READ_DIR
    write = AccessFS.WRITE_FILE | AccessFS.TRUNCATE | AccessFS.REMOVE_DIR | AccessFS.REMOVE_FILE
    write |= AccessFS.MAKE_DIR | AccessFS.MAKE_REG | AccessFS.REFER
    rules = Ruleset(scoped=Scope.SIGNAL | Scope.ABSTRACT_UNIX_SOCKET)
    for path in readable(files):
        if path.exists():
            rules.allow_path(path, read if path.is_dir() else AccessFS.READ_FILE)
    rules.allow_path("/dev/null", AccessFS.WRITE_FILE)
    rules.allow_path(private, read | write)
    return rules
