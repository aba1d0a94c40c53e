"""mentoring/printed: what posts can report."""

from rnn_course.mentoring.printed import EXERCISES, MISTAKES, SOURCE
from rnn_course.subject import mistakes
from rnn_published import PUBLISHED


def test_they_are_the_eight_published_functions():
    """With their text and their mistakes, and with nothing that was never printed."""
    assert len(EXERCISES) == 8
    assert all(PUBLISHED[name].lines for name in EXERCISES)
    assert list(SOURCE) == list(EXERCISES)
    assert {row.function for row in MISTAKES.values()} == set(EXERCISES)
    assert MISTAKES.keys() < mistakes.MISTAKES.keys()
