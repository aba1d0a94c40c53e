"""What the events of a schedule came to: which statements depart, and which are to blame."""

import ast
import re
from dataclasses import dataclass, replace
from typing import Any

from ..program import Path
from . import forms
from .forms import RETURN
from .plan import STEPS, Step
from .schedule import Event, Schedule
from .slips import statement_slips
from .values import difference, same, travels

MOST_VARIANTS = 12
UNKNOWN = "?"
VIEW = "`{one}` shares its numbers with `{other}`: what is written into `{other}` changes it too"
ARGUMENT = "`{name}` is the caller's array, and this changes it there"
SHOWN = {RETURN: "return", UNKNOWN: ""}
LOST = "the right value of `{name}` never arrives here"


@dataclass(frozen=True)
class Departure:
    """A statement that binds something else than it should.

    kind is "value", "raised", "lost" (the right value never arrives at the line), "view"
    or "argument" (the caller's array is changed).
    student is "" if the statement is missing; line counts in the repaired source. reads are the
    names that the right statement is a function of. place is the first entry that differs, as
    dWf[3][1], with got and expected; error is what it raised, or what is wrong beside values.
    """

    function: str
    line: int
    student: str
    right: str
    name: str
    reads: tuple[str, ...] = ()
    slips: tuple[str, ...] = ()
    place: str = ""
    got: str = ""
    expected: str = ""
    error: str = ""
    kind: str = "value"


