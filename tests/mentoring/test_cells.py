"""mentoring/cells: the published test cells, run."""

import numpy as np
import pytest
from planted import catalogued, observed

from rnn_course.mentoring import cells
from rnn_course.mentoring.printed import EXERCISES
from rnn_course.subject.published import build
from rnn_published import PUBLISHED, printed_values, published_inputs

OLD_GRADIENTS = {  # what the first versions of the notebook printed
    'gradients["dxt"][1][2]': -0.460564103059,
    'gradients["da_prev"][2][3]': 0.0842968653807,
    'gradients["dWax"][3][1]': 0.393081873922,
    'gradients["dWaa"][1][2]': -0.28483955787,
    'gradients["dba"][4]': 0.80517166,
}


@pytest.mark.parametrize("function", EXERCISES)
def test_a_right_program_prints_the_published_numbers(function):
    """In each cell, line for line."""
    variables = cells.run(function, build())
    outputs = variables.get("gradients", tuple(variables.values()))
    for label, value, expected in printed_values(function, outputs, PUBLISHED[function].lines):
        text = np.array2string(np.asarray(value), precision=8) if np.ndim(value) else str(value)
        numbers = [float(n) for n in text.strip("[]()").replace(",", " ").split()]
        wanted = [float(n) for n in expected.strip("[]()").replace(",", " ").split()]
        np.testing.assert_allclose(numbers, wanted, rtol=1e-10, atol=6e-9, err_msg=label)


@pytest.mark.parametrize("function", EXERCISES)
def test_the_draws_are_the_published_ones(function):
    """In the published order."""
    for one, other in zip(cells.drawn(function).values(), published_inputs(function), strict=True):
        np.testing.assert_equal(one, other)


def test_the_old_cell_goes_on_with_the_bias_of_another():
    """The OLD numbers of rnn_cell_backward are right gradients with that bias."""
    variables = cells.run("rnn_cell_backward", build(), cells.OLD)
    for place, value in OLD_GRADIENTS.items():
        np.testing.assert_allclose(cells.look(place, variables), value, atol=6e-9)
    assert cells.drawn("rnn_forward", cells.OLD) is not cells.drawn("rnn_cell_backward", cells.OLD)


def test_a_function_that_spoils_its_arguments_spoils_no_draw():
    """Each run gets copies."""

    def spoiler(xt, a_prev, parameters):
        xt[...], a_prev[...], parameters["Wax"][...] = 0, 0, 0
        return a_prev, xt, ()

    before = observed("rnn_cell_forward")
    cells.run("rnn_cell_forward", {"rnn_cell_forward": spoiler})
    assert observed("rnn_cell_forward") == before


def test_the_chain_is_all_that_runs():
    """A sequence's gradients need four functions, a forward cell itself."""
    assert cells.chain("lstm_cell_forward") == ["lstm_cell_forward"]
    assert cells.chain("rnn_cell_backward") == ["rnn_cell_forward", "rnn_cell_backward"]
    assert cells.chain("lstm_backward") == [name for name in EXERCISES if "lstm" in name]


def test_another_number_of_outputs_raises():
    """As unpacking does in the cell."""
    with pytest.raises(ValueError, match="expected 3, got 2"):
        cells.run("rnn_cell_forward", {"rnn_cell_forward": lambda *given: (1, 2)})


def test_earlier_cells_leave_their_variables_behind():
    """Their draws, the parameters under their own names, and the outputs; never later ones."""
    assert not cells.left_behind("rnn_cell_forward").keys() & {"a_next", "yt_pred"}
    assert "a_next" in cells.left_behind("rnn_forward")
    left = cells.left_behind("lstm_backward")
    assert left["dc_next"].shape == (5, 10)
    assert left["Wf"] is cells.drawn("lstm_backward")["parameters"]["Wf"]
    with pytest.raises(KeyError):
        cells.left_behind("gru_forward")


def test_each_reaches_every_array():
    """In dictionaries, tuples and lists, whose kinds stay."""
    tree = {"a": (1, [2, 3]), "b": 4}
    assert cells.each(lambda n: n * 10, tree) == {"a": (10, [20, 30]), "b": 40}


def test_a_planted_mistake_shows():
    """The helper of these tests plants what it says."""
    assert observed("lstm_backward", catalogued("lstm_forward/view-of-c")) != observed(
        "lstm_backward"
    )
