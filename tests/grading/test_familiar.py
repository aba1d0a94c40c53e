"""grading/familiar: a wrong function that does what a mistake of the catalogue does is named so."""

import html

import numpy as np
import pytest
from alternatives import ALTERNATIVES
from test_checks import RAISES, answered, cases_of, edited, verdict_on

from rnn_course.grading import familiar as module
from rnn_course.grading.familiar import familiar
from rnn_course.grading.verdict import Status
from rnn_course.sandbox.answer import question
from rnn_course.sandbox.wire import decode
from rnn_course.subject.exercises import EXERCISES
from rnn_course.subject.mistakes import MISTAKES, apply

KNOWN = "These numbers are those of a known mistake."


def words_of(mistake):
    """What the feedback says of a mistake."""
    return f"{KNOWN} {mistake.why} {mistake.hint}"


def calls_of(name, sources=None, mode="own"):
    """What the calls of a function came out as, with its own cell or with the stand-in."""
    cases = cases_of(name)
    asked = question(name, [case.arguments for case in cases], EXERCISES[name].standins)
    return decode(answered(asked, sources))[mode]


def has_numbers(mistake):
    """Whether a function with the mistake returns something in any case."""
    modes = ("own", "stand-in") if EXERCISES[mistake.function].cell else ("own",)
    calls = [call for mode in modes for call in calls_of(mistake.function, apply(mistake), mode)]
    return any("result" in call for call in calls)


# --- named ---------------------------------------------------------------------------------


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_each_mistake_of_the_catalogue_is_named(mistake):
    """One that only raises has no numbers; one that raises in some cases has some."""
    verdict = verdict_on(mistake.function, apply(mistake))
    assert verdict.points == verdict.max_points - mistake.lost
    if has_numbers(mistake):
        assert words_of(mistake) in verdict.words
        assert verdict.mistake == mistake.label
    else:
        assert verdict.status is Status.RAISED
        assert KNOWN not in verdict.words


def test_a_mistake_that_raises_in_some_cases_alone_is_named():
    """x[t] for x[:, t] goes through where there is one step; everywhere else it raises like it."""
    row = MISTAKES["language_forward/a-sequence-for-a-step"]
    came_out = [sorted(call) for call in calls_of(row.function, apply(row))]
    assert ["raised"] in came_out
    assert any("result" in keys for keys in came_out)
    verdict = verdict_on(row.function, apply(row))
    assert verdict.status is Status.RAISED
    assert words_of(row) in verdict.words
    raises = {row.function: RAISES.format(row.function, "ValueError('x')")}
    assert KNOWN not in verdict_on(row.function, raises).words


def test_another_way_to_write_the_same_mistake_is_named():
    """What counts is what the function does, not its text."""
    row = MISTAKES["rnn_cell_forward/bias-forgotten"]
    sources = edited(
        "rnn_cell_forward",
        ("np.tanh(np.dot(Waa, a_prev) + np.dot(Wax, xt) + ba)", "np.tanh(Wax @ xt + Waa @ a_prev)"),
    )
    assert words_of(row) in verdict_on("rnn_cell_forward", sources).words


@pytest.mark.parametrize("fault", ["ValueError('x')", "NotImplementedError", None])
def test_a_mistake_of_a_loop_is_named_although_its_cell_is_wrong(fault):
    """With the stand-in the loop does what the row's loop does."""
    row = MISTAKES["lstm_backward/nothing-carried"]
    cell = "lstm_cell_backward"
    wrong = edited(cell, ("dc_next * ft", "3 * ft")) if fault is None else {}
    sources = apply(row) | (wrong or {cell: RAISES.format(cell, fault)})
    assert words_of(row) in verdict_on("lstm_backward", sources).words


# --- not named -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXERCISES)
def test_nothing_is_said_of_a_right_function(name):
    """There is no wrong number."""
    assert verdict_on(name).words == ""
    assert familiar(EXERCISES[name], cases_of(name), "own", calls_of(name)) is None


@pytest.mark.parametrize(("name", "label", "source"), ALTERNATIVES)
def test_nothing_is_said_of_a_right_alternative(name, label, source):
    """However it is written; and it gets all points."""
    verdict = verdict_on(name, {name: source})
    assert KNOWN not in verdict.words
    assert verdict.points == verdict.max_points, verdict.reason


