"""sandbox/shell: cells put out what a Jupyter kernel would, up to a limit.

The shell is one a process, so its cells run where they run in earnest: in the sandbox.
"""

import base64
import re

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager
from nbformat.v4 import new_code_cell, new_notebook

from rnn_course.sandbox.limits import Limits
from rnn_course.sandbox.outputs import PNG, Outcome
from rnn_course.sandbox.run import Cell
from rnn_course.sandbox.shell import _Transformer

ANSI = re.compile(r"\x1b\[[0-9;]*m")
PLACE = re.compile(r" \(\S+, line|0x[0-9a-f]+")  # a cell's own name for itself, an address
BROKEN = "class Odd(Exception):\n    def __str__(self): raise ValueError('no words')\nraise Odd"

LIKE_A_KERNEL = {
    "a line": "print(1)",
    "lines join": "import sys\nprint(1)\nprint(2, end='')\nsys.stdout.write('3')",
    "a value": "6 * 7",
    "the value before": "_ + 1",
    "an older value": "Out[1] if 1 in Out else 'none'",
    "no value": "None",
    "a semicolon": "5;",
    "a statement": "x = 5",
    "several values": "1\n2",
    "a long list": "list(range(300))",
    "an array": "import numpy as np\nnp.arange(4.0).reshape(2, 2)",
    "display": "display(1, 'a')\nprint(2)\ndisplay({'b': 3})",
    "no type is known": "display({'application/x': 'y', 'text/plain': 'z'}, raw=True)",
    "update": "h = display(1, display_id=True)\nprint(2)\nh.update(3)",
    "update by name": "display(1, display_id='n')\ndisplay(2, display_id='n', update=True)",
    "clear": "from IPython.display import clear_output\nprint(1)\nclear_output()\nprint(2)",
    "clear at the next": "print(1)\nclear_output(wait=True)\nprint(2)",
    "clear at no next": "print(1)\nclear_output(wait=True)",
    "await": "import asyncio\nawait asyncio.sleep(0.01)\nprint(1)\n'done'",
    "async": "async def f():\n    return 4\nawait f()",
    "inline": "%matplotlib inline",
    "capture": "%%capture kept\nprint(1)\n2",
    "captured": "kept.stdout",
    "precision": "%precision 2\n1 / 3",
    "an error": "def f():\n    return 1 / 0\nprint(1)\nf()",
    "an own error": "class Mine(ValueError): pass\nraise Mine('words')",
    "NameError": "not_there",
    "AssertionError": "assert 1 == 2, 'not equal'",
    "SystemExit": "raise SystemExit(3)",
    "sys.exit": "sys.exit('bye')",
    "KeyboardInterrupt": "raise KeyboardInterrupt",
    "SyntaxError": "def f(:\n  pass",
    "IndentationError": "if 1:\npass",
    "picture": "import matplotlib.pyplot as plt\nplt.plot([1, 2])",
    "behind all that": "print('here')",
}


def run(sandbox, *cells, **limits):
    """The runs of cells that follow each other."""
    return sandbox.run([Cell(cell) for cell in cells], Limits(**limits))


def one(sandbox, cell, **limits):
    """The only output of a cell."""
    (output,) = run(sandbox, cell, **limits)[0].outputs
    return output


def plain(output):
    """What can be compared: text without addresses, the marked lines of errors, a picture."""
    if output.output_type == "error":
        lines = ANSI.sub("", "\n".join(output.traceback)).splitlines()
        marked = [line for line in lines if "---> " in line or "(most recent" in line]
        return output.ename, PLACE.sub("", output.evalue), marked, lines[-1]
    if output.output_type == "stream":
        return output.name, ANSI.sub("", output.text)
    text = PLACE.sub("", output.data.get("text/plain", ""))
    return output.output_type, text, "image/png" in output.data


