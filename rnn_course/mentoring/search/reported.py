"""The observations of a post as numbers, and how near a program comes to them."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from .. import cells
from ..diagnosis import RAISES, Observation
from .family import Family

NOTHING = 1e99  # in a row: nothing can be printed there, or not in that shape
NAN_BITS = 1.0  # of what is no number, or infinite: where one is, all are
PLAIN_BITS = 20.0  # of a shape, a length, a zero: many programs print them


class Reported:
    """The observations of a post as one row of numbers: what a program's row must be.

    functions are the exercises whose cells were run, in the order of the notebook; within are those
    that may hold the mistakes, if not all that run then.
    """

    def __init__(
        self,
        observations: Sequence[Observation],
        generation: str = cells.NEW,
        within: Sequence[str] | None = None,
    ):
        self.within = within
        self.observations = list(observations)
        self.places = [compile(o.place, "<place>", "eval") for o in observations]
        self.generation = generation
        told = {observation.function for observation in observations}
        self.raises = np.array([o.place == RAISES for o in observations])
        errors = [o.text for o in observations if o.place == RAISES]
        self.error = " ".join(errors[-1].split()) if errors else ""
        self.functions = [name for name in cells.EXERCISES if name in told]
        self.values = np.array([v for o in observations for v in o.values], float)
        self.tolerance = np.repeat(
            [o.tolerance for o in observations], [len(o.values) for o in observations]
        )
        self.owner = np.repeat(np.arange(len(observations)), [len(o.values) for o in observations])

    def near(self, rows: np.ndarray) -> np.ndarray:
        """(programs, numbers): which of them each row reproduces to its digits."""
        with np.errstate(invalid="ignore"):
            near = np.abs(rows - self.values) <= self.tolerance
        alike = near | (rows == self.values)  # inf
        return alike | (np.isnan(rows) & np.isnan(self.values))

    def matches(self, rows: np.ndarray) -> np.ndarray:
        """(programs, observations): the same for whole observations."""
        wrong = np.zeros((len(self.observations), len(rows)), int)
        np.add.at(wrong, self.owner, ~self.near(rows).T)
        return wrong.T == 0

    @property
    def solid(self) -> np.ndarray:
        """Which numbers are values: a right shape or length does not make a line right."""
        return self.tolerance > 0

    @cached_property
    def bits(self) -> np.ndarray:
        """How much each number tells: the bits by which its digits narrow chance down."""
        with np.errstate(divide="ignore"):
            digits = np.log2(np.maximum(np.abs(self.values), 0.1) / (2 * self.tolerance))
        plain = (self.values == 0) | (self.tolerance == 0)
        bits = np.where(plain, PLAIN_BITS, digits)
        return np.where(np.isfinite(self.values), bits, NAN_BITS)

    def row(self, variables: dict[str, dict[str, Any]], count: int) -> np.ndarray:
        """What count programs print, one row each; NOTHING where that is so."""
        row = np.full((count, len(self.values)), NOTHING)
        for number, seen in enumerate(self.observations):
            columns = self.owner == number
            if seen.place == RAISES:
                continue
            try:
                value = cells.look(self.places[number], variables[seen.function])
            except (KeyError, IndexError, TypeError, AttributeError, NameError):
                continue  # what is looked at does not exist in this program
            printed = value.values if isinstance(value, Family) else np.asarray([value], object)
            if not isinstance(value, Family):
                try:
                    printed = np.asarray([value], float if value is not None else int)
                except (TypeError, ValueError):
                    continue
            if printed.shape[1:] == seen.shape:
                row[:, columns] = printed.reshape(len(printed), -1)
        return row
