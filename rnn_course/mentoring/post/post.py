"""From the text of a forum post to what it reports: runs of values, and lines of code."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .. import cells
from ..diagnosis import Observation
from . import errors, whose
from .checked import Check, checks_of, without
from .notebook import texts_of
from .numbers import MOST, Printed, printed, skipped, tidy
from .pasted import code_of
from .runs import runs_of

BINARY = "This is a binary file: save the post as plain text and try again."
EXAMPLE = 'such as gradients["dxt"][1][2] = 0.6769'
MOST_NAMED = 5  # places in a note


class UnreadableError(ValueError):
    """There is nothing to diagnose in the post; the message is a sentence with the next step."""


@dataclass(frozen=True)
class Run:
    """What one run of the student's notebook printed."""

    observations: tuple[Observation, ...]


@dataclass(frozen=True)
class Post:
    """The student's own runs in order, the lines of code as they stand ('' if there are none),
    sentences on what is contradictory or cannot be read, and the gradient checks.

    The published numbers of a function are left out if the student's own are there.
    """

    runs: tuple[Run, ...]
    code: str
    notes: tuple[str, ...]
    checks: tuple[Check, ...] = ()


def decode(data: bytes) -> str:
    """The text of a file; a stray byte is replaced. Raises UnreadableError for a binary file."""
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    text = data.decode(encoding, errors="replace")
    if "\0" in text or text.count("\ufffd") > len(text) / 10:
        raise UnreadableError(BINARY)
    return text


def read(text: str) -> Post:
    """What a post reports. Raises UnreadableError if that is no value and no code that we know."""
    if not text.strip():
        raise UnreadableError(f"The post is empty: paste what the test cell printed, {EXAMPLE}.")
    if "\0" in text:
        raise UnreadableError(BINARY)
    text, source = texts_of(text)
    checks, text = tuple(checks_of(text)), without(text)
    plain, code = tidy(text), code_of(source)
    known, unknown = _sorted(printed(plain))
    if not (known or code or checks or errors.error_in(text, ())):
        raise UnreadableError(
            "No value and no code of the course's functions can be read here: "
            f"paste what the test cell printed, line by line, {EXAMPLE}."
        )
    runs, notes = runs_of(known[:MOST], plain)
    notes += _left_out(unknown, known) + _skipped(runs, skipped(plain, known))
    if len(known) > MOST:
        notes.append(f"Only the first {MOST} values of the post are read.")
    return Post(tuple(map(Run, _with_error(runs, text))), code, tuple(notes), checks)


def _sorted(values: Iterable[Printed]) -> tuple[list[Printed], list[Printed]]:
    """The values that some cell can have printed, up to one more than are read; the others."""
    known: list[Printed] = []
    unknown: list[Printed] = []
    for value in values:
        (known if whose.candidates(value) else unknown).append(value)
        if len(known) > MOST:
            break
    return known, unknown


def _with_error(runs: list[tuple[Observation, ...]], text: str) -> list[tuple[Observation, ...]]:
    """The runs, the last of them with the error in which the cell ended, if there is one."""
    *others, last = runs or [()]
    error = errors.error_in(text, last)
    if error is None or _ended(error.function, last):
        return runs
    return [*others, (*(seen for seen in last if seen.function == error.function), error)]


def _ended(function: str, told: tuple[Observation, ...]) -> bool:
    """Whether the cell printed its last line, so that an error in the text is another's."""
    label, _ = cells.lines(function)[-1]
    return any(seen.function == function and label.startswith(seen.place) for seen in told)


def _skipped(runs: Sequence[tuple[Observation, ...]], others: Iterable[Printed]) -> list[str]:
    """A sentence on numbers that were passed over, if what was read may be the expected half."""
    if not all(whose.is_published([seen]) for run in runs for seen in run):
        return []
    missed = list(dict.fromkeys(value.said for value in others if whose.places(value)))
    return missed and [
        f"Only published values could be read; of {_some(missed)} there is another number that "
        "could not be read: write name[index] = value, with a decimal point."
    ]


def _left_out(values: Sequence[Printed], known: Sequence[Printed]) -> list[str]:
    """Sentences on the values that no published cell can have printed, at places not known."""
    read = {value.said for value in known}
    told = [v for v in values if not v.of and (v.index or v.keyed) and "." in v.numbers[0]]
    part = list(dict.fromkeys(value.said for value in told if whose.places(value)))
    unknown = [said for said in dict.fromkeys(v.said for v in told) if said not in part]
    part = [said for said in part if said not in read]
    notes = []
    if part:
        notes.append(f"Only a part of {_some(part)} can be read: give all the numbers of an array.")
    if unknown:
        notes.append(f"No published test cell prints {_some(unknown)}: such numbers are left out.")
    return notes


def _some(names: list[str]) -> str:
    rest = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
