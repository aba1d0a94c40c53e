"""subject/…/standin: functions of simple arithmetic in the shape of the ones that are repeated."""

import copy

import numpy as np
import pytest
from hypothesis import given
from subject.samples import (
    MODEST,
    SIZES,
    SMALL,
    arguments_of,
    assert_equal_trees,
    leaves,
    locked,
    shapes,
)

from rnn_course.subject.exercises import EXERCISES, reference

REPEATED = {exercise.cell: exercise for exercise in EXERCISES.values() if exercise.cell}
ALL = pytest.mark.parametrize("name", REPEATED)


def standin(name):
    """The stand-in for a function that some exercise repeats."""
    return REPEATED[name].standin


@ALL
@MODEST
@given(sizes=SIZES)
def test_the_stand_in_returns_the_shapes_of_the_real_function(name, sizes):
    """Outputs, caches and gradients have the names and shapes of the reference, for all sizes."""
    arguments = arguments_of(name, sizes)
    assert shapes(standin(name)(*arguments)) == shapes(reference(name)(*arguments))


@ALL
def test_the_stand_in_leaves_its_arguments_as_they_were(name):
    """One that changed its arguments would blame the student's loop."""
    arguments = locked(arguments_of(name, SMALL))
    before = copy.deepcopy(arguments)
    assert standin(name)(*arguments) is not None
    assert_equal_trees(arguments, before, rtol=0)


@ALL
def test_the_stand_in_is_no_network(name):
    """It gives nothing away: none of its numbers are those of the reference."""
    arguments = arguments_of(name, SMALL)
    given_ones = {id(leaf) for leaf in leaves(arguments)}
    pairs = zip(leaves(standin(name)(*arguments)), leaves(reference(name)(*arguments)), strict=True)
    made = [(mine, real) for mine, real in pairs if id(real) not in given_ones]
    assert made
    assert not any(np.allclose(mine, real) for mine, real in made)


@ALL
def test_the_text_of_the_stand_in_needs_numpy_alone(name):
    """It goes to where the student's code runs, and nothing else of its module does."""
    ((own_name, text),) = REPEATED[name].standins.items()
    assert own_name == name
    namespace = {"np": np}
    exec(text, namespace)
    arguments = arguments_of(name, SMALL)
    assert_equal_trees(namespace[name](*arguments), standin(name)(*arguments), rtol=0)


def outputs(result):
    """What a function returned, as a list; of a forward cell without its cache."""
    if isinstance(result, dict):
        return list(result.values())
    return list(result[:-1]) if isinstance(result, tuple) else [result]


@ALL
def test_each_output_of_the_stand_in_feels_each_argument_that_a_loop_could_mix_up(name):
    """Tokens, states and upstream gradients all count, so one in the wrong place is noticed."""
    arguments = arguments_of(name, SMALL)
    before = outputs(standin(name)(*arguments))
    places = [k for k, argument in enumerate(arguments) if isinstance(argument, np.ndarray)]
    assert places
    for k in places:
        after = outputs(standin(name)(*arguments[:k], arguments[k] + 1, *arguments[k + 1 :]))
        assert not any(np.allclose(*pair) for pair in zip(before, after, strict=True)), k


@pytest.mark.parametrize("name", [name for name in REPEATED if "backward" in name])
def test_a_backward_stand_in_feels_which_cache_it_gets(name):
    """That of another step gives other gradients, each of them but those of biases."""
    sizes = SMALL | {"n_x": 9}
    *upstream, cache = arguments_of(name, sizes)
    other = (*arguments_of(name, sizes, seed=1)[-1][:-1], cache[-1])
    one, two = (standin(name)(*upstream, cache) for cache in (cache, other))
    assert not any(np.allclose(one[key], two[key]) for key in one if not key.startswith("db"))
