"""Whatever a user can cause ends in a sentence that names the thing, in every verb."""

import ctypes
import errno
import os
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager

import click
import pytest
from click.testing import CliRunner
from conftest import ASSIGNMENT, COHORT, ROOT

from rnn_course.cli import main
from rnn_course.grading.cohort import write_submissions
from rnn_course.grading.course import Course
from rnn_course.subject.published import SOURCE
from rnn_course.verbs.group import Verbs
from rnn_course.verbs.refusals import GRADEBOOK, SYSTEM, of_text

COMMAND = (sys.executable, "-m", "rnn_course")
MISTAKE = "rnn_cell_backward/tanh-twice"
VERBS = sorted(main.commands)
PARAMETERS = [(verb, one) for verb in VERBS for one in main.commands[verb].params]
FAULTS = ("missing", "of the other kind", "below a file")
PATHS = [
    pytest.param(verb, one, fault, id=f"{verb}-{one.name}-{fault}")
    for verb, one in PARAMETERS
    for fault in FAULTS
    if isinstance(one.type, (click.Path, click.File))
    if (one.name, fault) != ("work", "missing")  # it is made
]
GRADES = {  # verbs that read the course's configuration and its gradebook
    "autograde": ("autograde", ASSIGNMENT),
    "regrade": ("regrade", ASSIGNMENT, "--yes"),
    "release": ("release", ASSIGNMENT),
}
DEMO = ("demo", ASSIGNMENT, "--only", "untouched")
PRINTS = {
    "mistakes": ("mistakes",),
    "mistakes-json": ("mistakes", "--json"),
    "reproduce": ("reproduce", MISTAKE),
    "diagnose": ("diagnose", "post.txt"),
    "grade": ("grade", "mine.py"),
    "doctor": ("doctor",),
    "doctor-json": ("doctor", "--json"),
    "help": ("--help",),
    **{f"{verb}-help": (verb, "--help") for verb in VERBS},
}


def rnn_course(*arguments, **options) -> subprocess.CompletedProcess:
    """Run the command as a user does."""
    options = {"stdout": subprocess.PIPE, "check": False} | options
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | options.pop("env", {})
    return subprocess.run(
        [*COMMAND, *arguments], stderr=subprocess.PIPE, text=True, env=environment, **options
    )


def complaint(done, *names: str) -> str:
    """What a failed command complains of: a sentence or two that hold the names."""
    assert done.returncode in (1, 2), done.stderr
    assert "Traceback" not in done.stderr
    _, words = re.split("^Error: ", done.stderr, flags=re.M)
    words = " ".join(words.split())
    assert len(re.findall(r"[.?!] (?=[A-Z(])", words)) <= 1, words
    for name in names:
        assert name in words, words
    return words


