"""The catalogue of mistakes: edits of the published form, each with why students write it.

The rows are data, in mistakes.toml beside this file.
"""

import tomllib
from dataclasses import dataclass
from importlib.resources import files

from .published import SOURCE


@dataclass(frozen=True)
class Mistake:
    """One mistake: (was, becomes) edits of one function, why it is made, a hint that solves nothing.

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
    def label(self) -> str:
        """Its name in the whole catalogue."""
        return f"{self.function}/{self.name}"

    @property
    def source(self) -> str:
        """The published form of the function with this mistake in it."""
        text = SOURCE[self.function]
        for was, becomes in self.edits:
            if text.count(was) != 1:
                raise ValueError(f"{self.label}: {was!r} stands {text.count(was)} times, not once")
            text = text.replace(was, becomes)
        return text


def _read() -> dict[str, Mistake]:
    rows = tomllib.loads(files(__package__).joinpath("mistakes.toml").read_text("utf-8"))
    mistakes = (
        Mistake(**row | {"edits": tuple(map(tuple, row["edits"]))}) for row in rows["mistake"]
    )
    return {mistake.label: mistake for mistake in mistakes}


MISTAKES = _read()
