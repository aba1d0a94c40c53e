"""The computation of a function as a graph, read off its published form, in layers.

A node is a variable, an edge leads to it from each variable that it is made of. Sizes, the loop's
index and what only packs up results are left out, unless there is something to say of them.
"""

import ast
from collections.abc import Collection
from dataclasses import dataclass
from math import ceil

from ...subject.published import SOURCE
from ..explain.naming import bound
from ..explain.statements import statements
from ..program import names_read

PACKED = ("cache", "caches", "parameters")  # what only carries other values into a function


@dataclass(frozen=True)
class Node:
    """A variable, what it is made of, and its layer: 0 for what is given.

    later are those of its reads that come from the step before: the carries of a loop.
    """

    variable: str
    layer: int
    reads: tuple[str, ...] = ()
    later: tuple[str, ...] = ()


@dataclass
class _Line:
    binds: list[str]
    reads: set[str]
    kind: str  # "given", "size", "packs" or "computes"


def nodes(function: str, wanted: Collection[str] = ()) -> list[Node]:
    """The graph of a function in the order of its layers; wanted are shown in any case."""
    lines = _lines(function)
    known = {name for line in lines for name in line.binds}
    place = {name: _place(name, lines) for name in known}
    kinds = {name: {line.kind for line in lines if name in line.binds} for name in known}
    made: dict[str, set[str]] = {name: set() for name in known}
    for line in lines:
        for name in line.binds:
            if line.kind != "packs" or kinds[name] == {"packs"}:
                made[name] |= line.reads & known - {name}
    shown = {name for name in known if kinds[name] not in ({"size"}, {"packs"})}
    used = {read for name in shown for read in made[name]}
    shown = {name for name in shown if kinds[name] != {"given"} or name in used - {*PACKED}}
    shown |= known & set(wanted)
    layers: dict[str, int] = {}
    found = []
    order = sorted(shown, key=lambda name: (place[name], lines[place[name]].binds.index(name)))
    for name in order:
        reads = [read for read in order if read in made[name]]
        before = [read for read in reads if read in layers]
        layers[name] = 1 + max((layers[read] for read in before), default=-1)
        after = [read for read in reads if read not in layers]
        found.append(Node(name, layers[name], tuple(before), tuple(after)))
    return sorted(found, key=lambda node: node.layer)


def rows(layered: list[Node], columns: int) -> list[list[Node]]:
    """The nodes in rows of at most so many, evenly filled; a layer begins a new row."""
    found = []
    for layer in sorted({node.layer for node in layered}):
        mine = [node for node in layered if node.layer == layer]
        width = ceil(len(mine) / ceil(len(mine) / columns))
        found += [mine[start : start + width] for start in range(0, len(mine), width)]
    return found


def _place(name: str, lines: list[_Line]) -> int:
    """The line that makes a variable: the last, or the first if a loop reads it before that."""
    binding = [place for place, line in enumerate(lines) if name in line.binds]
    first, last = binding[0], binding[-1]
    carried = any(name in line.reads - {*_changed(line)} for line in lines[first + 1 : last + 1])
    return first if carried else last


def _changed(line: _Line) -> list[str]:
    """What a line both reads and binds alone, like a sum that grows."""
    return line.binds if len(line.binds) == 1 else []


def _lines(function: str) -> list[_Line]:
    """What each statement binds, what it reads and what it is for; the arguments come first."""
    (tree,) = ast.parse(SOURCE[function]).body
    assert isinstance(tree, ast.FunctionDef)
    given = [_Line([argument.arg], set(), "given") for argument in tree.args.args]
    return given + [
        _line(statement.node)
        for statement in statements(SOURCE[function])
        if not isinstance(statement.node, (ast.For, ast.Return))
    ]


def _line(node: ast.stmt) -> _Line:
    reads, value, binds = names_read(node), getattr(node, "value", None), bound(node)
    match value:
        case ast.Attribute(attr="shape"):
            return _Line(binds, set(), "size")
        case ast.Name(id=name) | ast.Subscript(value=ast.Name(id=name)) if name in PACKED:
            return _Line(binds, set(), "given")
        case ast.Dict() | ast.Tuple():
            return _Line(binds, reads, "packs")
    return _Line(binds, reads, "computes")
