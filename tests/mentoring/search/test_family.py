"""mentoring/family: many programs at once do what each does alone."""

import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from planted import observed

import rnn_utils
from rnn_course.mentoring.printed import EXERCISES
from rnn_course.mentoring.program import PUBLISHED_PROGRAM
from rnn_course.mentoring.search.family import Family, family_numpy
from rnn_course.mentoring.search.reported import Reported
from rnn_course.mentoring.search.trial import Trial

COUNT = 3
NAMES = family_numpy(COUNT)
numpy = NAMES["np"]
SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, max_side=4)
PAIRS_OF_SHAPES = hnp.mutually_broadcastable_shapes(
    num_shapes=2, min_dims=0, max_dims=3, max_side=4
).map(lambda shapes: shapes.input_shapes)


def family(shape, seed=0, count=COUNT):
    """A family of random arrays."""
    return Family(np.random.default_rng(seed).standard_normal((count, *shape)))


def member(value, number):
    """What one program sees."""
    return value.values[number % len(value.values)] if isinstance(value, Family) else value


def assert_alike(ours, plain, *given):
    """The operation on families does to each program what the plain one does to its arrays."""
    together = ours(*given)
    for number in range(COUNT):
        alone = plain(*(member(value, number) for value in given))
        np.testing.assert_allclose(member(together, number), alone, rtol=1e-14)
        assert together.shape == np.shape(alone)


@given(PAIRS_OF_SHAPES, st.sampled_from(["add", "sub", "mul", "truediv", "pow"]), st.booleans())
def test_arithmetic(shapes, name, shared):
    """With broadcasting, and where all programs share one operand."""
    with np.errstate(all="ignore"):
        one, other = family(shapes[0], 1), family(shapes[1], 2, 1 if shared else COUNT)
        operation = getattr(operator, name)
        assert_alike(operation, operation, one, other)
        assert_alike(operation, operation, other, one)
        assert_alike(operation, operation, one, 3)
        assert_alike(operation, operation, 3, one)


@given(SHAPES)
def test_functions_of_numbers(shape):
    """And the minus sign."""
    array = family(shape)
    assert_alike(operator.neg, operator.neg, array)
    assert_alike(NAMES["sigmoid"], rnn_utils.sigmoid, array)
    for name in ("tanh", "exp", "square"):
        assert_alike(getattr(numpy, name), getattr(np, name), array)
    for name in ("multiply", "add", "subtract"):
        assert_alike(getattr(numpy, name), getattr(np, name), array, family(shape, 5))
    assert_alike(numpy.zeros_like, np.zeros_like, array)
    assert_alike(numpy.ones_like, np.ones_like, array)
    assert_alike(numpy.copy, np.copy, array)


@given(hnp.array_shapes(min_dims=1, max_dims=3, max_side=4), st.data())
def test_sums_and_means(shape, data):
    """Along any axis or all, axes kept or not."""
    axis = data.draw(st.none() | st.integers(-len(shape), len(shape) - 1))
    keepdims = data.draw(st.booleans())
    for name in ("sum", "mean"):

        def of(module, name=name):
            return lambda array: getattr(module, name)(array, axis=axis, keepdims=keepdims)

        together, plain = of(numpy)(family(shape)), of(np)
        for number in range(COUNT):
            np.testing.assert_allclose(
                member(together, number), plain(member(family(shape), number))
            )


@given(hnp.array_shapes(min_dims=1, max_dims=3, max_side=4))
def test_transposes_and_softmax(shape):
    """The first axis is each program's own."""
    assert_alike(lambda a: a.T, lambda a: a.T, family(shape))
    ours, array = NAMES["softmax"](family(shape)), family(shape)
    for number in range(COUNT):
        np.testing.assert_allclose(member(ours, number), rnn_utils.softmax(member(array, number)))


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), st.booleans())
def test_products(n, k, m, shared):
    """Of matrices; a number multiplies."""
    one, other = family((n, k)), family((k, m), 1, 1 if shared else COUNT)
    together = numpy.dot(one, other)
    for number in range(COUNT):
        wanted = member(one, number) @ member(other, number)
        np.testing.assert_allclose(member(together, number), wanted)
    assert_alike(numpy.dot, np.dot, one, 2.0)
    np.testing.assert_array_equal((one @ other).values, together.values)


