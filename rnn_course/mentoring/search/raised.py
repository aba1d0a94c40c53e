"""From an error to programs: the edits after which a cell ends in this very error."""

import re
from collections.abc import Iterator

from ...subject.mistakes import MISTAKES
from ..program import PUBLISHED_PROGRAM, Program, Site, at, names_bound, with_value
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
MOST = 3  # an error that more edits than these end in tells no cause


def raising(search) -> list[Program]:
    """The programs with one edit that fail as reported and print what was reported before.

    Rows of the catalogue first; other edits only if none of these fits. If too many fit, none is
    returned, and search.notes says where they are.
    """
    trial = Trial(PUBLISHED_PROGRAM, search.reported)
    for generate in (_catalogue, _lines, _statements):
        found, where = [], []
        for name, program in generate(trial):
            search.count()
            row, error = trial.failure(program)
            if alike(error, search.reported.error) and search.reported.near(row[None]).all():
                found.append(program)
                where.append(name)
        if len(found) > MOST:
            places = ", ".join(dict.fromkeys(where))
            search.notes.append(f"Too many edits end in this error to tell which: of {places}.")
            return []
        if found:
            return found
    return []


def alike(one: str, other: str) -> bool:
    """Whether two lines say the same error; versions of Python put it a little differently."""
    return _usual(one) == _usual(other)


def _usual(error: str) -> str:
    error = " ".join(error.split())
    for form, usual in VERSIONS:
        error = re.sub(form, usual, error)
    return error.rstrip(". ")


def _catalogue(trial: Trial) -> Iterator[tuple[str, Program]]:
    for mistake in MISTAKES.values():
        program = with_mistake(PUBLISHED_PROGRAM, mistake)
        if mistake.function in trial.suspects and program is not None:
            yield mistake.label, program


def _lines(trial: Trial) -> Iterator[tuple[str, Program]]:
    for site in trial.scopes:
        statement = at(PUBLISHED_PROGRAM, site)
        value = getattr(statement, "value", None)
        name = " and ".join(names_bound(statement)) or "the return"
        for edit in trial.editor(site).edits(value) if value is not None else ():
            failure = trial.fails_at_once(site, edit)
            if _may_fail(trial, site, failure):
                yield f"{name} in {site.function}", with_value(PUBLISHED_PROGRAM, site, edit)


def _may_fail(trial: Trial, site: Site, failure: str | None) -> bool:
    """Whether a program is worth a run: it fails as reported, or perhaps later."""
    if failure:
        return alike(failure, trial.reported.error)
    late = trial.visits[site] > 1 and "index" in trial.reported.error  # in a later step
    return failure == "" or late


def _statements(trial: Trial) -> Iterator[tuple[str, Program]]:
    for function in trial.suspects:
        for program in structural(PUBLISHED_PROGRAM, function, trial.editor):
            yield f"the statements of {function}", program
