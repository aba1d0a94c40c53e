"""The mentor's verbs: diagnose, reproduce, mistakes, grade."""

import json

import pytest
from click.testing import CliRunner

from rnn_course.cli import main
from rnn_course.mentoring.printed import MISTAKES
from rnn_course.mentoring.reproduce import printout
from rnn_course.subject.exercises import of
from rnn_course.subject.published import SOURCE

TANH_TWICE = "rnn_cell_backward/tanh-twice"


def run(*arguments, given=None):
    """The exit status, what was printed, and what was said on stderr."""
    result = CliRunner().invoke(main, list(arguments), input=given)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture(scope="module")
def post():
    """What the published cell prints with a mistake."""
    status, said, _ = run("reproduce", TANH_TWICE)
    assert status == 0
    return said


def test_reproduce_prints_what_the_cell_prints(post):
    """In its format, with wrong numbers."""
    assert post.splitlines()[1] == 'gradients["dxt"].shape = (3, 10)'
    assert post.strip() != printout("rnn_cell_backward")


def test_diagnose_names_the_line(post):
    """With a sign for each value, the line, and three hints."""
    status, said, _ = run("diagnose", "-", given=post)
    assert status == 0
    for words in ("explained", "✗", "✓", TANH_TWICE, "hint 3", "dtanh"):
        assert words in said


def test_diagnose_as_json_has_the_documented_keys(post):
    """Stable, whatever else is added."""
    status, said, _ = run("diagnose", "-", "--json", given=post)
    told = json.loads(said)
    assert status == 0
    keys = {"function", "generation", "verdict", "observations", "explanations", "seconds"}
    assert keys <= told.keys()
    assert told["observations"][0].keys() >= {"name", "reported", "expected", "matches"}
    explanation, *_ = told["explanations"]  # a tanh too many going forward prints the same
    assert explanation.keys() == {"mistakes", "reproduced", "of", "source"}
    assert explanation["reproduced"] == explanation["of"] == len(told["observations"])
    (mistake,) = explanation["mistakes"]
    assert mistake.keys() >= {"function", "line", "was", "is", "why", "hints"}
    assert len(mistake["hints"]) == 3
    assert "def rnn_cell_backward" in explanation["source"]["rnn_cell_backward"]


def test_diagnose_writes_a_page(post, tmp_path):
    """One file, beside what it prints."""
    status, said, told = run("diagnose", "-", "--html", str(tmp_path / "p.html"), given=post)
    assert status == 0
    assert "explained" in said
    assert "p.html" in told
    assert "<svg" in (tmp_path / "p.html").read_text("utf-8")


@pytest.mark.parametrize("given", ["", b"\x00\xff\x00", "nothing here", "x" * 1_000_000])
def test_unusable_input_ends_with_2_and_one_sentence(given):
    """Never with a traceback."""
    status, said, told = run("diagnose", "-", given=given)
    assert status == 2
    assert said == ""
    assert told.strip().endswith(".")
    assert "Traceback" not in told


def test_unusable_input_is_json_too():
    """For a program that reads it."""
    status, said, _ = run("diagnose", "-", "--json", given="nothing here")
    assert status == 2
    assert json.loads(said)["verdict"] == "unreadable"


def test_mistakes_lists_the_catalogue():
    """All of it, or a function's."""
    _, everything, _ = run("mistakes")
    assert all(label in everything for label in MISTAKES)
    _, some, _ = run("mistakes", "rnn_forward")
    assert {line.split("/")[0] for line in some.splitlines()} == {"rnn_forward"}
    _, told, _ = run("mistakes", "rnn_forward", "--json")
    assert json.loads(told)[0].keys() >= {"name", "why", "hint"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("reproduce", "no/such"), "rnn-course mistakes"),
        (("reproduce", TANH_TWICE, "--cell", "nonsense"), "There is no function nonsense"),
        (("reproduce", "rnn_forward/a0-ignored", "lstm_forward/a0-ignored"), "no one test cell"),
        (("mistakes", "nonsense"), "no mistake of a function nonsense"),
    ],
)
def test_a_wrong_call_says_what_to_do(arguments, words):
    """In one sentence."""
    status, _, told = run(*arguments)
    assert status in (1, 2)
    assert words in told


def test_grade_judges_each_function_of_a_file(tmp_path):
    """A wrong one with the line at fault, and the others not for its sake."""
    wrong = SOURCE["rnn_cell_backward"].replace("(1 - a_next**2)", "(1 - a_prev**2)")
    path = tmp_path / "mine.py"
    path.write_text(f"{SOURCE['rnn_cell_forward']}\n\n{wrong}", "utf-8")
    status, said, _ = run("grade", str(path), "--json")
    told = json.loads(said)["functions"]
    assert status == 0
    assert told["rnn_cell_forward"]["verdict"] == "right"
    assert told["rnn_cell_backward"]["verdict"] == "wrong"
    assert "dtanh" in told["rnn_cell_backward"]["detail"]
    assert told["lstm_backward"]["verdict"] == "absent"
    _, said, _ = run("grade", str(path))
    assert "rnn_cell_backward    wrong" in said


def test_grade_names_the_line_in_the_second_assignment_too(tmp_path):
    """From the code, for its numbers were never published; only its own functions are told."""
    wrong = SOURCE["token_cell_backward"].replace("dc * cct * it * (1 - it)", "dc * cct * it")
    path = tmp_path / "mine.py"
    path.write_text(f"{SOURCE['token_cell_forward']}\n\n{wrong}", "utf-8")
    status, said, _ = run("grade", str(path), "--json")
    told = json.loads(said)["functions"]
    assert status == 0
    assert list(told) == list(of("lstm-language-network"))
    assert told["token_cell_forward"]["verdict"] == "right"
    assert told["token_cell_backward"]["verdict"] == "wrong"
    assert "Look at the line of `dit`" in told["token_cell_backward"]["detail"]


def test_grade_of_no_function_ends_with_2(tmp_path):
    """In one sentence."""
    (tmp_path / "empty.py").write_text("x = 1\n", "utf-8")
    status, _, told = run("grade", str(tmp_path / "empty.py"))
    assert status == 2
    assert "defines none of the functions" in told
