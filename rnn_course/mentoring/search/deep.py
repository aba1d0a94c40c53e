"""Where several edits of one line are looked for, and which number they must explain."""

import ast
from collections.abc import Iterator
from itertools import chain

import numpy as np

from ..program import Site, at
from .inline import Line, Target
from .natural import Forms
from .nodes import FURTHER, LINE, Candidate, Node

MOST_EDITS = 4
TARGETS = 2  # numbers that are tried for each line
LEAST = 4e-12  # a target is a difference of printed numbers: a little less exact than they are


def deep_candidates(forms_of: Forms, search, node: Node) -> Iterator[Candidate]:
    """Candidates with several edits at one statement, the fewest edits first."""
    lines = dict(_lines(search, node))
    for edits in range(2, MOST_EDITS + 1):
        for site, tasks in list(lines.items()):
            forms = forms_of(site, at(node.program, site))
            for line, target in tasks:
                solved = (line.solve(form, target, edits) for form in forms)
                trees = list(dict.fromkeys(chain.from_iterable(solved)))
                search.tried, line.tried = search.tried + line.tried, 0
                cost = LINE + FURTHER * (edits - 1)
                candidates = node.lines(site, trees, [cost] * len(trees))
                yield from candidates
                if any(search.gains(node, candidate.row).any() for candidate in candidates):
                    del lines[site]
                    break


def _lines(search, node: Node) -> Iterator[tuple[Site, list]]:
    """The statements on which a wrong number depends linearly, and no right number at all."""
    trial = node.trial
    good, solid = search.good(node.row), trial.reported.solid
    for site in trial.scopes:
        reach = search.reach.get(site)
        if reach is None or not (reach & ~good).any() or (reach & good & solid).any():
            continue
        if not isinstance(getattr(at(node.program, site), "value", None), (ast.BinOp, ast.Call)):
            continue
        slopes = trial.slopes(site)
        if slopes is not None:
            yield site, _tasks(search, node, site, *slopes)


def _tasks(search, node: Node, site, value, weights) -> list[tuple[Line, Target]]:
    """What is to be solved: for the wrong numbers that depend on the fewest statements."""
    trial = node.trial
    wrong = ~search.good(node.row) & np.isfinite(trial.reported.values)
    sharers = sum(reach.astype(int) for reach in search.reach.values())
    useful = [k for k in np.flatnonzero(wrong) if weights[k].any()]
    useful.sort(key=lambda k: (sharers[k], trial.reported.tolerance[k]))
    tasks = []
    for k in useful[:TARGETS]:
        entries = np.flatnonzero(weights[k])
        line = Line(trial.editor(site), lambda e: trial.evaluate(site, e), entries, value.shape)
        line.pause = search.check_time
        wanted = trial.reported.values[k] - node.row[k] + weights[k] @ value.ravel()
        tolerance = max(trial.reported.tolerance[k], LEAST)
        tasks.append((line, Target(weights[k][entries], wanted, tolerance)))
    return tasks
