"""mentoring: from a post to its diagnoses."""

import pytest
from code_posts import TWO_LINES
from planted import catalogued

from rnn_course.mentoring.conduct import diagnose_post
from rnn_course.mentoring.diagnosis import Found
from rnn_course.mentoring.post.post import UnreadableError
from rnn_course.mentoring.printed import MISTAKES
from rnn_course.mentoring.reproduce import printout

SEED = [label for label, row in MISTAKES.items() if row.seed == "000"]


@pytest.mark.parametrize(
    ("function", "label"),
    [
        ("rnn_cell_forward", "rnn_cell_forward/bias-forgotten"),
        ("rnn_cell_backward", "rnn_cell_backward/sum-over-units"),  # ends in an error
        ("rnn_backward", "rnn_backward/minus-for-underscore"),  # prints nothing but an error
        ("lstm_cell_backward", "lstm_cell_backward/dbi-from-dcct"),
    ],
)
def test_a_printed_mistake_is_named(function, label):
    """From the text of its test cell alone."""
    (diagnosis,) = diagnose_post(f"My {function}:\n{printout(function, catalogued(label))}")
    assert diagnosis.verdict is Found.EXPLAINED
    assert [m.label for m in diagnosis.explanations[0].mistakes] == [label]


def test_numbers_and_code_are_both_diagnosed():
    """The numbers tell four lines, the post shows two of them."""
    text = printout("lstm_cell_backward", catalogued(*SEED))
    numbers, code = diagnose_post(f"{text}\n{TWO_LINES}")
    assert {m.label for m in numbers.explanations[0].mistakes} == set(SEED)
    assert len(code.explanations[0].mistakes) == 2


def test_two_attempts_are_told_apart():
    """And the contradiction is named."""
    one, other = (
        printout("rnn_cell_backward", catalogued(f"rnn_cell_backward/{name}"))
        for name in ("tanh-twice", "mean-for-sum")
    )
    first, second = diagnose_post(f"First I got\n{one}\nNow I get\n{other}")
    assert first.explanations[0].mistakes[0].label == "rnn_cell_backward/tanh-twice"
    assert second.explanations[0].mistakes[0].label == "rnn_cell_backward/mean-for-sum"
    assert any("dba" in note or "dxt" in note for note in first.notes)


def test_an_error_behind_a_whole_printout_is_another_cells():
    """The cell printed its last line, so it did not end in it."""
    (diagnosis,) = diagnose_post(
        printout("rnn_cell_backward") + "\nNameError: name 'q' is not defined"
    )
    assert diagnosis.verdict is Found.RIGHT


def test_right_numbers_are_right():
    """A post may be about something else."""
    (diagnosis,) = diagnose_post(printout("lstm_forward"))
    assert diagnosis.verdict is Found.RIGHT


@pytest.mark.parametrize(
    "text", ["", "   \n", "\0\1\2", "no number at all", "loss = 0.25", "def f(x):\n    return x"]
)
def test_what_cannot_be_used_is_one_sentence(text):
    """With the next step."""
    with pytest.raises(UnreadableError, match=r"\.$"):
        diagnose_post(text)


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e400", "0.123"])
def test_a_number_that_nothing_prints_is_unexplained(value):
    """And never explained by chance."""
    (diagnosis,) = diagnose_post(f'gradients["dWf"][3][1] = {value}', seconds=20)
    assert diagnosis.verdict is Found.UNEXPLAINED
    assert diagnosis.notes
