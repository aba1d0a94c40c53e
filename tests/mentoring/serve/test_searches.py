"""mentoring/serve/searches: few at once, each in a process that ends when nobody waits for it."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from rnn_course.mentoring.serve.searches import (
    AT_ONCE,
    BROKEN,
    SLOW,
    WAITING,
    FullError,
    Searches,
)

ECHO = "import sys; print(sys.argv[1], len(sys.stdin.read()))"
FOR_EVER = "import os, sys, time; print(os.getpid(), flush=True); time.sleep(600)"


def searches(code, seconds=5.0, **settings):
    """Searches whose process runs this code."""
    return Searches((sys.executable, "-c", code), seconds, **settings)


class Listener(list):
    """Takes down what is told."""

    async def __call__(self, line):
        """Called with each event."""
        self.append(line)

    async def first(self):
        """The first event, as soon as there is one."""
        while not self:
            await asyncio.sleep(0.01)
        return self[0]


def runs(pid):
    """Whether there is a process; one that has ended and was not waited for counts, too."""
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    return True


def test_a_search_gets_the_post_and_its_lines_are_told():
    """And the seconds; long lines as well as a post that fills more than a pipe."""

    async def main():
        told = Listener()
        await searches(f"{ECHO}; print('x' * 10**6)", 7.0).run(b"p" * 900_000, told)
        assert told == [b"7.0 900000\n", b"x" * 10**6 + b"\n"]

    asyncio.run(main())


def test_one_that_is_cancelled_has_no_process():
    """It is gone when run has returned."""

    async def main():
        told = Listener()
        search = asyncio.ensure_future(searches(FOR_EVER).run(b"post", told))
        pid = await told.first()
        assert runs(pid)
        search.cancel()
        await asyncio.wait([search])
        assert search.cancelled()
        assert not runs(pid)

    asyncio.run(main())


def test_one_that_takes_too_long_is_ended_and_says_so():
    """Whatever the process does with its own limit."""

    async def main():
        told = Listener()
        await searches(FOR_EVER, 0.1, grace=0.5).run(b"post", told)
        pid, last = told
        assert json.loads(last) == {"error": SLOW}
        assert not runs(pid)

    asyncio.run(main())


@pytest.mark.parametrize("code", ["import sys; sys.exit(3)", "import os; os.abort()"])
def test_one_that_breaks_says_so(code):
    """Also if it does not even read the post."""

    async def main():
        told = Listener()
        await searches(code).run(b"p" * 900_000, told)
        assert list(map(json.loads, told)) == [{"error": BROKEN}]

    asyncio.run(main())


def test_the_others_wait_for_their_turn_and_some_are_refused():
    """They are told that they wait, and run when one of the first has ended."""

    async def main():
        many = searches(FOR_EVER)
        told = [Listener() for _ in range(AT_ONCE + WAITING)]
        tasks = [asyncio.ensure_future(many.run(b"post", one)) for one in told]
        first = [await one.first() for one in told]
        assert all(line.strip().isdigit() for line in first[:AT_ONCE])
        assert all("waiting" in json.loads(line)["progress"] for line in first[AT_ONCE:])
        late = Listener()
        with pytest.raises(FullError, match="try again"):
            await many.run(b"post", late)
        assert late == []
        tasks[0].cancel()
        while len(told[AT_ONCE]) < 2:
            await asyncio.sleep(0.01)
        assert [len(one) for one in told] == [1, 1, 2, 1, 1, 1]
        await many.close()
        assert all(task.cancelled() for task in tasks)
        assert not any(runs(pid) for one in told for pid in one if pid.strip().isdigit())

    asyncio.run(main())


def test_a_search_does_not_hear_the_terminals_ctrl_c():
    """It has a session of its own: the server ends it."""

    async def main():
        told = Listener()
        await searches("import os; print(os.getsid(0) == os.getpid(), os.getcwd())").run(b"", told)
        own, folder = told[0].split()
        assert own == b"True"
        assert Path(folder.decode(), "rnn_course").is_dir()

    asyncio.run(main())
