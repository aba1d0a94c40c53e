"""grading/needed: which statements of a notebook its functions need."""

import json
from pathlib import Path

import pytest
from conftest import EXERCISES
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_course.grading.needed import needed
from rnn_course.subject.published import SOURCE

NOTEBOOK = Path(__file__).parents[2] / "source/rnn-step-by-step/rnn-step-by-step.ipynb"


def texts(*sources, names=("f",)):
    """The statements that are needed, as text."""
    return [statement.source.strip() for statement in needed(sources, names)]


def test_definitions_and_what_they_read_are_needed():
    """Helpers of helpers, imports, constants and classes, wherever they stand."""
    cells = [
        "import numpy as np, os\nimport unused",
        "def helper(x):\n    return SIZE * x",
        "def f(x):\n    y = Box(x)\n    return helper(np.tanh(y))",
        "SIZE = 3\nOTHER = 4",
        "class Box:\n    pass\n\ndef g(x):\n    return f(x)",
    ]
    assert texts(*cells) == [
        "import numpy as np, os",
        *(cells[1:3]),
        "SIZE = 3",
        "class Box:\n    pass",
    ]


def test_what_tests_trains_or_prints_is_left_out():
    """Also a loop without an end, and names that a function has for itself."""
    assert texts(
        "def f(x, y=None):\n    z = x\n    return [z for x in y]",
        "x = train()\nz = f(x)\nprint(z)",
        "while True:\n    f(1)",
        "assert f(2) == 4",
    ) == ["def f(x, y=None):\n    z = x\n    return [z for x in y]"]


def test_each_definition_is_kept_in_order():
    """So that the last one counts, as in a session; also those that make one from another."""
    cells = ["def f(x): return 1", "f = twice(f)", "def twice(g): return g\nf = lambda x: 3"]
    assert texts(*cells) == [*cells[:2], "def twice(g): return g", "f = lambda x: 3"]


def test_a_definition_comes_with_its_decorators_and_its_block():
    """The text is the student's own, comments and all."""
    cell = "if True:\n    @note  # why\n    def f(x):\n        return x\n"
    other = "def note(g):\n    return g"
    assert texts(cell, other) == [cell.strip(), other]
    cell = "@note\n@note\ndef f(x):\n    # here\n    return x"
    assert texts(other + "\n" + cell) == [other, cell]


def test_all_names_may_come_from_a_star():
    """Each such import is kept, for itself."""
    cell = "import numpy as np\nfrom rnn_utils import *\nfrom public_tests import *\nx = 1"
    assert texts(cell, "def f(x): return np.tanh(x)") == [
        *cell.splitlines()[:3],
        "def f(x): return np.tanh(x)",
    ]


@pytest.mark.parametrize("magic", ["%matplotlib inline", "!pip install x", "%%time", "f?", "?f"])
def test_what_is_no_python_but_ipython_is_passed_over(magic):
    """The lines beside it are read."""
    assert texts(f"{magic}\ndef f(x):\n    return x") == ["def f(x):\n    return x"]
    assert texts(f"def f(x):\n    return x\n{magic}") == ["def f(x):\n    return x"]


def test_a_remainder_at_the_beginning_of_a_line_is_no_magic():
    """A cell that is Python is left as it is."""
    cell = "def f(x):\n    return (x\n    % 3)"
    assert texts(cell) == [cell]


def test_a_function_with_a_fault_in_it_does_not_hide_its_neighbours():
    """It is kept as it is, for its error; the others are whole."""
    wrong, right = "def f(x):\n    return (x", "def g(x):\n    return x"
    assert texts(f"{right}\n{wrong}\n\n{right}\nprint 'old'", names=("f", "g")) == [
        right,
        wrong,
        right,
    ]
    assert needed([wrong], ["f"])[0].binds == {"f"}


def test_a_function_that_lost_its_indentation_halfway_is_kept_with_the_rest_of_it():
    """Its first lines alone would be another function."""
    wrong = "def f(x):\n    y = 1\nz = 2\n    return y"
    assert texts(wrong) == [wrong]
    assert texts("def g(x):\n    return x\ndef f(x):\n    # nothing") == [
        "def f(x):\n    # nothing"
    ]


def test_statements_on_one_line_stay_together():
    """Neither is cut in two."""
    assert texts("SIZE = 3; f = abs; g = 4\nh = 5") == ["SIZE = 3; f = abs; g = 4"]


def test_the_solutions_need_a_small_part_of_their_notebook():
    """All eight, their helpers and the imports."""
    cells = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    kept = needed(sources, EXERCISES)
    names = set().union(*(statement.binds for statement in kept))
    assert EXERCISES.keys() <= names
    assert "output_gate_backward" in names
    assert len(kept) < 20
    assert not any("plot_" in statement.source for statement in kept)


def test_a_long_chain_is_followed_in_a_moment():
    """Each statement once, whatever the order."""
    chain = "\n".join(f"f{k} = f{k + 1}" for k in range(5_000))
    assert len(texts(chain, names=("f0",))) == 5_000
    assert len(texts("def f0(x):\n    y\n" + "x\n 1\n" * 5_000, names=("f0",))) == 1


@settings(max_examples=200, deadline=None, database=None, derandomize=True)
@given(
    st.lists(
        st.sampled_from([*SOURCE.values(), "f = 1", "(", "'''", "\\", "\0", "@", "é", "\t", "\r"])
        | st.text(max_size=30)
    ).map("\n".join)
)
def test_whatever_stands_in_a_cell_there_is_an_answer(text):
    """No text raises."""
    for statement in needed([text, "def f(x): return g(x)"], ["f"]):
        assert statement.source


@pytest.mark.parametrize("text", ["(" * 5000, "-" * 50_000 + "1", "f(" * 500 + ")" * 500, "\0" * 9])
def test_deep_or_binary_text_is_no_python(text):
    """The parser's limits are named outcomes."""
    assert texts(text + "\n", "def f(x):\n    return x") == ["def f(x):\n    return x"]
