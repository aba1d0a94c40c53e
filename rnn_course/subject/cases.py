"""Cases: named, seeded inputs of an exercise, the published one and the hidden ones.

Hidden cases are drawn from a key (the course's secret, the assignment, the student), so that no
two students get the same numbers and a regrade draws the same ones again.
"""

import hashlib
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np

from rnn_published import draw, public_draw

from .exercises import EXERCISES, Exercise, reference


@dataclass(frozen=True)
class Case:
    """One call of an exercise's function.

    given holds what was drawn, by name; arguments is what the function is called with (for a
    backward function the upstream gradients and the caches of the reference).
    """

    label: str
    exercise: Exercise
    given: dict[str, Any]
    arguments: tuple
    public: bool = False

    def expected(self, cell=None) -> dict[str, Any]:
        """The right outputs by name; cell takes the place of the one a sequence repeats."""
        function = self.exercise.reference
        outputs = function(*self.arguments, cell=cell) if cell else function(*self.arguments)
        return self.exercise.named(outputs)


def _case(label, exercise, given, public=False) -> Case:
    inputs = [value for name, value in given.items() if name not in exercise.upstream]
    arguments = tuple(inputs)
    if exercise.forward:
        caches = reference(exercise.forward)(*inputs)[-1]
        arguments = (*(given[name] for name in exercise.upstream), caches)
    return Case(label, exercise, given, arguments, public)


def published_case(exercise: Exercise) -> Case:
    """The inputs of the published test cell (NEW), whose expected numbers are public."""
    return _case("published", exercise, public_draw(exercise.name), public=True)


def hidden_cases(exercise: Exercise, key: str) -> list[Case]:
    """The hidden cases of an exercise for a key; the same key draws the same numbers."""
    seed = hashlib.sha256(f"{key}|{exercise.name}".encode()).digest()
    generator = np.random.default_rng(int.from_bytes(seed, "big"))
    cases = []
    for label, sizes in exercise.cases.items():
        if sizes.get("T_x") == 1 and not exercise.has_steps:
            continue
        normal = partial(_normal, generator, sizes.get("scale", 1.0))
        given = draw(exercise.name, normal, {"T_da": sizes.get("T_x")} | sizes)
        cases.append(_case(label, exercise, given))
    return cases


def _normal(generator, scale, *shape):
    return scale * generator.standard_normal(shape)


def all_cases(exercise: Exercise, key: str) -> list[Case]:
    """The published case, which all students share, then the hidden ones."""
    return [_shared(exercise.name), *hidden_cases(exercise, key)]


@cache
def _shared(name: str) -> Case:
    return published_case(EXERCISES[name])
