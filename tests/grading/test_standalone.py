"""grading/standalone: any notebook or program, judged function by function."""

import json
import os

import numpy as np
import pytest
from test_checks import edited

from rnn_course.grading.standalone import UnusableError, grade_file
from rnn_course.grading.verdict import Status
from rnn_course.subject.cases import published_case
from rnn_course.subject.exercises import ASSIGNMENTS, EXERCISES, of
from rnn_course.subject.mistakes import MISTAKES, apply
from rnn_course.subject.published import SOURCE

IMPORTS = "import numpy as np\nfrom rnn_utils import *\nfrom public_tests import *"
LOOPS = [name for name, exercise in EXERCISES.items() if exercise.cell]
RAISES = "def {}(*arguments):\n    raise {}\n"


def notebook(*cells, version=4):
    """The bytes of a notebook with these code cells."""
    key = "source" if version == 4 else "input"
    made = [{"cell_type": "code", "metadata": {}, "outputs": [], key: cell} for cell in cells]
    made.insert(1, {"cell_type": "markdown", "metadata": {}, "source": ["# RNN\n", "def f():"]})
    content = {"cells": made} if version == 4 else {"worksheets": [{"cells": made}]}
    return json.dumps({"nbformat": version, "nbformat_minor": 0, "metadata": {}} | content).encode()


@pytest.fixture
def graded(tmp_path, sandbox):
    """What becomes of a file with this content, a text or the cells of a notebook."""

    def grade(*content, name="work.ipynb", **beside):
        for module, text in beside.items():
            (tmp_path / f"{module}.py").write_text(text)
        data = content[0] if isinstance(content[0], bytes) else notebook(*content)
        if name.endswith(".py") and isinstance(content[0], str):
            data = content[0].encode()
        (tmp_path / name).write_bytes(data)
        return grade_file(tmp_path / name, sandbox)

    return grade


def statuses(graded):
    """{function: status} of the functions that the file has."""
    found = {name: one.verdict.status for name, one in graded.items()}
    return {name: status for name, status in found.items() if status is not Status.ABSENT}


ALL_RIGHT = dict.fromkeys(EXERCISES, Status.RIGHT)


# --- files of all kinds --------------------------------------------------------------------


@pytest.mark.parametrize("version", [3, 4])
def test_a_notebook_of_any_version_is_judged(graded, version):
    """All eight in the order of the exercises, each with its outputs and its text."""
    found = graded(notebook(IMPORTS, *SOURCE.values(), version=version))
    assert statuses(found) == ALL_RIGHT
    assert list(found) == list(EXERCISES)
    for name, one in found.items():
        assert (one.verdict.words, one.verdict.reason) == ("", "")
        assert one.source.strip() == SOURCE[name].strip()
        expected = published_case(EXERCISES[name]).expected()
        assert one.published.keys() == expected.keys()
        first = EXERCISES[name].outputs[0]
        np.testing.assert_allclose(one.published[first], expected[first])


PROGRAMS = {
    "plain": "import numpy as np\n\n{}",
    "percent": "# %% [markdown]\n# # RNN\n\n# %%\n# %matplotlib inline\n{}\n# %%\nx = 1 / 0\n",
    "exported": "#!/usr/bin/env python\n# coding: utf-8\n# In[3]:\n\n"
    "get_ipython().run_line_magic('matplotlib', 'inline')\nimport tensorflow as tf\n{}\n# In[ ]:\n"
    "np.random.seed(1)\nwhile True: rnn_forward()\n",
    "Windows": "\ufeffimport numpy as np\r\n{}",
    "no imports": "{}",
}


@pytest.mark.parametrize("frame", PROGRAMS.values(), ids=PROGRAMS)
def test_a_program_is_judged(graded, frame):
    """As it was written, or as tools write a notebook as one."""
    text = frame.format("\n\n".join(SOURCE.values()))
    if "\r" in frame:
        text = text.replace("\r", "").replace("\n", "\r\n")
    assert statuses(graded(text.encode(), name="work.py")) == ALL_RIGHT


def test_the_beginning_of_a_notebook_that_was_cut_off_is_judged(graded):
    """As far as it goes."""
    first = [SOURCE[name] for name in of("rnn-step-by-step")]
    found = graded(notebook(IMPORTS, *first)[:-2500])
    assert found["rnn_cell_forward"].verdict.status is Status.RIGHT
    assert found["lstm_backward"].verdict.status is Status.ABSENT


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_a_file_of_one_assignment_is_not_asked_for_the_functions_of_another(graded, assignment):
    """What is absent is told of the assignment that the file is about."""
    first, *others = of(assignment)
    found = graded(IMPORTS, SOURCE[first])
    assert list(found) == [first, *others]
    assert statuses(found) == {first: Status.RIGHT}


