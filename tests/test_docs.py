"""What the docs show on a terminal and in the mentor's notebook."""

import os
import re
import shlex
import subprocess
import sys
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE, OutputChecker
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT
from nbclient import NotebookClient

BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (.*\n)((?:(?!\$ ).*\n)*)", re.MULTILINE)
FILE = re.compile(r"cat ([\w.-]+)\n")  # shows a file; the text below it is the file
FASTER = re.compile(r"[\d.]+ s\b|[\d,]+ (?=programs)|\"seconds\": [\d.]+")  # on another machine
LONG = re.compile(r"-?\d\.\d{14,}(?:e-?\d+)?")  # its last digits are the processor's
MENTOR = ROOT / "docs" / "mentor.ipynb"


@pytest.mark.slow
@pytest.mark.parametrize("page", ["README.md", "docs/mentor.md"])
def test_commands_print_what_the_page_shows(page, tmp_path):
    """In order and in one folder; "..." stands for anything, white space and seconds are free."""
    shown = [
        command.groups()
        for block in BLOCK.findall((ROOT / page).read_text("utf-8"))
        for command in COMMAND.finditer(block)
    ]
    assert shown
    for command, output in shown:
        if file := FILE.fullmatch(command):
            (tmp_path / file[1]).write_text(output, "utf-8")
        else:
            assert_alike(output, terminal(command, tmp_path))


def terminal(command: str, folder: Path) -> str:
    """What a command prints in a shell that knows rnn-course, a hundred columns wide."""
    verb = "from rnn_course.cli import main; main(prog_name='rnn-course')"
    course = f'rnn-course() {{ {shlex.quote(sys.executable)} -c "{verb}" "$@"; }}'
    done = subprocess.run(
        ["bash", "-c", f"{course}\n{command}"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "100", "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return done.stdout


def assert_alike(want: str, got: str) -> None:
    """The same text but for white space, times and what "..." leaves out."""
    want, got = anywhere(want), anywhere(got)
    assert OutputChecker().check_output(want, got, ELLIPSIS | NORMALIZE_WHITESPACE), (
        f"The page shows\n{want}\nbut this is printed\n{got}"
    )


def anywhere(text: str) -> str:
    """A text without what differs from machine to machine."""
    return LONG.sub(lambda number: f"{float(number[0]):.10e}", FASTER.sub("… ", text))


def test_a_change_of_one_digit_is_noticed():
    """Else the test above would prove nothing; of seventeen digits the last do not count."""
    assert_alike("dWo 0.038948775762986937", "dWo 0.03894877576298694")
    assert_alike("explained   2.5 s\n ✗  dbf ...\nEnd\n", "explained   13.0 s\n ✗  dbf  3\nEnd\n")
    with pytest.raises(AssertionError, match="8948775"):
        assert_alike("dWo 0.038948775862986937", "dWo 0.03894877576298694")
    with pytest.raises(AssertionError, match=r"(?s)0\.19.*0\.18"):
        assert_alike("dbf 0.19 explained 2.5 s\n", "dbf 0.18 explained 2.5 s\n")


@pytest.mark.slow
def test_the_mentors_notebook_shows_what_it_prints():
    """Run afresh, each cell puts out what is kept with it; if not, run this file."""
    kept = nbformat.read(MENTOR, nbformat.NO_CONVERT)
    for was, now in zip(kept.cells, executed(kept).cells, strict=True):
        assert anywhere(said(was)) == anywhere(said(now)), was.source


def executed(notebook):
    """The notebook run afresh, without what differs from machine to machine but for seconds."""
    fresh = nbformat.from_dict(notebook)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        NotebookClient(fresh, timeout=300, kernel_name="python3", record_timing=False).execute()
    fresh.metadata.pop("language_info", None)
    for cell in fresh.cells:
        for output in cell.get("outputs", []):
            if "text/html" in output.get("data", {}):
                output.data.pop("text/plain", None)  # an object's address
    return fresh


def said(cell) -> str:
    """All that a cell put out."""
    return nbformat.v4.writes_json(nbformat.v4.new_notebook(cells=[cell]))


def test_the_mentors_notebook_names_no_machine():
    """Nor a time, and its cells have ids that stay."""
    text = MENTOR.read_text("utf-8")
    notebook = nbformat.reads(text, nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert not re.search(r"/home|/work|/tmp|[A-Z]:\\\\|0x[0-9a-f]{6}", text)
    assert all(re.fullmatch(r"[a-z-]+", cell.id) and not cell.metadata for cell in notebook.cells)


if __name__ == "__main__":
    nbformat.write(executed(nbformat.read(MENTOR, nbformat.NO_CONVERT)), MENTOR)
