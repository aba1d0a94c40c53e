"""From observations to programs: the smallest sets of edits whose program prints all of them.

A node is a program; its neighbours differ from it in one statement. A neighbour that makes some
wrong numbers right and no right number wrong is a part of an explanation: numbers depend on few
lines each, so independent mistakes are found one by one and put together, and what remains wrong is
searched from there. Only then come lines with several edits (deep.py) and pairs of mistakes that
show in all the same numbers.
"""

import ast
import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice, product

import numpy as np

from ...subject.mistakes import MISTAKES, Mistake
from ..program import PUBLISHED_PROGRAM, Program, Site, at, with_value
from .deep import deep_candidates
from .natural import Forms, as_it_is, other_forms
from .raised import raising
from .reported import Reported
from .rows import with_mistake
from .steps import function_wide, structural
from .trial import Trial

DEPTH = 6  # times that a search goes on from what it has
WIDTH = 6  # nodes that are taken up again
ENOUGH = 12  # explanations that are looked at
SURE = 7  # bits by which the evidence must exceed what chance would find among all that was tried


class Stopped(Exception):
    """The time is up."""


@dataclass
class Candidate:
    """A program that differs from a node's, and the row that it prints.

    One that is not composable can only be applied to the node's own program. size counts the
    statements, or rows of the catalogue, that it changes.
    """

    apply: Callable[[Program], Program | None]
    row: np.ndarray
    composable: bool = True
    size: int = 1


@dataclass
class Node:
    """A program with some edits, what it prints, and others (twins) that print the same."""

    program: Program
    row: np.ndarray
    size: int = 0
    twins: list[Program] = field(default_factory=list)


Stage = Callable[[Trial, Node], Iterator[Candidate]]


