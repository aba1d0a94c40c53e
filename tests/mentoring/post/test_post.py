"""mentoring/post: whole posts, in the dress that forums give them."""

import contextlib
import functools
import re
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_course.mentoring import cells
from rnn_course.mentoring.post import whose
from rnn_course.mentoring.post.post import Post, UnreadableError, decode, read
from rnn_course.mentoring.printed import EXERCISES, MISTAKES
from rnn_course.subject.mistakes import apply
from rnn_course.subject.published import build
from rnn_published import PUBLISHED

NAMES = [
    lambda name: name,
    lambda name: name.replace('gradients["', "gradients[“").replace('"]', "”]"),
    lambda name: name.replace('"', "&quot;"),
    lambda name: name.replace('"', "&#34;"),
    lambda name: name.replace('"', ""),
    lambda name: name.replace('"', "'"),
    lambda name: name.replace('gradients["', "").replace('"]', ""),
    lambda name: re.sub(r"(\d)\]\[", r"\1, ", name),
    lambda name: name.replace("[", " [").replace(".shape", " . shape"),
]
VALUES = [
    lambda value: value,
    lambda value: value.replace("-", "−"),
    lambda value: value.replace("[", "[ ").replace(" ", "\u00a0\t"),
    lambda value: f"array({', '.join(value.split())})" if value[0] == "[" else value,
    lambda value: value if value[0] in "[(" else f"np.float64({value})",
    lambda value: value[:-1] if value[0] == "[" else value,
    lambda value: value[1:] if value[0] == "[" else value,
]
LINES = [
    "{} = {}",
    "{} =\n{}",
    "{} = \n\n {}",
    "{}: {}",
    "{}\t{}",
    "> {} = {}",
    "- {} = {}",
    "- `{}` = `{}`",
    "| **{}** = | {} |",
    "<tr><td>\n<b>{}</b> =</td>\n<td>\n {} </td></tr>",
    "<p>{} = <code>{}</code></p>",
    "my {} is {}.",
    "I get {} -> {}",
]
BETWEEN = ["", "\n\nand then\n", "\nplt.plot(costs)\n", "\nValueError: shapes (5,8) (8,1)\n"]


@functools.cache
def printed(function, mistake=""):
    """What the published cell prints of a wrong program: (place, value) of each line."""
    variables = cells.run(function, build(apply(MISTAKES[mistake]) if mistake else {}))
    places = [label.partition(" =")[0] for label, _ in PUBLISHED[function].lines]
    return [(place, cells.look(place, variables)) for place in places]


def post_of(lines):
    """A post as the notebook prints it."""
    return "\n".join(f"{place} = {value}" for place, value in lines)


def expected_of(function):
    """The published half."""
    lines = [(label.partition(" =")[0], text) for label, text in PUBLISHED[function].lines]
    return "\n".join(
        f"{place} =\t{text if ' ' not in text or '(' in text else f'[{text}]'}"
        for place, text in lines
    )


def assert_reports(observations, function, lines):
    """The observations are exactly these lines of this function."""
    assert {seen.function for seen in observations} == {function}
    assert [seen.place for seen in observations] == [place for place, _ in lines]
    for seen, (place, value) in zip(observations, lines, strict=True):
        right = np.asarray(value, float)
        assert whose.agree(seen, right.ravel(), right.shape, seen.tolerance), (place, seen, value)
        assert seen.tolerance <= 5e-6


def prints(mistake):
    """Whether the cell goes through with this mistake, and prints numbers."""
    try:
        lines = printed(MISTAKES[mistake].function, mistake)
        return all(np.asarray(value, float).size for _, value in lines)
    except Exception:  # what a wrong program raises
        return False


WRONG = list(filter(prints, MISTAKES))


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(WRONG), st.data())
def test_a_programs_values_are_read_back_from_any_dress(mistake, data):
    """What a wrong program prints is read back exactly, whatever the forum made of it."""
    function = MISTAKES[mistake].function
    lines = printed(function, mistake)
    name, value, line, between = (
        data.draw(st.sampled_from(choices)) for choices in (NAMES, VALUES, LINES, BETWEEN)
    )
    dressed = "\n".join(
        line.format(name(place), value(str(number))) + between for place, number in lines
    )
    (run,) = read(f"My {function} fails:\n{dressed}\nThanks!").runs
    assert_reports(run.observations, function, lines)


@pytest.mark.parametrize("mistake", WRONG)
def test_the_expected_half_is_left_out_for_every_mistake(mistake):
    """Before or after, the published half is never taken for the student's."""
    function = MISTAKES[mistake].function
    lines = printed(function, mistake)
    if lines_are_right(function, lines):
        return
    own, expected = post_of(lines), expected_of(function)
    for text in (f"{own}\nExpected Output:\n{expected}", f"{expected}\nbut I get\n{own}"):
        post = read(text)
        (run,) = post.runs
        assert_reports(run.observations, function, lines)
        assert post.notes == ()


def lines_are_right(function, lines):
    """Whether the published cell cannot see the mistake."""
    return str(lines) == str(printed(function)) or whose.is_published(
        read(post_of(lines)).runs[0].observations
    )


@pytest.mark.parametrize("function", EXERCISES)
def test_a_right_run_is_kept(function):
    """A right program's run is read, also beside the published half."""
    (run,) = read(f"{post_of(printed(function))}\nExpected:\n{expected_of(function)}").runs
    assert_reports(run.observations, function, printed(function))


