"""Mutation operators: the edits that turn a right function into a wrong one.

An operator is a generator: given a node of the syntax tree and the scope it stands in, it yields
the texts that may take the node's place. Most of them are mistakes that students make; what is
no program, or no mistake, is dropped by those who use them.
"""

import ast
from ast import unparse as u
from itertools import combinations, pairwise

SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@", ast.Pow: "**"}
FIRST = 2  # the line of a function's first statement
CONSTANTS = {0: (1, -1), 1: (0, 2), 2: (1, 3)}
FUNCTIONS = {
    "np.tanh": ("sigmoid", "softmax"),
    "sigmoid": ("np.tanh", "softmax"),
    "softmax": ("sigmoid", "np.tanh"),
    "np.sum": ("np.mean", "np.max"),
    "np.dot": ("np.multiply",),
    "np.zeros": ("np.ones",),
}


def _swapped(items: list, pair: tuple[int, int]) -> list:
    i, j = pair
    items = list(items)
    items[i], items[j] = items[j], items[i]
    return items


def _listed(nodes) -> str:
    """The entries of a tuple or the arguments of a call, as text."""
    return ", ".join(map(u, nodes))


def _calls(node) -> str:
    """The name of the function that a node calls; empty if it is no call."""
    return u(node.func) if isinstance(node, ast.Call) else ""


def _assigns(node) -> str:
    """The one name that a statement assigns to; empty if it does anything else."""
    named = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    return node.targets[0].id if named else ""


# --- arithmetic ----------------------------------------------------------------------------


def sign_changed(node, _):
    """Another operator between the same operands."""
    if isinstance(node, ast.BinOp):
        yield from (f"({u(node.left)}) {sign} ({u(node.right)})" for sign in SIGNS.values())


def operand_dropped(node, _):
    """A factor or a term is forgotten."""
    if isinstance(node, ast.BinOp):
        yield from (u(node.left), u(node.right))


def scaled(node, _):
    """Twice as much, or the other sign."""
    if isinstance(node, ast.BinOp) or _calls(node) in FUNCTIONS:
        yield from (f"2 * ({u(node)})", f"-({u(node)})")


def regrouped(node, _):
    """a + b * c for (a + b) * c, and the other way round."""
    if isinstance(node, ast.BinOp) and isinstance(node.left, ast.BinOp):
        a, b, c = u(node.left.left), u(node.left.right), u(node.right)
        yield f"({a}) {SIGNS[type(node.left.op)]} (({b}) {SIGNS[type(node.op)]} ({c}))"
    if isinstance(node, ast.BinOp) and isinstance(node.right, ast.BinOp):
        a, b, c = u(node.left), u(node.right.left), u(node.right.right)
        yield f"(({a}) {SIGNS[type(node.op)]} ({b})) {SIGNS[type(node.right.op)]} ({c})"


def constant_changed(node, _):
    """Factors, powers, axes and positions."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        yield from map(str, CONSTANTS.get(node.value, ()))


def activated(node, _):
    """An activation or a square too many, on one operand."""
    if isinstance(node, ast.BinOp):
        sign = SIGNS[type(node.op)]
        for wrap in ("np.tanh({})", "sigmoid({})", "({}) ** 2"):
            if isinstance(node.left, ast.Name):
                yield f"{wrap.format(u(node.left))} {sign} ({u(node.right)})"
            if isinstance(node.right, ast.Name):
                yield f"({u(node.left)}) {sign} {wrap.format(u(node.right))}"


# --- names ---------------------------------------------------------------------------------


def name_changed(node, scope):
    """Another variable of the same shape."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield from scope.others(node.id, node.lineno)


def key_changed(node, scope):
    """Another key of the dictionary, with an entry of the same shape."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        kind = scope.keys.get(node.slice.value)
        same = (key for key, other in scope.keys.items() if kind and other == kind)
        yield from (f"{u(node.value)}[{key!r}]" for key in same)


def assigned_otherwise(node, scope):
    """Zeros, ones, another variable, or a view of one, in the place of what is assigned."""
    target = _assigns(node)
    if isinstance(scope.kinds.get(target), tuple):
        yield from (f"{target} = 0 * ({u(node.value)})", f"{target} = 0 * ({u(node.value)}) + 1")
        yield from (f"{target} = {other}" for other in scope.others(target, node.lineno))
        if len(scope.kinds[target]) == 2:
            for other in scope.arrays(node.lineno, [3]):
                yield from (f"{target} = {other}[:, :, {step}]" for step in (0, -1))


# --- calls ---------------------------------------------------------------------------------


def function_changed(node, _):
    """Another activation, a mean for a sum, * for np.dot, ones for zeros."""
    name = _calls(node)
    yield from (f"{other}({u(node).removeprefix(name)[1:]}" for other in FUNCTIONS.get(name, ()))


def function_dropped(node, _):
    """The argument itself for what a function makes of it."""
    if _calls(node) and node.args:
        yield u(node.args[0])


def nested_otherwise(node, _):
    """f(a) + b, a + f(b) or f(a) + f(b) for f(a + b), and f(a**2) for f(a)**2."""
    name = _calls(node)
    if name and len(node.args) == 1 and isinstance(node.args[0], ast.BinOp):
        a, sign, b = u(node.args[0].left), SIGNS[type(node.args[0].op)], u(node.args[0].right)
        yield f"{name}({a}) {sign} ({b})"
        yield f"({a}) {sign} {name}({b})"
        yield f"{name}({a}) {sign} {name}({b})"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and _calls(node.left):
        yield f"{_calls(node.left)}(({_listed(node.left.args)}) ** {u(node.right)})"


def arguments_swapped(node, _):
    """Two arguments of a call change places."""
    if _calls(node) and not node.keywords:
        for pair in combinations(range(len(node.args)), 2):
            yield f"{_calls(node)}({_listed(_swapped(node.args, pair))})"


def keyword_dropped(node, _):
    """No keepdims, or no axis."""
    if _calls(node):
        for dropped in node.keywords:
            rest = [f"{k.arg}={u(k.value)}" for k in node.keywords if k is not dropped]
            yield f"{_calls(node)}({', '.join([*map(u, node.args), *rest])})"


def transposed(node, _):
    """A transpose forgotten, or one too many."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield u(node.value)
    if _calls(node) == "np.dot":
        first, second = map(u, node.args)
        yield from (f"np.dot({first}.T, {second})", f"np.dot({first}, {second}.T)")


