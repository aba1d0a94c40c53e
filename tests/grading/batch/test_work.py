"""grading/batch/work: a submission's bytes in, its grades out, in any process."""

import dataclasses
import os
import threading

import nbformat
import pytest
from conftest import ASSIGNMENT, COHORT, SOURCE, copy_released

from rnn_course.grading.batch import work
from rnn_course.grading.batch.papers import Submission
from rnn_course.grading.cohort import hand_in, solutions

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def setup(course, tmp_path_factory):
    """What all submissions have in common, read from a released course by a process of its own."""
    import pickle
    import subprocess
    import sys

    place = copy_released(course, tmp_path_factory.mktemp("work") / "course")
    code = (
        "import pickle, sys; from rnn_course.grading.batch.settings import Settings;"
        f"sys.stdout.buffer.write(pickle.dumps(Settings({ASSIGNMENT!r}).setup()))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=place, capture_output=True, check=True)
    return pickle.loads(done.stdout)


@pytest.fixture(scope="module")
def submission(course):
    """Makes a submission of a member of the cohort."""
    release = nbformat.read(course / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    solved = solutions(nbformat.read(SOURCE, as_version=4))

    def make(member, **changes):
        notebook = hand_in(COHORT[member], release, solved)
        data = nbformat.writes(notebook).encode()
        given = {"notebooks": {ASSIGNMENT: (data, [])}, "files": {}, "problems": []} | changes
        return Submission(member, "a key", **given)

    return make


def test_points_notebook_and_verdicts_come_out(setup, submission):
    """All that the gradebook, the folder and the report need."""
    graded = work.grade(work.packed(setup), submission("three-mistakes"))
    assert graded.failure == ""
    paper = graded.papers[ASSIGNMENT]
    assert sum(paper.scores.values()) == 83
    assert set(paper.comments.values()) == {None}
    nb = nbformat.reads(paper.text, as_version=4)
    nbformat.validate(nb)
    assert paper.text.endswith("}\n")
    assert [verdict["function"] for verdict in paper.verdicts] == list(paper.scores)
    mistakes = {verdict["mistake"] for verdict in paper.verdicts} - {""}
    assert mistakes == set(COHORT["three-mistakes"].mistakes)


def test_an_untouched_notebook_is_no_response(setup, submission):
    """nbgrader's comment on a solution that is still the released one."""
    graded = work.grade(work.packed(setup), submission("untouched"))
    comments = graded.papers[ASSIGNMENT].comments
    assert {comments[f"solve-{name}"] for name in graded.papers[ASSIGNMENT].scores} == {
        "No response."
    }


def test_what_the_steps_say_goes_with_the_submission(setup, submission):
    """And what took how long, by step."""
    broken = {ASSIGNMENT: (b"no json", ["It is a link."])}
    graded = work.grade(
        work.packed(setup), submission("warns", notebooks=broken, problems=["'x' is left out."])
    )
    words = [words for level, words in graded.said if level == "WARNING"]
    for part in ("It is a link.", "no notebook (not JSON)", "'x' is left out."):
        assert any(part in one for one in words), part
    assert graded.seconds.keys() >= {"reading", "RunCells", "JudgeAnswers", "writing"}


def test_the_same_submission_comes_out_the_same(setup, submission):
    """Whichever worker has it, and whatever it graded before."""
    first, again = (work.grade(work.packed(setup), submission("three-mistakes")) for _ in "12")
    assert first.papers == again.papers


def test_a_step_that_fails_is_told_and_the_next_submission_is_graded(setup, submission):
    """A step that is not there in the worker, too."""
    broken = dataclasses.replace(setup, autograde=(*setup.autograde, f"{__name__}.Breaks"))
    graded = work.grade(work.packed(broken), submission("all-right"))
    assert graded.papers == {}
    assert "ZeroDivisionError" in graded.failure
    assert (
        sum(
            work.grade(work.packed(setup), submission("all-right"))
            .papers[ASSIGNMENT]
            .scores.values()
        )
        == 100
    )


def test_nothing_of_it_stays_in_the_process(setup, submission):
    """Cells that run outside of autograding look for this variable."""
    work.grade(work.packed(setup), submission("all-right"))
    assert "NBGRADER_EXECUTION" not in os.environ


class Breaks:
    """A step of an instructor's own."""

    def __init__(self, parent):
        pass

    def __call__(self, nb, resources):
        """Divide by nothing."""
        return nb, resources, 1 / 0


def test_another_version_of_the_course_grades_nothing(setup, submission):
    """Half a class graded by other rules would be worse than none."""
    other = dataclasses.replace(setup, version="0" * 12)
    with pytest.raises(work.WrongVersionError, match="not 000000000000"):
        work.grade(work.packed(other), submission("all-right"))


def test_threads_of_one_worker_take_turns(setup, submission):
    """A worker may have been started with several."""
    packed, totals = work.packed(setup), {}

    def grade(member):
        graded = work.grade(packed, submission(member))
        totals[member] = sum(graded.papers[ASSIGNMENT].scores.values())

    threads = [
        threading.Thread(target=grade, args=(member,)) for member in ("all-right", "three-mistakes")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert totals == {"all-right": 100, "three-mistakes": 83}


def test_a_sheet_of_one_notebook_is_not_the_others(setup, submission):
    """An assignment of two notebooks: each has its own scores, and a missing one has none."""
    names = {"one": setup.notebooks[ASSIGNMENT], "two": setup.notebooks[ASSIGNMENT]}
    two = dataclasses.replace(setup, notebooks=names)
    right, wrong = (submission(m).notebooks[ASSIGNMENT] for m in ("all-right", "three-mistakes"))
    both = submission("warns", notebooks={"one": right, "two": wrong})
    graded = work.grade(work.packed(two), both)
    assert {name: sum(p.scores.values()) for name, p in graded.papers.items()} == {
        **{"one": 100, "two": 83}
    }
    graded = work.grade(work.packed(two), submission("warns", notebooks={"two": right}))
    assert list(graded.papers) == ["two"]
