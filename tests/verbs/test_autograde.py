"""The command rnn-course autograde as an instructor meets it."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from batch.test_conduct import COMMAND, hand_in, rnn_course
from conftest import ASSIGNMENT, COHORT, nbgrader
from terminal import on_a_terminal

CLASS = ("all-right", "three-mistakes", "untouched")


def test_help_imports_nothing_that_takes_long():
    """The command is there at once; what a verb needs it imports itself."""
    code = (
        "import sys; from rnn_course.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "autograde" in done.stdout
    heavy = {"numpy", "nbgrader", "nbformat", "rich", "distributed", "IPython", "sqlalchemy"}
    heavy |= {"tornado", "tomllib"}
    assert not set(done.stderr.split()) & heavy


@pytest.mark.slow
def test_piped_it_tells_of_each_submission_in_a_line_and_of_the_class_at_the_end(fresh):
    """Lines on stderr, the tables on stdout."""
    hand_in(fresh, CLASS)
    done = rnn_course(fresh, "autograde", ASSIGNMENT)
    assert done.returncode == 0, done.stderr
    first, *_ = done.stderr.splitlines()
    assert first.startswith("[1/3] all-right  graded  100 points  ")
    for words in (
        f"{ASSIGNMENT}: 3 graded",
        "Functions: students by result",
        "lstm_backward/dc-not-carried",
        "The cell state's carry is easy to forget",
        "Slowest submissions",
    ):
        assert words in done.stdout
    assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.slow
def test_on_a_terminal_there_is_a_bar_with_rate_and_time_left(fresh):
    """And counts of outcomes."""
    hand_in(fresh, CLASS)
    seen = os.environ | {"TERM": "xterm", "COLUMNS": "110"}
    status, text = on_a_terminal([COMMAND, "autograde", ASSIGNMENT], cwd=fresh, env=seen)
    assert status == 0
    assert "3/3" in text
    assert "graded 3" in text
    assert "/s" in text
    assert "left" in text


@pytest.mark.slow
def test_as_json_and_as_a_page(fresh):
    """JSON alone on stdout; the page where it is wanted."""
    hand_in(fresh, CLASS)
    done = rnn_course(fresh, "autograde", ASSIGNMENT, "--json", "--html", "class.html")
    told = json.loads(done.stdout)
    assert told["outcomes"] == {"graded": 3}
    assert told["mean_points"] == 61
    assert told["functions"]["rnn_forward"] == {
        **{"right": 2, "partly right": 0, "wrong": 0, "no result": 0, "not done": 1},
        "mean_points": 5.3333,
    }
    assert {row["mistake"] for row in told["mistakes"]} == set(COHORT["three-mistakes"].mistakes)
    assert "the class at a glance" in (fresh / "class.html").read_text("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["no-such"], "No such assignment: no-such: run nbgrader generate_assignment first."),
        ([ASSIGNMENT], "is it handed in, and under this name?"),
        ([ASSIGNMENT, "--workers", "0"], "0 is not in the range x>=1"),
        ([ASSIGNMENT, "--course", "nowhere"], "'nowhere' does not exist"),
        ([ASSIGNMENT, "--scheduler", "nonsense://x"], "No scheduler answers at nonsense://x"),
        ([ASSIGNMENT, "--scheduler", "tcp://127.0.0.1:1"], "start one with dask scheduler"),
        ([ASSIGNMENT, "--no-such-option"], "No such option"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(fresh, arguments, words):
    """And nothing is touched."""
    done = rnn_course(fresh, "autograde", *arguments)
    assert done.returncode in (1, 2)
    assert words in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert not (fresh / "autograded").exists()


def test_where_there_is_no_course_nothing_is_made(tmp_path):
    """No gradebook in whatever folder one happens to be in."""
    done = rnn_course(tmp_path, "autograde", ASSIGNMENT)
    assert done.returncode == 2
    assert "holds no nbgrader_config.py" in " ".join(done.stderr.split())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_without_a_sandbox_nothing_is_touched(fresh):
    """As nbgrader autograde says it; here the sandbox is missing a module."""
    hand_in(fresh, CLASS)
    with open(fresh / "nbgrader_config.py", "a") as file:
        file.write('c.RunCells.preload = ["no_such_module"]\n')
    done = rnn_course(fresh, "autograde", ASSIGNMENT)
    assert done.returncode == 1
    assert "The sandbox did not start" in done.stderr
    assert not (fresh / "autograded").exists()
    export = nbgrader(fresh, "export", "--to=grades.csv")
    assert export.returncode == 0
    assert "all-right" not in (fresh / "grades.csv").read_text()


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_ends_in_a_second_with_a_summary(fresh, workers):
    """No traceback, nothing half done, nothing that runs on; the same command goes on."""
    hand_in(fresh, CLASS)
    for k in range(40):
        (fresh / "submitted" / f"{k:02}").symlink_to(fresh / "submitted" / "all-right")
    command = [COMMAND, "autograde", ASSIGNMENT, "--workers", workers]
    with subprocess.Popen(
        command,
        cwd=fresh,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        for _ in range(3):
            process.stderr.readline()
        start = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        said, errors = process.communicate()
        seconds = time.monotonic() - start
    assert process.returncode == 130
    assert seconds < 5  # a second, and room for a busy machine
    assert "graded" in said
    assert "Stopped: what is graded is kept" in errors
    assert "Traceback" not in errors
    done = rnn_course(fresh, "autograde", ASSIGNMENT, "--json")
    outcomes = json.loads(done.stdout)["outcomes"]
    assert outcomes["kept"] >= 3
    assert outcomes["kept"] + outcomes["graded"] == 43


@pytest.mark.slow
def test_another_grader_of_the_same_assignment_waits(fresh):
    """Two that write the same folders would undo each other's work."""
    hand_in(fresh, CLASS)
    aside = fresh / "autograded" / ".being-graded" / ASSIGNMENT
    aside.mkdir(parents=True)
    with subprocess.Popen(["flock", str(aside), "sleep", "60"]) as holder:
        time.sleep(0.3)
        done = rnn_course(fresh, "autograde", ASSIGNMENT)
        holder.kill()
    assert done.returncode == 1
    assert "Another rnn-course autograde is grading this assignment" in done.stderr
