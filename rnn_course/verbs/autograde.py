"""The instructor's verbs of rnn-course that grade a class: parse, call, print."""

import json
import sys
from pathlib import Path

import click

from . import completion
from .class_run import SCHEDULER, STUDENT, WORKERS, begin, conducting, end_stopped, progress
from .options import COURSE, HTML, JSON, examples, write_page

SHOWN = 10  # mistakes in the table; all are in the JSON and on the page


@click.command(
    epilog=examples(
        "autograde rnn-step-by-step",
        "autograde rnn-step-by-step --student 'a*' --html class.html",
        "autograde rnn-step-by-step --json | jq .failed",
    )
)
@click.argument("assignment", shell_complete=completion.assignments)
@STUDENT
@click.option("--force", is_flag=True, help="Grade again what has not changed since.")
@WORKERS
@SCHEDULER
@JSON
@HTML
@COURSE
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def autograde(assignment, student, force, workers, scheduler, as_json, html, course, options):
    """Autograde ASSIGNMENT in parallel, and only what has changed.

    The grades are those of nbgrader autograde, whose OPTIONS may follow after --. Stopped with
    Ctrl-C or by an error, the same command goes on with the rest. Exit status 1 if a submission
    could not be graded.
    """
    begin(course)
    from ..grading.batch.summary import Summary

    summary, stopped = Summary(assignment), False
    options = [*options, *(["--force"] if force else [])]
    try:
        with (
            conducting(assignment, student, options, workers, scheduler) as conductor,
            progress(len(conductor.handed_in)) as told,
        ):
            for result in conductor:
                summary.add(result)
                told(result)
    except KeyboardInterrupt:
        stopped = True
    _tell(summary, as_json, html)
    if stopped:
        end_stopped("what is graded is kept, the same command goes on.")
    sys.exit(1 if summary.failed else 0)


def _tell(summary, as_json: bool, html: Path | None) -> None:
    if as_json:
        click.echo(json.dumps(summary.to_dict(), indent=2, ensure_ascii=False))
    else:
        _print(summary)
    if html:
        from ..grading.batch.page import page

        write_page(html, page(summary))


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

    from ..grading.batch.summary import KINDS

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
