"""What the demo says of its students: points, why they were lost, where to look."""

import dataclasses
from pathlib import Path
from typing import Any

import click


def show(course, assignment: str, members, graded) -> None:
    """Print the table, the reasons, and what to open next."""
    _print_table(assignment, graded)
    _print_reasons(members, graded)
    _print_paths(course, assignment, members[0].student)


def rows(members, graded) -> list[dict[str, Any]]:
    """JSON's view of the students."""
    return [
        {
            "student": member.student,
            "story": member.story,
            "points": sum(one.points for one in graded[member.student].values()),
            "functions": {
                name: dataclasses.asdict(one) | {"due": member.points.get(name)}
                for name, one in graded[member.student].items()
            },
        }
        for member in members
    ]


def not_due(members, graded) -> list[str]:
    """A sentence on each result that is another than the member's due."""
    wrong = []
    for member in members:
        for name, points in member.points.items():
            result = graded[member.student].get(name)
            if result is None or result.points != points:
                got = "no verdict" if result is None else f"{result.points:g}"
                wrong.append(f"{member.student}, {name}: {got}, but {points:g} is due.")
    return wrong


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
