"""grading/batch/settings: what an instructor has set is what is done."""

import json
import shutil
import subprocess
import sys

import pytest
from conftest import ASSIGNMENT

pytestmark = pytest.mark.slow
NOTEBOOK = f"{ASSIGNMENT}.ipynb"


def asked(course, *words):
    """What a process in the course's folder says of its settings, or what goes wrong."""
    code = (
        "import json, sys; from rnn_course.grading.batch.settings import Settings;"
        "s = Settings(sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3]));"
        "setup = s.setup(); print(json.dumps({"
        "'steps': [setup.sanitize, setup.autograde], 'config': setup.config,"
        "'files': sorted(setup.files), 'late': type(s.penalties).__name__,"
        "'url': s.course.db_url, 'students': list(s.handed_in())}))"
    )
    words = [ASSIGNMENT, *(json.dumps(word) for word in (*words, *[[]] * (2 - len(words))))]
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=course,
        capture_output=True,
        text=True,
        check=False,
        env=None,
    )
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr


def hand_in(course, *students):
    """Put a notebook into each student's folder."""
    for student in students:
        folder = course / "submitted" / student / ASSIGNMENT
        folder.mkdir(parents=True)
        (folder / NOTEBOOK).write_text("{}")


def test_the_steps_are_those_of_the_configuration_in_their_order(fresh):
    """But for the late penalties, which need the gradebook; with what is set of each step."""
    hand_in(fresh, "ann")
    told = asked(fresh)
    sanitize, autograde = told["steps"]
    assert sanitize[0] == "rnn_course.grading.autograde.RestoreCells"
    assert [name.rpartition(".")[2] for name in autograde][:3] == [
        *("AskFunctions", "RunCells", "JudgeAnswers")
    ]
    assert not any("Late" in name for name in autograde)
    assert told["late"] == "AssignLatePenalties"
    assert told["config"]["RunCells"]["cell_seconds"] == 10
    assert "CourseDirectory" not in told["config"]
    assert "rnn_utils.py" in told["files"]


def test_options_of_nbgrader_count(fresh):
    """As on the command line of nbgrader autograde."""
    hand_in(fresh, "ann")
    shutil.copy(fresh / "gradebook.db", fresh / "other.db")
    told = asked(fresh, [], ["--RunCells.cell_seconds=3", "--db=sqlite:///other.db"])
    assert float(told["config"]["RunCells"]["cell_seconds"]) == 3
    assert told["url"] == "sqlite:///other.db"


def test_students_are_chosen_by_globs_and_left_out_by_the_configuration(fresh):
    """Several globs, in the order of the names."""
    hand_in(fresh, "ann", "bob", "bill", "zoe")
    assert asked(fresh)["students"] == ["ann", "bill", "bob", "zoe"]
    assert asked(fresh, ["z*", "b*"])["students"] == ["bill", "bob", "zoe"]
    with open(fresh / "nbgrader_config.py", "a") as file:
        file.write('c.CourseDirectory.student_id_exclude = "bob,ann"\n')
    assert asked(fresh)["students"] == ["bill", "zoe"]


def test_nobody_to_grade_is_one_sentence(fresh):
    """With the place where it was looked for."""
    assert "is it handed in, and under this name?" in asked(fresh)
    hand_in(fresh, "ann")
    assert "nobody" in asked(fresh, ["nobody"])
