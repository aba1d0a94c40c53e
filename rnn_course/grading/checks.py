"""From an answer to a verdict: compare what came out of the sandbox with the reference.

Pure functions of (exercise, cases, answer); a student's fault is a value, never an exception.
Words about hidden cases name places, sizes and relative errors, never expected values.
"""

from dataclasses import replace
from functools import cache
from itertools import repeat
from typing import Any

import numpy as np

from ..sandbox.answer import TWICE
from ..sandbox.wire import Other, WireError, decode
from ..subject.cases import Case, published_case
from ..subject.exercises import ARGUMENTS, EXERCISES, Exercise
from ..subject.gradients import certify
from .familiar import familiar
from .verdict import Finding, Status, Verdict

RTOL = 1e-4  # of the largest entry: single precision passes, a mistake does not
NO_RESULT = (Status.RAISED, Status.TIMED_OUT, Status.OUT_OF_MEMORY, Status.ENDED)
ATOL = 1e-9  # where the right output is zero everywhere
RESCUED = (
    "Judged with a stand-in for {}, because with yours the results are not right:"
    " this function does not pay for that one's mistakes."
)
ALSO_WRONG = "It is also wrong with a stand-in for {}: see here how."


def nothing(exercise: Exercise, status: Status, words: str) -> Verdict:
    """The verdict on a function of which there are no numbers to compare."""
    return Verdict(exercise.name, status, [], exercise.max_points, words)


def judge(exercise: Exercise, cases: list[Case], answer: str) -> Verdict:
    """The verdict on one answer; of own cell and stand-in, the one with more points counts."""
    try:
        modes = _typed(decode(answer), dict)
        if "absent" in modes:
            return nothing(exercise, Status.ABSENT, f"{exercise.name} is not defined.")
        if "own" in modes or not exercise.cell:
            verdict = _judge_mode(exercise, cases, "own", modes.get("own"))
        else:
            verdict = nothing(
                exercise, Status.ENDED, f"With your {exercise.cell} it did not end well."
            )
        if exercise.cell and verdict.points < exercise.max_points:
            alone = _judge_mode(exercise, cases, "stand-in", modes.get("stand-in"))
            if alone.points > verdict.points:
                verdict = replace(alone, words=RESCUED.format(exercise.cell))
            elif not verdict.points and verdict.status in NO_RESULT:
                verdict = replace(alone, words=ALSO_WRONG.format(exercise.cell))
        if verdict.points < verdict.max_points:
            verdict = _named(exercise, cases, modes, verdict)
    except WireError as error:
        return nothing(exercise, Status.NO_ANSWER, f"The answer cannot be read ({error}).")
    return verdict


