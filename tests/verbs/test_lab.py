"""The verb lab, and the commands of the students' page."""

import ast
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner
from conftest import ASSIGNMENT, ROOT, STUDENT_FILES
from packaging.requirements import Requirement

from rnn_course.cli import main
from rnn_course.subject.exercises import ASSIGNMENTS, of

SECOND = ASSIGNMENTS[1]
PAGE = (ROOT / "docs" / "student.md").read_text("utf-8")
REQUIREMENTS = [
    Requirement(line)
    for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
# A JupyterLab that tells how it was called.
TELL = "import json, os, sys\nprint(json.dumps([os.getcwd(), *sys.argv[1:]]))\nsys.exit(5)\n"
VERB = "from rnn_course.cli import main; main(prog_name='rnn-course')"
LINUX_ONLY = ("fcntl", "resource", "pwd", "grp", "termios", "pty", "landlockpy", "pyseccomp")


@pytest.fixture
def home(tmp_path):
    """A folder with the release in it, and a JupyterLab that only tells how it was called."""
    shutil.copytree(ROOT / "release", tmp_path / "release")
    (tmp_path / "fake" / "jupyterlab").mkdir(parents=True)
    (tmp_path / "fake" / "jupyterlab" / "__init__.py").touch()
    (tmp_path / "fake" / "jupyterlab" / "__main__.py").write_text(TELL)
    return tmp_path


def command(home, *words, code=VERB):
    """rnn-course as a program: what it ends with, what it says, and how JupyterLab was called."""
    path = os.pathsep.join([str(home / "fake"), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=home,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    *said, called = done.stdout.splitlines() or [""]
    assert "Traceback" not in done.stderr
    return done.returncode, "\n".join(said), json.loads(called) if called else done.stderr


def test_it_opens_the_first_notebook_in_a_copy_of_all(home):
    """JupyterLab runs in the folder of the copies and shows all of it; nothing else is said."""
    status, said, called = command(home, "lab")
    work = home / "work"
    assert (status, said) == (5, "")
    assert called == [
        str(work),
        f"--ServerApp.root_dir={work}",
        f"{ASSIGNMENT}/{ASSIGNMENT}.ipynb",
    ]
    assert {path.name for path in work.iterdir()} == set(ASSIGNMENTS)


def test_it_opens_the_one_that_is_named_and_hands_on_what_is_meant_for_jupyter(home):
    """With folders of other names."""
    (home / "release").rename(home / "given")
    words = ("--release", "given", "--work", "my own/work", SECOND, "--", "--port", "9999")
    _, _, called = command(home, "lab", *words)
    assert called[0] == str(home / "my own" / "work")
    assert called[2:] == [f"{SECOND}/{SECOND}.ipynb", "--port", "9999"]


def test_a_newer_release_is_told_once_and_opened(home):
    """In two sentences; of the other assignment nothing is said."""
    command(home, "lab")
    notebook = home / "work" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    notebook.write_text("mine")
    (home / "release" / ASSIGNMENT / "rnn_utils.py").write_text("")
    newer = Path("work", f"{ASSIGNMENT}-2")
    _, said, called = command(home, "lab")
    assert said == (
        f"{ASSIGNMENT} was released anew: the new one is in {newer}."
        f" Your work in {Path('work', ASSIGNMENT)} is as you left it."
    )
    assert notebook.read_text() == "mine"
    assert called[2] == f"{newer.name}/{ASSIGNMENT}.ipynb"
    assert command(home, "lab")[1:] == ("", called)


def test_it_runs_without_what_only_linux_has(home):
    """Each of those modules raises ImportError when it is imported, as it does on Windows."""
    code = f"import sys; sys.modules |= dict.fromkeys({LINUX_ONLY}); {VERB}"
    assert command(home, "lab", code=code)[0] == 5


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--release", "nowhere"], "nowhere holds no assignment: run the command in the course's"),
        (["no-such"], f"no-such is no assignment: name one of {SECOND}, {ASSIGNMENT}."),
        ([ASSIGNMENT, SECOND], f"{ASSIGNMENT} {SECOND} is no assignment: name one"),
        (["--work", "release/README/work"], "release/README/work cannot be there, for a file"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_with_the_next_step(home, words, sentence):
    """And no copy is made."""
    (home / "release" / "README").write_text("")
    status, _, said = command(home, "lab", *words)
    assert status in (1, 2)
    assert sentence in " ".join(said.split())
    assert not (home / "work").exists()


def test_without_jupyterlab_it_says_how_to_get_it(home, monkeypatch):
    """Before anything is copied."""
    monkeypatch.chdir(home)
    monkeypatch.setitem(sys.modules, "jupyterlab", None)
    result = CliRunner().invoke(main, ["lab"])
    assert result.exit_code == 1
    assert "python -m pip install jupyterlab" in result.output
    assert not (home / "work").exists()


def test_a_folder_that_may_not_be_written_is_one_sentence(home, monkeypatch):
    """As for any verb, with its name."""

    def refuse(self, *arguments, **options):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.chdir(home)
    monkeypatch.setattr(Path, "mkdir", refuse)
    result = CliRunner().invoke(main, ["lab"])
    assert result.exit_code == 1
    assert "may not be read or written by you" in result.output


@pytest.fixture
def running(home):
    """The real JupyterLab as lab starts it: the process, its address and its token."""
    own = {f"JUPYTER_{kind}_DIR": str(home / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    words = ["lab", "--", "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0"]
    process = subprocess.Popen(
        [sys.executable, "-c", VERB, *words],
        cwd=home,
        env=os.environ | own | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    for line in process.stderr:
        if found := re.search(r"(http://127\.0\.0\.1:\d+)/lab\S*\?token=(\w+)", line):
            break
    yield process, *found.groups()
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def answer(request):
    """What the server answers, which names its address before it listens there."""
    for _ in range(60):
        try:
            with urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except URLError:
            time.sleep(0.5)
    raise TimeoutError(request.full_url)


@pytest.mark.slow
def test_validate_works_there_and_ctrl_c_ends_it(running):
    """The button's request, without any configuration; Ctrl-C, twice if JupyterLab asks back."""
    process, address, token = running
    body = json.dumps({"path": f"{ASSIGNMENT}/{ASSIGNMENT}.ipynb"}).encode()
    request = Request(f"{address}/assignments/validate", body, {"Authorization": f"token {token}"})
    told = answer(request)
    assert told["success"]
    words = [failed["raw_error"] for failed in told["value"]["failed"]]
    assert words == [f"{name}: not done yet." for name in of(ASSIGNMENT)]
    os.killpg(process.pid, signal.SIGINT)
    try:
        _, said = process.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert "Traceback" not in said


# --- the students' page --------------------------------------------------------------------


def installs(line):
    """For form alone: what is to be installed is what the course names, and the folder is one."""
    names = line.split()[4:]
    known = {requirement.name for requirement in REQUIREMENTS}
    assert line.startswith("python -m pip install ")
    assert set(names) <= known or (names == ["."] and (ROOT / "pyproject.toml").is_file())


def opens(line):
    """For form alone: the notebook is one that is released."""
    name = line.split()[-1]
    assert (ROOT / "release" / Path(name).stem / name).is_file()


def make_lab(line, home):
    """With an environment that is there already; the verb of this one is called."""
    (home / ".venv" / "bin").mkdir(parents=True)
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, home)
    script = home / ".venv" / "bin" / "rnn-course"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{VERB}" "$@"\n')
    script.chmod(0o755)
    (home / ".venv" / "course").touch()
    path = os.pathsep.join([str(home / "fake"), str(ROOT)])
    done = subprocess.run(
        line.split(),
        cwd=home,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert f'"{ASSIGNMENT}/{ASSIGNMENT}.ipynb"' in done.stdout, done.stderr


def rnn_course(line, home):
    """As above."""
    assert command(home, *line.split()[1:])[0] == 5


RUN = {  # nbgrader validate is run in test_rnn_grading
    "python -m pip install": installs,
    "rnn-course lab": rnn_course,
    "make lab": make_lab,
    "jupyter lab": opens,
    "nbgrader validate": opens,
}
COMMANDS = [
    *re.findall(r"^(?!#)\S.*$", "\n".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)), re.M),
    *re.findall(r"`(rnn-course [^`]+)`", PAGE),
]


@pytest.mark.parametrize("line", dict.fromkeys(COMMANDS))
def test_each_command_of_the_page_can_be_run(line, home):
    """Or, where something would be installed or a browser opened, has the right form."""
    (run,) = [run for start, run in RUN.items() if line.startswith(start)]
    run(line, home) if run in (make_lab, rnn_course) else run(line)


def test_the_page_has_commands_of_each_kind():
    """Else the test above would prove nothing."""
    assert all(any(line.startswith(start) for line in COMMANDS) for start in RUN)


def test_what_is_installed_for_the_folder_alone_is_all_that_a_notebook_imports():
    """The page's three packages bring them; the rest lies beside the notebook."""
    imported = set()
    for name in STUDENT_FILES:
        for node in ast.walk(ast.parse((ROOT / name).read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module.partition(".")[0])
    own = {Path(name).stem for name in STUDENT_FILES}
    # IPython is what JupyterLab's kernel runs cells with.
    assert imported - own - sys.stdlib_module_names == {"numpy", "matplotlib", "IPython"}


def test_pip_installs_nothing_on_windows_that_only_linux_has():
    """The two packages of the sandbox have a marker."""
    elsewhere = {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"}
    everywhere = {r.name for r in REQUIREMENTS if not r.marker or r.marker.evaluate(elsewhere)}
    assert {r.name for r in REQUIREMENTS} - everywhere == {"landlockpy", "pyseccomp"}
    assert {"numpy", "jupyterlab", "nbgrader", "click"} <= everywhere
