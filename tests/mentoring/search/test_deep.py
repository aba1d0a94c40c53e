"""mentoring/deep: where several edits in one line are looked for."""

import numpy as np
import pytest
from planted import GATES, changed, observed

from rnn_course.mentoring.program import PUBLISHED_PROGRAM, sources
from rnn_course.mentoring.search.deep import deep_candidates
from rnn_course.mentoring.search.natural import as_it_is
from rnn_course.mentoring.search.reported import Reported
from rnn_course.mentoring.search.search import Search
from rnn_course.mentoring.search.stages import lines

CELL = "lstm_cell_backward"
WRONG = "da_next * np.tanh(dc_next) * ot * (1 + ot)"


def searched(observations):
    """A search that has tried all single edits of lines; what deep_candidates finds then."""
    search = Search(Reported(observations))
    root = search.root()
    list(lines(search, root))
    return search, deep_candidates(as_it_is, search, root)


def test_two_edits_in_a_line_are_found():
    """The right values of the other gates rule out their lines."""
    program = changed(CELL, (GATES["dot"], WRONG))
    search, candidates = searched(observed(CELL, program))
    before = search.tried
    found = [c for c in candidates if search.good(c.row).all()]
    texts = [sources(c.apply(PUBLISHED_PROGRAM))[CELL] for c in found]
    assert any(WRONG in text for text in texts)
    assert search.tried > before + 1000


@pytest.mark.parametrize("function", ["lstm_backward", "rnn_forward"])
def test_a_line_that_is_run_more_than_once_is_left_out(function):
    """Nothing is linear there; nor is anything wrong in a right program."""
    _, candidates = searched(observed(function))
    assert list(candidates) == []


def test_a_line_that_a_right_number_depends_on_is_left_out():
    """With dot's own gradients right, nothing in dot is looked for."""
    seen = observed(CELL, changed(CELL, (GATES["dit"], GATES["dit"].replace("dc_next", "da_next"))))
    search, candidates = searched(seen)
    for candidate in candidates:
        gained = search.good(candidate.row)
        assert np.isfinite(candidate.row).all() or not gained.all()
        assert (
            "dot = da_next * np.tanh(c_next) * ot * (1 - ot)"
            in sources(candidate.apply(PUBLISHED_PROGRAM))[CELL]
        )
        break