def test_a_wrong_and_a_right_function_in_one_post():
    """A sequence function that is wrong and its right cell are one run; repetition adds nothing."""
    wrong = printed("lstm_backward", "lstm_backward/da-not-carried")
    right = printed("lstm_cell_backward")
    text = "\n\n".join(
        [
            "My lstm_backward is off although lstm_cell_backward is fine.",
            post_of(wrong),
            "Expected Output:",
            expected_of("lstm_backward"),
            "def lstm_cell_backward(da_next, dc_next, cache):\n    {removed}",
            post_of(right),
            expected_of("lstm_cell_backward"),
            "Restarted, and again:",
            post_of(wrong),
        ]
    )
    (run,) = read(text).runs
    assert_reports(run.observations[: len(wrong)], "lstm_backward", wrong)
    assert_reports(run.observations[len(wrong) :], "lstm_cell_backward", right)


def test_code_goes_along():
    """Lines of code in the post are handed on, and are no values."""
    code = "dot = da_next * np.tanh(c_next) * ot\ndit = dc_next * cct * it * (1 - it)"
    assert read(f"I have this:\n{code}\nand wonder.") == Post((), code, ())


def test_numbers_of_no_known_function_are_noted():
    """They are named in one sentence, a few of them by name."""
    text = "".join(f"\nloss[{number}] = 0.5" for number in range(9))
    assert read(f"dWf[3][1] = 0.2\ndWf[7][1] = 0.3{text}").notes == (
        "No published test cell prints dWf[7][1], loss[0], loss[1], loss[2], loss[3] and 5 more: "
        "such numbers are left out.",
    )


def test_a_part_of_an_array_is_noted():
    """An array with numbers left out is not taken for the whole."""
    assert read("a_next[4] = [0.5 0.6 ... 0.7]\na_next.shape = (5, 10)").notes == (
        "Only a part of a_next[4] can be read: give all the numbers of an array.",
    )


def test_unrelated_numbers_do_not_use_up_the_reader():
    """Thousands of them may stand before the values that count."""
    (run,) = read("foo[2] = 7.5\n" * 3000 + post_of(printed("lstm_backward"))).runs
    assert_reports(run.observations, "lstm_backward", printed("lstm_backward"))
    (note,) = read("dWf[3][1] = 0.25\n" * 3000).notes
    assert note == "Only the first 2000 values of the post are read."


def test_a_number_that_was_passed_over_is_noted():
    """What is read may be the expected half alone, which is right whatever the student wrote."""
    ours, right = "dWf[3][1] resulta ser 0.447\n", "Resultado esperado: dWf[3][1] = -0.147954838164"
    (note,) = read(ours + right).notes
    assert note.startswith("Only published values could be read; of dWf[3][1] there is another")
    assert read(f"{ours}{right}\ndWi[1][2] = 0.25").notes == ()


@pytest.mark.parametrize("function", EXERCISES)
def test_expected_values_cut_off_in_a_table_are_no_second_run(function):
    """They are the published ones, rounded or not."""
    lines = [(place, str(value)) for place, value in printed(function)]
    rows = [
        f"| {place} | {value.replace('0.', '0.5')} | {value if value[0] in '[(' else value[:10]} |"
        for place, value in lines
        if "shape" not in place
    ]
    post = read("| name | mine | expected |\n|---|---|---|\n" + "\n".join(rows))
    assert len(post.runs) == 1
    assert post.notes == ()


def test_nan_and_inf_are_values():
    """What is not finite is reported as it is."""
    post = read("dxt[1][2] = nan\ndc_prev[2][3] = -inf")
    ((run,), notes) = (post.runs, post.notes)
    assert str([seen.values[0] for seen in run.observations]) == "[nan, -inf]"
    assert notes == ()


@pytest.mark.parametrize(
    "text", ["", " \n\t", "Please help me, nothing works.", "loss[3] = 0.5", "a\0b", "dxt[1][2] ="]
)
def test_unreadable_posts(text):
    """A post without value and code gets one sentence that says what to do."""
    with pytest.raises(UnreadableError, match=r"^[A-Z].*: .*\.$"):
        read(text)


def test_files():
    """UTF-8 and UTF-16 files are read, a stray byte is replaced, a binary is refused."""
    assert decode("“a”".encode()) == "“a”"
    assert decode("\ufeffa".encode()) == "a"
    assert decode("“a”".encode("utf-16")) == "“a”"
    assert decode(b"dWf[3][1] = 0.5 \xe9") == "dWf[3][1] = 0.5 \ufffd"
    for data in (b"\x89PNG\0\0", bytes(range(128, 256))):
        with pytest.raises(UnreadableError):
            decode(data)


PIECES = """dWf[3][1] dx[1][2] caches[1][1][3] gradients["dba"] a_next[4] yt[1] y_pred.shape
    len(caches) cache[0] cache[9] caches[0] a[-9] foo[1] = : | -> [ ] ( ) , ... is expected nan
    -inf 0.5 -1e-05 1e999 3 (5,8) lstm_backward rnn_cell_forward dot=np.dot(a,b) def &#; </td>"""


@settings(deadline=None)
@given(st.lists(st.sampled_from([*PIECES.split(), "\n"]), max_size=40))
def test_any_post_is_survived(pieces):
    """No text raises anything but that it is unreadable, and every observation has its numbers."""
    with contextlib.suppress(UnreadableError):
        for run in read(" ".join(pieces)).runs:
            for seen in run.observations:
                assert len(seen.values) == np.prod(seen.shape)


@pytest.mark.parametrize(
    "piece", ["word ", "dWf[3][1] = 0.51 ", "a[1][1]", "[", " ", "<a ", "dot = (("]
)
def test_a_megabyte_takes_seconds(piece):
    """No text makes the reader slow: what a pattern repeats is bounded."""
    text = piece * ((1 << 20) // len(piece))
    start = time.perf_counter()
    with contextlib.suppress(UnreadableError):
        read(text)
    assert time.perf_counter() - start < 8, "2 s are meant, on a machine that is not busy"
