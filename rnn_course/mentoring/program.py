"""The published form as trees: its statements, a change of one of them, and how to run the result.

A program maps function names to trees; trees are never changed in place, so programs share them.
A path leads to a statement: (7,) is the eighth of the body, (7, 2) the third of the loop there.
"""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import Any

import numpy as np

from rnn_utils import sigmoid, softmax

from ..subject.published import SOURCE

Program = dict[str, ast.FunctionDef]
Path = tuple[int, ...]
PLAIN = {"np": np, "sigmoid": sigmoid, "softmax": softmax}


@dataclass(frozen=True)
class Site:
    """A statement of a program."""

    function: str
    path: Path


def parse(source: str) -> ast.FunctionDef:
    """The tree of a function's text."""
    (tree,) = ast.parse(source).body
    assert isinstance(tree, ast.FunctionDef)
    return tree


PUBLISHED_PROGRAM: Program = {name: parse(source) for name, source in SOURCE.items()}


def statements(tree: Any, before: Path = ()) -> Iterator[tuple[Path, ast.stmt]]:
    """Every statement with its path, a loop before what it repeats; no docstring."""
    for position, statement in enumerate(tree.body):
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        yield (*before, position), statement
        if isinstance(statement, ast.For):
            yield from statements(statement, (*before, position))


def at(program: Program, site: Site) -> Any:
    """The statement at a site; None if there is none."""
    node: Any = program[site.function]
    for position in site.path:
        node = next(iter(getattr(node, "body", [])[position : position + 1]), None)
    return node


def with_statements(program: Program, site: Site, new: list[ast.stmt]) -> Program:
    """The program with others in the place of one statement; an empty loop gets a pass."""
    return program | {site.function: _with(program[site.function], site.path, new)}


def _with(tree, path: Path, new: list[ast.stmt]):
    changed, body = copy.copy(tree), list(tree.body)
    first, *rest = path
    body[first : first + 1] = [_with(body[first], tuple(rest), new)] if rest else new
    changed.body = body or [_PASS]
    return changed


_PASS = ast.parse("pass").body[0]


def with_value(program: Program, site: Site, value: ast.expr) -> Program:
    """The program with another right-hand side at a site."""
    statement = copy.copy(at(program, site))
    statement.value = value
    return with_statements(program, site, [statement])


def functions(program: Program, names: dict[str, Any]) -> dict[str, Any]:
    """The functions of a program, compiled, in one namespace with what they read (np, …)."""
    namespace = dict(names)
    for name, tree in program.items():
        exec(compiled(name, tree), namespace)  # noqa: S102  an edit of our own text
    return namespace


@lru_cache(maxsize=256)
def compiled(name: str, tree: ast.FunctionDef):
    """The code that defines a function."""
    return compile(ast.Module([tree], []), f"<{name}>", "exec")


@lru_cache(maxsize=256)
def body_code(name: str, tree: ast.FunctionDef) -> CodeType:
    """The code of a function's body: co_varnames are its own names, co_names the others."""
    return next(c for c in compiled(name, tree).co_consts if isinstance(c, CodeType))


def sources(program: Program) -> dict[str, str]:
    """The text of each function that differs from the published form."""
    return {
        name: ast.unparse(tree)
        for name, tree in program.items()
        if tree is not PUBLISHED_PROGRAM[name]
    }


def names_read(node: ast.AST) -> set[str]:
    """The names that a piece of code reads."""
    loads = (n for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))
    return {name.id for name in loads}


def names_bound(statement: ast.stmt) -> list[str]:
    """The names that a statement assigns to, also of those whose entries it assigns."""
    targets = statement.targets if isinstance(statement, ast.Assign) else ()
    if isinstance(statement, (ast.AugAssign, ast.For)):
        targets = [statement.target]
    found = []
    for target in targets:
        for node in ast.walk(target):
            if isinstance(node, ast.Name) and node.id not in found:
                inside = isinstance(node.ctx, ast.Store) or node is _root(target)
                found += [node.id] if inside else []
    if _appends(statement):
        found.append(statement.value.func.value.id)  # type: ignore[attr-defined]
    return found


def _root(target):
    while isinstance(target, ast.Subscript):
        target = target.value
    return target


def _appends(statement: ast.stmt) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    method = call.func if isinstance(call, ast.Call) else None
    return isinstance(method, ast.Attribute) and isinstance(method.value, ast.Name)
