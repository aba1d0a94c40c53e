"""What came out of a child, checked before anything else sees it: text and PNG, nothing active."""

import base64
import binascii
import json
import struct
from dataclasses import dataclass, field
from enum import StrEnum

from traitlets.utils.bunch import Bunch

PNG = b"\x89PNG\r\n\x1a\n"
MAX_PIXELS = 40_000_000  # so that no browser unpacks gigabytes
MAX_OUTPUTS = 2_000  # of one cell
OUTPUT = 2_000  # characters that an output counts for, beside its own


class Outcome(StrEnum):
    """How a cell ended that did not just run."""

    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    TOO_MUCH_OUTPUT = "too much output"
    TOO_MUCH_ON_DISK = "too much on disk"
    TOO_MANY_THREADS = "too many threads"
    ENDED = "ended the process"
    UNREADABLE = "unreadable"


WORDS = {
    Outcome.TIMED_OUT: "It did not end within the time limit.",
    Outcome.OUT_OF_MEMORY: "It needed more memory than the limit.",
    Outcome.TOO_MUCH_OUTPUT: "It put out more than the limit.",
    Outcome.TOO_MUCH_ON_DISK: "It wrote more to files than the limit.",
    Outcome.TOO_MANY_THREADS: "It started more threads than the limit.",
    Outcome.ENDED: "It ended the whole program.",
    Outcome.UNREADABLE: "It sent something that is no output.",
}
ERRORS = {  # raised in the child → how the cell ended
    "CellTimeoutError": Outcome.TIMED_OUT,
    "MemoryError": Outcome.OUT_OF_MEMORY,
    "TooMuchOutputError": Outcome.TOO_MUCH_OUTPUT,
} | {outcome.name: outcome for outcome in Outcome}


@dataclass
class CellRun:
    """What became of one cell: its outputs, or the answer to a question, and how it ended."""

    outputs: list[Bunch] = field(default_factory=list)
    answer: str | None = None
    outcome: Outcome | None = None
    count: int | None = None

    @property
    def size(self) -> int:
        """Characters of its outputs, as JSON; each counts for more, for it is work later on."""
        return len(json.dumps(self.outputs)) + OUTPUT * len(self.outputs)


class UnreadableError(ValueError):
    """The message is not what a child sends."""


def ended(outcome: Outcome) -> CellRun:
    """The cell that was running when its process had to end."""
    words = WORDS[outcome]
    error = {"ename": outcome.name, "evalue": words, "traceback": [f"{outcome}: {words}"]}
    return CellRun([_node("error", **error)], outcome=outcome)


def read(message: bytes, number: int, asked: bool, answer_kib: int) -> CellRun:
    """The run of cell number in a child's message. Raises UnreadableError."""
    try:
        told = json.loads(message)
        if told["cell"] != number or asked != ("answer" in told):
            raise UnreadableError("it answers something that was not asked")
        if asked:
            answer = _text(told["answer"])
            over = len(answer) > answer_kib * 1024
            return ended(Outcome.TOO_MUCH_OUTPUT) if over else CellRun(answer=answer)
        outputs = [_output(raw) for raw in told["outputs"][:MAX_OUTPUTS]]
        count = told.get("count")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UnreadableError(f"no message of a child: {type(error).__name__}") from error
    outcomes = [outcome for output in outputs if (outcome := outcome_of(output))]
    count = count if type(count) is int and 0 <= count < 10**6 else None
    return CellRun(outputs, outcome=outcomes[-1] if outcomes else None, count=count)


def outcome_of(output: Bunch) -> Outcome | None:
    """The named outcome that an error stands for, if it does for one."""
    return ERRORS.get(output.ename) if output.output_type == "error" else None


def _text(value) -> str:
    if not isinstance(value, str):
        raise UnreadableError("no text")
    return value.encode("utf-8", "replace").decode()  # no lone surrogates


def _output(raw: dict) -> Bunch:
    kind = raw["output_type"]
    if kind == "stream":
        name = "stderr" if raw["name"] == "stderr" else "stdout"
        return _node(kind, name=name, text=_text(raw["text"]))
    if kind == "error":
        lines = [_text(line) for line in raw["traceback"]]
        words = {name: _text(raw[name]) for name in ("ename", "evalue")}
        return _node(kind, **words, traceback=lines)
    if kind == "execute_result":
        number = raw["execution_count"]
        number = number if type(number) is int and 0 <= number < 10**6 else None
        return _node(kind, data=_data(raw["data"]), metadata={}, execution_count=number)
    if kind == "display_data":
        return _node(kind, data=_data(raw["data"]), metadata={})
    raise UnreadableError("no kind of output")


def _node(kind: str, **fields) -> Bunch:
    """An output as nbformat has it. To import nbformat takes seconds, and not all need it."""
    return Bunch(output_type=kind, **fields)


def _data(bundle: dict) -> dict[str, str]:
    """Plain text and PNG; of what is left out, the type's name."""
    kept = {}
    if "image/png" in bundle and _is_png(bundle["image/png"]):
        kept["image/png"] = _text(bundle["image/png"])
    if "text/plain" in bundle:
        kept["text/plain"] = _text(bundle["text/plain"])
    if not kept:
        types = ", ".join(sorted(_text(mime)[:80] for mime in bundle))
        kept["text/plain"] = f"[left out: {types}]"
    return kept


def _is_png(text) -> bool:
    if not isinstance(text, str):
        return False
    try:
        head = base64.b64decode(text[:64], validate=True)
        base64.b64decode(text.replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        return False
    if not head.startswith(PNG) or len(head) < 24:
        return False
    width, height = struct.unpack(">II", head[16:24])
    return width * height <= MAX_PIXELS
