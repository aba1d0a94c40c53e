"""The edits of an expression: names for others, and the rules of rules.txt."""

import ast
from collections.abc import Callable, Iterator
from functools import cache, lru_cache, partial
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np

from ..printed import EXERCISES
from .trees import (
    Binding,
    changed,
    children,
    constant,
    filled,
    is_letter,
    letters,
    match,
    name_node,
    parsed,
    replaced,
)

CONSTANTS = (0, 1, 2, 3, -1)
GRADIENTS = dict.fromkeys(out for one in EXERCISES.values() if one.forward for out in one.outputs)
Made = Callable[[], ast.expr]  # an edited tree that is made when it is wanted


class Edit(NamedTuple):
    """An edited tree; rare if its rule stands below the line "rarer"."""

    tree: ast.expr
    rare: bool


class Rule:
    """A line of rules.txt: a pattern, and what it may become."""

    def __init__(self, was: str, becomes: str, rare: bool):
        self.rare = rare
        self.pattern: Any = parsed(was)
        self.templates = [parsed(text) for text in becomes.split(" | ")]
        self.whole = is_letter(self.pattern)  # it stands for the whole right-hand side
        bound = letters(self.pattern)
        self.free = [letters(template) - bound for template in self.templates]

    def binding(self, node: ast.AST) -> Binding | None:
        """What the letters stand for at a node; None if it has another form."""
        binding: Binding = {}
        if type(node) is type(self.pattern) and match(self.pattern, node, binding):
            return binding
        return None


class Editor:
    """Edits expressions at one statement, knowing what each name holds there.

    scope maps the local names to their values; beyond are names that earlier notebook cells left
    behind; shape is that of the statement's value, target the name that it adds to, if it does.
    """

    def __init__(
        self,
        scope: dict[str, Any],
        beyond: dict[str, Any],
        shape: tuple | None = None,
        target: str = "",
    ):
        self.target = target
        self.scope = scope
        self.shapes = {name: _kind(value) for name, value in (beyond | scope).items()}
        self.local = set(scope)
        self.shape = shape

    def edits(self, tree: ast.expr) -> Iterator[Edit]:
        """Every tree with one edit; the same edit at several places at once counts as one."""
        seen = {_identity(tree)}
        everywhere = (
            Edit(made(), rare) for _, places, rare, made in self._all_places(tree) if places > 1
        )
        for edit in (*self.inside(tree), *self._whole(tree), *everywhere):
            identity = _identity(edit.tree)
            if identity not in seen:
                seen.add(identity)
                yield edit

    def inside(self, node: ast.AST) -> Iterator[Edit]:
        """The node with one edit at it or below it."""
        yield from self._rewrites(node)
        for child, put in children(node):
            yield from (Edit(put(edit.tree), edit.rare) for edit in self.inside(child))

    def usual(self, node: ast.AST) -> Iterator[ast.expr]:
        """The node with one edit at its top that is not rare; what is below is shared."""
        return (edit.tree for edit in self._rewrites(node, usual_rules()) if not edit.rare)

    def rewrites(self, node: ast.AST) -> Iterator[ast.expr]:
        """The node with one edit at its top."""
        return (edit.tree for edit in self._rewrites(node, rules()))

    def _rewrites(self, node: ast.AST, by: list[Rule] | None = None) -> Iterator[Edit]:
        if isinstance(node, ast.Name):
            for name in self.others(node.id):
                yield Edit(name_node(name), name not in self.local)
        elif isinstance(node, ast.Constant) and type(node.value) is int:
            values = (value for value in CONSTANTS if value != node.value)
            yield from (Edit(constant(value), False) for value in values)
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            yield from (Edit(other, False) for other in self._other_keys(node))
        elif isinstance(node, (ast.Tuple, ast.Call, ast.Dict)):
            yield from (Edit(new, False) for new in (*_swapped(node), *_left_out(node)))
        for rule in by or rules():
            binding = None if rule.whole else rule.binding(node)
            if binding is not None:
                yield from (Edit(tree, rule.rare) for tree in self._rewritten(rule, binding))

    def others(self, name: str) -> list[str]:
        """The names that hold something of the same kind, those of the function first."""
        kind = self.shapes.get(name)
        if kind is None or name not in self.local:
            return []
        found = [other for other, its in self.shapes.items() if its == kind and other != name]
        return sorted(found, key=lambda other: other not in self.local)

    def throughout(self, tree: ast.expr) -> Iterator[tuple[Any, ast.expr]]:
        """(name of the edit, the tree with it at all places), also if there is but one."""
        return ((name, made()) for name, _, _, made in self._all_places(tree))

    def _other_keys(self, node: ast.Subscript) -> Iterator[ast.expr]:
        held = self.scope.get(node.value.id) if isinstance(node.value, ast.Name) else None
        key = node.slice.value  # type: ignore[attr-defined]
        keys = (*held, *(GRADIENTS if key in GRADIENTS else ())) if isinstance(held, dict) else ()
        others = dict.fromkeys(keys)
        yield from (changed(node, slice=constant(other)) for other in others if other != key)

    def _whole(self, tree: ast.expr) -> Iterator[Edit]:
        for rule in rules():
            if rule.whole:
                for edited in self._rewritten(rule, {rule.pattern.id: tree}):
                    yield Edit(edited, rule.rare)

    def _all_places(self, tree: ast.expr) -> Iterator[tuple[Any, int, bool, Made]]:
        """(name of an edit, at how many places it fits, if it is rare, the tree with it there)."""
        nodes = list(ast.walk(tree))
        names = [node.id for node in nodes if isinstance(node, ast.Name)]
        for name in dict.fromkeys(names):
            for other in self.others(name):
                rare, made = other not in self.local, partial(_renamed, tree, name, other)
                yield (name, other), names.count(name), rare, made
        for number, rule in enumerate(rules()):
            places = 0 if rule.whole else sum(rule.binding(node) is not None for node in nodes)
            for choice, free in enumerate(rule.free if places else ()):
                if not free:
                    yield (number, choice), places, rule.rare, partial(_ruled, tree, rule, choice)

    def _rewritten(self, rule: Rule, binding: Binding) -> Iterator[ast.expr]:
        """The templates, each for every choice of its free letter."""
        for template, free in zip(rule.templates, rule.free, strict=True):
            if not free:
                yield filled(template, binding)
            for letter in free:
                for name in self._arrays(letter):
                    yield filled(template, binding | {letter: name_node(name)})

    def _arrays(self, letter: str) -> list[str]:
        """The local names that a free letter may be: X has the statement's shape, Y a time axis."""
        kinds = {name: kind for name, kind in self.shapes.items() if name in self.local and kind}
        if letter == "Y":
            return [name for name, kind in kinds.items() if len(kind) == 3]
        return [name for name, kind in kinds.items() if kind == self.shape and name != self.target]


