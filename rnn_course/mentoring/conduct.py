"""From a post to diagnoses: its numbers and its code, each by what fits it."""

from collections.abc import Callable

from .diagnose import SECONDS, from_numbers
from .diagnosis import Diagnosis
from .post import read


def diagnose_post(
    text: str,
    seconds: float = SECONDS,
    progress: Callable[[str], None] = lambda words: None,
) -> list[Diagnosis]:
    """The diagnosis of each run that a post reports, then that of its code.

    Raises UnreadableError if there is nothing in it that can be diagnosed.
    """
    post = read(text)
    return [from_numbers(run.observations, seconds, progress) for run in post.runs]
