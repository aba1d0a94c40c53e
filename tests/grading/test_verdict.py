"""grading/verdict: what the judge says, as data, words and a table."""

import json

import pytest

from rnn_course.grading.verdict import Finding, Status, Verdict

RIGHT = Finding("a_next", Status.RIGHT, 4.0, 4.0)
WRONG = Finding("yt_pred", Status.WRONG, 0.0, 2.0, "yt_pred is wrong <here> & there.")
SHAPE = Finding("cache", Status.WRONG_SHAPE, 0.0, 1.0, "cache has shape (1,).")


def test_points_are_those_of_the_findings():
    """The sum over the outputs, free of the crumbs of floating point."""
    assert Verdict("f", Status.WRONG, [RIGHT, WRONG], 6.0).points == 4.0
    crumbs = [Finding("x", Status.RIGHT, 0.1, 0.1)] * 3
    assert Verdict("f", Status.RIGHT, crumbs, 0.3).points == 0.3


def test_a_verdict_without_findings_has_no_points():
    """Nothing to compare is nothing earned."""
    assert Verdict("f", Status.ABSENT, [], 6.0, "f is not defined.").points == 0


def test_lost_are_the_outputs_that_cost_points():
    """Right outputs are not among them."""
    assert Verdict("f", Status.WRONG, [RIGHT, WRONG], 6.0).lost == [WRONG]


def test_a_right_function_has_no_reason():
    """Where nothing was lost nothing is to be explained."""
    assert Verdict("f", Status.RIGHT, [RIGHT], 4.0).reason == ""


def test_the_reason_groups_the_outputs_by_what_became_of_them():
    """All outputs are named, with the words on the first."""
    reason = Verdict("f", Status.WRONG, [RIGHT, WRONG, WRONG, SHAPE], 9.0).reason
    assert reason.startswith("yt_pred, yt_pred wrong; cache wrong shape")
    assert "yt_pred is wrong <here> & there." in reason
    assert "a_next" not in reason


@pytest.mark.parametrize(("words", "reason"), [("Not done yet.", "Not done yet."), ("", "blank")])
def test_the_reason_without_findings_is_the_words_or_the_status(words, reason):
    """There is always something to read where points were lost."""
    assert Verdict("f", Status.BLANK, [], 6.0, words).reason == reason


def test_to_html_escapes_what_a_student_wrote():
    """Names, words and notes are text, whatever they look like."""
    bad = "<script>alert('x')</script>\n&\"quoted\""
    finding = Finding(bad, Status.RAISED, 0.0, 1.0, bad)
    html = Verdict(bad, Status.RAISED, [finding], 1.0, bad).to_html()
    assert "<script" not in html
    assert html.count("&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;") == 4
    assert "&amp;&quot;quoted&quot;" in html
    assert "<br>" in html


def test_to_html_shows_each_output_with_its_points():
    """One row an output, the total above."""
    html = Verdict("f", Status.WRONG, [RIGHT, WRONG, SHAPE], 7.0).to_html()
    assert html.count("<tr><td>") == 3
    assert "<b>f: 4 of 7 points</b>" in html
    assert "0 / 2" in html
    assert "wrong shape" in html


def test_to_html_without_findings_has_no_table():
    """The words stand alone."""
    html = Verdict("f", Status.BLANK, [], 7.0, "Not done yet.").to_html()
    assert "<table" not in html
    assert "<p>Not done yet.</p>" in html


def test_to_dict_is_json_and_holds_points_and_reason():
    """Statuses become plain text on the way through JSON."""
    verdict = Verdict("f", Status.WRONG, [RIGHT, WRONG], 6.0, "words")
    back = json.loads(json.dumps(verdict.to_dict()))
    assert (back["function"], back["status"], back["points"]) == ("f", "wrong", 4.0)
    assert back["max_points"] == 6.0
    assert back["reason"] == verdict.reason
    assert [finding["status"] for finding in back["findings"]] == ["right", "wrong"]


def test_every_status_has_a_word_of_its_own():
    """No two outcomes are named alike."""
    assert len({str(status) for status in Status}) == len(Status)
