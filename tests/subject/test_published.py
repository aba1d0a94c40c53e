"""subject/published: the taught form of all assignments, as text and as functions."""

import numpy as np

from rnn_course.subject import published
from rnn_course.subject.exercises import EXERCISES
from rnn_utils import published_inputs


def test_source_holds_each_exercise():
    """One text a function, each with one def, in the order of the exercises."""
    assert [name for name in published.SOURCE if name in EXERCISES] == list(EXERCISES)
    for name, source in published.SOURCE.items():
        assert source.startswith(f"def {name}(")
        assert source.count("def ") == 1


def test_build_gives_the_functions_of_the_sources_that_it_gets():
    """A replaced source changes its own function, and a loop repeats the replaced cell."""
    source = "def rnn_cell_forward(xt, a_prev, parameters):\n    return a_prev, xt[:2], 'cache'\n"
    functions = published.build({"rnn_cell_forward": source})
    assert list(functions) == list(published.SOURCE)
    x, a0, parameters = published_inputs("rnn_forward")
    a, _, caches = functions["rnn_forward"](x, a0, parameters)
    assert np.array_equal(a[:, :, 3], a0)
    assert caches[0] == ["cache"] * 4
    assert not np.array_equal(published.build()["rnn_forward"](x, a0, parameters)[0], a)
