"""mentoring: the diagnosis of what a function returned, judged by itself."""

import pytest
from planted import catalogued

from rnn_course.mentoring import cells, printed
from rnn_course.mentoring.diagnosis import Found
from rnn_course.mentoring.from_values import from_values
from rnn_course.mentoring.program import PLAIN, PUBLISHED_PROGRAM, functions


def returned(function, program=PUBLISHED_PROGRAM):
    """The outputs by name, as grading has them."""
    variables = cells.run(function, functions(program, PLAIN))
    return variables.get("gradients", variables)


@pytest.mark.parametrize("function", printed.EXERCISES)
def test_right_outputs_are_right(function):
    """Every array is compared, not only the printed ones."""
    diagnosis = from_values(function, returned(function))
    assert diagnosis.verdict is Found.RIGHT
    assert len(diagnosis.observations) >= len(printed.EXERCISES[function].outputs) - 1


def test_what_no_printed_number_shows_is_found_in_the_caches():
    """The window into c leaves all forward numbers right."""
    outputs = returned("lstm_forward", catalogued("lstm_forward/view-of-c"))
    diagnosis = from_values("lstm_forward", outputs)
    labels = [m.label for one in diagnosis.explanations for m in one.mistakes]
    assert labels[:1] == ["lstm_forward/view-of-c"]


def test_the_forward_pass_is_never_blamed():
    """It was right, whatever the gradients look like."""
    outputs = returned("rnn_cell_backward", catalogued("rnn_cell_backward/derivative-of-a-prev"))
    diagnosis = from_values("rnn_cell_backward", outputs)
    assert diagnosis.verdict is Found.EXPLAINED
    blamed = {m.function for one in diagnosis.explanations for m in one.mistakes}
    assert blamed == {"rnn_cell_backward"}


def test_outputs_of_another_kind_are_left_out():
    """The verdict has said that they are missing."""
    outputs = returned("rnn_cell_backward") | {"dba": None, "dxt": "text"}
    diagnosis = from_values("rnn_cell_backward", outputs)
    places = [seen.observation.place for seen in diagnosis.observations]
    assert places == [f"gradients[{name!r}]" for name in ("da_prev", "dWax", "dWaa")]
