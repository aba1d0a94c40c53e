"""sandbox/landlock: what may be read and written, tried in children that are locked for good."""

import os
import shutil
import sys
from pathlib import Path

import numpy
import pytest
from conftest import ROOT
from forked import in_child

from rnn_course.sandbox import landlock

pytestmark = pytest.mark.skipif(not landlock.abi(), reason="the kernel has no Landlock")
REFERENCE = ROOT / "rnn_course" / "subject" / "rnn_step_by_step" / "reference.py"


@pytest.fixture
def folders(tmp_path):
    """The private folder and another one, each with a file and a folder in it."""
    for name in ("private", "outside"):
        (tmp_path / name / "folder").mkdir(parents=True)
        (tmp_path / name / "file").write_text("text")
    return tmp_path / "private", tmp_path / "outside"


def with_lock(act, private, files=()):
    """What an act comes to where only the private folder and these files are allowed."""

    def locked():
        landlock.ruleset(private, list(files)).restrict()
        return act()

    return in_child(locked)


def read(path):
    """The first bytes of a file."""
    with open(path, "rb") as file:
        return file.read(10)


READS = {
    "the reference": lambda: read(REFERENCE),
    "the course": lambda: os.listdir(ROOT),
    "the secret's neighbour": lambda: read(ROOT / "nbgrader_config.py"),
    "the users": lambda: read("/etc/passwd"),
    "the settings": lambda: os.listdir("/etc"),
    "the processes": lambda: os.listdir("/proc"),
    "its own environment": lambda: read("/proc/self/environ"),
    "its own memory map": lambda: read("/proc/self/maps"),
    "its own descriptors": lambda: os.listdir("/proc/self/fd"),
    "the root": lambda: os.listdir("/"),
    "the temporary folder": lambda: os.listdir("/tmp"),
}
CHANGES = {
    "writing to": lambda private, outside: (outside / "file").write_text("other"),
    "truncating": lambda private, outside: os.truncate(outside / "file", 0),
    "making a file in": lambda private, outside: (outside / "new").touch(),
    "making a folder in": lambda private, outside: (outside / "new").mkdir(),
    "removing a file of": lambda private, outside: (outside / "file").unlink(),
    "removing a folder of": lambda private, outside: (outside / "folder").rmdir(),
    "moving a file out of": lambda private, outside: os.rename(outside / "file", private / "new"),
    "moving a file into": lambda private, outside: os.rename(private / "file", outside / "new"),
    "linking a file of": lambda private, outside: os.link(outside / "file", private / "new"),
}
ODD = {
    "a link": lambda private: os.symlink("/etc/passwd", private / "new"),
    "a FIFO": lambda private: os.mkfifo(private / "new"),
}


@pytest.mark.parametrize("what", READS)
def test_what_is_not_pythons_cannot_be_read(folders, what):
    """The same act works in a child without the lock."""
    assert in_child(READS[what])
    with pytest.raises(PermissionError):
        with_lock(READS[what], folders[0])


@pytest.mark.parametrize("what", CHANGES)
def test_another_folder_cannot_be_changed(folders, what):
    """Each act is tried with the lock first, then without."""
    with pytest.raises(OSError, match=r"Permission denied|cross-device"):
        with_lock(lambda: CHANGES[what](*folders), folders[0])
    assert sorted(os.listdir(folders[1])) == ["file", "folder"]
    assert (folders[1] / "file").read_text() == "text"
    in_child(CHANGES[what], *folders)


@pytest.mark.parametrize("what", ODD)
def test_odd_files_cannot_be_made_in_the_private_folder(folders, what):
    """The keeper and the grader meet plain files and folders alone."""
    with pytest.raises(PermissionError):
        with_lock(lambda: ODD[what](folders[0]), folders[0])
    in_child(ODD[what], folders[0])
    assert (folders[0] / "new").exists() or (folders[0] / "new").is_symlink()


def test_a_path_that_leads_out_of_the_private_folder_is_refused(folders):
    """Dots, a link that was there before, and a change of the folder."""
    private, outside = folders
    (private / "link").symlink_to(outside / "file")
    for path in (private / ".." / "outside" / "file", private / "link"):
        assert read(path) == b"text"
        with pytest.raises(PermissionError):
            with_lock(lambda path=path: read(path), private)
    with pytest.raises(PermissionError):
        with_lock(lambda: (os.chdir(outside), read("file")), private)


