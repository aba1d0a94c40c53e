"""The exercises as data: points for each output, and how the functions depend on each other.

Each assignment is a folder beside this file, under its name with underscores: exercises.toml, the
right functions in reference.py, their taught form in published.py, mistakes.toml, standin.py.
"""

import inspect
import tomllib
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.resources import files
from types import ModuleType
from typing import Any

from rnn_published import PUBLISHED, draw_names, named_outputs, output_names, shapes_of

ARGUMENTS = "arguments unchanged"  # counts as an output: earned when another output is right too
ASSIGNMENTS = list(dict.fromkeys(row.assignment for row in PUBLISHED.values()))


def folder(assignment: str) -> str:
    """The package of an assignment."""
    return f"{__package__}.{assignment.replace('-', '_')}"


def part(assignment: str, name: str) -> ModuleType:
    """A module of an assignment's folder."""
    return import_module(f"{folder(assignment)}.{name}")


def table(assignment: str, name: str) -> dict[str, Any]:
    """A table of an assignment's folder, from name.toml; empty if there is none."""
    file = files(folder(assignment)).joinpath(f"{name}.toml")
    return tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}


def reference(name: str):
    """A right function: of an exercise, or one that its notebook gives."""
    return getattr(part(PUBLISHED[name].assignment, "reference"), name)


@dataclass(frozen=True)
class Exercise:
    """One function to write; the name is the function's, its test cell's and its heading's.

    points maps each output (a cache, a gradient …) to what it earns. cell is the function that
    a sequence function repeats, forward the function whose caches a backward function reads;
    both are empty for the others. cases are the hidden cases: sizes by label.
    """

    name: str
    points: dict[str, float]
    cases: dict[str, dict[str, Any]]
    cell: str = ""
    forward: str = ""

    @property
    def assignment(self) -> str:
        """The assignment that asks for it."""
        return PUBLISHED[self.name].assignment

    @property
    def max_points(self) -> float:
        """What the function is worth in all."""
        return sum(self.points.values())

    @cached_property
    def outputs(self) -> list[str]:
        """The names of what it returns, in order."""
        return output_names(self.name)

    def named(self, result: Any) -> dict[str, Any]:
        """The outputs by name, of what the function returned; empty if there are more or fewer."""
        return named_outputs(self.name, result)

    @cached_property
    def drawn(self) -> list[str]:
        """The names of what is drawn: the forward arguments, then the upstream gradients."""
        return draw_names(self.name)

    @cached_property
    def upstream(self) -> list[str]:
        """The names of the upstream gradients."""
        return self.drawn[len(draw_names(self.forward)) :] if self.forward else []

    @cached_property
    def gradients(self) -> list[str]:
        """Those of its outputs that are gradients of what is drawn: dWf if there is a Wf."""
        names = set(shapes_of(PUBLISHED[self.name].draws, {}))
        return [output for output in self.outputs if output[0] == "d" and output[1:] in names]

    @property
    def has_steps(self) -> bool:
        """Whether its inputs have an axis of time."""
        return "T_x" in PUBLISHED[self.name].draws

    @property
    def cache_fields(self) -> list[str]:
        """What stands in the cache of one step, if it makes or reads one."""
        return PUBLISHED[self.name].cache

    @property
    def reference(self):
        """The right function."""
        return reference(self.name)

    @property
    def standin(self):
        """The function of simple arithmetic that stands in for its cell."""
        return getattr(part(self.assignment, "standin"), self.cell)

    @cached_property
    def standins(self) -> dict[str, str]:
        """The text of the stand-in by the cell's name; empty if there is no cell."""
        return {self.cell: inspect.getsource(self.standin)} if self.cell else {}


def _read(assignment: str) -> dict[str, Exercise]:
    rows = table(assignment, "exercises")
    exercises = {}
    for name, row in rows["exercises"].items():
        points = {output: float(worth) for output, worth in row.pop("points").items()}
        points[ARGUMENTS] = 1.0
        exercises[name] = Exercise(name, points, row.pop("cases", rows["cases"]), **row)
    return exercises


EXERCISES = {
    name: exercise for assignment in ASSIGNMENTS for name, exercise in _read(assignment).items()
}


def of(assignment: str) -> dict[str, Exercise]:
    """The exercises of one assignment."""
    return {name: one for name, one in EXERCISES.items() if one.assignment == assignment}
