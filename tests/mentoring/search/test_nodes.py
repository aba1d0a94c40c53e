"""mentoring/nodes: programs in a search, and what may be put into them."""

import ast

import numpy as np
from planted import catalogued, changed, node, observed

from rnn_course.mentoring.program import PUBLISHED_PROGRAM, Site, at, sources, with_value
from rnn_course.mentoring.search.nodes import CATALOGUED, FURTHER, LINE, RARER, Candidate
from rnn_course.mentoring.search.trees import parsed

CELL = "rnn_cell_backward"
SEEN = observed(CELL)
DTANH = next(
    Site(CELL, (number,))
    for number, statement in enumerate(PUBLISHED_PROGRAM[CELL].body)
    if ast.unparse(statement).startswith("dtanh =")
)


def test_two_rows_of_the_catalogue_are_likelier_than_one_odd_edit():
    """But not than one of the usual ones, and several edits of a line cost more than one."""
    assert CATALOGUED < LINE < 2 * CATALOGUED < RARER < LINE + FURTHER


def test_right_hand_sides_become_candidates():
    """Each with the row of its program, to be put where the same statement still stands."""
    root = node(PUBLISHED_PROGRAM, *SEEN)
    values = [parsed("da_next"), parsed("2 * da_next")]
    candidates = root.lines(DTANH, values, [LINE, RARER])
    for candidate, value, cost in zip(candidates, values, (LINE, RARER), strict=True):
        program = with_value(PUBLISHED_PROGRAM, DTANH, value)
        assert sources(candidate.apply(PUBLISHED_PROGRAM)) == sources(program)
        np.testing.assert_allclose(candidate.row, root.trial.exact(program)[0])
        assert candidate.cost == cost
        assert candidate.apply(changed(CELL, ("* da_next", "+ da_next"))) is None


def test_candidates_add_up():
    """In the program and in its twins, with their costs; None of a program that does not fit."""
    root = node(PUBLISHED_PROGRAM, *SEEN)
    root.twins.append(node(catalogued("rnn_cell_forward/bias-forgotten"), *SEEN, cost=3.0))
    root.twins.append(node(changed(CELL, ("* da_next", "+ da_next")), *SEEN))
    (candidate,) = root.lines(DTANH, [parsed("da_next")], [LINE])
    one, other = root.with_candidates([candidate], candidate.row)
    assert [one.cost, other.cost] == [LINE, LINE + 3.0]
    assert sources(other.program).keys() == {CELL, "rnn_cell_forward"}
    assert ast.unparse(at(one.program, DTANH)) == "dtanh = da_next"


def test_what_is_not_composable_is_no_part_of_a_twin():
    """It stands for a whole program."""
    root = node(PUBLISHED_PROGRAM, *SEEN)
    root.twins.append(node(catalogued("rnn_cell_forward/bias-forgotten"), *SEEN))
    program = changed(CELL, ("* da_next", "+ da_next"))
    candidate = Candidate(lambda _: program, root.row, LINE, composable=False)
    (only,) = root.with_candidates([candidate], root.row)
    assert only.program is program