class Verdict:
    """A schedule and what came of it."""

    def __init__(self, schedule: Schedule, runs: Any):
        self.schedule, self.plan = schedule, schedule.plan
        self.form = self.plan.piece.form
        self.wrong: dict[int, tuple[Event, dict, str]] = {}  # by the number of the step
        self.lacking: dict[str, Step] = {}  # name → the first step that it lets down
        self.views: dict[int, tuple] = {}  # step, name, the name that it shares numbers with
        self.excused: set[int] = set()
        # step → its name, the form's statement for it, the steps that are wrong for its sake
        self.instead: dict[int, tuple[str, Path, set[int]]] = {}
        self.failed: set[str] = set()  # names that a statement that raised did not bind
        rows = runs if isinstance(runs, (tuple, list)) else ()
        before: tuple[Event, dict, str] | None = None
        for event, row in zip(schedule.events, rows, strict=False):
            row = row if isinstance(row, dict) else {}
            name = self._first_wrong(event, row)
            if event.alone:
                before = (event, row, name)
                continue
            if before and before[2]:
                if name:
                    self._note(event, row, name)
                else:
                    for lost in self._lost(before[0], before[1]):
                        self.lacking.setdefault(lost, event.step)
            elif not before and name:
                self._note(event, row, name)
            before = None

    def _note(self, event: Event, row: dict, name: str) -> None:
        raised = str(row.get("raised", ""))
        self.failed |= {name for name in event.step.names if raised}
        self.wrong.setdefault(event.step.number, (event, row, name))

    def _lost(self, event: Event, row: dict) -> list[str]:
        """The names that are to blame for a step that is right with the right values."""
        absent = re.search(r"name '(\w+)' is not defined", str(row.get("raised", "")))
        if absent and absent[1] in event.lacking:
            return [absent[1]]
        return [name for name in event.lacking if name not in self.failed]

    def _first_wrong(self, event: Event, row: dict) -> str:
        """The first name that is bound wrongly; UNKNOWN if it raised and binds nothing known."""
        right = self.schedule.right(event)
        if not travels(event.given):
            return ""
        raised = str(row.get("raised", ""))
        if raised:
            unknown = re.search(r"name '(\w+)' is not defined", raised)
            if unknown and unknown[1] in self.failed:
                return ""
            if unknown and self.plan.piece.gap and unknown[1] not in self.plan.known:
                return ""
            return next(iter(right), UNKNOWN)
        made, views = row.get("bound"), row.get("views")
        for pair in views if isinstance(views, (tuple, list)) else ():
            one, other = map(str, pair) if isinstance(pair, tuple) and len(pair) == 2 else "  "
            if self._harmful(event, one, other):
                self.views.setdefault(event.step.number, (event.step, one, other))
        made = made if isinstance(made, dict) else {}
        for name, value in right.items():
            if travels(value) and not same(made.get(name), value, self.plan.form.loose):
                return name
        return ""

    def _harmful(self, event: Event, one: str, other: str) -> bool:
        """Whether it matters that one name is a view of another: it is written into later."""
        if event.visit or one not in event.step.rights or not self.plan.piece.complete:
            return False
        later = self.plan.steps[event.step.number + 1 :]
        return any(_writes(step.node, other) for step in later)

    # A name may stand for something else than in the form, and be right where it is read; a name
    # of the student's own may be what is wrong where it is read. Both are tried.

    def variants(self) -> list[Schedule]:
        """Other schedules to try, with which some departures may be told to be none."""
        found = []
        for event, _, name in self.wrong.values():
            readers = self._readers(event.step, name)
            if name in event.step.rights and readers:
                found.append(Schedule(self.plan, frozenset([name])))
        for own, readers in self._blamed().items():
            missing = self._candidates(readers)
            found += [Schedule(self.plan, frozenset(), {own: known}) for known in missing]
        return found[:MOST_VARIANTS]

    def _readers(self, step: Step, name: str) -> set[int]:
        """The other steps that read what a step binds: those behind it, and in its loop."""
        return {
            other.number
            for other in self.plan.steps
            if name in other.reads
            and other is not step
            and (other.number > step.number or (step.within and other.within == step.within))
        }

    def _blamed(self) -> dict[str, set[int]]:
        """The student's own names that wrong steps read, with those steps."""
        found: dict[str, set[int]] = {}
        for number, (event, _, _) in self.wrong.items():
            for name in event.step.reads - self.plan.known:
                if any(name in step.names for step in self.plan.steps):
                    found.setdefault(name, set()).add(number)
        return found

    def _candidates(self, readers: set[int]) -> list[str]:
        """What the form's statements read and the student has no name for."""
        made = {name for step in self.plan.steps for name in step.names}
        steps = [self.plan.steps[number] for number in readers]
        rights = [p for s in steps for p in s.rights.values() or filter(None, [s.anchor])]
        reads = [forms.names_read(forms.statement_at(self.form, path)) for path in rights]
        common = set.intersection(*reads) if reads else set()
        return sorted((common & forms.binders(self.form).keys()) - made)

    def consider(self, other: "Verdict") -> None:
        """Learn from a variant's verdict."""
        for name in other.schedule.free:
            for number, (event, _, wrong) in self.wrong.items():
                concerned = {number} | self._readers(event.step, name)
                if wrong == name and len(concerned) > 1 and not concerned & other.wrong.keys():
                    self.excused |= concerned
        for own, known in other.schedule.aliases.items():
            readers = {n for n in self.wrong if own in self.plan.steps[n].reads}
            source = [s for s in self.plan.steps if own in s.names]
            if readers and source and not readers & other.wrong.keys():
                path, number = forms.binders(self.form)[known][-1], source[-1].number
                if number in self.wrong:
                    self.excused |= readers - {number}
                else:
                    self.instead[number] = (own, path, readers)

    def departures(self) -> list[Departure]:
        """The departures, in the order of the lines."""
        hidden = self.excused.union(*(readers for *_, readers in self.instead.values()))
        found = [
            self._departure(event, row, name)
            for number, (event, row, name) in self.wrong.items()
            if number not in hidden
        ]
        for number, (own, path, _) in self.instead.items():
            found.append(self._at(self.plan.steps[number], own, path))
        found += [self._lost_name(name, step) for name, step in self.lacking.items()]
        for step, one, other in self.views.values():
            words = VIEW.format(one=one, other=other)
            found.append(self._at(step, one, step.rights[one], error=words, slips=(), kind="view"))
        found += [self._changed(step) for step in self.plan.steps if self._changes(step)]
        return _merged(sorted(dict.fromkeys(found), key=lambda departure: departure.line))

    def _changes(self, step: Step) -> bool:
        """Whether a statement changes an argument in place."""
        before = {name for s in self.plan.steps[: step.number] for name in s.names}
        name = forms.root(step.node.target) if isinstance(step.node, ast.AugAssign) else ""
        given = self.plan.piece.complete and name in self.plan.form.arguments
        return given and name not in before

    def _changed(self, step: Step) -> Departure:
        assert isinstance(step.node, ast.AugAssign)
        name = forms.root(step.node.target)
        words = ARGUMENT.format(name=name)
        return Departure(self.form, step.line, step.text, "", name, error=words, kind="argument")

    def _departure(self, event: Event, row: dict, name: str) -> Departure:
        step, raised = event.step, str(row.get("raised", ""))
        path = step.loop or step.rights.get(name, step.anchor)
        right = self.schedule.right(event).get(name)
        place, got, expected = "", "", ""
        if not raised and name in (row.get("bound") or {}):
            shown = "" if name in (RETURN, STEPS) else name
            place, got, expected = difference(row["bound"][name], right, shown)
        found = {"place": place, "got": got, "expected": expected, "error": raised}
        found["kind"] = "raised" if raised else "value"
        return self._at(step, name, path, **found)

    def _lost_name(self, name: str, reader: Step) -> Departure:
        """A name that does not hold what it should: bound too late, elsewhere or not at all."""
        anchor = reader.anchor or ()
        paths = [p for p in forms.binders(self.form).get(name, ()) if p[: len(p)] != anchor]
        if not paths:
            return self._at(reader, name, anchor, error=LOST.format(name=name), kind="lost")
        carried = [p for p in paths if len(p) > 1 and p[:-1] == anchor[:-1]]
        earlier = [p for p in paths if p < anchor]
        path = (carried or earlier or paths)[-1]
        stray = [s for s in self.plan.steps if name in s.names and name not in s.rights]
        if not stray:
            stray = [
                step
                for step in self.plan.steps
                if set(step.names) - self.plan.known
                and self.plan.likeness(path, ast.unparse(step.node)) > 0.8
            ]
        if stray:
            return self._at(stray[-1], name, path)
        words = LOST.format(name=name)
        right = ast.unparse(forms.statement_at(self.form, path))
        reads = self._read(path)
        return Departure(self.form, reader.line, "", right, name, reads, error=words, kind="lost")

    def _read(self, path: Path) -> tuple[str, ...]:
        statement = forms.statement_at(self.form, path)
        whole = statement.iter if isinstance(statement, ast.For) else statement
        reads = forms.names_read(whole)
        return tuple(sorted(reads & (self.plan.known - {"np", "sigmoid", "softmax"})))

    def _at(self, step: Step, name: str, path: Path | None, **facts: Any) -> Departure:
        target = step.node.target if isinstance(step.node, ast.For) else None
        shown = ast.unparse(target) if target and name == STEPS else SHOWN.get(name, name)
        if path is None:
            return Departure(self.form, step.line, step.text, "", shown, **facts)
        statement = forms.statement_at(self.form, path)
        if "slips" not in facts:
            mine, its = self._definitions(), self._inlined(step)
            facts["slips"] = tuple(statement_slips(step.node, statement, name, mine, its))
        if isinstance(statement, ast.For):
            right = f"for {ast.unparse(statement.target)} in {ast.unparse(statement.iter)}:"
        else:
            right = ast.unparse(statement)
        return Departure(self.form, step.line, step.text, right, shown, self._read(path), **facts)

    def _inlined(self, step: Step) -> dict[str, ast.expr]:
        """What the form's names stand for of which the student has none."""
        if self.plan.piece.gap:
            return {}
        made = {name for other in self.plan.steps for name in other.names}
        found: dict[str, ast.expr] = {}
        for name, paths in forms.binders(self.form).items():
            node = forms.statement_at(self.form, paths[0])
            if len(paths) == 1 and name not in made and isinstance(node, ast.Assign):
                found |= {name: node.value} if isinstance(node.targets[0], ast.Name) else {}
        return found

    def _definitions(self) -> dict[str, ast.expr]:
        """What the student's own names stand for, where one plain assignment says it."""
        found: dict[str, ast.expr] = {}
        for step in self.plan.steps:
            node = step.node
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                found |= {} if step.names[0] in self.plan.known else {step.names[0]: node.value}
        return found


def _merged(departures: list[Departure]) -> list[Departure]:
    """The departures with one for each statement."""
    found: dict[tuple[int, str, str], Departure] = {}
    for one in departures:
        key = (one.line, one.student, one.kind if one.student else one.name)
        first = found.setdefault(key, one)
        if first is not one and one.right not in first.right.splitlines():
            found[key] = replace(
                first,
                name=f"{first.name}, {one.name}",
                right=f"{first.right}\n{one.right}",
                reads=tuple(sorted({*first.reads, *one.reads})),
                slips=tuple(dict.fromkeys((*first.slips, *one.slips))),
            )
    return list(found.values())


def _writes(node: ast.stmt, name: str) -> bool:
    """Whether a statement writes into the array of that name."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Subscript) and isinstance(inner.ctx, ast.Store):
            if forms.root(inner) == name:
                return True
        elif isinstance(inner, ast.AugAssign) and forms.root(inner.target) == name:
            return True
    return False
