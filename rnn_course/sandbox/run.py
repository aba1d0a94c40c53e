"""One submission on its way through one child after the other, seen from the grader's side.

Nothing that a child says is trusted: times, sizes and forms are checked here.
"""

import json
import os
import select
import time
from base64 import b64encode
from collections.abc import Mapping, MutableSequence
from dataclasses import asdict, dataclass, field

from . import frames
from .answer import with_stand_in_alone
from .limits import HURRIED, Limits
from .outputs import CellRun, Outcome, UnreadableError, ended, read

GRACE = 1.0  # seconds between asking a cell to end, from within, and ending its process


@dataclass(frozen=True)
class Cell:
    """A cell to run, or a question to put to a function of the student's (see answer.question)."""

    source: str = ""
    question: str | None = None

    def told(self, number: int, hurried: bool = False) -> dict:
        """The cell as the child reads it."""
        what = {"source": self.source, "hurried": hurried}
        return {
            "number": number,
            **(what if self.question is None else {"question": self.question}),
        }


@dataclass
class Run:
    """The cells, what is known of each, and what is left of the submission's time and room."""

    cells: MutableSequence[Cell]
    limits: Limits
    environment: Mapping[str, str]
    files: Mapping[str, bytes]
    done: list[CellRun | None] = field(init=False)
    left_out: set[int] = field(init=False, default_factory=set)

    def __post_init__(self):
        self.done = [None] * len(self.cells)
        self.end = time.monotonic() + self.limits.submission_seconds
        self.room = self.limits.notebook_output_kib * 1024

    def todo(self) -> list[int]:
        """The cells for the next child: those without a result, and the code they build on."""
        if None not in self.done:
            return []
        if time.monotonic() > self.end:
            for number in range(len(self.cells)):
                self._note(number, ended(Outcome.TIMED_OUT))
            return []
        numbers = (k for k in range(len(self.cells)) if k not in self.left_out)
        return [k for k in numbers if self.done[k] is None or self.cells[k].question is None]

    def request(self, todo: list[int]) -> bytes:
        """What the keeper is told."""
        hurried = self._hurried()
        told = {
            "limits": asdict(self.limits),
            "environment": dict(self.environment),
            "files": {name: b64encode(data).decode() for name, data in self.files.items()},
            "cells": [self.cells[k].told(k, hurried) for k in todo],
        }
        return json.dumps(told).encode()

    def listen(self, todo: list[int], talk: int) -> tuple[int, Outcome | None]:
        """Read a child's messages to the last cell, or as long as it keeps to the limits.

        Returns how many cells it told of, and why that is enough, if the child is to blame.
        """
        most = max(6 * self.limits.cell_output_kib, 2 * self.limits.answer_kib) * 1024 + 2**20
        reader, reached = frames.Frames(most), 0
        cell_end = self._next_end(todo[0])
        while reached < len(todo):
            wait = cell_end - time.monotonic()
            if wait <= 0 or not select.select([talk], [], [], wait)[0]:
                return reached, Outcome.TIMED_OUT
            data = os.read(talk, 2**20)
            if not data:
                return reached, None
            try:
                for message in reader.feed(data):
                    number = todo[reached]
                    asked = self.cells[number].question is not None
                    run = read(message, number, asked, self.limits.answer_kib)
                    self._note(number, run)
                    if run.outcome is Outcome.OUT_OF_MEMORY:  # others would lack what it holds
                        return reached, run.outcome
                    reached += 1
                    cell_end = self._next_end(*todo[reached : reached + 1])
            except frames.FrameError:
                return reached, Outcome.TOO_MUCH_OUTPUT
            except (UnreadableError, IndexError):  # IndexError: more messages than cells
                return min(reached, len(todo) - 1), Outcome.UNREADABLE
        return reached, None

    def _hurried(self) -> bool:
        """Whether a cell has been stopped: what calls a loop once calls it again."""
        return any(run is not None and run.outcome is Outcome.TIMED_OUT for run in self.done)

    def _next_end(self, number: int | None = None) -> float:
        """When the next cell, if there is one, must have told of itself."""
        asked = number is None or self.cells[number].question is not None
        share = 1.0 if asked or not self._hurried() else HURRIED
        return min(time.monotonic() + share * self.limits.cell_seconds, self.end) + GRACE

    def _note(self, number: int, run: CellRun) -> None:
        """Keep a cell's first result, as far as there is room for its outputs."""
        if self.done[number] is None:
            fits = run.size <= self.room
            self.done[number] = run if fits else ended(Outcome.TOO_MUCH_OUTPUT)
            self.room -= run.size if fits else 0  # those behind do not pay for it

    def leave_out(self, number: int, outcome: Outcome) -> None:
        """The cell at which a child ended; the next child does without it.

        A function that may have ended in the student's own cell is asked with the stand-in first.
        """
        asked = self.cells[number].question
        if asked and (again := with_stand_in_alone(asked)):
            self.cells[number] = Cell(question=again)
            return
        self.left_out.add(number)
        self._note(number, ended(outcome))
