"""Which printed values belong to one run of the student's notebook, and whose they are."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from collections.abc import Set as Names
from itertools import groupby, pairwise

from ..diagnosis import Observation
from ..printed import EXERCISES
from . import whose
from .numbers import Printed

MENTION = re.compile(r"\b(rnn|lstm)[ _-]?(cell[ _-]?)?(forward|backward)\b", re.IGNORECASE)
NAME = re.compile(r"[A-Za-z_]\w*")
MOST = 20  # runs of one function

Row = list[Printed]  # of one place: one value, or several side by side
Attempt = dict[str, Observation]  # what one run of one function printed, by place


def mentioned(match: re.Match) -> str:
    """The function that a MENTION is of."""
    network, cell, direction = match.groups()
    return f"{network}_{'cell_' if cell else ''}{direction}".lower()


class Mentions:
    """Where the text names a function."""

    def __init__(self, text: str):
        self.names = set(NAME.findall(text))
        self.positions: dict[str, list[int]] = {name: [] for name in EXERCISES}
        for match in MENTION.finditer(text):
            self.positions[mentioned(match)].append(match.start())

    def before(self, position: int, among: Names[str]) -> tuple[int, str]:
        """The last mention of one of these before a position; (-1, "") if there is none."""
        found = [(-1, "")]
        for name in among:
            count = bisect_left(self.positions[name], position)
            found += [(where, name) for where in self.positions[name][max(0, count - 1) : count]]
        return max(found)

    def near(self, position: int, among: Names[str]) -> str:
        """The one of these that is named last before a position, otherwise first after it.

        Otherwise the only one of whose outputs the text names some that the others do not have.
        """
        after = [(self.positions[name][0], name) for name in among if self.positions[name]]
        own = [name for name in among if self.names & whose.own_outputs(name, among)]
        told = own[0] if len(own) == 1 else ""
        return self.before(position, among)[1] or min(after, default=(0, told))[1]


def runs_of(
    values: Sequence[Printed], text: str
) -> tuple[list[tuple[Observation, ...]], list[str]]:
    """The student's own runs in order, each over all functions, and sentences on contradictions.

    values can all have been printed by some cell. The first attempts at each function make the
    first run, and so on.
    """
    columns: dict[str, list[list[Observation]]] = {}
    for function, column in _columns(values, Mentions(text)):
        columns.setdefault(function, []).append(column)
    attempts, notes = [], []
    for function, found in columns.items():
        own, said = _own_attempts(function, found)
        attempts.append(own)
        notes += said
    count = max(map(len, attempts), default=0)
    return [
        tuple(
            seen for tries in attempts for attempt in tries[k : k + 1] for seen in attempt.values()
        )
        for k in range(count)
    ], notes


def _columns(
    values: Sequence[Printed], mentions: Mentions
) -> Iterator[tuple[str, list[Observation]]]:
    """The function of each group, with each of its columns: a run, or the half that is expected."""
    groups = list(_groups(values, mentions))
    settled = {
        function
        for group, fits in groups
        for function in fits
        if len(fits) == 1 or any(map(whose.is_published, _columns_of(function, group)))
    }
    for group, fits in groups:
        mentioned = mentions.near(group[0][0].start, fits) or min(fits & settled, default="")
        function = whose.owner([value for row in group for value in row], fits, mentioned)
        for column in _columns_of(function, group):
            yield function, column


def _columns_of(function: str, group: Sequence[Row]) -> list[list[Observation]]:
    columns = [
        [
            seen
            for row in group
            for value in row[k : k + 1]
            if (seen := whose.observed(function, value))
        ]
        for k in range(max(map(len, group)))
    ]
    return [column for column in columns if column]


def _groups(
    values: Sequence[Printed], mentions: Mentions
) -> Iterator[tuple[list[Row], Names[str]]]:
    """Rows in order until a place comes again, another function is named, or none fits them all.

    With each group come the functions that fit it.
    """
    group: list[Row] = []
    fits, end = frozenset(EXERCISES), -1
    for row in _rows(values, mentions):
        can = frozenset.intersection(*map(whose.candidates, row))
        again = any(whose.key(row[0]) == whose.key(other[0]) for other in group)
        where, named = mentions.before(row[0].start, can)
        if group and not again and where > end and fits & can:
            seen = [value for other in group for value in other]
            again = named != whose.owner(seen, fits, mentions.near(group[0][0].start, fits))
        if group and (again or not fits & can):
            yield group, fits
            group, fits = [], frozenset(EXERCISES)
        group.append(row)
        fits, end = fits & can, row[-1].start
    if group:
        yield group, fits


def _rows(values: Sequence[Printed], mentions: Mentions) -> Iterator[Row]:
    """Values of one place that follow each other; in a pair the one not published comes first."""

    def place(value: Printed) -> tuple:
        return whose.key(value), mentions.before(value.start, whose.candidates(value))[1]

    for _, row in groupby(values, place):
        found = list(row)
        if frozenset.intersection(*map(whose.candidates, found)):
            yield sorted(found, key=whose.looks_published)
        else:
            yield from ([value] for value in found)


def _own_attempts(
    function: str, columns: Sequence[list[Observation]]
) -> tuple[list[Attempt], list[str]]:
    """The attempts that differ, without the published numbers unless there is nothing else."""
    own = [column for column in columns if not whose.is_published(column)]
    attempts: list[Attempt] = []
    notes = []
    for column in own or [max(columns, key=_digits)]:
        new = {seen.place: seen for seen in column}
        same = next((old for old in attempts if not _conflict(old, new)), None)
        if same is not None:
            same |= new | same
        elif len(attempts) == MOST:
            notes.append(f"Only the first {MOST} runs of {function} are read.")
            break
        else:
            attempts.append(new)
    for old, new in pairwise(attempts):
        was, becomes = _conflict(old, new)
        notes.append(
            f"The post gives two values for {was.place} of {function}, {was.text} and "
            f"{becomes.text}: they are taken as two runs."
        )
    return attempts, notes


def _conflict(old: Attempt, new: Attempt) -> tuple[Observation, ...]:
    """The first two observations of one place that differ by more than their digits allow."""
    for place in filter(new.get, old):
        one, other = old[place], new[place]
        coarser = max(one.tolerance, other.tolerance)
        if not whose.agree(one, other.values, other.shape, coarser):
            return one, other
    return ()


def _digits(column: Sequence[Observation]) -> int:
    """How many digits a run gives in all: the student's own has more than the published one."""
    return sum(sum(map(str.isdigit, seen.text)) for seen in column)
