"""The command rnn-course regrade as an instructor meets it: a mistake of the course is mended."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest
from batch.test_conduct import NOTEBOOK, hand_in, submission
from conftest import ASSIGNMENT, ROOT, STUDENT_FILES, copy_released
from gradebooks import rows
from terminal import on_a_terminal

pytestmark = pytest.mark.slow
CLASS = ("all-right", "three-mistakes", "untouched")
MAIN = "from rnn_course.cli import main; main(prog_name='rnn-course')"
SUBJECT = Path("rnn_course", "subject", ASSIGNMENT.replace("-", "_"))
RIGHT, WRONG = "np.stack(y_pred, axis=2), (c", "np.stack(y_pred[::-1], axis=2), (c"


def command(*arguments):
    """A verb, of the programs that lie in the course."""
    return [sys.executable, "-c", MAIN, *arguments]


def environment(course):
    """In it: nothing but what is asked for is written."""
    return os.environ | {"PYTHONPATH": str(course), "PYTHONDONTWRITEBYTECODE": "1"}


def run(course, *arguments):
    """Run a verb."""
    return subprocess.run(
        command(*arguments),
        cwd=course,
        env=environment(course),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def told(course, *options, status=0):
    """What regrade says as JSON."""
    done = run(course, "regrade", ASSIGNMENT, "--json", *options)
    assert done.returncode == status, done.stderr
    return json.loads(done.stdout)


def edit(path, was, becomes):
    """Change one place of a file."""
    text = path.read_text("utf-8")
    assert text.count(was) == 1
    path.write_text(text.replace(was, becomes), "utf-8")


def plant(course):
    """Turn the reference of rnn_forward wrong: two points of it hang on y_pred, and no gradient."""
    edit(course / SUBJECT / "reference.py", RIGHT, WRONG)


def repair(course):
    """Mend it."""
    edit(course / SUBJECT / "reference.py", WRONG, RIGHT)


def own_programs(course):
    """Let a copied course have programs of its own."""
    for name in ("rnn_course", *STUDENT_FILES):
        (course / name).unlink()
    skip = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "rnn_course", course / "rnn_course", ignore=skip)
    for name in STUDENT_FILES:
        shutil.copy(ROOT / name, course)


def copied(course, target):
    """Another copy of it, as it is."""
    return Path(shutil.copytree(course, target, symlinks=True))


@pytest.fixture(scope="module")
def wronged(course, tmp_path_factory):
    """A class that was graded with the wrong reference; the reference is mended since."""
    course = copy_released(course, tmp_path_factory.mktemp("wronged") / "course")
    own_programs(course)
    hand_in(course, CLASS)
    plant(course)
    assert run(course, "autograde", ASSIGNMENT).returncode == 0
    repair(course)
    return course


@pytest.fixture
def mended(wronged, tmp_path):
    """It, for this test alone."""
    return copied(wronged, tmp_path / "course")


def everything(course):
    """Each path with its time and its contents."""
    return {
        str(path.relative_to(course)): (
            path.lstat().st_mtime_ns,
            sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in [course, *course.rglob("*")]
    }


def totals(course):
    """The points of each student in the gradebook."""
    found = {}
    for student, _, _, _, _, auto, manual, *_ in rows(f"sqlite:///{course / 'gradebook.db'}")[
        "grades"
    ]:
        found[student] = found.get(student, 0) + (auto if manual is None else manual)
    return found


def by_hand(course, student, **values):
    """Write into the row of rnn_forward of a student, as Formgrader does."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "rnn-course") as gradebook:
        grade = gradebook.find_grade("rnn_forward", ASSIGNMENT, ASSIGNMENT, student)
        for name, value in values.items():
            setattr(grade, name, value)
        gradebook.db.commit()


def test_a_dry_run_shows_just_what_was_planted_and_writes_nothing(mended):
    """Not a file, not a time of one: gradebook, folders, marks, journal."""
    before = everything(mended)
    found = told(mended, "--dry-run")
    assert everything(mended) == before
    assert found["since"] == {"programs": 3}
    assert {row["student"]: (row["before"], row["after"]) for row in found["students"]} == {
        "all-right": (98, 100),
        "three-mistakes": (81, 83),
    }
    for row in found["students"]:
        ((one,), kind) = row["functions"], row["kind"]
        assert (kind, one["function"], one["before"], one["after"], one["max_points"]) == (
            *("gain points", "rnn_forward", 6, 8, 8),
        )
        assert one["why_before"].startswith("y_pred wrong (")
        assert one["why_now"] == "right"
    assert found["summary"]["functions"] == {"rnn_forward": {"down": 0, "up": 2}}
    assert (found["summary"]["mean_gain"], found["kept"]) == (2, False)


