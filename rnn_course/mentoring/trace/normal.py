"""Expressions in a normal form, in which what means the same is the same.

np.square(x) is x**2, np.multiply is *, the order of factors and of terms does not count, and a
name of the student's own is what it stands for.
"""

import ast
import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import product
from keyword import iskeyword
from typing import Any

Node = tuple[Any, ...]  # (kind, …): hashable, so that each pair is compared once
PRODUCTS, SUMS = {"np.multiply"}, {"np.add": 1, "np.subtract": -1}
ONE_NAME = {"np.matmul": "np.dot", "np.power": "**", "numpy.dot": "np.dot"}
LEAVES = {"name", "number", "text"}
REDUCTIONS = {"np.sum", "np.mean"}
METHODS = {"dot", "sum", "mean", "transpose", "reshape", "copy"}
TWO: Node = ("number", 2.0)
MOST_TERMS = 16


def normal(node: ast.AST, names: Mapping[str, ast.expr]) -> Node:
    """The normal form of an expression; names are what some of its names stand for."""

    def sub(inner, known=names):
        return normal(inner, known)

    match node:
        case ast.Constant(value=value):
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            return ("number", float(str(value))) if number else ("text", repr(value))
        case ast.Name(id=name) if name in names:
            return sub(names[name], {k: v for k, v in names.items() if k != name})
        case ast.Name(id=name):
            return ("name", name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _sum([(-1, sub(operand))])
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _sum([(1, sub(left)), (1, sub(right))])
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return _sum([(1, sub(left)), (-1, sub(right))])
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _product([sub(left), sub(right)])
        case ast.BinOp(left=left, op=ast.MatMult(), right=right):
            return ("call", "np.dot", (sub(left), sub(right)), ())
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return ("power", sub(left), sub(right))
        case ast.Attribute(value=value, attr="T"):
            return ("transpose", sub(value))
        case ast.Subscript(value=ast.Name(id="parameters"), slice=ast.Constant(value=key)):
            return ("name", str(key))
        case ast.Subscript(value=value, slice=index):
            return ("item", sub(value), _index(index))
        case ast.Tuple(elts=entries) | ast.List(elts=entries):
            return ("call", "", tuple(map(sub, entries)), ())
        case ast.Call():
            return _call(node, sub)
    return ("text", ast.unparse(node))


def _call(node: ast.Call, sub) -> Node:
    name, arguments = ast.unparse(node.func), [sub(argument) for argument in node.args]
    method = isinstance(node.func, ast.Attribute) and not name.startswith(("np.", "numpy."))
    if isinstance(node.func, ast.Attribute) and method and node.func.attr in METHODS:
        name, arguments = f"np.{node.func.attr}", [sub(node.func.value), *arguments]
    name = ONE_NAME.get(name, name)
    keywords = {keyword.arg or "**": ast.unparse(keyword.value) for keyword in node.keywords}
    if name in REDUCTIONS and len(node.args) == 2 - method:
        keywords["axis"], arguments = ast.unparse(node.args[-1]), arguments[:1]
    if keywords.get("axis") == "-1":  # of two axes
        keywords["axis"] = "1"
    named = tuple(sorted(keywords.items()))
    if name == "np.square" and len(arguments) == 1:
        return ("power", arguments[0], TWO)
    if name == "**" and len(arguments) == 2:
        return ("power", *arguments)
    if name in PRODUCTS:
        return _product(arguments)
    if name in SUMS and len(arguments) == 2:
        return _sum([(1, arguments[0]), (SUMS[name], arguments[1])])
    if name == "np.copy" and arguments:
        return arguments[0]
    if name == "np.transpose" and len(arguments) == 1:
        return ("transpose", arguments[0])
    return ("call", name, tuple(arguments), named)


def _index(node: ast.expr) -> str:
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return ", ".join(map(ast.unparse, parts))


def _sum(terms: list[tuple[int, Node]]) -> Node:
    flat: list[tuple[int, Node]] = []
    for sign, term in terms:
        inner = term[1] if term[0] == "sum" else ((1, term),)
        flat += [(sign * its, one) for its, one in inner]
    if len(flat) == 1 and flat[0][0] == 1:
        return flat[0][1]
    return ("sum", tuple(sorted(flat, key=repr)))


def _product(factors: list[Node]) -> Node:
    """A product without brackets; x * x alone is a square, the square of a name two factors."""
    flat: list[Node] = []
    for factor in factors:
        if factor[0] == "power" and factor[1][0] == "name" and factor[2] == TWO:
            factor = ("product", (factor[1], factor[1]))
        flat += factor[1] if factor[0] == "product" else [factor]
    if len(flat) == 2 and flat[0] == flat[1]:
        return ("power", flat[0], TWO)
    return ("product", tuple(sorted(flat, key=repr))) if len(flat) != 1 else flat[0]


def expanded(node: Node) -> Node:
    """Products of sums multiplied out, as far as the terms stay few."""
    if node[0] == "sum":
        return _sum([(sign, expanded(term)) for sign, term in node[1]])
    if node[0] != "product":
        return node
    sums = [one[1] if one[0] == "sum" else ((1, one),) for one in map(expanded, node[1])]
    terms = []
    for chosen in product(*sums):
        sign = 1
        for its, _ in chosen:
            sign *= its
        terms.append((sign, _product([one for _, one in chosen if one != ("number", 1.0)])))
        if len(terms) > MOST_TERMS:
            return node
    return _sum(terms)


@lru_cache(maxsize=20_000)
def size(node: Any) -> int:
    """How many names and numbers stand in it."""
    if not isinstance(node, tuple):
        return 0
    leaf = bool(node) and node[0] in LEAVES
    around = bool(node) and node[0] in ("call", "item", "transpose")
    return 1 if leaf else around + sum(map(size, node))


def signed(what: str, sign: int, node: Node) -> str:
    """A term or factor with its sign, as it is described."""
    words = described(node, f"the {what}")
    simple = words.startswith("`")
    return f"the {what} {words.replace('`', '`-', 1) if sign < 0 else words}" if simple else words


def quoted(words: str) -> str:
    """Code within a sentence."""
    return f"`{words}`"


def described(node: Node, whole: str = "an expression") -> str:
    """A name, number or place as it is; of all else no code, only what it is made of."""
    words = say(node)
    if not re.search(r"[-+*/@|({]| (?:if|for) ", words.removeprefix("-")):
        return quoted(words)
    *first, last = map(quoted, _made_of(node) or ["numbers"])
    return f"{whole} of {', '.join(first)} and {last}" if first else f"{whole} of {last}"


def _made_of(node: Any) -> list[str]:
    """The names in a normal form, those of functions too, once each."""
    if not isinstance(node, tuple) or not node:
        return []
    if node[0] == "name":
        return [node[1]]
    if node[0] == "text":
        names = re.findall(r"(?<!['\"\w])[A-Za-z_]\w*(?!['\"\w])", node[1])
        return [name for name in dict.fromkeys(names) if not iskeyword(name)]
    called = [node[1]] if node[0] == "call" and node[1] else []
    inner = node[2:3] if node[0] == "call" else node[1:2] if node[0] == "item" else node
    return list(dict.fromkeys([*called, *(name for each in inner for name in _made_of(each))]))


def say(node: Node, inside: bool = False) -> str:
    """A normal form as Python writes it."""
    match node:
        case ("number", value):
            return f"{value:g}"
        case ("name" | "text", words):
            return str(words)
        case ("sum", terms):
            parts = sorted(terms, key=lambda term: -term[0])
            signs = [" - " if sign < 0 else " + " for sign, _ in parts]
            text = "".join(s + say(t, s == " - ") for s, (_, t) in zip(signs, parts, strict=True))
            text = text.removeprefix(" + ").replace(" - ", "-", 1 if text[:3] == " - " else 0)
            return f"({text})" if inside else text
        case ("product", factors):
            return " * ".join(say(factor, True) for factor in factors)
        case ("power", base, exponent):
            return f"{say(base, True)}**{say(exponent, True)}"
        case ("transpose", base):
            return f"{say(base, True)}.T"
        case ("item", base, index):
            return f"{say(base, True)}[{index}]"
        case ("call", name, arguments, named):
            words = [say(argument) for argument in arguments]
            return f"{name}({', '.join(words + [f'{k}={v}' for k, v in named])})"
    return "?"
