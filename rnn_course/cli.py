"""The command rnn-course: one verb a job. Each parses, calls and prints; the rest is elsewhere."""

import click

from .verbs.autograde import autograde
from .verbs.demo import demo
from .verbs.doctor import doctor
from .verbs.group import Verbs
from .verbs.lab import lab
from .verbs.mentor import COMMANDS
from .verbs.regrade import regrade
from .verbs.release import release
from .verbs.serve import serve


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="rnn-course VERB --help has examples.",
)
@click.version_option(package_name="rnn-course")
def main() -> None:
    """Graded notebooks on recurrent networks: the jobs around nbgrader."""


for _verb in (autograde, demo, doctor, lab, regrade, release, serve, *COMMANDS):
    main.add_command(_verb)
