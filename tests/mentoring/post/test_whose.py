"""mentoring/whose: the function that prints a value, and the published numbers."""

import pytest

from rnn_course.mentoring.post import whose
from rnn_course.mentoring.post.numbers import printed, tidy
from rnn_published import PUBLISHED

OLD = """rnn_cell_backward dxt[1][2] = -0.460564103059
rnn_cell_backward dba[4] = [0.80517166]
lstm_backward dx[1][2] = [-0.00173313 0.08287442 -0.30545663 -0.43281115]
lstm_backward da0[2][3] = -0.095911501954
lstm_backward dWi[1][2] = 0.102371820249
lstm_backward dbo[4] = [0.16532821]"""


def values(text):
    """The printed values of a text."""
    return list(printed(tidy(text)))


@pytest.mark.parametrize(
    ("text", "function", "place"),
    [
        ("dxt[1, 2] = 0.5", "lstm_cell_backward", 'gradients["dxt"][1][2]'),
        ("yt_pred[1] = [1. 2.]", "lstm_cell_forward", "yt[1]"),
        ("yt[1] = [1. 2.]", "rnn_cell_forward", "yt_pred[1]"),
        ("y[1][3] = [1. 2.]", "rnn_forward", "y_pred[1][3]"),
        ("Dwf.shape = (5, 8)", "lstm_backward", 'gradients["dWf"].shape'),
        ("len(cache) = 10", "lstm_cell_forward", "len(cache)"),
    ],
)
def test_places_have_the_names_of_the_cell(text, function, place):
    """Whatever the post calls it, a place is named as in the function's own cell."""
    (value,) = values(text)
    seen = whose.observed(function, value)
    assert seen.place == place
    assert seen.function == function


@pytest.mark.parametrize(
    ("text", "functions"),
    [
        ("dc_prev[2][3] = 0.5", "lstm_cell_backward"),
        ("dxt[1][2] = 0.5", "rnn_cell_backward lstm_cell_backward"),
        ("dWf[3][1] = 0.5", "lstm_cell_backward lstm_backward"),
        ("a[4][3][6] = 0.5", "lstm_forward"),
        ('gradients["a"][4][1][2] = 0.5', ""),
        ("dWf[9][1] = 0.5", ""),
        ("dWf[3][1][2] = 0.5", ""),
        ("a_next[4] = 0.5 0.6", ""),
        ("nothing[1][2] = 0.5", ""),
    ],
)
def test_who_can_have_printed_it(text, functions):
    """The name must be an output, the indices must fit, and the array must be whole."""
    (value,) = values(text)
    assert whose.candidates(value) == set(functions.split())


def test_a_number_without_brackets():
    """Where an array of one is printed, short numbers have lost brackets and long ones had none."""
    short, long = values("dbf[4] = 0.18864637\ndbi[4] = -0.4014249112345678")
    assert whose.observed("lstm_backward", short).shape == (1,)
    assert whose.observed("lstm_backward", long).shape == ()


@pytest.mark.parametrize("function", PUBLISHED)
def test_published_numbers_are_known(function):
    """The published lines are published; with one digit changed they are not."""
    for label, expected in PUBLISHED[function].lines:
        bare = expected.strip("()") if "shape" in label else expected
        text = f"({bare})" if "shape" in label else bare
        (value,) = values(f"{label} {text}")
        assert whose.is_published([whose.observed(function, value)]), label
        (wrong,) = values(f"{label} {text.replace('1', '2').replace('3', '4')}")
        if wrong.numbers != value.numbers:
            assert not whose.is_published([whose.observed(function, wrong)]), label


@pytest.mark.parametrize("line", OLD.splitlines())
def test_old_numbers_are_published_too(line):
    """The numbers of the old editions are known, and not mixed with the new ones."""
    function, _, text = line.partition(" ")
    (old,) = (whose.observed(function, value) for value in values(text))
    assert whose.is_published([old])
    new = {
        "rnn_cell_backward": "dWax[3][1] = 0.410772824935",
        "lstm_backward": "dWf[3][1] = -0.0810",
    }
    (other,) = values(new[function])
    assert not whose.is_published([old, whose.observed(function, other)])


@pytest.mark.parametrize(
    ("text", "mentioned", "function"),
    [
        ("dWf[3][1] = 0.5", "", "lstm_cell_backward"),
        ("dWf[3][1] = 0.5", "lstm_backward", "lstm_backward"),
        ("dWf[3][1] = -0.0809802310938", "lstm_cell_backward", "lstm_backward"),
        ("dx.shape = (3, 10, 4)\nda0[2][3] = -0.314942375127", "", "rnn_backward"),
        ("a[4][1] = [1. 2. 3. 4.]", "", "rnn_forward"),
        ("caches[1][1][1] = [1. 2. 3. 4. 5. 6. 7.]", "rnn_forward", "lstm_forward"),
        ("dx[1][2] = [-2.1 -0.6 0.02 -0.01]\nda0[2][3] = -0.32", "", "rnn_backward"),
        ("dx[1][2] = [0.002 0.3 -0.4 -0.4]\nda0[2][3] = 0.32", "", "lstm_backward"),
        ("dx.shape = (3, 10, 4)\nda0.shape = (5, 10)", "", "rnn_backward"),
        ("yt_pred[1] = 1. 2. 3. 4. 5. 6. 7. 8. 9. 10.", "", "rnn_cell_forward"),
    ],
)
def test_owner(text, mentioned, function):
    """Sizes tell first, then right numbers, then what is named near by, then the cell."""
    found = values(text)
    among = frozenset.intersection(*map(whose.candidates, found))
    assert whose.owner(found, among, mentioned) == function
