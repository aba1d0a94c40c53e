"""sandbox/tracebacks: faster, and not a character otherwise."""

import json
import subprocess
import sys

import pytest

CELLS = {
    "a function of another cell": "def f(x):\n    # why\n    return 1 / x\n\ndef g():\n    f(0)",
    "its call": "y = 1\ng()\nz = 2",
    "a cause": "try:\n    g()\nexcept Exception as error:\n    raise KeyError('k') from error",
    "no Python": "def (:",
    "a library": "import numpy as np\nnp.linalg.inv(np.zeros((2, 2)))",
    "a library in Python": "import json\njson.loads('{')",
    "too deep": "def h(n):\n    return h(n + 1)\nh(0)",
    "a text that is run": "exec('1 / 0')",
    "a class": "class A:\n    def go(self):\n        raise NotImplementedError\nA().go()",
    "several lines": "g(\n    *[\n        1,\n    ]\n)",
    "an unknown name": "print(undefined)",
}
SCRIPT = """
import json, sys, tempfile
from pathlib import Path
from rnn_course.sandbox import shell, tracebacks
if sys.argv[1] == "plain":
    tracebacks.hasten = lambda: None
with tempfile.TemporaryDirectory() as folder:
    own = shell.new_shell(Path(folder))
    cells = json.loads(sys.argv[2])
    runs = {name: own.run(cells[name], 10**6) for name in [*cells, *cells]}
print(json.dumps(runs))
"""


@pytest.fixture(scope="module")
def runs():
    """What the cells put out, with IPython as it is and in haste."""
    told = {}
    for how in ("plain", "hastened"):
        command = [sys.executable, "-c", SCRIPT, how, json.dumps(CELLS)]
        told[how] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return told


@pytest.mark.parametrize("name", list(CELLS)[1:])
def test_a_traceback_is_what_ipython_makes_of_it(runs, name):
    """Files, lines, colours and the marked expression; the second time as well."""
    (error,) = runs["hastened"][name]
    assert error["output_type"] == "error"
    assert error["ename"] in "".join(error["traceback"])
    assert runs["hastened"][name] == runs["plain"][name]
