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
    want, got = (FASTER.sub("… ", text) for text in (want, got))
    assert OutputChecker().check_output(want, got, ELLIPSIS | NORMALIZE_WHITESPACE), (
        f"The page shows\n{want}\nbut this is printed\n{got}"
    )


def test_a_change_of_one_digit_is_noticed():
    """Else the test above would prove nothing."""
    assert_alike("explained   2.5 s\n ✗  dbf ...\nEnd\n", "explained   13.0 s\n ✗  dbf  3\nEnd\n")
    with pytest.raises(AssertionError, match=r"(?s)0\.19.*0\.18"):
        assert_alike("dbf 0.19 explained 2.5 s\n", "dbf 0.18 explained 2.5 s\n")


@pytest.mark.slow
def test_the_mentors_notebook_shows_what_it_prints(monkeypatch):
    """Run afresh, each cell gives the output that is kept with it."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    kept = nbformat.read(MENTOR, nbformat.NO_CONVERT)
    fresh = nbformat.from_dict(kept)
    NotebookClient(fresh, timeout=300, kernel_name="python3").execute()
    for was, now in zip(kept.cells, fresh.cells, strict=True):
        assert said(was) == said(now), was.source


def said(cell) -> list[str]:
    """The texts that a cell put out, without times and object addresses."""
    texts = [
        output.get("text") or "".join(output.get("data", {}).get(kind, "") for kind in SHOWN)
        for output in cell.get("outputs", [])
    ]
    return [FASTER.sub("…", text) for text in texts]


SHOWN = ("text/html", "text/plain")


def test_the_mentors_notebook_names_no_machine():
    """Nor does it hold execution times, and its cells have ids that stay."""
    text = MENTOR.read_text("utf-8")
    notebook = nbformat.reads(text, nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert not re.search(r"/home|/work|/tmp|[A-Z]:\\\\|0x[0-9a-f]{6}", text)
    assert all(re.fullmatch(r"[a-z-]+", cell.id) and not cell.metadata for cell in notebook.cells)
