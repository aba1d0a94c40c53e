"""The verb release of rnn-course: parse, call, print."""

import json
from pathlib import Path

import click

from .group import nbgrader_said
from .options import ASSIGNMENTS, COURSE, JSON, examples, known
from .progress import status


@click.command(epilog=examples("release", "release rnn-step-by-step"))
@COURSE
@ASSIGNMENTS
@JSON
def release(course: Path, assignments: tuple[str, ...], as_json: bool) -> None:
    """Generate release/ from source/ with nbgrader.

    Of these ASSIGNMENTS, or of all that have a source.
    """
    from ..grading.course import Course

    released = {}
    with status() as say:
        for assignment in known(course, assignments):
            say(f"Generating release/{assignment} …")
            with nbgrader_said():
                Course(course).release(assignment)
            released[assignment] = str(course / "release" / assignment)
    if as_json:
        click.echo(json.dumps({"released": released}, indent=2, ensure_ascii=False))
        return
    for folder in released.values():
        click.echo(f"Generated {folder}")
