"""mentoring: the diagnosis of posted code."""

import sys

import pytest
from code_posts import FIRST_TRY, NOTEBOOK_MISTAKES, REPAIRED, TWO_LINES, notebook

from rnn_course.mentoring import from_code as module
from rnn_course.mentoring.diagnosis import Found
from rnn_course.mentoring.from_code import from_code
from rnn_course.sandbox.sandbox import SandboxError
from rnn_course.subject.exercises import of
from rnn_course.subject.mistakes import MISTAKES, apply
from rnn_course.subject.published import SOURCE

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="code runs on Linux alone")


@pytest.fixture(scope="module")
def pasted():
    """The diagnosis of a whole pasted notebook."""
    return from_code(notebook())


def test_every_mistake_of_a_pasted_notebook_is_listed(pasted):
    """Each with its function, its line in the repaired source and three hints."""
    assert pasted.verdict is Found.EXPLAINED
    (explanation,) = pasted.explanations
    labels = {mistake.label for mistake in explanation.mistakes}
    wanted = {label for rows in NOTEBOOK_MISTAKES.values() for label in rows}
    assert wanted - labels <= {"lstm_backward/nothing-carried"}  # told line by line
    assert [m.becomes.strip() for m in explanation.mistakes if m.becomes.endswith("None")]
    for mistake in explanation.mistakes:
        line = explanation.source[mistake.function].splitlines()[mistake.line - 1]
        assert mistake.becomes.splitlines()[:1] in ([], [line.strip()]), mistake
        assert all(mistake.hints)


def test_a_right_function_of_it_is_not_blamed(pasted):
    """rnn_cell_backward is right there."""
    assert "rnn_cell_backward" not in pasted.explanations[0].source
    assert "rnn_cell_backward" not in {m.function for m in pasted.explanations[0].mistakes}


def test_loose_lines_are_named_with_their_slips():
    """Two lines of four, as in a post."""
    (explanation,) = from_code(TWO_LINES).explanations
    dot, dcct = explanation.mistakes
    assert dot.label == "lstm_cell_backward/dot-tanh-of-dc"
    assert "`ot` stands where `it` belongs (2 times)" in dcct.hints[2]
    assert dcct.equation == "(25)"


def test_right_code_is_right():
    """Nothing departs."""
    assert from_code(SOURCE["lstm_cell_backward"]).verdict is Found.RIGHT


def test_a_cut_function_tells_nothing():
    """Its signature, and what was left of its body."""
    head, *_ = SOURCE["rnn_backward"].splitlines()
    assert from_code(f"{head}\n    {{*solution removed*}}\n    return gradients\n") is None


def test_without_a_sandbox_one_sentence_says_so(monkeypatch):
    """As on Windows: numbers are diagnosed there, code is not."""

    def none(*_):
        raise SandboxError("Grading needs Linux.")

    monkeypatch.setattr(module, "Sandbox", none)
    diagnosis = from_code(TWO_LINES)
    assert diagnosis.verdict is Found.UNEXPLAINED
    assert diagnosis.notes == ("The code in the post was not run: Grading needs Linux.",)


WHOLE_GATES = """def lstm_cell_backward(da_next, dc_next, cache):
    (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters) = cache
    n_a, h = len(a_next), np.tanh(c_next)
    W = np.vstack([parameters["W" + k] for k in "fico"])
    s = dc_next + ot * (1 - h**2) * da_next
    Z = np.vstack((
        s * c_prev * (ft - ft**2), s * cct * (it - it**2), s * it * (1 - cct**2),
        da_next * h * (ot - ot**2),
    ))
    G, b, D = np.dot(Z, np.vstack((a_prev, xt)).T), Z.sum(axis=1, keepdims=True), W.T @ Z
    found = {"dxt": D[n_a:], "da_prev": D[:n_a], "dc_prev": s * ft}
    for k, name in enumerate("fico"):
        found["dW" + name] = G[k * n_a : (k + 1) * n_a]
        found["db" + name] = b[k * n_a : (k + 1) * n_a]
    return found
"""


def test_a_wrong_function_without_a_line_to_blame_is_not_right():
    """Its outputs are held against the right ones, however it goes about it."""
    assert from_code(WHOLE_GATES).verdict is Found.RIGHT
    diagnosis = from_code(WHOLE_GATES.replace("(1 - cct**2)", "(1 - 0.9 * cct**2)"))
    assert diagnosis.verdict is Found.UNEXPLAINED
    words = "lstm_cell_backward returns wrong dxt, da_prev, dWc, dbc; the line was not found."
    assert diagnosis.notes == (words,)


