"""nbgrader's configuration of the course: plain nbgrader commands do the rest.

Run nbgrader from this folder. Every setting of nbgrader can be added below.
"""

import os
import sys
import warnings
from pathlib import Path

from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbgrader import preprocessors as nbgrader_steps
from sqlalchemy.exc import SAWarning

ROOT = str(Path(__file__).absolute().parent)


def _prepend(variable: str, folder: str) -> None:
    os.environ[variable] = os.pathsep.join(filter(None, [folder, os.environ.get(variable)]))


# The grader and the kernels that it starts find the course's code without an installation.
sys.path.insert(0, ROOT)
_prepend("PYTHONPATH", ROOT)
# nbgrader calls alembic by name: it is found even if the environment is not activated.
_prepend("PATH", str(Path(sys.executable).parent))

# nbgrader relies on session cascades that SQLAlchemy announces, six lines a submission.
warnings.filterwarnings("ignore", "Object of type", SAWarning)

c = get_config()  # noqa: F821  traitlets defines it

c.CourseDirectory.root = ROOT
c.CourseDirectory.course_id = "rnn-course"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", ".graded"]
# The gradebook: a file here, or a database that several graders share, as
# RNN_COURSE_DB=postgresql://user:password@host/database
if gradebook := os.environ.get("RNN_COURSE_DB"):
    scheme, _, where = gradebook.partition("://")
    driver = {"postgresql": "postgresql+psycopg"}.get(scheme, scheme)
    c.CourseDirectory.db_url = f"{driver}://{where}"

STUB = "raise NotImplementedError('not done yet: write your code, then delete this line')"
c.ClearSolutions.code_stub = {"python": f"# YOUR CODE HERE\n{STUB}"}

# Reading: files that nbformat refuses are read as far as they can be.
c.Autograde.exporter_class = "rnn_course.grading.autograde.SubmissionExporter"
c.Autograde.pre_convert_hook = "rnn_course.grading.autograde.name_misnamed"
c.Autograde.post_convert_hook = "rnn_course.grading.autograde.unmark"
c.Autograde.sanitize_preprocessors = [
    "rnn_course.grading.autograde.RestoreCells",  # first: the next steps trust the cells' names
    nbgrader_steps.ClearOutput,
    nbgrader_steps.DeduplicateIds,
    nbgrader_steps.OverwriteKernelspec,
    nbgrader_steps.OverwriteCells,
    "rnn_course.grading.autograde.CheckMarks",  # nbgrader's, and fast
]
c.Autograde.autograde_preprocessors = [
    "rnn_course.grading.judge.AskFunctions",  # what the hidden test cells are to find out
    "rnn_course.grading.execute.RunCells",  # in the sandbox; takes the place of nbgrader's Execute
    "rnn_course.grading.judge.JudgeAnswers",  # at once after: nothing may read untrusted outputs
    nbgrader_steps.IgnorePattern,
    ClearMetadataPreprocessor,
    nbgrader_steps.LimitOutput,
    nbgrader_steps.SaveAutoGrades,
    nbgrader_steps.AssignLatePenalties,
    "rnn_course.grading.autograde.CheckMarks",  # nbgrader's, and fast
]
c.AskFunctions.secret_file = str(Path(ROOT, "course_secret.txt"))  # keep it, never publish it

# What a submission may use; crossing a limit costs the function that does it and no other.
c.RunCells.cell_seconds = 10
c.RunCells.submission_seconds = 60
c.RunCells.memory_mib = 1024  # beyond what Python and numpy take
c.RunCells.disk_mib = 32
c.RunCells.threads = 64  # of one process: a submission cannot start another
c.RunCells.cell_output_kib = 512
c.RunCells.notebook_output_kib = 4096
c.RunCells.answer_kib = 8192  # of numbers, from one function
c.RunCells.unsandboxed = False  # True: grade without a sandbox where there is none, to try it out

# Submissions as Moodle and Canvas pack them; a second import takes the place of the first.
c.ZipCollectApp.collector_plugin = "rnn_course.grading.collect.Downloads"
c.ZipCollectApp.force = True
c.ExportApp.plugin_class = "rnn_course.grading.export.Grades"
# c.Grades.layout = "canvas"  # or "moodle", "moodle-worksheet": the columns of nbgrader export

c.HTMLExporter.embed_images = True  # feedback pages carry their figures with them
c.SafeMarkdown.figures = str(Path(ROOT, "source"))  # a submission's own files are not read
# What students write is shown and does nothing, in feedback pages and in Formgrader alike.
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {
    "markdown2html": "rnn_course.grading.safe_html.SafeMarkdown",
    "clean_html": "rnn_course.grading.safe_html.clean_html",
    "strip_files_prefix": "copy.copy",  # as it is: nbconvert's undoes that, of files/javascript:
}
c.HTMLExporter.preprocessors = ["rnn_course.grading.safe_html.EscapeNames"]
