"""sandbox/sandbox: one submission sees nothing of another, and nothing of any is left."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from boxes import of_group, texts, until
from conftest import ROOT

from rnn_course.sandbox.answer import question
from rnn_course.sandbox.limits import Limits
from rnn_course.sandbox.run import Cell
from rnn_course.sandbox.sandbox import Sandbox

GRADER = """
import sys
from rnn_course.sandbox.sandbox import Sandbox
from rnn_course.sandbox.limits import Limits
from rnn_course.sandbox.run import Cell
sandbox = Sandbox()
sandbox.check()
print(sandbox.process.pid, flush=True)
sandbox.run([Cell("import time\\ntime.sleep(100)")], Limits(cell_seconds=100))
"""


def test_cells_share_their_variables(sandbox):
    """As in a notebook."""
    assert texts(sandbox, "x = 1", "x += 1", "print(x)") == [None, None, "2\n"]


LEFT = [
    "left = 1",
    "open('left.txt', 'w').write('left')",
    "import os\nos.environ['LEFT'] = 'left'",
    "import sys, types\nsys.modules['left'] = types.ModuleType('left')",
    "import numpy\nnumpy.tanh = None",
    "import builtins\nbuiltins.left = 1",
    "import os\nos.makedirs('a/b/c')\nos.chdir('a')",
    "import sys\nsys.path.insert(0, 'left')",
    "import random, numpy\nrandom.seed(1); numpy.random.seed(1)\nprint(random.random())",
]
SEEN = [
    "print('left' in globals())",
    "import os\nprint(os.listdir())",
    "print('LEFT' in os.environ, 'left' in os.environ['PATH'])",
    "import sys\nprint('left' in sys.modules, 'left' in sys.path)",
    "import numpy\nprint(numpy.tanh is None)",
    "import builtins\nprint(hasattr(builtins, 'left'))",
]


def test_the_next_submission_sees_nothing_of_the_last_one(sandbox):
    """Variables, files, environment, modules, builtins, paths: what is seen first is seen again."""
    first = texts(sandbox, *SEEN)
    assert first == ["False\n", "[]\n", "False False\n", "False False\n", "False\n", "False\n"]
    left = texts(sandbox, *LEFT, *SEEN)
    assert left[-len(SEEN) :] != first
    assert texts(sandbox, *SEEN) == first


def test_cells_are_counted_from_one_in_each_submission(sandbox):
    """And Out is empty."""
    for _ in range(2):
        (run,) = sandbox.run([Cell("len(Out)")], Limits())
        assert run.count == 1
        assert run.outputs[0].data["text/plain"] == "0"


def test_files_lie_in_the_private_folder_and_can_be_imported(sandbox):
    """Data and helper modules of the student's; they cannot stand in the course's place."""
    files = {
        "helper.py": b"value = 7",
        "data/a b.txt": "é".encode(),
        "numpy.py": b"value = 8",
        "rnn_utils.py": b"value = 9",
    }
    cells = [
        "import helper\nprint(helper.value)",
        "print(open('data/a b.txt', encoding='utf-8').read())",
        "import numpy\nprint(hasattr(numpy, 'tanh'))",
        "import rnn_utils\nprint(hasattr(rnn_utils, 'value'), hasattr(rnn_utils, 'sigmoid'))",
    ]
    assert texts(sandbox, *cells, files=files) == ["7\n", "é\n", "True\n", "False True\n"]


def test_files_are_there_again_for_the_cells_behind_a_child_that_ended(sandbox):
    """As they were handed in."""
    cells = ["open('f', 'a').write('more')", "import os; os._exit(0)", "print(open('f').read())"]
    assert texts(sandbox, *cells, files={"f": b"text"})[2] == "textmore\n"


def test_the_environment_is_what_is_given_and_not_the_graders(monkeypatch):
    """A token in the grader's environment is not inherited."""
    monkeypatch.setenv("COURSE_TOKEN", "secret")
    monkeypatch.setenv("PYTHONPATH", "/secret")
    sandbox = Sandbox(preload=())
    look = "import os\nprint(sorted(os.environ.items()))"
    given, not_given = (
        texts(sandbox, look, environment=env)[0] for env in ({"GIVEN": "yes"}, None)
    )
    sandbox.close()
    assert "secret" not in given
    assert "('GIVEN', 'yes')" in given
    assert "GIVEN" not in not_given


