"""grading/autograde: the file with a submission's time may be anything, like the rest of it."""

import logging
import os

import pytest

from rnn_course.grading.autograde import Submissions

WRITTEN = "2026-01-02 03:04:05 UTC"


@pytest.fixture
def time_of(tmp_path, caplog):
    """The time of a submission, and what was logged about it."""
    course = Submissions(root=str(tmp_path), log=logging.getLogger("test_timestamps"))

    def look():
        caplog.clear()
        return course.get_existing_timestamp(str(tmp_path)), caplog.text

    return look


def test_the_time_that_nbgrader_wrote_is_read(tmp_path, time_of):
    """As ever."""
    (tmp_path / "timestamp.txt").write_text(WRITTEN)
    time, said = time_of()
    assert (time.year, time.month, time.hour, said) == (2026, 1, 3, "")


@pytest.mark.parametrize("text", [None, "", "  \n"])
def test_no_time_is_no_fault(tmp_path, time_of, text):
    """No file, or an empty one, as from a hand-in without nbgrader."""
    if text is not None:
        (tmp_path / "timestamp.txt").write_text(text)
    time, said = time_of()
    assert time is None
    assert ("Empty" in said) == (text is not None)


@pytest.mark.parametrize(
    "data",
    [
        b"yesterday",
        b"9" * 10**5,
        b"{}",
        b"2026-99-99 99:99:99",
        b"\xff\xfe\0",
        b"\0" * 50,
        b"9" * 30,
    ],
)
def test_what_is_no_time_is_told_and_ends_nothing(tmp_path, time_of, data):
    """nbgrader itself would end the whole batch."""
    (tmp_path / "timestamp.txt").write_bytes(data)
    time, said = time_of()
    assert time is None
    assert "timestamp.txt" in said


def test_a_link_is_not_followed(tmp_path, time_of):
    """Nor does the time of another file count."""
    (tmp_path / "other").write_text(WRITTEN)
    (tmp_path / "timestamp.txt").symlink_to(tmp_path / "other")
    time, said = time_of()
    assert time is None
    assert "no regular file" in said


def test_a_fifo_does_not_make_the_grader_wait(tmp_path, time_of):
    """Nobody will ever write to it."""
    os.mkfifo(tmp_path / "timestamp.txt")
    time, said = time_of()
    assert time is None
    assert "no regular file" in said


def test_a_folder_is_no_file(tmp_path, time_of):
    """It cannot be read."""
    (tmp_path / "timestamp.txt").mkdir()
    time, said = time_of()
    assert time is None
    assert "no regular file" in said
