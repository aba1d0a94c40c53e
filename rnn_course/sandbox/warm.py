"""The warm process: everything imported, never a student's line run. It forks for each submission.

    grader ── control ──▸ warm ── fork ──▸ keeper ── fork ──▸ child: locked, runs the cells
       ▴                                      │ line               │ talk
       └──────────────────────────────────────┴────────────────────┘

The keeper watches what the kernel does not count, ends the child when the grader says so or is
gone, and clears away what it left.
"""

import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import tempfile
from base64 import b64decode
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from . import child, frames, landlock, lock, privileges, probe, shell
from .limits import Limits
from .private import clear, nameless, used

WATCH_MS = 20  # between two looks at a child's threads and files


def main() -> None:
    """Started by sandbox.Sandbox with its settings as JSON in the first argument."""
    settings = json.loads(sys.argv[1])
    control = socket.socket(fileno=settings["control"])
    home = Path(settings["home"])
    try:
        with suppress(BrokenPipeError, ConnectionResetError):  # the grader is gone
            Warm(home, settings["root"], settings["preload"]).serve(control)
    finally:
        clear(home)
        home.rmdir()


class Warm:
    """Imports what submissions use and builds the locks, then forks on demand."""

    def __init__(self, home: Path, root: str, preload: list[str]):
        self.private = home / "private"
        self.private.mkdir()
        self.shell = shell.new_shell(home / "ipython")
        for name in preload:
            importlib.import_module(name)
        self.shell.warm_up()
        files = [path for path in map(Path, _loaded_files()) if path.parent == Path(root)]
        if Path(root).name not in landlock.PACKAGES:  # there, the packages are needed
            sys.path[:] = [entry for entry in sys.path if entry != root]
        sys.path.append(str(self.private))
        self.locks = lock.build(self.private, files)
        places = {"HOME": self.private, "TMPDIR": self.private, "MPLCONFIGDIR": self.private}
        os.environ.update({name: str(place) for name, place in places.items()})
        tempfile.tempdir = None
        gc.collect()
        gc.freeze()  # a child that collects would copy every page

    def serve(self, control: socket.socket) -> None:
        """Tell what the locks keep out, then learn cells, or fork for a pair of descriptors."""
        layers = [asdict(layer) for layer in probe.probe(self.locks)]
        frames.send(control.fileno(), json.dumps(layers).encode())
        while True:
            told, (*ends,), _, _ = socket.recv_fds(control, 1, 2)
            if not told:
                return
            if told == frames.LEARN:
                for source in json.loads(frames.receive(control.fileno())):
                    self.shell.learn(source)
                gc.freeze()
                continue
            keeper = os.fork()
            if not keeper:
                control.close()
                _exit_after(lambda ends=ends: self.keep(*ends))
            for end in ends:
                os.close(end)
            os.waitpid(keeper, 0)

    def keep(self, talk: int, line: int) -> None:
        """The keeper's whole life: one child, from its files to the report on its end."""
        request = json.loads(frames.receive(line))
        limits = Limits(**request["limits"])
        if self.locks.pid_namespace:
            privileges.new_pid_namespace()
        for name, data in request["files"].items():
            path = self.private / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b64decode(data))
        unlocked, say = os.pipe()  # closed, on the child's side, when it is locked
        pid = os.fork()
        if not pid:
            _exit_after(lambda: self.live(request, limits, talk, say))
        os.close(talk)
        os.close(say)
        report = _watch(pid, line, self.private, limits)
        report["locked"] = not os.read(unlocked, 1)
        clear(self.private)
        with suppress(BrokenPipeError):  # the grader is gone
            frames.send(line, json.dumps(report).encode())

    def live(self, request: dict, limits: Limits, talk: int, say: int) -> None:
        """The child: lock, then run the cells."""
        try:
            os.setsid()
            null = os.open(os.devnull, os.O_RDWR)
            for descriptor in (0, 1, 2):
                os.dup2(null, descriptor)
            os.chdir(self.private)
            os.environ.update(request["environment"])
            Path("/proc/self/oom_score_adj").write_text("1000")  # the first to go, not the grader
            self.locks.close(limits)
            child.close_all_but(talk)
        except BaseException:
            os.write(say, b"!")
            os._exit(1)
        child.run(self.shell, request["cells"], limits, talk)


def _exit_after(life) -> None:
    """End this forked process when its life is over, without the clean-up of the one it is of."""
    try:
        life()
    except BaseException:
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


def _loaded_files() -> list[str]:
    modules = list(sys.modules.values())
    return [file for module in modules if (file := getattr(module, "__file__", None))]


def _watch(pid: int, line: int, private: Path, limits: Limits) -> dict:
    """Wait for the child's end, or bring it about; returns {"status": …, "reason": …}."""
    reason = ""
    handle = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    poll.register(line, select.POLLIN | select.POLLRDHUP)
    while not reason:
        ready = [descriptor for descriptor, _ in poll.poll(WATCH_MS)]
        if handle in ready:
            break
        reason = "told to" if line in ready else _excess(pid, private, limits)
    if reason:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return {"status": status, "reason": reason}


def _excess(pid: int, private: Path, limits: Limits) -> str:
    """What the child has more of than it may, if anything."""
    try:
        if len(os.listdir(f"/proc/{pid}/task")) > limits.threads:
            return "threads"
    except FileNotFoundError:  # it ends right now
        return ""
    return "disk" if used(private) + nameless(pid) > limits.disk_mib * 2**20 else ""