def test_nothing_is_left_when_it_is_closed(own, tmp_path):
    """No process and no file; closing twice is once."""
    texts(own, "open('file', 'w').write('x')")
    (home,) = tmp_path.iterdir()
    assert os.listdir(home / "private") == []
    group = own.process.pid
    assert until(lambda: of_group(group) == {group})  # the keeper has just ended
    own.close()
    assert of_group(group) == set()
    assert os.listdir(tmp_path) == []
    own.close()


def test_it_can_be_closed_before_it_is_ready():
    """An instructor who interrupts at once."""
    sandbox = Sandbox()
    sandbox.close()
    assert of_group(sandbox.process.pid) == set()


def test_children_and_keepers_are_gone_after_each_run(own, tmp_path):
    """Also those that had to be ended, and with them their files."""
    cells = ["open('f', 'w').write('x')\nwhile True: pass", "import os; os._exit(0)", "print(1)"]
    runs = own.run([Cell(cell) for cell in cells], Limits(cell_seconds=0.5))
    assert runs[2].outputs[0].text == "1\n"
    assert until(lambda: of_group(own.process.pid) == {own.process.pid})
    (home,) = tmp_path.iterdir()
    assert os.listdir(home / "private") == []


def test_a_warm_process_that_was_killed_is_started_again(own):
    """The next submission is graded as if nothing had been."""
    assert texts(own, "print(1)") == ["1\n"]
    os.kill(own.process.pid, signal.SIGKILL)
    own.process.wait()
    assert texts(own, "print(2)") == ["2\n"]


def test_two_sandboxes_do_not_see_each_other(own, sandbox):
    """Side by side, with files of the same name."""
    write = "open('file', 'w').write('mine')\nimport os\nprint(os.getcwd())"
    (mine,), (other,) = texts(own, write), texts(sandbox, write)
    assert mine != other
    look = f"import os\nprint(os.listdir({mine.strip()!r}))"
    assert texts(own, look) == ["[]\n"]
    assert texts(sandbox, look) == ["PermissionError"]


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_grader_that_is_killed_takes_everything_with_it(tmp_path, how):
    """Warm process, keeper and child end within seconds, and their files are gone."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-c", GRADER]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as grader:
        group = int(grader.stdout.readline())
        assert until(lambda: len(of_group(group)) >= 3)
        grader.send_signal(how)
        grader.wait()
    assert until(lambda: not of_group(group))
    assert until(lambda: not os.listdir(tmp_path))


@pytest.mark.slow
def test_a_child_takes_little_memory_of_its_own(own):
    """What was imported before it was forked is shared: seen from outside, while it runs."""
    source = (
        "import numpy as np\nx = np.tanh(np.random.randn(200, 200) @ np.ones((200, 5)))\n"
        "import time\ntime.sleep(3)"
    )
    own.check()
    runner = threading.Thread(target=own.run, args=([Cell(source)], Limits()))
    runner.start()
    assert until(lambda: len(of_group(own.process.pid)) == 3)
    time.sleep(1)
    child = max(of_group(own.process.pid))
    rollup = Path(f"/proc/{child}/smaps_rollup").read_text()
    runner.join()
    private = sum(
        int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Private_")
    )
    assert 0 < private < 60 * 1024


def test_pictures_are_drawn(sandbox):
    """With the fonts and files of matplotlib, which are read only then."""
    source = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('$\\\\alpha$');"
    (run,) = sandbox.run([Cell(source)], Limits())
    assert "image/png" in run.outputs[-1].data


def test_an_absent_function_is_an_answer(sandbox):
    """Nothing needs to have been defined."""
    (run,) = sandbox.run([Cell("", question("f", []))], Limits())
    assert "absent" in run.answer
