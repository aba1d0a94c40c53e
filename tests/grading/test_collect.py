"""grading/collect: nbgrader zip_collect on what Moodle and Canvas pack."""

import os
import shutil
import zipfile
from pathlib import Path

import pytest
from conftest import ASSIGNMENT, nbgrader
from hypothesis import given
from hypothesis import strategies as st

from rnn_course.grading.collect import read_name

NOTEBOOK = f"{ASSIGNMENT}.ipynb"
RELEASED = {ASSIGNMENT, "homework-2"}
NAMES = [  # (path of an unpacked file, student, notebook, how late among others)
    (f"Jane Doe_123456_assignsubmission_file_/{NOTEBOOK}", "123456", ASSIGNMENT, (0, 0)),
    (f"Jane Doe_123456_assignsubmission_file/{NOTEBOOK}", "123456", ASSIGNMENT, (0, 0)),
    (f"Jane Doe_123456_assignsubmission_file_{NOTEBOOK}", "123456", ASSIGNMENT, (0, 0)),
    (f"É. van 't Hof-Łęcki_7_assignsubmission_file_/{NOTEBOOK}", "7", ASSIGNMENT, (0, 0)),
    (f"R2_D2_33_assignsubmission_file_/{ASSIGNMENT} (1).ipynb", "33", ASSIGNMENT, (0, 1)),
    (f"Participant_55_assignsubmission_file_/{ASSIGNMENT}(2).ipynb", "55", ASSIGNMENT, (0, 2)),
    (f"doejane_9876_554433_{NOTEBOOK}", "9876", ASSIGNMENT, (554433, 0)),
    (f"doejane_LATE_9876_554433_{ASSIGNMENT}-2.ipynb", "9876", ASSIGNMENT, (554433, 2)),
    ("doejane_9876_554433_homework-2.ipynb", "9876", "homework-2", (554433, 0)),
    ("doejane_9876_554433_homework-2-1.ipynb", "9876", "homework-2", (554433, 1)),
    ("doejane_9876_554433_my_own_3_name.ipynb", "9876", "my_own_3_name", (554433, 0)),
]


@pytest.mark.parametrize(("path", "student", "notebook", "order"), NAMES)
def test_names_say_whose_file_it_is(path, student, notebook, order):
    """Umlauts, underscores, late ones, attempts, copies."""
    for folder in ("", "/course/downloaded/x_1_2_y/extracted/all/"):
        found = read_name(folder + path, RELEASED)
        assert (found.student, found.notebook, found.order) == (student, notebook, order)


@pytest.mark.parametrize(
    "path",
    [NOTEBOOK, f"doejane_9876_{NOTEBOOK}", f"Jane Doe/{NOTEBOOK}", "a_1_2_b.txt", "a_x_2_b.ipynb"],
)
def test_other_names_are_left_out(path):
    """Nobody is guessed at."""
    assert read_name(path, RELEASED) is None


LETTERS = st.text(st.characters(categories=["L", "Nd", "Zs"]), min_size=1, max_size=20)


@given(LETTERS, st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 9), st.booleans())
def test_whatever_a_student_is_called_the_number_is_read(name, student, attachment, attempt, late):
    """Both layouts, for any name and numbers."""
    tail = f"{ASSIGNMENT}-{attempt}.ipynb" if attempt else NOTEBOOK
    canvas = f"{name}_{'LATE_' if late else ''}{student}_{attachment}_{tail}"
    found = read_name(canvas, RELEASED)
    assert (found.student, found.order) == (str(student), (attachment, attempt))
    moodle = f"{name}_{student}_assignsubmission_file_/{tail}"
    found = read_name(moodle, RELEASED)
    assert (found.student, found.notebook) == (str(student), ASSIGNMENT)


def pack(course: Path, archive: str, files: dict[str, str], age: int = 0) -> None:
    """An archive as an LMS packs it, downloaded so many seconds ago."""
    path = course / "downloaded" / ASSIGNMENT / "archive" / archive
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    os.utime(path, (2e9 - age, 2e9 - age))


