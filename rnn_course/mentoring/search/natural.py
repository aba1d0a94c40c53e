"""The natural forms of a published line: as it is, and as forms.txt has it."""

import ast
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from ..program import PUBLISHED_PROGRAM, Site, at, statements

Forms = Callable[[Site, Any], list[ast.expr]]


def as_it_is(site: Site, statement: Any) -> list[ast.expr]:
    """The right-hand side of a statement, if it has one."""
    value = getattr(statement, "value", None)
    return [] if value is None else [value]


def other_forms(site: Site, statement: Any) -> list[ast.expr]:
    """The other forms of a published right-hand side; none of one that was edited."""
    return _forms().get(site, []) if statement is at(PUBLISHED_PROGRAM, site) else []


@cache
def _forms() -> dict[Site, list[ast.expr]]:
    forms: dict[Site, list[ast.expr]] = defaultdict(list)
    function = ""
    for line in files(__package__).joinpath("forms.txt").read_text("utf-8").splitlines():
        if line in PUBLISHED_PROGRAM:
            function = line
        elif line and not line.startswith("#"):
            (other,) = ast.parse(line).body
            assert isinstance(other, ast.Assign)
            forms[_site(function, other)].append(other.value)
    return forms


def _site(function: str, other: ast.Assign) -> Site:
    """The published statement that has the same target."""
    target = ast.dump(other.targets[0])
    return next(
        Site(function, path)
        for path, statement in statements(PUBLISHED_PROGRAM[function])
        if isinstance(statement, ast.Assign) and ast.dump(statement.targets[0]) == target
    )
