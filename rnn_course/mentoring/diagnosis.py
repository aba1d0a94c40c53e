"""What a diagnosis is made of: plain values, and their form as JSON (docs/mentor.md)."""

from dataclasses import dataclass, field, replace
from enum import StrEnum


class Found(StrEnum):
    """The verdict on a post."""

    RIGHT = "right"
    RIGHT_OLD = "right for OLD"
    OLD_NUMBERS = "the published OLD numbers, which are not gradients"
    EXPLAINED = "explained"
    UNEXPLAINED = "unexplained"
    UNREADABLE = "unreadable"


RAISES = "raises"  # the place of an error that ended the cell


@dataclass(frozen=True)
class Observation:
    """One printed value of a post.

    function is the exercise whose test cell prints it, place what is printed there as Python
    writes it (gradients["dWf"][3][1], a_next[4], gradients["dx"].shape, len(caches)). values are
    the numbers in order, shape () for one number and (10,) for ten; tolerance is half a unit of
    the last decimal place that was printed (0 for a shape or a length). An error that ended the
    cell has the place "raises", no values, and the last line of its traceback as text.
    """

    function: str
    place: str
    text: str
    values: tuple[float, ...]
    shape: tuple[int, ...] = ()
    tolerance: float = 0.0


@dataclass(frozen=True)
class Compared:
    """An observation beside what the right program prints there."""

    observation: Observation
    expected: str
    matches: bool

    def to_dict(self) -> dict:
        """JSON's view of it."""
        seen = self.observation
        return {
            "function": seen.function,
            "name": seen.place,
            "reported": seen.text,
            "expected": self.expected,
            "matches": self.matches,
        }


@dataclass(frozen=True)
class FoundMistake:
    """One edit of the published form: the line it is in (counted from the def), was → becomes.

    hints is a ladder: where to look, what to compare, the fact itself; none is solution code.
    label names a row of the catalogue, if it is one; equation is the notebook's number, as "(27)".
    """

    function: str
    line: int
    was: str
    becomes: str
    why: str
    hints: tuple[str, str, str]
    equation: str = ""
    label: str = ""

    def to_dict(self) -> dict:
        """JSON's view of it."""
        return {
            "function": self.function,
            "line": self.line,
            "was": self.was,
            "is": self.becomes,
            "why": self.why,
            "equation": self.equation,
            "hints": list(self.hints),
            "catalogue": self.label,
        }


@dataclass(frozen=True)
class Explanation:
    """Mistakes whose program prints what was reported: reproduced of so many observations.

    source maps each changed function to its whole text.
    """

    mistakes: tuple[FoundMistake, ...]
    reproduced: int
    of: int
    source: dict[str, str]

    def to_dict(self) -> dict:
        """JSON's view of it."""
        return {
            "mistakes": [mistake.to_dict() for mistake in self.mistakes],
            "reproduced": self.reproduced,
            "of": self.of,
            "source": self.source,
        }


@dataclass(frozen=True)
class Diagnosis:
    """What a post comes to. states colours the computation: {(function, variable): "right",
    "wrong", "first" (the first wrong one) or "unseen"}; notes are whole sentences.
    """

    function: str
    generation: str  # "NEW" or "OLD"
    verdict: Found
    observations: tuple[Compared, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    notes: tuple[str, ...] = ()
    states: dict[tuple[str, str], str] = field(default_factory=dict)
    seconds: float = 0.0

    def with_notes(self, notes: tuple[str, ...]) -> "Diagnosis":
        """The same with more notes."""
        return replace(self, notes=(*self.notes, *notes))

    def to_dict(self) -> dict:
        """JSON's view of it."""
        return {
            "function": self.function,
            "generation": self.generation,
            "verdict": str(self.verdict),
            "observations": [compared.to_dict() for compared in self.observations],
            "explanations": [explanation.to_dict() for explanation in self.explanations],
            "notes": list(self.notes),
            "seconds": round(self.seconds, 3),
        }