@pytest.fixture(scope="module")
def compared(sandbox):
    """{name: (mine, the kernel's)} of all cells, run one after the other in both."""
    from nbclient import NotebookClient

    notebook = new_notebook(cells=[new_code_cell(cell) for cell in LIKE_A_KERNEL.values()])
    NotebookClient(notebook, timeout=60, kernel_name="python3", allow_errors=True).execute()
    runs = run(sandbox, *LIKE_A_KERNEL.values())
    pairs = zip(runs, notebook.cells, strict=True)
    return dict(zip(LIKE_A_KERNEL, pairs, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("name", LIKE_A_KERNEL)
def test_outputs_are_those_of_a_kernel(compared, name):
    """Same kinds, same order, same text; errors with name, words and lines."""
    mine, kernel = compared[name]
    assert list(map(plain, mine.outputs)) == list(map(plain, kernel.outputs))
    assert mine.count == kernel.execution_count


def test_outputs_are_what_nbformat_has(sandbox):
    """Streams merged and in order, values with numbers, pictures as PNG, errors with lines."""
    first, second, third = run(
        sandbox,
        "import sys\nprint(1)\nprint(2)\nprint(5, file=sys.stderr)\nprint(6)\n3",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
        "print(4)\n1 / 0",
    )
    *streams, value = first.outputs
    texts = [(output.name, output.text) for output in streams]
    assert texts == [("stdout", "1\n2\n"), ("stderr", "5\n"), ("stdout", "6\n")]
    assert value.execution_count == first.count == 1
    assert base64.b64decode(second.outputs[-1].data["image/png"]).startswith(PNG)
    assert third.outputs[1].ename == "ZeroDivisionError"
    assert "1 / 0" in ANSI.sub("", "\n".join(third.outputs[1].traceback))
    cells = [new_code_cell(outputs=run.outputs) for run in (first, second, third)]
    nbformat.validate(new_notebook(cells=cells))


def test_what_is_only_html_is_not_shown(sandbox):
    """No browser of a grader runs what a student wrote."""
    (cell,) = run(sandbox, "from IPython.display import HTML\ndisplay(HTML('<script>'))\nHTML('b')")
    assert all(set(output.data) <= {"text/plain", "image/png"} for output in cell.outputs)
    assert "<script>" not in str(cell.outputs)


def test_a_cell_may_put_out_so_much_and_no_more(sandbox):
    """What fits is kept, then the cell is stopped; the next one begins afresh."""
    fits = "print('x' * 1023)"
    endless = "while True: print('y' * 100)"
    first, second, third = run(sandbox, fits, endless, fits, cell_output_kib=1)
    assert first.outputs == third.outputs
    assert first.outcome is None
    assert second.outcome is Outcome.TOO_MUCH_OUTPUT
    assert second.outputs[0].text.startswith("y" * 100)
    assert len(second.outputs[0].text) <= 1024


@pytest.mark.parametrize(
    "cell",
    [
        "print('x' * 10**7)",
        "for k in range(10**6): display(k)",
        "'x' * 10**7",
        "import sys\nsys.stderr.write('x' * 10**7)",
        "class R:\n    def __repr__(self): return 'x' * 10**7\nR()",
        "try:\n    print('x' * 10**7)\nexcept Exception:\n    pass",
    ],
)
def test_too_much_is_named_whatever_puts_it_out(sandbox, cell):
    """A stream, many displays, one long value; except Exception does not catch it."""
    stopped, behind = run(sandbox, cell, "print(1)", cell_output_kib=10)
    assert stopped.outcome is Outcome.TOO_MUCH_OUTPUT
    assert stopped.size < 2**20
    assert behind.outputs[0].text == "1\n"


def test_the_time_limit_names_the_line(sandbox):
    """The student reads where the cell was."""
    output = one(sandbox, "x = 1\nwhile True:\n    x += 1", cell_seconds=0.3)
    assert output.ename == "CellTimeoutError"
    assert "0.3 seconds" in output.evalue
    assert re.search(r"line [23]", output.traceback[0])


def test_a_second_loop_is_stopped_sooner(sandbox):
    """A function that does not end is called by several cells."""
    loop = "def f():\n    while True:\n        pass\n\n\nf()"
    first, second, behind = run(sandbox, loop, "f()", "print(1)", cell_seconds=1)
    assert "within 1 seconds" in first.outputs[0].evalue
    assert "within 0.1 seconds" in second.outputs[0].evalue
    assert behind.outputs[0].text == "1\n"


def test_an_exception_without_words_is_told_all_the_same(sandbox):
    """Its __str__ raises."""
    broken, behind = run(sandbox, BROKEN, "print(1)")
    assert broken.outputs[0].ename == "Odd"
    assert "ValueError" in broken.outputs[0].evalue
    assert behind.outputs[0].text == "1\n"


def test_a_huge_message_is_cut(sandbox):
    """Of its words and of its lines."""
    output = one(sandbox, "raise ValueError('x' * 10**6 + '\\n' * 10**5)")
    assert len(output.evalue) <= 4000
    assert len(output.traceback) <= 100
    assert all(len(line) <= 4000 for line in output.traceback)


def test_an_error_behind_too_much_output_is_still_told(sandbox):
    """There is always room for it."""
    (cell,) = run(sandbox, "try:\n    print('x' * 5000)\nfinally:\n    1 / 0", cell_output_kib=1)
    assert cell.outputs[-1].output_type == "error"


def test_cells_behind_exit_are_run(sandbox):
    """As in a notebook that is run from top to bottom."""
    runs = run(sandbox, "exit()", "quit()", "raise SystemExit", "print(1)")
    assert runs[-1].outputs[0].text == "1\n"


@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_streams_take_text_alone(sandbox, name):
    """And behave like files otherwise."""
    cell = (
        f"import sys\ns = sys.{name}\n"
        "try:\n    s.write(5)\nexcept TypeError as e:\n    a = str(e)\n"
        "s.flush()\ns.writelines(['b', 'c'])\n(a, s.writable(), s.isatty(), s.encoding)"
    )
    stream, value = run(sandbox, cell)[0].outputs
    assert (stream.name, stream.text) == (name, "bc")
    words = "write() argument must be str, not int"
    assert value.data["text/plain"] == repr((words, True, False, "UTF-8"))


def test_input_is_an_error_and_no_hang(sandbox):
    """Nobody is there to answer."""
    output = run(sandbox, "input('name? ')", cell_seconds=5)[0].outputs[-1]
    assert output.output_type == "error"
    assert output.ename != "CellTimeoutError"


PIECES = [
    *("x", " ", "    ", "\n", "\t", "\f", "\v", "\r\n", "\u2028", "\ufeff", "\\", "'", '"""', "#"),
    *(
        "%",
        "%%time",
        "!",
        "?",
        "??",
        ";",
        ",",
        "/",
        ">>> ",
        "... ",
        "In [1]: ",
        "   ...: ",
        "Out[1]: ",
    ),
    *("def f(x):", "return x", "x = 1", "if x:", "else:", "f(1)", "=", "(", ")", "await g", "del"),
]


@pytest.mark.filterwarnings("ignore:.make_tokens_by_line")
@settings(max_examples=500, deadline=None, database=None, derandomize=True)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_cells_are_rewritten_as_by_ipython(cell):
    """Plain Python is not searched for magics and prompts, with the same result."""
    assert rewritten(_Transformer(), cell) == rewritten(TransformerManager(), cell)


def rewritten(manager, cell):
    """The cell as Python, or the error that there is none."""
    try:
        return manager.transform_cell(cell)
    except (SyntaxError, IndexError) as error:  # IndexError: IPython's own, of "=%\\"
        return str(error)
