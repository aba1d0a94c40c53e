"""The command rnn-course: what it says to a person who calls it wrongly, and the demo."""

import sys

import pytest
from click.testing import CliRunner
from conftest import ASSIGNMENT, copy_course

from rnn_course.cli import main
from rnn_course.grading.course import Course
from rnn_course.sandbox.probe import Layer
from rnn_course.sandbox.sandbox import Sandbox


def run(*arguments):
    """The exit status and everything that was printed."""
    result = CliRunner().invoke(main, list(arguments))
    return result.exit_code, result.output


def test_help_names_the_verbs():
    """One verb a job."""
    status, said = run("--help")
    assert status == 0
    assert "demo" in said
    assert "release" in said
    assert "doctor" in said


def test_doctor_tries_every_layer():
    """And says that grading is possible, where it is."""
    status, said = run("doctor")
    assert status == 0, said
    for layer in ("Landlock: files", "seccomp", "namespace: net", "resource limits"):
        assert layer in said
    assert "Grading is possible here" in said
    assert "MISSING" not in said


def test_doctor_names_what_is_missing_and_what_to_do(monkeypatch):
    """One layer that must hold and does not, one that need not."""
    layers = [
        Layer("seccomp", "starts no process", True, False, "no library"),
        Layer("namespace: net", "has no network", False, False, "not allowed"),
        Layer("capabilities", "has none", True, True),
    ]
    monkeypatch.setattr(Sandbox, "layers", layers)
    status, said = run("doctor")
    assert status == 1
    assert "Nothing is graded without seccomp." in said
    assert "libseccomp2" in said
    states = [state for state in ("MISSING", "not here", "holds") if state in said]
    assert len(states) == 3
    assert "Grading is possible" not in said


def test_doctor_on_another_system_is_one_sentence(monkeypatch):
    """macOS and Windows."""
    monkeypatch.setattr(sys, "platform", "darwin")
    status, said = run("doctor")
    assert status == 1
    assert said.startswith("Error: Grading needs Linux")


@pytest.mark.parametrize("verb", ["demo", "release"])
def test_a_folder_that_is_no_course_is_told_in_one_sentence(tmp_path, verb):
    """With the next step, and without a traceback."""
    status, said = run(verb, "--course", str(tmp_path))
    assert status == 2
    assert "run the command in the course's folder" in said.replace("\n", " ")
    assert "Traceback" not in said


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
    assert "has just the points" in said or "have just the points" in said
    page = Course(root, "demo").folder("feedback") / "syntax-error" / ASSIGNMENT
    assert str(page) in said
    assert (page / f"{ASSIGNMENT}.html").is_file()
    assert not (root / "submitted").exists()
    assert not (root / "gradebook.db").exists()


@pytest.mark.slow
def test_a_failing_nbgrader_command_is_a_message_and_no_traceback(tmp_path):
    """A source notebook that is not there."""
    root = copy_course(tmp_path / "course")
    (root / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").unlink()
    status, said = run("release", "--course", str(root))
    assert status == 1
    assert "nbgrader generate_assignment failed" in said
    assert "Traceback" not in said
