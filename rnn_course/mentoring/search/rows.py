"""A mistake of the catalogue in a program that has others already."""

import ast
from contextlib import suppress
from functools import cache

from ...subject.mistakes import Mistake, apply
from ..program import PUBLISHED_PROGRAM, Program, Site, at, parse, statements, with_statements
from .trees import changed

_made: dict[int, tuple[Mistake, ...]] = {}  # what is in a tree that _tree made and keeps


def with_mistake(program: Program, mistake: Mistake) -> Program | None:
    """The program with the mistake in it; None if its statements are not the published ones."""
    name = mistake.function
    rows = () if program[name] is PUBLISHED_PROGRAM[name] else _made.get(id(program[name]))
    if rows is not None:
        with suppress(ValueError):  # two edits of one text
            return program | {name: _tree(*rows, mistake)}
    changes = _changes(mistake)
    here = dict(statements(program[name]))
    right = dict(statements(PUBLISHED_PROGRAM[name]))
    if changes is None or here.keys() != right.keys():
        return None
    for path, new in changes.items():
        site = Site(name, path)
        if _own(here[path]) != _own(right[path]):
            return None
        if isinstance(new, ast.For):
            new = changed(at(program, site), iter=new.iter)
        program = with_statements(program, site, [new])
    return program


def _own(statement: ast.stmt) -> str:
    """A statement without those that it repeats."""
    return ast.dump(statement.iter if isinstance(statement, ast.For) else statement)


@cache
def _tree(*mistakes: Mistake) -> ast.FunctionDef:
    tree = parse(apply(*mistakes)[mistakes[0].function])
    _made[id(tree)] = mistakes
    return tree


@cache
def _changes(mistake: Mistake) -> dict | None:
    """The statements that differ; None if it adds or removes any."""
    right = dict(statements(PUBLISHED_PROGRAM[mistake.function]))
    wrong = dict(statements(_tree(mistake)))
    if right.keys() != wrong.keys():
        return None
    return {path: wrong[path] for path in right if _own(right[path]) != _own(wrong[path])}
