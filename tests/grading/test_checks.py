"""grading/checks: what the judge makes of an answer."""

import functools
import re
import warnings

import numpy as np
import pytest

from rnn_course.grading.checks import Comparison, judge, nothing
from rnn_course.grading.verdict import Status
from rnn_course.sandbox.answer import TWICE, answer, question
from rnn_course.sandbox.wire import decode, encode
from rnn_course.subject import published
from rnn_course.subject.cases import all_cases, hidden_cases, published_case
from rnn_course.subject.exercises import ARGUMENTS, EXERCISES
from rnn_course.subject.mistakes import MISTAKES, apply
from rnn_published import returns_dictionary

SOURCE = published.SOURCE
RAISES = "def {}(*arguments):\n    raise {}\n"


@functools.cache
def cases_of(name):
    """All cases of an exercise for one key."""
    return all_cases(EXERCISES[name], "key")


def verdict_on(name, sources=None, cases=None):
    """The judge's verdict on a function of a notebook with these sources."""
    cases = cases or cases_of(name)
    exercise = EXERCISES[name]
    asked = question(name, [case.arguments for case in cases], exercise.standins)
    return judge(exercise, cases, answered(asked, sources))


def answered(asked, sources=None):
    """What comes out of the sandbox; as there, a warning of a student's function costs nothing."""
    with warnings.catch_warnings():
        if sources:
            warnings.simplefilter("ignore")
        return answer(published.build(sources), asked)


def edited(name, *edits):
    """The published form of one function with edits in it, each of which applies."""
    source = SOURCE[name]
    for was, becomes in edits:
        assert was in source, was
        source = source.replace(was, becomes)
    return {name: source}


def returning(name, change):
    """The published form of a function, then a change of the result that it returns."""
    body = f"    result = right_{name}(*arguments)\n    {change}\n"
    return {name: f"{SOURCE[name]}\n\nright_{name} = {name}\n\n\ndef {name}(*arguments):\n{body}"}


def answer_of(name, change):
    """The right answer of an exercise as a tree, changed, as text."""
    exercise, cases = EXERCISES[name], cases_of(name)
    asked = question(name, [case.arguments for case in cases], exercise.standins)
    return encode(change(decode(answer(published.build(), asked))))


def status_of(verdict, output):
    """What became of one output."""
    return next(finding for finding in verdict.findings if finding.output == output).status


# --- right ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXERCISES)
def test_the_published_form_gets_full_points(name):
    """All outputs right, nothing to say."""
    verdict = verdict_on(name)
    assert verdict.status is Status.RIGHT
    assert verdict.points == verdict.max_points == EXERCISES[name].max_points
    assert (verdict.lost, verdict.reason, verdict.words) == ([], "", "")
    assert [finding.output for finding in verdict.findings] == list(EXERCISES[name].points)


ROUNDED = """if isinstance(result, dict):
        return {key: np.float32(value) for key, value in result.items()}
    if isinstance(result, tuple):
        return tuple(v if isinstance(v, (tuple, dict)) else np.float32(v) for v in result)
    return np.float32(result)"""


@pytest.mark.parametrize("name", EXERCISES)
def test_the_noise_of_float32_is_accepted(name):
    """Whoever rounds each result to single precision computes rightly."""
    assert verdict_on(name, returning(name, ROUNDED)).reason == ""


def test_lists_are_as_good_as_tuples():
    """An answer of lists in the place of tuples loses nothing."""
    sources = edited(
        "rnn_cell_forward",
        ("cache = (a_next, a_prev, xt, parameters)", "cache = [a_next, a_prev, xt, parameters]"),
        ("return a_next, yt_pred, cache", "return [a_next, yt_pred, cache]"),
    )
    assert verdict_on("rnn_cell_forward", sources).reason == ""


