"""grading/batch/lean: what nbgrader imports and grading needs not stays out."""

import subprocess
import sys

AFTER = (
    "import rnn_course.grading.batch.lean, sys; import rnn_course.grading.batch.settings;"
    "print(*[name for name, module in sys.modules.items() if module is not None])"
)


def imported(code):
    """What a new process has imported after code."""
    command = [sys.executable, "-c", code]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def test_nbgrader_is_imported_without_what_grading_needs_not():
    """The grammar of addresses, Jupyter's server, what unpacks archives."""
    names = imported(AFTER)
    assert "nbgrader.converters.autograde" in names
    assert not names & {"rfc3987_syntax", "lark", "pkg_resources"}
    assert not any(name.startswith("nbgrader.server_extensions.formgrader.") for name in names)


def test_in_a_process_that_has_nbgrader_nothing_is_taken_away():
    """Formgrader, or a test."""
    code = (
        "import nbgrader, sys, rnn_course.grading.batch.lean;"
        "from nbgrader.server_extensions.formgrader import load_jupyter_server_extension as load;"
        "print(callable(load), callable(sys.modules['setuptools.archive_util'].unpack_archive))"
    )
    assert imported(code) == {"True"}


def test_every_module_that_stays_out_is_one_that_nbgrader_would_import():
    """Or the list would be of no use."""
    unused = imported("from rnn_course.grading.batch import lean; print(*lean.UNUSED)")
    assert unused
    assert unused <= imported("import nbgrader, sys; print(*sys.modules)")
