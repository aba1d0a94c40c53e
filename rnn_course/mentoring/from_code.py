"""The diagnosis of posted code: each statement that departs, in the words of the catalogue."""

import ast
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ..sandbox.sandbox import Sandbox, SandboxError
from ..subject.mistakes import Mistake, apply
from . import cells, states
from .diagnosis import Diagnosis, Explanation, Found, FoundMistake
from .explain.explain import found_mistakes
from .explain.naming import listed
from .program import PUBLISHED_PROGRAM, Site, statements, with_statements
from .trace.blame import Departure
from .trace.normal import quoted
from .trace.trace import Traced, notes, trace

PRELOAD = ("numpy", "rnn_utils")
MOST = 15  # lines of a function that are enough to speak of it, if others were taken out
AS_FAR = "Of {} lines were taken out; what is there is right."
COMPARE = "Compare it with the equation, one name and one bracket at a time."


def from_code(code: str, about: tuple[str, ...] = ()) -> Diagnosis | None:
    """The diagnosis of all functions in the code of a post; None if there is nothing to run."""
    begun = time.monotonic()
    try:
        sandbox = Sandbox(PRELOAD)
        sandbox.check()
    except SandboxError as error:
        words = f"The code in the post was not run: {error}"
        return Diagnosis("", cells.NEW, Found.UNEXPLAINED, notes=(words,))
    try:
        traced = [one for one in trace(code, sandbox, about) if _wrong(one) or _much(one)]
    finally:
        sandbox.close()
    if not traced:
        return None
    wrong = [one for one in traced if _wrong(one)]
    told = (*notes(code), *(words for one in traced for words in _said(one)))
    explanations = (_explanation(wrong),) if wrong else ()
    verdict = Found.EXPLAINED if wrong else Found.UNEXPLAINED if told else Found.RIGHT
    told += tuple(
        AS_FAR.format(one.piece.name) for one in traced if not (_wrong(one) or _whole(one))
    )
    function = _form((wrong or traced)[0])
    marks = {key: state for one in traced for key, state in _states(one).items()}
    first = next((key for key, state in marks.items() if state == states.WRONG), None)
    marks |= {first: states.FIRST} if first else {}
    seconds = time.monotonic() - begun
    return Diagnosis(function, cells.NEW, verdict, (), explanations, told, marks, seconds)


def _whole(one: Traced) -> bool:
    return one.piece.complete and not one.piece.gap


def _much(one: Traced) -> bool:
    """Whether it can be called right: it is whole, or has most of its lines."""
    lines = one.piece.source.count("\n")
    return _whole(one) or (one.piece.complete and lines > MOST and not one.piece.unread)


def _wrong(one: Traced) -> bool:
    """Whether lines of it are to blame: they depart, or were no Python before they were mended."""
    return bool(one.departures or one.row or (_whole(one) and one.piece.mended))


def _said(one: Traced) -> Iterable[str]:
    """What is to be known of a piece beside its departures."""
    name = one.piece.name or one.piece.form
    if one.problem:
        yield f"{name} could not be run to its end: {one.problem}"
    elif one.raised and not one.departures:
        yield f"As it stands {name} ends in {one.raised}"
    elif one.wrong and not one.departures and not one.row:
        outputs = ", ".join(one.wrong)
        yield f"{name} returns wrong {outputs}; the line was not found."
    elif one.changes and not one.departures and not one.row:
        yield f"{name} changes its arguments; the line was not found."
    for line in one.piece.unread:
        yield f"This line of {name} is no Python: {line.strip()}"


def _explanation(wrong: list[Traced]) -> Explanation:
    mistakes: list[FoundMistake] = []
    for one in wrong:
        mistakes += [_unfinished(one, *lines) for lines in one.piece.mended if _whole(one)]
        found = [_found(replace(each, function=_form(one))) for each in one.departures]
        mistakes += [_of_row(each, one.row) for each in found or _written(one.row)]
    return Explanation(tuple(mistakes), 0, 0, {_form(one): one.piece.source for one in wrong})


def _written(row: Mistake | None) -> Iterable[FoundMistake]:
    """The row's own edits: the function returns the same, in cases that no statement shows."""
    if row:
        first, *_ = row.edits
        told = found_mistakes(row.function, apply(row)[row.function])
        hints = (f"Look at the whole of {row.function}.", row.hint, row.why)
        yield from told or [FoundMistake(row.function, 0, *first, row.why, hints)]


