"""The two steps around the execution, on a notebook that no kernel runs."""

import stat

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from rnn_course.grading import judge
from rnn_course.grading.judge import AskFunctions, JudgeAnswers, course_secret
from rnn_course.sandbox.answer import MIME, answer
from rnn_course.subject import published

NAME = "rnn_cell_forward"
WHERE = {"assignment": "rnn-step-by-step", "student": "ada"}


@pytest.fixture
def asked(tmp_path):
    """A notebook with one hidden test cell, its question put in, and the resources beside it."""
    marks = {"grade_id": NAME, "grade": True, "points": 8}
    cell = new_code_cell(f"hand_in({NAME})", metadata={"nbgrader": marks})
    solution = new_code_cell("...", metadata={"nbgrader": {"grade_id": f"solve-{NAME}"}})
    step = AskFunctions(secret_file=str(tmp_path / "secret.txt"))
    return step.preprocess(new_notebook(cells=[solution, cell]), {"nbgrader": WHERE})


def _question(cell):
    """The text that the cell hands over, taken out of its source."""
    call = cell.source.splitlines()[1]
    return eval(call.removeprefix("hand_over(get_ipython(), ").removesuffix(")"))


def _judged(notebook, resources, outputs):
    notebook.cells[1].outputs = outputs
    notebook, _ = JudgeAnswers().preprocess(notebook, resources)
    return notebook.cells[1].outputs[0].metadata["rnn_course"], notebook.cells[1]


def _displayed(text):
    return new_output("display_data", {MIME: text})


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


def test_a_right_function_gets_its_points_and_the_cell_its_source_back(asked):
    """The question is gone, one trusted output stands in the cell."""
    notebook, resources = asked
    right = answer(published.build(), _question(notebook.cells[1]))
    verdict, cell = _judged(notebook, resources, [_displayed(right)])
    assert verdict["points"] == 8
    assert cell.source == f"hand_in({NAME})"
    assert len(cell.outputs) == 1
    assert float(cell.outputs[0].data["text/plain"]) == 8


def test_the_question_holds_no_right_answer(asked):
    """Only inputs: no output of the reference stands in it."""
    notebook, resources = asked
    _, cases = resources["asked"][NAME]
    asked_for = _question(notebook.cells[1])
    from rnn_course.sandbox.wire import encode

    for case in cases:
        for output in ("a_next", "yt_pred"):
            numbers = encode(case.expected()[output]).split('"')[3]
            assert numbers not in asked_for


def test_two_answers_are_no_answer(asked):
    """A cell that shows a second one cannot choose between them."""
    notebook, resources = asked
    right = _displayed(answer(published.build(), _question(notebook.cells[1])))
    verdict, _ = _judged(notebook, resources, [right, right])
    assert (verdict["points"], verdict["status"]) == (0, "no answer")


@pytest.mark.parametrize(
    ("outputs", "status"),
    [
        ([], "no answer"),
        ([new_output("execute_result", {"text/plain": "8.0"})], "no answer"),
        ([new_output("stream", name="stdout", text="8.0")], "no answer"),
        ([_displayed("nonsense")], "no answer"),
        ([new_output("error", ename="CellTimeoutError", evalue="", traceback=[])], "timed out"),
        ([new_output("error", ename="KeyboardInterrupt", evalue="", traceback=[])], "timed out"),
        ([new_output("error", ename="SystemExit", evalue="0", traceback=[])], "raised"),
    ],
)
def test_whatever_is_no_answer_earns_nothing_under_its_own_name(asked, outputs, status):
    """It fails closed, and says what happened."""
    notebook, resources = asked
    verdict, _ = _judged(notebook, resources, outputs)
    assert (verdict["points"], verdict["status"]) == (0, status)


def test_an_answer_to_a_question_that_was_not_asked_earns_nothing(asked):
    """Without the step before, the judge has no cases to compare with."""
    notebook, _ = asked
    right = _displayed(answer(published.build(), _question(notebook.cells[1])))
    verdict, _ = _judged(notebook, {}, [right])
    assert verdict["points"] == 0


def test_an_absent_function_is_explained_by_its_cells_error(asked):
    """The student reads what the solution cell raised."""
    notebook, resources = asked
    error = new_output("error", ename="SyntaxError", evalue="expected ':'", traceback=[])
    notebook.cells[0].outputs = [error]
    verdict, _ = _judged(
        notebook, resources, [_displayed(answer({}, _question(notebook.cells[1])))]
    )
    assert verdict["status"] == "absent"
    assert "SyntaxError: expected ':'" in verdict["words"]


def test_a_cell_that_is_no_exercise_is_left_alone(asked):
    """Other graded cells of an instructor keep what they put out."""
    notebook, resources = asked
    marks = {"grade_id": "my_own_test", "grade": True, "points": 1}
    own = new_code_cell("1 + 1", metadata={"nbgrader": marks})
    own.outputs = [new_output("execute_result", {"text/plain": "1"})]
    notebook.cells.append(own)
    JudgeAnswers().preprocess(notebook, resources)
    assert own.outputs[0].data["text/plain"] == "1"
    assert judge.TIMEOUTS
