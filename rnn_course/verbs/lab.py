"""The verb lab of rnn-course: parse, call, print."""

import subprocess
import sys
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path

import click

from . import completion
from .options import examples


@click.command(epilog=examples("lab", "lab lstm-language-network", "lab -- --no-browser"))
@click.option(
    "--release",
    type=click.Path(path_type=Path),
    default="release",
    show_default=True,
    help="The folder with the assignments as they are handed out.",
)
@click.option(
    "--work",
    type=click.Path(path_type=Path),
    default="work",
    show_default=True,
    help="The folder with your copies of them.",
)
@click.argument(
    "words",
    nargs=-1,
    type=click.UNPROCESSED,
    metavar="[ASSIGNMENT] [-- OPTIONS]",
    shell_complete=completion.assignments,
)
def lab(release: Path, work: Path, words: tuple[str, ...]) -> None:
    """Open an assignment in JupyterLab, in a copy of the release.

    ASSIGNMENT, or the first one. Your work in a copy is never overwritten: a newer release is put
    beside it. OPTIONS of jupyter lab may follow after --.
    """
    from .handout import hand_out

    names = list(takewhile(lambda word: not word.startswith("-"), words))
    opened, *others = _to_open(release, names)
    if find_spec("jupyterlab") is None:
        raise click.ClickException(
            "JupyterLab is not installed: python -m pip install jupyterlab, then run this again."
        )
    copies = {}
    for name in (opened, *others):
        copies[name], earlier = hand_out(release / name, work)
        if earlier:
            click.echo(
                f"{name} was released anew: the new one is in {copies[name]}."
                f" Your work in {earlier} is as you left it."
            )
    notebook = Path(copies[opened].name, f"{opened}.ipynb")
    sys.exit(_jupyter(work, str(notebook), *words[len(names) :]))


def _to_open(release: Path, names: list[str]) -> list[str]:
    """All assignments, with the one to be opened first."""
    from ..subject.exercises import ASSIGNMENTS as IN_ORDER
    from .handout import assignments

    there = assignments(release)
    if not there:
        raise click.UsageError(
            f"{release} holds no assignment: run the command in the course's folder, or name the"
            " folder that you were given with --release."
        )
    if len(names) > 1 or not set(names) <= set(there):
        raise click.UsageError(
            f"{' '.join(names)} is no assignment: name one of {', '.join(there)}."
        )
    first = [*names, *IN_ORDER]
    return sorted(there, key=lambda name: first.index(name) if name in first else len(first))


def _jupyter(work: Path, *arguments: str) -> int:
    """JupyterLab in the student's folder, where no configuration of a course is read."""
    seen = f"--ServerApp.root_dir={work.absolute()}"  # else it shows the notebook's folder alone
    command = [sys.executable, "-m", "jupyterlab", seen, *arguments]
    with subprocess.Popen(command, cwd=work) as jupyter:
        while True:
            try:
                return jupyter.wait()
            except KeyboardInterrupt:  # JupyterLab has it as well, and asks whether to end
                continue
