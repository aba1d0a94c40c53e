"""mentoring/search: from printed numbers to the programs that print them."""

import numpy as np
import pytest
from planted import catalogued, changed, observed

from rnn_course.mentoring.diagnosis import Observation
from rnn_course.mentoring.program import PUBLISHED_PROGRAM, parse, sources
from rnn_course.mentoring.search import search as module
from rnn_course.mentoring.search.reported import Reported
from rnn_course.mentoring.search.search import Node, Search
from rnn_course.mentoring.search.trial import Trial
from rnn_course.subject.mistakes import MISTAKES

CELL = "lstm_cell_backward"
SEED = [label for label, row in MISTAKES.items() if row.seed == "000"]


def searched(observations, seconds=60.0):
    """The programs that a search finds; each prints everything."""
    search = Search(Reported(observations), seconds)
    programs = search.run()
    trial = Trial(PUBLISHED_PROGRAM, search.reported)
    for program in programs:
        assert search.good(trial.exact(program)[0]).all()
    return [sources(program) for program in programs], search


@pytest.fixture
def no_catalogue(monkeypatch):
    """The search without any rows to look up."""
    monkeypatch.setattr(module, "MISTAKES", {})


@pytest.mark.parametrize(
    ("function", "labels"),
    [
        ("rnn_cell_forward", ["rnn_cell_forward/bias-forgotten"]),
        ("rnn_forward", ["rnn_forward/a0-ignored"]),
        ("lstm_forward", ["lstm_cell_forward/concatenate-order"]),
        pytest.param("lstm_backward", ["lstm_forward/view-of-c"], marks=pytest.mark.slow),
        (CELL, SEED),
    ],
)
def test_rows_of_the_catalogue_are_found(function, labels):
    """One alone, upstream, or four lines at once."""
    planted = catalogued(*labels)
    found, search = searched(observed(function, planted))
    assert sources(planted) in found
    assert {node.size for node in search.found} == {len(labels)}


@pytest.mark.parametrize(
    ("function", "edits"),
    [
        ("rnn_cell_forward", [("np.dot(Waa, a_prev)", "np.dot(Waa.T, a_prev)")]),
        ("rnn_cell_backward", [("(1 - a_next**2)", "(1 - a_prev**2)")]),
        (CELL, [("np.dot(dft, concat.T)", "np.dot(dit, concat.T)")]),
        pytest.param(
            *(CELL, [("cct * da_next) * it * (1 - it)", "it * da_next) * it * (1 - ft)")]),
            marks=pytest.mark.slow,
        ),
    ],
)
def test_edits_that_no_row_names_are_found(no_catalogue, function, edits):
    """One edit, or two in a line."""
    planted = changed(function, *edits)
    found, _ = searched(observed(function, planted))
    assert sources(planted) in found


def test_an_edit_may_be_found_in_another_form(no_catalogue):
    """dWax += gradients["dWax"] - dWax is dWax = gradients["dWax"]."""
    planted = changed("rnn_backward", ("dWax += gradients", "dWax = gradients"))
    found, _ = searched(observed("rnn_backward", planted))
    assert found
    assert all(list(source) == ["rnn_backward"] for source in found)


def test_independent_lines_are_found_and_put_together(no_catalogue):
    """Each in numbers of its own."""
    planted = changed(
        CELL,
        ("np.sum(dft, axis=1, keepdims=True)", "np.mean(dft, axis=1, keepdims=True)"),
        ("dWo = np.dot(dot, concat.T)", "dWo = np.dot(dit, concat.T)"),
        ("dc_prev = dc_next * ft", "dc_prev = dc_next * it"),
    )
    found, search = searched(observed(CELL, planted))
    assert sources(planted) in found
    assert {node.size for node in search.found} == {3}


