"""subject/reference: the right functions say the same as the published form."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_course.subject import published
from rnn_course.subject.exercises import EXERCISES
from rnn_course.subject.rnn_step_by_step import reference
from rnn_published import draw

MODEST = settings(max_examples=25, deadline=None, database=None, derandomize=True)
PUBLISHED_FORM = published.build()
sizes_of_all = st.fixed_dictionaries(
    {key: st.integers(1, 6) for key in ("n_x", "n_a", "n_y", "m", "T_x")}
)


def inputs_of(name, sizes, seed, dtype=float):
    """Random inputs of an exercise: forward arguments, upstream gradients."""
    generator = np.random.default_rng(seed)

    def normal(*shape):
        return generator.standard_normal(shape).astype(dtype)

    given_inputs = draw(name, normal, sizes | {"T_da": sizes["T_x"]})
    upstream = [key for key in given_inputs if key.startswith("d")]
    return [v for k, v in given_inputs.items() if k not in upstream], [
        given_inputs[key] for key in upstream
    ]


def assert_equal_trees(one, other, rtol=1e-12):
    """Two trees of arrays agree to rtol of the largest entry."""
    if isinstance(other, dict):
        assert one.keys() == other.keys()
        for key in other:
            assert_equal_trees(one[key], other[key], rtol)
    elif isinstance(other, (tuple, list)):
        assert type(one) is type(other)
        assert len(one) == len(other)
        for pair in zip(one, other, strict=True):
            assert_equal_trees(*pair, rtol)
    else:
        atol = rtol * max(np.abs(other).max(), 1.0)
        np.testing.assert_allclose(one, other, rtol=0, atol=atol)


@pytest.mark.parametrize("name", [e.name for e in EXERCISES.values() if not e.forward])
@MODEST
@given(sizes=sizes_of_all, seed=st.integers(0, 2**32))
def test_forward_functions_agree_with_the_published_form(name, sizes, seed):
    """Outputs and caches are the same to 1e-12 for any sizes."""
    arguments, _ = inputs_of(name, sizes, seed)
    assert_equal_trees(getattr(reference, name)(*arguments), PUBLISHED_FORM[name](*arguments))


@pytest.mark.parametrize("name", [e.name for e in EXERCISES.values() if e.forward])
@MODEST
@given(sizes=sizes_of_all, seed=st.integers(0, 2**32))
def test_backward_functions_agree_with_the_published_form(name, sizes, seed):
    """Gradients are the same to 1e-12 for any sizes, each with its own forward pass."""
    arguments, upstream = inputs_of(name, sizes, seed)
    forward = EXERCISES[name].forward
    mine = getattr(reference, name)(*upstream, getattr(reference, forward)(*arguments)[-1])
    theirs = PUBLISHED_FORM[name](*upstream, PUBLISHED_FORM[forward](*arguments)[-1])
    assert_equal_trees(mine, theirs)


@pytest.mark.parametrize("name", [e.name for e in EXERCISES.values() if not e.forward])
def test_complex_inputs_pass_through_the_forward_functions(name):
    """An imaginary part of one argument arrives in the outputs, the real parts stay the same."""
    sizes = {"n_x": 2, "n_a": 3, "n_y": 2, "m": 2, "T_x": 3}
    (first, *rest), _ = inputs_of(name, sizes, 0)
    real = getattr(reference, name)(first, *rest)
    moved = getattr(reference, name)(first + 1e-30j, *rest)
    for output, before in list(zip(moved, real, strict=True))[:-1]:
        assert np.iscomplexobj(output)
        assert np.abs(output.imag).max() > 0
        np.testing.assert_allclose(output.real, before, rtol=1e-14)


@pytest.mark.parametrize("name", [e.name for e in EXERCISES.values() if e.forward])
def test_complex_inputs_pass_through_the_backward_functions(name):
    """A complex upstream gradient comes out as complex gradients: backward is linear in it."""
    sizes = {"n_x": 2, "n_a": 3, "n_y": 2, "m": 2, "T_x": 3}
    arguments, upstream = inputs_of(name, sizes, 0)
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
    sizes = {"n_x": 2, "n_a": 3, "n_y": 2, "m": 2, "T_x": 5}
    arguments, (da,) = inputs_of("lstm_backward", sizes, 1)
    steps, x = reference.lstm_forward(*arguments)[-1]
    whole = reference.lstm_backward(da[:, :, :2], (steps, x))
    assert_equal_trees(whole, reference.lstm_backward(da[:, :, :2], (steps[:2], x)))
    assert whole["dx"].shape == (2, 2, 2)
