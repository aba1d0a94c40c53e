"""The same assignment as plain nbgrader has it: hidden assertions in the notebook, run beside it.

As in most courses: inputs and expected numbers stand in the test cell between BEGIN and END HIDDEN
TESTS, the outputs are compared with np.testing, and nbgrader's own steps do the rest.
"""

import shutil
from pathlib import Path

import nbformat
import numpy as np

from rnn_course.grading.course import Course
from rnn_course.subject.cases import hidden_cases
from rnn_course.subject.exercises import EXERCISES, Exercise

CONFIG = """
import os, sys
c = get_config()
os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ.get("PATH", "")
c.CourseDirectory.root = os.path.dirname(os.path.abspath(__file__))
c.CourseDirectory.course_id = "rnn-course"
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\\nraise NotImplementedError()"}
c.ExecutePreprocessor.timeout = 10
"""
TEST = """### BEGIN HIDDEN TESTS
inputs = {inputs}
expected = {expected}
outputs = {name}(*inputs)
if not isinstance(outputs, dict):
    outputs = dict(zip(expected, outputs))
for output, numbers in expected.items():
    np.testing.assert_allclose(outputs[output], numbers, rtol=1e-4, atol=1e-9, err_msg=output)
### END HIDDEN TESTS"""


def build(source: Path, course: Path) -> None:
    """A released course of plain nbgrader, made from the source notebook of this one."""
    shutil.copytree(source.parent, course / "source" / source.parent.name)
    (course / "nbgrader_config.py").write_text(CONFIG)
    notebook = nbformat.read(source, as_version=4)
    for cell in notebook.cells:
        if cell.id in EXERCISES:
            cell.source = _test(EXERCISES[cell.id])
    nbformat.write(notebook, course / "source" / source.parent.name / source.name)
    Course(course).release(source.parent.name)


def _test(exercise: Exercise) -> str:
    """The test cell of an exercise: one hidden case."""
    case = hidden_cases(exercise, "plain nbgrader")[0]
    expected = {k: v for k, v in case.expected().items() if not k.startswith("cache")}
    inputs, numbers = _literal(case.arguments), _literal(expected)
    return TEST.format(name=exercise.name, inputs=inputs, expected=numbers)


def _literal(value) -> str:
    """Python source of a tree of arrays."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (tuple, list)):
        items = ", ".join(map(_literal, value))
        return f"({items},)" if isinstance(value, tuple) else f"[{items}]"
    return f"np.array({np.asarray(value).tolist()})"
