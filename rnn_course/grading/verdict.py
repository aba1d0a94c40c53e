"""What the judge says of one function, as data, as words and as a table."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from html import escape


class Status(StrEnum):
    """The named outcomes of an output or of a whole function."""

    RIGHT = "right"
    WRONG = "wrong"
    WRONG_SHAPE = "wrong shape"
    NOT_FINITE = "not finite"
    MISSING = "missing"
    RAISED = "raised"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    TOO_MUCH_OUTPUT = "too much output"
    TOO_MUCH_ON_DISK = "too much on disk"
    TOO_MANY_THREADS = "too many threads"
    ENDED = "ended the process"
    UNREADABLE = "unreadable"
    BLANK = "blank"
    ABSENT = "absent"
    NO_ANSWER = "no answer"
    NOT_COUNTED = "not counted"


@dataclass(frozen=True)
class Finding:
    """What became of one output: its share of the points and, if it is not right, why."""

    output: str
    status: Status
    points: float
    max_points: float
    words: str = ""


@dataclass(frozen=True)
class Verdict:
    """The judge's word on one function."""

    function: str
    status: Status
    findings: list[Finding] = field(default_factory=list)
    max_points: float = 0.0
    words: str = ""
    mistake: str = ""  # the label of the catalogued one that has just these results

    @property
    def points(self) -> float:
        """What the function earns in all."""
        return round(sum(finding.points for finding in self.findings), 4)

    @property
    def lost(self) -> list[Finding]:
        """The outputs that lost points."""
        return [finding for finding in self.findings if finding.points < finding.max_points]

    @property
    def reason(self) -> str:
        """Why points were lost, in one paragraph; empty if none were."""
        if self.points >= self.max_points:
            return ""
        if not self.findings:
            return self.words or self.status
        groups: dict[str, list[str]] = {}
        for finding in (f for f in self.lost if f.status is not Status.NOT_COUNTED):
            groups.setdefault(finding.status, []).append(finding.output)
        outputs = "; ".join(f"{', '.join(names)} {status}" for status, names in groups.items())
        return f"{outputs} ({self.lost[0].words})"

    def to_dict(self) -> dict:
        """JSON's view of the verdict."""
        return asdict(self) | {"points": self.points, "reason": self.reason}

    def to_html(self) -> str:
        """A table for autograded notebooks and feedback; all text in it is escaped."""
        rows = "".join(
            f"<tr><td><code>{escape(f.output)}</code></td><td>{escape(f.status)}</td>"
            f"<td>{f.points:g} / {f.max_points:g}</td><td>{_html(f.words)}</td></tr>"
            for f in self.findings
        )
        head = "<tr><th>output</th><th>verdict</th><th>points</th><th>why</th></tr>"
        body = f"<thead>{head}</thead><tbody>{rows}</tbody>"
        table = f'<table class="table">{body}</table>' if rows else ""
        note = f"<p>{_html(self.words)}</p>" if self.words else ""
        title = f"<b>{escape(self.function)}: {self.points:g} of {self.max_points:g} points</b>"
        return f"<div><p>{title} ({escape(self.status)})</p>{note}{table}</div>"


def _html(text: str) -> str:
    return escape(text).replace("\n", "<br>")
