"""How many planted mistakes the mentor's tool names from printed numbers, how fast, how falsely.

Four sets of wrong programs: every row of the catalogue alone, random pairs and triples of rows in
several functions, and random single edits from operators.py, which shares no code with the search.
Each is run in the published test cells; the text that they print is read and diagnosed blind. An
explanation is right if its source does what the planted program does on fresh random inputs, every
function by itself. A program of which no cell shows all mistakes is replaced by another: nothing in
its post could tell them.

The exit status is 1 if the recall of a whole set falls below its floor.
"""

import argparse
import io
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

import numpy as np
from mutants import arguments, mutants

from rnn_course.mentoring import cells, diagnose
from rnn_course.mentoring.compare import compare
from rnn_course.mentoring.diagnosis import Found
from rnn_course.mentoring.post import post
from rnn_course.mentoring.printed import EXERCISES, MISTAKES
from rnn_course.mentoring.program import PUBLISHED_PROGRAM, at, with_value
from rnn_course.mentoring.search.natural import as_it_is
from rnn_course.mentoring.search.search import Search
from rnn_course.mentoring.search.trial import Trial
from rnn_course.subject import published
from rnn_course.subject.mistakes import apply
from rnn_published import PUBLISHED, printed_values

SEED = 4711
SIZES = (
    {"n_x": 3, "n_a": 5, "n_y": 2, "m": 4, "T_x": 6, "T_da": 6},
    dict.fromkeys(("n_x", "n_a", "n_y", "m", "T_x", "T_da"), 3),
)
LEAST = {"catalogue": 0.97, "pairs": 0.95, "triples": 0.8, "random edits": 0.7}  # of a whole set


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


@dataclass(frozen=True)
class Planted:
    """Wrong functions by name, and the same with one mistake less, for each of the mistakes."""

    label: str
    sources: dict
    lesser: list[dict]

    def post(self) -> str | None:
        """What a student with this program posts: the first cell that shows all the mistakes.

        None if no cell does.
        """
        for function in EXERCISES:
            if set(self.sources) <= set(cells.chain(function)):
                text = printout(function, notebook(function, self.sources))
                less = [printout(function, notebook(function, lesser)) for lesser in self.lesser]
                if rounded(text) not in map(rounded, less):
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

    def add(self, planted: Planted, show: bool) -> None:
        """Diagnose one planted program."""
        text = planted.post()
        outcome, seconds = judged(text, planted.sources) if text else ("nothing to see", 0.0)
        self.tally[outcome] += 1
        if outcome == "nothing to see":  # or but for the sixteenth digit
            return
        self.seconds.append(seconds)
        if show and outcome != "first":
            print(f"    {outcome:12} {seconds:5.1f} s  {planted.label}", flush=True)

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


def catalogue() -> Iterator[Planted]:
    """Every row alone."""
    for label, row in MISTAKES.items():
        yield Planted(label, apply(row), [{}])


def several(count: int) -> Iterator[Planted]:
    """Random sets of so many rows in functions of one network, not all in one function."""
    chosen, rows = random.Random(SEED), list(MISTAKES.values())
    seen: set = set()
    while True:
        some = chosen.sample(rows, count)
        labels = frozenset(row.label for row in some)
        related = len({row.function.split("_")[0] for row in some}) == 1
        if not related or len({row.function for row in some}) == 1 or labels in seen:
            continue
        seen.add(labels)
        with suppress(ValueError):  # two edits of one text
            lesser = [apply(*(row for row in some if row is not one)) for one in some]
            yield Planted(" + ".join(row.label for row in some), apply(*some), lesser)


def random_edits() -> Iterator[Planted]:
    """Random single edits of random functions."""
    chosen = random.Random(SEED)
    all_mutants = {name: list(mutants(exercise)) for name, exercise in EXERCISES.items()}
    while True:
        mutant = chosen.choice(all_mutants[chosen.choice(list(all_mutants))])
        yield Planted(str(mutant), {mutant.function: mutant.source}, [{}])


def speed() -> None:
    """Print what a search costs that finds nothing in the catalogue: every edit of every line."""
    for function in ("rnn_cell_backward", "lstm_cell_backward", "lstm_backward"):
        row = MISTAKES[f"{function}/{SPEED[function]}"]
        (run,) = post.read(str(Planted(row.label, apply(row), [{}]).post())).runs
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
SETS: dict[str, tuple[Callable[[], Iterator[Planted]], int]] = {
    "catalogue": (catalogue, len(MISTAKES)),
    "pairs": (partial(several, 2), 200),
    "triples": (partial(several, 3), 50),
    "random edits": (random_edits, 50),
}


def main() -> int:
    """Print a line for each set."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=SETS, help="one set instead of all")
    parser.add_argument("--count", type=int, help="how many posts of each set")
    parser.add_argument("--show", action="store_true", help="print what was not told rightly")
    options = parser.parse_args()
    bad = False
    for name in [options.only] if options.only else SETS:
        make, count = SETS[name]
        score = Score(name)
        programs, wanted = make(), options.count or count
        while len(score.seconds) < wanted and (planted := next(programs, None)):
            score.add(planted, options.show)
        print(score, flush=True)
        whole = name == "catalogue" or options.count is None
        bad |= whole and score.recall < LEAST[name]
    speed()
    return int(bad)


if __name__ == "__main__":
    raise SystemExit(main())