def collected(course: Path) -> dict[str, str]:
    """{student: text} of what is in submitted/."""
    paths = (course / "submitted").glob(f"*/{ASSIGNMENT}/*")
    assert {path.name for path in (course / "submitted").glob(f"*/{ASSIGNMENT}/*")} <= {NOTEBOOK}
    return {path.parts[-3]: path.read_text() for path in paths}


def collect(course: Path):
    """Run nbgrader's command, without any option."""
    done = nbgrader(course, "zip_collect", ASSIGNMENT)
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.mark.slow
def test_canvas_downloads_are_collected_and_the_last_attempt_counts(fresh):
    """A later attempt has a higher number, in the same archive or in a later one."""
    pack(
        fresh,
        "submissions.zip",
        {
            f"doejane_11_100_{NOTEBOOK}": "first",
            f"doejane_LATE_11_205_{ASSIGNMENT}-1.ipynb": "second",
            f"roejohn_12_101_{NOTEBOOK}": "only",
            f"poejim_13_102_{NOTEBOOK}": "early",
            "roejohn_12_101_notes.txt": "left out",
            "readme.ipynb": "whose?",
        },
    )
    pack(fresh, "submissions (1).zip", {f"poejim_13_300_{ASSIGNMENT}-1.ipynb": "again"}, age=99)
    said = collect(fresh)
    assert collected(fresh) == {"11": "second", "12": "only", "13": "again"}
    assert "readme.ipynb is not named as Moodle or Canvas do" in said


@pytest.mark.slow
def test_moodle_downloads_are_collected_and_the_later_archive_counts(fresh):
    """Moodle has no numbers of attempts; of two downloads the later one counts."""
    later = {
        f"Jane Doe_11_assignsubmission_file_/{NOTEBOOK}": "jane's last",
        f"Jörg Ö. Ähre_12_assignsubmission_file_{NOTEBOOK}": "jörg's",
        f"Jim Poe_13_assignsubmission_file_/{ASSIGNMENT} (1).ipynb": "jim's copy",
        f"Jim Poe_13_assignsubmission_file_/{NOTEBOOK}": "jim's",
    }
    earlier = {f"Jane Doe_11_assignsubmission_file_/{NOTEBOOK}": "jane's first"}
    pack(fresh, "RNN-Week 1-99.zip", earlier, age=3600)
    pack(fresh, "RNN-Week 1-99 (1).zip", later)
    collect(fresh)
    right = {"11": "jane's last", "12": "jörg's", "13": "jim's copy"}
    assert collected(fresh) == right
    collect(fresh)
    assert collected(fresh) == right


@pytest.mark.slow
def test_a_second_import_of_names_and_files_changes_nothing(fresh):
    """The students' list and the archive again: the same rows, and nothing is graded again."""
    from batch.test_conduct import outcomes, rnn_course
    from gradebooks import rows

    text = (fresh / "release" / ASSIGNMENT / NOTEBOOK).read_text("utf-8")
    pack(fresh, "all.zip", {f"doejane_11_100_{NOTEBOOK}": text})
    (fresh / "class.csv").write_text('id,last_name,first_name\n11,"Doe, Jr.",Jane\n')
    held = []
    for outcome in ("graded", "kept"):
        assert nbgrader(fresh, "db", "student", "import", "class.csv").returncode == 0
        collect(fresh)
        assert outcomes(rnn_course(fresh, "autograde", ASSIGNMENT, "--json")) == {outcome: 1}
        held.append(rows(f"sqlite:///{fresh / 'gradebook.db'}"))
    assert held[0] == held[1]
    assert held[0]["students"] == [("11", "Jane", "Doe, Jr.", None, None)]


@pytest.mark.slow
def test_who_is_not_in_a_later_archive_keeps_what_was_collected(fresh):
    """A second import takes the place of what it brings, and of nothing else."""
    pack(fresh, "one.zip", {f"a_1_1_{NOTEBOOK}": "a", f"b_2_2_{NOTEBOOK}": "b"})
    collect(fresh)
    shutil.rmtree(fresh / "downloaded")
    pack(fresh, "two.zip", {f"b_2_3_{ASSIGNMENT}-1.ipynb": "b's second"})
    collect(fresh)
    assert collected(fresh) == {"1": "a", "2": "b's second"}
