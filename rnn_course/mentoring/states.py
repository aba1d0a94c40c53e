"""Which variables of a computation are right, which are wrong, and which is the first wrong one."""

import ast
from typing import Any

import numpy as np

from .diagnosis import Explanation
from .program import PUBLISHED_PROGRAM, at, names_bound, parse, statements
from .search.reported import Reported
from .search.trial import Trial

MOST_NAMED = 12  # more of them tell nothing
RIGHT, WRONG, FIRST, UNSEEN = "right", "wrong", "first", "unseen"
States = dict[tuple[str, str], str]


def explained_states(explanation: Explanation, reported: Reported) -> States:
    """Each variable beside that of the right program; the first wrong one is where an edit is.

    After an error there is nothing to compare: then it is the first line that is edited.
    """
    if reported.error:
        return dict.fromkeys(edited_names(explanation)[:1], FIRST)
    changed = {name: parse(text) for name, text in explanation.source.items()}
    right = Trial(PUBLISHED_PROGRAM, reported)
    wrong = Trial(PUBLISHED_PROGRAM | changed, reported)
    states: States = {}
    for function in right.chain:
        for name in variables(PUBLISHED_PROGRAM[function]):
            ours, theirs = right.ends.get(function, []), wrong.ends.get(function, [])
            values = [[scope.get(name) for scope in scopes] for scopes in (ours, theirs)]
            states[function, name] = RIGHT if _same(*values) else WRONG
    first = _first_wrong(states, explanation)
    return states | {first: FIRST} if first else states


def _first_wrong(states: States, explanation: Explanation) -> tuple[str, str] | None:
    """What the first edited line binds; if that is right at last, the first that is wrong there."""
    wrong = [key for key, state in states.items() if state == WRONG]
    functions = [mistake.function for mistake in explanation.mistakes]
    inside = [key for key in wrong if key[0] in functions]
    return next(
        (key for key in (*edited_names(explanation), *inside, *wrong) if key in wrong), None
    )


def edited_names(explanation: Explanation) -> list[tuple[str, str]]:
    """(function, variable) for what the edited lines bind."""
    found = []
    for mistake in explanation.mistakes:
        text = mistake.was or mistake.becomes
        head = " pass" if text.rstrip().endswith(":") else ""  # of a loop
        for statement in ast.parse(text + head).body:
            found += [(mistake.function, name) for name in names_bound(statement)]
    return found


def seen_states(search: Any) -> tuple[States, tuple[str, ...]]:
    """What the values alone tell: a line that a right value depends on is right, one that only
    wrong values depend on is suspect, and the first of these is marked.
    """
    trial, solid = Trial(PUBLISHED_PROGRAM, search.reported), search.reported.solid
    good = search.good(trial.predicted[0])
    states: States = {
        (function, name): UNSEEN
        for function in trial.chain
        for name in variables(PUBLISHED_PROGRAM[function])
    }
    suspects = []
    for site, reach in search.reach.items():
        for name in names_bound(at(PUBLISHED_PROGRAM, site)):
            if (reach & good & solid).any():
                states[site.function, name] = RIGHT
            elif (reach & ~good).any():
                suspects.append((site.function, name))
    suspects = [key for key in states if key in suspects and states[key] != RIGHT]
    states |= dict.fromkeys(suspects[1:], WRONG) | dict.fromkeys(suspects[:1], FIRST)
    lines = [f"{name} in {function}" for function, name in suspects]
    few = 0 < len(lines) <= MOST_NAMED
    return states, (f"Only wrong values depend on these: {', '.join(lines)}.",) if few else ()


def variables(tree: ast.FunctionDef) -> list[str]:
    """The names that a function binds, its arguments first."""
    names = (name for _, statement in statements(tree) for name in names_bound(statement))
    return list(dict.fromkeys((*(argument.arg for argument in tree.args.args), *names)))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, dict):
        return (
            isinstance(other, dict)
            and one.keys() == other.keys()
            and all(_same(one[key], other[key]) for key in one)
        )
    if isinstance(one, (list, tuple)):
        return (
            isinstance(other, (list, tuple))
            and len(one) == len(other)
            and all(map(_same, one, other))
        )
    if np.shape(one) != np.shape(other) or other is None:
        return one is other
    return bool(np.allclose(one, other, rtol=1e-9, atol=1e-12, equal_nan=True))
