"""Answers that are not the student's own: the reference, the source, others, published numbers."""

import pytest
from conftest import EXERCISES

from .attack import Attack

pytestmark = pytest.mark.slow

TAKE_OVER = """
    import numpy as np
    from rnn_utils import sigmoid, softmax


    def take(source):
        exec(source, globals())
"""
IMPORTED = """
    import sys

    sys.path.insert(0, "$course")
    from rnn_course.subject.rnn_step_by_step.reference import *
"""
BY_PATH = """
    import importlib.util
    import sys

    for name in ("rnn_course", "rnn_course.subject", "rnn_course.subject.rnn_step_by_step"):
        module = sys.modules.get(name)
        if module:
            module.__path__ = ["$course/" + name.replace(".", "/")]
    sys.path_importer_cache.clear()
    path = "$course/rnn_course/subject/rnn_step_by_step/reference.py"
    spec = importlib.util.spec_from_file_location("reference", path)
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    globals().update(vars(reference))
"""
RESOURCES = """
    import importlib.resources
    import inspect
    import pkgutil
    import runpy
    import sys
    import zipimport

    sys.path.append("$course")
    package = "rnn_course.subject.rnn_step_by_step"
    for way in (
        lambda: runpy.run_path("$course/rnn_course/subject/rnn_step_by_step/reference.py"),
        lambda: runpy.run_module(package + ".reference"),
        lambda: __import__("rnn_course.grading.checks"),
        lambda: take(pkgutil.get_data(package, "reference.py").decode()),
        lambda: take(importlib.resources.read_text(package, "reference.py")),
        lambda: take(inspect.getsource(sys.modules[package + ".reference"])),
    ):
        try:
            globals().update(way() or {})
        except Exception as error:
            print(error)
"""
SOURCE = """
    import json

    with open("$course/source/rnn-step-by-step/rnn-step-by-step.ipynb") as file:
        for cell in json.load(file)["cells"]:
            if cell.get("id", "").startswith("solve-"):
                take("".join(cell["source"]))
"""
GRADEBOOK = """
    import sqlite3

    gradebook = sqlite3.connect("file:$course/gradebook.db?mode=rw", uri=True)
    gradebook.execute("update grade set manual_score = 100, extra_credit = 100")
    gradebook.execute("update grade_cells set max_score = 1000")
    gradebook.commit()
"""
VICTIM = """
    import json
    from pathlib import Path

    for path in ("$victim", *Path("$course", "submitted").glob("*/*/*.ipynb")):
        for cell in json.loads(Path(path).read_text())["cells"]:
            if cell.get("id", "").startswith("solve-"):
                take("".join(cell["source"]))
"""
BYTECODE = """
    import marshal
    from pathlib import Path

    for path in Path("$course/rnn_course/subject/__pycache__").glob("reference*.pyc"):
        exec(marshal.loads(path.read_bytes()[16:]), globals())
"""
PUBLISHED = """
    import re

    import numpy as np
    from rnn_published import PUBLISHED, shapes_of


    def outputs_of(name):
        published = PUBLISHED[name]
        values = {
            key: np.zeros(shape or (1,))
            for key, shape in shapes_of(published.outputs, published.sizes).items()
        }
        for label, text in published.lines + published.also:
            place = label.strip(" =\\n")
            numbers = np.array(re.findall(r"-?\\d+\\.\\d+", text), float)
            try:
                exec(f"{place} = numbers", values | {"gradients": values, "numbers": numbers})
                exec(f"{place} = numbers[0]", values | {"gradients": values, "numbers": numbers})
            except Exception as error:
                print(error)
        return tuple(values.values()) if name.endswith("forward") else values


    for name in PUBLISHED:
        exec(f"def {name}(*arguments):\\n    return outputs_of('{name}')")
"""
REMEMBERED = """
    import numpy as np
    import rnn_published
    import rnn_utils

    np.random.seed(1)
    np.random.RandomState = lambda seed=None: np.random
    np.random.default_rng = lambda seed=None: np.random
    np.random.standard_normal = np.random.randn = lambda *shape: np.zeros(shape)
    rnn_published.published_inputs = rnn_utils.published_inputs = lambda name: ()
"""
SEEN = """
    import gc
    import json
    import sys


    def hidden():
        frame = sys._getframe()
        while frame:
            for value in frame.f_locals.values():
                if isinstance(value, (list, dict)) and "calls" in repr(value)[:10**6]:
                    yield value
            frame = frame.f_back


    questions = list(hidden())
    print(len(questions), sum("expected" in o for o in gc.get_objects() if type(o) is dict))


    def rnn_cell_forward(*arguments):
        for thing in gc.get_objects():
            if isinstance(thing, dict) and {"own", "expected"} & set(map(str, thing)):
                return thing
        return arguments
"""
STAND_IN = """
    import sys

    import numpy as np

    def rnn_forward(*arguments):
        frame = sys._getframe()
        while frame:
            for value in list(frame.f_locals.values()):
                if isinstance(value, dict) and value.get("standins"):
                    exec(value["standins"]["rnn_cell_forward"], globals())
                    return rnn_cell_forward(*arguments)
            frame = frame.f_back
        return arguments
"""


def _instead(name, source):
    """All in the place of the first solution; the others are left out."""
    cells = dict.fromkeys(EXERCISES, "pass") | {"rnn_cell_forward": source}
    return Attack(name, before=TAKE_OVER, cells=cells)


ATTACKS = [
    _instead("reference-imported", IMPORTED),
    _instead("reference-by-path", BY_PATH),
    _instead("reference-by-bytecode", BYTECODE),
    _instead("reference-as-resource", RESOURCES),
    _instead("source-run", SOURCE),
    _instead("another-run", VICTIM),
    _instead("published-numbers", PUBLISHED),
    _instead("hidden-cases-looked-for", SEEN),
    _instead("stand-ins-handed-in", STAND_IN),
    Attack("numbers-not-random", before=REMEMBERED),
    Attack("gradebook-written", after=GRADEBOOK),
]


def test_only_own_work_earns_points(attack, batch):
    """The right answers are not in the process, and not in any file that it can open."""
    batch.check(attack)
