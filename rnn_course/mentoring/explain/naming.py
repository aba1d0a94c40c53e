"""What to call the parts of a statement: what it binds, what it reads, what it calls.

Names stand in backquotes, for some of them (it) are words.
"""

import ast
from collections.abc import Iterable, Iterator


def bound(statement: ast.stmt) -> list[str]:
    """The names that a statement binds or changes, from left to right."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return [node.id for node in ast.walk(statement.value.func) if isinstance(node, ast.Name)]
    if isinstance(statement, ast.Return):
        return ["return"]
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    else:
        targets = [getattr(statement, "target", ast.Tuple([], ast.Load()))]
    return [name for target in targets for name in _targets(target)]


def _targets(node: ast.AST) -> list[str]:
    if isinstance(node, (ast.Tuple, ast.List)):
        return [name for element in node.elts for name in _targets(element)]
    while isinstance(node, (ast.Subscript, ast.Attribute, ast.Starred)):
        node = node.value
    return [node.id] if isinstance(node, ast.Name) else []


def in_words(node: ast.AST) -> str:
    """A part of an expression by its names: no code, but enough to find it."""
    match node:
        case ast.Name():
            return quoted(node.id)
        case ast.Constant():
            return str(node.value)
        case ast.Subscript(value=ast.Name(id="gradients"), slice=ast.Constant(value=str(key))):
            return f"the step's {quoted(key)}"
        case ast.Attribute(attr="T"):
            return f"{in_words(node.value)} transposed"
        case ast.Subscript(value=ast.Name(id=name)):
            return f"a part of {quoted(name)}"
        case ast.Call() if called(node) in ("zeros", "zeros_like", "ones", "ones_like"):
            return called(node).removesuffix("_like")
        case ast.Call(args=[ast.Name() as argument], keywords=[]):
            return f"the {called(node)} of {quoted(argument.id)}"
    names = list(dict.fromkeys(names_in(node)))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and len(names) == 1:
        return f"the slope with {quoted(names[0])}"
    return f"the part with {listed(map(quoted, names))}" if names else "a number"


def quoted(name: str) -> str:
    """A name in backquotes; what is words already stays as it is."""
    return f"`{name}`" if name.isidentifier() else name


def listed(items: Iterable[str]) -> str:
    """In words: a, b and c."""
    names = list(items)
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def names_in(node: ast.AST) -> Iterator[str]:
    """The names of quantities in an expression, without the functions that are called."""
    match node:
        case ast.Name():
            yield node.id
        case ast.Call():
            for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
                yield from names_in(argument)
        case ast.Subscript(value=ast.Name(id="gradients"), slice=ast.Constant()):
            yield in_words(node)
        case ast.Subscript():
            yield from names_in(node.value)
        case _:
            for child in ast.iter_child_nodes(node):
                yield from names_in(child)


def called(node: ast.AST) -> str:
    """The name of the function that a node calls; .T, a square and a minus count as functions."""
    match node:
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return name
        case ast.Attribute(attr="T"):
            return "transpose"
        case ast.BinOp(op=ast.Pow(), right=ast.Constant(value=2)):
            return "square"
        case ast.UnaryOp(op=ast.USub()):
            return "minus"
    return ""


def arguments(node: ast.AST) -> list[ast.expr]:
    """What the function that a node calls is given."""
    match node:
        case ast.Call():
            return node.args
        case ast.Attribute(attr="T"):
            return [node.value]
        case ast.BinOp(op=ast.Pow()):
            return [node.left]
        case ast.UnaryOp():
            return [node.operand]
    return []
