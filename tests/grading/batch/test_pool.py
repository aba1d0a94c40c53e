"""grading/batch/pool: whatever workers do, each submission comes back graded, once."""

from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_course.grading.batch import pool as pools
from rnn_course.grading.batch.papers import Graded, Submission
from rnn_course.grading.batch.pool import Pool

NAMES = [f"s{k}" for k in range(12)]


@pytest.fixture(autouse=True)
def _look_often(monkeypatch):
    """A look a millisecond, for tests that have no time."""
    monkeypatch.setattr(pools, "LOOK_SECONDS", 0.001)


class Workers:
    """Made-up workers; each call does what the next of the fates says."""

    def __init__(self, fates=(), alive=2):
        self.fates, self.alive, self.sent, self.closed = list(fates), alive, [], False
        self.executor = self

    def submit(self, each, grade, submissions):
        """Answer at once, never, or with an error."""
        self.sent.append([submission.student for submission in submissions])
        fate, future = self.fates.pop(0) if self.fates else "graded", Future()
        if fate == "refuses":
            raise RuntimeError("the client is closed")
        if fate == "graded":
            future.set_result(each(grade, submissions))
        elif fate == "cancelled":
            future.set_exception(CancelledError())
        elif fate == "dies":
            future.set_exception(OSError("the connection is lost"))
        elif fate == "all die":
            self.alive = 0
        return future  # "hangs": it never comes

    def count(self):
        """How many there are."""
        return self.alive

    def close(self):
        """Remember it."""
        self.closed = True


def ready(workers):
    """A future of workers that are there."""
    future = Future()
    future.set_result(workers)
    return future


def graded(submission):
    """Grade a submission, here or there."""
    return Graded(submission.student)


def run(start, patience=0.01, grade=graded):
    """What comes back of NAMES."""
    pool = Pool(grade, start, patience)
    back = []
    for k, name in enumerate(NAMES):
        back += pool.put(Submission(name, "", {}, {}, []), len(NAMES) - k - 1)
    back += pool.drain()
    pool.close()
    return back


def test_without_workers_all_is_graded_here_in_order():
    """One after the other, as they are put in."""
    assert [g.student for g in run(lambda left: None)] == NAMES


def test_with_workers_all_is_graded_there():
    """Nothing is done here, and the workers are closed at the end."""
    workers = Workers()
    assert sorted(g.student for g in run(lambda left: ready(workers))) == sorted(NAMES)
    assert list(chain(*workers.sent)) == NAMES
    assert workers.closed


def test_workers_get_several_at_once_while_there_are_plenty():
    """As long as each of them has as many behind these; towards the end one by one."""
    workers = Workers()
    run(lambda left: ready(workers))
    assert [len(chunk) for chunk in workers.sent] == [4, *[1] * 8]
    workers = Workers(alive=4)
    run(lambda left: ready(workers))
    assert [len(chunk) for chunk in workers.sent] == [1] * 12


def test_several_of_which_the_last_never_came_are_sent_in_the_end():
    """What was counted as left may be kept as it is, and is never put in."""
    pool, workers = Pool(graded, lambda left: ready(workers), 1.0), Workers()
    for name in NAMES[:2]:
        assert list(pool.put(Submission(name, "", {}, {}, []), 100)) == []
    assert [g.student for g in pool.drain()] == NAMES[:2]
    assert workers.sent == [NAMES[:2]]


def test_while_workers_start_the_first_are_graded_here():
    """No time is lost; as soon as they are there they get the rest."""
    workers, starting, here = Workers(), Future(), []

    def grade(submission):
        here.append(submission.student)
        if len(here) == 3:
            starting.set_result(workers)
        return Graded(submission.student)

    assert sorted(g.student for g in run(lambda left: starting, grade=grade)) == sorted(NAMES)
    assert list(chain(*workers.sent)) == NAMES[3:]


def test_workers_that_do_not_come_are_done_without():
    """Their start failed: that is told where it is started."""
    starting = Future()
    starting.cancel()
    assert [g.student for g in run(lambda left: starting)] == NAMES


def test_workers_are_asked_for_as_long_as_they_may_be_worth_it():
    """start is told how many are left, until it gives some."""
    asked = []
    run(lambda left: asked.append(left))
    assert asked == list(reversed(range(len(NAMES))))


FATES = st.lists(
    st.sampled_from(["graded", "dies", "hangs", "cancelled", "refuses", "all die"]), max_size=30
)


@given(FATES)
def test_each_comes_back_once_whatever_becomes_of_the_workers(fates):
    """Dead, hanging, cut off, all gone: a retry, or graded here."""
    back = run(lambda left: ready(workers), patience=0.002) if (workers := Workers(fates)) else []
    assert sorted(g.student for g in back) == sorted(NAMES)


def test_one_that_dies_costs_a_retry_and_is_not_told():
    """Another worker does it."""
    workers = Workers(["dies"])
    back = run(lambda left: ready(workers))
    assert sum("s0" in chunk for chunk in workers.sent) == 2
    assert all(g.said == [] for g in back)


def test_what_no_worker_can_do_is_done_here_and_told():
    """After three tries, with the reason."""
    workers = Workers(["dies"] * 3 * len(NAMES))
    back = run(lambda left: ready(workers))
    assert sorted(chain(*workers.sent)) == sorted(3 * NAMES)
    for one in back:
        ((level, words),) = one.said
        assert level == "WARNING"
        assert "the connection is lost" in words
        assert "graded here" in words


def test_if_none_is_left_the_rest_is_graded_here():
    """And nobody waits for the patience to end."""
    workers = Workers(["graded", "all die"])
    back = run(lambda left: ready(workers), patience=3600)
    assert sorted(g.student for g in back) == sorted(NAMES)
    assert workers.sent == [["s0", "s1", "s2", "s3"], ["s4"]]


def test_any_executor_of_the_standard_library_will_do():
    """The shape is that of concurrent.futures."""
    with ThreadPoolExecutor(2) as executor:
        workers = Workers()
        workers.executor = executor
        back = run(lambda left: ready(workers), patience=60)
    assert sorted(g.student for g in back) == sorted(NAMES)