@pytest.fixture
def folder(tmp_path):
    """A folder with a post, a program and links to the course's files."""
    (tmp_path / "post.txt").write_text('gradients["dxt"][1][2] = -1.3872130506\n')
    (tmp_path / "mine.py").write_text(SOURCE["rnn_cell_forward"])
    for name in ("nbgrader_config.py", "source", "release"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


@pytest.fixture
def class_of_one(fresh, request):
    """A released course with one submission, which is graded where a verb asks for it."""
    write_submissions(Course(fresh), ASSIGNMENT, [COHORT["untouched"]])
    if "regrade" in request.node.name:
        assert rnn_course(*GRADES["autograde"], cwd=fresh).returncode == 0
    return fresh


def kept(course) -> dict[str, bytes]:
    """All that cannot be made again."""
    places = ("gradebook.db", "source/**/*", "submitted/**/*", "autograded/**/*")
    found = (path for place in places for path in course.glob(place))
    return {str(path): path.read_bytes() for path in found if path.is_file()}


def called(verb: str, one: click.Parameter, value: str) -> list[str]:
    """A call of the verb in which a parameter has this value, and what else must be is there."""
    command, words = main.commands[verb], [verb]
    for other in command.params:
        if other is one and isinstance(one, click.Option):
            words += [one.opts[0], value]
        elif other is one:
            words.append(value)
        elif other.required:
            words.append("post.txt" if isinstance(other.type, (click.Path, click.File)) else "x")
    return words


@pytest.mark.parametrize("verb", VERBS)
def test_an_option_that_there_is_not_is_named(verb):
    """As click does it, with the way to --help."""
    result = CliRunner().invoke(main, [verb, "--no-such-option"])
    assert result.exit_code == 2
    assert "No such option '--no-such-option'" in result.stderr
    assert f"rnn-course {verb} --help" in result.stderr.replace("main", "rnn-course")


@pytest.mark.parametrize("verb", VERBS)
def test_what_must_be_named_is_asked_for(verb):
    """Each argument that has no default."""
    needed = [one for one in main.commands[verb].params if one.required]
    result = CliRunner().invoke(main, [verb]) if needed else None
    for one in needed[:1]:
        assert result.exit_code == 2
        assert f"Missing argument '{one.make_metavar(click.Context(main))}'" in result.stderr


@pytest.mark.parametrize(
    ("verb", "one"),
    [
        pytest.param(verb, one, id=f"{verb}-{one.name}")
        for verb, one in PARAMETERS
        if isinstance(one.type, (click.types.IntParamType, click.types.FloatParamType))
    ],
)
def test_what_is_no_number_is_named(verb, one, folder):
    """Wherever a verb wants one."""
    done = rnn_course(*called(verb, one, "many"), cwd=folder)
    assert done.returncode == 2
    complaint(done, one.opts[0], "'many'")


@pytest.mark.parametrize(("verb", "one", "fault"), PATHS)
def test_a_path_that_cannot_be_used_is_named(verb, one, fault, folder):
    """Not there, a folder for a file or a file for a folder, and below what is no folder."""
    (folder / "a-folder").mkdir()
    written = one.name == "html"
    wants_folder = getattr(one.type, "dir_okay", False)
    value = {
        "missing": "nowhere/page.html" if written else "nowhere",
        "of the other kind": "post.txt" if wants_folder else "a-folder",
        "below a file": "post.txt/more",
    }[fault]
    done = rnn_course(*called(verb, one, value), cwd=folder, timeout=60)
    complaint(done, value.removesuffix("/page.html").removesuffix("/more"))


@pytest.mark.parametrize("verb", [v for v, one in PARAMETERS if one.name == "course"])
def test_a_folder_that_is_no_course_is_named(verb, tmp_path):
    """And nothing is made in it."""
    words = [one.name for one in main.commands[verb].params if one.required]
    done = rnn_course(verb, *words, "--course", str(tmp_path))
    assert done.returncode == 2
    complaint(done, str(tmp_path), "run the command in the course's folder")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("verb", ["release", "demo"])
def test_an_unknown_assignment_is_told_the_known_ones(verb, folder):
    """They are those with a source."""
    done = rnn_course(verb, "no-such", cwd=folder)
    complaint(done, "No assignment no-such", ASSIGNMENT)


@pytest.mark.parametrize("words", PRINTS.values(), ids=PRINTS)
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_where_there_is_no_room_for_what_is_printed_it_is_said(words, unbuffered, folder):
    """And Python's own end adds nothing to it."""
    with open("/dev/full", "w") as full:
        env = {"PYTHONUNBUFFERED": unbuffered}
        done = rnn_course(*words, cwd=folder, stdout=full, env=env)
    assert done.returncode == 1
    assert complaint(done, "What is printed") in " ".join(done.stderr.split())
    assert done.stderr.startswith("Error: ")


@pytest.mark.parametrize("words", PRINTS.values(), ids=PRINTS)
def test_who_reads_no_further_is_told_nothing(words, folder):
    """As of rnn-course mistakes | head -1."""
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w") as pipe:
        done = rnn_course(*words, cwd=folder, stdout=pipe)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_sign_that_the_output_does_not_have_is_written_by_its_number(folder):
    """A pipe on Windows has a code page of its own."""
    done = rnn_course("diagnose", "post.txt", cwd=folder, env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0, done.stderr
    assert r"\u2713" in done.stdout


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (b"\x00\xff\x00", 2),
        ('gradients["dxt"][1][2] = -1.3872130506'.encode("utf-16"), 0),
        ("“a” = \xff".encode("latin-1", "replace"), 2),
    ],
)
def test_a_post_is_decoded_or_refused_in_a_sentence(given, status, folder):
    """Whatever program saved it."""
    (folder / "post.txt").write_bytes(given)
    done = rnn_course("diagnose", "post.txt", cwd=folder)
    assert done.returncode == status
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == bool(status)


def test_an_unwritable_page_costs_no_diagnosis(folder):
    """It is printed first."""
    done = rnn_course("diagnose", "post.txt", "--html", "/dev/full", cwd=folder)
    assert done.returncode == 1
    assert "right" in done.stdout
    complaint(done, "/dev/full", "disk is full", "make room")


