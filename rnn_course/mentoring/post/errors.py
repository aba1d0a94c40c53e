"""The error in which a post's test cell ended: the last line of its traceback."""

import re
from html import unescape

from ..diagnosis import RAISES, Observation
from .runs import MENTION, mentioned

LINE = re.compile(r"^[\s>*`-]{0,9}([A-Za-z_.]{1,60}(?:Error|Exception)): (.{1,300})$", re.MULTILINE)
TRACEBACK = re.compile(r"Traceback")
STRAIGHT = str.maketrans("‘’‚“”„", "'''\"\"\"")


def error_in(text: str, told: tuple[Observation, ...]) -> Observation | None:
    """The last error in a text, of the function that its traceback or the post names first.

    told are the values of the run that ended so; without any function named it is theirs.
    """
    text = unescape(text)
    lines = list(LINE.finditer(text))
    if not lines:
        return None
    line = lines[-1]
    before = text[: line.start()]
    begins = [match.start() for match in TRACEBACK.finditer(before)]
    named = list(MENTION.finditer(before, begins[-1] if begins else 0)) or list(
        MENTION.finditer(before)
    )
    functions = [mentioned(match) for match in named] or [seen.function for seen in told]
    if not functions:
        return None
    said = f"{line[1]}: {line[2].strip()}".translate(STRAIGHT)
    return Observation(functions[0], RAISES, said, ())
