"""How an expression differs from the right one, slip by slip."""

import ast
import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from .normal import TWO, Node, described, expanded, normal, quoted, signed, size

LEAVES = {"name", "number", "text"}
MOST_FACTORS = 8


def slips(
    student: str | ast.expr,
    right: str | ast.expr,
    mine: Mapping[str, ast.expr] | None = None,
    its: Mapping[str, ast.expr] | None = None,
) -> list[str]:
    """What must change in student to make it right, each in words; [] if they say the same.

    mine and its are what names stand for, in student and in right.
    """
    one, other = normal(_tree(student), mine or {}), normal(_tree(right), its or {})
    as_they_are = _counted(_compare(one, other)[1])
    if len(as_they_are) < 2:
        return as_they_are
    # A slip in a factor before a bracket shows in each term: once is enough.
    multiplied_out = list(dict.fromkeys(_compare(expanded(one), expanded(other))[1]))
    return min(as_they_are, multiplied_out, key=len)


def _counted(found: tuple[str, ...]) -> list[str]:
    times = Counter(found)
    return [slip if n == 1 else f"{slip} ({n} times)" for slip, n in times.items()]


def _tree(text: str | ast.expr) -> ast.expr:
    return ast.parse(text, mode="eval").body if isinstance(text, str) else text


Found = tuple[float, tuple[str, ...]]


@lru_cache(maxsize=20_000)
def _compare(one: Node, other: Node) -> Found:
    """What it costs to make one of the other, and the slips."""
    if one == other:
        return 0.0, ()
    leaves = {one[0], other[0]} <= LEAVES
    found: list[Found] = [
        (1.0 if leaves else 0.5 + size(one) + size(other), (instead(one, other),))
    ]
    if one[0] == other[0] == "name":
        return found[0]
    for kind, what in (("sum", "term"), ("product", "factor")):
        if kind in (one[0], other[0]):
            found.append(_lists(_parts(one, kind), _parts(other, kind), what))
    if one[0] == other[0] == "power":
        found.append(_both(_compare(one[1], other[1]), _compare(one[2], other[2])))
    if one[0] == other[0] == "transpose":
        found.append(_compare(one[1], other[1]))
    if one[0] == other[0] == "item":
        index = (1.0, (_index(one[2], other[2]),))
        found.append(_both(_compare(one[1], other[1]), index if one[2] != other[2] else (0.0, ())))
    if one[0] == other[0] == "call" and len(one[2]) == len(other[2]):
        found.append(_calls(one, other))
    found += _wrapped(one, other)
    return min(found, key=lambda each: each[0])


def _wrapped(one: Node, other: Node) -> list[Found]:
    """A function, a power or a transpose that one of the two does without, or has elsewhere."""
    found: list[Found] = []
    for a, b, word in ((one, other, "too many"), (other, one, "missing")):
        if a[0] == "power":
            what = "the square" if a[2] == TWO else f"the power {described(a[2])}"
            cost, rest = _compare(a[1], b) if word == "too many" else _compare(b, a[1])
            found.append((cost + 1, (f"{what} of {described(a[1])} is {word}", *rest)))
        if a[0] == "transpose":
            cost, rest = _compare(a[1], b) if word == "too many" else _compare(b, a[1])
            found.append((cost + 1, (f"the transpose of {described(a[1])} is {word}", *rest)))
        if a[0] == "call" and len(a[2]) == 1 and a[1]:
            cost, rest = _compare(a[2][0], b) if word == "too many" else _compare(b, a[2][0])
            found.append((cost + 1, (f"{quoted(a[1])} of {described(a[2][0])} is {word}", *rest)))
    for a, b, where in ((one, other, "inside"), (other, one, "outside")):
        match a, b:
            case (
                ("call", function, (("power", x, power),), _),
                ("power", ("call", same_function, (y,), _), same_power),
            ) if (function, power) == (same_function, same_power):
                cost, rest = _compare(x, y) if where == "inside" else _compare(y, x)
                turned = "outside" if where == "inside" else "inside"
                words = f"the square stands {where} {quoted(function)}; it belongs {turned}"
                found.append((cost + 1, (words, *rest)))
    return found


def _calls(one: Node, other: Node) -> Found:
    called = f"{quoted(one[1])} stands where {quoted(other[1])} belongs"
    name = (1.0, (called,)) if one[1] != other[1] else (0.0, ())
    arguments = one[2], other[2]
    if "np.outer" in (one[1], other[1]):  # of vectors, which have no transpose
        arguments = _upright(one[2]), _upright(other[2])
    straight = _both(name, *map(_compare, *arguments))
    if one[1] == other[1] and len(one[2]) == 2:
        turned = _both(*(map(_compare, one[2], reversed(other[2]))))
        swapped = (
            turned[0] + 1,
            (f"the two arguments of {quoted(one[1])} are swapped", *turned[1]),
        )
        straight = min(straight, swapped, key=lambda found: found[0])
    mine, its = dict(one[3]), dict(other[3])
    for key in sorted(mine.keys() | its.keys()):
        if mine.get(key) != its.get(key):
            given, due = (quoted(f"{key}={side.get(key)}") for side in (mine, its))
            words = f"{given} stands where {due if key in its else 'none'} belongs"
            words = words if key in mine else f"{due} is missing"
            straight = _both(straight, (1.0, (words,)))
    return straight


def _upright(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    return tuple(node[1] if node[0] == "transpose" else node for node in nodes)


def _both(*found: Found) -> Found:
    return sum(cost for cost, _ in found), tuple(slip for _, slips in found for slip in slips)


def _parts(node: Node, kind: str) -> tuple[tuple[int, Node], ...]:
    if node[0] == kind:
        return node[1] if kind == "sum" else tuple((1, factor) for factor in node[1])
    return ((1, node),)


def _lists(mine, its, what: str) -> Found:
    """The cheapest pairing of two lists of terms or factors; the rest is missing or too many."""
    if max(len(mine), len(its)) > MOST_FACTORS:
        return float("inf"), ()
    both = [part for part in mine if part in its]
    for part in both:  # what both have is no slip
        if part in mine and part in its:
            mine = _without(mine, part)
            its = _without(its, part)
    return _paired(mine, its, what)


def _without(parts: tuple, part: Any) -> tuple:
    position = parts.index(part)
    return parts[:position] + parts[position + 1 :]


def _paired(mine: tuple, its: tuple, what: str) -> Found:
    if not mine:
        words = [f"{signed(what, sign, part)} is missing" for sign, part in its]
        return sum(size(part) + 0.5 for _, part in its), tuple(words)
    (sign, first), rest = mine[0], mine[1:]
    surplus = f"{signed(what, sign, first)} is too many"
    best = _both((size(first) + 0.5, (surplus,)), _paired(rest, its, what))
    for other in dict.fromkeys(its):
        change = _compare(first, other[1])
        if sign != other[0]:
            change = _both(
                change, (1.0, (f"the sign of {described(other[1], 'the term')} is wrong",))
            )
        if change[0] < best[0]:
            found = _both(change, _paired(rest, _without(its, other), what))
            best = min(best, found, key=lambda each: each[0])
    return best


def instead(one: Node, other: Node) -> str:
    """That one stands where another belongs; the right one is named only if it is no code."""
    given, due = described(one), described(other)
    return f"{given} stands where {due if given != due else 'another one'} belongs"


def _index(one: str, other: str) -> str:
    due = quoted(f"[{other}]") if not re.search(r"[-+*/(]", other) else "another index"
    return f"{quoted(f'[{one}]')} stands where {due} belongs"
