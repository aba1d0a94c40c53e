"""A run of a student's notebook beside the published one: whose numbers are these?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..subject.mistakes import apply
from . import cells
from .cells import OLD_MISTAKES, OTHER_INPUTS
from .diagnosis import RAISES, Compared, Found, Observation
from .printed import MISTAKES
from .program import PUBLISHED_PROGRAM, Program, parse
from .search.reported import NOTHING, Reported
from .search.trial import Trial


@dataclass(frozen=True)
class Comparison:
    """Observations beside what a right program prints, in the generation that fits them better."""

    reported: Reported
    compared: tuple[Compared, ...]
    verdict: Found | None  # None if they are wrong

    @property
    def function(self) -> str:
        """The exercise that the run is about: the first with a wrong value, or else the last."""
        return self.wrong.functions[0] if self.verdict is None else self.reported.functions[-1]

    @property
    def wrong(self) -> Reported:
        """The observations of the functions that have a wrong one."""
        names = {seen.observation.function for seen in self.compared if not seen.matches}
        observations = [seen for seen in self.reported.observations if seen.function in names]
        return Reported(observations, self.reported.generation, self.reported.within)

    def other_generation(self) -> "Comparison | None":
        """The same observations beside the other inputs, if a cell has other ones."""
        if OTHER_INPUTS not in self.reported.functions:
            return None
        other = cells.OLD if self.reported.generation == cells.NEW else cells.NEW
        return _beside(self.reported.observations, other, self.reported.within)


def compare(
    observations: tuple[Observation, ...], within: Sequence[str] | None = None
) -> Comparison:
    """Compare with the NEW and the OLD published numbers."""
    new = _beside(observations, cells.NEW, within)
    if all(seen.matches for seen in new.compared):
        return new
    old = new.other_generation() or new
    printed = Trial(old_program(), new.reported).predicted
    if not new.reported.error and new.reported.near(printed).all():
        return Comparison(new.reported, new.compared, Found.OLD_NUMBERS)
    return max(new, old, key=lambda one: sum(seen.matches for seen in one.compared))


def old_program() -> Program:
    """The program that printed the OLD numbers of lstm_backward."""
    source = apply(*(MISTAKES[label] for label in OLD_MISTAKES))
    return PUBLISHED_PROGRAM | {name: parse(text) for name, text in source.items()}


def _beside(observations, generation: str, within) -> Comparison:
    reported = Reported(observations, generation, within)
    row = Trial(PUBLISHED_PROGRAM, reported).predicted
    matches = reported.matches(row)[0] & ~reported.raises
    compared = tuple(
        Compared(seen, printed(row[0][reported.owner == number], seen), bool(matches[number]))
        for number, seen in enumerate(observations)
    )
    right = Found.RIGHT if generation == cells.NEW else Found.RIGHT_OLD
    return Comparison(reported, compared, right if matches.all() else None)


def printed(values: Any, like: Observation) -> str:
    """Numbers as the cell prints them, in the form of an observation."""
    if like.place == RAISES:
        return "no error"
    if (values == NOTHING).any():
        return "something of another shape"
    if like.place.endswith(".shape"):
        return str(tuple(map(int, values)))
    if like.place.startswith("len("):
        return str(int(values[0]))
    if like.shape == ():
        return repr(float(values[0]))
    return np.array2string(np.reshape(values, like.shape), max_line_width=10_000)
