"""nbgrader zip_collect for what Moodle and Canvas pack: whose file it is, and which is the last.

Moodle   Jane Doe_123456_assignsubmission_file_/rnn-step-by-step.ipynb   (or all in one name),
Canvas   doejane_LATE_9876_554433_rnn-step-by-step-2.ipynb   (2: the third attempt).

The number is the student's: the participant's in Moodle, the user's in Canvas. Neither tells when
the file was handed in. Of several files of a student, that of the latest attempt counts.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from nbgrader.plugins import FileNameCollectorPlugin

MOODLE = r"[^/]*_(?P<student>\d+)_assignsubmission_file_?/?(?P<file>[^/]+)"
CANVAS = r"[^/_]+_(?:LATE_)?(?P<student>\d+)_(?P<attachment>\d+)_(?P<file>[^/]+)"
NAMES = [re.compile(rf"(?:.*/)?{layout}\.ipynb") for layout in (MOODLE, CANVAS)]
COPY = re.compile(r"(?P<file>.+?) ?(?:-(?P<attempt>\d+)|\((?P<copy>\d+)\))")


@dataclass(frozen=True)
class Download:
    """A downloaded notebook: whose it is, what it is called, and how late it is among others."""

    student: str
    notebook: str
    order: tuple[int, ...]


def read_name(path: str, released: Iterable[str]) -> Download | None:
    """What the path of an unpacked file says; None if it is laid out in neither way.

    A number that an LMS or a browser put behind a released notebook's name is taken off.
    """
    found = next(filter(None, (name.fullmatch(path) for name in NAMES)), None)
    if found is None:
        return None
    notebook, number = found["file"], 0
    again = COPY.fullmatch(notebook)
    if notebook not in released and again and again["file"] in released:
        notebook, number = again["file"], int(again["attempt"] or again["copy"])
    attachment = int(found.groupdict().get("attachment") or 0)
    return Download(found["student"], notebook, (attachment, number))


class Downloads(FileNameCollectorPlugin):
    """The collector of ZipCollectApp, its parent."""

    def collect(self, submitted_file):
        """nbgrader's view of a file; None if it is to be left out, with the reason in the log."""
        if Path(submitted_file).suffix not in self.valid_ext:
            return None
        download = read_name(submitted_file, self._released)
        if download is None:
            self.log.warning("%s is not named as Moodle or Canvas do: left out.", submitted_file)
            return None
        if self._last[download.student, download.notebook] != submitted_file:
            self.log.warning("%s: there is a later one.", submitted_file)
            return None
        return {"student_id": download.student, "file_id": download.notebook}

    @cached_property
    def _released(self) -> set[str]:
        course = self.parent.coursedir
        folder = Path(course.format_path(course.release_directory, ".", course.assignment_id))
        return {path.stem for path in folder.glob("*.ipynb")}

    @cached_property
    def _last(self) -> dict[tuple[str, str], str]:
        """The last file of each student and notebook; of downloads, the later archive's."""
        unpacked = Path(self.parent._format_collect_path(self.parent.extracted_directory))
        archives = Path(self.parent._format_collect_path(self.parent.archive_directory))
        times = {
            name: path.stat().st_mtime_ns
            for path in archives.iterdir()
            for name in (path.name, path.stem)  # unpacked, an archive is a folder of its stem
        }
        last: dict[tuple[str, str], tuple] = {}
        for path in unpacked.rglob("*.ipynb"):
            download = read_name(str(path), self._released)
            if download:
                archive = times.get(path.relative_to(unpacked).parts[0], 0)
                place = (*download.order[:1], archive, *download.order[1:], str(path))
                key = download.student, download.notebook
                last[key] = max(last.get(key, ()), place)
        return {key: place[-1] for key, place in last.items()}
