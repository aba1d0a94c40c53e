"""Each command in a ```sh block of the docs is run: here, or by what is named here."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import ASSIGNMENT, COHORT, ROOT, copy_course

from rnn_course.grading.cohort import write_submissions
from rnn_course.grading.course import Course

PAGES = sorted(path.relative_to(ROOT) for path in (ROOT / "README.md", *ROOT.glob("docs/*.md")))
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?:[^\n]*\\\n)*[^\n]*<<'(\w+)'\n.*?^\1$|(?:[^\n]*\\\n)*[^\n]+", re.M | re.S)
LABELLED = re.compile(r"^`([\w.-]+)`\n\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INSTRUCTOR = (ROOT / "docs" / "instructor.md").read_text("utf-8")
# Commands that the walk below leaves out, and what runs them: a test, a program, a target.
ELSEWHERE = {
    "sudo apt-get install": ".ci/run: libseccomp2",
    "git clone": "benchmarks/newcomer.py: clone",
    "cd rnn-course": "benchmarks/newcomer.py: clone",
    "make demo": "benchmarks/newcomer.py: demo",
    "make test": ".ci/run: make test",
    "make lab": "tests/verbs/test_lab.py: make lab",
    "rnn-course lab": "tests/verbs/test_lab.py: rnn-course lab",
    "python -m pip install": "tests/verbs/test_lab.py: pip install",
    "rnn-course serve": "tests/mentoring/served.py: serve",
    "rnn-course diagnose --help": "tests/test_commands.py: --help",
    "nbgrader validate": "tests/test_rnn_grading.py: validate",
    "jupyter lab": "tests/browser/test_formgrader.py: jupyter(",
    "dask scheduler": "tests/grading/batch/test_cluster.py: scheduler",
    "dask worker": "tests/grading/batch/test_cluster.py: worker",
    "rnn-course autograde rnn-step-by-step --scheduler": (
        "tests/grading/batch/test_cluster.py: --scheduler"
    ),
    "export RNN_COURSE_DB": "tests/grading/batch/test_postgresql.py: RNN_COURSE_DB",
    "python - <<'EOF'": "tests/test_guide.py: SCRIPTS",
    "mkdir -p source/leaky-average": "tests/test_guide.py: NAME",
    "cd source/leaky-average": "tests/test_guide.py: NAME",
    "ln -s ../../rnn_": "tests/test_guide.py: NAME",
    "cd ../..": "tests/test_guide.py: NAME",
    "rnn-course release leaky-average": 'tests/test_guide.py: "release"',
    "rnn-course demo leaky-average": 'tests/test_guide.py: "demo"',
    "python benchmarks/mutation.py": "tests/test_guide.py: mutation.py",
    "python benchmarks/autograde.py": "Makefile: benchmarks/autograde.py",
    "python benchmarks/diagnose.py": "Makefile: benchmarks/diagnose.py",
}


def commands(page: str) -> list[str]:
    """The commands of a page, comments left out, here-documents and long lines whole."""
    text = (ROOT / page).read_text("utf-8")
    found = (match[0] for block in BLOCK.findall(text) for match in COMMAND.finditer(block))
    return [re.split(r"\s+#\s", command)[0].strip() for command in found]


def elsewhere(command: str) -> str | None:
    """What else runs the command, if anything does."""
    return next((where for start, where in ELSEWHERE.items() if command.startswith(start)), None)


@pytest.mark.parametrize("words", ELSEWHERE.values())
def test_what_runs_a_command_elsewhere_is_there(words):
    """The file, with the words that say so in it."""
    path, _, said = words.partition(": ")
    assert said in (ROOT / path).read_text("utf-8")


def test_commands_are_read_as_a_shell_reads_them():
    """One that goes over two lines, one with a program in it, one with a comment."""
    text = "a \\\n  b\npython - <<'EOF'\nx = 1\n\nEOF\nc  # why\n"
    assert [match[0] for match in COMMAND.finditer(text)] == [
        *("a \\\n  b", "python - <<'EOF'\nx = 1\n\nEOF", "c  # why"),
    ]


def test_no_command_stands_in_a_block_that_is_not_run():
    """Blocks of code say what they are; text is no command."""
    for page in PAGES:
        fences = re.findall(r"^```(.*)$", (ROOT / page).read_text("utf-8"), re.MULTILINE)
        assert "" not in fences[::2], page
        for text in re.findall(r"^```text\n(.*?)^```", (ROOT / page).read_text(), re.M | re.S):
            assert not re.search(r"^(rnn-course|nbgrader|make|jupyter|pip) \w", text, re.M), page


@pytest.fixture(scope="module")
def at_home(tmp_path_factory) -> tuple[Path, Path]:
    """A copy of the course, and a home folder with what Moodle packed."""
    home = tmp_path_factory.mktemp("home")
    course = copy_course(home / "rnn-course")
    (course / ".venv").symlink_to(sys.prefix)
    handed_in = home / "handed_in"
    Course(course).release(ASSIGNMENT)
    write_submissions(Course(course), ASSIGNMENT, [COHORT["all-right"], COHORT["untouched"]])
    (course / "submitted").rename(handed_in)
    for folder in ("release", "gradebook.db"):
        path = course / folder
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    (home / "Downloads").mkdir()
    with zipfile.ZipFile(home / "Downloads" / "RNN-submissions.zip", "w") as archive:
        for who, number in (("all-right", "Jane Doe_123456"), ("untouched", "Ole Berg_123457")):
            notebook = f"{ASSIGNMENT}.ipynb"
            name = f"{number}_assignsubmission_file_/{notebook}"
            archive.write(handed_in / who / ASSIGNMENT / notebook, name)
    return course, home


def shell(folder: Path, home: Path, script: str) -> subprocess.CompletedProcess:
    """Run commands as a person types them."""
    return subprocess.run(
        ["bash", "-ec", script],
        cwd=folder,
        env=os.environ | {"HOME": str(home), "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_instructors_way_leads_from_release_to_grades(at_home):
    """Every command of the page, in its order, and the grades that are due come out."""
    course, home = at_home
    for name, text in LABELLED.findall(INSTRUCTOR):
        (course / name).write_text(text, "utf-8")
    for page in ("docs/instructor.md", "README.md"):
        for command in filter(lambda typed: not elsewhere(typed), commands(page)):
            done = shell(course, home, f". .venv/bin/activate\n{command}")
            assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    worksheet = (course / "worksheet.csv").read_text("utf-8").splitlines()
    assert worksheet[0].startswith('"Identifier"') or worksheet[0].startswith("Identifier")
    assert any("Participant 123456" in row and "100" in row for row in worksheet)
    assert (course / "class.html").is_file()
    assert "Jane" in (course / "grades.csv").read_text("utf-8")
    assert len(list(course.glob("feedback/*/*/*.html"))) == 2


def test_no_page_gives_a_command_that_nothing_runs():
    """The walk above takes two pages; what the others give is run elsewhere, or stands there."""
    walked = {*commands("docs/instructor.md"), *commands("README.md")}
    for page in PAGES:
        for command in commands(page):
            assert elsewhere(command) or command in walked, f"{page}: {command}"
