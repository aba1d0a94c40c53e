"""Syntax trees that share what they have in common: copies, places, patterns.

No tree is ever changed; what has another part somewhere is a new tree around the old parts.
"""

import ast
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any, TypeGuard

Binding = dict[str, Any]  # letter of a pattern → what stands there


def changed(node: Any, **fields: Any) -> Any:
    """A copy of a node with other fields; what is below is shared."""
    kind: Any = type(node)
    new = kind.__new__(kind)  # __init__ of Python 3.13 wants every field
    new.__dict__.update(node.__dict__, **fields)
    return new


def children(node: ast.AST) -> Iterator[tuple[Any, Callable[[Any], Any]]]:
    """(child, put): each expression below a node, and how to get the node with another there.

    What a call calls is no child of it: functions are edited by patterns.
    """
    for field, value in node.__dict__.items():
        if field != "func" and isinstance(value, (ast.expr, ast.keyword)):
            yield value, partial(_put, node, field)
        elif isinstance(value, list):
            for number, entry in enumerate(value):
                if isinstance(entry, ast.AST):
                    yield entry, partial(_put_in, node, field, number)


def _put(node: Any, field: str, new: Any) -> Any:
    return changed(node, **{field: new})


def _put_in(node: Any, field: str, number: int, new: Any) -> Any:
    entries = getattr(node, field)
    return changed(node, **{field: [*entries[:number], new, *entries[number + 1 :]]})


def mapped(node: Any, change: Callable[[Any], Any]) -> Any:
    """The node with change(child) in the place of each part; itself if all are the same."""
    fields = {}
    for field, value in node.__dict__.items():
        if isinstance(value, (ast.expr, ast.keyword)):
            new = change(value)
            if new is not value:
                fields[field] = new
        elif isinstance(value, list):
            entries = [change(entry) if isinstance(entry, ast.AST) else entry for entry in value]
            if any(new is not old for new, old in zip(entries, value, strict=True)):
                fields[field] = entries
    return changed(node, **fields) if fields else node


def replaced(node: Any, change: Callable[[Any], Any]) -> Any:
    """The tree with change(node) wherever that is not None, from the leaves up."""
    new = mapped(node, lambda child: replaced(child, change))
    other = change(new)
    return new if other is None else other


def is_letter(node: Any) -> TypeGuard[ast.Name]:
    """Whether a node of a pattern stands for any expression."""
    return isinstance(node, ast.Name) and len(node.id) == 1 and node.id.isupper()


def letters(pattern: Any) -> set[str]:
    """The letters of a pattern."""
    return {node.id for node in ast.walk(pattern) if is_letter(node)}


def match(pattern: Any, node: Any, binding: Binding) -> bool:
    """Whether a node has the pattern's form; binds the letters to what stands there."""
    if is_letter(pattern):
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
        return len(pattern) == len(node) and all(match(p, n, binding) for p, n in pairs)
    if not isinstance(pattern, ast.AST):
        return pattern == node
    if isinstance(pattern, ast.expr_context):
        return True
    return all(match(getattr(pattern, f), getattr(node, f), binding) for f in pattern._fields)


def filled(template: Any, binding: Binding) -> Any:
    """The template with what its letters are bound to."""
    if is_letter(template):
        return binding[template.id]
    return mapped(template, lambda child: filled(child, binding))


def parsed(text: str) -> ast.expr:
    """The tree of an expression."""
    return ast.parse(text.strip(), mode="eval").body


@cache
def name_node(name: str) -> ast.Name:
    """A name that is read."""
    return parsed(name)  # type: ignore[return-value]


@cache
def constant(value: Any) -> Any:
    """A number or a text."""
    return parsed(repr(value))
