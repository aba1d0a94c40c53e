"""How many planted mistakes the mentor's tool names from printed numbers, how fast, how falsely.

Three sets of wrong programs: every row of the catalogue alone, random pairs of rows in different
functions, and random single edits from operators.py, which shares no code with the search. Each is
run in the published test cells; the text that they print is read and diagnosed blind. An
explanation is right if its source does what the planted program does on fresh random inputs, every
function by itself. A post that shows nothing wrong is set aside: nothing in it can be told.

The exit status is 1 if the recall of a whole set falls below its floor.
"""

import argparse
import io
import random
import re
import time
from collections import Counter
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from mutants import arguments, mutants

from rnn_course.mentoring import cells, diagnose
from rnn_course.mentoring.compare import compare
from rnn_course.mentoring.diagnosis import Found
from rnn_course.mentoring.post import post
from rnn_course.mentoring.program import PUBLISHED_PROGRAM, at, with_value
from rnn_course.mentoring.search.natural import as_it_is
from rnn_course.mentoring.search.search import Search
from rnn_course.mentoring.search.trial import Trial
from rnn_course.subject import published
from rnn_course.subject.exercises import EXERCISES
from rnn_course.subject.mistakes import MISTAKES, apply
from rnn_published import PUBLISHED, printed_values

SEED = 4711
SIZES = (
    {"n_x": 3, "n_a": 5, "n_y": 2, "m": 4, "T_x": 6, "T_da": 6},
    dict.fromkeys(("n_x", "n_a", "n_y", "m", "T_x", "T_da"), 3),
)
LEAST = {"catalogue": 0.95, "pairs": 0.8, "random edits": 0.5}  # of a whole set


def notebook(function: str, sources: dict) -> dict:
    """The functions of a program, in a notebook that has been run up to the cell of one of them."""
    functions = published.build(sources)
    for name, value in cells.left_behind(function).items():
        functions[function].__globals__.setdefault(name, value)
    return functions


def printout(function: str, functions: dict) -> str:
    """What a published cell prints of these functions, and how its traceback ends if they raise."""
    said = io.StringIO()
    with redirect_stdout(said), np.errstate(all="ignore"):
        try:
            outputs = cells.run(function, functions)
            outputs = outputs.get("gradients", tuple(outputs.values()))
            for label, value, _ in printed_values(function, outputs, PUBLISHED[function].lines):
                print(label, value)
        except Exception as error:
            print(f"Traceback (most recent call last)\n{type(error).__name__}: {error}")
    return said.getvalue()


def the_post(touched: list[str], sources: dict) -> str | None:
    """What a student with this program posts: the first cell that shows all the mistakes.

    touched are the functions with a mistake in them. None if no cell shows anything wrong.
    """
    right = published.build()
    for function in EXERCISES:
        if set(touched) <= set(cells.chain(function)):
            text = printout(function, notebook(function, sources))
            others = [{f: sources[f]} for f in sources] if len(sources) > 1 else []
            alone = [printout(function, notebook(function, one)) for one in others]
            if rounded(text) not in map(rounded, [*alone, printout(function, right)]):
                return f"My {function} prints\n{text}"
    return None


def rounded(text: str) -> str:
    """The text without the last digits of its numbers, in which nothing can be seen."""
    return re.sub(r"-?\d+\.\d{9,}(e-?\d+)?", lambda number: f"{float(number[0]):.10g}", text)


def same(one: dict, other: dict) -> bool:
    """Whether two programs do the same on fresh inputs, each function by itself."""
    return all(
        np.array_equal(*(behaviour(name, sources, sizes) for sources in (one, other)))
        for name in one.keys() | other.keys()
        for sizes in SIZES
    )


def behaviour(name: str, sources: dict, sizes: dict) -> np.ndarray:
    """What a function returns and does to its arguments, as one row; the error if it raises."""
    right = published.build()
    given = arguments(EXERCISES[name], np.random.RandomState(5).randn, sizes, right)
    functions = published.build({name: sources[name]} if name in sources else {})
    try:
        with np.errstate(all="ignore"):
            return np.round(flat((functions[name](*given), given)), 7)
    except Exception as error:
        return np.array([repr(error)])


def flat(value) -> np.ndarray:
    """The numbers and the shapes in a tree."""
    if isinstance(value, dict):
        value = [value[key] for key in sorted(value)]
    if isinstance(value, (list, tuple)):
        return np.concatenate([*map(flat, value), [len(value)]])
    return np.append(np.ravel(np.asarray(value, float)), np.shape(value))