BAD = {
    "empty": (b"", "is empty"),
    "blank": (b" \n\n", "is empty"),
    "binary": (bytes(range(256)) * 9, "notebook"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "notebook"),
    "prose": (b"def nothing of the kind", "no"),
    "no function": (notebook("x = 1"), "defines none of the functions rnn_cell_forward,"),
    "endless": (b"x = 1\n" * 200_000, "1,000,000|notebook"),
    "no notebook": (b"[1, 2]", "no"),
    "no cells": (b'{"cells": []}', "no cells"),
}


@pytest.mark.parametrize(("content", "words"), BAD.values(), ids=BAD)
@pytest.mark.parametrize("name", ["work.ipynb", "work.py"])
def test_of_a_file_without_a_function_one_sentence_says_so(graded, content, words, name):
    """Whatever it is called."""
    with pytest.raises(UnusableError, match=words) as error:
        graded(content, name=name)
    assert str(error.value).startswith(name)
    assert "\n" not in str(error.value)


def test_what_is_no_file_is_unusable(tmp_path, sandbox):
    """A folder, a pipe that nobody writes to, nothing at all."""
    os.mkfifo(tmp_path / "pipe")
    for name in ("", "pipe", "nothing.ipynb"):
        with pytest.raises(UnusableError):
            grade_file(tmp_path / name, sandbox)


# --- as course notebooks are ---------------------------------------------------------------


def test_a_notebook_full_of_tests_magics_and_training_is_judged_in_a_moment(graded):
    """Imports that do not exist, tests that raise and loops without an end cost nothing."""
    cells = [f"%matplotlib inline\n!pip install x\nimport tensorflow as tf\n{IMPORTS}"]
    for source in SOURCE.values():
        cells += [source, "x = 1 / 0\nassert False", "while True:\n    model = 1"]
    assert statuses(graded(*cells)) == ALL_RIGHT


def test_helpers_constants_and_imports_of_the_students_own_are_there(graded):
    """Also modules beside the file, and a name that another cell gives to a function."""
    cell = "def step(f, *more):\n    return helpers.twice(np_.tanh(f), np_)\n"
    source = "def rnn_forward(x, a0, parameters):\n    return loop(x, a0, parameters)"
    loop = SOURCE["rnn_forward"].replace("rnn_forward", "loop").replace("rnn_cell_for", "CELL_for")
    cells = [cell, source, "import helpers", loop, "CELL_forward = rnn_cell_forward"]
    helpers = SOURCE["rnn_cell_forward"].replace("tanh", "tanh")
    cells[0] = "from helpers import rnn_cell_forward"
    helpers = f"import numpy as np\nfrom rnn_utils import softmax\n{helpers}"
    found = graded(*cells, helpers=helpers)
    assert statuses(found) == dict.fromkeys(("rnn_cell_forward", "rnn_forward"), Status.RIGHT)


def test_of_two_definitions_the_last_one_counts(graded):
    """As in a session that is run from top to bottom."""
    name = "rnn_cell_forward"
    wrong = apply(MISTAKES[f"{name}/bias-forgotten"])[name]
    assert graded(wrong, SOURCE[name])[name].verdict.status is Status.RIGHT
    found = graded(SOURCE[name], wrong)[name]
    assert found.verdict.status is Status.WRONG
    assert found.source.strip() == wrong.strip()


def test_a_variable_of_the_notebook_is_hidden_from_a_function(graded):
    """As the autograder does it: what a cell left behind is no argument."""
    name = "rnn_cell_backward"
    source = SOURCE[name].replace("axis=1", "axis=AXIS")
    verdict = graded("AXIS = 1", source)[name].verdict
    assert verdict.status is Status.RAISED
    assert "'AXIS' is not defined" in verdict.reason


# --- verdicts ------------------------------------------------------------------------------


def test_each_kind_of_verdict(graded):
    """Wrong, raised, blank, absent, timed out; the others do not pay for it."""
    sources = SOURCE | apply(MISTAKES["lstm_cell_backward/tanh-square-inside"])
    sources["rnn_cell_forward"] = "def rnn_cell_forward(*a):\n    while True: pass\n"
    sources["lstm_cell_forward"] = RAISES.format("lstm_cell_forward", "ValueError('mine')")
    sources["rnn_cell_backward"] = RAISES.format("rnn_cell_backward", "NotImplementedError")
    del sources["lstm_forward"]
    found = graded(IMPORTS, *sources.values())
    assert {name: one.verdict.status for name, one in found.items()} == ALL_RIGHT | {
        "lstm_cell_backward": Status.WRONG,
        "rnn_cell_forward": Status.TIMED_OUT,
        "lstm_cell_forward": Status.RAISED,
        "rnn_cell_backward": Status.BLANK,
        "lstm_forward": Status.ABSENT,
    }
    assert "ValueError: mine" in found["lstm_cell_forward"].verdict.reason
    assert "known mistake" in found["lstm_cell_backward"].verdict.words
    assert found["lstm_cell_backward"].published["dxt"].shape == (3, 10)
    assert found["lstm_cell_forward"].published is None
    assert (found["lstm_forward"].published, found["lstm_forward"].source) == (None, "")


