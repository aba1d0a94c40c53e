"""How many wrong functions the autograder refuses, and how many right ones it accepts.

Each function of all assignments, in its published form, gets every single edit of operators.py. A
mutant that raises on all inputs is set aside (any check refuses it), and so is one that is
equivalent: equal outputs, caches and second call, arguments equally unchanged, on twelve random
inputs. Each of the others is judged as a submission is; it is refused if it gets less than full
points. Beside it stands what a model of the published v4 checks refuses, where there are any. At
last come right functions that are written otherwise, which have to get full points.

The exit status is 1 if a mutant survives or a right function is refused.
"""

import argparse
import copy
import itertools
import json
import runpy
import sys
import time
import warnings
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import published_v4
from mutants import arguments, mutants

from rnn_course.grading import checks
from rnn_course.sandbox.answer import answer, question
from rnn_course.subject import published
from rnn_course.subject.cases import all_cases
from rnn_course.subject.exercises import ASSIGNMENTS, EXERCISES, Exercise, of
from rnn_published import PUBLISHED

ALTERNATIVES = Path(__file__).parents[1] / "tests" / "grading" / "alternatives.py"
RAISED = "raised"
RTOL = 1e-9  # of the largest entry: mutants that differ by less are equivalent
SEED = 20_000  # of the inputs that tell equivalent mutants; the judge's come from its key
SIZES = ("n_x", "n_a", "n_y", "m", "T_x", "T_da")
INPUTS = [  # sizes, and the scale of the numbers
    *(((3, 5, 2, 4, 6, 6), 1.0), ((4, 4, 4, 4, 4, 4), 1.0), ((1, 1, 1, 1, 1, 1), 1.0)),
    *(((2, 3, 3, 3, 2, 2), 0.1), ((6, 2, 5, 3, 5, 3), 1.0), ((2, 7, 3, 1, 3, 3), 3.0)),
    *(((5, 5, 2, 8, 1, 1), 1.0), ((3, 4, 7, 2, 9, 9), 0.5), ((1, 6, 1, 5, 3, 3), 1.0)),
    *(((7, 1, 2, 3, 4, 2), 1.0), ((3, 3, 5, 6, 2, 2), 2.0), ((2, 2, 2, 5, 7, 6), 1.0)),
]
COLUMNS = ("mutants", "raise", "equivalent", "judged", "refused", "score", "v4 refused", "v4 score")


class Judge:
    """A function's cases under a key: the words that an autograder would have for it."""

    def __init__(self, exercise: Exercise, key: str):
        self.exercise = exercise
        self.cases = all_cases(exercise, key)
        calls = [case.arguments for case in self.cases]
        self.asked = question(exercise.name, calls, exercise.standins)

    def reason(self, functions: dict) -> str:
        """Why the function among functions loses points; empty if it loses none."""
        return checks.judge(self.exercise, self.cases, answer(functions, self.asked)).reason


class Original:
    """What the right function does with twelve random inputs."""

    def __init__(self, exercise: Exercise):
        functions = published.build()
        usual, self.calls = PUBLISHED[exercise.name].sizes, []
        others = itertools.cycle(exercise.cases.values())
        for number, (sizes, scale) in enumerate(INPUTS):
            generator, case = np.random.default_rng(SEED + number), next(others)
            scale *= case.get("scale", 1.0) if exercise.name not in published_v4.EXERCISES else 1.0

            def normal(*shape, generator=generator, scale=scale):
                return scale * generator.standard_normal(shape)

            named = case | dict(zip(SIZES, sizes, strict=True))
            if usual["T_da"] == usual["T_x"]:  # only lstm_backward has to take a shorter da
                named["T_da"] = named["T_x"]
            given = arguments(exercise, normal, named, functions)
            self.calls.append((given, _behaviour(functions[exercise.name], given)))

    def kind(self, function) -> str:
        """Whether the mutant is 'equivalent', can only 'raise', or is to be 'judged'."""
        kinds = set()
        for given, right in self.calls:
            mine = _behaviour(function, given)
            if mine != RAISED and not _equal(mine, right, set()):
                return "judged"
            kinds.add("raise" if mine == RAISED else "equivalent")
            if len(kinds) > 1:
                return "judged"
        return kinds.pop()


def _behaviour(function, given: tuple):
    """The results of two calls, seen after the second, and the arguments of the first."""
    first = copy.deepcopy(given)
    try:
        result = function(*first)
        return result, function(*copy.deepcopy(given)), first
    except Exception:
        return RAISED


def _equal(one, other, seen: set) -> bool:
    """Whether two results have equal structure and numbers; seen pairs are not compared again."""
    pair = (id(one), id(other))
    if pair in seen:
        return True
    seen.add(pair)
    if isinstance(other, dict):
        known = isinstance(one, dict) and one.keys() == other.keys()
        return known and all(_equal(one[key], other[key], seen) for key in other)
    if isinstance(other, (tuple, list)):
        known = isinstance(one, (tuple, list)) and len(one) == len(other)
        return known and all(_equal(*entries, seen) for entries in zip(one, other, strict=True))
    if isinstance(one, str) or isinstance(other, str):
        return isinstance(one, type(other)) and one == other
    if not isinstance(one, (np.ndarray, np.number, float, int)):
        return False
    if np.shape(one) != np.shape(other) or np.asarray(one).dtype.kind not in "fiu":
        return False
    size = np.abs(other).max(initial=0)
    return bool((np.abs(one - other) <= RTOL * size).all())  # not a number is never equal