@dataclass
class Score:
    """What became of one set."""

    name: str
    seconds: list[float] = field(default_factory=list)
    tally: Counter = field(default_factory=Counter)

    def add(self, label: str, touched: list[str], sources: dict, show: bool) -> None:
        """Diagnose one planted program."""
        text = the_post(touched, sources)
        if text is None:
            self.tally["nothing to see"] += 1
            return
        outcome, seconds = judged(text, sources)
        self.tally[outcome] += 1
        if outcome == "nothing to see":  # but for the sixteenth digit
            return
        self.seconds.append(seconds)
        if show and outcome != "first":
            print(f"    {outcome:12} {seconds:5.1f} s  {label}", flush=True)

    @property
    def recall(self) -> float:
        """The share of the posts whose planted program is among the explanations."""
        right = self.tally["first"] + self.tally["listed"]
        return right / max(1, len(self.seconds))

    def __str__(self):
        total, t = len(self.seconds), self.tally
        times = np.array(self.seconds or [0.0])
        return (
            f"{self.name:14} {total:4} posts: {self.recall:6.1%} explained rightly"
            f" ({t['first']} first, {t['listed']} among the listed), {t['false']} falsely,"
            f" {t['unexplained']} unexplained; {t['nothing to see']} showed nothing;"
            f" median {np.median(times):.2f} s, 95 % within {np.quantile(times, 0.95):.1f} s"
        )


def judged(text: str, sources: dict) -> tuple[str, float]:
    """How a post was diagnosed, and in how many seconds."""
    begun = time.perf_counter()
    try:
        (run,) = post.read(text).runs
    except post.UnreadableError:
        return "unreadable", time.perf_counter() - begun
    diagnosis = diagnose.from_numbers(run.observations)
    seconds = time.perf_counter() - begun
    if diagnosis.verdict is Found.RIGHT:
        return "nothing to see", seconds
    agreeing = [same(found.source, sources) for found in diagnosis.explanations]
    if not agreeing:
        return "unexplained", seconds
    return ("first" if agreeing[0] else "listed" if any(agreeing) else "false"), seconds


def catalogue(count: int):
    """Every row alone."""
    for label, row in MISTAKES.items():
        yield label, [row.function], apply(row)


def pairs(count: int):
    """Random pairs of rows in two functions of one network."""
    chosen, rows = random.Random(SEED), list(MISTAKES.values())
    seen: set = set()
    while len(seen) < count:
        one, other = chosen.sample(rows, 2)
        related = one.function.split("_")[0] == other.function.split("_")[0]
        if related and one.function != other.function and {one.label, other.label} not in seen:
            seen.add(frozenset((one.label, other.label)))
            yield f"{one.label} + {other.label}", [one.function, other.function], apply(one, other)


def random_edits(count: int):
    """Random single edits of random functions."""
    chosen = random.Random(SEED)
    all_mutants = {name: list(mutants(exercise)) for name, exercise in EXERCISES.items()}
    for _ in range(count):
        mutant = chosen.choice(all_mutants[chosen.choice(list(all_mutants))])
        yield str(mutant), [mutant.function], {mutant.function: mutant.source}


def speed() -> None:
    """Print what a search costs that finds nothing in the catalogue: every edit of every line."""
    for function in ("rnn_cell_backward", "lstm_cell_backward", "lstm_backward"):
        row = MISTAKES[f"{function}/{SPEED[function]}"]
        (run,) = post.read(the_post([function], apply(row))).runs
        found = Search(compare(run.observations).reported)
        begun = time.perf_counter()
        found.run()
        seconds = time.perf_counter() - begun
        print(
            f"{function:20} {seconds:5.2f} s, {found.tried:6,} programs,"
            f" {found.tried / seconds:7,.0f} a second; one by one {alone(found):5,.0f} a second"
        )


def alone(found: Search) -> float:
    """Programs a second if each is compiled and run by itself."""
    trial = Trial(PUBLISHED_PROGRAM, found.reported)
    programs = [
        with_value(PUBLISHED_PROGRAM, site, edit.tree)
        for site in trial.scopes
        for form in as_it_is(site, at(PUBLISHED_PROGRAM, site))
        for edit in islice(trial.editor(site).edits(form), 3)
    ]
    begun = time.perf_counter()
    for program in programs:
        trial.exact(program)
    return len(programs) / (time.perf_counter() - begun)


SPEED = {
    "rnn_cell_backward": "mean-for-sum",
    "lstm_cell_backward": "dbi-from-dcct",
    "lstm_backward": "last-step-only",
}
SETS = {"catalogue": (catalogue, 87), "pairs": (pairs, 200), "random edits": (random_edits, 50)}


def main() -> int:
    """Print a line for each set."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=SETS, help="one set instead of all")
    parser.add_argument("--count", type=int, help="how many pairs and random edits")
    parser.add_argument("--show", action="store_true", help="print what was not told rightly")
    options = parser.parse_args()
    bad = False
    for name in [options.only] if options.only else SETS:
        make, count = SETS[name]
        score = Score(name)
        for label, touched, sources in make(options.count or count):
            score.add(label, touched, sources, options.show)
        print(score, flush=True)
        whole = name == "catalogue" or options.count is None
        bad |= whole and score.recall < LEAST[name]
    speed()
    return int(bad)


if __name__ == "__main__":
    raise SystemExit(main())
