"""mentoring/reproduce: what the published cell prints with catalogued mistakes."""

from contextlib import redirect_stdout
from io import StringIO

import pytest

import rnn_utils
from rnn_course.mentoring import cells, reproduce
from rnn_course.mentoring.printed import EXERCISES, MISTAKES
from rnn_course.mentoring.program import parse
from rnn_course.mentoring.reproduce import CannotReproduceError
from rnn_course.subject.published import build


@pytest.mark.parametrize("function", EXERCISES)
def test_without_mistakes_it_prints_what_the_notebook_prints(function):
    """Line for line."""
    variables = cells.run(function, build())
    said = StringIO()
    with redirect_stdout(said):
        rnn_utils.print_published(function, variables.get("gradients", tuple(variables.values())))
    assert reproduce.printout(function) + "\n" == said.getvalue()


@pytest.mark.parametrize("label", MISTAKES)
def test_every_row_shows_or_is_said_not_to(label):
    """In the first cell that prints other numbers."""
    rows = reproduce.mistakes_named((label,))
    program = reproduce.with_all(rows)
    shows = [
        name
        for name in EXERCISES
        if rows[0].function in cells.chain(name)
        and reproduce.printout(name, program) != reproduce.printout(name)
    ]
    if shows:
        assert reproduce.cell_that_shows(rows) == shows[0]
    else:
        with pytest.raises(CannotReproduceError, match="No published test cell shows this"):
            reproduce.cell_that_shows(rows)


def test_a_mistake_upstream_shows_in_a_later_cell():
    """The view is seen in the gradients alone."""
    rows = reproduce.mistakes_named(("lstm_forward/view-of-c",))
    assert reproduce.cell_that_shows(rows) == "lstm_backward"


def test_the_old_numbers_are_reproduced():
    """By the two mistakes of the code that printed them."""
    rows = reproduce.mistakes_named(
        ("lstm_backward/nothing-carried", "lstm_backward/old-bias-sums")
    )
    text = reproduce.printout("lstm_backward", reproduce.with_all(rows))
    assert "[-0.00173313  0.08287442 -0.30545663 -0.43281115]" in text
    assert "-0.0959115019" in text


def test_an_error_ends_the_printout():
    """With the last line of its traceback."""
    program = dict(reproduce.PUBLISHED_PROGRAM)
    program["rnn_cell_forward"] = parse("def rnn_cell_forward(xt, a_prev, parameters): return 1")
    text = reproduce.printout("rnn_cell_forward", program)
    assert text.splitlines()[-1].startswith("TypeError: ")


def test_a_name_that_does_not_exist():
    """With where to find the right one."""
    with pytest.raises(CannotReproduceError, match="There is no mistake nonsense"):
        reproduce.mistakes_named(("nonsense",))


def test_two_mistakes_in_the_same_words_conflict():
    """One of them is to be left out; in one line they may stand together."""
    rows = reproduce.mistakes_named(
        ("rnn_cell_forward/bias-forgotten", "rnn_cell_forward/sigmoid-for-tanh")
    )
    assert reproduce.cell_that_shows(rows) == "rnn_cell_forward"
    rows = reproduce.mistakes_named(
        ("rnn_cell_forward/bias-forgotten", "rnn_cell_forward/tanh-of-each-term")
    )
    with pytest.raises(CannotReproduceError, match="leave one of them out"):
        reproduce.with_all(rows)


def test_mistakes_of_two_networks_show_in_no_cell():
    """None runs both."""
    rows = reproduce.mistakes_named(("rnn_cell_forward/bias-forgotten", "lstm_forward/view-of-c"))
    with pytest.raises(CannotReproduceError, match="no one test cell runs"):
        reproduce.cell_that_shows(rows)
