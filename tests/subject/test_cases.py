"""subject/cases: the hidden inputs, drawn from a key."""

from itertools import combinations

import numpy as np
import pytest

from rnn_course.subject.cases import all_cases, hidden_cases, published_case
from rnn_course.subject.exercises import EXERCISES
from rnn_utils import published_inputs, same

ALL = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
SEQUENCES = [exercise for exercise in EXERCISES.values() if exercise.cell]
CELLS = [exercise for exercise in EXERCISES.values() if not exercise.cell]


def sizes_of(case):
    """The sizes n_x, n_a, m and T_x (1 for a cell) that a case was drawn with."""
    x = case.given.get("x", case.given.get("xt"))
    a = case.given.get("a0", case.given.get("a_prev"))
    return x.shape[0], a.shape[0], x.shape[1], x.shape[2] if x.ndim == 3 else 1


@ALL
def test_the_same_key_draws_the_same_numbers(exercise):
    """A regrade sees bit for bit what the first grading saw."""
    for one, other in zip(all_cases(exercise, "key"), all_cases(exercise, "key"), strict=True):
        assert one.label == other.label
        for name, value in one.given.items():
            parts = value if isinstance(value, dict) else {name: value}
            others = other.given[name] if isinstance(value, dict) else {name: other.given[name]}
            assert all(np.array_equal(parts[key], others[key]) for key in parts)


@ALL
def test_another_student_gets_other_numbers(exercise):
    """No array of a hidden case is the same for two keys."""
    pairs = zip(hidden_cases(exercise, "s|a|ada"), hidden_cases(exercise, "s|a|bob"), strict=True)
    for one, other in pairs:
        for name in one.given:
            assert not same(one.given[name], other.given[name]), name


def test_another_exercise_gets_other_numbers():
    """Two loops with arguments of the same shapes do not share their inputs."""
    for one, other in zip(
        hidden_cases(EXERCISES["rnn_forward"], "key"),
        hidden_cases(EXERCISES["lstm_forward"], "key"),
        strict=True,
    ):
        assert one.given["x"].shape == other.given["x"].shape
        assert not np.allclose(one.given["x"], other.given["x"])


@ALL
def test_the_cases_of_one_key_differ_in_their_numbers(exercise):
    """No case starts with the first number of another: they are drawn one behind the other."""
    first = [next(iter(case.given.values())).flat[0] for case in hidden_cases(exercise, "key")]
    assert len(set(first)) == len(first)


@ALL
def test_only_the_published_case_is_public(exercise):
    """The published case comes first and alone may be talked about."""
    cases = all_cases(exercise, "key")
    assert [case.label for case in cases if case.public] == ["published"]
    assert cases[0].public


@ALL
def test_the_published_case_holds_the_published_inputs(exercise):
    """It is drawn as rnn_utils.published_inputs draws it."""
    assert same(tuple(published_case(exercise).given.values()), published_inputs(exercise.name))


@ALL
def test_the_sizes_of_a_hidden_case_differ_where_they_are_meant_to(exercise):
    """With all sizes different no transpose and no wrong axis goes unseen."""
    case = hidden_cases(exercise, "key")[0]
    assert case.label == "sizes all different"
    sizes = [size for size in sizes_of(case) if size > 1]
    for arguments in (case.given["parameters"],):
        n_y = next(arguments[key].shape[0] for key in ("Wya", "Wy") if key in arguments)
    assert len({*sizes, n_y}) == len(sizes) + 1


@ALL
def test_hidden_cases_have_pairwise_different_shapes(exercise):
    """No two cases look at the same sizes, and none at the published ones."""
    sizes = [sizes_of(case) for case in hidden_cases(exercise, "key") if "large" not in case.label]
    assert all(one != other for one, other in combinations(sizes, 2))
    assert sizes_of(published_case(exercise)) not in sizes


@ALL
def test_in_each_hidden_case_inputs_and_hidden_units_are_of_different_number(exercise):
    """n_x is never n_a: a swap of the two column blocks would go unseen."""
    for case in hidden_cases(exercise, "key"):
        n_x, n_a, _, _ = sizes_of(case)
        assert n_x != n_a, case.label


@ALL
def test_the_labels_say_what_the_sizes_are(exercise):
    """One example means m = 1, one time step T_x = 1, more inputs n_x > n_a."""
    cases = {case.label: sizes_of(case) for case in hidden_cases(exercise, "key")}
    assert cases["one example"][2] == 1
    n_x, n_a, _, _ = cases["more inputs than hidden units"]
    assert n_x > n_a
    if exercise.cell:
        assert cases["one time step"][3] == 1


@pytest.mark.parametrize("exercise", CELLS, ids=[e.name for e in CELLS])
def test_a_cell_has_no_case_of_one_time_step(exercise):
    """A cell has no time steps."""
    assert [case.label for case in hidden_cases(exercise, "key")] == [
        label for label in exercise.cases if label != "one time step"
    ]


@pytest.mark.parametrize("exercise", SEQUENCES, ids=[e.name for e in SEQUENCES])
def test_a_sequence_has_all_cases(exercise):
    """All hidden cases, in the order of the table."""
    assert [case.label for case in hidden_cases(exercise, "key")] == list(exercise.cases)


@ALL
@pytest.mark.parametrize("key", ["key", "other"])
def test_large_values_saturate(exercise, key):
    """Some hidden state of an RNN, and some candidate of an LSTM, is a tanh of nearly ±1."""
    case = next(case for case in hidden_cases(exercise, key) if case.label == "large values")
    caches = case.arguments[-1] if exercise.forward else case.expected()[exercise.outputs[-1]]
    steps = caches[0] if exercise.cell else [caches]
    position = 6 if exercise.name.startswith("lstm") else 0  # cct, a_next
    assert max(np.abs(step[position]).max() for step in steps) > 0.99


@ALL
def test_a_backward_case_calls_with_upstream_gradients_and_right_caches(exercise):
    """A forward function gets its inputs, a backward function the reference's caches."""
    for case in all_cases(exercise, "key"):
        if exercise.forward:
            assert len(case.arguments) == len(exercise.upstream) + 1
            assert isinstance(case.arguments[-1], tuple)
        else:
            assert list(case.given) == exercise.drawn
            assert len(case.arguments) == len(exercise.drawn)


@ALL
def test_expected_names_the_outputs_in_order(exercise):
    """The names are those of the exercise, in every case, and the arguments stay as they are."""
    for case in all_cases(exercise, "key"):
        assert sorted(case.expected()) == sorted(exercise.outputs)


def test_expected_takes_another_cell():
    """With another cell the expected outputs are those of the loop over it."""
    case = published_case(EXERCISES["rnn_forward"])

    def cell(xt, a_prev, parameters):
        return a_prev + 1, xt[:2], (a_prev,)

    np.testing.assert_allclose(case.expected(cell)["a"][:, :, 3], case.given["a0"] + 4)
