"""How a statement differs from the right one: what it assigns to, how, and the expression."""

import ast
from collections.abc import Mapping

from .differ import instead, slips
from .normal import normal

Names = Mapping[str, ast.expr]


def statement_slips(
    student: ast.stmt,
    right: ast.stmt,
    name: str = "",
    mine: Names | None = None,
    its: Names | None = None,
) -> list[str]:
    """The slips of a statement that binds name; mine and its are what other names stand for."""
    if isinstance(student, ast.For) and isinstance(right, ast.For):
        return slips(student.iter, right.iter, mine, its)
    if isinstance(student, ast.Return) and isinstance(right, ast.Return):
        return slips(student.value, right.value, mine, its) if student.value and right.value else []
    one, other = _part(student, name), _part(right, name)
    if one is None or other is None:
        return []
    if _nothing(one[1]):
        return ["None takes the place of what was computed"]
    operator = _operators(student, right)
    if operator and not slips(one[1], other[1], mine, its):
        return [*_targets(one[0], other[0]), operator]
    values = (_whole(student, one), _whole(right, other)) if operator else (one[1], other[1])
    return _targets(one[0], other[0]) + slips(*values, mine, its)


def _part(statement: ast.stmt, name: str) -> tuple[ast.expr, ast.expr] | None:
    """The target and the value of a statement; of several at once, those of name."""
    if isinstance(statement, ast.AugAssign):
        return statement.target, statement.value
    if not isinstance(statement, ast.Assign):
        return None
    target, value = statement.targets[0], statement.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, part in zip(target.elts, value.elts, strict=False):
            if isinstance(one, ast.Name) and one.id == name:
                return one, part
    return target, value


def _whole(statement: ast.stmt, part: tuple[ast.expr, ast.expr]) -> ast.expr:
    """The value, of x += y as x + y."""
    if isinstance(statement, ast.AugAssign):
        return ast.BinOp(part[0], statement.op, part[1])
    return part[1]


def _operators(student: ast.stmt, right: ast.stmt) -> str:
    """That one adds and the other one does not; "" if they do the same."""
    one, other = (
        f"{_SIGNS.get(type(s.op), '?')}=" if isinstance(s, ast.AugAssign) else "="
        for s in (student, right)
    )
    return f"`{one}` stands where `{other}` belongs" if one != other else ""


_SIGNS: dict[type, str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.BitOr: "|"}


def _targets(one: ast.expr, other: ast.expr) -> list[str]:
    """Names and places that are assigned to instead of others."""
    if isinstance(one, ast.Tuple) and isinstance(other, ast.Tuple):
        if len(one.elts) != len(other.elts):
            return [f"{len(one.elts)} names stand where {len(other.elts)} belong"]
        pairs = zip(one.elts, other.elts, strict=True)
        return [slip for pair in pairs for slip in _targets(*pair)]
    first, second = normal(one, {}), normal(other, {})
    plain = isinstance(one, ast.Name) and isinstance(other, ast.Subscript)
    return [instead(first, second)] if first != second and not plain else []


def _nothing(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
