"""What the verbs that grade a class have in common: the conductor, its workers, its progress."""

import gc
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from threading import Thread

import click

from . import completion
from .group import STOPPED
from .refusals import about

FEW = 32  # submissions that are graded before workers of this machine would have paid
STUDENT = click.option(
    "--student",
    multiple=True,
    metavar="GLOB",
    shell_complete=completion.submitted,
    help="Only these (may be repeated).",
)
WORKERS = click.option(
    "--workers",
    type=click.IntRange(1),
    help="Processes of this machine (default: one for each core; 1: none beside this).",
)
SCHEDULER = click.option(
    "--scheduler", metavar="ADDRESS", help="Use the workers of this Dask scheduler."
)


def begin(course: Path) -> None:
    """Go to the course's folder, and start the sandbox while the rest is imported."""
    from ..sandbox.sandbox import PRELOAD, SandboxError, shared

    os.chdir(course)
    try:
        shared(PRELOAD, False)
    except SandboxError as error:
        raise click.ClickException(str(error)) from None
    from ..grading.batch import lean  # noqa: F401  it keeps others from being imported


@contextmanager
def conducting(assignment: str, students, options, workers, scheduler) -> Iterator:
    """The conductor of a class; what keeps it from grading becomes a sentence."""
    gc.disable()  # what is imported now stays
    from ..grading.batch.conduct import Conductor
    from ..grading.batch.papers import CannotGradeError
    from ..grading.batch.settings import Settings

    gc.freeze()
    gc.enable()
    try:
        settings = Settings(assignment, students, options)
        conductor = Conductor(settings, _workers(workers, scheduler))
        with closing(settings.ledger), about(Path("autograded").absolute()):
            yield conductor
    except CannotGradeError as error:
        raise click.ClickException(str(error)) from None


def end_stopped(words: str) -> None:
    """End at once after Ctrl-C: workers that are only starting end when this does, not sooner."""
    click.echo(f"Stopped: {words}", err=True)
    sys.stdout.flush()
    os._exit(STOPPED)


def _workers(workers: int | None, scheduler: str | None):
    """What starts the workers; those of a scheduler are there at once, or there is an error."""
    from ..grading.batch import cluster

    if scheduler:
        ready: Future = Future()
        ready.set_result(cluster.joined(scheduler))
        return lambda count: ready
    workers = workers or len(os.sched_getaffinity(0))

    def start(count: int) -> Future | None:
        if workers == 1 or count <= FEW:
            return None
        started: Future = Future()
        Thread(target=_start, args=(started, cluster.local, workers), daemon=True).start()
        return started

    return start


def _start(started: Future, start, workers: int) -> None:
    try:
        started.set_result(start(workers))
    except Exception as error:  # whatever it is, the class is graded here
        click.echo(f"No workers, so all is graded in one process: {error}", err=True)
        started.cancel()


@contextmanager
def progress(count: int):
    """Tell of each result: a bar on a terminal, else a line."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as TimeLeft

    console = Console(stderr=True)
    if not console.is_terminal:
        yield partial(_line, Counter(), count)
        return
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[told]}"))
    with Progress(*columns, TimeLeft(), TextColumn("left"), console=console) as shown:
        bar = shown.add_task("", total=count, told="")
        yield partial(_advance, shown, bar, Counter(), time.monotonic())


def _line(outcomes: Counter, count: int, result) -> None:
    outcomes[result.outcome] += 1
    points = f"{sum(v['points'] for v in result.verdicts):g} points" if result.verdicts else ""
    seconds = f"{sum(result.seconds.values()):.2f} s" if result.seconds else ""
    words = "  ".join(filter(None, (result.student, result.outcome, points, seconds)))
    click.echo(f"[{outcomes.total()}/{count}] {words}", err=True)
    for line in _said(result):
        click.echo(line, err=True)


def _advance(shown, bar, outcomes: Counter, start: float, result) -> None:
    outcomes[result.outcome] += 1
    done = outcomes.total() - outcomes["kept"]
    rate = f"{done / max(time.monotonic() - start, 1e-3):.1f}/s" if done else ""
    told = "  ".join([rate, *(f"{name} {number}" for name, number in outcomes.items())])
    shown.update(bar, advance=1, told=told)
    for line in _said(result):
        shown.console.print(line, markup=False, highlight=False)


def _said(result) -> list[str]:
    """Warnings and errors of a submission, one line each."""
    lines = [words for level, words in result.said if level != "INFO"]
    lines += result.failure.strip().splitlines()[-1:]
    named = (
        words if words.startswith(result.student) else f"{result.student}: {words}"
        for words in lines
    )
    return [f"    {words}" for words in named]
