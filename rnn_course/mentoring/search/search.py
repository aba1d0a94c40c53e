"""From observations to programs: the likeliest sets of edits whose program prints all of them.

A node is a program; its neighbours differ from it in one statement. A neighbour that makes some
wrong numbers right and no right number wrong is a part of an explanation: numbers depend on few
lines each, so independent mistakes are found one by one and put together, and what remains wrong is
searched from there. The node that leaves least to explain comes first, with the cheapest kind of
candidates that was not tried there yet (stages.py).
"""

import ast
import heapq
import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count, islice, product

import numpy as np

from ..program import PUBLISHED_PROGRAM, Site
from .edits import Edit
from .nodes import Candidate, Node
from .raised import raising
from .reported import Reported
from .stages import STAGES, Stage
from .trial import Trial

WIDTH = 6  # nodes that one stage at one node adds
MOST = 40  # nodes in all
ENOUGH = 12  # explanations that are looked at
MANY = 60  # the same for an error, which tells less than numbers
SURE = 7  # bits by which the evidence must exceed what chance would find among all that was tried
WRONG = 8.0  # bits that an observation costs as long as it is wrong
SLACK = 6.5  # bits by which one explanation may cost more than another to be looked for beside it
TOLD = 9.5  # the same, to be told beside it if it was found


class Stopped(Exception):
    """The time is up."""


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
    edits: dict[tuple[Site, ast.expr], list[Edit]] = field(default_factory=dict)
    known: dict[bytes, Node] = field(default_factory=dict)

    def run(self) -> list[Node]:
        """The programs that print everything, the cheapest first; perhaps none."""
        try:
            self._explain()
        except (Stopped, KeyboardInterrupt):
            self.progress("stopped; this is what was found so far")
        return self._cheapest()

    def root(self) -> Node:
        """The right program."""
        row = Trial(PUBLISHED_PROGRAM, self.reported).predicted[0]
        return Node(PUBLISHED_PROGRAM, row, self.reported)

    def _explain(self) -> None:
        root = self.root()
        wrong = ~self.good(root.row)
        if self.reported.error:
            self.found += raising(self, root)
        if not self.found and wrong.any():
            self.evidence = float(self.reported.bits[wrong].sum())
            self._best_first(root)
            if self.reported.error:  # the numbers have a cause; the error has another
                numbers, self.found = self._cheapest(), []
                self.found += (both for node in numbers for both in raising(self, node))

    def _best_first(self, root: Node) -> None:
        """Try each stage at each node, those first that leave least to explain."""
        order, queue = count(), list[tuple[bool, float, int, Node, int]]()

        def push(node: Node, stage: int) -> None:
            if stage < len(STAGES):
                bits = self._length(node) + STAGES[stage].cost
                last = STAGES[stage].slowest
                heapq.heappush(queue, (last, bits, next(order), node, stage))

        push(root, 0)
        while queue:
            *_, node, number = heapq.heappop(queue)
            push(node, number + 1)
            stage = STAGES[number]
            if self.found and (node is not root or stage.slow or stage.cost > self._limit(SLACK)):
                continue  # only one cause alone is told beside what was found
            self.progress(f"{stage.name}: {self.tried:,} programs tried")
            for new in self._expanded(node, stage):
                push(new, 0)

    def _length(self, node: Node) -> float:
        """The bits that it takes to tell the reported numbers, with a node's program for some."""
        return node.cost + WRONG * int((~self.reported.matches(node.row[None])[0]).sum())

    def _limit(self, slack: float) -> float:
        return min((node.cost for node in self.found), default=math.inf) + slack

    def _cheapest(self) -> list[Node]:
        cheap = [node for node in self.found if node.cost <= self._limit(TOLD)]
        return sorted(cheap, key=lambda node: node.cost)[: MANY if self.reported.error else ENOUGH]

    def good(self, row: np.ndarray) -> np.ndarray:
        """Which numbers a program's row reproduces."""
        return self.reported.near(row[None])[0]

    def gains(self, node: Node, row: np.ndarray) -> np.ndarray:
        """The numbers that a row makes right; none if it makes any wrong."""
        before, after = self.good(node.row), self.good(row)
        return after & ~before if not (before & ~after).any() else np.zeros_like(before)

    def _expanded(self, node: Node, stage: Stage) -> list[Node]:
        """Take down what is complete; return the nodes to go on from, if nothing is."""
        parts = self._parts(node, stage.make(self, node))
        if self.found:
            return []
        node.parts += parts
        new = [other for other in self._from(node, parts) if self._is_new(other)]
        new = sorted(new, key=self._length)[:WIDTH]
        self.nearest = min((*new, self.nearest or node), key=self._length)
        return new

    def _parts(self, node: Node, candidates: Iterable[Candidate]) -> list[Candidate]:
        """The candidates that explain something; those that explain all are taken down."""
        kept = []
        for candidate in candidates:
            self.count()
            gains = self.gains(node, candidate.row)
            if self.reported.bits[gains].sum() >= np.log2(self.tried) + SURE:
                if self.good(candidate.row).all():
                    self.found += node.with_candidates([candidate], candidate.row)
                else:
                    kept.append(candidate)
        return kept

    def _from(self, node: Node, parts: list[Candidate]) -> Iterator[Node]:
        """The nodes with as many independent parts at once as there are, and with each alone."""
        groups: dict[bytes, list[Candidate]] = {}
        for part in node.parts:
            groups.setdefault(self.gains(node, part.row).tobytes(), []).append(part)
        best = sorted(groups.items(), key=lambda group: -sum(group[0]))
        chosen, covered = [], np.zeros(len(node.row), bool)
        for mask, group in best:
            gains, fit = np.frombuffer(mask, bool), [part for part in group if part.composable]
            if fit and not (covered & gains).any():
                chosen.append(sorted(fit, key=lambda part: part.cost))
                covered |= gains
        for together in islice(product(*chosen), ENOUGH if len(chosen) > 1 and parts else 0):
            for new in node.with_candidates(together, node.row):
                new.row = node.trial.exact(new.program)[0]
                if self.good(new.row).all():
                    self.found.append(new)
                yield new
        for part in parts[: 4 * WIDTH]:
            yield from islice(node.with_candidates([part], part.row), 1)

    def _is_new(self, node: Node) -> bool:
        """Whether nothing that prints the same is known; otherwise it is a twin of that."""
        key = np.round(np.nan_to_num(node.row), 9).tobytes()
        known = self.known.get(key)
        if known is None and len(self.known) < MOST:
            self.known[key] = node
            return True
        if known is not None and node.cost <= known.cost + SLACK and len(known.twins) < ENOUGH:
            known.twins.append(node)
        return False

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
            if not self.found:
                self.notes.append("The values have too few digits to tell a cause from chance.")
            raise Stopped
