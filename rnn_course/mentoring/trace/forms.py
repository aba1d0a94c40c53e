"""The right programs that posted code is held against, each run once with every visit noted."""

import ast
import copy
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ...subject.exercises import EXERCISES
from ...subject.published import SOURCE, build
from .. import cells
from ..program import PLAIN, Path, names_read, parse, statements
from . import language

LANGUAGE, LANGUAGE_BY_STEP = "network_backward", "network_backward, a pass for each step"
RETURN = "__return__"
SEEN, VISIT = "__seen__", "__visit__"
CHANGING = {"append", "extend", "insert", "fill", "update"}  # methods
Visit = tuple[int, ...]


@dataclass(frozen=True)
class Form:
    """A right program: its tree, its inputs by name, and the functions that it calls.

    loose: its vectors may have an axis of length 1 more.
    """

    name: str
    tree: ast.FunctionDef
    arguments: dict[str, Any] = field(hash=False)
    callees: dict[str, Callable] = field(hash=False)
    loose: bool = False


@dataclass
class Moment:
    """One visit of a statement: the names before and after it, and what it called."""

    before: dict[str, Any]
    after: dict[str, Any] = field(default_factory=dict)
    calls: dict[str, tuple] = field(default_factory=dict)


@dataclass
class Watched:
    """A form that has run: its moments, and the values that each of its loops went through."""

    moments: dict[tuple[Path, Visit], Moment] = field(default_factory=dict)
    loops: dict[tuple[Path, Visit], list] = field(default_factory=dict)
    rounds: Counter = field(default_factory=Counter)

    def visit(self, path: Path) -> Visit:
        """The number of the round in each loop around a statement."""
        return tuple(self.rounds[depth] for depth in range(len(path) - 1))

    def visits(self, path: Path) -> list[Visit]:
        """All visits of a statement, in order."""
        return [visit for seen, visit in self.moments if seen == path]


@cache
def form(name: str) -> Form:
    """The form of an exercise's function, or of another language network's backward pass."""
    if name not in EXERCISES:
        text = language.ONE_RUN if name == LANGUAGE else language.RUN_A_STEP
        given = language.arguments()
        forwards = {"forward_propagation": lambda x: given["cache"]}
        return Form(name, parse(text), given, forwards, loose=True)
    exercise, functions = EXERCISES[name], build()
    tree, drawn = parse(SOURCE[name]), dict(cells.drawn(name))
    if exercise.forward:
        upstream = {key: drawn.pop(key) for key in exercise.upstream}
        caches = functions[exercise.forward](*drawn.values())[-1]
        drawn = upstream | {tree.args.args[-1].arg: caches}
    callees = {called: functions[called] for called in names_read(tree) & functions.keys()}
    return Form(name, tree, drawn, callees)


@cache
def watched(name: str) -> Watched:
    """The form's run on its inputs."""
    known, seen = form(name), Watched()
    latest: list[Moment] = []

    def note(path, scope, done):
        key, names = (path, seen.visit(path)), copy.deepcopy(dict(scope))
        if done:
            seen.moments[key].after = names
        else:
            seen.moments[key] = Moment(names)
            latest[:] = [seen.moments[key]]
            seen.rounds[len(path) - 1] = -1  # of the loop that may begin here

    def count(path, value):
        seen.rounds[len(path) - 1] += 1
        seen.loops.setdefault((path, seen.visit(path)), []).append(copy.deepcopy(value))

    def noted(callee, function):
        def call(*given):
            before = copy.deepcopy(given)
            latest[0].calls[callee] = (before, result := function(*given))
            return result

        return call

    hooks = {SEEN: note, VISIT: count}
    hooks |= {callee: noted(callee, function) for callee, function in known.callees.items()}
    tree = copy.deepcopy(known.tree)
    tree.body = _noting(tree.body, ())
    namespace: dict[str, Any] = PLAIN | hooks
    code = compile(ast.fix_missing_locations(ast.Module([tree], [])), f"<{name}>", "exec")
    exec(code, namespace)  # noqa: S102  our own text
    namespace[tree.name](**copy.deepcopy(known.arguments))
    return seen


def _noting(body: list[ast.stmt], before: Path) -> list[ast.stmt]:
    """The statements, each between two notes; a return notes what it returns."""
    noting: list[ast.stmt] = []
    for position, statement in enumerate(body):
        path = (*before, position)
        if isinstance(statement, ast.For):
            assert isinstance(statement.target, ast.Name)
            statement.body = [
                *_plain(f"{VISIT}({path!r}, {statement.target.id})"),
                *_noting(statement.body, path),
            ]
        ends = isinstance(statement, ast.Return)
        if isinstance(statement, ast.Return):
            assert statement.value is not None
            statement = ast.Assign([ast.Name(RETURN, ast.Store())], statement.value)
        noting += _plain(f"{SEEN}({path!r}, locals(), False)")
        noting.append(statement)
        noting += _plain(f"{SEEN}({path!r}, locals(), True)")
        noting += _plain(f"return {RETURN}") if ends else []
    return noting


def _plain(text: str) -> list[ast.stmt]:
    return ast.parse(text).body


def bound(statement: ast.stmt) -> list[str]:
    """The names that a statement binds or whose entries it changes; a return binds RETURN."""
    if isinstance(statement, ast.FunctionDef):
        return [statement.name]
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return [alias.asname or alias.name.partition(".")[0] for alias in statement.names]
    found: list[str] = [RETURN] if isinstance(statement, ast.Return) else []
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.append(node.id)
        elif isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, ast.Store):
            found.append(root(node))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            found.append(root(node.func) if node.func.attr in CHANGING else "")
    inner = (node.target for node in ast.walk(statement) if isinstance(node, ast.comprehension))
    hidden = {
        name.id for target in inner for name in ast.walk(target) if isinstance(name, ast.Name)
    }
    return [name for name in dict.fromkeys(found) if name and name not in hidden]


def root(node: ast.AST) -> str:
    """The name at the beginning of a[i].b."""
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


@cache
def binders(name: str) -> dict[str, list[Path]]:
    """The statements of a form by the name that they bind, loops themselves apart."""
    found: dict[str, list[Path]] = {}
    for path, statement in statements(form(name).tree):
        if not isinstance(statement, ast.For):
            for known in bound(statement):
                found.setdefault(known, []).append(path)
    return found


@cache
def loops(name: str) -> tuple[Path, ...]:
    """The loops of a form."""
    return tuple(p for p, node in statements(form(name).tree) if isinstance(node, ast.For))


@cache
def callers(name: str) -> tuple[tuple[Path, str], ...]:
    """The statements that call another function, with its name."""
    return tuple(
        (path, callee)
        for path, node in statements(form(name).tree)
        for callee in form(name).callees
        if not isinstance(node, ast.For) and callee in names_read(node)
    )


def statement_at(name: str, path: Path) -> ast.stmt:
    """The form's statement at a path."""
    node: Any = form(name).tree
    for position in path:
        node = node.body[position]
    return node


@cache
def keys(name: str) -> frozenset[str]:
    """The texts in a form: the keys of its dictionaries."""
    constants = (n.value for n in ast.walk(form(name).tree) if isinstance(n, ast.Constant))
    return frozenset(value for value in constants if isinstance(value, str))


@cache
def vocabulary(name: str) -> frozenset[str]:
    """All names that the form binds or reads, its arguments among them."""
    known = form(name)
    return frozenset(names_read(known.tree)) | frozenset(binders(name)) | frozenset(known.arguments)
