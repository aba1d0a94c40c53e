"""subject/rnn_step_by_step/reference: loops over any cell, and what is complex going back."""

import numpy as np
import pytest
from subject.samples import SMALL, assert_equal_trees, inputs_of

from rnn_course.subject.exercises import of
from rnn_course.subject.rnn_step_by_step import reference

EXERCISES = of("rnn-step-by-step")


@pytest.mark.parametrize("name", [e.name for e in EXERCISES.values() if e.forward])
def test_complex_inputs_pass_through_the_backward_functions(name):
    """A complex upstream gradient comes out as complex gradients: backward is linear in it."""
    arguments, upstream = inputs_of(name, SMALL)
    caches = getattr(reference, EXERCISES[name].forward)(*arguments)[-1]
    real = getattr(reference, name)(*upstream, caches)
    turned = getattr(reference, name)(*[(1 + 2j) * value for value in upstream], caches)
    assert_equal_trees(turned, {key: (1 + 2j) * value for key, value in real.items()})


def test_rnn_forward_uses_the_cell_that_it_is_given():
    """With a cell that counts, the outputs are what it counted, step by step."""

    def cell(xt, a_prev, parameters):
        return a_prev + 1, xt, ("cache", parameters)

    x = np.arange(12.0).reshape(2, 2, 3)
    a, y_pred, (steps, kept) = reference.rnn_forward(x, np.zeros((4, 2)), {}, cell=cell)
    assert a[0, 0].tolist() == [1, 2, 3]
    assert np.array_equal(y_pred, x)
    assert steps == [("cache", {})] * 3
    assert kept is x


def test_lstm_forward_uses_the_cell_that_it_is_given():
    """Both states are carried from step to step, the cell state starts at zero."""

    def cell(xt, a_prev, c_prev, parameters):
        return a_prev + 1, c_prev + 10, xt, "cache"

    x = np.zeros((2, 2, 3))
    a, _, c, (steps, _) = reference.lstm_forward(x, np.full((4, 2), 5.0), {}, cell=cell)
    assert a[0, 0].tolist() == [6, 7, 8]
    assert c[0, 0].tolist() == [10, 20, 30]
    assert steps == ["cache"] * 3


def test_rnn_backward_uses_the_cell_that_it_is_given():
    """The carry is added to da before each step, the sums run over all steps."""

    def cell(da_next, cache):
        return {"dxt": da_next, "da_prev": 2 * da_next} | dict.fromkeys(
            ("dWax", "dWaa", "dba"), cache
        )

    da = np.ones((1, 1, 3))
    gradients = reference.rnn_backward(da, ([1, 10, 100], np.zeros((1, 1, 3))), cell=cell)
    assert gradients["dx"][0, 0].tolist() == [7, 3, 1]
    assert gradients["da0"].item() == 14
    assert (gradients["dWax"], gradients["dWaa"], gradients["dba"]) == (111, 111, 111)


def test_lstm_backward_uses_the_cell_that_it_is_given():
    """Two carries go back, each into its own argument."""

    def cell(da_next, dc_next, cache):
        gradients = {"dxt": da_next, "da_prev": da_next + dc_next, "dc_prev": dc_next + 1}
        return gradients | {kind + gate: cache for gate in "fico" for kind in ("dW", "db")}

    da = np.ones((1, 1, 3))
    gradients = reference.lstm_backward(da, ([1, 10, 100], np.zeros((1, 1, 3))), cell=cell)
    assert gradients["dx"][0, 0].tolist() == [4, 2, 1]
    assert gradients["da0"].item() == 6
    assert gradients["dbo"] == 111


def test_lstm_backward_goes_back_over_the_steps_of_da_alone():
    """da may be shorter than x: later caches are not touched."""
    arguments, (da,) = inputs_of("lstm_backward", SMALL | {"T_x": 5}, 1)
    steps, x = reference.lstm_forward(*arguments)[-1]
    whole = reference.lstm_backward(da[:, :, :2], (steps, x))
    assert_equal_trees(whole, reference.lstm_backward(da[:, :, :2], (steps[:2], x)))
    assert whole["dx"].shape == (2, 2, 2)