def test_what_is_kept_is_what_a_fresh_grading_gives_and_then_nothing_changes(mended, tmp_path):
    """Every row of the gradebook and every notebook; autograde has nothing left to do."""
    fresh = copied(mended, tmp_path / "fresh")
    shutil.rmtree(fresh / "autograded")
    assert run(fresh, "autograde", ASSIGNMENT, "--force").returncode == 0
    done = run(mended, "regrade", ASSIGNMENT, "--yes")
    assert done.returncode == 0, done.stderr
    assert "Kept: 3 submissions." in done.stdout
    ours, theirs = (rows(f"sqlite:///{path / 'gradebook.db'}") for path in (mended, fresh))
    assert ours == theirs
    assert totals(mended) == {"all-right": 100, "three-mistakes": 83, "untouched": 0}
    for student in CLASS:
        path = Path("autograded", student, ASSIGNMENT, NOTEBOOK)
        assert (mended / path).read_bytes() == (fresh / path).read_bytes()
    again = told(mended, "--yes")
    assert (again["outcomes"], again["students"], again["kept"]) == ({"kept": 3}, [], False)
    done = run(mended, "autograde", ASSIGNMENT, "--json")
    assert json.loads(done.stdout)["outcomes"] == {"kept": 3}


def test_it_is_told_in_words_with_the_losers_first(wronged, tmp_path):
    """Grade with the right reference, then let the instructor's repair be the mistake."""
    course = copied(wronged, tmp_path / "course")
    assert run(course, "autograde", ASSIGNMENT).returncode == 0
    plant(course)
    shutil.copy(submission(course, "all-right") / NOTEBOOK, submission(course, "untouched"))
    done = run(course, "regrade", ASSIGNMENT, "--dry-run")
    assert done.returncode == 0
    said = done.stdout
    assert said.index("Lose points: 2") < said.index("Handed in again since: 1")
    for words in (
        "changed since: programs (3)",
        "changed since: submission (1)",
        "all-right  100 → 98\n    rnn_forward  8 → 6 of 8\n",
        "        before: right\n        now:    y_pred wrong (",
        "untouched  0 → 98\n",
        "the points of 2: 2 down, 0 up; -2 on average, -2 at most (all-right).",
        "rnn_forward: 2 down, 0 up",
        "Nothing was written.",
    ):
        assert words in said


def test_a_score_that_a_person_gave_stands(mended):
    """The total does not move; the function is to be looked at again, as nbgrader has it."""
    by_hand(mended, "all-right", manual_score=3.0, extra_credit=0.5, needs_manual_grade=False)
    done = run(mended, "regrade", ASSIGNMENT, "--yes")
    assert "Same points, other judgement: 1" in done.stdout
    assert "all-right  95.5 → 95.5" in done.stdout
    assert "rnn_forward  6 → 8 of 8; a person gave 3, which stands" in done.stdout
    assert "1 of them here; kept, they are marked “needs manual grade”" in done.stdout
    (mark,) = (
        row[5:]
        for row in rows(f"sqlite:///{mended / 'gradebook.db'}")["grades"]
        if row[0] == "all-right" and row[3] == "rnn_forward"
    )
    assert mark == (8, 3, 0.5, 1)


def test_late_penalties_are_in_the_difference(mended):
    """By nbgrader's step and plugin: here a late one has nothing, and the difference says so."""
    with open(mended / "nbgrader_config.py", "a") as file:
        file.write('c.LateSubmissionPlugin.penalty_method = "zero"\n')
    with sqlite3.connect(mended / "gradebook.db") as gradebook:
        gradebook.execute("update assignment set duedate = '2026-01-02 00:00:00.000000'")
    gradebook.close()
    (submission(mended, "all-right") / "timestamp.txt").write_text("2026-01-03 10:00:00 UTC")
    found = told(mended, "--dry-run")
    (late,) = (row for row in found["students"] if row["student"] == "all-right")
    assert (late["kind"], late["before"], late["after"]) == ("handed in again since", 98, 0)
    assert late["penalty"] == {"before": 0, "after": 100}
    assert found["since"] == {"programs": 3, "due date": 3, "submission": 1}


