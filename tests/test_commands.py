"""docs/commands.md: the help of each verb as it is printed. To write it anew, run this file."""

import click
import pytest
from click.testing import CliRunner
from conftest import ROOT

from rnn_course.cli import main

PAGE = ROOT / "docs" / "commands.md"
HEAD = "## The verbs\n"


def helped(*verb: str) -> str:
    """What --help prints, eighty columns wide."""
    given = {"prog_name": "rnn-course", "terminal_width": 80}
    result = CliRunner().invoke(main, [*verb, "--help"], **given)
    assert result.exit_code == 0, result.output
    return result.output.rstrip() + "\n"


def page(text: str) -> str:
    """The page with the verbs as they are now."""
    parts = [text.partition(HEAD)[0] + HEAD]
    for verb in [(), *((name,) for name in sorted(main.commands))]:
        command = " ".join(("rnn-course", *verb))
        title = f"### {command}\n\n" if verb else ""
        parts.append(f"{title}```text\n$ {command} --help\n{helped(*verb)}```\n")
    return "\n".join(parts)


def test_the_page_shows_the_help_of_each_verb():
    """If not: python tests/test_commands.py."""
    text = PAGE.read_text("utf-8")
    assert text == page(text)


def test_a_change_of_one_word_is_noticed():
    """Else the test above would prove nothing; what stands before the verbs is ours to write."""
    text = PAGE.read_text("utf-8")
    assert page(text.replace("--help", "--hlep")) != text.replace("--help", "--hlep")
    assert page(f"Another word. {text}") == f"Another word. {text}"


@pytest.mark.parametrize("verb", main.commands)
def test_each_verb_has_a_line_a_short_help_and_an_example(verb):
    """The line is whole in the list of verbs; -h is the same as --help."""
    text = helped(verb)
    examples = text.partition("Examples:\n")[2].splitlines()
    assert examples
    assert all(f"rnn-course {verb}" in line for line in examples)
    listed = next(line for line in helped().splitlines() if line.startswith(f"  {verb} "))
    assert listed.endswith(".")
    assert not listed.endswith("...")
    assert CliRunner().invoke(main, [verb, "-h"]).exit_code == 0


@pytest.mark.parametrize("verb", main.commands)
def test_each_option_says_what_it_is_for(verb):
    """In a sentence."""
    for one in main.commands[verb].params:
        if isinstance(one, click.Option):
            assert one.help.endswith((".", ").")), one.name


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
