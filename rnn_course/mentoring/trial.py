"""Run changed programs and say what their cells would print at the observed places."""

import ast
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from rnn_published import PUBLISHED

from . import cells
from .diagnosis import RAISES, Observation
from .edits import Editor
from .family import Family, family_numpy
from .program import PLAIN, Program, Site, at, functions, statements, with_statements, with_value

PICK, SEEN = "__pick__", "__seen__"
PLAIN_BITS = 20.0  # of a shape, a length, a zero: many programs print them


class Reported:
    """The observations of a post as one row of numbers: what a program's row must be.

    functions are the exercises whose cells were run, in the order of the notebook.
    """

    def __init__(self, observations: Sequence[Observation], generation: str = cells.NEW):
        self.observations = list(observations)
        self.places = [compile(o.place, "<place>", "eval") for o in observations]
        self.generation = generation
        told = {observation.function for observation in observations}
        self.raises = np.array([o.place == RAISES for o in observations])
        errors = [o.text for o in observations if o.place == RAISES]
        self.error = " ".join(errors[-1].split()) if errors else ""
        self.functions = [name for name in cells.EXERCISES if name in told]
        self.values = np.array([v for o in observations for v in o.values], float)
        self.tolerance = np.repeat(
            [o.tolerance for o in observations], [len(o.values) for o in observations]
        )
        self.owner = np.repeat(np.arange(len(observations)), [len(o.values) for o in observations])

    def near(self, rows: np.ndarray) -> np.ndarray:
        """(programs, numbers): which of them each row reproduces to its digits."""
        with np.errstate(invalid="ignore"):
            near = np.abs(rows - self.values) <= self.tolerance
        return near | (rows == self.values)  # inf

    def matches(self, rows: np.ndarray) -> np.ndarray:
        """(programs, observations): the same for whole observations."""
        wrong = np.zeros((len(self.observations), len(rows)), int)
        np.add.at(wrong, self.owner, ~self.near(rows).T)
        return wrong.T == 0

    @cached_property
    def bits(self) -> np.ndarray:
        """How much each number tells: the bits by which its digits narrow chance down."""
        with np.errstate(divide="ignore"):
            digits = np.log2(np.maximum(np.abs(self.values), 0.1) / (2 * self.tolerance))
        plain = (self.values == 0) | ~np.isfinite(self.values) | (self.tolerance == 0)
        return np.where(plain, PLAIN_BITS, digits)

    def row(self, variables: dict[str, dict[str, Any]], count: int) -> np.ndarray:
        """What count programs print, one row each; nan where nothing can be printed."""
        row = np.full((count, len(self.values)), np.nan)
        for number, seen in enumerate(self.observations):
            columns = self.owner == number
            if seen.place == RAISES:
                continue
            try:
                value = cells.look(self.places[number], variables[seen.function])
            except (KeyError, IndexError, TypeError, AttributeError, NameError):
                continue  # what is looked at does not exist in this program
            printed = value.values if isinstance(value, Family) else np.asarray([value], object)
            if not isinstance(value, Family):
                try:
                    printed = np.asarray([value], float)
                except (TypeError, ValueError):
                    continue
            if printed.shape[1:] == seen.shape:
                row[:, columns] = printed.reshape(len(printed), -1)
        return row


