"""grading/loose: files beside a notebook are read as data, whatever they are."""

import os
import socket

import pytest

from rnn_course.grading.loose import MOST_FILES, loose_files


def found(folder, most=1000, **options):
    """The files of a folder, which are all that there is to say of it."""
    files, problems = loose_files(folder, most, **options)
    assert problems == []
    return files


def problem(folder, most=1000):
    """The one thing that was left out, and that nothing was found."""
    files, (words,) = loose_files(folder, most)
    assert files == {}
    return words


def test_files_are_found_with_their_paths(tmp_path):
    """Also in folders, also empty ones, also those that are no text."""
    (tmp_path / "data" / "deep").mkdir(parents=True)
    (tmp_path / "helper.py").write_bytes(b"x = 1")
    (tmp_path / "data" / "deep" / "a.bin").write_bytes(b"\xff\0")
    (tmp_path / "empty").touch()
    assert found(tmp_path) == {
        "data/deep/a.bin": b"\xff\0",
        "empty": b"",
        "helper.py": b"x = 1",
    }


@pytest.mark.parametrize("name", ["a b", "a\nb", "é", "'\"", "-rf", "$HOME", "a\\b", "x" * 200])
def test_any_name_is_a_name(tmp_path, name):
    """Spaces, newlines, quotes."""
    (tmp_path / name).write_text("text")
    assert found(tmp_path) == {name: b"text"}


def test_a_name_that_is_no_text_is_found(tmp_path):
    """Linux allows any bytes."""
    path = os.fsencode(tmp_path) + b"/\xff"
    with open(path, "wb") as file:
        file.write(b"text")
    assert found(tmp_path) == {os.fsdecode(b"\xff"): b"text"}


@pytest.mark.parametrize("name", [".hidden", ".git/config", "__pycache__/a.pyc", "a.ipynb"])
def test_hidden_files_and_notebooks_do_not_count(tmp_path, name):
    """They are not missed, and not complained of."""
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).touch()
    assert found(tmp_path) == {}


def test_a_folder_that_is_not_there_has_no_files(tmp_path):
    """A course without source files."""
    assert found(tmp_path / "none") == {}


@pytest.fixture
def outside(tmp_path):
    """A folder with a secret in it, beside the one that is read."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("secret")
    (tmp_path / "folder").mkdir()
    return tmp_path / "outside"


@pytest.mark.parametrize(
    "target", ["outside/secret", "outside", "nothing", "folder", "/etc/passwd"]
)
def test_a_link_is_not_followed(tmp_path, outside, target):
    """To a file, to a folder, to nothing, in a circle: it is named as a link."""
    (tmp_path / "folder" / "link").symlink_to(tmp_path / target)
    assert problem(tmp_path / "folder") == "'link' is left out: it is a link."


def test_a_link_of_the_courses_own_is_followed(tmp_path, outside):
    """An instructor may keep data elsewhere; a link to a folder is no file all the same."""
    (tmp_path / "folder" / "link").symlink_to(outside / "secret")
    assert found(tmp_path / "folder", links=True) == {"link": b"secret"}


def test_a_second_name_of_a_file_is_the_file(tmp_path, outside):
    """A hard link cannot be told apart; it can only be made by who may read the file."""
    os.link(outside / "secret", tmp_path / "folder" / "name")
    assert found(tmp_path / "folder") == {"name": b"secret"}


def test_a_fifo_does_not_make_the_grader_wait(tmp_path):
    """Nobody will ever write to it."""
    os.mkfifo(tmp_path / "fifo")
    assert problem(tmp_path) == "'fifo' is left out: it is no regular file."


def test_a_socket_is_no_file(tmp_path):
    """Opening it fails."""
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(tmp_path / "socket"))
    assert problem(tmp_path).startswith("'socket' is left out: ")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
def test_a_device_is_not_read(tmp_path):
    """/dev/zero never ends."""
    try:
        os.mknod(tmp_path / "zero", 0o20666, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("not even root makes devices here")
    assert problem(tmp_path).startswith("'zero' is left out: ")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_named(tmp_path):
    """The others are read."""
    (tmp_path / "closed").touch(mode=0)
    assert problem(tmp_path) == "'closed' is left out: Permission denied."


def test_what_is_too_large_is_left_out_and_the_rest_is_not(tmp_path):
    """The size is that of all of them."""
    for name, size in {"a": 600, "b": 600, "c": 400}.items():
        (tmp_path / name).write_bytes(b"x" * size)
    files, problems = loose_files(tmp_path, 1000)
    assert list(files) == ["a", "c"]
    assert problems == ["'b' is left out: it is too large."]


def test_a_large_hole_is_too_large(tmp_path):
    """A file of a terabyte that takes no room on the disk."""
    with open(tmp_path / "hole", "wb") as file:
        file.truncate(2**40)
    assert problem(tmp_path) == "'hole' is left out: it is too large."


def test_too_many_files_are_named(tmp_path):
    """The first ones are read."""
    for k in range(MOST_FILES + 2):
        (tmp_path / f"{k:03}").touch()
    files, problems = loose_files(tmp_path, 1000)
    assert len(files) == MOST_FILES
    assert len(problems) == 2
    assert f"more than {MOST_FILES} files" in problems[0]
