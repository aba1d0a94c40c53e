"""The searches of a server: each a process that can be killed, few at once, the others wait."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path

from .worker import event

ROOT = Path(__file__).parents[3]  # whence the process can import this package
AT_ONCE, WAITING = 2, 4
GRACE = 60.0  # seconds for what is no search: reading, running code, drawing
LONGEST = 2**26  # bytes of one event
FULL = "Too many posts are waiting already: try again in a minute."
SLOW = "The search did not end in time and was stopped: paste less of the post."
BROKEN = "The search ended unexpectedly; why stands in the terminal of rnn-course serve."
Tell = Callable[[bytes], Awaitable[None]]


class FullError(RuntimeError):
    """No more can wait; the message is a sentence for the reader of the page."""


class Searches:
    """Runs searches of so many seconds each, by a command that calls worker.main."""

    def __init__(self, command: Sequence[str], seconds: float, grace: float = GRACE):
        self.command, self.seconds, self.grace = command, seconds, grace
        self.turns = asyncio.Semaphore(AT_ONCE)
        self.there = set[asyncio.Task]()

    async def run(self, post: bytes, tell: Tell) -> None:
        """Have a post diagnosed and tell all events; cancelled, it kills the process.

        Raises FullError, before anything is told.
        """
        if len(self.there) == AT_ONCE + WAITING:
            raise FullError(FULL)
        me = asyncio.current_task()
        assert me
        self.there.add(me)
        try:
            if self.turns.locked():
                await tell(event(progress=f"waiting, for {AT_ONCE} other posts are searched now"))
            async with self.turns, asyncio.timeout(self.seconds + self.grace):
                await self._search(post, tell)
        except TimeoutError:
            await tell(event(error=SLOW))
        finally:
            self.there.remove(me)

    async def close(self) -> None:
        """Cancel all that run and wait."""
        for task in self.there:
            task.cancel()
        if self.there:
            await asyncio.wait(self.there)

    async def _search(self, post: bytes, tell: Tell) -> None:
        process = await asyncio.create_subprocess_exec(
            *self.command,
            str(self.seconds),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LONGEST,
            start_new_session=True,  # Ctrl-C is for the server, which ends the search
        )
        assert process.stdin
        assert process.stdout
        try:
            with suppress(BrokenPipeError, ConnectionResetError):  # its exit status will tell
                process.stdin.write(post)
                await process.stdin.drain()
            process.stdin.close()
            async for line in process.stdout:
                await tell(line)
            if await process.wait():
                await tell(event(error=BROKEN))
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
