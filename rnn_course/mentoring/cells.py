"""The published test cells: their inputs in both generations, and what they print of a program."""

import re
from functools import cache
from typing import Any

import numpy as np

from rnn_published import PUBLISHED, public_draw, returns_dictionary

from ..subject.exercises import EXERCISES, of
from ..subject.published import SOURCE, build

NEW, OLD = "NEW", "OLD"
CALL = re.compile(r"\b(\w+)\(")
OTHER_INPUTS = "rnn_cell_backward"  # the one cell whose inputs differ between them
# What printed the OLD numbers of lstm_backward: no step hears of the one behind it.
OLD_MISTAKES = ("lstm_backward/nothing-carried", "lstm_backward/old-bias-sums")
OTHER_NAMES = {"yt": "yt_pred", "yt_pred": "yt", "y": "y_pred", "y_pred": "y"}  # of an output


@cache
def drawn(function: str, generation: str = NEW) -> dict[str, Any]:
    """What the cell draws, by name: the forward arguments, then the upstream gradients.

    In OLD the cell of rnn_cell_backward names its draw b and goes on with the ba that the cell of
    rnn_forward left behind.
    """
    inputs = public_draw(function)
    if generation == OLD and function == OTHER_INPUTS:
        left = drawn("rnn_forward")["parameters"]["ba"]
        inputs["parameters"] = inputs["parameters"] | {"ba": left}
    return inputs


def chain(function: str) -> list[str]:
    """The functions that run when its cell does, in the order of the notebook."""
    names, found = {function, EXERCISES[function].forward} - {""}, set[str]()
    while names:
        found |= names
        names = {call for name in names for call in CALL.findall(SOURCE[name])} & SOURCE.keys()
        names -= found
    return [name for name in SOURCE if name in found]


def run(
    function: str, functions: dict[str, Any], generation: str = NEW, make: Any = np.copy
) -> dict[str, Any]:
    """The variables that the cell holds after it has run with these functions, by name.

    Each array is what make makes of a draw, by default a copy, for a function may spoil its
    arguments. Raises what the functions raise, and TypeError or ValueError if they return another
    number of values.
    """
    exercise, given = EXERCISES[function], each(make, drawn(function, generation))
    upstream = {name: given.pop(name) for name in exercise.upstream}
    if exercise.forward:
        caches = functions[exercise.forward](*given.values())[-1]
        result = functions[function](*upstream.values(), caches)
    else:
        result = functions[function](*given.values())
    if returns_dictionary(function):
        return {"gradients": result}
    expected = len(exercise.outputs)
    outputs = list(result) if expected > 1 else [result]
    if len(outputs) < expected:  # in the words of an assignment to several names
        raise ValueError(f"not enough values to unpack (expected {expected}, got {len(outputs)})")
    if len(outputs) > expected:
        raise ValueError(f"too many values to unpack (expected {expected})")
    return dict(zip(exercise.outputs, outputs, strict=True))


def look(place: Any, variables: dict[str, Any]) -> Any:
    """The value of a place like gradients["dWf"][3][1], text or code, in a cell's variables.

    place is never a post's text but what post.py has built from it.
    """
    return eval(place, {"__builtins__": {}, "len": len}, variables)  # noqa: S307


def lines(function: str) -> list[tuple[str, str]]:
    """(label, place) of each line that the cell prints."""
    return [(label, label.partition(" =")[0]) for label, _ in PUBLISHED[function].lines]


@cache
def left_behind(function: str) -> dict[str, Any]:
    """The notebook's own variables when the cell of function calls it: what a name means there.

    They come from the cells before it and from its own draws, with right functions.
    """
    right = build()
    variables: dict[str, Any] = {}
    for name in of(EXERCISES[function].assignment):
        given = drawn(name)
        variables |= given | given.get("parameters", {})
        if name == function:
            return variables
        variables |= run(name, right)
    raise KeyError(function)


def each(make: Any, value: Any) -> Any:
    """What make makes of each array in a tree of dictionaries, tuples and lists."""
    if isinstance(value, dict):
        return {key: each(make, entry) for key, entry in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(each(make, entry) for entry in value)
    return make(value)
