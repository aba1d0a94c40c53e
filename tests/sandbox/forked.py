"""A child for a test: what a lock does to a process cannot be taken back."""

import os
import pickle
import warnings
from collections.abc import Callable
from typing import Any


class ChildDiedError(Exception):
    """The child ended without a word; the argument is its exit code, negative for a signal."""


def in_child(act: Callable[..., Any], *arguments: Any) -> Any:
    """What an act returns or raises in a forked child; None if it became another program."""
    mine, its = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of numpy's threads, from Python 3.12
        child = os.fork()
    if not child:
        try:
            told = pickle.dumps((act(*arguments), None))
        except BaseException as error:
            told = pickle.dumps((None, error))
        os.write(its, told)
        os._exit(0)
    os.close(its)
    with os.fdopen(mine, "rb") as file:
        told = file.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if told:
        value, error = pickle.loads(told)
        if error is not None:
            raise error
        return value
    if code:
        raise ChildDiedError(code)
    return None
