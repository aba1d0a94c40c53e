"""subject/rnn_step_by_step/standin: cells that feel inputs, states and biases, and no weights."""

import numpy as np
import pytest
from subject.samples import SMALL, arguments_of

from rnn_course.subject.rnn_step_by_step import standin

OTHERS = {  # what no output feels, of the cells that go forward
    "rnn_cell_forward": {"Wax", "Waa", "Wya"},
    "lstm_cell_forward": {"Wf", "Wi", "Wc", "Wo", "Wy", "bi", "bc"},
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_forward_cell_feels_biases_and_no_weights(name):
    """Those that no output feels are parameters all the same; bi and bc arrive in the cache."""
    *arguments, parameters = arguments_of(name, SMALL)
    *before, _ = getattr(standin, name)(*arguments, parameters)
    unfelt = set()
    for key in parameters:
        *after, _ = getattr(standin, name)(*arguments, parameters | {key: parameters[key] + 1})
        if all(np.array_equal(*pair) for pair in zip(before, after, strict=True)):
            unfelt.add(key)
    assert unfelt == OTHERS[name]


def test_the_four_gates_of_the_lstm_cell_are_four_arrays():
    """Each in its place in the cache, so an order that is mixed up is noticed."""
    a_next, *_, cache = standin.lstm_cell_forward(*arguments_of("lstm_cell_forward", SMALL))
    gates = cache[4:8]
    assert [gate.shape for gate in gates] == [a_next.shape] * 4
    for k, gate in enumerate(gates):
        assert not any(np.allclose(gate, other) for other in gates[:k])


@pytest.mark.parametrize("name", ["rnn_cell_backward", "lstm_cell_backward"])
def test_a_backward_cell_gives_each_parameter_a_gradient_of_its_own(name):
    """No two gradients of one shape are the same, so one under another's name is noticed."""
    gradients = list(getattr(standin, name)(*arguments_of(name, SMALL)).values())
    for k, one in enumerate(gradients):
        same = [o for o in gradients[:k] if o.shape == one.shape and np.allclose(o, one)]
        assert same == []
