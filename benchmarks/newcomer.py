"""From git clone to a first graded notebook and a first diagnosed post: what each step takes.

A clone of this repository in an empty folder, an environment of its own, and the commands of the
docs, one after the other as a newcomer types them. It fails where a step does, or if another result
comes out than is due.

    python benchmarks/newcomer.py
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
ASSIGNMENT = "rnn-step-by-step"
STUB = re.compile(r"    # YOUR CODE HERE\n    raise NotImplementedError\(.*\)\n")
FIRST = """\
    Wax, Waa, Wya = (parameters[name] for name in ("Wax", "Waa", "Wya"))
    a_next = np.tanh(Wax @ xt + Waa @ a_prev + parameters["ba"])
    yt_pred = softmax(Wya @ a_next + parameters["by"])
    cache = (a_next, a_prev, xt, parameters)
"""
POST = """\
gradients["da0"][2][3] = 0.36036164521813074
gradients["dWf"][3][1] = -0.18517242265597195
gradients["dWi"][1][2] = 0.40512433092981837
"""


class Newcomer:
    """Who types commands, and looks at the clock."""

    def __init__(self, folder: Path):
        self.course = folder / "rnn-course"
        self.times: list[tuple[str, str, float]] = []
        bin_folder = self.course / ".venv" / "bin"
        kept = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "PYTHONPATH")}
        self.environment = kept | {"PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}"}

    def types(self, what: str, *command: str) -> str:
        """Run a command of a step and return what it prints; exits if it fails."""
        begun = time.perf_counter()
        done = subprocess.run(
            command,
            cwd=self.course if self.course.exists() else self.course.parent,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        self.times.append((what, " ".join(command), time.perf_counter() - begun))
        if done.returncode:
            sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout


def handed_in(course: Path) -> None:
    """A student's notebook with its first function done."""
    folder = course / "submitted" / "newcomer" / ASSIGNMENT
    shutil.copytree(course / "release" / ASSIGNMENT, folder)
    path = folder / f"{ASSIGNMENT}.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    cell = next(c for c in notebook["cells"] if c["id"] == "solve-rnn_cell_forward")
    cell["source"] = STUB.sub(lambda _: FIRST, "".join(cell["source"]))
    path.write_text(json.dumps(notebook), "utf-8")


def main() -> None:
    """Take all steps and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        newcomer = Newcomer(Path(folder))
        newcomer.types("get the course", "git", "clone", "--quiet", str(ROOT), "rnn-course")
        newcomer.types("install", "make", f"PYTHON={sys.executable}", ".venv/course")
        newcomer.types("see it work", "make", "demo")
        newcomer.types("may it grade here?", "rnn-course", "doctor")
        newcomer.types("release", "rnn-course", "release", ASSIGNMENT)
        handed_in(newcomer.course)
        graded = newcomer.types("grade", "rnn-course", "autograde", ASSIGNMENT, "--json")
        newcomer.types("feedback", "nbgrader", "generate_feedback", ASSIGNMENT)
        (newcomer.course / "post.txt").write_text(POST, "utf-8")
        told = newcomer.types("diagnose a post", "rnn-course", "diagnose", "post.txt", "--json")
    points, verdict = json.loads(graded)["mean_points"], json.loads(told)["verdict"]
    if (points, verdict) != (8, "explained"):
        sys.exit(f"8 points and an explanation are due, not {points} and {verdict!r}.")
    table = Table("step", "command", title="A newcomer's way", title_justify="left")
    table.add_column("seconds", justify="right")
    for what, command, seconds in newcomer.times:
        told = command.replace(f"PYTHON={sys.executable} ", "").replace(str(ROOT), "…")
        table.add_row(what, told, f"{seconds:.1f}")
    table.add_row("all", "", f"{sum(seconds for *_, seconds in newcomer.times):.1f}")
    Console(width=max(100, Console().width)).print(table)


if __name__ == "__main__":
    main()
