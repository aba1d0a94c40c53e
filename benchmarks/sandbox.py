"""From file to executed notebook: the time of the sandbox against that of nbgrader's Execute.

Both read the file of a notebook with all solutions, run its cells and call the eight functions on
the judge's inputs; run by run in turn, in one process, on this machine. Twice: as in grading, and
with the pictures drawn, as for a student who runs all cells.

    python benchmarks/sandbox.py [--runs 5] [--check]

--check fails if a ratio, or a child's private memory, is over its target.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import nbformat
from nbgrader.preprocessors import Execute
from rich.console import Console
from rich.table import Table

from rnn_course.grading.cohort import solutions
from rnn_course.grading.submission import read
from rnn_course.sandbox.answer import question
from rnn_course.sandbox.limits import Limits
from rnn_course.sandbox.run import Cell
from rnn_course.sandbox.sandbox import Sandbox
from rnn_course.subject.cases import all_cases
from rnn_course.subject.exercises import of

ROOT = Path(__file__).resolve().parents[1]
ASSIGNMENT = "rnn-step-by-step"
TARGETS = {"as in grading": ("autograde", 1 / 20), "with pictures": ("", 1 / 8)}
MEMORY_MIB = 60
ASK = "from rnn_course.sandbox.answer import answer\nlen(answer(get_ipython().user_ns, {asked!r}))"


def questions() -> dict[str, str]:
    """What the judge asks each function."""
    return {
        e.name: question(e.name, [case.arguments for case in all_cases(e, "benchmark")], e.standins)
        for e in of(ASSIGNMENT).values()
    }


def by_nbgrader(path: Path, asked: dict[str, str]) -> None:
    """Execute as nbgrader's autograde does it, the questions as the text of the test cells."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.id in asked:
            check, *_ = cell.source.splitlines()  # the visible check, then the hidden test
            cell.source = f"{check}\n{ASK.format(asked=asked[cell.id])}"
    step = Execute(timeout=60, kernel_name="python3", extra_arguments=["--log-level=ERROR"])
    step.preprocess(notebook, {"metadata": {"path": str(path.parent)}})


def by_sandbox(path: Path, asked: dict[str, str], sandbox: Sandbox) -> None:
    """Run the cells in the sandbox, and put the questions."""
    notebook, _ = read(path.read_bytes())
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    cells = [Cell(cell.source, asked.get(cell.id)) for cell in code]
    environment = {"NBGRADER_EXECUTION": os.environ["NBGRADER_EXECUTION"]}
    runs = sandbox.run(cells, Limits(), environment)
    for cell, run in zip(code, runs, strict=True):
        assert run.outcome is None, (cell.id, run.outcome)
        assert (run.answer is None) == (cell.id not in asked)
        cell.outputs, cell.execution_count = run.outputs, run.count


class PrivateMemory(threading.Thread):
    """Looks at the sandbox's children while they run; peak_mib is the most that one had."""

    def __init__(self, warm: int):
        super().__init__(daemon=True)
        self.warm, self.peak_mib, self.stopped = warm, 0.0, False

    def run(self) -> None:
        """Read the smaps of each process two generations below the warm one."""
        while not self.stopped:
            for keeper in _children(self.warm):
                for child in _children(keeper):
                    self.peak_mib = max(self.peak_mib, _private_mib(child))
            time.sleep(0.005)


def _children(pid: int) -> list[int]:
    try:
        return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))
    except (FileNotFoundError, ProcessLookupError):
        return []


def _private_mib(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private")) / 1024


def _timed(function, *arguments) -> float:
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def main() -> int:
    """Measure, print, and with --check compare with the targets."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    table = Table(title="From a submission's file to its executed notebook: medians")
    for column in ("", "nbgrader's Execute", "sandbox", "ratio", "target"):
        table.add_column(column, justify="right" if column else "left")
    sys.path.insert(0, str(ROOT))
    os.environ["PYTHONPATH"] = str(ROOT)
    asked, missed = questions(), []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{ASSIGNMENT}.ipynb")
        _write_submission(path)
        sandbox = Sandbox()
        sandbox.check()
        memory = PrivateMemory(sandbox.process.pid)
        for name, (execution, target) in TARGETS.items():
            os.environ["NBGRADER_EXECUTION"] = execution
            times = [
                (_timed(by_nbgrader, path, asked), _timed(by_sandbox, path, asked, sandbox))
                for _ in range(arguments.runs)
            ]
            theirs, ours = map(statistics.median, zip(*times, strict=True))
            cells = (f"{theirs:.2f} s", f"{1000 * ours:.0f} ms", f"1/{theirs / ours:.1f}")
            table.add_row(name, *cells, f"1/{1 / target:.0f}")
            missed += [name] if ours / theirs > target else []
        memory.start()
        by_sandbox(path, asked, sandbox)
        memory.stopped = True
        sandbox.close()
    Console().print(table)
    print(f"Private memory of a child: {memory.peak_mib:.0f} MiB at most (target: {MEMORY_MIB}).")
    missed += ["memory"] if memory.peak_mib > MEMORY_MIB else []
    if missed:
        print(f"Over the target: {', '.join(missed)}.")
    return 1 if missed and arguments.check else 0


def _write_submission(path: Path) -> None:
    released = ROOT / "release" / ASSIGNMENT / path.name
    solved = solutions(nbformat.read(ROOT / "source" / ASSIGNMENT / path.name, as_version=4))
    notebook = nbformat.read(released, as_version=4)
    for cell in notebook.cells:
        cell.source = solved.get(cell.id, cell.source)
    path.write_text(json.dumps(notebook))


if __name__ == "__main__":
    sys.exit(main())
