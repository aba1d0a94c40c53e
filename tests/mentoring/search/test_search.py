"""mentoring/search: from printed numbers to the programs that print them."""

import numpy as np
import pytest
from planted import catalogued, changed, node, observed, raised

from rnn_course.mentoring.diagnosis import Observation
from rnn_course.mentoring.printed import MISTAKES
from rnn_course.mentoring.program import PUBLISHED_PROGRAM, parse, sources
from rnn_course.mentoring.search import stages
from rnn_course.mentoring.search.nodes import CATALOGUED, LINE, STATEMENT
from rnn_course.mentoring.search.reported import Reported
from rnn_course.mentoring.search.search import Search
from rnn_course.mentoring.search.trial import Trial

CELL = "lstm_cell_backward"
SEED = [label for label, row in MISTAKES.items() if row.seed == "000"]


def searched(observations, seconds=60.0):
    """The programs that a search finds; each prints everything."""
    search = Search(Reported(observations), seconds)
    nodes = search.run()
    trial = Trial(PUBLISHED_PROGRAM, search.reported)
    for found in nodes:
        assert search.good(trial.exact(found.program)[0]).all()
    assert [found.cost for found in nodes] == sorted(found.cost for found in nodes)
    return [sources(found.program) for found in nodes], search


@pytest.fixture
def no_catalogue(monkeypatch):
    """The search without any rows to look up."""
    monkeypatch.setattr(stages, "MISTAKES", {})


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
    assert found[0] == sources(planted)
    assert min(node.cost for node in search.found) == CATALOGUED * len(labels)


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
    assert min(node.cost for node in search.found) == 3 * LINE


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
        ("rnn_backward", ["rnn_backward/da-replaces-sum", "rnn_forward/a0-ignored"]),
        ("rnn_cell_backward", ["rnn_cell_backward/tanh-twice", "rnn_cell_forward/bias-forgotten"]),
        ("lstm_backward", ["lstm_backward/dc-not-carried", "lstm_forward/c-not-carried"]),
    ],
)
def test_pairs_across_functions_are_found(function, labels):
    """A wrong cell under a wrong loop, also where one unusual edit prints the same."""
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


def test_it_stops_in_time_with_what_was_found():
    """Whatever is in found when the time is up."""
    seen = observed(CELL, catalogued(*SEED))
    said, planted = [], node(catalogued(*SEED), *seen)
    search = Search(Reported(seen), 0.0, lambda words: said.append(words) or found.append(planted))
    found = search.found
    assert search.run() == found[:2] == [planted] * 2
    assert said[-1].startswith("stopped")
    found, search = searched(seen, seconds=0.0)
    assert found == []
    assert search.tried <= 1


def test_explanations_that_cost_much_more_are_left_out():
    """The cheapest come first."""
    search = Search(Reported(observed(CELL)))
    nodes = {cost: node(PUBLISHED_PROGRAM, cost=cost) for cost in (20.0, 7.0, 14.0, 16.0, 40.0)}
    search.found += nodes.values()
    assert search._cheapest() == [nodes[7.0], nodes[14.0], nodes[16.0]]


def test_what_makes_a_right_number_wrong_gains_nothing():
    """Although it makes others right."""
    search = Search(Reported(observed("rnn_cell_backward")))
    right = search.reported.values
    wrong = search.root()
    wrong.row = np.where(np.arange(len(right)) < 2, right + 1, right)
    half, worse = wrong.row.copy(), wrong.row.copy()
    half[0], worse[0], worse[5] = right[0], right[0], right[5] + 1
    assert search.gains(wrong, half).nonzero()[0].tolist() == [0]
    assert not search.gains(wrong, worse).any()


def test_it_says_how_far_it_is():
    """At the start of each stage."""
    said = []
    seen = observed("rnn_cell_forward", catalogued("rnn_cell_forward/bias-forgotten"))
    Search(Reported(seen), progress=said.append).run()
    assert said[0] == "the catalogue: 0 programs tried"


def test_one_slip_in_all_lines_is_told_before_one_in_each(no_catalogue):
    """= for += in every sum: a cause alone is looked for, also where parts were found before."""
    sums = [(f"{name} += grad", f"{name} = grad") for name in ("dWax", "dWaa", "dba")]
    planted = changed("rnn_backward", *sums)
    found, search = searched(observed("rnn_backward", planted))
    assert found[0] == sources(planted)
    assert min(one.cost for one in search.found) == STATEMENT


def test_numbers_and_the_error_after_them_may_have_two_causes():
    """One in the cell forward, one in the cell backward."""
    labels = ["rnn_cell_forward/tanh-of-each-term", "rnn_cell_backward/sum-over-units"]
    planted = catalogued(*labels)
    seen = [o for o in observed("rnn_cell_backward", catalogued(labels[0])) if "dba" not in o.place]
    error = "IndexError: index 4 is out of bounds for axis 0 with size 1"
    search = Search(Reported((*seen, raised("rnn_cell_backward", error))))
    assert sources(search.run()[0].program) == sources(planted)


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
    assert not any(words.startswith("pairs of mistakes") for words in said)