def test_gradients_beside_those_asked_for_cost_nothing():
    """A dictionary may hold more."""
    sources = edited("rnn_cell_backward", ("return gradients", "return gradients | {'dz': dtanh}"))
    assert verdict_on("rnn_cell_backward", sources).reason == ""


@pytest.mark.parametrize("number", ["float(loss)", "np.array(loss)", "np.float32(loss)"])
def test_a_number_is_as_good_as_an_array_without_axes(number):
    """The loss may be either; with an axis it has another shape."""
    name, was = "cross_entropy", "return loss, dlogits"
    assert verdict_on(name, edited(name, (was, f"return {number}, dlogits"))).reason == ""
    verdict = verdict_on(name, edited(name, (was, f"return np.array([{number}]), dlogits")))
    assert [(f.output, f.status) for f in verdict.lost] == [("loss", Status.WRONG_SHAPE)]


def test_one_output_alone_is_no_tuple_of_one():
    """It is returned as it is; in a container it is no array."""
    for returned in ("(gradient,)", "[gradient]", '{"gradient": gradient}'):
        sources = edited("complex_step", ("return gradient", f"return {returned}"))
        verdict = verdict_on("complex_step", sources)
        assert verdict.points == 0
        assert "gradient is no array of numbers" in verdict.reason


# --- nothing to compare --------------------------------------------------------------------


@pytest.mark.parametrize("name", EXERCISES)
def test_a_blank_function_is_blank(name):
    """The stub earns nothing and is told kindly."""
    verdict = verdict_on(name, {name: RAISES.format(name, "NotImplementedError")})
    assert (verdict.status, verdict.points) == (Status.BLANK, 0)
    assert verdict.words == "Not done yet."
    assert verdict.max_points == EXERCISES[name].max_points


@pytest.mark.parametrize("name", EXERCISES)
def test_an_absent_function_is_absent(name):
    """No name, no points."""
    cases = cases_of(name)
    asked = question(name, [case.arguments for case in cases], EXERCISES[name].standins)
    verdict = judge(EXERCISES[name], cases, answer({}, asked))
    assert (verdict.status, verdict.points) == (Status.ABSENT, 0)
    assert name in verdict.words


@pytest.mark.parametrize("name", EXERCISES)
def test_a_function_that_raises_has_raised(name):
    """The words of the exception are passed on."""
    verdict = verdict_on(name, {name: RAISES.format(name, "ValueError('my words')")})
    assert (verdict.status, verdict.points) == (Status.RAISED, 0)
    assert "ValueError: my words" in verdict.reason
    assert status_of(verdict, ARGUMENTS) is Status.RAISED


def test_nothing_is_a_verdict_without_points():
    """The function, what became of it, and the points that there were."""
    verdict = nothing(EXERCISES["rnn_forward"], Status.TIMED_OUT, "Too slow.")
    assert (verdict.points, verdict.max_points) == (0, 8)
    assert verdict.reason == "Too slow."


