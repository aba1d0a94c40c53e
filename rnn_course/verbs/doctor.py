"""The verb doctor of rnn-course: parse, call, print."""

import dataclasses
import json

import click

from .options import JSON, examples


@click.command(epilog=examples("doctor", "doctor --json"))
@JSON
def doctor(as_json: bool) -> None:
    """Try each layer of the sandbox and say which hold here.

    Exit status 1 if one is missing without which nothing is graded.
    """
    from ..sandbox.sandbox import Sandbox, SandboxError

    try:
        sandbox = Sandbox(preload=())
        layers = sandbox.layers
        sandbox.close()
    except SandboxError as error:
        raise click.ClickException(str(error)) from None
    missing = [layer.name for layer in layers if layer.required and not layer.holds]
    if as_json:
        rows = [dataclasses.asdict(layer) for layer in layers]
        click.echo(json.dumps({"possible": not missing, "layers": rows}, indent=2))
    else:
        _print(layers)
    if missing:
        raise click.ClickException(
            f"Nothing is graded without {' and '.join(missing)}. Landlock comes with Linux 5.13 and"
            " newer, seccomp with the package libseccomp2 (libseccomp on Fedora)."
        )
    if not as_json:
        click.echo("Grading is possible here: all layers that must hold do.")


def _print(layers) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("layer", "so that a submission", "state", "why")
    table.title = "The sandbox on this system"
    for layer in layers:
        state = "holds" if layer.holds else "MISSING" if layer.required else "not here"
        table.add_row(layer.name, layer.keeps, state, layer.why)
    Console(width=max(100, Console().width)).print(table)
