"""The made-up students and what they hand in."""

import nbformat
import pytest
from conftest import ASSIGNMENT, COHORT, EXERCISES, ROOT, SOURCE

from rnn_course.grading.cohort import BEGIN, Member, cohort, hand_in, solutions
from rnn_course.subject.mistakes import MISTAKES

SOLVED = solutions(nbformat.read(SOURCE, as_version=4))
RELEASE = nbformat.read(ROOT / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)


def _cells(member):
    return {cell.id: cell.source for cell in hand_in(member, RELEASE, SOLVED).cells}


def test_every_kind_of_student_is_there():
    """Right, untouched, half, each seed's mistakes, a wrong cell, warnings, syntax, a loop."""
    kinds = {"all-right", "untouched", "forward-half", "wrong-cell-right-loop"}
    assert kinds | {"warns", "syntax-error", "endless-loop"} <= set(COHORT)
    seeds = {mistake.seed for mistake in MISTAKES.values()} - {""}
    assert seeds == {"000", "001", "002", "003"}
    for mistake in MISTAKES.values():
        if mistake.seed:
            members = cohort(mistake.assignment).values()
            assert any(mistake.label in member.mistakes for member in members)


def test_solutions_carry_no_markers_and_no_stub():
    """They are the cells as a student with right code has them."""
    assert all(f"solve-{name}" in SOLVED for name in EXERCISES)
    for source in SOLVED.values():
        assert BEGIN not in source
        assert "NotImplementedError" not in source


def test_a_right_student_has_every_solution_in():
    """And nothing else differs from the release."""
    cells = _cells(COHORT["all-right"])
    assert {name: cells[name] for name in SOLVED} == SOLVED
    assert {name: cells[name] for name in cells.keys() - SOLVED.keys()} == {
        cell.id: cell.source for cell in RELEASE.cells if cell.id not in SOLVED
    }


def test_the_untouched_release_is_handed_in_as_it_is():
    """Not a character differs."""
    assert _cells(COHORT["untouched"]) == {cell.id: cell.source for cell in RELEASE.cells}


def test_a_mistake_stands_in_its_function_only():
    """The other functions are right."""
    cells = _cells(COHORT["seed-001-view-of-c"])
    assert "c_next = c[:, :, 0]" in cells["solve-lstm_forward"]
    assert {k: v for k, v in cells.items() if k in SOLVED and k != "solve-lstm_forward"} == {
        k: v for k, v in SOLVED.items() if k != "solve-lstm_forward"
    }


def test_two_mistakes_in_one_function_stand_in_it_together():
    """So that combinations can be planted too."""
    labels = ("rnn_cell_backward/tanh-twice", "rnn_cell_backward/mean-for-sum")
    source = _cells(Member("two", ASSIGNMENT, "", mistakes=labels))["solve-rnn_cell_backward"]
    assert "np.tanh(a_next) ** 2" in source
    assert "np.mean(dtanh" in source


@pytest.mark.parametrize("member", COHORT.values(), ids=lambda member: member.student)
def test_lost_points_are_points_that_exist(member):
    """Nobody loses more than a function is worth."""
    assert set(member.lost) <= set(EXERCISES)
    assert all(points >= 0 for points in member.points.values())
