"""The command rnn-course: help, exit statuses, JSON, completion, colours, progress; the demo."""

import json
import os
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner
from conftest import ASSIGNMENT, COHORT, ROOT, copy_course
from terminal import on_a_terminal

from rnn_course.cli import main
from rnn_course.grading.cohort import cohort
from rnn_course.grading.course import Course
from rnn_course.mentoring.printed import MISTAKES
from rnn_course.sandbox.probe import Layer
from rnn_course.sandbox.sandbox import Sandbox
from rnn_course.subject.exercises import ASSIGNMENTS

SEEDS = {
    member.student
    for assignment in ASSIGNMENTS
    for member in cohort(assignment).values()
    if member.student.startswith("seed-")
}
COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-7]m")


def run(*arguments):
    """The exit status and everything that was printed."""
    result = CliRunner().invoke(main, list(arguments))
    return result.exit_code, result.output


def completed(*words, cwd=ROOT) -> list[str]:
    """What bash is offered for the last of the words."""
    line = " ".join(("rnn-course", *words))
    asked = {"_RNN_COURSE_COMPLETE": "bash_complete", "COMP_WORDS": line}
    done = subprocess.run(
        [sys.executable, "-m", "rnn_course"],
        cwd=cwd,
        env=os.environ | asked | {"COMP_CWORD": str(len(words)), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return [row.partition(",")[2] for row in done.stdout.splitlines() if row]


def shown(*arguments, cwd=ROOT, **variables) -> tuple[int, str]:
    """The exit status, and what the program writes on a terminal."""
    plain = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
    seen = plain | {"TERM": "xterm", "COLUMNS": "110", "PYTHONPATH": str(ROOT)} | variables
    command = [sys.executable, "-m", "rnn_course", *arguments]
    return on_a_terminal(command, cwd=cwd, env=seen)


def test_help_names_the_verbs():
    """One verb a job."""
    status, said = run("--help")
    assert status == 0
    for verb in main.commands:
        assert f"\n  {verb} " in said


def test_the_module_is_the_command():
    """python -m rnn_course, where the command is not on the path."""
    command = [sys.executable, "-m", "rnn_course", "--version"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert re.fullmatch(r"rnn-course, version \d+\.\d+\.\d+\n", done.stdout)


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("re",), {"regrade", "release", "reproduce"}),
        (("autograde", ""), {ASSIGNMENT, "lstm-language-network"}),
        (("release", "rnn"), {ASSIGNMENT}),
        (("release", "--course", "nowhere", ""), set()),
        (("demo", "--only", "all-"), {name for name in COHORT if name.startswith("all-")}),
        (("demo", "--only", "seed-"), SEEDS),
        (("mistakes", "lstm_f"), {"lstm_forward"}),
        (("reproduce", "rnn_f"), {name for name in MISTAKES if name.startswith("rnn_f")}),
        (("reproduce", "x/y", "--cell", "rnn_cell_b"), {"rnn_cell_backward"}),
        (("grade", "--ex"), {"--explain"}),
    ],
)
def test_the_tab_key_offers_names(words, offered):
    """Verbs, assignments, students, functions, mistakes, options: those that there are."""
    assert set(completed(*words)) == offered


def test_the_tab_key_offers_the_students_of_the_course(tmp_path):
    """Those who have handed something in, of the course that is named."""
    for student in ("anna", "ben", ".hidden"):
        (tmp_path / "course" / "submitted" / student).mkdir(parents=True)
    (tmp_path / "course" / "nbgrader_config.py").touch()
    words = ("autograde", "--course", "course", "--student", "")
    assert completed(*words, cwd=tmp_path) == ["anna", "ben"]


