"""subject/gradients: the oracle is independent of backward, and refuses what is wrong."""

import numpy as np
import pytest

from rnn_course.subject.cases import all_cases, published_case
from rnn_course.subject.exercises import EXERCISES, of, reference
from rnn_course.subject.gradients import (
    OracleError,
    certify,
    directional,
    objective,
    per_entry,
    variables,
)
from rnn_published import PUBLISHED, draw_names, shapes_of

BACKWARD = [name for name, exercise in EXERCISES.items() if exercise.forward]
DIFFERENTIATED = [name for name, exercise in EXERCISES.items() if exercise.gradients]
CASES = [case for name in DIFFERENTIATED for case in all_cases(EXERCISES[name], "a key")]
NAMES = [f"{case.exercise.name}, {case.label}" for case in CASES]
CENTRAL = [case for case in CASES if case.label in ("large values", "one example")]


def gradients_of(case):
    """The reference's gradients; cross_entropy has a loss beside its own."""
    expected = case.expected()
    return {name: expected[name] for name in case.exercise.gradients}


def test_backward_functions_and_the_loss_have_gradients():
    """Those of the first assignment are backward functions all."""
    assert set(DIFFERENTIATED) - set(BACKWARD) == {"cross_entropy"}
    assert set(BACKWARD) <= set(DIFFERENTIATED)


def assert_gradient(mine, true, tolerance, name):
    """mine is true to tolerance of the largest entry; what mine leaves out of true is zero."""
    if mine.shape != true.shape:  # dx covers the steps of da, x may be longer
        assert name == "dx"
        assert not true[..., mine.shape[-1] :].any()
        true = true[..., : mine.shape[-1]]
    atol = max(tolerance * np.abs(true).max(), 1e-15)
    np.testing.assert_allclose(mine, true, rtol=0, atol=atol, err_msg=name)


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_every_entry_of_every_gradient_agrees_with_the_complex_step(case):
    """Reference and complex step agree to 1e-12 of the largest entry, with no common code."""
    true = per_entry(case)
    gradients = gradients_of(case)
    assert gradients.keys() == true.keys()
    for name, gradient in gradients.items():
        assert_gradient(gradient, true[name], 1e-12, name)


@pytest.mark.parametrize(
    "case", CENTRAL, ids=[f"{case.exercise.name}, {case.label}" for case in CENTRAL]
)
def test_every_gradient_agrees_with_central_differences(case):
    """The complex step is itself held against plain differences of the real objective, to 1e-6."""
    h = 1e-5
    for name, array in variables(case).items():
        numeric = np.empty(array.shape)
        for index in np.ndindex(array.shape):
            up, down = array.copy(), array.copy()
            up[index] += h
            down[index] -= h
            numeric[index] = (objective(case, {name: up}) - objective(case, {name: down})) / (2 * h)
        gradient = case.expected()["d" + name]
        if gradient.shape != numeric.shape:
            numeric = numeric[..., : gradient.shape[-1]]
        atol = max(1e-6 * np.abs(gradient).max(), 1e-8)
        np.testing.assert_allclose(gradient, numeric, rtol=0, atol=atol, err_msg=name)


@pytest.mark.parametrize("name", [name for name in BACKWARD if name in of("rnn-step-by-step")])
def test_loss_is_the_upstream_gradients_times_what_the_caches_hold(name):
    """J of the unmoved inputs is the sum that the docstring names, computed from the caches."""
    case = published_case(EXERCISES[name])
    *upstream, caches = case.arguments
    steps = [caches] if EXERCISES[name].cell == "" else caches[0]
    total = 0.0
    for position, gradient in enumerate(upstream):  # a_next is cache[0], c_next is cache[1]
        slices = gradient[..., None] if gradient.ndim == 2 else gradient
        total += sum(np.sum(slices[:, :, t] * steps[t][position]) for t in range(slices.shape[2]))
    np.testing.assert_allclose(objective(case, {}), total, rtol=1e-12)


@pytest.mark.parametrize("name", BACKWARD)
def test_loss_is_the_upstream_gradients_times_the_outputs(name):
    """dlogits belongs to logits, dc_next to c_next; what da leaves out of a does not count."""
    case, forward = published_case(EXERCISES[name]), EXERCISES[name].forward
    outputs = reference(forward)(*(case.given[key] for key in draw_names(forward)))
    names = list(shapes_of(PUBLISHED[forward].outputs, {}))
    total = 0.0
    for key in EXERCISES[name].upstream:
        gradient, output = case.given[key], outputs[names.index(key.removeprefix("d"))]
        total += np.einsum("...,...", gradient, output[..., : gradient.shape[-1]]).sum()
    np.testing.assert_allclose(objective(case, {}), total, rtol=1e-12)


def test_loss_of_what_has_no_upstream_gradient_is_its_first_output():
    """cross_entropy's loss, whose gradient is its second output."""
    case = published_case(EXERCISES["cross_entropy"])
    assert EXERCISES["cross_entropy"].upstream == []
    assert objective(case, {}) == case.expected()["loss"]
    assert list(variables(case)) == ["logits"]


def test_directional_is_linear_in_the_direction():
    """Twice the direction, twice the derivative; two directions add up."""
    case = published_case(EXERCISES["rnn_cell_backward"])
    ones = {name: np.ones(array.shape) for name, array in variables(case).items()}
    single = sum(directional(case, {name: one}) for name, one in ones.items())
    np.testing.assert_allclose(directional(case, ones), single, rtol=1e-12)
    twice = {name: 2 * one for name, one in ones.items()}
    np.testing.assert_allclose(directional(case, twice), 2 * single, rtol=1e-12)


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_certify_passes_the_right_gradients(case):
    """The reference is certified in every case, the saturated one included."""
    assert certify(case, case.expected()) is None


@pytest.mark.parametrize("name", DIFFERENTIATED)
def test_certify_refuses_each_gradient_with_one_wrong_entry(name):
    """One entry of one gradient off by 1e-3 of the largest is enough, in each case."""
    for case in all_cases(EXERCISES[name], "a key"):
        right = case.expected()
        for output, gradient in gradients_of(case).items():
            corrupted = gradient.copy()
            corrupted.flat[gradient.size // 2] += 1e-3 * max(np.abs(gradient).max(), 1e-3)
            with pytest.raises(OracleError, match=name):
                certify(case, right | {output: corrupted})


@pytest.mark.parametrize("name", DIFFERENTIATED)
def test_certify_refuses_gradients_that_are_not_finite(name):
    """NaN compares with nothing, so it must not pass."""
    case = published_case(EXERCISES[name])
    right = case.expected()
    for output, gradient in gradients_of(case).items():
        with pytest.raises(OracleError):
            certify(case, right | {output: np.full_like(gradient, np.nan)})
