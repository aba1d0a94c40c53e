"""mentoring/gradcheck: the notebooks' gradient checks, run with any functions."""

import numpy as np
import pytest
from source.notebooks import NOTEBOOKS

from rnn_course.mentoring.gradcheck import CHECKS, relative_error
from rnn_course.subject.mistakes import MISTAKES, apply
from rnn_course.subject.published import build

RIGHT = build()
EACH = pytest.mark.parametrize("check", CHECKS, ids=lambda check: f"{check.function}{check.sizes}")


@EACH
def test_the_right_functions_pass(check):
    """Each error is that of central differences alone."""
    errors = check.errors(RIGHT, check.numerical(RIGHT))
    assert list(errors) == check.names
    assert max(errors.values()) < 1e-7


@EACH
def test_one_gradient_that_is_wrong_fails_alone(check):
    """A planted factor of two is an error of a third."""
    first = check.names[0]

    def doubled(*arguments):
        gradients = RIGHT[check.function](*arguments)
        return gradients | {first: 2 * gradients[first]}

    errors = check.errors(RIGHT | {check.function: doubled}, check.numerical(RIGHT))
    assert errors.pop(first) == pytest.approx(1 / 3)
    assert max(errors.values(), default=0) < 1e-7


def test_a_mistake_on_the_way_forward_is_in_the_numerical_gradients_too():
    """A check proves that backward matches forward, not that forward is right."""
    (check,) = [one for one in CHECKS if one.function == "rnn_cell_backward"]
    functions = build(apply(MISTAKES["rnn_cell_forward/bias-forgotten"]))
    errors = check.errors(functions, check.numerical(functions))
    assert errors.pop("dba") == 1.0
    assert max(errors.values()) < 1e-7


def test_another_shape_is_infinitely_far_and_two_zeros_are_not_apart():
    """As the notebooks' own checks have it."""
    assert relative_error(np.ones(3), np.ones((3, 1))) == np.inf
    assert relative_error(np.zeros(3), np.zeros(3)) == 0.0


def test_the_checks_are_those_of_the_notebooks():
    """Their functions have a cell in which they are checked."""
    cells = {cell.id for notebook in NOTEBOOKS.values() for cell in notebook.cells}
    assert {f"gradcheck-{check.function}" for check in CHECKS} <= cells