def test_bash_knows_the_command_once_it_has_read_the_line():
    """The line of docs/commands.md, in a bash that completes as on a press of the key."""
    line = re.search(r'`(eval "\$\(\w+=bash_source.*?)`', (ROOT / "docs/commands.md").read_text())
    script = (
        f'rnn-course() {{ "{sys.executable}" -m rnn_course "$@"; }}\n{line[1]}\n'
        "COMP_WORDS=(rnn-course diag) COMP_CWORD=1\n_rnn_course_completion rnn-course\n"
        'echo "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["diagnose"]


@pytest.mark.parametrize("words", [("doctor",), ("mistakes", "rnn_forward")])
def test_piped_there_is_no_sign_of_a_terminal(words):
    """Plain text, for a file or a program."""
    status, said = run(*words)
    assert status == 0
    assert "\x1b" not in said


def test_colours_come_and_go_as_is_usual(tmp_path):
    """On a terminal; not with NO_COLOR; with FORCE_COLOR also where there is none."""
    (tmp_path / "post.txt").write_text('gradients["dxt"][1][2] = -1.3872130506\n')
    words = ("diagnose", "post.txt")
    status, said = shown(*words, cwd=tmp_path)
    assert status == 0
    assert COLOUR.search(said)
    status, said = shown(*words, cwd=tmp_path, NO_COLOR="1")
    assert status == 0
    assert "right" in said
    assert not COLOUR.search(said)
    environment = os.environ | {"FORCE_COLOR": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "rnn_course", *words]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert COLOUR.search(done.stdout)


def test_doctor_tries_every_layer():
    """And says that grading is possible, where it is."""
    status, said = run("doctor")
    assert status == 0, said
    for layer in ("Landlock: files", "seccomp", "namespace: net", "resource limits"):
        assert layer in said
    assert "Grading is possible here" in said
    assert "MISSING" not in said


@pytest.fixture
def without_seccomp(monkeypatch):
    """One layer that must hold and does not, one that need not."""
    layers = [
        Layer("seccomp", "starts no process", True, False, "no library"),
        Layer("namespace: net", "has no network", False, False, "not allowed"),
        Layer("capabilities", "has none", True, True),
    ]
    monkeypatch.setattr(Sandbox, "layers", layers)


def test_doctor_names_what_is_missing_and_what_to_do(without_seccomp):
    """With the names of packages."""
    status, said = run("doctor")
    assert status == 1
    assert "Nothing is graded without seccomp." in said
    assert "libseccomp2" in said
    states = [state for state in ("MISSING", "not here", "holds") if state in said]
    assert len(states) == 3
    assert "Grading is possible" not in said


def test_doctor_as_json_says_the_same(without_seccomp):
    """JSON alone on stdout, the sentence on stderr."""
    result = CliRunner().invoke(main, ["doctor", "--json"])
    told = json.loads(result.stdout)
    assert result.exit_code == 1
    assert told["possible"] is False
    assert told["layers"][0] == {
        "name": "seccomp",
        "keeps": "starts no process",
        "required": True,
        "holds": False,
        "why": "no library",
    }
    assert "Nothing is graded without seccomp." in result.stderr


def test_doctor_on_another_system_is_one_sentence(monkeypatch):
    """macOS and Windows."""
    monkeypatch.setattr(sys, "platform", "darwin")
    status, said = run("doctor")
    assert status == 1
    assert said.startswith("Error: Grading needs Linux")


def test_an_unknown_student_is_told_the_known_ones(course):
    """Nothing is graded then."""
    status, said = run("demo", "--course", str(course), "--only", "nobody")
    assert status == 2
    assert "No student nobody" in said
    assert "all-right" in said
    assert not (course / "demo").exists()


@pytest.mark.slow
def test_the_demo_of_one_student_ends_with_table_reasons_and_paths(tmp_path):
    """And it leaves the instructor's own folders and gradebook alone."""
    root = copy_course(tmp_path / "my course")
    status, said = run("demo", "--course", str(root), "--only", "syntax-error")
    assert status == 0, said
    assert "SyntaxError" in said
    assert "Autograding 1 of 1: syntax-error" in said
    assert "have just the points" in said
    page = Course(root, "demo").folder("feedback") / "syntax-error" / ASSIGNMENT
    assert str(page) in said
    assert (page / f"{ASSIGNMENT}.html").is_file()
    assert not (root / "submitted").exists()
    assert not (root / "gradebook.db").exists()


@pytest.mark.slow
def test_the_demo_as_json_says_who_has_other_points_than_are_due(fresh, monkeypatch):
    """Exit status 1, a sentence for each on stderr, JSON alone on stdout."""
    member = COHORT["untouched"]
    monkeypatch.setitem(member.lost, "rnn_forward", 1.0)
    words = ["demo", ASSIGNMENT, "--course", str(fresh), "--only", member.student, "--json"]
    result = CliRunner().invoke(main, words)
    told = json.loads(result.stdout)
    assert result.exit_code == 1
    assert told["as_due"] is False
    (student,) = told["students"][ASSIGNMENT]
    assert student["points"] == 0
    assert student["functions"]["rnn_forward"]["points"] == 0
    assert student["functions"]["rnn_forward"]["due"] == 7
    assert "untouched, rnn_forward: 0, but 7 is due." in result.stderr
    assert result.stderr.count("is due.") == 1


@pytest.mark.slow
def test_release_tells_what_it_does(tmp_path):
    """In a line that changes on a terminal; JSON alone on stdout."""
    root = copy_course(tmp_path / "course")
    status, said = shown("release", ASSIGNMENT, cwd=root)
    assert status == 0, said
    assert f"Generating release/{ASSIGNMENT}" in said
    assert "\x1b[?25l" in said  # the cursor is hidden while the line changes
    assert f"Generated {root / 'release' / ASSIGNMENT}" in said.replace("\r\n", "")
    result = CliRunner().invoke(main, ["release", ASSIGNMENT, "--course", str(root), "--json"])
    assert json.loads(result.stdout) == {
        "released": {ASSIGNMENT: str(root / "release" / ASSIGNMENT)}
    }
    assert result.stderr == f"Generating release/{ASSIGNMENT} …\n"


@pytest.mark.slow
def test_a_failing_nbgrader_command_is_a_message_and_no_traceback(tmp_path):
    """A source notebook that is not there."""
    root = copy_course(tmp_path / "course")
    (root / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").unlink()
    status, said = run("release", "--course", str(root))
    assert status == 1
    assert "nbgrader generate_assignment failed" in said
    assert "Traceback" not in said
    assert len(said.splitlines()) == 2  # what it did, and why that failed
