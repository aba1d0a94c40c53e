"""subject/published: the taught form of all assignments, as text and as functions."""

import inspect

import numpy as np
import pytest

from rnn_course.subject import published
from rnn_course.subject.exercises import ASSIGNMENTS, EXERCISES, of, part, reference
from rnn_published import PUBLISHED, printed_values
from rnn_utils import published_inputs

LISTED = [name for name, row in PUBLISHED.items() if row.lines + row.also]


def test_source_holds_each_exercise():
    """One text a function, each with one def, in the order of the exercises."""
    assert [name for name in published.SOURCE if name in EXERCISES] == list(EXERCISES)
    for name, source in published.SOURCE.items():
        assert source.startswith(f"def {name}(")
        assert source.count("def ") == 1


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_the_texts_are_those_of_the_modules(assignment):
    """Of an assignment's published.py, every function and nothing that it imports."""
    module = part(assignment, "published")
    mine = [name for name in published.SOURCE if hasattr(module, name)]
    assert [name for name in mine if name in EXERCISES] == list(of(assignment))
    for name in mine:
        assert published.SOURCE[name] == inspect.getsource(getattr(module, name))
    assert not {"sigmoid", "softmax", "np"} & published.SOURCE.keys()


def test_build_gives_the_functions_of_the_sources_that_it_gets():
    """A replaced source changes its own function, and a loop repeats the replaced cell."""
    source = "def rnn_cell_forward(xt, a_prev, parameters):\n    return a_prev, xt[:2], 'cache'\n"
    functions = published.build({"rnn_cell_forward": source})
    assert list(functions) == list(published.SOURCE)
    x, a0, parameters = published_inputs("rnn_forward")
    a, _, caches = functions["rnn_forward"](x, a0, parameters)
    assert np.array_equal(a[:, :, 3], a0)
    assert caches[0] == ["cache"] * 4
    assert not np.array_equal(published.build()["rnn_forward"](x, a0, parameters)[0], a)


def outputs_of(name, sizes, functions):
    """What an exercise's function returns on public inputs."""
    exercise, inputs = EXERCISES[name], published_inputs(name, sizes)
    if not exercise.forward:
        return functions(name)(*inputs)
    taken = len(inputs) - len(exercise.upstream)
    return functions(name)(*inputs[taken:], functions(exercise.forward)(*inputs[:taken])[-1])


def wrong_lines(name, outputs, lines):
    """The labels of those lines that the outputs are not, to the last digit that is printed."""
    wrong = []
    for label, value, expected in printed_values(name, outputs, lines):
        texts = expected.strip("()").replace(",", " ").split()
        mine = np.ravel(value)
        assert mine.size == len(texts), label
        for number, text in zip(mine, texts, strict=True):
            # the last printed digit may be rounded either way
            if not abs(number - float(text)) <= 0.51 * 10.0 ** -len(text.partition(".")[2]):
                wrong.append(label)
    return wrong


@pytest.mark.parametrize("name", LISTED)
def test_every_number_of_the_tables_comes_out(name):
    """Of each public case, from the right functions, to its last digit."""
    row = PUBLISHED[name]
    for sizes, lines in [(row.sizes, row.lines + row.also), *row.second]:
        assert lines
        assert wrong_lines(name, outputs_of(name, sizes, reference), lines) == []


def test_a_wrong_number_of_the_tables_would_be_noticed():
    """The comparison above is not blind: a unit in the last digit is a difference."""
    outputs = outputs_of("cross_entropy", PUBLISHED["cross_entropy"].sizes, reference)
    for text, wrong in (("1.86564477", 0), ("1.86564476", 1), ("1.86564478", 1), ("nan", 1)):
        assert len(wrong_lines("cross_entropy", outputs, [("loss", text)])) == wrong
