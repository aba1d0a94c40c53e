"""Options that several verbs of rnn-course have."""

from pathlib import Path

import click


def in_course(context, parameter, value: Path) -> Path:
    """The folder, if it is a course's: a click callback. Raises BadParameter."""
    if not (value / "nbgrader_config.py").is_file():
        raise click.BadParameter(
            f"{value} holds no nbgrader_config.py: run the command in the course's folder, or name"
            " that folder with --course."
        )
    return value.absolute()


COURSE = click.option(
    "--course",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    callback=in_course,
    help="The course's folder (default: this one).",
)
