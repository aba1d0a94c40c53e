"""Options and arguments that several verbs of rnn-course have."""

import os
from pathlib import Path

import click

from . import completion
from .refusals import CONFIG, about


def in_course(context, parameter, value: Path) -> Path:
    """The folder, if it is a course's: a click callback. Raises BadParameter."""
    if not (value / CONFIG).is_file():
        raise click.BadParameter(
            f"{value} holds no {CONFIG}: run the command in the course's folder, or name"
            " that folder with --course."
        )
    # Else nbgrader goes on without settings that it cannot run, and so without the sandbox.
    os.environ["TRAITLETS_APPLICATION_RAISE_CONFIG_FILE_ERROR"] = "1"
    return value.absolute()


def in_a_folder(context, parameter, value: Path | None) -> Path | None:
    """The file to be written, if its folder is there: better told now than after the work."""
    if value and not value.parent.is_dir():
        raise click.BadParameter(f"{value.parent} is no folder: make it, or name another.")
    return value and value.absolute()


COURSE = click.option(
    "--course",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    callback=in_course,
    help="The course's folder (default: this one).",
)
ASSIGNMENTS = click.argument("assignments", nargs=-1, shell_complete=completion.assignments)
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for a program to read.")
HTML = click.option(
    "--html",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    callback=in_a_folder,
    help="Write a page to this file.",
)


def examples(*lines: str) -> str:
    """The end of a verb's help, in click's way of writing it."""
    return "\n".join(("\b", "Examples:", *(f"  rnn-course {line}" for line in lines)))


def known(course: Path, assignments: tuple[str, ...]) -> list[str]:
    """The assignments that are named, or all that the course has a source of."""
    from ..subject.exercises import ASSIGNMENTS as IN_ORDER

    there = sorted(path.name for path in (course / "source").glob("[!.]*/") if path.is_dir())
    there.sort(key=lambda name: name not in IN_ORDER or IN_ORDER.index(name))
    if unknown := set(assignments) - set(there):
        raise click.UsageError(
            f"No assignment {', '.join(sorted(unknown))}. There are: {', '.join(there)}."
        )
    if not there:
        raise click.UsageError(f"{course / 'source'} holds no assignment: is this the course?")
    return list(assignments or there)


def write_page(path: Path, text: str) -> None:
    """Write what --html asked for, and say so."""
    with about(path):
        path.write_text(text, "utf-8")
    click.echo(f"Wrote {path}", err=True)
