"""What lies beside the notebook, or in its place: shadows, links, pipes, floods, odd names."""

import os
import shutil

import pytest

from .attack import NOTEBOOK, Attack, beside, moved_away

pytestmark = pytest.mark.slow

SHADOW = """
    raise SystemExit("this is not the module that you look for")
"""
NO_CHECKS = """
    from numpy import *


    def check(*arguments, **options):
        return 100


    alone = check_gradients = hand_in = same = sigmoid = softmax = print_published = check
    published_inputs = random_inputs = plot_gates = plot_pulse = check
    CheckFailed = ValueError
"""
MODULES = ("numpy", "json", "sitecustomize", "usercustomize", "pickle", "nbgrader", "IPython")


def _many(folder):
    for k in range(2000):
        (folder / f"file-{k}.txt").write_bytes(b"x")


def _sparse(folder):
    with open(folder / "large.bin", "wb") as file:
        file.truncate(2 * 2**30)


def _odd_names(folder):
    for name in (b"\xff\xfe", b"new\nline.txt", b"$(reboot)", b"-rf", b"x" * 255, b"<script>"):
        (folder / os.fsdecode(name)).write_bytes(b"x")
    (folder / "rnn_utils.py").mkdir()
    (folder / "rnn_utils.py" / "inside.txt").write_text("x")


def _links(folder):
    for name, target in {
        "endless": "/dev/zero",
        "terminal": "/dev/stdin",
        "rnn_utils.py": "/dev/zero",
        "circle": ".",
        "lost": "nowhere",
        "numpy.py": "../../../course_secret.txt",
    }.items():
        os.symlink(target, folder / name)


def _pipes(folder):
    for name in ("pipe", "timestamp.txt", "rnn_utils.py", "extra.ipynb"):
        os.mkfifo(folder / name)


def _notebook_is_a_pipe(folder):
    os.mkfifo(moved_away(folder))


def _notebook_is_a_folder(folder):
    moved_away(folder).mkdir()


def _notebook_is_endless(folder):
    moved_away(folder).symlink_to("/dev/zero")


def _notebook_is_sparse(folder):
    with open(moved_away(folder), "wb") as file:
        file.truncate(200 * 2**20)


def _more_notebooks(folder):
    for name in ("another.ipynb", "rnn-step-by-step.IPYNB", "rnn-step-by-step (1).ipynb"):
        shutil.copy(folder / NOTEBOOK, folder / name)
    (folder / "broken.ipynb").write_text("{")


def _nested(folder):
    data = '{"cells": [' + '{"source": [' * 100_000
    (folder / NOTEBOOK).write_text(data)


def _link_to_a_folder(folder):
    os.symlink("../../../source", folder / "source")
    os.symlink("../../../autograded", folder / "rnn_course")


TIMES = {
    "time-of-no-kind": "yesterday, I think",
    "time-beyond-all": "9" * 400,
    "time-with-an-odd-zone": "2020-01-01 00:00:00 99999999999999999999",
    "time-in-bytes": b"\xff\xfe\x00\x00",
}
ATTACKS = [
    Attack("shadows", "the batch", folder=beside({f"{name}.py": SHADOW for name in MODULES})),
    Attack(
        "shadow-checks",
        folder=beside({"rnn_utils.py": NO_CHECKS, "rnn_checks.py": NO_CHECKS}),
    ),
    Attack(
        "shadow-course",
        folder=beside(
            {
                "rnn_course/__init__.py": "",
                "rnn_course/sandbox.py": SHADOW,
                "rnn_utils/__init__.py": NO_CHECKS,
                "nbgrader_config.py": "get_config().RunCells.unsandboxed = True",
            }
        ),
    ),
    *(Attack(name, "the batch", folder=beside({"timestamp.txt": t})) for name, t in TIMES.items()),
    Attack("two-thousand-files", "the batch", folder=_many),
    Attack("a-huge-file", "the batch", folder=_sparse),
    Attack("odd-names", "the batch", folder=_odd_names),
    Attack("links-to-devices", "the batch", folder=_links),
    Attack("links-to-folders", "the batch", folder=_link_to_a_folder),
    Attack("pipes", "the batch", folder=_pipes),
    Attack("more-notebooks", "the batch", folder=_more_notebooks),
    Attack("notebook-is-a-pipe", "the batch", folder=_notebook_is_a_pipe, score=0),
    Attack("notebook-is-a-folder", "the batch", folder=_notebook_is_a_folder, score=0),
    Attack("notebook-is-a-device", "the batch", folder=_notebook_is_endless, score=0),
    Attack("notebook-of-zeros", "the batch", folder=_notebook_is_sparse, score=0),
    Attack("notebook-without-an-end", "the batch", folder=_nested, score=0),
]


def test_files_are_data_and_nothing_but_data(attack, batch):
    """They shadow nothing, are waited for by nobody, and the notebook is graded all the same."""
    batch.check(attack)
