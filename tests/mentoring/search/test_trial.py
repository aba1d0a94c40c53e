"""mentoring/trial: a batch of programs prints what each of them prints alone."""

import ast
import random

import numpy as np
import pytest
from planted import catalogued, observed, raised

from rnn_course.mentoring import cells
from rnn_course.mentoring.printed import EXERCISES
from rnn_course.mentoring.program import (
    PUBLISHED_PROGRAM,
    Site,
    at,
    statements,
    with_statements,
    with_value,
)
from rnn_course.mentoring.search.reported import NOTHING, Reported
from rnn_course.mentoring.search.trees import parsed
from rnn_course.mentoring.search.trial import Trial

SAMPLE = 4  # edits that are compared at each statement
SPOILT = {  # programs with views, names twice and other aliases
    "lstm_backward": "lstm_forward/view-of-c",
    "rnn_backward": "rnn_backward/da-replaces-sum",
    "lstm_forward": "lstm_forward/view-of-c",
}


def trial_of(function, program=PUBLISHED_PROGRAM, generation=cells.NEW):
    """A trial of a program, reported on by the right one."""
    return Trial(program, Reported(observed(function), generation))


def site_of(function, text):
    """Where a statement of the published form begins like that."""
    (site,) = [
        Site(function, path)
        for path, statement in statements(PUBLISHED_PROGRAM[function])
        if ast.unparse(statement).startswith(text)
    ]
    return site


def assert_predicted(trial, sample, views=True):
    """For a sample of the edits at each statement; without views, of those that keep none."""
    chosen = random.Random(1)
    for site in trial.scopes:
        value = getattr(at(trial.program, site), "value", None)
        edits = [] if value is None else list(trial.editor(site).edits(value))
        edits = [edit for edit in edits if views or not _keeps(edit)]
        edits = chosen.sample(edits, min(sample, len(edits)))
        for edit, row in zip(edits, trial.predict(site, edits), strict=True):
            alone = trial.exact(with_value(trial.program, site, edit))[0]
            np.testing.assert_allclose(
                row, alone, rtol=1e-9, atol=1e-11, err_msg=f"{site}: {ast.unparse(edit)}"
            )


def _keeps(edit):
    """Whether the value of an expression may hold an array that another name holds too."""
    call = isinstance(edit, ast.Call) and "parameters" in ast.unparse(edit)
    return call or isinstance(edit, ast.Tuple)


@pytest.mark.parametrize("function", EXERCISES)
def test_what_is_predicted_for_many_is_what_each_prints(function):
    """Also that it raises, and prints nothing."""
    assert_predicted(trial_of(function), SAMPLE)


@pytest.mark.parametrize("function", SPOILT)
def test_also_in_a_program_that_has_a_mistake(function):
    """A view of an array that is written to later, for one; a tuple of it holds a copy here."""
    assert_predicted(trial_of(function, catalogued(SPOILT[function])), SAMPLE, views=False)


@pytest.mark.slow
@pytest.mark.parametrize("function", EXERCISES)
def test_all_of_them(function):
    """Every edit of every statement."""
    assert_predicted(trial_of(function), 10_000)


@pytest.mark.parametrize("generation", [cells.NEW, cells.OLD])
@pytest.mark.parametrize("function", EXERCISES)
def test_the_right_program_prints_what_it_prints(function, generation):
    """In both generations; OLD differs in one cell alone."""
    trial = trial_of(function, generation=generation)
    other = generation == cells.OLD and function == "rnn_cell_backward"
    assert trial.reported.near(trial.predicted).all() != other


def test_a_name_of_the_functions_own_is_not_read_before_it_is_assigned():
    """Although earlier cells left a variable of that name behind."""
    trial = trial_of("rnn_forward")
    site = site_of("rnn_cell_forward", "a_next =")
    too_early = parsed("np.tanh(np.dot(Waa, a_next))")
    assert "a_next" in trial.leftovers
    assert (trial.predict(site, [too_early] * 4) == NOTHING).all()
    assert trial.fails_at_once(site, too_early) == ""


def test_a_variable_of_an_earlier_cell_is_read():
    """Its shape may do, or not: the a of rnn_forward has too few steps for lstm_forward."""
    trial = trial_of("lstm_forward")
    site = site_of("lstm_forward", "a = ")
    assert trial.leftovers["a"].shape == (5, 10, 4)
    assert (trial.exact(with_statements(trial.program, site, [])) == NOTHING).all()
    rows = trial.predict(site_of("lstm_forward", "a_next ="), [parsed("a_prev"), parsed("xt")])
    assert np.isfinite(rows[0]).all()
    assert (rows[1] == NOTHING).all()