RESULT = {"result": None, "again": None, "arguments": None}
BROKEN = {
    "no container": "no container",
    "empty": "",
    "cut off": encode({"own": []})[:-3],
    "nothing": encode(None),
    "a number": encode(1.0),
    "numbers": encode(np.ones(3)),
    "a list": encode([]),
    "a text": encode("own"),
    "no own": encode({"other": []}),
    "own is nothing": encode({"own": None}),
    "own is a number": encode({"own": 1.0}),
    "own is a table": encode({"own": np.ones((6, 2))}),
    "no calls": encode({"own": []}),
    "too few calls": encode({"own": [RESULT]}),
    "too many calls": encode({"own": [RESULT] * 50}),
    "calls of nothing": encode({"own": [None] * 6}),
    "calls of text": encode({"own": ["text"] * 6}),
    "calls of the text result": encode({"own": ["result"] * 6}),
    "calls of lists": encode({"own": [[]] * 6}),
    "calls of numbers": encode({"own": [1.0] * 6}),
    "calls without again": encode({"own": [{"result": None, "arguments": None}] * 6}),
    "calls without arguments": encode({"own": [{"result": None, "again": None}] * 6}),
    "empty calls and no stand-in": encode({"own": [{}] * 6}),
    "a node that is a number": '{"shapes": [], "numbers": "", "tree": 5}',
    "no stand-in": encode({"own": [RESULT] * 6}),
    "a stand-in of lists": encode({"own": [RESULT] * 6, "stand-in": [[]] * 6}),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_broken_answer_is_no_answer(text):
    """Whatever a student's process displays, the judge gives a verdict without points."""
    verdict = judge(EXERCISES["rnn_forward"], cases_of("rnn_forward"), text)
    assert (verdict.status, verdict.points) == (Status.NO_ANSWER, 0)
    assert verdict.reason


def test_other_than_text_in_the_place_of_an_answer_is_no_answer():
    """A display bundle may hold any JSON."""
    for value in (None, 5, ["text"], {"own": []}):
        verdict = judge(EXERCISES["rnn_forward"], cases_of("rnn_forward"), value)
        assert (verdict.status, verdict.points) == (Status.NO_ANSWER, 0)


# --- named faults of an output -------------------------------------------------------------

FAULTS = {
    "a wrong shape": ("a_next.T", Status.WRONG_SHAPE, r"has shape \(\d+, \d+\), expected"),
    "an axis too many": ("a_next[None]", Status.WRONG_SHAPE, "has shape"),
    "one number": ("1.0", Status.WRONG_SHAPE, r"has shape \(\)"),
    "no numbers": ("np.zeros((0, 3))", Status.WRONG_SHAPE, "has shape"),
    "NaN": ("a_next * np.nan", Status.NOT_FINITE, r"is not finite at \[0, 0\]"),
    "one infinity": ("a_next + np.where(a_next == a_next.max(), np.inf, 0)", Status.NOT_FINITE, ""),
    "text": ("'text'", Status.WRONG, r"is no array of numbers \(str\)"),
    "nothing": ("None", Status.WRONG, r"is no array of numbers \(NoneType\)"),
    "an object": ("object()", Status.WRONG, r"is no array of numbers \(object\)"),
    "complex numbers": ("a_next + 0j", Status.WRONG, r"no array of numbers .*complex128"),
    "an array of objects": ("a_next.astype(object)", Status.WRONG, "no array of numbers .*object"),
    "a function": ("np.tanh", Status.WRONG, r"is no array of numbers \(ufunc\)"),
    "a list of rows": ("[*a_next]", Status.WRONG, r"is no array of numbers \(list\)"),
    "other numbers": ("a_next + 1", Status.WRONG, "entries of a_next are wrong"),
    "huge numbers": ("a_next * 0 + 1e308", Status.WRONG, "entries of a_next are wrong"),
}


@pytest.mark.parametrize(("value", "status", "words"), FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("hidden_only", [False, True], ids=["published", "hidden"])
def test_a_fault_of_an_output_is_named_and_costs_that_output(value, status, words, hidden_only):
    """Status and words say what it is; the other outputs keep their points."""
    sources = edited("rnn_cell_forward", ("return a_next,", f"return {value},"))
    cases = hidden_cases(EXERCISES["rnn_cell_forward"], "key") if hidden_only else None
    verdict = verdict_on("rnn_cell_forward", sources, cases)
    assert [finding.output for finding in verdict.lost] == ["a_next"]
    assert verdict.lost[0].status is verdict.status is status
    assert re.search(words, verdict.lost[0].words)
    assert verdict.points == verdict.max_points - 4


@pytest.mark.parametrize("value", ["a_next", "(a_next, yt_pred)", "(a_next,) * 4", "{}", "None"])
def test_too_few_or_too_many_values_are_missing(value):
    """No output can be told which is which, so all are missing."""
    sources = edited("rnn_cell_forward", ("return a_next, yt_pred, cache", f"return {value}"))
    verdict = verdict_on("rnn_cell_forward", sources)
    assert (verdict.status, verdict.points) == (Status.MISSING, 0)
    assert "is missing" in verdict.reason


def test_a_missing_gradient_is_missing_and_the_others_count():
    """Only its own points are lost."""
    verdict = verdict_on("rnn_cell_backward", edited("rnn_cell_backward", (', "dba": dba}', "}")))
    assert [(f.output, f.status) for f in verdict.lost] == [("dba", Status.MISSING)]
    assert verdict.points == verdict.max_points - 2


def test_a_tuple_in_the_place_of_a_dictionary_is_missing():
    """Gradients without names are not guessed."""
    sources = edited("rnn_cell_backward", ("return gradients", "return tuple(gradients.values())"))
    assert verdict_on("rnn_cell_backward", sources).status is Status.MISSING


OFF = """place, kind = {place!r}, type(result)
    results = result if kind is dict else dict(enumerate(result if kind is tuple else [result]))
    off = np.array(results[place])
    {change}
    results = results | {{place: off}}
    if kind is dict:
        return results
    return tuple(results.values()) if kind is tuple else results[0]"""


@pytest.mark.parametrize(
    "change", ["off.flat[-1] += 1e-3 * np.abs(off).max()", "off *= 1.001"], ids=["one", "all"]
)
@pytest.mark.parametrize("name", EXERCISES)
def test_an_output_that_is_off_by_a_thousandth_is_refused(name, change):
    """The tolerance is for rounding: one entry, or all, of each output by itself."""
    exercise = EXERCISES[name]
    for k, output in enumerate(exercise.outputs):
        if output in ("cache", "caches"):
            continue
        place = output if returns_dictionary(name) else k
        verdict = verdict_on(name, returning(name, OFF.format(place=place, change=change)))
        lost = [output] if len(exercise.outputs) > 1 else [output, ARGUMENTS]  # nothing is right
        assert [finding.output for finding in verdict.lost] == lost
        assert verdict.points == verdict.max_points - sum(map(exercise.points.get, lost))
        if "flat" in change:
            assert "1 of the" in verdict.lost[0].words


def test_a_fault_in_a_single_hidden_case_is_enough():
    """What is right on the published inputs and wrong for one example is wrong."""
    edit = ("axis=1, keepdims=True)", "axis=1, keepdims=True) * (xt.shape[1] > 1)")
    verdict = verdict_on("rnn_cell_backward", edited("rnn_cell_backward", edit))
    assert [finding.output for finding in verdict.lost] == ["dba"]
    assert "in the hidden case “one example”" in verdict.reason


def test_only_the_published_numbers_do_not_help():
    """A function that knows the published outputs by heart fails the hidden cases."""
    case = published_case(EXERCISES["rnn_cell_forward"])
    right = [case.expected()[key].tolist() for key in ("a_next", "yt_pred")]
    source = (
        "def rnn_cell_forward(xt, a_prev, parameters):\n"
        f"    a_next, yt_pred = map(np.array, {right})\n"
        "    return a_next, yt_pred, (a_next, a_prev, xt, parameters)\n"
    )
    verdict = verdict_on("rnn_cell_forward", {"rnn_cell_forward": source}, [case])
    assert verdict.points == verdict.max_points
    assert verdict_on("rnn_cell_forward", {"rnn_cell_forward": source}).points == 0


# --- arguments, state, caches --------------------------------------------------------------


def test_changed_arguments_cost_their_own_share():
    """The numbers are right, one point is lost."""
    sources = edited(
        "rnn_cell_backward",
        ("dtanh = (1 - a_next**2) * da_next", "da_next *= 1 - a_next**2\n    dtanh = da_next"),
    )
    verdict = verdict_on("rnn_cell_backward", sources)
    assert [(f.output, f.max_points) for f in verdict.lost] == [(ARGUMENTS, 1.0)]
    assert "The function changes its arguments" in verdict.reason


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("cross_entropy", "y[0, 0] = 1 - y[0, 0]"),
        ("complex_step", "w *= 1.01"),
        ("relative_errors", "numerical['dz'] = mine"),
    ],
)
def test_tokens_parameters_and_dictionaries_are_arguments_that_may_not_be_changed(name, change):
    """Behind the last line that reads them: the numbers are right and one point is lost."""
    before, last = SOURCE[name].rsplit("    return", 1)
    verdict = verdict_on(name, {name: f"{before}    {change}\n    return{last}"})
    assert [finding.output for finding in verdict.lost] == [ARGUMENTS]
    assert "The function changes its arguments" in verdict.reason


