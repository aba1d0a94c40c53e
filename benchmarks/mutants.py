"""Single-edit mutants of all functions in their published form, made on the syntax tree."""

import ast
import sys
from ast import unparse as u
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from operators import OPERATORS

from rnn_course.subject import published
from rnn_course.subject.exercises import Exercise
from rnn_published import draw

NEAREST = 3  # so many names of a kind are tried in the place of another
UNEQUAL = {"n_x": 3, "n_a": 5, "n_y": 2, "m": 4, "T_x": 6, "T_da": 6}  # n_a + n_x is another


@dataclass(frozen=True)
class Mutant:
    """One edit of one function: the lines that differ, and the whole source."""

    function: str
    operator: str
    was: str
    now: str
    source: str

    def __str__(self):
        return f"{self.function}, {self.operator}: {self.was} -> {self.now}"


@dataclass(frozen=True)
class Scope:
    """The locals of a function: kind (the shape, or the type's name) and line of first binding."""

    kinds: dict[str, object]
    keys: dict[str, object]  # the kinds of what the dictionaries hold
    bound: dict[str, int]

    def others(self, name: str, line: int) -> list[str]:
        """The nearest other names of the same kind that are bound above the line."""
        order, kind = list(self.kinds), self.kinds.get(name)
        same = [k for k in order if k != name and self.kinds[k] == kind and self.bound[k] < line]
        return sorted(same, key=lambda k: abs(order.index(k) - order.index(name)))[:NEAREST]

    def arrays(self, line: int, dimensions=(1, 2, 3)) -> list[str]:
        """The names of arrays of so many dimensions that are bound above the line."""
        shapes = {name: kind for name, kind in self.kinds.items() if isinstance(kind, tuple)}
        return [k for k, s in shapes.items() if len(s) in dimensions and self.bound[k] < line]


def arguments(exercise: Exercise, normal, sizes: dict, functions: dict) -> tuple:
    """Drawn arguments of a function; the caches of a backward function come from functions."""
    given = draw(exercise.name, normal, sizes)
    if not exercise.forward:
        return tuple(given.values())
    inputs = (value for name, value in given.items() if name not in exercise.upstream)
    upstream = (given[name] for name in exercise.upstream)
    return (*upstream, functions[exercise.forward](*inputs)[-1])


def mutants(exercise: Exercise) -> Iterator[Mutant]:
    """Every distinct mutant of a function, in the order of its lines."""
    tree = ast.parse(published.SOURCE[exercise.name])
    tree.body[0].body.pop(0)  # the docstring
    original = u(tree)
    tree, scope, seen = ast.parse(original), _scope(exercise, ast.parse(original)), {original}
    for holder, key, node in _places(tree.body[0]):
        for operator in OPERATORS:
            for text in operator(node, scope):
                holder[key] = _parsed(node, text)
                source = u(tree)
                if source not in seen:
                    seen.add(source)
                    name = operator.__name__.replace("_", " ")
                    yield Mutant(exercise.name, name, *_edit(original, source), source)
        holder[key] = node


def _scope(exercise: Exercise, tree: ast.Module) -> Scope:
    """What the locals of the function are, seen while it runs on inputs of unequal sizes."""
    functions = published.build()
    code, kinds, keys = functions[exercise.name].__code__, {}, {}

    def look(frame, *_):
        if frame.f_code is not code:
            return None
        for name, local in frame.f_locals.items():
            kinds[name] = _kind(local)
            keys.update({k: _kind(v) for k, v in local.items()} if isinstance(local, dict) else {})
        return look

    normal = np.random.RandomState(0).randn
    given = arguments(exercise, normal, UNEQUAL, functions)
    sys.settrace(look)
    try:
        functions[exercise.name](*given)
    finally:
        sys.settrace(None)
    bound: dict[str, int] = {argument.arg: 0 for argument in tree.body[0].args.args}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound[node.id] = min(node.lineno, bound.get(node.id, node.lineno))
    return Scope(kinds, keys, bound)


def _kind(value):
    return value.shape if isinstance(value, np.ndarray) else type(value).__name__


def _places(parent: ast.AST) -> Iterator[tuple]:
    """(holder, key, node) for every statement and expression below: holder[key] is node."""
    for field, value in ast.iter_fields(parent):
        holder = value if isinstance(value, list) else vars(parent)
        for key in range(len(value)) if isinstance(value, list) else [field]:
            if isinstance(holder[key], (ast.stmt, ast.expr, ast.keyword)):
                yield holder, key, holder[key]
                yield from _places(holder[key])


def _parsed(node: ast.AST, text: str) -> ast.AST:
    if isinstance(node, ast.stmt):
        return ast.Module(ast.parse(text).body, [])
    return ast.parse(f"_[{text}]", mode="eval").body.slice  # an index may be a slice


def _edit(original: str, source: str) -> tuple[str, str]:
    """The lines that differ, before and after."""
    was, now = original.splitlines(), source.splitlines()
    while was and now and was[0] == now[0]:
        was, now = was[1:], now[1:]
    while was and now and was[-1] == now[-1]:
        was, now = was[:-1], now[:-1]
    return tuple("; ".join(map(str.strip, lines)) or "nothing" for lines in (was, now))
