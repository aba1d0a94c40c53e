"""subject/cases: the hidden inputs, drawn from a key."""

import re
from itertools import combinations

import numpy as np
import pytest
from subject.samples import assert_equal_trees, flat, items

from rnn_course.subject.cases import all_cases, hidden_cases, published_case
from rnn_course.subject.exercises import EXERCISES, of, reference
from rnn_published import PUBLISHED, shapes_of
from rnn_utils import published_inputs

ALL = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
FIRST = of("rnn-step-by-step")
TIMED = [exercise for exercise in EXERCISES.values() if exercise.has_steps]
TIMELESS = [exercise for exercise in EXERCISES.values() if not exercise.has_steps]
CELLED = [exercise for exercise in EXERCISES.values() if exercise.cell]
SATURATED = [
    exercise
    for exercise in EXERCISES.values()
    if "large values" in exercise.cases and (exercise.forward or exercise.cache_fields)
]


def sizes_of(case):
    """The sizes that a case was drawn with, those that count in it: {'n_x': 3, …}."""
    row = PUBLISHED[case.exercise.name].sizes if case.public else case.exercise.cases[case.label]
    counts = set(re.findall(r"\w+", PUBLISHED[case.exercise.name].draws))
    return {name: row[name] for name in ("n_x", "n_a", "n_y", "m", "T_x") if name in counts}


def numbers_of(case):
    """What was drawn for a case, by path: no constant, and nothing that its sizes set."""
    fixed = case.exercise.cases.get(case.label, {})
    constants = items(case.exercise.name)
    return {
        path: value
        for path, value in flat(case.given).items()
        if constants[path][0] is None and path.split()[-1] not in fixed
    }


@ALL
def test_the_same_key_draws_the_same_numbers(exercise):
    """A regrade sees bit for bit what the first grading saw."""
    for one, other in zip(all_cases(exercise, "key"), all_cases(exercise, "key"), strict=True):
        assert one.label == other.label
        assert_equal_trees(one.given, other.given, rtol=0)


@ALL
def test_another_student_gets_other_numbers(exercise):
    """No array of a hidden case is the same for two keys; few tokens may be, but not in all."""
    same_tokens = {path: True for path, (_, below) in items(exercise.name).items() if below}
    pairs = zip(hidden_cases(exercise, "s|a|ada"), hidden_cases(exercise, "s|a|bob"), strict=True)
    for one, other in pairs:
        ada, bob = numbers_of(one), numbers_of(other)
        assert ada.keys() == bob.keys()
        for path in ada:
            if path in same_tokens:
                same_tokens[path] &= np.array_equal(ada[path], bob[path])
            else:
                assert not np.isclose(ada[path], bob[path]).any(), path
    assert not any(same_tokens.values())


@ALL
def test_what_a_student_cannot_change_is_the_same_for_all(exercise):
    """A name, a step, a largest norm, and what the sizes set to zero."""
    pairs = zip(hidden_cases(exercise, "s|a|ada"), hidden_cases(exercise, "s|a|bob"), strict=True)
    for one, other in pairs:
        drawn = numbers_of(one).keys()
        ada, bob = (
            {k: v for k, v in flat(c.given).items() if k not in drawn} for c in (one, other)
        )
        assert_equal_trees(ada, bob, rtol=0)


@pytest.mark.parametrize(
    ("one", "other"),
    [("rnn_forward", "lstm_forward"), ("token_cell_forward", "token_cell_backward")],
)
def test_another_exercise_gets_other_numbers(one, other):
    """Two functions with arguments of the same shapes do not share their inputs."""
    first = next(path for path, (_, below) in items(one).items() if not below)
    for mine, theirs in zip(
        hidden_cases(EXERCISES[one], "key"), hidden_cases(EXERCISES[other], "key"), strict=True
    ):
        assert mine.given[first].shape == theirs.given[first].shape
        assert not np.allclose(mine.given[first], theirs.given[first])