def test_a_text_among_the_arguments_is_compared_as_a_text():
    """The name of a parameter is no array, and no array is its name."""
    compare = Comparison(cases_of("complex_step")[0])
    assert compare("the arguments", ("Wf", np.ones(2)), ("Wf", np.ones(2))) is None
    for other in ("Wi", None, np.ones(2), ["Wf"], {"Wf": 1}):
        status, words = compare("the arguments", (other, np.ones(2)), ("Wf", np.ones(2)))
        assert status is Status.WRONG
        assert words == "the arguments[0] is no longer Wf"
    status, words = compare("gradient", "Wf", np.ones(2))
    assert (status, words) == (Status.WRONG, "gradient is no array of numbers (str)")


@pytest.mark.parametrize("other", ["Wi", None, 1.0, np.ones(2), [], {}], ids=str)
def test_whatever_stands_in_the_place_of_a_text_is_a_fault_and_no_exception(other):
    """The arguments that come back are what a student's process says they are."""

    def changed(tree):
        for call in (*tree["own"], *tree["stand-in"]):
            call["arguments"] = (*call["arguments"][:-1], other)
        return tree

    name = "complex_step"
    assert cases_of(name)[0].arguments[-1] == "Wf"
    verdict = judge(EXERCISES[name], cases_of(name), answer_of(name, changed))
    assert [finding.output for finding in verdict.lost] == [ARGUMENTS]


