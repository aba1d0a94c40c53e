"""subject/mistakes: each mistake of the catalogue is planted, refused and told apart."""

import contextlib
import functools
import warnings
from itertools import combinations

import numpy as np
import pytest

from rnn_course.grading.checks import judge
from rnn_course.sandbox.answer import answer, question
from rnn_course.sandbox.wire import decode
from rnn_course.subject import published
from rnn_course.subject.cases import all_cases
from rnn_course.subject.exercises import EXERCISES
from rnn_course.subject.mistakes import MISTAKES, Mistake, apply
from rnn_utils import CheckFailed, check, published_inputs

HANDFUL = (
    *("rnn_cell_forward/tanh-of-each-term", "lstm_cell_forward/concatenate-order"),
    *("lstm_forward/view-of-c", "rnn_cell_backward/tanh-twice"),
    *("lstm_cell_backward/gates-set-to-none", "lstm_backward/nothing-carried"),
    *("token_cell_forward/offset-forgotten", "language_forward/probabilities-for-logits"),
    *("cross_entropy/mean-forgotten", "token_cell_backward/repeated-tokens-lost"),
    *("language_backward/da-not-carried", "forum_backward/inner-for-outer-product"),
)
SEED_000 = """dxt[1][2] 0.676915531819535; da_prev[2][3] -0.22242460829026856;
    dc_prev[2][3] 0.7975220387970015; dWf[3][1] -0.20619872141348608;
    dWi[1][2] 0.34472316981807016; dWc[3][1] 1.930070615700478; dWo[1][2] 0.30781107053891066;
    dbf[4] 0.12713303; dbi[4] -0.41152183; dbc[4] -0.15097063; dbo[4] -0.22527015"""
SEED_001 = """dx[1][2] -0.00424213 0.28205375 -0.48292508 -0.43281115;
    da0[2][3] 0.36036164521813085; dWf[3][1] -0.185172422655972; dWi[1][2] 0.4051243309298186;
    dWc[3][1] -0.07937467355121491; dWo[1][2] 0.03894877576298697; dbf[4] -0.17049796;
    dbi[4] -0.50848333; dbc[4] -0.42510818; dbo[4] -0.17958196"""


@functools.cache
def cases_of(name, key="k"):
    """All cases of an exercise for a key."""
    return all_cases(EXERCISES[name], key)


def verdict_on(functions, name, key="k"):
    """The judge's verdict on one function of a notebook."""
    return judge(EXERCISES[name], cases_of(name, key), answered(functions, name, key))


def answered(functions, name, key="k"):
    """What comes out of the sandbox for one function of a notebook."""
    exercise = EXERCISES[name]
    calls = [case.arguments for case in cases_of(name, key)]
    with without_warnings():
        return answer(functions, question(name, calls, exercise.standins))