def _of_row(found: FoundMistake, row: Mistake | None) -> FoundMistake:
    """A line that has no words of its own, in those of the row that returns the same numbers."""
    if row is None or found.label or found.function != row.function:
        return found
    hints = (found.hints[0], row.hint, found.hints[2])
    return replace(found, why=row.why, hints=hints, label=row.label)


def _unfinished(one: Traced, posted: str, mended: str) -> FoundMistake:
    """A line that became Python with a colon or brackets."""
    lines = [line.strip() for line in one.piece.source.splitlines()]
    line, function = lines.index(mended) + 1 if mended in lines else 0, _form(one)
    whole = all(posted.count(bracket) == mended.count(bracket) for bracket in "()[]{}")
    what = "A colon is missing at its end." if whole else "Its brackets do not match."
    hints = (
        f"Look at line {line} of {function}.",
        "It is not yet Python: compare its signs with those of a line that runs.",
        what,
    )
    return FoundMistake(function, line, mended, posted, what, hints)


def _form(one: Traced) -> str:
    return one.piece.form.partition(",")[0]


def _states(one: Traced) -> states.States:
    form = _form(one)
    if form not in PUBLISHED_PROGRAM:
        return {}
    wrong = {departure.name for departure in one.departures}
    names = states.variables(PUBLISHED_PROGRAM[form])
    return {(form, name): states.WRONG if name in wrong else states.RIGHT for name in names}


def _found(departure: Departure) -> FoundMistake:
    """A departure in the catalogue's words, or else in plain ones; line counts in the source."""
    words, plain = _in_words(departure), _plainly(departure)
    if words is None:
        return plain
    if not words.label and departure.slips:
        words = replace(
            words, why=plain.why, hints=(words.hints[0], words.hints[1], plain.hints[2])
        )
    return replace(words, line=departure.line, becomes=departure.student)


def _in_words(departure: Departure) -> FoundMistake | None:
    """What explain says of the published form with the student's statement in its place."""
    function = departure.function
    if function not in PUBLISHED_PROGRAM or departure.kind not in ("value", "raised", "lost"):
        return None
    paths = [
        path
        for path, statement in statements(PUBLISHED_PROGRAM[function])
        if ast.unparse(statement) == departure.right
    ]
    try:
        tree: Any = _Folded(function).visit(ast.parse(departure.student))
    except SyntaxError:  # a loop's head alone
        return None
    if len(paths) != 1:
        return None
    changed = with_statements(PUBLISHED_PROGRAM, Site(function, paths[0]), tree.body)[function]
    found = found_mistakes(function, ast.unparse(changed))
    return found[0] if len(found) == 1 else None


class _Folded(ast.NodeTransformer):
    """Puts the published names in the place of what the published form calls so."""

    def __init__(self, function: str):
        self.names = {
            ast.dump(statement.value): statement.targets[0]
            for _, statement in statements(PUBLISHED_PROGRAM[function])
            if isinstance(statement, ast.Assign)
            and isinstance(statement.targets[0], ast.Name)
            and ast.unparse(statement.value).startswith(("parameters[", "np.concatenate("))
        }

    def visit(self, node: ast.AST) -> ast.AST:
        """The name of an expression that has one, or the node with its parts folded."""
        name = self.names.get(ast.dump(node)) if isinstance(node, ast.expr) else None
        return ast.Name(name.id, ast.Load()) if name else self.generic_visit(node)


def _plainly(departure: Departure) -> FoundMistake:
    facts = "; ".join(departure.slips) or departure.error or "the value departs"
    names = listed([quoted(name) for name in departure.name.split(", ") if name])
    reads = listed([quoted(name) for name in departure.reads])
    line = f"the line of {names}" if names else f"line {departure.line}"
    hints = (
        f"Look at {line} in {departure.function}.",
        f"{names} should be a function of {reads}." if names and reads else COMPARE,
        f"In {line}, {facts}.",
    )
    texts = (departure.right, departure.student, f"{facts[:1].upper()}{facts[1:]}.")
    return FoundMistake(departure.function, departure.line, *texts, hints)