def test_unchanged_arguments_alone_earn_nothing():
    """A function that does nothing right leaves its arguments alone, too."""
    sources = edited("rnn_cell_forward", ("return a_next, yt_pred, cache", "return 0, 0, 0"))
    verdict = verdict_on("rnn_cell_forward", sources)
    assert verdict.points == 0
    (finding,) = [finding for finding in verdict.findings if finding.output == ARGUMENTS]
    assert finding.status is Status.NOT_COUNTED


def test_points_are_given_output_by_output():
    """With one right output of three, that one and the arguments count."""
    sources = edited(
        "rnn_cell_forward", ("return a_next, yt_pred,", "return 2 * a_next, yt_pred + 1,")
    )
    verdict = verdict_on("rnn_cell_forward", sources)
    assert verdict.points == 1 + 1
    assert [finding.output for finding in verdict.lost] == ["a_next", "yt_pred"]


def test_a_second_call_that_differs_is_refused():
    """A result that holds only once is none."""
    sources = edited(
        "rnn_cell_backward",
        ("(da_next, cache):", "(da_next, cache, calls=[]):\n    calls.append(1)"),
        ("* da_next\n", "* da_next * (len(calls) % 2)\n"),
    )
    verdict = verdict_on("rnn_cell_backward", sources)
    assert verdict.points == 0
    assert "when called a second time" in verdict.reason


@pytest.mark.parametrize("number", range(TWICE))
def test_a_second_call_that_is_not_told_of_is_refused(number):
    """A process that leaves it out is not to save itself the comparison."""

    def without(tree):
        del tree["own"][number]["again"]
        return tree

    name = "lstm_cell_forward"
    verdict = judge(EXERCISES[name], cases_of(name), answer_of(name, without))
    assert verdict.points == 0
    assert {finding.status for finding in verdict.findings} == {Status.MISSING, Status.NOT_COUNTED}


