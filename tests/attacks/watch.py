"""Eyes and ears: who calls, who waits, who is still running, and how much memory it takes."""

import ctypes
import os
import signal
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36


def peak_mib(pid: int) -> int:
    """The most memory that a process has taken so far."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) // 1024
    return 0


def somebody_waits_at(pipe: Path) -> bool:
    """Whether a process waits for what comes through a pipe; then it waits no longer."""
    try:
        os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
    except OSError:
        return False
    return True


@contextmanager
def listeners(heard: list[str]) -> Iterator[dict[str, str]]:
    """Somebody who listens at TCP, UDP and an abstract socket, and notes what he hears."""

    def note(request, client, server) -> None:
        data, channel = request if isinstance(request, tuple) else (b"", request)
        if not data:
            channel.settimeout(2)
            with suppress(OSError):
                data = channel.recv(200)
        heard.append(data.decode("utf-8", "replace"))

    socket_name = f"rnn-attacks-{os.getpid()}"
    tcp = socketserver.ThreadingTCPServer(("127.0.0.1", 0), note)
    udp = socketserver.ThreadingUDPServer(tcp.server_address, note)
    unix = socketserver.ThreadingUnixStreamServer(f"\0{socket_name}", note)
    for server in (tcp, udp, unix):
        threading.Thread(target=partial(server.serve_forever, 0.1), daemon=True).start()
    try:
        yield {"port": str(tcp.server_address[1]), "socket": socket_name}
    finally:
        for server in (tcp, udp, unix):
            server.shutdown()
            server.server_close()


@contextmanager
def adopted(left: list[str]) -> Iterator[None]:
    """Processes that lose their parent meanwhile become ours; those that still run are ended."""
    libc = ctypes.CDLL(None).prctl
    libc(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before = _children()
    try:
        yield
        end = time.monotonic() + 3
        while time.monotonic() < end and _children() - before:
            time.sleep(0.1)
        while orphans := _children() - before:
            for pid in orphans:
                line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
                left.append(f"{pid}: {line.decode('utf-8', 'replace')[:80]}")
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
    finally:
        libc(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def _children() -> set[int]:
    """The processes of which this one is the parent; those that have ended are buried."""
    found = set()
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit():
                state, parent = (entry / "stat").read_text().rpartition(") ")[2].split()[:2]
                if int(parent) == os.getpid():
                    found.add(int(entry.name))
                    if state == "Z":
                        os.waitpid(int(entry.name), os.WNOHANG)
                        found.discard(int(entry.name))
    return found
