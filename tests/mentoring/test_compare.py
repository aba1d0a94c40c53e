"""mentoring/compare: a post beside the published numbers."""

import pytest
from planted import catalogued, observed, raised

from rnn_course.mentoring import cells
from rnn_course.mentoring.cells import OLD_MISTAKES
from rnn_course.mentoring.compare import compare, old_program
from rnn_course.mentoring.diagnosis import Found, Observation
from rnn_course.mentoring.printed import EXERCISES

OLD_NUMBERS = {
    'gradients["dx"][1][2]': (-0.00173313, 0.08287442, -0.30545663, -0.43281115),
    'gradients["da0"][2][3]': (-0.095911501954,),
    'gradients["dWf"][3][1]': (-0.0698198561274,),
    'gradients["dWo"][1][2]': (0.0484389131444,),
    'gradients["dbi"][4]': (-0.06997391,),
}


@pytest.mark.parametrize("function", EXERCISES)
def test_right_numbers(function):
    """Everything matches what is expected."""
    comparison = compare(observed(function))
    assert comparison.verdict is Found.RIGHT
    assert comparison.function == function
    assert all(seen.matches for seen in comparison.compared)


def test_right_numbers_of_the_old_cell():
    """With the bias of another cell."""
    comparison = compare(observed("rnn_cell_backward", generation=cells.OLD))
    assert comparison.verdict is Found.RIGHT_OLD
    assert comparison.reported.generation == cells.OLD


def test_the_old_numbers_that_are_no_gradients():
    """As the first versions of the notebook have them."""
    seen = tuple(
        Observation(
            *("lstm_backward", place, str(values), values),
            shape=(len(values),) if len(values) > 1 or "db" in place else (),
            tolerance=0.5e-8 if len(values) > 1 or "db" in place else 1e-12,
        )
        for place, values in OLD_NUMBERS.items()
    )
    assert compare(seen).verdict is Found.OLD_NUMBERS
    assert compare(observed("lstm_backward", old_program())).verdict is Found.OLD_NUMBERS
    assert compare(observed("lstm_backward", catalogued(OLD_MISTAKES[0]))).verdict is None


def test_an_error_is_never_right():
    """Neither alone nor behind right values."""
    error = raised("rnn_forward", "NameError: name 'concat' is not defined")
    for seen in ((error,), (*observed("rnn_cell_forward"), error)):
        comparison = compare(seen)
        assert comparison.verdict is None
        assert comparison.function == "rnn_forward"
        assert comparison.compared[-1].expected == "no error"
        assert not comparison.compared[-1].matches


def test_the_generation_that_fits_better():
    """NEW if both fit alike."""
    (first, *rest) = observed("rnn_cell_backward", generation=cells.OLD)
    spoilt = Observation(first.function, first.place, "1.5", (1.5,), (), 1e-12)
    assert compare((spoilt, *rest)).reported.generation == cells.OLD
    assert compare((spoilt,)).reported.generation == cells.NEW


def test_wrong_values_are_told_with_what_is_expected():
    """As the cell prints it; the function is the one with a wrong value."""
    wrong = observed("rnn_forward", catalogued("rnn_forward/first-input-at-every-step"))
    comparison = compare((*wrong, *observed("lstm_cell_forward")))
    assert comparison.function == "rnn_forward"
    told = {seen.observation.place: seen for seen in comparison.compared}
    assert not told["a[4][1]"].matches
    assert told["a[4][1]"].expected == "[-0.99999375  0.77911235 -0.99861469 -0.99833267]"
    assert told["a.shape"].expected == "(5, 10, 4)"
    assert told["len(caches)"].expected == "2"
    assert told["len(caches)"].matches


def test_a_number_is_expected_with_all_its_digits():
    """As Python prints it, and a shape that does not fit is named."""
    place = 'gradients["dWax"][3][1]'
    told = {
        shape: compare((Observation("rnn_backward", place, "", values, shape, 1e-8),)).compared[0]
        for shape, values in {(): (1.0,), (2,): (1.0, 2.0)}.items()
    }
    assert told[()].expected.startswith("11.26410449")
    assert told[2,].expected == "something of another shape"
