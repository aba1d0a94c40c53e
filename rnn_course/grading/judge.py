"""The two steps around the execution of a submission: ask for numbers before, judge them after.

AskFunctions draws the inputs on which to call each function; RunCells has the sandbox ask them in
the place of the hidden test cells and brings the outputs back; JudgeAnswers compares them, outside
the student's process, and leaves one trusted output in the cell. nbgrader reads the points from it.
"""

import hmac
import os
import secrets
from pathlib import Path

from nbformat import from_dict
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from ..sandbox.answer import question
from ..sandbox.outputs import WORDS, CellRun, outcome_of
from ..subject.cases import all_cases
from ..subject.exercises import EXERCISES
from . import checks
from .execute import graded
from .verdict import Status, Verdict


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


def student_key(secret: str, assignment: str, student: str) -> str:
    """What a student's hidden inputs are drawn from; it does not give the course's secret away."""
    return hmac.digest(secret.encode(), f"{assignment}|{student}".encode(), "sha256").hex()


def _exercises(nb):
    """The hidden test cells of a notebook with their exercises."""
    for cell in nb.cells:
        exercise = EXERCISES.get(graded(cell) or "")
        if exercise:
            yield cell, exercise


class AskFunctions(NbGraderPreprocessor):
    """Before the execution: the question that is asked in the place of each hidden test cell."""

    secret_file = Unicode(
        "course_secret.txt",
        help="File that holds the secret from which hidden inputs are drawn; made when missing.",
    ).tag(config=True)

    def preprocess(self, nb, resources):
        """Put the questions, and the cases that they are about, into resources.

        A key in resources takes the place of the secret, where there is no such file.
        """
        key = resources.get("key") or self.key(resources["nbgrader"])
        resources["cases"] = {e.name: all_cases(e, key) for _, e in _exercises(nb)}
        resources["questions"] = {
            name: question(name, [case.arguments for case in cases], EXERCISES[name].standins)
            for name, cases in resources["cases"].items()
        }
        return nb, resources

    def key(self, where) -> str:
        """The key of a student for an assignment."""
        secret = course_secret(Path(self.secret_file))
        return student_key(secret, where["assignment"], where["student"])


class JudgeAnswers(NbGraderPreprocessor):
    """After the execution: the verdict takes the place of whatever the cell put out."""

    def preprocess(self, nb, resources):
        """Judge each hidden test cell; without an answer it earns nothing."""
        for cell, exercise in _exercises(nb):
            cases = resources.get("cases", {}).get(exercise.name, [])
            run = resources.get("answers", {}).get(exercise.name, CellRun())
            cell.outputs = [_trusted_output(_verdict(nb, exercise, cases, run))]
        return nb, resources


def _trusted_output(verdict: Verdict):
    # By hand: nbformat's own function checks each output, and takes most of the time for it.
    return from_dict(
        {
            "output_type": "execute_result",
            "data": {"text/plain": f"{verdict.points:g}", "text/html": verdict.to_html()},
            "metadata": {"rnn_course": verdict.to_dict()},
            "execution_count": None,
        }
    )


def _verdict(nb, exercise, cases, run: CellRun) -> Verdict:
    if run.outcome:
        return checks.nothing(exercise, Status(run.outcome), WORDS[run.outcome])
    if run.answer is None or not cases:
        return checks.nothing(exercise, Status.NO_ANSWER, "The function was not called.")
    verdict = checks.judge(exercise, cases, run.answer)
    return _absent(nb, exercise) if verdict.status is Status.ABSENT else verdict


def _absent(nb, exercise) -> Verdict:
    """What became of the solution cell, if that is why its function does not exist."""
    words, status = f"{exercise.name} is not defined.", Status.ABSENT
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == f"solve-{exercise.name}":
            for output in cell.get("outputs", []):
                if output.output_type == "error":
                    words += f" Its cell raised {output.ename}: {output.evalue[:300]}"
                    status = Status(outcome) if (outcome := outcome_of(output)) else status
            return checks.nothing(exercise, status, words)
    return checks.nothing(exercise, status, words + " Its cell is missing.")
