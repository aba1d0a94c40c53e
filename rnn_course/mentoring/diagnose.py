"""From observations to a diagnosis: compare, search, verify, put into words."""

import ast
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from rnn_published import random_inputs

from ..subject import published
from . import cells
from .compare import Comparison, compare
from .diagnosis import Diagnosis, Explanation, Found, Observation
from .explain.explain import found_mistakes
from .program import PUBLISHED_PROGRAM, parse, sources
from .search.nodes import Node
from .search.raised import alike
from .search.reported import Reported
from .search.search import Search
from .search.trial import Trial
from .states import edited_names, explained_states, seen_states

SHOWN = 5  # explanations that print the same
SECONDS = 60.0
SIZES: tuple[dict[str, int], ...] = ({}, dict.fromkeys(("n_x", "n_a", "n_y", "m", "T_x"), 3))


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
        told, said = _told(explanations, bool(beside.reported.error))
        if told:
            return _explained(beside, begun, told, said)
        searches[-1].notes += said
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


def _told(explanations: list[Explanation], error: bool) -> tuple[list[Explanation], list[str]]:
    """What is told of the explanations, and the notes; an error may have too many to tell any."""
    if len(explanations) > SHOWN and error:
        places = dict.fromkeys(place for one in explanations for place in edited_names(one))
        where = ", ".join(f"{name} in {function}" for function, name in places)
        usual = [one for one in explanations if all(mistake.label for mistake in one.mistakes)]
        told = usual or (explanations if len(places) == 1 else [])
        many = "Other edits" if told else "Too many edits to tell which"
        return told[:SHOWN], [f"{many} end in this error: of {where}."]
    what = "end in this error; what else was" if error else "print these values; more of what was"
    several = f"Several programs {what} printed would tell which it is."
    return explanations[:SHOWN], [several] if len(explanations) > 1 else []


def _explained(comparison: Comparison, begun: float, explanations, notes) -> Diagnosis:
    states = explained_states(explanations[0], comparison.reported)
    return _diagnosis(comparison, Found.EXPLAINED, begun, explanations, notes, states)


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


def explained(nodes: Iterable[Node], reported: Reported) -> list[Explanation]:
    """The explanations that hold when their text is run afresh, the cheapest first.

    Of programs that do the same the shortest of the cheapest is kept; of equally cheap ones that
    comes first whose length differs least from the right one's.
    """
    found: dict[bytes, tuple[float, dict[str, str]]] = {}
    trial = Trial(PUBLISHED_PROGRAM, reported)
    priced = [(node.cost, sources(node.program)) for node in nodes]
    for cost, source in sorted(priced, key=lambda one: (one[0], _length(one[1]))):
        afresh = PUBLISHED_PROGRAM | {name: parse(text) for name, text in source.items()}
        row, error = trial.failure(afresh)
        if not alike(error, reported.error) or not reported.matches(row[None]).all():
            continue  # a claim that does not print every value is none
        found.setdefault(_fingerprint(published.build(source), reported), (cost, source))
    kept = sorted(found.values(), key=lambda one: (one[0], _lengthened(one[1])))
    return [_explanation(source, reported) for _, source in kept]


def _explanation(source: dict[str, str], reported: Reported) -> Explanation:
    mistakes = [m for name, text in source.items() for m in found_mistakes(name, text)]
    count = len(reported.observations)
    return Explanation(tuple(mistakes), count, count, source)


def _length(source: dict[str, str]) -> int:
    return sum(map(len, source.values()))


def _lengthened(source: dict[str, str]) -> int:
    """By how much the text is longer or shorter than the right one."""
    right = {name: ast.unparse(PUBLISHED_PROGRAM[name]) for name in source}
    return abs(_length(source) - _length(right))


def _fingerprint(functions, reported: Reported) -> bytes:
    """What the functions return on other inputs: the same for programs that do the same.

    Where the sizes are all equal, less raises: programs that end in one error differ there.
    """
    names = dict.fromkeys(name for f in reported.functions for name in cells.chain(f))
    right = published.build()
    numbers = [_returned(functions, right, name, sizes) for name in names for sizes in SIZES]
    return (np.round(np.concatenate(numbers), 9) + 0.0).tobytes()  # -0.0 is 0.0


def _returned(functions, right, name: str, sizes: dict[str, int]) -> np.ndarray:
    exercise, given = cells.EXERCISES[name], random_inputs(name, seed=7, **sizes)
    if exercise.forward:
        split = len(given) - len(exercise.upstream)
        given = (*given[split:], right[exercise.forward](*given[:split])[-1])
    try:
        with np.errstate(all="ignore"):
            return _flat(functions[name](*given))
    except Exception as error:  # the mistake's own
        return np.frombuffer(repr(error).encode(), np.uint8).astype(float)


def _flat(value) -> np.ndarray:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return np.concatenate([*map(_flat, value), [len(value)]])
    return np.append(np.ravel(np.asarray(value, float)), np.shape(value))