@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_without_its_cell_is_judged_with_a_stand_in(graded, name):
    """And its reader is not told that the cell is wrong."""
    given = "\n\n".join(SOURCE[helper] for helper in SOURCE.keys() - EXERCISES.keys())
    found = graded(given, SOURCE[name])
    assert statuses(found) == {name: Status.RIGHT}
    cell = EXERCISES[name].cell
    words = f"Judged with a stand-in for {cell}, which the file does not define."
    assert found[name].verdict.words == words
    row = next(mistake for mistake in MISTAKES.values() if mistake.function == name)
    assert words in graded(given, apply(row)[name])[name].verdict.words


TEMPLATES = {
    "unpacked": "    n_x, m, T_x = None\n    n_y, n_a = None\n    return None, None, None",
    "loop": "    for t in range(None):\n        a_next, yt_pred, cache = None\n    return 1, 2, 3",
    "assigned": "    a = None\n    y_pred = None\n    return a, y_pred, (None, x)",
    "pass": "    pass",
    "words": "    '''What it does.'''\n    ...",
    "halfway": "    caches = []\n    a = np.zeros(x.shape)\n    a[:, :, 0] = None\n"
    "    a_next = None\n    return a, rnn_cell_forward(x[:, :, 0], a_next, parameters), caches",
}


@pytest.mark.parametrize("body", TEMPLATES.values(), ids=TEMPLATES)
def test_a_template_that_was_not_filled_in_is_blank(graded, body):
    """Old notebooks say None where something is to be written."""
    source = f"def rnn_forward(x, a0, parameters):\n{body}\n"
    verdict = graded(SOURCE["rnn_cell_forward"], source)["rnn_forward"].verdict
    assert verdict.status is Status.BLANK
    assert verdict.words.startswith("Not done yet")
    assert graded(source)["rnn_forward"].verdict.status is Status.BLANK


def test_a_function_with_wrong_numbers_is_wrong_although_a_part_is_missing(graded):
    """It was written; what is still None is among its faults."""
    name = "rnn_cell_forward"
    source = edited(
        name, ("+ ba", ""), ("cache = (a_next, a_prev, xt, parameters)", "cache = None")
    )
    assert graded(source[name])[name].verdict.status is Status.WRONG


def test_none_that_is_filled_in_later_is_no_template(graded):
    """And a right function may hold it, too."""
    start = ("    a_next = a0", "    a_next = None\n    spare = None\n    a_next = a0")
    name = "rnn_forward"
    assert graded(edited(name, start)[name])[name].verdict.status is Status.RIGHT
    wrong = edited(name, (start[0], start[1].replace("    spare = None\n", "")))[name]
    wrong = wrong.replace("a_next = a0", "a_next = 0 * a0")
    assert graded(wrong)[name].verdict.status is Status.WRONG


def test_a_step_that_is_not_done_makes_the_function_blank(graded):
    """The course's own notebook has helpers to fill in; which one it is, is said."""
    name = "rnn_cell_backward"
    helper = "def step(x):\n    raise NotImplementedError('not done yet')"
    source = edited(name, ("(1 - a_next**2)", "step(a_next)"))[name]
    verdict = graded(helper, source)[name].verdict
    assert verdict.status is Status.BLANK
    assert "of step" in verdict.words


def test_a_definition_that_python_does_not_read_has_raised(graded):
    """With its line; the functions beside it are judged."""
    wrong = edited("rnn_forward", ("a_next = a0", "a_next = (a0"))["rnn_forward"]
    text = "\n".join([SOURCE["rnn_cell_forward"], wrong, SOURCE["lstm_forward"]])
    found = graded(text.encode(), name="work.py")
    verdict = found["rnn_forward"].verdict
    assert verdict.status is Status.RAISED
    assert verdict.words.startswith("SyntaxError: ")
    assert "in the line: a_next = (a0" in verdict.words
    assert found["rnn_cell_forward"].verdict.status is Status.RIGHT
    assert found["lstm_forward"].verdict.status is Status.RIGHT


def test_a_definition_that_ends_the_process_is_named(graded):
    """And costs no other function anything."""
    source = "import os\nrnn_forward = os._exit(0)"
    found = graded(source, SOURCE["rnn_cell_forward"])
    assert found["rnn_forward"].verdict.status is Status.ENDED
    assert found["rnn_cell_forward"].verdict.status is Status.RIGHT
