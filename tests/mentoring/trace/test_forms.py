"""mentoring/forms: right programs, run with each visit noted."""

import ast

import numpy as np
import pytest

from rnn_course.mentoring.trace import forms
from rnn_course.subject.cases import published_case
from rnn_course.subject.exercises import EXERCISES


@pytest.mark.parametrize("name", EXERCISES)
def test_the_last_moment_returns_what_the_reference_does(name):
    """The forms run on the published case."""
    returned = list(forms.watched(name).moments.values())[-1].after[forms.RETURN]
    expected = published_case(EXERCISES[name]).expected()
    returned = EXERCISES[name].named(returned)
    for key, value in expected.items():
        if isinstance(value, np.ndarray):
            np.testing.assert_allclose(returned[key], value)


def test_each_step_of_a_loop_is_a_visit():
    """Before and after it, with the call it made; what comes later changes neither."""
    watched = forms.watched("rnn_backward")
    ((path, outside),) = watched.loops
    assert (outside, watched.loops[path, ()]) == ((), [3, 2, 1, 0])
    first, *_, last = (watched.moments[(*path, 1), visit] for visit in watched.visits((*path, 1)))
    assert not first.before["da_prevt"].any()
    np.testing.assert_array_equal(first.after["da_prevt"], first.after["gradients"]["da_prev"])
    assert not np.array_equal(last.after["da_prevt"], first.after["da_prevt"])
    call = watched.moments[(*path, 0), (1,)].calls["rnn_cell_backward"]
    np.testing.assert_array_equal(
        call[1]["dWax"], watched.moments[(*path, 3), (1,)].before["gradients"]["dWax"]
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a, (b, c) = d", ["a", "b", "c"]),
        ("dx[:, :, t] = dxt", ["dx"]),
        ("dWf += gradients['dWf']", ["dWf"]),
        ("caches.append(cache)", ["caches"]),
        ("total = sum(k for k in range(3))", ["total"]),
        ("import numpy as np", ["np"]),
        ("print(a)", []),
    ],
)
def test_what_a_statement_binds(text, names):
    """Names, and names of which a part is changed; not those of a comprehension."""
    assert forms.bound(ast.parse(text).body[0]) == names
