"""A student's statements beside a right program's: what each reads, and what it must bind."""

import ast
import difflib
import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from .. import cells
from ..program import Path, names_read
from . import forms
from .forms import RETURN
from .repair import Piece

STEPS = "__steps__"


@dataclass
class Step:
    """One statement. rights leads each bound name to the form's statement that binds it.

    anchor is the form's statement in whose place it stands, loop the form's loop that it heads.
    """

    number: int
    node: ast.stmt
    line: int
    text: str
    names: tuple[str, ...]
    reads: frozenset[str]
    rights: dict[str, Path] = field(default_factory=dict)
    anchor: Path | None = None
    loop: Path | None = None
    within: Path = ()
    body: list["Step"] = field(default_factory=list)

    @property
    def code(self) -> str:
        """What the sandbox runs: of a loop only what it goes through, of a return its value."""
        if self.loop is not None:
            assert isinstance(self.node, ast.For)
            return f"{STEPS} = [int(step) for step in {ast.unparse(self.node.iter)}]"
        if isinstance(self.node, ast.Return):
            return f"{RETURN} = {ast.unparse(self.node.value) if self.node.value else None}"
        return ast.unparse(self.node)


class Plan:
    """The steps of a piece, matched with its form."""

    def __init__(self, piece: Piece):
        self.piece, self.form = piece, forms.form(piece.form)
        self.watched = forms.watched(piece.form)
        self.binders, self.known = forms.binders(piece.form), forms.vocabulary(piece.form)
        tree: Any = ast.parse(piece.source)
        if piece.complete:
            tree = tree.body[0]
        self.lines = piece.source.splitlines()
        self.tree = _Renamed(self._other_names(tree)).visit(tree)
        self.steps: list[Step] = []
        self.top = self._steps(self.tree.body, ())
        self.calls = {
            callee: [p for p, m in forms.callers(piece.form) if m == callee]
            for callee in self.form.callees
        }
        if piece.complete or any(step.loop for step in self.top):
            self._match(self.top, ())
        else:
            self._match_loose()

    def _other_names(self, tree) -> dict[str, str]:
        """What the form calls a name of the student's."""
        made = {name for node in tree.body for name in forms.bound(node)}
        names = {
            name: other
            for name, other in cells.OTHER_NAMES.items()
            if other in self.binders and name not in self.known and other not in made
        }
        if self.piece.complete and not self.form.loose:
            given = [argument.arg for argument in tree.args.args]
            names |= dict(zip(given, self.form.arguments, strict=False))
        return {name: other for name, other in names.items() if name != other}

    def _steps(self, body: list[ast.stmt], prefix: Path) -> list[Step]:
        """The steps of a body; loops that the form has are gone into, others are one step."""
        steps: list[Step] = []
        loops = [path for path in forms.loops(self.piece.form) if path[:-1] == prefix]
        for node in body:
            if _idle(node):
                continue
            text = self.lines[node.lineno - 1].strip()
            reads = frozenset(names_read(node)) | _updated(node)
            step = Step(len(self.steps), node, node.lineno, text, tuple(forms.bound(node)), reads)
            step.within = prefix
            self.steps.append(step)
            steps.append(step)
            if isinstance(node, ast.For) and loops and _counts(node):
                self._go_into(step, node, loops.pop(0))
        return steps

    def _go_into(self, step: Step, node: ast.For, path: Path) -> None:
        step.loop = step.anchor = path
        step.names, step.reads = (STEPS,), frozenset(names_read(node.iter))
        target: Any = forms.statement_at(self.piece.form, path)
        assert isinstance(node.target, ast.Name)
        if node.target.id not in self.known:
            node = _Renamed({node.target.id: target.target.id}).visit(node)
        step.body = self._steps(node.body, path)

    def _match(self, steps: list[Step], prefix: Path) -> None:
        """Tell for each name that is bound in a region which statement of the form binds it."""
        regions: dict[int, list[Step]] = defaultdict(list)
        segment = 0
        for step in steps:
            if step.loop is not None:
                self._match(step.body, step.loop)
            if isinstance(step.node, (ast.For, ast.While)):  # of its own kind: not judged inside
                segment += 1
            else:
                regions[segment].append(step)
        for number, region in regions.items():
            for name in dict.fromkeys(name for step in region for name in step.names):
                paths = [
                    path
                    for path in self.binders.get(name, ())
                    if path[:-1] == prefix and self._segment(path) == number
                ]
                self._pair(name, [step for step in region if name in step.names], paths)
            for step in region:
                self._anchor(step, prefix)

    def _segment(self, path: Path) -> int:
        """How many loops stand before a statement, in the same body."""
        loops = forms.loops(self.piece.form)
        return sum(loop[:-1] == path[:-1] and loop[-1] < path[-1] for loop in loops)

    def _pair(self, name: str, steps: list[Step], paths: list[Path]) -> None:
        if not paths:
            return
        if len(steps) == len(paths):
            for step, path in zip(steps, paths, strict=True):
                step.rights[name] = path
            return
        for step, following in pairwise(steps):
            if name not in following.reads:  # or it is a part of what comes next
                step.rights[name] = paths[-1]
        steps[-1].rights[name] = paths[-1]

    def _anchor(self, step: Step, prefix: Path) -> None:
        called = [path for callee in step.reads & self.calls.keys() for path in self.calls[callee]]
        called = [path for path in called if path[:-1] == prefix]
        both = [path for path in called if path in step.rights.values()]
        step.anchor = max(both or called or step.rights.values(), default=None)

    def _match_loose(self) -> None:
        """Lines without their function: each belongs to the statement that is most like it."""
        for step in self.steps:
            text = ast.unparse(step.node)
            for name in step.names:
                paths = self.binders.get(name, ())
                if paths:
                    step.rights[name] = max(paths, key=lambda path: self.likeness(path, text))
            step.anchor = max(step.rights.values(), default=None)
            same = [path for path in step.rights.values() if step.anchor[:-1] == path[:-1]]  # type: ignore[index]
            step.rights = {name: path for name, path in step.rights.items() if path in same}

    def likeness(self, path: Path, text: str) -> float:
        """How much a statement of the form looks like a text."""
        other = ast.unparse(forms.statement_at(self.piece.form, path))
        return difflib.SequenceMatcher(None, other, text, autojunk=False).ratio()


