"""The group of verbs: whatever a user can cause ends in a sentence, whichever verb it is."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from .refusals import of_text, sentence

STOPPED = 130  # 128 and the number of the signal, as shells have it


class Verbs(click.Group):
    """A group that says in a sentence what was refused. A bug of ours stays a traceback."""

    def main(self, *arguments, **options):
        """Run the program: click tells what is wrong in a call, this what else a user can mend."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):  # no sign is worth an error where it has no code
                stream.reconfigure(errors="backslashreplace")
        try:
            return super().main(*arguments, **options)
        except Exception as error:
            if not (words := sentence(error)):
                raise
        _give_up_printing()
        click.echo(f"Error: {words}", err=True)
        sys.exit(1)

    def invoke(self, ctx: click.Context):
        """Run the verb; Ctrl-C ends it, where the verb has no better use for it."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort):
            click.echo("\nStopped.", err=True)
            ctx.exit(STOPPED)


def _give_up_printing() -> None:
    """What cannot be printed would raise once more when Python ends."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def nbgrader_said() -> Iterator[None]:
    """A failed command of nbgrader in here becomes a sentence and exit status 1."""
    from ..grading.course import CommandError

    try:
        yield
    except CommandError as error:
        head, _, text = str(error).partition("\n")
        command = head.removesuffix(" failed:")
        words = of_text(text) or f"{command} failed ({_reason(text)}): run it to read all it says."
        raise click.ClickException(words) from None


def _reason(text: str) -> str:
    """The line that tells most: an error's own, if there is a traceback, else the first."""
    lines = [line.rpartition("| ERROR] ")[2].strip() for line in text.strip().splitlines()]
    named = [line for line in lines if re.match(r"[\w.]+(Error|Exception|Entry): ", line)]
    return (named[-1:] or lines[:1] or ["it said nothing"])[0].rstrip(".")
