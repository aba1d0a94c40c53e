"""What the system, the gradebook or the configuration refuses, as a sentence with the next step.

What is found in none of these tables is a bug of ours, and stays a traceback.
"""

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from traceback import format_exception

CONFIG = "nbgrader_config.py"
SYSTEM = {
    errno.ENOSPC: "{} cannot be written, for the disk is full: make room and run this again.",
    errno.EDQUOT: "{} cannot be written, for your share of the disk is full: make room and run"
    " this again.",
    errno.EFBIG: "{} gets larger than a file may be: raise the limit (ulimit -f) and run this"
    " again.",
    errno.EROFS: "{} is on a disk that can only be read: name another place, or let it be written.",
    errno.EACCES: "{} may not be read or written by you: change its permissions or its place.",
    errno.EPERM: "{} may not be changed by you: change its permissions or its place.",
    errno.ENOENT: "{} is not there: make it, or name another.",
    errno.ENOTDIR: "{} cannot be there, for a file is where a folder must be: move that file away.",
    errno.EEXIST: "{} is in the way: move it away and run this again.",
    errno.EISDIR: "{} is a folder, where a file must be: name another, or move it away.",
    errno.ENAMETOOLONG: "{} is too long a name: choose a shorter one.",
    errno.EIO: "{} cannot be read or written, for the disk fails: see to it and run this again.",
}
GRADEBOOK = (  # what a database says of itself; the first that fits
    ("locked", "is in use by another command: wait for its end and run this again"),
    (
        "not a database|malformed",
        "is damaged: put a copy of it in its place, or move it away and release and grade anew",
    ),
    ("disk is full", "cannot be written, for the disk is full: make room and run this again"),
    ("disk I/O", "cannot be read or written: see to its disk and run this again"),
    ("readonly", "may not be written by you: change its permissions"),
    ("unable to open", "cannot be opened: see that it is a file, and yours to read and write"),
    ("no such|does not exist", "is of another nbgrader: keep a copy, then run nbgrader db upgrade"),
    ("connect|could not translate", "does not answer: see that its server runs at RNN_COURSE_DB"),
)
SQL = re.compile(r"^\s*[\w.]+: \((?:sqlite3|psycopg)\.[\w.]+\) (.+)$", re.M)
ERRNO = re.compile(r"^\s*\w+: \[Errno (\d+)\] [^:\n]*(?:: '([^'\n]+)')?", re.M)
BAD_VALUE = re.compile(r"(?:TraitError|during initialization): (.+?)\.?$", re.M)
LAST_FRAME = re.compile(r'.*File "[^"]+", line \d+, in (\w+)', re.S)
IN_CONFIG = re.compile(rf'File "[^"]*{re.escape(CONFIG)}", line (\d+)')


def sentence(error: Exception) -> str | None:
    """What an error says to a user who can do something about it; None for a bug of ours."""
    if isinstance(error, OSError):
        return _of_system(error)
    # Without what came before: a bug in the handling of a refusal is none.
    return of_text("".join(format_exception(error, chain=False)))


def of_text(text: str) -> str | None:
    """The same of a traceback that is here as text alone, as that of another process."""
    if lines := IN_CONFIG.findall(text):
        return f"{CONFIG}, line {lines[-1]}, cannot be run: {_end(text)}; put it right."
    if said := BAD_VALUE.findall(text):
        return f"A setting is wrong, in {CONFIG} or on the command line: {said[-1]}."
    if (frame := LAST_FRAME.match(text)) and frame[1] == "import_item":
        return f"{CONFIG} names a step that is not there: {_end(text)}; put its name right."
    if said := SQL.findall(text):
        steps = (step for words, step in GRADEBOOK if re.search(words, said[-1]))
        return next((f"The gradebook {step}." for step in steps), None)
    if said := ERRNO.findall(text):
        number, name = said[-1]
        return _of_system(OSError(int(number), "", name or "A file of the course"))
    return None


@contextmanager
def about(name: object) -> Iterator[None]:
    """An OSError in here that names no file, as those of writing do, is about this one."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(name)
        raise


def _of_system(error: OSError) -> str | None:
    words = SYSTEM.get(error.errno or 0)
    return words and words.format(error.filename or "What is printed, or a file,")


def _end(text: str) -> str:
    """The last line of a traceback: the error."""
    return text.strip().splitlines()[-1].strip()