def as_no_root():
    """In a child: root, too, has no more than the permissions of a file give."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for capability in (1, 2):  # to override them
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # drop it from what a program may get


@pytest.mark.slow
@pytest.mark.parametrize("words", [*GRADES.values(), DEMO], ids=[*GRADES, "demo"])
def test_a_course_that_may_not_be_written_is_named(words, class_of_one):
    """Nothing is graded by halves; with the permission the same command goes on."""
    was = kept(class_of_one)
    protected = [class_of_one, *(class_of_one / name for name in ("release", "autograded"))]
    for path in (path for path in protected if path.exists()):
        path.chmod(0o500)
    done = rnn_course(*words, cwd=class_of_one, preexec_fn=as_no_root)
    for path in (path for path in protected if path.exists()):
        path.chmod(0o700)
    complaint(done, "may not be")
    assert kept(class_of_one) == was
    assert rnn_course(*words, cwd=class_of_one).returncode == 0


def test_a_file_that_may_not_be_read_is_named(folder):
    """A post and a program."""
    for verb, name in (("diagnose", "post.txt"), ("grade", "mine.py")):
        (folder / name).chmod(0)
        done = rnn_course(verb, name, cwd=folder, preexec_fn=as_no_root)
        complaint(done, name)


BROKEN = {  # what is added to the configuration, and what of it is told
    "syntax": ("c.x = (", "nbgrader_config.py, line {}, cannot be run: SyntaxError"),
    "raises": ("nonsense", "nbgrader_config.py, line {}, cannot be run: NameError"),
    "value": ("c.CourseDirectory.course_id = 3", "'course_id' trait"),
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "fault"),
    [
        *((GRADES["autograde"], fault) for fault in BROKEN),
        *((words, "raises") for words in (GRADES["regrade"], GRADES["release"], DEMO)),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_a_broken_configuration_is_named_and_nothing_graded(words, fault, class_of_one):
    """Without its settings nbgrader would run submissions outside the sandbox."""
    config = class_of_one / "nbgrader_config.py"
    line, told = BROKEN[fault]
    text = config.read_text()
    config.write_text(f"{text}{line}\n")
    was = kept(class_of_one)
    done = rnn_course(*words, cwd=class_of_one)
    assert done.returncode == 1
    assert told.format(text.count("\n") + 1) in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert kept(class_of_one) == was


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('c.RunCells.cell_seconds = "long"', "'cell_seconds' trait"),
        ('c.Autograde.autograde_preprocessors = ["no.such.Step"]', "No module named 'no'"),
    ],
)
def test_a_setting_of_a_step_is_named(line, told, class_of_one):
    """Found out only when the step is made."""
    with open(class_of_one / "nbgrader_config.py", "a") as file:
        file.write(f"{line}\n")
    complaint(rnn_course(*GRADES["autograde"], cwd=class_of_one), "nbgrader_config.py", told)
    assert not (class_of_one / "autograded").exists()


def _garbage(path):
    path.write_bytes(b"no database at all" * 100)


def _cut(path):
    os.truncate(path, 8192)


def _old(path):
    with sqlite3.connect(path) as gradebook:
        gradebook.execute("ALTER TABLE assignment DROP COLUMN duedate")
    gradebook.close()


@contextmanager
def in_use(path):
    """Another command writes the gradebook, and takes its time."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    yield
    other.close()


@pytest.mark.slow
@pytest.mark.parametrize("spoil", [_garbage, _cut, _old])
@pytest.mark.parametrize("words", GRADES.values(), ids=GRADES)
def test_a_gradebook_that_cannot_be_used_is_named(words, spoil, class_of_one):
    """It is left as it is."""
    spoil(class_of_one / "gradebook.db")
    was = kept(class_of_one)
    complaint(rnn_course(*words, cwd=class_of_one), "gradebook")
    assert kept(class_of_one) == was


@pytest.mark.slow
@pytest.mark.parametrize("words", GRADES.values(), ids=GRADES)
def test_a_gradebook_in_use_is_named(words, class_of_one):
    """After the seconds that SQLite waits; then the same command goes on."""
    with in_use(class_of_one / "gradebook.db"):
        complaint(rnn_course(*words, cwd=class_of_one), "gradebook")
    assert rnn_course(*words, cwd=class_of_one).returncode == 0


@pytest.mark.slow
def test_on_a_full_disk_what_is_graded_stays_and_the_same_command_goes_on(class_of_one):
    """A graded notebook is larger than a file may be; then it may be."""

    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, resource.RLIM_INFINITY))

    done = rnn_course(*GRADES["autograde"], cwd=class_of_one, preexec_fn=small_files)
    complaint(done, str(class_of_one / "autograded"), "larger than a file may be")
    assert not list((class_of_one / "autograded").iterdir())
    done = rnn_course(*GRADES["autograde"], cwd=class_of_one)
    assert done.returncode == 0
    assert "untouched  graded" in done.stderr


