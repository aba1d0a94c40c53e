"""The instructor's verbs of rnn-course that grade a class: parse, call, print."""

import gc
import json
import os
import sys
import time
from collections import Counter
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Thread

import click

from .options import COURSE

FEW = 32  # submissions that are graded before workers of this machine would have paid
SHOWN = 10  # mistakes in the table; all are in the JSON and on the page


@click.command()
@click.argument("assignment")
@click.option("--student", multiple=True, metavar="GLOB", help="Only these (may be repeated).")
@click.option("--force", is_flag=True, help="Grade again what has not changed since.")
@click.option(
    "--workers",
    type=click.IntRange(1),
    help="Processes of this machine (default: one for each core; 1: none beside this).",
)
@click.option("--scheduler", metavar="ADDRESS", help="Use the workers of this Dask scheduler.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.option(
    "--html", type=click.Path(path_type=Path), help="Write the class's picture to this file."
)
@COURSE
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def autograde(assignment, student, force, workers, scheduler, as_json, html, course, options):
    """Autograde ASSIGNMENT as nbgrader does, in parallel, and only what has changed.

    OPTIONS of nbgrader autograde may follow after --.
    """
    from .sandbox.sandbox import PRELOAD, SandboxError, shared

    os.chdir(course)
    try:
        shared(PRELOAD, False)  # it starts while the rest is imported
    except SandboxError as error:
        raise click.ClickException(str(error)) from None
    from .grading.batch import lean  # noqa: F401  it keeps others from being imported
    from .grading.batch.summary import Summary

    summary, stopped = Summary(assignment), False
    options = [*options, *(["--force"] if force else [])]
    try:
        _grade(summary, student, options, workers, scheduler)
    except KeyboardInterrupt:
        stopped = True
    _tell(summary, as_json, html)
    if stopped:
        click.echo("Stopped: what is graded is kept, the same command goes on.", err=True)
        sys.stdout.flush()
        os._exit(130)  # workers that are only starting end when this does, and not sooner
    sys.exit(1 if summary.failed else 0)


def _tell(summary, as_json: bool, html: Path | None) -> None:
    if as_json:
        click.echo(json.dumps(summary.to_dict(), indent=2, ensure_ascii=False))
    else:
        _print(summary)
    if html:
        from .grading.batch.page import page

        html.write_text(page(summary), "utf-8")
        click.echo(f"Wrote {html}", err=True)


def _grade(summary, students, options, workers, scheduler) -> None:
    """Run, and count each result into the summary."""
    gc.disable()  # what is imported now stays
    from .grading.batch.conduct import Conductor
    from .grading.batch.papers import CannotGradeError
    from .grading.batch.settings import Settings

    gc.freeze()
    gc.enable()
    try:
        settings = Settings(summary.assignment, students, options)
        conductor = Conductor(settings, _workers(workers, scheduler))
        with _progress(len(conductor.handed_in)) as told:
            for result in conductor:
                summary.add(result)
                told(result)
    except CannotGradeError as error:
        raise click.ClickException(str(error)) from None


def _workers(workers: int | None, scheduler: str | None):
    """What starts the workers; those of a scheduler are there at once, or there is an error."""
    from .grading.batch import cluster

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
def _progress(count: int):
    """Tell of each result: a bar on a terminal, else a line."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as TimeLeft

    console = Console(stderr=True)
    if not console.is_terminal:
        yield partial(_line, Counter(), count)
        return
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[told]}"))
    with Progress(*columns, TimeLeft(), TextColumn("left"), console=console) as progress:
        bar = progress.add_task("", total=count, told="")
        yield partial(_advance, progress, bar, Counter(), time.monotonic())


def _line(outcomes: Counter, count: int, result) -> None:
    outcomes[result.outcome] += 1
    points = f"{sum(v['points'] for v in result.verdicts):g} points" if result.verdicts else ""
    seconds = f"{sum(result.seconds.values()):.2f} s" if result.seconds else ""
    words = "  ".join(filter(None, (result.student, result.outcome, points, seconds)))
    click.echo(f"[{outcomes.total()}/{count}] {words}", err=True)
    for line in _said(result):
        click.echo(line, err=True)


def _advance(progress, bar, outcomes: Counter, start: float, result) -> None:
    outcomes[result.outcome] += 1
    done = outcomes.total() - outcomes["kept"]
    rate = f"{done / max(time.monotonic() - start, 1e-3):.1f}/s" if done else ""
    told = "  ".join([rate, *(f"{name} {number}" for name, number in outcomes.items())])
    progress.update(bar, advance=1, told=told)
    for line in _said(result):
        progress.console.print(line, markup=False, highlight=False)


def _said(result) -> list[str]:
    """Warnings and errors of a submission, one line each."""
    lines = [words for level, words in result.said if level != "INFO"]
    lines += result.failure.strip().splitlines()[-1:]
    named = (
        words if words.startswith(result.student) else f"{result.student}: {words}"
        for words in lines
    )
    return [f"    {words}" for words in named]


def _print(summary) -> None:
    from rich.console import Console

    console = Console(width=max(100, Console().width))
    outcomes = ", ".join(f"{number} {name}" for name, number in summary.outcomes.items())
    console.print(
        f"\n[bold]{summary.assignment}[/]: {outcomes or 'nothing was graded'}", highlight=False
    )
    for table in filter(None, (_functions(summary), _mistakes(summary), _slowest(summary))):
        console.print(table)


def _functions(summary):
    from rich.table import Table

    from .grading.batch.summary import KINDS

    if not summary.functions:
        return None
    table = Table(title="Functions: students by result", title_justify="left")
    table.add_column("function")
    for kind in (*KINDS, "mean points"):
        table.add_column(kind, justify="right")
    for name, kinds in summary.named().items():
        counts = (str(kinds[kind] or "·") for kind in KINDS)
        table.add_row(name, *counts, f"{summary.mean(name):.2f}")
    return table


def _mistakes(summary):
    from rich.table import Table

    if not summary.mistakes:
        return None
    table = Table(title="Commonest mistakes of the catalogue", title_justify="left")
    table.add_column("students", justify="right")
    table.add_column("mistake", no_wrap=True)
    table.add_column("what is wrong")
    for count, label, why in summary.commonest()[:SHOWN]:
        table.add_row(str(count), label, why)
    return table


def _slowest(summary):
    from rich.table import Table

    if not summary.slowest:
        return None
    table = Table(title="Slowest submissions", title_justify="left")
    table.add_column("student")
    table.add_column("seconds", justify="right")
    for seconds, student in summary.slowest:
        table.add_row(student, f"{seconds:.2f}")
    return table
