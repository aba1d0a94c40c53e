"""mentoring/familiar: whether a function does what a mistake of the catalogue does."""

import numpy as np
import pytest

from rnn_course.mentoring.trace.familiar import familiar
from rnn_course.subject.cases import all_cases
from rnn_course.subject.exercises import EXERCISES
from rnn_course.subject.mistakes import MISTAKES, apply
from rnn_course.subject.published import build

CLIP = "clip_gradients"


def answers_of(function, cases):
    """What each call returns, and the arguments that it leaves."""
    found = []
    for case in cases:
        arguments = [dict(a) if isinstance(a, dict) else a for a in case.arguments]
        found.append((function(*arguments), tuple(arguments)))
    return found


@pytest.fixture(scope="module")
def cases():
    """Those of an exercise that has one which most mistakes pass."""
    return all_cases(EXERCISES[CLIP], "a key")


def test_a_mistake_that_shows_in_one_case_alone_is_known(cases):
    """Always scaled: where the norm is too large, that is right."""
    row = MISTAKES[f"{CLIP}/always-scaled"]
    answers = answers_of(build(apply(row))[CLIP], cases)
    assert familiar(EXERCISES[CLIP], cases, answers, None) is row


def test_other_numbers_are_no_row_of_the_catalogue(cases):
    """Nor are those of the right function."""
    right = build()[CLIP]
    assert familiar(EXERCISES[CLIP], cases, answers_of(right, cases), None) is None

    def doubled(gradients, largest):
        return {name: 2 * np.asarray(value) for name, value in right(gradients, largest).items()}

    assert familiar(EXERCISES[CLIP], cases, answers_of(doubled, cases), None) is None


def test_what_returns_nothing_is_no_row(cases):
    """Whatever it raised."""
    answers = [("It raised", ())] * len(cases)
    assert familiar(EXERCISES[CLIP], cases, answers, None) is None