def test_what_nbgrader_autograde_gave_is_compared_too(wronged, tmp_path):
    """Its grades and its notebooks' words; what has changed since is not known."""
    course = copied(wronged, tmp_path / "course")
    plant(course)
    nbgrader = [sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT, "--force"]
    subprocess.run(nbgrader, cwd=course, env=environment(course), check=True, capture_output=True)
    repair(course)
    found = told(course, "--dry-run", "--student", "a*")
    assert found["since"] == {"not known: graded by nbgrader autograde, or by an older course": 1}
    (row,) = found["students"]
    assert (row["kind"], row["before"], row["after"]) == ("gain points", 98, 100)
    assert row["functions"][0]["why_before"].startswith("y_pred wrong (")


def test_a_gradebook_that_was_put_back_is_noticed(mended):
    """What is graded has the right mark, and other points stand in the gradebook."""
    shutil.copy(mended / "gradebook.db", mended / "yesterday.db")
    assert told(mended, "--yes")["kept"]
    shutil.copy(mended / "yesterday.db", mended / "gradebook.db")
    found = told(mended, "--dry-run")
    assert found["outcomes"] == {"graded": 2, "kept": 1}
    assert [row["gain"] for row in found["students"]] == [2, 2]
    assert found["since"] == {"gradebook": 2}


def test_other_words_without_other_points_are_kept_too(mended):
    """A row of the catalogue says it better; the feedback of whom it is about is out of date."""
    assert told(mended, "--yes")["kept"]
    mistakes = mended / SUBJECT / "mistakes.toml"
    text = mistakes.read_text("utf-8")
    start = text.index('name = "dc-not-carried"')
    why = text[start:].partition('why = "')[2].partition('"')[0]
    mistakes.write_text(text.replace(why, "It is easily forgotten."), "utf-8")
    for student in CLASS:
        (mended / "feedback" / student / ASSIGNMENT).mkdir(parents=True)
    found = told(mended, "--yes")
    assert [(row["student"], row["kind"]) for row in found["students"]] == [
        ("three-mistakes", "same points, other words")
    ]
    assert found["feedback_out_of_date"] == ["three-mistakes"]
    path = mended / "autograded" / "three-mistakes" / ASSIGNMENT / NOTEBOOK
    assert "It is easily forgotten." in path.read_text("utf-8")


def test_other_points_go_through_a_release(mended):
    """Till then it says what is missing; nbgrader takes points, although there are submissions."""
    edit(mended / SUBJECT / "exercises.toml", "a = 3, y_pred = 2, caches = 2 }\nc", "a = 5 }\nc")
    edit(
        mended / SUBJECT / "exercises.toml",
        "points = { a = 5 }",
        "points = { a = 5, y_pred = 4, caches = 2 }",
    )
    done = run(mended, "regrade", ASSIGNMENT, "--dry-run")
    assert done.returncode == 1
    said = " ".join(done.stderr.split())
    assert "rnn_forward is worth 12 points in exercises.toml and 8 in the gradebook" in said
    path = mended / "source" / ASSIGNMENT / NOTEBOOK
    notebook = json.loads(path.read_text("utf-8"))
    (cell,) = (cell for cell in notebook["cells"] if cell["id"] == "rnn_forward")
    cell["metadata"]["nbgrader"]["points"] = 12
    path.write_text(json.dumps(notebook), "utf-8")
    done = run(mended, "release", ASSIGNMENT)
    assert done.returncode == 0, done.stderr
    found = told(mended, "--yes")
    assert [(row["student"], row["after"]) for row in found["students"]] == [
        *(("all-right", 104), ("three-mistakes", 87), ("untouched", 0)),  # of 12, that is
    ]
    assert {"programs", "points"} <= found["since"].keys()
    assert totals(mended)["all-right"] == 104


def test_feedback_is_not_touched_and_the_command_for_it_is_told(mended):
    """Which then does it."""
    feedback = ("generate_feedback", ASSIGNMENT, "--force")
    nbgrader = [sys.executable, "-m", "nbgrader"]
    options = {"cwd": mended, "env": environment(mended), "check": True, "capture_output": True}
    subprocess.run([*nbgrader, *feedback], **options)
    before = everything(mended / "feedback")
    done = run(mended, "regrade", ASSIGNMENT, "--yes")
    assert everything(mended / "feedback") == before
    assert (
        "The feedback of 2 (all-right, three-mistakes) is out of date:"
        f" nbgrader {' '.join(feedback)}\n"
    ) in done.stdout
    subprocess.run([*nbgrader, *feedback], **options)
    page = mended / "feedback" / "all-right" / ASSIGNMENT / f"{ASSIGNMENT}.html"
    assert "rnn_forward: 8 of 8 points" in page.read_text("utf-8")


