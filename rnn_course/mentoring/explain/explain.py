"""From an edit of the published form to words: which statements differ, why, and three hints.

Where rows of the catalogue account for statements, one mistake stands for each row; what is left
is told by its kind (kinds.py). The sentences are data, in kinds.toml here and equations.toml of
each assignment.
"""

import tomllib
from collections.abc import Set
from functools import cache
from importlib.resources import files
from itertools import permutations

from ...subject.exercises import ASSIGNMENTS, table
from ...subject.mistakes import MISTAKES, Mistake, apply
from ...subject.published import SOURCE
from ..diagnosis import FoundMistake
from .kinds import Difference
from .naming import listed, quoted
from .statements import CACHES, STATES, Edit, differences, edits_of, statements

KINDS = tomllib.loads(files(__package__).joinpath("kinds.toml").read_text("utf-8"))
EQUATIONS = {name: row for each in ASSIGNMENTS for name, row in table(each, "equations").items()}
_WORDS = {"t": "the loop", "return": "what is returned"}


def found_mistakes(function: str, changed: str) -> list[FoundMistake]:
    """What tells the changed source of a function from its published form, in order of lines.

    One mistake for each row of the catalogue that accounts for statements, one for each other
    statement that differs. Raises SyntaxError if changed is no Python.
    """
    edits = edits_of(function, changed)
    found, left = [], edits
    for rows in _accounted(function, edits):
        keys = _keys(*rows)
        left = [edit for edit in left if edit.key not in keys]
        mine = [edit for edit in edits if edit.key in keys]
        for row in rows:
            places = _places(_keys(row), _keys(*rows))
            found.append(_told(function, [edit for edit in mine if edit.key in places], row))
    found += [_told(function, [edit]) for edit in left]
    return sorted(found, key=lambda mistake: mistake.line)


def _places(alone: Set, together: Set) -> set:
    """Of the edits of several rows those in the statements that one of them touches."""
    lines = {line for line, _ in alone if line}
    return {key for key in together if key in alone or key[0] in lines}


def _accounted(function: str, edits: list[Edit]) -> list[tuple[Mistake, ...]]:
    """The rows whose edits are among these, the largest first; two if they share a statement."""
    left = {edit.key for edit in edits}
    rows = [row for row in MISTAKES.values() if row.function == function]
    rows = [row for row in rows if _lines(row) <= {line for line, _ in left}]
    found = []
    groups: list[tuple[Mistake, ...]] = [(row,) for row in rows]
    groups += [pair for pair in permutations(rows, 2) if _lines(pair[0]) & _lines(pair[1])]
    for group in sorted(groups, key=lambda group: -len(_keys(*group))):
        keys = _keys(*group)
        if keys and keys <= left:
            found.append(group)
            left -= keys
    return found


def _lines(row: Mistake) -> set:
    return {line for line, _ in _keys(row)}


@cache
def _keys(*rows: Mistake) -> frozenset:
    """The keys of the edits that the rows make together, none if they cannot be applied so."""
    try:
        ((function, source),) = apply(*rows).items()
    except ValueError:
        return frozenset()
    return frozenset(edit.key for edit in edits_of(function, source))


# Words


def _told(function: str, edits: list[Edit], row: Mistake | None = None) -> FoundMistake:
    """The mistake that these edits are, in the words of its row, or of its kind."""
    names = list(dict.fromkeys(name for edit in edits for name in edit.names))
    equations = EQUATIONS.get(function, {})
    known = [equations[name] for name in names if name in equations]
    equation = next((number for number, _ in known if number), "")
    what = {edit: _kinds(function, edit) for edit in edits}
    kinds = list(dict.fromkeys(found.kind for edit in edits for found in what[edit]))
    words = KINDS[kinds[0] if len(kinds) == 1 else "several"]
    fill = {
        "variable": _named(names),
        "equation": f"equation {equation}" if equation else "the text above the cell",
    }
    facts = dict.fromkeys(_fact(edit, found) for edit in edits for found in what[edit])
    return FoundMistake(
        function,
        edits[0].line,
        "\n".join(edit.was.text for edit in edits if edit.was),
        "\n".join(edit.becomes.text for edit in edits if edit.becomes),
        row.why if row else words["why"].format(**fill),
        (
            _where(function, names, known),
            row.hint if row else words["compare"].format(**fill),
            " ".join(facts),
        ),
        equation,
        row.label if row else "",
    )


def _kinds(function: str, edit: Edit) -> list[Difference]:
    """What kind of mistake one edit is; several where its line has several."""
    if edit.was and edit.becomes:
        if edit.was.text == edit.becomes.text:
            return [Difference("moved")]
        return differences(edit.was.node, edit.becomes.node)
    if edit.was:
        if edit.names == ["return"]:
            return [Difference("returned")]
        if edit.was.depth and {*edit.names} & {*STATES}:
            return [Difference("carry")]
        return [Difference("cache" if {*edit.names} & {*CACHES} else "missing")]
    texts = {statement.text for statement in statements(SOURCE[function])}
    return [Difference("repeated" if edit.becomes and edit.becomes.text in texts else "added")]


def _fact(edit: Edit, found: Difference) -> str:
    words = KINDS[found.kind]["fact"]
    return words.format(variable=_named(edit.names), was=found.was, becomes=found.becomes)


def _where(function: str, names: list[str], known: list[tuple[str, str]]) -> str:
    """The first hint: the function, the line by what it binds, what that is, its equation."""
    lines = "the lines" if len(names) > 1 else "the line"
    place = _WORDS[names[0]] if names and names[0] in _WORDS else f"{lines} of {_named(names)}"
    about = f": {known[0][1]}" if known and len(names) == 1 else ""
    numbers = list(dict.fromkeys(number for number, _ in known if number))
    return f"Look at {place} in {function}{about}{_numbered(numbers)}."


def _numbered(numbers: list[str]) -> str:
    if not numbers:
        return ""
    return f", equation{'s' * (len(numbers) > 1)} {_named(numbers)}"


def _named(names: list[str]) -> str:
    return listed(_WORDS.get(name) or quoted(name) for name in names)