class Trial:
    """A program, run in the cells that a post reports."""

    def __init__(self, program: Program, reported: Reported):
        self.program, self.reported = program, reported
        names = dict.fromkeys(n for f in reported.functions for n in cells.chain(f))
        self.chain = [name for name in cells.EXERCISES if name in names]
        self.leftovers = {
            name: value for f in reported.functions for name, value in cells.left_behind(f).items()
        }
        self.scopes: dict[Site, dict[str, Any]] = {}
        self.visits: Counter[Site] = Counter()
        self.ends: dict[str, list[dict[str, Any]]] = defaultdict(list)  # the variables at each end
        self.names = functions(self._part(program), self.leftovers | PLAIN)
        self.predicted = self._watch()

    def exact(self, program: Program) -> np.ndarray:
        """The row of another program, in plain numpy; nan if it raises."""
        try:
            return self._run(program)
        except Exception:  # the program's fault, whatever it is
            return np.full((1, len(self.reported.values)), np.nan)

    def predict(self, site: Site, values: Sequence[ast.expr]) -> np.ndarray:
        """The rows of the programs that have one of these right-hand sides at a site."""
        rows = np.full((len(values), len(self.reported.values)), np.nan)
        for group in self._alike(site, values).values():
            rows[group] = self._together(site, [values[k] for k in group])
        return rows

    def _alike(self, site: Site, values) -> dict[Any, list[int]]:
        """The values that can be evaluated, grouped by the form of what comes out."""
        groups: dict[Any, list[int]] = defaultdict(list)
        statement, scope = at(self.program, site), self.scopes.get(site)
        if scope is None:  # never reached
            return {}
        alone = isinstance(statement, ast.Expr)  # it has an effect, not a value
        with np.errstate(all="ignore"):
            for number, value in enumerate(values):
                try:
                    result = eval(_code(value), self.names, dict(scope))  # noqa: S307
                except Exception:  # the edit makes no sense here
                    continue
                lone = alone or isinstance(value, (ast.Name, ast.Subscript))  # it may be a view
                groups[number if lone else _form(result)].append(number)
        return groups

    def _together(self, site: Site, values) -> np.ndarray:
        if len(values) > 2:
            codes = [_code(value) for value in values]
            reads = [set(code.co_names) for code in codes]

            def pick(scope):
                return _stack(
                    [
                        eval(code, self.names, _seen_by(k, scope, names))  # noqa: S307
                        for k, (code, names) in enumerate(zip(codes, reads, strict=True))
                    ]
                )

            with suppress(Exception):  # something that families do not know: one by one
                return self._run(self._picking(site), len(values), **{PICK: pick})
        return np.concatenate(
            [self.exact(with_value(self.program, site, value)) for value in values]
        )

    def editor(self, site: Site) -> Editor:
        """The editor that knows what the names hold at a site."""
        value, shape = getattr(at(self.program, site), "value", None), None
        if value is not None:
            with np.errstate(all="ignore"), suppress(Exception):  # it raises: no shape
                shape = getattr(self.evaluate(site, value), "shape", None)
        return Editor(self.scopes.get(site, {}), self.leftovers, shape)

    def evaluate(self, site: Site, expression: ast.expr) -> Any:
        """What an expression is worth at a site, the first time it is reached."""
        return eval(_code(expression), self.names, dict(self.scopes[site]))  # noqa: S307

    def slopes(self, site: Site) -> tuple[np.ndarray, np.ndarray] | None:
        """The value at a site, and (numbers, entries): what each number gains with each entry.

        Zero for a number that does not depend on it linearly; None unless the value is one matrix.
        """
        value = self.evaluate(site, at(self.program, site).value)  # type: ignore[attr-defined]
        if self.visits[site] != 1 or not isinstance(value, np.ndarray) or value.ndim != 2:
            return None
        steps = np.eye(value.size + 1, value.size)  # one entry each, and the last none
        steps = np.concatenate((steps, np.random.default_rng(0).standard_normal((1, value.size))))
        family = Family(value + steps.reshape(-1, *value.shape))
        try:
            rows = self._run(self._picking(site), len(steps), **{PICK: lambda scope: family})
        except Exception:  # something that families do not know
            return None
        gains = rows - rows[-2]
        weights = gains[:-2].T
        linear = np.isclose(weights @ steps[-1], gains[-1], rtol=1e-9, atol=1e-12)
        return value, np.where(linear[:, None], weights, 0.0)

    def _picking(self, site: Site) -> Program:
        return with_value(self.program, site, _PICKING)

    def failure(self, program: Program) -> tuple[np.ndarray, str]:
        """The row of a program up to where its cells fail, and the last line of the traceback."""
        variables: dict[str, dict[str, Any]] = {}
        made = functions(self._part(program), PLAIN | self.leftovers)
        error = ""
        with np.errstate(all="ignore"):
            for name in self.reported.functions:
                try:
                    variables[name] = cells.run(name, made, self.reported.generation)
                    for label, _ in PUBLISHED[name].lines:
                        cells.look(label.partition(" =")[0], variables[name])
                except Exception as raised:  # the program's fault
                    error = f"{type(raised).__name__}: {raised}"
        return self.reported.row(variables, 1)[0], error

    def fails_at_once(self, site: Site, value: ast.expr) -> str | None:
        """The last line of the traceback if a right-hand side fails at a site; '' if it may later.

        None if it gives something of the form that the right one has.
        """
        try:
            with np.errstate(all="ignore"):
                form = _form(self.evaluate(site, value))
                right = _form(self.evaluate(site, at(self.program, site).value))
        except Exception as raised:  # the edit's fault
            return f"{type(raised).__name__}: {raised}"
        return None if form == right else ""

    def _part(self, program: Program) -> Program:
        return {name: program[name] for name in self.chain}

    def _run(self, program: Program, count: int = 0, **hooks: Callable) -> np.ndarray:
        """The rows of a program, for count families or, with 0, in plain numpy."""

        def family(array):
            return Family(array.copy()[None])

        names = PLAIN | self.leftovers
        if count:
            names = cells.each(family, self.leftovers) | family_numpy(count)
        made = functions(self._part(program), names | hooks)
        make = family if count else np.copy
        with np.errstate(all="ignore"):
            variables = {
                name: cells.run(name, made, self.reported.generation, make)
                for name in self.reported.functions
            }
        return self.reported.row(variables, count or 1)

    def _watch(self) -> np.ndarray:
        """The program's own row; takes down what each statement has before it at its first run."""
        watched = self._part(self.program)
        for name in self.chain:
            for path, _ in reversed(list(statements(self.program[name]))):
                site = Site(name, path)
                call = ast.parse(f"{SEEN}({name!r}, {path!r}, locals())").body[0]
                watched = with_statements(watched, site, [call, at(watched, site)])

        def seen(name, path, scope):
            self.visits[Site(name, path)] += 1
            if isinstance(at(self.program, Site(name, path)), ast.Return):
                self.ends[name].append(cells.each(np.copy, scope))
            self.scopes.setdefault(Site(name, path), dict(scope))

        try:
            return self._run(watched, **{SEEN: seen})
        except Exception:  # the program's fault
            return np.full((1, len(self.reported.values)), np.nan)


