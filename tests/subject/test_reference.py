"""subject/…/reference: the right functions of all assignments say the same as the taught form."""

import copy
import inspect

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from subject.samples import (
    MODEST,
    SIZES,
    SMALL,
    arguments_of,
    assert_equal_trees,
    drawn,
    inputs_of,
    items,
    locked,
)

from rnn_course.subject import published
from rnn_course.subject.exercises import EXERCISES, reference
from rnn_published import PUBLISHED, random_inputs, returns_dictionary, shapes_of

TAUGHT = published.build()
SEEDS = st.integers(0, 2**32)
BACKWARD = [name for name, exercise in EXERCISES.items() if exercise.forward]
OTHERS = [name for name in PUBLISHED if name in TAUGHT and name not in BACKWARD]
STEPPED = sorted(  # what a complex step goes through
    {e.forward or e.name for e in EXERCISES.values() if e.gradients} | {"language_loss"}
)


@pytest.mark.parametrize("name", OTHERS)
@MODEST
@given(sizes=SIZES, seed=SEEDS)
def test_a_function_agrees_with_the_taught_form(name, sizes, seed):
    """Outputs and caches are the same to 1e-12 for any sizes."""
    arguments, _ = inputs_of(name, sizes, seed)
    assert_equal_trees(reference(name)(*arguments), TAUGHT[name](*arguments))


@pytest.mark.parametrize("name", BACKWARD)
@MODEST
@given(sizes=SIZES, seed=SEEDS)
def test_a_backward_function_agrees_with_the_taught_form(name, sizes, seed):
    """Gradients are the same to 1e-12 for any sizes, each with its own forward pass."""
    arguments, upstream = inputs_of(name, sizes, seed)
    forward = EXERCISES[name].forward
    mine = reference(name)(*upstream, reference(forward)(*arguments)[-1])
    assert_equal_trees(mine, TAUGHT[name](*upstream, TAUGHT[forward](*arguments)[-1]))


def without_cache(name, outputs):
    """The outputs of a function of the table that are arrays, in order."""
    names = shapes_of(PUBLISHED[name].outputs, {})
    outputs = outputs if len(names) > 1 else (outputs,)
    return [out for key, out in zip(names, outputs, strict=True) if "cache" not in key]


@pytest.mark.parametrize("name", STEPPED)
def test_a_complex_number_passes_through_a_forward_function(name):
    """An imaginary part of the first array of floats arrives in each output; none is dropped."""
    values = drawn(name, SMALL)
    first = next(key for key, (_, below) in items(name).items() if not below)
    real = without_cache(name, reference(name)(*values.values()))
    moved = reference(name)(*(values | {first: values[first] + 1e-30j}).values())
    for output, before in zip(without_cache(name, moved), real, strict=True):
        assert np.iscomplexobj(output)
        assert np.abs(output.imag).max() > 0
        np.testing.assert_allclose(output.real, before, rtol=1e-14)


@pytest.mark.parametrize("name", [name for name in STEPPED if "parameters" in drawn(name, SMALL)])
def test_a_complex_parameter_passes_through_a_forward_function(name):
    """One of a column of a parameter arrives in some output; the cell on tokens has no head."""
    *rest, parameters = drawn(name, SMALL).values()
    for key, array in parameters.items():
        column = np.zeros(array.shape)
        column[:, :1] = np.arange(1, len(array) + 1)[:, np.newaxis]
        moved = reference(name)(*rest, parameters | {key: array + 1e-30j * column})
        felt = [np.abs(np.imag(output)).max() > 0 for output in without_cache(name, moved)]
        assert any(felt) is not (name == "token_cell_forward" and key in ("Wy", "by")), key


@pytest.mark.parametrize("name", BACKWARD)
@MODEST
@given(sizes=SIZES, seed=SEEDS)
def test_a_backward_function_is_linear_in_the_upstream_gradients(name, sizes, seed):
    """Twice one minus three times another gives twice the gradients minus three times those."""
    *one, caches = arguments_of(name, sizes, seed)
    generator = np.random.default_rng(seed + 1)
    other = [generator.standard_normal(array.shape) for array in one]
    both = [2 * a - 3 * b for a, b in zip(one, other, strict=True)]
    first, second, mixed = (reference(name)(*u, caches) for u in (one, other, both))
    assert_equal_trees(mixed, {key: 2 * first[key] - 3 * second[key] for key in first}, 1e-11)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_function_leaves_its_arguments_as_they_were(name):
    """Caches included: nothing is written to, no key and no entry comes or goes."""
    arguments = locked(arguments_of(name, SMALL))
    before = copy.deepcopy(arguments)
    outputs = reference(name)(*arguments)
    assert_equal_trees(arguments, before, rtol=0)
    named = EXERCISES[name].named(outputs) if name in EXERCISES else True
    assert named


@pytest.mark.parametrize("name", EXERCISES)
def test_a_function_that_repeats_another_takes_it_as_an_argument(name):
    """It is the exercise's cell unless told otherwise; the others take none."""
    arguments = inspect.signature(reference(name)).parameters
    assert ("cell" in arguments) is bool(EXERCISES[name].cell)
    if EXERCISES[name].cell:
        assert arguments["cell"].default is reference(EXERCISES[name].cell)
        assert [*arguments][-1] == "cell"


@pytest.mark.parametrize("name", [name for name in EXERCISES if name not in BACKWARD])
def test_a_function_takes_its_inputs_under_the_names_of_the_table(name):
    """In the order in which they are drawn."""
    arguments = [key for key in inspect.signature(reference(name)).parameters if key != "cell"]
    assert arguments == EXERCISES[name].drawn
    assert len(random_inputs(name)) == len(arguments)


@pytest.mark.parametrize("name", BACKWARD)
def test_a_backward_function_takes_upstream_gradients_and_then_caches(name):
    """And gives a dictionary."""
    arguments = [key for key in inspect.signature(reference(name)).parameters if key != "cell"]
    assert arguments[:-1] == EXERCISES[name].upstream
    assert arguments[-1] in ("cache", "caches")
    assert returns_dictionary(name)
