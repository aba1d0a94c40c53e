"""All attacks are handed in to one course, and graded by one nbgrader command."""

import subprocess
import tempfile
from pathlib import Path

import pytest
from conftest import ASSIGNMENT, copy_course

from rnn_course.grading.course import Course

from .attack import Attack, attacks
from .scene import Scene, remove_marks

# Less memory than in grading: to fill a gigabyte takes seconds where the system is busy.
LIMITS = (
    "--RunCells.cell_seconds=3",
    "--RunCells.submission_seconds=25",
    "--RunCells.memory_mib=640",
)
SCRIPTS = "in-script-*"  # whose feedback is written too


class Batch:
    """The one run over all attacks."""

    def __init__(self, scene: Scene):
        self.scene, self.course = scene, Course(scene.course)
        self.ended = scene.grade(list(attacks()), *LIMITS)
        scene.feedback(SCRIPTS)
        self.scores = scene.scores()

    def check(self, attack: Attack) -> None:
        """The attack got what it is due, with clear words, and has done no harm."""
        assert self.scores.get(attack.student) == attack.due
        assert self.scene.harms(attack) == []
        results = self.course.results(ASSIGNMENT, attack.student)
        said = {name: results[name].status for name in attack.status}
        assert said == attack.status


@pytest.fixture(scope="session")
def batch():
    """The attacks, graded; in a folder of our own, for some of it is too deep for pytest."""
    every, folder = list(attacks()), Path(tempfile.mkdtemp(prefix="attacks-"))
    course = copy_course(folder / "course")
    Course(course).release(ASSIGNMENT)
    yield Batch(Scene(course, folder / "outside"))
    remove_marks(every)
    subprocess.run(["rm", "-rf", folder], check=True)


def pytest_generate_tests(metafunc):
    """A test that takes an attack is run with each of its module's."""
    if "attack" in metafunc.fixturenames:
        metafunc.parametrize("attack", metafunc.module.ATTACKS, ids=lambda attack: attack.name)


def pytest_terminal_summary(terminalreporter):
    """One line that counts."""
    held = {
        report.nodeid.partition("[")[2].rstrip("]")
        for report in terminalreporter.stats.get("passed", [])
        if "tests/attacks/" in report.nodeid
    }
    aims = [attack.aim for attack in attacks() if attack.name in held]
    harms = {aim: aims.count(aim) for aim in sorted({*aims} - {"points", "nothing"})}
    if aims:
        words = ", ".join(f"{count} at {aim}" for aim, count in harms.items())
        terminalreporter.write_sep("=", "attacks withstood")
        terminalreporter.write_line(
            f"{len(aims) - aims.count('nothing')} attacks: {aims.count('points')} at points,"
            f" {sum(harms.values())} at harm ({words}); none gained or cost a point, or did harm."
            f" {aims.count('nothing')} honest submissions among them kept theirs."
        )
