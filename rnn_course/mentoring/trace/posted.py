"""The lines of a post, made readable as Python: what a forum's editor does to code is undone."""

import ast
import html
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

MOST_CHARACTERS = 2_000_000  # of a post
MOST_LINES = 5_000  # of a post that are read as code
LONGEST = 4_000  # characters of a line of code
MOST_LINES_JOINED = 12  # of one statement
CHARACTERS = str.maketrans(
    "“”„‟″‘’‚‛′−–—∗×·…\u00a0\u2007\u202f\u3000\t\ufeff",
    '"""""' + "'''''" + "---" + "***" + "…" + "    " + "\t" + " ",
)
NOTHING = re.compile("[\u200b-\u200f\u2060\u00ad\r]")
TAG = re.compile(r"</?(?:br|p|div|span|code|pre|b|i|em|strong|li|ul|ol|td|tr|table)\b[^<>]*>", re.I)
PREFIXES = (r"\s*[-*•+] ?(?! *=)", r"\s*\d{1,4}[.:)|]? ?", r"\s*\| ?")
PROMPT = re.compile(r"^(?:\s*(?:>(?!=)|>>>|\.\.\.(?= )) ?)+|^\s*(?:In|Out) ?\[[\d ]*\]:? ?")
REMOVED = re.compile(r"\{\*.*|\[?\s*(?:code|solution)[^=()]*(?:removed|deleted)\W*", re.I)
DOTS = re.compile(r"\s*#?\s*(?:\.{2,}|…)\s*")
STATEMENT = (
    *(ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.Raise),
    *(ast.Pass, ast.Assert, ast.Import, ast.ImportFrom),
)
NUMBERS = (
    *(ast.Constant, ast.List, ast.Tuple, ast.UnaryOp, ast.BinOp),
    *(ast.expr_context, ast.operator, ast.unaryop),
)
COMPOUND = re.compile(r"(?:for|if|elif|else|while|with|try|except|finally)\b.*:\s*(?:#.*)?$")
HEAD = re.compile(r"def \w+ *\(|for .+ in |(?:if|elif|while) .*[=<>(\[]|else$|try$")
NAME = r"[A-Za-z_][\w.]*(?:\[[^]]*\])*"
PRINTED = re.compile(rf"{NAME}(?:(?<=\])|(?<=\.shape)) *= *[-+\d\s.,eE()\[\]]*")
ASSIGNMENT = re.compile(rf"\s*\(?{NAME}(?: *, *{NAME})*\)? *[-+*/|]?=(?!=)")


@dataclass(frozen=True)
class Line:
    """A statement of a post, or what stands in its place; as it was posted if it was mended.

    kind is "def", "block" (a header), "code", "gap" (something was taken out), "unread" (code
    that is no Python), "blank" or "prose". number counts the lines of the post.
    """

    kind: str
    text: str
    indent: int
    number: int
    posted: str = ""


def clean(text: str) -> list[str]:
    """The lines without markup, prompts, bullets and line numbers, in plain characters."""
    text = TAG.sub(lambda tag: "\n" if tag[0].lower().startswith("<br") else "", text)
    text = NOTHING.sub("", html.unescape(text[:MOST_CHARACTERS])).translate(CHARACTERS)
    lines = [line if len(line) < LONGEST else "" for line in text.split("\n")[:MOST_LINES]]
    lines = [PROMPT.sub("", line.expandtabs(4).rstrip()) for line in lines]
    for prefix in PREFIXES:
        pattern = re.compile(prefix)
        full = [line for line in lines if line.strip()]
        marked = sum(bool(pattern.match(line)) for line in full)
        if marked > 0.6 * len(full) and len(full) > 2:
            lines = [pattern.sub("", line, count=1) for line in lines]
    return [line if "```" not in line else "" for line in lines]


def logical_lines(text: str) -> list[Line]:
    """The post as statements, each joined from the lines over which it is spread."""
    return list(_read(clean(text)))


def _read(lines: list[str]) -> Iterator[Line]:
    number = 0
    while number < len(lines):
        stripped = lines[number].strip()
        if stripped.lstrip("rR")[:3] in ('"""', "'''"):
            number = _after_docstring(lines, number)
            continue
        line, used = _statement(lines, number)
        yield from _apart(line)
        number += used


def _apart(line: Line) -> list[Line]:
    """The line, or each of the statements that it holds, between semicolons."""
    tree = parsed(line.text) if line.kind == "code" and ";" in line.text else None
    if tree is None or len(tree.body) < 2:
        return [line]
    parts = [ast.get_source_segment(line.text, statement) or "" for statement in tree.body]
    return [replace(line, kind=kind_of(part) or "unread", text=part) for part in parts]


def _after_docstring(lines: list[str], start: int) -> int:
    """The line behind a docstring, or behind its opening if it is never closed."""
    mark = lines[start].strip().lstrip("rR")[:3]
    if mark in lines[start].strip().lstrip("rR")[3:]:
        return start + 1
    for number in range(start + 1, min(start + 80, len(lines))):
        if lines[number].strip().startswith("def "):
            break
        if mark in lines[number]:
            return number + 1
    return start + 1


