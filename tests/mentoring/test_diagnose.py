"""mentoring/diagnose: from observations to a verdict."""

import json

import numpy as np
import pytest
from planted import catalogued, changed, node, observed, raised

from rnn_course.mentoring import cells, diagnose
from rnn_course.mentoring.compare import old_program
from rnn_course.mentoring.diagnose import explained, from_numbers
from rnn_course.mentoring.diagnosis import Found
from rnn_course.mentoring.printed import MISTAKES
from rnn_course.mentoring.program import PUBLISHED_PROGRAM
from rnn_course.mentoring.search.reported import Reported
from rnn_course.mentoring.search.search import Search

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
    seen = observed("rnn_forward", catalogued("rnn_forward/first-input-at-every-step"))
    monkeypatch.setattr(Search, "run", lambda self: [node(claim, *seen)])
    diagnosis = from_numbers(seen)
    assert diagnosis.verdict is Found.UNEXPLAINED
    assert diagnosis.explanations == ()
    assert "none explains them all" in diagnosis.notes[-1]


def test_a_claim_that_prints_the_values_and_then_fails_is_refused():
    """Unless the error was reported."""
    seen = observed("rnn_forward", only="a[4]")
    broken = changed("rnn_cell_backward", ("    dxt = ", "    dxs = "))
    claims = [node(broken, *seen)]
    assert explained(claims, Reported(seen))
    both = Reported((*seen, *observed("rnn_cell_backward", only="dxt")))
    assert explained(claims, both) == []
    error = raised("rnn_cell_backward", "NameError: name 'dxt' is not defined")
    assert explained(claims, Reported((*seen, error)))


def test_programs_that_do_the_same_are_one_explanation():
    """Told apart on other inputs than the published ones; the cheapest is kept."""
    label = "rnn_cell_forward/bias-forgotten"
    row = catalogued(label)
    seen = observed("rnn_cell_forward", row)
    for instead in ("0 * ba", "0 * a_prev"):
        same = changed("rnn_cell_forward", ("Wax, xt) + ba", f"Wax, xt) + {instead}"))
        (one,) = explained(
            [node(same, *seen, cost=2.0), node(row, *seen, cost=1.0)], Reported(seen)
        )
        assert [mistake.label for mistake in one.mistakes] == [label]


def test_of_equally_likely_programs_that_do_the_same_the_shortest_is_told():
    """Not a power of one, although it is as long as the square was."""
    short, odd = (
        changed("rnn_cell_backward", ("a_next**2", instead)) for instead in ("a_next", "a_next**1")
    )
    seen = observed("rnn_cell_backward", short)
    for programs in ((short, odd), (odd, short)):
        (one,) = explained([node(program, *seen) for program in programs], Reported(seen))
        assert one.mistakes[0].becomes == "dtanh = (1 - a_next) * da_next"


def test_of_equally_likely_programs_that_nearest_in_length_comes_first():
    """A name for another before what leaves more out, and no transpose before two."""
    seen = (raised("lstm_backward", "KeyError: 'da0'"),)
    one = changed(
        "lstm_backward", ('da_prevt = gradients["da_prev"]', 'da_prevt = gradients["da0"]')
    )
    other = changed("lstm_backward", (', "da0": da0}', "}"))
    for nodes in ([node(one, *seen), node(other, *seen)], [node(other, *seen), node(one, *seen)]):
        told = explained(nodes, Reported(seen))
        assert "gradients['da0']" in told[0].source["lstm_backward"]
        assert len(told) == 2
    (first, *_) = from_numbers(
        (
            raised(
                "rnn_cell_backward",
                "ValueError: shapes (5,10) and (3,10) not aligned: 10 (dim 1) != 3 (dim 0)",
            ),
        )
    ).explanations
    assert first.mistakes[0].becomes == "dWax = np.dot(dtanh, xt)"


def test_programs_that_end_in_one_error_are_told_apart():
    """Where all sizes are equal they do not end in it."""
    edits = [
        ("np.dot(Waa.T, dtanh)", f"{edit}(Waa.T, dtanh)") for edit in ("np.add", "np.multiply")
    ]
    one, other = (changed("rnn_cell_backward", edit) for edit in edits)
    error = "ValueError: operands could not be broadcast together with shapes (5,5) (5,10) "
    seen = (raised("rnn_cell_backward", error),)
    assert len(explained([node(one, *seen), node(other, *seen)], Reported(seen))) == 2


def test_several_causes_are_listed():
    """A shape or few digits leave several; the reader is asked for more."""
    one, other = catalogued("rnn_forward/a0-ignored"), catalogued("rnn_cell_forward/bias-forgotten")
    seen = observed("rnn_forward", one, only="caches[1]")
    assert len(explained([node(one, *seen), node(other, *seen)], Reported(seen))) == 2
    wrong = (*seen, *observed("rnn_forward", one, only="a[4]"))
    assert list(from_numbers(wrong).explanations[0].source) == ["rnn_forward"]


@pytest.mark.parametrize(
    ("function", "error", "told", "note"),
    [
        (
            "lstm_backward",
            "ValueError: operands could not be broadcast together with shapes (5,5) (5,10) ",
            0,
            "Too many edits to tell which end in this error: of da_prev in lstm_cell_backward, ",
        ),
        (
            "lstm_cell_backward",
            "ValueError: operands could not be broadcast together with shapes (5,5) (5,10) ",
            diagnose.SHOWN,
            "Other edits end in this error: of da_prev in lstm_cell_backward.",
        ),
        (
            "rnn_forward",
            "ValueError: too many values to unpack (expected 4)",
            2,
            "Other edits end in this error: of caches in rnn_forward, ",
        ),
    ],
)
def test_of_an_error_with_many_causes_only_what_is_likely_is_told(function, error, told, note):
    """Edits of one line alone, or rows of the catalogue; but always where they are."""
    cell = "rnn_backward" if function == "rnn_forward" else function
    diagnosis = from_numbers((raised(cell, error),))
    assert len(diagnosis.explanations) == told
    assert diagnosis.verdict is (Found.EXPLAINED if told else Found.UNEXPLAINED)
    assert any(said.startswith(note) for said in diagnosis.notes)


def test_progress_is_told():
    """To whoever asks."""
    said = []
    from_numbers(observed(CELL, catalogued(SEED[0])), progress=said.append)
    assert said
    assert diagnose.SECONDS <= 60


def test_what_is_no_number_tells_no_cause_alone():
    """Some program prints nan everywhere, as a division by the zeros of the first step does."""
    planted = changed("rnn_backward", ("da[:, :, t] + da_prevt", "da[:, :, t] / da_prevt"))
    seen = observed("rnn_backward", planted)
    assert not any(np.isfinite(value) for o in seen for value in o.values if o.tolerance)
    diagnosis = from_numbers(seen)
    assert diagnosis.verdict is Found.UNEXPLAINED
    assert any("too few digits" in note for note in diagnosis.notes)


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
