"""A student's statements run one by one, each on given values.

Its text is the first cell of a sandbox, where it runs as a part of the student's notebook: it
knows no right answer but the values that come with each event, and decides nothing.
"""

import signal
from contextlib import contextmanager

import numpy as np

from rnn_utils import sigmoid, softmax

SECONDS = 0.3  # of computing, for one statement
MAX_WORDS = 300


class WrongArgumentError(Exception):
    """A function is called with something else than the right arguments."""


class TooLongError(Exception):
    """A statement does not come to an end."""


def run_events(program, helpers, events):
    """What each event binds, {"bound": {name: value}}, or {"raised": words}.

    program holds (text, bound names) for each statement; an event names one of them and gives the
    right values of what it reads. A name that is not given keeps what the statements made of it.
    """
    names = {"np": np, "numpy": np, "sigmoid": sigmoid, "softmax": softmax}
    found, stuck = [], set()
    for text in helpers:
        attempt(text, names)
    for event in events:
        number = int(event["number"])
        text, bound = program[number]
        scope = kept(names) if int(event["alone"]) else names
        scope.update(revived(event["given"]))
        words = "TooLongError: it does not come to an end" if number in stuck else ""
        words = words or attempt(text, scope)
        if words.startswith("TooLongError"):
            stuck.add(number)
        made = {name: kept(scope[name]) for name in bound if name in scope}
        found.append({"raised": words} if words else {"bound": made, "views": views(bound, scope)})
    return found


def attempt(text, names):
    """Run a text; what it raises, in words."""
    try:
        with limited():
            exec(compile(text, "<statement>", "exec"), names)  # noqa: S102  in the sandbox
    except (Exception, SystemExit, KeyboardInterrupt) as error:
        return f"{type(error).__name__}: {error}"[:300]
    return ""


@contextmanager
def limited():
    """Raises TooLongError in what computes for too long."""

    def stop(signum, frame):
        raise TooLongError("it does not come to an end")

    signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, 0.3)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def revived(given):
    """The names of an event: a whole number is an int again, a call is a function."""
    names = {}
    for key, value in given.items():
        kind, _, name = key.rpartition(" ")
        if kind == "call":
            names[name] = only_for(name, value)
        elif isinstance(value, np.ndarray) and value.shape == () and value.dtype.kind == "i":
            names[name] = int(value)
        else:
            names[name] = kept(value)
    return names


def only_for(name, calls):
    """The function name, of which nothing is known but some calls: (arguments, result) of each."""
    places = ("first", "second", "third", "fourth", "fifth", "sixth")

    def function(*given, **named):
        given = (*given, *named.values())
        for arguments, result in calls:
            if alike(given, arguments):
                return kept(result)
        due = calls[0][0]
        if len(given) != len(due):
            raise WrongArgumentError(f"{name} takes {len(due)} arguments and gets {len(given)}")
        pairs = zip(places, given, due, strict=False)
        wrong = " and the ".join(place for place, one, other in pairs if not alike(one, other))
        raise WrongArgumentError(f"the {wrong} argument of {name} is not what it should be")

    return function


def alike(one, other):
    """Whether two trees hold the same numbers."""
    if isinstance(other, dict):
        return isinstance(one, dict) and all(k in one and alike(one[k], other[k]) for k in other)
    if isinstance(other, (tuple, list)):
        fits = isinstance(one, (tuple, list)) and len(one) == len(other)
        return fits and all(map(alike, one, other))
    if isinstance(one, str) or isinstance(other, str):
        return isinstance(one, type(other)) and one == other
    try:
        return np.shape(one) == np.shape(other) and bool(np.allclose(one, other, 1e-5, 1e-8))
    except TypeError:
        return False


def kept(value):
    """The value with copies of its arrays, which later statements may write into."""
    if isinstance(value, dict):
        return {key: kept(entry) for key, entry in value.items()}
    if type(value) in (tuple, list):
        return type(value)(kept(entry) for entry in value)
    return value.copy() if isinstance(value, np.ndarray) else value


def views(bound, names):
    """Pairs of a bound name and another one whose array it is, or is a part of."""
    arrays = {name: value for name, value in names.items() if isinstance(value, np.ndarray)}
    mine = [name for name in bound if name in arrays]
    return [
        (one, other)
        for one in mine
        for other in arrays
        if one != other
        and (arrays[one] is arrays[other] or arrays[one].base is not None)
        and np.may_share_memory(arrays[one], arrays[other])
    ]
