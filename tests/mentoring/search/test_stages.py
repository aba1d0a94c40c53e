"""mentoring/stages: the kinds of candidates."""

import numpy as np
import pytest
from planted import catalogued, changed, observed

from rnn_course.mentoring.program import PUBLISHED_PROGRAM, sources
from rnn_course.mentoring.search import stages
from rnn_course.mentoring.search.nodes import CATALOGUED
from rnn_course.mentoring.search.reported import Reported
from rnn_course.mentoring.search.search import Search
from rnn_course.mentoring.search.stages import STAGES

CELL = "rnn_cell_backward"
PAIR = ["rnn_cell_backward/tanh-twice", "rnn_cell_forward/bias-forgotten"]


@pytest.fixture
def search():
    """A search for two mistakes that act on the same numbers."""
    return Search(Reported(observed(CELL, catalogued(*PAIR))))


@pytest.mark.parametrize("stage", STAGES[:5], ids=lambda stage: stage.name)
def test_each_candidate_prints_its_row(search, stage):
    """Found in many at once or alone, it is what its program prints."""
    root = search.root()
    candidates = list(stage.make(search, root))
    assert candidates
    assert min(candidate.cost for candidate in candidates) == stage.cost
    for candidate in candidates[:: max(1, len(candidates) // 40)]:
        program = candidate.apply(PUBLISHED_PROGRAM)
        np.testing.assert_allclose(candidate.row, root.trial.exact(program)[0], atol=1e-9)


def test_stages_come_in_the_order_of_their_costs():
    """But for those that are a last resort."""
    costs = [stage.cost for stage in STAGES if not stage.slowest]
    assert costs == sorted(costs)
    assert [stage.slowest for stage in STAGES] == [False] * (len(STAGES) - 1) + [True]


def test_pairs_act_on_the_same_numbers(search):
    """Others are found one by one."""
    root = search.root()
    pairs = list(stages.several_rows(2, search, root))
    rows = len(list(stages.catalogue(search, root)))
    assert len(pairs) < rows * (rows - 1) / 2
    assert {pair.cost for pair in pairs} == {2 * CATALOGUED}
    assert sources(catalogued(*PAIR)) in [sources(pair.apply(PUBLISHED_PROGRAM)) for pair in pairs]


def test_after_a_find_only_pairs_count_that_reach_all_wrong_numbers():
    """Another cause must explain them all."""
    labels = ["lstm_cell_backward/bias-mean", "lstm_cell_forward/wrong-bias"]
    search = Search(Reported(observed("lstm_cell_backward", catalogued(*labels))))
    root = search.root()
    pairs = list(stages.several_rows(2, search, root))
    search.found.append(root)
    fewer = [sources(c.apply(PUBLISHED_PROGRAM)) for c in stages.several_rows(2, search, root)]
    assert sources(catalogued(*labels)) in fewer
    assert len(fewer) < len(pairs)


def test_three_rows_must_explain_all_that_is_wrong():
    """Where each spoils what the others do."""
    labels = ["lstm_cell_forward/candidate-sigmoid", "lstm_cell_forward/wrong-bias"]
    labels.append("lstm_cell_backward/dot-tanh-of-dc")
    search = Search(Reported(observed("lstm_cell_backward", catalogued(*labels))))
    threes = list(stages.several_rows(3, search, search.root()))
    assert {three.cost for three in threes} == {3 * CATALOGUED}
    assert any(search.good(three.row).all() for three in threes)


def test_lines_that_bear_on_no_wrong_number_are_left_out():
    """Once it is known what they reach; after a find, they must reach every wrong number."""
    planted = changed(CELL, ("dba = np.sum(dtanh", "dba = 2.5 * np.sum(dtanh"))
    search = Search(Reported(observed(CELL, planted)))
    root = search.root()
    everything = len(list(stages.lines(search, root)))
    bearing = len(list(stages.lines(search, root)))
    assert 0 < bearing < everything
    search.found.append(root)
    assert len(list(stages.lines(search, root))) <= bearing


def test_a_pair_with_a_line_is_the_row_and_the_line(monkeypatch, search):
    """One after the other."""
    row = "rnn_cell_forward/bias-forgotten"
    monkeypatch.setattr(stages, "MISTAKES", {row: stages.MISTAKES[row]})
    root = search.root()
    pair = next(stages.row_and_line(search, root))
    assert pair.cost > CATALOGUED
    np.testing.assert_allclose(pair.row, root.trial.exact(pair.apply(PUBLISHED_PROGRAM))[0])
