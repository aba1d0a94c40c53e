"""Submissions out to workers and graded ones back; whatever the workers cannot do is done here.

A worker that dies, hangs or loses its connection costs a retry. Nothing here knows what the
workers are: an executor and the futures of concurrent.futures are enough.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from dataclasses import dataclass
from typing import Protocol

from .papers import Graded, Submission

CHUNK = 4  # submissions that a worker gets at once while there are plenty: a message is work, too
TRIES = 3  # by workers, before a submission is graded here
LOOK_SECONDS = 2.0  # between two looks at whether there are workers at all


class Workers(Protocol):
    """A number of processes behind an executor."""

    executor: Executor

    def count(self) -> int:
        """How many there are now."""

    def close(self) -> None:
        """End them, or leave those that are others'."""


@dataclass
class _Sent:
    submissions: list[Submission]
    end: float  # when it is given up
    tries: int


class Pool:
    """Grades what it is given, in workers as soon as there are any, and until then here.

    grade is what is called with a submission, here and there; start gives the future of the
    workers, or None if they are not worth it for so many submissions; patience is the seconds
    after which a worker is taken to hang.
    """

    def __init__(
        self,
        grade: Callable[[Submission], Graded],
        start: "Callable[[int], Future[Workers] | None]",
        patience: float,
    ):
        self.grade, self.start, self.patience = grade, start, patience
        self.starting: Future[Workers] | None = None
        self.next: list[Submission] = []
        self.out: dict[Future[list[Graded]], _Sent] = {}

    def put(self, submission: Submission, left: int) -> Iterator[Graded]:
        """Take a submission, and give what is graded; waits while all workers are busy.

        left is the most that may come after it.
        """
        self.starting = self.starting or self.start(left)
        workers = self._workers()
        count = workers.count() if workers is not None else 0
        if workers is None or not count:
            yield self.grade(submission)
            return
        self.next.append(submission)
        if len(self.next) < CHUNK <= left // count:
            return
        self._send_next(workers)
        while len(self.out) > 2 * workers.count():
            yield from self._come()

    def drain(self) -> Iterator[Graded]:
        """Give what is still out."""
        workers = self._workers()
        if self.next and workers is not None:
            self._send_next(workers)
        while self.out:
            yield from self._come()

    def close(self) -> None:
        """End the workers, without waiting for what is out."""
        self.out.clear()
        workers = self._workers()
        if workers is not None:
            workers.close()

    def _workers(self) -> Workers | None:
        """The workers; None while they start, and for good if that was cancelled."""
        starting = self.starting
        if starting is None or not starting.done() or starting.cancelled():
            return None
        return starting.result()

    def _send_next(self, workers: Workers) -> None:
        self._send(workers, self.next, 1)
        self.next = []

    def _send(self, workers: Workers, submissions: list[Submission], tries: int) -> None:
        try:
            future = workers.executor.submit(_each, self.grade, submissions)
        except Exception as error:  # they have just gone: as if the first of them had died
            future = Future()
            future.set_exception(error)
        end = time.monotonic() + self.patience * len(submissions)
        self.out[future] = _Sent(submissions, end, tries)

    def _come(self) -> Iterator[Graded]:
        """Wait for the next ones to come back, and see to those that do not."""
        wait(self.out, LOOK_SECONDS, FIRST_COMPLETED)
        workers, now = self._workers(), time.monotonic()
        alive = workers is not None and workers.count() > 0
        for future, sent in list(self.out.items()):
            if future.done():
                del self.out[future]
                try:
                    back: Iterable[Graded] = future.result()
                except (Exception, CancelledError) as error:  # the worker's: a step's is a value
                    back = self._again(sent, f"{type(error).__name__}: {error}")
                yield from back
            elif now > sent.end or not alive:
                del self.out[future]
                why = f"no answer in {self.patience:g} s" if alive else "no worker is left"
                yield from self._again(sent, why)

    def _again(self, sent: _Sent, why: str) -> Iterator[Graded]:
        workers = self._workers()
        if sent.tries < TRIES and workers is not None and workers.count():
            self._send(workers, sent.submissions, sent.tries + 1)
            return
        for graded in map(self.grade, sent.submissions):
            graded.said.append(("WARNING", f"No worker graded it ({why}); it was graded here."))
            yield graded


def _each(grade: Callable[[Submission], Graded], submissions: list[Submission]) -> list[Graded]:
    """What a worker does."""
    return list(map(grade, submissions))