@dataclass
class Search:
    """One search; tried counts programs, also those that a match of parts stands for."""

    reported: Reported
    seconds: float = 60.0
    progress: Callable[[str], None] = lambda words: None
    tried: int = 0
    begun: float = field(default_factory=time.monotonic)
    found: list[Node] = field(default_factory=list)
    reach: dict[Site, np.ndarray] = field(default_factory=dict)
    nearest: Node | None = None  # what explains some of the numbers, if it is not all
    notes: list[str] = field(default_factory=list)
    evidence: float = math.inf  # bits that all wrong numbers tell together
    edits: dict[tuple[Site, ast.expr], list[ast.expr]] = field(default_factory=dict)

    def run(self) -> list[Program]:
        """The programs that print everything, those with the fewest edits; perhaps none."""
        try:
            return raising(self) if self.reported.error else self._smallest()
        except (Stopped, KeyboardInterrupt):
            self.progress("stopped; this is what was found so far")
        return self._fewest()

    def _smallest(self) -> list[Program]:
        trial = Trial(PUBLISHED_PROGRAM, self.reported)
        root = Node(PUBLISHED_PROGRAM, trial.predicted[0])
        wrong = ~self.good(root.row)
        self.evidence = float(self.reported.bits[wrong].sum())
        self._rounds(root, [[self._catalogue]])
        if self.found:  # one edit outside the catalogue may do as well
            self.progress(f"a smaller explanation: {self.tried:,} programs tried")
            self._parts(root, self._lines(trial, root))
        else:
            stages: list[list[Stage]] = [[self._catalogue, self._lines], [self._other_forms]]
            stages += [[self._statements], [self._deep], [self._deep_forms], [self._pairs]]
            self._rounds(root, stages)
        return self._fewest()

    def _rounds(self, root: Node, stages: Sequence[Sequence[Stage]]) -> None:
        """Go on from the best nodes until something is found or nothing explains any more.

        A stage is tried where those before it explain nothing, from whatever node.
        """
        nodes = [root]
        for number in range(1, DEPTH + 1):
            self.progress(f"round {number}: {self.tried:,} programs tried")
            for stage in stages:
                following = [new for node in nodes for new in self._expanded(node, stage)]
                if following or self.found:
                    break
            if self.found or not following:
                return
            nodes = self._merged(following)

    def _fewest(self) -> list[Program]:
        fewest = min((node.size for node in self.found), default=0)
        return [node.program for node in self.found if node.size == fewest][:ENOUGH]

    def good(self, row: np.ndarray) -> np.ndarray:
        """Which numbers a program's row reproduces."""
        return self.reported.near(row[None])[0]

    def gains(self, node: Node, row: np.ndarray) -> np.ndarray:
        """The numbers that a row makes right; none if it makes any wrong."""
        before, after = self.good(node.row), self.good(row)
        return after & ~before if not (before & ~after).any() else np.zeros_like(before)

    def _merged(self, nodes: Iterable[Node]) -> list[Node]:
        """The nodes that print most numbers right; those that print the same become twins."""
        unique: dict[bytes, Node] = {}
        for node in sorted(nodes, key=lambda node: node.size):
            same = unique.setdefault(np.round(np.nan_to_num(node.row), 9).tobytes(), node)
            if same is not node and same.size == node.size:
                same.twins.append(node.program)
        best = sorted(unique.values(), key=lambda node: (-self.good(node.row).sum(), node.size))
        self.nearest = next(iter(best), self.nearest)
        return best[:WIDTH]

    def _expanded(self, node: Node, stage: Sequence[Stage]) -> list[Node]:
        """Take down what is complete; return the nodes to go on from."""
        trial = Trial(node.program, self.reported)
        parts = self._parts(node, chain.from_iterable(make(trial, node) for make in stage))
        return [] if self.found else list(self._from(trial, node, parts))

    def _parts(self, node: Node, candidates: Iterable[Candidate]) -> list[Candidate]:
        """The candidates that explain something; complete ones are taken down."""
        kept = []
        for candidate in candidates:
            gains = self.gains(node, candidate.row)
            if self.reported.bits[gains].sum() >= np.log2(max(self.tried, 1)) + SURE:
                kept.append(candidate)
                if self.good(candidate.row).all():
                    self._take(node, [candidate])
        return kept

    def _take(self, node: Node, candidates: list[Candidate]) -> None:
        size = node.size + sum(candidate.size for candidate in candidates)
        for program in (node.program, *node.twins):
            applied = self._applied(program, candidates)
            if applied is not None:
                self.found.append(Node(applied, candidates[-1].row, size))

    def _from(self, trial: Trial, node: Node, parts: list[Candidate]) -> Iterator[Node]:
        """The nodes with as many independent parts at once as there are, and with each alone."""
        groups: dict[bytes, list[Candidate]] = {}
        for part in parts:
            groups.setdefault(self.gains(node, part.row).tobytes(), []).append(part)
        best = sorted(groups.items(), key=lambda group: -sum(group[0]))
        chosen, covered = [], np.zeros(len(node.row), bool)
        for mask, group in best:
            gains, fit = np.frombuffer(mask, bool), [part for part in group if part.composable]
            if fit and not (covered & gains).any():
                chosen.append(fit)
                covered |= gains
        for together in islice(product(*chosen), ENOUGH if len(chosen) > 1 else 0):
            applied = self._applied(node.program, together)
            if applied is None:
                continue
            row = trial.exact(applied)[0]
            if self.good(row).all():
                self._take(node, list(together))
            yield Node(applied, row, node.size + sum(part.size for part in together))
        for part in [part for _, group in best for part in group][: 4 * WIDTH]:
            applied = part.apply(node.program)
            if applied is not None:
                yield Node(applied, part.row, node.size + part.size)

    @staticmethod
    def _applied(program: Program, candidates: Iterable[Candidate]) -> Program | None:
        result: Program | None = program
        for candidate in candidates:
            result = candidate.apply(result) if result is not None else None
        return result

    def _catalogue(self, trial: Trial, node: Node) -> Iterator[Candidate]:
        for mistake in MISTAKES.values():
            if mistake.function in trial.suspects:
                program = with_mistake(node.program, mistake)
                if program is not None:
                    row = trial.exact(program)[0]
                    yield self._counted(Candidate(partial(_with_mistake, mistake), row))

    def _lines(self, trial: Trial, node: Node) -> Iterator[Candidate]:
        """One edit of the right-hand side of each statement that bears on a wrong number."""
        return self._edited(trial, node, as_it_is)

    def _other_forms(self, trial: Trial, node: Node) -> Iterator[Candidate]:
        return self._edited(trial, node, other_forms)

    def _edited(self, trial: Trial, node: Node, forms_of: Forms) -> Iterator[Candidate]:
        wrong = ~self.good(node.row)
        for site in trial.scopes:
            statement = at(node.program, site)
            forms = forms_of(site, statement)
            bears = (self.reach.get(site, wrong) & wrong).any()
            if not forms or site.function not in trial.suspects or not bears:
                continue
            for form in forms:
                if (site, form) not in self.edits:
                    self.edits[site, form] = list(trial.editor(site).edits(form))
            edits = [edit for form in forms for edit in self.edits[site, form]]
            candidates = self.lines(trial, site, edits)
            rows = np.stack([candidate.row for candidate in candidates] or [node.row])
            moved = ~np.isclose(rows, node.row, rtol=0, atol=1e-13, equal_nan=True)
            moved &= ~np.isnan(rows).all(axis=1, keepdims=True)
            self.reach[site] = self.reach.get(site, False) | moved.any(axis=0)
            yield from candidates

    def lines(self, trial: Trial, site: Site, values: list) -> list[Candidate]:
        """The candidates with these right-hand sides at a site."""
        statement = at(trial.program, site)

        def put(value):  # into a program that still has this very statement there
            return lambda p: with_value(p, site, value) if at(p, site) is statement else None

        return [
            self._counted(Candidate(put(value), row))
            for value, row in zip(values, trial.predict(site, values), strict=True)
        ]

    def _statements(self, trial: Trial, node: Node) -> Iterator[Candidate]:
        for function in trial.suspects:
            for make in (function_wide, structural):
                for program in make(node.program, function, trial.editor):
                    row = trial.exact(program)[0]
                    yield self._counted(Candidate(partial(_instead, program), row, False))

    def _deep(self, trial: Trial, node: Node) -> Iterator[Candidate]:
        return deep_candidates(self, trial, node, as_it_is)

    def _deep_forms(self, trial: Trial, node: Node) -> Iterator[Candidate]:
        return deep_candidates(self, trial, node, other_forms)

    def _pairs(self, trial: Trial, node: Node) -> Iterator[Candidate]:
        """Two mistakes that only together explain anything: catalogued, or one of them a line."""
        firsts = list(self._catalogue(trial, node))
        self.progress(f"pairs of mistakes: {self.tried:,} programs tried")
        for inner in (self._catalogue, self._lines):
            for first in firsts:
                program = first.apply(node.program)
                assert program is not None
                for second in inner(Trial(program, self.reported), Node(program, first.row)):
                    yield Candidate(partial(_one_after, first, second), second.row, size=2)

    def _counted(self, candidate: Candidate) -> Candidate:
        self.count()
        return candidate

    def check_time(self) -> None:
        """Raises Stopped if the time is up."""
        if time.monotonic() - self.begun > self.seconds:
            raise Stopped

    def count(self) -> None:
        """Count one program more.

        Raises Stopped if the time is up, or if what was reported could be chance by now.
        """
        self.tried += 1
        self.check_time()
        if math.log2(self.tried) + SURE > self.evidence:
            self.notes.append("The values have too few digits to tell a cause from chance.")
            raise Stopped


def _with_mistake(mistake: Mistake, program: Program) -> Program | None:
    return with_mistake(program, mistake)


def _instead(changed: Program, program: Program) -> Program:
    return changed


def _one_after(first: Candidate, second: Candidate, program: Program) -> Program | None:
    between = first.apply(program)
    return second.apply(between) if between is not None else None
