"""The only place where a student's code runs: a locked child of a warm process."""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from . import frames
from .limits import Limits
from .outputs import CellRun, Outcome
from .private import clear
from .probe import COURSE, Layer
from .run import Cell, Run

PRELOAD = ("numpy", "matplotlib.pyplot", "rnn_utils", "rnn_pictures")
START = "import sys; sys.path.insert(0, {root!r}); from rnn_course.sandbox import warm; warm.main()"
END_SECONDS = 20.0  # for the keeper to end a child and to clear its files away
CLOSE_SECONDS = 2.0  # for the warm process to end by itself
REASONS = {"disk": Outcome.TOO_MUCH_ON_DISK, "threads": Outcome.TOO_MANY_THREADS}
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_CACHE_HOME", "MPLCONFIGDIR")
SET_VARIABLES = {
    "OPENBLAS_NUM_THREADS": "1",  # a process that forks must have one thread
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",  # or each thread would reserve 64 MiB of address space
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}


class SandboxError(RuntimeError):
    """There is no sandbox; the message says what to do."""


class Sandbox:
    """A warm process and the way to it.

    unlocked does without layers that this system lacks: for trying out, never for grades. Raises
    SandboxError, from check and run, if a layer that must hold does not.
    """

    def __init__(self, preload: Sequence[str] = PRELOAD, unlocked: bool = False):
        if sys.platform != "linux":
            raise SandboxError("Grading needs Linux: use a container or WSL on this system.")
        self.preload, self.unlocked = list(preload), unlocked
        self.known: set[str] = set()
        self._start()

    def _start(self) -> None:
        self._layers: list[Layer] = []
        self.control, far = socket.socketpair()
        self.home = Path(tempfile.mkdtemp(prefix="rnn-course-"))
        settings = {"control": far.fileno(), "home": str(self.home)}
        settings |= {"root": str(COURSE), "preload": self.preload}
        kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", START.format(root=str(COURSE)), json.dumps(settings)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=kept | SET_VARIABLES,
            pass_fds=[far.fileno()],
            start_new_session=True,  # Ctrl-C is for the grader, who ends the rest in order
        )
        far.close()
        self._teach(self.known)

    def learn(self, cells: Iterable[str]) -> None:
        """Have these cells compiled now, and not in each child that runs them.

        The warm process reads them, and the children can: they must be the course's own, and
        what each student is given anyway.
        """
        new = set(cells) - self.known
        self.known |= new
        self._teach(new)

    def _teach(self, cells: set[str]) -> None:
        if cells and self.process.poll() is None:  # or else the next one is told all of them
            with suppress(BrokenPipeError, ConnectionResetError):
                self.control.sendall(frames.LEARN)
                frames.send(self.control.fileno(), json.dumps(sorted(cells)).encode())

    @property
    def layers(self) -> list[Layer]:
        """What holds on this system; waits until the warm process has tried it."""
        if not self._layers:
            try:
                rows = json.loads(frames.receive(self.control.fileno()))
            except (EOFError, ConnectionError):
                raise SandboxError("The sandbox did not start; why stands above.") from None
            self._layers = [Layer(**row) for row in rows]
        return self._layers

    @property
    def broken(self) -> list[Layer]:
        """The layers that must hold and do not."""
        return [layer for layer in self.layers if layer.required and not layer.holds]

    def check(self) -> None:
        """Raises SandboxError if a layer that must hold does not."""
        if self.broken and not self.unlocked:
            layer = self.broken[0]
            raise SandboxError(
                f"Nothing is graded, because {layer.name} does not hold here ({layer.why});"
                " rnn-course doctor tells what to do."
            )

    def run(
        self,
        cells: Sequence[Cell],
        limits: Limits,
        environment: Mapping[str, str] | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> list[CellRun]:
        """Run the cells of one submission; whatever they do, there is a result for each.

        After a child that ended, the cells are run again in a new one without the cell at which
        it ended. files are put into the folder that is the submission's own.
        """
        run = Run(list(cells), limits, environment or {}, files or {})
        lost = 0
        while todo := run.todo():
            lost += not self._one_child(run, todo, blame=lost > 1)
        return [result for result in run.done if result is not None]

    def _one_child(self, run: Run, todo: list[int], blame: bool) -> bool:
        """Have a child run these cells; whether the keeper told how it ended, or there is blame."""
        if self.process.poll() is not None:
            self.close()
            self._start()
        self.check()
        talk, far_talk = os.pipe()
        line, far_line = socket.socketpair()
        with line, far_line, os.fdopen(talk), os.fdopen(far_talk, "wb") as far:
            socket.send_fds(self.control, [frames.RUN], [far_talk, far_line.fileno()])
            far.close()
            far_line.close()
            frames.send(line.fileno(), run.request(todo))
            reached, outcome = run.listen(todo, talk)
            line.shutdown(socket.SHUT_WR)  # the keeper ends the child now, if it still runs
            report = self._report(line)
        told = bool(report) or blame
        if reached < len(todo) and (told or outcome):
            run.leave_out(todo[reached], outcome or _outcome(report))
        return told

    def _report(self, line: socket.socket) -> dict:
        """What the keeper says of the child's end; nothing, if it has ended itself."""
        with suppress(EOFError, ConnectionError):
            if select.select([line], [], [], END_SECONDS)[0]:
                report = json.loads(frames.receive(line.fileno()))
                if not report["locked"]:
                    raise SandboxError("A child could not be locked: run rnn-course doctor.")
                return report
        self.close()  # the next child comes from a new warm process
        return {}

    def close(self) -> None:
        """End the warm process and whatever came of it."""
        self.control.close()
        if self._layers:  # it waits for work, or will as soon as a child has ended
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(CLOSE_SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        with suppress(FileNotFoundError):  # it clears this away itself if it can
            clear(self.home)
            self.home.rmdir()


@cache
def shared(preload: tuple[str, ...] = PRELOAD, unlocked: bool = False) -> Sandbox:
    """The one warm process of this program, for as long as it lives."""
    sandbox = Sandbox(preload, unlocked)
    atexit.register(sandbox.close)
    return sandbox


def _outcome(report: dict) -> Outcome:
    """Why a child ended, of which the grader knows only that it did."""
    if os.waitstatus_to_exitcode(report.get("status", 0)) == -signal.SIGXCPU:
        return Outcome.TIMED_OUT
    return REASONS.get(report.get("reason", ""), Outcome.ENDED)
