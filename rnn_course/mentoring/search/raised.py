"""From an error to programs: the edits after which a cell ends in this very error."""

import re
from collections.abc import Iterator
from itertools import chain

from ..printed import MISTAKES
from ..program import Program, Site, at, with_value
from .nodes import CATALOGUED, LINE, RARER, STATEMENT, Node
from .rows import with_mistake
from .steps import structural
from .trial import Trial

VERSIONS = (  # what Python and numpy have said otherwise over the years: one form of each
    (r"^[\w.]+\.(?=\w+:)", ""),  # numpy.exceptions.AxisError
    (r"\. Did you mean.*", ""),
    (
        r"local variable ('\w+') referenced before assignment",
        r"cannot access local variable \1 where it is not associated with a value",
    ),
    (r"cannot unpack non-iterable (\w+) object", r"'\1' object is not iterable"),
    (r"(too many values to unpack \(expected \d+).*", r"\1"),
    (r"(too many indices for array).*", r"\1"),
    (r"(must match exactly).*", r"\1"),
    (r"into shape \((\d+)\)", r"into shape (\1,)"),
)


def raising(search, node: Node) -> Iterator[Node]:
    """The programs with one edit more that fail as reported and print what was reported before."""
    for program, cost in chain(_catalogue(node), _lines(node), _statements(node)):
        search.count()
        row, error = node.trial.failure(program)
        if alike(error, node.reported.error) and search.good(row).all():
            yield Node(program, row, node.reported, node.cost + cost)


def alike(one: str, other: str) -> bool:
    """Whether two lines say the same error; versions of Python put it a little differently."""
    return _usual(one) == _usual(other)


def _usual(error: str) -> str:
    error = " ".join(error.split())
    for form, usual in VERSIONS:
        error = re.sub(form, usual, error)
    return error.rstrip(". ")


def _catalogue(node: Node) -> Iterator[tuple[Program, float]]:
    for mistake in MISTAKES.values():
        program = with_mistake(node.program, mistake)
        if mistake.function in node.trial.suspects and program is not None:
            yield program, CATALOGUED


def _lines(node: Node) -> Iterator[tuple[Program, float]]:
    for site in node.trial.scopes:
        value = getattr(at(node.program, site), "value", None)
        for edit in node.trial.editor(site).edits(value) if value is not None else ():
            failure = node.trial.fails_at_once(site, edit.tree)
            if _may_fail(node.trial, site, failure):
                yield with_value(node.program, site, edit.tree), RARER if edit.rare else LINE


def _may_fail(trial: Trial, site: Site, failure: str | None) -> bool:
    """Whether a program is worth a run: it fails as reported, or perhaps later."""
    if failure:
        return alike(failure, trial.reported.error)
    late = trial.visits[site] > 1 and "index" in trial.reported.error  # in a later step
    return failure == "" or late


def _statements(node: Node) -> Iterator[tuple[Program, float]]:
    for function in node.trial.suspects:
        for program in structural(node.program, function, node.trial.editor):
            yield program, STATEMENT
