"""sandbox/answer: the student's function is called, its numbers go out, nothing is decided."""

import inspect
import json
import linecache
import subprocess
import sys

import numpy as np
import pytest

from rnn_course.sandbox.answer import answer, question, with_stand_in_alone
from rnn_course.sandbox.wire import Other, decode
from rnn_course.subject.rnn_step_by_step import standin

XT = np.arange(6.0).reshape(3, 2)
A_PREV = np.ones((4, 2))
PARAMETERS = {"ba": np.full((4, 1), 0.5), "by": np.zeros((2, 1))}
CELL = "rnn_cell_forward"


def notebook(source, **left_over):
    """The names of a notebook in which this cell has run."""
    filename = f"<cell of {hash(source)}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    namespace = {"np": np, **left_over}
    exec(compile(source, filename, "exec"), namespace)
    return namespace


def _standins(cell):
    return {cell: inspect.getsource(getattr(standin, cell))} if cell else {}


def ask(namespace, function="f", cell="", calls=((XT, A_PREV),)):
    """The decoded answer of a notebook."""
    return decode(answer(namespace, question(function, list(calls), _standins(cell))))


def test_question_is_text_that_holds_function_stand_ins_and_calls():
    """JSON and nothing else goes into the student's process."""
    asked = json.loads(question("f", [(XT,), (A_PREV,)], {"g": "text"}))
    assert (asked["function"], asked["standins"]) == ("f", {"g": "text"})
    calls = decode(asked["calls"])
    assert [np.array_equal(mine, given) for (mine,), given in zip(calls, (XT, A_PREV), strict=True)]


def test_the_numbers_of_each_call_come_out():
    """One entry a call: the result, the result of a second one, the arguments afterwards."""
    namespace = notebook("def f(x, y):\n    return x + 1, y\n")
    out = ask(namespace, calls=[(XT, A_PREV), (2 * XT, A_PREV)])
    assert list(out) == ["own"]
    first, second = out["own"]
    assert list(first) == ["result", "again", "arguments"]
    assert isinstance(first["result"], tuple)
    assert np.array_equal(first["result"][0], XT + 1)
    assert np.array_equal(second["result"][0], 2 * XT + 1)
    assert np.array_equal(first["again"][0], first["result"][0])
    assert np.array_equal(first["arguments"][0], XT)


def test_only_the_first_calls_are_made_twice():
    """What the calls before have left shows in the numbers of the others anyway."""
    source = "def f(x, y, calls=[]):\n    calls.append(1)\n    return float(len(calls))\n"
    told = ask(notebook(source), calls=[(XT, A_PREV)] * 4)["own"]
    numbers = [(call["result"], call.get("again")) for call in told]
    assert numbers == [(1, 2), (3, 4), (5, None), (6, None)]


def test_an_absent_function_is_told_as_absent():
    """The name is not in the notebook."""
    assert ask({}) == {"absent": None}


@pytest.mark.parametrize("value", [None, 5, "text", np.ones(2)])
def test_what_cannot_be_called_is_absent(value):
    """f = 5 is no function."""
    assert ask({"f": value}) == {"absent": None}


def test_a_stub_is_blank():
    """NotImplementedError means that nothing was tried."""
    assert ask(notebook("def f(x, y):\n    raise NotImplementedError\n"))["own"] == [
        {"blank": None}
    ]


def test_an_exception_comes_out_as_words_with_the_line():
    """The student reads what was raised, and where."""
    namespace = notebook("def f(x, y):\n    z = x + 1\n    return z @ y  # here\n")
    (call,) = ask(namespace)["own"]
    assert list(call) == ["raised"]
    assert call["raised"].startswith("ValueError: matmul")
    assert call["raised"].endswith("in the line: return z @ y  # here")


def test_an_exception_in_one_call_does_not_hide_the_others():
    """Each call is on its own."""
    namespace = notebook(
        "def f(x, y):\n    if x.max() > 6:\n        raise KeyError('k')\n    return x\n"
    )
    right, raised = ask(namespace, calls=[(XT, A_PREV), (2 * XT, A_PREV)])["own"]
    assert "result" in right
    assert raised["raised"].startswith("KeyError: 'k'")


