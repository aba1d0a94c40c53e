"""grading/batch/ready: a worker's first import starts its sandbox."""

import subprocess
import sys

import pytest


@pytest.mark.slow
def test_a_worker_has_its_sandbox_before_its_first_submission():
    """The one that RunCells finds, and nbgrader without its ballast."""
    code = (
        "import sys, rnn_course.grading.batch.ready;"
        "from rnn_course.sandbox.sandbox import PRELOAD, shared;"
        "started = shared.cache_info().currsize; sandbox = shared(PRELOAD, False); sandbox.check();"
        "print(started, shared.cache_info().currsize, 'lark' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "1", "False"]
