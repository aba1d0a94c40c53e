"""What a search goes through: programs, what they print, and what they may become next.

A cost is in bits: how many edits of a kind there are, as a power of two. So an explanation from
fewer or more usual mistakes is the cheaper one, and half a bit more is hardly a difference.
"""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ..program import Program, Site, at, with_value
from .reported import Reported
from .trial import Trial

CATALOGUED = 7.0  # one of some ninety rows
LINE = 12.0  # one of the usual edits of all lines
STATEMENT = 14.0  # of whole statements, or of all lines of a function at once
RARER = 16.0  # an edit below the line "rarer" of rules.txt, or of another form of a line
FURTHER = 8.0  # one edit more in the same line


@dataclass
class Candidate:
    """A program that differs from a node's, and the row that it prints.

    One that is not composable can only be applied to the node's own program.
    """

    apply: Callable[[Program], Program | None]
    row: np.ndarray
    cost: float
    composable: bool = True


def together(candidates: Iterable[Candidate], program: Program) -> Program | None:
    """The program with all of them, one after the other; None if one does not fit any more."""
    result: Program | None = program
    for candidate in candidates:
        result = candidate.apply(result) if result is not None else None
    return result


@dataclass(eq=False)
class Node:
    """A program, what it prints, and others (twins) that print the same; parts explain more."""

    program: Program
    row: np.ndarray
    reported: Reported
    cost: float = 0.0
    twins: list["Node"] = field(default_factory=list)
    parts: list[Candidate] = field(default_factory=list)

    @cached_property
    def trial(self) -> Trial:
        """Where programs that differ from it are run."""
        return Trial(self.program, self.reported)

    def with_candidates(self, candidates: Iterable[Candidate], row: np.ndarray) -> Iterator["Node"]:
        """It and its twins with these mistakes, where that is possible."""
        candidates = list(candidates)
        composable = all(candidate.composable for candidate in candidates)
        for node in (self, *self.twins) if composable else (self,):
            program = together(candidates, node.program)
            if program is not None:
                cost = node.cost + sum(candidate.cost for candidate in candidates)
                yield Node(program, row, self.reported, cost)

    def lines(self, site: Site, values: list[ast.expr], costs: list[float]) -> list[Candidate]:
        """The candidates with these right-hand sides at a site."""
        statement = at(self.program, site)

        def put(value: ast.expr):  # into a program that still has this very statement there
            return lambda p: with_value(p, site, value) if at(p, site) is statement else None

        rows = self.trial.predict(site, values)
        return [
            Candidate(put(value), row, cost)
            for value, row, cost in zip(values, rows, costs, strict=True)
        ]
