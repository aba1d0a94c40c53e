"""Several edits in one line: find the right-hand side whose value explains a number.

Between a line of the backward pass and a printed number everything is often linear, so the number
is an inner product of the line's value with known weights. What the parts of the expression become
with so many edits is enumerated from the leaves up, equal values once (bottom-up synthesis with
observational equivalence), and the parts of a sum or a product are matched against the number
without ever being multiplied out.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .edits import Editor
from .trees import changed

MOST = 120_000  # values that one part may take
MOST_WEIGHTS = 2_000  # for which one part is solved at once
TOP = 3  # with more edits than these, none is at the top of the expression
PROJECTION = np.random.default_rng(0).standard_normal(4096)
PAIRS = {ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply, ast.Div: np.divide}


@dataclass(frozen=True)
class Target:
    """A number that was printed: weights (entries,) times the line's value must be it."""

    weights: np.ndarray
    value: float
    tolerance: float


@dataclass
class Values:
    """What a part may become: one row of values each, and the trees, made when asked for."""

    rows: np.ndarray
    makers: list  # (form, left Values, right Values) with the numbers of the rows in origin
    origin: np.ndarray  # (rows, 3): maker, row of the left part, row of the right part

    def tree(self, number: int) -> ast.expr:
        """The expression of one row."""
        maker, left, right = self.origin[number]
        form, one, two = self.makers[maker]
        if one is None:
            return form
        if isinstance(form, ast.BinOp):
            return changed(form, left=one.tree(left), right=two.tree(right))
        if isinstance(form, ast.UnaryOp):
            return changed(form, operand=one.tree(left))
        return changed(form, args=[one.tree(left), *form.args[1:]])


