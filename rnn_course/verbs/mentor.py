"""The mentor's verbs of rnn-course: parse, call, print."""

import json
import sys
from pathlib import Path

import click

from . import completion
from .options import HTML, JSON, examples, write_page
from .progress import status
from .refusals import about

INTERRUPT = " … (Ctrl-C: stop with what was found)"
SIGNS = {True: "[green]✓[/]", False: "[red]✗[/]"}


@click.command(
    epilog=examples(
        "diagnose post.txt",
        "diagnose post.txt --html page.html",
        "diagnose - --json < post.txt",
    )
)
@click.argument("post", type=click.File("rb"))
@JSON
@HTML
@click.option("--seconds", default=60.0, show_default=True, help="Stop the search after this.")
def diagnose(post, as_json: bool, html: Path | None, seconds: float) -> None:
    """Name the lines at fault from the text of a forum POST.

    POST is a file, or - for what is piped in, with numbers, errors or code in it. Ctrl-C ends the
    search with what was found. Exit status 2 if there is nothing to diagnose.
    """
    from ..mentoring.conduct import diagnose_post
    from ..mentoring.diagnosis import Diagnosis, Found
    from ..mentoring.post.post import UnreadableError, decode

    with status(lines=False) as say:
        try:
            with about("The post"):
                text = decode(post.read())
            diagnoses = diagnose_post(text, seconds, lambda words: say(words + INTERRUPT))
        except UnreadableError as error:
            if as_json:
                told = Diagnosis("", "", Found.UNREADABLE, notes=(str(error),)).to_dict()
                click.echo(json.dumps(told | {"others": []}, indent=2))
            click.echo(str(error), err=True)
            sys.exit(2)
    if as_json:
        first, *others = [one.to_dict() for one in diagnoses]
        click.echo(json.dumps(first | {"others": others}, indent=2, ensure_ascii=False))
    else:
        for one in diagnoses:
            _print(one)
    if html:
        from ..mentoring.page.page import page

        write_page(html, page(diagnoses[0], others=diagnoses[1:]))


def _print(diagnosis) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(width=max(100, Console().width))
    head = f"[bold]{diagnosis.function}[/] ({diagnosis.generation}): [bold]{diagnosis.verdict}[/]"
    console.print(f"{head}   {diagnosis.seconds:.1f} s", highlight=False)
    if diagnosis.observations:
        table = Table("", "value", "reported", "expected", box=None)
        for seen in diagnosis.observations:
            cells = (seen.observation.place, seen.observation.text, seen.expected)
            table.add_row(SIGNS[seen.matches], *map(escape, cells))
        console.print(table)
    firsts = [key for key, state in diagnosis.states.items() if state == "first"]
    for function, name in firsts if diagnosis.explanations else ():
        console.print(f"Right turns wrong at [bold]{name}[/] in {function}.", highlight=False)
    for number, explanation in enumerate(diagnosis.explanations, 1):
        _print_explanation(console, number, len(diagnosis.explanations), explanation)
    for note in diagnosis.notes:
        console.print(escape(note), highlight=False)
    console.print()


def _print_explanation(console, number: int, count: int, explanation) -> None:
    from rich.markup import escape
    from rich.table import Table

    which = f" {number} of {count}" if count > 1 else ""
    told = f": prints {explanation.reproduced} of {explanation.of} values" if explanation.of else ""
    console.print(f"\n[bold]Explanation{which}[/]{told}", highlight=False)
    for mistake in explanation.mistakes:
        place = f"{mistake.function}, line {mistake.line}"
        place += f", equation {mistake.equation}" if mistake.equation else ""
        label = f"   {mistake.label}" if mistake.label else ""
        lines = {
            "was": mistake.was or "(nothing)",
            "is": mistake.becomes or "(nothing)",
            "why": mistake.why,
        }
        lines |= {f"hint {k}": hint for k, hint in enumerate(mistake.hints, 1)}
        console.print(f"  [bold]{place}[/]{label}", highlight=False)
        table = Table.grid(padding=(0, 1))
        for what, text in lines.items():
            table.add_row("   ", f"[dim]{what}[/]", escape(text))
        console.print(table, highlight=False)