def _typed(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise WireError(f"a {type(value).__name__} stands where a {kind.__name__} should")
    return value


def _named(exercise: Exercise, cases: list[Case], modes: dict, verdict: Verdict) -> Verdict:
    """The verdict, with the catalogue's words if this is one of its mistakes."""
    for mode in ("own", "stand-in") if exercise.cell else ("own",):
        mistake = familiar(exercise, cases, mode, modes.get(mode) or [])
        if mistake:
            words = f"These numbers are those of a known mistake. {mistake.why} {mistake.hint}"
            words = f"{verdict.words} {words}".strip()
            return replace(verdict, words=words, mistake=mistake.label)
    return verdict


def _judge_mode(exercise: Exercise, cases: list[Case], mode: str, answers: Any) -> Verdict:
    calls = [_typed(call, dict) for call in _typed(answers, list)]
    if len(calls) != len(cases):
        raise WireError(f"{len(calls)} calls for {len(cases)} cases")
    if all("blank" in call for call in calls):
        return nothing(exercise, Status.BLANK, "Not done yet.")
    faults: dict[str, tuple[Status, str]] = {}
    for number, (case, call) in enumerate(zip(cases, calls, strict=True)):
        times = ("result", "again") if number < TWICE else ("result",)
        for output, fault in _faults(exercise, case, mode, call, times):
            faults.setdefault(output, fault)
    if not any(output not in faults for output in exercise.outputs):
        faults.setdefault(ARGUMENTS, (Status.NOT_COUNTED, "It counts when an output is right."))
    findings = [
        Finding(output, *_share(points, faults.get(output)))
        for output, points in exercise.points.items()
    ]
    statuses = [finding.status for finding in findings if finding.status is not Status.RIGHT]
    status = statuses[0] if statuses else Status.RIGHT
    return Verdict(exercise.name, status, findings, exercise.max_points)


def _share(points: float, fault):
    """The last four fields of a Finding but its output: status, points, max_points, words."""
    if fault is None:
        return Status.RIGHT, points, points, ""
    return fault[0], 0.0, points, fault[1]


def _faults(exercise: Exercise, case: Case, mode: str, call: dict, times: tuple[str, ...]):
    """Yield (output, (status, words)) for each output that is not right in this case."""
    if "result" not in call:
        status, words = _outcome(call)
        words = f"{words} {_in(case)}"
        yield from ((output, (status, words)) for output in exercise.points)
        return
    compare = Comparison(case)
    own = mode == "own"
    expected = _right(case) if own else case.expected(exercise.standin)
    results = [exercise.named(call.get(time)) for time in times]
    mine = [outputs.get(name, _MISSING) for outputs in results for name in exercise.outputs]
    right = [expected[name] for _ in results for name in exercise.outputs]
    if compare.same([*mine, call.get("arguments")], [*right, case.arguments]):
        return
    for outputs, when in zip(results, ("", ", when called a second time"), strict=False):
        for output in exercise.outputs:
            fault = compare(output, outputs.get(output, _MISSING), expected[output])
            if fault:
                yield output, (fault[0], f"{fault[1]} {_in(case)}{when}.")
    changed = compare("the arguments", call.get("arguments"), case.arguments)
    if changed:
        yield ARGUMENTS, (Status.WRONG, f"The function changes its arguments {_in(case)}.")


def _right(case: Case) -> dict[str, Any]:
    """The reference's outputs, gradients held against the complex step."""
    return _published_right(case.exercise.name) if case.public else _certified(case)


@cache
def _published_right(name: str) -> dict[str, Any]:
    """Those in the published case, which is the same for all students."""
    return _certified(published_case(EXERCISES[name]))


def _certified(case: Case) -> dict[str, Any]:
    expected = case.expected()
    if case.exercise.gradients:
        certify(case, expected)
    return expected


def _outcome(call: dict) -> tuple[Status, str]:
    if "blank" in call:
        return Status.BLANK, "not done yet"
    if "timed out" in call:
        return Status.TIMED_OUT, "it did not end within the time limit"
    if "out of memory" in call:
        return Status.OUT_OF_MEMORY, "it needed more memory than the limit"
    return Status.RAISED, str(call.get("raised", "it gave no result"))


_MISSING = object()


def _in(case: Case) -> str:
    return "on the published inputs" if case.public else f"in the hidden case “{case.label}”"


class Comparison:
    """Compares what came out with what should have, in one case.

    Most arrays and dictionaries stand in many places (parameters in every cache, all of a result
    in the second one) and come over the wire as one object: each pair is looked at once, and all
    new pairs of arrays in a tree at the same time.
    """

    def __init__(self, case: Case):
        self.case = case
        self.alike: dict[tuple[int, int], tuple] = {}  # by both ids; the pairs are kept alive

    def __call__(self, place: str, mine: Any, expected: Any):
        """(status, words) of the first difference between two trees, or None."""
        return None if self.same(mine, expected) else self._difference(place, mine, expected)

    def same(self, mine: Any, expected: Any) -> bool:
        """Whether two trees are alike."""
        pairs: dict[tuple[int, int], tuple] = {}
        arrays: list[tuple[np.ndarray, np.ndarray]] = []
        same = self._formed(mine, expected, pairs, arrays) and _all_alike(arrays)
        if same:
            self.alike |= pairs
        return same

    def _formed(self, mine: Any, expected: Any, pairs: dict, arrays: list) -> bool:
        """Whether two trees have one form; fills in the pairs that have not been compared."""
        ids = (id(mine), id(expected))
        if ids in self.alike or ids in pairs:
            return True
        pairs[ids] = (mine, expected)
        if isinstance(expected, dict):
            return (
                isinstance(mine, dict)
                and mine.keys() == expected.keys()
                and all(self._formed(mine[k], v, pairs, arrays) for k, v in expected.items())
            )
        if isinstance(expected, (tuple, list)):
            return (
                isinstance(mine, (tuple, list))
                and len(mine) == len(expected)
                and all(map(self._formed, mine, expected, repeat(pairs), repeat(arrays)))
            )
        if isinstance(expected, str):
            return _is_text(mine, expected)
        arrays.append((mine, np.asarray(expected)))
        return isinstance(mine, np.ndarray) and mine.shape == np.shape(expected)

    def _difference(self, place: str, mine: Any, expected: Any):
        """The same in words, one array after the other."""
        if mine is _MISSING:
            return Status.MISSING, f"{place} is missing"
        if isinstance(expected, dict):
            if not isinstance(mine, dict):
                return Status.WRONG, f"{place} is no dictionary"
            if mine.keys() - expected.keys():
                return Status.WRONG, f"{place} has keys that it should not have"
            pairs = [(f"{place}[{k!r}]", mine.get(k, _MISSING), v) for k, v in expected.items()]
        elif isinstance(expected, (tuple, list)):
            if not isinstance(mine, (tuple, list)):
                return Status.WRONG, f"{place} is no tuple or list of {len(expected)}"
            if len(mine) != len(expected):
                return Status.WRONG, f"{place} has length {len(mine)}, expected {len(expected)}"
            names = _entry_names(place, self.case.exercise, len(expected))
            pairs = list(zip(names, mine, expected, strict=True))
        elif isinstance(expected, str):
            same = _is_text(mine, expected)
            return None if same else (Status.WRONG, f"{place} is no longer {expected}")
        else:
            return _compare_arrays(place, mine, np.asarray(expected), self.case)
        return next(filter(None, (self._difference(*pair) for pair in pairs)), None)


def _is_text(mine: Any, expected: str) -> bool:
    return isinstance(mine, str) and mine == expected


def _all_alike(pairs: list[tuple[np.ndarray, np.ndarray]]) -> bool:
    """Whether each pair of arrays is close, as _compare_arrays says, in a handful of calls."""
    pairs = [pair for pair in pairs if pair[0].size]
    if not pairs:
        return True
    mine, expected = (np.concatenate([pair[k].ravel() for pair in pairs]) for k in (0, 1))
    starts = np.cumsum([0, *(pair[0].size for pair in pairs[:-1])])
    with np.errstate(invalid="ignore", over="ignore"):
        farthest = np.maximum.reduceat(np.abs(mine - expected), starts)
    sizes = np.maximum.reduceat(np.abs(expected), starts)
    return bool((farthest <= np.maximum(RTOL * sizes, ATOL)).all())  # nan and inf are not


def _entry_names(place: str, exercise: Exercise, length: int) -> list[str]:
    """Names for the entries of a sequence; those of a cell's cache carry what they hold."""
    fields = exercise.cache_fields
    if length == len(fields) and (place == "cache" or place.count("[") == 2):
        return [f"{place}[{k}] ({name})" for k, name in enumerate(fields)]
    return [f"{place}[{k}]" for k in range(length)]


def _compare_arrays(place: str, mine: Any, expected: np.ndarray, case: Case):
    if not isinstance(mine, np.ndarray):
        kind = mine.type_name if isinstance(mine, Other) else type(mine).__name__
        return Status.WRONG, f"{place} is no array of numbers ({kind})"
    if mine.shape != expected.shape:
        return Status.WRONG_SHAPE, f"{place} has shape {mine.shape}, expected {expected.shape}"
    if not np.isfinite(mine).all():
        bad = np.argwhere(~np.isfinite(mine))[0]
        return Status.NOT_FINITE, f"{place} is not finite at {bad.tolist()}"
    if mine.size == 0:
        return None
    difference = np.abs(mine - expected)
    size = np.abs(expected).max()
    if difference.max() <= max(RTOL * size, ATOL):
        return None
    worst = np.unravel_index(np.argmax(difference), mine.shape)
    at = "".join(f"[{int(k)}]" for k in worst)
    wrong = int((difference > max(RTOL * size, ATOL)).sum())
    words = f"{wrong} of the {mine.size} entries of {place} are wrong, most at {at}"
    if case.public:
        return Status.WRONG, f"{words}: yours {mine[worst]:.8g}, expected {expected[worst]:.8g},"
    if size == 0:
        return Status.WRONG, f"{words},"
    with np.errstate(over="ignore"):
        relative = difference.max() / size
    return Status.WRONG, f"{words}, by {relative:.1g} of the largest entry,"
