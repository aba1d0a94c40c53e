"""What runs in a search's own process: a post comes on stdin, events go to stdout.

An event is a line of JSON with one key: progress (words), or at last result.
"""

import json
import sys
import time
from collections.abc import Callable
from html import escape
from typing import Any

from ..conduct import diagnose_post
from ..diagnosis import Diagnosis, Found
from ..page.page import content
from ..post.post import UnreadableError, decode
from .replies import replies

TITLE = "What was found"
PAUSE = 0.2  # seconds between two words of progress: nobody reads faster
LOOKS = {"right": "right", "absent": "", "blank": ""}
Judge = Callable[[str], list[tuple[str, str, str]]]  # of a notebook: function, verdict, words


def main(judge: Judge) -> None:
    """Started by searches.Searches with the seconds in the first argument."""
    last = 0.0

    def progress(words: str) -> None:
        nonlocal last
        if time.monotonic() - last > PAUSE:
            last = time.monotonic()
            _tell(progress=words)

    _tell(result=result(sys.stdin.buffer.read(), float(sys.argv[1]), progress, judge))


def event(**told: Any) -> bytes:
    """One line for the page."""
    return json.dumps(told).encode() + b"\n"


def _tell(**told: Any) -> None:
    sys.stdout.buffer.write(event(**told))
    sys.stdout.buffer.flush()


def result(
    data: bytes, seconds: float, progress: Callable[[str], None], judge: Judge
) -> dict[str, Any]:
    """What the page shows of a post: the verdict, the diagnoses as HTML, what may be answered."""
    text, judged = "", ""
    try:
        text = decode(data)
        found = diagnose_post(text, seconds, progress)
    except UnreadableError as error:
        found = [Diagnosis("", "", Found.UNREADABLE, notes=(str(error),))]
    if text.lstrip().startswith("{"):  # a notebook, or nothing that can be judged
        progress("judging each function of the notebook")
        judged = _judged(judge(text))
    return {
        "verdict": found[0].verdict,
        "html": "".join(f"<article>{content(one, TITLE)}</article>" for one in found) + judged,
        "replies": [{"title": one.title, "text": one.text} for one in replies(found[0])],
    }


def _judged(rows: list[tuple[str, str, str]]) -> str:
    """Verdicts as a table, if there are any."""
    told = "".join(
        f'<tr class="{LOOKS.get(verdict, "wrong")}"><td><code>{escape(name)}</code>'
        f'</td><td class="sign">{escape(verdict)}</td><td>{escape(words)}</td></tr>'
        for name, verdict, words in rows
    )
    return told and (
        "<article><h2>Each function of the notebook by itself</h2><table><thead><tr>"
        "<th>function</th><th>verdict</th><th>in words</th></tr></thead>"
        f"<tbody>{told}</tbody></table></article>"
    )