@given(hnp.array_shapes(min_dims=3, max_dims=3, min_side=2, max_side=4), st.booleans())
def test_entries_and_views(shape, shared):
    """What is assigned through one name is seen through another, as with arrays."""
    ours, part = family(shape), family(shape[:2], 3, 1 if shared else COUNT)
    plain = [member(ours, number).copy() for number in range(COUNT)]
    view, other, copy = ours[:, :, 0], ours, ours[:, :, 0].copy()
    ours[:, :, 0] = part
    other[1] = 7
    other += 1
    for number, array in enumerate(plain):
        first, kept = array[:, :, 0], array[:, :, 0].copy()
        array[:, :, 0] = member(part, number)
        array[1] = 7
        array += 1
        np.testing.assert_array_equal(member(ours, number), array)
        np.testing.assert_array_equal(member(view, number), first)
        np.testing.assert_array_equal(member(copy, number), kept)
        np.testing.assert_array_equal(member(ours[-1][:1], number), array[-1][:1])


@given(st.sampled_from(["iadd", "isub", "imul", "itruediv"]), st.booleans())
def test_in_place(name, shared):
    """The array stays the same one, so that other names see it."""
    ours, value = family((2, 3)), family((3,), 4, 1 if shared else COUNT)
    plain = [member(ours, number).copy() for number in range(COUNT)]
    alias = ours
    assert getattr(operator, name)(ours, value) is alias
    for number, array in enumerate(plain):
        getattr(operator, name)(array, member(value, number))
        np.testing.assert_array_equal(member(alias, number), array)


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("counts", [(3, 3), (1, 3), (3, 1), (1, 1)])
def test_concatenate(axis, counts):
    """Of families and of what all programs share."""
    arrays = tuple(family((2, 2), seed, count) for seed, count in enumerate(counts))
    together = numpy.concatenate(arrays, axis=axis)
    for number in range(max(counts)):
        wanted = np.concatenate([member(array, number) for array in arrays], axis=axis)
        np.testing.assert_array_equal(member(together, number), wanted)


def test_new_arrays_are_each_programs_own():
    """Zeros can be filled with what differs."""
    zeros = numpy.zeros((2, 3))
    zeros[0] = family((3,))
    assert zeros.values.shape == (COUNT, 2, 3)
    assert not np.array_equal(member(zeros, 0), member(zeros, 1))
    np.testing.assert_array_equal(numpy.ones(2).values, np.ones((COUNT, 2)))


@pytest.mark.parametrize(
    "unknown",
    [
        lambda a: numpy.einsum("ij->i", a),
        lambda a: numpy.dot(a, a[0]),
        lambda a: numpy.dot(a, a),
        lambda a: a @ a,
        lambda a: np.tanh(a),
        lambda a: numpy.sum(a, axis=2),
        lambda a: numpy.sum(a, axis=-3),
        lambda a: numpy.concatenate((a, a), axis=2),
        lambda a: a + np.zeros(7),
        lambda a: a + None,
        lambda a: a[5],
        lambda a: a[:, :, 0],
        lambda a: float(a),
        lambda a: len(a),
        lambda a: numpy.zeros(2, dtype=int),
        lambda a: operator.setitem(Family(a.values[:1]), 0, a[0]),
        lambda a: operator.iadd(Family(a.values[:1]), a),
        lambda a: operator.iadd(a[0], a),
        lambda a: operator.setitem(a, 0, a),
        lambda a: operator.setitem(a, 0, Family(np.ones((1, 3, 3)))),
    ],
)
def test_what_is_not_known_raises(unknown):
    """Nothing is guessed: those programs run one by one."""
    with pytest.raises((TypeError, ValueError, IndexError, AttributeError)):
        unknown(family((2, 3)))


@pytest.mark.parametrize("function", EXERCISES)
def test_the_published_functions_run_for_many_programs(function):
    """Each of them prints what the published one prints."""
    trial = Trial(PUBLISHED_PROGRAM, Reported(observed(function)))
    rows = trial._run(PUBLISHED_PROGRAM, COUNT)
    np.testing.assert_allclose(rows, np.repeat(trial.predicted, COUNT, axis=0), rtol=1e-13)
