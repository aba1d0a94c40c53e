"""The verb demo of rnn-course: parse, call, print."""

import json
import sys
from pathlib import Path
from shutil import rmtree

import click

from . import completion, demo_report
from .group import nbgrader_said
from .options import ASSIGNMENTS, COURSE, JSON, examples, known
from .progress import status

DEMO = "demo"  # folder of the demo's submissions, grades and feedback


@click.command(epilog=examples("demo", "demo rnn-step-by-step --only three-mistakes"))
@COURSE
@ASSIGNMENTS
@click.option(
    "--only",
    multiple=True,
    metavar="STUDENT",
    shell_complete=completion.members,
    help="Only these (may be repeated).",
)
@JSON
def demo(course: Path, assignments: tuple[str, ...], only: tuple[str, ...], as_json: bool) -> None:
    """Grade made-up students and say why points were lost.

    From release to feedback, of these ASSIGNMENTS or of all. What it writes lies in demo/, apart
    from the course's own grades. Exit status 1 if a student has other points than are due.
    """
    from ..grading.course import Course

    chosen = _chosen(known(course, assignments), only)
    area = Course(course, DEMO)
    if area.folder("").exists():  # an earlier demo, perhaps of an earlier notebook
        rmtree(area.folder(""))
    told, wrong = {}, []
    for assignment, members in chosen.items():
        graded = _grade(area, assignment, members)
        wrong += demo_report.not_due(members, graded)
        if as_json:
            told[assignment] = demo_report.rows(members, graded)
        else:
            demo_report.show(area, assignment, members, graded)
    if as_json:
        click.echo(json.dumps({"as_due": not wrong, "students": told}, indent=2))
    elif not wrong:
        count = sum(map(len, chosen.values()))
        click.echo(f"\nAll {count} students have just the points that they should have.")
    for words in wrong:
        click.echo(words, err=True)
    sys.exit(1 if wrong else 0)


def _chosen(assignments: list[str], only: tuple[str, ...]) -> dict[str, list]:
    """The members of each assignment's cohort, those that are named or all."""
    from ..grading.cohort import cohort

    cohorts = {assignment: cohort(assignment) for assignment in assignments}
    students = dict.fromkeys(name for members in cohorts.values() for name in members)
    if unknown := set(only) - set(students):
        raise click.UsageError(
            f"No student {', '.join(sorted(unknown))}. There are: {', '.join(students)}."
        )
    chosen = {
        assignment: [member for name, member in members.items() if name in (only or members)]
        for assignment, members in cohorts.items()
    }
    return {assignment: members for assignment, members in chosen.items() if members}


def _grade(course, assignment: str, members) -> dict[str, dict]:
    """The judge's results of each member, by function; nbgrader does it, step by step."""
    from ..grading.cohort import write_submissions

    with status() as say, nbgrader_said():
        say(f"Generating release/{assignment} …")
        course.release(assignment)
        write_submissions(course, assignment, members)
        for number, student in enumerate(course.autograde(assignment, "*"), 1):
            say(f"Autograding {number} of {len(members)}: {student}")
        say("Writing feedback …")
        course.feedback(assignment, "*")
    return {member.student: course.results(assignment, member.student) for member in members}
