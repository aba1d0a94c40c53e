"""sandbox/sandbox: what it does where a layer does not hold, or is not there at all."""

import os
import subprocess
import sys

import pytest
from boxes import texts
from conftest import ROOT

from rnn_course.sandbox.limits import Limits
from rnn_course.sandbox.outputs import Outcome
from rnn_course.sandbox.probe import Layer
from rnn_course.sandbox.run import Cell
from rnn_course.sandbox.sandbox import Sandbox, SandboxError

BROKEN = Layer("seccomp", "starts no process", True, False, "it is not there")


def test_without_a_layer_nothing_runs(own, monkeypatch):
    """One sentence: the layer, why it does not hold, what to do."""
    own.check()
    monkeypatch.setattr(own, "_layers", [BROKEN])
    for act in (own.check, lambda: own.run([Cell("print(1)")], Limits())):
        with pytest.raises(SandboxError, match=r"seccomp does not hold.*it is not there.*doctor"):
            act()
    monkeypatch.undo()


def test_a_layer_that_need_not_hold_stops_nothing(own, monkeypatch):
    """The namespaces, say, in a container."""
    own.check()
    monkeypatch.setattr(own, "_layers", [Layer("namespace: net", "", False, False, "no")])
    assert own.broken == []
    assert texts(own, "print(1)") == ["1\n"]
    monkeypatch.undo()


def test_unlocked_runs_without_a_layer(own, monkeypatch):
    """For trying out; broken still names it."""
    own.check()
    monkeypatch.setattr(own, "_layers", [BROKEN])
    monkeypatch.setattr(own, "unlocked", True)
    assert own.broken == [BROKEN]
    assert texts(own, "print(1)") == ["1\n"]
    monkeypatch.undo()


def test_a_child_that_cannot_be_locked_runs_no_line(own):
    """A limit that cannot be set: an error, and no cell of the student's."""
    with pytest.raises(SandboxError, match="could not be locked"):
        own.run([Cell("print(1)")], Limits(memory_mib=None))
    assert texts(own, "print(1)") == ["1\n"]


def test_a_student_cannot_pretend_not_to_be_locked(own):
    """Whatever number its process ends with."""
    numbers = [1, 2, 97, 255]
    cells = [Cell(f"import os; os._exit({number})") for number in numbers]
    assert [run.outcome for run in own.run(cells, Limits())] == [Outcome.ENDED] * len(numbers)


def test_a_module_that_is_not_there_is_no_sandbox(capfd):
    """A wrong name in the configuration's preload: one sentence, below Python's own."""
    sandbox = Sandbox(preload=["no_such_module"])
    with pytest.raises(SandboxError, match="did not start"):
        sandbox.check()
    sandbox.close()
    assert "no_such_module" in capfd.readouterr().err


def test_other_systems_are_told_what_to_do(monkeypatch):
    """macOS and Windows."""
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(SandboxError, match="container or WSL"):
        Sandbox()


OLD_SYSTEM = """
import errno, sys
import pyseccomp
calls = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
for name in sys.argv[1].split():
    calls.add_rule(pyseccomp.ERRNO(errno.ENOSYS if name != "unshare" else errno.EPERM), name)
calls.load()
from rnn_course.sandbox.sandbox import Sandbox
from rnn_course.sandbox.limits import Limits
from rnn_course.sandbox.run import Cell
sandbox = Sandbox(preload=(), unlocked=sys.argv[2] == "unlocked")
print([layer.name for layer in sandbox.broken])
try:
    print(sandbox.run([Cell("print(6 * 7)")], Limits())[0].outputs[0].text.strip())
except BaseException as error:
    print(type(error).__name__)
sandbox.close()
"""
LANDLOCK = "landlock_create_ruleset landlock_add_rule landlock_restrict_self"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lacks", "how", "broken", "then"),
    [
        (LANDLOCK, "locked", "['Landlock: files']", "SandboxError"),
        (LANDLOCK, "unlocked", "['Landlock: files']", "42"),
        ("unshare", "locked", "[]", "42"),
    ],
)
def test_a_system_that_lacks_calls_is_told_apart(lacks, how, broken, then):
    """As an older kernel, or a container that allows no namespaces, would answer."""
    done = subprocess.run(
        [sys.executable, "-c", OLD_SYSTEM, lacks, how],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == [broken, then], done.stderr


@pytest.mark.slow
def test_the_course_among_the_packages_does_not_hide_the_packages(tmp_path):
    """Installed as a package is: the others can be imported, the course's answers cannot."""
    packages = tmp_path / "site-packages"
    packages.mkdir()
    for path in (ROOT / "rnn_course", *ROOT.glob("rnn_*.py")):
        (packages / path.name).symlink_to(path)
    (packages / "another.py").write_text("value = 5")
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from rnn_course.sandbox import sandbox, probe, limits, run\n"
        "from pathlib import Path\n"
        "sandbox.COURSE = Path(sys.argv[1])\n"
        "box = sandbox.Sandbox(preload=())\n"
        "cells = ['import another; print(another.value)',"
        "         'import rnn_course.subject.rnn_step_by_step.reference']\n"
        "runs = box.run([run.Cell(cell) for cell in cells], limits.Limits())\n"
        "print(runs[0].outputs[0].get('text'), runs[1].outputs[0].ename)\n"
        "box.close()"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, str(packages)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["5", "PermissionError"], done.stderr
