"""Whether a wrong function does just what a mistake of the catalogue does.

A row of the catalogue is run on the judge's own cases, in the judge's own way; the published case
comes first, and is computed once for all students, so a wrong function that no row explains costs
a comparison or two.
"""

import copy
import warnings
from functools import cache
from typing import Any

import numpy as np

from rnn_utils import alone

from ..sandbox.wire import decode, encode
from ..subject.cases import Case, published_case
from ..subject.exercises import EXERCISES, Exercise
from ..subject.mistakes import MISTAKES, Mistake, apply
from ..subject.published import build

RTOL = 1e-9  # of the largest entry: the same program, but for the order of its sums


def familiar(exercise: Exercise, cases: list[Case], mode: str, calls: list) -> Mistake | None:
    """The catalogued mistake whose results equal these in each case; of several, the first."""
    rows = [mistake for mistake in MISTAKES.values() if mistake.function == exercise.name]
    if not any("result" in call for call in calls):
        return None
    for case, call in zip(cases, calls, strict=True):
        rows = [row for row in rows if _does(call, _call(row, mode, case), exercise.outputs)]
    return rows[0] if rows else None


def _does(mine: dict, theirs: dict, outputs: list[str]) -> bool:
    """Whether a call came out like a row's: the numbers of both times, and the arguments."""
    if "result" not in theirs or "result" not in mine:
        return "raised" in theirs and "raised" in mine
    right = theirs["result"]
    if isinstance(right, dict):
        right = {output: right.get(output) for output in outputs}  # more of them cost nothing
    pairs = ((mine["result"], right), (mine.get("again", mine["result"]), right))
    return all(_equal(*pair) for pair in (*pairs, (mine.get("arguments"), theirs["arguments"])))


def _call(row: Mistake, mode: str, case: Case) -> dict:
    return _published_call(row.label, mode) if case.public else _fresh_call(row.label, mode, case)


@cache
def _published_call(label: str, mode: str) -> dict:
    return _fresh_call(label, mode, published_case(EXERCISES[MISTAKES[label].function]))


def _fresh_call(label: str, mode: str, case: Case) -> dict:
    """What sandbox.answer tells of a call, of a row's function."""
    arguments = copy.deepcopy(case.arguments)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = _function(label, mode)(*arguments)
        except Exception:  # the mistake's own
            return {"raised": None}
    return decode(encode({"result": result, "arguments": arguments}))


@cache
def _function(label: str, mode: str):
    exercise = EXERCISES[MISTAKES[label].function]
    function = build(apply(MISTAKES[label]))[exercise.name]
    return alone(function, **{exercise.cell: exercise.standin}) if mode == "stand-in" else function


def _equal(mine: Any, theirs: Any) -> bool:
    """Whether two trees hold equal numbers; mine may be any tree that came over the wire."""
    if isinstance(theirs, dict):
        if not isinstance(mine, dict) or theirs.keys() - mine.keys():
            return False
        return all(_equal(mine[key], value) for key, value in theirs.items())
    if isinstance(theirs, (tuple, list)):
        alike = isinstance(mine, (tuple, list)) and len(mine) == len(theirs)
        return alike and all(map(_equal, mine, theirs))
    if not isinstance(theirs, np.ndarray) or not isinstance(mine, np.ndarray):
        return type(mine) is type(theirs) and mine == theirs
    if mine.shape != theirs.shape or mine.tobytes() == theirs.tobytes():
        return mine.shape == theirs.shape
    size = np.abs(theirs).max(initial=0)
    if np.isfinite(size):
        with np.errstate(all="ignore"):
            return bool(np.abs(mine - theirs).max(initial=0) <= RTOL * size)
    return np.allclose(mine, theirs, rtol=RTOL, atol=0, equal_nan=True)