def test_a_wrong_function_without_a_line_to_blame_is_known_by_what_it_returns():
    """In the words of the row of the catalogue that returns the same in all cases."""
    diagnosis = from_code(WHOLE_GATES.replace("(1 - cct**2)", "(1 - np.tanh(cct) ** 2)"))
    ((mistake,),) = (explanation.mistakes for explanation in diagnosis.explanations)
    assert mistake.label == "lstm_cell_backward/candidate-tanh-twice"
    assert "line was not found" not in " ".join(diagnosis.notes)


@pytest.mark.parametrize(
    ("right", "posted", "fact"),
    [
        ("range(T_x):", "range(T_x)", "A colon is missing at its end."),
        ("np.zeros((n_a, m, T_x))", "np.zeros((n_a, m, T_x)", "Its brackets do not match."),
        ("range(T_x):", "range(T_x:", "Its brackets do not match."),
    ],
)
def test_a_line_that_had_to_be_mended_is_a_mistake(right, posted, fact):
    """And the only one, if the rest is right."""
    (explanation,) = from_code(SOURCE["rnn_forward"].replace(right, posted, 1)).explanations
    (mistake,) = explanation.mistakes
    assert mistake.hints[2] == fact
    assert posted in mistake.becomes
    assert right in mistake.was


@pytest.mark.parametrize(
    ("line", "fact"),
    [("while True: pass", "does not come to an end"), ("import sys; sys.exit(3)", "SystemExit")],
)
def test_code_that_never_ends_or_leaves_is_told(line, fact):
    """Where it does, with no name left empty."""
    head, *_, end = SOURCE["rnn_forward"].strip().splitlines()
    diagnosis = from_code(f"{head}\n    {line}\n{end}\n")
    mistakes = [mistake for each in diagnosis.explanations for mistake in each.mistakes]
    told = " ".join([*diagnosis.notes, *(hint for m in mistakes for hint in m.hints)])
    assert fact in told
    assert "of ," not in told
    assert "nothing else" not in told


def test_a_process_that_ends_is_a_note():
    """There is no line to blame then."""
    head, *_, end = SOURCE["rnn_forward"].strip().splitlines()
    diagnosis = from_code(f"{head}\n    __import__('os')._exit(0)\n{end}\n")
    assert diagnosis.verdict is Found.UNEXPLAINED
    assert "rnn_forward could not be run to its end: " in diagnosis.notes[0]


def lines_of(row):
    """The lines of the mistaken function that its right form does not have."""
    right = SOURCE[row.function].splitlines()
    return {
        k for k, line in enumerate(apply(row)[row.function].splitlines(), 1) if line not in right
    }


@pytest.mark.parametrize("name", of("lstm-language-network"))
def test_each_function_of_the_language_network_is_right(name):
    """In its taught form, alone: what the notebook gives need not be in the post."""
    assert from_code(SOURCE[name]).verdict is Found.RIGHT


@pytest.mark.slow
@pytest.mark.parametrize(
    "label", [label for label, row in MISTAKES.items() if row.assignment == "lstm-language-network"]
)
def test_each_mistake_in_the_language_network_is_explained(label):
    """By its row of the catalogue, or by lines that are all its own."""
    row = MISTAKES[label]
    diagnosis = from_code(apply(row)[row.function])
    assert diagnosis.verdict is Found.EXPLAINED
    (explanation,) = diagnosis.explanations
    assert explanation.mistakes
    labels = {mistake.label for mistake in explanation.mistakes}
    lines = {mistake.line for mistake in explanation.mistakes}
    assert label in labels or lines & lines_of(row), (labels, lines)


def test_the_two_versions_of_the_post_are_wrong_with_each_mistake_named_and_right():
    """The nested loop, the products, the carries; and the one that was repaired."""
    wrong, right = from_code(FIRST_TRY), from_code(REPAIRED)
    assert (wrong.verdict, right.verdict) == (Found.EXPLAINED, Found.RIGHT)
    (explanation,) = wrong.explanations
    assert len(explanation.mistakes) == 7  # two carries, a range, four products
