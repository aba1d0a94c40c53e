"""The package as others install it: a wheel, away from the repository."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser

import pytest
import yaml
from conftest import ROOT
from packaging.requirements import Requirement

from rnn_course.subject.published import SOURCE

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
VERSION = PROJECT["project"]["version"]


def ours() -> list[str]:
    """The files of the package: those that git has or would take."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(
        [*command, "rnn_course", "rnn_*.py"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return sorted(name for name in listed.stdout.splitlines() if (ROOT / name).is_file())


def built(folder, without: str = ""):
    """A wheel of the package; without a line of pyproject.toml, if one is given."""
    tree = folder / "tree"
    for name in [*ours(), "pyproject.toml", "requirements.txt", "README.md", "LICENSE"]:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tree / name)
    settings = (tree / "pyproject.toml").read_text("utf-8")
    assert without in settings
    (tree / "pyproject.toml").write_text(settings.replace(without, ""), "utf-8")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir"]
    done = subprocess.run([*command, folder, tree], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel that pip install . makes."""
    return built(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def anywhere(wheel):
    """A way to run the command from the wheel, in a folder that has nothing else of ours."""
    target, folder = wheel.with_name("installed"), wheel.with_name("elsewhere")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target"]
    subprocess.run([*command, target, wheel], capture_output=True, check=True)
    folder.mkdir()

    def run(*arguments, given=None):
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(target), "PYTHONSAFEPATH": "1"},
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    code = "import rnn_course, rnn_utils; print(rnn_course.__file__, rnn_utils.__file__)"
    assert run("-c", code).count(str(target)) == 2
    return lambda *words, given=None: run("-m", "rnn_course", *words, given=given)


def missing(wheel) -> list[str]:
    """The files of ours that are not in it."""
    return sorted(set(ours()) - set(zipfile.ZipFile(wheel).namelist()))


@pytest.mark.slow
def test_all_files_of_the_package_are_in_the_wheel(wheel):
    """Tables, styles and pages, too, and what students import; but nothing else."""
    assert missing(wheel) == []
    others = set(zipfile.ZipFile(wheel).namelist()) - set(ours())
    assert all(name.startswith(f"rnn_course-{VERSION}.dist-info/") for name in others)


@pytest.mark.slow
def test_a_file_that_package_data_leaves_out_is_noticed(tmp_path):
    """Else the test above would prove nothing."""
    wheel = built(tmp_path, without='"rnn_course.mentoring.page" = ["*.css"]')
    assert missing(wheel) == ["rnn_course/mentoring/page/page.css"]


@pytest.mark.slow
def test_the_wheel_says_what_it_is_and_under_which_licence(wheel):
    """As package indexes read it."""
    archive = zipfile.ZipFile(wheel)
    info = f"rnn_course-{VERSION}.dist-info"
    said = Parser().parsestr(archive.read(f"{info}/METADATA").decode())
    assert said["Version"] == VERSION
    assert said["License-Expression"] == "BSD-3-Clause"
    assert said["Author"] == "The rnn-course authors"
    assert archive.read(f"{info}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()
    assert "rnn_course.__main__:main" in archive.read(f"{info}/entry_points.txt").decode()
    assert {"numpy", "nbgrader", "click"} <= {
        Requirement(line).name for line in said.get_all("Requires-Dist")
    }


@pytest.mark.slow
def test_the_mentors_verbs_run_from_the_wheel_anywhere(anywhere):
    """From a mistake to what it prints, and from that back to the mistake."""
    label = "rnn_cell_backward/mean-for-sum"
    assert VERSION in anywhere("--version")
    assert label in anywhere("mistakes", "rnn_cell_backward")
    post = anywhere("reproduce", label)
    told = json.loads(anywhere("diagnose", "-", "--json", given=post))
    found = [mistake["catalogue"] for one in told["explanations"] for mistake in one["mistakes"]]
    assert label in found


@pytest.mark.slow
def test_a_function_is_judged_from_the_wheel_anywhere(anywhere, tmp_path):
    """In the sandbox, which finds the package where it is installed."""
    (tmp_path / "mine.py").write_text(SOURCE["rnn_cell_forward"], "utf-8")
    told = anywhere("grade", str(tmp_path / "mine.py"), "--json")
    assert json.loads(told)["functions"]["rnn_cell_forward"]["verdict"] == "right"


def test_the_version_is_the_same_everywhere():
    """In the package, the citation and the latest entry of the changelog."""
    released = re.findall(r"^## \[(\d[^\]]*)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert released[0] == VERSION == CITATION["version"]


def test_the_changelog_has_the_form_that_it_names():
    """Unreleased first, then versions, with the six kinds of changes."""
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    heads = re.findall(r"^## (.*)", text, re.M)
    assert heads[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\].*", head) for head in heads[1:])
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "Grades"}
    assert set(re.findall(r"^### (.*)", text, re.M)) <= kinds


def test_the_citation_has_what_its_format_asks_for():
    """CFF 1.2.0: these keys must be there, and an author is a person or has a name."""
    assert CITATION["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= CITATION.keys()
    assert all(author.keys() & {"name", "family-names"} for author in CITATION["authors"])
    assert CITATION["license"] == PROJECT["project"]["license"] == "BSD-3-Clause"


def test_requirements_have_bounds_on_both_sides():
    """A release of tomorrow does not break a course of today; ours is as it stands here."""
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    lines += PROJECT["build-system"]["requires"]
    for extra in PROJECT["project"]["optional-dependencies"].values():
        lines += extra
    wanted = [Requirement(line) for line in lines if line and not line.startswith("#")]
    assert len(wanted) > 15
    for one in wanted:
        operators = {bound.operator for bound in one.specifier}
        assert operators == {">=", "<"} or one.name == "rnn-course", one


def test_the_versions_of_python_are_those_that_are_asked_for():
    """The oldest classifier is what pip asks for and what the types are checked with."""
    names = re.findall(r":: (3\.\d+)$", "\n".join(PROJECT["project"]["classifiers"]), re.M)
    assert PROJECT["project"]["requires-python"] == f">={names[0]}"
    assert PROJECT["tool"]["mypy"]["python_version"] == names[0]