def asked(course, answer):
    """What it says on a terminal to one who answers, or presses Ctrl-C in place of that."""

    def told(said, process, terminal):
        if said.endswith(b"[y/N]: "):
            time.sleep(1)  # Python loses a Ctrl-C that comes just before it waits for the answer
            os.write(terminal, answer) if answer else process.send_signal(signal.SIGINT)

    env = environment(course) | {"TERM": "dumb"}
    return on_a_terminal(command("regrade", ASSIGNMENT), told, cwd=course, env=env)


@pytest.mark.parametrize(("answer", "points"), [(b"y\n", 100), (b"n\n", 98), (None, 98)])
def test_on_a_terminal_it_asks(mended, answer, points):
    """After it has shown the difference; no, or Ctrl-C, leaves everything as it was."""
    before = everything(mended / "autograded")
    status, said = asked(mended, answer)
    assert status == (0 if answer else 130)
    assert said.index("all-right  98 → 100") < said.index("Keep these grades?")
    assert totals(mended)["all-right"] == points
    if points == 98:
        changed = {
            name
            for name, told in everything(mended / "autograded").items()
            if before.get(name) != told
        }
        assert changed <= {"."}


def test_a_dry_run_that_is_stopped_leaves_nothing(mended):
    """Ctrl-C, in the middle of a class."""
    for k in range(40):
        (mended / "submitted" / f"{k:02}").symlink_to(mended / "submitted" / "all-right")
    before = everything(mended)
    with subprocess.Popen(
        command("regrade", ASSIGNMENT, "--dry-run"),
        cwd=mended,
        env=environment(mended),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        for _ in range(3):
            process.stderr.readline()
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate()
    assert process.returncode == 130
    assert "Stopped: " in errors
    assert "Traceback" not in errors
    assert everything(mended) == before


def test_one_that_cannot_be_graded_keeps_what_it_had(mended):
    """It is named, with exit status 1; the others are kept."""
    (submission(mended, "all-right") / NOTEBOOK).rename(submission(mended, "all-right") / "m.ipynb")
    found = told(mended, "--yes", status=1)
    assert found["outcomes"] == {"failed": 1, "graded": 2}
    assert "all-right" in found["failed"]
    assert totals(mended) == {"all-right": 98, "three-mistakes": 83, "untouched": 0}


def test_a_gradebook_that_another_program_writes_is_said_in_a_sentence(mended):
    """It waits for some seconds, as all that read the gradebook do."""
    before = everything(mended)
    other = sqlite3.connect(mended / "gradebook.db", isolation_level=None)
    other.execute("begin exclusive")
    done = run(mended, "regrade", ASSIGNMENT, "--dry-run")
    other.close()
    assert done.returncode == 1
    assert "in use by another command" in done.stderr
    assert "Traceback" not in done.stderr
    assert everything(mended) == before


def test_what_was_never_graded_is_graded_by_autograde(fresh):
    """A regrade has something to compare with, or it does nothing."""
    hand_in(fresh, CLASS)
    before = everything(fresh)
    done = run(fresh, "regrade", ASSIGNMENT, "--yes")
    assert done.returncode == 1
    assert "Nothing of rnn-step-by-step is graded: rnn-course autograde does" in done.stderr
    assert everything(fresh) == before


@pytest.mark.parametrize(
    ("arguments", "spoil", "words"),
    [
        (["no-such", "--dry-run"], None, "No such assignment: no-such: run nbgrader generate_"),
        ([ASSIGNMENT], None, "Nobody can be asked here: add --yes to keep, or --dry-run to look."),
        ([ASSIGNMENT, "--json"], None, "add --yes to keep, or --dry-run to look."),
        ([ASSIGNMENT, "--dry-run", "--student", "x"], None, "is it handed in, and under this name"),
        (
            [ASSIGNMENT, "--dry-run"],
            lambda course: (course / "gradebook.db").write_bytes(b"no database " * 1000),
            "gradebook",
        ),
        (
            [ASSIGNMENT, "--dry-run"],
            lambda course: (course / "gradebook.db").unlink(),
            "No gradebook",
        ),
        (
            [ASSIGNMENT, "--dry-run"],
            lambda course: (course / "course_secret.txt").unlink(),
            "put your copy of it back",
        ),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(mended, arguments, spoil, words):
    """And nothing is made or touched."""
    if spoil:
        spoil(mended)
    before = everything(mended)
    done = run(mended, "regrade", *arguments)
    assert done.returncode in (1, 2)
    assert words in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert everything(mended) == before
