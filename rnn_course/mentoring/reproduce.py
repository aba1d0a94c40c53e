"""What the published test cells print of a program with mistakes from the catalogue."""

import numpy as np

from ..subject.mistakes import Mistake, apply
from . import cells
from .printed import MISTAKES
from .program import PLAIN, PUBLISHED_PROGRAM, Program, functions, parse


class CannotReproduceError(ValueError):
    """The message is a sentence with the next step."""


def mistakes_named(labels: tuple[str, ...]) -> list[Mistake]:
    """The rows with these labels. Raises CannotReproduceError for one that does not exist."""
    for label in labels:
        if label not in MISTAKES:
            raise CannotReproduceError(
                f"There is no mistake {label}: rnn-course mistakes lists all of them."
            )
    return [MISTAKES[label] for label in labels]


def with_all(rows: list[Mistake]) -> Program:
    """The published program with all of these in it.

    Raises CannotReproduceError if two of them change the same words.
    """
    try:
        source = apply(*rows)
    except ValueError as error:
        label = str(error).partition(":")[0]
        raise CannotReproduceError(
            f"{label} changes what another of these changes: leave one of them out."
        ) from error
    return PUBLISHED_PROGRAM | {name: parse(text) for name, text in source.items()}


def cell_that_shows(rows: list[Mistake]) -> str:
    """The first cell in the notebook that runs all the mistakes and prints other numbers.

    Raises CannotReproduceError if none does.
    """
    program, touched = with_all(rows), {row.function for row in rows}
    together = [name for name in cells.EXERCISES if touched <= set(cells.chain(name))]
    if not together:
        raise CannotReproduceError(
            "These are mistakes of functions that no one test cell runs: name them one by one."
        )
    for name in together:
        if printout(name, program) != printout(name):
            return name
    raise CannotReproduceError(
        "No published test cell shows this: its numbers stay right (the hidden tests notice)."
    )


def printout(function: str, program: Program = PUBLISHED_PROGRAM) -> str:
    """What the cell of a function prints, line for line; with an error, its last line."""
    made = functions(program, cells.each(np.copy, cells.left_behind(function)) | PLAIN)
    lines = []
    with np.errstate(all="ignore"):
        try:
            variables = cells.run(function, made)
            for label, place in cells.lines(function):
                lines.append(f"{label} {cells.look(place, variables)}")
        except Exception as error:  # the mistake's own
            lines.append(f"{type(error).__name__}: {error}")
    return "\n".join(lines)
