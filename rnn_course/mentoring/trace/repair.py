"""From a post's text to Python: which functions it holds, with their indentation rebuilt."""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from ...subject.exercises import EXERCISES
from ..program import names_read
from . import forms
from .posted import Line, logical_lines, parsed

FORMS = (*EXERCISES, forms.LANGUAGE, forms.LANGUAGE_BY_STEP)
GLOBALS = {"np", "numpy", "sigmoid", "softmax", "range", "reversed", "len", "zip", "enumerate"}
MOST_STATEMENTS = 400  # of a piece
MOST_INLINE = 100  # assignments within sentences
DEEPEST = 8  # blocks in blocks
LONGEST_LOOP = 60  # statements
INLINE = re.compile(r"(?<![\w.\]])[A-Za-z_]\w*(?:\[[^]=]{1,20}\])? *[-+*/]?= *(?=[A-Za-z_(\[{])")
ADVISED = re.compile(r"(?:don't|do not|never|instead of|should be|not)\W+(?:\w+\W+){0,4}$", re.I)
OUTSIDE = ("np.random", "import ", "print(", "assert ", "%matplotlib")


@dataclass(frozen=True)
class Piece:
    """A function of a post, or some of its lines.

    form names what it is held against ("" if unknown), name what the post calls it. complete: its
    def is there; gap: some of it was taken out. unread are lines that are no Python, as they are;
    mended are those that a colon or brackets made Python: as posted, as in the source.
    """

    form: str
    name: str
    source: str
    complete: bool
    gap: bool = False
    unread: tuple[str, ...] = ()
    mended: tuple[tuple[str, str], ...] = ()


def repair(text: str, about: tuple[str, ...] = ()) -> list[Piece]:
    """The code of a post. about are functions that it is known to be about."""
    pieces, loose, lines = [], [], logical_lines(text)
    about = (*about, *(name for name in EXERCISES if re.search(rf"\b{name}\b", text)))
    number, test_cell, inline = 0, False, 0
    while number < len(lines):
        line = lines[number]
        if line.kind == "def":
            end = _end(lines, number)
            pieces.append(_function(lines[number:end]))
            number, test_cell = end, False
            continue
        test_cell = test_cell or "np.random.seed" in line.text
        if line.kind in ("code", "block") and not test_cell and not _outside(line):
            loose.append(line)
        elif INLINE.search(line.text) and line.kind == "prose" and not test_cell:
            inline += 1
            loose += _inline(line) if inline < MOST_INLINE else []
        elif loose and loose[-1].kind != "blank" and line.kind != "blank":
            loose.append(line)
        number += 1
    return [piece for piece in pieces if piece.source] + _fragments(loose, about)


def _outside(line: Line) -> bool:
    """Whether it belongs to a test cell or to a notebook's beginning."""
    return any(word in line.text for word in OUTSIDE)


def _end(lines: list[Line], start: int) -> int:
    """The number of the line behind a function."""
    indent, deepest = lines[start].indent, 0
    for number in range(start + 1, len(lines)):
        line = lines[number]
        if line.kind in ("blank", "gap"):
            continue
        kept = line.indent > indent
        deepest = max(deepest, kept)
        if line.kind == "def" and not kept:
            return number
        if line.kind != "prose" and ((_outside(line) and not kept) or (deepest and not kept)):
            return number
        if line.text.startswith("return") and not (deepest and _deeper(lines, number, indent)):
            return number + 1
        if line.kind == "prose" and deepest and not kept:
            return number
    return len(lines)


def _deeper(lines: list[Line], number: int, indent: int) -> bool:
    """Whether a return stands in a block, and more of its function follows."""
    following = (line for line in lines[number + 1 :] if line.kind not in ("blank", "prose"))
    after = next(following, None)
    return after is not None and indent < after.indent < lines[number].indent


def _function(lines: list[Line]) -> Piece:
    """The piece of a def and the lines of its body."""
    head, body = lines[0], [line for line in lines[1:] if line.kind in ("code", "block", "def")]
    body = body[:MOST_STATEMENTS]
    name = head.text[4:].partition("(")[0].strip()
    unread = tuple(line.text for line in lines[1:] if line.kind == "unread")
    mended = tuple((line.posted, line.text) for line in [head, *body] if line.posted)
    gap = any(line.kind in ("gap", "unread") for line in lines)
    known = name if name in EXERCISES else likely(body, (), least=6)
    if not body:
        return Piece(known, name, "", complete=True, gap=True, unread=unread)
    source = _as_indented([head, *body]) or _rebuilt(head, body, known)
    return Piece(known, name, source, True, gap, unread, mended)


def _as_indented(lines: list[Line]) -> str:
    """The text with the indentation of the post, if that is Python."""
    least = min(line.indent for line in lines)
    text = "\n".join(" " * (line.indent - least) + line.text for line in lines)
    return text if parsed(text) else ""


def _rebuilt(head: Line | None, body: Iterable[Line], known: str) -> str:
    """The text with blocks told by the form that it is held against."""
    rows = [head.text] if head else []
    rest, depth = [line for line in body if line.kind != "def"], 1 if head else 0
    _place(rest, depth, known, rows)
    text = "\n".join(rows)
    return text if parsed(text) else ""


