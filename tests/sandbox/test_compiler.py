"""sandbox/compiler: what is known by heart runs as if it had been compiled."""

import ast

import pytest

from rnn_course.sandbox.compiler import LearningCompiler
from rnn_course.sandbox.limits import Limits
from rnn_course.sandbox.run import Cell

LEARNT = {
    "statements": "x = 20\nx += 1\nprint(x)",
    "a value": "y = 2\ny * 21",
    "a value that is not shown": "5;",
    "several values": "1\n2",
    "nothing": "",
    "a comment": "# nothing",
    "a function": "def f(n):\n    return 1 / n\n",
    "a call of it": "print('begins')\nf(0)\nprint('never')",
    "an error": "before = 1\nnot_there",
    "a magic": "%precision 3\n1 / 3",
    "a shell's mark": "print('100 %')",
    "await": "import asyncio\nawait asyncio.sleep(0)\n'awaited'",
    "no Python": "def f(:",
    "a warning": "print(1 is 1)",
    "no Python for the compiler": "print('seen')\nreturn 5",
    "an annotation": "def g(n: a_name_of_later):\n    return n\nsorted(g.__annotations__)",
    "a cell like another": "y = 2\ny * 21 ",
}
FUTURE = "from __future__ import annotations"


def put_out(sandbox, cells):
    """The outputs and counts of cells."""
    runs = sandbox.run([Cell(cell) for cell in cells], Limits())
    return [(run.outputs, run.count) for run in runs]


@pytest.mark.parametrize("before", ["", FUTURE], ids=["plain", "future"])
def test_learnt_cells_put_out_what_others_do(own, before):
    """Values, prints, tracebacks with their lines, in any order, also behind a __future__."""
    cells = [before, *LEARNT.values(), *reversed(LEARNT.values())]
    fresh = put_out(own, cells)
    own.learn(LEARNT.values())
    assert put_out(own, cells) == fresh
    assert any(outputs for outputs, _ in fresh)


def test_a_future_changes_the_learnt_cells_behind_it(own):
    """An annotation is evaluated, or not."""
    own.learn([LEARNT["an annotation"], FUTURE])
    (plain, _), _, (future, _) = put_out(
        own, [LEARNT["an annotation"], FUTURE, LEARNT["an annotation"]]
    )
    assert plain[0].ename == "NameError"
    assert future[0].data["text/plain"] == "['n']"


def test_a_new_warm_process_knows_what_the_last_one_knew(own):
    """It is told all of it when it starts."""
    own.learn(["1 + 1"])
    own.process.kill()
    own.process.wait()
    own.learn(["2 + 2"])
    outputs = [outputs for outputs, _ in put_out(own, ["1 + 1", "2 + 2", KNOWN])]
    assert outputs[2][0].text == "['1 + 1\\n', '2 + 2\\n']\n"


KNOWN = "print(sorted(get_ipython().compile.trees))"


def test_what_is_learnt_is_what_is_run():
    """The tree and the code of each statement are those that learning made."""
    compiler = LearningCompiler()
    compiler.learn("x = 1\nx\n")
    tree = compiler.ast_parse("x = 1\nx\n")
    assert tree is compiler.trees["x = 1\nx\n"]
    first, last = tree.body
    name = compiler.cache("x = 1\nx\n", 7)
    code = compiler(ast.Module([first], []), name, "exec")
    assert code is compiler.codes[id(first), "exec"]
    assert compiler(ast.Interactive([last]), name, "single") is compiler.codes[id(last), "single"]
    assert code.co_filename == name
    assert compiler.format_code_name(name) == ("Cell", "In[7]")


def test_other_modes_and_sources_are_compiled():
    """A statement in another mode, the same text without its end, text in the place of a tree."""
    compiler = LearningCompiler()
    compiler.learn("x = 1\nx\n")
    assert compiler.ast_parse("x = 1\nx") is not compiler.trees["x = 1\nx\n"]
    (_, last) = compiler.trees["x = 1\nx\n"].body
    code = compiler(ast.Module([last], []), "name", "exec")
    assert code not in compiler.codes.values()
    assert eval(compiler("1 + 1", "name", "eval")) == 2


@pytest.mark.parametrize("source", ["def f(:", "x = '\0'", "return 5", FUTURE, "1 is 1"])
def test_what_cannot_be_learnt_is_left_alone(source):
    """No Python, something that changes what comes behind it, something with a warning."""
    compiler = LearningCompiler()
    flags = compiler.flags
    compiler.learn(source)
    assert compiler.trees == {}
    assert compiler.flags == flags
