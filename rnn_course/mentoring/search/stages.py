"""The kinds of candidates that a search tries at a node, the cheapest kind first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from ...subject.mistakes import Mistake
from ..printed import MISTAKES
from ..program import Program, Site, at
from .deep import deep_candidates
from .natural import Forms, as_it_is, other_forms
from .nodes import CATALOGUED, FURTHER, LINE, RARER, STATEMENT, Candidate, Node, together
from .reported import NOTHING
from .rows import with_mistake
from .steps import function_wide, structural


@dataclass(frozen=True)
class Stage:
    """A kind of candidates, and what the cheapest of them costs.

    Slow ones are not tried where an explanation was found; slowest ones only after all others.
    """

    name: str
    make: Callable[[Any, Node], Iterator[Candidate]]
    cost: float
    slow: bool = False
    slowest: bool = False


def catalogue(search, node: Node) -> Iterator[Candidate]:
    """The rows that fit the program."""
    for mistake in MISTAKES.values():
        if mistake.function in node.trial.suspects:
            program = with_mistake(node.program, mistake)
            if program is not None:
                row = node.trial.exact(program)[0]
                yield Candidate(partial(_with_mistake, mistake), row, CATALOGUED)


def lines(search, node: Node) -> Iterator[Candidate]:
    """One edit of the right-hand side of each statement that bears on a wrong number."""
    return _edited(search, node, as_it_is, (LINE, RARER))


def forms(search, node: Node) -> Iterator[Candidate]:
    """One edit of another form of a published line."""
    return _edited(search, node, other_forms, (RARER, RARER + FURTHER))


def _edited(search, node: Node, forms_of: Forms, costs: tuple[float, float]) -> Iterator[Candidate]:
    wrong, trial = ~search.good(node.row), node.trial
    for site in trial.scopes:
        statement = at(node.program, site)
        others = forms_of(site, statement)
        if not others or site.function not in trial.suspects or not _bears(search, site, wrong):
            continue
        for form in others:
            if (site, form) not in search.edits:
                search.edits[site, form] = list(trial.editor(site).edits(form))
        edits = [edit for form in others for edit in search.edits[site, form]]
        priced = [costs[edit.rare] for edit in edits]
        candidates = node.lines(site, [edit.tree for edit in edits], priced)
        rows = np.stack([candidate.row for candidate in candidates] or [node.row])
        search.reach[site] = search.reach.get(site, False) | _moved(rows, node.row).any(axis=0)
        yield from candidates


def _bears(search, site: Site, wrong: np.ndarray) -> bool:
    """Whether a wrong number depends on a statement; all of them, if there is one cause already."""
    reached = search.reach.get(site, wrong) & wrong
    return bool((reached == wrong).all() if search.found else reached.any())


def _moved(rows: np.ndarray, row: np.ndarray) -> np.ndarray:
    """Which numbers are others than in a row; none of a program that prints nothing."""
    moved = ~np.isclose(rows, row, rtol=0, atol=1e-13, equal_nan=True)
    return moved & ~(rows == NOTHING).all(axis=1, keepdims=True)


def whole_statements(search, node: Node) -> Iterator[Candidate]:
    """Statements missing, repeated, moved; the same edit in all lines of a function."""
    for function in node.trial.suspects:
        for make in (function_wide, structural):
            for program in make(node.program, function, node.trial.editor):
                row = node.trial.exact(program)[0]
                yield Candidate(partial(_instead, program), row, STATEMENT, False)


def several_rows(count: int, search, node: Node) -> Iterator[Candidate]:
    """So many rows of the catalogue that act on the same numbers: only together they explain any.

    More than two must explain all that is wrong, as any other cause must where one was found.
    """
    wrong = ~search.good(node.row)
    rows = [(one, ~(one.row == node.row)) for one in catalogue(search, node)]
    for chosen in combinations(rows, count):
        reaches = [reach for _, reach in chosen]
        overlaps = sum((one & other).any() for one, other in combinations(reaches, 2))
        all_reached = np.logical_or.reduce(reaches)[wrong].all()
        if overlaps >= count - 1 and (all_reached or (count == 2 and not search.found)):
            candidates = [one for one, _ in chosen]
            program = together(candidates, node.program)
            if program is not None:
                yield _as_one(candidates, node.trial.exact(program)[0])


def row_and_line(search, node: Node) -> Iterator[Candidate]:
    """A row of the catalogue and an edit of a line that only together explain anything."""
    for row in catalogue(search, node):
        for between in node.with_candidates([row], row.row):
            for line in lines(search, between):
                yield _as_one([row, line], line.row)


def _as_one(candidates: list[Candidate], row: np.ndarray) -> Candidate:
    cost = sum(candidate.cost for candidate in candidates)
    return Candidate(partial(together, candidates), row, cost)


def _with_mistake(mistake: Mistake, program: Program) -> Program | None:
    return with_mistake(program, mistake)


def _instead(changed: Program, program: Program) -> Program:
    return changed


STAGES = (
    Stage("the catalogue", catalogue, CATALOGUED),
    Stage("edits of lines", lines, LINE),
    Stage("pairs of the catalogue", partial(several_rows, 2), 2 * CATALOGUED),
    Stage("edits of statements", whole_statements, STATEMENT),
    Stage("other forms of lines", forms, RARER),
    Stage("several edits of a line", partial(deep_candidates, as_it_is), LINE + FURTHER, slow=True),
    Stage("three of the catalogue", partial(several_rows, 3), 3 * CATALOGUED, slow=True),
    Stage(
        "several edits of other forms",
        partial(deep_candidates, other_forms),
        RARER + FURTHER,
        slow=True,
    ),
    Stage("pairs of mistakes", row_and_line, CATALOGUED + LINE, slow=True, slowest=True),
)