def _place(body: list[Line], depth: int, known: str, rows: list[str]) -> None:
    position = 0
    while position < len(body):
        line = body[position]
        rows.append("    " * depth + line.text)
        position += 1
        if line.kind == "block":
            inside = _inside(line.text, body[position:], known) if depth < DEEPEST else 0
            _place(body[position : position + inside], depth + 1, known, rows)
            rows += [] if inside else ["    " * (depth + 1) + "pass"]
            position += inside


def _inside(header: str, rest: list[Line], known: str) -> int:
    """How many of the lines behind a header stand in its block."""
    if not header.startswith("for"):
        return min(1, len(rest))
    loop = ast.parse(header.partition(" #")[0].rstrip() + " pass").body[0]
    assert isinstance(loop, ast.For)
    targets = {node.id for node in ast.walk(loop.target) if isinstance(node, ast.Name)}
    inside = 0
    for number, line in enumerate(rest[:LONGEST_LOOP]):
        statement = _tree(line)
        if isinstance(statement, ast.Return):
            break
        if isinstance(statement, ast.Pass) and inside == number:
            inside += 1
        if statement is None or not forms.bound(statement):
            continue
        if targets & names_read(statement) or _looped(statement, known):
            inside = number + 1
        elif _only_after(statement, known):
            break
    return inside


@lru_cache(maxsize=2_000)
def _tree(line: Line) -> ast.stmt | None:
    tree = parsed(line.text + " pass" if line.kind == "block" else line.text)
    return tree.body[0] if tree else None


def _binders(statement: ast.stmt, known: str) -> list:
    """The form's statements that bind a name that this one binds, and are of its kind."""
    if not known:
        return []
    paths = [p for name in forms.bound(statement) for p in forms.binders(known).get(name, ())]

    def kind(node):
        value = getattr(node, "value", None)
        return isinstance(value, (ast.Dict, ast.Tuple)), isinstance(value, ast.Call)

    alike = [p for p in paths if kind(forms.statement_at(known, p)) == kind(statement)]
    return alike or paths


def _looped(statement: ast.stmt, known: str) -> bool:
    paths = _binders(statement, known)
    updates = isinstance(statement, ast.AugAssign) or set(forms.bound(statement)) & names_read(
        statement
    )
    return (bool(paths) and all(len(path) > 1 for path in paths)) or bool(updates and not paths)


def _only_after(statement: ast.stmt, known: str) -> bool:
    paths = _binders(statement, known)
    return bool(paths) and all(len(path) == 1 for path in paths)


def _inline(line: Line) -> list[Line]:
    """An assignment within a sentence, as far as it is Python that computes something."""
    found = []
    for start in INLINE.finditer(line.text):
        if ADVISED.search(line.text[: start.start()]):
            continue
        words = line.text[start.start() :]
        for end in range(min(len(words), 300), len(start[0]), -1):
            if words[end - 1] not in ")]}" and not words[end - 1].isalnum():
                continue
            tree = parsed(words[:end])
            value = getattr(tree.body[0], "value", None) if tree and len(tree.body) == 1 else None
            if isinstance(value, (ast.Call, ast.BinOp, ast.Subscript)):
                found.append(Line("code", words[:end], 0, line.number))
                break
    return found


def _fragments(lines: list[Line], about: tuple[str, ...]) -> list[Piece]:
    """The pieces of loose lines, one for each stretch of them that a form can be told for."""
    pieces: list[Piece] = []
    stretch: list[Line] = []
    for line in [*lines, Line("prose", "", 0, 0)]:
        if line.kind in ("code", "block", "unread"):
            stretch.append(line)
            continue
        code = [one for one in stretch if one.kind != "unread"][:MOST_STATEMENTS]
        unread = tuple(one.text for one in stretch if one.kind == "unread" and code)
        known = likely(code, about)
        if known:
            source = _as_indented(code) or _rebuilt(None, code, known)
            pieces.append(Piece(known, "", source, complete=False, gap=True, unread=unread))
        stretch = []
    return [piece for piece in pieces if piece.source]


def likely(lines: list[Line], about: tuple[str, ...], least: int = 2) -> str:
    """The form that has most of the lines' names; "" if there is none."""
    trees = [tree for tree in map(_tree, lines) if tree is not None]
    made = {name for tree in trees for name in forms.bound(tree)} - {forms.RETURN}
    used = {name for tree in trees for name in names_read(tree)} - GLOBALS
    constants = {n.value for t in trees for n in ast.walk(t) if isinstance(n, ast.Constant)}

    def score(name: str) -> float:
        binders = set(forms.binders(name))
        words = forms.vocabulary(name)
        keys = forms.keys(name)
        calls = set(forms.form(name).callees) & used
        hits = 3 * len(made & binders) + len(used & words) + 4 * len(calls)
        hits += len(constants & keys)
        misses = len(made - words) + 0.5 * len(used - words - made)
        return hits - misses + 1.5 * (name in about) if made & binders else 0

    best = max(FORMS[:-1], key=score)
    if score(best) < least:
        return ""
    nested = any(
        isinstance(inner, ast.For) and inner is not outer
        for tree in trees
        for outer in ast.walk(tree)
        if isinstance(outer, ast.For)
        for inner in ast.walk(outer)
    )
    loops = sum(line.text.startswith("for ") for line in lines)
    by_step = best == forms.LANGUAGE and (nested or loops > 1)
    return forms.LANGUAGE_BY_STEP if by_step else best
