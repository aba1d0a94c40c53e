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
from ...subject.cases import Case, all_cases
from ...subject.exercises import EXERCISES
from ...subject.mistakes import Mistake
from ...subject.published import SOURCE
from . import driver
from .blame import Departure, Verdict
from .familiar import familiar
from .plan import Plan
from .posted import clean
from .repair import Piece, repair
from .schedule import Event, Schedule
from .values import same

GIVEN = "\n\n".join(text for name, text in SOURCE.items() if name not in EXERCISES)
START = f"import numpy as np\nfrom rnn_utils import sigmoid, softmax\n\n{GIVEN}"
KEY = "a post"  # draws the inputs beside the published ones
UNDEFINED = re.compile(r"name '(\w+)' is not defined")
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
    of the outputs that are not right, changes is whether arguments are not left as they were; row
    is the mistake of the catalogue that does the same.
    """

    piece: Piece
    departures: list[Departure] = field(default_factory=list)
    outputs: dict[str, Any] | None = None
    raised: str = ""
    problem: str = ""
    wrong: tuple[str, ...] = ()
    changes: bool = False
    row: Mistake | None = None


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
    return [_calls(run, 1)[0] for run in runs[1:]]


def _told(event: Event) -> dict[str, Any]:
    """An event as the driver reads it."""
    return {"number": event.step.number, "alone": int(event.alone), "given": dict(event.given)}


def _calls(run: CellRun, count: int, mode: str = "own", what: str = "result") -> list[Any]:
    """The result of each of a question's calls; words in the place of one that there is not.

    what may also be "arguments", as the call left them.
    """
    if run.outcome or run.answer is None:
        return [WORDS[run.outcome] if run.outcome else "It gave no answer."] * count
    try:
        calls = decode(run.answer)[mode]
        return [_told_of(calls[k], what) for k in range(count)]
    except (WireError, KeyError, IndexError, TypeError):
        return ["It gave no answer that can be read."] * count


def _told_of(call: Any, what: str) -> Any:
    if what in call:
        return call[what]
    return str(call.get("raised") or f"It {next(iter(call), 'gave no answer')}.")


def _run_whole(sandbox: Sandbox, results: list[Traced], helpers: list[str]) -> None:
    """Call the complete functions as they are, on the published inputs and on others.

    One that is right as a whole has no departures, however it goes about it; for a sequence
    function it is enough that it is right with the stand-in cell.
    """
    whole = [r for r in results if r.piece.complete and r.piece.form in EXERCISES and not r.problem]
    whole = [result for result in whole if not result.piece.gap]
    cases = [all_cases(EXERCISES[result.piece.form], KEY) for result in whole]
    sources = [START, *helpers, *(result.piece.source for result in whole)]
    asked = [_question(each) for each in cases]
    cells = [*map(Cell, sources), *(Cell(question=each) for each in asked)]
    runs = sandbox.run(cells, LIMITS) if whole else []
    for result, mine, run in zip(whole, cases, runs[len(sources) :], strict=True):
        _judge(result, mine, run)


def _question(cases: list[Case]) -> str:
    exercise = cases[0].exercise
    return question(exercise.name, [case.arguments for case in cases], exercise.standins)


def _judge(result: Traced, cases: list[Case], run: CellRun) -> None:
    """Fill in what a whole function returns, and what of it is not right in some case."""
    exercise = cases[0].exercise
    own, standin = _calls(run, len(cases)), exercise.standin if exercise.cell else None
    judged = _calls(run, len(cases), "stand-in") if standin else own
    first = next((answer for answer in own if isinstance(answer, str)), "")
    missing = UNDEFINED.search(first)
    if first and not (missing and missing[1] in SOURCE):
        result.raised = first
    result.outputs = _outputs(own[0], cases[0])
    wrong = _wrong(own, cases, None) and _wrong(judged, cases, standin)
    left = _calls(run, len(cases), "stand-in" if standin else "own", "arguments")
    pairs = [pair for pair in zip(left, cases, strict=True) if not isinstance(pair[0], str)]
    result.changes = not all(same(one, case.arguments) for one, case in pairs)
    if not wrong:
        result.departures = [d for d in result.departures if d.kind in ("view", "argument")]
    if not wrong and not result.changes:
        return
    if failed := next((answer for answer in judged if isinstance(answer, str)), ""):
        result.raised = result.raised or failed
    else:
        result.wrong = tuple(name for name in exercise.outputs if name in wrong)
        result.row = familiar(exercise, cases, list(zip(judged, left, strict=True)), standin)


def _wrong(answers: list[Any], cases: list[Case], standin: Any) -> set[str]:
    """The names of the outputs that are not right in some case."""
    found = set[str]()
    for answer, case in zip(answers, cases, strict=True):
        got, right = _outputs(answer, case) or {}, case.expected(standin)
        found |= {name for name, value in right.items() if not same(got.get(name), value)}
    return found


def _outputs(answer: Any, case: Case) -> dict[str, Any] | None:
    """The outputs of a function by name, if it returned any."""
    return None if isinstance(answer, str) else case.exercise.named(answer)
