"""Inside the student's process: call the function that was handed in, send its numbers out.

It decides nothing and knows no right answer. It imports neither the subject nor the judge.
"""

import json
import signal
import time
import traceback
from contextlib import contextmanager

import numpy as np

from rnn_checks import alone, explain_error

from .wire import decode, encode

TWICE = 2  # so many calls, the first ones, are made a second time, to see what the first one left


def question(function: str, calls: list[tuple], standins: dict[str, str] | None = None) -> str:
    """The question as text: which function to call, on which arguments.

    standins are texts of functions that stand in, in other calls, for those of the student.
    """
    asked = {"function": function, "calls": encode(calls), "standins": standins or {}}
    return json.dumps(asked | {"modes": ["own", "stand-in"] if standins else ["own"]})


def with_stand_in_alone(asked: str) -> str | None:
    """The same question without the student's own cell; None if there is nothing else to ask."""
    wanted = json.loads(asked)
    return json.dumps(wanted | {"modes": ["stand-in"]}) if len(wanted["modes"]) > 1 else None


def answer(namespace: dict, asked: str, seconds: float = 3.0) -> str:
    """Run each call with the student's own functions and, for a sequence, with a stand-in cell.

    seconds is the time for all calls with the own cell, and again for all with the stand-in.
    Returns the container of {"own": [call, …], "stand-in": [call, …]}, or of {"absent": None}.
    """
    wanted = json.loads(asked)
    function = namespace.get(wanted["function"])
    if not callable(function):
        return encode({"absent": None})
    calls = decode(wanted["calls"])
    answers = {}
    for mode in wanted["modes"]:
        others = _defined(wanted["standins"]) if mode == "stand-in" else {}
        run, end = alone(function, **others), time.monotonic() + seconds
        answers[mode] = [
            _call(run, function, given, end - time.monotonic(), number < TWICE)
            for number, given in enumerate(calls)
        ]
    return encode(answers)


def _defined(texts):
    """The functions that these texts define; they see numpy and nothing of the notebook's."""
    namespace = {"np": np}
    for name, text in texts.items():
        exec(compile(text, f"<stand-in for {name}>", "exec"), namespace)  # noqa: S102  our text
    return {name: namespace[name] for name in texts}


def _call(run, function, given, seconds, twice):
    """Call on fresh arguments; look at the result only after the second call, if there is one."""
    arguments = _writable(given)
    try:
        with _time_limit(seconds):
            told = {"result": run(*arguments)}
            if twice:
                told["again"] = run(*_writable(given))
        return told | {"arguments": arguments}
    except TimeIsUpError:
        return {"timed out": None}
    except MemoryError:
        return {"out of memory": None}
    except BaseException as error:  # SystemExit and KeyboardInterrupt are no way out
        if isinstance(error, NotImplementedError) and _raised_in(function, error):
            return {"blank": None}
        return {"raised": explain_error(error, function)}


class TimeIsUpError(BaseException):
    """Raised in the student's function when its time is up; except Exception does not catch it."""


@contextmanager
def _time_limit(seconds):
    def stop(signum, frame):
        raise TimeIsUpError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-6))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _raised_in(function, error) -> bool:
    """Whether the function itself raised it, and none that it calls."""
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    return frame.f_code is getattr(function, "__code__", None)


def _writable(value):
    """The value with arrays that may be written to, one copy for each array."""
    copies: dict[int, np.ndarray] = {}

    def copy(item):
        if isinstance(item, dict):
            return {key: copy(entry) for key, entry in item.items()}
        if isinstance(item, (tuple, list)):
            return type(item)(map(copy, item))
        if isinstance(item, np.ndarray):
            return copies.setdefault(id(item), item.copy())
        return item

    return copy(value)
