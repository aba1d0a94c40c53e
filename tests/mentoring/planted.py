"""Programs with planted mistakes, and what their published cells print, as observations."""

import numpy as np

from rnn_course.mentoring import cells
from rnn_course.mentoring.diagnosis import RAISES, Observation
from rnn_course.mentoring.printed import MISTAKES, SOURCE
from rnn_course.mentoring.program import PLAIN, PUBLISHED_PROGRAM, Program, functions, parse
from rnn_course.mentoring.search.nodes import Node
from rnn_course.mentoring.search.reported import Reported
from rnn_course.mentoring.search.trial import Trial
from rnn_course.subject.mistakes import apply
from rnn_published import PUBLISHED

GATES = {  # the published lines of lstm_cell_backward
    "dot": "da_next * np.tanh(c_next) * ot * (1 - ot)",
    "dcct": "(dc_next * it + ot * (1 - np.tanh(c_next) ** 2) * it * da_next) * (1 - cct**2)",
    "dit": "(dc_next * cct + ot * (1 - np.tanh(c_next) ** 2) * cct * da_next) * it * (1 - it)",
    "dft": "(dc_next * c_prev + ot * (1 - np.tanh(c_next) ** 2) * c_prev * da_next)"
    " * ft * (1 - ft)",
}


def changed(function: str, *edits: tuple[str, str]) -> Program:
    """The published program with texts of one function replaced."""
    text = SOURCE[function]
    for was, becomes in edits:
        assert text.count(was) == 1, was
        text = text.replace(was, becomes)
    return PUBLISHED_PROGRAM | {function: parse(text)}


def catalogued(*labels: str) -> Program:
    """The published program with these rows of the catalogue in it."""
    source = apply(*(MISTAKES[label] for label in labels))
    return PUBLISHED_PROGRAM | {name: parse(text) for name, text in source.items()}


def observed(
    function: str, program: Program = PUBLISHED_PROGRAM, generation: str = cells.NEW, only: str = ""
) -> tuple[Observation, ...]:
    """What the cell of a function prints; only keeps the places with that text in them."""
    names = cells.left_behind(function) | PLAIN
    with np.errstate(all="ignore"):
        variables = cells.run(function, functions(program, names), generation)
    places = [label.partition(" =")[0] for label, _ in PUBLISHED[function].lines]
    return tuple(
        printed(function, place, cells.look(place, variables)) for place in places if only in place
    )


def printed(function: str, place: str, value) -> Observation:
    """A value as print shows it: eight places of an array, all of a number."""
    if isinstance(value, (int, tuple)):
        return Observation(function, place, str(value), tuple(np.ravel(value)), np.shape(value))
    if np.ndim(value):
        values = np.round(value, 8)
        return Observation(
            function, place, str(values), tuple(values.ravel()), values.shape, 0.5e-8
        )
    return Observation(function, place, repr(float(value)), (float(value),), (), 1e-12)


def raised(function: str, text: str) -> Observation:
    """The error that ended the cell."""
    return Observation(function, RAISES, text, ())


def node(program: Program, *observations: Observation, cost: float = 0.0) -> Node:
    """A program in a search, with what it prints."""
    reported = Reported(observations)
    return Node(program, Trial(program, reported).predicted[0], reported, cost)
