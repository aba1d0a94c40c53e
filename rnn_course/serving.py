"""The verb serve of rnn-course: parse, call, print."""

import click


@click.command()
def serve() -> None:
    """The mentor's page."""
    raise click.ClickException("Not done yet.")
