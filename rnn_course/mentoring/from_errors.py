"""The diagnosis of a gradient check: the mistakes of the catalogue whose relative errors it has.

A check proves that backward matches forward, so a mistake in the forward functions shows only where
the way back does not have it too.
"""

import time
import warnings
from collections.abc import Callable
from functools import cache
from itertools import combinations

import numpy as np

from ..subject.mistakes import MISTAKES, Mistake, apply
from ..subject.published import build
from . import cells
from .diagnosis import Compared, Diagnosis, Explanation, Found, Observation
from .explain.explain import found_mistakes
from .gradcheck import CHECKS, Arrays, GradientCheck
from .post.checked import Check, RelativeError

RIGHT = 1e-6  # below it a check passes
SHOWN = 3
NO_ROW = (
    "No mistake of the catalogue has these relative errors: ask for the code, or for a few numbers"
    " of a test cell."
)
SEVERAL = "Several mistakes have these relative errors; the code would tell which it is."


def from_errors(
    check: Check, seconds: float, progress: Callable[[str], None] = lambda words: None
) -> Diagnosis | None:
    """The diagnosis of one gradient check of a post; None if no notebook has such a check."""
    begun = time.monotonic()
    fitting = [known for known in CHECKS if {e.name for e in check} <= {*known.names}]
    if not fitting:
        return None
    progress(f"comparing relative errors of {fitting[0].function}")
    found: list[tuple[Mistake, ...]] = []
    passed = all(error.value < RIGHT for error in check)
    if not passed:
        end = begun + seconds
        found = _found(fitting, check, end)
    verdict = Found.RIGHT if passed else Found.EXPLAINED if found else Found.UNEXPLAINED
    notes = () if passed else (SEVERAL,) if len(found) > 1 else () if found else (NO_ROW,)
    function = fitting[0].function
    return Diagnosis(
        function,
        cells.NEW,
        verdict,
        tuple(_compared(function, error) for error in check),
        tuple(_explanation(rows, len(check)) for rows in found[:SHOWN]),
        notes,
        seconds=time.monotonic() - begun,
    )


def _compared(function: str, error: RelativeError) -> Compared:
    place = f"relative error of {error.name}"
    seen = Observation(function, place, error.text, (error.value,), (), error.tolerance)
    return Compared(seen, f"below {RIGHT:.0e}", error.value < RIGHT)


def _found(fitting: list[GradientCheck], check: Check, end: float) -> list[tuple[Mistake, ...]]:
    """The single mistakes that fit, or else the pairs, as many as there is time for."""
    own, names = fitting[0].function, fitting[0].functions
    rows = [row for row in MISTAKES.values() if row.function in names]
    rows.sort(key=lambda row: row.function != own)  # those of the checked function come first
    found: list[tuple[Mistake, ...]] = []
    for count in (1, 2):
        for together in combinations(rows, count) if not found else ():
            if time.monotonic() > end or len(found) > SHOWN:
                return found
            if any(_fits(known, together, check) for known in fitting):
                found.append(together)
    return found


def _fits(known: GradientCheck, rows: tuple[Mistake, ...], check: Check) -> bool:
    errors = _errors(known, *(row.label for row in rows))
    return all(_agrees(error, errors.get(error.name, np.nan)) for error in check)


def _agrees(error: RelativeError, mine: float) -> bool:
    if error.value < RIGHT:
        return mine < RIGHT
    same = mine == error.value or (np.isnan(mine) and np.isnan(error.value))
    return bool(same or abs(mine - error.value) <= error.tolerance)


@cache
def _errors(known: GradientCheck, *labels: str) -> dict[str, float]:
    """What a check prints with these mistakes; nothing if they raise."""
    forward = [label for label in labels if not MISTAKES[label].function.endswith("backward")]
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
            return known.errors(_functions(*labels), _numerical(known, *forward))
    except Exception:  # the mistakes' own, or they touch one line
        return {}


@cache
def _numerical(known: GradientCheck, *labels: str) -> Arrays:
    """The numerical gradients, of forward functions with these mistakes."""
    return known.numerical(_functions(*labels))


def _functions(*labels: str):
    return build(apply(*(MISTAKES[label] for label in labels)))


def _explanation(rows: tuple[Mistake, ...], count: int) -> Explanation:
    source = apply(*rows)
    mistakes = [mistake for name, text in source.items() for mistake in found_mistakes(name, text)]
    return Explanation(tuple(mistakes), count, count, source)