def test_each_pair_is_compared_although_others_had_their_places_in_memory():
    """What was alike is remembered by identity; nothing that is gone may stand for it."""
    compare = Comparison(cases_of("rnn_forward")[0])
    for _ in range(100):
        assert compare.same([np.ones(2), {"k": (np.zeros(1),)}], [np.ones(2), {"k": [np.zeros(1)]}])
        assert not compare.same([np.ones(2), {"k": ()}], [np.zeros(2), {"k": ()}])
        assert not compare.same({"k": np.ones(2)}, {"k": np.zeros(2)})


def test_what_is_shared_on_one_side_alone_is_compared_in_each_place():
    """One dictionary of mine against two of the reference's."""
    compare, mine = Comparison(cases_of("rnn_forward")[0]), {"W": np.ones(2)}
    assert compare.same((mine, mine), ({"W": np.ones(2)}, {"W": np.ones(2)}))
    assert not compare.same((mine, mine), ({"W": np.ones(2)}, {"W": np.zeros(2)}))
    assert not compare.same((mine, {"W": np.zeros(2)}), (mine, mine))


def test_a_fault_in_a_cache_is_named_by_what_should_be_there():
    """The place in the cache carries the name of its entry."""
    sources = edited("rnn_cell_forward", ("(a_next, a_prev, xt", "(a_prev, a_next, xt"))
    verdict = verdict_on("rnn_cell_forward", sources)
    assert [finding.output for finding in verdict.lost] == ["cache"]
    assert "cache[0] (a_next)" in verdict.reason


def test_caches_nested_into_each_other_cost_the_caches_alone():
    """caches = (caches, cache) in the loop: a, y and c are right and keep their points."""
    sources = edited("lstm_forward", ("caches.append(cache)", "caches = (caches, cache)"))
    verdict = verdict_on("lstm_forward", sources)
    assert [finding.output for finding in verdict.lost] == ["caches"]


# --- own cell and stand-in -----------------------------------------------------------------

LOOPS = [name for name, exercise in EXERCISES.items() if exercise.cell]


@pytest.mark.parametrize("fault", ["ValueError('x')", "NotImplementedError"])
@pytest.mark.parametrize("name", LOOPS)
def test_a_right_loop_is_rescued_from_a_cell_that_raises(name, fault):
    """The cell has its own points; the loop does not pay for it."""
    cell = EXERCISES[name].cell
    verdict = verdict_on(name, {cell: RAISES.format(cell, fault)})
    assert (verdict.points, verdict.status) == (verdict.max_points, Status.RIGHT)
    assert f"stand-in for {cell}" in verdict.words
    assert verdict.reason == ""


@pytest.mark.parametrize("name", LOOPS)
def test_a_right_loop_is_rescued_from_a_cell_with_wrong_numbers(name):
    """A mistake of the catalogue in the cell costs the loop nothing."""
    in_cell = [m for m in MISTAKES.values() if m.function == EXERCISES[name].cell]
    for mistake in in_cell[::5]:
        verdict = verdict_on(name, apply(mistake))
        assert verdict.points == verdict.max_points, mistake.label


@pytest.mark.parametrize("name", LOOPS)
def test_a_wrong_loop_is_not_rescued(name):
    """With its right cell or with the stand-in, the same points are lost."""
    for mistake in MISTAKES.values():
        if mistake.function == name:
            cell = EXERCISES[name].cell
            broken = {cell: RAISES.format(cell, "ValueError('x')")}
            alone = verdict_on(name, apply(mistake) | broken)
            assert alone.max_points - alone.points >= mistake.lost > 0, mistake.label


@pytest.mark.parametrize("name", LOOPS)
def test_a_right_loop_over_a_right_cell_says_nothing_of_a_stand_in(name):
    """The stand-in is a rescue and no news where none was needed."""
    assert verdict_on(name).words == ""


