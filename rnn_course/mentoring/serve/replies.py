"""What a mentor may answer to a post, in Markdown for a forum: no reply gives a solution away."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..diagnosis import RAISES, Diagnosis, Explanation, Found
from ..page.page import RUNGS

MOST_NAMED = 6  # places in a sentence
SIZES = re.compile(rf".*\.shape$|len\(|{RAISES}$")  # and an error: what is no number
CODE = re.compile(r"\w\W*[^\w,]\W*\w")  # more than names and commas
CODE_OR_SIGN = re.compile(r"(`[^`]*`)|([\\<*])")
WHOLE = (
    "Please restart the kernel, run all cells from the top, and post {what}, as text and with all"
    " digits."
)
OPENINGS = (
    "Here is where to look next.",
    "Here is something to compare, with paper and pencil or with a print.",
    "Here is what is wrong, in words.",
)
CLOSINGS = (
    "Tell me what you find there. If it does not help, there is a second hint.",
    "Tell me what comes out. If it does not help, there is a third hint.",
    "Write it anew from the equation, run all cells from the top, and tell me whether the numbers"
    " are right now.",
)
EDITION = (
    "Your notebook and the values that you compare with are of different editions: please compare"
    " with the expected values of the newest one."
)


@dataclass(frozen=True)
class Reply:
    """A title for the mentor, a text for the student."""

    title: str
    text: str


def replies(diagnosis: Diagnosis) -> list[Reply]:
    """What may be answered, the first to be given first; what may be asked for comes last."""
    told = list(_ladder(diagnosis)) if diagnosis.verdict is Found.EXPLAINED else []
    if told and len(diagnosis.explanations) == 1:
        return told
    title, *asked = ASKED[diagnosis.verdict]
    words = (one.format(what=_what(diagnosis)) for one in asked)
    return [*told, Reply(title, "\n\n".join((_seen(diagnosis), *words)))]


ASKED = {
    Found.RIGHT: (
        "Tell that it is right",
        "Nothing is wrong here. If a test still complains, please post {what}, and the test's"
        " message.",
    ),
    Found.RIGHT_OLD: ("Tell about the editions", "Nothing is wrong with your code.", EDITION),
    Found.OLD_NUMBERS: (
        "Tell about the editions",
        "An older notebook printed these values as expected. Two mistakes were in the code that"
        " made them, so right code does not print them.",
        EDITION,
    ),
    Found.EXPLAINED: ("Ask for more", "Several mistakes lead to the same numbers.", WHOLE),
    Found.UNEXPLAINED: (
        "Ask for more",
        "That does not tell yet where the mistake is. What leads to a right value can be taken to"
        " be right, so look at the other lines first.",
        WHOLE,
    ),
    Found.UNREADABLE: (
        "Ask for numbers",
        "I cannot read a value of a function of the course in it.",
        WHOLE,
        'A line looks like this: `gradients["dxt"][1][2] = 0.6769`. Pictures cannot be read.',
    ),
}


def _ladder(diagnosis: Diagnosis) -> Iterator[Reply]:
    """A reply for each rung of the first explanation, unless it would say too much."""
    explanation = diagnosis.explanations[0]
    for number, rung in enumerate(RUNGS):
        hints = [mistake.hints[number] for mistake in explanation.mistakes]
        told = [_markdown(hint) for hint in hints if hint and not _solves(hint, explanation)]
        if told:
            first = _seen(diagnosis) if number == 0 else ""
            paragraphs = (first, OPENINGS[number], _listed(told), CLOSINGS[number])
            yield Reply(f"Hint {number + 1}: {rung}", "\n\n".join(filter(None, paragraphs)))


def _solves(hint: str, explanation: Explanation) -> bool:
    """Whether a line of code that is right, or that the student wrote, stands in a hint."""
    texts = [text for mistake in explanation.mistakes for text in (mistake.was, mistake.becomes)]
    texts += explanation.source.values()
    lines = {_squeezed(line) for text in texts for line in text.splitlines()}
    return any(CODE.search(line) and line in _squeezed(hint) for line in lines)


def _squeezed(text: str) -> str:
    return re.sub(r"[\s`]", "", text)


def _seen(diagnosis: Diagnosis) -> str:
    """Thanks, and which of the student's numbers are right."""
    told = "Thank you for your post."
    for matches, words in ((True, "Right"), (False, "Not right yet")):
        places = [
            one.observation.place
            for one in diagnosis.observations
            if one.matches is matches and not SIZES.match(one.observation.place)
        ]
        told += f" {words}: {_places(places)}." * bool(places)
    return told


def _places(places: list[str]) -> str:
    """The places as code, the first of many."""
    told = [f"`{place}`" for place in dict.fromkeys(places)]
    rest = len(told) - MOST_NAMED
    return ", ".join(told[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _what(diagnosis: Diagnosis) -> str:
    function = f" of `{diagnosis.function}`" if diagnosis.function else ""
    return f"every line that the test cell{function} prints"


def _listed(hints: list[str]) -> str:
    if len(hints) == 1:
        return hints[0]
    return "\n".join(f"{number}. {hint}" for number, hint in enumerate(hints, 1))


def _markdown(hint: str) -> str:
    """A hint with its signs as they stand: code stays code, and a<t> is no element of HTML."""
    return CODE_OR_SIGN.sub(lambda found: found[1] or f"\\{found[2]}", hint)
