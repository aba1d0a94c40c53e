"""The guide to a new assignment in docs/assignments.md: its example, built and graded."""

import ast
import html
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT
from nbgrader.api import Gradebook

from rnn_course.grading.cohort import solutions
from rnn_course.subject.exercises import ASSIGNMENTS, EXERCISES, table
from rnn_published import ITEM, PUBLISHED

GUIDE = (ROOT / "docs" / "assignments.md").read_text("utf-8")
BLOCKS = [  # (the line above, the text)
    (GUIDE[: found.start()].rstrip().rpartition("\n")[2], found[1])
    for found in re.finditer(r"^```\w*\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
]
FILES = {line.strip("`"): text for line, text in BLOCKS if re.fullmatch(r"`[\w./]+`", line)}
FILES |= dict.fromkeys(re.findall(r"^`([\w./]+)` is an empty file\.$", GUIDE, re.MULTILINE), "")
CELL = re.compile(
    r"Markdown:|\*(?P<type>[\w -]+)\*, ID `(?P<id>[\w-]+)`(?:, (?P<points>\d+) points)?:"
)
CELLS = [
    found.groupdict() | {"text": text} for line, text in BLOCKS if (found := CELL.fullmatch(line))
]
HERE = "python - <<'EOF'\n"
SCRIPTS = [text.removeprefix(HERE)[:-4] for _, text in BLOCKS if text.startswith(HERE)]
TYPES = {  # what nbgrader's panel writes into a cell
    "Read-only": {"grade": False, "locked": True, "solution": False},
    "Autograded answer": {"grade": False, "locked": False, "solution": True},
    "Autograded tests": {"grade": True, "locked": True, "solution": False},
}
NAME = "leaky-average"
BELOW = f"rnn_course/subject/{NAME.replace('-', '_')}"
MISTAKES = tomllib.loads(FILES[f"{BELOW}/mistakes.toml"])["mistake"]
TABLES = {path.name: runpy.run_path(str(path)) for path in ROOT.glob("rnn_exercises_*.py")}
OTHERS = [each["ASSIGNMENT"] for name, each in sorted(TABLES.items()) if name not in FILES]
POINTS = {cell["id"]: float(cell["points"]) for cell in CELLS if cell["points"]}


def written(target: Path, without: str = "") -> Path:
    """A copy of the course's programs, and the guide's files in it, but for one."""
    skip = shutil.ignore_patterns("__pycache__", Path(BELOW).name)
    shutil.copytree(ROOT / "rnn_course", target / "rnn_course", ignore=skip)
    for path in ROOT.glob("rnn_*.py"):
        if path.name not in FILES:
            shutil.copy(path, target)
    for path, text in FILES.items():
        if path != without:
            (target / path).parent.mkdir(exist_ok=True)
            (target / path).write_text(text, "utf-8")
    return target


def run(course: Path, *command: str, stdin: str | None = None) -> subprocess.CompletedProcess:
    """Run a command in the copy, whose programs are the ones that are found."""
    return subprocess.run(
        command,
        cwd=course,
        env=os.environ | {"PYTHONPATH": str(course)},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


def python(course: Path, program: str, **options) -> subprocess.CompletedProcess:
    """Run a program as python - <<'EOF' does."""
    return run(course, sys.executable, "-", stdin=program, **options)


def rnn_course(course: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run rnn-course."""
    return run(course, sys.executable, "-c", MAIN, *arguments)


MAIN = "from rnn_course.cli import main; main(prog_name='rnn-course')"


def nbgrader(course: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run nbgrader."""
    return run(course, sys.executable, "-m", "nbgrader", *arguments)


def as_jupyterlab_saves_it() -> nbformat.NotebookNode:
    """The guide's cells, named in the panel and run once: with random ids and with outputs."""
    notebook = nbformat.v4.new_notebook()
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python", "version": "3.11"},
    }
    for cell in CELLS:
        text = cell["text"].removesuffix("\n")
        if cell["type"] is None:
            notebook.cells.append(nbformat.v4.new_markdown_cell(text))
            continue
        marks = TYPES[cell["type"]] | {"grade_id": cell["id"], "schema_version": 3, "task": False}
        marks |= {"points": int(cell["points"])} if cell["points"] else {}
        output = nbformat.v4.new_output("stream", text="right\n")
        metadata = {"nbgrader": marks, "trusted": True}
        run_once = {"outputs": [output], "execution_count": 1}
        notebook.cells.append(nbformat.v4.new_code_cell(text, metadata=metadata, **run_once))
    return notebook


# --- what the guide says -------------------------------------------------------------------


def first_column(heading: str) -> set[str]:
    """What stands in code in the first column of the guide's tables with this heading."""
    found = set()
    for rows in re.findall(rf"^\| {heading} \|.*\n\|---.*\n((?:\|.*\n)+)", GUIDE, re.MULTILINE):
        for row in rows.splitlines():
            found |= set(re.findall(r"`([^`]+)`", row.split(" | ")[0]))
    return found


def keys(tree: dict) -> set[str]:
    """The keys of an exercises.toml, but for names of functions and outputs, and labels."""
    functions = tree["exercises"].values()
    cases = [row.get("cases", {}) for row in (tree, *functions)]
    sizes = {key for labels in cases for case in labels.values() for key in case}
    return {*tree, *sizes, *(key for row in functions for key in row)}


def inputs(assignment: str) -> set[str]:
    """The names of all that is drawn for an assignment's functions."""
    draws = " ".join(row.draws for row in PUBLISHED.values() if row.assignment == assignment)
    return {re.match(r"\w+", item)[0] for item in draws.split() if item != "}"}


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_each_key_of_the_data_is_told(assignment):
    """Of the students' table and of the TOML files; the other keys are names of inputs."""
    told = first_column("key") | inputs(assignment)
    assert "| name of an input |" in GUIDE
    assert keys(table(assignment, "exercises")) <= told
    (rows,) = [each["EXERCISES"] for each in TABLES.values() if each["ASSIGNMENT"] == assignment]
    assert {key for row in rows.values() for key in row} <= told
    for rows in (*table(assignment, "mistakes").values(), *table(assignment, "cohort").values()):
        assert {key for row in rows for key in row} <= told


def signs(text: str) -> Iterator[str]:
    """The signs in draws or outputs, each with the kind of what stands beside it."""
    for item in text.split():
        found = ITEM.match(item)
        if found is None:
            yield item
        elif item.endswith("{"):
            yield "name{"
        else:
            number = re.match(r"-?[\d.]+$", found["value"] or "")
            value = "" if found["value"] is None else "=number" if number else "=text"
            shape = ":" if found["dims"] else ""
            yield f"name{value}{shape}{'<size' if found['below'] else ''}"
            yield from re.sub(r"[A-Za-z]\w*", "size", found["dims"] or "").split(",")


def test_each_sign_of_the_tables_is_told():
    """What draws and outputs are made of has an example in the guide; so have the lines."""
    told = {sign for example in first_column("sign") for sign in signs(example)}
    used = {sign for row in PUBLISHED.values() for sign in signs(f"{row.draws} {row.outputs}")}
    assert {"name", "name:", "name:<size", "name=number:", "name=text", "size+size"} <= used
    assert used <= told
    text = "".join(path.read_text("utf-8") for path in ROOT.glob("rnn_exercises_*.py"))
    for sign in (" | ", ";", " =", r"\n", "␣", "(5, 10)"):
        assert sign in text
        assert re.search(rf"`[^`\n]*{re.escape(sign)}", GUIDE), sign


# --- its files -----------------------------------------------------------------------------

SEEN = f"""
import json
from importlib import import_module
from rnn_course.subject.exercises import EXERCISES, folder, of, table
from rnn_course.subject.mistakes import MISTAKES, apply
from rnn_course.subject.published import SOURCE

mine = of({NAME!r}).values()
print(json.dumps([
    import_module(folder({NAME!r})).__file__ is not None,
    {{exercise.name: exercise.points for exercise in EXERCISES.values()}},
    [[e.drawn, e.outputs, e.cases, e.standins, e.reference.__name__, SOURCE[e.name]] for e in mine],
    [apply(mistake) for mistake in MISTAKES.values()],
    table({NAME!r}, 'cohort'),
]))
"""


def seen(course: Path) -> list | None:
    """What the course's programs know of it and of the assignment; None if they raise."""
    done = python(course, SEEN)
    return json.loads(done.stdout) if done.returncode == 0 else None


@pytest.fixture(scope="module")
def known(tmp_path_factory) -> list:
    """What the programs know with all of the guide's files and nothing else."""
    found = seen(written(tmp_path_factory.mktemp("all") / "course"))
    assert found is not None
    return found


def test_its_files_are_enough_and_those_that_it_lists(known):
    """A new assignment beside the others, without a change of any file."""
    points = {name: one.points for name, one in EXERCISES.items() if one.assignment in OTHERS}
    assert {name: known[1][name] for name in points} == points
    mine = {name: sum(worth.values()) for name, worth in known[1].items() if name not in points}
    assert mine == POINTS
    assert all(known[0::4])
    assert len(known[3]) == len(MISTAKES) + sum(
        len(table(assignment, "mistakes")["mistake"]) for assignment in OTHERS
    )
    listed = first_column("file") - {f"{BELOW}/", f"source/{NAME}/{NAME}.ipynb", "equations.toml"}
    assert {path.rpartition("/")[2] for path in FILES} == listed


@pytest.mark.parametrize("path", FILES)
def test_each_of_its_files_is_used(known, path, tmp_path):
    """Without one of them the programs raise or know less."""
    assert seen(written(tmp_path / "course", without=path)) != known


def test_its_functions_are_written_as_the_page_says():
    """Solutions and taught form define the functions of the table; each has a test behind it."""
    (taught,) = [text for path, text in FILES.items() if path.endswith("published.py")]
    names = [node.name for node in ast.parse(taught).body if isinstance(node, ast.FunctionDef)]
    assert names == list(POINTS)
    assert [cell["id"] for cell in CELLS if cell["type"]] == [
        "setup",
        *(each for name in names for each in (f"solve-{name}", name)),
    ]
    assert sum(POINTS.values()) == 100


# --- built and graded ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """The course with the guide's assignment, made by the guide's steps and released."""
    path = written(tmp_path_factory.mktemp("guide") / "course")
    shutil.copy(ROOT / "nbgrader_config.py", path)
    skip = shutil.ignore_patterns(NAME)
    shutil.copytree(ROOT / "source", path / "source", symlinks=True, ignore=skip)
    (links,) = [text for _, text in BLOCKS if "ln -s" in text]
    done = run(path, "bash", "-ec", links.replace("jupyter lab\n", ""))
    assert done.returncode == 0, done.stderr
    nbformat.write(as_jupyterlab_saves_it(), path / "source" / NAME / f"{NAME}.ipynb")
    done = python(path, SCRIPTS[1])
    assert done.returncode == 0, done.stderr
    done = rnn_course(path, "release", NAME)
    assert done.returncode == 0, done.stderr
    return path


def mistaken(mistake: dict) -> str:
    """The taught form of a function, with a mistake of the guide in it."""
    text = FILES[f"{BELOW}/published.py"]
    (node,) = [n for n in ast.parse(text).body if getattr(n, "name", "") == mistake["function"]]
    source = ast.get_source_segment(text, node)
    for was, becomes in mistake["edits"]:
        assert source.count(was) == 1
        source = source.replace(was, becomes)
    return source


def label(mistake: dict) -> str:
    """A mistake's name in the whole catalogue."""
    return f"{mistake['function']}/{mistake['name']}"


def hand_in(course: Path, student: str, cells: dict[str, str]) -> None:
    """Hand the released notebook in with these cells in it."""
    folder = course / "submitted" / student / NAME
    shutil.copytree(course / "release" / NAME, folder)
    notebook = nbformat.read(folder / f"{NAME}.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = cells.get(cell.id, cell.source)
    nbformat.write(notebook, folder / f"{NAME}.ipynb")


def solved(course: Path) -> dict[str, str]:
    """The solution cells of the source."""
    return solutions(nbformat.read(course / "source" / NAME / f"{NAME}.ipynb", as_version=4))


@pytest.fixture(scope="module")
def graded(course) -> Path:
    """One right, one untouched, one with each mistake: by nbgrader alone."""
    right = solved(course)
    hand_in(course, "right", right)
    hand_in(course, "untouched", {})
    for mistake in MISTAKES:
        cells = right | {f"solve-{mistake['function']}": mistaken(mistake)}
        hand_in(course, mistake["name"], cells)
    for command in ("autograde", "generate_feedback"):
        done = nbgrader(course, command, NAME)
        assert done.returncode == 0, done.stderr
    return course


def points(course: Path, student: str) -> dict[str, float]:
    """A student's points in the gradebook, by function."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        notebook = gradebook.find_submission_notebook(NAME, NAME, student)
        assert notebook.max_score == sum(POINTS.values())
        return {grade.name: grade.score for grade in notebook.grades}


def feedback(course: Path, student: str) -> str:
    """The text of a student's feedback page."""
    page = (course / "feedback" / student / NAME / f"{NAME}.html").read_text("utf-8")
    return html.unescape(page)


@pytest.mark.slow
def test_a_right_submission_gets_all_points_and_an_untouched_one_none(graded):
    """With plain nbgrader autograde."""
    assert points(graded, "right") == POINTS
    assert points(graded, "untouched") == dict.fromkeys(POINTS, 0)


@pytest.mark.slow
@pytest.mark.parametrize("mistake", MISTAKES, ids=label)
def test_a_mistake_loses_just_what_the_guide_says_and_is_named(graded, mistake):
    """No other function pays for it, and the feedback says why it is made, with the hint."""
    lost = {mistake["function"]: mistake["lost"]}
    due = {name: worth - lost.get(name, 0) for name, worth in POINTS.items()}
    assert points(graded, mistake["name"]) == due
    page = feedback(graded, mistake["name"])
    assert f"{mistake['why']} {mistake['hint']}" in page
    assert "known mistake" not in feedback(graded, "right")


@pytest.mark.slow
def test_a_right_loop_over_a_wrong_cell_is_judged_with_the_stand_in(graded):
    """And keeps its points."""
    words = "Judged with a stand-in for leaky_cell_forward"
    assert words in feedback(graded, "keep-and-rest-swapped")
    assert words not in feedback(graded, "right")


@pytest.mark.slow
def test_nbgrader_refuses_other_cells_once_there_are_submissions(graded, tmp_path):
    """As the guide warns; other points it takes."""
    copy = Path(shutil.copytree(graded, tmp_path / "course", symlinks=True))
    path = copy / "source" / NAME / f"{NAME}.ipynb"
    source = path.read_text("utf-8")
    path.write_text(source.replace('"points": 28', '"points": 29'), "utf-8")
    assert rnn_course(copy, "release", NAME).returncode == 0
    path.write_text(source.replace('"grade_id": "setup"', '"grade_id": "given-setup"'), "utf-8")
    done = rnn_course(copy, "release", NAME)
    assert done.returncode == 1
    assert "Cannot add or remove cells" in done.stderr


@pytest.mark.slow
def test_no_small_edit_gets_all_points(course):
    """The command with mutation.py, as the page gives it."""
    (line,) = [line for _, text in BLOCKS for line in text.splitlines() if "mutation.py" in line]
    _, program, *options = line.split()
    done = run(course, sys.executable, str(ROOT / program), *options)
    assert done.returncode == 0, done.stderr
    assert "leaky_cell_backward" in done.stdout
    assert "survives" not in done.stdout


@pytest.mark.slow
def test_the_demo_gives_each_member_of_the_cohort_what_is_due(course):
    """As rnn-course demo says it."""
    done = rnn_course(course, "demo", NAME)
    assert done.returncode == 0, done.stdout + done.stderr
    members = tomllib.loads(FILES[f"{BELOW}/cohort.toml"])["member"]
    assert f"All {len(members)} students have just the points" in done.stdout


@pytest.mark.slow
def test_a_file_with_its_functions_is_judged_by_itself(course, tmp_path):
    """With rnn-course grade: it is asked for the three functions and no others."""
    cells = solved(course)
    mistake = MISTAKES[-1]
    wrong = {**cells, f"solve-{mistake['function']}": mistaken(mistake)}
    for name, sources, results in (
        ("right.py", cells, dict.fromkeys(POINTS, "right")),
        ("wrong.py", wrong, dict.fromkeys(POINTS, "right") | {mistake["function"]: "wrong"}),
    ):
        (tmp_path / name).write_text("\n\n".join(sources.values()), "utf-8")
        done = rnn_course(course, "grade", str(tmp_path / name), "--json")
        functions = json.loads(done.stdout)["functions"]
        assert {function: told["verdict"] for function, told in functions.items()} == results
    assert mistake["hint"] in functions[mistake["function"]]["detail"]


CHECKS = f"""
import json
from rnn_course.subject.exercises import of
from rnn_course.subject.mistakes import MISTAKES, apply
from rnn_course.subject.published import build
from rnn_utils import CheckFailed, check

def words(functions, exercise):
    try:
        check(functions[exercise.name], functions.get(exercise.forward))
    except CheckFailed as error:
        return str(error)

mine = of({NAME!r})
rows = [mistake for mistake in MISTAKES.values() if mistake.function in mine]
right = {{name: words(build(), exercise) for name, exercise in mine.items()}}
wrong = {{row.label: words(build(apply(row)), mine[row.function]) for row in rows}}
print(json.dumps([right, wrong]))
"""


@pytest.mark.slow
def test_the_visible_check_refuses_each_mistake_and_passes_the_right_functions(course):
    """On the public numbers, which are those that the guide's own program prints."""
    right, wrong = json.loads(python(course, CHECKS).stdout.splitlines()[-1])
    assert right == dict.fromkeys(POINTS)
    assert wrong.keys() == set(map(label, MISTAKES))
    assert all(wrong.values())
    done = python(course, SCRIPTS[0])
    lines = [line.split() for line in done.stdout.splitlines()]
    values = {value for line in lines for value in line if re.fullmatch(r"-?\d+\.\d{8}", value)}
    text = FILES["rnn_exercises_3.py"]
    assert {line[0] for line in lines} == POINTS.keys()
    assert set(re.findall(r"-?\d+\.\d{8}", text)) == values


@pytest.mark.slow
def test_no_edit_of_its_functions_survives(course):
    """The guide's command, with the benchmark beside the course's programs."""
    shutil.copytree(ROOT / "benchmarks", course / "benchmarks")
    (course / "tests").mkdir()
    shutil.copytree(ROOT / "tests" / "grading", course / "tests" / "grading")
    (command,) = re.findall(r"^python (benchmarks/mutation\.py .*)$", GUIDE, re.MULTILINE)
    done = run(course, sys.executable, *command.split())
    assert done.returncode == 0, done.stdout + done.stderr
    assert all(f"\n{name} " in done.stdout for name in POINTS)
    assert "survives" not in done.stdout


@pytest.mark.slow
def test_an_error_in_its_reference_stops_all_grading(graded, tmp_path):
    """With the words that the guide shows; mended, the same command grades."""
    course = written(tmp_path / "course")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    for name in ("source", "release", "gradebook.db"):
        copy = shutil.copytree if (graded / name).is_dir() else shutil.copy
        copy(graded / name, course / name)
    hand_in(course, "late", solved(course))
    reference = course / BELOW / "reference.py"
    text = reference.read_text("utf-8")
    reference.write_text(text.replace("dkeep * keep * (1 - keep)", "dkeep * keep"), "utf-8")
    (words,) = [block.strip() for _, block in BLOCKS if block.startswith("OracleError")]
    done = nbgrader(course, "autograde", NAME, "--student=late")
    assert done.returncode == 1
    assert words in done.stderr
    assert set(points(course, "late").values()) <= {None, 0}
    done = rnn_course(course, "autograde", NAME, "--student", "late")
    assert done.returncode == 1
    assert words in " ".join(done.stderr.split())
    reference.write_text(text, "utf-8")
    assert nbgrader(course, "autograde", NAME, "--student=late").returncode == 0
    assert points(course, "late") == POINTS
