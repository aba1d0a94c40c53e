"""Where the command rnn-course begins: python -m rnn_course is the same.

Ctrl-C while Python still reads the program ends it as it ends any other, without a traceback.
"""

import signal

HEARD = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # not so under nohup
if HEARD:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from . import cli  # noqa: E402


def main() -> None:
    """Run the verb that is named."""
    if HEARD:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    cli.main(prog_name="rnn-course")


if __name__ == "__main__":
    main()
