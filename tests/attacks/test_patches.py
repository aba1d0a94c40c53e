"""Other things under known names: numpy, its tests, Python, the shell, the course's own modules."""

import pytest

from .attack import Attack

pytestmark = pytest.mark.slow

TRANSFORMER = """
    import ast


    class NoTests(ast.NodeTransformer):
        def visit_Assert(self, node):
            return ast.Pass()

        def visit_Expr(self, node):
            return ast.Expr(ast.Constant(100))


    get_ipython().ast_transformers.append(NoTests())
"""
SHELL = """
    shell = get_ipython()
    run = shell.run_cell


    def run_cell(source, *arguments, **options):
        return run("100" if "hand_in" in source or "assert" in source else source)


    shell.run_cell = shell.run = run_cell
    shell.run_cell_async = None
"""
HOOKS = """
    import sys

    shell = get_ipython()
    shell.displayhook.write_format_data = lambda *a, **k: None
    sys.displayhook = print
    sys.excepthook = lambda *a: None
    shell.showtraceback = shell._showtraceback = lambda *a, **k: display(100)
    shell.set_custom_exc((BaseException,), lambda *a, **k: display(100))
    shell.events.register("post_run_cell", lambda result: setattr(result, "error_in_exec", None))
"""
UTILS = """
    import rnn_checks
    import rnn_utils

    for module in (rnn_checks, rnn_utils):
        for name in ("check", "hand_in", "check_gradients", "same", "alone"):
            setattr(module, name, lambda *a, **k: True)
"""
JUMP = """
    import sys


    def trace(frame, event, argument):
        if event == "exception" and frame.f_code.co_name == "<module>":
            frame.f_trace_lines = False
        return trace if "assert" not in frame.f_code.co_name else None


    sys.settrace(trace)
    sys.setprofile(lambda *a: None)
"""
IMPORTS = """
    import sys
    import types


    class Finder:
        def find_spec(self, name, path=None, target=None):
            return None


    sys.meta_path.insert(0, Finder())
    for name in ("rnn_course.grading.judge", "rnn_course.grading.checks", "rnn_course.subject"):
        fake = sys.modules[name] = types.ModuleType(name)
        fake.judge = fake.certify = lambda *a, **k: 100
    sys.modules["nbgrader"] = sys.modules["nbgrader.api"] = types.ModuleType("nbgrader")
"""
ANSWER = """
    import json
    import sys

    tree = {"dict": [["points", {"text": "100"}]]}
    right = json.dumps({"shapes": [], "numbers": "", "tree": tree})
    for name, replacement in {
        "answer": lambda namespace, asked: right,
        "encode": lambda value: right,
        "_call": lambda *a: {"status": "right", "points": 100},
    }.items():
        for module in ("answer", "child", "wire"):
            module = sys.modules.get(f"rnn_course.sandbox.{module}")
            if hasattr(module, name):
                setattr(module, name, replacement)
"""
DUMPS = """
    import json

    dumps = json.dumps


    def rewritten(value, *arguments, **options):
        if isinstance(value, dict) and "answer" in value:
            value["answer"] = dumps({"right": True, "points": 100, "status": "right"})
        return dumps(value, *arguments, **options)


    json.dumps = rewritten
"""
ENCODING = """
    import base64

    import numpy as np

    encode = base64.b64encode
    base64.b64encode = lambda data, *a: encode(b"\\0" * len(data))
    np.asarray = np.ascontiguousarray = lambda value, *a, **k: np.zeros(np.shape(value))
"""
ATTACKS = [
    Attack(
        "numpy-testing",
        before="""
            import numpy as np

            for name in dir(np.testing):
                if name.startswith("assert"):
                    setattr(np.testing, name, lambda *a, **k: None)
        """,
    ),
    Attack(
        "numpy-comparisons",
        before="""
            import numpy as np

            for name in ("allclose", "isclose", "array_equal", "array_equiv", "all", "equal"):
                setattr(np, name, lambda *a, **k: True)
            np.abs = np.max = np.subtract = lambda value, *a, **k: 0 * np.asarray(value)
        """,
    ),
    Attack(
        "builtins",
        before="""
            import builtins

            builtins.all = builtins.any = builtins.isinstance = lambda *a: True
            builtins.AssertionError = type("Never", (BaseException,), {})
            builtins.abs = builtins.len = builtins.max = lambda *a, **k: 0
        """,
    ),
    Attack("syntax-trees", before=TRANSFORMER),
    Attack(
        "input-lines",
        before="""
            get_ipython().input_transformers_cleanup.append(lambda lines: ["100"])
            get_ipython().input_transformers_post.append(lambda lines: ["100"])
        """,
    ),
    Attack("the-shell", before=SHELL),
    Attack("the-hooks", before=HOOKS),
    Attack("the-checks", before=UTILS),
    Attack("tracing", before=JUMP),
    Attack("imports", before=IMPORTS),
    Attack("the-answer", before=ANSWER),
    Attack("json-dumps", before=DUMPS),
    Attack("the-encoding", before=ENCODING),
]


def test_nothing_that_is_changed_in_the_process_changes_the_judge(attack, batch):
    """It sits in another one."""
    batch.check(attack)
