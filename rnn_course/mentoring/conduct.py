"""From a post to diagnoses: its numbers and its code, each by what fits it."""

import sys
from collections.abc import Callable, Iterator

from .cells import NEW
from .diagnose import SECONDS, from_numbers
from .diagnosis import Diagnosis, Found, Observation
from .from_errors import from_errors
from .post.post import UnreadableError, read

NOTHING = (
    "The code in this post is cut or of no function that we know: paste the whole function, or what"
    " its test cell prints."
)
RIGHT = (Found.RIGHT, Found.RIGHT_OLD)
NO_LINUX = "The code in the post was not run: that needs Linux. Printed numbers need no Linux."


def diagnose_post(
    text: str,
    seconds: float = SECONDS,
    progress: Callable[[str], None] = lambda words: None,
) -> list[Diagnosis]:
    """The diagnosis of each run that a post reports, then that of its code if it tells anything.

    The time holds for all searches together. Raises UnreadableError if nothing can be diagnosed.
    """
    post = read(text)
    found: list[Diagnosis] = []
    for observations in (part for run in post.runs for part in _networks(run.observations)):
        left = seconds - sum(one.seconds for one in found)
        found.append(from_numbers(observations, max(left, 0.1), progress))
    for check in post.checks:
        left = seconds - sum(one.seconds for one in found)
        told = from_errors(check, max(left, 0.1), progress)
        found += [told] if told else []
    found.sort(key=lambda one: one.verdict in RIGHT)  # what is wrong comes first
    if post.code:
        progress("running the code of the post")
        about = tuple(dict.fromkeys(one.function for one in found))
        code = _of_code(post.code, about)
        if code and (not found or code.verdict is Found.EXPLAINED):
            found.append(code)
    if not found:
        raise UnreadableError(NOTHING)
    first, *others = found
    return [first.with_notes(post.notes), *others]


def _networks(observations: tuple[Observation, ...]) -> Iterator[tuple[Observation, ...]]:
    """Those of the RNN and those of the LSTM: no mistake in one shows in the other."""
    for network in ("rnn", "lstm"):
        part = tuple(seen for seen in observations if seen.function.startswith(network))
        if part:
            yield part


def _of_code(code: str, about: tuple[str, ...]) -> Diagnosis | None:
    if sys.platform != "linux":
        return Diagnosis("", NEW, Found.UNEXPLAINED, notes=(NO_LINUX,))
    from .from_code import from_code  # what it needs cannot even be imported elsewhere

    return from_code(code, about)