def test_a_right_function_costs_no_search(monkeypatch):
    """The catalogue is not even opened."""
    monkeypatch.setattr("rnn_course.grading.checks.familiar", None)
    assert verdict_on("lstm_backward").status is Status.RIGHT


STRANGE = {
    "outside the catalogue": ("dWf = np.dot(dft, concat.T)", "dWf = 2.5 * np.dot(dft, concat.T)"),
    "a changed argument": ("dba = np.sum(", "da_next *= 1\n    da_next += 1\n    dba = np.sum("),
    "another number each time": ("dWax = ", "dWax = np.random.randn() * "),
}


@pytest.mark.parametrize("edit", STRANGE.values(), ids=STRANGE)
def test_nothing_is_said_of_a_mistake_outside_the_catalogue(edit):
    """No guess."""
    name = "lstm_cell_backward" if "dWf" in edit[0] else "rnn_cell_backward"
    verdict = verdict_on(name, edited(name, edit))
    assert verdict.points < verdict.max_points
    assert KNOWN not in verdict.words


def test_nothing_is_said_of_two_mistakes():
    """Neither alone gives these numbers."""
    one, other = MISTAKES["rnn_cell_forward/bias-forgotten"], "rnn_cell_forward/cache-order"
    assert KNOWN not in verdict_on(one.function, apply(one, MISTAKES[other])).words


def test_nothing_is_said_of_what_is_a_row_on_the_published_inputs_alone():
    """All cases count."""
    edit = ("np.dot(Wax, xt) + ba", "np.dot(Wax, xt) + ba * (xt.shape[0] != 3)")
    verdict = verdict_on("rnn_cell_forward", edited("rnn_cell_forward", edit))
    assert verdict.lost
    assert KNOWN not in verdict.words


def test_numbers_that_are_close_to_those_of_a_row_are_not_named():
    """One part in a million is another program."""
    edit = ("np.dot(Wax, xt) + ba", "np.dot(Wax, xt) + 1e-6 * ba")
    assert KNOWN not in verdict_on("rnn_cell_forward", edited("rnn_cell_forward", edit)).words


ODD = (
    *([], None, "text", 5.0, {}, (), [None], {"dxt": None}, {"dxt": {}}, object()),
    *(np.array(1.0), np.full((3, 4), np.nan), {"dxt": np.zeros((0, 3))}),
)


@pytest.mark.parametrize("result", ODD)
def test_whatever_a_student_returns_is_compared(result):
    """Any tree that comes over the wire."""
    call = {"result": result, "again": result, "arguments": result}
    cases = cases_of("rnn_cell_backward")
    for calls in ([call] * len(cases), [{}] * len(cases), [{"raised": ""}] * len(cases)):
        assert familiar(EXERCISES["rnn_cell_backward"], cases, "own", calls) is None


@pytest.mark.parametrize("number", [np.nan, np.inf, -1e308, 1e308])
def test_numbers_that_are_not_finite_are_those_of_no_row(number):
    """And nothing warns."""
    name = "rnn_cell_backward"
    calls = calls_of(name)
    for call in calls:
        call["result"] = {key: value * 0 + number for key, value in call["result"].items()}
        call["again"] = call["result"]
    assert familiar(EXERCISES[name], cases_of(name), "own", calls) is None


# --- words and work ------------------------------------------------------------------------


def test_the_feedback_escapes_the_words():
    """why and hint are text, with quotes and brackets in it; almost all rows have numbers."""
    named = []
    for mistake in MISTAKES.values():
        verdict = verdict_on(mistake.function, apply(mistake), cases_of(mistake.function)[:1])
        if KNOWN in verdict.words:
            assert html.escape(mistake.hint) in verdict.to_html()
            assert verdict.to_dict()["words"] == verdict.words
            named.append(mistake)
    assert len(named) > 0.9 * len(MISTAKES)


def test_the_hidden_cases_are_run_for_rows_that_fit_the_published_one_alone(monkeypatch):
    """And the published one once for the whole class."""
    row = MISTAKES["rnn_cell_forward/bias-forgotten"]
    verdict_on(row.function, apply(row))
    ran = []
    fresh = module._fresh_call
    monkeypatch.setattr(module, "_fresh_call", lambda *a: ran.append(a[0]) or fresh(*a))
    assert KNOWN in verdict_on(row.function, apply(row)).words
    assert ran == [row.label] * (len(cases_of(row.function)) - 1)
