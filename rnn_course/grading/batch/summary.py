"""A class at a glance: outcomes, rights per function, the commonest mistakes, the slowest."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ...subject.exercises import EXERCISES
from ...subject.mistakes import MISTAKES

RIGHT, PARTLY, WRONG, STOPPED, NOT_DONE = "right", "partly right", "wrong", "no result", "not done"
KINDS = (RIGHT, PARTLY, WRONG, STOPPED, NOT_DONE)
WITH_RESULT = {"wrong", "wrong shape", "not finite", "missing", "right"}
SLOWEST = 5


def kind(verdict: dict) -> str:
    """One of KINDS, for a verdict as the judge left it in a notebook."""
    if verdict["points"] >= verdict["max_points"]:
        return RIGHT
    if verdict["points"]:
        return PARTLY
    if verdict["status"] in ("blank", "absent"):
        return NOT_DONE
    return WRONG if verdict["status"] in WITH_RESULT else STOPPED


@dataclass
class Summary:
    """What a class has done, from the results of a run, one after the other."""

    assignment: str
    outcomes: Counter[str] = field(default_factory=Counter)
    functions: dict[str, Counter[str]] = field(default_factory=dict)
    points: dict[str, Counter[float]] = field(default_factory=dict)  # by function
    totals: Counter[float] = field(default_factory=Counter)
    mistakes: Counter[str] = field(default_factory=Counter)
    stages: Counter[str] = field(default_factory=Counter)
    slowest: list[tuple[float, str]] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)

    def add(self, result: Any) -> None:
        """Count one result in."""
        self.outcomes[result.outcome] += 1
        if result.failure:
            self.failed[result.student] = result.failure
        for verdict in result.verdicts:
            name = verdict["function"]
            self.functions.setdefault(name, Counter())[kind(verdict)] += 1
            self.points.setdefault(name, Counter())[verdict["points"]] += 1
            if verdict.get("mistake"):
                self.mistakes[verdict["mistake"]] += 1
        if result.verdicts:
            self.totals[sum(verdict["points"] for verdict in result.verdicts)] += 1
        self.stages.update(result.seconds)
        if result.seconds:
            mine = (sum(result.seconds.values()), result.student)
            self.slowest = sorted([*self.slowest, mine], reverse=True)[:SLOWEST]

    def mean(self, function: str) -> float:
        """The mean of the points for a function."""
        return mean(self.points[function])

    def named(self) -> dict[str, Counter[str]]:
        """The kinds of results by function, in the order of the assignment."""
        known = [name for name in EXERCISES if name in self.functions]
        return {name: self.functions[name] for name in dict.fromkeys([*known, *self.functions])}

    def commonest(self) -> list[tuple[int, str, str]]:
        """(students, label, what is wrong) of the catalogued mistakes, commonest first."""
        rows = sorted(self.mistakes.items(), key=lambda row: (-row[1], row[0]))
        return [(count, label, MISTAKES[label].why) for label, count in rows if label in MISTAKES]

    def to_dict(self) -> dict[str, Any]:
        """JSON's view of the summary."""
        return {
            "assignment": self.assignment,
            "outcomes": dict(self.outcomes),
            "mean_points": round(mean(self.totals), 4),
            "functions": {
                name: {kind: kinds[kind] for kind in KINDS}
                | {"mean_points": round(self.mean(name), 4)}
                for name, kinds in self.named().items()
            },
            "mistakes": [
                {"students": count, "mistake": label, "why": why}
                for count, label, why in self.commonest()
            ],
            "slowest": [
                {"student": who, "seconds": round(seconds, 3)} for seconds, who in self.slowest
            ],
            "stages": {name: round(seconds, 3) for name, seconds in self.stages.most_common()},
            "failed": self.failed,
        }


def mean(values: Counter[float]) -> float:
    """The mean of counted values; 0 of none."""
    return sum(value * count for value, count in values.items()) / max(values.total(), 1)
