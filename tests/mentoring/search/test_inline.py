"""mentoring/inline: several edits in one line, found from a number."""

import ast

import numpy as np
import pytest
from planted import GATES, changed, observed

from rnn_course.mentoring.program import PUBLISHED_PROGRAM, Site, at, statements, with_value
from rnn_course.mentoring.search.inline import Line, Target
from rnn_course.mentoring.search.reported import Reported
from rnn_course.mentoring.search.trial import Trial

CELL = "lstm_cell_backward"
LETTERS = {"dot": "o", "dcct": "c", "dit": "i", "dft": "f"}
PLANTS = [
    ("dot", "da_next * np.tanh(dc_next) * ot * (1 + ot)", 2),
    ("dot", "da_next * np.tanh(dc_next) * (1 - ot)", 2),
    ("dcct", "(dc_next * ot + ot * (1 - np.tanh(c_next) ** 2) * ot * da_next) * (1 - cct**2)", 2),
    ("dcct", "(dc_next * it - ot * (1 - np.tanh(c_prev) ** 2) * it * da_next) * (1 - cct**2)", 2),
    ("dit", "(dc_next * cct + ot * (1 - np.tanh(c_next) ** 2) * it * da_next) * ot * (1 - it)", 2),
    ("dft", "(dc_next + ot * (1 - np.tanh(c_next)) * c_prev * da_next) * ft * (1 - ft)", 2),
    ("dit", "(dc_next * it + ot * (1 - np.tanh(c_prev ** 2)) * cct * da_next) * it * (1 - it)", 3),
    (
        "dft",
        "(dc_next * it + ot * (1 - np.tanh(a_prev) ** 2) * c_prev * da_next) * it * (1 - ft)",
        3,
    ),
]


@pytest.fixture(scope="module")
def trial():
    """The published program in the cell of lstm_cell_backward."""
    return Trial(PUBLISHED_PROGRAM, Reported(observed(CELL)))


def line_and_target(trial, gate, row):
    """The line of a gate, with the number of the weights' gradient that a row holds."""
    (site,) = [
        Site(CELL, path)
        for path, statement in statements(PUBLISHED_PROGRAM[CELL])
        if ast.unparse(statement).startswith(f"{gate} =")
    ]
    value, weights = trial.slopes(site)
    places = [o.place for o in trial.reported.observations]
    start = f'gradients["dW{LETTERS[gate]}"]['
    (owner,) = [k for k, place in enumerate(places) if place.startswith(start)]
    (number,) = np.flatnonzero(trial.reported.owner == owner)
    entries = np.flatnonzero(weights[number])
    line = Line(trial.editor(site), lambda tree: trial.evaluate(site, tree), entries, value.shape)
    wanted = row[number] - trial.predicted[0][number] + weights[number] @ value.ravel()
    return site, line, Target(weights[number][entries], wanted, 4e-12)


@pytest.mark.parametrize(("gate", "becomes", "edits"), PLANTS)
def test_planted_edits_are_found(trial, gate, becomes, edits):
    """From the gradient of the weights alone; what is found prints it."""
    row = trial.exact(changed(CELL, (GATES[gate], becomes)))[0]
    site, line, target = line_and_target(trial, gate, row)
    found = list(line.solve(at(PUBLISHED_PROGRAM, site).value, target, edits))
    rows = [trial.exact(with_value(PUBLISHED_PROGRAM, site, tree))[0] for tree in found]
    assert any(np.allclose(one, row, rtol=1e-10, atol=1e-11) for one in rows)
    assert len(found) < 500
    assert line.tried > 0


@pytest.mark.parametrize("gate", GATES)
def test_nothing_is_found_for_a_number_that_nothing_explains(trial, gate):
    """Two edits are too few for chance."""
    row = np.random.default_rng(3).standard_normal(len(trial.predicted[0]))
    site, line, target = line_and_target(trial, gate, row)
    assert list(line.solve(at(PUBLISHED_PROGRAM, site).value, target, 2)) == []


def test_no_edits_are_the_line_itself(trial):
    """If it explains the number, and nothing if it does not."""
    site, line, target = line_and_target(trial, "dit", trial.predicted[0])
    value = at(PUBLISHED_PROGRAM, site).value
    assert [ast.unparse(tree) for tree in line.solve(value, target, 0)] == [ast.unparse(value)]
    wrong = Target(target.weights, target.value + 1, target.tolerance)
    assert list(line.solve(value, wrong, 0)) == []


def test_equal_values_are_kept_once(trial):
    """a * b and b * a are one; what has no finite value is none."""
    site, line, _ = line_and_target(trial, "dot", trial.predicted[0])
    values = line.values(at(PUBLISHED_PROGRAM, site).value, 1)
    assert np.isfinite(values.rows).all()
    rounded = np.unique(np.round(values.rows, 8), axis=0)
    assert len(rounded) > 0.98 * len(values.rows)
    for number in range(0, len(values.rows), 7):
        tree = values.tree(number)
        with np.errstate(all="ignore"):
            value = np.broadcast_to(trial.evaluate(site, tree), line.shape)
        np.testing.assert_allclose(value.ravel()[line.entries], values.rows[number])
