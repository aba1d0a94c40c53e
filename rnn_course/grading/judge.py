"""The two steps around the execution of a submission: ask for numbers before, judge them after.

AskFunctions puts into each hidden test cell the inputs to call the function on; whatever executes
the cells brings the outputs back; JudgeAnswers compares them, outside the student's process, and
leaves one trusted output in the cell. nbgrader reads the points from it.
"""

import os
import secrets
from pathlib import Path

from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from ..sandbox.answer import MIME, question
from ..subject.cases import all_cases
from ..subject.exercises import EXERCISES
from . import checks
from .verdict import Status, Verdict

TIMEOUTS = {"CellTimeoutError", "KeyboardInterrupt"}  # a timeout interrupts the kernel
CALL = "from rnn_course.sandbox.answer import hand_over\nhand_over(get_ipython(), {asked!r})"


def course_secret(path: Path) -> str:
    """The secret in a file, made at the first use and readable by its owner alone."""
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    secret = path.read_text().strip()
    if len(secret) < 16:
        raise ValueError(f"{path} holds no secret: delete it to have a new one made.")
    return secret


def _exercises(nb):
    """The hidden test cells of a notebook with their exercises."""
    for cell in nb.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("grade") and marks.get("grade_id") in EXERCISES:
            yield cell, EXERCISES[marks["grade_id"]]


class AskFunctions(NbGraderPreprocessor):
    """Before the execution: each hidden test cell calls its function on the judge's inputs."""

    secret_file = Unicode(
        "course_secret.txt",
        help="File that holds the secret from which hidden inputs are drawn; made when missing.",
    ).tag(config=True)

    def preprocess(self, nb, resources):
        """Replace the source of the hidden test cells; JudgeAnswers puts it back."""
        where = resources["nbgrader"]
        key = f"{course_secret(Path(self.secret_file))}|{where['assignment']}|{where['student']}"
        resources["asked"] = {}
        for cell, exercise in _exercises(nb):
            cases = all_cases(exercise, key)
            resources["asked"][exercise.name] = (cell.source, cases)
            calls = [case.arguments for case in cases]
            cell.source = CALL.format(asked=question(exercise.name, exercise.cell, calls))
        return nb, resources


class JudgeAnswers(NbGraderPreprocessor):
    """After the execution: the verdict takes the place of whatever the cell put out."""

    def preprocess(self, nb, resources):
        """Judge each hidden test cell; without an answer it earns nothing."""
        for cell, exercise in _exercises(nb):
            source, cases = resources.get("asked", {}).get(exercise.name, (cell.source, []))
            verdict = _verdict(nb, cell, exercise, cases)
            cell.source, cell.outputs = source, [_trusted_output(verdict)]
        return nb, resources


def _trusted_output(verdict: Verdict):
    return new_output(
        "execute_result",
        {"text/plain": f"{verdict.points:g}", "text/html": verdict.to_html()},
        metadata={"rnn_course": verdict.to_dict()},
        execution_count=None,
    )


def _verdict(nb, cell, exercise, cases) -> Verdict:
    answers = [o.data[MIME] for o in cell.outputs if MIME in o.get("data", {})]
    errors = [output for output in cell.outputs if output.output_type == "error"]
    if len(answers) == 1 and cases:
        verdict = checks.judge(exercise, cases, answers[0])
        if verdict.status is Status.ABSENT:
            return checks.nothing(
                exercise, Status.ABSENT, verdict.words + _why_absent(nb, exercise)
            )
        return verdict
    if any(error.ename in TIMEOUTS for error in errors):
        return checks.nothing(exercise, Status.TIMED_OUT, "It did not end within the time limit.")
    if errors:
        words = f"The call ended with {errors[0].ename}: {errors[0].evalue[:300]}"
        return checks.nothing(exercise, Status.RAISED, words)
    return checks.nothing(
        exercise,
        Status.NO_ANSWER,
        "The cell gave no answer: the process had ended, or what it sent was unreadable.",
    )


def _why_absent(nb, exercise) -> str:
    """What the solution cell raised, if that is why its function does not exist."""
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == f"solve-{exercise.name}":
            for output in cell.get("outputs", []):
                if output.output_type == "error":
                    return f" Its cell raised {output.ename}: {output.evalue[:300]}"
    return " Its cell is missing."
