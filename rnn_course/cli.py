"""The command rnn-course: one verb a job. It parses, calls and prints; the rest is elsewhere."""

import sys
from pathlib import Path
from shutil import rmtree

import click

from .instructor import autograde
from .mentor import COMMANDS
from .options import COURSE
from .regrading import regrade
from .serving import serve
from .student import lab

DEMO = "demo"  # folder of the demo's submissions, grades and feedback


@click.group()
@click.version_option(package_name="rnn-course")
def main() -> None:
    """Graded notebooks on recurrent networks: the jobs around nbgrader."""


for _command in (autograde, regrade, lab, serve, *COMMANDS):
    main.add_command(_command)


@main.command()
@COURSE
@click.argument("assignments", nargs=-1)
def release(course: Path, assignments: tuple[str, ...]) -> None:
    """Generate release/ from source/ with nbgrader, of these ASSIGNMENTS or of all."""
    from .grading.course import Course

    for assignment in _known(course, assignments):
        _or_complain(Course(course).release, assignment)
        click.echo(f"Generated {course / 'release' / assignment}")


@main.command()
@COURSE
@click.argument("assignments", nargs=-1)
@click.option("--only", multiple=True, metavar="STUDENT", help="Only these (may be repeated).")
def demo(course: Path, assignments: tuple[str, ...], only: tuple[str, ...]) -> None:
    """Grade made-up students, from release to feedback, and say why points were lost.

    ASSIGNMENTS are those that they hand in; all, if none is named.
    """
    from .grading.cohort import cohort
    from .grading.course import Course

    cohorts = {assignment: cohort(assignment) for assignment in _known(course, assignments)}
    students = dict.fromkeys(name for members in cohorts.values() for name in members)
    if unknown := set(only) - set(students):
        raise click.UsageError(
            f"No student {', '.join(sorted(unknown))}. There are: {', '.join(students)}."
        )
    if (course / DEMO).exists():  # an earlier demo, perhaps of an earlier notebook
        rmtree(course / DEMO)
    right = True
    for assignment, members in cohorts.items():
        chosen = [member for name, member in members.items() if name in (only or members)]
        right &= not chosen or _demonstrate(Course(course, DEMO), assignment, chosen)
    sys.exit(0 if right else 1)


def _known(course: Path, assignments: tuple[str, ...]) -> list[str]:
    """The assignments that are named, or all that the course has a source of."""
    from .subject.exercises import ASSIGNMENTS

    there = sorted(path.name for path in (course / "source").glob("[!.]*/") if path.is_dir())
    there.sort(key=lambda name: name not in ASSIGNMENTS or ASSIGNMENTS.index(name))
    if unknown := set(assignments) - set(there):
        raise click.UsageError(
            f"No assignment {', '.join(sorted(unknown))}. There are: {', '.join(there)}."
        )
    return list(assignments or there)


def _demonstrate(course, assignment: str, members) -> bool:
    """Grade the members and print the results; whether they are those that are due."""
    from .grading.cohort import write_submissions

    click.echo(f"Generating release/{assignment} …", err=True)
    _or_complain(course.release, assignment)
    write_submissions(course, assignment, members)
    _or_complain(_autograde, course, assignment, len(members))
    click.echo("Writing feedback …", err=True)
    _or_complain(course.feedback, assignment, "*")
    graded = {m.student: course.results(assignment, m.student) for m in members}
    _print_table(assignment, graded)
    _print_reasons(members, graded)
    _print_paths(course, assignment, members[0].student)
    return _as_due(members, graded)


@main.command()
def doctor() -> None:
    """Try each layer of the sandbox and say which hold here; exit status 1 if grading refuses."""
    from rich.console import Console
    from rich.table import Table

    from .sandbox.sandbox import Sandbox, SandboxError

    table = Table(title="The sandbox on this system")
    for column in ("layer", "so that a submission", "state", "why"):
        table.add_column(column)
    try:
        sandbox = Sandbox(preload=())
        layers = sandbox.layers
        sandbox.close()
    except SandboxError as error:
        raise click.ClickException(str(error)) from None
    for layer in layers:
        state = "holds" if layer.holds else "MISSING" if layer.required else "not here"
        table.add_row(layer.name, layer.keeps, state, layer.why)
    Console(width=max(100, Console().width)).print(table)
    missing = [layer.name for layer in layers if layer.required and not layer.holds]
    if missing:
        raise click.ClickException(
            f"Nothing is graded without {' and '.join(missing)}. Landlock comes with Linux 5.13 and"
            " newer, seccomp with the package libseccomp2 (libseccomp on Fedora)."
        )
    click.echo("Grading is possible here: all layers that must hold do.")


def _or_complain(function, *arguments) -> None:
    """Call the function; a failed nbgrader command becomes a message and exit status 1."""
    from .grading.course import CommandError

    try:
        function(*arguments)
    except CommandError as error:
        raise click.ClickException(str(error)) from None


def _autograde(course, assignment: str, count: int) -> None:
    for number, student in enumerate(course.autograde(assignment, "*"), 1):
        click.echo(f"Autograding {number} of {count}: {student}", err=True)


def _print_table(assignment: str, graded) -> None:
    from rich.console import Console
    from rich.measure import Measurement
    from rich.table import Table

    table = Table(title=f"Points: {assignment}")
    table.add_column("student", no_wrap=True)
    functions = list(dict.fromkeys(name for results in graded.values() for name in results))
    for name in functions:
        head = name.replace("_forward", " fwd").replace("_backward", " bwd").replace("_", " ")
        table.add_column(head.replace(" ", "\n"), justify="right", vertical="bottom")
    table.add_column("total", justify="right", style="bold")
    for student, results in graded.items():
        row = [f"{results[name].points:g}" if name in results else "-" for name in functions]
        total = sum(result.points for result in results.values())
        table.add_row(student, *row, f"{total:g}")
    wide = Console(width=1000)
    least = Measurement.get(wide, wide.options, table).maximum
    Console(width=max(least, Console().width)).print(table)


def _print_reasons(members, graded) -> None:
    for member in members:
        lost = {k: r for k, r in graded[member.student].items() if r.points < r.max_points}
        click.echo(f"\n{member.student}: {member.story}")
        for name, result in lost.items():
            points = f"-{result.max_points - result.points:g}"
            click.echo(f"  {points:>4}  {name}: {result.reason}")
        if not lost:
            click.echo("        no points lost")


def _print_paths(course, assignment: str, student: str) -> None:
    below = Path(student, assignment)
    paths = {
        "the students' notebook": course.root / "release" / assignment / f"{assignment}.ipynb",
        "a graded notebook": course.folder("autograded") / below / f"{assignment}.ipynb",
        "its feedback page": course.folder("feedback") / below / f"{assignment}.html",
        "the demo's gradebook": course.gradebook,
    }
    click.echo("\nOpen next:")
    for what, path in paths.items():
        click.echo(f"  {what:22} {path}")


def _as_due(members, graded) -> bool:
    """Whether each member has the points that are due; says who has not."""
    wrong = 0
    for member in members:
        for name, points in member.points.items():
            result = graded[member.student].get(name)
            if result is None or result.points != points:
                got = "no verdict" if result is None else f"{result.points:g}"
                click.echo(f"{member.student}, {name}: {got}, but {points:g} is due.", err=True)
                wrong += 1
    if not wrong:
        click.echo(f"\nAll {len(members)} students have just the points that they should have.")
    return not wrong
