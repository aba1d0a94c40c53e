"""What kind of mistake turns one statement into another: told from the two by comparing them.

An expression is compared from the outside in, by the first of RULES that knows what to say of
the two; each gives the differences it sees, or None. Names go into words, code never does.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import product

from .naming import arguments, called, in_words, names_in, quoted


@dataclass(frozen=True)
class Difference:
    """A kind (a table of kinds.toml) and both sides in words, where there is something to name."""

    kind: str
    was: str = ""
    becomes: str = ""


def same(one: ast.AST, other: ast.AST) -> bool:
    """Whether two nodes have one text, wherever they stand."""
    return _bare(one) == _bare(other)


def _bare(node: ast.AST) -> str:
    """The text of a node: what was stored and what was loaded look the same."""
    return ast.unparse(ast.fix_missing_locations(node))


def compare(was: ast.expr, becomes: ast.expr) -> Iterator[Difference]:
    """What tells two expressions apart, by the first rule that knows."""
    if same(was, becomes):
        return
    for rule in RULES:
        found = rule(was, becomes)
        if found is not None:
            yield from found
            return
    yield Difference("quantity", in_words(was), in_words(becomes))


def _compare_all(was, becomes) -> list[Difference]:
    return [d for one, other in zip(was, becomes, strict=True) for d in compare(one, other)]


def _leaf(was, becomes):
    """Two names, two numbers."""
    match was, becomes:
        case (ast.Constant(), ast.Constant()):
            return [Difference("constant", in_words(was), in_words(becomes))]
        case (ast.Name(), ast.Name()):
            return [Difference("name", quoted(was.id), quoted(becomes.id))]
    words = in_words(was), in_words(becomes)
    if words[0].startswith("the step's") and words[1].startswith("the step's"):
        return [Difference("name", *words)]
    return None


def _nested(was, becomes):
    """f(g(x)) and g(f(x)), where x may have changed too."""
    if len(arguments(was)) != 1 or len(arguments(becomes)) != 1:
        return None
    (inner,), (other,) = arguments(was), arguments(becomes)
    turned = (called(inner), called(was)) == (called(becomes), called(other))
    if not turned or called(was) == called(becomes) or not arguments(inner):
        return None
    found = Difference("nesting", f"the {called(was)}", f"the {called(inner)}")
    return [found, *compare(arguments(inner)[0], arguments(other)[0])]


def _wrapped(was, becomes):
    """f(x) and x; x and f(x); f(x) and f(y)."""
    if called(was) == called(becomes) in ("transpose", "minus", "square"):
        return _compare_all(arguments(was), arguments(becomes))
    special = {"transpose": "transpose", "minus": "sign"}
    if len(arguments(was)) == 1 and same(arguments(was)[0], becomes):
        name = called(was)
        return [Difference(special.get(name, "function-dropped"), name, in_words(becomes))]
    if len(arguments(becomes)) == 1 and same(arguments(becomes)[0], was):
        name = called(becomes)
        return [Difference(special.get(name, "function-added"), in_words(was), name)]
    return None


def _calls(was, becomes):
    """Two calls: another function, arguments, keywords."""
    if not (isinstance(was, ast.Call) and isinstance(becomes, ast.Call)):
        return None
    found = []
    if not same(was.func, becomes.func):
        found.append(Difference("function", called(was), called(becomes)))
    given, taken = ([*map(_bare, call.args)] for call in (was, becomes))
    if len(given) != len(taken) or (given != taken and sorted(given) == sorted(taken)):
        found.append(Difference("arguments"))
    else:
        found += _compare_all(was.args, becomes.args)
    keywords, others = ({k.arg: _bare(k.value) for k in call.keywords} for call in (was, becomes))
    for name in dict.fromkeys([*keywords, *others]):
        if keywords.get(name) != others.get(name):
            found.append(Difference(name if name in ("axis", "keepdims") else "arguments"))
    # a sum of everything has neither, and the axis says it all
    return [d for d in found if d.kind != "keepdims"] if Difference("axis") in found else found


def _product(was, becomes):
    """A product of matrices and one of elements."""
    for one, other in ((was, becomes), (becomes, was)):
        if called(one) == "dot" and isinstance(getattr(other, "op", None), ast.Mult):
            pairs = zip(one.args, (other.left, other.right), strict=True)
            return [Difference("product")] if all(same(*pair) for pair in pairs) else None
    return None


def _containers(was, becomes):
    """Tuples and dictionaries, entry by entry."""
    if type(was) is not type(becomes) or not isinstance(was, (ast.Tuple, ast.List, ast.Dict)):
        return None
    if isinstance(was, ast.Dict):
        mine, theirs = map(_entries, (was, becomes))
        if mine.keys() != theirs.keys():
            return [Difference("returned")]
        return _compare_all(mine.values(), [theirs[key] for key in mine])
    if sorted(map(_bare, was.elts)) == sorted(map(_bare, becomes.elts)):
        return [Difference("order")]
    if len(was.elts) != len(becomes.elts):
        return [Difference("returned")]
    return _compare_all(was.elts, becomes.elts)


def _entries(node: ast.Dict) -> dict[str, ast.expr]:
    return {_bare(key or node): value for key, value in zip(node.keys, node.values, strict=True)}


def _indices(was, becomes):
    """The same array at other places, or another array at the same."""
    if not (isinstance(was, ast.Subscript) and isinstance(becomes, ast.Subscript)):
        return None
    found = list(compare(was.value, becomes.value))
    if not same(was.slice, becomes.slice):
        timed = {"t", "T_x"} & {*names_in(was.slice), *names_in(becomes.slice)}
        found.append(Difference("time" if timed else "slice", in_words(was.value)))
    return found


def _chain(node, *operators) -> list[tuple[int, ast.expr]]:
    """The terms of a sum or the factors of a product, each with its sign or its power."""
    straight, turned = operators
    if isinstance(node, ast.BinOp) and isinstance(node.op, operators):
        sign = -1 if isinstance(node.op, turned) else 1
        return _chain(node.left, *operators) + [
            (sign * inner, part) for inner, part in _chain(node.right, *operators)
        ]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and straight is ast.Add:
        return [(-sign, part) for sign, part in _chain(node.operand, *operators)]
    return [(1, node)]


def _chains(was, becomes):
    """Sums term by term, products factor by factor, in any order."""
    for what, operators in (("term", (ast.Add, ast.Sub)), ("factor", (ast.Mult, ast.Div))):
        mine, theirs = _chain(was, *operators), _chain(becomes, *operators)
        common = {_in_order(part) for _, part in mine} & {_in_order(part) for _, part in theirs}
        if len(mine) + len(theirs) > 2 and (common or len(mine) == len(theirs) > 1):
            return _of_chains(what, mine, theirs)
    return None


def _of_chains(what, mine, theirs):
    lost, new = _without(mine, theirs), _without(theirs, mine)
    if len(lost) + len(new) > 2 and _tokens(*lost) == _tokens(*new):
        return [Difference("bracket")]
    found, pairs = [], []
    for one, other in sorted(product(lost, new), key=_likeness, reverse=True):
        if one in lost and other in new:
            lost.remove(one)
            new.remove(other)
            pairs.append((one, other))
    for (sign, part), (changed_sign, changed) in pairs:
        if sign != changed_sign:
            found.append(Difference("sign" if what == "term" else "operator", in_words(changed)))
        if what == "factor" and _is_sum(part):  # the other factors may have been written into it
            changed, new = _product_of([(1, changed), *new]), []
        if what == "factor" and _is_sum(changed):
            part, lost = _product_of([(1, part), *lost]), []
        found += compare(part, changed)
    again = [_bare(part) for _, part in mine]
    for _, part in new:
        kind = "doubled" if _bare(part) in again else f"{what}-added"
        found.append(Difference(kind, becomes=in_words(part)))
    return found + [Difference(f"{what}-dropped", in_words(part)) for _, part in lost]


def _without(items, others) -> list[tuple[int, ast.expr]]:
    """The items that are not among the others, each of which takes one away."""
    left = [(sign, _in_order(part)) for sign, part in others]
    kept = []
    for sign, part in items:
        if (sign, _in_order(part)) in left:
            left.remove((sign, _in_order(part)))
        else:
            kept.append((sign, part))
    return kept


def _in_order(node: ast.expr) -> str:
    """The text of a node, the factors of a product in alphabetical order."""
    return " ".join(
        sorted(f"{sign} {_bare(part)}" for sign, part in _chain(node, ast.Mult, ast.Div))
    )


def _is_sum(node: ast.expr) -> bool:
    return isinstance(getattr(node, "op", None), (ast.Add, ast.Sub))


def _product_of(items) -> ast.expr:
    """The factors as one expression again."""
    return reduce(lambda one, other: ast.BinOp(one, ast.Mult(), other), [part for _, part in items])


def _likeness(pair) -> float:
    one, other = (set(_tokens(item)) for item in pair)
    return len(one & other) / len(one | other)


def _tokens(*items) -> list[str]:
    """The text of expressions in pieces, without brackets."""
    text = " ".join(_bare(part) for _, part in items)
    return text.translate(str.maketrans("(),", "   ")).split()


def _operators(was, becomes):
    """Two operations on the same two sides, or the same operation on others."""
    if not (isinstance(was, ast.BinOp) and isinstance(becomes, ast.BinOp)):
        return None
    found = _compare_all((was.left, was.right), (becomes.left, becomes.right))
    if type(was.op) is type(becomes.op):
        return found
    signs = {type(was.op), type(becomes.op)} == {ast.Add, ast.Sub}
    return [Difference("sign" if signs else "operator")] if not found else None


def _brackets(was, becomes):
    """The same pieces in the same order; functions may have been written once more."""
    mine, theirs = _tokens((1, was)), _tokens((1, becomes))
    alike = mine == theirs or (set(mine) == set(theirs) and len(theirs) > len(mine))
    return [Difference("bracket")] if alike else None


def _spread(was, becomes):
    """A sum of products, and the product of a sum: one of them is written out."""
    for one, other in ((was, becomes), (becomes, was)):
        factors = _chain(other, ast.Mult, ast.Div)
        sums = [item for item in factors if isinstance(getattr(item[1], "op", None), ast.Add)]
        if isinstance(getattr(one, "op", None), ast.Add) and len(sums) == 1 < len(factors):
            rest = [item for item in factors if item not in sums]
            added: ast.BinOp = sums[0][1]  # type: ignore[assignment]
            sides = [_product_of([(1, side), *rest]) for side in (added.left, added.right)]
            whole = ast.BinOp(sides[0], ast.Add(), sides[1])
            return list(compare(one, whole) if one is was else compare(whole, one))
    return None


RULES = (
    *(_leaf, _nested, _wrapped, _product, _calls, _containers, _indices),
    *(_chains, _operators, _brackets, _spread),
)
