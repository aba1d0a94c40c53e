"""Which function printed a value, and whether it is only the published number."""

import math
from collections.abc import Sequence
from collections.abc import Set as Names
from functools import cache, lru_cache
from typing import Any

import numpy as np

from rnn_published import PUBLISHED

from ...subject.mistakes import apply
from ...subject.published import build
from .. import cells
from ..diagnosis import Observation
from ..printed import EXERCISES, MISTAKES
from .numbers import NUMPY_DECIMALS, Printed, number, tolerance

OUTPUTS = {function: exercise.outputs for function, exercise in EXERCISES.items()}
NAMES = {  # also as a keyboard that begins sentences writes them
    name.lower(): name for outputs in OUTPUTS.values() for name in outputs
}
WORDS = frozenset("acy")  # outputs that are words of some language as well
LABELS = {(function, place) for function in EXERCISES for _, place in cells.lines(function)}
TELLING = 1e-3  # a number of so many decimals is not right by chance


@cache
def _published(function: str) -> tuple[dict[str, Any], ...]:
    """The variables of its cell that were ever published: NEW, then OLD where they differ."""
    new = cells.run(function, build())
    if function == cells.OTHER_INPUTS:
        return new, cells.run(function, build(), cells.OLD)
    if function == "lstm_backward":  # OLD numbers come from two mistakes, not from other inputs
        rows = (MISTAKES[label] for label in cells.OLD_MISTAKES)
        return new, cells.run(function, build(apply(*rows)))
    return (new,)


@lru_cache(maxsize=5000)
def _expected(function: str, place: str) -> tuple[np.ndarray, ...]:
    """What was published at a place, in each generation; empty if there is no such place."""
    try:
        values = [cells.look(place, variables) for variables in _published(function)]
        return tuple(np.asarray(value, float) for value in values)
    except (LookupError, TypeError, ValueError, AttributeError):
        return ()


def place_of(function: str, value: Printed) -> str:
    """The place under the names of the function's cell, empty if it has no such output."""
    name = NAMES.get(value.name.lower(), "")
    outputs, backward = OUTPUTS[function], function.endswith("backward")
    if name not in outputs:
        name = cells.OTHER_NAMES.get(name, "")
    if name not in outputs or (value.keyed and not backward):
        return ""
    place = f'gradients["{name}"]' if backward else name
    place += "".join(f"[{number}]" for number in value.index)
    return {"": place, "shape": f"{place}.shape", "len": f"len({place})"}[value.of]


def observed(function: str, value: Printed) -> Observation | None:
    """The value as an observation of the function's cell, None if that cannot have printed it."""
    place = place_of(function, value)
    expected = _expected(function, place) if place else ()
    if not expected:
        return None
    numbers, shape, text = value.numbers, value.shape, value.text
    if shape is None:  # without brackets the place tells where the numbers end
        size, shape = expected[0].size, expected[0].shape
        if len(numbers) < size:
            return None
        numbers = numbers[:size]
        text = " ".join(numbers)
        if shape == (1,) and len(numbers[0].partition(".")[2]) > NUMPY_DECIMALS:
            shape = ()  # printed as a number, not as an array of one
    values = tuple(map(number, numbers))
    return Observation(
        function,
        place,
        text,
        values,
        shape,
        0.0 if value.of else tolerance(numbers, typed=shape == ()),
    )


@lru_cache(maxsize=5000)
def candidates(value: Printed) -> frozenset[str]:
    """The functions whose cell can have printed the value."""
    if value.name.lower() not in NAMES:
        return frozenset()
    return frozenset(function for function in EXERCISES if observed(function, value))


def own_outputs(function: str, among: Names[str]) -> Names[str]:
    """The outputs that of these functions only this one has."""
    others = [OUTPUTS[other] for other in among if other != function]
    return set(OUTPUTS[function]).difference(WORDS, *others)


def places(value: Printed) -> bool:
    """Whether some cell has such a place at all."""
    return any(_expected(f, place) for f in EXERCISES if (place := place_of(f, value)))


def key(value: Printed) -> tuple:
    """The same for the same place, whatever generation's name it has."""
    name = NAMES.get(value.name.lower(), value.name)
    return min(name, cells.OTHER_NAMES.get(name, name)), value.index, value.of


def looks_published(value: Printed) -> bool:
    """Whether the value is, to its digits, the published one of some function."""
    return any(is_published([seen]) for f in EXERCISES if (seen := observed(f, value)))


def agree(seen: Observation, values: Sequence[float], shape: tuple, tolerance: float) -> bool:
    """Whether an observation is these numbers in this shape, as nearly as tolerance says."""
    return seen.shape == shape and all(
        one == other or abs(one - other) <= tolerance or (math.isnan(one) and math.isnan(other))
        for one, other in zip(seen.values, values, strict=True)
    )


def is_published(observations: Sequence[Observation]) -> bool:
    """Whether all these are, to their digits, the published numbers of one generation."""
    generations = zip(*(_expected(o.function, o.place) for o in observations), strict=True)
    return any(
        all(
            agree(seen, right.ravel().tolist(), right.shape, seen.tolerance)
            for seen, right in zip(observations, generation, strict=True)
        )
        for generation in generations
    )


def owner(values: Sequence[Printed], among: Names[str], mentioned: str) -> str:
    """The function that printed these values: one of among, which can all have printed them.

    What counts, in order: sizes, numbers that are right, the function named near by, the places
    that the published cell prints, a cell before a sequence, numbers that are
    nearly right, and the fewest lines of the cell that are missing.
    """

    def evidence(function: str) -> tuple:
        seen = [(value.name, observed(function, value)) for value in values]
        fit = [(name, o, _expected(function, o.place)[0]) for name, o in seen if o]
        return (
            sum(_same_size(o, right) for _, o, right in fit),
            sum(0 < o.tolerance < TELLING and is_published([o]) for _, o, _ in fit),
            function == mentioned,
            sum((function, o.place) in LABELS and name in o.place for name, o, _ in fit),
            not EXERCISES[function].cell,
            -round(_distance([(o, right) for _, o, right in fit]), 1),
            -len(PUBLISHED[function].lines),
        )

    return max(sorted(among), key=evidence)


def _same_size(seen: Observation, right: np.ndarray) -> bool:
    if seen.place.endswith(".shape"):
        return seen.values == tuple(right)
    return seen.shape == right.shape


def _distance(fit: Sequence[tuple[Observation, np.ndarray]]) -> float:
    """How far the printed numbers are from the right ones on average: 0 right, 1 another sign."""
    apart = [
        abs(one - other) / (abs(one) + abs(other))
        for seen, right in fit
        if seen.tolerance and seen.shape == right.shape
        for one, other in zip(seen.values, right.ravel().tolist(), strict=True)
        if math.isfinite(one) and abs(one) + abs(other)
    ]
    return sum(apart) / len(apart) if apart else 1.0