@ALL
def test_the_cases_of_one_key_differ_in_their_numbers(exercise):
    """No case starts with the first number of another: they are drawn one behind the other."""
    tokens = {path for path, (_, below) in items(exercise.name).items() if below}
    firsts = []
    for case in hidden_cases(exercise, "key"):
        arrays = [array for path, array in numbers_of(case).items() if path not in tokens]
        firsts.append(arrays[0].flat[0] / exercise.cases[case.label].get("scale", 1.0))
    assert len(set(firsts)) == len(firsts)


@ALL
def test_only_the_published_case_is_public(exercise):
    """The published case comes first and alone may be talked about."""
    cases = all_cases(exercise, "key")
    assert [case.label for case in cases if case.public] == ["published"]
    assert cases[0].public


@ALL
def test_the_published_case_holds_the_published_inputs(exercise):
    """It is drawn as rnn_utils.published_inputs draws it."""
    mine = tuple(published_case(exercise).given.values())
    assert_equal_trees(mine, published_inputs(exercise.name), rtol=0)


@ALL
def test_every_array_has_the_shape_that_the_sizes_of_its_case_give_it(exercise):
    """And tokens are whole numbers below what they count."""
    for case in hidden_cases(exercise, "key"):
        sizes = {"T_da": sizes_of(case).get("T_x")} | exercise.cases[case.label]
        shapes = shapes_of(PUBLISHED[exercise.name].draws, sizes)
        for path, value in flat(case.given).items():
            _, below = items(exercise.name)[path]
            if shapes[path.split()[-1]]:
                assert value.shape == shapes[path.split()[-1]], path
                assert value.dtype == (int if below else float)
            if below:
                assert value.min() >= 0
                assert value.max() < sizes[below]


# --- the sizes -----------------------------------------------------------------------------


@ALL
def test_the_sizes_of_a_hidden_case_differ_where_they_are_meant_to(exercise):
    """With all sizes different no transpose and no wrong axis goes unseen."""
    cases = {case.label: sizes_of(case) for case in hidden_cases(exercise, "key")}
    apart = [sizes for sizes in cases.values() if len(set(sizes.values())) == len(sizes)]
    assert apart
    if "sizes all different" in cases or exercise.name in FIRST:
        assert cases["sizes all different"] is next(iter(cases.values()))
        assert cases["sizes all different"] in apart
        assert 1 not in cases["sizes all different"].values()


@ALL
def test_hidden_cases_have_pairwise_different_shapes(exercise):
    """No two cases look at the same sizes, and none at the published ones."""
    sizes = [sizes_of(case) for case in hidden_cases(exercise, "key") if "large" not in case.label]
    assert all(one != other for one, other in combinations(sizes, 2))
    assert sizes_of(published_case(exercise)) not in sizes


@ALL
def test_in_each_hidden_case_inputs_and_hidden_units_are_of_different_number(exercise):
    """n_x is never n_a: a swap of the two column blocks would go unseen. Nor is n_y ever n_a."""
    for case in hidden_cases(exercise, "key"):
        sizes = sizes_of(case)
        assert sizes.get("n_x", 0) != sizes.get("n_a"), case.label
        assert sizes.get("n_y", 0) != sizes.get("n_a"), case.label


SAYS = {
    "one example": lambda size, row: size["m"] == 1,
    "one time step": lambda size, row: size["T_x"] == 1,
    "more inputs than hidden units": lambda size, row: size["n_x"] > size["n_a"],
    "more words than hidden units": lambda size, row: size["n_x"] > size["n_a"],
    "large values": lambda size, row: row["scale"] == 2,
    "huge logits": lambda size, row: row["scale"] > 710,  # e^710 is too large for a float
    "one pair is zero": lambda size, row: row["dWf"] == 0,
    "a wide step": lambda size, row: row["h"] >= 0.5,
    "a narrow step": lambda size, row: row["h"] <= 0.01,
    "a recurrent weight": lambda size, row: row["name"] in ("Wf", "Wi", "Wc", "Wo"),
    "the head's weight": lambda size, row: row["name"] == "Wy",
}


