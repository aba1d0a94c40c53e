"""The catalogue of mistakes: edits of the published form, each with why students write it.

The rows are data, in mistakes.toml of each assignment's folder.
"""

from dataclasses import dataclass

from .exercises import ASSIGNMENTS, EXERCISES, table
from .published import SOURCE


@dataclass(frozen=True)
class Mistake:
    """One mistake: (was, becomes) edits of one function, why it is made, a hint, no solution.

    lost is what it costs when it is the function's only mistake.
    """

    function: str
    name: str
    why: str
    hint: str
    lost: float
    edits: tuple[tuple[str, str], ...]
    seed: str = ""  # the forum thread in which it was seen

    @property
    def assignment(self) -> str:
        """The assignment that asks for the function."""
        return EXERCISES[self.function].assignment

    @property
    def label(self) -> str:
        """Its name in the whole catalogue."""
        return f"{self.function}/{self.name}"


def apply(*mistakes: Mistake) -> dict[str, str]:
    """The published form of the functions that the mistakes touch, with all of them in it.

    Raises ValueError if an edit's text does not stand exactly once in what it edits.
    """
    sources: dict[str, str] = {}
    for mistake in mistakes:
        text = sources.get(mistake.function, SOURCE[mistake.function])
        for was, becomes in mistake.edits:
            if text.count(was) != 1:
                raise ValueError(
                    f"{mistake.label}: {was!r} stands {text.count(was)} times, not once"
                )
            text = text.replace(was, becomes)
        sources[mistake.function] = text
    return sources


def _read() -> dict[str, Mistake]:
    rows = (row for one in ASSIGNMENTS for row in table(one, "mistakes").get("mistake", ()))
    mistakes = (Mistake(**row | {"edits": tuple(map(tuple, row["edits"]))}) for row in rows)
    return {mistake.label: mistake for mistake in mistakes}


MISTAKES = _read()
