"""subject/cases: what the hidden cases of the second assignment are chosen for."""

import numpy as np
import pytest

from rnn_course.subject.cases import hidden_cases
from rnn_course.subject.exercises import of
from rnn_published import PUBLISHED

EXERCISES = of("lstm-language-network")
ON_TOKENS = [name for name in EXERCISES if "<n_x" in PUBLISHED[name].draws]


def cases_of(name, key="key"):
    """The hidden cases of an exercise by label."""
    return {case.label: case for case in hidden_cases(EXERCISES[name], key)}


@pytest.mark.parametrize("key", ["key", "other"])
def test_the_gradients_to_clip_lie_on_both_sides_of_the_largest_norm(key):
    """Whoever always scales, or never, is found; so is whoever compares the norm with one."""
    norms = {}
    for label, case in cases_of("clip_gradients", key).items():
        gradients, largest = case.arguments
        norm = np.sqrt(sum(np.sum(array**2) for array in gradients.values()))
        norms[label] = norm, largest
    norm, largest = norms["above the largest norm"]
    assert norm > largest
    norm, largest = norms["below the largest norm"]
    assert norm < largest
    norm, largest = norms["small numbers"]
    assert largest < norm < 1


def test_a_pair_of_gradients_is_zero_on_both_sides():
    """Only there is 0 / 0 a danger; nowhere else is an array zero."""
    for label, case in cases_of("relative_errors").items():
        for gradients in case.arguments:
            zero = [name for name, array in gradients.items() if not array.any()]
            assert zero == ["dWf"] * (label == "one pair is zero")


@pytest.mark.parametrize("name", ON_TOKENS)
def test_some_token_stands_twice(name):
    """In some case for each key: by count, whatever is drawn."""
    beside = "T_x" if name == "forum_backward" else "m"  # one sequence
    rows = [EXERCISES[name].cases[label] for label in cases_of(name)]
    assert any(row[beside] > row["n_x"] for row in rows)


def test_huge_logits_are_too_large_for_an_exponential():
    """Without the maximum taken off, the softmax is no number."""
    for key in ("key", "other"):
        case = cases_of("cross_entropy", key)["huge logits"]
        assert np.abs(case.given["logits"]).max() > 710
        assert np.isfinite(case.expected()["loss"])


def test_the_numerical_gradients_are_of_arrays_of_both_shapes_and_of_both_parts():
    """Weights and biases, of the cell and of the head; and of more than one step h."""
    for name in ("central_difference", "complex_step"):
        names = {case.given["name"] for case in cases_of(name).values()}
        assert {key[0] for key in names} == {"W", "b"}
        assert {key[1] == "y" for key in names} == {True, False}
    assert len({case.given["h"] for case in cases_of("central_difference").values()}) > 1