def test_the_private_folder_can_be_used(folders):
    """Files and folders are made, read, listed, moved and removed."""

    def use():
        private = folders[0]
        (private / "a" / "b").mkdir(parents=True)
        (private / "a" / "b" / "c").write_text("text")
        os.rename(private / "a" / "b" / "c", private / "c")
        assert (private / "c").read_text() == "text"
        os.truncate(private / "c", 1)
        (private / "a" / "b").rmdir()
        (private / "file").unlink()
        return sorted(os.listdir(private))

    assert with_lock(use, folders[0]) == ["a", "c", "folder"]


def test_python_and_its_packages_can_be_read(folders):
    """Modules that are not imported yet, and numpy's files."""

    def use():
        import colorsys

        assert "colorsys" in sys.modules
        assert read("/dev/urandom") != read("/dev/urandom")
        with open(os.devnull, "w") as null:
            null.write("text")
        return colorsys.__name__, bool(read(numpy.__file__)), bool(read(os.__file__))

    assert with_lock(use, folders[0]) == ("colorsys", True, True)


def test_a_file_that_is_named_can_be_read_and_not_its_neighbour(folders):
    """So the students' own modules are in sight, the course beside them is not."""
    private, outside = folders
    (outside / "other").write_text("other")
    named = [outside / "file", outside / "not there"]
    assert with_lock(lambda: read(outside / "file"), private, named) == b"text"
    for act in (lambda: read(outside / "other"), lambda: os.listdir(outside)):
        with pytest.raises(PermissionError):
            with_lock(act, private, named)
    with pytest.raises(PermissionError):
        with_lock(lambda: (outside / "file").write_text("changed"), private, named)


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """A site-packages in which the course is installed, on sys.path."""
    folder = tmp_path / "lib" / "site-packages"
    for name in ("rnn_course", "nbgrader", "numpy", "scipy"):
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text("secret = 1")
    for name in ("rnn_course-0.1.0.dist-info", "nbgrader-0.9.5.dist-info"):
        (folder / name).mkdir()
    for name in ("__editable___rnn_course_finder.py", "__editable__.rnn_course.pth", "six.py"):
        (folder / name).touch()
    monkeypatch.setattr(sys, "path", [*sys.path, str(folder), str(tmp_path / "site-packages")])
    return folder


def test_the_course_is_out_of_sight_where_it_lies_among_the_packages(packages):
    """And so is what grades, and what tells where the course is."""
    below = {path.name for path in landlock.readable([]) if packages in path.parents}
    assert below == {"numpy", "scipy", "six.py"}
    assert packages not in set(landlock.readable([]))


def test_the_course_among_the_packages_cannot_be_read(packages, folders):
    """The lock keeps what the list says."""

    def reader(name):
        return lambda: read(packages / name / "__init__.py")

    assert with_lock(reader("numpy"), folders[0]) == b"secret = 1"
    for name in ("rnn_course", "nbgrader"):
        with pytest.raises(PermissionError):
            with_lock(reader(name), folders[0])
    with pytest.raises(PermissionError):
        with_lock(lambda: os.listdir(packages), folders[0])


def test_neither_the_course_nor_a_home_is_readable():
    """In this very environment, however it was installed."""
    paths = {Path(os.path.realpath(path)) for path in landlock.readable([])}
    for kept in (ROOT, ROOT / "rnn_course", REFERENCE, Path.home(), Path("/"), Path("/proc")):
        assert not paths & {kept, *kept.parents}


def test_a_system_without_landlock_is_version_0(monkeypatch):
    """macOS and Windows."""
    monkeypatch.setattr(sys, "platform", "darwin")
    assert landlock.abi() == 0


def test_rules_cannot_be_built_for_a_folder_that_is_not_there(folders):
    """It fails when the rules are made, not when a student's code runs."""
    shutil.rmtree(folders[0])
    with pytest.raises(OSError, match="private"):
        landlock.ruleset(folders[0], [])