class Line:
    """The right-hand side of one statement, at the entries of its value that matter."""

    def __init__(self, editor: Editor, evaluate, entries: np.ndarray, shape: tuple):
        self.editor, self.evaluate = editor, evaluate
        self.entries, self.shape = entries, shape
        self.known: dict[tuple[int, int, bool], Values] = {}
        self.alive: list[Any] = []  # so that an id stays one node's
        self.tops: dict[int, list[ast.expr]] = {}
        self.tried = 0
        self.pause: Callable[[], None] = lambda: None  # called now and then: it may raise

    def solve(self, node: Any, target: Target, edits: int) -> Iterator[ast.expr]:
        """The trees with exactly so many edits whose value explains the target."""
        one = Target(target.weights[None], target.value, target.tolerance)
        return (tree for tree, _ in self._solve(node, one, edits))

    def _solve(self, node: Any, target: Target, edits: int) -> Iterator[tuple[ast.expr, int]]:
        """(tree, number of the weights with which it explains the target): weights has a row each.

        What multiplies an expression further up only changes the weights of its value.
        """
        yield from self._below(node, target, edits)
        if 1 <= edits <= TOP:
            for form in self._at_top(node):
                yield from self._below(form, target, edits - 1)

    def _at_top(self, node: Any) -> list[ast.expr]:
        """The node with one usual edit at its top, made once."""
        if id(node) not in self.tops:
            self.alive.append(node)
            self.tops[id(node)] = list(self.editor.usual(node))
        return self.tops[id(node)]

    def _below(self, form: Any, target: Target, edits: int) -> Iterator[tuple[ast.expr, int]]:
        self.pause()
        operation = type(form.op) if isinstance(form, ast.BinOp) and edits else None
        if operation is ast.Mult:
            for right in range(edits + 1):
                yield from self._product(form, target, edits - right, right)
        elif operation in (ast.Add, ast.Sub):
            for right in range(edits + 1):
                yield from self._sum(form, target, edits - right, right)
        else:
            found = self._combined(form, edits)
            self.tried += len(found.rows) * len(target.weights)
            near = np.abs(found.rows @ target.weights.T - target.value) <= target.tolerance
            yield from ((found.tree(int(row)), int(k)) for row, k in np.argwhere(near))

    def _sum(self, form, target, left: int, right: int) -> Iterator[tuple[ast.expr, int]]:
        one, two = self.values(form.left, left), self.values(form.right, right)
        self.tried += len(one.rows) * len(two.rows) * len(target.weights)
        sign = 1.0 if isinstance(form.op, ast.Add) else -1.0
        for k, weights in enumerate(target.weights):
            for i, j in _sums(one.rows @ weights, sign * (two.rows @ weights), target):
                yield changed(form, left=one.tree(i), right=two.tree(j)), k

    def _product(self, form, target, left: int, right: int) -> Iterator[tuple[ast.expr, int]]:
        factors = self.values(form.right, right)
        count = len(factors.rows)
        if not 0 < count * len(target.weights) <= MOST_WEIGHTS:
            return
        weights = (target.weights[:, None, :] * factors.rows).reshape(-1, len(self.entries))
        within = Target(weights, target.value, target.tolerance)
        for tree, number in self._solve(form.left, within, left):
            k, factor = divmod(number, count)
            yield changed(form, left=tree, right=factors.tree(factor)), k

    def values(self, node: Any, edits: int) -> Values:
        """All that a part may become with exactly so many edits, equal values once."""
        key = (id(node), edits, True)
        if key not in self.known:
            found = [self._combined(node, edits)]
            if edits:
                found += [self._combined(new, edits - 1) for new in self._rewritten(node)]
            self.alive.append(node)
            self.known[key] = _distinct(found, len(self.entries))
        return self.known[key]

    def _rewritten(self, node) -> list:
        leaf = self._parts(node) is None and not isinstance(node, (ast.Name, ast.Constant))
        edited = (edit.tree for edit in self.editor.inside(node))
        return list(edited if leaf else self.editor.usual(node))

    def _combined(self, node: Any, edits: int) -> Values:
        """What it may become when only its parts are edited."""
        key = (id(node), edits, False)
        if key not in self.known:
            self.alive.append(node)
            self.known[key] = self._combine(node, edits)
        return self.known[key]

    def _combine(self, node: Any, edits: int) -> Values:
        parts = self._parts(node)
        if edits == 0 or parts is None:
            row = self._row(node) if edits == 0 else None
            rows = np.empty((0, len(self.entries))) if row is None else row[None]
            return Values(rows, [(node, None, None)], np.zeros((len(rows), 3), int))
        if len(parts) == 1:
            inner = self.values(parts[0], edits)
            rows = self._apply(node, inner.rows)
            numbers = np.arange(len(rows))
            origin = np.stack([0 * numbers, numbers, 0 * numbers], axis=1)
            return Values(rows, [(node, inner, inner)], origin)
        found = []
        for below in range(edits + 1):
            one, two = self.values(parts[0], edits - below), self.values(parts[1], below)
            if len(one.rows) * len(two.rows) > 4 * MOST:
                continue
            i, j = np.divmod(np.arange(len(one.rows) * len(two.rows)), max(len(two.rows), 1))
            rows = self._apply(node, one.rows[i], two.rows[j])
            found.append(Values(rows, [(node, one, two)], np.stack([0 * i, i, j], axis=1)))
        return _distinct(found, len(self.entries))

    def _parts(self, node: Any) -> list | None:
        """The parts of an elementwise operation; None of anything else."""
        if isinstance(node, ast.BinOp) and (type(node.op) in PAIRS or isinstance(node.op, ast.Pow)):
            return [node.left, node.right]
        if isinstance(node, ast.UnaryOp):
            return [node.operand]
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("np.tanh", "sigmoid"):
            return [node.args[0]]
        return None

    def _apply(self, node: Any, *rows: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            if isinstance(node, ast.BinOp):
                return PAIRS.get(type(node.op), np.power)(*rows)
            if isinstance(node, ast.UnaryOp):
                return -rows[0]
            return self.evaluate(node.func)(rows[0])

    def _row(self, node: Any) -> np.ndarray | None:
        """The value at the entries that matter, if it is of the statement's shape or a number."""
        try:
            with np.errstate(all="ignore"):
                value = np.asarray(self.evaluate(node), float)
        except Exception:  # the edit makes no sense here
            return None
        if value.shape not in ((), self.shape):
            return None
        return np.broadcast_to(value, self.shape).ravel()[self.entries]


def _sums(one: np.ndarray, two: np.ndarray, target: Target) -> Iterator[tuple[int, int]]:
    """The pairs whose sum is the target."""
    order = np.argsort(two)
    wanted = target.value - one
    low = np.searchsorted(two[order], wanted - target.tolerance)
    high = np.searchsorted(two[order], wanted + target.tolerance, side="right")
    for i in np.flatnonzero(high > low):
        yield from ((int(i), int(order[k])) for k in range(low[i], high[i]))


def _distinct(found: list[Values], width: int) -> Values:
    """All of them in one, of equal rows the first, without what is not finite."""
    makers: list = []
    origins = []
    for values in found:
        origins.append(values.origin + np.array([len(makers), 0, 0]))
        makers += values.makers
    rows = np.concatenate([values.rows for values in found] or [np.empty((0, width))])
    origin = np.concatenate(origins or [np.empty((0, 3), int)])
    with np.errstate(all="ignore"):
        keys = np.round(rows @ PROJECTION[:width], 10)
    keep = np.flatnonzero(np.isfinite(keys))
    keep = np.sort(keep[np.unique(keys[keep], return_index=True)[1]])[:MOST]
    return Values(rows[keep], makers, origin[keep])