@ALL
def test_the_labels_say_what_the_sizes_are(exercise):
    """One example means m = 1, one time step T_x = 1, more inputs n_x > n_a, and so on."""
    labels = [case.label for case in hidden_cases(exercise, "key")]
    for case in hidden_cases(exercise, "key"):
        if case.label in SAYS:
            assert SAYS[case.label](sizes_of(case), exercise.cases[case.label]), case.label
    told = {*SAYS, "sizes all different", *("above", "below")}
    assert {label.removesuffix(" the largest norm") for label in labels} <= {*told, "small numbers"}
    if exercise.name in FIRST:
        assert {"one example", "more inputs than hidden units"} <= set(labels)
        assert ("one time step" in labels) is bool(exercise.cell)


@pytest.mark.parametrize("exercise", TIMELESS, ids=[e.name for e in TIMELESS])
def test_a_function_without_steps_has_no_case_of_one_time_step(exercise):
    """A cell has no time steps."""
    assert [case.label for case in hidden_cases(exercise, "key")] == [
        label for label in exercise.cases if label != "one time step"
    ]


@pytest.mark.parametrize("exercise", TIMED, ids=[e.name for e in TIMED])
def test_a_sequence_has_all_cases(exercise):
    """All hidden cases, in the order of the table."""
    assert [case.label for case in hidden_cases(exercise, "key")] == list(exercise.cases)


def test_what_has_a_cell_has_time_steps():
    """In both assignments, and in the first nothing else has."""
    assert all(exercise.has_steps for exercise in EXERCISES.values() if exercise.cell)
    assert {name for name in FIRST if FIRST[name].has_steps} == {
        name for name in FIRST if FIRST[name].cell
    }


@pytest.mark.parametrize("exercise", SATURATED, ids=[e.name for e in SATURATED])
@pytest.mark.parametrize("key", ["key", "other"])
def test_large_values_saturate(exercise, key):
    """Some hidden state of an RNN, and some candidate of an LSTM, is a tanh of nearly ±1."""
    case = next(case for case in hidden_cases(exercise, key) if case.label == "large values")
    caches = case.arguments[-1] if exercise.forward else case.expected()[exercise.outputs[-1]]
    if isinstance(caches, dict):  # the post's
        squashed = [caches["g"]]
    else:
        steps = caches[0] if exercise.has_steps else [caches]
        fields = exercise.cache_fields
        place = fields.index("cct" if "cct" in fields else "a_next")
        squashed = [step[place] for step in steps]
    assert max(np.abs(array).max() for array in squashed) > 0.99


# --- arguments and outputs -----------------------------------------------------------------


@ALL
def test_a_backward_case_calls_with_upstream_gradients_and_right_caches(exercise):
    """A forward function gets its inputs, a backward function the reference's caches."""
    for case in all_cases(exercise, "key"):
        assert list(case.given) == exercise.drawn
        if exercise.forward:
            *upstream, caches = case.arguments
            assert_equal_trees(upstream, [case.given[name] for name in exercise.upstream], rtol=0)
            inputs = [case.given[name] for name in exercise.drawn[: -len(upstream)]]
            right = reference(exercise.forward)(*inputs)[-1]
            assert isinstance(caches, (tuple, dict))
            assert_equal_trees(caches, right, rtol=0)
        else:
            assert case.arguments == tuple(case.given.values())


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


@pytest.mark.parametrize("exercise", CELLED, ids=[e.name for e in CELLED])
def test_with_the_stand_in_other_numbers_are_expected(exercise):
    """In every case, of every output that a cell has a part in: the head's gradients need none."""
    for case in all_cases(exercise, "key"):
        real, other = case.expected(), case.expected(exercise.standin)
        assert real.keys() == other.keys()
        for name in set(real) - {"caches"}:
            assert np.allclose(real[name], other[name]) is (name in ("dWy", "dby", "dV")), name
