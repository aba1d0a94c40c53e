"""Run changed programs and say what their cells would print at the observed places."""

import ast
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from .. import cells
from ..program import (
    PLAIN,
    Program,
    Site,
    at,
    body_code,
    functions,
    names_bound,
    statements,
    with_statements,
    with_value,
)
from .edits import Editor, code
from .family import Family, family_numpy
from .reported import NOTHING, Reported

PICK, SEEN = "__pick__", "__seen__"


class Trial:
    """A program, run in the cells that a post reports."""

    def __init__(self, program: Program, reported: Reported):
        self.program, self.reported = program, reported
        names = dict.fromkeys(n for f in reported.functions for n in cells.chain(f))
        self.chain = [name for name in cells.EXERCISES if name in names]
        self.leftovers = {
            name: value for f in reported.functions for name, value in cells.left_behind(f).items()
        }
        within = reported.within
        self.suspects = [name for name in self.chain if within is None or name in within]
        self.scopes: dict[Site, dict[str, Any]] = {}
        self.visits: Counter[Site] = Counter()
        self.ends: dict[str, list[dict[str, Any]]] = defaultdict(list)  # the variables at each end
        self.names = self._made(self._part(program), np.copy, PLAIN)
        self.predicted = self._watch()

    def exact(self, program: Program) -> np.ndarray:
        """The row of another program, in plain numpy; NOTHING if it raises."""
        try:
            return self._run(program)
        except Exception:  # the program's fault, whatever it is
            return np.full((1, len(self.reported.values)), NOTHING)

    def predict(self, site: Site, values: Sequence[ast.expr]) -> np.ndarray:
        """The rows of the programs that have one of these right-hand sides at a site."""
        rows = np.full((len(values), len(self.reported.values)), NOTHING)
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
        beyond = self._beyond(site)
        with np.errstate(all="ignore"):
            for number, value in enumerate(values):
                try:
                    result = eval(code(value), beyond, dict(scope))  # noqa: S307
                except Exception:  # noqa: S112  the edit makes no sense here
                    continue
                lone = alone or isinstance(value, (ast.Name, ast.Subscript))  # it may be a view
                groups[number if lone else _form(result)].append(number)
        return groups

    def _together(self, site: Site, values) -> np.ndarray:
        if len(values) > 2:
            codes = [code(value) for value in values]
            reads, beyond = [set(c.co_names) for c in codes], self._beyond(site)

            def pick(scope):
                return _stack(
                    [
                        eval(c, beyond, _seen_by(k, scope, names))  # noqa: S307
                        for k, (c, names) in enumerate(zip(codes, reads, strict=True))
                    ]
                )

            with suppress(Exception):  # something that families do not know: one by one
                return self._run(self._picking(site), len(values), **{PICK: pick})
        return np.concatenate(
            [self.exact(with_value(self.program, site, value)) for value in values]
        )

    def editor(self, site: Site) -> Editor:
        """The editor that knows what the names hold at a site."""
        statement = at(self.program, site)
        value, shape = getattr(statement, "value", None), None
        if value is not None:
            with np.errstate(all="ignore"), suppress(Exception):  # it raises: no shape
                shape = getattr(self.evaluate(site, value), "shape", None)
        target = names_bound(statement)[0] if isinstance(statement, ast.AugAssign) else ""
        return Editor(self.scopes.get(site, {}), self.leftovers, shape, target)

    def evaluate(self, site: Site, expression: ast.expr) -> Any:
        """What an expression is worth at a site, the first time it is reached."""
        return eval(code(expression), self._beyond(site), dict(self.scopes[site]))  # noqa: S307

    def slopes(self, site: Site) -> tuple[np.ndarray, np.ndarray] | None:
        """The value at a site, and (numbers, entries): what each number gains with each entry.

        Zero for a number that does not depend on it linearly; None unless the value is one matrix.
        """
        value = self.evaluate(site, at(self.program, site).value)
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
        made, error = self._made(self._part(program), np.copy, PLAIN), ""
        with np.errstate(all="ignore"):
            for name in self.reported.functions:
                try:
                    variables[name] = cells.run(name, made, self.reported.generation)
                    for _, place in cells.lines(name):
                        cells.look(place, variables[name])
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
        except NameError:  # of the function's own, too early: an UnboundLocalError there
            return ""
        except Exception as raised:  # the edit's fault
            return f"{type(raised).__name__}: {raised}"
        return None if form == right else ""

    def _part(self, program: Program) -> Program:
        return {name: program[name] for name in self.chain}

    def _made(self, program: Program, make: Callable, names: dict[str, Any]) -> dict[str, Any]:
        """The functions of a program with a copy of what they read of earlier cells."""
        read = {read for name, tree in program.items() for read in body_code(name, tree).co_names}
        left = {name: self.leftovers[name] for name in read & self.leftovers.keys()}
        return functions(program, cells.each(make, left) | names)

    def _beyond(self, site: Site) -> dict[str, Any]:
        """What the names mean at a site that the function itself never assigns to."""
        own = body_code(site.function, self.program[site.function]).co_varnames
        return {n: v for n, v in (self.leftovers | self.names).items() if n not in own}

    def _run(self, program: Program, count: int = 0, **hooks: Any) -> np.ndarray:
        """The rows of a program, for count families or, with 0, in plain numpy."""

        def family(array):
            return Family(array.copy()[None])

        make = family if count else np.copy
        names = family_numpy(count) if count else PLAIN
        made = self._made(self._part(program), make, names | hooks)
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
            if self.visits[Site(name, path)] == 1:  # a list may grow later
                held = {n: list(v) if isinstance(v, list) else v for n, v in scope.items()}
                self.scopes[Site(name, path)] = held

        try:
            return self._run(watched, 0, **{SEEN: seen})
        except Exception:  # the program's fault
            return np.full((1, len(self.reported.values)), NOTHING)


_PICKING = ast.parse(f"{PICK}(locals())", mode="eval").body


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
