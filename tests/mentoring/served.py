"""The mentor's page as a mentor starts it: rnn-course serve in a process of its own."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from conftest import ROOT

VERB = "from rnn_course.cli import main; main(prog_name='rnn-course')"


def start(*arguments: str, browser: bool = False, **options) -> subprocess.Popen:
    """rnn-course serve with these arguments, and without a browser."""
    command = [sys.executable, "-c", VERB, "serve", *arguments, *["--no-browser"] * (not browser)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True, **options)


def address(process: subprocess.Popen) -> str:
    """Where its page is, from the line that it prints."""
    line = process.stdout.readline()
    assert line.startswith("The mentor's page is at http://"), line
    return line.split()[5].rstrip("/")


@contextmanager
def served(*arguments: str) -> Iterator[str]:
    """The address of a server that lives as long as the test."""
    process = start("--port", "0", *arguments)
    try:
        yield address(process)
    finally:
        process.terminate()
        said = process.communicate(timeout=20)
    assert (process.returncode, said) == (0, ("Stopped.\n", ""))
