"""mentoring: the diagnosis of a gradient check."""

import pytest

from rnn_course.mentoring.conduct import diagnose_post
from rnn_course.mentoring.diagnosis import Found
from rnn_course.mentoring.from_errors import from_errors
from rnn_course.mentoring.gradcheck import CHECKS
from rnn_course.mentoring.post.checked import checks_of
from rnn_course.subject.mistakes import MISTAKES, apply
from rnn_course.subject.published import build

ROWS = [
    (check, label)
    for check in CHECKS
    for label, row in MISTAKES.items()
    if row.function == check.function
]


def report(check, *labels):
    """What a notebook prints of a check with these mistakes."""
    functions = build(apply(*(MISTAKES[label] for label in labels)))
    errors = check.errors(functions, check.numerical(functions))
    return "\n".join(f"{name:5} relative error {error:8.1e}" for name, error in errors.items())


def the(function, steps=4):
    """A check by its function."""
    return next(
        c for c in CHECKS if c.function == function and dict(c.sizes).get("T_x", 4) == steps
    )


@pytest.mark.parametrize(("check", "label"), ROWS, ids=lambda value: str(value)[:60])
def test_a_mistake_is_found_from_its_errors(check, label):
    """Unless the check raises or lets it pass."""
    try:
        text = report(check, label)
    except Exception:  # of the mistake itself
        text = ""
    checks = checks_of(text)
    if not checks:
        assert not text
        return
    diagnosis = from_errors(checks[0], 30.0)
    if max(error.value for error in checks[0]) < 1e-6:
        assert diagnosis.verdict is Found.RIGHT
        return
    assert diagnosis.verdict is Found.EXPLAINED
    found = {m.label for one in diagnosis.explanations for m in one.mistakes}
    edits = apply(MISTAKES[label])
    assert label in found or edits in [one.source for one in diagnosis.explanations]
    assert all(one.reproduced == one.of == len(checks[0]) for one in diagnosis.explanations)


def test_two_mistakes_are_found_together():
    """One in the cell, one in the loop."""
    labels = ("token_cell_backward/bias-mean", "language_backward/dby-mean")
    (check,) = checks_of(report(the("language_backward"), *labels))
    diagnosis = from_errors(check, 60.0)
    assert diagnosis.verdict is Found.EXPLAINED
    found = [{m.label for m in one.mistakes} for one in diagnosis.explanations]
    assert set(labels) in found


def test_errors_of_nothing_known_are_not_explained():
    """And the reader is told what to ask for."""
    (check,) = checks_of("dWf relative error 1.23e-01\ndWy relative error 4.56e-01")
    diagnosis = from_errors(check, 1.0)
    assert diagnosis.verdict is Found.UNEXPLAINED
    assert "ask for the code" in diagnosis.notes[0]
    assert [compared.matches for compared in diagnosis.observations] == [False, False]


def test_gradients_that_no_notebook_checks_together_are_not_diagnosed():
    """dV is the post's, dWy ours."""
    (check,) = checks_of("dV relative error 1.0e-01\ndWy relative error 4.0e-01")
    assert from_errors(check, 1.0) is None


def test_a_post_with_a_check_is_diagnosed():
    """From its text; the errors of a check are no values of gradients."""
    text = report(the("language_backward"), "language_backward/da-not-carried")
    (diagnosis,) = diagnose_post(f"My network does not pass the check:\n\n{text}\n\nWhy?")
    assert diagnosis.function == "language_backward"
    (mistake,) = diagnosis.explanations[0].mistakes
    assert mistake.label == "language_backward/da-not-carried"
    assert mistake.equation == "(20)"


def test_a_check_that_passes_is_right():
    """All errors are below what the notebooks ask for."""
    (diagnosis,) = diagnose_post(report(the("lstm_backward")))
    assert diagnosis.verdict is Found.RIGHT
