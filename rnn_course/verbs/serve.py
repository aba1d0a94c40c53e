"""The verb serve of rnn-course: parse, call, print; and what each of its searches runs."""

import os
import signal
import sys
from pathlib import Path

import click

from .options import examples

SHARED = (
    "Whoever reaches {host} can now have posts searched, and code in them run in the sandbox, on"
    " this machine: there is no password, and nothing is encrypted."
)
SEARCH = "rnn_course.verbs.serve"  # this module; run by itself, it is one search


@click.command(epilog=examples("serve", "serve --port 8700 --no-browser"))
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    default=8642,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="The port to listen on (0: any that is free).",
)
@click.option("--seconds", default=60.0, show_default=True, help="Stop each search after this.")
@click.option("--browser/--no-browser", default=True, help="Whether to open the page.")
def serve(host: str, port: int, seconds: float, browser: bool) -> None:
    """Open a page for mentors: a post goes in, a reply comes out."""
    import asyncio
    import webbrowser

    from tornado.netutil import bind_sockets

    from ..mentoring.serve import server
    from ..mentoring.serve.guard import is_loopback
    from ..mentoring.serve.searches import Searches

    try:
        sockets = bind_sockets(port, host)
    except OSError as error:
        raise click.ClickException(
            f"Nothing can listen on port {port} of {host} ({error.strerror}): name another with"
            " --port or --host, or use the server that is there."
        ) from None
    name = f"[{host}]" if ":" in host else host
    url = f"http://{name}:{sockets[0].getsockname()[1]}/"

    def started() -> None:
        click.echo(f"The mentor's page is at {url} (Ctrl-C: stop)")
        if not is_loopback(host):
            click.echo(SHARED.format(host=host), err=True)
        if browser:
            webbrowser.open(url)

    searches = Searches((sys.executable, "-m", SEARCH), seconds)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        asyncio.run(server.serve(sockets, host, searches, started))
    except KeyboardInterrupt:
        click.echo("Stopped.")


def judged(text: str) -> list[tuple[str, str, str]]:
    """Function, verdict and words, for each function of a notebook; perhaps it has none."""
    from ..grading.standalone import UnusableError, grade_file
    from ..sandbox.sandbox import Sandbox, SandboxError

    try:
        sandbox = Sandbox(preload=("numpy", "rnn_utils"))
    except SandboxError:
        return []  # the diagnosis says that no code can be run here
    try:
        with os.fdopen(os.memfd_create("notebook"), "wb") as file:  # is gone when this is killed
            file.write(text.encode("utf-8", "replace"))
            file.flush()
            graded = grade_file(Path(f"/dev/fd/{file.fileno()}"), sandbox)
    except (SandboxError, UnusableError):
        return []
    finally:
        sandbox.close()
    verdicts = (one.verdict for one in graded.values())
    return [(one.function, str(one.status), one.reason or one.words) for one in verdicts]


if __name__ == "__main__":
    from rnn_course.mentoring.serve import worker

    worker.main(judged)
