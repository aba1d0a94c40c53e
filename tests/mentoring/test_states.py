"""mentoring/states: what is right and what is wrong in a computation."""

import pytest
from planted import catalogued, observed

from rnn_course.mentoring.diagnosis import Explanation
from rnn_course.mentoring.printed import MISTAKES
from rnn_course.mentoring.program import sources
from rnn_course.mentoring.search.reported import Reported
from rnn_course.mentoring.search.search import Search
from rnn_course.mentoring.search.stages import lines
from rnn_course.mentoring.states import explained_states, seen_states


def states_of(function, *labels):
    """The states under an explanation by these rows."""
    planted = catalogued(*labels)
    reported = Reported(observed(function))
    return explained_states(Explanation((), 1, 1, sources(planted)), reported)


def test_everything_behind_the_mistake_is_wrong():
    """The first wrong variable is marked, what does not depend on it is right."""
    states = states_of("rnn_cell_forward", "rnn_cell_forward/output-from-a-prev")
    assert states["rnn_cell_forward", "yt_pred"] == "first"
    assert states["rnn_cell_forward", "a_next"] == "right"
    assert list(states.values()).count("first") == 1


def test_a_mistake_upstream_is_marked_there():
    """The view is in lstm_forward, although lstm_backward prints the numbers."""
    states = states_of("lstm_backward", "lstm_forward/view-of-c")
    assert [key for key, state in states.items() if state == "first"] == [
        ("lstm_forward", "caches")
    ] or next(f for (f, _), s in states.items() if s == "first").startswith("lstm")
    assert states["lstm_backward", "dx"] == "wrong"
    assert states["lstm_forward", "a"] == "right"


@pytest.mark.slow
@pytest.mark.parametrize("label", MISTAKES)
def test_all_rows_have_states(label):
    """Whatever the values are, also none; a program that raises has wrong ones too."""
    function = MISTAKES[label].function
    states = states_of(function, label)
    assert set(states.values()) <= {"right", "wrong", "first"}


def test_right_values_rule_out_and_wrong_ones_accuse():
    """Only the lines that wrong numbers alone depend on are suspect."""
    function = "lstm_cell_backward"
    labels = [label for label, row in MISTAKES.items() if row.seed == "000"][:1]
    search = Search(Reported(observed(function, catalogued(*labels))))
    list(lines(search, search.root()))
    states, notes = seen_states(search)
    assert states[function, "dc_prev"] != "wrong"
    assert list(states.values()).count("first") == 1
    assert any("Only wrong values depend on" in note for note in notes)


def test_without_any_trial_nothing_is_seen():
    """And nothing is said."""
    states, notes = seen_states(Search(Reported(observed("rnn_forward"))))
    assert set(states.values()) == {"unseen"}
    assert notes == ()
