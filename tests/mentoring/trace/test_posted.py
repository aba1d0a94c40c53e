"""mentoring/posted: what a forum's editor does to code is undone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_course.mentoring.trace.posted import clean, closed, kind_of, logical_lines


def kinds(text):
    """(kind, text) of each line that is not blank."""
    return [(line.kind, line.text) for line in logical_lines(text) if line.kind != "blank"]


@pytest.mark.parametrize(
    "written",
    [
        "dxt = gradients[“dxt”] − 1",
        "dxt = gradients[&quot;dxt&quot;] - 1",
        'dxt&nbsp;=\u00a0gradients["dxt"] \u2013 1',
        '<code>dxt = gradients["dxt"] - 1</code><br/>',
        '> dxt = gradients["dxt"] - 1',
        '>>> dxt = gradients["dxt"] - 1',
        'In [5]: dxt = gradients["dxt"] - 1',
        '\tdxt = gradients["dxt"] - 1\r',
    ],
)
def test_marks_and_markup_are_undone(written):
    """Quotes, minus signs, spaces, entities, tags and prompts."""
    assert kinds(written) == [("code", 'dxt = gradients["dxt"] - 1')]


@pytest.mark.parametrize("mark", ["- ", "* ", "• ", "| ", "{n}. ", "{n:>3}: ", "{n} "])
def test_what_stands_before_each_line_goes(mark):
    """Bullets, bars and line numbers, with the indentation behind them kept."""
    lines = ["def f(a):", "    b = a * 2", "    return b"]
    post = "\n".join(mark.format(n=n) + line for n, line in enumerate(lines, 1))
    assert [line.rstrip() for line in clean(post)] == lines


def test_a_minus_that_is_no_bullet_stays():
    """One line that goes on with a minus is no list."""
    text = "dc = (a * b\n- c * d)\ne = f\ng = h"
    assert kinds(text)[0] == ("code", "dc = (a * b - c * d)")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dxt = np.dot(Wf.T,\n   dft)", "dxt = np.dot(Wf.T, dft)"),
        ("dxt = a + \\\n   b", "dxt = a + b"),
        ("cache = (\n  a,\n  b,\n)", "cache = ( a, b, )"),
        ("dxt = np.dot(Wf.T, dft", "dxt = np.dot(Wf.T, dft)"),
        ("dxt = np.dot(Wf.T, dft))", "dxt = np.dot(Wf.T, dft)"),
        ("dxt = (a +  # the first\n  b)", "dxt = (a + b)"),
    ],
)
def test_statements_are_put_together(text, expected):
    """Over several lines, with brackets that are missing or too many."""
    assert kinds(text) == [("code", expected)]


def test_lines_that_stay_unreadable_are_named():
    """They do not swallow what follows."""
    assert kinds("dWf = np.dot(dft,,\ndbf = 1") == [
        ("unread", "dWf = np.dot(dft,,"),
        ("code", "dbf = 1"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        'gradients["dxt"][1][2] = 3.23055911',
        'gradients["dba"][4] = [0.25]',
        'gradients["dxt"].shape = (3, 10)',
        "Thank you all",
        "Hi",
        "x is y",
        "# a comment",
        '"""Text\nof several = lines\n"""',
    ],
)
def test_what_is_no_code(text):
    """Printed values, sentences, comments and docstrings."""
    assert all(kind == "prose" for kind, _ in kinds(text))


def test_what_was_taken_out_is_a_gap():
    """A moderator's mark, or dots."""
    assert [kind for kind, _ in kinds("{*Moderator's Edit: removed*}\n#...\n...")] == ["gap"] * 3


def test_brackets_are_closed_only_if_that_is_python():
    """Otherwise nothing is made up."""
    assert closed("a = f(b[1") == "a = f(b[1])"
    assert closed("a = = (") is None
    assert kind_of("for t in reversed(range(T_x)):") == "block"


@given(st.text(max_size=200))
def test_any_text_can_be_read(text):
    """Whatever it is, and whatever stands before it."""
    logical_lines(text)
    logical_lines(f"dWf = np.dot({text}\n{text})")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a = 1; b = c * 2", ["a = 1", "b = c * 2"]),
        ('a = d["x; y"]; b = f(c)  # both; of them', ['a = d["x; y"]', "b = f(c)"]),
        ("a = f(b,\n  c); d = a", ["a = f(b, c)", "d = a"]),
        ("a = 1;", ["a = 1;"]),
    ],
)
def test_statements_between_semicolons_are_set_apart(text, parts):
    """But not at a semicolon in a string or a comment."""
    assert kinds(text) == [("code", part) for part in parts]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("for t in range(T)", "block"),
        ("for t in range(T)  # all of them", "block"),
        ("def f(a, b)", "def"),
        ("if t == 0", "block"),
        ("while t > 0", "block"),
        ("else", "block"),
    ],
)
def test_a_missing_colon_is_put_in(text, kind):
    """And what was posted is kept."""
    (line,) = logical_lines(text)
    assert (line.kind, line.posted) == (kind, text)
    assert line.text.endswith(":")
    assert logical_lines(f"{text.partition(' #')[0].strip()}:")[0].posted == ""


@pytest.mark.parametrize("text", ["for me in general it works", "if you look", "while testing"])
def test_a_sentence_lacks_no_colon(text):
    """Though it begins like a block."""
    assert kinds(text) == [("prose", text)]