def measure(exercise: Exercise, key: str) -> dict:
    """The counts of one function, and the mutants that survive."""
    judge, original = Judge(exercise, key), Original(exercise)
    row: dict = dict.fromkeys(("mutants", "raise", "equivalent", "judged", "refused"), 0)
    row |= {"v4 refused": 0} if exercise.name in published_v4.EXERCISES else {}
    survivors = []
    for mutant in mutants(exercise):
        functions = published.build({exercise.name: mutant.source})
        function = functions[exercise.name]
        kind = original.kind(function)
        row["mutants"] += 1
        row[kind] += 1
        if kind == "judged":
            refused = bool(judge.reason(functions))
            row["refused"] += refused
            if exercise.name in published_v4.EXERCISES:
                row["v4 refused"] += not published_v4.accepts(exercise.name, function)
            survivors += [] if refused else [mutant]
    return _scored(row) | {"survivors": [str(mutant) for mutant in survivors]}


def _scored(row: dict) -> dict:
    pairs = (("score", "refused"), ("v4 score", "v4 refused"))
    judged = max(row["judged"], 1)
    return row | {name: round(row[of] / judged, 4) for name, of in pairs if of in row}


def total(rows: Iterable[dict]) -> dict:
    """The sums of the counts, scored anew."""
    rows = list(rows)
    counts = [name for name in COLUMNS if not name.endswith("score")]
    return _scored(
        {n: sum(row[n] for row in rows) for n in counts if all(n in row for row in rows)}
    )


def refused_alternatives(judges: dict[str, Judge]) -> tuple[int, list[str]]:
    """How many right functions written otherwise there are, and those that lose points."""
    alternatives = runpy.run_path(str(ALTERNATIVES))["ALTERNATIVES"]
    refused = []
    for name, label, source in alternatives:
        reason = judges[name].reason(published.build({name: source}))
        refused += [f"{name}, {label}: {reason}"] if reason else []
    return len(alternatives), refused


def check_v4(judges: dict[str, Judge]) -> None:
    """Hold the model of v4 against what v4 is known to let pass; our judge has to refuse that."""
    published_v4.certify()
    for name, right, wrong in published_v4.LET_PASS:
        wrong_source = published.SOURCE[name].replace(right, wrong)
        if not judges[name].reason(published.build({name: wrong_source})):
            raise AssertionError(f"the judge lets {wrong!r} pass in {name}")


def _cell(column: str, value: float | None) -> str:
    if value is None:
        return f"{'-':>11}"
    return f"{value:11.2%}" if column.endswith("score") else f"{value:11}"


def show(report: dict) -> None:
    """Print the report as a table."""
    print(f"{'function':20}", *(f"{column:>11}" for column in COLUMNS))
    for name, row in (report["functions"] | report["totals"]).items():
        cells = (_cell(column, row.get(column)) for column in COLUMNS)
        print(f"{name:20}", *cells)
        for survivor in row.get("survivors", ()):
            print(f"    survives: {survivor}")
    print(f"v4: the model lets pass the {len(published_v4.LET_PASS)} faults that are known to pass")
    accepted = report["alternatives"] - len(report["alternatives refused"])
    print(f"right, but written otherwise: {accepted} of {report['alternatives']} accepted")
    print(*(f"    refused: {line}\n" for line in report["alternatives refused"]), sep="", end="")
    print(f"{report['seconds']} s, key {report['key']!r}")


def main() -> int:
    """Measure and print; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--key", default="mutation", help="draws the judge's hidden cases")
    parser.add_argument("--function", choices=EXERCISES, action="append", help="only this one")
    parser.add_argument("--json", action="store_true", help="print the numbers as JSON")
    options = parser.parse_args()
    start = time.perf_counter()
    with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
        judges = {name: Judge(exercise, options.key) for name, exercise in EXERCISES.items()}
        check_v4(judges)
        wanted = options.function or list(EXERCISES)
        rows = {name: measure(EXERCISES[name], options.key) for name in wanted}
        number, refused = refused_alternatives(judges)
    totals = {
        f"all of {number}": total(rows[name] for name in rows if name in of(assignment))
        for number, assignment in enumerate(ASSIGNMENTS, 1)
        if rows.keys() & of(assignment)
    }
    report = {"key": options.key, "functions": rows, "totals": totals}
    report |= {"alternatives": number, "alternatives refused": refused}
    report["seconds"] = round(time.perf_counter() - start, 1)
    print(json.dumps(report, indent=2)) if options.json else show(report)
    return int(bool(refused or any(row["survivors"] for row in rows.values())))


if __name__ == "__main__":
    sys.exit(main())
