"""What notebooks do otherwise while nbgrader runs them, and what a cell that fails leaves behind.

Students import training_steps and hand_in from rnn_utils.
"""

import os
import re
import sys
import traceback
from functools import partial

from rnn_checks import NotRun
from rnn_published import PUBLISHED


def grading():
    """Whether nbgrader grades: then a judge of its own takes the place of the checks."""
    return os.environ.get("NBGRADER_EXECUTION") == "autograde"


def at_work():
    """Whether a student runs the cells, and not nbgrader, which grades them or validates them."""
    return not os.environ.get("NBGRADER_EXECUTION")


def training_steps(count):
    """The numbers of the steps of a training, range(count); none while nbgrader runs the cells."""
    return range(count if at_work() else 0)


def hand_in(function):
    """Mark where the autograder takes a function; outside autograding it does nothing."""
    if grading():
        raise RuntimeError(
            f"{function.__name__} was handed in, but nothing judged it, so it earns 0 points: "
            "run nbgrader with the course's nbgrader_config.py, which puts the judge in."
        )


def watch_cells():
    """In a notebook, let a function whose cell fails say so, where Python has a NameError.

    While nbgrader validates, so do exercises that no cell defines.
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if grading() or not hasattr(shell, "kernel"):
        return
    shell.events.register("post_run_cell", partial(_note_failure, shell.user_ns))
    for name in () if at_work() else PUBLISHED:
        why = "no cell defines it: bring its cell back, or its name."
        shell.user_ns.setdefault(name, NotRun(name, why))


def _note_failure(names, result):
    """A function that the student has stays; only what is missing gets a stand-in."""
    error = result.error_before_exec or result.error_in_exec
    if error is None:
        return
    words = traceback.format_exception_only(error)[-1].strip()[:400]
    where = f" (line {error.lineno})" if isinstance(error, SyntaxError) and error.lineno else ""
    for name in re.findall(r"^def (\w+)", result.info.raw_cell, re.MULTILINE):
        if name not in names or isinstance(names[name], NotRun):
            why = f"its cell stops with {words}{where}: run it and mend that first."
            names[name] = NotRun(name, why)
