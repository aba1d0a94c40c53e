"""From observations to a diagnosis: compare, search, verify, put into words."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from rnn_published import random_inputs

from ..subject import published
from . import cells
from .compare import Comparison, compare
from .diagnosis import Diagnosis, Explanation, Found, Observation
from .explain.explain import found_mistakes
from .program import PUBLISHED_PROGRAM, Program, parse, sources
from .search.raised import alike
from .search.reported import Reported
from .search.search import Search
from .search.trial import Trial
from .states import explained_states, seen_states

SHOWN = 5  # explanations that print the same
SECONDS = 60.0


def from_numbers(
    observations: tuple[Observation, ...],
    seconds: float = SECONDS,
    progress: Callable[[str], None] = lambda words: None,
    within: Sequence[str] | None = None,
) -> Diagnosis:
    """The diagnosis of one run of a student's notebook; within may hold the mistakes, or all."""
    begun, comparison = time.monotonic(), compare(observations, within)
    if comparison.verdict:
        return _diagnosis(comparison, comparison.verdict, begun)
    attempts, searches = list(_attempts(comparison)), list[Search]()
    for number, (beside, reported) in enumerate(attempts):
        left = seconds - (time.monotonic() - begun)
        searches.append(Search(reported, left / (len(attempts) - number), progress))
        explanations = explained(searches[-1].run(), beside.reported)
        if explanations:
            return _explained(beside, begun, explanations)
    (search,) = (one for one in searches if one.reported is comparison.reported)
    states, notes = seen_states(search)
    notes = (*notes, *_in_part(search, comparison))
    tried = f"{sum(one.tried for one in searches):,} programs were tried"
    notes = (*notes, *search.notes, f"{tried}; none explains them all better than chance.")
    return _diagnosis(comparison, Found.UNEXPLAINED, begun, (), notes, states)


def _in_part(search: Search, comparison: Comparison) -> Iterator[str]:
    """What explains some of the wrong values, if anything does."""
    if search.nearest is None:
        return
    matches = search.reported.matches(search.nearest.row[None])[0]
    places = [
        seen.observation.place
        for seen, matched in zip(comparison.compared, matches, strict=True)
        if matched and not seen.matches
    ]
    texts = sources(search.nearest.program).items()
    facts = [mistake.hints[2] for name, text in texts for mistake in found_mistakes(name, text)]
    if places:
        yield f"{', '.join(places)} would come from this, but not the rest: {' '.join(facts)}"


def _explained(comparison: Comparison, begun: float, explanations: list[Explanation]) -> Diagnosis:
    notes: tuple[str, ...] = ()
    if len(explanations) > 1:
        notes = ("Several programs print these values; more of them would tell which it is.",)
    states = explained_states(explanations[0], comparison.reported)
    return _diagnosis(comparison, Found.EXPLAINED, begun, explanations[:SHOWN], notes, states)


def _attempts(comparison: Comparison) -> Iterator[tuple[Comparison, Reported]]:
    """What is searched with, the quickest first; what is found is held against all observations.

    Functions that print the right numbers only cost time, unless those of the others do not
    suffice. Inputs of the other generation come last.
    """
    if len(comparison.wrong.functions) < len(comparison.reported.functions):
        yield comparison, comparison.wrong
    yield comparison, comparison.reported
    other = comparison.other_generation()
    if other:
        yield other, other.reported


def _diagnosis(comparison: Comparison, verdict, begun, explanations=(), notes=(), states=None):
    return Diagnosis(
        comparison.function,
        cells.OLD if verdict is Found.OLD_NUMBERS else comparison.reported.generation,
        verdict,
        comparison.compared,
        tuple(explanations),
        tuple(notes),
        states or {},
        time.monotonic() - begun,
    )


def explained(programs: Iterable[Program], reported: Reported) -> list[Explanation]:
    """The explanations that hold when their text is run afresh, the most usual ones first."""
    found: dict[bytes, Explanation] = {}
    trial = Trial(PUBLISHED_PROGRAM, reported)
    for program in programs:
        source = sources(program)
        afresh = PUBLISHED_PROGRAM | {name: parse(text) for name, text in source.items()}
        row, error = trial.failure(afresh)
        if not alike(error, reported.error) or not reported.matches(row[None]).all():
            continue  # a claim that does not print every value is none
        mistakes = [m for name, text in source.items() for m in found_mistakes(name, text)]
        count = len(reported.observations)
        one = Explanation(tuple(mistakes), count, count, source)
        does = _fingerprint(published.build(source), reported)
        found[does] = min(found.get(does, one), one, key=_unusual)
    return sorted(found.values(), key=_unusual)


def _unusual(explanation: Explanation) -> tuple[int, int]:
    """The fewest mistakes outside the catalogue, then the fewest at all."""
    return sum(not mistake.label for mistake in explanation.mistakes), len(explanation.mistakes)


def _fingerprint(functions, reported: Reported) -> bytes:
    """What the functions return on other inputs: the same for programs that do the same."""
    names = dict.fromkeys(name for f in reported.functions for name in cells.chain(f))
    right = published.build()
    numbers = []
    for name in names:
        exercise, given = cells.EXERCISES[name], random_inputs(name, seed=7)
        if exercise.forward:
            split = len(given) - len(exercise.upstream)
            given = (*given[split:], right[exercise.forward](*given[:split])[-1])
        try:
            with np.errstate(all="ignore"):
                numbers.append(_flat(functions[name](*given)))
        except Exception as error:  # the mistake's own
            numbers.append(np.frombuffer(repr(error).encode(), np.uint8).astype(float))
    return (np.round(np.concatenate(numbers), 9) + 0.0).tobytes()  # -0.0 is 0.0


def _flat(value) -> np.ndarray:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return np.concatenate([*map(_flat, value), [len(value)]])
    return np.append(np.ravel(np.asarray(value, float)), np.shape(value))
