"""The two steps around the execution, on a notebook that nothing runs."""

import base64
import json
import stat

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from rnn_course.grading.judge import AskFunctions, JudgeAnswers, course_secret, student_key
from rnn_course.grading.verdict import Status
from rnn_course.sandbox.answer import answer
from rnn_course.sandbox.outputs import WORDS, CellRun, Outcome, ended
from rnn_course.subject import published

NAME = "rnn_cell_forward"
WHERE = {"assignment": "rnn-step-by-step", "student": "ada"}


@pytest.fixture
def asked(tmp_path):
    """A notebook with one solution and one hidden test cell, and the question beside it."""
    marks = {"grade_id": NAME, "grade": True, "points": 8}
    cell = new_code_cell(f"hand_in({NAME})", metadata={"nbgrader": marks})
    solution = new_code_cell("...", metadata={"nbgrader": {"grade_id": f"solve-{NAME}"}})
    step = AskFunctions(secret_file=str(tmp_path / "secret.txt"))
    return step.preprocess(new_notebook(cells=[solution, cell]), {"nbgrader": WHERE})


@pytest.fixture
def right(asked):
    """The answer of a right function."""
    return CellRun(answer=answer(published.build(), asked[1]["questions"][NAME]))


def judged(asked, run):
    """The verdict and the cell that it stands in, after RunCells has left a run behind."""
    notebook, resources = asked
    resources["answers"] = {} if run is None else {NAME: run}
    JudgeAnswers().preprocess(notebook, resources)
    cell = notebook.cells[1]
    return cell.outputs[0].metadata["rnn_course"], cell