LONG = {  # and about how many seconds after its start a verb is at work
    "autograde": (GRADES["autograde"], 0.5),
    "regrade": (GRADES["regrade"], 0.5),
    "release": (GRADES["release"], 1.5),
    "demo": (DEMO, 4.0),
    "doctor": (("doctor",), 0.4),
    "grade": (("grade", "mine.py"), 0.6),
    "reproduce": (("reproduce", MISTAKE), 0.1),
}


@pytest.mark.slow
@pytest.mark.parametrize(("words", "seconds"), LONG.values(), ids=LONG)
@pytest.mark.parametrize("share", [0, 0.4, 1.0])
def test_ctrl_c_is_no_error(words, seconds, share, class_of_one):
    """While the program is read, at the start, in the middle: 130 to a shell, no traceback."""
    (class_of_one / "mine.py").write_text(SOURCE["rnn_cell_forward"])
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(
        [*COMMAND, *words], cwd=class_of_one, start_new_session=True, **pipes
    ) as process:
        for heard in (True, False):  # by Python itself, then no more: our first lines were run
            while _hears_ctrl_c(process) != heard:
                time.sleep(0.001)
        time.sleep(seconds * share)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode in (0, 130, -signal.SIGINT), said  # 0: it was faster
    assert "Traceback" not in said
    assert "Aborted" not in said
    assert "Stopped" in said or process.returncode != 130


def _hears_ctrl_c(process) -> bool:
    assert process.poll() is None
    with open(f"/proc/{process.pid}/status") as file:
        caught = next(line for line in file if line.startswith("SigCgt")).split()[1]
    return bool(int(caught, 16) >> signal.SIGINT - 1 & 1)


@pytest.fixture
def raising():
    """A program with one verb, which raises what it is given."""

    def program(error):
        group = Verbs("program")
        group.command("verb")(lambda: (_ for _ in ()).throw(error))
        group.command("other")(lambda: None)
        return CliRunner().invoke(group, ["verb"])

    return program


@pytest.mark.parametrize("number", SYSTEM)
def test_each_refusal_of_the_system_names_the_file(raising, number):
    """One sentence, with the next step behind a colon or a comma."""
    result = raising(OSError(number, os.strerror(number), "some/file"))
    assert result.exit_code == 1
    assert result.output.startswith("Error: some/file ")
    assert re.fullmatch(r"[^.]+: [^.]+\.\n", result.output.replace("/file", ""))


@pytest.mark.parametrize("error", [ZeroDivisionError("x"), OSError(errno.ENOTCONN, "socket")])
def test_a_bug_of_ours_stays_a_traceback(raising, error):
    """What is in no table is no user's fault."""
    result = raising(error)
    assert result.exception is error
    assert result.output == ""


def test_a_bug_in_the_handling_of_a_refusal_stays_one(raising):
    """Only the last error counts, not the one that it followed."""
    bug = KeyError("x")
    bug.__context__ = FileNotFoundError(errno.ENOENT, "No such file", "some/file")
    assert raising(bug).exception is bug


def test_ctrl_c_in_a_verb_is_130(raising):
    """As shells have it; click alone says Aborted and 1."""
    result = raising(KeyboardInterrupt())
    assert (result.exit_code, result.output.strip()) == (130, "Stopped.")


@pytest.mark.parametrize(
    ("said", "step"),
    [
        ("(sqlite3.OperationalError) database is locked", "in use by another command"),
        ("(sqlite3.DatabaseError) file is not a database", "damaged"),
        ("(sqlite3.DatabaseError) database disk image is malformed", "damaged"),
        ("(sqlite3.OperationalError) database or disk is full", "make room"),
        ("(sqlite3.OperationalError) disk I/O error", "see to its disk"),
        ("(sqlite3.OperationalError) attempt to write a readonly database", "permissions"),
        ("(sqlite3.OperationalError) unable to open database file", "cannot be opened"),
        ("(sqlite3.OperationalError) no such table: grade", "nbgrader db upgrade"),
        ("(psycopg.OperationalError) connection failed: refused", "RNN_COURSE_DB"),
    ],
)
def test_what_a_database_says_is_told_apart(said, step):
    """From the traceback, whoever's process it was in."""
    words = of_text(f"Traceback:\n  …\nsqlalchemy.exc.DBAPIError: {said}\n[SQL: …]")
    assert words.startswith("The gradebook ")
    assert step in words


def test_a_wrong_statement_of_ours_is_no_refusal():
    """Its text is in the table of no database."""
    assert of_text("sqlalchemy.exc.IntegrityError: (sqlite3.IntegrityError) UNIQUE …") is None
    assert len(GRADEBOOK) == 8


def test_an_unknown_verb_is_told_the_near_one():
    """A typing error costs one more line."""
    result = CliRunner().invoke(main, ["diagnos"])
    assert result.exit_code == 2
    assert "Did you mean 'diagnose'?" in result.stderr
