"""The edits of an expression: names for others, and the rules of rules.txt."""

import ast
import copy
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

CONSTANTS = (0, 1, 2, 3, -1)
CONTEXTS = (ast.expr_context,)


class Editor:
    """Edits expressions at one statement, knowing what each name holds there.

    scope maps the local names to their values; beyond are names that earlier notebook cells left
    behind.
    """

    def __init__(self, scope: dict[str, Any], beyond: dict[str, Any], shape: tuple | None = None):
        self.scope = scope
        self.shapes = {name: _kind(value) for name, value in (beyond | scope).items()}
        self.local = set(scope)
        self.shape = shape

    def edits(self, tree: ast.expr) -> Iterator[ast.expr]:
        """Every tree with one edit; the same edit at several places at once counts as one."""
        seen = {ast.dump(tree)}
        for edited in (*self._whole(tree), *self.inside(tree), *self._everywhere(tree)):
            text = ast.dump(edited)
            if text not in seen:
                seen.add(text)
                yield edited

    def inside(self, node: ast.AST) -> Iterator[Any]:
        """The node with one edit at it or below it."""
        yield from self.rewrites(node)
        for field, child, put in children(node):
            for edited in self.inside(child):
                yield put(field, edited)

    def rewrites(self, node: ast.AST, usual: bool = False) -> Iterator[ast.expr]:
        """The node with one edit at its top; what is below is shared. usual leaves out the rarer."""
        if isinstance(node, ast.Name):
            names = (name for name in self.others(node.id) if not usual or name in self.local)
            yield from map(name_node, names)
        elif isinstance(node, ast.Constant) and type(node.value) is int:
            yield from (constant(value) for value in CONSTANTS if value != node.value)
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            yield from self._other_keys(node)
        elif isinstance(node, (ast.Tuple, ast.Call)):
            yield from _swapped(node)
        for pattern, becomes in usual_rules() if usual else rules():
            binding: dict[str, Any] = {}
            if not isinstance(pattern, ast.Name) and _match(pattern, node, binding):
                for template in becomes:
                    yield from self._filled(template, binding)

    def others(self, name: str) -> list[str]:
        """The names that hold something of the same kind, those of the function first."""
        kind = self.shapes.get(name)
        if kind is None or name not in self.local:
            return []
        found = [other for other, its in self.shapes.items() if its == kind and other != name]
        return sorted(found, key=lambda other: other not in self.local)

    def _other_keys(self, node: ast.Subscript) -> Iterator[ast.expr]:
        held = self.scope.get(node.value.id) if isinstance(node.value, ast.Name) else None
        key = node.slice.value  # type: ignore[attr-defined]
        for other in held if isinstance(held, dict) else ():
            if other != key:
                yield changed(node, slice=constant(other))

    def _whole(self, tree: ast.expr) -> Iterator[ast.expr]:
        for pattern, becomes in rules():
            if isinstance(pattern, ast.Name):
                for template in becomes:
                    yield from self._filled(template, {pattern.id: tree})

    def _everywhere(self, tree: ast.expr) -> Iterator[ast.expr]:
        """The tree with one edit at all places that it fits, if these are several."""
        return (edited for _, places, edited in self._all_places(tree) if places > 1)

    def throughout(self, tree: ast.expr) -> Iterator[tuple[Any, ast.expr]]:
        """(name of the edit, the tree with it at all places), also if there is but one."""
        return ((name, edited) for name, _, edited in self._all_places(tree))

    def _all_places(self, tree: ast.expr) -> Iterator[tuple[Any, int, ast.expr]]:
        names = [n.id for n in ast.walk(tree) if isinstance(n, ast.Name)]
        for name in dict.fromkeys(names):
            for other in self.others(name):
                edited = _replaced(tree, lambda n, a=name, b=other: _renamed(n, a, b))
                yield (name, other), names.count(name), edited
        for number, (pattern, becomes) in enumerate(rules()):
            places = sum(_match(pattern, n, {}) for n in ast.walk(tree))
            if places and not isinstance(pattern, ast.Name):
                for choice, template in enumerate(becomes):
                    edited = _replaced(tree, lambda n, p=pattern, t=template: _rewritten(n, p, t))
                    yield (number, choice), places, edited

    def _filled(self, template, binding) -> Iterator[ast.expr]:
        """The template for each choice of its free letter."""
        free = {n.id for n in ast.walk(template) if _is_letter(n)} - binding.keys()
        if not free:
            yield _substitute(template, binding)
            return
        (letter,) = free
        for name, kind in self.shapes.items():
            wanted = len(kind or ()) == 3 if letter == "Y" else kind == self.shape
            if name in self.local and kind and wanted:
                yield _substitute(template, binding | {letter: name_node(name)})


