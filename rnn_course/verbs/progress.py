"""What a verb is doing: a line that changes on a terminal, and lines elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import click


@contextmanager
def status(lines: bool = True) -> Iterator[Callable[[str], None]]:
    """Tell in words what is being done; lines says whether to tell it without a terminal, too."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield partial(click.echo, err=True) if lines else lambda words: None
        return
    with console.status("…") as shown:
        yield shown.update
