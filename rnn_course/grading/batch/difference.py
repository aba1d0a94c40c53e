"""What a class's grades were and would be, and why they differ: from the changes of a run."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .conduct import Result
from .folders import SUBMISSION
from .papers import Score, Standing

LOSES, GAINS, STAYS = "lose points", "gain points", "same points, other judgement"
AGAIN, NEW, REWORDED = "handed in again since", "not graded before", "same points, other words"
KINDS = (LOSES, GAINS, STAYS, AGAIN, NEW, REWORDED)  # the worst first
NOT_KNOWN = "not known: graded by nbgrader autograde, or by an older course"
NOTHING = Score(None, None, 0.0)


@dataclass(frozen=True)
class Function:
    """One function of one student: its scores, and the judge's words, empty if not known."""

    name: str
    before: Score
    after: Score
    max_points: float
    was: str
    now: str

    @property
    def gain(self) -> float:
        """The points that the judge gives more."""
        return round((self.after.auto or 0.0) - (self.before.auto or 0.0), 4)

    def to_dict(self) -> dict[str, Any]:
        """JSON's view."""
        return {
            **{"function": self.name, "before": self.before.auto, "after": self.after.auto},
            **{"max_points": self.max_points, "manual_score": self.after.manual},
            **{"why_before": self.was, "why_now": self.now},
        }


@dataclass(frozen=True)
class Change:
    """What becomes of one submission; functions are those whose points or words change.

    since names what has changed since it was graded, None if that is not known.
    """

    student: str
    before: Standing
    after: Standing
    functions: tuple[Function, ...]
    since: tuple[str, ...] | None

    @property
    def gain(self) -> float:
        """The points that the student gets more in all, late penalties and manual scores in it."""
        return round(self.after.total - self.before.total, 4)

    @property
    def kind(self) -> str:
        """One of KINDS; empty if nothing changes."""
        if not (self.gain or self.functions):
            return ""
        if all(score.auto is None for score in self.before.scores.values()):
            return NEW
        if self._again:
            return AGAIN
        if self.gain:
            return LOSES if self.gain < 0 else GAINS
        return STAYS if any(function.gain for function in self.functions) else REWORDED

    @property
    def _again(self) -> bool:
        if self.since is None:
            return self.before.handed_in != self.after.handed_in
        return SUBMISSION in self.since

    def to_dict(self) -> dict[str, Any]:
        """JSON's view."""
        return {
            **{"student": self.student, "kind": self.kind, "gain": self.gain},
            **{"before": self.before.total, "after": self.after.total},
            "penalty": {"before": self.before.penalty, "after": self.after.penalty},
            "since": self.since,
            "functions": [function.to_dict() for function in self.functions],
        }


@dataclass
class Difference:
    """All changes of a run; by_hand counts the manual scores among what was graded."""

    assignment: str
    outcomes: Counter[str] = field(default_factory=Counter)
    since: Counter[str] = field(default_factory=Counter)
    changes: list[Change] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    by_hand: int = 0

    def add(self, result: Result, change: Change | None) -> None:
        """Count one submission in."""
        self.outcomes[result.outcome] += 1
        if result.failure:
            self.failed[result.student] = result.failure
        if change:
            self.since.update([NOT_KNOWN] if change.since is None else change.since)
            self.by_hand += sum(s.manual is not None for s in change.after.scores.values())
            self.changes += [change] if change.kind else []

    def of(self, kind: str) -> list[Change]:
        """The changes of a kind, the largest first."""
        found = (change for change in self.changes if change.kind == kind)
        return sorted(found, key=lambda change: (-abs(change.gain), change.student))

    @property
    def judged(self) -> list[Change]:
        """Those whose points change although they handed in the same, the largest first."""
        return sorted(self.of(LOSES) + self.of(GAINS), key=lambda change: -abs(change.gain))

    @property
    def functions(self) -> dict[str, dict[str, int]]:
        """For how many the judge gives fewer points, and more, for the same function."""
        found: dict[str, dict[str, int]] = {}
        for change in self.judged + self.of(STAYS):
            for function in filter(lambda one: one.gain, change.functions):
                ways = found.setdefault(function.name, {"down": 0, "up": 0})
                ways["down" if function.gain < 0 else "up"] += 1
        return found

    @property
    def mean(self) -> float:
        """The mean of their gains; 0 of none."""
        gains = [change.gain for change in self.judged]
        return round(sum(gains) / max(len(gains), 1), 4)

    def to_dict(self) -> dict[str, Any]:
        """JSON's view."""
        largest = self.judged[0] if self.judged else None
        return {
            "assignment": self.assignment,
            "outcomes": dict(self.outcomes),
            "since": dict(self.since),
            "summary": {
                **{kind: len(self.of(kind)) for kind in KINDS},
                "functions": self.functions,
                "mean_gain": self.mean,
                "largest_gain": largest and largest.gain,
            },
            "manual_scores": self.by_hand,
            "students": [change.to_dict() for kind in KINDS for change in self.of(kind)],
            "failed": self.failed,
        }


def differing(
    before: Standing, after: Standing, was: Mapping[str, dict], now: Mapping[str, dict], worth
) -> Iterable[Function]:
    """The functions that do; was and now are verdicts by function, worth the points by cell."""
    for cell, score in after.scores.items():
        name = cell.rpartition("/")[2]
        then, said = before.scores.get(cell, NOTHING), (was.get(name), now.get(name))
        if then.auto != score.auto or (was and said[0] != said[1]):
            yield Function(name, then, score, worth[cell], *map(_words, said))


def _words(verdict: Mapping[str, Any] | None) -> str:
    if not verdict:
        return ""
    named = f" [{verdict['mistake']}]" if verdict.get("mistake") else ""
    return (verdict["reason"] or verdict["status"]) + named
