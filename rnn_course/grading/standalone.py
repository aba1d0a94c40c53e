"""A notebook or program judged by itself: no gradebook, no assignment, one function at a time."""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..sandbox.answer import question
from ..sandbox.limits import Limits
from ..sandbox.outputs import WORDS, CellRun
from ..sandbox.run import Cell
from ..sandbox.sandbox import Sandbox
from ..sandbox.wire import WireError, decode
from ..subject.cases import Case, all_cases
from ..subject.exercises import EXERCISES, Exercise
from . import checks
from .loose import read_regular
from .needed import Statement, needed, parsed
from .verdict import Status, Verdict

MOST_BYTES = 20 * 2**20  # most of a notebook is pictures
MOST_CODE = 10**6  # characters
KEY = "a file by itself"  # nobody wins anything by knowing these inputs
SETUP = "import numpy as np\nfrom rnn_utils import *"  # as the course's notebooks begin
IMPORTED = re.compile(r"^[ \t]*(?:from|import) +(\w+)", re.MULTILINE)
AT_LINE = re.compile(r" \([^()]*line (\d+)\)$")


class UnusableError(ValueError):
    """There is nothing to judge in the file; the message is one sentence for its reader."""


@dataclass(frozen=True)
class Graded:
    """What became of one function: the verdict, and more for whoever looks for the reason.

    published holds its outputs on the published inputs by name, with the file's own functions (a
    backward function reads right caches), None if there are none; source is its last definition.
    """

    verdict: Verdict
    published: dict[str, Any] | None = None
    source: str = ""


def grade_file(path: Path, sandbox: Sandbox) -> dict[str, Graded]:
    """Each function of the assignments that the file is about. Raises UnusableError."""
    sources = _sources(path)
    if sum(map(len, sources)) > MOST_CODE:
        raise UnusableError(f"{path.name} holds more than {MOST_CODE:,} characters of code.")
    statements = needed(sources, EXERCISES)
    texts = {name: s.source for s in statements for name in s.binds & EXERCISES.keys()}
    if not texts:
        raise UnusableError(f"{path.name} defines none of the functions {', '.join(EXERCISES)}.")
    about = {EXERCISES[name].assignment for name in texts}
    cases = {name: all_cases(EXERCISES[name], KEY) for name in texts}
    questions = [Cell(question=_question(EXERCISES[name], cases[name])) for name in texts]
    code = [Cell(SETUP), *(Cell(statement.source) for statement in statements)]
    runs = sandbox.run([*code, *questions], Limits(), files=_modules(path, statements))
    ran = list(zip(statements, runs[1:], strict=False))
    graded = {
        name: Graded(checks.nothing(exercise, Status.ABSENT, f"{name} is not defined."))
        for name, exercise in EXERCISES.items()
        if exercise.assignment in about
    }
    for name, run in zip(texts, runs[len(code) :], strict=True):
        verdict = _verdict(EXERCISES[name], cases[name], run, ran)
        published = _published(EXERCISES[name], run)
        graded[name] = Graded(_kindly(verdict, published, texts), published, texts[name])
    return graded