def _statement(lines: list[str], start: int) -> tuple[Line, int]:
    """The statement that begins in a line, and over how many lines it goes."""
    first = lines[start]
    text, indent = first.strip(), len(first) - len(first.lstrip())

    def line(kind, text=text, posted=""):
        return Line(kind, text, indent, start, posted)

    if not text:
        return line("blank"), 1
    if DOTS.fullmatch(text) or REMOVED.match(text):
        return line("gap"), 1
    if text.startswith("#"):
        return line("blank"), 1
    if PRINTED.fullmatch(text):
        return line("prose"), 1
    if with_colon := _with_colon(text):
        return line(kind_of(with_colon), with_colon, text), 1
    header = text.startswith("def ") or COMPOUND.match(text)
    if not header and not ASSIGNMENT.match(text) and kind_of(text) is None:
        return line("prose"), 1
    for used in range(1, MOST_LINES_JOINED + 1):
        if start + used > len(lines) or (used > 1 and _begins(lines[start + used - 1])):
            break
        joined = _joined(lines[start : start + used])
        if kind := kind_of(joined):
            return line(kind, joined), used
        if not _goes_on(lines[start + used - 1], joined):
            break
    mended = closed(text)
    return (line(kind_of(mended), mended, text) if mended else line("unread")), 1


def _with_colon(text: str) -> str:
    """The head of a block with the colon that it lacks; "" if it is none, or lacks none."""
    bare = _without_comment(text).rstrip()
    mended = f"{bare}:"
    opened = HEAD.match(bare) and not bare.endswith(":") and kind_of(bare) is None
    return mended if opened and kind_of(mended) in ("def", "block") else ""


def _goes_on(line: str, joined: str) -> bool:
    """Whether a statement may go on in the next line: a bracket is open, or an operator last."""
    opened = sum(map(joined.count, "([{")) > sum(map(joined.count, ")]}"))
    return opened or line.rstrip().endswith(("\\", "+", "-", "*", ",", "=", "@", "/"))


def _begins(line: str) -> bool:
    """Whether a line begins something new, so that nothing before it goes on in it."""
    text = line.strip()
    return text.startswith(("def ", "return ", "###", "# In[")) or bool(
        re.match(r"[A-Za-z_]\w*(\[[^]]*\])? *[-+*/|]?= *[^=]", text) and kind_of(text)
    )


def _joined(lines: list[str]) -> str:
    parts = [_without_comment(line).strip() for line in lines]
    parts = [part.removesuffix("\\").strip() for part in parts]
    return " ".join(part for part in parts if part)


def _without_comment(line: str) -> str:
    if "#" not in line or '"' in line or "'" in line:
        return line
    return line.partition("#")[0]


@lru_cache(maxsize=20_000)
def kind_of(text: str) -> str | None:
    """What a text is as Python; None if it is no statement that computes anything."""
    body = f"{text} pass" if text.endswith(":") else text
    if text.startswith("def ") or COMPOUND.match(text):
        text = re.sub(r"^(elif|else|except|finally)\b", "if", text)
        text = "if 1:" if text == "if:" else text
        body = (text.partition(" #")[0].rstrip() + " pass").replace("try: pass", "if 1: pass")
    tree = parsed(body)
    kinds = [_kind(statement, text, body) for statement in tree.body] if tree else []
    return kinds[0] if len(kinds) == 1 or {"code"} == set(kinds) else None


def _kind(statement: ast.stmt, text: str, body: str) -> str | None:
    if isinstance(statement, ast.FunctionDef):
        return "def"
    if isinstance(statement, (ast.For, ast.If, ast.While, ast.With)):
        return "block" if text.endswith(":") or " pass" in body else "code"
    if isinstance(statement, STATEMENT):
        return None if reported(statement) else "code"
    call = statement.value if isinstance(statement, ast.Expr) else None
    return "code" if isinstance(call, ast.Call) else None


def parsed(text: str) -> ast.Module | None:
    """The tree of a text, None if it is no Python."""
    try:
        with warnings.catch_warnings(action="ignore"):  # of "\d" in a string
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def reported(statement: ast.stmt) -> bool:
    """Whether it is a printed value: gradients["dxt"][1][2] = 0.25 is no program's line."""
    if not isinstance(statement, ast.Assign):
        return False
    (target, *_), value = statement.targets, statement.value
    if isinstance(target, ast.Attribute):
        return target.attr == "shape"
    numbers = all(isinstance(node, NUMBERS) for node in ast.walk(value))
    place = isinstance(target, ast.Subscript) and not any(
        isinstance(node, (ast.Slice, ast.Name)) for node in ast.walk(target.slice)
    )
    return numbers and place and not (isinstance(value, ast.Constant) and value.value is None)


def closed(text: str) -> str | None:
    """The text with the brackets closed that stand open, or without those too many; or None."""
    open_brackets: list[str] = []
    for character in re.sub(r"\"[^\"]*\"|'[^']*'", "", text):
        if character in "([{":
            open_brackets.append({"(": ")", "[": "]", "{": "}"}[character])
        elif character in ")]}" and open_brackets and open_brackets[-1] == character:
            open_brackets.pop()
    brackets = "".join(reversed(open_brackets))
    candidates = [f"{text}{brackets}", f"{text.removesuffix(':')}{brackets}:"]
    candidates += [text[:-k] for k in (1, 2) if text[-k:].strip(")]}") == ""]
    return next((mended for mended in candidates if kind_of(mended)), None)
