"""A course with things in it that no submission may reach, and eyes on all of them."""

import hashlib
import json
import os
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import nbformat
from conftest import ASSIGNMENT, COHORT, EXERCISES
from nbgrader.api import Gradebook

from rnn_course.grading.cohort import write_submissions
from rnn_course.grading.course import Course

from .active import active_parts
from .attack import NOTEBOOK, PREFIX, Attack
from .watch import adopted, listeners, peak_mib, somebody_waits_at

GRADER_MIB, PROCESS_MIB = 1024, 2560  # most memory of the grader, and of any process it started
HANDED_BACK_MIB = 20  # most that stays of a submission: a notebook of 4 MiB of output, with room
PASSIVE = {"text/plain", "image/png"}
MIB = 2**20
VICTIM = "victim"


class Scene:
    """A released course, what is planted around it, and what was seen while it was graded."""

    def __init__(self, course: Path, outside: Path):
        self.course, self.outside = course, outside
        self.temporary = outside / "tmp"
        for folder in (self.temporary, outside / "home"):
            folder.mkdir(parents=True)
        self.did = "done-", secrets.token_hex(8)  # joined only where it is printed
        self.secrets = {
            name: secrets.token_hex(16)
            for name in (
                "course's secret",
                "outside file",
                "environment",
                "submission",
                "gradebook",
            )
        } | {"source": "### BEGIN SOLUTION"}
        self.heard: list[str] = []  # by those who listen for connections
        self.left: list[str] = []  # processes
        self.changed: list[str] = []  # files of the course, and outside
        self.grader_mib = self.process_mib = 0
        self.held: list[str] = []  # pipes at which the grader waited
        self.log = ""
        self._plant()

    def _plant(self) -> None:
        (self.course / "course_secret.txt").write_text(self.secrets["course's secret"])
        (self.outside / "secret.txt").write_text(self.secrets["outside file"])
        write_submissions(Course(self.course), ASSIGNMENT, [COHORT["all-right"]])
        (self.course / "submitted" / "all-right").rename(self.course / "submitted" / VICTIM)
        self.victim = self.course / "submitted" / VICTIM / ASSIGNMENT / NOTEBOOK
        notebook = nbformat.read(self.victim, as_version=4)
        notebook.cells.append(nbformat.v4.new_markdown_cell(self.secrets["submission"]))
        nbformat.write(notebook, self.victim)
        with self.gradebook() as gradebook:
            gradebook.add_student(VICTIM, first_name=self.secrets["gradebook"])
            gradebook.add_submission(ASSIGNMENT, VICTIM)
            grade = gradebook.find_grade("lstm_backward", ASSIGNMENT, ASSIGNMENT, VICTIM)
            grade.auto_score = 7
            gradebook.db.commit()

    def gradebook(self) -> Gradebook:
        """nbgrader's database of the course, to be used in a with statement."""
        return Gradebook(f"sqlite:///{self.course / 'gradebook.db'}", "rnn-course")

    def write(self, attacks: Iterable[Attack], **places: str) -> None:
        """Hand the attacks in, each with a decoy outside that is its own."""
        fixed = {"course": self.course, "outside": self.outside, "victim": self.victim}
        for attack in attacks:
            decoy = self.outside / f"{attack.name}.txt"
            decoy.write_text("a file that was here before\n")
            own = {"name": attack.name, "decoy": decoy}
            own["did"] = " + ".join(map(repr, self.did))
            attack.write(self.course, {k: str(v) for k, v in (fixed | own | places).items()})

    def grade(self, attacks: list[Attack], *options: str, seconds: float = 900) -> bool:
        """Write, grade and look; returns whether nbgrader came to its end."""
        with listeners(self.heard) as places, adopted(self.left):
            self.write(attacks, **places)
            before = self._digest()
            students = attacks[0].student if len(attacks) == 1 else f"{PREFIX}*"
            ended = self._run(["autograde", ASSIGNMENT, f"--student={students}", *options], seconds)
            after = self._digest()
        self.changed = sorted(
            str(path) for path in before.keys() | after if before.get(path) != after.get(path)
        )
        return ended

    def feedback(self, students: str) -> None:
        """Have the feedback of some students written."""
        self._run(["generate_feedback", ASSIGNMENT, f"--student={students}"], 300)

    def _run(self, arguments: list[str], seconds: float) -> bool:
        command = [sys.executable, "-m", "nbgrader", *arguments, "--force"]
        home = {"HOME": str(self.outside / "home"), "TMPDIR": str(self.temporary)}
        token = {"COURSE_TOKEN": self.secrets["environment"]}
        pipes = [path for path in _paths(self.course / "submitted") if path.is_fifo()]
        log = self.outside / "home" / "log.txt"
        with open(log, "wb") as file:
            process = subprocess.Popen(
                command,
                cwd=self.course,
                env=os.environ | home | token,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        end, status, usage = time.monotonic() + seconds, None, None
        for turn in range(10**9):
            pid, code, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                status = os.waitstatus_to_exitcode(code)
                break
            if time.monotonic() > end:
                os.killpg(process.pid, signal.SIGKILL)
            self.grader_mib = max(self.grader_mib, peak_mib(process.pid))
            if turn % 40 == 0:
                self.held += [str(pipe) for pipe in pipes if somebody_waits_at(pipe)]
            time.sleep(0.05)
        process.returncode = status
        self.process_mib = max(self.process_mib, usage.ru_maxrss // 1024)
        self.log += log.read_text("utf-8", "replace")
        return status in (0, 1) and time.monotonic() < end

    def _digest(self) -> dict[Path, object]:
        """What each file of the course and outside is, but for what grading writes."""
        tops = [top for root in (self.course, self.outside) for top in root.iterdir()]
        written = ("gradebook.db", "autograded", "feedback", "home", "tmp")
        return {
            path: _identity(path)
            for top in tops
            if not top.name.startswith(written)
            for path in (top, *(() if top.is_symlink() else _paths(top)))
        }

    # --- what came of it ---------------------------------------------------------------------

    def scores(self) -> dict[str, float]:
        """The points of each student, as the gradebook has them."""
        with self.gradebook() as gradebook:
            rows = gradebook.assignment_submissions(ASSIGNMENT)
            return {row.student.id: row.score for row in rows}

    def harms(self, attack: Attack, alone: bool = False) -> list[str]:
        """What an attack has done; with alone, it was the only one that was graded."""
        outputs = self._outputs(attack)
        said = json.dumps(outputs)
        found = [f"told of the {name}" for name, secret in self.secrets.items() if secret in said]
        found += ["did what it should not"] if "".join(self.did) in said else []
        found += [f"put out {mime}" for output in outputs for mime in _active(output)]
        found += [f"feedback: {part}" for part in active_parts(self._feedback(attack))]
        found += [f"reached: {call.splitlines()[0]}" for call in self.heard if attack.name in call]
        found += [f"left /dev/shm/{attack.name}"] * Path("/dev/shm", attack.name).exists()
        found += [f"held the grader at {path}" for path in self.held if attack.student in path]
        mine = (f"/{attack.name}.txt", f"/{attack.student}/")
        found += [f"changed {path}" for path in self.changed if any(m in path for m in mine)]
        left = _mib(self.course / "autograded" / attack.student)
        found += [f"left {left} MiB"] if left > HANDED_BACK_MIB else []
        return found + (self.common_harms() if alone else [])

    def common_harms(self) -> list[str]:
        """What cannot be told to be of one attack alone."""
        found = [f"changed {path}" for path in self.changed]
        found += [f"left the process {line}" for line in self.left]
        found += [f"left {path.name} in the temporary folder" for path in self.temporary.iterdir()]
        for who, most in (("grader", GRADER_MIB), ("process", PROCESS_MIB)):
            mib = getattr(self, f"{who}_mib")
            found += [f"made a {who} take {mib} MiB"] if mib > most else []
        if self.scores().get(VICTIM) != 7:
            found.append("changed another's grade")
        return found

    def _outputs(self, attack: Attack) -> list[dict]:
        path = self.course / "autograded" / attack.student / ASSIGNMENT / NOTEBOOK
        if not path.is_file():
            return []
        cells = nbformat.read(path, as_version=4).cells
        return [o for c in cells if c.id not in EXERCISES for o in c.get("outputs", [])] + [
            {**output, "data": {"text/plain": output["data"].get("text/html", "")}}
            for cell in cells
            if cell.id in EXERCISES
            for output in cell.outputs
            if "data" in output
        ]

    def _feedback(self, attack: Attack) -> str:
        path = self.course / "feedback" / attack.student / ASSIGNMENT
        pages = sorted(path.glob("*.html"))
        return "".join(page.read_text("utf-8") for page in pages)


def _paths(folder: Path) -> Iterator[Path]:
    """What lies below a folder, as deep as it is worth while."""
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__" and len(parent) < 1000]
        yield from (Path(parent, name) for name in folders + names)


def _active(output: dict) -> set[str]:
    return set(output.get("data", {})) - PASSIVE


def _identity(path: Path) -> object:
    about = path.lstat()
    kind = (about.st_mode, about.st_uid)
    if stat.S_ISLNK(about.st_mode):
        return (*kind, os.readlink(path))
    if not stat.S_ISREG(about.st_mode):
        return kind
    data = path.read_bytes() if about.st_size < 10 * MIB else b""
    return (*kind, about.st_size, about.st_mtime_ns, hashlib.sha256(data).digest())


def _mib(folder: Path) -> int:
    used = subprocess.run(["du", "-sm", folder], capture_output=True, text=True, check=False)
    return int((used.stdout or "0").split()[0])


def remove_marks(attacks: Iterable[Attack]) -> None:
    """Take away what attacks may have left outside of all folders."""
    for attack in attacks:
        path = Path("/dev/shm", attack.name)
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