def _sources(path: Path) -> list[str]:
    """The code cells of a notebook, or the one text of a program."""
    try:
        data = read_regular(path, MOST_BYTES, links=True)
    except OSError as error:
        raise UnusableError(f"{path.name}: {error.strerror or error}.") from None
    if not data.strip():
        raise UnusableError(f"{path.name} is empty.")
    if path.suffix == ".ipynb" or data.lstrip().startswith(b"{"):
        from .submission import read  # nbformat takes seconds to import

        notebook, problems = read(data)
        if not notebook.cells:
            raise UnusableError(f"{path.name}: {' '.join(problems)}")
        return [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    if b"\0" in data:
        raise UnusableError(f"{path.name} is neither a notebook nor a Python program.")
    return [data.decode("utf-8-sig", "replace")]


def _modules(path: Path, statements: list[Statement]) -> dict[str, bytes]:
    """The modules beside the file that it imports."""
    files = {}
    for name in {name for one in statements for name in IMPORTED.findall(one.source)}:
        module = path.with_name(f"{name}.py")
        if module.is_file() and module.stat().st_size <= 2**20:
            files[module.name] = module.read_bytes()
    return files


def _question(exercise: Exercise, cases: list[Case]) -> str:
    return question(exercise.name, [case.arguments for case in cases], exercise.standins)


def _verdict(exercise: Exercise, cases, run: CellRun, ran) -> Verdict:
    if run.outcome or run.answer is None:
        outcome = run.outcome
        words = WORDS[outcome] if outcome else "The function was not called."
        return checks.nothing(exercise, Status(outcome or Status.NO_ANSWER), words)
    verdict = checks.judge(exercise, cases, run.answer)
    return _undefined(exercise, ran) if verdict.status is Status.ABSENT else verdict


def _undefined(exercise: Exercise, ran: Iterable[tuple[Statement, CellRun]]) -> Verdict:
    """What its definition raised, of a function that does not exist although it was written."""
    verdict = checks.nothing(exercise, Status.ABSENT, f"{exercise.name} is not defined.")
    for statement, run in ran:
        for error in run.outputs if exercise.name in statement.binds else ():
            if error.output_type == "error":
                words = f"{error.ename}: {error.evalue[:300]}"
                if at := AT_LINE.search(words):
                    lines = [*statement.source.splitlines(), ""]
                    line = lines[min(int(at[1]), len(lines)) - 1].strip()[:120]
                    words = f"{words[: at.start()]}\n  in the line: {line}"
                verdict = checks.nothing(exercise, Status(run.outcome or Status.RAISED), words)
    return verdict


def _kindly(verdict: Verdict, published: dict | None, texts: dict[str, str]) -> Verdict:
    """The verdict, but blank if it was not written yet; a cell that is absent is no wrong one."""
    exercise = EXERCISES[verdict.function]
    made = any(isinstance(value, np.ndarray) for value in (published or {}).values())
    if not (verdict.points or made) and (words := _undone(verdict, texts[verdict.function])):
        return checks.nothing(exercise, Status.BLANK, words)
    if not exercise.cell or exercise.cell in texts:
        return verdict
    words = f"Judged with a stand-in for {exercise.cell}, which the file does not define."
    for other in (checks.RESCUED, checks.ALSO_WRONG):
        verdict = replace(verdict, words=verdict.words.replace(other.format(exercise.cell), words))
    return verdict


def _undone(verdict: Verdict, source: str) -> str:
    """What of a template is still to be filled in, in words; nothing if it was."""
    if verdict.findings and verdict.findings[0].words.startswith("NotImplementedError"):
        return f"Not done yet: {verdict.findings[0].words}"
    tree = parsed(source) or ast.Module([], [])
    if any(isinstance(one, ast.FunctionDef) and all(map(_is_empty, one.body)) for one in tree.body):
        return "Not done yet."
    filled, left = set[str](), list[str]()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.For)):
            value = node.iter if isinstance(node, ast.For) else node.value
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [ast.unparse(name) for target in targets for name in _each(target)]
            (left.extend if _is_none(value) else filled.update)(names)
    left = [name for name in left if name not in filled]
    return f"Not done yet: {left[0]} is still None." if left else ""


def _is_empty(statement: ast.stmt) -> bool:
    docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return docstring or isinstance(statement, ast.Pass)


def _each(target: ast.expr) -> list[ast.expr]:
    return target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]


def _is_none(value: ast.expr) -> bool:
    """None, (None, None), range(None)."""
    if isinstance(value, ast.Call):
        return bool(value.args) and all(map(_is_none, value.args))
    if isinstance(value, ast.Tuple):
        return bool(value.elts) and all(map(_is_none, value.elts))
    return isinstance(value, ast.Constant) and value.value is None


def _published(exercise: Exercise, run: CellRun) -> dict[str, Any] | None:
    """The outputs on the published inputs, which are the first call's."""
    try:
        return exercise.named(decode(run.answer or "")["own"][0]["result"]) or None
    except (WireError, KeyError, TypeError, IndexError):
        return None