def _counts(loop: ast.For) -> bool:
    """Whether a loop counts the steps as the forms do, and not from the other end."""
    if not isinstance(loop.target, ast.Name) or "range(" not in ast.unparse(loop.iter):
        return False
    return not re.search(rf"- {loop.target.id}\b", "\n".join(map(ast.unparse, loop.body)))


def _idle(node: ast.stmt) -> bool:
    """Whether a statement computes nothing: a docstring, a pass, something printed."""
    if isinstance(node, (ast.Pass, ast.Assert)):
        return True
    value = node.value if isinstance(node, ast.Expr) else None
    shown = isinstance(value, ast.Call) and forms.root(value.func) == "print"
    return isinstance(value, ast.Constant) or shown


def _updated(node: ast.stmt) -> set[str]:
    """The names of which a statement changes a part, so that it reads them too."""
    found = {forms.root(n.target) for n in ast.walk(node) if isinstance(n, ast.AugAssign)}
    for inner in ast.walk(node):
        if isinstance(inner, ast.Subscript) and isinstance(inner.ctx, ast.Store):
            found.add(forms.root(inner))
    return found - {""}


class _Renamed(ast.NodeTransformer):
    """Other names for some, and self.V as V."""

    def __init__(self, names: dict[str, str]):
        self.names = names

    def visit_Name(self, node):
        """A name."""
        return ast.copy_location(ast.Name(self.names.get(node.id, node.id), node.ctx), node)

    def visit_Attribute(self, node):
        """self.V is V."""
        if isinstance(node.value, ast.Name) and node.value.id == "self":
            return ast.copy_location(ast.Name(node.attr, node.ctx), node)
        return self.generic_visit(node)
