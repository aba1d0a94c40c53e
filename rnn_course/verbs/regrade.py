"""The verb regrade of rnn-course: parse, call, print."""

import json
import sys
from contextlib import nullcontext
from tempfile import TemporaryFile

import click

from . import completion
from .class_run import SCHEDULER, STUDENT, WORKERS, begin, conducting, end_stopped, progress
from .options import COURSE, JSON, examples

KEEP = "Keep these grades?"
NAMED = 10  # students whose feedback is out of date; of more, only how many


@click.command(
    epilog=examples(
        "regrade rnn-step-by-step --dry-run",
        "regrade rnn-step-by-step",
        "regrade rnn-step-by-step --dry-run --json | jq .students",
    )
)
@click.argument("assignment", shell_complete=completion.assignments)
@click.option("--dry-run", is_flag=True, help="Show the difference and write nothing.")
@click.option("--yes", is_flag=True, help="Keep the new grades without being asked.")
@STUDENT
@WORKERS
@SCHEDULER
@JSON
@COURSE
def regrade(assignment, dry_run, yes, student, workers, scheduler, as_json, course):
    """Grade ASSIGNMENT again after a repair, the difference first.

    Whatever has changed since a submission was graded counts: the course's programs, points,
    source, settings, the due date, or what was handed in. Nothing is written before you have seen
    the difference and said yes. Exit status 1 if a submission could not be graded, else 0, whether
    there is a difference or not.
    """
    if not (dry_run or yes) and (as_json or not sys.stdin.isatty()):
        raise click.UsageError("Nobody can be asked here: add --yes to keep, or --dry-run to look.")
    begin(course)
    from ..grading.batch.difference import Difference
    from ..grading.batch.rehearse import Rehearsal

    difference, kept = Difference(assignment), False
    try:
        with (
            conducting(assignment, student, (), workers, scheduler) as conductor,
            # No name, no trace: what is graded, until it is kept.
            nullcontext() if dry_run else TemporaryFile() as aside,
        ):
            rehearsal = Rehearsal(conductor, aside)
            with nullcontext() if dry_run else conductor.folders:
                _rehearse(rehearsal, difference)
                if not as_json:
                    _print(difference)
                kept = bool(aside) and rehearsal.count > 0 and (yes or click.confirm(KEEP))
                if kept:
                    _keep(rehearsal)
            stale = _stale(conductor.settings, difference)
    except KeyboardInterrupt:
        kept_some = "what is kept is kept, the same command goes on."
        end_stopped(kept_some if kept else "nothing was written.")
    _tell(difference, kept, stale, as_json)
    sys.exit(1 if difference.failed else 0)


def _rehearse(rehearsal, difference) -> None:
    with progress(len(rehearsal.conductor.handed_in)) as told:
        for result, change in rehearsal:
            difference.add(result, change)
            told(result)


def _keep(rehearsal) -> None:
    with progress(rehearsal.count) as told:
        for result in rehearsal.keep():
            told(result)


def _stale(settings, difference) -> list[str]:
    """The students whose feedback says something else than their new grade."""
    students = sorted(change.student for change in difference.changes)
    return [student for student in students if settings.folder("feedback", student).exists()]


def _tell(difference, kept: bool, stale: list[str], as_json: bool) -> None:
    """What became of it, and what is to be done next."""
    if as_json:
        told = difference.to_dict() | {"kept": kept, "feedback_out_of_date": stale}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    graded = difference.outcomes["graded"]
    click.echo(f"\nKept: {graded} submissions." if kept else "\nNothing was written.")
    if kept and stale:
        named = f" ({', '.join(stale)})" if len(stale) <= NAMED else ""
        click.echo(
            f"The feedback of {len(stale)}{named} is out of date:"
            f" nbgrader generate_feedback {difference.assignment} --force"
        )


def _print(difference) -> None:
    from ..grading.batch.difference import KINDS, NEW

    outcomes = ", ".join(f"{number} {name}" for name, number in difference.outcomes.items())
    click.echo(f"\n{difference.assignment}: {outcomes}")
    for what, count in difference.since.most_common():
        click.echo(f"  changed since: {what} ({count})")
    for kind in KINDS:
        changes = difference.of(kind)
        if changes:
            click.secho(f"\n{kind.capitalize()}: {len(changes)}", bold=True)
        for change in changes:
            _print_change(change, kind != NEW)
    click.echo(f"\n{_summary(difference)}")
    for name, ways in difference.functions.items():
        click.echo(f"  {name}: {ways['down']} down, {ways['up']} up")
    if difference.by_hand:
        click.echo(
            f"Scores that a person gave stand, {difference.by_hand} of them here; kept, they are"
            " marked “needs manual grade”, as nbgrader does."
        )


def _print_change(change, in_full: bool) -> None:
    was, now = (f"{standing.total:g}" for standing in (change.before, change.after))
    late = (change.before.penalty, change.after.penalty)
    penalty = "  (late: {:g} → {:g} points off)".format(*late) if any(late) else ""
    click.echo(f"{change.student}  {was} → {now}{penalty}")
    for one in change.functions if in_full else ():
        scores = " → ".join(_points(score) for score in (one.before, one.after))
        by_hand = one.after.manual
        stands = "" if by_hand is None else f"; a person gave {by_hand:g}, which stands"
        click.echo(f"    {one.name}  {scores} of {one.max_points:g}{stands}")
        for when, words in (("before", one.was), ("now", one.now)):
            if words:
                click.echo(f"        {when + ':':8}{words}")


def _points(score) -> str:
    return "no score" if score.auto is None else f"{score.auto:g}"


def _summary(difference) -> str:
    from ..grading.batch.difference import GAINS, LOSES

    judged = difference.judged
    if not judged:
        return "The judgement changes nobody's points."
    largest = judged[0]
    down, up = len(difference.of(LOSES)), len(difference.of(GAINS))
    return (
        f"The judgement changes the points of {len(judged)}: {down} down, {up} up;"
        f" {difference.mean:+g} on average, {largest.gain:+g} at most ({largest.student})."
    )
