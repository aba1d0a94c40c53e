"""The mentor's verbs of rnn-course: parse, call, print."""

import json
import sys
from contextlib import contextmanager
from pathlib import Path

import click

SIGNS = {True: "[green]✓[/]", False: "[red]✗[/]"}


@click.command()
@click.argument("post", type=click.File("rb"))
@click.option("--json", "as_json", is_flag=True, help="Print the diagnosis as JSON.")
@click.option("--html", type=click.Path(path_type=Path), help="Write a page to this file.")
@click.option("--seconds", default=60.0, show_default=True, help="Stop the search after this.")
def diagnose(post, as_json: bool, html: Path | None, seconds: float) -> None:
    """Name the lines at fault from the numbers or the code of a forum POST (a file, or -)."""
    from .mentoring.conduct import diagnose_post
    from .mentoring.diagnosis import Diagnosis, Found
    from .mentoring.post.post import UnreadableError, decode

    with _progress() as progress:
        try:
            diagnoses = diagnose_post(decode(post.read()), seconds, progress)
        except UnreadableError as error:
            if as_json:
                told = Diagnosis("", "", Found.UNREADABLE, notes=(str(error),)).to_dict()
                click.echo(json.dumps(told | {"others": []}, indent=2))
            click.echo(str(error), err=True)
            sys.exit(2)
    if html:
        from .mentoring.page.page import page

        html.write_text(page(diagnoses[0], others=diagnoses[1:]), "utf-8")
        click.echo(f"Wrote {html}", err=True)
    if as_json:
        first, *others = [one.to_dict() for one in diagnoses]
        click.echo(json.dumps(first | {"others": others}, indent=2, ensure_ascii=False))
    else:
        for one in diagnoses:
            _print(one)


@contextmanager
def _progress():
    """A line on the terminal that says how far a search is; nothing if stderr is no terminal."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda words: None
        return
    with console.status("reading …") as status:
        yield lambda words: status.update(f"{words} … (Ctrl-C: stop with what was found)")


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


@click.command()
@click.argument("mistakes", nargs=-1, required=True, metavar="MISTAKE…")
@click.option("--cell", help="The function whose test cell is run (default: the first that shows).")
def reproduce(mistakes: tuple[str, ...], cell: str | None) -> None:
    """Print what a published test cell prints with these mistakes of the catalogue."""
    from .mentoring import reproduce as how
    from .mentoring.printed import EXERCISES

    if cell is not None and cell not in EXERCISES:
        raise click.UsageError(f"There is no function {cell}; there are {', '.join(EXERCISES)}.")
    try:
        rows = how.mistakes_named(mistakes)
        click.echo(how.printout(cell or how.cell_that_shows(rows), how.with_all(rows)))
    except how.CannotReproduceError as error:
        raise click.ClickException(str(error)) from None


@click.command()
@click.argument("function", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the rows as JSON.")
def mistakes(function: str | None, as_json: bool) -> None:
    """List the catalogue of mistakes, of one FUNCTION or of all."""
    from .subject.mistakes import MISTAKES

    rows = [row for row in MISTAKES.values() if function in (None, row.function)]
    if not rows:
        raise click.UsageError(f"The catalogue has no mistake of a function {function}.")
    if as_json:
        told = [{"name": r.label, "why": r.why, "hint": r.hint, "edits": r.edits} for r in rows]
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    width = max(len(row.label) for row in rows)
    for row in rows:
        click.echo(f"{row.label:{width}}  {row.why}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the verdicts as JSON.")
@click.option("--explain", is_flag=True, help="Give the line at fault away: for mentors.")
def grade(file: Path, as_json: bool, explain: bool) -> None:
    """Judge each function of the assignments in a notebook or program FILE by itself.

    Of a wrong one it says where to look and what to compare, if the line at fault is found.
    """
    from .grading.standalone import UnusableError, grade_file
    from .sandbox.sandbox import Sandbox, SandboxError

    try:
        sandbox = Sandbox(preload=("numpy", "rnn_utils"))
        try:
            graded = grade_file(file, sandbox)
        finally:
            sandbox.close()
    except (SandboxError, UnusableError) as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    with _progress() as progress:
        told = {name: _graded(name, one, explain, progress) for name, one in graded.items()}
    if as_json:
        click.echo(json.dumps({"functions": told}, indent=2, ensure_ascii=False))
        return
    for name, one in told.items():
        click.echo(f"{name:20} {one['verdict']:10} {one['detail']}".rstrip())


def _graded(name: str, graded, explain: bool, progress) -> dict:
    """The verdict on one function in few words; if it is wrong, with the line at fault."""
    verdict = graded.verdict
    said = dict.fromkeys(filter(None, (verdict.reason, verdict.words)))
    told: dict = {"verdict": OUTCOMES.get(verdict.status, "wrong"), "detail": " ".join(said)}
    if told["verdict"] == "wrong" and graded.published is not None:
        progress(f"looking for the line at fault in {name}")
        explanations = _explanations(name, graded)
        if explain:
            told["explanations"] = [one.to_dict() for one in explanations]
        for mistake in (m for one in explanations[:1] for m in one.mistakes):
            told["detail"] += "".join(f"\n    {hint}" for hint in mistake.hints[: 2 + explain])
    return told


def _explanations(name: str, graded):
    """Those of a wrong function: from its numbers where they were published, else from its code."""
    from .mentoring.from_code import from_code
    from .mentoring.from_values import from_values
    from .mentoring.printed import EXERCISES

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