def test_a_wrong_loop_over_a_blank_cell_is_not_told_that_it_is_not_done():
    """The loop was written; only its cell was not."""
    sources = edited("rnn_forward", ("return a, y_pred, caches", "return 0, 0, 0"))
    sources["rnn_cell_forward"] = RAISES.format("rnn_cell_forward", "NotImplementedError")
    verdict = verdict_on("rnn_forward", sources)
    assert verdict.points == 0
    assert verdict.status is not Status.BLANK


# --- what the words tell -------------------------------------------------------------------


def numbers_in(words):
    """The numbers with more than one significant digit in a text, other than whole ones."""
    found = re.findall(r"-?\d*\.\d+(?:e[+-]?\d+)?|-?\d+e[+-]?\d+", words)
    return [n for n in found if len(re.sub(r"e.*|[-.]", "", n).lstrip("0")) > 1]


@pytest.mark.parametrize("name", EXERCISES)
def test_words_on_hidden_cases_never_hold_an_expected_value(name):
    """Places, sizes and relative errors of one digit, for every mistake of the catalogue."""
    cases = hidden_cases(EXERCISES[name], "key")
    for mistake in MISTAKES.values():
        if mistake.function != name:
            continue
        verdict = verdict_on(name, apply(mistake), cases)
        assert verdict.lost, mistake.label
        for finding in verdict.lost:
            assert numbers_in(finding.words) == [], finding.words
            assert "yours" not in finding.words
            assert "published" not in finding.words


def test_the_scan_for_numbers_is_not_blind():
    """It finds a value with two digits or more and lets one digit, shapes and indices pass."""
    assert numbers_in("yours 0.25, expected -1.2e-05,") == ["0.25", "-1.2e-05"]
    assert numbers_in("12 of the 42 entries of a[0][13], by 2e+01 or 0.3, shape (4, 17)") == []


def test_words_on_the_published_case_hold_yours_and_expected():
    """Those numbers are public, so they help."""
    sources = edited("rnn_cell_forward", ("np.dot(Wax, xt) + ba", "np.dot(Wax, xt)"))
    verdict = verdict_on("rnn_cell_forward", sources)
    words = verdict.lost[0].words
    case = published_case(EXERCISES["rnn_cell_forward"])
    (index,) = re.findall(r"most at \[(\d+)\]\[(\d+)\]", words)
    value = case.expected()["a_next"][tuple(map(int, index))]
    assert f"expected {value:.8g}, on the published inputs." in words
    assert re.search(r"yours -?\d\.\d+", words)


def test_the_words_name_the_hidden_case():
    """The label tells what to try out."""
    change = "dba = np.sum(dtanh, axis=1, keepdims=True) * (xt.shape[0] < 8)"
    sources = edited("rnn_cell_backward", ("dba = np.sum(dtanh, axis=1, keepdims=True)", change))
    assert "“more inputs than hidden units”" in verdict_on("rnn_cell_backward", sources).reason


def test_the_judge_does_not_change_the_cases():
    """Judging twice gives the same verdict."""
    text = answer_of("lstm_backward", lambda tree: tree)
    exercise, cases = EXERCISES["lstm_backward"], cases_of("lstm_backward")
    assert judge(exercise, cases, text) == judge(exercise, cases, text)


def test_a_key_added_to_the_parameters_is_a_change_of_the_arguments():
    """The caller's dictionary has to come back as it was."""
    source = published.SOURCE["rnn_cell_forward"].replace(
        "    Wax = ", '    parameters["tmp"] = ba = 1\n    Wax = '
    )
    exercise = EXERCISES["rnn_cell_forward"]
    cases = all_cases(exercise, "key")
    asked = question(exercise.name, [case.arguments for case in cases], exercise.standins)
    verdict = judge(exercise, cases, answer(published.build({exercise.name: source}), asked))
    assert ARGUMENTS in [finding.output for finding in verdict.lost]
