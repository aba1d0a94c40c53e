"""The command rnn-course: one verb a job. Each parses, calls and prints; the rest is elsewhere."""

import click

from .demo import demo
from .doctor import doctor
from .instructor import autograde
from .mentor import COMMANDS
from .regrading import regrade
from .releasing import release
from .serving import serve
from .student import lab
from .verbs import Verbs


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
