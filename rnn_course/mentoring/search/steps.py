"""The edits of whole statements: missing, repeated, moved, = for +=, another place or order."""

import ast
from collections.abc import Iterator
from functools import partial
from typing import Any

from ..program import (
    Program,
    Site,
    at,
    names_bound,
    names_read,
    statements,
    with_statements,
    with_value,
)
from .edits import Editor
from .trees import changed, name_node, parsed

LOOPS = [
    order.format(steps)
    for steps in ("range(T_x)", "range(T_x - 1)", "range(1, T_x)")
    for order in ("{}", "reversed({})")
]


def structural(program: Program, function: str, editor_at) -> Iterator[Program]:
    """Each program with one such edit in a function; editor_at(site) gives the Editor there."""
    for path, statement in statements(program[function]):
        site = Site(function, path)
        for new in _instead(statement, editor_at(site)):
            yield with_statements(program, site, new)
        yield from _moved(program, site, statement)


def function_wide(program: Program, function: str, editor_at) -> Iterator[Program]:
    """Each program with one edit wherever it fits in a function, if these are several lines."""
    sites = [Site(function, path) for path, s in statements(program[function])]
    values = {site: getattr(at(program, site), "value", None) for site in sites}
    edits: dict[Any, dict[Site, ast.expr]] = {}
    for site, value in values.items():
        if isinstance(value, ast.expr):
            for name, edited in editor_at(site).throughout(value):
                edits.setdefault(name, {})[site] = edited
    yield from _sums_replaced(program, function)
    for places in edits.values():
        if len(places) > 1:
            edited_program = program
            for site, edited in places.items():
                edited_program = with_value(edited_program, site, edited)
            yield edited_program


def _sums_replaced(program: Program, function: str) -> Iterator[Program]:
    """= for += in all sums, in those of the weights, in those of the biases."""
    sums = [
        (Site(function, path), statement)
        for path, statement in statements(program[function])
        if isinstance(statement, ast.AugAssign)
    ]
    for prefix in ("d", "dW", "db"):
        edited = program
        for site, statement in sums:
            if names_bound(statement)[0].startswith(prefix):
                new = _assign(statement.target, statement.value)
                edited = with_statements(edited, site, [new])
        if edited is not program:
            yield edited


def _instead(statement: Any, editor: Editor) -> Iterator[list[ast.stmt]]:
    """What may stand in the place of a statement: none, others, or two."""
    yield []
    if isinstance(statement, ast.For):
        loops = [parsed(text) for text in LOOPS if text != ast.unparse(statement.iter)]
        loops += (edit.tree for edit in editor.edits(statement.iter))
        yield from ([changed(statement, iter=loop)] for loop in loops)
    elif isinstance(statement, ast.AugAssign):
        yield [statement, statement]
        total = ast.BinOp(_read(statement.target), statement.op, statement.value)
        for value in (total, *(edit.tree for edit in editor.edits(_located(total)))):
            yield [_assign(statement.target, value)]
    elif isinstance(statement, ast.Expr):
        yield [statement, statement]
        yield from _appended(statement)
    elif isinstance(statement, ast.Assign):
        yield from _assigned(statement, editor)


def _assigned(statement: ast.Assign, editor: Editor) -> Iterator[list[ast.stmt]]:
    (target,) = statement.targets
    yield from _in_place(statement)
    if isinstance(target, ast.Name):
        if target.id in editor.scope:
            yield [_located(ast.AugAssign(target, ast.Add(), statement.value))]
    elif isinstance(target, ast.Subscript):
        for other in editor.rewrites(_read(target)):
            if isinstance(other, ast.Subscript):
                yield [_assign(other, statement.value)]
        for name in editor.others(names_bound(statement)[0]):
            yield [_assign(changed(target, value=name_node(name)), statement.value)]
    elif isinstance(target, ast.Tuple):
        for order in editor.rewrites(changed(target, ctx=ast.Load())):
            if isinstance(order, ast.Tuple):
                yield [_assign(order, statement.value)]
        for position, element in enumerate(target.elts):  # the value under a name of its own
            if isinstance(element, ast.Name):
                elements = list(target.elts)
                elements[position] = changed(element, id=f"new_{element.id}")
                yield [_assign(changed(target, elts=elements), statement.value)]


def _in_place(statement: ast.Assign) -> Iterator[list[ast.stmt]]:
    """The first operation spoils its operand: x *= y, and x where x * y stood."""
    holder, node = lambda new: new, statement.value
    while isinstance(node, ast.BinOp):
        if isinstance(node.left, ast.Name):
            spoiled = ast.AugAssign(_stored(node.left), node.op, node.right)
            yield [_located(spoiled), changed(statement, value=holder(node.left))]
        holder, node = partial(_around, holder, node), node.left


def _around(holder, node: ast.BinOp, left: ast.expr) -> ast.expr:
    return holder(changed(node, left=left))


def _appended(statement: ast.Expr) -> Iterator[list[ast.stmt]]:
    call = statement.value
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.args:
        container, (entry, *_) = call.func.value, call.args
        yield [_assign(container, entry)]
        yield [_assign(container, _located(ast.List([entry], ast.Load())))]


def _moved(program: Program, site: Site, statement: ast.stmt) -> Iterator[Program]:
    """The statement behind the next one, behind its loop, or at the start of the next loop."""
    *before, position = site.path
    outer = Site(site.function, tuple(before))
    body = at(program, outer).body if before else program[site.function].body
    following = body[position + 1] if position + 1 < len(body) else None
    without = with_statements(program, site, [])
    loops = [p for p, s in statements(program[site.function]) if isinstance(s, ast.For)]
    if before and not isinstance(statement, ast.Return):
        yield with_statements(without, outer, [at(without, outer), statement])
    elif loops and site.path < loops[0] and isinstance(statement, ast.Assign):
        (first,) = loops[0]
        loop = at(program, Site(site.function, loops[0]))
        inside = changed(loop, body=[statement, *loop.body])
        yield with_statements(without, Site(site.function, (first - 1,)), [inside])
    if following is not None and _order_matters(statement, following):
        yield with_statements(without, site, [following, statement])


def _order_matters(first: ast.stmt, second: ast.stmt) -> bool:
    if isinstance(first, ast.For) or isinstance(second, (ast.For, ast.Return)):
        return False
    one, two = set(names_bound(first)), set(names_bound(second))
    return bool(one & (names_read(second) | two) or two & names_read(first))


def _assign(target: Any, value: ast.expr) -> ast.stmt:
    return _located(ast.Assign([_stored(target)], value))


def _stored(target: Any) -> Any:
    if isinstance(target, ast.Tuple):
        target = changed(target, elts=[_stored(element) for element in target.elts])
    return changed(target, ctx=ast.Store())


def _read(target: Any) -> Any:
    return changed(target, ctx=ast.Load())


def _located(node: Any) -> Any:
    node.lineno, node.col_offset = 1, 0
    return node