def test_the_secret_is_made_once_and_for_its_owner_alone(tmp_path):
    """The same one comes back, and nobody else can read it."""
    path = tmp_path / "secret.txt"
    first = course_secret(path)
    assert len(first) == 64
    assert course_secret(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_empty_secret_is_refused(tmp_path):
    """Hidden inputs drawn from nothing could be guessed."""
    path = tmp_path / "secret.txt"
    path.write_text("\n")
    with pytest.raises(ValueError, match="delete it"):
        course_secret(path)


def test_asking_leaves_the_notebook_alone(asked):
    """The question travels beside it: no cell of the student's could read or keep it."""
    notebook, resources = asked
    assert list(resources["questions"]) == [NAME]
    assert [cell.source for cell in notebook.cells] == ["...", f"hand_in({NAME})"]


def test_students_are_asked_about_inputs_of_their_own(asked, tmp_path):
    """The same student gets the same ones again, another one others."""
    notebook, resources = asked
    step = AskFunctions(secret_file=str(tmp_path / "secret.txt"))

    def of(student):
        return step.preprocess(notebook, {"nbgrader": WHERE | {"student": student}})[1]["questions"]

    assert of("ada") == resources["questions"]
    assert of("bob") != resources["questions"]


def test_a_right_function_gets_its_points_in_one_trusted_output(asked, right):
    """The test cell's source is as the instructor wrote it."""
    verdict, cell = judged(asked, right)
    assert verdict["points"] == 8
    assert cell.source == f"hand_in({NAME})"
    assert len(cell.outputs) == 1
    assert float(cell.outputs[0].data["text/plain"]) == 8


def test_the_question_holds_no_right_answer(asked):
    """Only inputs: no output of the reference stands in it."""
    _, resources = asked
    asked_for = json.loads(json.loads(resources["questions"][NAME])["calls"])["numbers"]
    numbers = base64.b64decode(asked_for)
    for case in resources["cases"][NAME]:
        assert case.arguments[0].tobytes() in numbers
        for output in ("a_next", "yt_pred"):
            assert case.expected()[output].tobytes() not in numbers


@pytest.mark.parametrize(
    "run", [None, CellRun(), CellRun(answer=""), CellRun(answer="nonsense"), CellRun(answer="[]")]
)
def test_whatever_is_no_answer_earns_nothing(asked, run):
    """It fails closed, also where RunCells told nothing of the cell."""
    verdict, _ = judged(asked, run)
    assert (verdict["points"], verdict["status"]) == (0, "no answer")


@pytest.mark.parametrize("outcome", Outcome)
def test_an_outcome_is_the_verdict_in_its_own_words(asked, right, outcome):
    """An answer beside it counts for nothing."""
    run = ended(outcome)
    run.answer = right.answer
    verdict, _ = judged(asked, run)
    assert (verdict["points"], verdict["status"]) == (0, outcome)
    assert verdict["words"] == WORDS[outcome]
    assert Status(outcome)


@pytest.mark.parametrize("outputs", [[], [new_output("execute_result", {"text/plain": "8.0"})]])
def test_what_stands_in_the_cell_earns_nothing(asked, outputs):
    """nbgrader would take 8.0 for the points: the judge overwrites it."""
    asked[0].cells[1].outputs = outputs
    verdict, cell = judged(asked, None)
    assert verdict["points"] == 0
    assert float(cell.outputs[0].data["text/plain"]) == 0


def test_an_answer_to_a_question_that_was_not_asked_earns_nothing(asked, right):
    """Without the step before, the judge has no cases to compare with."""
    del asked[1]["cases"]
    verdict, _ = judged(asked, right)
    assert verdict["points"] == 0


def absent(asked, outputs):
    """The verdict on a function that does not exist, after its solution cell put this out."""
    asked[0].cells[0].outputs = outputs
    return judged(asked, CellRun(answer=answer({}, asked[1]["questions"][NAME])))[0]


def test_an_absent_function_is_explained_by_its_cells_error(asked):
    """The student reads what the solution cell raised."""
    error = new_output("error", ename="SyntaxError", evalue="expected ':'", traceback=[])
    verdict = absent(asked, [error])
    assert verdict["status"] == "absent"
    assert "SyntaxError: expected ':'" in verdict["words"]


@pytest.mark.parametrize("outcome", Outcome)
def test_a_function_whose_cell_crossed_a_limit_has_that_outcome(asked, outcome):
    """It is not only absent: the student learns what to look for."""
    verdict = absent(asked, ended(outcome).outputs)
    assert (verdict["points"], verdict["status"]) == (0, outcome)


def test_an_absent_function_without_its_cell_is_told_that(asked):
    """The cell was deleted."""
    asked[0].cells[0].metadata = {}
    verdict, _ = judged(asked, CellRun(answer=answer({}, asked[1]["questions"][NAME])))
    assert "Its cell is missing" in verdict["words"]


def test_a_cell_that_is_no_exercise_is_left_alone(asked, right):
    """Other graded cells of an instructor keep what they put out."""
    marks = {"grade_id": "my_own_test", "grade": True, "points": 1}
    own = new_code_cell("1 + 1", metadata={"nbgrader": marks})
    own.outputs = [new_output("execute_result", {"text/plain": "1"})]
    asked[0].cells.append(own)
    judged(asked, right)
    assert own.outputs[0].data["text/plain"] == "1"
    assert list(asked[1]["questions"]) == [NAME]


def test_a_key_takes_the_place_of_the_secret(asked, tmp_path):
    """Where there is none, in a worker: the key that the secret gives draws the same inputs."""
    notebook, resources = asked
    secret = course_secret(tmp_path / "secret.txt")
    step = AskFunctions(secret_file=str(tmp_path / "nowhere" / "secret.txt"))
    key = student_key(secret, WHERE["assignment"], WHERE["student"])
    _, same = step.preprocess(notebook, {"nbgrader": WHERE, "key": key})
    _, other = step.preprocess(notebook, {"nbgrader": WHERE, "key": "another"})
    assert same["questions"] == resources["questions"] != other["questions"]


def test_keys_tell_students_and_assignments_apart_and_do_not_hold_the_secret():
    """A worker that knows one key knows no other."""
    whose = [("a", "ann"), ("a", "bob"), ("b", "ann")]
    keys = [student_key("s3cret", *one) for one in whose]
    assert len(set(keys)) == 3
    assert not any("s3cret" in key for key in keys)
    assert student_key("s3cret", *whose[0]) != student_key("other", *whose[0])
