"""Which statements of a function were edited, and how each differs."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from itertools import product

import numpy as np

from rnn_utils import sigmoid

from ...subject.published import SOURCE
from .kinds import Difference, compare, same
from .naming import bound, called, in_words, listed, quoted

CACHES = ("cache", "caches")
STATES = ("a_next", "c_next", "da_prevt", "dc_prevt")
_OPERATIONS = {"multiply": ast.Mult, "add": ast.Add, "subtract": ast.Sub, "divide": ast.Div}
ALIKE = 0.6  # two statements of which so much is the same are one, changed
_ARITHMETIC = {
    **{ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply},
    **{ast.Div: np.divide, ast.Pow: np.power},
}
_CURVES = {"tanh": np.tanh, "exp": np.exp, "sigmoid": sigmoid}


@dataclass(frozen=True)
class Statement:
    """One statement of a function, or the head of a loop; depth counts the loops around it."""

    text: str
    depth: int
    line: int

    @property
    def node(self) -> ast.stmt:
        """Its syntax; a loop has an empty body."""
        return ast.parse(self.text + " pass" * self.text.endswith(":")).body[0]

    @property
    def names(self) -> list[str]:
        """What it binds."""
        return bound(self.node)


@dataclass(frozen=True)
class Edit:
    """One statement that differs: was is None if it is added, becomes if it is missing.

    line is that of was, or of the statement that an added one follows.
    """

    was: Statement | None
    becomes: Statement | None
    line: int

    @property
    def key(self) -> tuple:
        """What two edits share if they are the same."""
        becomes = self.becomes and (self.becomes.text, self.becomes.depth)
        return self.was and self.was.line, becomes

    @property
    def names(self) -> list[str]:
        """What its statement binds."""
        statement = self.was or self.becomes
        return statement.names if statement else []


# Which statements differ


@cache
def statements(source: str) -> list[Statement]:
    """The statements of a function in order, those of a loop after its head."""
    (function,) = ast.parse(source).body
    return list(_flat(getattr(function, "body", []), 0))


def _flat(body: list[ast.stmt], depth: int):
    for node in body:
        match node:
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                continue
            case ast.For():
                head = f"for {ast.unparse(node.target)} in {ast.unparse(node.iter)}:"
                yield Statement(head, depth, node.lineno)
                yield from _flat([*node.body, *node.orelse], depth + 1)
            case _:
                yield Statement(ast.unparse(node), depth, node.lineno)


def edits_of(function: str, changed: str) -> list[Edit]:
    """The statements that differ: those that are alike in pairs, then the missing and the added."""
    right, theirs = statements(SOURCE[function]), statements(changed)
    keys = [[(s.text, s.depth) for s in those] for those in (right, theirs)]
    lost: list[Statement] = []
    new: list[Statement] = []
    after: dict[Statement, int] = {}
    for what, i, i_end, j, j_end in SequenceMatcher(None, keys[0], keys[1], False).get_opcodes():
        if what != "equal":
            lost += right[i:i_end]
            new += theirs[j:j_end]
            after |= dict.fromkeys(theirs[j:j_end], right[max(i_end - 1, 0)].line)
    edits = []
    for was, becomes in sorted(product(lost, new), key=_likeness, reverse=True):
        if was in lost and becomes in new and _likeness((was, becomes)) >= ALIKE:
            lost.remove(was)
            new.remove(becomes)
            if not _mean_the_same(was, becomes):
                edits.append(Edit(was, becomes, was.line))
    edits += [Edit(was, None, was.line) for was in lost]
    edits += [Edit(None, becomes, after[becomes]) for becomes in new]
    return sorted(edits, key=lambda edit: edit.line)


def _likeness(pair: tuple[Statement, Statement]) -> float:
    """Above 1 if both bind the same at the same depth, most if the text is the same."""
    was, becomes = pair
    if was.text == becomes.text:
        return 3.0
    if was.depth != becomes.depth:
        return 0.0
    return SequenceMatcher(None, was.text, becomes.text).ratio() + (was.names == becomes.names)


def _mean_the_same(was: Statement, becomes: Statement) -> bool:
    """Whether two lines of arithmetic give the same numbers: some other way to write it."""
    (target, value), (other, changed) = _parts(was.node), _parts(becomes.node)
    if not (target and other and value and changed and same(target, other)):
        return False
    if was.text == becomes.text:
        return False  # moved
    if same(value, changed):
        return True
    try:
        return bool(np.allclose(_value(value), _value(changed), rtol=1e-12, atol=0))
    except (LookupError, OverflowError):
        return False


def _value(node: ast.expr) -> np.ndarray:
    """What a line of arithmetic gives for some numbers of its names; else a LookupError."""
    with np.errstate(all="ignore"):
        match node:
            case ast.Constant(value=int() | float() as value):
                return np.full(8, float(value))
            case ast.Name():
                return np.random.default_rng(list(node.id.encode())).uniform(0.1, 0.9, 8)
            case ast.BinOp():
                return _ARITHMETIC[type(node.op)](_value(node.left), _value(node.right))
            case ast.UnaryOp(op=ast.USub()):
                return -_value(node.operand)
            case ast.Call(args=[argument], keywords=[]):
                return _CURVES[called(node)](_value(argument))
    raise LookupError(ast.unparse(node))


# How two statements differ


def differences(was: ast.stmt, becomes: ast.stmt) -> list[Difference]:
    """What tells two statements apart, from left to right; never empty for two that differ."""
    found = list(dict.fromkeys(_of_two(was, becomes)))
    return found or ([] if same(was, becomes) else [Difference("other")])


def _of_two(was: ast.stmt, becomes: ast.stmt) -> Iterator[Difference]:
    if isinstance(was, ast.For) and isinstance(becomes, ast.For):
        if not (same(was.target, becomes.target) and same(was.iter, becomes.iter)):
            yield Difference("loop")
        return
    (target, value), (other, changed) = map(_parts, (was, becomes))
    if value is None or changed is None:
        yield Difference("other")
        return
    if set(bound(was)) <= {*CACHES} and not same(value, changed):
        yield Difference("cache")
    else:
        found = list(compare(value, changed))
        yield from _as_start(bound(was), value, changed) or _as_sum(target, found)
    if target is None or other is None or same(target, other):
        return
    if bound(was) == bound(becomes):
        yield from compare(target, other)
    else:
        lost = [name for name in bound(was) if name not in bound(becomes)]
        new = [name for name in bound(becomes) if name not in bound(was)]
        yield Difference("target", *(listed(map(quoted, names)) for names in (lost, new)))


def _parts(statement: ast.stmt) -> tuple[ast.expr | None, ast.expr | None]:
    """Target and value, in one spelling: x += y is x = x + y."""
    copied = _Spelling().visit(ast.parse(ast.unparse(statement)).body[0])
    if isinstance(copied, ast.AugAssign):
        return copied.target, ast.BinOp(copied.target, copied.op, copied.value)
    if isinstance(copied, ast.Assign) and len(copied.targets) == 1:
        return copied.targets[0], copied.value
    return None, getattr(copied, "value", None)


def _as_start(names: list[str], was: ast.expr, becomes: ast.expr) -> list[Difference]:
    """A new array that became a part of another one, or the other one itself."""
    started = called(was) in ("zeros", "zeros_like", "copy", "ones", "empty")
    if started and isinstance(becomes, ast.Subscript):
        return [Difference("view", becomes=in_words(becomes.value))]
    words = in_words(was), in_words(becomes)
    if {*names} & {*STATES} and (started or isinstance(was, ast.Name)) and words[0] != words[1]:
        return [Difference("start", *words)]
    if started and isinstance(becomes, ast.Name):
        return [Difference("alias", becomes=quoted(becomes.id))]
    return []


def _as_sum(target: ast.expr | None, found: list[Difference]) -> list[Difference]:
    """A sum that has lost itself is an = in the place of a +=."""
    name = in_words(target) if target else ""
    lost = Difference("term-dropped", name)
    return [Difference("accumulate") if difference == lost else difference for difference in found]


class _Spelling(ast.NodeTransformer):
    """One spelling for each operation: operators for elementwise ones, dot for a product."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        name, arguments = called(node), node.args
        if node.keywords or any(isinstance(a, ast.Starred) for a in arguments):
            return node
        if name == "copy" and isinstance(_copied(node), ast.Name):
            return _copied(node)
        if name in _OPERATIONS and len(arguments) == 2:
            return ast.BinOp(arguments[0], _OPERATIONS[name](), arguments[1])
        if name == "power" and len(arguments) == 2:
            return ast.BinOp(arguments[0], ast.Pow(), arguments[1])
        if name == "square" and len(arguments) == 1:
            return ast.BinOp(arguments[0], ast.Pow(), ast.Constant(2))
        if name == "transpose" and len(arguments) == 1:
            return ast.Attribute(arguments[0], "T", ast.Load())
        return _dot(*arguments) if name == "matmul" and len(arguments) == 2 else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        return _dot(node.left, node.right) if isinstance(node.op, ast.MatMult) else node


def _copied(node: ast.Call) -> ast.expr:
    """What np.copy(a) or a.copy() copies."""
    return node.args[0] if node.args else getattr(node.func, "value", node)


def _dot(left: ast.expr, right: ast.expr) -> ast.Call:
    return ast.Call(ast.Attribute(ast.Name("np", ast.Load()), "dot", ast.Load()), [left, right], [])