def rules() -> list[Rule]:
    """The rules of rules.txt, in their order."""
    return usual_rules() + _rules(1)


def usual_rules() -> list[Rule]:
    """Those above the line "rarer"."""
    return _rules(0)


@cache
def _rules(part: int) -> list[Rule]:
    text = files(__package__).joinpath("rules.txt").read_text("utf-8")
    lines = text.split("\n# rarer\n")[part].splitlines()
    pairs = (line.split(" -> ") for line in lines if " -> " in line and not line.startswith("#"))
    return [Rule(was, becomes, rare=bool(part)) for was, becomes in pairs]


@lru_cache(maxsize=100_000)
def code(tree: ast.expr):
    """The code of an expression."""
    return compile(ast.Expression(tree), "<edit>", "eval")


def _identity(tree: ast.expr) -> Any:
    """Equal for expressions that say the same."""
    made = code(tree)
    return made.co_code, made.co_names, repr(made.co_consts)


def _kind(value: Any) -> Any:
    """What two names have in common if one may stand for the other."""
    if isinstance(value, np.ndarray):
        return value.shape
    return type(value).__name__ if isinstance(value, (int, list, dict, tuple)) else None


def _renamed(tree: ast.expr, name: str, other: str) -> ast.expr:
    new = name_node(other)
    return replaced(tree, lambda n: new if isinstance(n, ast.Name) and n.id == name else None)


def _ruled(tree: ast.expr, rule: Rule, choice: int) -> ast.expr:
    def change(node):
        binding = rule.binding(node)
        return None if binding is None else filled(rule.templates[choice], binding)

    return replaced(tree, change)


def _left_out(node: Any) -> Iterator[ast.expr]:
    """A tuple or a dictionary without one of its entries."""
    fields = {ast.Tuple: ("elts",), ast.Dict: ("keys", "values")}.get(type(node), ())
    for gone in range(len(getattr(node, fields[0])) if fields else 0):
        entries = {field: list(getattr(node, field)) for field in fields}
        for kept in entries.values():
            del kept[gone]
        yield changed(node, **entries)


def _swapped(node: Any) -> Iterator[ast.expr]:
    """Two entries of a tuple, or two arguments of one of the assignment's functions, swapped."""
    field = "elts" if isinstance(node, ast.Tuple) else "args"
    if field == "args" and not isinstance(getattr(node, "func", None), ast.Name):
        return
    entries = getattr(node, field)
    for second in range(len(entries)):
        for first in range(second):
            swapped = list(entries)
            swapped[first], swapped[second] = entries[second], entries[first]
            yield changed(node, **{field: swapped})