def test_an_exception_that_only_the_second_call_raises_is_seen():
    """A function that works once does not work."""
    source = (
        "def f(x, y, calls=[]):\n    calls.append(1)\n    return x / (len(calls) < 2 or None)\n"
    )
    (call,) = ask(notebook(source))["own"]
    assert call["raised"].startswith("TypeError")


def test_changed_arguments_show():
    """+= on an argument is visible in what comes out, and does not touch the second call."""
    (call,) = ask(notebook("def f(x, y):\n    x += 1\n    return x\n"))["own"]
    assert np.array_equal(call["arguments"][0], XT + 1)
    assert np.array_equal(call["result"], XT + 1)
    assert np.array_equal(call["again"], XT + 1)


def test_arguments_that_are_one_array_stay_one_array():
    """parameters stand in many caches: a change in one place is a change in all."""
    (call,) = ask(notebook("def f(x, y):\n    x += 1\n    return y\n"), calls=[(A_PREV, A_PREV)])[
        "own"
    ]
    assert np.array_equal(call["result"], A_PREV + 1)


def test_state_shows_in_the_second_call():
    """What a function keeps in a default argument makes 'again' differ."""
    source = "def f(x, y, calls=[]):\n    calls.append(1)\n    return x * len(calls)\n"
    (call,) = ask(notebook(source))["own"]
    assert np.array_equal(call["again"], 2 * call["result"])


def test_a_result_that_the_second_call_overwrites_shows():
    """The first result is looked at after the second call: one buffer for both is no result."""
    source = (
        "def f(x, y, kept=[]):\n    kept.append(x)\n    kept[0][:] = x * len(kept)\n"
        "    return kept[0]\n"
    )
    (call,) = ask(notebook(source))["own"]
    assert np.array_equal(call["result"], 2 * XT)


def test_what_a_cell_left_behind_is_out_of_sight():
    """A left-over array is not there, so the words say NameError."""
    namespace = notebook("def f(x, y):\n    return left_over + x\n", left_over=np.ones((3, 2)))
    (call,) = ask(namespace)["own"]
    assert call["raised"].startswith("NameError: name 'left_over' is not defined")
    assert "in the line: return left_over + x" in call["raised"]


def test_the_students_helpers_are_in_sight():
    """Functions of other cells may be called."""
    namespace = notebook("def f(x, y):\n    return g(x)\n\n\ndef g(x):\n    return np.tanh(x)\n")
    (call,) = ask(namespace)["own"]
    np.testing.assert_allclose(call["result"], np.tanh(XT))


def test_the_stand_in_takes_the_place_of_the_cell_alone():
    """Own cell and stand-in are both run; helpers and the function are the student's in both."""
    source = (
        f"def {CELL}(xt, a_prev, parameters):\n    return 'own cell', 0, 0\n\n\n"
        "def helper(x):\n    return 2 * x\n\n\n"
        f"def f(xt, a_prev, parameters):\n    return helper({CELL}(xt, a_prev, parameters)[0])\n"
    )
    namespace = notebook(source)
    out = ask(namespace, cell=CELL, calls=[(XT, A_PREV, PARAMETERS)])
    assert list(out) == ["own", "stand-in"]
    assert out["own"][0]["result"] == "own cell" * 2
    expected = 2 * standin.rnn_cell_forward(XT, A_PREV, PARAMETERS)[0]
    np.testing.assert_allclose(out["stand-in"][0]["result"], expected)
    assert namespace[CELL](0, 0, 0)[0] == "own cell"


def test_the_stand_in_is_there_when_the_own_cell_is_absent():
    """A loop without its cell raises, and is still judged on its own."""
    source = f"def f(xt, a_prev, parameters):\n    return {CELL}(xt, a_prev, parameters)[0]\n"
    out = ask(notebook(source), cell=CELL, calls=[(XT, A_PREV, PARAMETERS)])
    assert out["own"][0]["raised"].startswith(f"NameError: name '{CELL}' is not defined")
    assert out["stand-in"][0]["result"].shape == (4, 2)


def test_a_function_without_a_cell_has_no_stand_in_run():
    """cell is empty or None for a function that repeats none."""
    namespace = notebook("def f(x, y):\n    return x\n")
    assert list(ask(namespace, cell="")) == list(ask(namespace, cell=None)) == ["own"]


