"""mentoring/diagnose: from observations to a verdict."""

import json

import pytest
from planted import catalogued, changed, observed, raised

from rnn_course.mentoring import cells, diagnose
from rnn_course.mentoring.compare import old_program
from rnn_course.mentoring.diagnose import explained, from_numbers
from rnn_course.mentoring.diagnosis import Found
from rnn_course.mentoring.program import PUBLISHED_PROGRAM
from rnn_course.mentoring.search.reported import Reported
from rnn_course.mentoring.search.search import Search
from rnn_course.subject.mistakes import MISTAKES

CELL = "lstm_cell_backward"
SEED = [label for label, row in MISTAKES.items() if row.seed == "000"]


@pytest.mark.parametrize(
    ("seen", "verdict", "generation"),
    [
        (observed(CELL), Found.RIGHT, cells.NEW),
        (observed("rnn_cell_backward", generation=cells.OLD), Found.RIGHT_OLD, cells.OLD),
        (observed("lstm_backward", old_program()), Found.OLD_NUMBERS, cells.OLD),
        (observed(CELL, catalogued(*SEED)), Found.EXPLAINED, cells.NEW),
        ((raised("rnn_forward", "KeyError: 'Wxyz'"),), Found.UNEXPLAINED, cells.NEW),
    ],
)
def test_verdicts(seen, verdict, generation):
    """Each of them, as JSON too."""
    diagnosis = from_numbers(seen)
    assert diagnosis.verdict is verdict
    assert diagnosis.generation == generation
    assert bool(diagnosis.explanations) == (verdict is Found.EXPLAINED)
    assert json.loads(json.dumps(diagnosis.to_dict()))["verdict"] == str(verdict)
    assert diagnosis.seconds > 0


def test_an_explanation_names_the_mistakes():
    """All four lines, with the text of the function; it reproduces every value."""
    seen = observed(CELL, catalogued(*SEED))
    diagnosis = from_numbers(seen)
    first = diagnosis.explanations[0]
    assert {mistake.label for mistake in first.mistakes} == set(SEED)
    assert first.reproduced == first.of == len(seen)
    assert list(first.source) == [CELL]
    assert "first" in diagnosis.states.values()


@pytest.mark.slow
def test_a_cause_in_an_old_cell_is_found_there():
    """With the OLD draws."""
    wrong = changed("rnn_cell_backward", ("(1 - a_next**2)", "(1 - a_next)"))
    diagnosis = from_numbers(observed("rnn_cell_backward", wrong, cells.OLD))
    assert diagnosis.generation in (cells.OLD, cells.NEW)
    for found in diagnosis.explanations:
        assert "1 - a_next)" in found.source["rnn_cell_backward"]


@pytest.mark.parametrize("claim", [PUBLISHED_PROGRAM, catalogued("rnn_forward/a0-ignored")])
def test_a_false_claim_is_refused(monkeypatch, claim):
    """What the search says is run afresh before it is told."""
    monkeypatch.setattr(Search, "run", lambda self: [claim])
    seen = observed("rnn_forward", catalogued("rnn_forward/first-input-at-every-step"))
    diagnosis = from_numbers(seen)
    assert diagnosis.verdict is Found.UNEXPLAINED
    assert diagnosis.explanations == ()
    assert "none explains them all" in diagnosis.notes[-1]


def test_a_claim_that_prints_the_values_and_then_fails_is_refused():
    """Unless the error was reported."""
    seen = observed("rnn_forward", only="a[4]")
    broken = changed("rnn_cell_backward", ("    dxt = ", "    dxs = "))
    assert explained([broken], Reported(seen))
    both = Reported((*seen, *observed("rnn_cell_backward", only="dxt")))
    assert explained([broken], both) == []
    error = raised("rnn_cell_backward", "NameError: name 'dxt' is not defined")
    assert explained([broken], Reported((*seen, error)))


def test_programs_that_do_the_same_are_one_explanation():
    """Told apart on other inputs than the published ones; the most usual first."""
    label = "rnn_cell_forward/bias-forgotten"
    row = catalogued(label)
    same = changed("rnn_cell_forward", ("np.dot(Wax, xt) + ba", "np.dot(Wax, xt) + 0 * ba"))
    reported = Reported(observed("rnn_cell_forward", row))
    for programs in ([row, same], [same, row]):
        (one,) = explained(programs, reported)
        assert [mistake.label for mistake in one.mistakes] == [label]
    other = changed("rnn_cell_forward", ("np.dot(Wax, xt) + ba", "np.dot(Wax, xt) + 0 * a_prev"))
    assert len(explained([row, other], reported)) == 1


def test_several_causes_are_listed(monkeypatch):
    """A shape or few digits leave several; the reader is asked for more."""
    one, other = catalogued("rnn_forward/a0-ignored"), catalogued("rnn_cell_forward/bias-forgotten")
    monkeypatch.setattr(Search, "run", lambda self: [one, other])
    seen = observed("rnn_forward", one, only="caches[1]")
    assert len(explained([one, other], Reported(seen))) == 2
    wrong = (*seen, *observed("rnn_forward", one, only="a[4]"))
    (alone,) = from_numbers(wrong).explanations
    assert list(alone.source) == ["rnn_forward"]


def test_progress_is_told():
    """To whoever asks."""
    said = []
    from_numbers(observed(CELL, catalogued(SEED[0])), progress=said.append)
    assert said
    assert diagnose.SECONDS <= 60


def test_what_explains_some_values_is_said():
    """Two mistakes, one of them out of reach: the other is worth a note, but no explanation."""
    program = changed(
        CELL,
        ("cct * da_next) * it * (1 - it)", "cct * da_next) * it * (1 + it)"),
        ("dbc = np.sum(dcct", "dbc = 2.5 * np.sum(dcct"),
    )
    diagnosis = from_numbers(observed(CELL, program), seconds=15)
    assert diagnosis.verdict is Found.UNEXPLAINED
    (note,) = [note for note in diagnosis.notes if "would come from this" in note]
    assert 'gradients["dWi"][1][2]' in note
    assert 'gradients["dbc"]' not in note


def test_a_right_shape_clears_no_line():
    """dbc is wrong and its shape is right: its line stays under suspicion."""
    program = changed(CELL, ("dbc = np.sum(dcct", "dbc = 2.5 * np.sum(dcct"))
    diagnosis = from_numbers(observed(CELL, program), seconds=10)
    assert diagnosis.states[CELL, "dbc"] == "first"
    assert any("dbc in lstm_cell_backward" in note for note in diagnosis.notes)
