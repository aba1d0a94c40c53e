"""grading/batch/rehearse: what is foreseen is what comes, and nothing comes before it is kept."""

import io
import json
import shutil
from types import SimpleNamespace

import pytest
from batch.test_conduct import ODD, SETTINGS, hand_in, mark_by_hand, rnn_course, submission
from conftest import ASSIGNMENT, EXERCISES, nbgrader
from gradebooks import rows

from rnn_course.grading.batch.conduct import NO_NOTEBOOK, Result
from rnn_course.grading.batch.difference import GAINS, NEW
from rnn_course.grading.batch.folders import MARK
from rnn_course.grading.batch.ledger import Ledger
from rnn_course.grading.batch.papers import CannotGradeError, Graded, Paper
from rnn_course.grading.batch.rehearse import Rehearsal

pytestmark = pytest.mark.slow


def graded(student, points):
    """A submission with the same score everywhere."""
    verdicts = [
        {"function": name, "status": "wrong", "reason": f"worth {points:g}"} for name in EXERCISES
    ]
    return Graded(student, {ASSIGNMENT: Paper("", dict.fromkeys(EXERCISES, points), {}, verdicts)})


@pytest.fixture
def conductor(fresh):
    """One of ann and bob, new judgements in its hands; ann has a grade and a mark of before."""
    from rnn_course.grading.batch.folders import Folders

    ledger = Ledger(f"sqlite:///{fresh / 'gradebook.db'}", "rnn-course", ASSIGNMENT)
    ledger.record(graded("ann", 1.0), None)
    folders = Folders(lambda student: fresh / "autograded" / student / ASSIGNMENT, 0o444)
    place = folders.folder("ann")
    place.mkdir(parents=True)
    mark = {"made_of": {"programs": "1", "settings": "1"}, "verdicts": graded("ann", 1.0).verdicts}
    (place / MARK).write_text(json.dumps(mark))
    (fresh / "course_secret.txt").write_text("a secret of more than sixteen letters")
    ask = SimpleNamespace(secret_file=str(fresh / "course_secret.txt"))
    kept = []
    yield SimpleNamespace(
        settings=SimpleNamespace(ledger=ledger, assignment=ASSIGNMENT, ask=ask),
        folders=folders,
        sent=dict.fromkeys(("ann", "bob"), ({"made_of": {"programs": "2", "settings": "1"}}, None)),
        grade=lambda: (one for one in [Result("cid", "kept"), graded("ann", 2.0), BOB, DAN]),
        record=lambda one: kept.append(one) or Result.of(one),
        kept=kept,
    )
    ledger.close()


BOB, DAN = graded("bob", 3.0), Graded("dan", failure=NO_NOTEBOOK)


def test_what_is_graded_is_compared_with_what_is_there(conductor, fresh):
    """Points, words, and what has changed since; the gradebook stays as it is."""
    before = rows(f"sqlite:///{fresh / 'gradebook.db'}")
    told = {result.student: (result, change) for result, change in Rehearsal(conductor)}
    assert rows(f"sqlite:///{fresh / 'gradebook.db'}") == before
    assert {name: result.outcome for name, (result, _) in told.items()} == {
        **{"cid": "kept", "ann": "graded", "bob": "graded", "dan": "failed"}
    }
    assert told["cid"][1] is told["dan"][1] is None
    ann, bob = told["ann"][1], told["bob"][1]
    assert (ann.kind, ann.gain, ann.since) == (GAINS, 8.0, ("programs",))
    assert {(one.was, one.now) for one in ann.functions} == {("worth 1", "worth 2")}
    assert {one.max_points for one in ann.functions} == {8, 10, 12, 14, 22}
    assert (bob.kind, bob.after.total, bob.since) == (NEW, 24.0, None)


def test_what_was_set_aside_is_kept_as_it_was_graded(conductor):
    """Each once, in order; not what could not be graded."""
    rehearsal = Rehearsal(conductor, io.BytesIO())
    assert len(list(rehearsal)) == 4
    assert conductor.kept == []
    assert [result.student for result in rehearsal.keep()] == ["ann", "bob"]
    assert conductor.kept == [graded("ann", 2.0), BOB]


def test_a_rehearsal_alone_sets_nothing_aside(conductor):
    """Five thousand notebooks would be half a gigabyte, for nothing."""
    rehearsal = Rehearsal(conductor)
    list(rehearsal)
    assert (rehearsal.aside, rehearsal.count) == (None, 2)


def test_without_the_secret_nothing_is_compared(conductor):
    """All hidden inputs would be others."""
    conductor.settings.ask.secret_file += ".lost"
    with pytest.raises(CannotGradeError, match=r"course_secret.txt.lost, is not there"):
        Rehearsal(conductor)


def test_points_that_differ_from_the_gradebooks_are_not_compared(conductor, monkeypatch):
    """nbgrader would cut them off, or refuse them."""
    points = EXERCISES["rnn_forward"].points
    monkeypatch.setitem(points, "a", 5.0)
    with pytest.raises(CannotGradeError, match=r"rnn_forward is worth 10 points .* and 8 in the"):
        Rehearsal(conductor)


def test_what_is_foreseen_is_what_the_gradebook_holds_when_it_is_kept(fresh):
    """Of a class with odd folders, late ones, an extension and marks by hand."""
    with open(fresh / "nbgrader_config.py", "a") as file:
        file.write(SETTINGS)
    hand_in(fresh, ["three-mistakes", "all-right"])
    for student, do in ODD.items():
        shutil.copytree(submission(fresh, "three-mistakes"), submission(fresh, student))
        do(submission(fresh, student))
    mark_by_hand(fresh / "gradebook.db")
    assert rnn_course(fresh, "autograde", ASSIGNMENT).returncode == 1  # one has another name
    due = ("db", "assignment", "add", ASSIGNMENT, "--duedate=2026-01-02 00:00:00 UTC")
    assert nbgrader(fresh, *due).returncode == 0
    for student in ("three-mistakes", "not-json", "other-files"):
        shutil.copytree(
            submission(fresh, "all-right"),
            submission(fresh, student),
            symlinks=True,
            dirs_exist_ok=True,
        )
    done = rnn_course(fresh, "regrade", ASSIGNMENT, "--yes", "--json")
    assert done.returncode == 1
    told = {row["student"]: row for row in json.loads(done.stdout)["students"]}
    assert {"late", "three-mistakes", "not-json", "other-files"} == set(told)
    ledger = Ledger(f"sqlite:///{fresh / 'gradebook.db'}", "rnn-course", ASSIGNMENT)
    held = ledger.standings()
    ledger.close()
    for student, row in told.items():
        assert (row["after"], row["penalty"]["after"]) == (
            *(held[student].total, held[student].penalty),
        )
    assert (told["late"]["before"], told["late"]["after"]) == (83, 0)