def test_results_that_are_no_numbers_come_out_as_their_type():
    """Whatever is returned, text comes out."""
    source = "def f(x, y):\n    return object(), {1, 2}, len, 1j, None, 'text', 1.5\n"
    (call,) = ask(notebook(source))["own"]
    assert call["result"][:4] == tuple(
        map(Other, ("object", "set", "builtin_function_or_method", "complex"))
    )
    assert call["result"][4:6] == (None, "text")
    assert call["result"][6] == 1.5


def test_an_exception_without_words_of_its_own_is_named():
    """Even an exception whose str() raises is a student's fault and comes out as words."""
    source = (
        "class Odd(Exception):\n    def __str__(self):\n        raise ValueError('no words')\n\n\n"
        "def f(x, y):\n    raise Odd\n"
    )
    (call,) = ask(notebook(source))["own"]
    assert "Odd" in call["raised"]


SEQUENCE = (np.zeros((3, 2, 2)), A_PREV, PARAMETERS)
LOOP = """
def loop(x, a0, parameters):
    a_next = a0
    for t in range(x.shape[2]):
        a_next, yt_pred, cache = STEP(x[:, :, t], a_next, parameters)
    return a_next
"""


def test_an_endless_cell_is_timed_out_and_the_stand_in_still_runs():
    """The loop over it is judged by itself."""
    endless = f"def {CELL}(xt, a_prev, parameters):\n    while True: pass\n"
    namespace = notebook(endless + LOOP.replace("STEP", CELL))
    asked = question("loop", [SEQUENCE] * 2, _standins(CELL))
    answers = decode(answer(namespace, asked, seconds=0.2))
    assert [list(call) for call in answers["own"]] == [["timed out"], ["timed out"]]
    assert all("result" in call for call in answers["stand-in"])


def test_a_loop_can_be_asked_with_the_stand_in_alone():
    """After the own cell has ended the process; a function without one cannot."""
    asked = with_stand_in_alone(question("loop", [SEQUENCE], _standins(CELL)))
    namespace = notebook(
        f"def {CELL}(*a):\n    import os; os._exit(1)\n" + LOOP.replace("STEP", CELL)
    )
    assert list(decode(answer(namespace, asked))) == ["stand-in"]
    assert with_stand_in_alone(asked) is None
    assert with_stand_in_alone(question("f", [])) is None


@pytest.mark.parametrize("way_out", ["SystemExit", "KeyboardInterrupt", "GeneratorExit"])
def test_a_function_that_ends_the_program_has_raised(way_out):
    """It is the student's fault like any other."""
    answers = ask(notebook(f"def f(xt, a_prev):\n    raise {way_out}"))
    assert way_out in answers["own"][0]["raised"]


def test_a_cell_under_a_second_name_is_replaced_too():
    """An alias in another cell does not get round the stand-in."""
    wrong = f"def {CELL}(xt, a_prev, parameters):\n    raise ValueError\nstep = {CELL}\n"
    namespace = notebook(wrong + LOOP.replace("STEP", "step"))
    answers = ask(namespace, "loop", CELL, [SEQUENCE])
    assert "raised" in answers["own"][0]
    assert "result" in answers["stand-in"][0]


def test_a_list_that_contains_itself_does_not_stop_a_function():
    """Whatever a cell left behind is hidden, however odd."""
    odd = []
    odd.append(odd)
    answers = ask(notebook("def f(xt, a_prev):\n    return np.ones(2)", odd=odd))
    assert "result" in answers["own"][0]


@pytest.mark.parametrize("module", ["answer", "wire", "warm", "shell"])
def test_what_runs_beside_student_code_imports_nothing_of_subject_or_grading(module):
    """A child inherits its parent's memory: the reference must never have been there."""
    code = (
        f"import sys, rnn_course.sandbox.{module}\n"
        "print([m for m in sys.modules if m.startswith('rnn_course.')])"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    assert f"rnn_course.sandbox.{module}" in done.stdout
    for room in ("subject", "grading", "mentoring", "cli"):
        assert f"rnn_course.{room}" not in done.stdout
