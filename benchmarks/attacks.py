"""Every attack of tests/attacks against plain nbgrader and against this course, side by side.

    python benchmarks/attacks.py [--only NAME …] [--limit N]

Plain nbgrader really runs them, one after the other, each in a copy of the course in a temporary
folder. It takes minutes.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import warnings
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import plain_nbgrader  # noqa: E402
from attacks.attack import Attack, attacks  # noqa: E402
from attacks.conftest import LIMITS  # noqa: E402
from attacks.scene import Scene, remove_marks  # noqa: E402
from conftest import ASSIGNMENT, SOURCE, copy_course  # noqa: E402

from rnn_course.grading.course import Course  # noqa: E402

PLAIN_SECONDS = 120  # for one submission; more is a hang


@dataclass(frozen=True)
class Result:
    """What came of one attack: its points, None without a grade, and what it did."""

    attack: Attack
    score: float | None
    harms: list[str]
    ended: bool = True

    @property
    def gained(self) -> bool:
        """Points for nothing."""
        return self.score is not None and self.score > self.attack.due

    @property
    def lost(self) -> bool:
        """Honest points that are not there."""
        return (self.score or 0) < self.attack.due

    @property
    def words(self) -> str:
        """The points, and a mark for harm."""
        points = "no grade" if self.score is None else f"{self.score:g}"
        return ("no end" if not self.ended else points) + (", harm" if self.harms else "")


def plain(attack: Attack, released: Path, folder: Path) -> Result:
    """Grade one attack with plain nbgrader, in a course of its own."""
    course = folder / "course"
    shutil.copytree(released, course)
    scene = Scene(course, folder / "outside")
    try:
        ended = scene.grade([attack], seconds=PLAIN_SECONDS)
        graded = (course / "autograded" / attack.student / ASSIGNMENT).is_dir()
        score = scene.scores().get(attack.student) if graded else None
        return Result(attack, score, scene.harms(attack, alone=True), ended)
    except Exception as error:  # the gradebook itself may be gone
        return Result(attack, None, [f"what is left cannot be read: {error}"])
    finally:
        remove_marks([attack])


def ours(chosen: list[Attack], folder: Path) -> list[Result]:
    """Grade all attacks with the course's own configuration, in one batch."""
    course = copy_course(folder / "course")
    Course(course).release(ASSIGNMENT)
    scene = Scene(course, folder / "outside")
    ended = scene.grade(chosen, *LIMITS)
    scene.feedback("in-*")
    scores, common = scene.scores(), scene.common_harms()
    print(*(f"{harm}\n" for harm in common), sep="", end="")
    remove_marks(chosen)
    return [
        Result(attack, scores.get(attack.student), scene.harms(attack), ended) for attack in chosen
    ]


def _fresh(folder: Path) -> Path:
    """An empty folder; what was in it may be too deep for Python."""
    subprocess.run(["rm", "-rf", folder], check=True)
    folder.mkdir()
    return folder


def _count(results: list[Result]) -> str:
    gained, lost = sum(r.gained for r in results), sum(r.lost for r in results)
    harmed = sum(bool(r.harms) for r in results)
    return f"unearned points to {gained}, honest points lost by {lost}, harmed by {harmed}"


def main() -> None:
    """Run what is asked for and print the table."""
    warnings.filterwarnings("ignore", "Object of type")  # SQLAlchemy's, about nbgrader
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", nargs="+", default=["*"], metavar="NAME", help="wildcards work")
    parser.add_argument("--limit", type=int, help="the first so many")
    parser.add_argument("--ours", action="store_true", help="without plain nbgrader")
    parser.add_argument("--verbose", action="store_true", help="tell the harms")
    wanted = parser.parse_args()
    chosen = [a for a in attacks() if any(fnmatch(a.name, name) for name in wanted.only)]
    chosen = chosen[: wanted.limit]
    folder = Path(tempfile.mkdtemp(prefix="attacks-"))
    try:
        mine = ours(chosen, _fresh(folder / "ours"))
        theirs = []
        if not wanted.ours:
            plain_nbgrader.build(SOURCE, _fresh(folder / "released"))
        print(f"{'attack':32} {'due':>4}  {'plain nbgrader':24} this course", flush=True)
        for result in mine:
            row = f"{result.attack.name:32} {result.attack.due:4g}"
            told = result.harms
            if not wanted.ours:
                theirs.append(plain(result.attack, folder / "released", _fresh(folder / "plain")))
                row, told = f"{row}  {theirs[-1].words:24}", theirs[-1].harms + told
            print(row, result.words, flush=True)
            print(*(f"    {harm[:150]}\n" for harm in told * wanted.verbose), sep="", end="")
    finally:
        subprocess.run(["rm", "-rf", folder], check=True)
    print(f"\n{len(chosen)} attacks")
    for name, results in (("plain nbgrader", theirs), ("this course", mine)):
        print(f"{name}: {_count(results)}" if results else f"{name}: not run")


if __name__ == "__main__":
    main()
