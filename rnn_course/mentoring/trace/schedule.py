"""When each statement of a plan runs, on which values, and what it must bind then."""

import ast
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from . import forms
from .driver import alike
from .forms import Visit
from .plan import STEPS, Plan, Step


@dataclass(frozen=True)
class Event:
    """A step to run, at a visit. alone: what it binds is forgotten, the next one tries again."""

    step: Step
    visit: Visit
    given: dict[str, Any]
    alone: bool
    lacking: tuple[str, ...] = ()  # names whose right values the student's own do not hold


class Schedule:
    """The events of a plan, in order; free names keep the student's values, unjudged."""

    def __init__(self, plan: Plan, free: frozenset[str] = frozenset(), aliases=None):
        self.plan, self.free, self.aliases = plan, free, aliases or {}
        self.watched = plan.watched
        self.current = dict(plan.form.arguments) if plan.piece.complete else {}
        self.own: set[str] = set(free)
        self.moment: forms.Moment | None = None
        self.events: list[Event] = []
        if plan.piece.complete or any(step.loop for step in plan.top):
            self._body(plan.top, ())
        else:
            for step in plan.top:
                for visit in self.watched.visits(step.anchor) if step.anchor else [()]:
                    self._event(step, visit)

    def _body(self, steps: list[Step], visit: Visit) -> None:
        for step in steps:
            self._event(step, visit)
            if step.loop is None:
                continue
            target: Any = forms.statement_at(self.plan.piece.form, step.loop)
            for k, value in enumerate(self.watched.loops.get((step.loop, visit), ())):
                self.current[target.target.id] = value
                self._body(step.body, (*visit, k))

    def _event(self, step: Step, visit: Visit) -> None:
        if step.anchor is not None:
            self.moment = self.watched.moments.get((step.anchor, visit), self.moment)
        before = self.moment.before if self.moment else {}
        given = {k: self.current[k] for k in step.reads & self.current.keys() - self.own}
        if self.plan.piece.gap:
            reads = step.reads & self.plan.known - given.keys() - self.own
            given |= {k: v for k in reads if (v := self._context(k, before)) is not None}
        if isinstance(step.node, (ast.For, ast.While)) and step.loop is None:
            given |= self._all_calls(step)
        elif self.moment:
            calls = step.reads & self.moment.calls.keys()
            given |= {f"call {name}": [self.moment.calls[name]] for name in calls}
        given |= {k: before[v] for k, v in self.aliases.items() if k in step.reads and v in before}
        lacking = self._lacking(step, given, before) if step.anchor is not None else {}
        self.events.append(Event(step, visit, given, bool(lacking), tuple(lacking)))
        if lacking:
            self.events.append(Event(step, visit, given | lacking, False))
        self._bind(step, visit)

    def _all_calls(self, step: Step) -> dict[str, Any]:
        """The calls of all visits, for a loop that is run as one statement."""
        found: dict[str, list] = defaultdict(list)
        for moment in self.watched.moments.values():
            for name in step.reads & moment.calls.keys():
                found[f"call {name}"].append(moment.calls[name])
        return dict(found)

    def _context(self, name: str, before: dict[str, Any]) -> Any:
        """The right value of a name that was bound in a part of the post that is missing."""
        if name in before:
            return before[name]
        for path in self.plan.binders.get(name, ()):
            for visit in self.watched.visits(path):
                return self.watched.moments[path, visit].after[name]
        return self.plan.form.arguments.get(name)

    def _lacking(self, step: Step, given, before) -> dict[str, Any]:
        """The right values of the names that are not right, or not known to be, by now."""
        names = step.reads & before.keys() & self.plan.known - self.free
        return {
            name: before[name]
            for name in sorted(names)
            if name not in given or not alike(given[name], before[name])
        }

    def _bind(self, step: Step, visit: Visit) -> None:
        for name in step.names:
            path = step.rights.get(name)
            if path is not None and name not in self.free:
                self.current[name] = self.watched.moments[path, visit].after[name]
                self.own.discard(name)
            else:
                self.current.pop(name, None)
                self.own.add(name)

    def right(self, event: Event) -> dict[str, Any]:
        """What an event must bind."""
        step = event.step
        if step.loop is not None:
            return {STEPS: self.watched.loops.get((step.loop, event.visit), [])}
        return {
            name: self.watched.moments[path, event.visit].after[name]
            for name, path in step.rights.items()
            if name not in self.free
        }
