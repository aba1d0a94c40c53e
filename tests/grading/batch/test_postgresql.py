"""A gradebook on PostgreSQL: both ways to autograde, and all that comes before and after."""

import json
import os
import shutil
import subprocess
import tempfile
from glob import glob
from pathlib import Path

import pytest
from batch.test_conduct import COMMAND, hand_in, rnn_course
from conftest import ASSIGNMENT, copy_course, nbgrader
from gradebooks import rows
from sqlalchemy import create_engine, text

pytestmark = pytest.mark.slow
CLASS = ("all-right", "three-mistakes", "untouched")
PROGRAMS = [Path(path) for path in sorted(glob("/usr/lib/postgresql/*/bin"))]


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs; without a server the test is skipped, not in CI."""
    found = next((str(path / name) for path in reversed(PROGRAMS)), shutil.which(name))
    if not found or not Path(found).exists():
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is not installed (Debian: apt install postgresql)")
        pytest.skip("PostgreSQL is not installed (Debian: apt install postgresql)")
    return found


def run(name: str, *options: str) -> None:
    """Run a program as a user who is not root, as PostgreSQL demands."""
    user = {"user": "postgres"} if os.getuid() == 0 else {}
    subprocess.run([program(name), *options], check=True, capture_output=True, cwd="/", **user)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server of its own, on a Unix socket in a temporary folder."""
    program("initdb")
    folder = Path(tempfile.mkdtemp(prefix="rnn-pg-"))  # pytest's folders are for their owner alone
    if os.getuid() == 0:
        shutil.chown(folder, "postgres")
    data = str(folder / "data")
    run("initdb", "-D", data, "-A", "trust", "-U", "course")
    options = f"-k {folder} -c listen_addresses= -c fsync=off"
    run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
    yield folder
    run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    shutil.rmtree(folder)


@pytest.fixture
def database(server, request, monkeypatch):
    """An empty database; the course's setting names it."""
    name = f"grades_{request.node.name}".lower()[:40]
    run("createdb", "-h", str(server), "-U", "course", name)
    monkeypatch.setenv("RNN_COURSE_DB", f"postgresql://course@/{name}?host={server}")
    return f"postgresql+psycopg://course@/{name}?host={server}"


def test_from_the_source_to_grades_and_back_to_students(database, tmp_path):
    """generate, autograde by both ways, feedback, export; no file takes the database's place."""
    course = copy_course(tmp_path)
    assert nbgrader(course, "generate_assignment", ASSIGNMENT).returncode == 0
    hand_in(course, CLASS)
    (course / "submitted" / "untouched" / ASSIGNMENT / "timestamp.txt").write_text(
        "2026-01-03 10:00:00 UTC"
    )
    done = rnn_course(course, "autograde", ASSIGNMENT)
    assert done.returncode == 0, done.stderr
    ours = rows(database)
    assert len(ours["grades"]) == 8 * len(CLASS)
    assert sum(row[5] for row in ours["grades"] if row[0] == "three-mistakes") == 83
    done = nbgrader(course, "autograde", ASSIGNMENT, "--force")
    assert done.returncode == 0, done.stderr
    assert rows(database) == ours
    done = nbgrader(course, "generate_feedback", ASSIGNMENT)
    assert done.returncode == 0, done.stderr
    assert len(list((course / "feedback").glob("*/*/*.html"))) == len(CLASS)
    assert nbgrader(course, "export", "--to=grades.csv").returncode == 0
    assert (course / "grades.csv").read_text().count("\n") == 1 + len(CLASS)
    assert not (course / "gradebook.db").exists()


def test_a_regrade_is_tried_without_a_write(database, tmp_path, monkeypatch):
    """In a session that the server lets only read; kept, the grade is what it was."""
    course = copy_course(tmp_path)
    assert nbgrader(course, "generate_assignment", ASSIGNMENT).returncode == 0
    hand_in(course, CLASS)
    assert rnn_course(course, "autograde", ASSIGNMENT).returncode == 0
    right = rows(database)
    engine = create_engine(database)
    with engine.begin() as connection:
        connection.execute(text("update grade set auto_score = 7 where auto_score = 8"))
    engine.dispose()
    wrong = rows(database)
    with monkeypatch.context() as patch:
        patch.setenv("PGOPTIONS", "-c default_transaction_read_only=on")
        done = rnn_course(course, "regrade", ASSIGNMENT, "--dry-run", "--json")
        assert rnn_course(course, "regrade", ASSIGNMENT, "--yes").returncode != 0  # it would write
    assert done.returncode == 0, done.stderr
    gains = {row["student"]: row["gain"] for row in json.loads(done.stdout)["students"]}
    assert gains == {"all-right": 2, "three-mistakes": 2}
    assert rows(database) == wrong
    assert rnn_course(course, "regrade", ASSIGNMENT, "--yes").returncode == 0
    assert rows(database) == right


def test_a_server_that_does_not_answer_is_one_sentence(fresh, monkeypatch):
    """With the next step, and without the password."""
    program("initdb")
    monkeypatch.setenv("RNN_COURSE_DB", "postgresql://course:s3cret@127.0.0.1:1/grades")
    hand_in(fresh, ["all-right"])
    done = subprocess.run(
        [COMMAND, "autograde", ASSIGNMENT], cwd=fresh, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "The gradebook does not answer: see that its server runs at RNN_COURSE_DB" in done.stderr
    assert "Traceback" not in done.stderr
    assert "s3cret" not in done.stderr