@click.command(
    epilog=examples(
        "reproduce rnn_cell_backward/mean-for-sum",
        "reproduce lstm_forward/view-of-c --cell lstm_backward",
    )
)
@click.argument(
    "mistakes",
    nargs=-1,
    required=True,
    metavar="MISTAKE…",
    shell_complete=completion.mistakes,
)
@click.option(
    "--cell",
    metavar="FUNCTION",
    shell_complete=completion.functions,
    help="The function whose test cell is run (default: the first that shows).",
)
def reproduce(mistakes: tuple[str, ...], cell: str | None) -> None:
    """Print what a published test cell prints with these mistakes.

    A MISTAKE is a label of the catalogue; rnn-course mistakes lists them.
    """
    from ..mentoring import reproduce as how
    from ..mentoring.printed import EXERCISES

    if cell is not None and cell not in EXERCISES:
        raise click.UsageError(f"There is no function {cell}; there are {', '.join(EXERCISES)}.")
    try:
        rows = how.mistakes_named(mistakes)
        click.echo(how.printout(cell or how.cell_that_shows(rows), how.with_all(rows)))
    except how.CannotReproduceError as error:
        raise click.ClickException(str(error)) from None


@click.command(epilog=examples("mistakes", "mistakes lstm_forward --json"))
@click.argument("function", required=False, shell_complete=completion.functions)
@JSON
def mistakes(function: str | None, as_json: bool) -> None:
    """List the catalogue of mistakes, of one FUNCTION or of all."""
    from ..subject.mistakes import MISTAKES

    rows = [row for row in MISTAKES.values() if function in (None, row.function)]
    if not rows:
        names = dict.fromkeys(row.function for row in MISTAKES.values())
        raise click.UsageError(
            f"The catalogue has no mistake of a function {function}; it has some of"
            f" {', '.join(names)}."
        )
    if as_json:
        told = [{"name": r.label, "why": r.why, "hint": r.hint, "edits": r.edits} for r in rows]
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    width = max(len(row.label) for row in rows)
    for row in rows:
        click.echo(f"{row.label:{width}}  {row.why}")


@click.command(epilog=examples("grade mine.ipynb", "grade mine.py --explain"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@JSON
@click.option("--explain", is_flag=True, help="Give the line at fault away: for mentors.")
def grade(file: Path, as_json: bool, explain: bool) -> None:
    """Judge each function in a notebook or program FILE by itself.

    Of a wrong one it says where to look and what to compare, if the line at fault is found.
    """
    from ..grading.standalone import UnusableError, grade_file
    from ..sandbox.sandbox import Sandbox, SandboxError

    try:
        sandbox = Sandbox(preload=("numpy", "rnn_utils"))
        try:
            graded = grade_file(file, sandbox)
        finally:
            sandbox.close()
    except (SandboxError, UnusableError) as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    with status(lines=False) as say:
        told = {name: _graded(name, one, explain, say) for name, one in graded.items()}
    if as_json:
        click.echo(json.dumps({"functions": told}, indent=2, ensure_ascii=False))
        return
    for name, one in told.items():
        click.echo(f"{name:20} {one['verdict']:10} {one['detail']}".rstrip())


def _graded(name: str, graded, explain: bool, say) -> dict:
    """The verdict on one function in few words; if it is wrong, with the line at fault."""
    verdict = graded.verdict
    said = dict.fromkeys(filter(None, (verdict.reason, verdict.words)))
    told: dict = {"verdict": OUTCOMES.get(verdict.status, "wrong"), "detail": " ".join(said)}
    if told["verdict"] == "wrong" and graded.published is not None:
        say(f"looking for the line at fault in {name} …")
        explanations = _explanations(name, graded)
        if explain:
            told["explanations"] = [one.to_dict() for one in explanations]
        for mistake in (m for one in explanations[:1] for m in one.mistakes):
            told["detail"] += "".join(f"\n    {hint}" for hint in mistake.hints[: 2 + explain])
    return told


def _explanations(name: str, graded):
    """Those of a wrong function: from its numbers where they were published, else from its code."""
    from ..mentoring.from_code import from_code
    from ..mentoring.from_values import from_values
    from ..mentoring.printed import EXERCISES

    if name in EXERCISES:
        return from_values(name, graded.published).explanations
    diagnosis = from_code(graded.source, (name,))
    return diagnosis.explanations if diagnosis else ()


OUTCOMES = {
    "right": "right",
    "blank": "blank",
    "absent": "absent",
    "timed out": "timed out",
    **dict.fromkeys(("raised", "out of memory", "ended the process", "no answer"), "raised"),
}
COMMANDS = (diagnose, reproduce, mistakes, grade)
