"""What the README and the docs claim."""

import doctest
import re

import pytest
from conftest import ROOT

from rnn_course.subject.exercises import EXERCISES


def test_the_readmes_snippets_print_what_they_claim():
    """Each line of Python in it is run."""
    failed, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert tried >= 5
    assert failed == 0


def test_the_readmes_commands_are_those_of_the_makefile_and_of_ci():
    """make demo and make test, and CI calls the same make test."""
    makefile = (ROOT / "Makefile").read_text()
    readme = (ROOT / "README.md").read_text()
    for target in set(re.findall(r"make ([a-z-]+)", readme)) - {"and"}:
        assert re.search(rf"^{target}:", makefile, re.M), target
    assert re.search(r"^make test$", (ROOT / ".ci" / "run").read_text(), re.M)


def test_the_students_page_has_the_right_points():
    """The table is that of exercises.py."""
    rows = re.findall(r"\| `(\w+)` \| (\d+) \|", (ROOT / "docs" / "student.md").read_text())
    assert {name: float(points) for name, points in rows} == {
        name: exercise.max_points for name, exercise in EXERCISES.items()
    }


@pytest.mark.parametrize(
    "page", ["README.md", "docs/instructor.md", "docs/mentor.md", "docs/student.md"]
)
def test_links_lead_somewhere(page):
    """Every relative link names a file."""
    text = (ROOT / page).read_text()
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", text):
        assert (ROOT / page).parent.joinpath(target).exists()