_PICKING = ast.parse(f"{PICK}(locals())", mode="eval").body


@lru_cache(maxsize=100_000)
def _code(value: ast.expr):
    return compile(ast.Expression(value), "<edit>", "eval")


def _form(value: Any) -> Any:
    """What values must have in common to be one family."""
    if isinstance(value, dict):
        return ("dict", *((key, _form(entry)) for key, entry in value.items()))
    if isinstance(value, (tuple, list)):
        return (type(value), *map(_form, value))
    return np.shape(value) if isinstance(value, (np.ndarray, float)) else ("one", value)


def _stack(values: list) -> Any:
    first = values[0]
    if isinstance(first, dict):
        return {key: _stack([value[key] for value in values]) for key in first}
    if isinstance(first, (tuple, list)):
        return type(first)(_stack(list(entries)) for entries in zip(*values, strict=True))
    return Family(np.stack(values)) if isinstance(first, (np.ndarray, float)) else first


def _seen_by(number: int, scope: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """The variables that one of the programs sees."""

    def one(value):
        if isinstance(value, Family):
            return value.values[number if len(value.values) > 1 else 0]
        if isinstance(value, dict):
            return {key: one(entry) for key, entry in value.items()}
        return type(value)(map(one, value)) if isinstance(value, (tuple, list)) else value

    return {name: one(scope[name]) for name in names & scope.keys()}
