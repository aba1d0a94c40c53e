"""mentoring/runs: what belongs together, whose it is, and what is contradictory."""

import pytest

from rnn_course.mentoring.post import whose
from rnn_course.mentoring.post.numbers import printed, tidy
from rnn_course.mentoring.post.runs import runs_of

RIGHT = "dxt[1][2] = 3.2305591151 dc_prev[2][3] = 0.797522038797 dWf[3][1] = -0.147954838164"
WRONG = "dxt[1][2] = 0.6769155318 dc_prev[2][3] = 0.797522038797 dWf[3][1] = -0.206198721413"
OTHER = "dx.shape = (3, 10, 4) da0[2][3] = 0.36036164521813 dWf[3][1] = -0.18517242265597"


def runs(text):
    """The runs of a text as lists of (function, place, text of the value), and the notes."""
    plain = tidy(text)
    found, notes = runs_of(list(filter(whose.candidates, printed(plain))), plain)
    return [[(o.function, o.place, o.text) for o in run] for run in found], notes


def dwf(text):
    """The functions and values of dWf[3][1], run by run."""
    return [[(f, t) for f, place, t in run if "dWf" in place] for run in runs(text)[0]]


@pytest.mark.parametrize("text", [f"{WRONG}\n{RIGHT}", f"{RIGHT}\n{WRONG}"])
def test_the_expected_half_is_told_by_its_values(text):
    """Whichever comes first, the published numbers are left out and the student's stay whole."""
    assert runs(text) == runs(WRONG)
    ((first, *rest),) = runs(text)[0]
    assert first == ("lstm_cell_backward", 'gradients["dxt"][1][2]', "0.6769155318")
    assert len(rest) == 2


def test_a_part_of_the_expected_half_is_left_out():
    """The expected half may be short, and rounded."""
    assert runs(f"{WRONG}\nExpected: dWf[3][1] = -0.148") == runs(WRONG)


@pytest.mark.parametrize(
    "text",
    [
        "dxt[1][2] is 0.67 but should be 3.23. dWf[3][1] should be -0.148 but is -0.206.",
        "dxt[1][2] | 0.67 | 3.23\ndWf[3][1] | -0.206 | -0.148",
        "dxt[1][2] | 3.23 | 0.67\ndWf[3][1] | -0.148 | -0.206",
    ],
)
def test_pairs(text):
    """In pairs of told and expected, each pair is sorted by its values."""
    ((one, other),), notes = runs(text)
    assert (one[2], other[2]) == ("0.67", "-0.206")
    assert notes == []


def test_only_published_numbers_are_kept_once():
    """A student who is right is told so; of two such halves the one with more digits counts."""
    more = RIGHT.replace("-0.147954838164", "-0.1479548381644968")
    assert runs(f"{RIGHT}\n{more}") == runs(more)


def test_the_same_run_again_is_dropped():
    """A run that is pasted twice, and a value that is quoted again, add nothing."""
    assert runs(f"{WRONG}\nSo as I said:\n{WRONG}\nand dWf[3][1] = -0.2062") == runs(WRONG)


def test_two_functions_are_one_run():
    """The first attempts at different functions are one run of the notebook."""
    found, notes = runs(f"{OTHER}\n{WRONG}\n{RIGHT}")
    assert [f for f, _, _ in found[0]] == ["lstm_backward"] * 3 + ["lstm_cell_backward"] * 3
    assert len(found) == 1
    assert notes == []


def test_contradictory_values_are_two_runs():
    """Another value for the same place is another run, and a note names both values."""
    found, (note,) = runs(f"{OTHER}\n{WRONG}\nNow I get dWf[3][1] = -0.3")
    assert found[1] == [("lstm_cell_backward", 'gradients["dWf"][3][1]', "-0.3")]
    assert note == (
        'The post gives two values for gradients["dWf"][3][1] of lstm_cell_backward, '
        "-0.206198721413 and -0.3: they are taken as two runs."
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dWf[3][1] = -0.2", ["lstm_cell_backward"]),
        ("In lstm_backward dWf[3][1] = -0.2", ["lstm_backward"]),
        ("dWf[3][1] = -0.2 in my LSTM backward", ["lstm_backward"]),
        ("lstm_cell_backward: dWf[3][1] = -0.2, lstm_backward: dWf[3][1] = -0.3",
         ["lstm_cell_backward", "lstm_backward"]),
        ("dWf[3][1] = -0.2, expected -0.0809802", ["lstm_backward"]),
        ("dWf[3][1] = -0.2. Expected: da0[2][3] = 0.312770310257", ["lstm_backward"]),
    ],
)  # fmt: skip
def test_the_function_of_a_name_that_two_share(text, expected):
    """What is named near by, or the numbers expected, tell the function; else it is the cell."""
    (found,) = dwf(text)
    assert [function for function, _ in found] == expected


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("da0[2][3] = -0.9\nKeyError: 'dWax'", "rnn_backward"),
        ("da0[2][3] = -0.9\nwhat of dWf?", "lstm_backward"),
        ("a_next[4][0] = 0.9\nyt_pred = [[0.1, ... ]]", "rnn_cell_forward"),
    ],
)
def test_a_name_anywhere_tells_the_function(text, function):
    """An output that only one of them has is evidence, in a traceback too."""
    (found,), _ = runs(text)
    assert {name for name, _, _ in found} == {function}


def test_the_number_of_runs_is_bounded():
    """A log of hundreds of different runs is cut, with a note."""
    log = "\n".join(f"dWf[3][1] = 0.{number}77\ndWi[1][2] = 0.5" for number in range(10, 99))
    found, notes = runs(log)
    assert len(found) == 20
    assert "Only the first 20 runs of lstm_cell_backward are read." in notes
