"""A class of thousands: rnn-course autograde against plain nbgrader with its own Execute.

Made-up students hand in the notebooks of the cohort in turn, but for the one that never ends, whose
cost is told apart. Plain nbgrader, whose hidden tests are one case a function in the test cell
itself, grades a sample: its rate is that of the submissions after the first, so its start does not
count, while ours does.

    python benchmarks/autograde.py [--counts 100 1000 5000] [--sample 12] [--check]

--check fails if a figure misses its target.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import plain_nbgrader
import psutil
from rich.console import Console
from rich.table import Table

from rnn_course.grading.cohort import cohort, write_submissions
from rnn_course.grading.course import Course

ROOT = Path(__file__).resolve().parents[1]
ASSIGNMENT = "rnn-step-by-step"
COHORT = cohort(ASSIGNMENT)
NOTEBOOK = f"{ASSIGNMENT}.ipynb"
ENDLESS = "endless-loop"
PAIR = 1000  # submissions for one process against all cores
TARGETS = {"cores": 25.0, "one": 12.0, "two": 1.7, "thousand": 80.0, "memory": 1024.0}


@dataclass(frozen=True)
class Run:
    """One command: its time, its most memory, and what it printed."""

    seconds: float
    mib: float
    summary: dict


def run(course: Path, *command: str) -> Run:
    """Run a command in a course, and look at the memory of all its processes."""
    start = time.perf_counter()
    with subprocess.Popen(
        command, cwd=course, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        memory = Memory(process.pid)
        memory.start()
        said, errors = process.communicate()
    seconds = time.perf_counter() - start
    memory.stopped.set()
    memory.join()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{errors[-2000:]}")
    return Run(seconds, memory.peak, json.loads(said) if said.startswith("{") else {})


class Memory(threading.Thread):
    """Adds up what a process and all that came of it have, shared pages once (PSS)."""

    def __init__(self, pid: int):
        super().__init__(daemon=True)
        self.pid, self.peak, self.stopped = pid, 0.0, threading.Event()

    def run(self) -> None:
        """Look twice a second until it is over."""
        while not self.stopped.wait(0.5):
            total = 0
            try:
                main = psutil.Process(self.pid)
                processes = [main, *main.children(recursive=True)]
            except psutil.Error:
                return
            for process in processes:
                try:
                    total += process.memory_full_info().pss
                except psutil.Error:  # it ended in between
                    continue
            self.peak = max(self.peak, total / 2**20)


def our_course(folder: Path) -> Path:
    """This course, released, without submissions."""
    folder.mkdir()
    shutil.copytree(ROOT / "source", folder / "source", ignore=shutil.ignore_patterns(".*"))
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    for path in (ROOT / "rnn_course", *ROOT.glob("rnn_*.py")):
        (folder / path.name).symlink_to(path)
    Course(folder).release(ASSIGNMENT)
    return folder


def hand_in(course: Path, patterns: Path, count: int) -> None:
    """So many students; each hands in a link to the notebook of a member of the cohort."""
    members = [name for name in COHORT if name != ENDLESS]
    for number in range(count):
        member = members[number % len(members)]
        folder = course / "submitted" / f"{number:05}-{member}" / ASSIGNMENT
        folder.mkdir(parents=True)
        os.link(patterns / "submitted" / member / ASSIGNMENT / NOTEBOOK, folder / NOTEBOOK)


def plain_seconds(folder: Path, patterns: Path, sample: int) -> tuple[float, float]:
    """Plain nbgrader's seconds for a submission, and for one that never ends."""
    course = folder / "plain"
    course.mkdir()
    plain_nbgrader.build(ROOT / "source" / ASSIGNMENT / NOTEBOOK, course)
    hand_in(course, patterns, sample + 1)
    endless = course / "submitted" / "zzz" / ASSIGNMENT
    endless.mkdir(parents=True)
    os.link(patterns / "submitted" / ENDLESS / ASSIGNMENT / NOTEBOOK, endless / NOTEBOOK)
    command = (sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT, "--force")
    one = run(course, *command, "--student=00000-*").seconds
    all_of_them = run(course, *command, "--student=0*").seconds
    return (all_of_them - one) / sample, run(course, *command, "--student=zzz").seconds


def grade(course: Path, *options: str) -> Run:
    """Grade all of a course with this project's command."""
    command = str(Path(sys.executable).with_name("rnn-course"))
    return run(course, command, "autograde", ASSIGNMENT, "--json", "--force", *options)