# --- indices, steps, containers ------------------------------------------------------------


def slice_changed(node, _):
    """[:, n_a:] for [:, :n_a], and the whole of it."""
    if isinstance(node, ast.Slice) and (node.lower or node.upper):
        upper, lower = (u(end) if end else "" for end in (node.upper, node.lower))
        yield from (f"{upper}:{lower}", ":")


def step_changed(node, _):
    """Another step of the sequence."""
    if isinstance(node, ast.Name) and node.id == "t" and isinstance(node.ctx, ast.Load):
        yield from ("t - 1", "(t + 1) % T_x", "0", "T_x - 1", "T_x - 1 - t")


def steps_changed(node, _):
    """A step left out, the wrong direction, the wrong length."""
    if _calls(node) == "range":
        steps = u(node.args[0])
        yield from (f"range(1, {steps})", f"range({steps} - 1)", f"range(min(1, {steps}))")
        yield from (f"reversed({u(node)})", "range(len(caches))")


def entries_changed(node, _):
    """Entries of a tuple exchanged or left out: caches, returned values, shapes, unpacking."""
    if isinstance(node, ast.Tuple):
        entries = node.elts
        for pair in pairwise(range(len(entries))):
            yield f"{_listed(_swapped(entries, pair))},"
        yield from (f"{_listed(entries[:k] + entries[k + 1 :])}," for k in range(len(entries)))


def key_left_out(node, _):
    """A dictionary lacks an entry."""
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)  # a key is None where there are stars
        entries = [f"{u(key)}: {u(value)}" if key else f"**{u(value)}" for key, value in pairs]
        rests = (entries[:k] + entries[k + 1 :] for k in range(len(entries)))
        yield from ("{" + ", ".join(rest) + "}" for rest in rests)


# --- statements ----------------------------------------------------------------------------


def statement_dropped(node, _):
    """A line is missing."""
    if isinstance(node, ast.stmt):
        yield "pass"


def statement_repeated(node, _):
    """A line stands twice."""
    if isinstance(node, ast.stmt) and not _assigns(node):
        yield f"{u(node)}\n{u(node)}"


def statements_exchanged(node, _):
    """Two neighbours in the loop: a cache, or a result, is stored a step too early or too late."""
    if isinstance(node, ast.For):
        for pair in pairwise(range(len(node.body))):
            loop = ast.For(node.target, node.iter, _swapped(node.body, pair), [])
            yield u(ast.copy_location(loop, node))


def accumulated_otherwise(node, scope):
    """= or -= for +=, and += for = where there is something to add to."""
    if isinstance(node, ast.AugAssign):
        yield from (f"{u(node.target)} {sign} {u(node.value)}" for sign in ("=", "-="))
    elif _assigns(node) and scope.bound[_assigns(node)] < node.lineno:
        yield f"{_assigns(node)} += {u(node.value)}"


def cached_otherwise(node, _):
    """Caches in reverse, only the last, flattened, or all the first."""
    if isinstance(node, ast.Expr) and _calls(node.value).endswith(".append"):
        caches, cache = u(node.value.func.value), u(node.value.args[0])
        yield from (f"{caches}.insert(0, {cache})", f"{caches} = [{cache}]")
        yield from (f"{caches}.extend({cache})", f"{caches}.append({caches}[0] if t else {cache})")


def in_place(node, _):
    """a *= b and then a, for a * b: right at once, but a has changed for all who hold it."""
    if isinstance(node, (ast.Assign, ast.AugAssign)):
        for part in ast.walk(node.value):
            if isinstance(part, ast.BinOp) and isinstance(part.left, (ast.Name, ast.Subscript)):
                left, whole = u(part.left), u(node)
                change = f"{left} {SIGNS[type(part.op)]}= {u(part.right)}"
                yield f"{change}\n{whole.replace(u(part), left, 1)}"


def spoiled(node, scope):
    """Something is changed after its last use, or before its first: an argument, a cache."""
    if isinstance(node, ast.Return):
        for name in scope.arrays(node.lineno):
            yield f"{name} *= 2\n{u(node)}"
        for name, kind in scope.kinds.items():
            change = {"dict": "popitem()", "list": "reverse()"}.get(kind)
            if change:
                yield f"{name}.{change}\n{u(node)}"
    elif isinstance(node, ast.stmt) and node.lineno == FIRST:
        arguments = [name for name in scope.arrays(node.lineno) if scope.bound[name] == 0]
        yield from (f"{name} *= 2\n{u(node)}" for name in arguments)


OPERATORS = [
    *(sign_changed, operand_dropped, scaled, regrouped, constant_changed, activated),
    *(name_changed, key_changed, assigned_otherwise),
    *(function_changed, function_dropped, nested_otherwise),
    *(arguments_swapped, keyword_dropped, transposed),
    *(slice_changed, step_changed, steps_changed, entries_changed, key_left_out),
    *(statement_dropped, statement_repeated, statements_exchanged),
    *(accumulated_otherwise, cached_otherwise, in_place, spoiled),
]
