"""A mistake of the catalogue in a program that has others already."""

import ast
from functools import cache

from ..subject.mistakes import Mistake, apply
from .program import PUBLISHED_PROGRAM, Program, Site, parse, statements, with_statements


def with_mistake(program: Program, mistake: Mistake) -> Program | None:
    """The program with the mistake in it; None if its statements are not the published ones."""
    name = mistake.function
    if program[name] is PUBLISHED_PROGRAM[name]:
        return program | {name: _tree(mistake)}
    changes = _changes(mistake)
    here = dict(statements(program[name]))
    right = dict(statements(PUBLISHED_PROGRAM[name]))
    if changes is None or here.keys() != right.keys():
        return None
    for path, new in changes.items():
        if ast.dump(here[path]) != ast.dump(right[path]):
            return None
        program = with_statements(program, Site(name, path), [new])
    return program


@cache
def _tree(mistake: Mistake) -> ast.FunctionDef:
    return parse(apply(mistake)[mistake.function])


@cache
def _changes(mistake: Mistake) -> dict | None:
    """The statements that differ; None if it adds or removes any."""
    right = dict(statements(PUBLISHED_PROGRAM[mistake.function]))
    wrong = dict(statements(_tree(mistake)))
    if right.keys() != wrong.keys():
        return None
    return {
        path: wrong[path]
        for path, statement in right.items()
        if ast.dump(statement) != ast.dump(wrong[path]) and not isinstance(statement, ast.For)
    }