def report(rows: list[tuple], title: str, *columns: str) -> None:
    """Print a table."""
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, justify="left" if column == columns[0] else "right")
    for row in rows:
        table.add_row(*row)
    Console(width=100).print(table)


def measure(folder: Path, counts: list[int], sample: int) -> dict[str, float]:
    """Print all tables; returns the figures that have targets."""
    patterns = our_course(folder / "patterns")
    write_submissions(Course(patterns), ASSIGNMENT, COHORT.values())
    theirs, their_loop = plain_seconds(folder, patterns, sample)
    figures, rows = {}, []
    course = our_course(folder / "first")
    pair = min(PAIR, max(counts))
    hand_in(course, patterns, pair)
    one, cores = grade(course, "--workers", "1"), grade(course)
    alone = pair / one.seconds
    for count in counts:
        place = our_course(folder / str(count))
        hand_in(place, patterns, count)
        ours = grade(place)
        again = run(place, *_again())
        rate = count / ours.seconds
        row = (f"{count:,}", f"{ours.seconds:.0f} s", f"{rate:.1f}/s", f"{rate * theirs:.1f}")
        rows.append((*row, f"{ours.mib:.0f} MiB", f"{again.seconds:.1f} s"))
        figures |= {"cores": rate * theirs, "memory": max(figures.get("memory", 0.0), ours.mib)}
        figures |= {"thousand": ours.seconds} if count == 1000 else {}
        stages = ours.summary["stages"]
        shutil.rmtree(place)
    figures |= {"one": alone * theirs, "two": one.seconds / cores.seconds}
    told = f"plain nbgrader: {theirs:.2f} s a submission, {1 / theirs:.2f}/s"
    columns = ("submissions", "time", "rate", "times plain", "most memory", "again, unchanged")
    report(rows, f"All {os.cpu_count()} cores; {told}", *columns)
    row = (f"{pair}", f"{one.seconds:.1f} s", f"{cores.seconds:.1f} s")
    row += (f"{figures['two']:.2f}", f"{alone:.1f}/s", f"{figures['one']:.1f}")
    columns = ("submissions", "one process", "all cores", "ratio", "rate of one", "times plain")
    report([row], "One process against a worker a core", *columns)
    _report_stages(stages)
    _report_rest(patterns, their_loop)
    return figures


def _again() -> tuple[str, ...]:
    command = str(Path(sys.executable).with_name("rnn-course"))
    return command, "autograde", ASSIGNMENT, "--json"


def _report_stages(stages: dict[str, float]) -> None:
    total = sum(stages.values())
    rows = [(name, f"{100 * seconds / total:.1f} %") for name, seconds in stages.items()]
    report(rows[:8], "Where a worker's time goes", "step", "share")


def _report_rest(patterns: Path, their_loop: float) -> None:
    """What an endless loop costs, and how long it takes to start."""
    ours = grade(patterns, "--student", ENDLESS)
    single = grade(patterns, "--student", "all-right")
    work = sum(single.summary["stages"].values())
    start = time.perf_counter()
    subprocess.run([_again()[0], "--help"], check=True, capture_output=True)
    rows = [
        ("plain nbgrader, a submission that never ends", f"{their_loop:.1f} s"),
        ("rnn-course autograde, the same", f"{ours.seconds:.1f} s"),
        ("rnn-course autograde, one submission", f"{single.seconds:.2f} s"),
        ("of this before and after its grading", f"{single.seconds - work:.2f} s"),
        ("rnn-course --help", f"{time.perf_counter() - start:.2f} s"),
    ]
    report(rows, "Single commands", "command", "time")


def main() -> int:
    """Measure, print, and with --check compare with the targets."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--counts", type=int, nargs="+", default=[100, 1000, 5000])
    parser.add_argument("--sample", type=int, default=12)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), arguments.counts, arguments.sample)
    missed = []
    for name, target in TARGETS.items():
        figure = figures.get(name)
        most = name in ("thousand", "memory")
        if figure is not None and (figure > target if most else figure < target):
            missed.append(f"{name} {figure:.1f} ({'at most' if most else 'at least'} {target:g})")
    if missed:
        print("Missed: " + ", ".join(missed) + ".")
    return 1 if missed and arguments.check else 0


if __name__ == "__main__":
    sys.exit(main())