@contextlib.contextmanager
def without_warnings():
    """As in the sandbox: a warning of a student's function costs nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@functools.cache
def answered_with(label):
    """What comes out of the sandbox for the function that has the mistake."""
    return answered(functions_with(label), MISTAKES[label].function)


@functools.cache
def functions_with(label):
    """The functions of both assignments, one of them with the mistake."""
    return published.build(apply(MISTAKES[label]))


def assert_prints(outputs, table):
    """Each number of a post comes out as numpy prints it, but for the last binary digits."""
    for row in table.split(";"):
        place, *numbers = row.split()
        name, _, index = place.partition("[")
        value = np.ravel(eval("value[" + index, {"value": outputs[name]}))
        for mine, posted in zip(value, numbers, strict=True):
            digits = len(posted.partition(".")[2])
            if digits <= 8:  # numpy prints arrays to 8 digits
                assert float(f"{mine:.8f}") == float(posted), place
            else:  # scalars in full; the order of a sum may cost the last digit or two
                np.testing.assert_allclose(mine, float(posted), rtol=1e-14, err_msg=place)


@pytest.mark.parametrize("label", MISTAKES)
def test_the_mistake_is_refused_and_costs_what_its_row_says(label, capsys):
    """Its edits apply, the judge takes exactly its points, the visible check refuses it."""
    mistake = MISTAKES[label]
    exercise = EXERCISES[mistake.function]
    assert list(apply(mistake)) == [mistake.function]
    functions = functions_with(label)
    verdict = judge(exercise, cases_of(mistake.function), answered_with(label))
    assert verdict.max_points - verdict.points == mistake.lost
    assert mistake.lost > 0
    assert verdict.reason
    with without_warnings(), pytest.raises(CheckFailed, match=mistake.function):
        check(functions[mistake.function], functions.get(exercise.forward))
    assert "right" not in capsys.readouterr().out


@pytest.mark.parametrize("label", MISTAKES)
def test_the_mistake_has_a_reason_a_hint_and_edits_that_edit(label):
    """A row says why, hints without giving code away, and each edit changes something."""
    mistake = MISTAKES[label]
    assert mistake.label == label
    assert mistake.why.endswith(".")
    assert mistake.hint.endswith((".", "?"))
    assert all(was != becomes for was, becomes in mistake.edits)
    assert all(was not in mistake.hint for was, _ in mistake.edits)
    assert mistake.seed in {"", "000", "001", "002", "003"}


@pytest.mark.parametrize("name", EXERCISES)
def test_every_exercise_has_mistakes_and_its_right_form_loses_nothing(name):
    """The judge is not simply refusing everything."""
    assert [m for m in MISTAKES.values() if m.function == name]
    verdict = verdict_on(published.build(), name)
    assert (verdict.points, verdict.lost) == (verdict.max_points, [])


@pytest.mark.parametrize("label", HANDFUL)
def test_a_mistake_costs_the_other_functions_nothing(label):
    """Loops are rescued by the stand-in, backward functions get right caches."""
    functions = functions_with(label)
    for name in EXERCISES:
        if name != MISTAKES[label].function:
            verdict = verdict_on(functions, name)
            assert verdict.points == verdict.max_points, name


@pytest.mark.parametrize("label", HANDFUL)
def test_a_mistake_costs_every_student_the_same(label):
    """The points lost do not depend on the key that the numbers are drawn from."""
    mistake = MISTAKES[label]
    for key in ("secret|assignment|ada", "secret|assignment|bob"):
        verdict = verdict_on(functions_with(label), mistake.function, key)
        assert verdict.max_points - verdict.points == mistake.lost


def outcome(value):
    """A tree as a flat list of texts, shapes and arrays."""
    if isinstance(value, dict):
        return [part for key in value for part in (key, *outcome(value[key]))]
    if isinstance(value, (tuple, list)):
        return [len(value), *(part for item in value for part in outcome(item))]
    return [value]


def alike(one, other):
    """Whether two outcomes show no difference that a student or a mentor could see."""
    return len(one) == len(other) and all(
        close(a, b)
        if isinstance(a, np.ndarray) and isinstance(b, np.ndarray)
        else type(a) is type(b) and a == b
        for a, b in zip(one, other, strict=True)
    )


def close(one, other):
    """Whether two arrays hold the same nan and inf, and numbers that differ by rounding alone."""
    finite = np.isfinite(other)
    if one.shape != other.shape or not np.array_equal(np.isfinite(one), finite):
        return False
    size = np.abs(other[finite]).max(initial=0)
    return np.array_equal(one[~finite], other[~finite], equal_nan=True) and np.allclose(
        one[finite], other[finite], rtol=1e-6, atol=1e-9 * size
    )


@pytest.mark.parametrize("name", EXERCISES)
def test_the_mistakes_of_one_function_are_told_apart(name):
    """No two of them, and none and the right form, give the same numbers in all cases."""
    labels = [label for label, mistake in MISTAKES.items() if mistake.function == name]
    outcomes = {"right": outcome(decode(answered(published.build(), name))["own"])}
    for label in labels:
        outcomes[label] = outcome(decode(answered_with(label))["own"])
    same = [pair for pair in combinations(outcomes, 2) if alike(*map(outcomes.get, pair))]
    assert same == []


def test_outcomes_that_are_the_same_are_seen_as_the_same():
    """The comparison above is not blind: the right form is like itself and no number is."""
    one = outcome({"a": np.ones(3), "b": (np.zeros(2), None, "text")})
    assert alike(one, outcome({"a": np.ones(3) + 1e-12, "b": (np.zeros(2), None, "text")}))
    assert not alike(one, outcome({"a": np.ones(3) + 1e-3, "b": (np.zeros(2), None, "text")}))
    assert not alike(one, outcome({"a": np.ones((3, 1)), "b": (np.zeros(2), None, "text")}))


def test_a_number_that_is_none_is_told_from_one_that_is():
    """nan, inf and zero are three outcomes, each like itself, and nothing warns."""
    values = (np.nan, np.inf, -np.inf, 0.0, 1.0)
    for shape in ((), (3,)):
        arrays = [np.full(shape, value) for value in values]
        seen = [[close(one, other) for other in arrays] for one in arrays]
        assert np.array_equal(seen, np.eye(len(values)))
    assert close(np.array([np.nan, 1.0]), np.array([np.nan, 1.0 + 1e-12]))
    assert not close(np.array([np.nan, 1.0]), np.array([np.nan, 1.1]))
    assert not close(np.array([np.nan, 1.0]), np.array([1.0, np.nan]))


def test_apply_refuses_an_edit_whose_text_does_not_stand_exactly_once():
    """Text that is not there, or there twice, is our mistake and raises."""
    for was, times in (("no such text", 0), ("parameters", 8)):
        row = Mistake("rnn_cell_forward", "planted", "", "", 1.0, ((was, "x"),))
        times = published.SOURCE["rnn_cell_forward"].count(was)
        with pytest.raises(ValueError, match=f"rnn_cell_forward/planted.* {times} times, not once"):
            apply(row)


def test_apply_puts_several_mistakes_into_one_function():
    """The second edits what the first left; functions without a mistake are not in the result."""
    sources = apply(
        MISTAKES["lstm_cell_backward/dot-tanh-of-dc"], MISTAKES["lstm_cell_backward/bias-mean"]
    )
    assert list(sources) == ["lstm_cell_backward"]
    assert "np.tanh(dc_next) *" in sources["lstm_cell_backward"]
    assert "dbo = np.mean(dot" in sources["lstm_cell_backward"]


def test_the_four_mistakes_of_seed_000_reproduce_its_eleven_numbers():
    """Only the four together; the post was never resolved."""
    four = [mistake for mistake in MISTAKES.values() if mistake.seed == "000"]
    assert len(four) == 4
    functions = published.build(apply(*four))
    *inputs, da_next, dc_next = published_inputs("lstm_cell_backward")
    cache = functions["lstm_cell_forward"](*inputs)[-1]
    assert_prints(functions["lstm_cell_backward"](da_next, dc_next, cache), SEED_000)
    functions = published.build(apply(*four[:3]))
    with pytest.raises(AssertionError):
        assert_prints(functions["lstm_cell_backward"](da_next, dc_next, cache), SEED_000)


def test_the_view_in_lstm_forward_reproduces_the_numbers_of_seed_001():
    """The mistake is in the forward function, the numbers are those of lstm_backward."""
    (view,) = [mistake for mistake in MISTAKES.values() if mistake.seed == "001"]
    assert view.function == "lstm_forward"
    functions = published.build(apply(view))
    *inputs, da = published_inputs("lstm_backward")
    caches = functions["lstm_forward"](*inputs)[-1]
    assert_prints(functions["lstm_backward"](da, caches), SEED_001)
    caches = published.build()["lstm_forward"](*inputs)[-1]
    with pytest.raises(AssertionError):
        assert_prints(functions["lstm_backward"](da, caches), SEED_001)
