"""Posted code, run statement by statement beside the right values, and where it departs from them.

Each statement is given the right values of all that it reads, so that it is judged alone. What
it binds is compared here, outside the sandbox.
"""

import inspect
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ...sandbox.answer import question
from ...sandbox.limits import Limits
from ...sandbox.outputs import WORDS, CellRun
from ...sandbox.run import Cell
from ...sandbox.sandbox import Sandbox
from ...sandbox.wire import WireError, decode
from ...subject.cases import Case, published_case
from ..printed import EXERCISES
from . import driver
from .blame import Departure, Verdict
from .plan import Plan
from .posted import clean
from .repair import Piece, repair
from .schedule import Event, Schedule
from .values import same

START = "import numpy as np\nfrom rnn_utils import sigmoid, softmax\n"
STALE = (
    "The test cell draws b and goes on with ba, which an earlier cell left behind: what it prints"
    " depends on the cells that were run before it."
)
LIMITS = Limits(cell_seconds=10, submission_seconds=40)
MOST_PIECES = 12


@dataclass
class Traced:
    """What became of a piece: its departures in order, and what its function returns as it is.

    problem is why there are no departures, if it could not be run to its end. wrong are the names
    of the outputs that are not right.
    """

    piece: Piece
    departures: list[Departure] = field(default_factory=list)
    outputs: dict[str, Any] | None = None
    raised: str = ""
    problem: str = ""
    wrong: tuple[str, ...] = ()


def trace(text: str, sandbox: Sandbox, about: tuple[str, ...] = ()) -> list[Traced]:
    """The pieces of code of a post, each held against the right program.

    Raises SandboxError where there is no sandbox.
    """
    pieces = repair(text, about)
    helpers = [piece.source for piece in pieces if not piece.form]
    plans = [Plan(piece) for piece in pieces if piece.form][:MOST_PIECES]
    if not plans:
        return []
    first = [Schedule(plan) for plan in plans]
    told = _ask(sandbox, first, helpers)
    verdicts = [Verdict(schedule, runs) for schedule, runs in zip(first, told, strict=True)]
    results = [
        Traced(plan.piece, problem=runs if isinstance(runs, str) else "")
        for plan, runs in zip(plans, told, strict=True)
    ]
    tries = [(k, variant) for k, verdict in enumerate(verdicts) for variant in verdict.variants()]
    if tries:
        answers = _ask(sandbox, [schedule for _, schedule in tries], helpers)
        for (k, schedule), runs in zip(tries, answers, strict=True):
            verdicts[k].consider(Verdict(schedule, runs))
    for result, verdict in zip(results, verdicts, strict=True):
        result.departures = verdict.departures()
    _run_whole(sandbox, results, helpers)
    return results


def notes(text: str) -> list[str]:
    """What is to be known of a post's test cells."""
    lines = "\n".join(clean(text))
    stale = re.search(r"^ *b *= *np\.random\.randn", lines, re.M) and re.search(
        r"ba[\"'] *: *ba\b", lines
    )
    return [STALE] if stale else []


# --- in the sandbox ------------------------------------------------------------------------


def _ask(sandbox: Sandbox, schedules: Sequence[Schedule], helpers: list[str]) -> list[Any]:
    """What each schedule's events came to; words if its process or its time ended."""
    text = [inspect.getsource(driver), "import json"]
    cells = []
    for number, schedule in enumerate(schedules):
        program = [[step.code, list(step.names)] for step in schedule.plan.steps]
        text.append(
            f"def trace_{number}(*events):\n    return run_events("
            f"json.loads({json.dumps(program)!r}), json.loads({json.dumps(helpers)!r}), events)"
        )
        asked = question(f"trace_{number}", [tuple(map(_told, schedule.events))])
        cells.append(Cell(question=asked))
    runs = sandbox.run([Cell("\n\n".join(text)), *cells], LIMITS)
    return [_answered(run) for run in runs[1:]]


def _told(event: Event) -> dict[str, Any]:
    """An event as the driver reads it."""
    return {"number": event.step.number, "alone": int(event.alone), "given": dict(event.given)}


def _answered(run: CellRun, mode: str = "own") -> Any:
    """The result of a question's one call; words if there is none."""
    if run.outcome or run.answer is None:
        return WORDS[run.outcome] if run.outcome else "It gave no answer."
    try:
        answer = decode(run.answer)[mode][0]
    except (WireError, KeyError, IndexError, TypeError):
        return "It gave no answer that can be read."
    if "result" in answer:
        return answer["result"]
    return str(answer.get("raised") or f"It {next(iter(answer), 'gave no answer')}.")


def _run_whole(sandbox: Sandbox, results: list[Traced], helpers: list[str]) -> None:
    """Call the complete functions as they are on the published inputs.

    One that is right as a whole has no departures, however it goes about it; for a sequence
    function it is enough that it is right with the stand-in cell.
    """
    whole = [r for r in results if r.piece.complete and r.piece.form in EXERCISES and not r.problem]
    whole = [result for result in whole if not result.piece.gap]
    cases = [published_case(EXERCISES[result.piece.form]) for result in whole]
    sources = [*helpers, *(result.piece.source for result in whole)]
    asked = [question(c.exercise.name, [c.arguments], c.exercise.standins) for c in cases]
    cells = [Cell(START), *map(Cell, sources), *(Cell(question=each) for each in asked)]
    runs = sandbox.run(cells, LIMITS) if whole else []
    for result, case, run in zip(whole, cases, runs[len(sources) + 1 :], strict=True):
        answer, cell = _answered(run), case.exercise.cell
        if isinstance(answer, str) and not (cell and f"'{cell}' is not defined" in answer):
            result.raised = answer
        result.outputs = _outputs(answer, case)
        judged = _answered(run, "stand-in") if cell else answer
        expected = case.expected(case.exercise.standin if cell else None)
        if same(result.outputs, case.expected()) or same(_outputs(judged, case), expected):
            result.departures = [d for d in result.departures if d.kind in ("view", "argument")]
        elif isinstance(judged, str):
            result.raised = result.raised or judged
        else:
            got = _outputs(judged, case) or {}
            result.wrong = tuple(n for n, v in expected.items() if not same(got.get(n), v))


def _outputs(answer: Any, case: Case) -> dict[str, Any] | None:
    """The outputs of a function by name, if it returned any."""
    return None if isinstance(answer, str) else case.exercise.named(answer)
