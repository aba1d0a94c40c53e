"""Of a notebook or a program, the statements that some of its functions need: found, not run.

What trains a model, draws or tests is left out, so that a file can be judged in the time of its
functions alone.
"""

import ast
import re
import symtable
import warnings
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

ALL = "*"  # what from … import * binds
NEWLINE = re.compile(r"\r\n?")  # a parser counts each as one line
TOP = re.compile(r"^(?=[A-Za-z_@])", re.MULTILINE)
DEFINES = re.compile(r"^(?:async )?(?:def|class) +(\w+)", re.MULTILINE)
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)  # what a parser raises


@dataclass(frozen=True)
class Statement:
    """A statement at the top level: its text, the names that it binds, and those that it reads.

    A text that is no Python binds what it would define and reads nothing.
    """

    source: str
    binds: frozenset[str]
    reads: frozenset[str] = frozenset()


def needed(sources: Iterable[str], names: Iterable[str]) -> list[Statement]:
    """The statements of the cells, in order, that define the names or what these read."""
    statements = [statement for source in sources for statement in _statements(source)]
    binders = defaultdict[str, list[int]](list)
    for number, statement in enumerate(statements):
        for name in statement.binds:
            binders[name].append(number)
    kept, wanted = set[int](), [*names, ALL]
    while wanted:
        for number in binders.pop(wanted.pop(), ()):
            kept.add(number)
            wanted += statements[number].reads
    return [statements[number] for number in sorted(kept)]


def _statements(source: str) -> list[Statement]:
    """The statements of a cell; of one with a fault in it, those beside the fault too."""
    source = NEWLINE.sub("\n", source)
    if (tree := parsed(source)) is not None:
        return _split(source, tree)
    source = "\n".join(map(_without_magic, source.split("\n")))
    if (tree := parsed(source)) is not None:
        return _split(source, tree)
    found: list[Statement] = []
    for text in TOP.split(source):
        if (tree := parsed(text)) is not None:
            found += _split(text, tree)
        elif found and _goes_on(text):
            if parsed(found[-1].source) is not None:
                found.append(_broken(found.pop().source + text))
        else:
            found.append(_broken(text))
    return found


def _without_magic(line: str) -> str:
    """A line, unless it is one for IPython alone."""
    words = line.strip()
    magic = words.startswith(("%", "!", "?")) or words.endswith("?")
    return line[: len(line) - len(line.lstrip())] + "pass" if magic else line


def _broken(text: str) -> Statement:
    return Statement(text, frozenset(DEFINES.findall(text)))


def _goes_on(text: str) -> bool:
    """Whether it is the end of what stands before it, with a line that lost its indentation."""
    try:
        ast.parse(text)
    except IndentationError:
        return not DEFINES.match(text)
    except UNREADABLE:
        return False
    return False


def parsed(text: str) -> ast.Module | None:
    """The tree of a text; None if it is no Python."""
    return _quietly(ast.parse, text)


def _quietly(parse, *arguments):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the student's own backslashes
        try:
            return parse(*arguments)
        except UNREADABLE:
            return None


def _split(text: str, tree: ast.Module) -> list[Statement]:
    """The statements, each with its decorators; what shares a line is one."""
    lines, spans = text.split("\n"), list[tuple[int, int]]()
    for node in tree.body:
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
        if spans and first <= spans[-1][1]:
            first = spans.pop()[0]
        spans.append((first, node.end_lineno or first))
    return [_statement("\n".join(lines[first - 1 : last]) + "\n") for first, last in spans]


def _statement(text: str) -> Statement:
    table = _quietly(symtable.symtable, text, "<cell>", "exec")
    if table is None:  # as a return at the top level
        return _broken(text)
    symbols = table.get_symbols()
    binds = {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}
    binds |= {ALL} if re.match(r"from .* import \*", text) else set()
    return Statement(text, frozenset(binds), frozenset(_reads(table)))


def _reads(table: symtable.SymbolTable) -> set[str]:
    """The notebook's names that a statement reads, at once or when its functions are called."""
    outside = table.get_type() == "module"
    names = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (outside or symbol.is_global())
    }
    return names.union(*map(_reads, table.get_children()))
