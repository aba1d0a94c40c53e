"""subject/lstm_language_network/published: gates on one line, and the two functions given."""

import numpy as np
import pytest

from rnn_course.subject import published
from rnn_course.subject.exercises import EXERCISES, of, reference
from rnn_published import PUBLISHED, draw_names, shapes_of
from rnn_utils import published_inputs

ASSIGNMENT = "lstm-language-network"
GIVEN = ["language_loss", "forum_forward"]


@pytest.mark.parametrize("gate", ["dot", "dcct", "dit", "dft"])
def test_each_gate_stands_on_one_line(gate):
    """The catalogue and the search edit single lines, so no gate may run over two."""
    lines = published.SOURCE["token_cell_backward"].splitlines()
    (line,) = [line for line in lines if line.startswith(f"    {gate} =")]
    compile(line.strip(), "<line>", "exec")
    assert line.count("(") == line.count(")")


def test_the_other_functions_of_the_taught_form_are_given_in_the_notebook():
    """The two of the table and the two that lead from the post's notation to ours and back."""
    source = [name for name in published.SOURCE if name not in EXERCISES]
    assert source == ["language_loss", "to_ours", "forum_forward", "one_step_back"]


def test_two_functions_of_the_table_are_given_and_no_exercises():
    """They have inputs, outputs and a right form; no number of theirs is public, no point."""
    rows = [name for name, row in PUBLISHED.items() if row.assignment == ASSIGNMENT]
    assert [name for name in rows if name not in of(ASSIGNMENT)] == GIVEN
    for name in GIVEN:
        assert name not in EXERCISES
        assert callable(reference(name))
        assert not PUBLISHED[name].lines + PUBLISHED[name].also + PUBLISHED[name].second


def test_the_given_loss_stands_before_those_that_repeat_it():
    """They take its arguments, and more; it is made of functions that are asked for before."""
    rows = list(PUBLISHED)
    for name in ("central_difference", "complex_step"):
        assert EXERCISES[name].cell == "language_loss"
        assert rows.index("language_loss") < rows.index(name)
        assert EXERCISES[name].drawn[:5] == draw_names("language_loss")
    source = published.SOURCE["language_loss"]
    for name in ("language_forward", "cross_entropy"):
        assert f"{name}(" in source
        assert rows.index(name) < rows.index("language_loss")


def test_the_given_forward_function_stands_before_the_one_that_reads_its_cache():
    """forum_backward needs it and takes the gradients of its first output."""
    rows = list(PUBLISHED)
    assert rows.index("forum_forward") == rows.index("forum_backward") - 1
    assert EXERCISES["forum_backward"].forward == "forum_forward"
    assert EXERCISES["forum_backward"].upstream == ["dlogits"]
    sizes = PUBLISHED["forum_backward"].sizes
    shapes = shapes_of(PUBLISHED["forum_backward"].draws, sizes)
    outputs = shapes_of(PUBLISHED["forum_forward"].outputs, sizes)
    assert shapes["dlogits"] == outputs["logits"] == (sizes["T_x"], sizes["n_y"])


def test_the_given_loss_is_the_loss_of_the_functions_that_are_asked_for():
    """In the taught form, too, it is cross_entropy of language_forward's logits."""
    taught = published.build()
    x, y, a0, c0, parameters = published_inputs("language_loss")
    _, logits, _, _ = taught["language_forward"](x, a0, c0, parameters)
    loss = taught["language_loss"](x, y, a0, c0, parameters)
    assert loss == taught["cross_entropy"](logits, y)[0]
    np.testing.assert_allclose(loss, reference("language_loss")(x, y, a0, c0, parameters), 1e-14)


def test_the_given_loss_uses_the_students_functions():
    """A mistake in cross_entropy reaches it: that is why numerical gradients have a stand-in."""
    source = "def cross_entropy(logits, y):\n    return 7.0, logits\n"
    assert published.build({"cross_entropy": source})["language_loss"](
        *published_inputs("language_loss")
    ) == 7.0  # fmt: skip


def test_the_second_public_case_of_the_loss_is_too_large_for_an_exponential():
    """Scale 2000 and the same draws: the naive softmax overflows, the right loss does not."""
    ((sizes, _),) = PUBLISHED["cross_entropy"].second
    logits, y = published_inputs("cross_entropy", sizes)
    np.testing.assert_array_equal(logits, 2000 * published_inputs("cross_entropy")[0])
    assert logits.max() > 710
    assert np.isfinite(reference("cross_entropy")(logits, y)[0])


def test_the_other_second_public_cases_are_those_that_the_first_leave_out():
    """Two zero gradients, and gradients that are small enough already."""
    ((sizes, _),) = PUBLISHED["relative_errors"].second
    mine, numerical = published_inputs("relative_errors", sizes)
    assert not mine["dWf"].any()
    assert not numerical["dWf"].any()
    assert mine["dWy"].any()
    ((sizes, _),) = PUBLISHED["clip_gradients"].second
    norms = [
        np.sqrt(sum(np.sum(array**2) for array in gradients.values())) / largest
        for gradients, largest in map(published_inputs, ["clip_gradients"] * 2, [None, sizes])
    ]
    assert norms[1] < 1 < norms[0]
