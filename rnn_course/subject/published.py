"""The published form: each function as the templates lead students to write it, as text.

The functions stand in published.py of each assignment's folder. The catalogue of mistakes edits
their text, so their lines are chosen for that and not for beauty.
"""

import inspect
from functools import lru_cache

import numpy as np

from rnn_utils import sigmoid, softmax

from .exercises import ASSIGNMENTS, part


def _texts(assignment: str) -> dict[str, str]:
    module = part(assignment, "published")
    return {
        name: inspect.getsource(function)
        for name, function in vars(module).items()
        if inspect.isfunction(function) and function.__module__ == module.__name__
    }


SOURCE = {name: text for one in ASSIGNMENTS for name, text in _texts(one).items()}


def build(sources=None):
    """The functions as {name: function}, with sources in the place of the right ones."""
    namespace = {"np": np, "sigmoid": sigmoid, "softmax": softmax}
    for name, source in (SOURCE | (sources or {})).items():
        exec(_compiled(name, source), namespace)  # noqa: S102  our own text
    return {name: namespace[name] for name in SOURCE}


@lru_cache(maxsize=512)
def _compiled(name, source):
    return compile(source, f"<{name}>", "exec")