@pytest.mark.slow
def test_the_four_gates_of_a_forum_post_are_found_without_the_catalogue(no_catalogue):
    """Ten edits in four lines."""
    planted = catalogued(*SEED)
    found, _ = searched(observed(CELL, planted))
    right = [o.values for o in observed(CELL, planted)]
    assert found
    assert any("dot = da_next * np.tanh(dc_next) * ot * (1 - ot)" in text[CELL] for text in found)
    program = PUBLISHED_PROGRAM | {CELL: parse(found[0][CELL])}
    for one, other in zip(observed(CELL, program), right, strict=True):
        np.testing.assert_allclose(one.values, other, atol=1.1e-8)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("function", "labels"),
    [
        ("lstm_backward", ["lstm_backward/dc-not-carried", "lstm_cell_backward/bias-mean"]),
        ("rnn_backward", ["rnn_backward/da-replaces-sum", "rnn_cell_forward/cache-order"]),
    ],
)
def test_pairs_across_functions_are_found(function, labels):
    """A wrong cell under a wrong loop."""
    planted = catalogued(*labels)
    found, _ = searched(observed(function, planted))
    assert sources(planted) in found


@pytest.mark.parametrize("function", ["rnn_cell_forward", "rnn_cell_backward"])
def test_random_numbers_are_not_explained(function):
    """Nothing is claimed about what no program prints."""
    chance = np.random.default_rng(5)
    seen = tuple(
        Observation(
            o.function, o.place, "", tuple(chance.standard_normal(len(o.values))), o.shape, 0.5e-8
        )
        for o in observed(function)
        if "shape" not in o.place
    )
    found, search = searched(seen, seconds=3)
    assert found == []
    assert search.tried > 100


@pytest.mark.parametrize("text", ["0.317"])
def test_few_digits_are_no_evidence(text):
    """Some program prints any three digits; that tells nothing."""
    place = 'gradients["da_prev"][2][3]'
    decimals = len(text.partition(".")[2])
    seen = Observation("rnn_cell_backward", place, text, (float(text),), (), 0.5 * 10.0**-decimals)
    found, _ = searched((seen,), seconds=3)
    assert found == []


def test_it_stops_in_time_with_what_was_found(monkeypatch):
    """Whatever is in found when the time is up."""
    planted = catalogued(*SEED)
    said = []
    search = Search(Reported(observed(CELL, planted)), 0.0, said.append)
    search.found.append(Node(planted, np.zeros(0), 4))
    assert search.run() == [planted]
    assert said[-1].startswith("stopped")
    found, search = searched(observed(CELL, planted), seconds=0.0)
    assert found == []
    assert search.tried <= 1


def test_the_fewest_edits_come_alone():
    """Larger explanations are left out."""
    search = Search(Reported(observed(CELL)))
    for size in (2, 1, 1, 3):
        search.found.append(Node({"size": size}, np.zeros(0), size))
    assert search._fewest() == [{"size": 1}, {"size": 1}]


def test_what_makes_a_right_number_wrong_gains_nothing():
    """Although it makes others right."""
    search = Search(Reported(observed("rnn_cell_backward")))
    right = search.reported.values
    wrong = Node(PUBLISHED_PROGRAM, np.where(np.arange(len(right)) < 2, right + 1, right))
    half, worse = wrong.row.copy(), wrong.row.copy()
    half[0], worse[0], worse[5] = right[0], right[0], right[5] + 1
    assert search.gains(wrong, half).nonzero()[0].tolist() == [0]
    assert not search.gains(wrong, worse).any()


def test_it_says_how_far_it_is():
    """At the start of each round."""
    said = []
    seen = observed("rnn_cell_forward", catalogued("rnn_cell_forward/bias-forgotten"))
    Search(Reported(seen), progress=said.append).run()
    assert said[0].startswith("round 1: 0 programs")


def test_hard_stages_wait_for_the_easy_ones_of_other_nodes():
    """Three mistakes, two of them in sums: nothing has to be tried in pairs."""
    program = changed(
        "rnn_backward",
        ('dWaa += gradients["dWaa"]', 'dWaa = gradients["dWaa"]'),
        ('dba += gradients["dba"]', 'dba = gradients["dba"]'),
    ) | {"rnn_cell_forward": catalogued("rnn_cell_forward/cache-order")["rnn_cell_forward"]}
    said = []
    search = Search(Reported(observed("rnn_backward", program)), progress=said.append)
    assert search.run()
    assert not any("pairs" in words for words in said)