def children(node: ast.AST) -> Iterator[tuple[Any, ast.AST, Any]]:
    """(place, child, put): each expression below a node, and how to put another there."""

    def in_field(field, new):
        return changed(node, **{field: new})

    def in_list(place, new):
        field, position = place
        entries = list(getattr(node, field))
        entries[position] = new
        return changed(node, **{field: entries})

    for field, value in ast.iter_fields(node):
        if field == "func" or isinstance(value, CONTEXTS):
            continue
        if isinstance(value, list):
            for position, entry in enumerate(value):
                if isinstance(entry, ast.AST):
                    yield (field, position), entry, in_list
        elif isinstance(value, (ast.expr, ast.keyword)):
            yield field, value, in_field


def rules() -> list[tuple[Any, list[Any]]]:
    """(pattern, what it may become) for each line of rules.txt."""
    return usual_rules() + _rules(1)


def usual_rules() -> list[tuple[Any, list[Any]]]:
    """Those above the line "rarer"."""
    return _rules(0)


@cache
def _rules(part: int) -> list[tuple[Any, list[Any]]]:
    found = []
    text = files(__package__).joinpath("rules.txt").read_text("utf-8")
    for line in text.split("\n# rarer\n")[part].splitlines():
        was, arrow, becomes = line.partition(" -> ")
        if arrow and not line.startswith("#"):
            found.append((parsed(was), [parsed(text) for text in becomes.split(" | ")]))
    return found


def parsed(text: str) -> ast.expr:
    """The tree of an expression."""
    return ast.parse(text.strip(), mode="eval").body


def _kind(value: Any) -> Any:
    """What two names have in common if one may stand for the other."""
    if isinstance(value, np.ndarray):
        return value.shape
    return type(value).__name__ if isinstance(value, (int, list, dict, tuple)) else None


def _is_letter(node) -> bool:
    return isinstance(node, ast.Name) and len(node.id) == 1 and node.id.isupper()


def _match(pattern: Any, node: Any, binding: dict[str, Any]) -> bool:
    """Whether a node has the pattern's form; binds the letters to what stands there."""
    if _is_letter(pattern):
        if not isinstance(node, ast.expr):
            return False
        if pattern.id in binding:
            return ast.dump(binding[pattern.id]) == ast.dump(node)
        binding[pattern.id] = node
        return True
    if type(pattern) is not type(node):
        return False
    if isinstance(pattern, list):
        pairs = zip(pattern, node, strict=False)
        return len(pattern) == len(node) and all(_match(p, n, binding) for p, n in pairs)
    if not isinstance(pattern, ast.AST):
        return pattern == node
    if isinstance(pattern, ast.expr_context):
        return True
    return all(
        _match(value, getattr(node, field), binding) for field, value in ast.iter_fields(pattern)
    )


def _substitute(template: Any, binding: dict[str, Any]) -> Any:
    if _is_letter(template):
        return binding[template.id]
    new = template
    for field, child, put in children(template):
        filled = _substitute(child, binding)
        if filled is not child:
            new = _put(new, field, filled)
    if isinstance(template, ast.Call) and _is_letter(template.func):
        new = changed(new, func=binding[template.func.id])
    return new


def _put(node, place, new):
    for field, _, put in children(node):
        if field == place:
            return put(field, new)
    raise KeyError(place)


def _replaced(node: Any, change) -> Any:
    """The tree with change(node) wherever that is not None, from the leaves up."""
    new = node
    for place, child, _ in children(node):
        replaced = _replaced(child, change)
        if replaced is not child:
            new = _put(new, place, replaced)
    other = change(new)
    return new if other is None else other


def _renamed(node, name: str, other: str):
    return name_node(other) if isinstance(node, ast.Name) and node.id == name else None


def _rewritten(node, pattern, template):
    binding: dict[str, Any] = {}
    if not _match(pattern, node, binding):
        return None
    letters = {n.id for n in ast.walk(template) if _is_letter(n)}
    return _substitute(template, binding) if letters <= binding.keys() else None


def _swapped(node: Any) -> Iterator[ast.expr]:
    """Two entries of a tuple, or two arguments of one of the assignment's functions, swapped."""
    field = "elts" if isinstance(node, ast.Tuple) else "args"
    if field == "args" and not (isinstance(node.func, ast.Name) and len(node.args) > 1):
        return
    entries = getattr(node, field)
    for second in range(len(entries)):
        for first in range(second):
            swapped = list(entries)
            swapped[first], swapped[second] = entries[second], entries[first]
            yield changed(node, **{field: swapped})


def changed(node: Any, **fields: Any) -> Any:
    """A copy of a node with other fields; what is below is shared."""
    new = copy.copy(node)
    for field, value in fields.items():
        setattr(new, field, value)
    return new


@cache
def name_node(name: str) -> ast.Name:
    """A name that is read."""
    return parsed(name)  # type: ignore[return-value]


@cache
def constant(value: Any) -> Any:
    """A number or a text."""
    return parsed(repr(value))
