"""subject/…/standin: cells of simple arithmetic in the shape of the real ones."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_course.subject.rnn_step_by_step import reference, standin
from rnn_published import draw

MODEST = settings(max_examples=25, deadline=None, database=None, derandomize=True)
sizes_of_all = st.fixed_dictionaries(
    {key: st.integers(1, 6) for key in ("n_x", "n_a", "n_y", "m", "T_x", "T_da")}
)


def arguments_of(name, sizes):
    """Random arguments of a cell: forward ones, or upstream gradients and a right cache."""
    generator = np.random.default_rng(0)
    drawn = draw(name, lambda *shape: generator.standard_normal(shape), sizes)
    upstream = [value for key, value in drawn.items() if key.startswith("d")]
    arguments = [value for key, value in drawn.items() if not key.startswith("d")]
    if not upstream:
        return arguments
    return [*upstream, getattr(reference, name.replace("backward", "forward"))(*arguments)[-1]]


def shapes(value):
    """A tree with the shape of each array in its place."""
    if isinstance(value, dict):
        return {key: shapes(entry) for key, entry in value.items()}
    if isinstance(value, tuple):
        return tuple(map(shapes, value))
    return np.shape(value)


@pytest.mark.parametrize(
    "name",
    ["rnn_cell_forward", "lstm_cell_forward", "rnn_cell_backward", "lstm_cell_backward"],
)
@MODEST
@given(sizes=sizes_of_all)
def test_the_stand_in_returns_the_shapes_of_the_real_cell(name, sizes):
    """Outputs, caches and gradients have the names and shapes of the reference, for all sizes."""
    arguments = arguments_of(name, sizes)
    real = getattr(reference, name)(*arguments)
    mine = getattr(standin, name)(*arguments)
    if name == "lstm_cell_forward":  # its gates are (n_a, m) as well
        assert [array.shape for array in mine[-1][4:8]] == [real[0].shape] * 4
    assert shapes(mine) == shapes(real)


@pytest.mark.parametrize(
    ("name", "unused"),
    [
        ("rnn_cell_forward", {"Wax", "Waa", "Wya"}),
        ("lstm_cell_forward", {"Wf", "Wi", "Wc", "Wo", "Wy"}),
    ],
)
def test_each_output_feels_each_argument_that_a_loop_could_mix_up(name, unused):
    """xt, the states and the biases all count, so a loop that passes the wrong one is noticed."""
    sizes = {"n_x": 3, "n_a": 4, "n_y": 2, "m": 3, "T_x": 1}
    arguments = arguments_of(name, sizes)
    before = getattr(standin, name)(*arguments)
    for k in range(len(arguments) - 1):
        moved = [*arguments]
        moved[k] = moved[k] + 1.0
        after = getattr(standin, name)(*moved)
        assert not np.allclose(after[0], before[0]), k
    assert unused < arguments[-1].keys()


def test_the_cells_leave_their_arguments_as_they_were():
    """A stand-in that changed its arguments would blame the student's loop."""
    sizes = {"n_x": 3, "n_a": 4, "n_y": 2, "m": 3, "T_x": 1}
    for name in ("rnn_cell_forward", "lstm_cell_forward"):
        *states, parameters = arguments_of(name, sizes)
        for array in (*states, *parameters.values()):
            array.flags.writeable = False
        assert len(getattr(standin, name)(*states, parameters)) in (3, 4)


def test_the_stand_in_is_no_recurrent_network():
    """It gives nothing away: its numbers are not those of the reference."""
    sizes = {"n_x": 3, "n_a": 4, "n_y": 2, "m": 3, "T_x": 1}
    for name in ("rnn_cell_forward", "lstm_cell_forward"):
        arguments = arguments_of(name, sizes)
        mine, real = (getattr(room, name)(*arguments)[0] for room in (standin, reference))
        assert not np.allclose(mine, real)
