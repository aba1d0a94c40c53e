"""The cells of one submission, one by one, in a process that is locked by now."""

import json
import os
import random
import signal
import sys
from contextlib import contextmanager
from itertools import pairwise

import numpy.random  # numpy itself would import it at its first use, in each child

from . import frames
from .answer import answer
from .limits import HURRIED, Limits
from .shell import CellShell, CellTimeoutError, Stream

CALLS = 0.3  # of a cell's time is for the calls of a function; for one with a stand-in, twice


def run(shell: CellShell, cells: list[dict], limits: Limits, descriptor: int) -> None:
    """Run each cell and send what came of it: {"cell": k, "outputs": […]} or {…, "answer": …}."""
    streams = Stream("stdout", shell.outputs), Stream("stderr", shell.outputs)
    random.seed()
    numpy.random.seed()
    seconds = limits.cell_seconds
    for cell in cells:
        told = {"cell": cell["number"]}
        sys.stdout, sys.stderr = streams  # whatever the cell before has made of them
        if "question" in cell:
            shell.outputs.start(None)
            told["answer"] = answer(shell.user_ns, cell["question"], CALLS * limits.cell_seconds)
        else:
            if cell.get("hurried"):
                seconds = HURRIED * limits.cell_seconds
            with _time_limit(seconds):
                told["outputs"] = shell.run(cell["source"], limits.cell_output_kib * 1024)
            if any(output.get("ename") == CellTimeoutError.__name__ for output in told["outputs"]):
                seconds = HURRIED * limits.cell_seconds
            told["count"] = shell.execution_count - 1
        os.set_blocking(descriptor, True)  # a cell may have changed it
        frames.send(descriptor, json.dumps(told).encode())


@contextmanager
def _time_limit(seconds):
    def stop(signum, frame):
        raise CellTimeoutError(f"The cell did not end within {seconds:g} seconds.")

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def close_all_but(*kept: int) -> None:
    """Close each descriptor above 2 that was not meant for the child."""
    for low, high in pairwise([2, *sorted(kept), os.sysconf("SC_OPEN_MAX")]):
        os.closerange(low + 1, high)
