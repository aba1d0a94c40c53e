"""Diagnoses to be shown, made by hand from rows of the catalogue."""

import numpy as np

from rnn_course.mentoring import cells
from rnn_course.mentoring.diagnosis import Compared, Diagnosis, Explanation, Found, Observation
from rnn_course.mentoring.explain.explain import found_mistakes
from rnn_course.mentoring.printed import MISTAKES
from rnn_course.subject.mistakes import apply
from rnn_course.subject.published import build
from rnn_published import PUBLISHED

FOUR_GATES = [label for label, row in MISTAKES.items() if row.seed == "000"]
VIEW = ["lstm_forward/view-of-c"]


def diagnosis_of(function: str, labels: list[str], first: tuple[str, str]) -> Diagnosis:
    """What a right diagnosis says of a cell's output with these mistakes."""
    source = apply(*(MISTAKES[label] for label in labels))
    mine, right = cells.run(function, build(source)), cells.run(function, build())
    observations, states = [], {}
    for line, _ in PUBLISHED[function].lines:
        place = line.partition(" =")[0].strip()
        reported, expected = cells.look(place, mine), cells.look(place, right)
        matches = bool(np.allclose(reported, expected))
        seen = Observation(function, place, str(reported), ())
        observations.append(Compared(seen, str(expected), matches))
        if not place.endswith(".shape"):
            states[function, place.split('"')[1]] = "right" if matches else "wrong"
    mistakes = tuple(m for name, text in source.items() for m in found_mistakes(name, text))
    explanation = Explanation(mistakes, len(observations), len(observations), source)
    return Diagnosis(
        *(function, "NEW", Found.EXPLAINED, tuple(observations), (explanation,)),
        states=states | {first: "first"},
    )


def gates() -> Diagnosis:
    """Four lines of one function are wrong."""
    function = "lstm_cell_backward"
    return diagnosis_of(function, FOUR_GATES, (function, "dot"))


def view() -> Diagnosis:
    """The mistake is in another function than the numbers."""
    return diagnosis_of("lstm_backward", VIEW, ("lstm_forward", "c_next"))
