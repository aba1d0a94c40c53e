"""mentoring/serve/replies: something to answer for each verdict, and never a line of code."""

import re
from dataclasses import replace

import pytest
from examples import gates, view
from hypothesis import given
from hypothesis import strategies as st

from rnn_course.mentoring.diagnosis import (
    Compared,
    Diagnosis,
    Explanation,
    Found,
    FoundMistake,
    Observation,
)
from rnn_course.mentoring.explain.explain import found_mistakes
from rnn_course.mentoring.serve.replies import replies
from rnn_course.subject.mistakes import MISTAKES, apply

CELL = "lstm_cell_backward"
RIGHT_ONE = Compared(Observation(CELL, 'gradients["dWi"][1][2]', "1.5", (1.5,)), "1.5", True)
WRONG_ONE = Compared(Observation(CELL, 'gradients["dWf"][3][1]', "2.5", (2.5,)), "3.5", False)


def explained(*mistakes, source=None):
    """A diagnosis with one explanation."""
    explanation = Explanation(mistakes, 2, 2, source or {})
    return Diagnosis(CELL, "NEW", Found.EXPLAINED, (RIGHT_ONE, WRONG_ONE), (explanation,))


def squeezed(text):
    """A text without white space and backquotes."""
    return re.sub(r"[\s`]", "", text)


def solution(explanation):
    """All lines of code of an explanation, right and wrong, but for bare names."""
    texts = [text for one in explanation.mistakes for text in (one.was, one.becomes)]
    lines = {
        squeezed(line) for t in (*texts, *explanation.source.values()) for line in t.split("\n")
    }
    return {line for line in lines if re.search(r"[=(\[]", line)}


@pytest.mark.parametrize("label", MISTAKES)
def test_no_reply_to_a_mistake_of_the_catalogue_holds_a_line_of_code(label):
    """Neither what is right, nor what was written, nor the program; all three rungs are there."""
    row = MISTAKES[label]
    source = apply(row)
    diagnosis = explained(*found_mistakes(row.function, source[row.function]), source=source)
    lines, told = solution(diagnosis.explanations[0]), replies(diagnosis)
    assert len(lines) > 2
    assert [one.title[:6] for one in told] == ["Hint 1", "Hint 2", "Hint 3"]
    for one in told:
        assert not [line for line in lines if line in squeezed(one.text)]
        assert "np." not in one.text


@given(st.sampled_from(["dot = a * b", "for t in range(T_x):", "a_next[:, t]"]), st.integers(0, 2))
def test_a_hint_that_says_too_much_is_not_passed_on(line, rung):
    """However the line is set, and whether it is right or what was written."""
    hints = ["Look.", "Compare.", "It is so."]
    hints[rung] = f"It is `{line.replace(' ', '  ')}`."
    for was, becomes, source in ((line, "", ""), ("", line, ""), ("", "", f"def f():\n  {line}")):
        mistake = FoundMistake(CELL, 3, was, becomes, "Why.", tuple(hints))
        told = replies(explained(mistake, source={CELL: source}))
        assert len(told) == 2
        assert not any(squeezed(line) in squeezed(one.text) for one in told)


def test_a_bare_name_gives_nothing_away():
    """Though it may stand alone in a line of the program."""
    hints = ("Look at `a_next`, `t` and the end.", "Compare.", "So.")
    source = {CELL: "def f():\n    return (\n        a_next,\n        t\n    )"}
    assert len(replies(explained(FoundMistake(CELL, 3, "t", "", "", hints), source=source))) == 3


@pytest.mark.parametrize("diagnosis", [gates(), view()], ids=["gates", "view"])
def test_each_rung_says_its_hints_and_no_other(diagnosis):
    """In the order of the mistakes, numbered if there are several."""
    (explanation,) = diagnosis.explanations
    told = replies(diagnosis)
    for rung, one in enumerate(told):
        for number, mistake in enumerate(explanation.mistakes, 1):
            assert mistake.hints[rung] in one.text
            assert (f"{number}. {mistake.hints[rung]}" in one.text) == (
                len(explanation.mistakes) > 1
            )
            later = mistake.hints[rung + 1 :]
            assert not any(hint in one.text for hint in later)


def test_the_first_reply_says_what_is_right_and_what_is_not():
    """By the places of the numbers; shapes are none."""
    first, second, _ = replies(view())
    assert 'Right: `gradients["dWi"][1][2]`,' in first.text
    assert 'Not right yet: `gradients["dx"][1][2]`,' in first.text
    assert ".shape" not in first.text
    assert "Right:" not in second.text


def test_several_explanations_also_ask_for_more():
    """For one more line tells which it is."""
    one = gates()
    *ladder, last = replies(replace(one, explanations=one.explanations * 2))
    assert len(ladder) == 3
    assert "every line that the test cell of `lstm_cell_backward` prints" in last.text


@pytest.mark.parametrize("verdict", [one for one in Found if one is not Found.EXPLAINED])
def test_every_other_verdict_has_one_reply(verdict):
    """Also if nothing is known of the function."""
    for diagnosis in (Diagnosis("", "", verdict), Diagnosis(CELL, "OLD", verdict, (WRONG_ONE,))):
        (told,) = replies(diagnosis)
        assert told.text.startswith("Thank you for your post.")
        assert "{" not in told.text
        assert "``" not in told.text


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Found.RIGHT, "Nothing is wrong here."),
        (Found.RIGHT_OLD, "of different editions"),
        (Found.OLD_NUMBERS, "right code does not print them"),
        (Found.UNEXPLAINED, "restart the kernel"),
        (Found.UNREADABLE, "A line looks like this"),
    ],
)
def test_a_reply_says_what_to_do_next(verdict, words):
    """As docs/mentor.md does."""
    (told,) = replies(Diagnosis(CELL, "NEW", verdict, (RIGHT_ONE, WRONG_ONE)))
    assert words in told.text


def test_a_hint_means_the_same_in_markdown():
    """An angle bracket or a star is no mark-up; within backquotes it stands as it is."""
    hints = ("How many ways has a<t>?", "Is `a<t>` 2 * 3?", r"A \ backslash.")
    texts = [one.text for one in replies(explained(FoundMistake(CELL, 3, "", "", "", hints)))]
    for text, written in zip(texts, (r"a\<t>", r"`a<t>` 2 \* 3", r"A \\ backslash"), strict=True):
        assert written in text
