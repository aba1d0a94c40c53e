"""Commands on a terminal of their own: what they write there, and what they are told."""

import os
import pty
import subprocess
from threading import Timer

LONGEST = 180  # seconds: whatever hangs is ended, and the test fails


def on_a_terminal(command, told=lambda said, process, terminal: None, **options) -> tuple[int, str]:
    """The exit status, and what a command writes; told may answer to what was said so far."""
    ours, theirs = pty.openpty()
    ends = dict.fromkeys(("stdin", "stdout", "stderr"), theirs)
    with subprocess.Popen(command, **ends, **options) as process:
        os.close(theirs)
        end = Timer(LONGEST, process.kill)
        end.start()
        said = b""
        while True:
            try:
                said += os.read(ours, 2**16)
            except OSError:  # the terminal's other end is closed
                break
            told(said, process, ours)
        end.cancel()
    os.close(ours)
    return process.returncode, said.decode()