def test_no_program_changes_what_earlier_cells_left_behind():
    """A missing line lets the loop write into the variable of another cell."""
    trial = trial_of("rnn_backward")
    before = trial.leftovers["a"].copy()
    row = trial.exact(with_statements(trial.program, site_of("rnn_forward", "a = "), []))
    assert trial.reported.near(row).all()
    np.testing.assert_array_equal(trial.leftovers["a"], before)
    np.testing.assert_array_equal(cells.left_behind("rnn_backward")["a"], before)


def test_trying_an_edit_changes_nothing_for_the_next():
    """Also where the statement appends to a list."""
    trial = trial_of("rnn_backward")
    site = site_of("rnn_forward", "for t")
    append = Site("rnn_forward", (*site.path, 3))
    trial.predict(append, [parsed("caches.append(x)"), parsed("caches.append(a_next)")])
    call = site_of("rnn_backward", "for t")
    last = parsed("rnn_cell_backward(da[:, :, t] + da_prevt, caches[-1])")
    rows = trial.predict(Site("rnn_backward", (*call.path, 0)), [last])
    assert np.isfinite(rows).all()


@pytest.mark.parametrize("gate", ["dot", "dcct", "dit", "dft", "concat"])
def test_slopes_are_zero_where_nothing_is_linear(gate):
    """The gradients are linear in the gates, each in its own."""
    trial = trial_of("lstm_cell_backward")
    value, weights = trial.slopes(site_of("lstm_cell_backward", f"{gate} ="))
    places = np.array([o.place for o in trial.reported.observations])[trial.reported.owner]
    moved = {place for place, row in zip(places, weights, strict=True) if row.any()}
    letter = {"dot": "o", "dcct": "c", "dit": "i", "dft": "f"}.get(gate)
    if letter:
        wanted = [f'gradients["dW{letter}"]', f'gradients["db{letter}"][4]']
        wanted += ['gradients["dxt"][1][2]', 'gradients["da_prev"][2][3]']
        assert len(moved) == 4
        assert all(any(place.startswith(one) for place in moved) for one in wanted)
    number = int(np.flatnonzero(weights.any(axis=1))[-1])
    step = np.random.default_rng(1).standard_normal(value.shape)
    name = "__step__"
    trial.leftovers[name] = step
    old = at(trial.program, site_of("lstm_cell_backward", f"{gate} =")).value
    new = ast.BinOp(old, ast.Add(), parsed(name))
    new.lineno = new.col_offset = 1
    site = site_of("lstm_cell_backward", f"{gate} =")
    row = trial.exact(with_value(trial.program, site, new))[0]
    gain = weights[number] @ step.ravel()
    np.testing.assert_allclose(row[number] - trial.predicted[0][number], gain, rtol=1e-9)


def test_slopes_through_a_tanh_are_zero():
    """a_next is not linear in c_next, nor y in anything before it."""
    trial = trial_of("lstm_cell_forward")
    _, weights = trial.slopes(site_of("lstm_cell_forward", "ot ="))
    places = np.array([o.place for o in trial.reported.observations])[trial.reported.owner]
    assert weights[places == "a_next[4]"].any()
    assert not weights[places == "yt[1]"].any()
    _, weights = trial.slopes(site_of("lstm_cell_forward", "c_next ="))
    assert not weights[places == "a_next[4]"].any()


def test_there_are_no_slopes_of_what_is_no_matrix_or_comes_more_than_once():
    """Neither of a dictionary nor of a line in a loop."""
    trial = trial_of("rnn_backward")
    assert trial.slopes(site_of("rnn_backward", "gradients = {")) is None
    assert trial.slopes(site_of("rnn_cell_backward", "dtanh =")) is None


def test_a_failure_is_told_with_what_was_printed_before():
    """The last line of the traceback."""
    seen = (*observed("rnn_forward"), raised("rnn_cell_backward", "NameError"))
    trial = Trial(PUBLISHED_PROGRAM, Reported(seen))
    site = site_of("rnn_cell_backward", "dtanh =")
    row, error = trial.failure(with_statements(PUBLISHED_PROGRAM, site, []))
    assert trial.reported.near(row[None]).all()
    assert error == "NameError: name 'dtanh' is not defined"
    assert trial.failure(PUBLISHED_PROGRAM)[1] == ""


def test_a_value_of_another_form_may_fail_later():
    """One that fails at once says how, one of the right form does not."""
    trial = trial_of("rnn_cell_backward")
    site = site_of("rnn_cell_backward", "dtanh =")
    assert trial.fails_at_once(site, parsed("np.dot(da_next, da_next)")).startswith("ValueError")
    assert trial.fails_at_once(site, parsed("da_next.T")) == ""
    assert trial.fails_at_once(site, parsed("da_next")) is None
